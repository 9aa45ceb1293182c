"""The embedded voice behind Fish Audio's plain live socket: it tells nobody when which word sounds.

    python -m benchmarks.hidden_times FOLDER       prints its address, runs until its standard input ends

It asks the service for the times of the words and keeps them. At the end it prints a line of JSON for each
session, in order: its text, and its words with the frames in which they sound. The file `voice.s16` in the
folder holds the audio of all sessions, one after another.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from fishcaption.core.protocol.frames import pack, unpack

TIMED = "/v1/tts/live/with-timestamp"
KEY = "a-key"
_HIDDEN = ("content", "chunk_seq", "chunk_audio_offset_sec", "alignment")

Word = tuple[str, int, int]  # as the service names it; its first frame, and the one after its last


@dataclass(slots=True)
class Session:
    """What one session was given, and what came of it."""

    rate: int
    text: str = ""
    audio: bytearray = field(default_factory=bytearray)
    chunks: dict[int, list[Word]] = field(default_factory=dict)

    def note(self, event: dict[str, Any]) -> None:
        """Keep what a frame of audio tells; what is told later of the same chunk is better."""
        self.audio += event["audio"]
        if event["alignment"] is not None:
            offset = event["chunk_audio_offset_sec"]
            self.chunks[event["chunk_seq"]] = [
                (
                    word["text"],
                    round((offset + word["start"]) * self.rate),
                    round((offset + word["end"]) * self.rate),
                )
                for word in event["alignment"]["segments"]
            ]

    def told(self) -> dict[str, Any]:
        """All of it but the audio."""
        words = [word for _, words in sorted(self.chunks.items()) for word in words]
        return {"text": self.text, "frames": len(self.audio) // 2, "words": words}


class Proxy:
    """Speaks the plain protocol with the client, and the one with times with the service."""

    def __init__(self, service: str) -> None:
        self._url = f"ws://{urlsplit(service).netloc}{TIMED}"
        self.sessions: list[Session] = []

    def admit(self, connection: ServerConnection, request: Request) -> Response | None:
        """Let clients in by the plain socket only."""
        if request.path.startswith(TIMED):
            return connection.respond(HTTPStatus.NOT_FOUND, "no such thing")
        return None

    async def serve(self, client: ServerConnection) -> None:
        """One client's connection."""
        assert client.request is not None
        asked = client.request.headers
        headers = {name: asked[name] for name in ("Authorization", "model") if name in asked}
        async with connect(self._url, additional_headers=headers, compression=None, max_size=None) as service:
            mine: list[Session] = []
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._ask(client, service, mine))
                    await self._answer(client, service, mine)
            except* ConnectionClosed:
                pass

    async def _ask(self, client: ServerConnection, service: ClientConnection, mine: list[Session]) -> None:
        async for frame in client:
            assert isinstance(frame, bytes)
            event = unpack(frame)
            if event["event"] == "start":
                mine.append(Session(event["request"].get("sample_rate") or 44_100))
                self.sessions.append(mine[-1])
            elif event["event"] == "text":
                mine[-1].text += event["text"]
            await service.send(frame)
        await service.close()

    async def _answer(self, client: ServerConnection, service: ClientConnection, mine: list[Session]) -> None:
        async for frame in service:
            assert isinstance(frame, bytes)
            event = unpack(frame)
            if event["event"] == "audio":
                mine[-1].note(event)
                if not event["audio"]:
                    continue
            await client.send(pack({name: value for name, value in event.items() if name not in _HIDDEN}))
        await client.close()


async def _main(folder: Path) -> None:
    service = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "fishcaption", "serve", "--port", "0", "--key", KEY, "--any-voice"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert service.stdout is not None
    try:
        proxy = Proxy((await service.stdout.readline()).decode().strip())
        async with serve(
            proxy.serve, "127.0.0.1", 0, compression=None, max_size=None, process_request=proxy.admit
        ) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            print(f"http://127.0.0.1:{port}", flush=True)
            await asyncio.to_thread(sys.stdin.read)
    finally:
        service.terminate()
        await service.wait()
    (folder / "voice.s16").write_bytes(b"".join(session.audio for session in proxy.sessions))
    for session in proxy.sessions:
        print(json.dumps(session.told()))


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1])))
