// The entries as people read them: who did what to which thing, when; built from proved values alone.

const PAGE_OF_ENTRIES = 50;
const MAX_VALUE = 20000;
const PLAIN_FIELDS = ["occurred_at", "actor", "action", "outcome"]; // told in the sentence and beside it

class Timeline {
  constructor(pack, findings) {
    this.pack = pack;
    this.asked = pack.entries.items.filter(({ role }) => role === "asked");
    this.items = this.asked;
    this.shown = this.items;
    this.from = 0;
    this.altered = new Set(findings.map(({ entry }) => entry));
    this.reasons = new Map(pack.manifest.claims.withhold.map(({ field, reason }) => [field, reason]));
    this.searched = new Map();
  }

  show() {
    const page = this.shown.slice(this.from, this.from + PAGE_OF_ENTRIES);
    byId("thread").replaceChildren(...page.map((item) => this.entry(item)));
    const facts = { shown: number(this.from + 1), last: number(this.from + page.length), total: number(this.shown.length) };
    const isSearch = this.shown !== this.items;
    const found = this.shown.length ? say("entry.found", { total: number(this.shown.length), all: number(this.items.length) }) : say("entry.none_found");
    byId("entries-count").textContent = isSearch ? found : say("count.entries", { count: this.items.length });
    byId("pages").hidden = this.shown.length <= PAGE_OF_ENTRIES;
    byId("page-count").textContent = say("entry.count", facts);
    byId("earlier").disabled = this.from === 0;
    byId("later").disabled = this.from + PAGE_OF_ENTRIES >= this.shown.length;
    const others = this.pack.entries.items.length - this.asked.length;
    byId("others-choice").hidden = !others;
    byId("others-label").textContent = say("entry.others", { count: others });
    byId("entries-panel").hidden = false;
  }

  /** Whether to show also the entries that are in the pack only to show that none is missing. */
  showOthers(shows) {
    this.items = shows ? this.pack.entries.items : this.asked;
    this.shown = this.items;
    this.from = 0;
    this.show();
  }

  turn(pages) {
    this.from = Math.max(0, this.from + pages * PAGE_OF_ENTRIES);
    this.show();
    byId("entries-title").scrollIntoView();
  }

  /** Show the entries whose open details hold all the words that were typed. */
  async find(text) {
    const words = text.toLowerCase().split(/\s+/).filter((word) => word);
    const found = [];
    for (const item of words.length ? this.items : []) {
      const known = this.searchText(item);
      if (words.every((word) => known.includes(word))) found.push(item);
      await breathe();
    }
    this.shown = words.length ? found : this.items;
    this.from = 0;
    this.show();
  }

  searchText(item) {
    if (!this.searched.has(item.index)) {
      const { values } = Entries.read(item);
      const texts = [...values.values()].map((value) => typeof value === "string" ? value : JSON.stringify(value));
      this.searched.set(item.index, [number(item.index + 1), ...texts].join("\n").toLowerCase());
    }
    return this.searched.get(item.index);
  }

  entry(item) {
    const { closed, values } = Entries.read(item);
    const isAltered = this.altered.has(item.index);
    const happened = values.get("occurred_at");
    const when = typeof happened === "string" ? happened : item.at ?? "";
    const verb = own(values.get("action"), "verb");
    const node = isAltered ? "bang" : own(TEXTS.nodes, verb) ?? "dot";
    const body = element("div", { class: "body" }, [
      element("p", { class: "say" }, sentenceOf(item, values, closed)),
      ...changesOf(values),
      element("p", { class: "meta" }, metaOf(item, values)),
      ...isAltered ? [element("p", { class: "verdict bad" }, [icon("bad"), say("entry.altered")])] : [],
      ...this.hiddenOf(closed),
      detailsOf(values),
    ]);
    return element("li", {}, [
      element("time", { datetime: when, text: moment(when) }),
      element("span", { class: isAltered ? "node bad" : "node" }, [icon(node)]),
      body,
    ]);
  }

  /** Each hidden detail as a black bar, with the reason. */
  hiddenOf(closed) {
    return Object.entries(closed).filter(([, why]) => why !== "unasked").map(([name, why]) => element("p", { class: "hidden-detail" }, [
      element("span", { class: "bar", "aria-hidden": true }),
      ...tell("entry.hidden", { field: fieldName(name), reason: this.reasonOf(name, why) }),
    ]));
  }

  reasonOf(name, why) {
    const by = erasedBy(why);
    if (by !== null) return say("entry.erased", { entry: entryInline(by) });
    if (why !== "withheld") return say(`entry.${why === "repeats" ? "repeats" : "unasked"}`);
    const reason = this.reasons.get(name) ?? this.reasons.get(familyOf(name));
    if (!reason) return say("entry.withheld_plain");
    const [before, after] = say("entry.withheld").split("{reason}");
    return element("span", {}, [before, said(reason), after]);
  }
}

