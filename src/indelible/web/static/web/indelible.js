// What plain links and forms cannot do: single keys, one press one act, focus after a swap, a word when
// the server fails. Every page works without it.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);
  const { body } = document;

  // Keys: / search, j k entries (Enter opens), ? the list. Never inside a field.
  const step = (by) => {
    const rows = all(".thread > .entry");
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))];
    if (next) one(".say a", next).focus();
  };
  const keys = {
    "/": () => (one("#q") || one("#quick"))?.focus(),
    j: () => step(1),
    k: () => step(-1),
    "?": () => { location.href = "/help/keys/"; },
  };
  document.addEventListener("keydown", (e) => {
    if (!("keys" in body.dataset) || e.ctrlKey || e.metaKey || e.altKey || !(e.key in keys)) return;
    if (e.target.closest("input, select, textarea, [contenteditable]")) return;
    e.preventDefault();
    keys[e.key]();
  });

  // A form that is on its way does not go twice.
  const release = () => all("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    all("button", form).forEach((button) => button.removeAttribute("aria-disabled"));
  });
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (form.method !== "post" || e.submitter?.matches("[data-stays]")) return;
    if (form.dataset.sent) return e.preventDefault();
    form.dataset.sent = "1";
    all("button", form).forEach((button) => button.setAttribute("aria-disabled", "true"));
  });
  addEventListener("pageshow", release);

  // Show and hide a password.
  all("input[data-show]").forEach((field) => {
    const button = document.createElement("button");
    const set = (type) => {
      field.type = type;
      button.textContent = field.dataset[type === "text" ? "hide" : "show"];
    };
    button.type = "button";
    button.className = "btn slim reveal";
    button.onclick = () => set(field.type === "text" ? "password" : "text");
    set("password");
    field.after(button);
    field.form.addEventListener("submit", () => set("password"));
  });

  // The browser knows its time zone, the server guesses.
  const zone = one("select[data-zone]");
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !one(".errors") && [...zone.options].some((o) => o.value === here)) zone.value = here;

  // Focus goes to what is wrong, or to the heading of what was replaced.
  const settle = (root) => {
    const target = one("[data-focus]", root) || (root.id === "main" && one("h1", root));
    if (!target) return;
    target.tabIndex = -1;
    target.focus();
  };
  settle(document);
  document.addEventListener("htmx:afterSettle", (e) => { release(); settle(e.target); });

  // A failure is told above the page; what was typed stays. Polling fails silently and tries again.
  const tell = (text, e) => {
    release();
    if (e.detail.elt.getAttribute("hx-trigger")?.startsWith("every")) return;
    const note = one(".unreachable") || document.createElement("p");
    note.className = "unreachable";
    note.setAttribute("role", "alert");
    note.textContent = text;
    body.prepend(note);
  };
  const lost = (e) => tell(body.dataset.unreachable, e);
  document.addEventListener("htmx:sendError", lost);
  document.addEventListener("htmx:timeout", lost);
  document.addEventListener("htmx:responseError", (e) => {
    const page = new DOMParser().parseFromString(e.detail.xhr.responseText, "text/html");
    tell(all("main h1, main p", page).slice(0, 3).map((p) => p.textContent).join(" "), e);
  });
  // A form that comes back with its errors (422) is shown.
  document.addEventListener("htmx:beforeSwap", (e) => {
    if (e.detail.xhr.status === 422) Object.assign(e.detail, { shouldSwap: true, isError: false });
    if (e.detail.shouldSwap) one(".unreachable")?.remove();
  });
})();
