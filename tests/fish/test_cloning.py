"""Making voices at a real HTTP server, honest and not: sent once, found again, told in words."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest

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
from fishcaption.core.voices.catalog import VoiceState
from fishcaption.core.voices.cloning import Clip, CloneProgress, Made, Step, VoiceDetails
from fishcaption.fish.cloning import Cloning, VoiceUnsure, Waits
from fishcaption.fish.endpoint import Endpoint
from fishcaption.fish.voice_design import clip_of, designed
from tests.lying_server import Lying, lying

QUICK = Waits(stalled=0.5, answer=2.0, looks=(0.0, 0.05, 0.05), poll=0.01, training=0.3)
CLIPS = (
    Clip("take-1.flac", b"fLaC" + bytes(range(256)) * 300, "The first sentence, with a comma."),
    Clip("take-2.flac", b"fLaC" + b"\x01" * 50_000, "And a second one."),
)
DETAILS = VoiceDetails("My voice", "Warm; recorded at home.", ("mine", "calm"))


def client(url: str, waits: Waits = QUICK) -> Cloning:
    async def endpoint() -> Endpoint:
        return Endpoint(url, "a-key-of-mine")

    return Cloning(endpoint, waits=waits)


async def create(url: str, clips: Sequence[Clip] = CLIPS, **options: Any) -> tuple[Made, list[CloneProgress]]:
    told: list[CloneProgress] = []
    async with client(url, options.pop("waits", QUICK)) as cloning:
        made = await cloning.create(
            options.pop("details", DETAILS), clips, on_progress=told.append, **{"enhances": False, **options}
        )
    return made, told


def posts(service: Lying) -> int:
    return sum((asked.method, asked.path) == ("POST", "/model") for asked in service.asked)


async def test_a_voice_is_made_of_the_recordings_in_their_order_private_and_with_progress() -> None:
    with lying("trains_a_while") as service:
        made, told = await create(service.url, enhances=True)
    (sent,) = service.made
    assert [content for _, _, content in sent.files] == [clip.audio for clip in CLIPS]
    assert {name for name, _, _ in sent.files} == {"voices"}
    assert sent.fields == {
        "type": ["tts"],
        "train_mode": ["fast"],
        "title": ["My voice"],
        "visibility": ["private"],
        "enhance_audio_quality": ["true"],
        "generate_sample": ["false"],
        "description": ["Warm; recorded at home."],
        "tags": ["mine", "calm"],
        "texts": [clip.text for clip in CLIPS],
    }
    assert made.entry.state is VoiceState.READY
    assert made.entry.voice.name == "My voice"
    assert [quality.passed for quality in made.quality] == [True, True]
    steps = [progress.step for progress in told]
    assert steps[:2] == [Step.LOOKING, Step.SENDING]
    assert steps[-1] is Step.TRAINING
    parts = [progress.part for progress in told if progress.step in (Step.SENDING, Step.WAITING)]
    assert parts == sorted(parts)
    assert parts[-1] == 1.0


async def test_texts_are_left_to_the_service_where_one_is_missing() -> None:
    """Else they would stand with the wrong recordings."""
    with lying() as service:
        await create(service.url, (CLIPS[0], CLIPS[1]._replace(text=" ")))
    assert "texts" not in service.made[0].fields


@pytest.mark.parametrize("lie", ["created_unanswered", "created_late", "created_without_id"])
async def test_a_voice_whose_answer_is_lost_is_found_and_not_made_twice(lie: str) -> None:
    with lying(lie) as service:
        made, _ = await create(service.url)
        assert posts(service) == 1
        assert made.entry.id == service.made[0].id


async def test_an_older_voice_of_the_same_name_is_not_taken_for_the_new_one() -> None:
    with lying() as service:
        first, _ = await create(service.url)
        service.tell("created_unanswered")
        second, _ = await create(service.url)
    assert second.entry.id != first.entry.id
    assert len(service.made) == 2


async def test_what_is_not_known_is_said_and_looked_up_at_the_next_try() -> None:
    with lying("created_unanswered") as service:
        async with client(service.url) as cloning:
            known = asyncio.Event()

            def on_progress(progress: CloneProgress) -> None:
                if progress.step is Step.WAITING:
                    service.tell("refuse GET /model 503", "cut")
                    known.set()

            with pytest.raises(VoiceUnsure) as raised:
                await cloning.create(DETAILS, CLIPS, enhances=False, on_progress=on_progress)
        assert known.is_set()
        service.stop_telling("refuse GET /model 503", "cut", "created_unanswered")
        made, _ = await create(service.url, before=raised.value.before)
        assert posts(service) == 1
        assert made.entry.id == service.made[0].id


async def test_an_upload_that_is_cut_makes_nothing_and_says_so() -> None:
    with lying("upload_cut") as service:
        big = tuple(clip._replace(audio=clip.audio * 80) for clip in CLIPS)
        with pytest.raises(ConnectionLost, match="No voice was made"):
            await create(service.url, big)
        assert service.made == []


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
async def test_an_upload_may_be_cut_at_any_byte(share: float) -> None:
    """A server that takes a share of the bytes and goes: an error of ours, at once, and nothing hangs."""
    takes = round(share * sum(len(clip.audio) for clip in CLIPS))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            if head.startswith(b"GET"):
                body = b'{"items": []}'
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
                await writer.drain()
            else:
                left = takes
                while left and (part := await reader.read(left)):
                    left -= len(part)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ConnectionLost):
            await create(f"http://127.0.0.1:{port}")


async def test_a_service_that_takes_nothing_more_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]

        async def talk() -> None:
            loop = asyncio.get_running_loop()
            silent.setblocking(False)
            listed, _ = await loop.sock_accept(silent)
            with listed:
                await loop.sock_recv(listed, 65536)
                answer = (
                    b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\nConnection: close\r\n\r\n" + b'{"items": []}'
                )
                await loop.sock_sendall(listed, answer)
            connection, _ = await loop.sock_accept(silent)
            with connection:
                await asyncio.Event().wait()

        huge = (Clip("long.flac", b"fLaC" + bytes(20 << 20), "A text."),)
        async with asyncio.TaskGroup() as group:
            talking = group.create_task(talk())
            with pytest.raises(ConnectionLost, match="No voice was made"):
                await create(f"http://127.0.0.1:{port}", huge)
            talking.cancel()


async def test_training_for_ever_is_given_back_as_still_in_training() -> None:
    with lying("trains_for_ever") as service:
        made, told = await create(service.url)
    assert made.entry.state is VoiceState.TRAINING
    assert told[-1].step is Step.TRAINING


async def test_a_training_that_fails_is_said() -> None:
    with lying("training_fails") as service, pytest.raises(SynthesisError, match="could not make a voice"):
        await create(service.url)


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (400, InputError, "does not take these recordings"),
        (402, PaymentRequired, "credit"),
        (403, Forbidden, "may not make voices"),
        (413, InputError, "too large"),
        (422, InputError, "does not take these recordings"),
        (429, RateLimited, "at the same time"),
        (503, SynthesisError, "has a problem"),
    ],
)
async def test_a_refusal_is_told_in_words(status: int, error: type[FishCaptionError], words: str) -> None:
    with lying(f"refuse POST /model {status}") as service:
        with pytest.raises(error, match=words) as raised:
            await create(service.url)
        assert raised.value.hint
        assert posts(service) == 1


async def test_a_refusal_that_comes_before_all_is_sent_is_heard() -> None:
    with lying("upload_refused_early") as service:
        big = tuple(clip._replace(audio=clip.audio * 40) for clip in CLIPS)
        with pytest.raises((InputError, ConnectionLost), match=r"too large|No voice"):
            await create(service.url, big)
        assert service.made == []


@pytest.mark.parametrize("lie", ["html", "not_json", "unauthorized"])
async def test_an_account_that_cannot_be_read_gets_no_recordings(lie: str) -> None:
    with lying(lie) as service:
        with pytest.raises((ProtocolError, Unauthorized)):
            await create(service.url)
        assert posts(service) == 0


@pytest.mark.parametrize(
    ("clips", "details", "words"),
    [
        ((), DETAILS, "1 to 20"),
        (CLIPS * 11, DETAILS, "1 to 20"),
        ((Clip("empty.flac", b"", "A text."),), DETAILS, "empty"),
        (CLIPS, VoiceDetails("  "), "no name"),
        (CLIPS, VoiceDetails("x" * 81), "too long"),
    ],
)
async def test_what_cannot_be_sent_is_not(clips: Sequence[Clip], details: VoiceDetails, words: str) -> None:
    with lying() as service:
        with pytest.raises(InputError, match=words):
            await create(service.url, clips, details=details)
        assert service.asked == []


async def test_a_voice_is_renamed_and_deleted_once() -> None:
    with lying() as service:
        made, _ = await create(service.url)
        async with client(service.url) as cloning:
            await cloning.change(made.entry.id, VoiceDetails("Another name", "", (), "unlist"))
            assert service.made[0].fields["title"] == ["Another name"]
            assert service.made[0].fields["visibility"] == ["unlist"]
            assert [one.entry.voice.name for one in await cloning.voices()] == ["Another name"]
            assert await cloning.account() == "me"
            assert await cloning.delete(made.entry.id)
            assert await cloning.voices() == ()
            service.tell("voice_gone")
            assert not await cloning.delete(made.entry.id)
            with pytest.raises(Forbidden, match="not at Fish Audio any more"):
                await cloning.change(made.entry.id, DETAILS)


async def test_a_designed_voice_is_made_of_its_exact_bytes() -> None:
    with lying() as service:
        async with client(service.url) as cloning:
            candidates = await designed(cloning.rest, "a calm old man", "Good morning, everyone.", 3)
            chosen = candidates[1]
            await cloning.create(
                DETAILS,
                [clip_of(chosen)],
                enhances=False,
                signatures=[chosen.signature],
                on_progress=lambda _progress: None,
            )
        (made,) = service.made
    assert len(candidates) == 3
    assert made.fields["voice_design_signatures"] == [chosen.signature]
    assert made.fields["texts"] == ["Good morning, everyone."]
    assert made.files[0][2] == chosen.audio


async def test_a_design_without_sound_credit_or_description_is_told() -> None:
    with lying("design_without_sound") as service:
        async with client(service.url) as cloning:
            with pytest.raises(ProtocolError):
                await designed(cloning.rest, "a calm old man", count=2)
            with pytest.raises(InputError, match="not described"):
                await designed(cloning.rest, " ")
            service.tell("refuse POST /v1/voice-design 402")
            with pytest.raises(PaymentRequired, match="no API credit to design"):
                await designed(cloning.rest, "a calm old man")
