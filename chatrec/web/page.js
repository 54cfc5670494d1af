// Runs when a gr.HTML of the page has loaded: clicks on our own buttons become one `click` event that carries what is posted.
if (!element.dataset.crReady) {
  element.dataset.crReady = "1";
  element.addEventListener("click", (event) => {
    const button = event.target.closest("[data-send]");
    if (!button || !element.contains(button)) return;
    event.preventDefault();
    const data = JSON.parse(decodeURIComponent(button.dataset.send));
    trigger("click", { ...data, label: button.textContent.trim() });
  });
}
if (!document.documentElement.dataset.crReady) {
  document.documentElement.dataset.crReady = "1";
  // An input method's Enter chooses a word; it must not send half a sentence.
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.stopImmediatePropagation();
    },
    true,
  );
  // A new turn comes into view at its beginning, so that the cards are read from the top, and stays there as its answer grows
  // until the person scrolls.
  const talk = document.querySelector(".cr-talk");
  if (talk) {
    let turns = talk.querySelectorAll(".cr-turn").length;
    let followed = false;
    for (const moved of ["wheel", "touchmove"]) document.addEventListener(moved, () => (followed = false), { passive: true });
    new MutationObserver(() => {
      const all = talk.querySelectorAll(".cr-turn");
      followed = all.length > turns || (followed && all.length === turns);
      if (followed && all.length) all[all.length - 1].scrollIntoView({ block: "start", behavior: "smooth" });
      turns = all.length;
    }).observe(talk, { childList: true, subtree: true });
  }
}
