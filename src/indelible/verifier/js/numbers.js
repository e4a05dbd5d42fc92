// Was anything left out? Running numbers, the register of sources and rules, and what was erased by law.

const REGISTER_SEQUENCE = "rules/0.1";

/** One sequence on its way: the last number of the run, and which of its ends were seen. */
class Run {
  constructor(check, holeCode, doubleCode, report, last = null) {
    Object.assign(this, { check, holeCode, doubleCode, report, last, begun: false, ended: false });
  }

  take(number, place) {
    if (this.last !== null && number <= this.last) this.report.find(this.check, this.doubleCode, place);
    else if (this.last !== null && number > this.last + 1) this.report.find(this.check, this.holeCode, place);
    this.last = this.last === null ? number : Math.max(number, this.last);
  }
}

function checkNumbers(pack, report) {
  const { manifest: { claims }, entries, making } = pack;
  report.count("numbers", 0);
  pack.timesUnknown = 0;
  const runs = claims.sequences.map((name) => [name, new Run("numbers", "number-missing", "number-doubled", report)]);
  for (const item of entries.items) {
    if (item.role === "making" || item.at === null) continue;
    let counted = false;
    for (const [name, run] of runs) {
      const number = item.numbers?.get(name);
      if (!Number.isInteger(number)) continue;
      counted = true;
      report.count("numbers", 1);
      placeNumber(item, run, number, { entry: item.index, field: `numbers/${name}` }, claims.period, report);
    }
    if (item.role === "asked" && !counted) report.find("numbers", "number-absent", { entry: item.index });
    if (counted && item.role !== "asked" && claims.period?.by === "happened" && item.happened === undefined) {
      pack.timesUnknown += 1;
    }
  }
  if (making === null) {
    report.block("numbers");
    return;
  }
  const code = claims.period?.by === "recorded" ? "edge-missing" : "number-missing";
  for (const [name, run] of runs) {
    const stated = own(making.numbers, name) ?? 0;
    if (!run.ended && (run.last ?? 0) !== stated) report.find("numbers", code, { field: `numbers/${name}` });
  }
  // Everything of a rule is everything of all its versions.
  const ruleOf = (name) => splitOnce(name, ".")[0];
  const rules = new Set(claims.sequences.filter((name) => name.startsWith("rules/")).map(ruleOf));
  for (const [name, stated] of Object.entries(making.numbers)) {
    if (stated && rules.has(ruleOf(name)) && !claims.sequences.includes(name)) {
      report.find("numbers", "number-missing", { field: `numbers/${name}` });
    }
  }
}

/** Let a number follow the one before, or begin the run, or stand outside it. */
function placeNumber(item, run, number, place, period, report) {
  const isAsked = item.role === "asked";
  if (period?.by !== "recorded") {
    if (!isAsked && period === undefined) report.find("numbers", "edge-inside", place);
    run.last ??= 0;
    run.take(number, place);
    return;
  }
  const side = placeInPeriod(period, item.at);
  if (side < 0) {
    // Only the last line before the period matters; numbers must rise all the same.
    if (run.last !== null && number <= run.last) report.find("numbers", "number-doubled", place);
    run.last = number;
    run.begun = true;
  } else if (!run.ended) {
    if (!run.begun && run.last === null && number !== 1) report.find("numbers", "edge-missing", place);
    if (side === 0 && !isAsked) report.find("numbers", "edge-inside", place);
    run.take(number, place);
    run.ended = side > 0;
  }
}

function checkRegister({ entries, making }, report) {
  report.count("register", 0);
  const run = new Run("register", "register-hole", "register-hole", report, 0);
  const named = new Set();
  let hidden = 0;
  for (const item of entries.items) {
    const number = item.numbers?.get(REGISTER_SEQUENCE);
    if (!Number.isInteger(number)) continue;
    report.count("register", 1);
    run.take(number, { entry: item.index, field: `numbers/${REGISTER_SEQUENCE}` });
    if (item.targetClosed) hidden += 1;
    else if (typeof item.target === "string") named.add(item.target);
  }
  if (making === null) {
    report.block("register");
    return;
  }
  if (run.last !== (own(making.numbers, REGISTER_SEQUENCE) ?? 0)) {
    report.find("register", "register-hole", { field: `numbers/${REGISTER_SEQUENCE}` });
  }
  const unlisted = Object.keys(making.numbers).filter((name) => {
    return name !== "sources/0" && name !== REGISTER_SEQUENCE && !named.has(splitOnce(name, "/")[1] ?? "");
  });
  if (unlisted.length <= hidden) return;
  for (const name of unlisted) report.find("register", "source-unlisted", { field: `numbers/${name}` });
}

/** Does the entry that is said to have erased a detail say so? */
function checkErased({ entries }, report) {
  if (!entries.erasures.length) return;
  report.count("erased", entries.erasures.length);
  const said = new Map(entries.items.filter(({ erased }) => erased !== undefined).map((item) => [item.index, item.erased]));
  for (const { entry, field, by } of entries.erasures) {
    const fields = by > entry ? own(said.get(by), String(entry)) : undefined;
    if (!Array.isArray(fields) || !fields.includes(field)) report.find("erased", "erasure-unproved", { entry, field });
  }
}
