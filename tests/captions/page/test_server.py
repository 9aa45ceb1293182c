"""The page's web server, with real HTTP and WebSocket clients."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import re
import socket
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from fishcaption.captions.display import Display
from fishcaption.captions.page import access, site
from fishcaption.captions.page import server as page_server
from tests.captions.outlets import cue
from tests.captions.page.serving import OPERATOR, READERS, received, serving

OPEN = {"is_open": True, "current": "Now.", "following": "Then."}


async def test_the_page_is_small_whole_and_takes_nothing_from_elsewhere() -> None:
    async with serving() as one:
        page = await one.get(f"/c/{READERS}", headers={"accept-encoding": "identity"})
        compressed = await one.get(f"/c/{READERS}")
    assert page.status_code == 200
    assert len(page.content) < 60_000
    assert compressed.content == page.content  # httpx has unpacked it
    assert compressed.headers["content-encoding"] == "gzip"
    assert not re.search(r"(?:src|href)=(?!\"data:,)|url\(|@import|https?://", page.text)
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert policy.endswith(f"connect-src 'self' ws://{one.place} wss://{one.place}")
    assert "unsafe" not in policy
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in page.headers
    assert not re.search(
        r"cookie|localStorage|sessionStorage|indexedDB|innerHTML|insertAdjacent|eval\(", page.text
    )


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (f"/c/{READERS}x", {}, 403),
        (f"/c/{OPERATOR}", {}, 403),
        (f"/o/{READERS}/state", {}, 403),
        (f"/c/{READERS}", {"host": "evil.example"}, 403),
        (f"/c/{READERS}", {"origin": "http://evil.example"}, 403),
        (f"/c/{READERS}", {"host": "hall.example"}, 200),
        (f"/o/{OPERATOR}", {}, 200),
        (f"/o/{OPERATOR}/code.svg", {}, 200),
        ("/o/state", {"authorization": f"Bearer {OPERATOR}"}, 200),
        ("/elsewhere", {}, 404),
        (f"/c/{READERS}/live", {}, 426),
    ],
)
async def test_who_is_let_in(path: str, headers: dict[str, str], status: int) -> None:
    async with serving() as one:
        answer = await one.get(path, headers=headers)
    assert answer.status_code == status
    assert READERS not in answer.text
    assert OPERATOR not in answer.text


@pytest.mark.parametrize(
    ("path", "more"),
    [
        (f"/c/{READERS}x/live", {}),
        (f"/c/{READERS}/live", {"origin": "http://evil.example"}),
        (f"/o/{READERS}/live", {}),
    ],
)
async def test_a_socket_needs_the_key_and_its_own_page(path: str, more: dict[str, Any]) -> None:
    async with serving() as one:
        with pytest.raises(InvalidStatus) as refused:
            async with one.reader(path, **more):
                pass
    assert refused.value.response.status_code == 403


async def test_all_get_each_message_and_who_comes_later_the_newest_state() -> None:
    async with serving() as one, one.reader() as early:
        assert (await received(early))["cue"] is None
        one.show(Display(cue(1, "one two", heard=1)))
        one.show(Display(cue(2, "three")))
        async with one.reader() as late:
            assert [(await received(early))["cue"]["id"] for _ in range(2)] == [1, 2]
            newest = await received(late)
            assert (newest["cue"]["id"], newest["last"]) == (2, 1)
            one.show(Display())
            assert (await received(late))["past"] == [
                {"id": 2, "lines": ["three"], "speaker": "", "language": "en"}
            ]
        past = (await one.get(f"/c/{READERS}/history?after=1")).json()
        assert (past["show"], [entry["id"] for entry in past["cues"]]) == (one.messages.show, [2])
        assert len((await one.get(f"/c/{READERS}/history")).json()["cues"]) == 2
        assert len((await one.get(f"/c/{READERS}/history?after=x")).json()["cues"]) == 2


async def test_the_history_is_never_an_old_one() -> None:
    async with serving() as one:
        for number in range(1, 6):
            one.show(Display(cue(number, f"caption {number}")))
            for after in (0, 2):
                past = (await one.get(f"/c/{READERS}/history?after={after}")).json()["cues"]
                assert [entry["id"] for entry in past] == list(range(after + 1, number))


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00" * 5000,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x11" * 500,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 10_000,
        b"GET /" + b"a" * 100_000,
        b"GET /c/\xff\xfe HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /c/%00%ff HTTP/1.1\r\nHost: \xff\r\nOrigin: \xfe\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n" + b"x" * 50_000,
        f"GET /c/{READERS}/live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: upgrade\r\n\r\n".encode(),
        f"GET /c/{READERS}/live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        + b"\xff\xff\xff\xff" * 1000,
        b"",
    ],
)  # fmt: skip
async def test_nothing_that_is_sent_harms_the_others(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_server, "OPEN_SECONDS", 0.3)
    monkeypatch.setattr(page_server, "CLOSE_SECONDS", 0.3)
    async with serving() as one, one.reader() as good:
        await good.recv()
        reader, writer = await asyncio.open_connection("127.0.0.1", one.port)
        with contextlib.suppress(ConnectionError):
            writer.write(sent)
            await writer.drain()
            while await reader.read(65_536):  # until it is sent away
                pass
        writer.close()
        one.show(Display(cue(1, "one")))
        assert (await received(good))["cue"]["id"] == 1


async def test_a_long_history_is_compressed() -> None:
    async with serving() as one:
        for number in range(1, 100):
            one.show(Display(cue(number, f"caption number {number}")))
        answer = await one.get(f"/c/{READERS}/history")
        raw = await one.get(f"/c/{READERS}/history", headers={"accept-encoding": "identity"})
    assert answer.json() == raw.json()
    assert int(answer.headers["content-length"]) == len(gzip.compress(raw.content, 1))
    assert int(answer.headers["content-length"]) < len(raw.content) / 5


async def test_at_the_end_no_text_stays_on_any_screen() -> None:
    async with serving() as one, one.reader() as reader:
        one.show(Display(cue(1, "secret")))
        assert [(await received(reader))["cue"] is None for _ in range(2)] == [True, False]
        one.until.set()
        assert (await received(reader))["cue"] is None
        with pytest.raises(ConnectionClosed):
            await reader.recv()


def test_scripts_are_of_a_language_that_browser_sources_know() -> None:
    """OBS has a Chromium of some years ago: nothing newer than ECMAScript 2021."""
    later = r"\.at\(|\.findLast|Object\.hasOwn|structuredClone|static \{|^\s*#\w+|\.toSorted|\.groupBy"
    for name in ("live", "reader", "operator"):
        script = (site.folder() / f"{name}.js").read_text("utf-8")
        assert not re.search(later, script, re.MULTILINE), name


async def test_a_silence_is_filled_so_that_scripts_notice_a_dead_socket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page_server, "EVERY_SECONDS", 0.01)
    async with serving() as one, one.reader() as reader:
        one.show(Display(cue(1, "one")))
        assert [(await received(reader))["id"] for _ in range(5)] == [0, 1, 1, 1, 1]


async def test_there_is_room_for_so_many_readers() -> None:
    async with serving(most_readers=2) as one, one.reader(), one.reader():
        with pytest.raises(InvalidStatus) as refused:
            async with one.reader():
                pass
        assert refused.value.response.status_code == 503
        while (await one.event("readers"))["count"] != 2:
            pass
    async with serving(most_readers=1) as one:
        for _ in range(3):  # a place that is left is free
            async with one.reader() as reader:
                await reader.recv()


async def test_strangers_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "MOST_STRANGERS", 3)
    monkeypatch.setattr(page_server, "OPEN_SECONDS", 1000)
    async with serving() as one:
        idle = [await asyncio.open_connection("127.0.0.1", one.port) for _ in range(3)]
        over, writer = await asyncio.open_connection("127.0.0.1", one.port)
        assert await over.read() == b""  # there is no place for it
        writer.close()
        for _, writer in idle:
            writer.close()


async def test_who_says_nothing_is_soon_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_server, "OPEN_SECONDS", 0.1)
    async with serving() as one:
        idler, writer = await asyncio.open_connection("127.0.0.1", one.port)
        assert await idler.read() == b""
        writer.close()
        assert (await one.get(f"/c/{READERS}")).status_code == 200


async def test_a_reader_that_talks_is_sent_away() -> None:
    async with serving() as one, one.reader() as reader:
        await reader.recv()
        await reader.send("hello")
        with pytest.raises(ConnectionClosed):
            await reader.recv()


async def test_a_reader_that_takes_nothing_is_cut_and_delays_nobody() -> None:
    async with serving() as one, one.reader() as good:
        await good.recv()
        stuck = socket.create_connection(("127.0.0.1", one.port))
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        head = f"GET /c/{READERS}/live HTTP/1.1\r\nHost: {one.place}\r\nConnection: Upgrade\r\n"
        head += (
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + "A" * 22 + "==\r\n\r\n"
        )
        stuck.sendall(head.encode())
        while (await one.event("readers"))["count"] != 2:
            pass
        event: dict[str, Any] = {"cut": 0}
        number = 0
        while not event["cut"]:
            number += 1
            assert number < 5_000, "it is never cut"
            one.show(Display(cue(number, *["a long line of words " * 14] * 8)))
            assert (await received(good))["cue"]["id"] == number
            while not one.told.empty():
                event = {"cut": 0, **one.told.get_nowait()}
        assert event["count"] == 1
        sent = number * len(one.messages.take(Display(cue(1, *["a long line of words " * 14] * 8)), "word"))
        assert sent < 4_000_000
        stuck.close()


# -- the operator -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "method", "more", "expected"),
    [
        (f"/o/{OPERATOR}/next", "POST", {}, ("next", "")),
        (f"/o/{OPERATOR}/next", "POST", {"json": {"a": "body"}}, ("next", "")),
        (f"/o/{OPERATOR}/previous", "GET", {}, ("previous", "")),
        (f"/o/{OPERATOR}/jump?to=A12", "POST", {}, ("jump", "A12")),
        (f"/o/{OPERATOR}/black?to=on", "POST", {}, ("black", "on")),
        ("/o/stop", "POST", {"headers": {"authorization": f"Bearer {OPERATOR}"}}, ("stop", "")),
    ],
)
async def test_a_command_reaches_the_app(
    path: str, method: str, more: dict[str, Any], expected: tuple[str, str]
) -> None:
    async with serving() as one:
        one.server.show_operator(OPEN)
        answer = await one.get(path, method, **more)
        event = await one.event("command")
    assert answer.status_code == 202
    assert (event["action"], event["value"]) == expected


async def test_a_command_without_a_script_is_refused_with_the_reason() -> None:
    async with serving() as one:
        answer = await one.get(f"/o/{OPERATOR}/next", "POST")
        assert (answer.status_code, answer.json()) == (409, {"error": "No script is open."})
        assert one.told.empty()


@pytest.mark.slow
async def test_commands_are_at_most_so_many_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_server, "monotonic", lambda: 100.0)
    async with serving() as one:
        answers = [await one.get(f"/o/{OPERATOR}/stop", "POST") for _ in range(21)]
    assert [answer.status_code for answer in answers] == [202] * 20 + [429]


async def test_the_state_is_json_and_comes_over_the_socket_too() -> None:
    async with serving() as one, one.reader(f"/o/{OPERATOR}/live") as tablet, one.reader():
        await received(tablet)
        one.server.show_operator(OPEN)
        assert await received(tablet) == {**OPEN, "readers": 1, "address": "http://here"}
        assert (await one.get(f"/o/{OPERATOR}/state")).json() == {
            **OPEN,
            "readers": 1,
            "address": "http://here",
        }
        one.show(Display(cue(1, "for readers")))
        one.server.show_operator({**OPEN, "current": "Later."})
        assert (await received(tablet))["current"] == "Later."
