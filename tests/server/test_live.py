"""The live sockets, over real sockets, against frames written by hand."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import soundfile
from websockets.exceptions import ConnectionClosed, ConnectionClosedOK, InvalidStatus

from tests.server.by_hand import FLUSH, START, STOP, TEXT_HI, packed, start, text, unpacked
from tests.server.conftest import KEY, PLAIN, TIMED, TWELVE_WORDS, Said, Served, rest_of, say, session

TWO_SENTENCES = "It was a bright cold day in April. The clocks were striking thirteen."


def seconds(said: Said, rate: int = 24000) -> float:
    return len(said.audio) / 2 / rate


def loudness(said: Said) -> float:
    samples = np.frombuffer(said.audio, "<i2").astype(np.float64)
    return float(np.sqrt((samples**2).mean()))


# --- frames ----------------------------------------------------------------------------------------------


async def test_a_session_of_bytes_from_the_published_format_is_spoken(served: Served) -> None:
    async with served.socket() as socket:
        for frame in (START, TEXT_HI, FLUSH, STOP):
            await socket.send(frame)
        said = await rest_of(socket)
    assert 0.3 < seconds(said) < 2
    assert [word for word, _, _ in said.words()] == ["hi"]
    assert said.last == {"event": "finish", "reason": "stop", "time": said.last["time"]}


async def test_a_timed_audio_frame_has_exactly_the_fields_of_the_schema(served: Served) -> None:
    async with served.socket(TIMED) as socket:
        said = await say(socket, TWO_SENTENCES)
    for frame in said.frames:
        assert set(frame) == {
            "event",
            "audio",
            "time",
            "content",
            "alignment",
            "chunk_seq",
            "chunk_audio_offset_sec",
        }
        assert isinstance(frame["audio"], bytes)
        assert isinstance(frame["content"], str)
        assert isinstance(frame["chunk_seq"], int)
        assert isinstance(frame["time"], (int, float))
        if frame["alignment"] is not None:
            assert set(frame["alignment"]) == {"segments", "audio_duration"}
            for segment in frame["alignment"]["segments"]:
                assert set(segment) == {"text", "start", "end"}


async def test_a_plain_audio_frame_has_no_alignment_and_is_never_empty(served: Served) -> None:
    async with served.socket(PLAIN) as socket:
        said = await say(socket, TWO_SENTENCES)
    assert {frozenset(frame) for frame in said.frames} == {frozenset({"event", "audio", "time"})}
    assert all(frame["audio"] for frame in said.frames)


async def test_the_first_frame_is_small_and_none_is_longer_than_464_ms(served: Served) -> None:
    async with served.socket() as socket:
        said = await say(socket, TWO_SENTENCES)
    lengths = [len(frame["audio"]) / 2 / 24000 for frame in said.frames]
    assert lengths[0] <= 0.1
    assert max(lengths) <= 0.465


async def test_snapshots_are_cumulative_null_in_between_and_corrected_at_the_end(served: Served) -> None:
    async with session(served) as socket:
        await socket.send(text(TWO_SENTENCES))
        await socket.send(FLUSH)
        await socket.send(text(" And then there was more."))
        await socket.send(STOP)
        said = await rest_of(socket)
    assert [frame["chunk_seq"] for frame in said.frames] == sorted(
        frame["chunk_seq"] for frame in said.frames
    )
    for seq in (0, 1):
        frames = [frame for frame in said.frames if frame["chunk_seq"] == seq]
        assert len({frame["content"] for frame in frames}) == 1
        assert len({frame["chunk_audio_offset_sec"] for frame in frames}) == 1
        assert any(frame["alignment"] is None for frame in frames)
        assert frames[-1]["audio"] == b""
        snapshots = [frame["alignment"]["segments"] for frame in frames if frame["alignment"] is not None]
        for earlier, later in pairwise(snapshots):
            assert later[: len(earlier)] == earlier
        length = sum(len(frame["audio"]) for frame in frames) / 2 / 24000
        assert frames[-1]["alignment"]["audio_duration"] == pytest.approx(length, abs=1e-6)
    second = next(frame for frame in said.frames if frame["chunk_seq"] == 1)
    first_length = sum(len(frame["audio"]) for frame in said.frames if frame["chunk_seq"] == 0) / 2 / 24000
    assert second["chunk_audio_offset_sec"] == pytest.approx(first_length, abs=1e-6)


async def test_word_times_rise_stay_inside_and_begin_where_there_is_sound(served: Served) -> None:
    async with served.socket() as socket:
        said = await say(socket, TWO_SENTENCES)
    words = said.words()
    assert [word for word, _, _ in words] == TWO_SENTENCES.replace(".", "").split()
    assert all(begin <= end for _, begin, end in words)
    assert all(before[2] <= after[1] + 1e-9 for before, after in pairwise(words))
    assert words[-1][2] <= seconds(said)
    samples = np.abs(np.frombuffer(said.audio, "<i2"))
    begin = int(words[0][1] * 24000)
    assert samples[: max(0, begin - 2400)].max(initial=0) < 300 < samples[begin : begin + 4800].max()


# --- the order of things ---------------------------------------------------------------------------------


async def test_a_socket_is_used_again_after_finish_with_time_and_chunks_from_zero(served: Served) -> None:
    async with served.socket() as socket:
        first = await say(socket, "One.")
        second = await say(socket, "One.")
    assert first.audio == second.audio
    assert second.frames[0]["chunk_seq"] == 0
    assert second.frames[0]["chunk_audio_offset_sec"] == 0


@pytest.mark.slow
async def test_a_server_told_so_closes_after_finish(serve: Callable[..., Served]) -> None:
    served = serve("--close-after-finish")
    async with served.socket() as socket:
        said = await say(socket, "One.")
        assert said.last["event"] == "finish"
        with pytest.raises(ConnectionClosedOK):
            await socket.recv()


async def test_nothing_is_spoken_before_a_flush_and_finish_comes_only_after_stop(served: Served) -> None:
    async with session(served) as socket:
        await socket.send(text("Only a few words"))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.recv(), 0.3)
        await socket.send(FLUSH)
        await socket.recv()
        await socket.send(STOP)
        assert (await rest_of(socket)).last["reason"] == "stop"


async def test_text_is_joined_verbatim(served: Served) -> None:
    async with session(served) as socket:
        for part in ("Some", "where o", "ver the", " rain", "bow."):
            await socket.send(text(part))
        await socket.send(STOP)
        said = await rest_of(socket)
    assert said.frames[0]["content"] == "Somewhere over the rainbow."
    assert [word for word, _, _ in said.words()] == ["Somewhere", "over", "the", "rainbow"]


async def test_the_text_of_start_is_spoken_first(served: Served) -> None:
    async with session(served, text="Good ") as socket:
        await socket.send(text("morning."))
        await socket.send(STOP)
        said = await rest_of(socket)
    assert [word for word, _, _ in said.words()] == ["Good", "morning"]


@pytest.mark.parametrize("words", ["", " ", "\n\t \u00a0"], ids=["empty", "blank", "blanks"])
async def test_nothing_to_say_finishes_without_a_sound(served: Served, words: str) -> None:
    async with session(served) as socket:
        await socket.send(text(words))
        await socket.send(FLUSH)
        await socket.send(STOP)
        said = await rest_of(socket)
    assert said.audio == b""
    assert said.last["reason"] == "stop"


@pytest.mark.parametrize("path", [PLAIN, TIMED])
@pytest.mark.parametrize(
    "words",
    ["😀👍🏽", "... — !?", "[laughing]", "<|speaker:0|>", "…" * 1000, "- \n- "],
    ids=["emoji", "punctuation", "tag", "speaker", "dots", "dashes"],
)
async def test_text_without_a_word_is_one_short_silence(served: Served, path: str, words: str) -> None:
    """Clients take a session of no sound at all for a failure."""
    async with session(served, path) as socket:
        await socket.send(text(words))
        await socket.send(FLUSH)
        await socket.send(STOP)
        said = await rest_of(socket)
    assert 0.1 <= seconds(said) <= 0.5
    assert not any(said.audio)
    assert said.last["reason"] == "stop"
    if path == TIMED:
        assert said.words() == []


async def test_beside_words_what_has_no_sound_has_none(served: Served) -> None:
    async with session(served) as socket:
        for words in ("… ", TWELVE_WORDS, " 😀"):
            await socket.send(text(words))
            await socket.send(FLUSH)
        await socket.send(STOP)
        said = await rest_of(socket)
        alone = await say(socket, TWELVE_WORDS)
    assert seconds(said) == pytest.approx(seconds(alone), abs=0.05)


@pytest.mark.parametrize("has_finished", [False, True])
async def test_what_an_event_means_does_not_depend_on_how_far_the_sound_has_come(
    served: Served, has_finished: bool
) -> None:
    async with session(served) as socket:
        await socket.send(text("One."))
        await socket.send(STOP)
        if has_finished:
            assert (await rest_of(socket)).last["reason"] == "stop"
        await socket.send(STOP)  # nothing more to stop
        await socket.send(FLUSH)
        await socket.send(start())  # the next session, which follows
        await socket.send(text("Two and a half."))
        await socket.send(STOP)
        if not has_finished:
            assert [word for word, _, _ in (await rest_of(socket)).words()] == ["One"]
        assert [word for word, _, _ in (await rest_of(socket)).words()] == ["Two", "and", "a", "half"]
        await socket.send(text("Three."))
        said = await rest_of(socket)
        assert said.last == {
            "event": "error",
            "error": "`text` received after `stop`: a session begins with `start`",
        }


async def test_text_frames_unknown_events_and_unknown_fields_are_no_trouble(served: Served) -> None:
    async with served.socket() as socket:
        await socket.send('{"event": "start"}')
        await socket.send(start(features=["quality-guard"], something_new={"a": [1, None, 2.5]}))
        await socket.send(packed({"event": "dance", "how": "wildly"}))
        await socket.send(packed({"event": "text", "text": "Hello.", "more": None}))
        await socket.send("ignored")
        await socket.send(STOP)
        assert (await rest_of(socket)).last["reason"] == "stop"


async def test_the_official_client_s_nulls_and_stale_bitrate_are_taken(served: Served) -> None:
    everything = {
        "text": "",
        "chunk_length": 200,
        "format": "mp3",
        "sample_rate": None,
        "mp3_bitrate": 128,
        "opus_bitrate": 32,
        "references": [],
        "reference_id": None,
        "normalize": True,
        "latency": "balanced",
        "prosody": None,
        "top_p": 0.7,
        "temperature": 0.7,
        "max_new_tokens": 1024,
        "repetition_penalty": 1.2,
        "min_chunk_length": 50,
        "condition_on_previous_chunks": True,
        "early_stop_threshold": 1.0,
    }
    async with served.socket(PLAIN) as socket:
        await socket.send(packed({"event": "start", "request": everything}))
        await socket.send(TEXT_HI)
        await socket.send(STOP)
        said = await rest_of(socket)
    assert said.last["reason"] == "stop"
    assert said.audio.startswith(b"ID3\x04")


# --- refusals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (TEXT_HI, "first event must be `start`"),
        (b"\xc1nonsense", "Failed to parse"),
        (packed([1, 2]), "Failed to parse"),
        (packed({"no": "event"}), "Failed to parse"),
        (packed({"event": "start"}), "invalid type"),
        (packed({"event": "start", "request": {}}), "missing field `text`"),
        (start(format="flac"), "unknown variant `flac`"),
        (start(latency="soon"), "expected one of `low`, `normal`, `balanced`"),
        (start(sample_rate=22050), "Invalid sample rate 22050 for format pcm"),
        (start(format="opus", sample_rate=24000), "Invalid sample rate 24000 for format opus"),
        (start(prosody={"speed": 2.5}), "speed must be in [0.5, 2.0]"),
        (start(prosody={"speed": float("nan")}), "speed must be in [0.5, 2.0]"),
        (start(prosody={"volume": -21}), "volume must be in [-20, 20]"),
        (start(chunk_length=99), "chunk_length must be in [100, 300]"),
        (start(chunk_length=True), "invalid type for `chunk_length`"),
        (start(mp3_bitrate=100), "Invalid mp3_bitrate"),
        (start(opus_bitrate=1), "Invalid opus_bitrate"),
        (start(reference_id="nobody"), "Reference not found"),
        (start(reference_id=7), "invalid type for `reference_id`"),
        (start(references=[{"audio": "base64", "text": "x"}]), "Reference Audio is not valid"),
    ],
)
async def test_a_bad_request_is_told_in_an_error_event_and_the_socket_closed(
    served: Served, frame: bytes, told: str
) -> None:
    async with served.socket() as socket:
        await socket.send(frame)
        said = await rest_of(socket)
        assert set(said.last) == {"event", "error"}
        assert told in said.last["error"]
        with pytest.raises(ConnectionClosed):
            await socket.recv()


@pytest.mark.parametrize(
    ("after", "told"),
    [(START, "before the session was finished"), (packed({"event": "text"}), "missing field `text`")],
)
async def test_what_cannot_come_in_a_session_ends_it(served: Served, after: bytes, told: str) -> None:
    async with session(served) as socket:
        await socket.send(after)
        assert told in (await rest_of(socket)).last["error"]


@pytest.mark.parametrize(
    ("words", "script"),
    [
        ("こんにちは、世界。", "Japanese"),
        ("你好。", "Chinese"),
        ("Привет, мир!", "Cyrillic"),
        ("안녕하세요", "Korean"),
        ("שלום עולם", "Hebrew"),
        ("مرحبا بالعالم", "Arabic"),
    ],
)
async def test_a_script_that_cannot_be_said_is_refused_by_name(
    served: Served, words: str, script: str
) -> None:
    async with session(served) as socket:
        await socket.send(text(words))
        await socket.send(FLUSH)
        error = (await rest_of(socket)).last["error"]
    assert script in error
    assert "Heart" in error


async def test_in_a_text_that_can_be_said_another_script_is_named_in_its_place(served: Served) -> None:
    async with served.socket() as socket:
        said = await say(socket, "My name is 太郎, hello.")
        alone = await say(socket, "My name is, hello.")
    assert [word for word, _, _ in said.words()] == ["My", "name", "is", "太", "郎", "hello"]
    assert seconds(said) > seconds(alone) + 0.5


@pytest.mark.parametrize("path", [PLAIN, TIMED])
@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {KEY}"}]
)
async def test_a_wrong_key_is_a_401_before_the_handshake(
    served: Served, path: str, headers: dict[str, str]
) -> None:
    with pytest.raises(InvalidStatus) as caught:
        async with served.socket(path, headers):
            pass
    response = caught.value.response
    assert response.status_code == 401
    assert b'"status":401' in (response.body or b"")


@pytest.mark.slow
async def test_without_credit_every_model_but_the_free_one_is_a_402(serve: Callable[..., Served]) -> None:
    served = serve("--credit", "0")
    for model in ({}, {"model": "s2.1-pro"}, {"MODEL": "no-such-model"}):
        with pytest.raises(InvalidStatus) as caught:
            async with served.socket(PLAIN, {**served.headers, **model}):
                pass
        assert caught.value.response.status_code == 402
        assert b"Insufficient API credit" in (caught.value.response.body or b"")
    async with served.socket(PLAIN, {"authorization": f"bearer {KEY}", "Model": "s2.1-pro-free"}) as socket:
        assert (await say(socket, "Free.")).last["reason"] == "stop"


@pytest.mark.slow
async def test_any_voice_stands_for_the_default_one_where_the_server_is_told_so(
    serve: Callable[..., Served],
) -> None:
    served = serve("--any-voice")
    async with served.socket() as socket:
        unknown = await say(socket, "One.", reference_id="ca3007f96ae7499ab87d27ea3599956a")
        default = await say(socket, "One.")
    assert unknown.audio == default.audio


# --- what a request changes ------------------------------------------------------------------------------


async def test_speed_changes_how_long_it_takes(served: Served) -> None:
    async with served.socket() as socket:
        slow, plain, fast = [
            seconds(await say(socket, TWELVE_WORDS, prosody={"speed": speed})) for speed in (0.5, 1, 2.0)
        ]
    assert slow == pytest.approx(2 * plain, rel=0.12)
    assert fast == pytest.approx(plain / 2, rel=0.12)


async def test_volume_is_in_decibels_and_never_clips(served: Served) -> None:
    async with served.socket() as socket:
        soft, plain, loud = [
            await say(socket, TWELVE_WORDS, prosody={"volume": volume}) for volume in (-20, 0, 20)
        ]
    assert loudness(plain) / loudness(soft) == pytest.approx(10, rel=0.02)
    assert loudness(loud) > 2 * loudness(plain)
    assert np.abs(np.frombuffer(loud.audio, "<i2").astype(int)).max() < 32700


async def test_chunk_length_changes_how_the_text_is_cut(served: Served) -> None:
    words = TWO_SENTENCES * 8
    async with served.socket() as socket:
        short, long = [
            {frame["content"] for frame in (await say(socket, words, chunk_length=length)).frames}
            for length in (100, 300)
        ]
    assert max(map(len, short)) <= 105 < 200 < max(map(len, long)) <= 305


async def test_latency_changes_how_much_text_is_waited_for(served: Served) -> None:
    """Without a flush: normal waits for a chunk's length, balanced for a sentence, low for a clause."""
    sentence = "When the sun had gone down behind the old harbour wall, the boats came in. "

    async def spoken_unasked(latency: str, words: str) -> bool:
        async with session(served, latency=latency) as socket:
            await socket.send(text(words))
            try:
                await asyncio.wait_for(socket.recv(), 0.5)
            except TimeoutError:
                return False
            return True

    async def all_three(words: str) -> list[bool]:
        return await asyncio.gather(*(spoken_unasked(kind, words) for kind in ("normal", "balanced", "low")))

    assert await all_three(sentence + "And") == [False, True, True]
    assert await all_three(sentence[:60]) == [False, False, True]


