// The list of what waits and what arrived, with a button on each. The words are the template's.

import { isWaiting } from "./sending.js";
import { everything, forget } from "./waiting.js";

/** Show what is held in this element; `tell(key, state)` says how far one is, `refresh()` looks anew. */
export function showList(element) {
  const states = new Map();
  const refresh = async ({ andShow = false } = {}) => {
    const held = await everything();
    element.hidden = held.length === 0;
    const items = held.map((report) => item(element, report, stateOf(report, states), refresh));
    element.querySelector("ul").replaceChildren(...items);
    if (andShow) element.querySelector("h2").focus();
  };
  const tell = (key, state) => {
    states.set(key, state);
    const shown = element.querySelector(`[data-key="${key}"] .state`);
    if (shown) shown.textContent = wordsFor(element, state);
  };
  return { refresh, tell };
}

function stateOf(report, states) {
  return isWaiting(report) ? states.get(report.key) || "later" : "arrived";
}

function item(element, report, state, refresh) {
  const copy = element.querySelector("template").content.cloneNode(true).firstElementChild;
  copy.dataset.key = report.key;
  copy.querySelector(".state").textContent = wordsFor(element, state);
  copy.querySelector(".code").textContent = report.code;
  for (const part of copy.querySelectorAll("[data-when]")) {
    part.hidden = part.dataset.when !== (isWaiting(report) ? "waiting" : "arrived");
  }
  for (const button of copy.querySelectorAll("button")) {
    button.addEventListener("click", () => forget(report.key).then(refresh));
  }
  return copy;
}

function wordsFor(element, state) {
  return element.querySelector(`[data-state="${state}"]`).textContent;
}
