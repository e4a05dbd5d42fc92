// What others hold: the checkpoint and earlier seals, witnesses' lines and time-stamps on them.

const MAX_SEALS = 100000;

/** Read the checkpoint, and check who signed it. Sets `pack.checkpoint` and `pack.note`. */
async function checkSeal(pack, bytes, report) {
  const { manifest, keys } = pack;
  report.count("seal", 1);
  if (bytes === null) {
    report.block("seal");
    return;
  }
  try {
    pack.note = parseNote(bytes);
    pack.checkpoint = parseCheckpoint(pack.note.text);
  } catch (fault) {
    expectFault(fault);
    report.find("seal", "checkpoint-damaged", { file: CHECKPOINT_NAME });
    return;
  }
  if (pack.checkpoint.origin !== manifest.claims.origin) report.find("seal", "origin-differs", { file: CHECKPOINT_NAME });
  if (!keys?.keys.length) report.block("seal");
  else if (!await isSignedBy(pack.note, keys.keys.slice(-1))) {
    report.find("seal", "checkpoint-signature", { file: CHECKPOINT_NAME });
  }
}

/** Whether one of these keys signed the note, and none of them in a line that does not hold. */
async function isSignedBy(note, keys) {
  try {
    await openNote(note, keys);
    return true;
  } catch (fault) {
    expectFault(fault);
    return false;
  }
}

/** Read a line of `seals.jsonl`: `{note, checkpoint, path, stamps}`. */
function parseSeal(text) {
  const value = readCanonical(text);
  if (!hasKeys(value, ["cosigned", "path", "stamps"]) || typeof value.cosigned !== "string") throw new Fault("bad-seal", "keys");
  const note = parseNote(value.cosigned);
  const path = listOf(value.path, (step) => readBase64(textOf(step), "a step", HASH_SIZE), MAX_STEPS + 1);
  const stamps = listOf(value.stamps, (stamp) => {
    objectOf(stamp, ["authority", "nonce", "response"]);
    if (!/^(?:0|[1-9][0-9]{0,19})$/.test(textOf(stamp.nonce))) throw new Fault("bad-seal", "a nonce");
    return { authority: textOf(stamp.authority), nonce: stamp.nonce, response: readBase64(textOf(stamp.response), "a response") };
  });
  return { note, checkpoint: parseCheckpoint(note.text), path, stamps };
}

/** Check the earlier seals: their form, who signed them, and that the pack's checkpoint contains them. */
async function checkSeals(pack, lines, report) {
  let before = -1, number = 0;
  for await (const bytes of lines) {
    number += 1;
    const place = { field: String(number), file: SEALS_NAME };
    report.count("seal", 1);
    if (number > MAX_SEALS) throw new Fault("too-long", SEALS_NAME);
    let seal;
    try {
      seal = parseSeal(readUtf8(bytes, "a seal"));
    } catch (fault) {
      expectFault(fault);
      report.find("seal", "seal-damaged", place);
      continue;
    }
    const { size } = seal.checkpoint;
    const isPlaced = size > before && size <= (pack.checkpoint?.size ?? Infinity);
    before = Math.max(size, before);
    pack.seals.push({ ...seal, number });
    if (!isPlaced) report.find("seal", "seal-damaged", place);
    else await checkEarlier(pack, seal, place, report);
    await breathe();
  }
}

async function checkEarlier(pack, { note, checkpoint, path }, place, report) {
  if (checkpoint.origin !== pack.manifest.claims.origin) report.find("seal", "origin-differs", place);
  if (!await isSignedBy(note, keysAt(pack.keys, checkpoint.size))) report.find("seal", "seal-signature", place);
  if (!pack.checkpoint) return;
  try {
    checkConsistency(checkpoint.size, checkpoint.root, pack.checkpoint.size, pack.checkpoint.root, path);
  } catch (fault) {
    expectFault(fault);
    report.find("seal", "seal-not-contained", place);
  }
}

