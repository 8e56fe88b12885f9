// Where the pages of a form follow each other within one document, transfers go on behind them: a line says so.

import { isOnItsWay, make } from "./entry.js";

/** Whether pages.js will swap the pages of this form rather than load them. */
export function staysHere(form) {
  return "stay" in form.dataset && !!window.fetch && !!window.SubmitEvent && "submitter" in SubmitEvent.prototype;
}

/** `look()` is to be called whenever a transfer moved. Whoever leaves in a hurry takes the transfers along. */
export function goOnBehind(input, words, transfers) {
  const box = make("div", { className: "box care" });
  const line = make("p", {});
  const bar = make("progress", { max: 100 });
  bar.setAttribute("aria-label", words.still);
  bar.style.width = "100%";
  line.setAttribute("role", "status");
  box.append(line, bar);
  const watching = new MutationObserver(look);
  watching.observe(document.documentElement, { childList: true }); // the body is replaced
  addEventListener("leaving", end);
  return { look };

  function look() {
    const main = document.querySelector("main");
    if (input.isConnected || !main || !transfers.size) return;
    const isOver = ![...transfers].some(isOnItsWay);
    if (!box.isConnected && isOver) return;
    if (!box.isConnected) main.prepend(box);
    bar.value = share();
    bar.hidden = isOver;
    say(isOver ? verdict() : words.keep);
  }

  function say(text) {
    if (line.textContent !== text) line.textContent = text;
  }

  function verdict() {
    return [...transfers].every(({ state }) => state === "there") ? words.all : words.refused;
  }

  function share() {
    const shares = [...transfers].map(({ percent }) => percent);
    return shares.reduce((sum, each) => sum + each, 0) / shares.length;
  }

  function end() {
    watching.disconnect();
    for (const transfer of transfers) transfer.stop();
    transfers.clear();
  }
}
