"use strict";
// A socket that is opened again: after a loss, later each time; after a silence; and at once when the page comes
// back into sight, because a phone that slept has a dead socket. `make` opens one, or throws where that can never
// be; `received` gets the data of each message, `tell` whether there is a connection.

function stayConnected(make, received, tell, silenceMs) {
  const againFirstMs = 250;
  const againMostMs = 15000;
  let socket = null;
  let wait = againFirstMs;
  let heardAt = 0;
  let timer = 0;

  function open() {
    clearTimeout(timer);
    if (socket) {
      socket.onclose = socket.onmessage = null;
      socket.close();
    }
    heardAt = Date.now();
    try {
      socket = make();
    } catch (error) {
      socket = null;
      tell(false);
      return;
    }
    socket.onmessage = (event) => {
      heardAt = Date.now();
      wait = againFirstMs;
      watch();
      tell(true);
      received(event.data);
    };
    socket.onclose = () => {
      tell(false);
      clearTimeout(timer);
      timer = setTimeout(open, wait * (0.5 + Math.random()));
      wait = Math.min(2 * wait, againMostMs);
    };
    watch();
  }

  function watch() {
    clearTimeout(timer);
    timer = setTimeout(() => { tell(false); open(); }, 2 * silenceMs);
  }

  function wake() {
    if (document.hidden || !socket) return;
    if (socket.readyState > WebSocket.OPEN || Date.now() - heardAt > silenceMs) {
      wait = againFirstMs;
      open();
    }
  }

  document.addEventListener("visibilitychange", wake);
  addEventListener("online", wake);
  addEventListener("pageshow", wake);
  open();
}
