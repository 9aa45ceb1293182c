"""The REST side against a real HTTP server that lies as well."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.http11 import Request

from fishcaption.core.errors import (
    ConnectionLost,
    FishCaptionError,
    Forbidden,
    InputError,
    PaymentRequired,
    ProtocolError,
    RateLimited,
    SynthesisError,
    Unauthorized,
)
from fishcaption.core.speech import Voice
from fishcaption.core.voices.catalog import VoiceQuery, VoiceState
from fishcaption.fish.endpoint import Endpoint
from fishcaption.fish.library import Library
from fishcaption.fish.library_entries import FILES_URL, entry_of
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

        async with Library(endpoint, today=lambda: date(2026, 11, 30)) as library:
            return await getattr(library, what)(*arguments, **options)


async def test_voices_are_paged_and_searched() -> None:
    """The query says what was asked, the key travels in the header, and the answer's order is kept."""
    seen: list[Request] = []

    def rest(request: Request) -> tuple[int, str]:
        seen.append(request)
        return 200, json.dumps(
            {"total": 5, "items": [entity(1), entity(2, languages=["de", "en"])], "has_more": True}
        )

    query = VoiceQuery(
        "  narrator ", 3, languages=("en", "de"), tags=("calm",), gender="female", sort="created_at"
    )
    page = await ask(rest, "search", query, page_size=2)
    assert tuple(entry.voice for entry in page.entries) == (
        Voice("fish", "id1", "Voice 1", ("en",)),
        Voice("fish", "id2", "Voice 2", ("de", "en")),
    )
    assert page.has_more
    asked = parse_qs(urlsplit(seen[0].path).query)
    assert (asked["page_number"], asked["page_size"], asked["title"]) == (["3"], ["2"], ["narrator"])
    assert (asked["self"], asked["sort_by"], asked["language"]) == (["false"], ["created_at"], ["en", "de"])
    assert asked["tag"] == ["female", "calm"]
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
    page = await ask(always(200, json.dumps(answer)), "search", page_size=2)
    assert page.has_more is more


async def test_what_cannot_speak_is_told_with_its_reason() -> None:
    """What has no id cannot be told; what has no title is called by its id; one voice is there once."""
    items = [
        entity(1, state="training"),
        entity(2, takedown_category="dmca"),
        entity(3, type="svc"),
        entity(4, _id=None),
        entity(5, title=None),
        "no voice",
        entity(6, title=" \u202etwo\nlines\x00 ", languages=None),
        entity(6, title="again"),
        entity(7, pvc_release_state="retiring", pvc_retire_effective_at="2026-12-31T00:00:00Z"),
        entity(8, pvc_release_state="retiring", pvc_retire_effective_at="2026-11-01T00:00:00Z"),
        entity(9, state=["?"]),
    ]
    page = await ask(always(200, json.dumps({"items": items, "has_more": None, "total": "many"})), "search")
    assert [(entry.voice.name, entry.state) for entry in page.entries] == [
        ("Voice 1", VoiceState.TRAINING),
        ("Voice 2", VoiceState.TAKEN_DOWN),
        ("Voice 3", VoiceState.NOT_SPEECH),
        ("id5", VoiceState.READY),
        ("two lines", VoiceState.READY),
        ("Voice 7", VoiceState.RETIRING),
        ("Voice 8", VoiceState.RETIRED),
        ("Voice 9", VoiceState.FAILED),
    ]
    assert page.entries[5].retires_on == date(2026, 12, 31)
    assert (page.has_more, page.total) == (False, None)


async def test_the_window_of_the_search_ends_it_and_says_so() -> None:
    """Nobody scrolls through millions: behind its window the service has nothing, whatever it says."""
    items = [entity(1), entity(2)]
    full = {"items": items, "has_more": True, "total": 2_000_000, "window_limited": True}
    page = await ask(
        always(200, json.dumps(full | {"accessible_upper_bound": 4})),
        "search",
        VoiceQuery(page=2),
        page_size=2,
    )
    assert (page.has_more, page.is_cut_short, page.total) == (False, True, 2_000_000)
    page = await ask(always(200, json.dumps(full | {"has_more": False})), "search", page_size=2)
    assert (page.has_more, page.is_cut_short) == (False, True)
    page = await ask(always(200, json.dumps(full | {"total": 2, "has_more": False})), "search", page_size=2)
    assert not page.is_cut_short
    page = await ask(always(422, "{}"), "search", VoiceQuery(page=34))
    assert (page.entries, page.is_cut_short) == ((), True)
    page = await ask(always(200, json.dumps({"items": [], "has_more": True})), "search", VoiceQuery(page=34))
    assert not page.has_more, "an empty page is the last one, whatever it says"


