"""A server of files on a real socket that cuts, lies and forgets Range as a test tells it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from fishcaption.core.voices.downloads import Offer, RemoteFile

_BLOCK = 1 << 14


@dataclass
class FileServer:
    """Its files by path. ``cuts``: the next answers end after so many bytes, one after the other."""

    files: dict[str, bytes] = field(default_factory=dict)
    cuts: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)  # of the next answers
    knows_ranges: bool = True
    lies_about_ranges: bool = False
    redirects_to: str = ""
    hangs_after: int | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)  # paths and their ranges
    url: str = ""
    released: threading.Event = field(default_factory=threading.Event)
    reached: threading.Event = field(default_factory=threading.Event)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    told: FileServer

    def do_GET(self) -> None:
        told, asked = self.told, self.headers.get("Range", "")
        told.asked.append((self.path, asked))
        content = told.files.get(self.path.lstrip("/"))
        if told.redirects_to:
            self._head(302, 0, {"Location": told.redirects_to})
        elif told.statuses or content is None:
            self._head(told.statuses.pop(0) if told.statuses else 404, 0, {})
        else:
            self._answer(content, asked if told.knows_ranges else "")

    def _answer(self, content: bytes, asked: str) -> None:
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        if start and start >= len(content):
            self._head(416, 9, {})
            self.wfile.write(b"too large")
            return
        rest = content[start:]
        first = start + 1 if self.told.lies_about_ranges else start
        ranges = {"Content-Range": f"bytes {first}-{len(content) - 1}/{len(content)}"} if start else {}
        self._head(206 if start else 200, len(rest), ranges)
        told = self.told
        cut = told.cuts.pop(0) if told.cuts else len(rest)
        for at in range(0, min(cut, len(rest)), _BLOCK):
            self.wfile.write(rest[at : min(at + _BLOCK, cut)])
            if told.hangs_after is not None and at >= told.hangs_after:
                told.reached.set()
                told.released.wait(20)
                self.close_connection = True
                return
        self.close_connection = cut < len(rest)

    def _head(self, status: int, length: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def handle(self) -> None:
        with suppress(OSError):  # the client has gone: that is what the test wants
            super().handle()

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@contextmanager
def serving(server: FileServer) -> Iterator[FileServer]:
    """Serve until left."""
    handler = type("Handler", (_Handler,), {"told": server})
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, args=(0.02,))
    thread.start()
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    try:
        yield server
    finally:
        server.released.set()
        http.shutdown()
        http.server_close()
        thread.join()


def offer_of(
    server: FileServer, model: bytes, config: bytes = b"{}", *, key: str = "de_DE-eva-medium"
) -> Offer:
    """A voice whose files the server has."""
    folder = key.replace("-", "/")
    contents = {"MODEL_CARD": b"# Eva\n\nLicense: CC0\n", f"{key}.onnx.json": config, f"{key}.onnx": model}
    files = []
    for name, content in contents.items():
        server.files[f"{folder}/{name}"] = content
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        files.append(RemoteFile(f"{folder}/{name}", len(content), digest))
    return Offer(
        key, "piper", "eva", "de_DE", "German", "Deutsch", "Germany", "medium", 1, tuple(files), files[0]
    )
