// Was anything left out? Running numbers, the register of sources and rules, and what was erased by law.

function checkNumbers({ manifest: { claims }, entries, making }, report) {
  report.count("numbers", 0);
  if (making === null) {
    report.block("numbers");
    return;
  }
  for (const name of claims.sequences) {
    const items = entries.items.filter((item) => item.numbers?.has(name) && item.role !== "making");
    report.count("numbers", items.length);
    if (claims.period?.by === "recorded") checkRecorded(name, items, claims, making, report);
    else checkAll(name, items, claims, making, report);
  }
  for (const item of entries.items) {
    if (item.role === "asked" && !isOfSequences(item, claims)) report.find("numbers", "number-absent", { entry: item.index });
  }
}

/** From 1 to the number that the making entry states. */
function checkAll(name, items, claims, making, report) {
  checkRun(name, items, 1, making.numbers[name] ?? 0, making, report);
  if (claims.period) return;
  for (const { index, role } of items) {
    if (role !== "asked") report.find("numbers", "edge-inside", { entry: index, field: `numbers/${name}` });
  }
}

/** Without a hole from the last recorded before the period to the first recorded after it. */
function checkRecorded(name, items, claims, making, report) {
  const place = ({ at }) => placeInPeriod(claims.period, at);
  const before = items.filter((item) => place(item) < 0), after = items.filter((item) => place(item) > 0);
  const inside = items.filter((item) => place(item) === 0);
  const field = `numbers/${name}`;
  const run = [...before.slice(-1), ...inside, ...after.slice(0, 1)];
  const last = making.numbers[name] ?? 0;
  checkRun(name, run, null, null, making, report);
  for (const { index, role } of inside) {
    if (role !== "asked") report.find("numbers", "edge-inside", { entry: index, field });
  }
  const first = run.length ? run[0].numbers.get(name) : 1;
  if (!before.length && first !== 1) report.find("numbers", "edge-missing", { entry: run[0].index, field });
  const reached = run.length ? run.at(-1).numbers.get(name) : 0;
  if (!after.length && reached !== last) report.find("numbers", "edge-missing", { entry: run.at(-1)?.index ?? null, field });
}

/** Check that numbers rise by one, from `first` to `last` where those are known. */
function checkRun(name, items, first, last, making, report, missing = "number-missing", doubled = "number-doubled", check = "numbers") {
  const field = `numbers/${name}`;
  let before = first === null ? null : first - 1;
  for (const { index, numbers } of items) {
    const number = numbers.get(name);
    if (before !== null && number <= before) {
      report.find(check, doubled, { entry: index, field });
      continue;
    }
    if (before !== null && number !== before + 1) report.find(check, missing, { entry: index, field });
    before = number;
  }
  if (last !== null && before !== last) report.find(check, missing, { entry: making.index, field });
}

function checkRegister({ manifest: { claims }, entries, making }, report) {
  report.count("register", 0);
  if (making === null) {
    report.block("register");
    return;
  }
  const items = entries.items.filter((item) => item.numbers?.has("rules/0.1"));
  report.count("register", items.length);
  checkRun("rules/0.1", items, 1, making.numbers["rules/0.1"] ?? 0, making, report, "register-hole", "register-hole", "register");
  const named = new Set(items.map(({ target }) => target));
  const unlisted = Object.keys(making.numbers).filter((name) => {
    if (name === "sources/0" || name === "rules/0.1") return false;
    return !named.has(splitOnce(name, "/")[1]);
  });
  const closed = items.filter(({ targetClosed }) => targetClosed).length;
  for (const name of unlisted.sort(compareText).slice(closed)) {
    report.find("register", "source-unlisted", { field: name });
  }
}

/** Does the entry that is said to have erased a detail say so? */
function checkErased({ entries }, report) {
  if (!entries.erasures.length) return;
  report.count("erased", entries.erasures.length);
  const said = new Map(entries.items.filter(({ erased }) => erased).map((item) => [item.index, item.erased]));
  for (const { entry, field, by } of entries.erasures) {
    const fields = own(said.get(by), String(entry));
    if (!Array.isArray(fields) || !fields.includes(field)) report.find("erased", "erasure-unproved", { entry, field });
  }
}
