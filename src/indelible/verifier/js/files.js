// Is each file the one that the manifest lists, and is the manifest signed by the record's own key?

/** Reads the files of a pack once each, and holds them against the manifest on the way. */
class Files {
  constructor(source, manifest, report) {
    this.source = source;
    this.manifest = manifest;
    this.report = report;
    this.read = new Set();
    this.bytes = 0;
  }

  /** The pieces of a file, no more of them than the manifest states. What is found is told when they end. */
  async* pieces(name) {
    const item = this.manifest.files.get(name);
    const most = item?.size ?? MAX_LINE_BYTES;
    const hash = new Sha256();
    let size = 0, same = true;
    this.read.add(name);
    try {
      for await (const piece of this.source.pieces(name)) {
        size += piece.length;
        if (size > most) {
          same = false;
          break;
        }
        hash.update(piece);
        this.bytes += piece.length;
        yield piece;
      }
    } catch (fault) {
      expectFault(fault);
      this.report.find("files", "zip-damaged", { file: name });
      return;
    }
    if (item === undefined) return;
    if (!same || size !== item.size || writeHex(hash.digest()) !== item.sha256) {
      this.report.find("files", "file-changed", { file: name });
    }
  }

  /** A whole file, or null where it is missing. */
  async whole(name) {
    if (!await this.source.has(name)) return null;
    const pieces = [];
    for await (const piece of this.pieces(name)) pieces.push(piece);
    return joinBytes(...pieces);
  }

  /** Look at all that was not read yet, and say what is missing or should not be there. */
  async finish(progress) {
    const names = await this.source.names();
    const isPage = this.source.kind === "page";
    const wanted = isPage ? [NOTE_NAME, ...INNER_NAMES] : [NOTE_NAME, ...LISTED_NAMES];
    const listed = [...this.manifest.files.keys()];
    // The page has inside what it can check; what lies beside it is looked at only when it is given.
    const expected = isPage ? listed.filter(isCarried) : listed;
    for (const name of new Set([...wanted, ...expected])) {
      if (!names.has(name)) this.report.find("files", "file-missing", { file: name });
    }
    for (const name of names) {
      if (name === MANIFEST_NAME || name === NOTE_NAME) continue;
      const known = this.manifest.files.has(name) && (LISTED_NAMES.includes(name) || PLACED_NAME.test(name));
      if (!known) this.report.find("files", "file-unlisted", { file: name });
      if (!this.manifest.files.has(name)) continue;
      this.report.count("files", 1);
      if (this.read.has(name)) continue;
      for await (const piece of this.pieces(name)) {
        progress(piece.length);
        await breathe();
      }
    }
    return [...listed].filter((name) => !names.has(name) && name !== PAGE_NAME);
  }
}

/** Whether the page always carries a file: all proofs but those of single entries. */
function isCarried(name) {
  return INNER_NAMES.includes(name) || name.startsWith(STAMPS_FOLDER);
}

/** Is the note the one over this manifest, by the key in use? */
async function checkManifestNote(pack, bytes, manifestBytes, report) {
  if (bytes === null) return;
  const key = pack.keys?.keys.at(-1);
  try {
    const note = parseNote(bytes);
    if (note.text !== packNoteText(pack.manifest.claims.origin, manifestBytes)) throw new Fault("other-text", "");
    if (key !== undefined) await openNote(note, [key]);
    else report.block("files");
  } catch (fault) {
    expectFault(fault);
    report.find("files", "manifest-signature", { file: NOTE_NAME });
  }
}
