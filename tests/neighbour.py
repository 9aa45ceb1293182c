"""Another user of this machine, who has no key. Standard library only: that user has no more of ours.

    python neighbour.py crowd PORT CONNECTIONS
    python neighbour.py squat PORT

`crowd` keeps so many connections that never show the right key: silent ones, half a request, TLS, a wrong
key, a proof that is none, a body without end. What the server closes is opened again at once. At the end of
its input it prints as JSON how many it opened. `squat` takes the port as soon as it is free, says yes to
everything, and prints what it was told.

`neighbour` runs it as another user where this one is root and the system has a Python, else as this one.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

_TLS = bytes.fromhex("16030100c8010000c40303") + bytes(200)
_SOCKET = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" + (
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)
_WRONG = "Authorization: Bearer wrong\r\n"
_SAID = (
    b"",
    b"GET /v1/tts/live HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: ",
    _TLS,
    f"GET /model HTTP/1.1\r\nHost: 127.0.0.1\r\n{_WRONG}\r\n".encode(),
    f"GET /v1/tts/live HTTP/1.1\r\nHost: 127.0.0.1\r\n{_WRONG}{_SOCKET}\r\n".encode(),
    b"GET /lease HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: FishCaption-Proof "
    + b"0123456789abcdef0123 0123456789abcdef\r\n\r\n",
    b"POST /v1/tts HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900000000\r\n\r\n" + b"x" * 50_000,
)


class _Crowd:
    def __init__(self, port: int) -> None:
        self._port = port
        self.opened = 0

    async def keep(self, said: bytes) -> None:
        """One connection, over and over."""
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError:
                await asyncio.sleep(0.01)
                continue
            self.opened += 1
            try:
                writer.write(said)
                await reader.read()
            except OSError:
                pass
            finally:
                writer.transport.abort()


def _tell(what: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


async def crowd(port: int, connections: int) -> None:
    """Until the standard input ends."""
    if sys.platform != "win32":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, connections + 500), hard))
    people = _Crowd(port)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *_: None)  # reset connections are what is asked for
    async with asyncio.TaskGroup() as tasks:
        running = [
            tasks.create_task(people.keep(said))
            for _, said in zip(range(connections), cycle(_SAID), strict=False)
        ]
        await asyncio.to_thread(sys.stdin.read)
        for task in running:
            task.cancel()
    _tell({"opened": people.opened})


async def squat(port: int) -> None:
    """Until the standard input ends."""
    told: list[bytes] = []

    async def agree(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while said := await reader.read(65536):
                told.append(said)
                if b"pgrade" in said:
                    writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n")
                    writer.write(b"Connection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n")
                else:
                    writer.write(b"HTTP/1.1 200 OK\r\nfishcaption-proof: 0\r\n\r\nheld\n")

    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    _tell({})
    while True:
        try:
            listener.bind(("127.0.0.1", port))
            break
        except OSError:
            await asyncio.sleep(0)
    server = await asyncio.start_server(agree, sock=listener)
    await asyncio.to_thread(sys.stdin.read)
    server.close()
    _tell({"told": b"".join(told).decode("latin-1")})


@contextlib.contextmanager
def neighbour(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """The program, running; its input is still open."""
    with tempfile.TemporaryDirectory(prefix="neighbour-") as folder:
        script = Path(folder, "neighbour.py")
        Path(folder).chmod(0o755)
        shutil.copy(__file__, script)
        command = [*_another_users_python(), str(script), *map(str, arguments)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            try:
                yield process
            finally:
                process.kill()


def last_word(process: subprocess.Popen[str]) -> dict[str, Any]:
    """End its input; what it says of itself."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    told: dict[str, Any] = json.loads(process.stdout.readline())
    return told


def _another_users_python() -> list[str]:
    setpriv = shutil.which("setpriv")
    python = shutil.which("python3", path="/usr/local/bin:/usr/bin:/bin")
    if sys.platform != "win32" and os.geteuid() == 0 and setpriv and python:
        command = [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", python]
        if (
            subprocess.run([*command, "-c", "from asyncio import TaskGroup"], capture_output=True).returncode
            == 0
        ):
            return command
    return [sys.executable]


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[2:]]
    asyncio.run(crowd(*numbers) if sys.argv[1] == "crowd" else squat(*numbers))
