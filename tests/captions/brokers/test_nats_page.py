"""The page for readers of a NATS server in a real browser: live, late, and after the server was killed."""

from __future__ import annotations

import asyncio
import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fishcaption.captions.brokers.site import nats_page
from fishcaption.captions.display import AudienceCue, CueWord, Display
from fishcaption.captions.outlet import Light
from tests.browser import BrowserPage, browser, needs_chromium
from tests.captions.brokers.servers import NatsHub, NatsLeaf, NatsServer
from tests.captions.brokers.test_outlets import needs_nats, to_nats
from tests.captions.outlets import Row, running
from tests.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

PAGES = 3


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def web_server(folder: Path, port: int) -> Iterator[None]:
    """Serve the files of a folder, as any web server does."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def caption(number: int, *words: str, step_seconds: float = 0.15, heard: int = 1) -> Display:
    """A caption of which so many words were heard; they follow each other so fast."""
    line = " ".join(words)
    found, at = [], 0
    for index, word in enumerate(words):
        end = min(at + len(word) + 1, len(line))
        found.append(CueWord(0, at, end, index * step_seconds))
        at = end
    return Display(AudienceCue(number, (line,), tuple(found), heard, True, 0.0))


def heard(text: str) -> str:
    """The condition that the words which are not ahead are this text."""
    words = "[...document.querySelectorAll('#cue .text span:not(.ahead)')].map(word => word.textContent)"
    return f"{words}.join('').trim() === {text!r}"


def finished(*texts: str) -> str:
    found = "[...document.querySelectorAll('#history p')].map(entry => entry.textContent)"
    return f"JSON.stringify({found}) === JSON.stringify({list(texts)!r})"


async def all_until(pages: list[BrowserPage], condition: str) -> None:
    async with asyncio.timeout(30):
        await asyncio.gather(*(page.until(condition) for page in pages))


@needs_nats
@needs_chromium
async def test_three_pages_follow_and_catch_up_after_the_server_was_killed(tmp_path: Path) -> None:
    row = Row()
    web_port = free_port()
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "captions.html").write_bytes(nats_page())
    site = f"http://127.0.0.1:{web_port}"
    with web_server(tmp_path / "site", web_port), NatsServer(tmp_path, origin=site) as server:
        address = f"{site}/captions.html?server=ws://127.0.0.1:{server.web_port}&channel=main"
        outlet = to_nats(server, row)
        async with running(outlet), browser() as first, browser() as second, browser() as late:
            await row.until(lambda state: state.light is Light.ON)
            early = [first, second]
            for page in early:
                await page.open(address)
            outlet.show(caption(1, "Good", "evening,", "everybody."))
            await all_until(early, heard("Good evening, everybody."))  # by the pages' own clocks
            outlet.show(caption(1, "Good", "evening,", "everybody.", heard=3))
            outlet.show(caption(2, "A", "long", "pause", "comes", step_seconds=20))
            await all_until(early, heard("A"))
            await all_until(early, finished("Good evening, everybody."))

            await late.open(address)
            pages = [*early, late]
            await all_until(pages, heard("A"))
            await all_until(pages, finished("Good evening, everybody."))

            await asyncio.to_thread(server.kill)
            await row.until(lambda state: state.light is Light.WAITING)
            for number, word in enumerate(("While", "it", "was"), 3):
                outlet.show(caption(number, word))
            await asyncio.to_thread(server.start)
            outlet.show(caption(6, "away."))
            await all_until(pages, heard("away."))
            await all_until(pages, finished("Good evening, everybody.", "A", "While", "it", "was"))
            for page in pages:
                assert not [problem for problem in page.problems if "WebSocket" not in problem]
                # nothing but the page and the broker
                assert {request.split("/")[2] for request in page.requests if "//" in request} <= {
                    f"127.0.0.1:{web_port}",
                    f"127.0.0.1:{server.web_port}",
                }


@needs_nats
@needs_chromium
async def test_a_page_at_a_leaf_follows_and_has_what_was_before(tmp_path: Path) -> None:
    row, web_port = Row(), free_port()
    for name in ("site", "hub", "leaf"):
        (tmp_path / name).mkdir()
    (tmp_path / "site" / "captions.html").write_bytes(nats_page())
    site = f"http://127.0.0.1:{web_port}"
    with (
        web_server(tmp_path / "site", web_port),
        NatsHub(tmp_path / "hub") as hub,
        NatsLeaf(tmp_path / "leaf", hub, origin=site) as leaf,
    ):
        outlet = to_nats(hub, row)
        async with running(outlet), browser() as page:
            await row.until(lambda state: state.light is Light.ON)
            outlet.show(caption(1, "Before", heard=1))
            outlet.show(caption(2, "somebody", heard=1))
            await row.until(lambda state: state.last_line == "somebody")
            await page.open(f"{site}/captions.html?server=ws://127.0.0.1:{leaf.web_port}&domain=hub")
            await all_until([page], heard("somebody"))
            await all_until([page], finished("Before"))
            outlet.show(caption(3, "came."))
            await all_until([page], heard("came."))
            assert not page.problems
