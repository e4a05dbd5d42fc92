// The answer: the heading, what was checked, and what is wrong, if anything is.

const MAX_TOLD = 20;
// These say that a file is broken or missing; any other finding says that something was changed.
const BROKEN = ["zip-damaged", "file-missing", "manifest-damaged", "checkpoint-damaged", "keys-damaged"];
// After one of these nothing in the pack is proved; the others name what does not hold.
const OF_ALL = [
  ...BROKEN, "manifest-signature", "checkpoint-signature", "origin-differs", "seal-not-contained", "entry-damaged", "tree-differs",
  "tree-length", "making-missing", "claims-differ", "key-chain-broken",
];
// These are about what the reader holds against the pack, not about the pack.
const COMPARED = ["words-differ", "key-differs", "key-revoked", "witness-missing", "stamp-untrusted"];

/** Which of the answers it is: good, altered, damaged, newer, compared, unseen, unchecked. */
function stateOf({ findings, verdict, checks }) {
  const codes = findings.map(({ code }) => code);
  if (verdict === MATCHES) return "good";
  const wrong = codes.filter((code) => !NOT_LOOKED_AT.includes(code));
  if (wrong.length) {
    if (wrong.every((code) => COMPARED.includes(code))) return "compared";
    // What follows of a broken file is broken too: only a change that was made on purpose is called one.
    return wrong.every((code) => BROKEN.includes(code)) ? "damaged" : "altered";
  }
  if (codes.includes("format-unknown")) return "newer";
  const blocked = checks.some(({ code, verdict: one }) => one === UNCHECKED && code !== "attachments");
  return codes.length && !blocked && codes.every((code) => code === "attachment-unseen") ? "unseen" : "unchecked";
}

const TONES = { good: "ok", altered: "bad", damaged: "bad", compared: "bad", newer: "warn", unseen: "info", unchecked: "warn" };

function headingOf(state, { pack, answer }) {
  if (state === "compared") return findingWords(answer.findings.find(({ code }) => COMPARED.includes(code))).title;
  const facts = { entries: say("count.entries", { count: answer.entries }) };
  if (state === "unseen") facts.files = say("count.files", { count: pack.attached.unseen.length });
  return say(`title.${state}`, facts);
}

function showAnswer(shown) {
  const { pack, answer } = shown;
  const state = stateOf(answer);
  const heading = headingOf(state, shown);
  const tone = TONES[state];
  byId("statement").className = `statement ${tone}`;
  byId("title").textContent = heading;
  document.title = say("title.page", { answer: heading });
  byId("summary").replaceChildren(...spaced(summaryOf(state, shown)));
  byId("facts").replaceChildren(...tone === "bad" ? [] : chipsOf(shown).map(chip));
  showStamp(pack, tone, state);
  showAdvice(state, answer);
  byId("count").hidden = true;
  document.documentElement.dataset.state = state;
}

function spaced(sentences) {
  return sentences.flatMap((sentence, i) => i ? [" ", sentence] : [sentence]);
}

function summaryOf(state, { pack, answer, seconds, chosen, otherPack, trust }) {
  const sentences = otherPack ? [say("summary.other_pack")] : [];
  if (pack.manifest) sentences.push(say("summary.checked", { things: thingsOf(pack, answer), seconds: seconds.toFixed(1) }));
  if (chosen) sentences.push(say("summary.zip", { name: chosen }));
  if (state === "good") {
    const { withheld, repeats, erased } = pack.entries.closed;
    const hidden = withheld + repeats + erased;
    if (hidden) sentences.push(say("summary.hidden", { count: hidden, details: say("count.details", { count: hidden }) }));
    const compared = answer.trusted_words || trust.key || trust.witnesses.length;
    sentences.push(say(compared ? "summary.compared" : "summary.not_compared"));
  }
  if (state === "altered") {
    const failed = answer.checks.filter(({ verdict }) => verdict === DIFFERS);
    sentences.push(say("summary.failed_checks", { checks: failed.map(({ code }) => checkTitle(code)).join(", ") }));
    const entries = [...new Set(answer.findings.map(({ entry }) => entry).filter((entry) => entry !== null))];
    const numbers = entries.slice(0, 10).map((entry) => number(entry + 1)).join(", ");
    const more = entries.length > 10 ? ", ..." : "";
    if (entries.length) sentences.push(say("summary.concerned", { count: entries.length, numbers: numbers + more }));
  }
  if (["damaged", "newer", "unseen", "unchecked"].includes(state)) sentences.push(say(`summary.${state}`));
  return sentences;
}

