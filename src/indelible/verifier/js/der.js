// DER, as certificates and time-stamps are written in it (X.690): a reader of what is needed and no more.

const DER_BOOLEAN = 0x01, DER_INTEGER = 0x02, DER_BITS = 0x03, DER_OCTETS = 0x04, DER_OID = 0x06;
const DER_UTC_TIME = 0x17, DER_TIME = 0x18, DER_SEQUENCE = 0x30, DER_SET = 0x31;
const MAX_DER_ELEMENTS = 10000;

/** The element at `at`: `{tag, body, whole, next}`, both as views of the same bytes. Raises `bad-der`. */
function derElement(bytes, at = 0) {
  const tag = bytes[at], first = bytes[at + 1];
  if (first === undefined || (tag & 31) === 31) throw new Fault("bad-der", `at ${at}`);
  let length = first, start = at + 2;
  if (first > 127) {
    const count = first & 127;
    if (count < 1 || count > 4 || start + count > bytes.length) throw new Fault("bad-der", `a length at ${at}`);
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + bytes[start++];
  }
  const next = start + length;
  if (next > bytes.length) throw new Fault("bad-der", `an element of ${length} bytes at ${at}`);
  return { tag, body: bytes.subarray(start, next), whole: bytes.subarray(at, next), next };
}

/** The one element that `bytes` are, of the kind `tag`. */
function derOnly(bytes, tag) {
  const element = derElement(bytes);
  if (element.tag !== tag || element.next !== bytes.length) throw new Fault("bad-der", `no ${tag} alone`);
  return element;
}

/** The elements inside one. */
function derInside(element) {
  if (element === undefined) throw new Fault("bad-der", "an element is missing");
  const items = [];
  for (let at = 0; at < element.body.length;) {
    const item = derElement(element.body, at);
    items.push(item);
    at = item.next;
    if (items.length > MAX_DER_ELEMENTS) throw new Fault("bad-der", "too many elements");
  }
  return items;
}

function derExpect(element, tag) {
  if (element === undefined || element.tag !== tag) throw new Fault("bad-der", `no ${tag} where it should be`);
  return element;
}

/** Read items one after another, some of which may be absent. */
class DerItems {
  constructor(element) {
    this.items = derInside(element);
    this.at = 0;
  }

  take(tag) {
    return derExpect(this.items[this.at++], tag);
  }

  takeIf(...tags) {
    return tags.includes(this.items[this.at]?.tag) ? this.items[this.at++] : null;
  }

  takeAny() {
    if (this.at >= this.items.length) throw new Fault("bad-der", "an element is missing");
    return this.items[this.at++];
  }
}

function derOid(element) {
  const bytes = derExpect(element, DER_OID).body;
  const arcs = [];
  let arc = 0;
  for (const byte of bytes) {
    arc = arc * 128 + (byte & 127);
    if (byte < 128) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const first = Math.min(2, Math.floor((arcs[0] ?? 0) / 40));
  return [first, arcs[0] - first * 40, ...arcs.slice(1)].join(".");
}

/** A whole number of any length. */
function derInteger(element) {
  const bytes = derExpect(element, DER_INTEGER).body;
  if (!bytes.length) throw new Fault("bad-der", "an empty number");
  const value = bytes.reduce((sum, byte) => sum << 8n | BigInt(byte), 0n);
  return bytes[0] > 127 ? value - (1n << BigInt(8 * bytes.length)) : value;
}

/** A time as `YYYYMMDDHHMMSS`, so that times compare as texts; fractions are dropped. */
function derTime(element) {
  const text = String.fromCharCode(...element.body.subarray(0, 40));
  if (element.tag === DER_UTC_TIME && /^[0-9]{12}Z$/.test(text)) {
    return (text < "5" ? "20" : "19") + text.slice(0, 12);
  }
  if (element.tag === DER_TIME && /^[0-9]{14}(?:\.[0-9]*[1-9])?Z$/.test(text)) return text.slice(0, 14);
  throw new Fault("bad-der", "a time");
}

/** Algorithm identifier: `{oid, parameters}`. */
function derAlgorithm(element) {
  const [oid, parameters] = derInside(derExpect(element, DER_SEQUENCE));
  return { oid: derOid(oid), parameters };
}
