// Unpacking deflated bytes (RFC 1951): by the browser where it can, else by own code.

/** The bytes that `packed` stand for, `kind` being "gzip" or "deflate-raw". Raises `too-long`, `bad-deflate`. */
async function unpack(packed, kind, most) {
  if (typeof DecompressionStream !== "function") return inflate(kind === "gzip" ? bareGzip(packed) : packed, most);
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream(kind)).getReader();
  const pieces = [];
  let size = 0;
  for (;;) {
    let step;
    try {
      step = await reader.read();
    } catch {
      throw new Fault("bad-deflate", kind);
    }
    if (step.done) return pieces.length === 1 ? pieces[0] : joinBytes(...pieces);
    size += step.value.length;
    if (size > most) {
      reader.cancel().catch(() => undefined);
      throw new Fault("too-long", `more than ${most} bytes`);
    }
    pieces.push(step.value);
  }
}

/** What lies between the header and the trailer of gzip, as `build_page` writes it: no name, no comment. */
function bareGzip(packed) {
  if (packed[0] !== 0x1f || packed[1] !== 0x8b || packed[2] !== 8 || packed[3] !== 0) throw new Fault("bad-deflate", "gzip");
  return packed.subarray(10, -8);
}

const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const DISTANCE_BITS = Array.from({ length: 30 }, (_, i) => Math.max(0, (i >> 1) - 1));
const DISTANCE_BASE = DISTANCE_BITS.map((bits, i) => i < 4 ? i + 1 : ((i & 1 | 2) << bits) + 1);

/** Own code for browsers without a DecompressionStream. Raises `too-long`, `bad-deflate`. */
function inflate(packed, most) {
  const { bytes, fault } = inflateSome(packed, most);
  if (fault) throw fault;
  return bytes;
}

/** What could be unpacked, and the fault that ended it, or null. */
function inflateSome(packed, most) {
  const bits = { packed, at: 0, buffer: 0, count: 0 };
  const out = { bytes: new Uint8Array(Math.min(most, packed.length * 4 + 1024)), at: 0, most };
  let fault = null;
  try {
    for (let last = 0; !last;) {
      last = takeBits(bits, 1);
      const kind = takeBits(bits, 2);
      if (kind === 0) copyStored(bits, out);
      else if (kind === 1) inflateBlock(bits, out, ...fixedCodes());
      else if (kind === 2) inflateBlock(bits, out, ...dynamicCodes(bits));
      else throw new Fault("bad-deflate", "a kind of block");
    }
  } catch (caught) {
    expectFault(caught);
    fault = caught;
  }
  return { bytes: out.bytes.subarray(0, out.at), fault };
}

function takeBits(bits, count) {
  while (bits.count < count) {
    if (bits.at >= bits.packed.length) throw new Fault("bad-deflate", "cut off");
    bits.buffer |= bits.packed[bits.at++] << bits.count;
    bits.count += 8;
  }
  const value = bits.buffer & (1 << count) - 1;
  bits.buffer >>>= count;
  bits.count -= count;
  return value;
}

/** Codes by their lengths: how many there are of each length, and the symbols in the order of the codes. */
function codesOf(lengths) {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length]++;
  counts[0] = 0;
  const places = new Uint16Array(16);
  for (let i = 1; i < 15; i++) places[i + 1] = places[i] + counts[i];
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => { if (length) symbols[places[length]++] = symbol; });
  return { counts, symbols };
}

function takeSymbol(bits, { counts, symbols }) {
  let code = 0, first = 0, index = 0;
  for (let length = 1; length < 16; length++) {
    code |= takeBits(bits, 1);
    const count = counts[length];
    if (code - count < first) return symbols[index + code - first];
    index += count;
    first = first + count << 1;
    code <<= 1;
  }
  throw new Fault("bad-deflate", "a code");
}

function fixedCodes() {
  const lengths = Array.from({ length: 288 }, (_, i) => i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
  return [codesOf(lengths), codesOf(new Array(30).fill(5))];
}

function dynamicCodes(bits) {
  const literals = takeBits(bits, 5) + 257, distances = takeBits(bits, 5) + 1, codes = takeBits(bits, 4) + 4;
  const coded = new Array(19).fill(0);
  for (let i = 0; i < codes; i++) coded[CODE_ORDER[i]] = takeBits(bits, 3);
  const code = codesOf(coded);
  const lengths = [];
  while (lengths.length < literals + distances) {
    const symbol = takeSymbol(bits, code);
    if (symbol < 16) lengths.push(symbol);
    else if (symbol === 16) repeat(lengths, lengths.at(-1), 3 + takeBits(bits, 2));
    else repeat(lengths, 0, symbol === 17 ? 3 + takeBits(bits, 3) : 11 + takeBits(bits, 7));
  }
  if (lengths.length !== literals + distances) throw new Fault("bad-deflate", "lengths");
  return [codesOf(lengths.slice(0, literals)), codesOf(lengths.slice(literals))];
}

function repeat(list, value, times) {
  if (value === undefined) throw new Fault("bad-deflate", "a repeat of nothing");
  for (let i = 0; i < times; i++) list.push(value);
}

function room(out, count) {
  if (out.at + count > out.most) throw new Fault("too-long", `more than ${out.most} bytes`);
  if (out.at + count <= out.bytes.length) return;
  const wider = new Uint8Array(Math.min(out.most, Math.max(out.bytes.length * 2, out.at + count)));
  wider.set(out.bytes);
  out.bytes = wider;
}

function copyStored(bits, out) {
  bits.buffer = bits.count = 0;
  const { packed, at } = bits;
  const length = packed[at] | packed[at + 1] << 8;
  if (at + 4 + length > packed.length || (length ^ packed[at + 2] ^ packed[at + 3] << 8) !== 0xffff) {
    throw new Fault("bad-deflate", "a stored block");
  }
  room(out, length);
  out.bytes.set(packed.subarray(at + 4, at + 4 + length), out.at);
  out.at += length;
  bits.at = at + 4 + length;
}

function inflateBlock(bits, out, literals, distances) {
  for (;;) {
    const symbol = takeSymbol(bits, literals);
    if (symbol === 256) return;
    if (symbol < 256) {
      room(out, 1);
      out.bytes[out.at++] = symbol;
      continue;
    }
    const long = symbol - 257;
    if (long >= LENGTH_BASE.length) throw new Fault("bad-deflate", "a length");
    const length = LENGTH_BASE[long] + takeBits(bits, LENGTH_BITS[long]);
    const far = takeSymbol(bits, distances);
    if (far >= DISTANCE_BASE.length) throw new Fault("bad-deflate", "a distance");
    const distance = DISTANCE_BASE[far] + takeBits(bits, DISTANCE_BITS[far]);
    if (distance > out.at) throw new Fault("bad-deflate", "a distance");
    room(out, length);
    for (let i = 0; i < length; i++, out.at++) out.bytes[out.at] = out.bytes[out.at - distance];
  }
}
