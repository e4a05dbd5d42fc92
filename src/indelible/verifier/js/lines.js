// One entry as a pack holds it: its leaf, what of it is open, and why the rest is not (pack.md section 3).

const ROLES = ["asked", "making", "register", "erasure", "other", "edge"];
const OPEN_ROLES = ["asked", "making", "register"];
const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** A line without its line end, read: `{index, leaf, open, closed, role}`. Raises `bad-pack-line`, ... */
function parseLine(text) {
  const value = readCanonical(text);
  if (!hasKeys(value, ["closed", "index", "leaf", "open", "role"])) throw new Fault("bad-pack-line", "keys");
  const { index, leaf, open, closed, role } = value;
  if (typeof index !== "number" || index < 0 || !ROLES.includes(role)) throw new Fault("bad-pack-line", "index or role");
  if (typeof leaf !== "string" || leaf.length > MAX_LEAF_BYTES) throw new Fault("bad-pack-line", "leaf");
  if (!isTexts(open) || !isObject(closed) || !isTexts(Object.values(closed))) throw new Fault("bad-pack-line", "lists");
  return value;
}

/** The entry by which a detail is closed as erased; null where it is closed for another reason. */
function erasedBy(why) {
  const match = /^erased:(0|[1-9][0-9]{0,15})$/.exec(why);
  return match ? Number(match[1]) : null;
}

/** What a detail belongs to when whole lists are withheld: `targets` for `targets/3`. */
function familyOf(name) {
  const [head, rest] = splitOnce(name, "/");
  return rest !== undefined && /^[0-9]+$/.test(rest) ? head : name;
}

function isWithheld(name, withhold) {
  return !name.startsWith("numbers/") && (withhold.has(name) || withhold.has(familyOf(name)));
}

/** Name to value of what is open in a line, in a map: nothing of it is compared. */
function valuesOfLine(line) {
  return new Map(line.open.map((text) => JSON.parse(text).slice(1)));
}
