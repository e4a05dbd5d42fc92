// Where the files of a pack are read from: the blocks behind this script. A ZIP and a folder are zip.js's.
//
// A source gives `names()` when all is there, `has(name)`, and `pieces(name)`, the bytes of a file piece by piece;
// what cannot be read at all is `zip-damaged`.

const MAX_PIECE_BYTES = 64 * 1024 * 1024;

/** The files inside this page: each is a run of inert elements, gzip in base64. Read while the page loads. */
class PageSource {
  constructor(script) {
    this.kind = "page";
    this.last = script;
    this.blocks = [];
  }

  /** Take note of the blocks that have arrived in whole: what follows an element shows that it is complete. */
  look() {
    const loaded = document.readyState !== "loading";
    for (let element = this.last.nextElementSibling; element; element = element.nextElementSibling) {
      if (!loaded && !element.nextElementSibling) break;
      this.last = element;
      if (element.dataset.file !== undefined) this.blocks.push(element);
    }
    return loaded;
  }

  async block(place) {
    for (;;) {
      if (place < this.blocks.length) return this.blocks[place];
      const loaded = this.look();
      if (place < this.blocks.length) return this.blocks[place];
      if (loaded) return null;
      await pause(10);
    }
  }

  async names() {
    while (!this.look()) await pause(10);
    return new Set(this.blocks.map((block) => block.dataset.file));
  }

  async* pieces(name) {
    let found = false;
    for (let place = 0; ; place++) {
      const block = await this.block(place);
      if (block === null || (found && block.dataset.file !== name)) return;
      if (block.dataset.file !== name) continue;
      found = true;
      yield await this.unpacked(block, name);
      await breathe();
    }
  }

  async unpacked(block, name) {
    try {
      return await unpack(readBase64(block.textContent, name), "gzip", MAX_PIECE_BYTES);
    } catch (fault) {
      expectFault(fault);
      throw new Fault("zip-damaged", name);
    }
  }

  /** Whether a file is here; of one that is not this is known when the page has loaded. */
  async has(name) {
    for (let place = 0; ; place++) {
      const block = await this.block(place);
      if (block === null) return false;
      if (block.dataset.file === name) return true;
    }
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}

/** A file whole, at most `most` bytes of it; null where there is none. */
async function readWhole(source, name, most) {
  if (!await source.has(name)) return null;
  const pieces = [];
  let size = 0;
  for await (const piece of source.pieces(name)) {
    size += piece.length;
    if (size > most) throw new Fault("too-long", name);
    pieces.push(piece);
  }
  return joinBytes(...pieces);
}

/**
 * The lines of a file as `[bytes without the line end, whether it had one]`.
 * Raises `line-too-long` for a line of more than `most` bytes.
 */
async function* linesOf(pieces, most) {
  let rest = new Uint8Array(0);
  for await (const piece of pieces) {
    let from = 0;
    for (;;) {
      const end = piece.indexOf(10, from);
      if (rest.length + (end < 0 ? piece.length : end) - from > most) throw new Fault("line-too-long", `${most} bytes`);
      if (end < 0) break;
      yield [rest.length ? joinBytes(rest, piece.subarray(from, end)) : piece.subarray(from, end), true];
      rest = new Uint8Array(0);
      from = end + 1;
    }
    rest = rest.length ? joinBytes(rest, piece.subarray(from)) : piece.slice(from);
  }
  if (rest.length) yield [rest, false];
}
