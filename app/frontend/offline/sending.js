// Handing over what waits, exactly once: the key made on the phone lets the server recognise a repetition, and a
// report is forgotten only after its code is held. Runs in the page and in the service worker alike.

import { asJson, proofFor } from "./proof.js";
import { everything, noteArrival } from "./waiting.js";

const PATIENCE_MILLISECONDS = 90_000; // 64 kB at the pace of 2G
const LOCK = "sending";

/** How handing over ended: `arrived`; `later`, to be tried again; `refused`, which trying again won't change. */
export const Outcome = Object.freeze({ ARRIVED: "arrived", LATER: "later", REFUSED: "refused" });

/**
 * Send everything that waits, one after the other; `tell(key, outcome)` hears of each, and with "sending" before.
 * Resolves to whether nothing is left to be tried again.
 */
export async function sendAll(tell = () => {}) {
  let isDone = true;
  await alone(async () => {
    for (const report of (await everything()).filter(isWaiting)) {
      tell(report.key, "sending");
      const outcome = await send(report);
      tell(report.key, outcome);
      if (outcome === Outcome.LATER) isDone = false;
    }
  });
  return isDone;
}

/** Whether a report has yet to arrive. */
export function isWaiting(report) {
  return !report.code;
}

/** Page and service worker need not send the same bytes twice over a thin line; twice would do no other harm. */
function alone(work) {
  return navigator.locks ? navigator.locks.request(LOCK, work) : work();
}

async function send(report) {
  const patience = new AbortController();
  const clock = setTimeout(() => patience.abort(), PATIENCE_MILLISECONDS);
  try {
    return await settled(report, await handedOver(report, patience.signal));
  } catch {
    return Outcome.LATER; // no network, or not for long enough
  } finally {
    clearTimeout(clock);
  }
}

async function handedOver({ key, sealed, consent, language }, signal) {
  const proof = await proofFor(key, signal);
  const content = { key, sealed: base64(sealed), consent, language, proof };
  return fetch("/sealed", { method: "POST", signal, ...asJson(content) });
}

async function settled(report, answer) {
  if (answer.ok) {
    await noteArrival(report.key, (await answer.json()).code);
    return Outcome.ARRIVED;
  }
  return answer.status === 400 || answer.status === 413 ? Outcome.REFUSED : Outcome.LATER;
}

function base64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
