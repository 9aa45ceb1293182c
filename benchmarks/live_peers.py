"""A client of the live service, measured from inside: ours, lean (websockets and ormsgpack), the vendor's.

    python -m benchmarks.live_peers CLIENT JOB URL

Runs the job in Qt's loop, as the window does, and prints one line of JSON. The vendor's client runs in an
environment of its own, so nothing here is imported before it is needed.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from time import perf_counter, process_time, thread_time
from typing import Any

RATE = 44100
SENTENCE = "This sentence is ninety characters long, and so it takes six seconds to be said aloud now. "

Hear = Callable[[bytes], None]
Speak = Callable[[AsyncIterator[str], Hear], Coroutine[Any, Any, None]]
"""Says the texts as they come, each flushed; gives all audio to the ear."""


class Hands:
    """Texts as they are decided on, and when."""

    def __init__(self, *texts: str) -> None:
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self.given: list[tuple[float, str]] = []
        for text in texts:
            self.give(text)

    def give(self, text: str) -> None:
        """It has been decided that this is to be said, now."""
        self.given.append((perf_counter(), text))
        self._queue.put_nowait(text)

    def end(self) -> Hands:
        """That was all."""
        self._queue.put_nowait(None)
        return self

    def __aiter__(self) -> Hands:
        return self

    async def __anext__(self) -> str:
        text = await self._queue.get()
        if text is None:
            raise StopAsyncIteration
        return text


# --- clients ---------------------------------------------------------------------------------------------


@asynccontextmanager
async def ours(url: str) -> AsyncIterator[Speak]:
    """The program's own."""
    from fishcaption.core.speech import Delivery, Piece, Sound, Voice
    from fishcaption.fish.live import Endpoint, Live

    async def endpoint() -> Endpoint:
        return Endpoint(url, "a-key")

    async def pieces(texts: AsyncIterator[str]) -> AsyncIterator[Piece]:
        start = 0
        async for text in texts:
            yield Piece(start, text)
            start += len(text)

    async with Live(endpoint) as live:
        voice = live.synthesizer(Voice("fish", "", ""), rate=RATE)

        async def speak(texts: AsyncIterator[str], hear: Hear) -> None:
            async def sink(delivery: Delivery) -> None:
                if isinstance(delivery, Sound):
                    hear(delivery.pcm)

            await voice.speak(pieces(texts), sink)

        yield speak


@asynccontextmanager
async def lean(url: str) -> AsyncIterator[Speak]:
    """The least that works when nothing goes wrong."""
    import ormsgpack
    from websockets.asyncio.client import connect

    address = url.replace("http", "ws", 1) + "/v1/tts/live/with-timestamp"
    headers = {"Authorization": "Bearer a-key", "model": "s2.1-pro-free"}
    request = {"text": "", "format": "pcm", "sample_rate": RATE, "chunk_length": 100, "latency": "balanced"}
    async with connect(address, additional_headers=headers, compression=None, max_size=None) as socket:

        async def send(texts: AsyncIterator[str]) -> None:
            await socket.send(ormsgpack.packb({"event": "start", "request": request}))
            async for text in texts:
                await socket.send(ormsgpack.packb({"event": "text", "text": text}))
                await socket.send(ormsgpack.packb({"event": "flush"}))
            await socket.send(ormsgpack.packb({"event": "stop"}))

        async def speak(texts: AsyncIterator[str], hear: Hear) -> None:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(send(texts))
                while True:
                    event = ormsgpack.unpackb(await socket.recv(decode=False))
                    if event["event"] == "audio":
                        hear(event["audio"])
                    elif event["event"] == "finish":
                        return

        yield speak


