// The entries of a pack, read once as they come (pack.md section 3), and what later checks need of them.
//
// Of each entry its line is kept as text, and read again where it is shown or written to the table. The rest
// is small: what is counted, which details belong to their entry, and what the running numbers say.

const OWN_NUMBER = "numbers/sources/0";

class Entries {
  constructor(report) {
    this.report = report;
    this.items = []; // {index, at, role, text, leaf hash, own, numbers, happened, ...} by rising index
    this.table = new Table();
    this.damaged = false;
    this.roots = [];
    this.lines = 0;
    this.closed = { withheld: 0, repeats: 0, unasked: 0, erased: 0 };
    this.erasures = []; // [entry, field, by]
    this.attachments = []; // {index, place, value}
    this.leaves = [];
    this.withholds = false;
  }

  /** Take in a line (bytes without line end). `withhold` is the set of names that the claims withhold. */
  take(bytes, claims, withhold) {
    this.lines += 1;
    this.report.count("entries", 1);
    let text, line;
    try {
      text = readUtf8(bytes, "a line");
      line = parseLine(text);
    } catch (fault) {
      expectFault(fault);
      this.report.find("entries", "entry-damaged", { field: String(this.lines) });
      this.damaged = true;
      return;
    }
    const before = this.items.at(-1);
    if (before !== undefined && line.index <= before.index) {
      this.report.find("entries", "entry-twice", { entry: line.index });
      return;
    }
    this.takeLine(line, text, withhold);
  }

  takeLine(line, text, withhold) {
    const item = { index: line.index, role: line.role, text, at: null, bad: null, numbers: null, happened: undefined };
    this.items.push(item);
    this.leaves.push(leafHash(writeUtf8(line.leaf)));
    let leaf;
    try {
      leaf = parseLeaf(line.leaf);
    } catch (fault) {
      expectFault(fault);
      this.report.find("entries", "leaf-damaged", { entry: line.index });
      item.damaged = true;
      return;
    }
    item.at = leaf.at;
    item.own = leaf.names.includes(OWN_NUMBER);
    item.hasHappened = leaf.names.includes("occurred_at");
    const values = this.openDetails(line, leaf, item);
    this.checkClosed(line, leaf);
    this.gather(line, item, values, withhold);
  }

  /** The values of the open details that belong to the entry; of the others later checks know nothing. */
  openDetails(line, leaf, item) {
    const values = new Map();
    const find = (code, field) => this.report.find("entries", code, { entry: line.index, field });
    let before = "";
    for (const text of line.open) {
      let name, value;
      try {
        [name, value] = checkDisclosure(leaf, text);
      } catch (fault) {
        expectFault(fault);
        find("detail-differs", nameIn(text));
        (item.bad ??= new Set()).add(text);
        continue;
      }
      // Names of a leaf are ASCII, so the browser's order is that of code points.
      if (values.has(name) || name <= before) find("detail-twice", name);
      if (name > before) before = name;
      if (!values.has(name)) values.set(name, value);
    }
    for (const name of values.keys()) if (Object.hasOwn(line.closed, name)) find("detail-twice", name);
    for (const name of leaf.names) {
      if (!values.has(name) && !Object.hasOwn(line.closed, name)) find("detail-unaccounted", name);
    }
    return values;
  }

  checkClosed(line, leaf) {
    const asOpen = OPEN_ROLES.includes(line.role);
    for (const [name, why] of Object.entries(line.closed)) {
      const by = erasedBy(why);
      const kind = by === null ? why : "erased";
      const known = ["withheld", "repeats", "unasked", "erased"].includes(kind);
      if (known) this.closed[kind] += 1;
      const wrong = !known || !leaf.names.includes(name)
        || (kind === "unasked" && asOpen)
        || (name.startsWith("numbers/") && (asOpen || kind !== "unasked"))
        || (kind === "repeats" && !this.withholds)
        || (by !== null && by <= line.index);
      if (wrong) this.report.find("entries", "closed-wrongly", { entry: line.index, field: name });
      if (by !== null) this.erasures.push({ entry: line.index, field: name, by });
    }
  }

  /** Keep what later checks ask for. */
  gather(line, item, values, withhold) {
    const happened = values.get("occurred_at");
    if (typeof happened === "string") item.happened = happened;
    item.happenedErased = erasedBy(line.closed.occurred_at ?? "") !== null;
    for (const [name, value] of values) {
      if (name.startsWith("numbers/")) (item.numbers ??= new Map()).set(name.slice(8), value);
      else if (name.startsWith("attachments/")) this.attachments.push({ index: line.index, place: name.slice(12), value });
    }
    const extra = values.get("extra");
    if (line.role === "making") item.pack = own(extra, "pack");
    if (item.own && own(extra, "erased") !== undefined) item.erased = extra.erased;
    if (item.numbers?.has("rules/0.1")) {
      item.target = own(values.get("targets/0"), "id");
      item.targetClosed = Object.hasOwn(line.closed, "targets/0");
    }
    item.withholdFaults = withholdFaults(line, values, withhold);
    if (line.role === "asked") this.table.gather(line.closed, values);
  }

  /** Role, closed details and proved values of an item, read again from its line: `{closed, values}`. */
  static read(item) {
    const line = JSON.parse(item.text);
    const open = line.open.filter((text) => !item.bad?.has(text));
    const values = new Map();
    for (const text of item.damaged ? [] : open) {
      try {
        const [, name, value] = JSON.parse(text);
        values.set(name, value);
      } catch {
        // No disclosure at all: told as a finding already.
      }
    }
    return { closed: line.closed, values };
  }
}

/** Names that are open although they are to be withheld, or closed as withheld although they are not. */
function withholdFaults(line, values, withhold) {
  const faults = [];
  for (const name of withhold.size ? values.keys() : []) if (isWithheld(name, withhold)) faults.push(name);
  for (const [name, why] of Object.entries(line.closed)) {
    if (why === "withheld" && !isWithheld(name, withhold)) faults.push(name);
  }
  return faults;
}

/** The name that a text would open, whether it belongs anywhere or not; null where it is no disclosure. */
function nameIn(text) {
  try {
    const value = readCanonical(text);
    const isDetail = Array.isArray(value) && value.length === 3 && isTexts(value.slice(0, 2));
    return isDetail ? value[1] : null;
  } catch (fault) {
    expectFault(fault);
    return null;
  }
}

/** Go on after a refusal of what was read; anything else is a fault of this page. */
function expectFault(fault) {
  if (!(fault instanceof Fault)) throw fault;
}
