// Keys, signed notes and checkpoints (C2SP signed-note, tlog-cosignature, tlog-checkpoint).

const ED25519_KEY = 0x01;
const ED25519_COSIGNATURE = 0x04;
const MLDSA44_COSIGNATURE = 0x06;
const PUBLIC_KEY_SIZES = { [ED25519_KEY]: 32, [ED25519_COSIGNATURE]: 32, [MLDSA44_COSIGNATURE]: 1312 };
const KEY_NAME = /^[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?(?:\/[A-Za-z0-9._~%@:-]+)*$/;
const MAX_NOTE_BYTES = 1000000;
const MAX_SIGNATURES = 100;
const DASH = "\u2014 ";

function checkKeyName(name) {
  if (name.length > 255 || !KEY_NAME.test(name) || name.endsWith("\n")) throw new Fault("bad-key-name", name.slice(0, 120));
  return name;
}

/** The key that a verifier key text stands for: `{name, type, publicKey, id (hex), text}`. */
function parseKey(text) {
  // Only the first two plus signs divide: base64 may hold more.
  const parts = text.length <= 4096 ? /^([^+]*)\+([^+]*)\+([^]*)$/.exec(text) : null;
  if (parts === null) throw new Fault("bad-verifier-key", "not of the form name+ID+key");
  const raw = readBase64(parts[3], "a public key");
  if (!raw.length) throw new Fault("bad-verifier-key", "no public key");
  const name = checkKeyName(parts[1]);
  const type = raw[0];
  if (PUBLIC_KEY_SIZES[type] !== raw.length - 1) throw new Fault("bad-verifier-key", `type ${type}`);
  const id = writeHex(sha256(joinBytes(writeUtf8(`${name}\n`), raw)).subarray(0, 4));
  if (id !== parts[2]) throw new Fault("bad-verifier-key", `the ID should be ${id}`);
  return { name, type, publicKey: raw.slice(1), id, text };
}

/** Take a signed note apart: `{text, signatures: [{name, id (hex), signature, line}]}`. Nothing is checked. */
function parseNote(bytes) {
  const raw = typeof bytes === "string" ? writeUtf8(bytes) : bytes;
  if (raw.length > MAX_NOTE_BYTES) throw new Fault("bad-note", `${raw.length} bytes`);
  const whole = readUtf8(raw, "a note");
  if (/[\x00-\x09\x0b-\x1f]/.test(whole)) throw new Fault("bad-note", "a control character");
  // The LAST empty line divides: the text itself may hold empty lines, signature lines cannot.
  const divide = whole.lastIndexOf("\n\n");
  if (divide <= 0 || !whole.endsWith("\n")) throw new Fault("bad-note", "no text, empty line and signatures");
  const lines = whole.slice(divide + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) throw new Fault("bad-note", `${lines.length} signatures`);
  return { text: whole.slice(0, divide + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line) {
  const [name, encoded] = splitOnce(line.slice(DASH.length), " ");
  if (!line.startsWith(DASH) || encoded === undefined || !name || /[+\s\x85\x1c-\x1f]/.test(name)) {
    throw new Fault("bad-note", "a signature line");
  }
  const field = readBase64(encoded, "a signature");
  if (field.length < 5) throw new Fault("bad-note", `a signature of ${field.length} bytes`);
  return { name, id: writeHex(field.subarray(0, 4)), signature: field.slice(4), line: `${line}\n` };
}

function splitOnce(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + mark.length)];
}

/**
 * Check one signature of a note under `key`. Gives `{key, time}` (decimal text for a cosignature, else null).
 * Raises `bad-signature`, and `unread` for a kind that only other checkers can read.
 */
async function checkSignature(note, key, signature) {
  if (key.type === MLDSA44_COSIGNATURE) throw new Fault("unread", key.name);
  const cosigned = key.type === ED25519_COSIGNATURE;
  let message = note.text, time = null, signed = signature.signature;
  if (cosigned) {
    time = signed.length === 72 ? new DataView(signed.buffer, signed.byteOffset).getBigUint64(0) : 0n;
    if (time < 1n || time >= 2n ** 63n) throw new Fault("bad-signature", `${key.name}: no time`);
    message = `cosignature/v1\ntime ${time}\n${note.text}`;
    signed = signed.subarray(8);
  }
  if (!await ed25519Holds(key.publicKey, writeUtf8(message), signed)) throw new Fault("bad-signature", key.name);
  return { key, time: time === null ? null : String(time) };
}

const isBy = (key) => (signature) => signature.name === key.name && signature.id === key.id;

/**
 * Check a note by the keys that the caller trusts; gives the good signatures.
 * Raises `bad-signature`, `signed-twice`, `no-trusted-signature`. Other lines say nothing.
 */
async function openNote(note, keys) {
  const good = [];
  for (const signature of note.signatures) {
    const key = keys.find((one) => isBy(one)(signature));
    if (key === undefined) continue;
    if (good.some((one) => one.key === key)) throw new Fault("signed-twice", key.name);
    good.push(await checkSignature(note, key, signature));
  }
  if (!good.length) throw new Fault("no-trusted-signature", "no line by a trusted key");
  return good;
}

/** The checkpoint that a note's text states: `{origin, size, root}`. Extension lines are refused. */
function parseCheckpoint(text) {
  const lines = text.split("\n");
  if (lines.length !== 4 || lines[3]) throw new Fault("bad-checkpoint", `${lines.length - 1} lines`);
  const checkpoint = {
    origin: checkKeyName(lines[0]),
    size: readDecimal(lines[1], "a size"),
    root: readBase64(lines[2], "a root", HASH_SIZE),
  };
  if (checkpoint.size === 0 && !sameBytes(checkpoint.root, EMPTY_ROOT)) throw new Fault("bad-checkpoint", "size 0");
  return checkpoint;
}

/** The note with nothing but its text and the record's own line: what gets time-stamped. */
function bareNote(note, origin) {
  const line = note.signatures.find((one) => one.name === origin && one.signature.length === 64);
  if (line === undefined) throw new Fault("no-log-signature", origin);
  return `${note.text}\n${line.line}`;
}
