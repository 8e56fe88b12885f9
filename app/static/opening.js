// Counts down what is open, and takes it off the page when the time is over.
(() => {
  const left = document.querySelector("[data-seconds-left]");
  const shown = document.querySelector(".opened");
  if (!left || !shown) return;
  const end = Date.now() + Number(left.dataset.secondsLeft) * 1000;
  const clock = document.createElement("span");
  clock.setAttribute("aria-hidden", "true");
  left.after(" ", clock);
  const tick = () => {
    const seconds = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds > 0) return;
    shown.remove();
    window.location.reload();
  };
  tick();
  const every = setInterval(() => { tick(); if (Date.now() >= end) clearInterval(every); }, 1000);
})();
