// Two buttons that need a script: copy a text, print a page. Without it the text can be selected and the page printed by hand.
(() => {
  "use strict";
  const button = (word, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn";
    made.textContent = word;
    made.onclick = act;
    return made;
  };
  document.querySelectorAll("textarea[data-copy]").forEach((text) => {
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    const copy = async () => {
      text.select();
      try {
        await navigator.clipboard.writeText(text.value);
      } catch {
        document.execCommand("copy");
      }
      said.textContent = text.dataset.copiedWord;
    };
    const row = document.createElement("p");
    row.className = "row reveal";
    row.append(button(text.dataset.copyWord, copy), said);
    text.after(row);
  });
  document.querySelectorAll("[data-print]").forEach((place) => {
    place.prepend(button(place.dataset.printWord, () => print()));
  });
})();
