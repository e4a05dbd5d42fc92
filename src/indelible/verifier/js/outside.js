// What others hold: the checkpoint and earlier seals, witnesses' lines and time-stamps on them.

const MAX_STAMPS = 100;

/** Read the checkpoint, and check who signed it. Sets `pack.checkpoint` and `pack.note`. */
async function checkSeal(pack, bytes, report) {
  const { manifest, keys } = pack;
  report.count("seal", 0);
  if (bytes === null || keys === null) report.block("seal");
  if (bytes === null) return;
  try {
    pack.note = parseNote(bytes);
    pack.checkpoint = parseCheckpoint(pack.note.text);
  } catch (fault) {
    expectFault(fault);
    report.find("seal", "checkpoint-damaged");
    return;
  }
  report.count("seal", 1);
  if (pack.checkpoint.origin !== manifest.claims.origin) report.find("seal", "origin-differs", { file: CHECKPOINT_NAME });
  if (keys && !await isSignedBy(pack.note, manifest.claims.origin, keys.keys.slice(-1))) report.find("seal", "checkpoint-signature");
}

/** Whether one of these keys signed the note for the record `origin`, and none of them in a line that does not hold. */
async function isSignedBy(note, origin, keys) {
  let good = 0;
  for (const signature of note.signatures) {
    const key = keys.find((one) => isBy(one)(signature));
    if (key === undefined) continue;
    try {
      await checkSignature(note, key, signature);
      if (key.name === origin && key.type === ED25519_KEY) good += 1;
    } catch (fault) {
      expectFault(fault);
      return false;
    }
  }
  return good > 0;
}

/** Read a line of `seals.jsonl`: `{note, checkpoint, path, stamps}`. */
function parseSeal(text) {
  const value = readCanonical(text);
  if (!hasKeys(value, ["cosigned", "path", "stamps"])) throw new Fault("bad-seal", "keys");
  const stamps = listOf(value.stamps, (stamp) => objectOf(stamp, ["authority", "nonce", "response"]), MAX_STAMPS);
  for (const stamp of stamps) Object.values(stamp).forEach(textOf);
  const note = parseNote(textOf(value.cosigned));
  const path = listOf(value.path, (step) => readBase64(textOf(step), "a step", HASH_SIZE), MAX_STEPS);
  return { note, checkpoint: parseCheckpoint(note.text), path, stamps };
}

/** Check the earlier seals: their form, who signed them, and that the pack's checkpoint contains them. */
async function checkSeals(pack, lines, report) {
  let before = -1;
  for await (const [bytes] of lines) {
    pack.sealLines += 1;
    const place = { field: String(pack.sealLines) };
    let seal;
    try {
      seal = parseSeal(readUtf8(bytes, "a seal"));
    } catch (fault) {
      expectFault(fault);
      report.find("seal", "seal-damaged", place);
      continue;
    }
    report.count("seal", 1);
    pack.stampCount += seal.stamps.length;
    const { size } = seal.checkpoint;
    if (size <= before || size > (pack.checkpoint?.size ?? Infinity)) {
      report.find("seal", "seal-damaged", place);
      continue;
    }
    before = size;
    pack.seals.push({ ...seal, place, contained: await checkEarlier(pack, seal, place, report) });
    await breathe();
  }
}

/** Whether the pack's checkpoint contains an earlier seal, with all else that is wrong with it told. */
async function checkEarlier(pack, { note, checkpoint, path }, place, report) {
  const { origin } = pack.manifest.claims;
  if (checkpoint.origin !== origin) report.find("seal", "origin-differs", { ...place, file: SEALS_NAME });
  if (pack.keys && !await isSignedBy(note, origin, keysAt(pack.keys, checkpoint.size))) report.find("seal", "seal-signature", place);
  if (!pack.checkpoint) return true;
  try {
    checkConsistency(checkpoint.size, checkpoint.root, pack.checkpoint.size, pack.checkpoint.root, path);
    return true;
  } catch (fault) {
    expectFault(fault);
    report.find("seal", "seal-not-contained", place);
    return false;
  }
}

/** The keys whose signature counts at a size: all but those revoked before it. */
function keysAt(keys, size) {
  const ended = new Map(keys.revoked.map(({ key, until }) => [key.text, until]));
  return keys.keys.filter(({ text }) => size <= (ended.get(text) ?? Infinity));
}

