"""A library of voices that answers as no honest service does: REST on a real socket, a thread a connection.

    with lying("has_more_null", "same_id_twice") as service:  # none: honest, with `count` voices of others
        Endpoint(service.url, "any key")                      # live sockets there are none
        service.asked                                         # [Asked("GET", "/model", {"tag": ["a"]}, b"")]
        service.tell("created_then_gone")                     # one more lie from now on
        service.stop_telling("created_then_gone")

Every lie stands in `LIES` with what it does. An honest status of a refusal is no lie, but is told here, too:
`lying("refuse POST /model 413")`; `once refuse …` only the first time. Words of a refusal are JSON as the
service has them, 401 is plain text. What a client has made is in `service.made`, as it was sent.

Addresses of covers are relative, as the service's: under ``/cdn-cgi/image/width=64,format=webp/`` or at the
root of the same server. Those of samples are whole, and signed.
"""

from __future__ import annotations

import base64
import io
import json
import socket
import struct
import sys
import threading
import wave
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import python_multipart

LIES = {
    "has_more_null": "`has_more` is null on every page",
    "total_wrong": "`total` is 3 whatever there is",
    "total_missing": "neither `total` nor `has_more` is there",
    "same_id_twice": "the last voice of a page is the first of the next, too",
    "endless_pages": "`has_more` is always true; pages after the last are empty",
    "page_is_refused": "the page after the last is announced, and is a 400: page 34 of 33",
    "unusable": "every other voice is svc, failed, training, taken down, retired or retiring, in turn",
    "samples_as_object": "`samples` is one object, as a type of the npm client says",
    "samples_null": "`samples` is null",
    "title_null": "every third title is null",
    "items_strange": "among the voices there are null, a number, a text, a list and an empty map",
    "html": "every answer is a page of HTML with status 200",
    "not_json": "every answer says that it is JSON, and is cut in its middle",
    "cut": "every answer announces twice as many bytes as come",
    "unauthorized": "every answer is a 401 in plain text",
    "credit_negative": 'credit is "-0.36"',
    "credit_nan": 'credit is "NaN"',
    "credit_number": "credit is the number 0.1",
    "credit_null": "credit is null",
    "trains_for_ever": "a new voice is in training, always",
    "training_fails": "a new voice is in training when it is made, then failed",
    "trains_a_while": "a new voice is in training three times it is asked for, then trained (no lie)",
    "created_without_id": "201 without `_id`; the voice is made and listed",
    "created_then_gone": "201, and the voice is neither listed nor found (404)",
    "created_unanswered": "the voice is made, and the connection is cut in place of an answer",
    "created_late": "as created_unanswered; the voice is listed at the second look only",
    "upload_cut": "the connection is cut after 20 kB of an upload; nothing is made",
    "upload_refused_early": "413 after 20 kB of an upload, and the connection is closed",
    "quality_failed": "the recordings have not passed: `quality_passed` false, with reasons (no lie)",
    "voice_gone": "every single voice is a 404, though it is listed",
    "cover_large": "a cover is 50 MB of a picture's bytes",
    "cover_html": "a cover is a page of HTML, and says that it is a picture",
    "cover_huge": "a cover is a small file of 12,000 × 12,000 pixels",
    "cover_strange_address": "covers are at file:///etc/hostname, //, data: and another host's, in turn",
    "sample_expired": "addresses of samples have expired (403) until the voice itself is asked for",
    "sample_gone": "every sample is a 403",
    "sample_html": "a sample is a page of HTML, and says that it is sound",
    "sample_large": "a sample is 200 MB of sound",
    "design_without_sound": "candidates of a design hold no sound, or what is none",
    "design_fewer": "a design has one candidate, however many were asked for",
    "slow": "every answer begins 3 seconds late, or when the server ends",
}
"""The lies by name, and what each does."""

REFUSALS = {
    400: "Bad Request",
    402: "Insufficient API credit. API credit is managed independently from platform credit.",
    403: "You have no permission for this voice",
    404: "Model not found",
    409: "This was changed elsewhere",
    413: "Payload Too Large",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "The server cannot process the request due to a high load",
}
"""Statuses that `refuse METHOD PATH STATUS` gives, with their message."""