const checkTitle = (code) => MESSAGES.checks?.[code]?.title ?? code;

function thingsOf(pack, answer) {
  const files = pack.attached?.seen ?? 0;
  const [first, second, third] = [
    say("count.entries", { count: answer.entries }),
    ...files ? [say("count.files", { count: files })] : [],
    say("count.seals", { count: pack.seals.filter(({ checkpoint }) => checkpoint.size !== pack.checkpoint?.size).length + 1 }),
  ];
  return say(third ? "summary.three" : "summary.two", { first, second, third });
}

function chipsOf({ pack, answer }) {
  if (!pack.manifest) return [];
  const isGood = (code) => answer.checks.some((check) => check.code === code && check.verdict === MATCHES);
  const chips = [];
  if (isGood("entries") && isGood("seal")) chips.push(["ok", say("fact.entries")]);
  if (answer.kind === "whole" && isGood("numbers") && isGood("register")) chips.push(["ok", say("fact.whole")]);
  if (answer.kind === "selection") chips.push(["info", say("fact.selection")]);
  const holders = new Set(pack.witnesses.map(({ key }) => key.text)).size;
  if (holders && isGood("witnesses")) chips.push(["ok", say("fact.witnesses", { count: holders })]);
  if (pack.stamps.length && isGood("stamps")) chips.push(["ok", say("fact.stamps", { count: pack.stamps.length })]);
  if (answer.trusted_words) chips.push(["ok", say("fact.words_same")]);
  if (answer.key === "given" && isGood("keys")) chips.push(["ok", say("fact.key_same")]);
  return chips;
}

function chip([tone, text]) {
  return element("li", {}, [element("span", { class: `st ${tone}` }, [icon(tone), text])]);
}

function showStamp(pack, tone, state) {
  const picture = icon(tone === "mute" ? "wait" : tone);
  if (pack?.checkpoint && ["good", "unseen"].includes(state)) {
    const corner = element("span", { class: `corner ${tone}` }, [picture]);
    byId("stamp").replaceChildren(sealMark(pack.checkpoint.root, number(pack.checkpoint.size)), corner);
  } else {
    picture.setAttribute("class", "alone");
    byId("stamp").replaceChildren(picture);
  }
}

function showAdvice(state, { findings, checks }) {
  const advice = byId("advice");
  advice.hidden = ["good", "unseen"].includes(state);
  if (advice.hidden) return;
  const told = toldFindings(findings);
  const idle = state === "unchecked" ? checks.filter(({ code, verdict }) => verdict === UNCHECKED && MESSAGES.checks[code]) : [];
  const items = told.slice(0, MAX_TOLD).map((finding) => {
    const { title, meaning } = findingWords(finding);
    return element("li", {}, [element("b", { text: title }), element("p", { text: meaning })]);
  });
  for (const { code } of idle) {
    items.push(element("li", {}, [element("b", { text: checkTitle(code) }), element("p", { text: MESSAGES.checks[code].not_checked })]));
  }
  const parts = [element("ul", { class: "findings" }, items)];
  if (told.length > MAX_TOLD) parts.push(element("p", { text: say("advice.more", { count: told.length - MAX_TOLD }) }));
  if (["altered", "damaged"].includes(state)) {
    const isNamed = !findings.some(({ code }) => OF_ALL.includes(code));
    const steps = [isNamed ? "relied" : "relied_all", "keep", "ask", "compare"].map((key) => element("li", { text: say(`advice.${key}`) }));
    parts.push(element("ol", { class: "steps" }, steps));
  }
  advice.replaceChildren(...parts);
}

/** Findings as people want them: what is wrong with entries first, with files last. */
function toldFindings(findings) {
  const isFile = ({ code }) => code.startsWith("file-") || code === "table-differs";
  return [...findings.filter((finding) => !isFile(finding)), ...findings.filter(isFile)];
}

/** The same as every checker gives, for comparison. */
function showTechnical({ answer }) {
  byId("technical").hidden = false;
  byId("result-json").textContent = JSON.stringify(answer, null, 1);
  const rows = answer.checks.map(({ code, verdict, count }) => element("tr", {}, [
    element("th", { scope: "row", text: checkTitle(code) }),
    element("td", { text: verdict }),
    element("td", { class: "amount", text: number(count) }),
  ]));
  byId("checks").tBodies[0].replaceChildren(...rows);
}
