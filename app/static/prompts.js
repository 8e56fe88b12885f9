// Records a prompt in the browser, and turns whatever the browser can play into what a telephone can: WAV, 8 kHz, mono.
// Without script one chooses a WAV or MP3 file, and everything else is the same.
"use strict";

const TELEPHONE_HERTZ = 8000;
const LONGEST_MILLISECONDS = 60000;
const PLAYABLE = ["audio/mpeg", "audio/mp3", "audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"];

async function toTelephone(blob) {
  const decoder = new OfflineAudioContext(1, 1, TELEPHONE_HERTZ);
  const sound = await decoder.decodeAudioData(await blob.arrayBuffer());
  const mixer = new OfflineAudioContext(1, Math.max(1, Math.ceil(sound.duration * TELEPHONE_HERTZ)), TELEPHONE_HERTZ);
  const source = mixer.createBufferSource();
  source.buffer = sound;
  source.connect(mixer.destination);
  source.start();
  return wave((await mixer.startRendering()).getChannelData(0));
}

function wave(samples) {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const letters = (at, text) => [...text].forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)));
  letters(0, "RIFF");
  view.setUint32(4, 36 + samples.length * 2, true);
  letters(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // linear PCM
  view.setUint16(22, 1, true); // one channel
  view.setUint32(24, TELEPHONE_HERTZ, true);
  view.setUint32(28, TELEPHONE_HERTZ * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  letters(36, "data");
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, index) => {
    view.setInt16(44 + index * 2, Math.max(-1, Math.min(1, sample)) * 0x7fff, true);
  });
  return new File([view], "prompt.wav", { type: "audio/wav" });
}

function connect(form) {
  const [record, stop] = [form.querySelector("[data-record]"), form.querySelector("[data-stop]")];
  const [says, preview] = [form.querySelector("[data-says]"), form.querySelector("[data-preview]")];
  const field = form.elements.sound;

  function put(file) {
    const files = new DataTransfer();
    files.items.add(file);
    field.files = files.files;
    const player = document.createElement("audio");
    player.controls = true;
    player.src = URL.createObjectURL(file);
    player.setAttribute("aria-label", form.dataset.ready);
    preview.replaceChildren(player);
    preview.hidden = false;
    says.textContent = form.dataset.ready;
  }

  async function convert(blob) {
    try {
      put(await toTelephone(blob));
    } catch {
      says.textContent = form.dataset.unreadable;
    }
  }

  async function start() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      says.textContent = form.dataset.refused;
      return;
    }
    const [recorder, parts] = [new MediaRecorder(stream), []];
    const end = () => recorder.state === "recording" && recorder.stop();
    const timer = setTimeout(end, LONGEST_MILLISECONDS);
    recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
    recorder.addEventListener("stop", () => {
      clearTimeout(timer);
      stream.getTracks().forEach((track) => track.stop());
      [record.hidden, stop.hidden] = [false, true];
      record.focus();
      convert(new Blob(parts, { type: recorder.mimeType }));
    });
    stop.onclick = end;
    recorder.start();
    [record.hidden, stop.hidden] = [true, false];
    stop.focus();
    says.textContent = form.dataset.recording;
  }

  field.addEventListener("change", () => {
    const file = field.files[0];
    if (file && !PLAYABLE.includes(file.type)) convert(file);
  });
  record.addEventListener("click", start);
  record.hidden = !(navigator.mediaDevices && window.MediaRecorder);
}

if (window.OfflineAudioContext && window.DataTransfer) document.querySelectorAll("[data-prompt]").forEach(connect);
