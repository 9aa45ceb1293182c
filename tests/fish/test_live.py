"""The live voice against a real server that delays, drops, truncates, lies, resets and goes silent.

What was spoken is read back from the samples that were delivered. Times are kept short by patience, not by
luck: nothing here is expected to be fast, except where a test says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

import pytest

from fishcaption.core.errors import (
    AudioDeviceError,
    ConnectionLost,
    FishCaptionError,
    Forbidden,
    InputError,
    PaymentRequired,
    ProtocolError,
    RateLimited,
    SynthesisError,
    Unauthorized,
    VoiceProcessError,
)
from fishcaption.core.protocol.requests import Pronunciation
from fishcaption.core.speech import Aligned, Covered, Delivery, Piece, Sound, Span, Voice, WordTime
from fishcaption.core.synthesis_options import SynthesisOptions
from fishcaption.fish.live import Endpoint, Live, Patience
from tests.live_server import PLAIN, TIMED, Fault, LiveServer, Manner, What, said, said_twice, spoken_words

VOICE = Voice("fish", "a-voice", "A voice")
RATE = 24000
KEY = "a-key-of-mine"

HASTY = Patience(
    open_seconds=5,
    first_audio_seconds=1,
    between_audio_seconds=1,
    idle_seconds=5,
    retry_delays=(0, 0.01, 0.01),
    rate_limited_seconds=0.01,
)
QUICK = Manner(characters_a_second=300)
SENTENCES = [f"This is sentence {number}, said whole. " for number in range(5)]


@dataclass
class Ear:
    """A sink that keeps everything. ``full`` makes it wait before it takes more."""

    deliveries: list[Delivery] = field(default_factory=list)
    full: asyncio.Event | None = None
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        if isinstance(delivery, Sound):
            self.heard.set()
            if self.full is not None:
                await self.full.wait()

    @property
    def pcm(self) -> bytes:
        return b"".join(delivery.pcm for delivery in self.deliveries if isinstance(delivery, Sound))

    @property
    def frames(self) -> int:
        return len(self.pcm) // 2

    @property
    def text(self) -> str:
        return said(self.pcm)

    @property
    def words(self) -> dict[Span, WordTime]:
        aligned = [delivery.words for delivery in self.deliveries if isinstance(delivery, Aligned)]
        return {word.span: word for words in aligned for word in words}

    @property
    def covered(self) -> list[Covered]:
        return [delivery for delivery in self.deliveries if isinstance(delivery, Covered)]


async def pieces(texts: Iterable[str], start: int = 0) -> AsyncIterator[Piece]:
    """The texts as pieces, all there at once."""
    for text in texts:
        yield Piece(start, text)
        start += len(text)


class Hands:
    """Pieces as a test gives them."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._start = 0
        self.taken = 0

    def __aiter__(self) -> Hands:
        return self

    async def __anext__(self) -> Piece:
        text = await self._queue.get()
        if text is None:
            raise StopAsyncIteration
        piece = Piece(self._start, text)
        self._start += len(text)
        self.taken += 1
        return piece

    def give(self, *texts: str | None) -> None:
        for text in texts:
            self._queue.put_nowait(text)


@contextlib.asynccontextmanager
async def talking(server: LiveServer, patience: Patience = HASTY, **options: Any) -> AsyncIterator[Live]:
    """A live client of the server; when it is gone, so are its sockets."""

    async def endpoint() -> Endpoint:
        return Endpoint(server.url, KEY, **options)

    async with Live(endpoint, patience=patience) as live:
        yield live
    await until(lambda: not server.open_connections)


async def until(condition: Callable[[], object], seconds: float = 10) -> None:
    """Wait for something of the other side that has no event."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  the other side has no event to wait for
            await asyncio.sleep(0.001)


def resting(live: Live) -> int:
    """How many sockets wait to be taken: the server has a connection before the client knows of it."""
    return len(live._sockets._idle)


async def speak(
    manner: Manner, *faults: Fault | None, texts: list[str] = SENTENCES, patience: Patience = HASTY
) -> tuple[Ear, LiveServer]:
    """One utterance from its beginning to its end."""
    ear = Ear()
    async with LiveServer(manner, *faults) as server, talking(server, patience) as live:
        await live.synthesizer(VOICE, rate=RATE).speak(pieces(texts), ear)
    return ear, server


def expected_words(texts: list[str], manner: Manner) -> dict[Span, WordTime]:
    """Where the server says each word, if all is said in one go."""
    text = "".join(texts)
    width = round(RATE / manner.characters_a_second)
    return {
        Span(start, end): WordTime(Span(start, end), start * width, end * width)
        for _, start, end in spoken_words(text)
    }


# --- the whole way ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"timed_status": 404},
        {"timed_status": 403},
        {"timed_status": 426},
        {"words": "none"},
        {"words": "late"},
        {"words": "sparse"},
        {"words": "corrected"},
        {"closes_after_finish": True},
        {"closes_after_finish": True, "timed_status": 404},
        {"odd": True, "frame_seconds": 0.013},
        {"noisy": True},
        {"pongs": False},
        {"frame_seconds": 6.5, "characters_a_second": 10},  # frames of 300 kB
        {"first_seconds": 0.05, "pace": 20.0},
    ],
    ids=str,
)
async def test_every_sample_arrives_however_the_service_behaves(changes: dict[str, Any]) -> None:
    """All of the text, once, in order, to the last sample; and covered to its end."""
    manner = replace(QUICK, **changes)
    ear, server = await speak(manner)
    assert ear.text == "".join(SENTENCES)
    assert ear.frames == len("".join(SENTENCES)) * round(RATE / manner.characters_a_second)
    assert ear.covered[-1] == Covered(len("".join(SENTENCES)), ear.frames)
    assert {talk.path for talk in server.talks} == {PLAIN if manner.timed_status else TIMED}


@pytest.mark.parametrize("words", ["running", "late", "sparse", "corrected"])
async def test_words_get_their_exact_times(words: Any) -> None:
    """Whenever they are told; the last correction counts."""
    manner = replace(QUICK, words=words)
    texts = ["It's here, “really”. ", "你好，世界。 ", "The New-York line costs nothing."]
    ear, _ = await speak(manner, texts=texts)
    assert ear.words == expected_words(texts, manner)


@pytest.mark.parametrize("words", ["running", "sparse", "late", "corrected"])
async def test_tags_and_sounds_have_no_times_and_take_none_away(words: Any) -> None:
    """They are sent, obeyed and not said: the words around them keep their exact times."""
    manner = replace(QUICK, words=words)
    texts = [
        "[whispering] Hello there [break] hello. ",
        "[laughing] <|phoneme_start|>HH AH0 L OW1<|phoneme_end|> there. ",
        "Hello there. [long-break]",
    ]
    ear, server = await speak(manner, texts=texts)
    assert server.talks[0].text == "".join(texts)
    assert ear.words == expected_words(texts, manner)
    assert len(ear.words) == 6


async def test_a_tag_is_said_again_with_its_word() -> None:
    """A connection is lost before a word: what is sent again begins with the word's marks."""
    texts = ["Hello there, you. So [sad][whispering] goodbye then."]
    begun = set()
    for after in range(1, 18):
        _, server = await speak(replace(QUICK, frame_seconds=0.01), Fault("close", after=after), texts=texts)
        again = [session for talk in server.talks for session in talk.sessions][-1]
        assert texts[0].endswith(again)
        begun.add(again.split()[0])
    assert {"there,", "you.", "So", "[sad][whispering]", "then."} <= begun
    assert begun.isdisjoint({"goodbye", "[whispering]", "sad][whispering]"})


