// Who else has this case open: asked now and then, not while the page is hidden.
"use strict";

(() => {
  const PRESENCE_MS = 5000; // as often as desk.js asks for new reports
  const WRITING_MS = 10000;
  const part = document.querySelector("[data-presence]");
  if (!part) return;
  const list = part.querySelector("ul");
  const line = part.querySelector("[role=status]");
  let lastTyped = 0;

  function draw(people) {
    list.replaceChildren(
      ...people.map(({ initials, text }) => {
        const entry = document.createElement("li");
        entry.className = "initials";
        entry.textContent = initials;
        entry.title = text;
        return entry;
      }),
    );
    const said = people.map(({ text }) => text).join(" · ");
    if (line.textContent !== said) line.textContent = said;
  }

  async function ask() {
    if (document.visibilityState !== "visible") return;
    const isWriting = Date.now() - lastTyped < WRITING_MS;
    try {
      const address = part.dataset.presence + (isWriting ? "?writing=1" : "");
      const answer = await fetch(address, { headers: { Accept: "application/json" }, redirect: "error" });
      if (answer.ok) draw((await answer.json()).people);
    } catch {
      // no network just now: the next round asks again
    }
  }

  document.addEventListener("input", (event) => {
    if (event.target.closest("form[method=post]")) lastTyped = Date.now();
  });
  document.addEventListener("visibilitychange", ask);
  setInterval(ask, PRESENCE_MS);
})();
