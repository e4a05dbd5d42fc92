// The entries of a pack, read once as they come (pack.md section 3), and what later checks need of them.
//
// Of each entry its line is kept as text, and read again where it is shown or written to the table. The rest
// is small: what is counted, which details belong to their entry, and what the running numbers say.

const OWN_NUMBER = "numbers/sources/0";

class Entries {
  constructor(report, claims) {
    this.report = report;
    this.withhold = new Set(claims.withhold.map(({ field }) => field));
    this.items = []; // {index, role, text, at, ...} by rising index; `at` is null where the leaf cannot be read
    this.leaves = []; // their hashes
    this.table = new Table();
    this.lines = 0;
    this.asked = 0;
    this.unread = false; // a line could not be read, so that the tree is not known
    this.unshown = false; // a line or a leaf could not be read, so that the table is not known
    this.closed = { withheld: 0, repeats: 0, unasked: 0, erased: 0 };
    this.erasures = []; // {entry, field, by}
    this.attachments = []; // {index, place, value}
  }

  /** Take in a line: its bytes, and whether it had a line end. */
  take(bytes, hasEnd) {
    this.lines += 1;
    let text, line;
    try {
      if (!hasEnd) throw new Fault("bad-pack-line", "no line end");
      text = readUtf8(bytes, "a line");
      line = parseLine(text);
    } catch (fault) {
      expectFault(fault);
      this.damaged(this.lines);
      return;
    }
    const before = this.items.at(-1);
    if (before !== undefined && line.index <= before.index) {
      this.report.find("entries", "entry-twice", { entry: line.index });
      return;
    }
    this.report.count("entries", 1);
    this.takeLine(line, text);
  }

  /** Line `number` cannot be read. */
  damaged(number) {
    this.report.find("entries", "entry-damaged", { field: String(number) });
    this.unread = this.unshown = true;
  }

  takeLine(line, text) {
    const item = { index: line.index, role: line.role, text, at: null, bad: null, numbers: null };
    this.items.push(item);
    this.leaves.push(leafHash(writeUtf8(line.leaf)));
    if (line.role === "asked") this.asked += 1;
    for (const why of Object.values(line.closed)) {
      const [kind] = splitOnce(why, ":");
      if (Object.hasOwn(this.closed, kind)) this.closed[kind] += 1;
    }
    let leaf;
    try {
      leaf = parseLeaf(line.leaf);
    } catch (fault) {
      expectFault(fault);
      this.report.find("entries", "leaf-damaged", { entry: line.index });
      this.unshown = true;
      return;
    }
    item.at = leaf.at;
    item.own = leaf.names.includes(OWN_NUMBER);
    const values = this.openDetails(line, leaf, item);
    this.checkClosed(line, leaf);
    this.gather(line, item, values);
  }

  /** The values of the open details that belong to the entry; of the others later checks know nothing. */
  openDetails(line, leaf, item) {
    const values = new Map(), altered = new Set();
    const find = (code, field) => this.report.find("entries", code, { entry: line.index, field });
    let before = "";
    for (const text of line.open) {
      let name, value;
      try {
        [name, value] = checkDisclosure(leaf, text);
      } catch (fault) {
        expectFault(fault);
        altered.add(nameIn(text));
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
      if (!values.has(name) && !altered.has(name) && !Object.hasOwn(line.closed, name)) find("detail-unaccounted", name);
    }
    return values;
  }

  checkClosed(line, leaf) {
    for (const [name, why] of Object.entries(line.closed)) {
      const by = erasedBy(why);
      if (by !== null) this.erasures.push({ entry: line.index, field: name, by });
      if (!leaf.names.includes(name) || !this.mayBeClosed(line, name, why, by)) {
        this.report.find("entries", "closed-wrongly", { entry: line.index, field: name });
      }
    }
  }

  mayBeClosed(line, name, why, by) {
    if (why === "unasked") return !OPEN_ROLES.includes(line.role);
    if (name.startsWith("numbers/")) return false;
    if (why === "repeats") return this.withhold.size > 0;
    return by === null ? why === "withheld" : by > line.index;
  }

  /** Keep what later checks ask for. */
  gather(line, item, values) {
    item.happened = values.get("occurred_at");
    item.happenedClosed = own(line.closed, "occurred_at");
    for (const [name, value] of values) {
      if (name.startsWith("numbers/")) (item.numbers ??= new Map()).set(name.slice(8), value);
      else if (name.startsWith("attachments/")) this.attachments.push({ index: line.index, place: name.slice(12), value });
    }
    const extra = values.get("extra");
    if (line.role === "making") {
      item.pack = own(extra, "pack");
      item.said = own(values.get("action"), "said");
    }
    if (item.own) item.erased = own(extra, "erased");
    if (item.numbers?.has("rules/0.1")) {
      item.target = own(values.get("targets/0"), "id");
      item.targetClosed = Object.hasOwn(line.closed, "targets/0");
    }
    const faults = withholdFaults(line, values, this.withhold);
    if (faults.length) item.withholdFaults = faults;
    if (line.role === "asked") this.table.gather(line.closed, values);
  }

  /** Role, closed details and proved values of an item, read again from its line: `{closed, values}`. */
  static read(item) {
    const line = JSON.parse(item.text);
    const open = line.open.filter((text) => !item.bad?.has(text));
    const values = new Map();
    for (const text of item.at === null ? [] : open) {
      try {
        const [, name, value] = JSON.parse(text);
        if (!values.has(name)) values.set(name, value);
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
  // Their `extra` is what proves the pack, or an erasure.
  const isProof = ["making", "erasure"].includes(line.role);
  for (const name of withhold.size ? values.keys() : []) {
    if (isWithheld(name, withhold) && !(isProof && name === "extra")) faults.push(name);
  }
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
