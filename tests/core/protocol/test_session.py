"""A conversation without a network: its frames, their order, and any bytes at all."""

from __future__ import annotations

import contextlib
import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fishcaption.core.errors import (
    FishCaptionError,
    Forbidden,
    InputError,
    PaymentRequired,
    ProtocolError,
    RateLimited,
    ServiceError,
    SynthesisError,
    Unauthorized,
)
from fishcaption.core.protocol.frames import _FEW_BYTES, FLUSH, STOP, TEXT_BYTES, pack, text_parts, unpack
from fishcaption.core.protocol.refusals import error_for_status
from fishcaption.core.protocol.requests import TTSRequest
from fishcaption.core.protocol.session import Audio, Chunk, Finish, Ignored, Session

PCM = TTSRequest(format="pcm")


# --- frames ----------------------------------------------------------------------------------------------


def test_frames_are_the_documented_bytes() -> None:
    """Fixtures written by hand from the MessagePack and protocol documents."""
    assert pack({"event": "text", "text": "hi"}) == bytes.fromhex("82a56576656e74a474657874a474657874a26869")
    assert pack({"event": "audio", "audio": b"\x00\x01"}) == bytes.fromhex(
        "82a56576656e74a5617564696fa5617564696fc4020001"
    )
    assert bytes.fromhex("81a56576656e74a5666c757368") == FLUSH
    assert bytes.fromhex("81a56576656e74a473746f70") == STOP


def test_half_a_character_cannot_be_sent() -> None:
    """A lone surrogate has no UTF-8 form; that is the text's fault."""
    session = Session()
    session.start(PCM)
    with pytest.raises(InputError):
        session.text("\ud83d")


@given(st.text(max_size=3000), st.integers(1, 8))
@example("ab", 2000)
@example("日本", 2000)
@example("👋🏽é", 1000)
def test_large_texts_are_cut_between_characters(text: str, times: int) -> None:
    """The parts are the text, none empty, none above the limit."""
    text = text * times
    parts = list(text_parts(text))
    assert "".join(parts) == text
    assert all(0 < len(part.encode("utf-8", "surrogatepass")) <= TEXT_BYTES for part in parts)


# --- order -----------------------------------------------------------------------------------------------


def timed(audio: bytes, alignment: Any, seq: int = 0, offset: float = 0, content: Any = "Hi.") -> bytes:
    """An audio frame of the timed socket, by the published schema."""
    return pack(
        {
            "event": "audio",
            "audio": audio,
            "content": content,
            "alignment": alignment,
            "chunk_seq": seq,
            "chunk_audio_offset_sec": offset,
            "time": 12.5,
        }
    )


FINISH = pack({"event": "finish", "reason": "stop", "time": 310})


def test_a_session_from_start_to_finish_and_another_one() -> None:
    """The socket outlives its sessions."""
    session = Session()
    for _ in range(2):
        assert unpack(session.start(PCM))["request"]["format"] == "pcm"
        assert unpack(session.text("Hi. ")) == {"event": "text", "text": "Hi. "}
        assert unpack(session.flush()) == {"event": "flush"}
        assert session.receive(pack({"event": "audio", "audio": b"\x01\x02", "time": 3.0})) == Audio(
            b"\x01\x02", None
        )
        assert unpack(session.stop()) == {"event": "stop"}
        assert session.receive(FINISH) == Finish()


def test_acts_out_of_order_are_refused() -> None:
    """Text before start, start twice, text after stop: bugs of ours, told apart at once."""
    session = Session()
    for act in (session.flush, session.stop, lambda: session.text("x")):
        with pytest.raises(ProtocolError):
            act()
    session.start(PCM)
    with pytest.raises(ProtocolError):
        session.start(PCM)
    session.stop()
    for act in (session.flush, session.stop, lambda: session.text("x"), lambda: session.start(PCM)):
        with pytest.raises(ProtocolError):
            act()


def test_audio_and_finish_outside_a_session_are_refused() -> None:
    """They would be taken for the next session's."""
    for frame in (pack({"event": "audio", "audio": b""}), FINISH):
        with pytest.raises(ProtocolError):
            Session().receive(frame)


