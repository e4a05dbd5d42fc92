// Is each attached file what its entry says of it?

async function checkAttachments(pack, files, report) {
  const { entries, manifest } = pack;
  const names = await pack.source.names();
  const there = new Set([...files.hashes.keys()].filter((name) => name.startsWith(ATTACHMENTS_FOLDER) && names.has(name)));
  const seen = there.size;
  pack.attached = { seen, unseen: [] };
  if (!entries.attachments.length && !seen) return;
  report.count("attachments", 0);
  for (const { index, place, value } of entries.attachments) {
    const said = own(value, "name");
    const file = attachmentName(index, Number(place), typeof said === "string" ? said : "");
    const where = { entry: index, field: `attachments/${place}`, file };
    const listed = manifest.files.get(file);
    const isUnseen = pack.source.kind === "page" && listed !== undefined && !names.has(file);
    if (names.has(file) && files.hashes.has(file)) {
      there.delete(file);
      report.count("attachments", 1);
      if (files.hashes.get(file) !== own(value, "sha256")) report.find("attachments", "attachment-differs", where);
    } else if (isUnseen && listed.sha256 !== own(value, "sha256")) {
      report.find("attachments", "attachment-differs", where);
    } else if (isUnseen) {
      pack.attached.unseen.push(file);
      report.find("attachments", "attachment-unseen", where);
    } else if (listed !== undefined || !manifest.claims.withhold.length) {
      // Where something is withheld a file may have to stay away; then its entry alone tells of it.
      report.find("attachments", "attachment-missing", where);
    }
  }
  if (entries.unshown) {
    report.block("attachments"); // which entry names what is left is not known
    return;
  }
  for (const file of there) report.find("attachments", "attachment-differs", { file });
}
