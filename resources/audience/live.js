"use strict";
// Where captions come from: the page's own server. `take` gets each message, `tell` whether there is a connection.
// A script does not see pings, so the server sends a message every 15 s; a phone that slept has a dead socket.

const AGAIN_FIRST_MS = 250;
const AGAIN_MOST_MS = 15000;
const SILENCE_MS = 20000;
const DEAD_MS = 40000;

function follow(take, tell) {
  const place = location.pathname.replace(/\/+$/, "");
  let socket = null;
  let wait = AGAIN_FIRST_MS;
  let heardAt = 0;
  let timer = 0;

  function open() {
    clearTimeout(timer);
    if (socket) {
      socket.onclose = socket.onmessage = null;
      socket.close();
    }
    heardAt = Date.now();
    socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${place}/live`);
    socket.onmessage = (event) => {
      heardAt = Date.now();
      wait = AGAIN_FIRST_MS;
      watch();
      tell(true);
      let message = null;
      try { message = JSON.parse(event.data); } catch (error) { return; }
      take(message);
    };
    socket.onclose = () => {
      tell(false);
      clearTimeout(timer);
      timer = setTimeout(open, wait * (0.5 + Math.random()));
      wait = Math.min(2 * wait, AGAIN_MOST_MS);
    };
    watch();
  }

  function watch() {
    clearTimeout(timer);
    timer = setTimeout(() => { tell(false); open(); }, DEAD_MS);
  }

  function wake() {
    if (document.hidden) return;
    if (socket.readyState > WebSocket.OPEN || Date.now() - heardAt > SILENCE_MS) {
      wait = AGAIN_FIRST_MS;
      open();
    }
  }

  document.addEventListener("visibilitychange", wake);
  addEventListener("online", wake);
  addEventListener("pageshow", wake);
  open();
}

// The finished captions behind this number, as the server knows them: {show, cues}.
async function pastAfter(number) {
  const place = location.pathname.replace(/\/+$/, "");
  const answer = await fetch(`${place}/history?after=${number}`, { cache: "no-store", credentials: "omit" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}
