// Shows what is said as it is said. Without this script the page works by being loaded again.
"use strict";
(() => {
  const log = document.getElementById("log");
  const list = document.getElementById("remarks");
  const present = document.getElementById("present");
  const state = document.getElementById("state");
  const form = document.getElementById("say");

  function add(said) {
    const item = document.createElement("li");
    const who = document.createElement("b");
    who.textContent = said.who;
    const time = document.createElement("time");
    time.dateTime = said.at;
    time.textContent = said.at.slice(11, 16);
    const text = document.createElement("span");
    text.textContent = said.text;
    item.append(who, " ", time, " ", text);
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    list.append(item);
    if (atEnd) log.scrollTop = log.scrollHeight;
  }

  // The browser connects again by itself, and says which event it had last.
  const source = new EventSource(list.dataset.events);
  source.onopen = () => { state.textContent = ""; };
  source.onerror = () => {
    state.textContent = source.readyState === EventSource.CLOSED ? "The connection has ended. Load the page again." : "Connecting again …";
  };
  source.addEventListener("said", event => add(JSON.parse(event.data)));
  source.addEventListener("presence", event => { present.textContent = JSON.parse(event.data).join(", ") || "nobody"; });
  source.addEventListener("gap", () => location.reload());
  log.scrollTop = log.scrollHeight;

  form?.addEventListener("submit", async event => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form));
    try {
      const response = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
      if (response.ok) {
        form.reset();
      } else {
        state.textContent = "The message was not sent (" + response.status + ").";
      }
    } catch {
      state.textContent = "The message was not sent. Are you online?";
    }
  });
})();
