"""`fishcaption say` captions what it says: the real program, a private sound card, readers and services."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from fishcaption.core.audience import OutletConfig
from fishcaption.say.audience import END_SECONDS
from fishcaption.store.settings import Settings
from fishcaption.store.settings_file import save
from tests import rig as sound
from tests.captions.obs.fake_obs import FakeObs
from tests.captions.senders.peer import TOKEN, VMixService, ZoomService, serving
from tests.say import keyring_file

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(sound.missing()), reason="needs the private sound server"),
]
PATIENCE_SECONDS = 40
TEXT = "Good evening, everybody. We begin now."
LONG = "This is the first sentence of a longer story. Here comes another one. And then a third. " * 5


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An environment with a sound card; its embedded voice ends with the last test."""
    folder = tmp_path_factory.mktemp("home")
    names = ("FISHCAPTION_RUNTIME_DIR", "FISHCAPTION_CONFIG_DIR", "FISHCAPTION_DATA_DIR")
    with sound.Rig(tmp_path_factory.mktemp("rig") / "r", sinks=[sound.Sink("Speakers", 24000)]) as speakers:
        yield {
            **speakers.environment,
            **{name: str(folder / name.lower()) for name in names},
            "PYTHON_KEYRING_BACKEND": keyring_file.NAME,
            keyring_file.VARIABLE: str(folder / "keyring.json"),
        }


