// What a pack says of itself: names of its files, the claims, the manifest (pack.md sections 1 and 2).

const PAGE_NAME = "1 Open this page to check.html";
const TABLE_NAME = "3 Entries.csv";
const MANIFEST_NAME = "manifest.json", NOTE_NAME = "manifest.note";
const ENTRIES_NAME = "proof/entries.jsonl", TREE_NAME = "proof/tree.txt", CHECKPOINT_NAME = "proof/checkpoint";
const SEALS_NAME = "proof/seals.jsonl", KEYS_NAME = "proof/keys.json";
const PROOFS_FOLDER = "proof/entries/", STAMPS_FOLDER = "proof/stamps/", ATTACHMENTS_FOLDER = "attachments/";
const INNER_NAMES = [ENTRIES_NAME, TREE_NAME, CHECKPOINT_NAME, SEALS_NAME, KEYS_NAME];
const LISTED_NAMES = [PAGE_NAME, "2 Cover.pdf", TABLE_NAME, "4 Entries.xlsx", ...INNER_NAMES];
const PLACED_NAME = new RegExp(
  "^(?:proof/entries/(?:0|[1-9][0-9]*)\\.tlog-proof|proof/stamps/(?:0|[1-9][0-9]*)-[1-9][0-9]*\\.tsr"
  + "|attachments/(?:0|[1-9][0-9]*)-(?:0|[1-9][0-9]*)-[A-Za-z0-9._-]*)$");
const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;
const CLAIM_TEXTS = ["name", "origin", "organisation", "kind", "zone", "made_at", "software"];
const SECOND = /^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z$/;
const SEQUENCE = /^(?:sources\/(?:0|[1-9][0-9]*)|rules\/(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*))$/;

/** A manifest, read: `{claims, counts, files: Map of name to {size, sha256}, seal}`. Its form is checked, no more. */
function parseManifest(bytes) {
  const text = readUtf8(bytes, "the manifest");
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Fault("bad-json", "no JSON");
  }
  if (!isObject(value)) throw new Fault("bad-manifest", "no object");
  // The version first: a newer format may look different in everything else.
  if (Number.isInteger(value.v) && value.v !== 1) throw new Fault("bad-pack-version", String(value.v));
  if (canonicalText(value) !== text) throw new Fault("bad-manifest", "not canonical");
  if (!hasKeys(value, ["claims", "counts", "files", "seal", "v"])) throw new Fault("bad-manifest", "keys");
  if (value.v !== 1 || ![value.claims, value.counts, value.seal].every(isObject)) throw new Fault("bad-manifest", "parts");
  return { ...value, claims: parseClaims(value.claims), files: parseFiles(value.files) };
}

function parseFiles(list) {
  if (!Array.isArray(list)) throw new Fault("bad-manifest", "no list of files");
  const files = new Map();
  let before = null;
  for (const item of list) {
    if (!hasKeys(item, ["name", "sha256", "size"])) throw new Fault("bad-manifest", "a file");
    const { name, sha256: digest, size } = item;
    if (typeof name !== "string" || typeof digest !== "string" || typeof size !== "number" || size < 0) {
      throw new Fault("bad-manifest", "a file");
    }
    if (before !== null && compareText(before, name) >= 0) throw new Fault("bad-manifest", "files unsorted or doubled");
    files.set(name, { size, sha256: digest });
    before = name;
  }
  return files;
}

function parseClaims(value) {
  const keys = [...CLAIM_TEXTS, "question", "sequences", "withhold", "asked"];
  const refuse = (what) => { throw new Fault("bad-claims", what); };
  if (!hasKeys(value, Object.hasOwn(value, "period") ? [...keys, "period"] : keys)) refuse("keys");
  if (!CLAIM_TEXTS.every((key) => typeof value[key] === "string")) refuse("texts");
  if (!["whole", "selection"].includes(value.kind) || !/^[0-9a-f]{16}$/.test(value.name)) refuse("kind or name");
  if (!hasKeys(value.question, ["words", "code"])) refuse("the question");
  if (!SECOND.test(value.made_at) || !Number.isInteger(value.asked) || value.asked < 0) refuse("when or how many");
  checkKeyName(value.origin);
  const { sequences, period, withhold } = value;
  if (!isTexts(sequences) || !isSorted(sequences) || !sequences.every((one) => SEQUENCE.test(one))) refuse("sequences");
  if ((value.kind === "whole") !== sequences.length > 0) refuse("sequences");
  if (period !== undefined) {
    if (!isObject(period) || !["recorded", "happened"].includes(period.by)) refuse("the period");
    if (!Object.keys(period).every((key) => ["by", "from", "until"].includes(key))) refuse("the period");
    for (const key of ["from", "until"]) {
      if (period[key] !== undefined && !(typeof period[key] === "string" && SECOND.test(period[key]))) refuse(key);
    }
  }
  const isItem = (item) => hasKeys(item, ["field", "reason"]) && typeof item.field === "string" && typeof item.reason === "string";
  if (!Array.isArray(withhold) || !withhold.every(isItem) || !isSorted(withhold.map(({ field }) => field))) refuse("withhold");
  return value;
}

function isSorted(texts) {
  return texts.every((text, i) => i === 0 || compareText(texts[i - 1], text) < 0);
}

/** -1 before the period, 0 in it, 1 behind it. Instants are UTC text, so without the Z their text is their order. */
function placeInPeriod(period, instant) {
  const plain = instant.replace(/Z$/, "");
  if (period.from !== undefined && plain < period.from.slice(0, -1)) return -1;
  return period.until !== undefined && plain >= period.until.slice(0, -1) ? 1 : 0;
}

/** The SHA-256 of the claims' canonical form, in base64, as the making entry holds it. */
function claimsDigest(claims) {
  return writeBase64(sha256(writeUtf8(canonicalText(claims))));
}

/** The text of the note over a manifest. */
function packNoteText(origin, manifestBytes) {
  return `indelible/pack/v1\n${origin}\n${writeBase64(sha256(manifestBytes))}\n`;
}

/** The path of the file of `attachments/<place>` of an entry, called `name` by its source. */
function attachmentName(index, place, name) {
  const plain = Array.from(name, (each) => /^[A-Za-z0-9._-]$/.test(each) ? each : "_").join("");
  return `${ATTACHMENTS_FOLDER}${index}-${place}-${plain.slice(-80)}`;
}
