// Comfort for those who have script; every page works without it.
"use strict";

function connectEvidence(card) {
  const number = card.dataset.finding;
  const marks = [...document.querySelectorAll("mark[data-findings]")].filter((mark) =>
    mark.dataset.findings.split(" ").includes(number),
  );
  const light = (isOn) => [card, ...marks].forEach((each) => each.classList.toggle("is-lit", isOn));
  for (const each of [card, ...marks]) {
    each.addEventListener("pointerenter", () => light(true));
    each.addEventListener("pointerleave", () => light(false));
    each.addEventListener("focusin", () => light(true));
    each.addEventListener("focusout", () => light(false));
  }
}

function countSegments(line) {
  const field = document.getElementById(line.dataset.segmentsFor);
  const { basic, extended } = line.dataset;
  function show() {
    const text = field.value.replaceAll("{code}", line.dataset.code ?? "{code}");
    const letters = [...text];
    const costly = [...new Set(letters.filter((letter) => !basic.includes(letter) && !extended.includes(letter)))];
    const length = costly.length
      ? text.length
      : letters.reduce((sum, letter) => sum + (extended.includes(letter) ? 2 : 1), 0);
    const [alone, joined] = costly.length ? [70, 67] : [160, 153];
    const count = length <= alone ? 1 : Math.ceil(length / joined);
    const left = (count === 1 ? alone : count * joined) - length;
    line.textContent = line.dataset.text.replace("{count}", count).replace("{left}", left);
    if (line.dataset.price) line.textContent += " · " + costOf(line.dataset, count);
    if (costly.length) line.textContent += ". " + line.dataset.costly.replace("{letters}", costly.join(" "));
    const withoutThem = line.parentElement.querySelector("[data-costly-act]");
    if (withoutThem) withoutThem.hidden = costly.length === 0;
    line.classList.toggle("is-costly", count > 1);
  }
  line.hidden = false;
  field.addEventListener("input", show);
  show();
}

// the conversation with a reporter, and openings
function costOf({ price, cost }, count) {
  const sum = (Number(price) * count).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2 });
  return cost.replace("{cost}", sum);
}

function beginFrom(button) {
  button.addEventListener("click", (event) => {
    const field = document.getElementById(button.dataset.starterFor);
    if (!field) return;
    event.preventDefault();
    field.value = button.value;
    field.dispatchEvent(new Event("input"));
    field.focus();
  });
}

function awaitOpening(line) {
  async function ask() {
    try {
      const answer = await fetch(line.dataset.opening, { headers: { Accept: "application/json" }, redirect: "error" });
      if (answer.ok && (await answer.json()).state !== "waiting") location.reload();
    } catch {
      // no network just now: the next round asks again
    }
  }
  setInterval(ask, 1000);
}

function narrowCercles(pair) {
  const region = pair.querySelector("[name=region]");
  const cercle = pair.querySelector("[name=cercle]");
  function narrow() {
    for (const group of cercle.querySelectorAll("optgroup")) {
      const isOther = region.value !== "" && group.dataset.region !== region.value;
      group.hidden = isOther;
      group.disabled = isOther;
    }
    const chosen = cercle.selectedOptions[0];
    if (chosen && chosen.parentElement.disabled) cercle.value = "";
  }
  region.addEventListener("change", narrow);
  narrow();
}

function dropEmptyFields(form) {
  form.addEventListener("submit", () => {
    for (const field of form.elements) if (field.name && field.value === "") field.disabled = true;
  });
  window.addEventListener("pageshow", () => {
    for (const field of form.elements) field.disabled = false;
  });
}

function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    // a download leaves the page as it is: its other button must go on working
    const sent = "download" in form.dataset ? event.submitter?.value : "yes";
    if (form.dataset.sent === sent) event.preventDefault();
    form.dataset.sent = sent;
    setTimeout(() => delete form.dataset.sent, 4000);
  });
}

function fillFromSelection(account) {
  const field = account.parentElement.querySelector(`[id="${account.dataset.account}-words"]`);
  if (!field) return;
  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    const isInside = account.contains(selection.anchorNode) && account.contains(selection.focusNode);
    const words = isInside ? selection.toString().replace(/\s+/g, " ").trim() : "";
    if (words && words.length <= 200) field.value = words;
  });
}

document.querySelectorAll("[data-finding]").forEach(connectEvidence);
document.querySelectorAll("[data-segments-for]").forEach(countSegments);
document.querySelectorAll("[data-account]").forEach(fillFromSelection);
document.querySelectorAll("[data-starter-for]").forEach(beginFrom);
document.querySelectorAll("[data-opening]").forEach(awaitOpening);
document.querySelectorAll("[data-place]").forEach(narrowCercles);
document.querySelectorAll("form[data-drop-empty]").forEach(dropEmptyFields);
document.querySelectorAll("form[method=post]").forEach(sendOnce);
document.querySelector(".problem[role=alert]")?.focus();
