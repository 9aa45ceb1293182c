"""Captions published to real brokers, with the configurations that the documentation gives."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from fishcaption.captions.brokers.mqtt import mqtt_outlet
from fishcaption.captions.brokers.nats import nats_outlet
from fishcaption.captions.display import Display
from fishcaption.captions.outlet import Light, Outlet
from tests.captions.brokers.servers import Mosquitto, NatsServer, missing
from tests.captions.outlets import Row, config, cue, running

ORIGIN = "https://captions.example"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]
needs_nats = pytest.mark.skipif(
    bool(missing("nats-server", "nats-server")), reason=missing("nats-server", "nats-server")
)
needs_mosquitto = pytest.mark.skipif(
    bool(missing("mosquitto", "mosquitto")), reason=missing("mosquitto", "mosquitto")
)


def caption(number: int) -> Display:
    return Display(cue(number, f"Caption {number}."))


def to_nats(server: NatsServer, row: Row, password: str = "") -> Outlet:
    options = {"address": f"nats://127.0.0.1:{server.port}", "user": "fishcaption", "channel": "main"}
    return nats_outlet(config("nats", options), {"password": password or server.password}, row.tell)


class NatsReader:
    """A reader over NATS' WebSocket, as the page is one: core protocol, and direct gets of JetStream."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._data = b""

    async def send(self, line: str) -> None:
        await self._socket.send(f"{line}\r\n".encode())

    async def newest(self, topic: str) -> Any:
        """Return the newest message of a topic, as a late reader asks for it."""
        wanted = json.dumps({"last_by_subj": f"captions.main.{topic}"})
        await self.send(f"PUB $JS.API.DIRECT.GET.CAPTIONS _INBOX.me {len(wanted)}\r\n{wanted}")
        return await self.message("_INBOX.me")

    async def message(self, subject: str = "captions.main.now") -> Any:
        """Return the next message of a subject; None if it is empty. Errors are returned as text."""
        async with asyncio.timeout(10):
            while True:
                line = (await self._line()).decode()
                words = line.split(" ")
                if words[0] in ("MSG", "HMSG"):
                    head = int(words[-2]) if words[0] == "HMSG" else 0
                    body = (await self._exactly(int(words[-1]) + 2))[head:-2]
                    if words[1] == subject:
                        return json.loads(body) if body else None
                if words[0] == "-ERR":
                    return line

    async def _line(self) -> bytes:
        while b"\r\n" not in self._data:
            await self._more()
        line, _, self._data = self._data.partition(b"\r\n")
        return line

    async def _exactly(self, size: int) -> bytes:
        while len(self._data) < size:
            await self._more()
        found, self._data = self._data[:size], self._data[size:]
        return found

    async def _more(self) -> None:
        received = await self._socket.recv()
        self._data += received if isinstance(received, bytes) else received.encode()


@asynccontextmanager
async def reading(
    server: NatsServer, origin: str = ORIGIN, user: str = "reader"
) -> AsyncIterator[NatsReader]:
    address = f"ws://127.0.0.1:{server.web_port}"
    async with connect(address, origin=Origin(origin), proxy=None, max_queue=4) as socket:
        reader = NatsReader(socket)
        hello = {"verbose": False, "user": user, "pass": "reader", "headers": True, "no_responders": True}
        await reader.send(f"CONNECT {json.dumps({**hello, 'protocol': 1})}")
        await reader.send("SUB captions.main.now 1")
        await reader.send("SUB _INBOX.me 2")
        yield reader


def lines(message: Mapping[str, Any]) -> list[str]:
    return ["".join(parts) for parts in message["cue"]["lines"]]


@needs_nats
async def test_readers_get_captions_live_and_late_ones_the_newest_and_the_history(tmp_path: Path) -> None:
    row = Row()
    with NatsServer(tmp_path) as server:
        outlet = to_nats(server, row)
        async with running(outlet):
            await row.until(lambda state: state.light is Light.ON)
            async with reading(server) as early:
                assert await early.newest("now") is None
                for number in range(1, 4):
                    outlet.show(caption(number))
                    assert lines(await early.message()) == [f"Caption {number}."]
            async with reading(server) as late:
                assert lines(await late.newest("now")) == ["Caption 3."]
                history = await late.newest("history")
                assert [cue["lines"] for cue in history["cues"]] == [["Caption 1."], ["Caption 2."]]
    assert row.states[-1].last_line == "Caption 3."


@needs_nats
async def test_a_server_that_is_killed_and_started_again_has_every_caption(tmp_path: Path) -> None:
    row = Row()
    with NatsServer(tmp_path) as server:
        outlet = to_nats(server, row)
        async with running(outlet):
            await row.until(lambda state: state.light is Light.ON)
            outlet.show(caption(1))
            await row.until(lambda state: state.last_line == "Caption 1.")
            await asyncio.to_thread(server.kill)
            await row.until(lambda state: state.light is Light.WAITING)
            for number in range(2, 6):
                outlet.show(caption(number))
            await asyncio.to_thread(server.start)
            await row.until(lambda state: state.light is Light.ON and state.last_line == "Caption 5.")
            async with reading(server) as late:
                async with asyncio.timeout(10):
                    while lines(await late.newest("now")) != ["Caption 5."]:
                        pass
                history = await late.newest("history")
            found = [cue["lines"][0] for cue in history["cues"]]
            assert found == [f"Caption {number}." for number in range(1, 5)]
        async with reading(server) as after:
            assert (await after.newest("now"))["cue"] is None  # nothing stands there after the end


