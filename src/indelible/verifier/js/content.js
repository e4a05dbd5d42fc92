// What is in the pack, and what it does not show: every value here was proved or is said to be the sender's word.

const MAX_FILES_TOLD = 1000;

/** Whose record it is, as the sender says; where they say nothing, what it is called in its seals. */
function whoseRecord({ organisation, origin }) {
  return said(organisation || origin, 80);
}

function showContent(shown) {
  const { pack, answer } = shown;
  const { claims } = pack.manifest;
  byId("org").replaceChildren(whoseRecord(claims));
  const rows = [
    ["question", [said(claims.question.words)]],
    ["kind", [say(`content.${claims.kind}`)]],
    ...claims.period ? [["period", [spanOf(claims.period)]]] : [],
    ["entries", entriesOf(pack, answer)],
    ["files", filesOf(pack)],
    ["hidden", hiddenOf(pack)],
    ["record", tell(claims.organisation ? "content.record_said" : "content.record_nameless", { organisation: whoseRecord(claims), origin: said(claims.origin, 100) })],
    ["made", madeOf(pack)],
    ["seal", sealsOf(pack)],
    ["witnesses", witnessesOf(shown)],
    ["stamps", stampsOf(shown)],
    ["keys", [say((pack.keys?.keys.length ?? 1) === 1 ? "content.keys_one" : "content.keys_some", { count: pack.keys?.keys.length })]],
  ];
  byId("content").replaceChildren(...rows.flatMap(([key, nodes]) => [
    element("dt", { text: say(`content.${key}`) }), element("dd", {}, nodes),
  ]));
  byId("content-panel").hidden = false;
}

function spanOf({ by, from, until }) {
  const key = from && until ? "both" : from ? "from" : "until";
  const span = from || until ? say(`content.span_${key}`, { from: moment(from), until: moment(until) }) : "";
  return `${say(`content.${by === "recorded" ? "recorded" : "happened"}`, { span })}. ${say("content.zone", { zone })}`;
}

function list(items) {
  return items.length > 1 ? [element("ul", { class: "plain" }, items.map((nodes) => element("li", {}, nodes)))] : items[0] ?? [];
}

function entriesOf(pack, answer) {
  const { claims } = pack.manifest;
  const count = say("count.entries", { count: answer.entries });
  const isWhole = answer.checks.some(({ code, verdict }) => code === "numbers" && verdict === MATCHES);
  const items = claims.sequences.map((name) => {
    const numbers = pack.entries.items.filter(({ role, numbers: all }) => role === "asked" && all?.has(name)).map(({ numbers: all }) => all.get(name));
    if (!numbers.length) return [count];
    const facts = { entries: count, first: number(numbers[0]), last: number(numbers.at(-1)), name: sequenceName(pack, name) };
    return tell(isWhole ? "content.numbers" : "content.numbers_plain", facts);
  });
  if (!items.length) items.push([count]);
  const register = pack.entries.items.filter(({ role }) => role === "register").length;
  if (register) items.push([say("content.register", { count: register, entries: say("count.entries", { count: register }) })]);
  if (pack.timesUnknown) items.push([say("content.unknown_times", { count: pack.timesUnknown })]);
  return list(items);
}

/** What a sequence is called in the entries about sources and rules, else its number. */
function sequenceName(pack, name) {
  const [kind, id] = splitOnce(name, "/");
  const item = pack.entries.items.findLast(({ target }) => target === id);
  const target = item ? Entries.read(item).values.get("targets/0") : null;
  const known = own(target, "name");
  const [before, after] = say(kind === "sources" ? "content.source" : "content.rule").split("{name}");
  return element("span", {}, [before, said(typeof known === "string" && known ? known : id, 100), after]);
}

