// Sealing on the phone, byte for byte as app/sealing.py does it: what is sealed here only workers can open.
// A module of its own, fetched when there is something to seal: libsodium weighs more than everything else together.

import sodium from "libsodium-wrappers";

const VERSION = 1;
const KEY_ID_BYTES = 8;
const PADDING_BLOCK_BYTES = 256;

/** Seal what can be put as JSON to an X25519 public key (32 bytes); resolves to a Uint8Array. */
export async function seal(content, publicKey) {
  await sodium.ready;
  const padded = sodium.pad(new TextEncoder().encode(asciiJson(content)), PADDING_BLOCK_BYTES);
  return joined([VERSION], await keyId(publicKey), sodium.crypto_box_seal(padded, publicKey));
}

/** The eight bytes that tell workers which private key opens it. */
async function keyId(publicKey) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", publicKey)).slice(0, KEY_ID_BYTES);
}

/** Half a pair of surrogates, which phones do send, would not survive UTF-8; as an escape it does. */
function asciiJson(content) {
  return JSON.stringify(content).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
