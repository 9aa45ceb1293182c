"""The list of voices: answers, scrolling, samples, and what it costs at the start.

    python -m benchmarks.voices [ROW ...]        search  scroll  sample  start

The service is a process of its own with 100,000 voices, which answers at once; its time is measured by asking
it without the window, and taken off. The window is the program's own, on Qt's offscreen screen. A sample
"sounds" when it is given to the sound: what the device takes from there is its own. The time in which the
window waits for a processor, where other programs have them all, is not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import psutil
from PySide6.QtCore import QEvent, QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from benchmarks.table import Row, measuring, named, report
from fishcaption.core.speech import Voice
from fishcaption.core.voices.catalog import VoiceEntry
from fishcaption.store.settings import Settings
from fishcaption.store.voices.seen import SeenVoices
from fishcaption.ui.voice_ports import Hearing
from fishcaption.ui.voices.picker.dialog import VoicePicker
from tests.app.opened_program import Opened, opened, run, until
from tests.lying_server import tone

VOICES = 100_000
SEEN = 10_000
SCROLLED = 600  # frames: ten seconds at 60 Hz

_HOMES = ("RUNTIME", "CONFIG", "DATA", "CACHE")
_STARTS = 5


# -- the service -------------------------------------------------------------------------------


class _Library(BaseHTTPRequestHandler):
    """A library of voices that are made as they are asked for."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        if path.startswith("/sample/"):
            self._answer(tone(1.0), "audio/wav")
        elif path == "/model":
            self._answer(json.dumps(self._page(query)).encode(), "application/json")
        elif path.startswith("/model/"):
            self._answer(
                json.dumps(self._voice(int(path.rpartition("/")[2], 16))).encode(), "application/json"
            )
        else:
            self.send_error(404)

    def _page(self, query: dict[str, list[str]]) -> dict[str, Any]:
        size, number = int(query["page_size"][0]), int(query.get("page_number", ["1"])[0])
        count = 0 if query.get("self") == ["true"] else VOICES
        first = (number - 1) * size
        return {
            "total": count,
            "items": [self._voice(one) for one in range(first, min(count, first + size))],
            "has_more": first + size < count,
        }

    def _voice(self, number: int) -> dict[str, Any]:
        host = self.headers["Host"]
        return {
            "_id": f"{number:032x}",
            "title": f"Voice {number}, a storyteller for long evenings",
            "description": "Warm and calm, recorded in a quiet room for audio books and long texts.",
            "tags": ["female", "young", "calm", "narration"],
            "languages": ["en", "de", "fr"],
            "author": {"_id": "a", "nickname": "Studio North"},
            "task_count": number,
            "samples": [{"title": "A", "text": "Hello.", "audio": f"http://{host}/sample/{number}.wav"}],
        }

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def service() -> Iterator[str]:
    """The service in a process of its own; its address."""
    command = [sys.executable, "-m", "benchmarks.voices", "--serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def serve() -> int:
    """Be the service, until ended."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Library)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()
    return 0


def server_seconds(url: str) -> float:
    """How long the service takes for an answer; the median of nine."""
    readings = []
    for _ in range(9):
        began = time.perf_counter()
        with urlopen(url, timeout=20) as answer:
            answer.read()
        readings.append(time.perf_counter() - began)
    return statistics.median(readings)


# -- the program -------------------------------------------------------------------------------


@contextmanager
def home() -> Iterator[Path]:
    """Folders of a new user, which the program uses meanwhile."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        os.environ.update({f"FISHCAPTION_{one}_DIR": str(folder / one.lower()) for one in _HOMES})
        os.environ["ALSA_CONFIG_PATH"] = "/dev/null"  # the machine's clock is the sound
        yield folder


def in_program(act: Callable[[Opened, str], Awaitable[list[Row]]]) -> list[Row]:
    """Do it in the open program, beside the service."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    with home(), service() as url:
        os.environ["FISHCAPTION_FISH_URL"] = url

        async def whole() -> list[Row]:
            async with opened(Settings(voice=Voice("fish", f"{1:032x}", "Voice 1"))) as program:
                program.services.speech.system.key = "0123456789abcdef0123456789abcdef"
                return await act(program, url)

        return run(application, whole)


async def picker_of(program: Opened) -> VoicePicker:
    """Open the list, and wait until it is filled."""
    program.window.commands.run("voice.choose")
    picker = program.window.findChild(VoicePicker)
    assert isinstance(picker, VoicePicker)
    await until(lambda: any(voice.provider == "fish" for voice in picker.voices()[-40:]))
    return picker


class _Paints(QObject):
    """When a widget was painted."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.last = -math.inf

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.last = time.perf_counter()
        return False


def _waited_seconds() -> float:
    """Return how long this thread had work and no processor, in all; Linux tells, elsewhere 0."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_bytes().split()[1]) / 1e9
    except OSError:
        return 0.0


def search() -> list[Row]:
    """From the last key in the search field to the first results on the screen."""

    async def act(program: Opened, url: str) -> list[Row]:
        picker = await picker_of(program)
        paints = _Paints(picker)
        picker._list.viewport().installEventFilter(paints)
        readings = []
        for letter in "storyteller":
            began = time.perf_counter()
            QTest.keyClicks(picker._search, letter)
            await until(lambda: not picker._soon.isActive())
            asked, waited = time.perf_counter(), _waited_seconds()
            await until(lambda: not picker._questions.is_asking)
            found = time.perf_counter()
            await until(lambda asked=asked: paints.last >= asked)  # type: ignore[misc]  # a default is bound now
            readings.append(max(found, paints.last) - began - (_waited_seconds() - waited))
        served = server_seconds(f"{url}/model?page_size=50&page_number=1")
        picker.reject()
        return [
            Row(
                f"{VOICES:,} voices: key → first results on the screen, less the server's time, median of 11",
                1000 * (statistics.median(readings) - served),
                350,
                "ms",
            ),
            Row("the server's own time for a page", 1000 * served, None, "ms"),
        ]

    return in_program(act)


def scroll() -> list[Row]:
    """The list is scrolled for ten seconds while it grows, and with all voices in it: time of each frame."""

    async def act(program: Opened, _url: str) -> list[Row]:
        picker = await picker_of(program)
        bar, viewport = picker._list.verticalScrollBar(), picker._list.viewport()

        async def frames() -> list[float]:
            readings = []
            for _ in range(SCROLLED):
                waited, began = _waited_seconds(), time.perf_counter()
                bar.setValue(bar.value() + 40)
                viewport.repaint()
                spent = time.perf_counter() - began - (_waited_seconds() - waited)
                readings.append(1000 * spent)
                await asyncio.sleep(max(0.0, 1 / 60 - readings[-1] / 1000))
            return readings

        growing = await frames()
        grown = len(picker.voices())
        entries = [
            VoiceEntry(Voice("fish", f"{n:032x}", f"Voice {n}", ("en", "de")), tags=("female", "calm"))
            for n in range(grown, VOICES)
        ]
        picker._table.append(entries)
        bar.setValue(bar.maximum() // 2)
        whole = await frames()
        more = [VoiceEntry(Voice("fish", f"more{n}", f"More {n}", ("en",))) for n in range(50)]
        waited, began = _waited_seconds(), time.perf_counter()
        picker._table.append(more)
        appended = 1000 * (time.perf_counter() - began - (_waited_seconds() - waited))
        picker.reject()
        return [
            Row(
                f"scrolling at 60 Hz while the list grows to {grown:,}: longest frame", max(growing), 16, "ms"
            ),
            Row(f"scrolling at 60 Hz with {VOICES:,} voices in it: longest frame", max(whole), 16, "ms"),
            Row("… 99 % of the frames", statistics.quantiles(whole, n=100)[98], None, "ms"),
            Row(f"a page of 50 added to {VOICES:,}", appended, 16, "ms"),
        ]

    return in_program(act)


def sample() -> list[Row]:
    """From the key to the sound: fetched, from the disk, from memory."""

    async def act(program: Opened, url: str) -> list[Row]:
        picker = await picker_of(program)
        voices = program.services.voices
        entries = [entry for entry in picker._table.entries() if entry.provider == "fish"][:9]

        async def heard(entry: VoiceEntry) -> float:
            loop = asyncio.get_running_loop()
            sounds: asyncio.Future[float] = loop.create_future()

            def on_change(state: object) -> None:
                if state is Hearing.SOUNDING and not sounds.done():
                    sounds.set_result(time.perf_counter())

            began = time.perf_counter()
            voices.hear(entry, on_change)
            seconds = await asyncio.wait_for(sounds, 20) - began
            voices.hush()
            return 1000 * seconds

        first = await heard(entries[0])
        fetched = [await heard(entry) for entry in entries[1:]]
        memory = [await heard(entry) for entry in entries[1:]]
        voices._sounds._ready.clear()
        disk = [await heard(entry) for entry in entries[1:]]
        served = server_seconds(f"{url}/sample/1.wav")
        picker.reject()
        return [
            Row("sample, not kept: key → sound, less the server's time, the first one since the start",
                first - 1000 * served, None, "ms"),
            Row("sample, not kept: key → sound, less the server's time, median of 8",
                statistics.median(fetched) - 1000 * served, 200, "ms"),
            Row("sample, kept on the disk: key → sound, median of 8", statistics.median(disk), 30, "ms"),
            Row("sample, heard before: key → sound, median of 8", statistics.median(memory), 30, "ms"),
        ]  # fmt: skip

    return in_program(act)


def started() -> int:
    """Be a program that starts: print its seconds, those of the processor, and the memory in MB."""
    application = QApplication(sys.argv[:1])

    async def whole() -> None:
        async with opened(Settings()):
            process = psutil.Process()
            seconds = time.time() - process.create_time()
            spent = process.cpu_times()
            memory = process.memory_info().rss / 2**20
            print(json.dumps([seconds, spent.user + spent.system, memory]), flush=True)

    run(application, whole)
    return 0


def start() -> list[Row]:
    """Start and memory with 10,000 voices seen, beside none."""
    readings: dict[str, list[tuple[float, float, float]]] = {"none": [], "seen": []}
    with home() as folder:
        voices = SeenVoices(folder / "seen" / "voices.sqlite3", print)
        for first in range(0, SEEN, 500):
            voices.see(
                VoiceEntry(
                    Voice("fish", f"{n:032x}", f"Voice {n}", ("en",)), description="Warm and calm. " * 10
                )
                for n in range(first, first + 500)
            )
        voices.close()
        for _ in range(_STARTS):
            for name in readings:
                (folder / name).mkdir(exist_ok=True)
                environment = {**os.environ, "FISHCAPTION_DATA_DIR": str(folder / name)}
                command = [sys.executable, "-m", "benchmarks.voices", "--start"]
                told = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=120)
                seconds, spent, megabytes = json.loads(told.stdout)
                readings[name].append((seconds, spent, megabytes))
    medians = {
        name: [statistics.median(column) for column in zip(*pairs, strict=True)]
        for name, pairs in readings.items()
    }
    none, seen = medians["none"], medians["seen"]
    return [
        Row(f"start with {SEEN:,} voices seen ÷ without, processor time, of the medians of {_STARTS}",
            seen[1] / none[1], 1.05, ""),
        Row(f"memory with {SEEN:,} voices seen ÷ without", seen[2] / none[2], 1.05, ""),
        Row("start without: until the window is complete", none[0], None, "s"),
        Row("start with", seen[0], None, "s"),
        Row("memory without", none[2], None, "MB"),
    ]  # fmt: skip


ROWS = {"search": search, "scroll": scroll, "sample": sample, "start": start}


def main() -> int:
    """Measure; the exit code."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if sys.argv[1:] == ["--serve"]:
        return serve()
    if sys.argv[1:] == ["--start"]:
        return started()
    names = named(argparse.ArgumentParser(prog="python -m benchmarks.voices"), ROWS).rows
    rows: list[Row] = []
    for name in names or ROWS:
        with measuring(name, rows):
            rows += ROWS[name]()
    return report("voices", "The list of voices", rows, is_kept=not names)


if __name__ == "__main__":
    sys.exit(main())
