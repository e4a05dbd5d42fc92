// The beginning: check what is inside this page, show the answer, and answer what the reader asks.

const checkerScript = document.currentScript;
let shown = null; // what the page shows now: {pack, report, answer, trust, seconds, chosen, otherPack}
let ownName = null; // the name of the pack inside this page
let timeline = null;
let runs = 0; // only the newest check is shown

async function begin() {
  byId("fingerprint").textContent = writeHex(sha256(writeUtf8(checkerScript.textContent)));
  listen();
  const source = new PageSource(checkerScript);
  if (!await source.has(MANIFEST_NAME)) {
    showChoice();
    return;
  }
  await check(source, {});
  ownName = shown.pack.manifest?.claims.name ?? null;
}

/** Check a source and show all that comes of it. */
async function check(source, { chosen = null }) {
  const began = performance.now(), run = ++runs;
  const isNewest = () => run === runs;
  showProgress({});
  const { pack, report } = await checkPack(source, (state) => { if (isNewest()) showProgress(state); });
  if (!isNewest()) return;
  const otherPack = ownName !== null && pack.manifest !== null && pack.manifest.claims.name !== ownName;
  shown = { pack, report, trust: { ...NO_TRUST }, chosen, otherPack, seconds: 0 };
  useZone(pack.manifest?.claims.zone ?? "UTC");
  await judge({});
  shown.seconds = (performance.now() - began) / 1000;
  showAll();
}

/** Hold the pack against what the reader gave. */
async function judge(given) {
  Object.assign(shown.trust, given);
  shown.answer = await checkTrusted(shown, shown.trust);
}

function showAll() {
  const { pack, answer } = shown;
  const state = stateOf(answer);
  showAnswer(shown);
  showTechnical(shown);
  document.documentElement.dataset.verdict = answer.verdict;
  const hasContent = Boolean(pack.manifest && pack.entries);
  for (const id of ["content-panel", "entries-panel", "limits-panel"]) byId(id).hidden = !hasContent;
  // Words of a pack that does not hold would only comfort.
  byId("words-panel").hidden = !hasContent || !pack.checkpoint || ["altered", "damaged"].includes(state);
  if (hasContent) {
    showContent(shown);
    showLimits(shown);
    showWords(shown);
    timeline = new Timeline(pack, answer.findings);
    timeline.show();
  }
  showFiles(pack);
  showPrintLine();
}

function showProgress({ entries, total, bytes }) {
  if (entries === undefined && bytes === undefined) {
    byId("title").textContent = say("title.checking");
    document.title = say("title.page", { answer: say("title.checking") });
    byId("statement").className = "statement mute";
    byId("stamp").replaceChildren();
    showStamp(null, "mute", "checking");
    for (const id of ["summary", "facts"]) byId(id).replaceChildren();
    byId("advice").hidden = true;
    for (const id of ["words-answer", "key-answer", "witness-answer", "roots-answer"]) byId(id).replaceChildren();
    delete document.documentElement.dataset.verdict;
  }
  byId("count").hidden = false;
  if (bytes !== undefined) {
    byId("count").textContent = say("count.progress_files", { megabytes: number(Math.round(bytes / 1e6)) });
    return;
  }
  const key = !total ? "progress_open" : entries >= total ? "progress_rest" : "progress";
  byId("count").textContent = say(`count.${key}`, { done: number(entries ?? 0), total: number(total ?? 0) });
}

/** The checker alone, without a pack. */
function showChoice() {
  byId("title").textContent = say("title.choose");
  document.title = say("title.page", { answer: say("title.choose") });
  byId("summary").textContent = say("summary.choose");
  byId("files-title").textContent = say("files.title_alone");
  byId("files-lead").textContent = say("files.lead_alone");
  byId("files-panel").hidden = false;
  document.documentElement.dataset.verdict = "";
}

function showFiles(pack) {
  const panel = byId("files-panel");
  const unseen = pack.attached?.unseen.length ?? 0;
  if (pack.source.kind !== "page") return;
  const count = unseen || (pack.unseen?.length ?? 0);
  const lead = say(unseen ? "files.lead_attached" : "files.lead_beside", { files: say("count.files", { count }) });
  byId("files-lead").textContent = lead;
  // What is needed for the answer stands before it; what is a second look stands behind the content.
  if (unseen) byId("statement").after(panel);
  else byId("limits-panel").after(panel);
  panel.hidden = false;
}

function showPrintLine() {
  const browser = /(?:Firefox|Edg|OPR|Chrome|Version)\/[0-9.]+/.exec(navigator.userAgent)?.[0] ?? "a browser";
  const when = moment(new Date().toISOString());
  byId("print-line").textContent = say("print.line", { when: `${when} (${zone})`, browser });
}

/** Say plainly that this page failed; a fault of the page must not look like one of the pack. */
function showFailure(error) {
  byId("title").textContent = say("title.failed");
  document.title = say("title.page", { answer: say("title.failed") });
  byId("statement").className = "statement warn";
  byId("summary").textContent = say("summary.failed", { detail: String(error?.message ?? error).slice(0, 200) });
  byId("count").hidden = true;
  document.documentElement.dataset.verdict = UNCHECKED;
  document.documentElement.dataset.state = "failed";
}

begin().catch(showFailure);
