// What this phone holds: sealed reports that wait, and the codes of those that arrived until they are noted.
// Nothing in it can be read: no text, no time, no size but that of the padded box.

import { deleteDB, openDB } from "idb";

const DATABASE = "app"; // a name that says nothing
const STORE = "waiting";

/** Keep a sealed report: {key, sealed, consent, language}. Resolves once it is on the disk. */
export async function keep(report) {
  const database = await open((fresh) => fresh.createObjectStore(STORE, { keyPath: "key" }));
  return within(database, "readwrite", (store) => store.add({ ...report, code: "" }));
}

/** Everything that is held. A report has arrived once its `code` isn't empty. */
export async function everything() {
  return (await withStore("readonly", (store) => store.getAll())) || [];
}

/** Forget what was sealed and keep the code. What was deleted meanwhile stays deleted. */
export function noteArrival(key, code) {
  return withStore("readwrite", async (store) => {
    if (await store.get(key)) await store.put({ key, code });
  });
}

/** Forget one report, or the code of one; with the last of them, the database too. */
export async function forget(key) {
  await withStore("readwrite", (store) => store.delete(key));
  if ((await everything()).length === 0) await forgetAll();
}

/** Leave nothing, not even the empty database. */
export function forgetAll() {
  return deleteDB(DATABASE);
}

/** Nothing but `keep` makes the database: else sending that was under way would make it again after it was deleted. */
async function withStore(mode, work) {
  const database = await open(makeNothing).catch(absent);
  return database && within(database, mode, work);
}

function makeNothing(_fresh, _before, _after, upgrade) {
  upgrade.done.catch(() => {}); // that it fails is what we want of it
  upgrade.abort();
}

function absent(error) {
  if (error.name !== "AbortError") throw error;
}

function open(upgrade) {
  return openDB(DATABASE, 1, { upgrade, blocking: (_before, _after, event) => event.target.close() });
}

/** Closed again each time, so that nothing holds up a deletion. */
async function within(database, mode, work) {
  try {
    const transaction = database.transaction(STORE, mode, { durability: "strict" });
    const result = await work(transaction.store);
    await transaction.done;
    return result;
  } finally {
    database.close();
  }
}
