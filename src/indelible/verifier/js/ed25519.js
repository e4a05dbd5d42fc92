// Ed25519 (RFC 8032): by the browser where it can, else by own code.
//
// The own code is for browsers without it. It handles nothing secret, so it may be plain and slow
// (some milliseconds a signature): big integers, extended coordinates, no tables.

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = mod(-121665n * inverse(121666n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);
const BASE = pointFrom(mod(4n * inverse(5n)), 0n);
const NOWHERE = [0n, 1n, 1n, 0n];

/** Whether a 64-byte signature over `message` holds under a 32-byte key. */
async function ed25519Holds(key, message, signature) {
  if (key.length !== 32 || signature.length !== 64) return false;
  if (await browserKnowsEd25519()) {
    try {
      const imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
      return await crypto.subtle.verify("Ed25519", imported, signature, message);
    } catch {
      return false; // no point of the curve
    }
  }
  return ed25519HoldsHere(key, message, signature);
}

let ed25519InBrowser;

/** Ask once, with a key that is good for sure: a refusal of some other key says nothing. */
function browserKnowsEd25519() {
  ed25519InBrowser ??= (async () => {
    try {
      const good = Uint8Array.of(0x58, ...new Uint8Array(31).fill(0x66)); // the base point
      await crypto.subtle.importKey("raw", good, "Ed25519", false, ["verify"]);
      return true;
    } catch {
      return false;
    }
  })();
  return ed25519InBrowser;
}

async function ed25519HoldsHere(key, message, signature) {
  const a = decodePoint(key);
  const s = littleEndian(signature.subarray(32));
  // Without this bound each signature would have a second spelling.
  if (a === null || s >= ORDER) return false;
  const hash = sha512(joinBytes(signature.subarray(0, 32), key, message));
  const k = littleEndian(hash) % ORDER;
  const r = add(times(s, BASE), times(k, negate(a)));
  return sameBytes(encodePoint(r), signature.subarray(0, 32));
}

function mod(value) {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

function power(base, exponent) {
  let result = 1n, square = mod(base);
  for (let e = exponent; e > 0n; e >>= 1n, square = square * square % P) {
    if (e & 1n) result = result * square % P;
  }
  return result;
}

function inverse(value) {
  return power(value, P - 2n);
}

function littleEndian(bytes) {
  return bytes.reduceRight((sum, byte) => sum << 8n | BigInt(byte), 0n);
}

/** The point of height `y` whose x has the parity `sign`, or null. */
function pointFrom(y, sign) {
  const square = mod(y * y);
  const u = mod(square - 1n), v = mod(D * square + 1n);
  let x = mod(u * v ** 3n) * power(mod(u * v ** 7n), (P - 5n) / 8n) % P;
  const there = mod(v * x * x);
  if (there === mod(-u)) x = x * ROOT_OF_MINUS_ONE % P;
  else if (there !== u) return null;
  if ((x & 1n) !== sign) x = mod(-x);
  return [x, y, 1n, x * y % P];
}

/** Read as the libraries do with which browsers and Python check: a height beyond P is taken for its rest. */
function decodePoint(bytes) {
  const number = littleEndian(bytes);
  return pointFrom((number & 2n ** 255n - 1n) % P, number >> 255n);
}

function encodePoint([x, y, z]) {
  const unit = inverse(z);
  const number = y * unit % P | (x * unit % P & 1n) << 255n;
  return Uint8Array.from({ length: 32 }, (_, i) => Number(number >> BigInt(8 * i) & 255n));
}

function negate([x, y, z, t]) {
  return [mod(-x), y, z, mod(-t)];
}

function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = mod((y1 - x1) * (y2 - x2)), b = mod((y1 + x1) * (y2 + x2));
  const c = mod(2n * t1 * t2 % P * D), d = mod(2n * z1 * z2);
  const e = b - a, f = d - c, g = d + c, h = b + a;
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

function times(scalar, point) {
  let sum = NOWHERE;
  for (let bit = 255n; bit >= 0n; bit--) {
    sum = add(sum, sum);
    if (scalar >> bit & 1n) sum = add(sum, point);
  }
  return sum;
}
