// Is each file the one that the manifest lists, and is the manifest signed by the record's own key?

/** Reads the files of a pack, and holds each against the manifest when it is read first. */
class Files {
  constructor(source, manifest, report) {
    this.source = source;
    this.manifest = manifest;
    this.report = report;
    this.hashes = new Map(); // of each file that was read: SHA-256 in hex, or null where it cannot be unpacked
    this.bytes = 0;
  }

  /** The pieces of a listed file, no more of them than the manifest states. What is wrong is told when they end. */
  async* pieces(name) {
    const item = this.manifest.files.get(name);
    if (item === undefined || !await this.source.has(name)) return;
    const first = !this.hashes.has(name);
    const hash = new Sha256();
    let size = 0;
    const tell = (code) => { if (first) this.report.find("files", code, { file: name }); };
    if (first) this.hashes.set(name, null);
    try {
      for await (const piece of this.source.pieces(name)) {
        size += piece.length;
        if (size > item.size) {
          tell("file-changed");
          return;
        }
        if (first) hash.update(piece);
        this.bytes += piece.length;
        yield piece;
      }
    } catch (fault) {
      expectFault(fault);
      tell("zip-damaged");
      return;
    }
    if (!first) return;
    this.hashes.set(name, writeHex(hash.digest()));
    if (size !== item.size || this.hashes.get(name) !== item.sha256) tell("file-changed");
  }

  /** A whole file; null where it is missing, cannot be unpacked or is longer than it should be. */
  async whole(name) {
    if (!this.manifest.files.has(name) || !await this.source.has(name)) return null;
    const pieces = [];
    for await (const piece of this.pieces(name)) pieces.push(piece);
    return this.hashes.get(name) === null ? null : joinBytes(...pieces);
  }

  /** Read a file to its end that was left before it. */
  async lookAgain(name) {
    this.hashes.delete(name);
    const pieces = this.pieces(name);
    while (!(await pieces.next()).done) await breathe();
  }

  /** Look at all that was not read yet, and say what is missing or should not be there. */
  async finish(progress) {
    const names = await this.source.names();
    const isPage = this.source.kind === "page";
    const find = (code, file) => this.report.find("files", code, { file });
    for (const name of isPage ? INNER_NAMES : LISTED_NAMES) if (!this.manifest.files.has(name)) find("file-missing", name);
    for (const name of names) {
      if (!this.manifest.files.has(name) && name !== MANIFEST_NAME && name !== NOTE_NAME) find("file-unlisted", name);
    }
    const unseen = [];
    for (const name of this.manifest.files.keys()) {
      if (!LISTED_NAMES.includes(name) && !PLACED_NAME.test(name)) find("file-unlisted", name);
      if (names.has(name)) await this.lookAt(name, progress);
      // The page has inside what it can check; what lies beside it is looked at only when it is given.
      else if (isPage && !isCarried(name)) unseen.push(name);
      else find("file-missing", name);
    }
    return unseen;
  }

  async lookAt(name, progress) {
    this.report.count("files", 1);
    if (this.hashes.has(name)) return;
    const pieces = this.pieces(name);
    while (!(await pieces.next()).done) {
      const slice = breathe();
      if (slice !== undefined) {
        progress({ bytes: this.bytes });
        await slice;
      }
    }
  }
}

/** Whether the page always carries a file: all proofs but those of single entries. */
function isCarried(name) {
  return INNER_NAMES.includes(name) || name.startsWith(STAMPS_FOLDER);
}

/** Is the note the one over this manifest, by the key in use? */
async function checkManifestNote(pack, source, manifestBytes, report) {
  let bytes;
  try {
    bytes = await readWhole(source, NOTE_NAME, MAX_NOTE_BYTES);
    if (bytes === null) {
      report.find("files", "file-missing", { file: NOTE_NAME });
      return;
    }
    if (pack.keys === null) {
      report.block("files");
      return;
    }
    const note = parseNote(bytes);
    await openNote(note, pack.keys.keys.slice(-1));
    if (note.text !== packNoteText(pack.manifest.claims.origin, manifestBytes)) throw new Fault("other-manifest", "");
  } catch (fault) {
    expectFault(fault);
    const damaged = fault.code === "bad-deflate" || fault.code === "zip-damaged";
    report.find("files", damaged ? "zip-damaged" : "manifest-signature", { file: NOTE_NAME });
  }
}
