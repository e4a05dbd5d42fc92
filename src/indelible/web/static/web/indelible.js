// The little that plain links and forms cannot do: single keys, one press one act, where focus goes after a
// part of the page was replaced, and a word when the server cannot be reached. Every page works without it.
(() => {
  "use strict";
  const body = document.body;
  const typing = (e) => e.target.closest("input, select, textarea, [contenteditable]");

  // Single keys: / search, j k next and previous entry, Enter opens, ? lists the keys.
  const rows = () => [...document.querySelectorAll(".thread > .entry")];
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))];
    next.querySelector(".say a").focus();
  };
  document.addEventListener("keydown", (e) => {
    if (!("keys" in body.dataset) || e.ctrlKey || e.metaKey || e.altKey || typing(e)) return;
    if (e.key === "/") {
      const field = document.querySelector("#q") || document.querySelector("#quick");
      if (field && field.offsetParent) { e.preventDefault(); field.focus(); }
    } else if (e.key === "j") step(1);
    else if (e.key === "k") step(-1);
    else if (e.key === "?") location.href = "/help/keys/";
  });

  // One press, one act: a form that is on its way does not go twice.
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = "1";
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
    }
  });

  // Show and hide a password. The button is in the page only where this script runs.
  for (const field of document.querySelectorAll("input[type=password][data-show]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn slim reveal";
    button.textContent = field.dataset.show;
    button.setAttribute("aria-controls", field.id);
    button.addEventListener("click", () => {
      const hidden = field.type === "password";
      field.type = hidden ? "text" : "password";
      button.textContent = hidden ? field.dataset.hide : field.dataset.show;
    });
    field.after(button);
    field.form.addEventListener("submit", () => { field.type = "password"; });
  }

  // The browser knows its time zone better than the server does.
  const zone = document.querySelector("select[data-zone]");
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && here && !document.querySelector(".errors") && zone.querySelector(`[value="${CSS.escape(here)}"]`)) zone.value = here;

  // Focus: to what is wrong, or to the heading of what was replaced.
  const settle = (root) => {
    const target = root.querySelector("[data-focus]") || (root.id === "main" && root.querySelector("h1"));
    if (!target) return;
    target.setAttribute("tabindex", "-1");
    target.focus();
  };
  settle(document);
  document.addEventListener("htmx:afterSettle", (e) => settle(e.target));

  // The server cannot be reached: say so, keep what was typed.
  const failed = (e) => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    if (e.detail.elt.getAttribute("hx-trigger")?.startsWith("every")) return;
    let note = document.querySelector(".unreachable");
    if (!note) {
      note = document.createElement("p");
      note.className = "unreachable";
      note.setAttribute("role", "alert");
      body.prepend(note);
    }
    note.textContent = body.dataset.unreachable;
  };
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:timeout", failed);
  document.addEventListener("htmx:afterRequest", (e) => {
    if (e.detail.successful) document.querySelector(".unreachable")?.remove();
  });
  // Answers that tell what is wrong with a form (422) are shown like any other.
  document.addEventListener("htmx:beforeSwap", (e) => {
    if (e.detail.xhr.status === 422) { e.detail.shouldSwap = true; e.detail.isError = false; }
  });
})();