async def test_pronunciations_are_sent_with_the_session() -> None:
    async with LiveServer(QUICK) as server, talking(server) as live:
        entries = (Pronunciation("nuc", "N UW1 K"), Pronunciation("SQL", "S IY1", case_sensitive=True))
        await live.synthesizer(VOICE, rate=RATE, pronunciations=entries).speak(pieces(["A nucleus."]), Ear())
        talk = next(talk for talk in server.talks if talk.requests)
    assert talk.requests[0]["pronunciation_dictionary"] == [
        {
            "items": [
                {"key": "nuc", "value": "N UW1 K", "case_sensitive": False},
                {"key": "SQL", "value": "S IY1", "case_sensitive": True},
            ]
        }
    ]


async def test_one_session_an_utterance_where_words_are_timed() -> None:
    """With what was asked for, in the documented order: one flush a piece, stop after the last."""
    async with LiveServer(QUICK) as server, talking(server) as live:
        options = SynthesisOptions(latency="low", chunk_length=200)
        voice = live.synthesizer(VOICE, rate=RATE, speed=1.5, options=options)
        assert voice.voice is VOICE
        assert voice.rate == RATE
        await voice.speak(pieces(SENTENCES), Ear())
        talk = next(talk for talk in server.talks if talk.requests)
    assert [name for _, name, _ in talk.events] == ["start", *["text", "flush"] * 5, "stop"]
    assert talk.sessions == ["".join(SENTENCES)]
    assert talk.requests == [
        {
            "text": "",
            "format": "pcm",
            "sample_rate": RATE,
            "latency": "low",
            "chunk_length": 200,
            "reference_id": "a-voice",
            "prosody": {"speed": 1.5, "volume": 0.0, "normalize_loudness": True},
        }
    ]
    assert talk.headers["Authorization"] == f"Bearer {KEY}"
    assert talk.headers["model"] == "s2.1-pro-free"
    assert talk.headers["User-Agent"].startswith("fishcaption/")
    assert "Sec-WebSocket-Extensions" not in talk.headers


