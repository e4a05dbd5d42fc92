// The check of a whole pack (pack.md section 7), in the order in which its parts arrive.
//
// `checkPack` does what needs nothing of the reader; `checkTrusted` holds it against what the reader has: a key
// card, keys of witnesses, words. It may be made again as often as the reader likes.

const NO_TRUST = { key: null, witnesses: [], words: null };

/** Check what a source holds. Gives `{pack, report}`; `progress` is told `{entries, total}` on the way. */
async function checkPack(source, progress = () => undefined) {
  const report = new Report();
  const pack = { source, manifest: null, keys: null, checkpoint: null, seals: [], words: [], began: performance.now() };
  report.count("files", 0);
  const manifestBytes = await openManifest(source, pack, report);
  if (pack.manifest === null) return { pack, report };
  const files = new Files(source, pack.manifest, report);
  const noteBytes = await readWhole(source, NOTE_NAME, MAX_NOTE_BYTES);
  const checkpointBytes = await files.whole(CHECKPOINT_NAME);
  await openKeys(pack, await files.whole(KEYS_NAME), report);
  await checkManifestNote(pack, noteBytes, manifestBytes, report);
  await checkSeal(pack, checkpointBytes, report);
  // The words take some tenths of a second of the browser's own time: begun here, awaited where they are needed.
  const words = pack.checkpoint ? sealWords(pack.note.text) : Promise.resolve([]);
  await checkEntries(pack, files, report, progress);
  pack.words = await words;
  if (await source.has(SEALS_NAME)) await checkSeals(pack, linesOf(files.pieces(SEALS_NAME), MAX_LINE_BYTES), report);
  pack.making = findMaking(pack.entries);
  checkClaims(pack, report);
  if (pack.manifest.claims.kind === "whole") {
    checkNumbers(pack, report);
    checkRegister(pack, report);
  }
  checkErased(pack, report);
  await checkTable(pack, report);
  pack.copies = new Map();
  for (const name of pack.manifest.files.keys()) {
    if (name.startsWith(STAMPS_FOLDER)) pack.copies.set(name, await files.whole(name));
  }
  pack.unseen = await files.finish(() => progress({}));
  await checkAttachments(pack, files, await source.names(), report);
  pack.bytes = files.bytes;
  return { pack, report };
}

/** Read the manifest; where it cannot be read, nothing else can be checked. */
async function openManifest(source, pack, report) {
  let bytes;
  try {
    bytes = await readWhole(source, MANIFEST_NAME, MAX_MANIFEST_BYTES);
    if (bytes === null) {
      report.find("files", "file-missing", { file: MANIFEST_NAME });
      return null;
    }
    pack.manifest = parseManifest(bytes);
  } catch (fault) {
    expectFault(fault);
    const code = fault.code === "bad-pack-version" ? "format-unknown" : "manifest-damaged";
    report.find("files", code, { file: MANIFEST_NAME });
  }
  return bytes;
}

async function openKeys(pack, bytes, report) {
  report.count("keys", 0);
  pack.keysRead = bytes !== null;
  if (bytes === null) {
    report.block("keys");
    return;
  }
  try {
    pack.keys = parseKeys(bytes);
  } catch (fault) {
    expectFault(fault);
  }
}

/** Read the entries as they come, then walk the tree. */
async function checkEntries(pack, files, report, progress) {
  const { claims, counts } = pack.manifest;
  const withhold = new Set(claims.withhold.map(({ field }) => field));
  const entries = pack.entries = new Entries(report);
  entries.withholds = withhold.size > 0;
  report.count("entries", 0);
  const total = Number.isInteger(counts.entries) ? counts.entries : 0;
  for await (const line of linesOf(files.pieces(ENTRIES_NAME), MAX_LINE_BYTES)) {
    entries.take(line, claims, withhold);
    const slice = breathe();
    if (slice !== undefined) {
      progress({ entries: entries.lines, total });
      await slice;
    }
  }
  progress({ entries: entries.lines, total });
  await checkTree(pack, files, report);
}

async function checkTree({ entries, checkpoint, source }, files, report) {
  if (checkpoint === null || entries.damaged || !await source.has(TREE_NAME) || !await source.has(ENTRIES_NAME)) {
    if (await source.has(TREE_NAME)) for await (const piece of files.pieces(TREE_NAME)) piece.length;
    report.block("entries");
    return;
  }
  const hashes = [];
  try {
    for await (const line of linesOf(files.pieces(TREE_NAME), 1000)) {
      hashes.push(readBase64(readUtf8(line, "a hash"), "a hash", HASH_SIZE));
    }
  } catch (fault) {
    expectFault(fault);
    report.find("entries", "tree-differs", { file: TREE_NAME });
    return;
  }
  try {
    const root = rootOfPart(checkpoint.size, entries.items.map(({ index }) => index), entries.leaves, hashes);
    if (!sameBytes(root, checkpoint.root)) report.find("entries", "tree-differs", { file: TREE_NAME });
  } catch (fault) {
    expectFault(fault);
    report.find("entries", "tree-length", { file: TREE_NAME });
  }
}

/** Write the table again from the entries, and compare its hash with the manifest's. */
async function checkTable({ entries, manifest }, report) {
  const item = manifest.files.get(TABLE_NAME);
  report.count("table", 0);
  if (item === undefined) {
    report.block("table");
    return;
  }
  const hash = new Sha256();
  let size = 0;
  const write = (text) => {
    const bytes = ENCODER.encode(text);
    size += bytes.length;
    hash.update(bytes);
  };
  write(entries.table.header());
  for (const item of entries.items) {
    if (item.role !== "asked") continue;
    const { closed, values } = Entries.read(item);
    write(entries.table.row(item.index, item.at ?? "", closed, values));
    report.count("table", 1);
    await breathe();
  }
  if (size !== item.size || writeHex(hash.digest()) !== item.sha256) {
    report.find("table", "table-differs", { file: TABLE_NAME });
  }
}

/** Hold a checked pack against what the reader brought, and give the result as JSON. */
async function checkTrusted({ pack, report }, trust = NO_TRUST) {
  if (pack.manifest === null) return result(pack, report, trust);
  for (const check of ["keys", "witnesses", "stamps", "words"]) report.clear(check);
  await checkKeys(pack, trust, report);
  await checkWitnesses(pack, trust, report);
  await checkStamps(pack, null, pack.copies, report);
  if (trust.words !== null) {
    report.count("words", 12);
    const { same, first } = compareWords(pack.words, trust.words);
    if (!same) report.find("words", "words-differ", { field: String(first) });
  }
  return result(pack, report, trust);
}

async function checkKeys(pack, trust, report) {
  report.count("keys", pack.keys?.keys.length ?? 0);
  if (pack.keys === null) {
    if (pack.keysRead) report.find("keys", "keys-damaged", { file: KEYS_NAME });
    else report.block("keys");
    return;
  }
  try {
    await leadToNewest(pack.keys, trust.key?.text ?? null);
  } catch (fault) {
    expectFault(fault);
    report.find("keys", fault.code, { file: KEYS_NAME });
  }
}

function result(pack, report, trust) {
  return report.asJson({
    kind: pack.manifest?.claims.kind ?? null,
    entries: pack.entries?.items.filter(({ role }) => role === "asked").length ?? 0,
    key: trust.key ? "given" : "not compared",
    words: pack.words,
    trustedWords: trust.words === null ? null : !report.has("words"),
  });
}
