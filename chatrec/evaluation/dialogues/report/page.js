// Filters the dialogues of a report. Without it everything is there to read.
"use strict";
(() => {
  const tools = document.querySelector(".tools");
  const dialogues = [...document.querySelectorAll(".dialogue")];
  if (innerWidth < 720) for (const box of document.querySelectorAll(".stack .box")) box.open = false;  // first the dialogues
  const open = () => {  // a link to a turn opens the dialogue it is in
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const dialogue = target && target.closest(".dialogue");
    if (!dialogue) return;
    dialogue.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  for (const a of document.querySelectorAll('a[href^="#"]')) a.addEventListener("click", () => setTimeout(open));
  if (tools && dialogues.length > 1) {
    const field = tools.querySelector("input");
    const none = document.querySelector(".none");
    const buttons = [...tools.querySelectorAll("button")];
    const pressed = (b) => b.getAttribute("aria-pressed") === "true";
    const filter = () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      const status = buttons.find((b) => b.dataset.kind === "status" && pressed(b)).dataset.value;
      const tags = buttons.filter((b) => b.dataset.kind === "tag" && pressed(b)).map((b) => b.dataset.value);
      let shown = 0;
      for (const d of dialogues) {
        const has = d.dataset.tags.split(" ");
        d.hidden = !((!status || d.dataset.status === status) && tags.every((t) => has.includes(t))
          && words.every((w) => d.dataset.words.includes(w)));
        shown += !d.hidden;
      }
      for (const s of document.querySelectorAll(".dialogues")) {
        const left = s.querySelectorAll(".dialogue:not([hidden])").length;
        s.hidden = !left;
        s.querySelector(".count").textContent = left;
        for (const h of s.querySelectorAll("h3")) {
          let next = h.nextElementSibling, some = false;
          for (; next && next.tagName !== "H3"; next = next.nextElementSibling) some = some || !next.hidden;
          h.hidden = !some;
        }
      }
      none.hidden = shown > 0;
    };
    for (const b of buttons) b.addEventListener("click", () => {
      if (b.dataset.kind === "status") for (const o of buttons) if (o.dataset.kind === "status") o.setAttribute("aria-pressed", o === b);
      if (b.dataset.kind === "tag") b.setAttribute("aria-pressed", !pressed(b));
      filter();
    });
    field.addEventListener("input", filter);
    addEventListener("keydown", (e) => {
      if (e.ctrlKey || e.metaKey || e.altKey) return;
      if (e.key === "/" && document.activeElement !== field) { e.preventDefault(); field.focus(); field.select(); }
      if (e.key === "Escape" && document.activeElement === field) { field.value = ""; filter(); }
    });
    tools.hidden = false;
  }
  open();
})();
