// The inbox for those who have script: what is new slides in, rows are walked with keys. Every page works without it.
"use strict";

const POLL_MS = 10_000;
const LONGEST_WAIT_MS = 5 * 60_000;
const KEYS_COOKIE = "seere_keys";

const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const list = find("[data-cases]");
const bulk = find("form.bulk");

// What has come in: asked every ten seconds while the page is looked at, less and less often while nobody answers.
function watch(link) {
  const status = find("[data-fresh-status]");
  let shown = 0;
  let wait = POLL_MS;
  let timer;

  function plan() {
    clearTimeout(timer);
    if (document.visibilityState === "visible") timer = setTimeout(ask, wait);
  }

  async function ask() {
    try {
      const answer = await fetch(link.dataset.fresh, { headers: { Accept: "application/json" }, redirect: "error" });
      if (!answer.ok) throw new Error("refused");
      const { count, views } = await answer.json();
      recount(views);
      announce(count);
      wait = POLL_MS;
    } catch {
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
    plan();
  }

  function announce(count) {
    if (count === shown) return;
    shown = count;
    link.textContent = (count === 1 ? link.dataset.one : link.dataset.many).replace("{count}", count);
    link.hidden = count === 0;
    status.textContent = link.hidden ? "" : link.textContent;
  }

  async function show(event) {
    if (!list || event.ctrlKey || event.metaKey || event.shiftKey) return; // an empty page is drawn anew
    event.preventDefault();
    try {
      const answer = await fetch(link.dataset.rows, { headers: { Accept: "text/html" }, redirect: "error" });
      if (!answer.ok) throw new Error("refused");
      slideIn(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      location.assign(link.href);
    }
  }

  function slideIn(page) {
    const fresh = find("[data-fresh]", page);
    link.dataset.fresh = fresh.dataset.fresh;
    link.dataset.rows = fresh.dataset.rows;
    const rows = all("[data-case]", fresh).map((row) => document.importNode(row, true));
    for (const row of rows) {
      find(`[data-case="${row.dataset.case}"]`, list)?.remove();
      row.classList.add("is-fresh");
    }
    list.prepend(...rows);
    announce(0);
    if (rows.length) linkOf(rows[0]).focus();
    countTicks();
  }

  link.addEventListener("click", show);
  document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? ask() : clearTimeout(timer)));
  plan();
}

function recount(views) {
  for (const link of all("[data-view]")) {
    const count = views[link.dataset.view];
    if (count !== undefined) find(".count", link).textContent = count;
  }
}

// Ticking
const ticks = () => all("input[name=cases]");

function countTicks() {
  if (!bulk) return;
  const count = ticks().filter((tick) => tick.checked).length;
  const line = find("[data-ticked]", bulk);
  line.textContent = count ? (count === 1 ? line.dataset.one : line.dataset.many).replace("{count}", count) : "";
}

function tickAll(box) {
  box.removeAttribute("name"); // each case says for itself whether it is ticked, also those that slid in
  box.addEventListener("change", () => {
    for (const tick of ticks()) tick.checked = box.checked;
    countTicks();
  });
  document.addEventListener("change", (event) => {
    if (event.target.name !== "cases") return;
    box.checked = ticks().every((tick) => tick.checked);
    countTicks();
  });
  countTicks();
}

function showWhereNeeded(field) {
  const choice = find("[name=act]", bulk);
  const show = () => (field.hidden = choice.value !== field.dataset.onlyFor);
  choice.addEventListener("change", show);
  show();
}

function perform(act) {
  const row = currentRow();
  if (!bulk || ![...find("[name=act]", bulk).options].some((option) => option.value === act)) return;
  if (!ticks().some((tick) => tick.checked)) {
    const tick = row && find("input[name=cases]", row);
    if (!tick) return;
    tick.checked = true;
  }
  find("[name=act]", bulk).value = act;
  bulk.requestSubmit();
}

// Keys
const linkOf = (row) => find("h2 a", row);
const currentRow = () => document.activeElement?.closest("[data-case]");

function move(step) {
  const rows = all("[data-case]", list ?? document);
  const at = rows.indexOf(currentRow());
  const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
  if (!next) return;
  linkOf(next).focus();
  next.scrollIntoView({ block: "nearest" });
}

function tickRow() {
  const row = currentRow();
  if (row) find("input[name=cases]", row)?.click();
}

const ACTS = {
  j: () => move(1),
  k: () => move(-1),
  o: () => currentRow() && linkOf(currentRow()).click(),
  x: tickRow,
  a: () => perform("take"),
  e: () => perform("closed"),
  u: () => find("form[data-undo]")?.requestSubmit(),
  "/": () => document.getElementById("q").focus(),
};

const isTyping = (element) =>
  element.isContentEditable || element.matches("textarea, select, input:not([type=checkbox]):not([type=radio])");

// Kept as a cookie of the desk's own path: it says one word, and nothing about anybody.
const areOn = () => !document.cookie.split("; ").includes(`${KEYS_COOKIE}=off`);

function turn(isOn) {
  const lifetime = isOn ? "Max-Age=0" : "Max-Age=31536000";
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${KEYS_COOKIE}=off; Path=/desk; SameSite=Strict; ${lifetime}${secure}`;
}

function listenForKeys(dialog) {
  const setting = find("[data-keys-on]", dialog);
  const status = find("[data-keys-status]");
  const open = find("[data-keys-open]");
  open.hidden = false;
  open.addEventListener("click", () => dialog.showModal());
  setting.checked = areOn();
  setting.addEventListener("change", () => {
    turn(setting.checked);
    status.textContent = setting.checked ? status.dataset.on : status.dataset.off;
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open || isTyping(event.target) || !areOn()) return;
    const act = event.key === "?" ? () => dialog.showModal() : ACTS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

all("a[data-fresh]").forEach(watch);
all("[data-tick-all]").forEach(tickAll);
all("[data-only-for]").forEach(showWhereNeeded);
all("dialog[data-keys]").forEach(listenForKeys);