@asynccontextmanager
async def vendor(url: str) -> AsyncIterator[Speak]:
    """The official asynchronous client, which opens a connection for every utterance."""
    from fishaudio import AsyncFishAudio  # type: ignore[import-not-found]  # in its own environment
    from fishaudio.types import FlushEvent, TTSConfig  # type: ignore[import-not-found]  # as above

    client = AsyncFishAudio(api_key="a-key", base_url=url)

    async def flushed(texts: AsyncIterator[str]) -> AsyncIterator[Any]:
        async for text in texts:
            yield text
            yield FlushEvent()

    async def speak(texts: AsyncIterator[str], hear: Hear) -> None:
        config = TTSConfig(format="pcm", sample_rate=RATE, chunk_length=100)
        async for pcm in client.tts.stream_websocket(flushed(texts), config=config, model="s2-pro"):
            hear(pcm)

    yield speak
    await client.close()


CLIENTS: dict[str, Callable[[str], AbstractAsyncContextManager[Speak]]] = {
    "ours": ours,
    "lean": lean,
    "vendor": vendor,
}

# --- jobs ------------------------------------------------------------------------------------------------


async def minute(speak: Speak) -> dict[str, Any]:
    """One minute of audio in ten sentences: CPU seconds, after an utterance that warms everything up."""
    await speak(Hands("Warm. ").end(), lambda _: None)
    size = 0

    def hear(pcm: bytes) -> None:
        nonlocal size
        size += len(pcm)

    began = process_time()
    await speak(Hands(*[SENTENCE] * 10).end(), hear)
    return {"cpu": (process_time() - began) * 60 / (size / 2 / RATE), "seconds": size / 2 / RATE}


async def typing(speak: Speak) -> dict[str, Any]:
    """200 pieces, decided on at moments that are no rhythm: when each was given."""
    chance = random.Random(1)
    hands = Hands()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(speak(hands, lambda _: None))
        hands.give("Warm. ")
        await asyncio.sleep(0.3)
        for number in range(200):
            hands.give(f"piece {number} here, ")
            await asyncio.sleep(0.01 + chance.random() * 0.03)
        hands.end()
    return {"given": hands.given}


async def first(speak: Speak) -> dict[str, Any]:
    """100 utterances of one frame each: when it was heard."""
    heard = []
    for _ in range(100):
        await speak(Hands("One frame. ").end(), lambda _: heard.append(perf_counter()))
    return {"heard": heard}


async def stops(speak: Speak) -> dict[str, Any]:
    """200 stops at moments of chance: how long each took."""
    chance = random.Random(2)
    took = []
    cpu = []
    for _ in range(200):
        async with asyncio.TaskGroup() as tasks:
            speaking = tasks.create_task(speak(Hands(SENTENCE), lambda _: None))
            await asyncio.sleep(chance.random() * 0.06)
            began, worked = perf_counter(), thread_time()
            speaking.cancel()
            await asyncio.wait([speaking])
            took.append(perf_counter() - began)
            cpu.append(thread_time() - worked)
    return {"took": took, "cpu": cpu}


async def sixty(speak: Speak) -> dict[str, Any]:
    """60 sentences of which the connection does not survive one: what was said, by the samples."""
    from tests.live_server import said, said_twice

    texts = [f"Sentence {number} of sixty is said now. " for number in range(60)]
    heard: list[bytes] = []
    await speak(Hands(*texts).end(), heard.append)
    spoken = said(b"".join(heard))
    never = [text for text in texts if text not in spoken and text.split(" of ")[0] not in spoken]
    try:
        return {"never": len(never), "twice": len(said_twice(spoken, texts))}
    except AssertionError:
        return {"never": max(1, len(never)), "twice": 60}


JOBS = {"minute": minute, "typing": typing, "first": first, "stops": stops, "sixty": sixty}


async def _run(client: str, job: str, url: str) -> dict[str, Any]:
    async with CLIENTS[client](url) as speak:
        return await JOBS[job](speak)


def main() -> None:
    """Run the job in a Qt loop without a window."""
    from PySide6.QtCore import QCoreApplication
    from qasync import QEventLoop

    app = QCoreApplication([])
    with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        print(json.dumps(runner.run(_run(*sys.argv[1:4]))))


if __name__ == "__main__":
    main()
