// Is what the pack says of itself what was recorded when it was made, and are the counts right?

const COUNTED = ["asked", "attachments", "entries", "seals", "stamps"];
const CLOSED_COUNTED = ["erased", "repeats", "unasked", "withheld"];

/** The object that the making entry holds of this pack, or null: found once, used by claims, numbers, register. */
function findMaking(entries) {
  const items = entries.items.filter(({ role }) => role === "making");
  if (items.length !== 1) return null;
  const [{ own: isOwn, pack }] = items;
  const good = isOwn && hasKeys(pack, ["claims", "name", "numbers"]) && typeof pack.claims === "string"
    && typeof pack.name === "string" && isObject(pack.numbers)
    && Object.values(pack.numbers).every((number) => Number.isInteger(number) && number >= 0);
  return good ? { index: items[0].index, ...pack } : null;
}

function checkClaims(pack, report) {
  const { manifest: { claims, counts, seal }, entries, making } = pack;
  report.count("claims", 1);
  if (making === null) report.find("claims", "making-missing");
  else if (making.claims !== claimsDigest(claims) || making.name !== claims.name) {
    report.find("claims", "claims-differ", { entry: making.index });
  }
  checkCounts(pack, counts, report);
  if (pack.checkpoint && !sameSeal(seal, pack)) report.find("claims", "counts-differ", { field: "seal" });
  if (claims.period) checkPeriod(claims, entries, report);
  for (const { index, withholdFaults: faults } of entries.items) {
    for (const field of faults ?? []) report.find("claims", "withhold-differs", { entry: index, field });
  }
}

function sameSeal(seal, { checkpoint, words }) {
  return hasKeys(seal, ["size", "words"]) && seal.size === checkpoint.size
    && JSON.stringify(seal.words) === JSON.stringify(words);
}

function checkCounts(pack, counts, report) {
  const { manifest, entries, seals } = pack;
  const asked = entries.items.filter(({ role }) => role === "asked").length;
  const found = {
    asked,
    attachments: [...manifest.files.keys()].filter((name) => name.startsWith(ATTACHMENTS_FOLDER)).length,
    entries: entries.lines,
    seals: seals.length,
    stamps: seals.reduce((sum, seal) => sum + seal.stamps.length, 0),
  };
  const differ = (field) => report.find("claims", "counts-differ", { field });
  for (const key of COUNTED) {
    const same = own(counts, key) === found[key] && (key !== "asked" || manifest.claims.asked === asked);
    if (!same) differ(key);
  }
  for (const key of CLOSED_COUNTED) {
    if (own(own(counts, "closed"), key) !== entries.closed[key]) differ(`closed.${key}`);
  }
}

function checkPeriod(claims, entries, report) {
  const { period } = claims;
  const outside = ({ index }) => report.find("claims", "outside-period", { entry: index });
  const isWhole = claims.kind === "whole";
  for (const item of entries.items) {
    if (item.at === null) continue;
    const isAsked = item.role === "asked";
    if (period.by === "recorded") {
      if (isAsked && placeInPeriod(period, item.at) !== 0) outside(item);
      continue;
    }
    const inside = item.happened === undefined ? null : placeInPeriod(period, item.happened) === 0;
    if (isAsked ? inside === false || (isWhole && inside === null) : isWhole && inside && isOfSequences(item, claims)) {
      outside(item);
    }
  }
}

function isOfSequences(item, claims) {
  return claims.sequences.some((name) => item.numbers?.has(name));
}
