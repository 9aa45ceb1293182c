"use strict";
// Where captions come from: the page's own server. `take` gets each message, `tell` whether there is a connection.

const SILENCE_MS = 20000; // a script does not see pings, so the server sends a message every 15 s

function follow(take, tell) {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const place = location.pathname.replace(/\/+$/, "");

  function received(data) {
    let message = null;
    try { message = JSON.parse(data); } catch (error) { return; }
    take(message);
  }

  stayConnected(() => new WebSocket(`${scheme}://${location.host}${place}/live`), received, tell, SILENCE_MS);
}

// The finished captions behind this number, as the server knows them: {show, cues}.
async function pastAfter(number) {
  const place = location.pathname.replace(/\/+$/, "");
  const answer = await fetch(`${place}/history?after=${number}`, { cache: "no-store", credentials: "omit" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}
