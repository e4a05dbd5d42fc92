// A pack's ZIP or folder, chosen by the reader. Nothing is unpacked but into memory, piece by piece.
//
// A ZIP says twice how large each file is and may lie both times: reading stops at what the manifest allows.
// Layout: PKWARE APPNOTE 4.3.

const MAX_FILES = 200000;
const MAX_DIRECTORY_BYTES = 128 * 1024 * 1024;
const ZIP_CHUNK = 1024 * 1024;
const END_SIGNATURE = 0x06054b50, END64_SIGNATURE = 0x06064b50, LOCATOR_SIGNATURE = 0x07064b50;
const ITEM_SIGNATURE = 0x02014b50, LOCAL_SIGNATURE = 0x04034b50;
const OTHER_PACKING = 0x60; // patches, and another way of locking
const NEWEST_VERSION = 63; // of the format, 6.3, as other programs read it
const OF_THE_SYSTEM = /(?:^|\/)(?:\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)$/;

async function bytesOf(blob) {
  return new Uint8Array(await blob.arrayBuffer());
}

function zipFault(what) {
  return new Fault("zip-damaged", what);
}

class ZipSource {
  constructor(file) {
    this.kind = "zip";
    this.file = file;
    this.items = null;
  }

  /** Read the directory. Raises `zip-damaged`. */
  async open() {
    const { start, size, before } = await this.findDirectory();
    if (size > MAX_DIRECTORY_BYTES || start < 0) throw zipFault("a directory");
    const data = await bytesOf(this.file.slice(start, start + size));
    const view = new DataView(data.buffer);
    const items = new Map();
    for (let at = 0, count = 0; at + 46 <= data.length;) {
      if (view.getUint32(at, true) !== ITEM_SIGNATURE || ++count > MAX_FILES) throw zipFault("the directory");
      const [nameLength, extraLength, noteLength] = [28, 30, 32].map((place) => view.getUint16(at + place, true));
      const next = at + 46 + nameLength + extraLength + noteLength;
      const name = String.fromCharCode(...data.subarray(at + 46, at + 46 + nameLength));
      const item = readItem(view, at, data.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength));
      checkItem(name, item);
      item.offset += before;
      at = next;
      if (name.endsWith("/") && !item.size) continue; // folders, which some programs add, hold nothing
      if (items.has(name)) throw zipFault(`${name} twice`);
      items.set(name, item);
    }
    this.items = items;
    return this;
  }

  /** Where the directory is, and how many bytes stand before the ZIP itself: programs unpack such files too. */
  async findDirectory() {
    const { size: length } = this.file;
    const from = Math.max(0, length - 22 - 65535 - 76);
    const tail = await bytesOf(this.file.slice(from));
    const view = new DataView(tail.buffer);
    let end = tail.length - 22;
    while (end >= 0 && view.getUint32(end, true) !== END_SIGNATURE) end--;
    if (end < 0) throw zipFault("no end of a ZIP");
    const locator = end - 20, record = end - 76;
    if (record >= 0 && view.getUint32(locator, true) === LOCATOR_SIGNATURE && view.getUint32(record, true) === END64_SIGNATURE) {
      const [size, offset] = [40, 48].map((place) => Number(view.getBigUint64(record + place, true)));
      return { start: from + record - size, size, before: from + record - size - offset };
    }
    const [size, offset] = [12, 16].map((place) => view.getUint32(end + place, true));
    return { start: from + end - size, size, before: from + end - size - offset };
  }

  async names() {
    return new Set(this.items.keys());
  }

  async has(name) {
    return this.items.has(name);
  }

  async* pieces(name) {
    const { flags, method, packed, size, offset, crc } = this.items.get(name);
    if (offset < 0 || flags & OTHER_PACKING) throw zipFault(name);
    const head = await bytesOf(this.file.slice(offset, offset + 30 + name.length));
    const view = new DataView(head.buffer);
    const isHere = head.length >= 30 && view.getUint32(0, true) === LOCAL_SIGNATURE && view.getUint16(26, true) === name.length;
    if (!isHere || String.fromCharCode(...head.subarray(30)) !== name) throw zipFault(name);
    const start = offset + 30 + view.getUint16(26, true) + view.getUint16(28, true);
    const blob = this.file.slice(start, start + packed);
    const check = new Crc32();
    let left = size, held = null; // the last piece is held back until the sum of all is known to be right
    for await (const whole of method === 0 ? slicesOf(blob) : inflated(blob, size)) {
      // What goes beyond the size that the ZIP states is left aside, as other programs do.
      const piece = whole.subarray(0, left);
      check.update(piece);
      left -= piece.length;
      if (held !== null) yield held;
      held = piece;
      if (left <= 0) break;
    }
    if (check.value !== crc) throw zipFault(name);
    if (held !== null) yield held;
  }
}

