"""A setting is used at once, whenever it is changed, and all who speak agree on the voice and the rules."""

from __future__ import annotations

import argparse
import asyncio
import math
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fishcaption import blocking
from fishcaption.app.lazy_reader import LazyReader, LazySpeech
from fishcaption.app.services import Services
from fishcaption.app.services.rendering.sound import render, render_voice_of
from fishcaption.app.settings import SettingsFile, SettingsStore
from fishcaption.app.user_data import UserData
from fishcaption.audio.devices import DeviceChoice
from fishcaption.core.errors import FishCaptionError, Unauthorized
from fishcaption.core.normalization.rules import Replacement
from fishcaption.core.speech import Delivery, Fate, Piece, Rendered, Sound, Voice
from fishcaption.core.synthesis_options import SynthesisOptions
from fishcaption.reader import Sink
from fishcaption.say.speech import chosen_voice
from fishcaption.speech.system import find_voice, voice_of
from fishcaption.store import keys
from fishcaption.store.settings import OutputDevice, Settings
from fishcaption.store.vocabulary import Vocabulary, save, vocabulary_path
from tests.reader.test_reader import Stage, stage
from tests.server.conftest import end_shared

__all__ = ["stage"]  # the fixture

FISH = Voice("fish", "a-voice", "A voice", ("de",))
FISH_DEFAULT = Voice("fish", "", "")
QUICK = SynthesisOptions(latency="low", temperature=0.2)
WHISPER = "\ue100"
HEADSET = OutputDevice("Headset", "ALSA")
CALL = OutputDevice("Call", "PulseAudio")


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("RUNTIME", "CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"FISHCAPTION_{name}_DIR", str(tmp_path / name))
    monkeypatch.setenv("ALSA_CONFIG_PATH", "/dev/null")  # no device: the machine's clock is the sound
    yield
    end_shared(tmp_path / "RUNTIME")


@dataclass
class Program:
    """The window's program without its window."""

    speech: LazySpeech
    reader: LazyReader
    services: Services

    def change(self, **values: Any) -> None:
        self.services.settings.change(**values)


@asynccontextmanager
async def program(settings: Settings | None = None) -> AsyncIterator[Program]:
    user_data = UserData(settings or Settings())
    try:
        store = SettingsStore(settings or Settings(), SettingsFile(user_data.writer, user_data.tell).save)
        user_data.follow(store)
        speech = LazySpeech(store)
        reader = LazyReader(speech, user_data.unheard)
        async with asyncio.TaskGroup() as tasks:
            services = Services(speech, reader, user_data, tasks)
            yield Program(speech, reader, services)
            services.tasks.cancel()
    finally:
        user_data.close()


def _sound(made: Program) -> Any:
    assert made.speech._sounding is not None
    return made.speech._sounding.player


def _rule(name: str, made: Program) -> object:
    return getattr(made.speech.system.reader.rules, name)


def _chosen(made: Program) -> Any:
    return made.speech.system._chosen


USED: list[tuple[dict[str, Any], Callable[[Program], Any], object]] = [
    ({"volume": 0.5}, lambda made: _sound(made).main._gain, 0.5),
    ({"speed": 1.5}, lambda made: _sound(made).main._speed, 1.5),
    ({"device": HEADSET}, lambda made: _sound(made).main._device, DeviceChoice("Headset", "ALSA")),
    ({"linger_seconds": 0}, lambda made: _sound(made).main._linger_seconds, math.inf),
    ({"linger_seconds": 1800}, lambda made: _sound(made).main._linger_seconds, 1800),
    ({"lead_in_ms": 700}, lambda made: _sound(made).main._lead_in_seconds, 0.7),
    (
        {"second_on": True, "second_device": CALL, "second_volume": 0.3, "linger_seconds": 1800},
        lambda made: (
            _sound(made).second._device,
            _sound(made).second._gain,
            _sound(made).second._linger_seconds,
        ),
        (DeviceChoice("Call", "PulseAudio"), 0.3, 1800),
    ),
    ({"sentence_hold_seconds": 3.0}, lambda made: made.speech.system.reader.hold_seconds, 3.0),
    *(
        (
            {f"say_{name}": False},
            lambda made, name=name: getattr(made.speech.system.reader.rules, name),
            False,
        )
        for name in ("markdown", "code", "urls", "emails", "emoji", "numbers", "units")
    ),
    ({"model": "s2.1-pro"}, lambda made: _chosen(made).model, "s2.1-pro"),
    ({"model_agreed": "s2.1-pro"}, lambda made: _chosen(made).agreed, "s2.1-pro"),
    ({"options": QUICK}, lambda made: _chosen(made).options, QUICK),
    ({"style": WHISPER}, lambda made: made.speech.system.reader.rules.style, WHISPER),
    ({"kept_audio": False}, lambda made: made.services.kept_audio.store.is_on, False),
    ({"off_record": True}, lambda made: made.services.kept_audio.store.is_on, False),
    ({"kept_audio_megabytes": 16}, lambda made: made.services.kept_audio.store.most_bytes, 16 << 20),
    ({"voice": FISH}, lambda made: made.reader.snapshot().voice, FISH),
    ({"voice": FISH_DEFAULT}, lambda made: made.reader.snapshot().voice, FISH_DEFAULT),
]


@pytest.mark.parametrize("moment", ["before", "built", pytest.param("open", marks=pytest.mark.slow)])
@pytest.mark.parametrize(("values", "read", "wanted"), USED, ids=[str(list(entry[0])) for entry in USED])
async def test_a_setting_is_used_whenever_it_is_changed(
    values: dict[str, Any], read: Callable[[Program], object], wanted: object, moment: str
) -> None:
    async with program() as made:
        if moment == "before":
            made.change(**values)
            made.speech.system.reader.stop()  # it is built
            assert read(made) == wanted
        elif moment == "built":
            made.speech.system.reader.stop()
            made.change(**values)
            assert read(made) == wanted
        else:
            async with made.speech.system:
                made.services.open()
                made.change(**values)
                assert read(made) == wanted
                await made.services.close(lambda error: None)


@pytest.mark.parametrize("is_early", [True, False])
async def test_that_new_text_replaces_is_used_from_the_first_word_on(is_early: bool) -> None:
    """The window's own part tells it to the reader."""
    async with program() as made:
        if is_early:
            made.reader.replace = True
            assert made.speech.system.reader.replace
        else:
            assert not made.speech.system.reader.replace
            made.reader.replace = True
            assert made.speech.system.reader.replace
        made.change(volume=0.5)
        assert made.reader.replace
        assert made.speech.system.reader.replace


async def test_the_first_word_is_said_by_the_users_rules_and_vocabulary() -> None:
    """Before the window's furniture has come, which brings the dialogs of the vocabulary."""
    replacement = Replacement("Nguyen", "win")
    save(vocabulary_path(), Vocabulary({}, (replacement,)))
    async with program(Settings(say_units=False)) as made:
        rules = made.speech.system.reader.rules
        assert (rules.units, rules.replacements) == (False, (replacement,))
        service = made.services.vocabulary()
        service.set_vocabulary(Vocabulary({}, ()))
        assert made.speech.system.reader.rules.replacements == ()


async def test_completion_offers_the_words_of_the_voices_language() -> None:
    async with program() as made:
        service = made.services.vocabulary()
        made.services._user_data.writer.flush(10)  # what it knows is read there
        service.learn("Guten Morgen, liebe Nachbarn. Guten Morgen, liebe Nachbarn.")
        assert service.suggestions("I wou")
        made.change(voice=FISH)
        assert not service.suggestions("I wou")
        assert "Nachbarn" in service.suggestions("liebe Nach")
        made.change(voice=Voice("embedded", "heart", "Heart", ("en",)))
        assert service.suggestions("I wou")


async def test_a_key_that_comes_late_is_used_and_nobody_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A keyring may ask its user for a password, and the user may be away."""
    typed = threading.Event()

    def find(_id: str) -> keys.FoundKey:
        typed.wait(20)
        return keys.FoundKey("k" * 32, keys.KeyPlace.KEYRING)

    monkeypatch.setattr(keys, "find", find)
    monkeypatch.setattr(blocking, "SLOW_SECONDS", 0.05)
    blocking.use_daemons()
    told: list[FishCaptionError] = []
    async with program(Settings(voice=FISH)) as made:
        made.speech.on_error = told.append
        async with made.speech.system as speech:
            made.services.open()
            view = await speech.reader.ended(speech.reader.speak("Good morning."))
            assert isinstance(view.error, Unauthorized)
            assert "keyring does not answer" in str(view.error)
            assert "keyring" in str(told[0])
            typed.set()
            assert await asyncio.wait_for(house_key(speech.found_key), 10) == "k" * 32
            await made.services.close(lambda error: None)


async def house_key(found: Callable[[], Awaitable[str]]) -> str:
    """The key, asked for until there is one."""
    while True:
        try:
            return await found()
        except Unauthorized:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    "voice", [Voice("embedded", "", ""), FISH_DEFAULT, FISH, Voice("embedded", "heart", "Heart", ("en",))]
)
async def test_all_who_speak_agree_on_the_voice(voice: Voice) -> None:
    settings = Settings(voice=voice)
    wanted = voice if voice.id or voice.provider == "fish" else find_voice("")
    async with program(settings) as made:
        assert made.speech.system.reader.snapshot().voice == wanted
        phrases = made.services.phrases()
        chosen = phrases._voices.of()
        assert chosen is not None
        assert chosen.voice == wanted
        assert chosen.rules == made.speech.system.reader.rules
    assert render_voice_of(settings).voice == wanted
    assert chosen_voice(argparse.Namespace(voice=None), settings) == wanted
    assert voice_of(voice) == wanted


# -- in the voice's own language -----------------------------------------------------------------------


class Speaker:
    """A voice that notes what it was given."""

    rate = 1000

    def __init__(self, language: str) -> None:
        self.voice = Voice("embedded", "someone", "Someone", (language,) if language else ())
        self.given: list[str] = []

    async def speak(self, pieces: AsyncIterator[Piece], sink: Sink) -> None:
        async for piece in pieces:
            self.given.append(piece.text)
        delivery: Delivery = Sound(b"\0\x40" * 1000)
        await sink(delivery)


TEXT = "Das ist am 5. November wieder so. Gut."


@pytest.mark.parametrize(
    ("language", "first"),
    [("de", "Das ist am 5. November wieder so. "), ("en", "Das ist am 5. "), ("", "Das ist am 5. ")],
)
async def test_a_phrase_is_split_by_the_rules_of_its_voice(stage: Stage, language: str, first: str) -> None:
    speaker = Speaker(language)
    rendered = await render(speaker, TEXT)
    assert speaker.given[0] == first
    number = stage.reader.speak_ready(TEXT, Rendered(rendered.voice, 1000, rendered.pcm))
    view = stage.reader.utterance(number)
    assert view.language == (language or "en")
    assert view.fate is Fate.SPEAKING


async def test_a_voice_that_is_tried_or_rehearses_says_all_of_it() -> None:
    """The cast has a voice for these letters, which costs; a comparison and a rehearsal must not use it."""
    async with program() as made:
        made.services.cast().set_script("Cyrillic", FISH)
        known = made.speech.system.reader._utterances

        def voices_of(number: int) -> list[Voice]:
            for run in known[number].runs:
                run.audio.close()
            return [turn.synthesizer.voice for turn in known[number].turns]

        assert voices_of(made.reader.speak("Это дом.")) == [FISH]
        for voice in (None, voice_of(made.services.settings.current.voice)):
            with made.speech.speaking_as(voice):
                assert FISH not in voices_of(made.reader.speak("Это дом."))
        assert voices_of(made.reader.speak("Это дом.")) == [FISH]
