// The page on which people write without a network. Every word on it is in the template (templates/public/app.html).

import { guardWayOut } from "./offline/leaving.js";
import { showList } from "./offline/list.js";
import { sendAll } from "./offline/sending.js";
import { everything, keep } from "./offline/waiting.js";
import { consentIn, hasText, reportIn } from "./offline/writing.js";

const SHORTEST_PAUSE_MILLISECONDS = 15_000;
const LONGEST_PAUSE_MILLISECONDS = 300_000;
const LARGEST_SEALED_BYTES = 64_000; // what the server takes

const page = document.getElementById("offline");
const form = document.getElementById("write");
const list = showList(document.getElementById("held"));
let pause = SHORTEST_PAUSE_MILLISECONDS;
let nextTry;

start();

async function start() {
  guardWayOut(document.querySelector(".leave"));
  if (!(await canSeal())) return reveal("unable");
  reveal("write");
  form.addEventListener("submit", (event) => {
    event.preventDefault(); // else the browser would send it in the clear to the form of the first page
    lockAndSend();
  });
  addEventListener("online", tryNow);
  document.addEventListener("visibilitychange", () => document.hidden || tryNow());
  navigator.serviceWorker.addEventListener("message", () => list.refresh());
  navigator.serviceWorker.register(page.dataset.worker, { scope: page.dataset.scope }).then(markInstalled, () => {});
  await list.refresh();
  return tryNow();
}

/** Locking needs a connection that nobody changes on the way (https), storage, and a browser of the last years. */
async function canSeal() {
  if (!isSecureContext || !navigator.serviceWorker || !window.indexedDB || !window.WebAssembly) return false;
  try {
    new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])); // the smallest: is it allowed here?
    await everything(); // private windows of some browsers keep nothing
    return true;
  } catch {
    return false;
  }
}

async function markInstalled() {
  await navigator.serviceWorker.ready;
  reveal("ready");
}

async function lockAndSend() {
  const report = reportIn(form);
  if (!hasText(report)) return complain("empty", "text");
  const { seal } = await import(page.dataset.sealing);
  const sealed = await seal(report, bytesOf(page.dataset.key));
  if (sealed.length > LARGEST_SEALED_BYTES) return complain("long", "text");
  await keep({ key: newKey(), sealed, consent: consentIn(form), language: page.dataset.language });
  form.reset();
  complain("");
  await list.refresh({ andShow: true });
  await askForBackground();
  return tryNow();
}

/** Where the browser can, it wakes the service worker once there is a network, even with this page closed. */
async function askForBackground() {
  const registration = await navigator.serviceWorker.getRegistration();
  if (registration && registration.sync) await registration.sync.register("send").catch(() => {});
}

function tryNow() {
  pause = SHORTEST_PAUSE_MILLISECONDS;
  return trySending();
}

async function trySending() {
  clearTimeout(nextTry);
  if (!navigator.onLine) return;
  const isDone = await sendAll(list.tell);
  await list.refresh();
  if (isDone) return;
  nextTry = setTimeout(trySending, pause);
  pause = Math.min(2 * pause, LONGEST_PAUSE_MILLISECONDS);
}

function reveal(id) {
  document.getElementById(id).hidden = false;
}

/** Say what is wrong beside the field, and go there; nothing takes back what was said before. */
function complain(problem, field) {
  for (const said of form.querySelectorAll("[data-problem]")) said.hidden = said.dataset.problem !== problem;
  form.elements.text.setAttribute("aria-invalid", String(Boolean(problem)));
  if (field) form.elements[field].focus();
}

/** By what the server knows a report that comes twice: sixteen random bytes, made here. */
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
