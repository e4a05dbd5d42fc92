// `3 Entries.csv` made again from the entries, so that it can be compared to the byte (pack.md section 8).

const FORMULA = /^[=+\-@\t\r]/;

/** Gathers the columns in a first pass, then writes rows in a second. */
class Table {
  constructor() {
    this.keysOf = new Map(); // name to null for one column, or to a set of keys for one column each
    this.names = new Set();
  }

  gather(closed, values) {
    for (const name of Object.keys(closed)) this.names.add(name);
    for (const [name, value] of values) {
      this.names.add(name);
      if (!isObject(value)) this.keysOf.set(name, null);
      else if (!this.keysOf.has(name)) this.keysOf.set(name, new Set(Object.keys(value)));
      else if (this.keysOf.get(name) !== null) Object.keys(value).forEach((key) => this.keysOf.get(name).add(key));
    }
  }

  /** Settle the columns, and give the byte order mark and the first row. */
  header() {
    this.columns = [...this.names].sort(compareText).map((name) => {
      const keys = this.keysOf.get(name);
      return [name, keys ? [...keys].sort(compareText) : null];
    });
    const titles = this.columns.flatMap(([name, keys]) => keys === null ? [name] : keys.map((key) => `${name}.${key}`));
    return `\ufeff${tableRow(["number", "recorded_at", ...titles])}`;
  }

  row(index, at, closed, values) {
    const cells = [String(index + 1), at];
    for (const [name, keys] of this.columns) {
      const width = keys === null ? 1 : keys.length;
      if (Object.hasOwn(closed, name)) {
        const word = erasedBy(closed[name]) === null ? "[hidden]" : "[erased]";
        for (let i = 0; i < width; i++) cells.push(word);
      } else if (!values.has(name)) {
        for (let i = 0; i < width; i++) cells.push("");
      } else if (keys === null) {
        cells.push(tableCell(values.get(name)));
      } else {
        const value = values.get(name);
        for (const key of keys) cells.push(Object.hasOwn(value, key) ? tableCell(value[key]) : "");
      }
    }
    return tableRow(cells);
  }
}

function tableCell(value) {
  if (typeof value !== "string") return canonicalText(value);
  return FORMULA.test(value) ? `'${value}` : value;
}

function tableRow(cells) {
  return `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",")}\r\n`;
}
