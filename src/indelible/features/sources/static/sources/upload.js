// A large file goes piece by piece, with progress, a way to stop, and a way to go on where a connection broke.
// Without this script the same form sends the file at once.
const form = document.querySelector("form[data-pieces]");
const box = document.querySelector("#sending");
const part = (name) => box.querySelector(`[data-${name}]`);
const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
const words = form.dataset;
const PIECE = Number(words.pieces);
const TRIES = 3;
let sending = null; // {file, upload, stop}

const mb = (bytes) => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);

const ask = async (url, body, signal) => {
  const answer = await fetch(url, { method: "POST", body, signal, headers: { "X-CSRFToken": token } });
  const told = await answer.json().catch(() => ({}));
  return { ok: answer.ok, status: answer.status, told };
};

const show = (upload, title, text) => {
  const percent = Math.floor((100 * upload.received) / upload.size);
  box.hidden = false;
  form.hidden = true;
  part("bar").max = upload.size;
  part("bar").value = upload.received;
  part("title").textContent = fill(title, { percent });
  part("text").textContent = fill(text, { percent, sent: mb(upload.received), all: mb(upload.size), until: upload.until });
};

const failed = (upload, title, text, again) => {
  show(upload, title, text);
  part("go-on").hidden = !again;
  part("title").focus();
};

const pieceOf = async (job) => {
  const { file, upload } = job;
  const piece = file.slice(upload.received, upload.received + PIECE);
  return ask(`${upload.url}?offset=${upload.received}`, piece, job.stop.signal);
};

const send = async (file) => {
  const job = { file, stop: new AbortController(), upload: { received: 0, size: file.size, until: "" } };
  sending = job;
  part("go-on").hidden = true;
  show(job.upload, words.going, words.arrived);
  try {
    const facts = new URLSearchParams({ name: file.name, size: file.size, modified: file.lastModified });
    const begun = await ask(words.begin, facts, job.stop.signal);
    if (!begun.told.id) return failed(job.upload, begun.told.title || words.broken, begun.told.text || "", false);
    job.upload = begun.told;
    for (let misses = 0; job.upload.received < file.size; ) {
      show(job.upload, words.going, words.arrived);
      const { ok, status, told } = await pieceOf(job);
      const known = "received" in told; // a page instead of an answer: somebody was signed out
      if (known) job.upload.received = told.received;
      if (ok && known) misses = 0;
      else if (++misses >= TRIES || !(status === 409 || status >= 500)) {
        return failed(job.upload, told.title || words.stopped, told.text || words.kept, true);
      }
    }
    show(job.upload, words.checking, words.arrived);
    const done = await ask(`${job.upload.url}finish/`, null, job.stop.signal);
    if (!done.told.url) return failed(job.upload, done.told.title || words.stopped, done.told.text || "", true);
    location.href = done.told.url;
  } catch {
    if (!job.stop.signal.aborted) failed(job.upload, words.stopped, words.kept, true);
  }
};

form.addEventListener("submit", (e) => {
  const file = form.querySelector("[type=file]").files[0];
  if (!file || file.size <= PIECE) return; // at once, as without a script
  e.preventDefault();
  e.stopPropagation();
  send(file);
});

part("go-on").addEventListener("click", () => send(sending.file));

part("cancel").addEventListener("click", async () => {
  sending.stop.abort();
  const { url } = sending.upload;
  if (url) await ask(`${url}cancel/`).catch(() => {});
  location.href = location.pathname;
});
