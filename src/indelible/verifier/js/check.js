// The check of a whole pack (pack.md section 7), in the order in which its parts arrive.
//
// `checkPack` does what needs nothing of the reader; `checkTrusted` holds it against what the reader has: a key
// card, keys of witnesses, words. It may be made again as often as the reader likes.

const NO_TRUST = { key: null, witnesses: [], roots: [], words: null };
const MAX_SEAL_LINE = 8 * 1024 * 1024;
const MAX_TREE_LINE = 44;

/** Check what a source holds. Gives `{pack, report}`; `progress` is told `{entries, total}` on the way. */
async function checkPack(source, progress = () => undefined) {
  const report = new Report();
  const pack = { source, manifest: null, keys: null, checkpoint: null, seals: [], sealLines: 0, stampCount: 0, words: [] };
  report.count("files", 0);
  const manifestBytes = await openManifest(source, pack, report);
  if (pack.manifest === null) return { pack, report };
  const files = new Files(source, pack.manifest, report);
  pack.checkpointBytes = await files.whole(CHECKPOINT_NAME);
  pack.keysBytes = await files.whole(KEYS_NAME);
  openKeys(pack);
  await checkManifestNote(pack, source, manifestBytes, report);
  await checkSeal(pack, pack.checkpointBytes, report);
  // The words take some tenths of a second of the browser's own time: begun here, awaited where they are needed.
  const words = pack.checkpoint ? sealWords(pack.note.text) : Promise.resolve([]);
  const readable = await checkEntries(pack, files, report, progress);
  await checkEarlierSeals(pack, files, report);
  pack.words = await words;
  await readCopies(pack, files);
  pack.unseen = await files.finish(progress);
  await conclude(pack, files, readable, report);
  pack.bytes = files.bytes;
  return { pack, report };
}

/** What can be asked only when everything was read. */
async function conclude(pack, files, readable, report) {
  const isWhole = pack.manifest.claims.kind === "whole";
  if (!readable) {
    for (const check of ["entries", "claims", "table", ...isWhole ? ["numbers", "register"] : []]) report.block(check);
    if ([...files.hashes.keys()].some((name) => name.startsWith(ATTACHMENTS_FOLDER))) report.block("attachments");
    return;
  }
  pack.making = findMaking(pack.entries);
  checkClaims(pack, files, report);
  if (isWhole) {
    checkNumbers(pack, report);
    checkRegister(pack, report);
  }
  checkErased(pack, report);
  await checkAttachments(pack, files, report);
  await checkTable(pack, files, report);
}

/** Read the manifest; where it cannot be read, nothing else can be checked. */
async function openManifest(source, pack, report) {
  const find = (code, file = null) => report.find("files", code, { file });
  if (source.kind === "none") {
    find("zip-damaged");
    return null;
  }
  try {
    const bytes = await readWhole(source, MANIFEST_NAME, MAX_MANIFEST_BYTES);
    if (bytes === null) find("file-missing", MANIFEST_NAME);
    else pack.manifest = parseManifest(bytes);
    return bytes;
  } catch (fault) {
    expectFault(fault);
    const codes = { "zip-damaged": "zip-damaged", "bad-pack-version": "format-unknown" };
    find(codes[fault.code] ?? "manifest-damaged", MANIFEST_NAME);
    return null;
  }
}

function openKeys(pack) {
  try {
    if (pack.keysBytes !== null) pack.keys = parseKeys(pack.keysBytes);
  } catch (fault) {
    expectFault(fault);
  }
}

/** Read the entries as they come, then walk the tree. Gives whether they could be read to their end. */
async function checkEntries(pack, files, report, progress) {
  const { claims, counts } = pack.manifest;
  const entries = pack.entries = new Entries(report, claims);
  report.count("entries", 0);
  const total = Number.isInteger(counts.entries) ? counts.entries : 0;
  try {
    for await (const [line, hasEnd] of linesOf(files.pieces(ENTRIES_NAME), MAX_LINE_BYTES)) {
      entries.take(line, hasEnd);
      const slice = breathe();
      if (slice !== undefined) {
        progress({ entries: entries.lines, total });
        await slice;
      }
    }
  } catch (fault) {
    expectFault(fault); // a line too long to be looked at ends the reading, but not the look at the file
    entries.damaged(entries.lines + 1);
    await files.lookAgain(ENTRIES_NAME);
  }
  progress({ entries: entries.lines, total });
  if ((files.hashes.get(ENTRIES_NAME) ?? null) === null) {
    pack.entries = new Entries(report, claims);
    report.clear("entries");
    return false;
  }
  await checkTree(pack, files, report);
  return true;
}

