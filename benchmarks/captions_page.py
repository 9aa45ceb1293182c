"""The audience's page: how soon readers have a word, what they cost, and what one does who takes nothing.

    python -m benchmarks.captions_page [ROW...] [--seconds N] [--peer FOLDER]

The outlet and its process are the real ones. The readers are in a third process (`page_readers`), on the same
cores, and their work is in the times. What is painted is seen in Chromium: the time is that of the first task
after the frame in which the word stands. ``--peer`` is a checkout of steveseguin/captionninja: its overlay is
measured in the same browser, in the same way, in turns with ours, and with its socket led to a server here.
For this comparison both are served by the benchmark itself: what counts is the page.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import psutil
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from benchmarks.table import Row, measuring, named, report
from fishcaption.captions.display import AudienceCue, CueWord, Display
from fishcaption.captions.outlet import OutletState
from fishcaption.captions.page import site
from fishcaption.captions.page.options import completed
from fishcaption.captions.page.outlet import CaptionPage
from fishcaption.core.audience import OutletConfig
from tests.browser import BrowserPage, browser
from tests.captions.page.serving import serving

PER_SECOND = 5.0
"""Words a second: 300 a minute, faster than anybody speaks for long."""
PAINTED = 150
ROUNDS = 3
HOUR = int(3600 * PER_SECOND)
WORDS_OF_CUE = 12
STUCK = 5
STUCK_LETTERS = 2_000
STUCK_PER_SECOND = 50.0
"""At the pace of speech it takes a stuck reader a quarter of an hour to be seen; here it takes seconds."""


def cue(word: int, filling: str = "") -> AudienceCue:
    """The caption in which this word of an endless text was just heard."""
    number, place = divmod(word, WORDS_OF_CUE)
    lines: list[str] = []
    words: list[CueWord] = []
    for line in range(2):
        text = ""
        for step in range(WORDS_OF_CUE // 2):
            one = f"w{number * WORDS_OF_CUE + line * WORDS_OF_CUE // 2 + step} "
            words.append(CueWord(line, len(text), len(text) + len(one)))
            text += one
        lines.append(text)
    if filling:
        words.append(CueWord(2, 0, len(filling)))
        lines.append(filling)
    return AudienceCue(number + 1, tuple(lines), tuple(words), place + 1, True, time.perf_counter())


class Stage(NamedTuple):
    """A running page, and its process."""

    page: CaptionPage
    process: psutil.Process

    async def speak(self, count: int, per_second: float, filling: str = "") -> dict[int, float]:
        """Show so many words at this pace; return when, by the ids of the messages."""
        shown: dict[int, float] = {}
        begin = time.perf_counter()
        for word in range(count):
            await asyncio.sleep(max(0.0, begin + word / per_second - time.perf_counter()))
            display = Display(cue(word, filling))
            moment = time.perf_counter()
            self.page.show(display)
            shown[json.loads(self.page.newest)["id"]] = moment
        return shown

    def busy_seconds(self) -> float:
        """CPU that the process has taken."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """Run a page on a port of its own."""
    ready = asyncio.Event()

    def tell(state: OutletState) -> None:
        if state.address:
            ready.set()

    config = OutletConfig(
        "page", "page", "Page", mode="word", options={"port": "18737", "most_readers": "5000"}
    )
    page = CaptionPage(config, completed({}), tell)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(page.run())
        await ready.wait()
        children = psutil.Process().children()
        (process,) = (child for child in children if "page.main" in " ".join(child.cmdline()))
        try:
            yield Stage(page, process)
        finally:
            running.cancel()


@asynccontextmanager
async def readers(page: CaptionPage, count: int, stuck: int = 0) -> AsyncIterator[dict[str, Any]]:
    """Have so many readers; the mapping holds what they took once this is left."""
    address = urlsplit(page.address)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.page_readers", str(address.port), f"{address.path}/live",
        str(count), str(stuck), stdin=subprocess.PIPE, stdout=subprocess.PIPE, limit=1 << 30,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    told: dict[str, Any] = {}
    try:
        await process.stdout.readline()
        yield told
        await asyncio.sleep(1)  # the last messages are on their way
    finally:
        process.stdin.close()
        told |= json.loads(await process.stdout.readline() or b"{}")
        await process.wait()


def percentile(values: list[float], part: float) -> float:
    """The value below which this part of the values lies."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def late_ms(shown: dict[int, float], told: dict[str, Any]) -> list[float]:
    """How late each reader had each message."""
    took = {int(number): times for number, times in told["took"].items()}
    return [(one - moment) * 1000 for number, moment in shown.items() for one in took.get(number, [])]


