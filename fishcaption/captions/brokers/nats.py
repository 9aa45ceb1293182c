"""Captions published to NATS with JetStream, which keeps the newest message of each subject."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, Final

import truststore
from nats.aio.client import Client
from nats.errors import AuthorizationError, Error, NoServersError
from nats.js.api import DiscardPolicy, PubAck, StorageType, StreamConfig
from nats.js.errors import APIError, BadRequestError, NotFoundError

from fishcaption.captions.brokers.outlet import BrokerGone, BrokerOutlet, BrokerRefused, Message
from fishcaption.captions.outlet import Outlet, Tell
from fishcaption.core.audience import OutletConfig

STREAM: Final = "CAPTIONS"
"""The JetStream stream; it is made if there is none."""

ANSWER_SECONDS: Final = 3.0
_MOST_BYTES: Final = 16 << 20  # that the stream may keep, of all channels
_CHANNEL: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")


def nats_outlet(config: OutletConfig, secrets: Mapping[str, str], tell: Tell) -> Outlet:
    """Return the outlet: see `captions.outlet.MakeOutlet`."""
    return BrokerOutlet(config, tell, partial(_connected, dict(config.options), dict(secrets)))


@asynccontextmanager
async def _connected(options: Mapping[str, str], secrets: Mapping[str, str]) -> AsyncIterator[_Nats]:
    """Connect once. Raises BrokerGone, BrokerRefused."""
    channel = options["channel"].strip()
    if not _CHANNEL.fullmatch(channel):
        raise BrokerRefused("A channel's name has letters, digits, “-” and “_” only. Change it.")
    closed = asyncio.Event()
    told: list[Exception] = []

    async def on_closed() -> None:
        closed.set()

    async def on_error(error: Exception) -> None:
        del told[:-10]
        told.append(error)

    address = options["address"].strip()
    client = Client()
    try:
        async with asyncio.timeout(ANSWER_SECONDS + 1):
            await client.connect(
                address,
                name="fishcaption",
                user=options["user"].strip() or None,
                password=secrets.get("password") or None,
                error_cb=on_error,
                closed_cb=on_closed,
                allow_reconnect=False,
                max_reconnect_attempts=1,
                reconnect_time_wait=0,
                connect_timeout=round(ANSWER_SECONDS),
                ping_interval=5,
                max_outstanding_pings=1,
                tls=_tls(address),
            )
    except (Error, OSError, TimeoutError, ValueError) as error:
        with suppress(Error, OSError, TimeoutError):
            await client.close()
        raise _complaint(error, told) from error
    try:
        yield await _Nats.made(client, channel, closed)
    finally:
        with suppress(Error, OSError, TimeoutError):
            async with asyncio.timeout(1):
                await client.close()


class _Nats:
    """`Broker`: an open connection to NATS."""

    def __init__(self, client: Client, channel: str, closed: asyncio.Event) -> None:
        self._stream = client.jetstream(timeout=ANSWER_SECONDS)
        self._channel = channel
        self._closed = closed

    @classmethod
    async def made(cls, client: Client, channel: str, closed: asyncio.Event) -> _Nats:
        """Return a connection to a server that has our stream. Raises BrokerGone, BrokerRefused."""
        made = cls(client, channel, closed)
        try:
            try:
                await made._stream.stream_info(STREAM)
            except NotFoundError:
                await made._stream.add_stream(
                    StreamConfig(
                        name=STREAM,
                        subjects=["captions.>"],
                        storage=StorageType.FILE,  # else it is empty after a restart
                        max_msgs_per_subject=1,
                        max_bytes=_MOST_BYTES,
                        discard=DiscardPolicy.OLD,
                        allow_direct=True,
                    )
                )
        except BadRequestError as error:
            raise BrokerRefused(
                f"The NATS server cannot make the stream {STREAM}. Make it as the page on many readers says."
            ) from error
        except APIError as error:
            raise BrokerRefused("The NATS server has no JetStream. Switch it on there.") from error
        except (Error, OSError, TimeoutError) as error:
            raise BrokerGone from error
        return made

    async def publish(self, messages: Sequence[Message], /) -> None:
        """See `Broker.publish`."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                for answer in [await self._sent(message) for message in messages]:
                    await answer
        except APIError as error:
            raise BrokerRefused("The NATS server does not keep captions. See its log.") from error
        except (Error, OSError, TimeoutError) as error:
            raise BrokerGone from error

    async def _sent(self, message: Message) -> asyncio.Future[PubAck]:
        subject = f"captions.{self._channel}.{message.topic}"
        return await self._stream.publish_async(subject, message.payload)

    async def closed(self) -> None:
        """See `Broker.closed`."""
        await self._closed.wait()


def _tls(address: str) -> ssl.SSLContext | None:
    return (
        truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if address.startswith(("tls://", "wss://")) else None
    )


def _complaint(error: Exception, told: list[Exception]) -> Exception:
    """Return what went wrong as one of ours; nothing in it quotes what the user typed."""
    causes: tuple[Any, ...] = (error, *told)
    if any(
        isinstance(cause, AuthorizationError) or "authorization" in str(cause).casefold() for cause in causes
    ):
        return BrokerRefused("The NATS server refused the user or the password. Enter them again.")
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return BrokerRefused(
            "The NATS server's certificate is not valid. Check the address, or ask who runs it."
        )
    if isinstance(error, ValueError) and not isinstance(error, NoServersError):
        return BrokerRefused("The address cannot be used. Write it like nats://captions.example:4222")
    return BrokerGone()
