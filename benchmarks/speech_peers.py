"""Processes that `benchmarks.speech` needs: a live service, and what ours is measured beside.

    python -m benchmarks.speech_peers service MANNER FAULTS   both JSON; prints its address, then its log
    python -m benchmarks.speech_peers bursts DEVICE RATE N    N bursts to a running stream; prints when
    python -m benchmarks.speech_peers lean URL DEVICE RATE    says lines of JSON: [[second, text], ...]
    python -m benchmarks.speech_peers tokens URL [DEVICE]     standard input to the service; played or dropped
    python -m benchmarks.speech_peers nothing                 standard input, read and dropped

"Lean" is websockets and ormsgpack, and one callback on a stream of the latency and blocksize that ours asks
for, open from the beginning.
"""

from __future__ import annotations

import asyncio
import codecs
import json
import os
import random
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any

RATE = 44_100
LATENCY_SECONDS = 0.1
BLOCK_SECONDS = 0.02
BURST_SECONDS = 0.01
READ_BYTES = 1 << 16


class Stream:
    """A device's stream that is open and plays what is written, else silence."""

    def __init__(self, device: str, rate: int) -> None:
        import sounddevice

        self._lock = threading.Lock()
        self._waiting = bytearray()
        self._stream = sounddevice.RawOutputStream(
            samplerate=rate,
            blocksize=round(rate * BLOCK_SECONDS),
            device=device,
            channels=1,
            dtype="int16",
            latency=LATENCY_SECONDS,
            callback=self._play,
        )
        self._stream.start()

    def write(self, pcm: bytes) -> None:
        """Play this after what waits."""
        with self._lock:
            self._waiting += pcm

    def _play(self, out: Any, frames: int, times: object, status: object) -> None:
        size = 2 * frames
        with self._lock:
            taken = bytes(self._waiting[:size])
            del self._waiting[:size]
        out[: len(taken)] = taken
        out[len(taken) :] = bytes(size - len(taken))


async def service(manner: dict[str, Any], faults: list[dict[str, Any] | None]) -> None:
    """Be Fish Audio's live service, behaving as told, until standard input ends."""
    from tests.live_server import Fault, LiveServer, Manner

    happening = [None if fault is None else Fault(**fault) for fault in faults]
    async with LiveServer(Manner(**manner), *happening) as server:
        print(server.url, flush=True)
        await asyncio.to_thread(sys.stdin.read)
        for talk in server.talks:
            told = {name: getattr(talk, name) for name in ("path", "opened", "closed", "events", "sent")}
            print(json.dumps(told))


def bursts(device: str, rate: int, count: int) -> None:
    """Write bursts at moments of chance; print when each was written."""
    stream = Stream(device, rate)
    chance = random.Random(3)
    rest = threading.Event()
    rest.wait(3)  # a null sink that has just been opened takes a second or two to settle
    burst = (10_000).to_bytes(2, "little") * round(rate * BURST_SECONDS)
    for _ in range(count):
        rest.wait(0.2 + 0.1 * chance.random())
        when = perf_counter()
        stream.write(burst)
        print(when, flush=True)
    rest.wait(0.5)


@asynccontextmanager
async def _connection(url: str) -> AsyncIterator[Any]:
    from websockets.asyncio.client import connect

    yield await connect(
        url.replace("http", "ws", 1) + "/v1/tts/live/with-timestamp",
        additional_headers={"Authorization": "Bearer a-key", "model": "s2.1-pro-free"},
        compression=None,
        max_size=None,
    )


def _start(rate: int) -> bytes:
    import ormsgpack

    request = {"text": "", "format": "pcm", "sample_rate": rate, "chunk_length": 200, "latency": "balanced"}
    return ormsgpack.packb({"event": "start", "request": request})


async def _hear(socket: Any, hear: Callable[[bytes], None]) -> None:
    import ormsgpack

    while True:
        event = ormsgpack.unpackb(await socket.recv())
        if event["event"] == "audio":
            hear(event["audio"])
        elif event["event"] == "finish":
            return


async def lean(url: str, device: str, rate: int) -> None:
    """One session a line of input. The text goes out at its second; nothing but the end flushes."""
    import ormsgpack

    stream = Stream(device, rate)
    loop = asyncio.get_running_loop()
    async with _connection(url) as socket:
        print("ready", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            began = loop.time()
            print(perf_counter(), flush=True)
            await socket.send(_start(rate))
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_hear(socket, stream.write))
                for second, text in json.loads(line):
                    await asyncio.sleep(began + second - loop.time())
                    await socket.send(ormsgpack.packb({"event": "text", "text": text}))
                await socket.send(ormsgpack.packb({"event": "stop"}))
            print("done", flush=True)


async def _standard_input() -> AsyncIterator[str]:
    """Text as it arrives, read as `say` reads it."""
    loop = asyncio.get_running_loop()
    texts: asyncio.Queue[str | None] = asyncio.Queue()

    def read() -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while data := os.read(sys.stdin.fileno(), READ_BYTES):
            loop.call_soon_threadsafe(texts.put_nowait, decoder.decode(data))
        loop.call_soon_threadsafe(texts.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()
    print("ready", flush=True)
    while (text := await texts.get()) is not None:
        yield text


async def tokens(url: str, device: str = "") -> None:
    """Every token is a message, as it comes; the service cuts."""
    import ormsgpack

    hear = Stream(device, RATE).write if device else _drop
    async with _connection(url) as socket:
        await socket.send(_start(RATE))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_hear(socket, hear))
            async for text in _standard_input():
                await socket.send(ormsgpack.packb({"event": "text", "text": text}))
            await socket.send(ormsgpack.packb({"event": "stop"}))


def _drop(pcm: bytes) -> None:
    pass


async def nothing() -> None:
    """What reading alone costs."""
    async for _ in _standard_input():
        pass


def main() -> None:
    """Be one of them."""
    match sys.argv[1:]:
        case ["service", manner, faults]:
            asyncio.run(service(json.loads(manner), json.loads(faults)))
        case ["bursts", device, rate, count]:
            bursts(device, int(rate), int(count))
        case ["lean", url, device, rate]:
            asyncio.run(lean(url, device, int(rate)))
        case ["tokens", url, *device]:
            asyncio.run(tokens(url, *device))
        case ["nothing"]:
            asyncio.run(nothing())
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
