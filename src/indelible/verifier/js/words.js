// The twelve seal words of a checkpoint, and their comparison with words that somebody was given.

const WORDS_SALT = "indelible/seal-words/v1";
const WORDS_ROUNDS = 600000;

/** The twelve words of a checkpoint's text (three lines). */
async function sealWords(checkpointText) {
  const derived = await pbkdf2(writeUtf8(checkpointText), writeUtf8(WORDS_SALT), WORDS_ROUNDS);
  return wordsOf(derived.slice(0, 16));
}

/** Eleven words of 11 bits from 16 bytes whose last 7 bits are cleared, and a twelfth that catches slips. */
function wordsOf(bytes) {
  bytes[15] &= 0x80;
  let number = bytes.reduce((sum, byte) => sum << 8n | BigInt(byte), 0n) >> 7n;
  const words = [];
  for (let i = 0; i < 11; i++, number >>= 11n) words.unshift(WORD_LIST[Number(number & 2047n)]);
  const check = sha256(bytes);
  return [...words, WORD_LIST[check[0] << 3 | check[1] >> 5]];
}

/** What somebody typed, as words: case, commas, numbers and line breaks do not matter. */
function typedWords(text) {
  return text.slice(0, 10000).normalize("NFKC").toLowerCase().match(/\p{L}+/gu) ?? [];
}

/** `{same, first, typed, expected}`: `first` is the place of the first different word, from 1, or null. */
function compareWords(expected, text) {
  const typed = typedWords(text);
  const length = Math.max(expected.length, typed.length);
  for (let i = 0; i < length; i++) {
    if (typed[i] !== expected[i]) {
      return { same: false, first: i + 1, typed: typed[i] ?? null, expected: expected[i] ?? null };
    }
  }
  return { same: true, first: null, typed: null, expected: null };
}