def test_a_finish_that_nobody_asked_for_is_a_failure_to_try_again() -> None:
    """The text is not through, and another session can say the rest."""
    session = Session()
    session.start(PCM)
    with pytest.raises(SynthesisError) as caught:
        session.receive(FINISH)
    assert caught.value.retryable


def test_a_failed_finish_says_why() -> None:
    """The vendor's client throws the words away; they are all the user has."""
    session = Session()
    session.start(PCM)
    session.stop()
    with pytest.raises(SynthesisError, match="GPU on fire"):
        session.receive(pack({"event": "finish", "reason": "error", "message": "GPU\non  fire", "time": 1}))


@pytest.mark.parametrize(
    ("fields", "error", "retry"),
    [
        ({"error": "Concurrency limit exceeded", "max_concurrency": 8}, RateLimited, True),
        ({"error": "Concurrency limit exceeded"}, RateLimited, True),
        ({"error": "Insufficient API credit."}, PaymentRequired, False),
        ({"error": "Invalid api key"}, Unauthorized, False),
        ({"error": "Reference not found"}, Forbidden, False),
        ({"error": "The voice Heart cannot say Thai text. Choose another."}, Forbidden, False),
        ({"error": "Invalid sample rate 22050 for format pcm"}, ProtocolError, False),
        ({"error": "The server is under high load"}, SynthesisError, True),
        ({"error": None}, ProtocolError, False),
        ({}, ProtocolError, False),
        ({"error": ["x"], "max_concurrency": "8"}, ProtocolError, False),
    ],
)
def test_an_error_event_becomes_the_error_that_it_is(
    fields: dict[str, Any], error: type[ServiceError], retry: bool
) -> None:
    """In or out of a session; the limit is kept where it is told."""
    with pytest.raises(error) as caught:
        Session().receive(pack({"event": "error"} | fields))
    assert type(caught.value) is error
    assert caught.value.retryable is retry
    assert caught.value.hint
    if isinstance(caught.value, RateLimited):
        assert caught.value.max_concurrency == fields.get("max_concurrency")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, Unauthorized),
        (402, PaymentRequired),
        (403, Forbidden),
        (404, Forbidden),
        (429, RateLimited),
        (500, SynthesisError),
        (503, SynthesisError),
        (400, ProtocolError),
        (200, ProtocolError),
        (302, ProtocolError),
    ],
)
def test_statuses_have_one_meaning_each(status: int, error: type[FishCaptionError]) -> None:
    """With something to do about it, and the service's own words cut to a line."""
    told = error_for_status(status, "why\n" + "x" * 1000)
    assert type(told) is error
    assert told.hint
    assert "why xxx" in str(told)
    assert len(str(told)) < 400
    assert "None" not in str(error_for_status(status))


@pytest.mark.parametrize("name", ["log", "surprise", "", "start"])
def test_unknown_events_are_ignored(name: str) -> None:
    """So that the service can learn new ones."""
    assert Session().receive(pack({"event": name, "message": "x"})) == Ignored(name)


@pytest.mark.parametrize(
    "frame",
    [b"", b"\xc1", b"\x81\x01\x02", b"\x91" * 3000, b"\xdf\xff\xff\xff\xff", pack({"event": "x"})[:-1]],
)
def test_bytes_that_are_no_event_are_refused(frame: bytes) -> None:
    """Cut, nested without end, claiming four thousand million entries."""
    with pytest.raises(ProtocolError):
        Session().receive(frame)


@pytest.mark.parametrize("event", [{}, {"event": 3}, {"event": None}, {"audio": b"x"}])
def test_a_map_without_an_event_is_refused(event: dict[str, Any]) -> None:
    """Its name is what makes a map an event."""
    with pytest.raises(ProtocolError):
        unpack(pack(event))


# --- audio -----------------------------------------------------------------------------------------------


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=12))
def test_any_split_of_the_audio_gives_the_same_whole_samples(pcm: bytes, cuts: list[int]) -> None:
    """Half a sample waits for its other half; at the session's end it is dropped, and not met in the next."""
    session = Session()
    for _ in range(2):
        session.start(PCM)
        edges = [0, *sorted(min(cut, len(pcm)) for cut in cuts), len(pcm)]
        got = []
        for start, end in pairwise(edges):
            event = session.receive(pack({"event": "audio", "audio": pcm[start:end]}))
            assert isinstance(event, Audio)
            assert len(event.data) % 2 == 0
            got.append(event.data)
        assert b"".join(got) == pcm[: len(pcm) & ~1]
        session.stop()
        session.receive(FINISH)


