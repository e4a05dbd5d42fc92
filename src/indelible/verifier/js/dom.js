// Putting words on the page. Everything goes in as text, never as markup: entries are other people's words.


const COUNT = new Intl.NumberFormat("en-GB");
const SVG = "http://www.w3.org/2000/svg";
// What would hide in a line or turn it round: control characters, and marks of direction or of no width.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

const byId = (id) => document.getElementById(id);

/** An element; `attributes` may hold `class`, `text` and others; `children` are nodes or texts. */
function element(tag, attributes = {}, children = []) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") made.textContent = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 20 20", width: 20, height: 20, "aria-hidden": true, focusable: false })) {
    svg.setAttribute(key, value);
  }
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** What somebody else said: as text, in a direction of its own, with what cannot be seen made visible, and cut. */
function said(value, most = 400) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const shown = text.slice(0, most * 2).replace(UNSEEN, (each) => `[U+${each.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}]`);
  const letters = Array.from(shown);
  const isLong = letters.length > most || text.length > most * 2;
  const cut = isLong ? say("entry.cut", { text: letters.slice(0, most).join(""), count: number(text.length) }) : shown;
  return element("bdi", { text: cut });
}

/** The phrase called `key` ("section.name"); with a count of 1 its twin, where it has one. */
function phrase(key, count) {
  const [section, name] = key.split(".");
  return (count === 1 ? TEXTS[section][`${name}_one`] : undefined) ?? TEXTS[section][name];
}

/** A text of ours with its gaps filled with texts. `facts.count` as a number chooses between one and many. */
function say(key, facts = {}) {
  const filled = { ...facts, count: typeof facts.count === "number" ? number(facts.count) : facts.count };
  return phrase(key, facts.count).replace(/\{(\w+)\}/g, (gap, name) => filled[name] ?? gap);
}

/** The same as nodes, so that gaps may be filled with elements. */
function tell(key, facts = {}) {
  return phrase(key, facts.count).split(/\{(\w+)\}/).map((piece, i) => i % 2 ? facts[piece] ?? "" : piece);
}

const number = (value) => COUNT.format(value);
const entryName = (index) => say("entry.number", { number: number(index + 1) });
const entryInline = (index) => say("entry.inline", { number: number(index + 1) });

let zone = "UTC";

/** Times are shown in the zone of the question, if the browser knows it. */
function useZone(name) {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: name });
    zone = name;
  } catch {
    zone = "UTC";
  }
}

/** `12 June 2025, 14:32:11` of UTC text; what is no instant is given back as it is. */
function moment(text, seconds = true) {
  const instant = new Date(String(text).replace(/(\.[0-9]{3})[0-9]*Z$/, "$1Z"));
  if (Number.isNaN(instant.getTime())) return String(text);
  const time = { hour: "2-digit", minute: "2-digit", ...seconds ? { second: "2-digit" } : {} };
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, day: "numeric", month: "long", year: "numeric", ...time });
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  return `${parts.day} ${parts.month} ${parts.year}, ${parts.hour}:${parts.minute}${seconds ? `:${parts.second}` : ""}`;
}

/** The same of POSIX seconds in decimals, which anybody may have signed: as they are where no calendar reaches them. */
function momentOfSeconds(text) {
  const seconds = Number(text);
  return seconds < 253402300800 ? moment(new Date(seconds * 1000).toISOString()) : text;
}

/** The name of a detail in words: "Thing 1" for `targets/0`, "amount" for `extra/amount`. */
function fieldName(field) {
  const names = MESSAGES.fields, [family, rest] = splitOnce(field, "/");
  if (Object.hasOwn(names, field)) return names[field];
  const isKnown = Object.hasOwn(names, family);
  if (rest !== undefined && /^[0-9]+$/.test(rest) && isKnown) return `${names[family]} ${Number(rest) + 1}`;
  if (family === "extra") return (rest ?? "").replaceAll("_", " ");
  return rest !== undefined && isKnown ? `${names[family]} ${rest}` : field;
}

/** A finding in words, the same as Python tells it: title, and its meaning with the places filled in. */
function findingWords({ code, entry, field, file }) {
  const { title, meaning } = MESSAGES.findings[code], { places } = MESSAGES;
  // What is no name of a detail is the number of a line or a word, a count, or the name of a witness.
  const isPlain = MESSAGES.plain.codes.includes(code);
  const isName = field !== null && !isPlain && (field.includes("/") || Object.hasOwn(MESSAGES.fields, field));
  const gaps = {
    entry: entry === null ? places.no_entry : places.entry.replace("{number}", () => number(entry + 1)),
    field: field === null ? places.no_field : isName ? places.field_named.replace("{name}", () => fieldName(field))
      : (isPlain && MESSAGES.counts[field]) || field,
    file: file === null ? places.no_file : places.file_named.replace("{name}", () => file),
  };
  const told = meaning.replace(/\{(\w+)\}/g, (gap, name) => gaps[name] ?? gap);
  return { title, meaning: told.slice(0, 1).toUpperCase() + told.slice(1) };
}
