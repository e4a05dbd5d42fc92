// A record's keys over time: each was announced under the one before (pack.md section 6).

const ANNOUNCED = "sealing_key_announced";
const MAX_KEYS = 1000;
const MAX_STEPS = 63;
const KEY_PARTS = ["announcements", "authorities", "keys", "origin", "revoked", "witnesses"];

/** `proof/keys.json` read: keys parsed, nothing believed. Raises `keys-damaged` for whatever is wrong. */
function parseKeys(bytes) {
  try {
    const value = readCanonical(readUtf8(bytes, "the keys"));
    if (!hasKeys(value, KEY_PARTS)) throw new Fault("bad-keys", "keys of the object");
    if (typeof value.origin !== "string" || !value.keys?.length) throw new Fault("bad-keys", "origin or keys");
    return {
      origin: value.origin,
      keys: listOf(value.keys, (text) => parseKey(textOf(text))),
      announcements: listOf(value.announcements, parseAnnouncement),
      revoked: listOf(value.revoked, parseRevoked),
      witnesses: listOf(value.witnesses, parseWitness),
      authorities: listOf(value.authorities, parseAuthority),
    };
  } catch (fault) {
    expectFault(fault);
    throw new Fault("keys-damaged", fault.message);
  }
}

function listOf(value, read, most = MAX_KEYS) {
  if (!Array.isArray(value) || value.length > most) throw new Fault("bad-keys", "a list");
  return value.map(read);
}

function textOf(value) {
  if (typeof value !== "string") throw new Fault("bad-keys", "a text");
  return value;
}

function objectOf(value, keys) {
  if (!hasKeys(value, keys)) throw new Fault("bad-keys", `not ${keys.join(", ")}`);
  return value;
}

function sizeOf(value) {
  if (!Number.isInteger(value) || value < 0) throw new Fault("bad-keys", "a number");
  return value;
}

function parseAnnouncement(value) {
  objectOf(value, ["checkpoint", "index", "leaf", "open", "path"]);
  return {
    index: sizeOf(value.index),
    leaf: textOf(value.leaf),
    open: listOf(value.open, textOf),
    path: listOf(value.path, (step) => readBase64(textOf(step), "a step", HASH_SIZE), MAX_STEPS),
    note: textOf(value.checkpoint),
  };
}

function parseRevoked(value) {
  objectOf(value, ["key", "until"]);
  return { key: parseKey(textOf(value.key)), until: sizeOf(value.until) };
}

function parseWitness(value) {
  objectOf(value, ["key", "name"]);
  const key = parseKey(textOf(value.key));
  // A log that signs as its own witness would look like an outsider.
  if (key.type === ED25519_KEY) throw new Fault("keys-damaged", "a witness with the key of a log");
  return { key, name: textOf(value.name) };
}

function parseAuthority(value) {
  objectOf(value, ["name", "policy", "roots"]);
  return { name: textOf(value.name), policy: textOf(value.policy), roots: textOf(value.roots) };
}

/**
 * Check that each key was announced under the one before, and that `given` leads to the newest.
 * Raises `key-differs`, `key-chain-broken`, `key-revoked`; `given` is the text of a key, or null.
 */
async function leadToNewest({ origin, keys, announcements, revoked }, given) {
  const texts = keys.map(({ text }) => text);
  if (given !== null && !texts.includes(given)) throw new Fault("key-differs", given);
  const ended = new Set(revoked.map(({ key }) => key.text));
  const broken = (what) => { throw new Fault("key-chain-broken", what); };
  if (!keys.length || new Set(texts).size !== keys.length) broken("no keys, or one twice");
  if (!keys.every(({ name, type }) => name === origin && type === ED25519_KEY)) broken("a key of another record");
  if (![...ended].every((text) => texts.slice(0, -1).includes(text))) broken("a key that cannot be revoked");
  const links = [];
  for (let i = 1; i < keys.length; i++) if (!ended.has(texts[i - 1])) links.push([keys[i - 1], keys[i]]);
  if (links.length !== announcements.length) broken("not as many announcements as there were changes");
  for (let i = 1; i < announcements.length; i++) {
    if (announcements[i - 1].index >= announcements[i].index) broken("announcements out of order");
  }
  for (const [i, [old, next]] of links.entries()) await checkAnnounced(origin, old, next, announcements[i]);
  if (given !== null && texts.slice(texts.indexOf(given)).some((text) => ended.has(text))) {
    throw new Fault("key-revoked", given);
  }
}

/** One step: the old key sealed an entry of the record's own that says the new one follows it. */
async function checkAnnounced(origin, old, next, announcement) {
  const opened = new Map();
  try {
    const leafBytes = writeUtf8(announcement.leaf);
    const leaf = parseLeaf(announcement.leaf);
    for (const text of announcement.open) opened.set(...checkDisclosure(leaf, text));
    const { size, root } = await openCheckpoint(parseNote(announcement.note), origin, [old]);
    checkInclusion(leafHash(leafBytes), announcement.index, size, announcement.path, root);
  } catch (fault) {
    expectFault(fault);
    throw new Fault("key-chain-broken", fault.message);
  }
  const extra = opened.get("extra");
  const says = opened.has(OWN_NUMBER) && own(opened.get("action"), "said") === ANNOUNCED
    && own(extra, "old_key") === old.text && own(extra, "new_key") === next.text;
  if (!says) throw new Fault("key-chain-broken", `entry ${announcement.index} announces nothing`);
}

/** The checkpoint of the record `origin`, vouched for by one of its `keys`. */
async function openCheckpoint(note, origin, keys) {
  const good = await openNote(note, keys);
  const checkpoint = parseCheckpoint(note.text);
  if (checkpoint.origin !== origin) throw new Fault("other-origin", checkpoint.origin);
  if (!good.some(({ key }) => key.name === origin && key.type === ED25519_KEY)) {
    throw new Fault("no-trusted-signature", origin);
  }
  return checkpoint;
}
