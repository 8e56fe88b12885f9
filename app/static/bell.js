// The number beside the bell, kept fresh while the page is looked at.
"use strict";

const BELL_POLL_MS = 20000;

function keepFresh(bell) {
  const count = bell.querySelector("[data-bell-count]");
  async function ask() {
    if (document.visibilityState !== "visible") return;
    try {
      const answer = await fetch(bell.dataset.bell, { headers: { Accept: "application/json" }, redirect: "error" });
      if (!answer.ok) return;
      const { count: waiting } = await answer.json();
      count.hidden = waiting === 0;
      count.firstChild.data = String(waiting);
    } catch {
      // no network just now: the next round asks again
    }
  }
  setInterval(ask, BELL_POLL_MS);
  document.addEventListener("visibilitychange", ask);
}

document.querySelectorAll("[data-bell]").forEach(keepFresh);
