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

  let after = list.dataset.after; // the position of the last message
  let socket = null;

  const handle = {
    said: data => add(data),
    presence: data => { present.textContent = data.join(", ") || "nobody"; },
    gap: () => location.reload(), // something was missed
  };

  // A socket is opened again when it has ended, until the server refuses it. Where none can be opened
  // at all, the stream of events takes its place.
  function open(failures = 0) {
    const address = new URL(list.dataset.socket + "?after=" + encodeURIComponent(after), location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const ws = new WebSocket(address);
    let opened = false;
    ws.onopen = () => { opened = true; socket = ws; state.textContent = ""; };
    ws.onmessage = event => {
      const message = JSON.parse(event.data);
      after = message.id;
      handle[message.name]?.(message.data);
    };
    ws.onclose = event => {
      socket = null;
      if (event.code === 1008) {
        state.textContent = "The connection has ended: " + event.reason;
      } else if (!opened && failures === 2 && navigator.onLine) {
        stream();
      } else {
        state.textContent = "Connecting again …";
        setTimeout(open, 1000, opened ? 0 : failures + 1);
      }
    };
  }

  // The browser opens a stream again by itself, and says which event it had last.
  function stream() {
    const source = new EventSource(list.dataset.events + "?after=" + encodeURIComponent(after));
    source.onopen = () => { state.textContent = ""; };
    source.onerror = () => {
      state.textContent = source.readyState === EventSource.CLOSED ? "The connection has ended. Load the page again." : "Connecting again …";
    };
    for (const name in handle) {
      source.addEventListener(name, event => handle[name](event.data && JSON.parse(event.data)));
    }
  }

  if (new URLSearchParams(location.search).has("stream")) stream(); else open();
  log.scrollTop = log.scrollHeight;

  form?.addEventListener("submit", async event => {
    event.preventDefault();
    if (socket) {
      socket.send(JSON.stringify({ text: form.elements.text.value }));
      form.reset();
      return;
    }
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
