// SHA-512 (FIPS 180-4) in big integers: only for Ed25519 in browsers that cannot check it themselves.

const MASK_64 = 2n ** 64n - 1n;
const START_512 = firstPrimes(8).map((prime) => rootFraction(BigInt(prime), 2n));
const ROUND_512 = firstPrimes(80).map((prime) => rootFraction(BigInt(prime), 3n));

/** The first 64 bits of the fraction of the second or third root, by Newton's way. */
function rootFraction(number, degree) {
  const target = number << 64n * degree;
  let root = 1n << 68n;
  for (;;) {
    const next = ((degree - 1n) * root + target / root ** (degree - 1n)) / degree;
    if (next >= root) return root & MASK_64;
    root = next;
  }
}

function sha512(bytes) {
  const length = Math.ceil((bytes.length + 17) / 128) * 128;
  const padded = new Uint8Array(length);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(length - 8, BigInt(bytes.length) * 8n);
  const state = START_512.slice();
  for (let at = 0; at < length; at += 128) compress512(state, view, at);
  const out = new DataView(new ArrayBuffer(64));
  state.forEach((word, i) => out.setBigUint64(i * 8, word));
  return new Uint8Array(out.buffer);
}

function compress512(state, view, at) {
  const turn = (x, n) => (x >> n | x << 64n - n) & MASK_64;
  const w = Array.from({ length: 16 }, (_, i) => view.getBigUint64(at + i * 8));
  for (let i = 16; i < 80; i++) {
    const s0 = turn(w[i - 15], 1n) ^ turn(w[i - 15], 8n) ^ w[i - 15] >> 7n;
    const s1 = turn(w[i - 2], 19n) ^ turn(w[i - 2], 61n) ^ w[i - 2] >> 6n;
    w.push(w[i - 16] + s0 + w[i - 7] + s1 & MASK_64);
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 80; i++) {
    const s1 = turn(e, 14n) ^ turn(e, 18n) ^ turn(e, 41n);
    const one = h + s1 + (e & f ^ (e ^ MASK_64) & g) + ROUND_512[i] + w[i];
    const two = (turn(a, 28n) ^ turn(a, 34n) ^ turn(a, 39n)) + (a & b ^ a & c ^ b & c);
    [h, g, f, e, d, c, b, a] = [g, f, e, d + one & MASK_64, c, b, a, one + two & MASK_64];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => { state[i] = state[i] + word & MASK_64; });
}