_CUT_AFTER = 20_000
_LATE_SECONDS = 3.0
_LARGE_COVER = 50_000_000
_LARGE_SAMPLE = 200_000_000
_HTML = b"<!doctype html><title>Sign in</title><p>Please sign in to this network."
_STRANGE_COVERS = (
    "file:///etc/hostname",
    "//",
    "data:image/png;base64,AAAA",
    "http://192.0.2.1/cover",
    "../../x",
)
_UNUSABLE: tuple[dict[str, Any], ...] = (
    {"type": "svc"},
    {"state": "failed"},
    {"state": "training"},
    {"state": "created"},
    {"dmca_taken_down": True},
    {"takedown_category": "dmca"},
    {"takedown_category": "policy"},
    {"pvc_release_state": "retired", "pvc_retire_effective_at": "2026-01-31T00:00:00Z"},
    {"pvc_release_state": "retiring", "pvc_retire_effective_at": "2099-01-31T00:00:00Z"},
)


class Asked(NamedTuple):
    """One request as it came; ``path`` without its query."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: bytes


@dataclass
class Made:
    """A voice that a client has made: its form's fields, and its files as (field, name, content)."""

    id: str
    fields: dict[str, list[str]]
    files: list[tuple[str, str, bytes]]
    looks: int = 0


