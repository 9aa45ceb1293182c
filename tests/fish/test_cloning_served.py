"""Making voices at our own server, which does what the service's documents say."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from functools import partial

import numpy as np
import pytest
import soundfile

from fishcaption.core.errors import FishCaptionError, Forbidden, PaymentRequired
from fishcaption.core.protocol.requests import Reference
from fishcaption.core.speech import Delivery, Piece, Sound, Voice
from fishcaption.core.voices.catalog import VoiceState
from fishcaption.core.voices.cloning import Clip, VoiceDetails
from fishcaption.fish.cloning import Cloning, Waits
from fishcaption.fish.endpoint import Endpoint
from fishcaption.fish.live import Live
from fishcaption.fish.voice_design import clip_of, designed
from tests.voice_service import Fault, Service, voice_service

DETAILS = VoiceDetails("My voice", "Warm.", ("calm", "mine"))
TEXT = "Good morning to all of you."


def recording(seed: int, seconds: float = 11.0) -> bytes:
    """A FLAC file as a take is one: 48 kHz, 16 bit, mono."""
    noise = np.random.default_rng(seed).normal(0, 2000, round(48_000 * seconds)).astype(np.int16)
    file = io.BytesIO()
    soundfile.write(file, noise, 48_000, format="FLAC", subtype="PCM_16")
    return file.getvalue()


CLIPS = tuple(Clip(f"take-{seed:03}.flac", recording(seed), f"The text number {seed}.") for seed in (1, 2))


@pytest.fixture
def service() -> Iterator[Service]:
    with voice_service(credit="1") as service:
        yield service


async def endpoint(service: Service) -> Endpoint:
    return Endpoint(service.url, service.key)


async def said(service: Service, voice: Voice, *references: Reference) -> bytes:
    """The sound of the text in this voice."""
    pcm = bytearray()

    async def sink(delivery: Delivery) -> None:
        if isinstance(delivery, Sound):
            pcm.extend(delivery.pcm)

    async def pieces() -> AsyncIterator[Piece]:
        yield Piece(0, TEXT)

    async with Live(partial(endpoint, service)) as live:
        await live.synthesizer(voice, rate=24_000, references=references).speak(pieces(), sink)
    return bytes(pcm)


def ignore(progress: object) -> None:
    """Nobody watches."""


@pytest.mark.slow
@pytest.mark.logs("Reference not found")
async def test_a_voice_is_made_judged_heard_renamed_and_deleted(service: Service) -> None:
    async with Cloning(partial(endpoint, service)) as cloning:
        made = await cloning.create(DETAILS, CLIPS, enhances=True, on_progress=ignore)
        assert made.entry.state is VoiceState.READY
        assert made.entry.visibility == "private"
        assert [one.name for one in made.quality] == [clip.name for clip in CLIPS]
        assert [round(one.seconds) for one in made.quality] == [11, 11]
        own = await said(service, made.entry.voice)
        assert len(own) > 20_000
        assert own != await said(service, Voice("embedded", "heart", "Heart"))
        await cloning.change(made.entry.id, VoiceDetails("Renamed", "Still warm.", (), "unlist"))
        now = await cloning.find(made.entry.id)
        assert (now.entry.voice.name, now.entry.description) == ("Renamed", "Still warm.")
        assert (now.entry.tags, now.entry.visibility) == ((), "unlist")
        assert made.entry.id in {one.entry.id for one in await cloning.voices()}
        assert await cloning.delete(made.entry.id)
        assert not await cloning.delete(made.entry.id)
        with pytest.raises(Forbidden) as raised:
            await cloning.find(made.entry.id)
        assert raised.value.status == 404
    with pytest.raises(Forbidden):
        await said(service, made.entry.voice)


@pytest.mark.slow
async def test_the_same_recordings_speak_without_being_kept(service: Service) -> None:
    """They are audibly those, and the account has no voice of them."""
    references = [Reference(clip.audio, clip.text) for clip in CLIPS]
    voice = Voice("fish", "takes:Mine", "Mine")
    first = await said(service, voice, *references)
    other = await said(service, voice, Reference(recording(3), "Another text."))
    default = await said(service, Voice("embedded", "heart", "Heart"))
    assert len({first, other, default}) == 3
    async with Cloning(partial(endpoint, service)) as cloning:
        assert await cloning.voices() == ()


async def test_a_voice_is_designed_paid_and_made(service: Service) -> None:
    async with Cloning(partial(endpoint, service)) as cloning:
        candidates = await designed(cloning.rest, "a calm old man", "Good morning.", 2)
        made = await cloning.create(
            DETAILS,
            [clip_of(candidates[0])],
            enhances=False,
            signatures=[candidates[0].signature],
            on_progress=ignore,
        )
        assert made.entry.state is VoiceState.READY
        with pytest.raises(FishCaptionError):  # the signature is of other bytes
            await cloning.create(
                DETAILS,
                [clip_of(candidates[0])],
                enhances=False,
                signatures=[candidates[1].signature],
                on_progress=ignore,
            )
        await cloning.delete(made.entry.id)


async def test_a_design_without_credit_says_so() -> None:
    with voice_service(credit="0") as service:
        async with Cloning(partial(endpoint, service)) as cloning:
            with pytest.raises(PaymentRequired, match="design"):
                await designed(cloning.rest, "a calm old man", "Good morning.")


@pytest.mark.parametrize("cut_after", [0, 1, 100, 70_000, 500_000])
async def test_an_upload_that_is_cut_leaves_no_voice(cut_after: int, service: Service) -> None:
    service.fail(Fault("POST /model", cut_after=cut_after, is_upload=True, times=1))
    async with Cloning(partial(endpoint, service), waits=Waits(looks=(0.0,))) as cloning:
        with pytest.raises(FishCaptionError):
            await cloning.create(DETAILS, CLIPS, enhances=False, on_progress=ignore)
        assert await cloning.voices() == ()
