// What a check comes to: the same JSON as every checker of packs gives (pack.md section 7).

const MATCHES = "matches", DIFFERS = "does not match", UNCHECKED = "could not be checked";
const CHECKS = [
  "files", "seal", "entries", "claims", "numbers", "register", "erased", "attachments", "table", "keys",
  "witnesses", "stamps", "words",
];
// These say that something was not looked at, and accuse nobody.
const NOT_LOOKED_AT = ["stamp-unread", "attachment-unseen", "file-unseen", "format-unknown"];
const MAX_FINDINGS = 1000; // of one check

class Report {
  constructor() {
    this.checks = new Map();
  }

  /** Say that a check was begun, and that so many things were looked at. */
  count(check, number) {
    const known = this.checks.get(check) ?? { count: 0, findings: [], blocked: false };
    known.count += number;
    this.checks.set(check, known);
  }

  find(check, code, { entry = null, field = null, file = null } = {}) {
    this.count(check, 0);
    const { findings } = this.checks.get(check);
    if (findings.length < MAX_FINDINGS) findings.push({ code, entry, field, file });
  }

  /** A check that needs what another found missing or damaged. */
  block(check) {
    this.count(check, 0);
    this.checks.get(check).blocked = true;
  }

  /** Forget a check, to make it again with what the reader has given. */
  clear(check) {
    this.checks.delete(check);
  }

  /** Whether a check was begun and then had nothing to look at. */
  isIdle(check) {
    const known = this.checks.get(check);
    return known !== undefined && !known.count && !known.findings.length;
  }

  has(check) {
    return Boolean(this.checks.get(check)?.findings.length);
  }

  verdictOf(check) {
    const { findings, blocked } = this.checks.get(check);
    if (findings.some(({ code }) => !NOT_LOOKED_AT.includes(code))) return DIFFERS;
    return findings.length || blocked ? UNCHECKED : MATCHES;
  }

  get verdict() {
    const verdicts = [...this.checks.keys()].map((check) => this.verdictOf(check));
    return [DIFFERS, UNCHECKED].find((verdict) => verdicts.includes(verdict)) ?? MATCHES;
  }

  get findings() {
    return this.made.flatMap((check) => this.checks.get(check).findings.sort(byPlace));
  }

  get made() {
    return CHECKS.filter((check) => this.checks.has(check));
  }

  /** The result, with its keys in the order of the format's page. `facts` are `kind`, `entries`, `key`, words. */
  asJson({ kind, entries, key, words, trustedWords }) {
    const verdict = this.verdict;
    return {
      verdict,
      intact: verdict === UNCHECKED ? null : verdict === MATCHES,
      kind, entries, key, words,
      trusted_words: trustedWords,
      checks: this.made.map((code) => ({ code, verdict: this.verdictOf(code), count: this.checks.get(code).count })),
      findings: this.findings,
    };
  }
}

function byPlace(one, other) {
  const places = ["entry", "field", "file", "code"];
  for (const place of places) {
    const a = one[place], b = other[place];
    if (a === b) continue;
    if (a === null || b === null) return a === null ? -1 : 1;
    return typeof a === "number" ? a - b : compareText(a, b);
  }
  return 0;
}