@pytest.mark.parametrize("rate", [8000, 16000, 24000, 32000, 44100])
async def test_pcm_comes_at_every_documented_rate(served: Served, rate: int) -> None:
    async with served.socket() as socket:
        said = await say(socket, TWELVE_WORDS, sample_rate=rate)
        native = await say(socket, TWELVE_WORDS)
    assert seconds(said, rate) == pytest.approx(seconds(native), abs=0.002)
    for mine, theirs in zip(said.words(), native.words(), strict=True):
        assert mine[0] == theirs[0]
        assert mine[1:] == pytest.approx(theirs[1:], abs=0.001)


async def test_wav_has_one_head_with_the_documented_placeholders(served: Served) -> None:
    async with session(served, PLAIN, format="wav", sample_rate=16000) as socket:
        for _ in range(2):
            await socket.send(TEXT_HI)
            await socket.send(FLUSH)
        await socket.send(STOP)
        said = await rest_of(socket)
    head = said.audio[:44]
    assert head[:4] + head[8:16] == b"RIFFWAVEfmt "
    assert int.from_bytes(head[4:8], "little") == 4294967076
    assert head[36:44] == b"data" + (4294967040).to_bytes(4, "little")
    assert int.from_bytes(head[24:28], "little") == 16000
    assert said.audio.count(b"RIFF") == 1


