// Bytes and text, read strictly.
//
// The browser's own readers are friendlier than the formats: atob takes spare bits, parseInt takes "1 ",
// TextDecoder swallows a byte order mark. Two readers that disagree about one byte can be shown two
// different records, so everything untrusted is read through here.

/** A refusal. `code` is the one that the Python ledger gives for the same fault. */
class Fault extends Error {
  constructor(code, detail) {
    super(`${code}: ${detail}`);
    this.code = code;
  }
}

const HASH_SIZE = 32;
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const STANDARD_CODES = ENCODER.encode(STANDARD);
const URL_CODES = ENCODER.encode(URL_SAFE);
const STANDARD_VALUES = valuesOf(STANDARD_CODES);
const URL_VALUES = valuesOf(URL_CODES);
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

function valuesOf(codes) {
  const values = new Int8Array(128).fill(-1);
  codes.forEach((code, value) => { values[code] = value; });
  return values;
}

/** Whether a text has a form in UTF-8: half of a surrogate pair has none. */
function isWellFormed(text) {
  return text.isWellFormed ? text.isWellFormed() : !LONE_SURROGATE.test(text);
}

function readUtf8(bytes, what) {
  try {
    return DECODER.decode(bytes);
  } catch {
    throw new Fault("bad-utf8", what);
  }
}

function writeUtf8(text) {
  if (!isWellFormed(text)) throw new Fault("bad-utf8", "a lone surrogate");
  return ENCODER.encode(text);
}

/** A whole number from 0, spelt in the one allowed way. Beyond 2^53 - 1 it is refused: no record is so long. */
function readDecimal(text, what) {
  const number = /^(?:0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(number)) throw new Fault("bad-number", what);
  return number;
}

/** Bytes of padded standard base64, exactly `size` of them if given. */
function readBase64(text, what, size) {
  const bare = text.endsWith("==") ? text.slice(0, -2) : text.endsWith("=") ? text.slice(0, -1) : text;
  const bytes = text.length % 4 ? null : decodeSixBits(bare, STANDARD_VALUES);
  if (bytes === null || text.length !== Math.ceil(bytes.length / 3) * 4 || (size !== undefined && bytes.length !== size)) {
    throw new Fault("bad-base64", what);
  }
  return bytes;
}

/** Bytes of base64url without padding; `characters` is how long the text must be. */
function readBase64Url(text, characters, what) {
  const bytes = typeof text === "string" && text.length === characters ? decodeSixBits(text, URL_VALUES) : null;
  if (bytes === null) throw new Fault("bad-base64", what);
  return bytes;
}

/** The bytes, or null for a foreign character or spare bits that are not zero. */
function decodeSixBits(text, values) {
  const left = text.length % 4;
  if (left === 1) return null;
  const bytes = new Uint8Array(Math.floor(text.length * 3 / 4));
  let buffer = 0, bits = 0, at = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const value = code < 128 ? values[code] : -1;
    if (value < 0) return null;
    buffer = (buffer << 6 | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = buffer >> bits & 255;
    }
  }
  return buffer & ((1 << bits) - 1) ? null : bytes;
}

function writeBase64(bytes) {
  const codes = encodeSixBits(bytes, bytes.length, STANDARD_CODES, new Uint8Array(Math.ceil(bytes.length / 3) * 4));
  return DECODER.decode(codes.fill(61, Math.ceil(bytes.length * 4 / 3)));
}

function writeBase64Url(bytes) {
  return DECODER.decode(encodeSixBits(bytes, bytes.length, URL_CODES, new Uint8Array(Math.ceil(bytes.length * 4 / 3))));
}

/** Write the base64 of the first `length` bytes into `out`, without padding, and return it. */
function encodeSixBits(bytes, length, codes, out) {
  let at = 0, i = 0;
  for (; i + 2 < length; i += 3) {
    const three = bytes[i] << 16 | bytes[i + 1] << 8 | bytes[i + 2];
    out[at++] = codes[three >> 18];
    out[at++] = codes[three >> 12 & 63];
    out[at++] = codes[three >> 6 & 63];
    out[at++] = codes[three & 63];
  }
  if (i < length) {
    const rest = bytes[i] << 16 | (i + 1 < length ? bytes[i + 1] << 8 : 0);
    out[at++] = codes[rest >> 18];
    out[at++] = codes[rest >> 12 & 63];
    if (i + 1 < length) out[at++] = codes[rest >> 6 & 63];
  }
  return out;
}

function writeHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function sameBytes(one, other) {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

function joinBytes(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Byte-wise order, -1, 0 or 1: of texts it is the order of code points. */
function compareText(one, other) {
  if (one === other) return 0;
  const a = Array.from(one), b = Array.from(other);
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a[i] !== b[i]) return a[i].codePointAt(0) < b[i].codePointAt(0) ? -1 : 1;
  }
  return a.length < b.length ? -1 : 1;
}
