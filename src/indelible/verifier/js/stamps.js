// Time-stamps of others (RFC 3161, 5816): an authority says that these bytes were there by then.

const SIGNED_DATA = "1.2.840.113549.1.7.2", TST_INFO = "1.2.840.113549.1.9.16.1.4";
const CONTENT_TYPE = "1.2.840.113549.1.9.3", MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
const SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12";
const SIGNING_CERTIFICATE_2 = "1.2.840.113549.1.9.16.2.47";
const SHA_256_OID = "2.16.840.1.101.3.4.2.1";
const MAX_STAMP_BYTES = 100000;

/**
 * Check a whole response over `message`. Gives `{time, policy, serial, authority}`, time as `YYYY-MM-DDTHH:MM:SSZ`.
 * Raises `stamp-refused`, `stamp-unreadable`, `stamp-differs`, `stamp-policy`, `stamp-untrusted`, and `unread`.
 * `roots` are certificates; `nonce` and `policy` are texts or undefined.
 */
async function checkStamp(response, message, roots, { nonce, policy } = {}) {
  const stamp = readResponse(response);
  const { info } = stamp;
  if (info.hash !== SHA_256_OID || !sameBytes(info.imprint, sha256(message))) throw new Fault("stamp-differs", "imprint");
  if (nonce !== undefined && info.nonce !== nonce) throw new Fault("stamp-differs", "nonce");
  if (policy && info.policy !== policy) throw new Fault("stamp-policy", info.policy);
  const certificate = await checkSigner(stamp, roots);
  const [, ...parts] = /^(....)(..)(..)(..)(..)(..)$/.exec(info.time);
  const [year, month, day, hour, minute, second] = parts;
  const time = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  return { time, policy: info.policy, serial: info.serial, authority: certificate.name };
}

function readResponse(response) {
  if (response.length > MAX_STAMP_BYTES) throw new Fault("stamp-unreadable", `${response.length} bytes`);
  try {
    const [first, token] = derInside(derOnly(response, DER_SEQUENCE));
    if (first?.tag === DER_OID) return readToken(derOnly(response, DER_SEQUENCE)); // a bare token
    const status = derInteger(derInside(derExpect(first, DER_SEQUENCE))[0]);
    // "Granted with modifications" is lawful, but is not what was asked for.
    if (status !== 0n) throw new Fault("stamp-refused", `status ${status}`);
    return readToken(derExpect(token, DER_SEQUENCE));
  } catch (fault) {
    throw damaged(fault);
  }
}

/** A fault of form, told as that of the whole stamp; what could not be read stays what it is. */
function damaged(fault) {
  return fault instanceof Fault && fault.code === "bad-der" ? new Fault("stamp-unreadable", fault.message) : fault;
}

function readToken(token) {
  const [type, content] = derInside(token);
  if (derOid(type) !== SIGNED_DATA) throw new Fault("bad-der", "no signed data");
  const items = new DerItems(derInside(derExpect(content, 0xa0))[0]);
  items.take(DER_INTEGER);
  items.take(DER_SET);
  const inside = new DerItems(items.take(DER_SEQUENCE));
  if (derOid(inside.take(DER_OID)) !== TST_INFO) throw new Fault("bad-der", "no time-stamp inside");
  const signed = derExpect(derInside(inside.take(0xa0))[0], DER_OCTETS).body;
  const certificates = items.takeIf(0xa0);
  items.takeIf(0xa1);
  const signers = derInside(items.take(DER_SET));
  if (signers.length !== 1) throw new Fault("bad-der", `${signers.length} signers`);
  const plain = certificates ? derInside(certificates).filter((item) => item.tag === DER_SEQUENCE) : [];
  return {
    signed, info: readInfo(signed), signer: readSigner(signers[0]),
    certificates: plain.map((item) => parseCertificate(item.whole)),
  };
}

function readInfo(signed) {
  const items = new DerItems(derOnly(signed, DER_SEQUENCE));
  if (derInteger(items.take(DER_INTEGER)) !== 1n) throw new Fault("bad-der", "another version");
  const policy = derOid(items.take(DER_OID));
  const [algorithm, imprint] = derInside(items.take(DER_SEQUENCE));
  const serial = String(derInteger(items.take(DER_INTEGER)));
  const time = derTime(items.take(DER_TIME));
  items.takeIf(DER_SEQUENCE);
  items.takeIf(DER_BOOLEAN);
  const nonce = items.takeIf(DER_INTEGER);
  return {
    policy, serial, time,
    hash: derAlgorithm(algorithm).oid,
    imprint: derExpect(imprint, DER_OCTETS).body,
    nonce: nonce === null ? null : String(derInteger(nonce)),
  };
}