def decoded(data: bytes) -> tuple[Any, int]:
    return soundfile.read(io.BytesIO(data), dtype="float32")  # type: ignore[no-any-return]  # ships no types


@pytest.mark.parametrize(
    ("request_", "rate", "bits"),
    [
        ({"format": "mp3", "sample_rate": None, "mp3_bitrate": 64}, 44100, 64000),
        ({"format": "mp3", "sample_rate": 44100, "mp3_bitrate": 192}, 44100, 192000),
        ({"format": "mp3", "sample_rate": 32000}, 32000, 128000),
        ({"format": "opus", "sample_rate": None, "opus_bitrate": 24000}, 48000, 24000),
        ({"format": "opus", "sample_rate": 48000, "opus_bitrate": 64}, 48000, 64000),
    ],
)
async def test_mp3_and_opus_are_whole_files_of_the_bitrate(
    served: Served, request_: dict[str, Any], rate: int, bits: int
) -> None:
    async with served.socket(PLAIN) as socket:
        said = await say(socket, TWELVE_WORDS, **request_)
        pcm = await say(socket, TWELVE_WORDS)
    samples, got = decoded(said.audio)
    assert got == rate
    assert len(samples) / rate == pytest.approx(seconds(pcm), abs=0.2)
    assert float(np.abs(samples).max()) > 0.2
    assert 8 * len(said.audio) / seconds(pcm) == pytest.approx(bits, rel=0.35)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["mp3", "opus"])