async def test_one_session_a_piece_where_only_finish_tells_whose_sound_it_was() -> None:
    """The plain socket: every piece is covered exactly at its finish, and the refusal is remembered."""
    manner = replace(QUICK, timed_status=404)
    async with LiveServer(manner) as server, talking(server) as live:
        for _ in range(2):
            ear = Ear()
            await live.synthesizer(VOICE, rate=RATE).speak(pieces(SENTENCES), ear)
            ends = [sum(map(len, SENTENCES[:count])) for count in range(1, 6)]
            assert ear.covered == [Covered(end, end * RATE // 300) for end in ends]
        assert server.talks[0].sessions == SENTENCES * 2
        assert [path for path, _ in server.refused] == [TIMED]


async def test_a_service_that_tells_no_times_gets_a_session_a_piece_from_then_on() -> None:
    """Without them nobody could say after a loss what was heard."""
    async with LiveServer(replace(QUICK, words="none")) as server, talking(server) as live:
        voice = live.synthesizer(VOICE, rate=RATE)
        await voice.speak(pieces(SENTENCES), Ear())
        await voice.speak(pieces(SENTENCES), Ear())
        sessions = [text for talk in server.talks for text in talk.sessions]
    assert sorted(sessions) == sorted(["".join(SENTENCES), *SENTENCES])


async def test_an_utterance_of_nothing_starts_no_session() -> None:
    """No piece, or only empty ones."""
    async with LiveServer(QUICK) as server, talking(server) as live:
        voice = live.synthesizer(VOICE, rate=RATE)
        ear = Ear()
        await voice.speak(pieces([]), ear)
        await voice.speak(pieces(["", ""]), ear)
        assert ear.deliveries == []
        assert not any(talk.requests for talk in server.talks)


async def test_text_that_cannot_be_said_ends_without_sound() -> None:
    """Blanks and punctuation: the service stays silent, and finishes."""
    ear, _ = await speak(QUICK, texts=["   ", "\n\n"])
    assert ear.deliveries == [Covered(5, 0)]


async def test_a_large_text_goes_in_small_frames() -> None:
    """So that what is not yet sent can be taken back."""
    text = "日本 " * 5000
    ear, server = await speak(replace(QUICK, characters_a_second=12000), texts=[text])
    assert ear.text == text
    sizes = [len(part.encode()) for talk in server.talks for _, name, part in talk.events if name == "text"]
    assert max(sizes) <= 4096
    assert len(sizes) >= 9


async def test_text_goes_out_when_it_comes_and_sound_comes_back_meanwhile() -> None:
    """The conversation is open both ways; a piece is asked for when the one before it is on the wire."""
    hands, ear = Hands(), Ear()
    async with LiveServer(QUICK) as server, talking(server) as live, asyncio.TaskGroup() as tasks:
        tasks.create_task(live.synthesizer(VOICE, rate=RATE).speak(hands, ear))
        for sentence in SENTENCES:
            heard = ear.text
            hands.give(sentence)
            # mypy does not infer a lambda that has a default
            await until(lambda heard=heard, sentence=sentence: ear.text == heard + sentence)  # type: ignore[misc]
        hands.give(None)
    assert ear.text == "".join(SENTENCES)
    assert [talk.sessions for talk in server.talks if talk.sessions] == [["".join(SENTENCES)]]


async def test_the_sink_holds_the_service_back() -> None:
    """Nothing is read ahead of the ear but what the network itself keeps."""
    manner = replace(QUICK, characters_a_second=10, frame_seconds=1)
    ear = Ear(full=asyncio.Event())
    async with LiveServer(manner) as server, talking(server) as live, asyncio.TaskGroup() as tasks:
        speaking = tasks.create_task(live.synthesizer(VOICE, rate=44100).speak(pieces(["word " * 500]), ear))
        await ear.heard.wait()
        talk = next(talk for talk in server.talks if talk.sent)
        sent = -1
        while sent != len(talk.sent):
            sent = len(talk.sent)
            await asyncio.sleep(0.1)
        assert len(ear.deliveries) == 1
        assert sum(size for _, size in talk.sent) < 12_000_000  # of 22 MB
        assert ear.full is not None
        ear.full.set()
        await speaking
    assert ear.text == "word " * 500


@pytest.mark.slow
async def test_a_long_pause_does_not_cost_the_connection() -> None:
    """The service pings, and gives up who does not answer: so we read on, and keep what comes for later."""
    manner = replace(QUICK, frame_seconds=0.02, characters_a_second=30, pace=3.0)
    patience = replace(HASTY, held_seconds=0.05, idle_seconds=0.3)
    ear = Ear(full=asyncio.Event())
    async with LiveServer(manner, ping_seconds=0.4) as server, talking(server, patience) as live:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(live.synthesizer(VOICE, rate=RATE).speak(pieces(SENTENCES), ear))
            await ear.heard.wait()
            await asyncio.sleep(1.2)
            assert ear.full is not None
            assert len(ear.deliveries) == 1
            ear.full.set()
        assert [talk.sessions for talk in server.talks if talk.sessions] == [["".join(SENTENCES)]]
    assert ear.text == "".join(SENTENCES)


# --- sockets ---------------------------------------------------------------------------------------------


async def test_a_socket_outlives_its_sessions() -> None:
    """Ten utterances on one socket, with one spare beside it and never more."""
    async with LiveServer(QUICK) as server, talking(server) as live:
        voice = live.synthesizer(VOICE, rate=RATE)
        for _ in range(10):
            await voice.speak(pieces(["Again. "]), Ear())
            assert server.open_connections <= 2
        assert len(server.talks) <= 2
        assert sorted(len(talk.sessions) for talk in server.talks)[-1] == 10


async def test_nothing_is_opened_before_it_is_wanted() -> None:
    """Then `warm` opens one, and an utterance takes it."""
    async with LiveServer(QUICK) as server, talking(server) as live:
        voice = live.synthesizer(VOICE, rate=RATE)
        assert not server.talks
        live.warm()
        live.warm()
        await until(lambda: server.talks)
        await asyncio.sleep(0.02)
        assert len(server.talks) == 1
        await voice.speak(pieces(["Hello. "]), Ear())
        assert server.talks[0].sessions == ["Hello. "]


async def test_a_warm_that_fails_troubles_nobody() -> None:
    """Who speaks is told; the spare is only a spare."""
    async with LiveServer(QUICK, Fault("refuse", status=503)) as server, talking(server) as live:
        live.warm()
        await until(lambda: server.refused)
        ear = Ear()
        await live.synthesizer(VOICE, rate=RATE).speak(pieces(["Hello. "]), ear)
        assert ear.text == "Hello. "


async def test_a_spare_that_dies_is_replaced() -> None:
    """One that lived; a service that keeps no idle sockets is not called again and again."""
    async with LiveServer(QUICK) as server:
        async with talking(server, replace(HASTY, short_lived_seconds=0)) as live:
            live.warm()
            await until(lambda: resting(live) == 1)
            server.drop_all()
            await until(lambda: len(server.talks) == 2 and resting(live) == 1)
        async with talking(server) as live:
            live.warm()
            await until(lambda: resting(live) == 1)
            server.drop_all()
            await until(lambda: not server.open_connections)
            await asyncio.sleep(0.02)
            assert len(server.talks) == 3
            ear = Ear()
            await live.synthesizer(VOICE, rate=RATE).speak(pieces(["Hello. "]), ear)
            assert ear.text == "Hello. "


async def test_idle_sockets_are_renewed_and_in_the_end_given_up() -> None:
    """A fresh one after some minutes; none when nobody has spoken for long."""
    patience = replace(
        HASTY, ping_seconds=0.01, recycle_seconds=0.05, short_lived_seconds=0, wanted_seconds=0.5
    )
    async with LiveServer(QUICK) as server, talking(server, patience) as live:
        live.warm()
        await until(lambda: len(server.talks) >= 3)
        await asyncio.sleep(patience.wanted_seconds)
        await until(lambda: not server.open_connections)


async def test_of_two_idle_sockets_one_is_closed() -> None:
    """They may count against what the service allows at once."""
    patience = replace(HASTY, ping_seconds=0.02, surplus_seconds=0.05)
    async with LiveServer(QUICK) as server, talking(server, patience) as live:
        await live.synthesizer(VOICE, rate=RATE).speak(pieces(SENTENCES), Ear())
        await until(lambda: len(server.talks) == 2 and server.open_connections == 1)


async def test_an_idle_socket_without_a_pong_is_not_trusted() -> None:
    """It may be half open: the other side knows nothing of it any more."""
    patience = replace(HASTY, ping_seconds=0.02, pong_seconds=0.05, wanted_seconds=0.1)
    async with LiveServer(replace(QUICK, pongs=False)) as server, talking(server, patience) as live:
        live.warm()
        await until(lambda: server.open_connections == 1)
        await until(lambda: not server.open_connections)


async def test_a_service_that_answers_no_ping_is_heard_to_the_end() -> None:
    """Pings on a socket that speaks keep the network awake, and ask for nothing."""
    manner = replace(QUICK, pongs=False, first_seconds=0.1)
    ear, _ = await speak(manner, patience=replace(HASTY, ping_seconds=0.02, pong_seconds=0.02))
    assert ear.text == "".join(SENTENCES)


async def test_a_socket_that_closed_while_it_rested_is_replaced_without_a_word() -> None:
    """Even when nobody has noticed yet; it is no failure that would count."""
    patience = replace(HASTY, retry_delays=())
    async with LiveServer(QUICK) as server, talking(server, patience) as live:
        voice = live.synthesizer(VOICE, rate=RATE)
        await voice.speak(pieces(["One. "]), Ear())
        await until(lambda: resting(live) == 2)
        # cut in the same turn of the loop in which the next utterance begins
        server.drop_all()
        ear = Ear()
        await voice.speak(pieces(["Two. "]), ear)
        assert ear.text == "Two. "


async def test_a_service_that_hangs_up_on_every_start_is_told() -> None:
    """Sockets that die unnoticed are no failure, but not for ever: here one is ready whenever asked for."""
    async with LiveServer(QUICK, *[Fault("reset")] * 50) as server:

        async def endpoint() -> Endpoint:
            await asyncio.sleep(0.03)
            return Endpoint(server.url, KEY)

        async with Live(endpoint, patience=HASTY) as live:
            with pytest.raises(ConnectionLost):
                await live.synthesizer(VOICE, rate=RATE).speak(pieces(["Hello. "]), Ear())
    assert len(server.faults) > 30


async def test_what_comes_after_a_finish_is_nobodys_sound() -> None:
    """A frame too late must not open the next utterance."""
    async with LiveServer(QUICK, *[Fault("stray", after=1)] * 9) as server, talking(server) as live:
        voice = live.synthesizer(VOICE, rate=RATE)
        for text in ("One. ", "Two. ", "Three. "):
            ear = Ear()
            await voice.speak(pieces([text]), ear)
            assert ear.frames == len(text) * RATE // 300
            assert ear.text == text


async def test_the_endpoint_is_asked_anew() -> None:
    """A new key, model or port takes effect at the next utterance; the old socket is closed."""
    async with LiveServer(QUICK) as first, LiveServer(QUICK) as second:
        now = [
            Endpoint(first.url, KEY),
            Endpoint(first.url, KEY, "s2.1-pro"),
            Endpoint(second.url, "another"),
        ]

        async def endpoint() -> Endpoint:
            return now[0]

        async with Live(endpoint, patience=HASTY) as live:
            voice = live.synthesizer(VOICE, rate=RATE)
            while True:
                await voice.speak(pieces(["Hello. "]), Ear())
                if len(now) == 1:
                    break
                now.pop(0)
            await until(lambda: not first.open_connections)
            spoke = [talk.headers["model"] for talk in first.talks if talk.sessions]
            assert spoke == ["s2.1-pro-free", "s2.1-pro"]
            assert [talk.headers["Authorization"] for talk in second.talks if talk.sessions] == [
                "Bearer another"
            ]


async def test_an_endpoint_that_cannot_be_had_is_told() -> None:
    """The embedded voice's process does not start: its own error, at once."""

    async def endpoint() -> Endpoint:
        raise VoiceProcessError("The embedded voice keeps dying.")

    async with Live(endpoint) as live:
        live.warm()
        with pytest.raises(VoiceProcessError):
            await live.synthesizer(VOICE, rate=RATE).speak(pieces(["Hello. "]), Ear())


@pytest.mark.logs("a bug while opening or keeping a socket")
async def test_a_bug_in_the_endpoint_reaches_who_speaks() -> None:
    """And ends nobody else's sockets; of a spare it is in the log."""

    async def endpoint() -> Endpoint:
        raise ZeroDivisionError

    async with Live(endpoint) as live:
        live.warm()
        with pytest.raises(ZeroDivisionError):
            await live.synthesizer(VOICE, rate=RATE).speak(pieces(["Hello. "]), Ear())


@pytest.mark.parametrize(
    ("url", "key", "model"),
    [
        ("", KEY, "s1"),
        ("fish", KEY, "s1"),
        ("ftp://fish", KEY, "s1"),
        ("http://", KEY, "s1"),
        ("http://[", KEY, "s1"),
        ("http://x:99999", KEY, "s1"),
        ("http://x", "two\nlines", "s1"),
        ("http://x", "with blank", "s1"),
        ("http://x", "clé", "s1"),
        ("http://x", KEY, "s2.1-pro-fre"),
    ],
)
def test_an_endpoint_that_cannot_be_is_refused(url: str, key: str, model: str) -> None:
    """Before anything is sent; and no message tells the key."""
    with pytest.raises(InputError) as caught:
        Endpoint(url, key, model)
    assert key not in f"{caught.value} {caught.value.hint}"


def test_a_key_is_in_no_representation() -> None:
    """Not of the endpoint, which tracebacks show."""
    assert KEY not in repr(Endpoint("https://x/base/", KEY))


@pytest.mark.parametrize(
    ("url", "web", "socket", "loopback"),
    [
        ("https://api.fish.audio", "https://api.fish.audio/model", "wss://api.fish.audio/model", False),
        ("wss://a.b/base/", "https://a.b/base/model", "wss://a.b/base/model", False),
        ("ws://127.0.0.1:80", "http://127.0.0.1:80/model", "ws://127.0.0.1:80/model", True),
        ("http://[::1]:8", "http://[::1]:8/model", "ws://[::1]:8/model", True),
        ("http://localhost", "http://localhost/model", "ws://localhost/model", True),
    ],
)
def test_an_endpoint_has_two_addresses(url: str, web: str, socket: str, loopback: bool) -> None:
    """One for HTTP, one for sockets; whichever was given."""
    endpoint = Endpoint(url, KEY)
    assert (endpoint.web("/model"), endpoint.socket("/model"), endpoint.is_loopback) == (
        web,
        socket,
        loopback,
    )


# --- refusals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "error", "tries"),
    [
        (401, '{"status":401,"message":"Invalid Token"}', Unauthorized, 1),
        (402, '{"message":"Insufficient API credit."}', PaymentRequired, 1),
        (403, "", Forbidden, 2),
        (404, "nothing", Forbidden, 2),
        (429, "{", RateLimited, 4),
        (500, '["x"]', SynthesisError, 4),
        (503, '{"message":3}', SynthesisError, 4),
        (200, "<html>Sign in</html>", ProtocolError, 1),
    ],
)
async def test_a_refused_handshake_is_one_error_with_what_to_do(
    status: int, body: str, error: type[FishCaptionError], tries: int
) -> None:
    """Tried again only where that may help; 403 and 404 ask the plain socket too."""
    async with LiveServer(Manner(status=status, status_body=body)) as server, talking(server) as live:
        with pytest.raises(error) as caught:
            await live.synthesizer(VOICE, rate=RATE).speak(pieces(["Hello. "]), Ear())
        assert caught.value.hint
        assert KEY not in f"{caught.value}{caught.value.hint}"
        assert len(server.refused) == tries


async def test_a_wrong_key_is_told_at_once() -> None:
    """And without one nobody is asked."""
    async with LiveServer(replace(QUICK, key="another")) as server:
        async with talking(server) as live:
            with pytest.raises(Unauthorized):
                await live.synthesizer(VOICE, rate=RATE).speak(pieces(["Hello. "]), Ear())

        async def endpoint() -> Endpoint:
            return Endpoint(server.url, "")

        refused = len(server.refused)
        async with Live(endpoint) as live:
            with pytest.raises(Unauthorized):
                await live.synthesizer(VOICE, rate=RATE).speak(pieces(["Hello. "]), Ear())
        assert len(server.refused) == refused


@pytest.mark.parametrize("fault", [Fault("refuse", status=503), Fault("refuse", status=429)])
async def test_a_refusal_that_passes_is_waited_out(fault: Fault) -> None:
    """Within the tries that patience allows."""
    ear, _ = await speak(QUICK, fault, fault, patience=HASTY)
    assert ear.text == "".join(SENTENCES)


async def test_too_many_at_once_is_waited_out() -> None:
    """Another program holds the only place; when it lets go, we speak."""
    manner = replace(QUICK, most_sessions=1)
    patience = replace(HASTY, retry_delays=(0.05,) * 20)
    hands, ear = Hands(), Ear()
    async with LiveServer(manner) as server, talking(server, patience) as live, asyncio.TaskGroup() as tasks:
        voice = live.synthesizer(VOICE, rate=RATE)
        tasks.create_task(voice.speak(hands, Ear()))
        hands.give("Mine. ")
        await until(lambda: server.sessions == 1)
        yours = tasks.create_task(voice.speak(pieces(["Yours. "]), ear))
        await until(lambda: any(talk.closed for talk in server.talks))
        hands.give(None)
        await yours
    assert ear.text == "Yours. "


async def test_too_many_at_once_is_told_in_the_end() -> None:
    """With the service's limit."""
    fault = Fault("error", message="Concurrency limit exceeded", max_concurrency=5)
    with pytest.raises(RateLimited) as caught:
        await speak(QUICK, *[fault] * 20, patience=replace(HASTY, retry_delays=(0,)))
    assert caught.value.max_concurrency == 5


async def test_nobody_there_is_a_lost_connection(free_port: int) -> None:
    """After the tries; it is retryable for the user as well."""

    async def endpoint() -> Endpoint:
        return Endpoint(f"http://127.0.0.1:{free_port}", KEY)

    async with Live(endpoint, patience=HASTY) as live:
        with pytest.raises(ConnectionLost) as caught:
            await live.synthesizer(VOICE, rate=RATE).speak(pieces(["Hello. "]), Ear())
    assert caught.value.retryable
    assert str(free_port) not in str(caught.value), "words of asyncio's, not the system's"


async def test_a_name_that_is_nobodys_is_a_lost_connection() -> None:
    """The name service says no."""

    async def endpoint() -> Endpoint:
        return Endpoint("https://fish.invalid", KEY)

    async with Live(endpoint, patience=replace(HASTY, retry_delays=())) as live:
        with pytest.raises(ConnectionLost):
            await live.synthesizer(VOICE, rate=RATE).speak(pieces(["Hello. "]), Ear())


async def test_a_handshake_that_is_never_answered_is_given_up() -> None:
    """The time to open is bounded."""
    patience = replace(HASTY, open_seconds=0.1, retry_delays=())
    with pytest.raises(ConnectionLost):
        await speak(QUICK, *[Fault("hang")] * 4, patience=patience)


async def test_what_is_no_websocket_server_is_told() -> None:
    """Something that speaks another language on that port."""

    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail ready\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)

    async def endpoint() -> Endpoint:
        return Endpoint(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", KEY)

    async with server, Live(endpoint, patience=HASTY) as live:
        with pytest.raises(ConnectionLost):
            await live.synthesizer(VOICE, rate=RATE).speak(pieces(["Hello. "]), Ear())


@pytest.mark.parametrize("rate", [22050, 48000, 0])
async def test_a_rate_the_service_does_not_have_is_refused(rate: int) -> None:
    """At once, by us."""
    async with LiveServer(QUICK) as server, talking(server) as live:
        with pytest.raises(InputError):
            live.synthesizer(VOICE, rate=rate)


# --- loss ------------------------------------------------------------------------------------------------


FAULTS = [
    *("reset", "close", "truncate", "finish_error", "early_finish"),
    pytest.param("silence", marks=pytest.mark.slow),  # it is waited out
]


@pytest.mark.parametrize("what", FAULTS)
@pytest.mark.parametrize(
    "changes", [{}, {"timed_status": 404}, {"words": "late"}, {"words": "sparse"}], ids=str
)
@pytest.mark.parametrize("after", [0, 1, 7])
async def test_no_word_is_lost_and_at_most_one_piece_is_said_twice(
    what: Any, changes: dict[str, Any], after: int
) -> None:
    """Whatever happens to the connection, and however words are told."""
    if what == "early_finish" and (after == 0 or "timed_status" in changes):
        return  # nothing tells such a lie from a text that has no sound
    manner = replace(QUICK, frame_seconds=0.02, **changes)
    patience = replace(HASTY, first_audio_seconds=0.2, between_audio_seconds=0.2)
    if what == "early_finish" and changes.get("timed_status"):
        return
    ear, _ = await speak(manner, Fault(what, after), patience=patience)
    assert len(said_twice(ear.text, SENTENCES)) <= 1
    assert ear.covered[-1] == Covered(len("".join(SENTENCES)), ear.frames)


async def test_it_goes_on_from_the_first_word_that_had_no_sound() -> None:
    """Where word times say which; and their times after the loss are right as well."""
    manner = replace(QUICK, frame_seconds=0.01)
    width = RATE // 300
    texts = ["One two three (four five) six. "]
    ear, server = await speak(manner, Fault("close", after=6), texts=texts)
    sessions = [text for talk in server.talks for text in talk.sessions]
    assert sessions[0] == texts[0]
    assert sessions[1] == "(four five) six. "
    cut = ear.frames - len(sessions[1]) * width
    start = texts[0].index("four")
    assert ear.words[Span(start, start + 4)] == WordTime(Span(start, start + 4), cut + width, cut + 5 * width)


@pytest.mark.parametrize("first", ["running", "none"])
async def test_a_loss_after_the_last_word_of_a_piece_says_nothing_again(first: Any) -> None:
    """Its sound had all come, and so had a while of silence after it; the next piece follows."""
    text = "Hi" + "." * 60
    async with LiveServer(replace(QUICK, words=first)) as server, talking(server) as live:
        voice = live.synthesizer(VOICE, rate=RATE)
        await voice.speak(pieces(["Warm. "]), Ear())
        server.be(words="running", frame_seconds=0.01)
        server.faults = [Fault("close", after=21)] * 3
        server.drop_all()
        await until(lambda: not server.open_connections)
        ear = Ear()
        async with asyncio.timeout(5):
            await voice.speak(pieces([text, " Then this."]), ear)
        assert ear.text in (text + " Then this.", text + "Then this.")  # a blank has no sound


async def test_the_spare_takes_over() -> None:
    """A reconnect begins at once, on the socket that is already there."""
    manner = replace(QUICK, handshake_seconds=0.2)
    hands, ear = Hands(), Ear()
    async with LiveServer(manner) as server, talking(server) as live, asyncio.TaskGroup() as tasks:
        tasks.create_task(live.synthesizer(VOICE, rate=RATE).speak(hands, ear))
        hands.give("One. ")
        await until(lambda: ear.text == "One. " and server.open_connections == 2)
        hands.give("Two and three and four. ", None)
        await until(lambda: any("Two" in talk.text for talk in server.talks))
        next(iter(server._connections)).transport.abort()
    assert ear.text.endswith("four. ")


async def test_a_poisoned_text_is_not_tried_for_ever() -> None:
    """It fails wherever it is said: after the tries, the error is told, and what came before it was heard."""
    faults = [Fault("finish_error", after=4, message="bad text")] * 50
    manner = replace(QUICK, frame_seconds=0.02, timed_status=404)
    ear = Ear()
    async with LiveServer(manner, *faults) as server, talking(server) as live:
        with pytest.raises(SynthesisError, match="bad text"):
            await live.synthesizer(VOICE, rate=RATE).speak(pieces(SENTENCES), ear)
        assert sum(len(talk.sessions) for talk in server.talks) == 1 + len(HASTY.retry_delays)


@pytest.mark.parametrize(
    ("changes", "times"),
    [
        ({"words": "running"}, 1),  # all of it is known to have sounded
        ({"words": "late"}, 1),
        ({"words": "none"}, 2),
        ({"timed_status": 404}, 2),
        ({"timed_status": 404, "characters_a_second": 15}, 2),
        ({"words": "none", "closes_after_finish": True}, 2),
    ],
    ids=str,
)
async def test_what_has_sounded_is_said_twice_at_most(changes: dict[str, Any], times: int) -> None:
    """A service that fails each time after the sound: what came may have been all of it."""
    ear = Ear()
    patience = replace(HASTY, retry_delays=(0,) * 5)
    manner = replace(QUICK, finish_reason="error", **changes)
    async with LiveServer(manner) as server, talking(server, patience) as live:
        speaking = live.synthesizer(VOICE, rate=RATE).speak(pieces(["Good morning to you. "]), ear)
        if times == 1:
            await speaking
        else:
            with pytest.raises(SynthesisError):
                await speaking
    assert ear.text == "Good morning to you. " * times


@pytest.mark.parametrize("timed_status", [0, 404])
async def test_a_frame_whose_audio_is_null_ends_nothing(timed_status: int) -> None:
    ear, _ = await speak(replace(QUICK, ends_with_null=True, timed_status=timed_status))
    assert ear.text == "".join(SENTENCES)


async def test_a_service_that_stays_silent_is_told() -> None:
    """After a flush, nothing: tried again, then given up within bounds."""
    patience = replace(HASTY, first_audio_seconds=0.1, retry_delays=(0,))
    with pytest.raises(SynthesisError, match="silent"):
        await speak(QUICK, *[Fault("silence")] * 9, patience=patience)


async def test_tries_end_when_their_time_is_up() -> None:
    """However many are left."""
    patience = replace(HASTY, first_audio_seconds=0.1, retry_delays=(0,) * 1000, give_up_seconds=0.25)
    with pytest.raises(SynthesisError):
        await speak(QUICK, *[Fault("silence")] * 99, patience=patience)


async def test_silence_of_our_own_doing_is_none() -> None:
    """While the sink holds us back, nobody is late."""
    patience = replace(HASTY, first_audio_seconds=0.1, between_audio_seconds=0.1, retry_delays=())
    ear = Ear(full=asyncio.Event())
    async with LiveServer(QUICK) as server, talking(server, patience) as live, asyncio.TaskGroup() as tasks:
        tasks.create_task(live.synthesizer(VOICE, rate=RATE).speak(pieces(SENTENCES), ear))
        await ear.heard.wait()
        await asyncio.sleep(0.4)
        assert ear.full is not None
        ear.full.set()
    assert ear.text == "".join(SENTENCES)


@pytest.mark.parametrize(("what", "error"), [("garbage", ProtocolError), ("error", ProtocolError)])
async def test_what_is_not_understood_is_told_after_what_was_heard(what: Any, error: type[Exception]) -> None:
    """It is not tried again: it would happen again."""
    ear = Ear()
    manner = replace(QUICK, frame_seconds=0.02)
    async with LiveServer(manner, Fault(what, after=3)) as server, talking(server) as live:
        with pytest.raises(error):
            await live.synthesizer(VOICE, rate=RATE).speak(pieces(SENTENCES), ear)
    assert ear.frames == 3 * 0.02 * RATE


async def test_a_failing_source_is_told_and_the_session_left() -> None:
    """The vendor's client hangs here for ever."""

    async def failing() -> AsyncIterator[Piece]:
        yield Piece(0, "Hello. ")
        raise ZeroDivisionError

    async with LiveServer(QUICK) as server, talking(server) as live:
        with pytest.raises(ZeroDivisionError):
            await live.synthesizer(VOICE, rate=RATE).speak(failing(), Ear())
        await until(lambda: any(talk.closed for talk in server.talks if talk.sessions))


@pytest.mark.parametrize("error", [AudioDeviceError("unplugged"), ZeroDivisionError()])
async def test_what_the_sink_raises_comes_out_as_it_is(error: Exception) -> None:
    """A device that is gone is no reason to call the service again."""

    async def sink(_: Delivery) -> None:
        raise error

    async with LiveServer(QUICK) as server, talking(server) as live:
        with pytest.raises(type(error)) as caught:
            await live.synthesizer(VOICE, rate=RATE).speak(pieces(["Hello. "]), sink)
        assert caught.value is error
        assert sum(len(talk.sessions) for talk in server.talks) == 1


async def check_random_drops(seed: int) -> None:
    """Connections lost at random moments and ways, hands that rest or do not, sinks that are slow or not.

    None of the sentences is lost, and at most one is said twice for each session that was lost.
    """
    chance = random.Random(seed)
    texts = [f"Sentence {number} of sixty, {'very ' * chance.randrange(9)}well. " for number in range(60)]
    manner = replace(
        QUICK,
        characters_a_second=2000,
        frame_seconds=chance.choice([0.004, 0.05]),
        words=chance.choice(["running", "late", "sparse", "corrected"]),
        timed_status=chance.choice([0, 0, 404]),
        odd=chance.random() < 0.3,
        closes_after_finish=chance.random() < 0.2,
    )
    ways: list[What] = ["reset", "close", "truncate", "finish_error", "silence"]
    faults = [
        Fault(chance.choice(ways), chance.randrange(0, 120)) if chance.random() < 0.8 else None
        for _ in range(chance.randrange(1, 6))
    ]
    patience = replace(
        HASTY,
        first_audio_seconds=0.3,
        between_audio_seconds=0.3,
        idle_seconds=chance.choice([0.02, 5]),
        retry_delays=(0,) * 6,
    )
    typing_seconds = chance.choice([0, 0, 0.002, 0.02])
    slow_seconds = chance.choice([0, 0, 0.001])
    ear = Ear()

    async def typed() -> AsyncIterator[Piece]:
        async for piece in pieces(texts):
            if typing_seconds:
                await asyncio.sleep(chance.random() * typing_seconds)
            yield piece

    async def sink(delivery: Delivery) -> None:
        await ear(delivery)
        if slow_seconds:
            await asyncio.sleep(slow_seconds)

    async with LiveServer(manner, *faults) as server, talking(server, patience) as live:
        await live.synthesizer(VOICE, rate=RATE).speak(typed(), sink)
    lost = sum(len(talk.sessions) - talk.finishes for talk in server.talks)
    assert len(said_twice_anywhere(ear.text, texts)) <= lost
    covered = ear.covered[-1]
    assert (covered.end, covered.frame) == (sum(map(len, texts)), ear.frames)


def said_twice_anywhere(spoken: str, texts: list[str]) -> set[int]:
    """The numbers of those begun more than once; fails unless each was said to its end, in order."""
    ends = [int(number) for number in re.findall(r"Sentence (\d+) of sixty, (?:very )*well\. ", spoken)]
    whole = [f"Sentence {number} " for number in range(len(texts))]
    twice = {number for number, start in enumerate(whole) if spoken.count(start) > 1}
    finished = spoken.count("well. ")
    assert finished >= len(texts), "a sentence was not said to its end"
    assert ends == sorted(ends)
    return twice


@pytest.mark.parametrize(
    "seed", [0, 2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 3, 4, 5))]
)
async def test_connections_lost_at_random_lose_no_word(seed: int) -> None:
    """The fast tier's share; the full tier has more."""
    await check_random_drops(seed)


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_connections_lost_at_random_lose_no_word_at_length() -> None:
    """50 utterances of 60 sentences."""
    for seed in range(100, 150):
        await check_random_drops(seed)


