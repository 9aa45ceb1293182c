"""Captions published to an MQTT broker as retained messages: whoever comes late gets the newest at once.

paho works in a thread of its own, as it does on every system and event loop; aiomqtt needs `add_reader`,
which the event loop of Windows does not have.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, Final

import truststore
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from fishcaption.captions.brokers.outlet import BrokerGone, BrokerOutlet, BrokerRefused, Message
from fishcaption.captions.outlet import Outlet, Tell
from fishcaption.captions.outlet_kind import ON
from fishcaption.core.audience import OutletConfig

ANSWER_SECONDS: Final = 3.0
_KEEP_ALIVE_SECONDS: Final = 10
_TOPIC: Final = re.compile(r"[^#+\x00-\x1f]{1,200}")


def mqtt_outlet(config: OutletConfig, secrets: Mapping[str, str], tell: Tell) -> Outlet:
    """Return the outlet: see `captions.outlet.MakeOutlet`."""
    return BrokerOutlet(config, tell, partial(_connected, dict(config.options), dict(secrets)))


@asynccontextmanager
async def _connected(options: Mapping[str, str], secrets: Mapping[str, str]) -> AsyncIterator[_Mqtt]:
    """Connect once. Raises BrokerGone, BrokerRefused."""
    topic = options["topic"].strip().strip("/")
    if not _TOPIC.fullmatch(topic):
        raise BrokerRefused("A topic has no “#” and no “+”. Change it.")
    broker = _Mqtt(topic)
    client = broker.client
    if options["user"].strip():
        client.username_pw_set(options["user"].strip(), secrets.get("password") or None)
    if options["is_secure"] == ON:
        client.tls_set_context(truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    client.connect_timeout = ANSWER_SECONDS
    try:
        await asyncio.to_thread(
            client.connect, options["host"].strip(), round(float(options["port"])), _KEEP_ALIVE_SECONDS
        )
    except ssl.SSLError as error:
        raise BrokerRefused(
            "The broker's certificate is not valid. Check the address, or ask who runs it."
        ) from error
    except (OSError, ValueError) as error:
        raise BrokerGone from error
    client.loop_start()
    try:
        await broker.accepted()
        yield broker
    finally:
        with suppress(ValueError):
            client.disconnect()
        await asyncio.to_thread(client.loop_stop)
        broker.leave()


class _Mqtt:
    """`Broker`: an open connection. paho calls back in its thread, and everything is told in the loop's."""

    def __init__(self, topic: str) -> None:
        self.client = Client(CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
        self.client.on_connect = self._on_connect
        self.client.on_disconnect = self._on_disconnect
        self.client.on_publish = self._on_publish
        self._topic = topic
        self._loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[int] = self._loop.create_future()
        self._closed = asyncio.Event()
        self._taken: set[int] = set()
        self._news = asyncio.Event()

    async def accepted(self) -> None:
        """Wait for the broker's answer to us. Raises BrokerGone, BrokerRefused."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                code = await self._answer
        except TimeoutError as error:
            raise BrokerGone from error
        if code:
            raise BrokerRefused("The broker refused the user or the password. Enter them again.")

    async def publish(self, messages: Sequence[Message], /) -> None:
        """See `Broker.publish`."""
        try:
            sent = {
                self.client.publish(f"{self._topic}/{topic}", payload, qos=1, retain=True).mid
                for topic, payload in messages
            }
        except ValueError as error:
            raise BrokerRefused("The broker's topic cannot be used. Change it.") from error
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                while not sent <= self._taken:
                    if self._closed.is_set():
                        raise BrokerGone
                    await self._news.wait()
                    self._news.clear()
        except TimeoutError as error:
            raise BrokerGone from error
        self._taken -= sent

    async def closed(self) -> None:
        """See `Broker.closed`."""
        await self._closed.wait()

    def leave(self) -> None:
        """Let go of the client: it closes its sockets when nobody holds it any more."""
        self.client.on_connect = self.client.on_disconnect = self.client.on_publish = None

    # -- in paho's thread

    def _soon(self, act: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # the loop has just ended
            self._loop.call_soon_threadsafe(act)

    def _on_connect(
        self, client: Client, data: Any, flags: ConnectFlags, code: ReasonCode, more: Properties | None
    ) -> None:
        self._soon(partial(self._answered, code.value))

    def _on_disconnect(
        self, client: Client, data: Any, flags: DisconnectFlags, code: ReasonCode, more: Properties | None
    ) -> None:
        self._soon(self._gone)

    def _on_publish(
        self, client: Client, data: Any, number: int, code: ReasonCode, more: Properties | None
    ) -> None:
        self._soon(partial(self._took, number))

    # -- in the loop's

    def _answered(self, code: int) -> None:
        if not self._answer.done():
            self._answer.set_result(code)

    def _gone(self) -> None:
        self._closed.set()
        self._news.set()

    def _took(self, number: int) -> None:
        self._taken.add(number)
        self._news.set()
