// What the record itself holds of an entry (docs/formats/entry.md): its leaf, and single details opened.

const MAX_LEAF_BYTES = 65535;
const DIGEST_CHARACTERS = 43;
const SALT_CHARACTERS = 24;
const FIELD_NAME = new RegExp(
  "^(?:[a-z][a-z_]*(?:/(?:0|[1-9][0-9]*))?|extra/[a-z][a-z0-9_]*|numbers/sources/(?:0|[1-9][0-9]*)"
  + "|numbers/rules/(?:0|[1-9][0-9]*)\\.(?:0|[1-9][0-9]*))$");
const AT = /^([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z$/;
// Every digest but the last character, which carries 4 bits: its spare bits must be zero.
const DIGEST = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
const SALT = /^[A-Za-z0-9_-]{24}$/;
const goodNames = new Set();

/** Leaf data read strictly: `{at, names, digests}`. Raises `bad-leaf`, `bad-field-name`, `bad-time`, ... */
function parseLeaf(text) {
  if (text.length > MAX_LEAF_BYTES) throw new Fault("bad-leaf", `${text.length} characters`);
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Fault("bad-json", "no JSON");
  }
  if (!hasKeys(value, ["_sd", "_sd_alg", "at", "names", "v"])) throw new Fault("bad-leaf", "not the five keys");
  const { _sd: digests, names, at } = value;
  if (value._sd_alg !== "sha-256" || value.v !== 1) throw new Fault("bad-leaf", "another version");
  if (!isTexts(names) || !isTexts(digests) || names.length !== digests.length) throw new Fault("bad-leaf", "lists");
  names.forEach(checkFieldName);
  for (let i = 1; i < names.length; i++) {
    // Names are ASCII by now, so the browser's order is that of code points.
    if (names[i - 1] >= names[i]) throw new Fault("bad-leaf", "names unsorted or doubled");
  }
  for (const digest of digests) if (!DIGEST.test(digest)) throw new Fault("bad-base64", "a digest");
  if (new Set(digests).size !== digests.length) throw new Fault("bad-leaf", "a digest twice");
  checkTime(at);
  // All parts are plain by now, so the one spelling can be put together from them.
  const list = (items) => items.length ? `"${items.join('","')}"` : "";
  if (text !== `{"_sd":[${list(digests)}],"_sd_alg":"sha-256","at":"${at}","names":[${list(names)}],"v":1}`) {
    throw new Fault("bad-leaf", "not canonical JSON");
  }
  return { at, names, digests };
}

function isTexts(value) {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function checkFieldName(name) {
  if (goodNames.has(name)) return;
  if (name.length > 100 || !FIELD_NAME.test(name)) throw new Fault("bad-field-name", name.slice(0, 120));
  if (goodNames.size < 10000) goodNames.add(name);
}

function checkTime(at) {
  const match = typeof at === "string" ? AT.exec(at) : null;
  if (match === null || Number(match[3]) > daysOfMonth(Number(match[1]), Number(match[2]))) {
    throw new Fault("bad-time", String(at).slice(0, 60));
  }
}

function daysOfMonth(year, month) {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

let plainBytes = new Uint8Array(4096);
let codedBytes = new Uint8Array(5464);

/** The hash of a disclosure text: SHA-256 of its base64url. */
function disclosureHash(text) {
  if (text.length * 3 > plainBytes.length) {
    plainBytes = new Uint8Array(text.length * 3);
    codedBytes = new Uint8Array(text.length * 4 + 4);
  }
  const { written } = ENCODER.encodeInto(text, plainBytes);
  encodeSixBits(plainBytes, written, URL_CODES, codedBytes);
  return sha256(codedBytes, Math.ceil(written * 4 / 3));
}

/** The digest of a disclosure text, as it stands in a leaf. */
function disclosureDigest(text) {
  return writeBase64Url(disclosureHash(text));
}

const digestCodes = new Uint8Array(DIGEST_CHARACTERS);

/** Whether a digest is that of a disclosure text; no text is made of it, since there are very many. */
function isDigestOf(digest, text) {
  encodeSixBits(disclosureHash(text), HASH_SIZE, URL_CODES, digestCodes);
  for (let i = 0; i < DIGEST_CHARACTERS; i++) if (digestCodes[i] !== digest.charCodeAt(i)) return false;
  return digest.length === DIGEST_CHARACTERS;
}

/** A disclosure text read, nothing compared: `[salt, name, value]`. Raises `bad-disclosure`, ... */
function readDisclosure(text) {
  const value = readCanonical(text);
  if (!Array.isArray(value) || value.length !== 3 || typeof value[1] !== "string") {
    throw new Fault("bad-disclosure", text.slice(0, 120));
  }
  if (typeof value[0] !== "string" || !SALT.test(value[0])) throw new Fault("bad-base64", "a salt");
  return value;
}

/** Name and value that a disclosure text opens, if it belongs to `leaf`; else `disclosure-differs`, ... */
function checkDisclosure(leaf, text) {
  const [, name, value] = readDisclosure(text);
  const place = leaf.names.indexOf(name);
  if (place < 0) throw new Fault("disclosure-of-no-field", name.slice(0, 120));
  if (!isDigestOf(leaf.digests[place], text)) throw new Fault("disclosure-differs", name);
  return [name, value];
}