function filesOf({ attached, entries, manifest }) {
  const seen = attached?.seen ?? 0, unseen = attached?.unseen.length ?? 0;
  if (!seen && !unseen) return [say("content.no_files")];
  const told = unseen ? say("content.files_some", { seen: number(seen), unseen: number(unseen) }) : say("count.files", { count: seen });
  const details = element("details", { class: "technical" }, [element("summary", { text: say("content.files_list") })]);
  const items = entries.attachments.slice(0, MAX_FILES_TOLD).flatMap(({ index, place, value }) => {
    const name = own(value, "name");
    const file = attachmentName(index, Number(place), typeof name === "string" ? name : "");
    if (!manifest.files.has(file)) return [];
    const key = attached.unseen.includes(file) ? "content.file_unseen" : "content.file_of";
    return [element("li", {}, tell(key, { file: said(name ?? file, 160), entry: entryInline(index) }))];
  });
  details.append(element("ul", { class: "plain" }, items));
  return [told, details];
}

function hiddenOf({ manifest, entries }) {
  const { closed } = entries;
  const details = (count) => ({ count, details: say("count.details", { count }) });
  const items = [];
  if (closed.withheld) {
    for (const { field, reason } of manifest.claims.withhold) {
      items.push(tell("content.withheld", { field: fieldName(field), reason: said(reason) }));
    }
  }
  for (const why of ["repeats", "erased", "unasked"]) if (closed[why]) items.push([say(`content.${why}`, details(closed[why]))]);
  return items.length ? list(items) : [say("content.nothing_hidden")];
}

function madeOf({ manifest: { claims }, making, entries }) {
  const when = moment(claims.made_at);
  const software = say("content.software", { software: claims.software.slice(0, 60) });
  if (!making) return [`${say("content.made_at", { when })}, ${software}`];
  const item = entries.items.find(({ index }) => index === making.index);
  const { values, closed } = Entries.read(item);
  const facts = { when, who: actorName(values, closed), entry: entryInline(making.index) };
  return [...tell("content.made_by", facts), ", ", software];
}

function sealsOf({ checkpoint, seals }) {
  if (!checkpoint) return [say("content.none")];
  const earlier = seals.filter(({ checkpoint: one, contained }) => contained && one.size !== checkpoint.size).length;
  const said = say("content.seal_said", { entries: say("count.entries", { count: checkpoint.size }) });
  return [earlier ? `${said}. ${say("content.earlier", { seals: say("count.seals", { count: earlier }) })}` : said];
}

function witnessesOf({ pack, trust }) {
  const newest = new Map();
  for (const line of pack.witnesses) {
    if (line.size >= (newest.get(line.key.text)?.size ?? 0)) newest.set(line.key.text, line);
  }
  const items = [...newest.values()].map(({ key, time, size }) => {
    const isGiven = trust.witnesses.some(({ text }) => text === key.text);
    const when = momentOfSeconds(time);
    const facts = { name: said(key.name, 100), entries: say("count.entries", { count: size }), when };
    return tell(isGiven ? "content.witness_given" : "content.witness", facts);
  });
  return items.length ? list(items) : [say("content.none")];
}

function stampsOf({ pack: { stamps }, trust }) {
  const key = trust.roots.length ? "content.stamp_given" : "content.stamp";
  const items = stamps.map(({ authority, size, time }) => tell(key, {
    authority: said(authority, 100), entries: say("count.entries", { count: size }), when: moment(time),
  }));
  return items.length ? list(items) : [say("content.none")];
}

function showLimits({ pack, trust, answer }) {
  const keys = ["true", "honest"];
  if (answer.kind === "selection") keys.unshift("selection");
  if (!trust.key && !answer.trusted_words && !trust.witnesses.length) keys.unshift("whose");
  if (pack.witnesses.length || pack.stamps.length) {
    if (!trust.witnesses.length) keys.push("witnesses");
  } else keys.push("outside");
  byId("limits").replaceChildren(...keys.map((key) => element("li", { text: say(`limits.${key}`) })));
  byId("limits-panel").hidden = false;
}
