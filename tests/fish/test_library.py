"""The REST side against a real HTTP server that lies as well."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.http11 import Request

from fishcaption.core.errors import (
    ConnectionLost,
    FishCaptionError,
    InputError,
    PaymentRequired,
    ProtocolError,
    RateLimited,
    SynthesisError,
    Unauthorized,
)
from fishcaption.core.speech import Voice
from fishcaption.fish.endpoint import Endpoint
from fishcaption.fish.library import Library
from tests.live_server import LiveServer, Rest

KEY = "a-key-of-mine"


def entity(number: int, **changes: Any) -> dict[str, Any]:
    """A voice as the service describes it."""
    return {
        "_id": f"id{number}",
        "type": "tts",
        "title": f"Voice {number}",
        "state": "trained",
        "languages": ["en"],
        "visibility": "public",
    } | changes


def always(status: int, body: str) -> Rest:
    return lambda _request: (status, body)


async def ask(rest: Rest, what: str, *arguments: Any, **options: Any) -> Any:
    async with LiveServer(rest=rest) as server:

        async def endpoint() -> Endpoint:
            return Endpoint(server.url, KEY)

        async with Library(endpoint) as library:
            return await getattr(library, what)(*arguments, **options)


async def test_voices_are_paged_and_searched() -> None:
    """The query says what was asked, the key travels in the header, and the answer's order is kept."""
    seen: list[Request] = []

    def rest(request: Request) -> tuple[int, str]:
        seen.append(request)
        return 200, json.dumps(
            {"total": 5, "items": [entity(1), entity(2, languages=["de", "en"])], "has_more": True}
        )

    page = await ask(rest, "voices", 3, search="  narrator ", page_size=2)
    assert page.voices == (
        Voice("fish", "id1", "Voice 1", ("en",)),
        Voice("fish", "id2", "Voice 2", ("de", "en")),
    )
    assert page.has_more
    query = parse_qs(urlsplit(seen[0].path).query)
    assert (query["page_number"], query["page_size"], query["title"]) == (["3"], ["2"], ["narrator"])
    assert query["self"] == ["false"]
    assert seen[0].headers["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("answer", "more"),
    [
        ({"total": 3, "items": [entity(1), entity(2)]}, True),
        ({"total": 2, "items": [entity(1), entity(2)]}, False),
        ({"total": 9, "items": [entity(1), entity(2)], "has_more": False}, False),
        ({"items": [entity(1), entity(2)]}, True),
        ({"items": []}, False),
    ],
)
async def test_whether_there_is_more_is_read_off_whatever_the_answer_tells(
    answer: dict[str, Any], more: bool
) -> None:
    """`has_more` first, else the total, else a full page."""
    page = await ask(always(200, json.dumps(answer)), "voices", page_size=2)
    assert page.has_more is more


async def test_what_cannot_speak_is_left_out() -> None:
    """Voices in training, taken down, of another kind, or without an id are not offered."""
    items = [
        entity(1, state="training"),
        entity(2, dmca_taken_down=True),
        entity(3, type="svc"),
        entity(4, _id=None),
        entity(5, title=7),
        "no voice",
        entity(6, title=" \u202etwo\nlines\x00 ", languages=None),
    ]
    page = await ask(always(200, json.dumps({"items": items})), "voices")
    assert page.voices == (Voice("fish", "id6", "two lines", ()),)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, "No permission -- see authorization schemes", Unauthorized),
        (401, '{"status": 401, "message": "Invalid Token"}', Unauthorized),
        (402, '{"message": "Insufficient API credit"}', PaymentRequired),
        (429, "", RateLimited),
        (500, "<html>", SynthesisError),
        (503, "{", SynthesisError),
        (302, "", ProtocolError),
        (200, "<html>sign in, please</html>", ProtocolError),
        (200, "[1, 2]", ProtocolError),
        (200, "null", ProtocolError),
    ],
)
async def test_a_refused_key_and_every_other_answer_is_an_error_of_ours(
    status: int, body: str, error: type[FishCaptionError]
) -> None:
    """The key's check says what is wrong, with what to do, and never tells the key."""
    with pytest.raises(error) as caught:
        await ask(always(status, body), "check_key")
    assert caught.value.hint
    assert KEY not in f"{caught.value} {caught.value.hint}"


async def test_a_good_key_passes() -> None:
    """It is checked by asking for the account's own voices."""
    seen: list[str] = []

    def rest(request: Request) -> tuple[int, str]:
        seen.append(request.path)
        return 200, '{"total": 0, "items": []}'

    await ask(rest, "check_key")
    assert seen == ["/model?self=true&page_size=1"]


async def test_the_credit_is_exact() -> None:
    """It comes as a decimal string, and stays decimal."""
    assert await ask(always(200, '{"credit": "12.340"}'), "credit") == Decimal("12.34")


@pytest.mark.parametrize(
    "body", ["{}", '{"credit": 3}', '{"credit": "NaN"}', '{"credit": [1]}', '{"credit": "x"}']
)
async def test_a_strange_credit_is_an_error(body: str) -> None:
    """A balance is never guessed."""
    with pytest.raises(ProtocolError):
        await ask(always(200, body), "credit")


@pytest.mark.parametrize("items", [None, "x", {"a": 1}, 3])
async def test_a_list_that_is_none_is_an_error(items: Any) -> None:
    """A page without a list of voices is not an empty page."""
    with pytest.raises(ProtocolError):
        await ask(always(200, json.dumps({"items": items})), "voices")


async def test_nobody_there_is_a_lost_connection(free_port: int) -> None:
    """Refused: retryable, with the network to check."""

    async def endpoint() -> Endpoint:
        return Endpoint(f"http://127.0.0.1:{free_port}", KEY)

    async with Library(endpoint) as library:
        with pytest.raises(ConnectionLost):
            await library.voices()


async def test_a_silent_service_is_given_up() -> None:
    """It accepts and never answers: the time is bounded."""

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(never, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async def endpoint() -> Endpoint:
        return Endpoint(f"http://127.0.0.1:{port}", KEY)

    async with server, Library(endpoint, timeout_seconds=0.1) as library:
        with pytest.raises(ConnectionLost):
            await library.check_key()


async def test_no_key_asks_nobody() -> None:
    """Without a key there is nothing to ask."""

    async def endpoint() -> Endpoint:
        return Endpoint("http://127.0.0.1:9", "")

    async with Library(endpoint) as library:
        with pytest.raises(Unauthorized):
            await library.check_key()


@pytest.mark.parametrize("options", [{"page": 0}, {"page_size": 0}, {"page_size": 101}])
async def test_pages_that_cannot_be_are_refused(options: dict[str, int]) -> None:
    """Pages begin at 1 and hold at most 100."""
    with pytest.raises(InputError):
        await ask(always(200, "{}"), "voices", **options)


async def test_the_proxy_of_the_system_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded voice is reached directly, whatever proxy is set; one that cannot be used is an error."""
    monkeypatch.setenv("HTTP_PROXY", "socks5://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:9")
    page = await ask(always(200, '{"items": []}'), "voices")
    assert page.voices == ()

    async def endpoint() -> Endpoint:
        return Endpoint("http://fish.invalid", KEY)

    async with Library(endpoint) as library:
        with pytest.raises(InputError):
            await library.voices()
