// Is what the pack says of itself what was recorded when it was made, and are the counts right?

const CLOSED_COUNTED = ["repeats", "unasked", "withheld", "erased"];

/** What the making entry holds of this pack, `{index, claims, name, numbers}`, or null where there is not one such. */
function findMaking(entries) {
  const items = entries.items.filter(({ role }) => role === "making");
  const [item] = items;
  if (items.length !== 1 || !item.own || !isObject(item.pack) || !["pack_made", undefined].includes(item.said)) return null;
  const { numbers } = item.pack;
  const good = isObject(numbers) && Object.values(numbers).every((number) => Number.isInteger(number) && number >= 0);
  return good ? { ...item.pack, index: item.index, numbers } : null;
}

function checkClaims(pack, files, report) {
  const { manifest: { claims, counts, seal }, entries, making } = pack;
  report.count("claims", entries.items.length);
  if (making === null) report.find("claims", "making-missing");
  else if (making.claims !== claimsDigest(claims) || making.name !== claims.name) {
    report.find("claims", "claims-differ", { entry: making.index });
  }
  checkCounts(pack, files, counts, report);
  if (pack.checkpoint && canonicalText(seal) !== canonicalText({ size: pack.checkpoint.size, words: pack.words })) {
    report.find("claims", "counts-differ", { field: "seal" });
  }
  for (const item of entries.items) {
    if (item.at !== null && isOutside(item, claims)) report.find("claims", "outside-period", { entry: item.index });
    for (const field of item.withholdFaults ?? []) report.find("claims", "withhold-differs", { entry: item.index, field });
  }
}

function checkCounts(pack, files, counts, report) {
  const { manifest, entries, sealsRead } = pack;
  const isThere = (name) => pack.source.kind === "page" || files.hashes.has(name);
  const found = {
    asked: entries.asked,
    attachments: [...manifest.files.keys()].filter((name) => name.startsWith(ATTACHMENTS_FOLDER) && isThere(name)).length,
    entries: entries.items.length,
    // Told as a missing or broken file; that the count differs would be said of nothing new.
    seals: sealsRead ? pack.sealLines : own(counts, "seals") ?? 0,
    stamps: sealsRead ? pack.stampCount : own(counts, "stamps") ?? 0,
  };
  const differ = (field) => report.find("claims", "counts-differ", { field });
  for (const key of new Set([...Object.keys(found), ...Object.keys(counts)])) {
    if (key !== "closed" && own(counts, key) !== found[key]) differ(key);
  }
  if (manifest.claims.asked !== entries.asked && own(counts, "asked") === entries.asked) differ("asked");
  const stated = isObject(counts.closed) ? counts.closed : {};
  for (const why of new Set([...CLOSED_COUNTED, ...Object.keys(stated)])) {
    const number = CLOSED_COUNTED.includes(why) ? entries.closed[why] : undefined;
    if (own(stated, why) !== number) differ(`closed.${why}`);
  }
}

/** Whether an entry is on the wrong side of the period. */
function isOutside(item, { kind, period, sequences }) {
  if (period === undefined) return false;
  if (item.role === "asked") {
    if (period.by === "recorded") return placeInPeriod(period, item.at) !== 0;
    if (item.happened === undefined) return kind === "whole";
    return typeof item.happened !== "string" || placeInPeriod(period, item.happened) !== 0;
  }
  // In a whole pack by happening no other line of a sequence may have happened inside, or hide when it did.
  if (kind !== "whole" || period.by !== "happened" || item.role === "making" || !isOfSequences(item, sequences)) return false;
  if (typeof item.happened === "string") return placeInPeriod(period, item.happened) === 0;
  return item.happenedClosed !== undefined && erasedBy(item.happenedClosed) === null;
}

function isOfSequences(item, sequences) {
  return sequences.some((name) => item.numbers?.has(name));
}
