// One line of the list of files: what it is called here, how far it is, a way to remove it.

/** `sound` is a recording to listen to, or null. */
export function addEntry(list, name, sound, words) {
  const item = document.createElement("li");
  const title = make("strong", { textContent: name || fill(words.name, list.children.length + 1) });
  const bar = make("progress", { max: 100, value: 0 });
  const note = make("span", { textContent: fill(words.percent, 0) });
  const removal = button(words.remove);
  const token = make("input", { type: "hidden", name: "file" });
  bar.setAttribute("aria-label", title.textContent);
  bar.style.width = "100%";
  item.append(title, " ", bar, " ", note, " ", removal);
  const player = sound && addPlayer(item, sound);
  removal.setAttribute("aria-label", `${words.remove}: ${title.textContent}`);
  list.append(item);
  let retry;

  return {
    keep(value) {
      token.value = value;
      item.append(token);
    },
    show(percent) {
      forget();
      bar.value = percent;
      note.textContent = fill(words.percent, percent);
    },
    there() {
      forget();
      bar.remove();
      note.textContent = words.there;
    },
    trouble(text, again) {
      forget();
      note.textContent = text;
      if (!again) return;
      retry = button(words.again);
      retry.addEventListener("click", () => (forget(), again()));
      removal.before(retry, " ");
    },
    onRemove(act) {
      removal.addEventListener("click", () => {
        if (player) URL.revokeObjectURL(player.src);
        item.remove();
        act();
      });
    },
  };

  function forget() {
    if (retry) retry.remove();
    retry = undefined;
  }
}

export function button(text) {
  return make("button", { type: "button", className: "link", textContent: text });
}

/** Whether a transfer has not come to an end. */
export function isOnItsWay({ state }) {
  return state === "moving" || state === "paused";
}

export function make(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

function addPlayer(item, sound) {
  const player = make("audio", { controls: true, src: URL.createObjectURL(sound) });
  player.style.width = "100%";
  item.append(player);
  return player;
}

function fill(text, value) {
  return text.replace("#", value);
}
