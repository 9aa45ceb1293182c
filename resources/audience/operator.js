"use strict";
// The operator's page: shows how the show stands, and sends commands. Text gets into the page as text only.

const by = (id) => document.getElementById(id);
const here = location.pathname.replace(/\/+$/, "");
by("code").src = `${here}/code.svg`;

async function command(name, to) {
  const query = to === undefined ? "" : `?to=${encodeURIComponent(to)}`;
  try {
    const answer = await fetch(`${here}/${name}${query}`, { method: "POST", credentials: "omit" });
    const told = await answer.json();
    by("told").textContent = answer.ok ? "" : told.error;
    return answer.ok;
  } catch (error) {
    by("told").textContent = "The command did not arrive. Try again.";
    return false;
  }
}

for (const button of document.querySelectorAll("[data-command]")) {
  button.onclick = () => {
    const pressed = button.getAttribute("aria-pressed");
    command(button.dataset.command, pressed === null ? undefined : pressed === "true" ? "off" : "on");
  };
}
by("jump").onsubmit = async (event) => {
  event.preventDefault();
  if (await command("jump", by("to").value)) by("to").value = "";
};

function left(seconds) {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${String(seconds % 60).padStart(2, "0")} left`;
}

function show(view) {
  by("place").textContent = view.is_open ? `${view.number} of ${view.total}, ${left(view.left_seconds)}` : "";
  by("rehearsal").hidden = !view.is_rehearsal;
  by("now").textContent = view.current || (view.is_open ? "" : "No script is open.");
  by("following").textContent = view.following;
  document.querySelector("[data-command=black]").setAttribute("aria-pressed", String(view.is_black));
  document.querySelector("[data-command=freeze]").setAttribute("aria-pressed", String(view.is_frozen));
  if (view.words) by("told").textContent = view.words;
  by("readers").textContent = view.readers === 1 ? "1 reader of the page." : `${view.readers} readers of the page.`;
  by("address").textContent = view.address;
  by("overlay").textContent = `${view.address}?theme=overlay`;
  const lines = view.outlets.map((outlet) => {
    const line = document.createElement("li");
    const name = document.createElement("b");
    line.dataset.light = outlet.light;
    name.textContent = outlet.name;
    line.append(name, ` ${outlet.words}`);
    return line;
  });
  by("outlets").replaceChildren(...lines);
}

follow(show, (isThere) => {
  if (!isThere) by("told").textContent = "No connection. It is tried again.";
  else if (by("told").textContent.startsWith("No connection")) by("told").textContent = "";
});