def test_compressed_audio_is_left_as_it_is() -> None:
    """Only pcm has samples of two bytes."""
    session = Session()
    session.start(TTSRequest(format="mp3"))
    assert session.receive(pack({"event": "audio", "audio": b"\xff\xfb\x92"})) == Audio(b"\xff\xfb\x92", None)


def test_no_audio_is_empty_audio() -> None:
    """A frame that only corrects the times of words may say so with null, or not at all."""
    session = Session()
    session.start(PCM)
    words = {"segments": [{"text": "Hi", "start": 0, "end": 0.24}]}
    for audio in ({"audio": None}, {"audio": b""}, {}):
        event = session.receive(
            pack({"event": "audio", "alignment": words, "chunk_seq": 0, "chunk_audio_offset_sec": 0} | audio)
        )
        assert event == Audio(b"", Chunk(0, 0.0, "", (("Hi", 0.0, 0.24),)))
    assert session.receive(pack({"event": "audio", "audio": None})) == Audio(b"", None)


@pytest.mark.parametrize("audio", ["text", 3, [1, 2], False, {}])
def test_audio_that_is_no_bytes_is_refused(audio: Any) -> None:
    """There is no guessing what it would sound like."""
    session = Session()
    session.start(PCM)
    with pytest.raises(ProtocolError):
        session.receive(pack({"event": "audio", "audio": audio}))


@pytest.mark.parametrize("depth", [100, 900, 990, 1000, 1010, 1020, 5000])
def test_lists_within_lists_are_an_error_of_ours(depth: int) -> None:
    """They can be unpacked and still be too deep to be compared with those that came before."""
    segment = b"\x84\xa4text\xa1a\xa5start\x00\xa3end\x00\xa1x" + b"\x91" * depth + b"\xc0"
    frame = (
        b"\x85\xa5event\xa5audio\xa5audio\xc4\x00\xa9chunk_seq\x00\xb6chunk_audio_offset_sec\x00"
        b"\xa9alignment\x81\xa8segments\x91" + segment
    )
    session = Session()
    session.start(PCM)
    with contextlib.suppress(ProtocolError):
        for _ in range(3):
            session.receive(frame)


