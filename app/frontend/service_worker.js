// Keeps the one page on which people write without a network, and what that page is made of. Nothing else of the
// site passes through here: every other request goes its way as if this weren't installed.
// The server writes a line before this file that sets `kept`: {cache, page, addresses}.

import { sendAll } from "./offline/sending.js";

const { cache: CACHE, page: PAGE, addresses: ADDRESSES } = self.kept;
const PATHS = new Set(ADDRESSES.map(pathOf));

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("sync", (event) => event.waitUntil(sendInBackground()));
addEventListener("fetch", (event) => {
  if (isKept(event.request)) event.respondWith(fromCacheFirst(event.request));
});

async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll(ADDRESSES.map((address) => new Request(address, { cache: "reload" })));
  await skipWaiting();
}

/** What an earlier version kept is removed. */
async function activate() {
  const earlier = (await caches.keys()).filter((name) => name !== CACHE);
  await Promise.all(earlier.map((name) => caches.delete(name)));
  await clients.claim();
}

/** The browser calls again, later, as long as this fails. */
async function sendInBackground() {
  if (!(await sendAll())) throw new Error("not yet");
  for (const client of await clients.matchAll()) client.postMessage("sent");
}

function isKept(request) {
  const isOurs = new URL(request.url).origin === location.origin;
  return request.method === "GET" && isOurs && PATHS.has(pathOf(request.url));
}

/** Cached first, whatever stands behind the question mark but for the page's language; the network for the rest. */
async function fromCacheFirst(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreSearch: pathOf(request.url) !== pathOf(PAGE) });
  return kept || fromNetwork(cache, request);
}

/** The page in another language is fetched where it can be; else there is the one that is kept. */
async function fromNetwork(cache, request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await cache.match(PAGE);
    if (kept && pathOf(request.url) === pathOf(PAGE)) return kept;
    throw error;
  }
}

function pathOf(address) {
  return new URL(address, location.origin).pathname;
}
