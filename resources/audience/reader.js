"use strict";
// Shows captions. Text gets into the page as text only, and nothing is stored: choices are kept in the address.

const MOST_NODES = 200;
const STALE_MS = 10000;
const by = (id) => document.getElementById(id);
const root = document.documentElement;
const history_ = by("history");
const past = by("past");
const before = by("before");
const cueBox = by("cue");
const asked = new URLSearchParams(location.search);
const oneOf = (name, values, other) => (values.includes(asked.get(name)) ? asked.get(name) : other);

const choice = {
  theme: oneOf("theme", ["dark", "light", "contrast", "yellow", "overlay"], "dark"),
  mode: oneOf("mode", ["pop-on", "word", "roll-up"], ""),
  size: Math.min(4, Math.max(0.4, Number(asked.get("size")) || 1)),
  rows: Math.min(8, Math.max(1, Number(asked.get("rows")) || 3)),
  history: asked.get("history") !== "0",
  reader: asked.get("reader") === "1",
};

// -- choices ---------------------------------------------------------------------------------------------

function keep(name, value, usual) {
  const address = new URL(location.href);
  if (value === usual) address.searchParams.delete(name);
  else address.searchParams.set(name, value);
  window.history.replaceState(null, "", address);
}

function apply() {
  const isOverlay = choice.theme === "overlay";
  root.dataset.theme = choice.theme;
  root.style.setProperty("--size", String(choice.size));
  for (const name of ["align", "box", "caps"]) if (asked.has(name)) root.dataset[name] = asked.get(name);
  const isSeen = choice.history && !isOverlay;
  root.classList.toggle("alone", !isSeen);
  root.classList.toggle("up", asked.get("position") === "top");
  // a log that nobody sees may be there for a screen reader
  history_.hidden = !isSeen && !choice.reader;
  history_.classList.toggle("unseen", !isSeen && choice.reader);
  history_.setAttribute("aria-live", choice.reader ? "polite" : "off");
  by("theme").value = isOverlay ? "dark" : choice.theme;
  by("mode").value = choice.mode;
  by("earlier").checked = choice.history;
  by("reader").setAttribute("aria-pressed", String(choice.reader));
}

function changeSize(factor) {
  choice.size = Math.min(4, Math.max(0.4, Math.round(choice.size * factor * 100) / 100));
  keep("size", String(choice.size), "1");
  apply();
  fit();
}

by("open").onclick = () => {
  const isOpen = by("choices").hidden;
  by("choices").hidden = !isOpen;
  by("open").setAttribute("aria-expanded", String(isOpen));
};
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || by("choices").hidden) return;
  by("open").click();
  by("open").focus();
});
by("smaller").onclick = () => changeSize(1 / 1.2);
by("larger").onclick = () => changeSize(1.2);
by("theme").onchange = () => { choice.theme = by("theme").value; keep("theme", choice.theme, "dark"); apply(); };
by("mode").onchange = () => { choice.mode = by("mode").value; keep("mode", choice.mode, ""); show(newest); };
by("earlier").onchange = () => {
  choice.history = by("earlier").checked;
  keep("history", choice.history ? "1" : "0", "1");
  apply();
  catchUp();
};
by("reader").onclick = () => {
  choice.reader = !choice.reader;
  keep("reader", choice.reader ? "1" : "0", "0");
  apply();
  catchUp();
};

// -- earlier captions ------------------------------------------------------------------------------------

let showName = "";
let known = 0; // the last finished caption that this page has
let last = 0; // the last one that there is
let isAsking = false;
let lines = []; // of finished captions, for rolling lines

function finish(cue) {
  if (cue.id <= known) return;
  known = cue.id;
  lines = lines.concat(cue.lines.map((line) => ({ line, language: cue.language }))).slice(-8);
  afterPaint(() => enter(cue));
}

// What is heard now comes first.
function afterPaint(work) {
  if (document.hidden) setTimeout(work);
  else requestAnimationFrame(() => setTimeout(work));
}

function enter(cue) {
  const entry = document.createElement("p");
  entry.dir = "auto";
  entry.lang = cue.language;
  if (cue.speaker) {
    const name = document.createElement("b");
    name.textContent = `${cue.speaker}: `;
    entry.append(name);
  }
  entry.append(joined(cue.lines));
  past.append(entry);
  while (past.children.length > MOST_NODES) past.firstChild.remove();
}

function joined(parts) {
  return parts.reduce((text, part) => text + (isUnspaced(text) ? "" : " ") + part);
}

// Chinese, Japanese and Thai have no blanks where a line was broken.
function isUnspaced(text) {
  return /[\u0e00-\u0e7f\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]$/.test(text);
}

async function catchUp() {
  if (isAsking || known >= last) return;
  isAsking = true;
  let isMore = false;
  try {
    const past = await pastAfter(known);
    if (past.show === showName) {
      for (const cue of past.cues) finish(cue);
      isMore = known < last && past.cues.length > 0;
      if (!isMore) known = Math.max(known, last); // the server has forgotten them
      draw();
    }
  } catch (error) {
    // the next message asks again
  }
  isAsking = false;
  if (isMore) catchUp();
}

function watchScrolling() {
  by("newest").hidden = history_.scrollTop > -40; // it is 0 at the newest, and less above it
}
history_.addEventListener("scroll", watchScrolling);
by("newest").onclick = () => { history_.scrollTop = 0; };

// -- the caption now -------------------------------------------------------------------------------------

let newest = null;
let drawn = ""; // what of the caption is in the page: all but how far it was heard
let words = [];

