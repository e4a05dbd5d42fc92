// What only the reader can check: words, a key card, keys of witnesses; and the files beside this page.

function listen() {
  onSubmit("words-form", compareTyped);
  onSubmit("key-form", compareCard);
  onSubmit("witness-form", compareWitnesses);
  onSubmit("roots-form", compareRoots);
  onSubmit("find-form", () => timeline.find(byId("find").value));
  byId("earlier").addEventListener("click", () => timeline.turn(-1));
  byId("later").addEventListener("click", () => timeline.turn(1));
  byId("others").addEventListener("change", ({ target }) => timeline.showOthers(target.checked));
  byId("print").addEventListener("click", () => print());
  byId("zip").addEventListener("change", ({ target }) => choose(target.files[0]?.name, async () => new ZipSource(target.files[0]).open()));
  byId("folder").addEventListener("change", ({ target }) => {
    const name = target.files[0]?.webkitRelativePath.split("/")[0];
    choose(name, async () => new FolderSource(target.files));
  });
}

function onSubmit(id, act) {
  byId(id).addEventListener("submit", (event) => {
    event.preventDefault();
    Promise.resolve(act()).catch(showFailure);
  });
}

function showWords({ pack }) {
  byId("roots-form").hidden = !pack.stampCount;
  byId("words").replaceChildren(...pack.words.map((word) => element("li", { text: word })));
  const facts = { organisation: whoseRecord(pack.manifest.claims), entries: say("count.entries", { count: pack.checkpoint?.size ?? 0 }) };
  byId("words-lead").replaceChildren(...tell("words.lead", facts));
}

function showVerdict(id, tone, sentences) {
  byId(id).replaceChildren(element("span", { class: `verdict ${tone}` }, [icon(tone), element("span", {}, spaced(sentences))]));
}

/** Hold the pack against something new, and show what has changed. */
async function rejudge(given) {
  await judge(given);
  showAnswer(shown);
  showTechnical(shown);
  showContent(shown);
  showLimits(shown);
  document.documentElement.dataset.verdict = shown.answer.verdict;
}

async function compareTyped() {
  const text = byId("typed").value;
  if (!typedWords(text).length) {
    showVerdict("words-answer", "warn", [say("words.none")]);
    return;
  }
  await rejudge({ words: text });
  const { same, first, typed, expected } = compareWords(shown.pack.words, text);
  [...byId("words").children].forEach((item, i) => item.classList.toggle("other", !same && i + 1 === first));
  if (same) {
    showVerdict("words-answer", "ok", [say("words.same")]);
    return;
  }
  const key = typed === null ? "missing" : expected === null ? "more" : "differ";
  const sentences = [say(`words.${key}`, { place: first, typed: typed?.slice(0, 40), expected })];
  if (typed !== null && !WORD_LIST.includes(typed)) sentences.push(say("words.unknown", { typed: typed.slice(0, 40) }));
  showVerdict("words-answer", "bad", [...sentences, say("words.other")]);
}

async function compareCard() {
  const key = keyIn(byId("card").value, ED25519_KEY);
  if (key === null) {
    showVerdict("key-answer", "warn", [say(byId("card").value.trim() ? "key.unreadable" : "key.none")]);
    return;
  }
  await rejudge({ key });
  const good = !shown.report.has("keys");
  showVerdict("key-answer", good ? "ok" : "bad", [say(good ? "key.same" : "key.differs")]);
}

async function compareWitnesses() {
  const lines = byId("witness").value.split("\n").map((line) => line.trim()).filter((line) => line);
  const keys = lines.map((line) => keyIn(line, ED25519_COSIGNATURE) ?? keyIn(line, MLDSA44_COSIGNATURE));
  if (!keys.length || keys.includes(null)) {
    showVerdict("witness-answer", "warn", [keys.length ? say("key.witness_unreadable", { place: keys.indexOf(null) + 1 }) : say("key.witness_none")]);
    return;
  }
  await rejudge({ witnesses: keys });
  const good = !shown.report.has("witnesses");
  const names = keys.map(({ name }) => name).join(", ");
  showVerdict("witness-answer", good ? "ok" : "bad", [say(good ? "key.witness_same" : "key.witness_differs", { names })]);
}

async function compareRoots() {
  const text = byId("roots").value;
  let roots = [];
  try {
    roots = readPem(text);
  } catch (fault) {
    expectFault(fault);
  }
  if (!roots.length) {
    showVerdict("roots-answer", "warn", [say(text.trim() ? "key.roots_unreadable" : "key.roots_none")]);
    return;
  }
  await rejudge({ roots });
  const good = !shown.report.has("stamps");
  showVerdict("roots-answer", good ? "ok" : "bad", [say(good ? "key.roots_same" : "key.roots_differ")]);
}

/** The key in a text: a whole key card may be pasted, of which one word is the key. */
function keyIn(text, type) {
  for (const word of text.split(/\s+/)) {
    try {
      const key = parseKey(word);
      if (key.type === type) return key;
    } catch (fault) {
      expectFault(fault);
    }
  }
  return null;
}

/** Check what the reader chose; a ZIP that cannot be opened is an answer too. */
async function choose(name, open) {
  if (name === undefined) return;
  byId("files-answer").textContent = say("files.reading", { name });
  try {
    await check(await open().catch(noSource), { chosen: name });
    byId("files-answer").textContent = say("files.done", { name });
  } catch (error) {
    showFailure(error);
  }
}

/** What stands for a ZIP that cannot be opened at all. */
function noSource(fault) {
  expectFault(fault);
  return { kind: "none" };
}