@asynccontextmanager
async def saying(home: dict[str, str], *arguments: str) -> AsyncIterator[Process]:
    """Run `say` until it has ended."""
    command = (sys.executable, "-m", "fishcaption", "say", *arguments)
    async with asyncio.timeout(PATIENCE_SECONDS):
        process = await asyncio.create_subprocess_exec(
            *command, env=home, stdin=PIPE, stdout=PIPE, stderr=PIPE
        )
        try:
            yield process
            await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def said(home: dict[str, str], *arguments: str) -> tuple[int | None, str]:
    """Run `say` to its end; return its exit code and what it told."""
    async with saying(home, *arguments) as process:
        _, told = await process.communicate()
    return process.returncode, told.decode()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def kept(keyring: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(keyring.read_text("utf-8"))
    return found


async def read(address: str, ready: asyncio.Event) -> list[dict[str, Any]]:
    """Return all messages that a reader gets until the page is closed."""
    messages: list[dict[str, Any]] = []
    async with connect(address.replace("http", "ws", 1) + "/live", proxy=None) as reader:
        try:
            while True:
                messages.append(json.loads(await reader.recv()))
                ready.set()
        except ConnectionClosed:
            return messages


async def test_a_program_s_voice_is_read_and_sent_as_it_is_heard(home: dict[str, str]) -> None:
    """The page is an option's, the meeting is set up in the window, with its link in the keyring."""
    zoom = ZoomService()
    async with serving(zoom) as address, asyncio.TaskGroup() as tasks:
        link = f"{address}/closedcaption?id=1&signature={TOKEN}"
        meeting = OutletConfig("m1", "zoom", "Our meeting", delay_seconds=0.5)
        save(Path(home["FISHCAPTION_CONFIG_DIR"]) / "settings.json", Settings(outlets=(meeting,)))
        keyring = Path(home[keyring_file.VARIABLE])
        keyring_file.put({"outlet/m1/link": link}, keyring)
        page = ("--captions-page", "--set", f"captions-page.port={free_port()}")
        async with saying(home, *page, "--outlet", "our meeting", "-") as process:
            assert process.stdin is not None
            assert process.stderr is not None
            told = (await process.stderr.readline()).decode()
            assert re.fullmatch(r"fishcaption: Browser page: http://127\.0\.0\.1:\d+/c/[\w-]{20,}\n", told)
            readable = asyncio.Event()
            reading = tasks.create_task(read(told.split()[-1], readable))
            await readable.wait()
            process.stdin.write(TEXT.encode())
            process.stdin.close()
            rest = (await process.stderr.read()).decode()
        messages = await reading
    assert (process.returncode, rest) == (0, "")
    assert " ".join(zoom.shown).split() == TEXT.split()
    shown = [message["cue"] for message in messages]
    lines = [" ".join("".join(line) for line in cue["lines"]) for cue in shown if cue]
    assert lines[-1].endswith("now.")
    assert shown[-1] is None, "the last caption is taken away before the page is closed"
    assert told.rpartition("/")[2].strip() == kept(keyring)["outlet/say-page/readers_key"]


async def test_outlets_that_fail_are_told_in_a_sentence_and_the_voice_is_heard(home: dict[str, str]) -> None:
    zoom = ZoomService()
    zoom.is_expired = True
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with serving(zoom) as address:
            link = f"{address}/closedcaption?id=1&signature={TOKEN}"
            code, told = await said(
                {**home, "FISHCAPTION_OUTLET_ZOOM_LINK": link},
                *("--captions-page", "--set", f"captions-page.port={port}"),
                *("--obs", "--set", f"obs.port={free_port()}", "--zoom", TEXT),
            )
    lines = sorted(told.splitlines())
    assert code == 0
    assert [line.split(": ")[1] for line in lines] == ["Browser page", "OBS", "Zoom"]
    assert f"Port {port} is in use" in lines[0]
    assert "OBS does not answer" in lines[1]
    assert TOKEN not in told


async def test_an_outlet_that_hangs_delays_the_end_by_two_seconds_at_most(home: dict[str, str]) -> None:
    zoom = ZoomService()
    zoom.faults.extend(["hang"] * 100)
    async with serving(zoom) as address:
        home = {**home, "FISHCAPTION_OUTLET_ZOOM_LINK": f"{address}/closedcaption?id=1&signature={TOKEN}"}
        async with saying(home, "--json", "--zoom", "Hello.") as process:
            assert process.stdout is not None
            assert process.stderr is not None
            assert b"Hello" in await process.stdout.readline()
            heard = time.monotonic()
            assert b"Zoom: " in await process.stderr.read()
        seconds = time.monotonic() - heard
    assert process.returncode == 0
    assert seconds < 1.5 + END_SECONDS + 1.0, "the word, a second to read it, and the bound"


async def test_obs_shows_it_and_no_caption_stands_there_afterwards(home: dict[str, str]) -> None:
    async with FakeObs("between us") as obs, asyncio.TaskGroup() as tasks:
        home = {**home, "FISHCAPTION_OUTLET_OBS_PASSWORD": "between us"}
        saying_it = tasks.create_task(said(home, "--obs", "--set", f"obs.port={obs.port}", TEXT))
        async with obs.changed:
            await obs.changed.wait_for(lambda: "Good evening" in obs.sources.get("Captions", ""))
    assert saying_it.result() == (0, "")
    assert obs.sources == {"Captions": ""}


async def test_ctrl_c_leaves_no_caption_standing(home: dict[str, str]) -> None:
    vmix = VMixService()
    async with serving(vmix) as address:
        set_up = ("--vmix", "Captions", "--set", f"vmix.address={address}")
        async with saying(home, *set_up, LONG) as process:
            await vmix.until(lambda: "first sentence" in vmix.titles["Captions"]["Headline.Text"])
            process.send_signal(signal.SIGINT)
            _, told = await process.communicate()
    assert (process.returncode, told) == (128 + signal.SIGINT, b"")
    assert vmix.titles["Captions"]["Headline.Text"] == ""


async def test_ctrl_c_before_the_first_word_is_heeded_though_a_keyring_hangs(
    home: dict[str, str], tmp_path: Path
) -> None:
    os.mkfifo(keyring := tmp_path / "keyring")
    home = {**home, keyring_file.VARIABLE: str(keyring)}
    async with saying(home, "--json", "--captions-page", "Hello.") as process:
        asked = await asyncio.to_thread(os.open, keyring, os.O_WRONLY)  # returns when somebody reads
        process.send_signal(signal.SIGINT)
        told, _ = await process.communicate()
        os.close(asked)
    assert process.returncode == 128 + signal.SIGINT
    assert json.loads(told) == {"event": "cut", "start": 0, "text": "Hello."}


async def test_without_sound_there_are_no_captions(home: dict[str, str]) -> None:
    code, told = await said(home, "--wav", os.devnull, "--captions-page", "Hello.")
    assert code == 2
    assert "plays nothing" in told
