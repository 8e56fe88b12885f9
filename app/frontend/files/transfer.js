// One file on its way: begun, cut, taken up again, with growing pauses, until it is there or refused.

import { Upload } from "tus-js-client";

const PIECE_BYTES = 512 * 1024; // a request each, so that none lasts for ever
const PAUSES_MILLISECONDS = [1_000, 3_000, 10_000, 30_000];
const LAST_PAUSE_MILLISECONDS = 60_000;
const FULL = 507;

/** Starts at once. `tell` is called with begun(token), moved(percent), there(), paused() and refused(). */
export function startTransfer(file, { to, token }, tell) {
  const transfer = { state: "moving", percent: 0, isBegun: false, remove, again, stop };
  let timer;
  const upload = new Upload(file, {
    endpoint: to,
    chunkSize: PIECE_BYTES,
    headers: { "Seere-Form": token },
    retryDelays: PAUSES_MILLISECONDS,
    storeFingerprintForResuming: false,
    fingerprint: async () => null,
    onUploadUrlAvailable: () => begun(),
    onProgress: (sent, size) => moved(sent, size),
    onShouldRetry: (error) => isWorthRetrying(error),
    onSuccess: () => end("there"),
    onError: (error) => (isWorthRetrying(error) ? pause() : end("refused")),
  });
  addEventListener("online", goOn);
  upload.start();
  return transfer;

  function begun() {
    transfer.isBegun = true;
    tell.begun(upload.url.split("/").pop());
  }

  function moved(sent, size) {
    transfer.state = "moving";
    transfer.percent = size ? Math.floor((100 * sent) / size) : 100;
    tell.moved(transfer.percent);
  }

  function end(state) {
    transfer.state = state;
    tell[state]();
  }

  function pause() {
    transfer.state = "paused";
    tell.paused();
    timer = setTimeout(goOn, LAST_PAUSE_MILLISECONDS);
  }

  function goOn() {
    if (transfer.state !== "paused") return;
    again();
  }

  function again() {
    clearTimeout(timer);
    transfer.state = "moving";
    upload.start();
  }

  function stop() {
    transfer.state = "stopped";
    clearTimeout(timer);
    removeEventListener("online", goOn);
    return upload.abort();
  }

  function remove() {
    clearTimeout(timer);
    removeEventListener("online", goOn);
    transfer.state = "removed";
    upload.abort(true).catch(() => {}); // what stays is erased after a day
  }
}

/** No answer, a busy or ill server, or somebody who sent at the same time: that passes. */
function isWorthRetrying(error) {
  const answer = error.originalResponse;
  const status = answer ? answer.getStatus() : 0;
  return status === 0 || status === 409 || (status >= 500 && status !== FULL);
}
