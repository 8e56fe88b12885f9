// A voice note: recorded, stopped by its speaker or the clock, then treated as any other file.

import { make } from "./entry.js";

const BITS_A_SECOND = 16_000; // speech is understood, and a minute is 120 kB
const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

/** A press on the button records, the next one stops. */
export function recordOn(button, list, words, longestSeconds, keep, say) {
  const usual = button.textContent;
  const clock = make("span", { className: "soft" });
  let running;
  button.after(" ", clock);
  button.addEventListener("click", () => (running ? running.stop() : start()));
  addEventListener("pagehide", () => running && running.stop());

  async function start() {
    button.disabled = true;
    try {
      running = record(await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } }));
    } catch {
      say(words.silent);
    }
    button.disabled = false;
  }

  function record(stream) {
    const parts = [];
    const recorder = new MediaRecorder(stream, { mimeType: kind(), audioBitsPerSecond: BITS_A_SECOND });
    const started = Date.now();
    const ticking = setInterval(tick, 1000);
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.onstop = () => {
      clearInterval(ticking);
      stream.getTracks().forEach((track) => track.stop());
      running = undefined;
      button.textContent = usual;
      clock.textContent = "";
      const sound = new Blob(parts, { type: recorder.mimeType });
      if (sound.size) keep(sound);
    };
    recorder.start(1000); // in parts, so that little is lost where the browser stops by itself
    button.textContent = words.stop;
    tick();
    return recorder;

    function tick() {
      const seconds = Math.round((Date.now() - started) / 1000);
      clock.textContent = `${words.recording} ${minutes(seconds)} / ${minutes(longestSeconds)}`;
      if (seconds >= longestSeconds && recorder.state === "recording") recorder.stop();
    }
  }
}

function kind() {
  return KINDS.find((type) => MediaRecorder.isTypeSupported(type));
}

function minutes(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