async function checkTree({ entries, checkpoint }, files, report) {
  const bytes = await files.whole(TREE_NAME);
  if (bytes === null || checkpoint === null) {
    report.block("entries");
    return;
  }
  const code = await walk(entries, checkpoint, bytes);
  if (code !== null && !entries.unread) report.find("entries", code);
}

/** What is wrong with the way from the entries to the checkpoint, or null. */
async function walk(entries, { size, root }, bytes) {
  const hashes = [];
  try {
    for await (const [line, hasEnd] of linesOf([bytes], MAX_TREE_LINE)) {
      if (!hasEnd) throw new Fault("tree-differs", "no line end");
      hashes.push(readBase64(readUtf8(line, "a hash"), "a hash", HASH_SIZE));
      await breathe();
    }
    const reached = rootOfPart(size, entries.items.map(({ index }) => index), entries.leaves, hashes);
    return sameBytes(reached, root) ? null : "tree-differs";
  } catch (fault) {
    expectFault(fault);
    return fault.code === "tree-length" ? "tree-length" : "tree-differs";
  }
}

async function checkEarlierSeals(pack, files, report) {
  const bytes = await files.whole(SEALS_NAME);
  pack.sealsRead = bytes !== null;
  if (bytes === null) {
    report.block("seal");
    return;
  }
  try {
    await checkSeals(pack, linesOf([bytes], MAX_SEAL_LINE), report);
  } catch (fault) {
    expectFault(fault);
    report.find("seal", "seal-damaged", { field: String(pack.sealLines + 1) });
  }
}

/** The copies of time-stamps for other tools. */
async function readCopies(pack, files) {
  pack.copies = new Map();
  for (const name of pack.manifest.files.keys()) {
    if (name.startsWith(STAMPS_FOLDER)) pack.copies.set(name, await files.whole(name));
  }
}

/** Hold a checked pack against what the reader brought, and give the result as JSON. */
async function checkTrusted({ pack, report }, trust = NO_TRUST) {
  for (const check of ["keys", "witnesses", "stamps", "words"]) report.clear(check);
  let trustedWords = null;
  if (pack.manifest !== null) {
    await checkKeys(pack, trust, report);
    await checkWitnesses(pack, trust, report);
    await checkStamps(pack, trust, report);
    trustedWords = trust.words === null ? null : checkWords(pack.words, trust.words, report);
  }
  return report.asJson({
    kind: pack.manifest?.claims.kind ?? null,
    entries: pack.entries?.asked ?? 0,
    key: pack.manifest && trust.key ? "given" : "not compared",
    words: pack.words,
    trustedWords,
  });
}

async function checkKeys(pack, trust, report) {
  report.count("keys", pack.keys?.keys.length ?? 0);
  if (pack.keysBytes === null) report.block("keys");
  else if (pack.keys === null) report.find("keys", "keys-damaged");
  if (pack.keys === null) return;
  const codes = new Set();
  if (pack.keys.origin !== pack.manifest.claims.origin) codes.add("keys-damaged");
  // Both questions are asked: a card that differs must not hide a broken chain, nor the other way round.
  for (const given of new Set([null, trust.key?.text ?? null])) {
    try {
      await leadToNewest(pack.keys, given);
    } catch (fault) {
      expectFault(fault);
      codes.add(fault.code);
    }
  }
  for (const code of codes) report.find("keys", code);
}

function checkWords(words, typed, report) {
  if (!words.length) {
    report.block("words");
    return null;
  }
  report.count("words", words.length);
  const { same, first } = compareWords(words, typed);
  if (!same) report.find("words", "words-differ", { field: String(first) });
  return same;
}