/** Who did, or tried to do, what to which things. */
function sentenceOf(item, values, closed) {
  // Of these entries only a number is open, and what that number is for.
  if (["edge", "other"].includes(item.role)) return [`${entryName(item.index)} ${say(`entry.role_${item.role}`)}`];
  const other = own(values.get("on_behalf_of"), "name");
  const name = element("b", {}, [actorName(values, closed)]);
  const who = other === undefined ? [name] : tell("entry.acting", { who: name, other: said(other, 120) });
  const outcome = values.get("outcome"), did = deedOf(values, closed);
  // What was only tried must never read as done.
  const isTried = typeof outcome === "string" && Object.hasOwn(TEXTS.entry, `tried_${outcome}`);
  return [...who, " ", ...isTried ? tell(`entry.tried_${outcome}`, { did: element("span", {}, did) }) : did];
}

function actorName(values, closed) {
  const actor = values.get("actor");
  if (Object.hasOwn(closed, "actor")) return say("entry.somebody_hidden");
  const name = own(actor, "name") ?? own(actor, "id") ?? own(actor, "email");
  return name === undefined ? say("entry.nobody") : said(name, 120);
}

function deedOf(values, closed) {
  if (Object.hasOwn(closed, "action")) return [say("entry.something_hidden")];
  const named = [...values].filter(([field]) => field.startsWith("targets/")).map(([, thing]) => element("b", {}, [thingName(thing)]));
  const things = named.flatMap((thing, i) => i ? [", ", thing] : [thing]);
  const verb = own(values.get("action"), "verb"), source = own(values.get("action"), "said");
  if (typeof verb === "string" && Object.hasOwn(TEXTS.verbs, verb)) {
    const isFramed = things.length && Object.hasOwn(TEXTS.verbs_with, verb);
    return isFramed ? tell(`verbs_with.${verb}`, { things: element("span", {}, things) }) : [TEXTS.verbs[verb], " ", ...things];
  }
  const words = source === undefined ? [say("entry.did_nothing")] : tell("entry.did_said", { said: said(source, 120) });
  return [...words, " ", ...things];
}

function thingName(thing) {
  const name = own(thing, "name"), id = own(thing, "id"), kind = own(thing, "kind");
  if (name !== undefined && id !== undefined && name !== id) return element("span", {}, [said(name, 160), " (", said(id, 80), ")"]);
  return said(name ?? id ?? String(kind ?? "").replace(/[._]/g, " "), 160);
}

/** Before and after of each change, and the facts that a source gave beside them. */
function changesOf(values) {
  const isFact = ([field, value]) => field.startsWith("extra/") && typeof value === "string" && !/^[0-9a-f]{32,}$/.test(value);
  const facts = [...values].filter(isFact);
  const told = facts.map(([field, value]) => [element("dt", { text: fieldName(field) }), element("dd", {}, [said(value, 200)])]);
  const rows = [...values].filter(([field, value]) => field.startsWith("changes/") && isObject(value)).flatMap(([, change]) => {
    const before = own(change, "before"), after = own(change, "after");
    const facts = { before: valueMark("was", before), after: valueMark("now", after) };
    const key = before === undefined ? "to" : after === undefined ? "was" : "from_to";
    const field = String(own(change, "field") ?? "").replaceAll("_", " ");
    return [element("dt", {}, [said(field, 120)]), element("dd", {}, tell(`entry.${key}`, facts))];
  });
  const all = [...rows, ...told.flat()];
  return all.length ? [element("dl", { class: "cmp" }, all)] : [];
}

function valueMark(kind, value) {
  const isEmpty = value === undefined || value === null || value === "";
  return element("span", { class: kind }, [isEmpty ? say("entry.empty") : said(value, 400)]);
}

function metaOf(item, values) {
  const parts = [entryName(item.index), say("entry.recorded", { when: item.at === null ? "" : moment(item.at) })];
  const source = own(values.get("source"), "name"), reason = values.get("reason"), refers = values.get("refers_to");
  if (source !== undefined) parts.push(said(source, 80));
  if (!["asked", "edge", "other"].includes(item.role)) parts.push(say(`entry.role_${item.role}`));
  if (Number.isInteger(own(refers, "entry"))) {
    const { entry, through } = refers;
    const facts = { entry: entryInline(entry), first: number(entry + 1), last: number(Number(through) + 1) };
    parts.push(say(Number.isInteger(through) && through > entry ? "entry.refers_run" : "entry.refers", facts));
  }
  if (reason !== undefined) parts.push(element("span", {}, tell("entry.reason_said", { reason: said(reason, 300) })));
  return parts.flatMap((part, i) => i ? [" · ", part] : [part]);
}

/** Every open detail, unshortened but for what no screen could hold; made when it is opened. */
function detailsOf(values) {
  const details = element("details", {}, [element("summary", { text: say("entry.all") })]);
  details.addEventListener("toggle", () => {
    if (details.childElementCount > 1) return;
    const rows = [...values].flatMap(([name, value]) => [
      element("dt", { text: fieldName(name) }), element("dd", {}, isObject(value) ? partsOf(value) : [said(value, MAX_VALUE)]),
    ]);
    details.append(element("dl", { class: "cmp" }, rows));
  });
  return details;
}

function partsOf(value) {
  const rows = Object.entries(value).map(([key, part]) => [element("span", { class: "quiet" }, [said(key, 120), ": "]), said(part, MAX_VALUE)]);
  return rows.flatMap((row, i) => i ? [element("br"), ...row] : row);
}