function show(message) {
  if (!message) return;
  newest = message;
  if (message.show !== showName) {
    showName = message.show;
    known = 0;
    last = 0;
    if (message.last > 0) lines = [];
  }
  last = message.last;
  for (const cue of message.past || []) if (cue.id === known + 1) finish(cue);
  if (known < last) setTimeout(catchUp, Math.random() * 400); // not all readers at once
  root.classList.toggle("black", message.black);
  tellStatus();
  draw();
}

function draw() {
  if (!newest) return;
  const mode = choice.mode || newest.mode;
  const cue = newest.cue;
  const isRolling = mode === "roll-up";
  if (root.dataset.mode !== mode) root.dataset.mode = mode;
  cueBox.classList.toggle("typing", newest.typing);
  const wanted = JSON.stringify([cue && [cue.id, cue.lines, cue.speaker], isRolling]);
  if (wanted !== drawn) {
    drawn = wanted;
    build(cue);
  }
  reveal(cue ? (mode === "pop-on" && cue.heard > 0 ? words.length : cue.heard) : 0);
  const count = isRolling ? Math.max(0, choice.rows - (cue ? cue.lines.length : 0)) : 0;
  rollBefore(isRolling && count > 0 ? lines.slice(-count) : []);
}

function boxed(text) {
  const box = document.createElement("span");
  box.className = "text";
  if (text) {
    const word = document.createElement("span");
    word.className = "tip";
    word.textContent = text;
    box.append(word);
  }
  return box;
}

function build(cue) {
  words = [];
  const built = [];
  if (cue) {
    cueBox.lang = cue.language;
    if (cue.speaker) {
      const name = document.createElement("span");
      name.className = "speaker";
      name.dir = "auto";
      name.append(boxed(cue.speaker));
      built.push(name);
    }
    cue.lines.forEach((parts, index) => {
      const line = document.createElement("span");
      line.className = "line";
      const text = boxed("");
      for (const part of parts) {
        const word = document.createElement("span");
        word.textContent = part;
        words.push({ word, line });
        text.append(word);
      }
      line.append(text);
      built.push(line);
      if (index + 1 < cue.lines.length && !isUnspaced(parts.join(""))) built.push(" ");
    });
  }
  cueBox.replaceChildren(...built);
  fit();
}

// Lines that do not fit are one flowing text: a line broken twice is harder to read than one broken elsewhere.
function fit() {
  cueBox.classList.remove("flow");
  const found = [...cueBox.querySelectorAll(".line")];
  for (const line of found) line.dir = "auto";
  cueBox.removeAttribute("dir");
  if (found.length === 0) return;
  const height = parseFloat(getComputedStyle(cueBox).fontSize) * 1.28;
  if (!found.some((line) => line.offsetHeight > 1.5 * height)) return;
  cueBox.classList.add("flow");
  // a part with a direction of its own would not count for the whole, and the parts would change places
  for (const line of found) line.removeAttribute("dir");
  cueBox.dir = "auto";
}

function reveal(heard) {
  const tips = new Map(); // line -> the last word of it that is heard
  words.forEach(({ word, line }, index) => {
    if (index < heard) tips.set(line, word);
  });
  words.forEach(({ word, line }, index) => {
    const name = index >= heard ? "ahead" : tips.get(line) === word ? "tip" : "";
    if (word.className !== name) word.className = name;
    const lineName = tips.has(line) ? "line" : "line ahead";
    if (line.className !== lineName) line.className = lineName;
  });
}

let rolled = [];
function rollBefore(wanted) {
  if (wanted.length === rolled.length && wanted.every((one, index) => one === rolled[index])) return;
  rolled = wanted;
  const built = wanted.map(({ line, language }) => {
    const part = document.createElement("span");
    part.className = "line";
    part.dir = "auto";
    part.lang = language;
    part.append(boxed(line));
    return part;
  });
  before.replaceChildren(...built);
}

addEventListener("resize", fit);

// -- the connection --------------------------------------------------------------------------------------

let goneTimer = 0;
let isHere = true;
let isGone = false; // for so long that it is told
function tellStatus() {
  const isRehearsal = newest && newest.rehearsal;
  const words = isGone ? "No connection. It is tried again." : isRehearsal ? "Rehearsal. Captions come when it is over." : "";
  if (by("status").textContent !== words) by("status").textContent = words;
}

function tellConnection(isThere) {
  if (isThere === isHere && (isThere || goneTimer)) return;
  isHere = isThere;
  clearTimeout(goneTimer);
  goneTimer = 0;
  if (isThere) {
    isGone = false;
    tellStatus();
    return;
  }
  goneTimer = setTimeout(() => {
    isGone = true;
    tellStatus();
    goneTimer = setTimeout(() => { if (newest) { newest = { ...newest, cue: null, typing: false }; draw(); } }, STALE_MS);
  }, 2000);
}

// -- the screen stays on ---------------------------------------------------------------------------------

async function stayAwake() {
  if (!("wakeLock" in navigator) || document.hidden) return;
  try {
    await navigator.wakeLock.request("screen");
    by("awake").textContent = "Your screen stays on while this page is open.";
  } catch (error) {
    by("awake").textContent = "Your device does not let this page keep the screen on.";
  }
}
by("awake").textContent = window.isSecureContext
  ? "This browser cannot keep the screen on. Let your device wait longer before it goes dark."
  : "This page is plain http, so it cannot keep your screen on. Let your device wait longer before it goes dark.";
document.addEventListener("visibilitychange", stayAwake);
addEventListener("click", stayAwake); // some phones want a tap
stayAwake();

apply();
follow(show, tellConnection);
