// Certificates (RFC 5280), as far as the chain of a time-stamp needs them, and their signatures.

const HASH_OIDS = {
  "1.3.14.3.2.26": "SHA-1", "2.16.840.1.101.3.4.2.1": "SHA-256",
  "2.16.840.1.101.3.4.2.2": "SHA-384", "2.16.840.1.101.3.4.2.3": "SHA-512",
};
const RSA_OIDS = { "1.2.840.113549.1.1.11": "SHA-256", "1.2.840.113549.1.1.12": "SHA-384", "1.2.840.113549.1.1.13": "SHA-512" };
const ECDSA_OIDS = { "1.2.840.10045.4.3.2": "SHA-256", "1.2.840.10045.4.3.3": "SHA-384", "1.2.840.10045.4.3.4": "SHA-512" };
const CURVES = { "1.2.840.10045.3.1.7": ["P-256", 32], "1.3.132.0.34": ["P-384", 48], "1.3.132.0.35": ["P-521", 66] };
const RSA_KEY = "1.2.840.113549.1.1.1", RSA_PSS = "1.2.840.113549.1.1.10", ED25519_OID = "1.3.101.112";
const BASIC_CONSTRAINTS = "2.5.29.19", KEY_USAGE = "2.5.29.15", EXTENDED_KEY_USAGE = "2.5.29.37";
const TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
const MAX_CHAIN = 8;

/** A certificate's DER, read as far as it is needed. Raises `bad-der`. */
function parseCertificate(der) {
  const outer = new DerItems(derOnly(der, DER_SEQUENCE));
  const signed = outer.take(DER_SEQUENCE);
  const algorithm = outer.take(DER_SEQUENCE);
  const signature = bitsOf(outer.take(DER_BITS));
  const items = new DerItems(signed);
  items.takeIf(0xa0);
  const serial = items.take(DER_INTEGER);
  items.take(DER_SEQUENCE);
  const issuer = items.take(DER_SEQUENCE).whole;
  const [from, until] = derInside(items.take(DER_SEQUENCE)).map(derTime);
  if (until === undefined) throw new Fault("bad-der", "no end of validity");
  const subject = items.take(DER_SEQUENCE);
  const key = items.take(DER_SEQUENCE).whole;
  items.takeIf(0x81);
  items.takeIf(0x82);
  const extensions = items.takeIf(0xa3);
  return {
    der, signed: signed.whole, algorithm, signature, issuer, from, until, key,
    serial: derInteger(serial), subject: subject.whole, name: commonName(subject),
    extensions: extensions ? parseExtensions(extensions) : new Map(),
  };
}

function bitsOf(element) {
  if (element.body[0] !== 0) throw new Fault("bad-der", "unused bits");
  return element.body.subarray(1);
}

function parseExtensions(element) {
  const extensions = new Map();
  for (const item of derInside(derInside(element)[0])) {
    const parts = new DerItems(item);
    const oid = derOid(parts.take(DER_OID));
    const critical = parts.takeIf(DER_BOOLEAN);
    if (extensions.has(oid)) throw new Fault("bad-der", "an extension twice");
    extensions.set(oid, { critical: critical !== null && critical.body[0] !== 0, value: parts.take(DER_OCTETS).body });
  }
  return extensions;
}

/** The last part of a name that says what it is called: common name, else organisation. */
function commonName(subject) {
  const said = {};
  for (const set of derInside(subject)) {
    for (const pair of derInside(set)) {
      const [oid, value] = derInside(pair);
      if (value === undefined) throw new Fault("bad-der", "a part of a name");
      const text = new TextDecoder(value.tag === 0x1e ? "utf-16be" : "utf-8").decode(value.body);
      said[derOid(oid)] = text;
    }
  }
  return said["2.5.4.3"] ?? said["2.5.4.10"] ?? "";
}

/** The certificates in PEM text. */
function readPem(text) {
  const blocks = [...text.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g)];
  return blocks.map(([, body]) => parseCertificate(readBase64(body.replace(/\s/g, ""), "a certificate")));
}

/** Whether a certificate may be used for nothing but time-stamping. */
function isForStampsOnly(certificate) {
  const usage = certificate.extensions.get(EXTENDED_KEY_USAGE);
  if (!usage?.critical) return false;
  const purposes = derInside(derOnly(usage.value, DER_SEQUENCE)).map(derOid);
  return purposes.length === 1 && purposes[0] === TIME_STAMPING;
}

/** Whether a certificate may issue others, with `below` further issuers between it and the last. */
function mayIssue(certificate, below) {
  const basic = certificate.extensions.get(BASIC_CONSTRAINTS);
  if (!basic) return false;
  const [authority, length] = derInside(derOnly(basic.value, DER_SEQUENCE));
  if (authority?.tag !== DER_BOOLEAN || !authority.body[0]) return false;
  if (length !== undefined && derInteger(length) < BigInt(below)) return false;
  const usage = certificate.extensions.get(KEY_USAGE);
  return !usage || (derOnly(usage.value, DER_BITS).body[1] & 4) !== 0; // keyCertSign
}

