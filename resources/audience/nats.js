"use strict";
// Where captions come from: a NATS server, over its own WebSocket (docs/many-readers.md). The page's address says
// which one: ?server=wss://captions.example&channel=main. `take` gets each message, `tell` whether there is a
// connection. A caption is one message with the times of its words, and is revealed here, word by word.

const { follow, pastAfter } = (() => {
  const SILENCE_MS = 30000; // the server sends a PING every 20 s
  const ANSWER_MS = 5000;
  const MOST_BYTES = 1 << 20;
  const STREAM = "CAPTIONS";
  const asked = new URLSearchParams(location.search);
  const server = asked.get("server") || "";
  const channel = (asked.get("channel") || "main").replace(/[^A-Za-z0-9_-]/g, "");
  // of JetStream, where this server is a leaf of the one that keeps the captions
  const domain = (asked.get("domain") || "").replace(/[^A-Za-z0-9_-]/g, "");
  const keeper = `$JS.${domain ? `${domain}.` : ""}API.DIRECT.GET.${STREAM}`;
  const login = { user: asked.get("user") || "reader", pass: asked.get("pass") || "reader" };
  const inbox = `_INBOX.${Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(36)).join("")}`;
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const waiting = new Map(); // answers that are waited for, by inbox
  let socket = null;
  let count = 0;

  // -- one caption, revealed by this device's clock

  let take = () => {};
  let revealing = 0;

  function show(message) {
    clearTimeout(revealing);
    const cue = message.cue;
    const offsets = (cue && cue.offsets_ms) || [];
    take(message);
    if (!cue || message.paused || cue.heard >= offsets.length) return;
    const begun = performance.now() - (offsets[Math.max(0, cue.heard - 1)] || 0);
    let heard = cue.heard;
    function reveal() {
      const passed = performance.now() - begun;
      while (heard < offsets.length && offsets[heard] <= passed) heard += 1;
      if (heard > message.cue.heard) take({ ...message, past: [], cue: { ...cue, heard } });
      if (heard < offsets.length) revealing = setTimeout(reveal, Math.max(1, offsets[heard] - passed));
    }
    revealing = setTimeout(reveal, Math.max(1, offsets[heard] - (performance.now() - begun)));
  }

  // -- the protocol: lines of text, and payloads of a told length

  function send(line) {
    if (socket && socket.readyState === WebSocket.OPEN) socket.send(encoder.encode(`${line}\r\n`));
  }

  // The newest message of a topic, as the server keeps it; null if there is none.
  function kept(topic) {
    return new Promise((resolve, reject) => {
      const reply = `${inbox}.${(count += 1)}`;
      const timer = setTimeout(() => { waiting.delete(reply); reject(new Error("no answer")); }, ANSWER_MS);
      waiting.set(reply, (text) => {
        clearTimeout(timer);
        waiting.delete(reply);
        try { resolve(text ? JSON.parse(text) : null); } catch (error) { reject(error); }
      });
      const wanted = JSON.stringify({ last_by_subj: `captions.${channel}.${topic}` });
      send(`PUB ${keeper} ${reply} ${encoder.encode(wanted).length}\r\n${wanted}`);
    });
  }

  function got(subject, text) {
    const answer = waiting.get(subject);
    if (answer) { answer(text); return; }
    if (!text) return;
    let message = null;
    try { message = JSON.parse(text); } catch (error) { return; }
    show(message);
  }

  function begin() {
    const about = { verbose: false, pedantic: false, lang: "js", version: "1", protocol: 1 };
    send(`CONNECT ${JSON.stringify({ ...about, headers: true, no_responders: true, ...login })}`);
    send(`SUB captions.${channel}.now 1`);
    send(`SUB ${inbox}.* 2`);
    kept("now").then((message) => { if (message) show(message); }, () => {});
  }

  // Reads what is whole; returns the rest.
  function read(data) {
    for (;;) {
      let end = data.indexOf(13);
      while (end >= 0 && data[end + 1] !== 10) end = data.indexOf(13, end + 1);
      if (end < 0) return data;
      const words = decoder.decode(data.subarray(0, end)).split(" ");
      const kind = words[0].toUpperCase();
      if (kind === "MSG" || kind === "HMSG") {
        const size = Number(words[words.length - 1]);
        const head = kind === "HMSG" ? Number(words[words.length - 2]) : 0;
        if (!(size >= head && size < MOST_BYTES)) { socket.close(); return new Uint8Array(0); }
        if (data.length < end + 4 + size) return data;
        got(words[1], decoder.decode(data.subarray(end + 2 + head, end + 2 + size)));
        data = data.subarray(end + 4 + size);
        continue;
      }
      if (kind === "INFO") begin();
      else if (kind === "PING") send("PONG");
      data = data.subarray(end + 2);
    }
  }

  function followServer(takeMessage, tell) {
    let data = new Uint8Array(0);
    take = takeMessage;

    function made() {
      data = new Uint8Array(0);
      socket = new WebSocket(server); // throws if the address cannot be used, now or later
      socket.binaryType = "arraybuffer";
      return socket;
    }

    function received(part) {
      const more = typeof part === "string" ? encoder.encode(part) : new Uint8Array(part);
      const both = new Uint8Array(data.length + more.length);
      both.set(data);
      both.set(more, data.length);
      data = both.length < MOST_BYTES ? read(both) : new Uint8Array(0);
    }

    stayConnected(made, received, tell, SILENCE_MS);
  }

  // The finished captions behind this number, as the server keeps them: {show, cues}.
  async function pastAfterNumber(number) {
    const history = await kept("history");
    if (!history) return { show: "", cues: [] };
    return { show: history.show, cues: history.cues.filter((cue) => cue.id > number) };
  }

  return { follow: followServer, pastAfter: pastAfterNumber };
})();
