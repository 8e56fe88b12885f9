// Leaving in a hurry: the screen is emptied first, then what this phone holds is deleted, then another page is opened.

import { forgetAll } from "./waiting.js";

const LONGEST_WAIT_MILLISECONDS = 600;
const ESCAPES = 3;
const ESCAPES_WITHIN_MILLISECONDS = 3_000;
const EMPTY_PAGE = "about:blank"; // without a network any other address would show an error that names it

/** Delete reports, kept pages and the service worker itself. */
export async function forgetEverything() {
  const names = await caches.keys();
  await Promise.all([forgetAll(), ...names.map((name) => caches.delete(name))]);
  const registrations = navigator.serviceWorker ? await navigator.serviceWorker.getRegistrations() : [];
  await Promise.all(registrations.map((registration) => registration.unregister()));
}

/** Take over the page's own way out: it wouldn't wait until everything is deleted. */
export function guardWayOut(link) {
  addEventListener("click", (event) => link.contains(event.target) && leave(event, link.href), true);
  addEventListener("keydown", onThirdEscape((event) => leave(event, link.href)), true);
}

async function leave(event, address) {
  event.preventDefault();
  event.stopImmediatePropagation();
  document.body.textContent = "";
  document.title = " ";
  const longest = new Promise((go) => setTimeout(go, LONGEST_WAIT_MILLISECONDS));
  await Promise.race([forgetEverything().catch(() => {}), longest]);
  location.replace(navigator.onLine ? address : EMPTY_PAGE);
}

function onThirdEscape(act) {
  let pressed = [];
  return (event) => {
    if (event.key !== "Escape") return;
    pressed = [...pressed.slice(1 - ESCAPES), event.timeStamp];
    if (pressed.length === ESCAPES && event.timeStamp - pressed[0] < ESCAPES_WITHIN_MILLISECONDS) act(event);
  };
}