async def test_what_the_service_sent_against_the_filter_is_left_out() -> None:
    items = [
        entity(1, tags=["Female", "calm"]),
        entity(2, tags=["male"]),
        entity(3, tags=None),
        entity(4, tags=["female"], languages=["de-AT"]),
    ]
    query = VoiceQuery(gender="female", languages=("en",))
    page = await ask(always(200, json.dumps({"items": items})), "search", query)
    assert [entry.id for entry in page.entries] == ["id1", "id3"]


async def test_an_entry_tells_its_files_by_whole_addresses() -> None:
    """Of a service on this machine they are there; of Fish Audio's, at its place, the cover made small."""
    item = entity(
        1,
        cover_image="coverimage/1",
        samples={"title": "A", "text": "Hello", "audio": "/voices/a b.mp3"},
        author={"_id": "a", "nickname": "Ann"},
        like_count=-3,
        task_count=12,
    )
    entry = await ask(always(200, json.dumps(item)), "entry", "id1")
    assert entry.cover_url.endswith("/coverimage/1")
    assert entry.cover_url.startswith("http://127.0.0.1:")
    (sample,) = entry.samples
    assert (sample.text, sample.url.rpartition("/")[2]) == ("Hello", "a%20b.mp3")
    assert (entry.author, entry.likes, entry.uses) == ("Ann", 0, 12)
    away = entry_of(item, "fish", Endpoint("https://api.fish.audio", ""), date(2026, 1, 1))
    assert away is not None
    assert away.cover_url == f"{FILES_URL}cdn-cgi/image/width=64,format=webp/coverimage/1"
    assert away.samples[0].url == f"{FILES_URL}voices/a%20b.mp3"


@pytest.mark.parametrize(("status", "body"), [(404, '{"message": "Model not found"}'), (400, "{}")])
async def test_a_voice_that_is_gone_says_so(status: int, body: str) -> None:
    with pytest.raises(Forbidden, match="no voice"):
        await ask(always(status, body), "entry", "id1")


async def test_another_voice_than_asked_for_is_no_answer() -> None:
    with pytest.raises(ProtocolError):
        await ask(always(200, json.dumps(entity(2))), "entry", "id1")


async def test_the_library_can_be_looked_at_without_a_key() -> None:
    """Where the service asks for none; an own voice needs one."""
    async with LiveServer(rest=always(200, json.dumps({"items": [entity(1)]}))) as server:

        async def endpoint() -> Endpoint:
            return Endpoint(server.url, "")

        async with Library(endpoint) as library:
            assert len((await library.search()).entries) == 1
            with pytest.raises(Unauthorized):
                await library.search(VoiceQuery(is_own=True))


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
        await ask(always(200, json.dumps({"items": items})), "search")


async def test_nobody_there_is_a_lost_connection(free_port: int) -> None:
    """Refused: retryable, with the network to check."""

    async def endpoint() -> Endpoint:
        return Endpoint(f"http://127.0.0.1:{free_port}", KEY)

    async with Library(endpoint) as library:
        with pytest.raises(ConnectionLost):
            await library.search()


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


@pytest.mark.parametrize("options", [{"query": VoiceQuery(page=0)}, {"page_size": 0}, {"page_size": 101}])
async def test_pages_that_cannot_be_are_refused(options: dict[str, Any]) -> None:
    """Pages begin at 1 and hold at most 100."""
    with pytest.raises(InputError):
        await ask(always(200, "{}"), "search", **options)


async def test_the_proxy_of_the_system_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded voice is reached directly, whatever proxy is set; one that cannot be used is an error."""
    monkeypatch.setenv("HTTP_PROXY", "socks5://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:9")
    page = await ask(always(200, '{"items": []}'), "search")
    assert page.entries == ()

    async def endpoint() -> Endpoint:
        return Endpoint("http://fish.invalid", KEY)

    async with Library(endpoint) as library:
        with pytest.raises(InputError):
            await library.search()