@dataclass
class Lying:
    """The service: where it is, what was asked of it, what was made. Change its lies at any time."""

    url: str = ""
    count: int = 70
    lies: set[str] = field(default_factory=set)
    asked: list[Asked] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    ending: threading.Event = field(default_factory=threading.Event)
    guard: threading.Lock = field(default_factory=threading.Lock)
    fresh_samples: set[str] = field(default_factory=set)

    def tell(self, *lies: str) -> None:
        """Tell these lies, too."""
        for lie in lies:
            words = lie.removeprefix("once ").split()
            is_refusal = len(words) == 4 and words[0] == "refuse" and int(words[3]) in REFUSALS
            assert lie in LIES or is_refusal, f"no such lie: {lie}"
        self.lies |= set(lies)

    def stop_telling(self, *lies: str) -> None:
        """Tell them no more."""
        self.lies -= set(lies)

    # --- what the service has -----------------------------------------------------------------------------

    def refusal(self, method: str, path: str) -> int | None:
        """The status that this request is refused with."""
        for lie in tuple(self.lies):
            words = lie.removeprefix("once ").split()
            if words[0] == "refuse" and method == words[1] and path.startswith(words[2]):
                if lie.startswith("once "):
                    self.lies.discard(lie)
                return int(words[3])
        return None

    def voice(self, number: int) -> dict[str, Any]:
        """One of the voices of others, whole."""
        id_ = f"{number:032x}"
        entity = self._entity(id_, f"Voice {number}")
        entity |= {
            "tags": [("female", "male")[number % 2], "young"],
            "languages": [("en", "de", "ja")[number % 3]],
        }
        if "unusable" in self.lies and number % 2:
            entity |= _UNUSABLE[number // 2 % len(_UNUSABLE)]
        if "title_null" in self.lies and number % 3 == 0:
            entity["title"] = None
        if "cover_strange_address" in self.lies:
            entity["cover_image"] = _STRANGE_COVERS[number % len(_STRANGE_COVERS)]
        return entity

    def own(self, one: Made) -> dict[str, Any]:
        """A voice that the client has made, whole; looking at it goes on with its training."""
        entity = self._entity(one.id, one.fields.get("title", [""])[0])
        entity |= {
            "description": one.fields.get("description", [""])[0],
            "tags": one.fields.get("tags", []),
            "visibility": one.fields.get("visibility", ["public"])[0],
            "author": {"_id": "me", "nickname": "Me", "avatar": ""},
            "state": self._state(one),
            "quality": {"audios": [self._verdict(name) for kind, name, _ in one.files if kind == "voices"]},
        }
        if "created_without_id" in self.lies and not one.looks:
            del entity["_id"]
        one.looks += 1
        return entity

    def _state(self, one: Made) -> str:
        if "trains_for_ever" in self.lies:
            return "training"
        if "training_fails" in self.lies:
            return "failed" if one.looks else "training"
        return "training" if "trains_a_while" in self.lies and one.looks < 4 else "trained"

    def _verdict(self, name: str) -> dict[str, Any]:
        passed = "quality_failed" not in self.lies
        return {
            "filename": name,
            "duration_ms": 12_000,
            "language": "en",
            "quality": {"snr_db": 30.0 if passed else 7.5},
            "quality_passed": passed,
            "quality_reason": None if passed else "The recording is too noisy",
        }

    def _entity(self, id_: str, title: str) -> dict[str, Any]:
        sample = {"title": "A sample", "text": "Hello there.", "task_id": "t", "audio": self._sample_url(id_)}
        samples: Any = [sample]
        if "samples_as_object" in self.lies:
            samples = sample
        if "samples_null" in self.lies:
            samples = None
        return {
            "_id": id_,
            "type": "tts",
            "title": title,
            "description": "A voice of the server that lies",
            "cover_image": f"coverimage/{id_}",
            "train_mode": "fast",
            "state": "trained",
            "tags": [],
            "samples": samples,
            "created_at": "2026-11-01T00:00:00Z",
            "updated_at": "2026-11-01T00:00:00Z",
            "languages": ["en"],
            "visibility": "public",
            "lock_visibility": False,
            "like_count": 1,
            "mark_count": 1,
            "shared_count": 1,
            "task_count": 1,
            "author": {"_id": "somebody", "nickname": "Somebody", "avatar": ""},
        }

    def _sample_url(self, id_: str) -> str:
        day = (
            "20260101T000000Z"
            if "sample_expired" in self.lies and id_ not in self.fresh_samples
            else "20991231T000000Z"
        )
        return f"{self.url}/sample/{id_}.wav?X-Amz-Date={day}&X-Amz-Expires=600&X-Amz-Signature=00"

    def made_by_id(self, id_: str) -> Made | None:
        """A voice that was made and is found; None if there is none."""
        if "created_then_gone" in self.lies or id_ in self.deleted:
            return None
        return next((one for one in self.made if one.id == id_), None)

    def listed(self, query: dict[str, list[str]]) -> dict[str, Any]:
        """One page of the list."""
        size, page = int(query.get("page_size", ["10"])[0]), int(query.get("page_number", ["1"])[0])
        if query.get("self", ["false"])[0] == "true":
            own = [one for one in self.made if self.made_by_id(one.id)]
            if "created_late" in self.lies:
                own = [one for one in own if one.looks]
                for one in self.made:
                    one.looks += 1
            everything: list[Any] = [self.own(one) for one in reversed(own)]
        else:
            title = query.get("title", [""])[0].casefold()
            everything = [
                voice
                for voice in map(self.voice, range(self.count))
                if title in (voice["title"] or "").casefold()
            ]
        begin = (page - 1) * size
        if "same_id_twice" in self.lies and page > 1:
            begin -= 1
        items = everything[begin : begin + size]
        if "items_strange" in self.lies:
            items = [None, 7, "voice", [], {}, *items]
        has_more: bool | None = page * size < len(everything)
        if self.lies & {"endless_pages", "page_is_refused"}:
            has_more = True
        if "has_more_null" in self.lies:
            has_more = None
        answer: dict[str, Any] = {"total": len(everything), "items": items, "has_more": has_more}
        if "total_wrong" in self.lies:
            answer["total"] = 3
        if "total_missing" in self.lies:
            del answer["total"], answer["has_more"]
        return answer

    def credit(self) -> object:
        """What the account has."""
        for lie, value in (("negative", "-0.36"), ("nan", "NaN"), ("number", 0.1), ("null", None)):
            if f"credit_{lie}" in self.lies:
                return value
        return "12.34"


def tone(seconds: float = 0.5, rate: int = 24_000) -> bytes:
    """A WAV file with a tone."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(
            (struct.pack("<h", 3000) * 30 + struct.pack("<h", -3000) * 30) * round(seconds * rate / 60)
        )
    return buffer.getvalue()


@cache
def picture(side: int = 16) -> bytes:
    """A black PNG of so many pixels a side."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    packer = zlib.compressobj()
    rows = b"".join(packer.compress(bytes(1 + side)) for _ in range(side)) + packer.flush()
    head = struct.pack("!IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


# --- over HTTP -------------------------------------------------------------------------------------------


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        service = self.server.service
        parts = urlsplit(self.path)
        path, query = unquote(parts.path), parse_qs(parts.query)
        body = self._body(service)
        if body is None:
            return None
        with service.guard:
            service.asked.append(Asked(self.command, path, query, body))
        if "slow" in service.lies:
            service.ending.wait(_LATE_SECONDS)
        if "html" in service.lies:
            return self._answer(200, _HTML, "text/html")
        if "unauthorized" in service.lies:
            return self._refuse(401)
        if (status := service.refusal(self.command, path)) is not None:
            return self._refuse(status)
        with service.guard:
            act = self._act(service, path, query, body)
        return act()

    do_GET = do_POST = do_PATCH = do_DELETE = _serve

    def _body(self, service: Lying) -> bytes | None:
        """The request's body; None if the connection is closed in the middle of it."""
        length = int(self.headers.get("Content-Length", "0"))
        early = service.lies & {"upload_cut", "upload_refused_early"}
        if self.command == "POST" and early and length > _CUT_AFTER:
            self.rfile.read(_CUT_AFTER)
            self.close_connection = True
            if "upload_refused_early" in early:
                self._refuse(413)
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR if "upload_cut" in early else socket.SHUT_WR)
            if "upload_refused_early" in early:  # or the answer would be lost with a reset
                with suppress(OSError):
                    self.connection.settimeout(2)
                    while self.connection.recv(1 << 16):
                        pass
            return None
        return self.rfile.read(length)

    def _act(self, service: Lying, path: str, query: dict[str, list[str]], body: bytes) -> Callable[[], None]:
        """What answers the request. (Not done here: a slow client holds up nobody else.)"""
        match (self.command, *path.strip("/").split("/")):
            case ("GET", "model"):
                if "page_is_refused" in service.lies and int(query.get("page_number", ["1"])[0]) > (
                    service.count // int(query.get("page_size", ["10"])[0])
                ):
                    return lambda: self._refuse(400)
                listed = service.listed(query)
                return lambda: self._json(listed)
            case ("POST", "model"):
                return self._create(service, body)
            case (_, "model", id_):
                return self._one(service, id_)
            case ("GET", "wallet", "self", "api-credit"):
                credit = service.credit()
                return lambda: self._json({"_id": "w", "user_id": "me", "credit": credit})
            case ("GET", "wallet", "self", "package"):
                return lambda: self._json({"user_id": "me", "type": "free", "total": 0, "balance": 0})
            case ("POST", "v1", "voice-design"):
                designed = self._designed(service, body)
                return lambda: self._json(designed)
            case ("GET", *_, "coverimage", _):
                return lambda: self._cover(service)
            case ("GET", "sample", name):
                fresh = name.removesuffix(".wav") in service.fresh_samples
                return lambda: self._sample(service, fresh)
            case _:
                return lambda: self._refuse(404)

    def _create(self, service: Lying, body: bytes) -> Callable[[], None]:
        fields: dict[str, list[str]] = {}
        files: list[tuple[str, str, bytes]] = []

        def on_field(field: Any) -> None:
            fields.setdefault(field.field_name.decode(), []).append((field.value or b"").decode())

        def on_file(file: Any) -> None:
            file.file_object.seek(0)
            content = file.file_object.read()
            files.append((file.field_name.decode(), (file.file_name or b"").decode(), content))
            file.file_object.close()

        headers = {name: self.headers[name].encode() for name in ("Content-Type",) if name in self.headers}
        python_multipart.parse_form(headers, io.BytesIO(body), on_field, on_file)
        made = Made(f"{0xC10E << 64 | len(service.made):032x}", fields, files)
        service.made.append(made)
        entity = service.own(made)
        if service.lies & {"created_unanswered", "created_late"}:
            made.looks = 0
            return self._cut_off
        return lambda: self._json(entity, 201)

    def _one(self, service: Lying, id_: str) -> Callable[[], None]:
        made = service.made_by_id(id_)
        number = int(id_, 16) if len(id_) == 32 and id_.isalnum() else -1
        if "voice_gone" in service.lies or (made is None and not 0 <= number < service.count):
            return lambda: self._refuse(404)
        if self.command == "GET":
            service.fresh_samples.add(id_)
            entity = service.own(made) if made else service.voice(number)
            return lambda: self._json(entity)
        if made is None:
            return lambda: self._refuse(403)
        if self.command == "DELETE":
            service.deleted.append(id_)
        else:
            changes = service.asked[-1].body
            if self.headers.get("Content-Type", "").startswith("application/json"):
                new = {name: value for name, value in json.loads(changes).items() if value is not None}
                made.fields |= {
                    name: value if isinstance(value, list) else [value] for name, value in new.items()
                }
            else:
                made.fields |= parse_qs(changes.decode("utf-8", "replace"))
        return lambda: self._answer(200, b"", "application/json")

    def _designed(self, service: Lying, body: bytes) -> dict[str, Any]:
        count = 1 if "design_fewer" in service.lies else int(json.loads(body).get("n", 1))
        sound = base64.b64encode(tone()).decode()
        if "design_without_sound" in service.lies:
            sound = "AAAA"
        candidates = [
            {"id": f"c{n}", "index": n, "audio_base64": sound, "sample_rate": 24_000, "duration_ms": 500}
            | {"signature": f"signed-{n}"}
            for n in range(count)
        ]
        if "design_without_sound" in service.lies:
            del candidates[0]["audio_base64"]
        return {"candidates": candidates}

    # --- answers ------------------------------------------------------------------------------------------

    def _json(self, value: object, status: int = 200) -> None:
        self._answer(status, json.dumps(value).encode(), "application/json")

    def _refuse(self, status: int) -> None:
        if status == 401:
            self._answer(401, b"No permission -- see authorization schemes", "text/plain; charset=utf-8")
            return
        self._json({"status": status, "message": REFUSALS[status], "reason": None}, status)

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        lies = self.server.service.lies
        length = len(body)
        if "cut" in lies:
            length *= 2
            self.close_connection = True
        if "not_json" in lies:
            body = body[: len(body) // 2]
            length = len(body)
        with suppress(OSError):
            self._head(status, kind, length)
            self.wfile.write(body)

    def _head(self, status: int, kind: str, length: int) -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        if status == 429:
            self.send_header("Retry-After", "1")
        self.end_headers()

    def _cut_off(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _cover(self, service: Lying) -> None:
        if "cover_large" in service.lies:
            return self._flood("image/webp", picture(), _LARGE_COVER)
        if "cover_huge" in service.lies:
            return self._answer(200, picture(12_000), "image/png")
        return self._answer(200, _HTML if "cover_html" in service.lies else picture(), "image/png")

    def _sample(self, service: Lying, is_fresh: bool) -> None:
        has_expired = "sample_expired" in service.lies and (not is_fresh or "X-Amz-Date=2026" in self.path)
        if has_expired or "sample_gone" in service.lies:
            return self._answer(403, b"<Error><Code>AccessDenied</Code></Error>", "application/xml")
        if "sample_large" in service.lies:
            return self._flood("audio/wav", tone(), _LARGE_SAMPLE)
        return self._answer(200, _HTML if "sample_html" in service.lies else tone(), "audio/wav")

    def _flood(self, kind: str, begin: bytes, length: int) -> None:
        block = bytes(1 << 16)
        with suppress(OSError):
            self._head(200, kind, length)
            self.wfile.write(begin)
            sent = len(begin)
            while sent < length and not self.server.service.ending.is_set():
                self.wfile.write(block[: length - sent])
                sent += len(block[: length - sent])


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # they are waited for when it ends
    request_queue_size = 100

    def __init__(self, service: Lying) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.service = service
        self.open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Take note of every connection: those that are kept alive are ended with the server."""
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """See socketserver."""
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that is gone is no fault; everything else is told."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def end_all(self) -> None:
        """Cut what is still open."""
        for connection in tuple(self.open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def lying(*lies: str, count: int = 70) -> Iterator[Lying]:
    """The service, with these lies, and ``count`` voices of others."""
    service = Lying(count=count)
    service.tell(*lies)
    with _Server(service) as server:
        service.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="server that lies")
        thread.start()
        try:
            yield service
        finally:
            service.ending.set()
            server.shutdown()
            server.end_all()
            thread.join()
