"""The page as an outlet: the real process, real readers."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx
import psutil
import pytest
from websockets.asyncio.client import connect

from fishcaption.captions.display import Display
from fishcaption.captions.outlet import Light, OutletState
from fishcaption.captions.outlets import outlet_kind
from fishcaption.captions.page import outlet as page_outlet
from fishcaption.captions.page.control import Command, OperatorView
from fishcaption.captions.page.messages import Messages
from fishcaption.captions.page.options import OPERATOR_KEY, READERS_KEY, PageOptions, completed, from_mapping
from fishcaption.captions.page.outlet import CaptionPage
from fishcaption.core.audience import OutletConfig
from tests.captions.outlets import cue
from tests.captions.page.certificates import write_certificate
from tests.ports import free_port

pytestmark = pytest.mark.slow
PATIENCE_SECONDS = 30


class Running:
    """A page that runs, and every state that it told."""

    def __init__(self, options: dict[str, str], secrets: dict[str, str]) -> None:
        self.states: list[OutletState] = []
        self._changed = asyncio.Event()
        self.page = CaptionPage(OutletConfig("p", "page", "Page", options=options), secrets, self._on_state)

    def _on_state(self, state: OutletState) -> None:
        self.states.append(state)
        self._changed.set()

    async def state(self, is_wanted: Callable[[OutletState], bool]) -> OutletState:
        """Wait for a state; those before it are gone."""
        while True:
            while self.states:
                if is_wanted(state := self.states.pop(0)):
                    return state
            self._changed.clear()
            await self._changed.wait()

    async def ready(self) -> OutletState:
        return await self.state(lambda state: bool(state.address))

    @property
    def child(self) -> psutil.Process:
        (child,) = (one for one in psutil.Process().children() if "page.main" in " ".join(one.cmdline()))
        return child


@asynccontextmanager
async def running(secrets: dict[str, str] | None = None, **options: str) -> AsyncIterator[Running]:
    one = Running({"port": str(free_port()), **options}, completed({}) if secrets is None else secrets)
    async with asyncio.timeout(PATIENCE_SECONDS), asyncio.TaskGroup() as tasks:
        task = tasks.create_task(one.page.run())
        try:
            yield one
        finally:
            task.cancel()


async def first_message(address: str, **more: Any) -> dict[str, Any]:
    async with connect(address.replace("http", "ws", 1) + "/live", proxy=None, **more) as reader:
        message: dict[str, Any] = json.loads(await reader.recv())
        return message


async def test_readers_get_what_is_shown_and_the_operator_is_told_of_them() -> None:
    async with running() as one:
        state = await one.ready()
        assert (state.light, "Nobody reads yet" in state.words) == (Light.WAITING, True)
        async with connect(state.address.replace("http", "ws") + "/live", proxy=None) as reader:
            await reader.recv()
            assert (await one.state(lambda state: state.light is Light.ON)).words.startswith("1 reader.")
            one.page.show(Display(cue(1, "Good evening.", moment=perf_counter() - 0.01)))
            assert json.loads(await reader.recv())["cue"]["lines"] == [["Good ", "evening."]]
            told = await one.state(lambda state: state.lag_seconds > 0)
            assert (told.last_line, told.lag_seconds < 5) == ("Good evening.", True)
        await one.state(lambda state: state.light is Light.WAITING)
    assert psutil.Process().children() == []


async def test_commands_reach_the_app_and_the_operator_sees_the_show() -> None:
    commands: asyncio.Queue[Command] = asyncio.Queue()
    async with running() as one:
        one.page.on_command = commands.put_nowait
        one.page.show_operator(OperatorView(is_open=True, current="Before it was ready."))
        state = await one.ready()
        async with httpx.AsyncClient(trust_env=False) as http:
            while not (told := (await http.get(f"{state.operator_address}/state")).json())["is_open"]:
                pass
            assert (told["current"], told["address"]) == ("Before it was ready.", state.address)
            await http.post(f"{state.operator_address}/jump?to=12")
        assert await commands.get() == Command("jump", "12")


async def test_the_address_stays_and_no_list_of_processes_shows_its_secret() -> None:
    secrets = completed({})
    port = str(free_port())
    addresses = set()
    for _ in range(2):
        async with running(secrets, port=port) as one:
            addresses.add((await one.ready()).address)
            shown = " ".join(one.child.cmdline()) + str(one.child.environ())
            assert not any(secret in shown for secret in secrets.values())
    assert len(addresses) == 1


async def test_secrets_that_nobody_keeps_are_told() -> None:
    async with running({}) as one:
        assert "another one after the next start" in (await one.ready()).words


async def test_a_process_that_dies_is_followed_by_another_one_with_the_history() -> None:
    async with running() as one:
        state = await one.ready()
        one.page.show(Display(cue(1, "Before.")))
        one.page.show(Display(cue(2, "Now.")))
        one.child.kill()
        dead = await one.state(lambda state: state.light is Light.TROUBLE)
        assert "started again" in dead.words
        one.page.show(Display(cue(3, "While there was none.")))
        assert (await one.ready()).address == state.address
        assert (await first_message(state.address))["cue"]["id"] == 3
        async with httpx.AsyncClient(trust_env=False) as http:
            past = (await http.get(f"{state.address}/history")).json()
    assert [entry["lines"] for entry in past["cues"]] == [["Before."], ["Now."]]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows stops no process")
async def test_a_process_that_hangs_is_followed_by_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_outlet, "ANSWER_SECONDS", 0.5)
    async with running() as one:
        state = await one.ready()
        await first_message(state.address)
        one.child.send_signal(signal.SIGSTOP)
        one.page.show(Display(cue(1, "Is anybody there?")))
        hung = await one.state(lambda state: state.light is Light.TROUBLE)
        assert "does not answer" in hung.words
        await one.ready()
        assert (await first_message(state.address))["cue"]["id"] == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows stops no process")
async def test_a_process_that_takes_nothing_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_outlet, "ANSWER_SECONDS", 1000)
    async with running() as one:
        await one.ready()
        one.child.send_signal(signal.SIGSTOP)
        for number in range(2_000):  # the pipe takes some hundred
            one.page.show(Display(cue(number, "And on, and on, and on.")))
        await one.state(lambda state: state.light is Light.TROUBLE)
        state = await one.ready()
        assert (await first_message(state.address))["cue"]["id"] == 1_999


async def test_a_port_in_use_is_told_and_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        running_ = running(port=str(port))
        one = await running_.__aenter__()
        told = await one.state(lambda state: state.light is Light.TROUBLE)
        assert told.words == (f"Port {port} is in use by another program. Close it, or choose another port.")
    await one.ready()
    await running_.__aexit__(None, None, None)


async def test_a_certificate_makes_it_secure_and_a_wrong_one_is_told(tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    async with running(certificate=str(certificate), certificate_key=str(key), name="localhost") as one:
        state = await one.ready()
        assert state.address.startswith("https://localhost:")
        context = ssl.create_default_context(cafile=certificate)
        assert (await first_message(state.address, ssl=context))["cue"] is None
        async with httpx.AsyncClient(trust_env=False, verify=context) as http:
            page = await http.get(state.address)
        assert "wss://localhost:" in page.headers["content-security-policy"]
    async with running(certificate=str(key), certificate_key=str(tmp_path / "none.pem")) as one:
        told = await one.state(lambda state: state.light is Light.TROUBLE)
        assert "certificate" in told.words


async def test_the_network_is_let_in_only_when_that_is_switched_on() -> None:
    async with running() as one:
        await one.ready()
        assert {listener.laddr.ip for listener in one.child.net_connections("tcp")} == {"127.0.0.1"}
    async with running(network="yes") as one:
        state = await one.ready()
        assert {listener.laddr.ip for listener in one.child.net_connections("tcp")} == {"0.0.0.0"}
        assert "plain http" in state.words


def test_the_process_ends_with_whoever_started_it() -> None:
    program = "import subprocess, sys; child = subprocess.Popen([sys.executable, '-m', "
    program += "'fishcaption.captions.page.main'], stdin=subprocess.PIPE, stdout=subprocess.PIPE); "
    program += "print(child.pid, flush=True); child.stdin.write(sys.stdin.buffer.readline()); "
    program += "child.stdin.flush(); print(child.stdout.read(20), flush=True); sys.stdin.read()"
    app = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert app.stdin is not None
    assert app.stdout is not None
    with app.stdin, app.stdout:
        child = psutil.Process(int(app.stdout.readline()))
        options = {"port": free_port()}
        configuration = {
            "options": options,
            "names": [],
            **completed({}),
            "address": "",
            "past": [],
            "view": {},
        }
        configuration["newest"] = Messages().take(Display(), "word")
        app.stdin.write(f"C{json.dumps(configuration)}\n")
        app.stdin.flush()
        assert re.search("shown", app.stdout.readline())
        os.kill(app.pid, signal.SIGTERM)
        app.wait()
    child.wait(10)


def test_the_registry_makes_it_with_options_that_it_knows() -> None:
    kind = outlet_kind("page")
    assert kind is not None
    assert kind.made_secrets == (READERS_KEY, OPERATOR_KEY)
    known = {"network", "control_network", "port", "name", "certificate", "certificate_key", "most_readers"}
    assert {option.name for option in kind.options} == known
    defaults = {option.name: option.default for option in kind.options}
    assert from_mapping(defaults) == PageOptions()
    assert kind.load() is CaptionPage