@needs_nats
async def test_a_wrong_password_is_told(tmp_path: Path) -> None:
    row = Row()
    with NatsServer(tmp_path) as server:
        async with running(to_nats(server, row, "wrong-one")):
            state = await row.until(lambda state: state.light is Light.TROUBLE)
    assert "password" in state.words
    assert "wrong-one" not in state.words


@needs_nats
async def test_readers_can_do_nothing_but_read(tmp_path: Path) -> None:
    with NatsServer(tmp_path) as server:
        async with reading(server) as reader:
            await reader.send("PUB captions.main.now 2\r\nhi")
            assert "Permissions Violation" in await reader.message()
            await reader.send("SUB captions.> 3")
            assert "Permissions Violation" in await reader.message()
        with suppress(ConnectionClosed):  # it is thrown out while it still talks
            async with reading(server, user="nobody") as stranger:
                assert "Authorization Violation" in await stranger.message()
        with pytest.raises(InvalidStatus) as refused:
            async with reading(server, origin="https://elsewhere.example"):
                pass
        assert refused.value.response.status_code == 403


@needs_nats
async def test_a_reader_that_does_not_read_keeps_nobody_waiting(tmp_path: Path) -> None:
    row = Row()
    with NatsServer(tmp_path) as server:
        outlet = to_nats(server, row)
        async with running(outlet), reading(server), reading(server) as good:
            await row.until(lambda state: state.light is Light.ON)
            for number in range(1, 201):
                outlet.show(caption(number))
                assert lines(await good.message()) == [f"Caption {number}."]


async def test_a_broker_that_is_not_there_is_waited_for() -> None:
    row = Row()
    outlet = nats_outlet(config("nats", {"address": "nats://127.0.0.1:1", "user": "x"}), {}, row.tell)
    async with running(outlet):
        state = await row.until(lambda state: state.light is Light.WAITING)
    assert "does not answer" in state.words


@pytest.mark.parametrize("channel", ["a.b", "a b", "", "*", ">", "x" * 50])
async def test_a_channel_that_cannot_be_is_told(channel: str) -> None:
    row = Row()
    outlet = nats_outlet(config("nats", {"address": "nats://127.0.0.1:1", "channel": channel}), {}, row.tell)
    async with running(outlet):
        state = await row.until(lambda state: state.light is Light.TROUBLE)
    assert "channel" in state.words


class MqttReader:
    """A reader without a name, who gets what is retained and what comes."""

    def __init__(self, port: int) -> None:
        self.messages: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = self._on_message
        self._client.connect("127.0.0.1", port)
        self._client.subscribe("captions/main/#", qos=1)
        self._client.loop_start()

    def _on_message(self, client: mqtt.Client, data: Any, message: mqtt.MQTTMessage) -> None:
        told = (message.topic, json.loads(message.payload))
        self._loop.call_soon_threadsafe(self.messages.put_nowait, told)

    async def until(self, topic: str, is_so: Callable[[Any], bool]) -> Any:
        async with asyncio.timeout(10):
            while True:
                name, message = await self.messages.get()
                if name == f"captions/main/{topic}" and is_so(message):
                    return message

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        self._client.on_message = None  # else a cycle keeps its sockets open


@needs_mosquitto
async def test_mqtt_keeps_the_newest_for_late_readers_over_a_restart(tmp_path: Path) -> None:
    row = Row()
    with Mosquitto(tmp_path) as server:
        options = {"host": "127.0.0.1", "port": str(server.port), "user": "fishcaption"}
        outlet = mqtt_outlet(config("mqtt", options), {"password": server.password}, row.tell)
        async with running(outlet):
            await row.until(lambda state: state.light is Light.ON)
            outlet.show(caption(1))
            outlet.show(caption(2))
            await row.until(lambda state: state.last_line == "Caption 2.")
            late = MqttReader(server.port)
            await late.until("now", lambda message: lines(message) == ["Caption 2."])
            late.close()
            await asyncio.to_thread(server.kill)
            await row.until(lambda state: state.light is Light.WAITING)
            outlet.show(caption(3))
            await asyncio.to_thread(server.start)
            again = MqttReader(server.port)
            await again.until("now", lambda message: message["cue"] and lines(message) == ["Caption 3."])
            again.close()
        after = MqttReader(server.port)
        await after.until("now", lambda message: message["cue"] is None)
        after.close()


@needs_mosquitto
async def test_mqtt_tells_a_wrong_password(tmp_path: Path) -> None:
    row = Row()
    with Mosquitto(tmp_path) as server:
        options = {"host": "127.0.0.1", "port": str(server.port), "user": "fishcaption"}
        async with running(mqtt_outlet(config("mqtt", options), {"password": "wrong"}, row.tell)):
            state = await row.until(lambda state: state.light is Light.TROUBLE)
    assert "password" in state.words
