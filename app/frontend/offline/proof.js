// The proof of work that lets a network send more (app/public/proof.py). A report goes without it just as well.

const PAUSE_EVERY = 500; // tries, so that the page stays usable on a slow phone

/** A proof for the report with this key; empty when the server wants none. Rejects where there is no network. */
export async function proofFor(key, signal) {
  const answer = await fetch("/challenge", { method: "POST", signal, ...asJson({ token: key }) });
  return answer.ok ? solved(await answer.json()) : "";
}

/** The parts of a request that carry JSON. */
export function asJson(content) {
  return { headers: { "Content-Type": "application/json" }, body: JSON.stringify(content) };
}

/** Find the number whose digest, after the salt, is the challenge. */
async function solved({ challenge, salt, signature, highest }) {
  for (let number = 0; number <= highest; number += 1) {
    if ((await hexDigest(salt + number)) === challenge) {
      return btoa(JSON.stringify({ algorithm: "SHA-256", challenge, number, salt, signature }));
    }
    if (number % PAUSE_EVERY === PAUSE_EVERY - 1) await new Promise((go) => setTimeout(go, 20));
  }
  return "";
}

async function hexDigest(text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