/** The keys whose signature counts at a size: all but those revoked before it. */
function keysAt(keys, size) {
  const ended = new Map((keys?.revoked ?? []).map(({ key, until }) => [key.text, until]));
  return (keys?.keys ?? []).filter(({ text }) => size <= (ended.get(text) ?? Infinity));
}

/** Every note of the pack with the file that it stands in. */
function notesOf(pack) {
  const notes = pack.seals.map(({ note, checkpoint }) => ({ note, checkpoint, file: SEALS_NAME }));
  return pack.checkpoint ? [{ note: pack.note, checkpoint: pack.checkpoint, file: CHECKPOINT_NAME }, ...notes] : notes;
}

/** Check the lines of witnesses, those of the pack and those whom the reader named. */
async function checkWitnesses(pack, trust, report) {
  const named = (pack.keys?.witnesses ?? []).map(({ key }) => key);
  const keys = [...named, ...trust.witnesses.filter((one) => !named.some(({ text }) => text === one.text))];
  const least = pack.entries.items.filter(({ role }) => role === "asked").at(-1)?.index ?? -1;
  const holding = new Set();
  pack.witnesses = [];
  for (const { note, checkpoint, file } of notesOf(pack)) {
    for (const signature of note.signatures) {
      const key = keys.find((one) => isBy(one)(signature));
      if (key === undefined) continue;
      report.count("witnesses", 1);
      try {
        const { time } = await checkSignature(note, key, signature);
        if (checkpoint.size > least) holding.add(key.text);
        pack.witnesses.push({ key, time, size: checkpoint.size });
      } catch (fault) {
        expectFault(fault);
        if (fault.code === "unread") report.block("witnesses");
        else report.find("witnesses", "witness-line-differs", { field: key.name, file });
      }
    }
  }
  for (const { text, name } of trust.witnesses) {
    if (!holding.has(text)) report.find("witnesses", "witness-missing", { field: name });
  }
}

/** Check the time-stamps; `files` gives the bytes of a copy under `proof/stamps/`, or null. */
async function checkStamps(pack, roots, copies, report) {
  const numbers = new Map();
  pack.stamps = [];
  for (const seal of pack.seals) {
    for (const stamp of seal.stamps) {
      report.count("stamps", 1);
      const { size } = seal.checkpoint;
      numbers.set(size, (numbers.get(size) ?? 0) + 1);
      const file = `${STAMPS_FOLDER}${size}-${numbers.get(size)}.tsr`;
      const place = { field: String(seal.number), file };
      const copy = copies.get(file);
      if (copy !== undefined && !sameBytes(copy, stamp.response)) report.find("stamps", "stamp-differs", place);
      await checkOneStamp(pack, seal, stamp, roots, place, report);
    }
  }
}

const STAMP_CODES = {
  "stamp-differs": "stamp-differs", "stamp-policy": "stamp-differs", "stamp-untrusted": "stamp-untrusted",
  "stamp-refused": "stamp-damaged", "stamp-unreadable": "stamp-damaged", unread: "stamp-unread",
};

async function checkOneStamp(pack, seal, stamp, given, place, report) {
  try {
    const authority = (pack.keys?.authorities ?? []).find(({ name }) => name === stamp.authority);
    const roots = given ?? rootsOf(pack.keys?.authorities ?? []);
    const message = writeUtf8(bareNote(seal.note, pack.manifest.claims.origin));
    const checked = await checkStamp(stamp.response, message, roots, { nonce: stamp.nonce, policy: authority?.policy });
    pack.stamps.push({ ...checked, authority: stamp.authority, signer: checked.authority, size: seal.checkpoint.size });
  } catch (fault) {
    expectFault(fault);
    report.find("stamps", STAMP_CODES[fault.code] ?? "stamp-damaged", place);
  }
}

/** The certificates that a pack names as roots; those that cannot be read are none. */
function rootsOf(authorities) {
  return authorities.flatMap(({ roots }) => {
    try {
      return readPem(roots);
    } catch (fault) {
      expectFault(fault);
      return [];
    }
  });
}