async def _many(count: int, limit_ms: float, seconds: float) -> list[Row]:
    async with stage() as on:
        before = on.process.memory_info().rss
        async with readers(on.page, count) as told:
            await on.speak(10, PER_SECOND)
            joined, busy = on.process.memory_info().rss, on.busy_seconds()
            shown = await on.speak(int(seconds * PER_SECOND), PER_SECOND)
            busy = (on.busy_seconds() - busy) / seconds
    late = late_ms(shown, told)
    missing = count * len(shown) - len(late)
    return [
        Row(f"{count} readers, {PER_SECOND:g} words a second: shown → at the reader, 95 %",
            percentile(late, 0.95), limit_ms, "ms"),
        Row("the same, the middle one", statistics.median(late), None, "ms"),
        Row("the same: messages that did not arrive", missing + told["lost"], 0, ""),
        Row("the same: CPU of the page's process", busy * 100, 10 if count == 200 else None, "% of a core"),
        Row("the same: memory for the readers", (joined - before) / 1e6, None, "MB"),
    ]  # fmt: skip


async def _hour(_: float) -> list[Row]:
    """The messages of an hour, in six minutes."""
    async with stage() as on, readers(on.page, 200):
        await on.speak(HOUR // 20, PER_SECOND * 10)
        before = on.process.memory_info().rss
        await on.speak(HOUR, PER_SECOND * 10)
        growth = on.process.memory_info().rss - before
    return [Row("200 readers, the messages of an hour: growth of the process", growth / 1e6, 5, "MB")]


async def _stuck(seconds: float) -> list[Row]:
    late: dict[int, list[float]] = {}
    filling = "x" * STUCK_LETTERS
    for stuck in (0, STUCK):
        async with stage() as on, readers(on.page, 50, stuck) as told:
            shown = await on.speak(int(seconds * STUCK_PER_SECOND), STUCK_PER_SECOND, filling)
        late[stuck] = late_ms(shown, told)
    more = percentile(late[STUCK], 0.95) - percentile(late[0], 0.95)
    return [
        Row(
            f"{STUCK} of 55 readers take nothing: the others' delay, 95 % less 95 % without them",
            more,
            5,
            "ms",
        ),
        Row("the same: the others, 95 %", percentile(late[STUCK], 0.95), None, "ms"),
        Row("the same: the others, the slowest of all", max(late[STUCK]), None, "ms"),
    ]


# --- in a browser ----------------------------------------------------------------------------------------

_WATCH = """
(() => {
  window.painted = {};
  const channel = new MessageChannel();
  const waiting = [];
  channel.port1.onmessage = () => {
    const now = performance.timeOrigin + performance.now();
    for (const word of waiting.splice(0)) window.painted[word] = now;
  };
  let last = "";
  new MutationObserver(() => {
    const word = LAST;
    if (!word || word === last) return;
    last = word;
    requestAnimationFrame(() => { waiting.push(word); channel.port2.postMessage(0); });
  }).observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true});
})()
"""
# the last word that is shown; neither asks for a layout that the page would not make
_OURS = "([...document.querySelectorAll('#cue .tip')].pop() || {textContent: ''}).textContent.trim()"
_PEERS = "(document.querySelector('#interm').textContent.match(/w\\d+/g) || []).pop()"


async def _painted_in(
    page: BrowserPage, last: str, show: Callable[[int], object], warm_up: Callable[[], Awaitable[None]]
) -> list[float]:
    """Return how late each word was painted."""
    await warm_up()
    await page.evaluate(_WATCH.replace("LAST", last))
    shown: list[float] = []
    for word in range(WORDS_OF_CUE, WORDS_OF_CUE + PAINTED):
        await asyncio.sleep(1 / PER_SECOND)
        shown.append(time.time() * 1000)
        show(word)
    await page.until(f"window.painted['w{WORDS_OF_CUE + PAINTED - 1}']")
    painted = await page.evaluate("window.painted")
    return [
        painted[f"w{word}"] - moment
        for word, moment in enumerate(shown, WORDS_OF_CUE)
        if f"w{word}" in painted
    ]


async def _ours() -> list[float]:
    """From the outlet on, through its process."""
    async with stage() as on, browser() as page:
        await page.resize(1280, 720)

        async def open_page() -> None:
            on.page.show(Display(cue(0)))
            await page.open(on.page.address)
            await page.until("document.querySelector('#cue .tip')")

        return await _painted_in(page, _OURS, lambda word: on.page.show(Display(cue(word))), open_page)


async def _our_message() -> list[float]:
    """From the message on."""
    async with serving(100 + 2 * PAINTED) as here, browser() as page:
        await page.resize(1280, 720)

        async def open_page() -> None:
            here.show(Display(cue(0)))
            await page.open(here.address)
            await page.until("document.querySelector('#cue .tip')")

        return await _painted_in(page, _OURS, lambda word: here.show(Display(cue(word))), open_page)


async def _peers(folder: Path) -> tuple[list[float], int]:
    sockets: set[ServerConnection] = set()
    joined = asyncio.Event()
    weight: dict[str, int] = {}

    async def keep(connection: ServerConnection) -> None:
        sockets.add(connection)
        joined.set()
        await connection.wait_closed()

    def answer(connection: ServerConnection, request: Request) -> Response | None:
        if "Upgrade" in request.headers:
            return None
        file = folder / request.path.partition("?")[0].strip("/")
        if not file.is_file():
            return connection.respond(404, "")
        kinds = {".html": "text/html", ".js": "text/javascript", ".svg": "image/svg+xml", ".ttf": "font/ttf"}
        body = file.read_bytes()
        weight[request.path] = len(body)
        headers = Headers(
            {"Content-Type": kinds[file.suffix], "Content-Length": str(len(body)), "Connection": "close"}
        )
        return Response(200, "OK", headers, body)

    async with serve(keep, "127.0.0.1", 18738, process_request=answer, compression=None), browser() as page:
        await page.resize(1280, 720)
        to_us = "const There = WebSocket; window.WebSocket = class extends There {"
        to_us += " constructor() { super('ws://127.0.0.1:18738/'); } };"
        await page.call("Page.addScriptToEvaluateOnNewDocument", source=to_us)

        def show(word: int) -> None:
            first = word - word % WORDS_OF_CUE
            text = " ".join(f"w{number}" for number in range(first, word + 1))
            broadcast(sockets, json.dumps({"interm": text, "id": first, "ln": "en-US"}))

        async def open_page() -> None:
            await page.open("http://127.0.0.1:18738/overlay.html?room=benchmark")
            await joined.wait()
            show(0)
            await page.until("document.querySelector('#interm').innerText.includes('w0')")

        late = await _painted_in(page, _PEERS, show, open_page)
    return late, sum(weight.values())


async def _painted(peer: Path | None) -> list[Row]:
    late = await _ours()
    page = site.page("reader")
    rows = [
        Row("word shown → painted in Chromium here, 95 %", percentile(late, 0.95), 60, "ms"),
        Row("the same, the middle one", statistics.median(late), None, "ms"),
        Row("the same: words that were painted", len(late) / PAINTED * 100, None, "%"),
        Row("the page's weight, with style and script, as it is", len(page.body) / 1000, 60, "kB"),
        Row("the same, compressed as browsers take it", len(page.compressed) / 1000, None, "kB"),
    ]
    if peer is None:
        return rows
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(ROUNDS):
        ours += await _our_message()
        more, weight = await _peers(peer)
        theirs += more
    middle, most = statistics.median(ours), percentile(ours, 0.95)
    their_middle, their_most = statistics.median(theirs), percentile(theirs, 0.95)
    return [
        *rows,
        Row("message → painted, 95 %", most, None, "ms"),
        Row("the same, the middle one", middle, None, "ms"),
        Row("caption.ninja's overlay: message → painted, 95 %", their_most, None, "ms"),
        Row("the same, the middle one", their_middle, None, "ms"),
        Row("caption.ninja's overlay: weight", weight / 1000, None, "kB"),
        Row("ours ÷ theirs: weight", len(page.body) / weight, 1, ""),
        Row("ours ÷ theirs: message → painted, the middle one", middle / their_middle, 1, ""),
        Row("ours ÷ theirs: message → painted, 95 %", most / their_most, 1, ""),
    ]


def rows_by_name(peer: Path | None) -> dict[str, Callable[[float], Coroutine[Any, Any, list[Row]]]]:
    """The rows, by the names that a command line gives."""
    return {
        "200": lambda seconds: _many(200, 60, seconds),
        "1000": lambda seconds: _many(1_000, 200, seconds),
        "stuck": _stuck,
        "painted": lambda _: _painted(peer),
        "hour": _hour,
    }


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=30.0, help="how long readers are measured")
    parser.add_argument("--peer", type=Path, help="a checkout of steveseguin/captionninja")
    options = named(parser, rows_by_name(None))
    known = rows_by_name(options.peer)
    rows: list[Row] = []
    for name in options.rows or known:
        with measuring(name, rows):
            rows += asyncio.run(known[name](options.seconds))
    load = psutil.cpu_percent(1.0)
    notes = [f"At the end the machine was {load:.0f} % busy with other work.", ""]
    with contextlib.suppress(OSError):
        notes.insert(
            0, f"Load while it was measured: {', '.join(f'{one:.1f}' for one in psutil.getloadavg())}."
        )
    return report("captions_page", "The audience's page", rows, notes, is_kept=not options.rows)


if __name__ == "__main__":
    sys.exit(main())
