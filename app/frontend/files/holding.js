// Whoever presses "Continue" while files are on their way is asked: a page that goes takes its transfers with it.
// Where the pages follow each other within one document (staying.js) it is enough that each file was begun.

import { isOnItsWay, make } from "./entry.js";

/** `look()` is to be called whenever a transfer moved or came to an end. */
export function holdForm(form, words, transfers, { staysHere }) {
  let pressed; // the button that the form was sent with
  let isWaiting = false;
  let mayGo = false;
  const { box, wait, go } = drawChoice(words);
  form.append(box);

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button && button.type === "submit") pressed = button; // for browsers that don't tell
  });
  form.addEventListener("submit", (event) => {
    if (mayGo || !inTheWay().length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    pressed = event.submitter || pressed;
    ask();
  });
  wait.addEventListener("click", () => {
    isWaiting = true;
    wait.hidden = true;
    go.focus();
    look();
  });
  go.addEventListener("click", send);
  return { look };

  function inTheWay() {
    return [...transfers].filter((each) => isOnItsWay(each) && !(staysHere && each.isBegun));
  }

  function ask() {
    isWaiting = wait.hidden = staysHere; // a moment, where the network answers
    box.hidden = false;
    box.focus();
  }

  function look() {
    if (isWaiting && !inTheWay().length) send();
  }

  function send() {
    mayGo = true;
    isWaiting = false;
    box.hidden = true;
    for (const transfer of inTheWay()) transfer.stop();
    resume();
    mayGo = false; // the same page may come back
  }

  function resume() {
    if (form.requestSubmit) return form.requestSubmit(pressed);
    if (pressed && pressed.name) form.append(make("input", { type: "hidden", name: pressed.name, value: pressed.value }));
    return form.submit();
  }
}

function drawChoice(words) {
  const box = make("div", { className: "box", hidden: true, tabIndex: -1 });
  const wait = make("button", { type: "button", className: "do", textContent: words.wait });
  const go = make("button", { type: "button", className: "do quiet", textContent: words.go });
  const choice = make("p", { className: "acts" });
  choice.append(wait, go);
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", words.still);
  box.append(make("h2", { textContent: words.still }), make("p", { textContent: words.stay }), choice);
  return { box, wait, go };
}