/** Check the lines of witnesses, those of the pack and those whom the reader named. */
async function checkWitnesses(pack, trust, report) {
  const all = [...trust.witnesses, ...pack.keys?.witnesses.map(({ key }) => key) ?? []];
  const keys = [...new Map(all.map((key) => [key.text, key])).values()];
  const held = new Map(); // key to the largest size under a line that holds
  pack.witnesses = [];
  report.count("witnesses", 0);
  const own = pack.checkpoint ? [{ note: pack.note, checkpoint: pack.checkpoint, contained: true }] : [];
  for (const seal of [...own, ...pack.seals]) {
    await checkLines(pack, seal, keys, held, seal.place ? SEALS_NAME : CHECKPOINT_NAME, report);
  }
  if (!pack.checkpoint) report.block("witnesses");
  const last = pack.entries.items.filter(({ role }) => role === "asked").at(-1)?.index ?? -1;
  for (const { text, name } of pack.checkpoint ? trust.witnesses : []) {
    if ((held.get(text) ?? -1) <= last) report.find("witnesses", "witness-missing", { field: name });
  }
  if (report.isIdle("witnesses") && !trust.witnesses.length) report.clear("witnesses");
}

async function checkLines(pack, { note, checkpoint, contained }, keys, held, file, report) {
  const seen = new Set();
  for (const signature of note.signatures) {
    const key = keys.find((one) => isBy(one)(signature));
    if (key === undefined) continue;
    report.count("witnesses", 1);
    const place = { field: key.name, file };
    try {
      const { time } = await checkSignature(note, key, signature);
      if (seen.has(key)) report.find("witnesses", "witness-line-differs", place);
      else if (contained) {
        held.set(key.text, Math.max(held.get(key.text) ?? -1, checkpoint.size));
        pack.witnesses.push({ key, time, size: checkpoint.size });
      }
    } catch (fault) {
      expectFault(fault);
      if (fault.code === "unread") report.block("witnesses");
      else report.find("witnesses", "witness-line-differs", place);
    }
    seen.add(key);
  }
}

const STAMP_CODES = {
  "stamp-differs": "stamp-differs", "stamp-policy": "stamp-differs", "stamp-untrusted": "stamp-untrusted", unread: "stamp-unread",
};

/** Check the time-stamps, each against its copy under `proof/stamps/`. */
async function checkStamps(pack, trust, report) {
  const numbers = new Map();
  pack.stamps = [];
  for (const seal of pack.seals) {
    const { size } = seal.checkpoint;
    for (const stamp of seal.stamps) {
      report.count("stamps", 1);
      numbers.set(size, (numbers.get(size) ?? 0) + 1);
      await checkOneStamp(pack, trust, seal, stamp, `${STAMPS_FOLDER}${size}-${numbers.get(size)}.tsr`, report);
    }
  }
  if (pack.stampCount) report.count("stamps", 0);
  if (pack.stampCount && (pack.keys === null || pack.checkpointBytes === null)) report.block("stamps");
}

async function checkOneStamp(pack, trust, seal, stamp, file, report) {
  const authority = pack.keys?.authorities.find(({ name }) => name === stamp.authority);
  let response;
  try {
    response = readBase64(stamp.response, "a response");
    if (!/^(?:0|[1-9][0-9]{0,19})$/.test(stamp.nonce) || BigInt(stamp.nonce) >= 2n ** 64n) throw new Fault("bad-number", "a nonce");
    const copy = pack.copies.get(file);
    if (!copy || !sameBytes(copy, response)) report.find("stamps", "stamp-differs", { ...seal.place, file });
    const roots = trust.roots.length ? trust.roots : authority ? readPem(authority.roots) : [];
    const message = writeUtf8(bareNote(seal.note, pack.manifest.claims.origin));
    const how = { nonce: stamp.nonce, policy: authority?.policy };
    const checked = await checkStamp(response, message, roots, how);
    pack.stamps.push({ ...checked, signer: checked.authority, authority: stamp.authority, size: seal.checkpoint.size });
  } catch (fault) {
    expectFault(fault);
    report.find("stamps", STAMP_CODES[fault.code] ?? "stamp-damaged", seal.place);
  }
}
