// Is each attached file what its entry says of it?

async function checkAttachments(pack, files, names, report) {
  const { entries, manifest } = pack;
  const isFile = (name) => name.startsWith(ATTACHMENTS_FOLDER);
  const listed = [...manifest.files.keys()].filter(isFile);
  pack.attached = { seen: 0, unseen: [] };
  const claimed = new Set();
  for (const { index, place, value } of entries.attachments) {
    const name = attachmentName(index, place, String(own(value, "name") ?? ""));
    const item = manifest.files.get(name);
    claimed.add(name);
    report.count("attachments", 1);
    const where = { entry: index, field: `attachments/${place}`, file: name };
    if (item === undefined && !names.has(name)) {
      // Where something is withheld a file may have to stay away; then its entry alone tells of it.
      if (!manifest.claims.withhold.length) report.find("attachments", "attachment-missing", where);
    } else if (item !== undefined && item.sha256 !== own(value, "sha256")) {
      report.find("attachments", "attachment-differs", where);
    } else if (names.has(name)) {
      pack.attached.seen += 1;
    } else if (pack.source.kind === "page") {
      report.find("attachments", "attachment-unseen", where);
      pack.attached.unseen.push(name);
    } else {
      report.find("attachments", "attachment-missing", where);
    }
  }
  for (const name of new Set([...listed, ...[...names].filter(isFile)])) {
    if (claimed.has(name)) continue;
    report.count("attachments", 1);
    report.find("attachments", "attachment-differs", { file: name });
  }
}
