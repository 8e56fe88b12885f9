// The handset without reloading: sends, asks for what has come (often just after sending, then every two seconds), and
// keeps the conversation in the page.
(function () {
  "use strict";
  var POLL_MILLISECONDS = 2000;
  var HURRY_MILLISECONDS = 400;
  var HURRIED_FOR_MILLISECONDS = 8000; // an answer comes by the outbox: seconds
  var form = document.getElementById("handset");
  var list = document.getElementById("entries");
  var empty = document.querySelector(".empty");
  var talk = document.querySelector(".talk");
  var failure = document.getElementById("failure");
  var send = form.querySelector(".do");
  var code = /\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b/g;
  var entries = JSON.parse(form.conversation.value || "[]");
  var hurryUntil = 0;
  var timer = 0;

  function part(kind, text) {
    var span = document.createElement("span");
    span.className = kind;
    span.textContent = text;
    return span;
  }

  function bubble(entry) {
    var item = document.createElement("li");
    item.className = entry.is_mine ? "mine" : "theirs";
    var who = entry.is_mine ? form.dataset.you : form.dataset.they;
    item.append(part("who", who + ":"), " ", part("words", entry.text), " ", part("time", entry.time));
    return item;
  }

  function offerStatus(text) {
    var found = text.match(code);
    var chip = form.querySelector("[data-status]");
    if (found && chip) {
      chip.value = chip.textContent = "STATUS " + found[found.length - 1];
    }
  }

  function add(fresh) {
    fresh.forEach(function (entry) {
      if (entries.some(function (known) { return known.id === entry.id; })) return;
      entries.push(entry);
      list.append(bubble(entry));
      if (!entry.is_mine) offerStatus(entry.text);
      if (!entry.is_mine) hurryUntil = 0;
      talk.scrollTop = talk.scrollHeight;
    });
    form.conversation.value = JSON.stringify(entries);
    empty.hidden = entries.length > 0;
  }

  function tell(problem) {
    failure.hidden = !problem;
    failure.textContent = problem;
  }

  function post(address, text, more) {
    var body = new URLSearchParams({ token: form.token.value, lang: form.lang.value, number: form.number.value, text: text });
    if (more) body.set(more.name, more.value);
    return fetch(address, { method: "POST", body: body, headers: { Accept: "application/json" } }).then(function (answer) {
      return answer.json();
    }).then(function (answer) {
      if (answer.token) form.token.value = answer.token;
      return answer;
    });
  }

  function say(answer) {
    add(answer.entries || []);
    var problems = Object.values(answer.problems || {});
    tell(problems.length ? problems.join(" ") : answer.entries ? "" : form.dataset.failed);
    return { isSent: problems.length === 0 && Boolean(answer.entries), wrong: answer.problems && answer.problems.number };
  }

  function sendText(more) {
    send.disabled = true;
    post(form.action, form.text.value, more).then(say).then(function (outcome) {
      if (outcome.isSent && !more) form.text.value = "";
      if (outcome.isSent && !more) hurry();
      (outcome.wrong ? form.number : form.text).focus();
    }).catch(function () {
      tell(form.dataset.failed);
    }).finally(function () {
      send.disabled = false;
    });
  }

  function poll() {
    var isAway = document.hidden || !form.number.value;
    var asked = isAway ? Promise.resolve() : post(form.dataset.received, "").then(function (answer) {
      add(answer.entries || []);
    });
    asked.catch(function () {}).finally(function () {
      plan(Date.now() < hurryUntil ? HURRY_MILLISECONDS : POLL_MILLISECONDS);
    });
  }

  function plan(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(poll, milliseconds);
  }

  function hurry() {
    hurryUntil = Date.now() + HURRIED_FOR_MILLISECONDS;
    plan(HURRY_MILLISECONDS);
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (event.submitter && event.submitter.name === "fill") {
      form.text.value = event.submitter.value;
      form.text.focus();
    } else if (event.submitter && event.submitter.name === "ring") {
      sendText(event.submitter);
    } else if (event.submitter === send || !event.submitter) {
      sendText();
    }
  });
  document.getElementById("check").hidden = true; // the script looks by itself
  talk.scrollTop = talk.scrollHeight;
  plan(POLL_MILLISECONDS);
})();