function readItem(view, at, extra) {
  const item = {
    version: view.getUint8(at + 6), flags: view.getUint16(at + 8, true), method: view.getUint16(at + 10, true), crc: view.getUint32(at + 16, true),
    packed: view.getUint32(at + 20, true), size: view.getUint32(at + 24, true), offset: view.getUint32(at + 42, true),
  };
  const more = new DataView(extra.buffer, extra.byteOffset, extra.length);
  for (let place = 0; place + 4 <= extra.length; place += 4 + more.getUint16(place + 2, true)) {
    if (place + 4 + more.getUint16(place + 2, true) > extra.length) throw zipFault("a field of the directory");
    if (more.getUint16(place, true) !== 1) continue;
    let field = place + 4;
    for (const key of ["size", "packed", "offset"]) {
      if (item[key] !== 0xffffffff) continue;
      if (field + 8 > extra.length) throw zipFault("a size of 64 bits");
      item[key] = Number(more.getBigUint64(field, true));
      field += 8;
    }
  }
  return item;
}

function checkItem(name, { version, flags, method }) {
  const parts = name.split("/");
  const plain = /^[\x20-\x7e]+$/.test(name) && !name.includes("\\") && !name.startsWith("/");
  if (!plain || parts.includes("..") || parts[0].includes(":")) throw zipFault(`the name ${name}`);
  if (version > NEWEST_VERSION || flags & 1 || ![0, 8].includes(method)) throw zipFault(`${name} is locked or packed in another way`);
}

async function* slicesOf(blob) {
  for (let at = 0; at < blob.size; at += ZIP_CHUNK) yield bytesOf(blob.slice(at, at + ZIP_CHUNK));
}

/**
 * Unpacked piece by piece. Browsers refuse bytes behind the end of what was packed, and drop what they had unpacked by
 * then; own code, which others agree with, has the last word.
 */
async function* inflated(blob, size) {
  let given = 0;
  if (typeof DecompressionStream === "function") {
    const reader = blob.stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
    try {
      for (;;) {
        const { value, done } = await reader.read().catch(() => ({ value: null }));
        if (done) return;
        if (value === null) break;
        given += value.length;
        yield value;
      }
    } finally {
      reader.cancel().catch(() => undefined);
    }
  }
  const { bytes, fault } = inflateSome(await bytesOf(blob), size);
  if (fault) throw zipFault("bytes that cannot be unpacked");
  yield bytes.subarray(Math.min(given, bytes.length));
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let i = 0; i < 8; i++) value = value & 1 ? value >>> 1 ^ 0xedb88320 : value >>> 1;
  return value;
});

class Crc32 {
  constructor() {
    this.rest = -1;
  }

  update(bytes) {
    let rest = this.rest;
    for (let i = 0; i < bytes.length; i++) rest = CRC_TABLE[(rest ^ bytes[i]) & 255] ^ rest >>> 8;
    this.rest = rest;
  }

  get value() {
    return ~this.rest >>> 0;
  }
}

/** The files of the folder that a pack was unpacked to; what the system adds to folders is left aside. */
class FolderSource {
  constructor(files) {
    this.kind = "folder";
    const named = Array.from(files, (file) => [file.webkitRelativePath.split("/").slice(1).join("/") || file.name, file]);
    this.items = new Map(named.filter(([name]) => !OF_THE_SYSTEM.test(name)));
  }

  async names() {
    return new Set(this.items.keys());
  }

  async has(name) {
    return this.items.has(name);
  }

  async* pieces(name) {
    try {
      yield* slicesOf(this.items.get(name));
    } catch {
      throw zipFault(name);
    }
  }
}