@pytest.mark.parametrize(
    ("count", "text", "is_told"),
    [(300, "字", True), (60, "ordinary", True), (601, "a", False), (300, "ﷺ" * 20, False)],
)
def test_more_words_than_a_text_has_are_none(count: int, text: str, is_told: bool) -> None:
    """They would be looked for in the text, anew with every frame. The sound is as good as ever."""
    session = Session()
    session.start(PCM)
    segments = [{"text": text, "start": at / 100, "end": at / 100} for at in range(count)]
    told = []
    for part in (segments[: count // 2], segments):
        event = session.receive(timed(b"\0\0", {"segments": part}))
        assert isinstance(event, Audio)
        assert event.data == b"\0\0"
        told.append(event.chunk is not None and event.chunk.segments is not None)
    assert told[-1] == is_told


@pytest.mark.parametrize(
    ("frame", "is_taken"),
    [
        (pack({"event": "audio", "audio": bytes(1_000_000)}), True),
        (pack({"event": "log", "x": "y" * 1_000_000}), True),
        (pack({"event": "log", "x": [0] * 9_000, "y": bytes(20_000)}), True),
        (pack({"event": "log", "x": [[]] * 100_000}), False),
        (pack({"event": "log", "x": {str(key): key for key in range(20_000)}}), False),
        (
            pack({"event": "log", "y": bytes(20_000), "x": [1.5, -7, 300, 70_000, None, "é" * 40] * 2_000}),
            False,
        ),
        (b"\x82\xa5event\xa3log\xa1x\xdd\xff\xff\xff\xff" + b"\x90" * 50_000, False),
        (b"\x82\xa5event\xa3log\xa1x\xc6\xff\xff\xff\xff" + bytes(50_000), False),
    ],
)
def test_a_message_holds_so_many_values_and_no_more(frame: bytes, is_taken: bool) -> None:
    session = Session()
    session.start(PCM)
    if is_taken:
        session.receive(frame)
    else:
        with pytest.raises(ProtocolError):
            session.receive(frame)


_ANYTHING = st.recursive(
    st.none() | st.integers(-(2**63), 2**63) | st.floats() | st.binary(max_size=40) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
)


@given(_ANYTHING)
def test_counting_values_takes_every_message_as_it_is(value: Any) -> None:
    """The count walks over the message as the unpacking does: with few values in it, it is taken."""
    frame = pack({"event": "log", "x": value, "y": bytes(_FEW_BYTES)})
    assert unpack(frame)["event"] == "log"


def test_a_timed_frame_by_the_published_schema() -> None:
    """Segments with their times, null for nothing new, an empty payload that carries only words."""
    session = Session()
    session.start(PCM)
    words = {"segments": [{"text": "Hi", "start": 0, "end": 0.24}], "audio_duration": 0.464}
    assert session.receive(timed(b"\0\0", words)) == Audio(
        b"\0\0", Chunk(0, 0.0, "Hi.", (("Hi", 0.0, 0.24),))
    )
    assert session.receive(timed(b"\0\0", None)) == Audio(b"\0\0", Chunk(0, 0.0, "Hi.", None))
    assert session.receive(timed(b"", words, seq=1, offset=0.464)) == Audio(
        b"", Chunk(1, 0.464, "Hi.", (("Hi", 0.0, 0.24),))
    )


@pytest.mark.parametrize(
    "alignment",
    [
        7,
        {},
        {"segments": None},
        {"segments": "x"},
        {"segments": [3]},
        {"segments": [{"text": 3, "start": 0, "end": 1}]},
        {"segments": [{"text": "Hi", "start": -1, "end": 1}]},
        {"segments": [{"text": "Hi", "start": math.nan, "end": 1}]},
        {"segments": [{"text": "Hi", "start": 0, "end": math.inf}]},
        {"segments": [{"text": "Hi", "start": 0}]},
    ],
)
def test_times_that_make_no_sense_mute_nobody(alignment: Any) -> None:
    """The sound is good; only its words are not known."""
    session = Session()
    session.start(PCM)
    event = session.receive(timed(b"\1\0", alignment))
    assert isinstance(event, Audio)
    assert event.data == b"\1\0"
    assert event.chunk == Chunk(0, 0.0, "Hi.", None)


def test_a_frame_without_sensible_place_has_no_chunk() -> None:
    """A chunk's number and offset are all that its times are counted from."""
    session = Session()
    session.start(PCM)
    for frame in (
        timed(b"", None, seq=-1),
        timed(b"", None, offset=math.nan),
        timed(b"", None, offset=1e300),
    ):
        event = session.receive(frame)
        assert isinstance(event, Audio)
        assert event.chunk is None


# --- anything --------------------------------------------------------------------------------------------

wire = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
events = st.fixed_dictionaries(
    {"event": st.sampled_from(["audio", "finish", "error", "log"])},
    optional={
        "audio": wire | st.binary(max_size=20),
        "alignment": wire | st.fixed_dictionaries({"segments": st.lists(wire, max_size=3)}),
        "chunk_seq": wire | st.integers(0, 5),
        "chunk_audio_offset_sec": wire | st.floats(0, 10),
        "content": wire,
        "reason": wire | st.sampled_from(["stop", "error"]),
        "message": wire,
        "error": wire,
        "max_concurrency": wire,
    },
).map(pack)


@given(st.lists(st.binary(max_size=60) | events | wire.map(lambda value: pack({"x": value})), max_size=8))
def test_whatever_comes_only_our_own_errors_come_out(frames: list[bytes]) -> None:
    """Bytes at random, and events that are right but for one field."""
    session = Session()
    session.start(PCM)
    for frame in frames:
        with contextlib.suppress(FishCaptionError):
            assert isinstance(session.receive(frame), Audio | Finish | Ignored)
