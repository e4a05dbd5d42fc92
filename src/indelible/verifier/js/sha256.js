// SHA-256 and what is built on it: HMAC and PBKDF2 (FIPS 180-4, RFC 2104, RFC 8018).
//
// Own code and synchronous: a pack has hundreds of thousands of short texts, and the browser's own
// (asynchronous) hash costs ten times as much a call as the hashing itself. Long files go to the browser.

const PRIMES = firstPrimes(64);
// The first 32 bits of the fractions of roots of the first primes, as the standard defines them.
const ROUND = Int32Array.from(PRIMES, (prime) => Math.cbrt(prime) % 1 * 2 ** 32);
const START = Int32Array.from(PRIMES.slice(0, 8), (prime) => Math.sqrt(prime) % 1 * 2 ** 32);

function firstPrimes(count) {
  const primes = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime)) primes.push(n);
  return primes;
}

const WORDS_OF_BLOCK = new Int32Array(64);

/** Work the 16 words at the head of WORDS_OF_BLOCK into `state`. */
function compressWords(state) {
  const w = WORDS_OF_BLOCK;
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15], y = w[i - 2];
    const s0 = (x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3;
    const s1 = (y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1 | 0;
  }
  let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
  for (let i = 0; i < 64; i++) {
    const s1 = (e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7);
    const one = h + s1 + (e & f ^ ~e & g) + ROUND[i] + w[i] | 0;
    const s0 = (a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10);
    const two = s0 + (a & b ^ a & c ^ b & c) | 0;
    h = g; g = f; f = e; e = d + one | 0;
    d = c; c = b; b = a; a = one + two | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d;
  state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

function compressBlock(state, bytes, at) {
  for (let i = 0; i < 16; i++, at += 4) {
    WORDS_OF_BLOCK[i] = bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3];
  }
  compressWords(state);
}

const SPARE = new Uint8Array(128);
const STATE = new Int32Array(8);

/** The hash of the first `length` bytes, as 32 new bytes. */
function sha256(bytes, length = bytes.length) {
  STATE.set(START);
  return finish(STATE, bytes, length, 0);
}

/** Hash on from `state`, into which `before` bytes (whole blocks) went already. */
function finish(state, bytes, length, before) {
  const whole = length & ~63;
  for (let at = 0; at < whole; at += 64) compressBlock(state, bytes, at);
  const left = length - whole;
  SPARE.fill(0);
  for (let i = 0; i < left; i++) SPARE[i] = bytes[whole + i];
  SPARE[left] = 0x80;
  const end = left < 56 ? 64 : 128;
  const bits = (before + length) * 8;
  for (let i = 1, rest = bits; rest > 0; i++, rest = Math.floor(rest / 256)) SPARE[end - i] = rest % 256;
  for (let at = 0; at < end; at += 64) compressBlock(state, SPARE, at);
  return stateBytes(state);
}

function stateBytes(state) {
  const out = new Uint8Array(32);
  for (let i = 0; i < 32; i++) out[i] = state[i >> 2] >>> 24 - (i & 3) * 8;
  return out;
}

/** A hash over pieces that come one after another. */
class Sha256 {
  constructor() {
    this.state = Int32Array.from(START);
    this.rest = new Uint8Array(64);
    this.filled = 0;
    this.done = 0;
  }

  update(bytes) {
    let at = 0;
    if (this.filled) {
      at = Math.min(64 - this.filled, bytes.length);
      this.rest.set(bytes.subarray(0, at), this.filled);
      this.filled += at;
      if (this.filled < 64) return this;
      compressBlock(this.state, this.rest, 0);
      this.done += 64;
    }
    for (; at + 64 <= bytes.length; at += 64, this.done += 64) compressBlock(this.state, bytes, at);
    this.rest.set(bytes.subarray(at));
    this.filled = bytes.length - at;
    return this;
  }

  digest() {
    return finish(this.state, this.rest, this.filled, this.done);
  }
}

/** The two states that a key of at most 64 bytes leaves behind it, inner and outer. */
function hmacStates(key) {
  const short = key.length > 64 ? sha256(key) : key;
  return [0x36, 0x5c].map((mask) => {
    const block = new Uint8Array(64).fill(mask);
    short.forEach((byte, i) => { block[i] ^= byte; });
    const state = Int32Array.from(START);
    compressBlock(state, block, 0);
    return state;
  });
}

/** The first 32 bytes of PBKDF2-HMAC-SHA-256, by the browser where it can, else here in slices. */
async function pbkdf2(password, salt, rounds) {
  if (globalThis.crypto?.subtle) {
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
    return new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
  }
  return pbkdf2Here(password, salt, rounds);
}

async function pbkdf2Here(password, salt, rounds) {
  const [inner, outer] = hmacStates(password);
  const state = Int32Array.from(inner);
  const first = finish(state, joinBytes(salt, Uint8Array.of(0, 0, 0, 1)), salt.length + 4, 64);
  state.set(outer);
  finish(state, first, 32, 64);
  const sum = Int32Array.from(state);
  for (let round = 1; round < rounds; round++) {
    for (const begun of [inner, outer]) {
      WORDS_OF_BLOCK.set(state);
      WORDS_OF_BLOCK.fill(0, 8, 16);
      WORDS_OF_BLOCK[8] = 0x80000000;
      WORDS_OF_BLOCK[15] = (64 + 32) * 8;
      state.set(begun);
      compressWords(state);
    }
    for (let i = 0; i < 8; i++) sum[i] ^= state[i];
    if (round % 20000 === 0) await breathe();
  }
  return stateBytes(sum);
}
