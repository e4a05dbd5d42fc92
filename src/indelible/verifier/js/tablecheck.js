// Does `3 Entries.csv` say what the entries say? Compared where it is at hand, else by the hash that is stated.

/**
 * Write the table again from the entries, and compare it: byte by byte where the file is at hand, else by the
 * hash that the manifest states.
 */
async function checkTable(pack, files, report) {
  const { entries, manifest, source } = pack;
  report.count("table", 0);
  const item = manifest.files.get(TABLE_NAME);
  const beside = source.kind === "page";
  if (entries.unshown || item === undefined || (!beside && (files.hashes.get(TABLE_NAME) ?? null) === null)) {
    report.block("table");
    return;
  }
  const given = beside ? new StatedTable(item) : new GivenTable(files.pieces(TABLE_NAME));
  if (!await given.goesOn(entries.table.header())) {
    report.find("table", "table-differs");
    return;
  }
  for (const entry of entries.items) {
    if (entry.role !== "asked") continue;
    const { closed, values } = Entries.read(entry);
    report.count("table", 1);
    if (!await given.goesOn(entries.table.row(entry.index, entry.at, closed, values))) {
      report.find("table", "table-differs", { entry: entry.index });
      return;
    }
    await breathe();
  }
  if (!await given.ends()) report.find("table", "table-differs");
}

/** A table of which only size and hash are known: it tells at its end whether it is the same. */
class StatedTable {
  constructor(item) {
    Object.assign(this, { item, hash: new Sha256(), size: 0 });
  }

  goesOn(text) {
    const bytes = ENCODER.encode(text);
    this.hash.update(bytes);
    this.size += bytes.length;
    return true;
  }

  ends() {
    return this.size === this.item.size && writeHex(this.hash.digest()) === this.item.sha256;
  }
}

/** A table that is at hand, compared piece by piece. */
class GivenTable {
  constructor(pieces) {
    Object.assign(this, { pieces, held: new Uint8Array(0) });
  }

  async goesOn(text) {
    const bytes = ENCODER.encode(text);
    while (this.held.length < bytes.length) {
      const { value, done } = await this.pieces.next();
      if (done) return false;
      this.held = joinBytes(this.held, value);
    }
    const same = sameBytes(this.held.subarray(0, bytes.length), bytes);
    this.held = this.held.subarray(bytes.length);
    return same;
  }

  async ends() {
    return !this.held.length && (await this.pieces.next()).done;
  }
}