# --- hands at rest ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{}, {"closes_after_finish": True}, {"timed_status": 404}], ids=str)
async def test_hands_that_rest_end_the_session_and_nobody_hears_it(changes: dict[str, Any]) -> None:
    """The next piece begins another one, and frames and words go on as if it were the same."""
    manner = replace(QUICK, **changes)
    patience = replace(HASTY, idle_seconds=0.1)
    hands, ear = Hands(), Ear()
    texts = ["One two. ", "Three four. ", "Five."]
    async with LiveServer(manner) as server, talking(server, patience) as live, asyncio.TaskGroup() as tasks:
        tasks.create_task(live.synthesizer(VOICE, rate=RATE).speak(hands, ear))
        for number, text in enumerate(texts):
            hands.give(text)
            # mypy does not infer a lambda that has a default
            await until(lambda number=number: sum(talk.finishes for talk in server.talks) == number + 1)  # type: ignore[misc]
        hands.give(None)
    assert ear.text == "".join(texts)
    ends = [9, 21, 26]
    assert ear.covered == [Covered(end, end * RATE // 300) for end in ends]
    if not manner.timed_status:
        assert ear.words == expected_words(texts, manner)
    assert [text for talk in server.talks for text in talk.sessions] == texts


# --- stopping --------------------------------------------------------------------------------------------

STOP_SECONDS = 0.25
"""What a busy machine may add to a stop; the benchmark holds it to 5 ms."""


async def stop(speaking: asyncio.Task[None]) -> None:
    began = perf_counter()
    speaking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await speaking
    assert speaking.cancelled()
    assert perf_counter() - began < STOP_SECONDS


@pytest.mark.parametrize(
    "state",
    [
        "no piece",
        "before a piece",
        "endpoint",
        "connecting",
        "before sound",
        "in sound",
        "sink",
        "rest",
        "deaf",
        "retry",
    ],
)
async def test_stop_is_at_once_in_every_state(state: str) -> None:
    """The socket is abandoned, nothing more is delivered, and the next utterance speaks."""
    faults = {"connecting": [Fault("hang")], "deaf": [Fault("deaf")], "retry": [Fault("refuse")]}.get(
        state, []
    )
    manner = replace(QUICK, frame_seconds=0.01, pace=1.0, first_seconds=0.3 if state == "before sound" else 0)
    patience = replace(HASTY, retry_delays=(30,), stale_seconds=0.01)
    asked = asyncio.Event()
    hands, ear = Hands(), Ear(full=asyncio.Event() if state == "sink" else None)

    async def endpoint() -> Endpoint:
        if state == "endpoint" and not asked.is_set():
            asked.set()
            await asyncio.Event().wait()
        return Endpoint(server.url, KEY)

    def is_there() -> bool:
        talk = next((talk for talk in server.talks if talk.text), None)
        return {
            "no piece": True,
            "before a piece": server.open_connections == 1,
            "endpoint": asked.is_set(),
            "connecting": len(server.faults) < len(faults),
            "before sound": talk is not None,
            "in sound": ear.heard.is_set(),
            "sink": ear.heard.is_set(),
            "rest": ear.text == "".join(SENTENCES),
            "deaf": talk is not None,
            "retry": bool(server.refused),
        }[state]

    async with LiveServer(manner, *faults) as server, Live(endpoint, patience=patience) as live:
        voice = live.synthesizer(VOICE, rate=RATE)
        if state not in ("no piece", "before a piece"):
            hands.give(*(["words " * 500_000] if state == "deaf" else SENTENCES))
        async with asyncio.TaskGroup() as tasks:
            speaking = tasks.create_task(voice.speak(hands, ear))
            await until(is_there)
            await asyncio.sleep(0.02)
            await stop(speaking)
        delivered = len(ear.deliveries)
        server.be(pace=float("inf"), first_seconds=0.0)
        again = Ear()
        async with asyncio.timeout(5):
            await voice.speak(pieces(["And now this. "]), again)
        assert again.text == "And now this. "
        assert len(ear.deliveries) == delivered


async def test_after_a_stop_the_spare_is_used() -> None:
    """Nobody waits for a handshake."""
    manner = replace(QUICK, handshake_seconds=0.3, pace=1.0)
    async with LiveServer(manner) as server, talking(server) as live, asyncio.TaskGroup() as tasks:
        voice = live.synthesizer(VOICE, rate=RATE)
        ear = Ear()
        speaking = tasks.create_task(voice.speak(pieces(SENTENCES), ear))
        await until(lambda: server.open_connections == 2)
        await stop(speaking)
        began = perf_counter()
        ear = Ear()
        await voice.speak(pieces(["Two. "]), ear)
        assert perf_counter() - began < 0.3
        assert ear.text == "Two. "


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
async def test_stops_at_random_moments_leave_nothing(seed: int) -> None:
    """Thirty of them in a row on the same pool; then it speaks as ever."""
    chance = random.Random(seed)
    manner = replace(QUICK, frame_seconds=0.003, pace=3.0, handshake_seconds=0.002)
    async with LiveServer(manner) as server, talking(server) as live:
        voice = live.synthesizer(VOICE, rate=RATE)
        for _ in range(30):
            ear = Ear()
            async with asyncio.TaskGroup() as tasks:
                speaking = tasks.create_task(voice.speak(pieces(SENTENCES), ear))
                await asyncio.sleep(chance.random() * 0.03)
                await stop(speaking)
            count = len(ear.deliveries)
            await asyncio.sleep(0.002)
            assert len(ear.deliveries) == count
        server.be(pace=float("inf"))
        ear = Ear()
        await voice.speak(pieces(SENTENCES), ear)
        assert ear.text == "".join(SENTENCES)
        assert server.open_connections <= 2


def test_importing_the_live_voice_imports_no_network() -> None:
    """The window is painted before any of it is loaded."""
    code = (
        "import sys, fishcaption.fish.live, fishcaption.fish.library\n"
        "print([name for name in ('websockets', 'httpx', 'truststore') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


async def test_leaving_while_speaking_leaves_nothing() -> None:
    """The context ends with an utterance under way and another that connects."""
    ear = Ear()
    async with (
        LiveServer(replace(QUICK, pace=1.0, handshake_seconds=0.05)) as server,
        asyncio.TaskGroup() as tasks,
        talking(server) as live,
    ):
        voice = live.synthesizer(VOICE, rate=RATE)
        first = tasks.create_task(voice.speak(pieces(SENTENCES), ear))
        await ear.heard.wait()
        second = tasks.create_task(voice.speak(pieces(SENTENCES), Ear()))
        await asyncio.sleep(0)
        first.cancel()
        second.cancel()


# --- any bytes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
async def test_any_bytes_on_the_wire_raise_only_our_own_errors(seed: int) -> None:
    """Frames at random, WebSocket frames that are none, ends at random: bounded, and always one of ours."""
    chance = random.Random(seed)

    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            request = (await reader.readuntil(b"\r\n\r\n")).decode()
            key = re.search(r"Sec-WebSocket-Key: (\S+)", request)
            assert key is not None
            from websockets.utils import accept_key

            writer.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: " + accept_key(key.group(1)).encode() + b"\r\n\r\n"
            )
            await reader.read(1)
            for _ in range(chance.randrange(4)):
                payload = chance.randbytes(chance.randrange(60))
                if chance.random() < 0.7:
                    writer.write(b"\x82" + bytes([len(payload)]) + payload)
                else:
                    writer.write(payload)
            if chance.random() < 0.8:
                writer.close()
            else:
                await reader.read()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)

    async def endpoint() -> Endpoint:
        return Endpoint(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", KEY)

    patience = replace(HASTY, first_audio_seconds=0.1, between_audio_seconds=0.1)
    async with server:
        async with Live(endpoint, patience=patience) as live:
            with pytest.raises(FishCaptionError):
                await live.synthesizer(VOICE, rate=RATE).speak(pieces(SENTENCES), Ear())
        server.close()
