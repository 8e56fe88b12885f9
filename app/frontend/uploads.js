// Files go up as soon as they are chosen, piece by piece, and go on after a cut. Loaded with the first file chosen.
// Nothing is stored on the phone, and what a file is called stays on it. Every word is in the template.

import { addEntry } from "./files/entry.js";
import { holdForm } from "./files/holding.js";
import { recordOn } from "./files/recorder.js";
import { goOnBehind, staysHere } from "./files/staying.js";
import { startTransfer } from "./files/transfer.js";

const input = document.getElementById("files");
const recordButton = document.getElementById("record");
const words = JSON.parse(input.dataset.words);
const list = document.createElement("ul");
const said = document.createElement("p");
const transfers = new Set();
const here = staysHere(input.form);
const held = holdForm(input.form, words, transfers, { staysHere: here });
const behind = here && goOnBehind(input, words, transfers);

list.className = "files";
said.setAttribute("role", "status"); // what a screen reader is told; the numbers beside each file change too often
input.after(list, said);
input.addEventListener("change", takeChosen);
recordOn(recordButton, list, words, Number(input.dataset.seconds), (sound) => take(sound, words.voice, true), say);
takeChosen();
if (document.currentScript.dataset.record) recordButton.click();

/** The input is emptied: what it held would be sent a second time with the form. */
function takeChosen() {
  for (const file of [...input.files]) take(file, file.name, false);
  input.value = "";
}

function take(file, name, isSound) {
  if (transfers.size >= Number(input.dataset.most)) return say(words.many);
  if (file.size > Number(input.dataset.largest)) return say(`${name}: ${words.large}`);
  const entry = addEntry(list, name, isSound ? file : null, words);
  const transfer = startTransfer(file, input.dataset, {
    begun: (token) => (entry.keep(token), look()),
    moved: (percent) => (entry.show(percent), look()),
    there: () => (entry.there(), say(`${name}: ${words.there}`), look()),
    paused: () => (entry.trouble(words.paused), look()),
    refused: () => (entry.trouble(words.refused, transfer.again), say(`${name}: ${words.refused}`), look()),
  });
  transfers.add(transfer);
  entry.onRemove(() => {
    transfers.delete(transfer);
    transfer.remove();
    look();
    (recordButton.hidden ? input : recordButton).focus();
  });
  return transfer;
}

function look() {
  held.look();
  if (behind) behind.look();
}

function say(text) {
  said.textContent = text;
}