async def test_an_encoded_sentence_is_not_held_back_until_the_next(served: Served, kind: str) -> None:
    """All but the sentence's own pause can be decoded before anything follows."""
    async with session(served, PLAIN, format=kind, sample_rate=None) as socket:
        await socket.send(text(TWELVE_WORDS))
        await socket.send(FLUSH)
        got = Said()
        while True:
            try:
                data = await asyncio.wait_for(socket.recv(), 0.5)
            except TimeoutError:
                break
            assert isinstance(data, bytes)
            got.events.append(unpacked(data))
        await socket.send(STOP)
        got.events += (await rest_of(socket)).events[:-1]
    early = b"".join(frame["audio"] for frame in got.frames[:-1])
    samples, rate = decoded(early)
    whole, _ = decoded(got.audio)
    assert len(samples) / rate > len(whole) / rate - 0.25


# --- much, long, and several at once ---------------------------------------------------------------------


async def test_a_closed_socket_stops_the_work_at_the_next_piece(served: Served) -> None:
    async with session(served) as socket:
        await socket.send(text("This sentence is spoken many times over. " * 4000))
        await socket.send(STOP)
        await socket.recv()
    async with served.socket() as socket:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await say(socket, TWELVE_WORDS)
        assert loop.time() - began < 2


@pytest.mark.slow
async def test_sessions_take_turns(served: Served) -> None:
    """A short text does not wait for a long one to be finished."""
    async with session(served) as long, served.socket() as short:
        await long.send(text("This sentence is spoken many times over. " * 300))
        await long.send(STOP)
        listening = asyncio.timeout(60)
        async with listening, asyncio.TaskGroup() as both:
            whole = both.create_task(rest_of(long))
            await say(short, TWELVE_WORDS)
            assert not whole.done()
            whole.cancel()


@pytest.mark.parametrize(
    "words",
    [
        "a\x00b",
        "\x07\x1b[31mred\x1b[0m",
        "\u202eabc\u202c def \u200bghi",
        "<volume level='0'>loud</volume>",
        "[x](/y/)",
        "x" * 400,
        "1" * 100,
        "fi\ufb01 ½ µm ₤5 ①",
    ],
)
async def test_odd_text_is_spoken(served: Served, words: str) -> None:
    async with served.socket() as socket:
        said = await say(socket, words)
    assert said.last["reason"] == "stop"
    assert seconds(said) > 0.2


@pytest.mark.slow
async def test_a_million_characters_in_one_frame_begin_to_sound_at_once(served: Served) -> None:
    words = (TWELVE_WORDS + " ") * (1_000_000 // 71)
    async with session(served) as socket:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await socket.send(text(words))
        await socket.recv()
        assert loop.time() - began < 2
