// Canonical JSON: for each value one and only one spelling (RFC 8785, as docs/formats/entry.md restricts it).
//
// The browser's parser drops the first of two equal keys, rounds long numbers and takes lone surrogates. All
// of this shows when what was read is written again and compared with what was given.

const MAX_DEPTH = 64;

/** The canonical text of a value. Raises `bad-json-value`, `bad-utf8`, `json-too-deep`. */
function canonicalText(value, depth = 1) {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Fault("bad-json-value", "no whole number within 2^53 - 1");
    return String(value);
  }
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value !== "object") throw new Fault("bad-json-value", typeof value);
  if (depth > MAX_DEPTH) throw new Fault("json-too-deep", `${MAX_DEPTH} levels`);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalText(item, depth + 1)).join(",")}]`;
  const keys = sortedKeys(value);
  return `{${keys.map((key) => `${quoted(key)}:${canonicalText(value[key], depth + 1)}`).join(",")}}`;
}

function quoted(text) {
  if (!isWellFormed(text)) throw new Fault("bad-utf8", "a lone surrogate");
  return JSON.stringify(text);
}

/** The keys by UTF-16 unit. Where code points would give another order, readers differ: refused. */
function sortedKeys(value) {
  const keys = Object.keys(value);
  if (keys.length < 2) return keys;
  const sorted = keys.sort();
  for (let i = 1; i < sorted.length; i++) {
    const one = sorted[i - 1], other = sorted[i];
    if (/[\ud800-\uffff]/.test(one + other) && compareText(one, other) > 0) {
      throw new Fault("bad-json-value", "keys whose order depends on how text is compared");
    }
  }
  return sorted;
}

/** The value of a text that is canonical to the letter. Raises `bad-json` and what `canonicalText` does. */
function readCanonical(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Fault("bad-json", "no JSON");
  }
  // The browser's own writer is many times faster, and gives the canonical form of what is plain.
  if (isPlain(value, 1) && !text.includes("\\ud") && JSON.stringify(value) === text) return value;
  if (canonicalText(value) !== text) throw new Fault("bad-json", "not canonical");
  return value;
}

/** Whether a value is of those whose canonical form no special rule touches: most are. */
function isPlain(value, depth) {
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (typeof value !== "object" || value === null) return true;
  if (depth > MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.every((item) => isPlain(item, depth + 1));
  let before = "";
  for (const key in value) {
    if (key <= before && before !== "" || !/^[\x20-\x7e]*$/.test(key) || !isPlain(value[key], depth + 1)) return false;
    before = key;
  }
  return true;
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether an object has these keys and no others. */
function hasKeys(value, keys) {
  return isObject(value) && Object.keys(value).length === keys.length && keys.every((key) => Object.hasOwn(value, key));
}

/** What stands at a key of an object of untrusted keys, never what every object has. */
function own(value, key) {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