function hasUnknownCritical(certificate) {
  const known = [BASIC_CONSTRAINTS, KEY_USAGE, EXTENDED_KEY_USAGE];
  return [...certificate.extensions].some(([oid, { critical }]) => critical && !known.includes(oid));
}

/** Whether a certificate leads, at that moment (`YYYYMMDDHHMMSS`), to one of `roots` by way of `others`. */
async function leadsToRoot(certificate, others, roots, moment, below = 0) {
  if (below > MAX_CHAIN || moment < certificate.from || moment > certificate.until) return false;
  if (roots.some((root) => sameBytes(root.der, certificate.der))) return true;
  if (hasUnknownCritical(certificate)) return false;
  for (const issuer of [...roots, ...others]) {
    if (issuer === certificate || !sameBytes(issuer.subject, certificate.issuer) || !mayIssue(issuer, below)) continue;
    const how = signatureKind(certificate.algorithm);
    if (!await publicKeyHolds(issuer.key, how, certificate.signed, certificate.signature)) continue;
    if (await leadsToRoot(issuer, others, roots, moment, below + 1)) return true;
  }
  return false;
}

/** What an algorithm identifier says: `{kind, hash, saltLength}`. Raises `unread` for one not known here. */
function signatureKind(element, digestHash) {
  const { oid, parameters } = derAlgorithm(element);
  if (RSA_OIDS[oid]) return { kind: "RSASSA-PKCS1-v1_5", hash: RSA_OIDS[oid] };
  if (oid === RSA_KEY && digestHash) return { kind: "RSASSA-PKCS1-v1_5", hash: digestHash };
  if (ECDSA_OIDS[oid]) return { kind: "ECDSA", hash: ECDSA_OIDS[oid] };
  if (oid === ED25519_OID) return { kind: "Ed25519" };
  if (oid === RSA_PSS && parameters) return pssKind(parameters);
  throw new Fault("unread", oid);
}

function pssKind(parameters) {
  const items = new DerItems(parameters);
  const hash = items.takeIf(0xa0), mask = items.takeIf(0xa1), salt = items.takeIf(0xa2);
  const name = hash ? HASH_OIDS[derAlgorithm(derInside(hash)[0]).oid] : "SHA-1";
  const maskHash = mask ? HASH_OIDS[derAlgorithm(derAlgorithm(derInside(mask)[0]).parameters).oid] : "SHA-1";
  // The browser takes one hash for both; SHA-1 is no longer good enough for either.
  if (name === undefined || name !== maskHash || name === "SHA-1") throw new Fault("unread", RSA_PSS);
  return { kind: "RSA-PSS", hash: name, saltLength: salt ? Number(derInteger(derInside(salt)[0])) : 20 };
}

/** Whether a signature holds under a public key (SubjectPublicKeyInfo). Raises `unread` where it cannot be told. */
async function publicKeyHolds(key, how, message, signature) {
  const [algorithm, bits] = derInside(derOnly(key, DER_SEQUENCE));
  if (how.kind === "Ed25519") return ed25519Holds(bitsOf(bits), message, signature);
  if (!globalThis.crypto?.subtle) throw new Fault("unread", "this browser has no such check");
  let named = { name: how.kind, hash: how.hash }, check = named, raw = signature;
  if (how.kind === "ECDSA") {
    const [curve, size] = CURVES[derOid(derAlgorithm(algorithm).parameters)] ?? [];
    if (curve === undefined) throw new Fault("unread", "a curve");
    named = { name: "ECDSA", namedCurve: curve };
    raw = rawEcdsa(signature, size);
    if (raw === null) return false;
  }
  if (how.kind === "RSA-PSS") check = { name: "RSA-PSS", saltLength: how.saltLength };
  let imported;
  try {
    imported = await crypto.subtle.importKey("spki", key, named, false, ["verify"]);
  } catch {
    throw new Fault("unread", "this browser cannot read the key");
  }
  return crypto.subtle.verify(check, imported, raw, message);
}

/** An ECDSA signature as the browser wants it: r and s side by side. Null where it is none. */
function rawEcdsa(signature, size) {
  const raw = new Uint8Array(size * 2);
  const numbers = derInside(derOnly(signature, DER_SEQUENCE)).map((item) => derExpect(item, DER_INTEGER).body);
  if (numbers.length !== 2) return null;
  for (const [i, number] of numbers.entries()) {
    const bare = number[0] === 0 ? number.subarray(1) : number;
    if (bare.length > size) return null;
    raw.set(bare, size * (i + 1) - bare.length);
  }
  return raw;
}
