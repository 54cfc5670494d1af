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
  // A new turn comes into view at its beginning, so that the cards are read from the top.
  const talk = document.querySelector(".cr-talk");
  if (talk) {
    let turns = talk.querySelectorAll(".cr-turn").length;
    new MutationObserver(() => {
      const now = talk.querySelectorAll(".cr-turn").length;
      const last = [...talk.querySelectorAll(".cr-turn")].at(-1);
      if (now > turns && last) last.scrollIntoView({ block: "start", behavior: "smooth" });
      turns = now;
    }).observe(talk, { childList: true, subtree: true });
  }
}