function readSigner(element) {
  const items = new DerItems(element);
  items.take(DER_INTEGER);
  const who = items.takeAny();
  const digest = HASH_OIDS[derAlgorithm(items.take(DER_SEQUENCE)).oid];
  const attributes = items.take(0xa0);
  const algorithm = items.take(DER_SEQUENCE);
  const signature = items.take(DER_OCTETS).body;
  const said = new Map();
  for (const item of derInside(attributes)) {
    const [type, values] = derInside(item);
    const oid = derOid(type);
    if (said.has(oid)) throw new Fault("bad-der", "an attribute twice");
    said.set(oid, derInside(derExpect(values, DER_SET)));
  }
  // What is signed is the same set under its own tag.
  const signed = attributes.whole.slice();
  signed[0] = DER_SET;
  return { who, digest, algorithm, signature, said, signed };
}

/** Check who signed the time-stamp, and that it holds; gives the certificate it was made with. */
async function checkSigner({ signed, info, signer, certificates }, roots) {
  try {
    const named = certificates.filter((one) => isNamed(one, signer.who));
    if (named.length !== 1) throw new Fault("stamp-untrusted", `${named.length} certificates of the signer`);
    const [certificate] = named;
    if (!isForStampsOnly(certificate)) throw new Fault("stamp-untrusted", "a certificate for something else");
    if (!await leadsToRoot(certificate, certificates, roots, info.time)) throw new Fault("stamp-untrusted", "no root");
    await checkSignature3161(signed, signer, certificate);
    await checkNamedTwice(certificate, signer.said);
    return certificate;
  } catch (fault) {
    throw damaged(fault);
  }
}

async function checkSignature3161(signed, { said, digest, algorithm, signature, signed: attributes }, certificate) {
  if (digest === undefined) throw new Fault("unread", "a digest");
  if (derOid(said.get(CONTENT_TYPE)?.[0]) !== TST_INFO) throw new Fault("stamp-differs", "another content type");
  const stated = derExpect(said.get(MESSAGE_DIGEST)?.[0], DER_OCTETS).body;
  if (!sameBytes(stated, await digestOf(digest, signed))) throw new Fault("stamp-differs", "digest");
  const how = signatureKind(algorithm, digest);
  if (!await publicKeyHolds(certificate.key, how, attributes, signature)) throw new Fault("stamp-differs", "signature");
}

/** Whether a signer's line means this certificate, by issuer and serial number or by its key's identifier. */
function isNamed(certificate, who) {
  if (who.tag === DER_SEQUENCE) {
    const [issuer, serial] = derInside(who);
    return sameBytes(issuer.whole, certificate.issuer) && derInteger(serial) === certificate.serial;
  }
  const identifier = certificate.extensions.get("2.5.29.14");
  return who.tag === 0x80 && identifier !== undefined && sameBytes(derOnly(identifier.value, DER_OCTETS).body, who.body);
}

/** ESSCertID: the signed hash of the certificate, so that no other of the same name can stand in for it. */
async function checkNamedTwice(certificate, said) {
  const newer = said.get(SIGNING_CERTIFICATE_2), older = said.get(SIGNING_CERTIFICATE);
  if (!newer && !older) throw new Fault("stamp-untrusted", "no ESSCertID");
  for (const [attribute, byDefault] of [[newer?.[0], "SHA-256"], [older?.[0], "SHA-1"]]) {
    if (attribute === undefined) continue;
    const first = derInside(derInside(derExpect(attribute, DER_SEQUENCE))[0])[0];
    const items = new DerItems(derExpect(first, DER_SEQUENCE));
    const algorithm = items.takeIf(DER_SEQUENCE);
    const hash = algorithm ? HASH_OIDS[derAlgorithm(algorithm).oid] : byDefault;
    const stated = items.take(DER_OCTETS).body;
    if (hash === undefined || !sameBytes(stated, await digestOf(hash, certificate.der))) {
      throw new Fault("stamp-untrusted", "ESSCertID names another certificate");
    }
  }
}

async function digestOf(hash, bytes) {
  if (hash === "SHA-256") return sha256(bytes);
  if (hash === "SHA-512") return sha512(bytes);
  if (!globalThis.crypto?.subtle) throw new Fault("unread", "this browser has no such check");
  return new Uint8Array(await crypto.subtle.digest(hash, bytes));
}
