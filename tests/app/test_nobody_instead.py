"""Who speaks: in the real program, with a real service whose cloned voices are audibly their own.

A voice that speaks in another's place, without a word about it, fails these tests by its sound.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from fishcaption.core.errors import InputError
from fishcaption.core.phrases.bank import Bank
from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.core.speech import Fate, UtteranceView, Voice
from fishcaption.core.voices.presets import Preset, Presets
from fishcaption.server.library.character import Character
from fishcaption.server.library.clones import Clone
from fishcaption.store.settings import Settings
from tests.app.opened_program import Opened, opened, run
from tests.server.conftest import end_shared
from tests.voice_service import KEY, Fault, Service, voice_service

ANNA = Voice("fish", "a" * 32, "Anna", ("en",))
BEN = Voice("fish", "b" * 32, "Ben", ("en",))
PRESET = Preset("p", "As Ben", BEN, "s2.1-pro-free", speed=2.0, volume=0.5)
SETTINGS = Settings(
    voice=ANNA, model="s2.1-pro-free", presets=Presets((PRESET,)), kept_audio=False, unreachable="ask"
)


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("RUNTIME", "CONFIG", "DATA", "CACHE", "MESSAGES"):
        monkeypatch.setenv(f"FISHCAPTION_{name}_DIR", str(tmp_path / name))
    monkeypatch.setenv("ALSA_CONFIG_PATH", "/dev/null")  # no device: the machine's clock is the sound
    yield
    end_shared(tmp_path / "RUNTIME")


@pytest.fixture
def at_service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with voice_service() as service:
        monkeypatch.setenv("FISHCAPTION_FISH_URL", service.url)
        for voice, pitch in ((ANNA, 0.75), (BEN, 1.4)):
            made = Clone(voice.id, voice.name, Character(pitch), "2026-11-30T00:00:00", "2026-11-30T00:00:00")
            service.clones.put(made)
        yield service


@asynccontextmanager
async def program(settings: Settings = SETTINGS) -> AsyncIterator[Opened]:
    async with opened(settings) as made:
        made.speech.system.key = KEY
        yield made


async def ended(made: Opened, number: int) -> UtteranceView:
    return await made.speech.system.reader.ended(number)


def hertz(made: Opened, number: int) -> float:
    """How high the voice is that was heard; 0 where there was no sound."""
    pitches = []
    for run_ in made.speech.system.reader._utterances[number].runs:
        samples = np.frombuffer(run_.audio.read(0, run_.audio.frames), "<i2").astype(np.float64)
        size = run_.rate // 20
        for start in range(0, len(samples) - size, size):
            window = samples[start : start + size]
            if window.std() < 1500:
                continue
            alike = np.correlate(window, window, "full")[size - 1 :]
            low, high = run_.rate // 400, run_.rate // 70
            pitches.append(run_.rate / (low + int(np.argmax(alike[low:high]))))
    return float(np.median(pitches)) if pitches else 0.0


def with_phrases(made: Opened, *texts: str, preset: str = "As Ben") -> list[str]:
    """The bank has these phrases in a category that is spoken with the preset; return their ids."""
    bank, ids = Bank().add_category("Family"), []
    for text in texts:
        bank, phrase = bank.add(text, category="Family")
        ids.append(phrase.id)
    made.services.phrases().set_bank(bank.edit_category("Family", preset=preset))
    return ids


def give_script(made: Opened, *texts: str) -> None:
    script = made.services.script()
    cues = tuple(ScriptCue(number, text, "BEN") for number, text in enumerate(texts, start=1))
    script.set_script(Script("Play", cues, last_id=len(cues)))
    script.set_speaker("BEN", BEN)


def next_cue(made: Opened) -> int:
    made.services.script().speak_next()
    return current(made)


def current(made: Opened) -> int:
    view = made.reader.snapshot().current
    assert view is not None
    return view.id


def test_everybody_speaks_with_their_own_voice(qapp: QApplication, at_service: Service) -> None:
    async def acts() -> None:
        async with program() as made:
            (phrase,) = with_phrases(made, "Good morning to you all.")
            anna = made.reader.speak("Good morning to you all.")
            ben = made.services.phrases().speak(phrase)
            made.services.cast().set_speaker("BEN", PRESET)
            line = made.reader.speak("BEN: Good morning to you all.")
            for number in (anna, ben, line):
                view = await ended(made, number)
                assert (view.fate, view.error) == (Fate.SHOWN, None)
            give_script(made, "Good morning to you all.")
            made.services.script().speak_next()
            cue = current(made)
            assert (await ended(made, cue)).fate is Fate.SHOWN
            low = hertz(made, anna)
            assert low > 70
            for number in (ben, line, cue):
                assert hertz(made, number) > 1.5 * low
            for number in (ben, line):
                (said,) = made.speech.system.reader._utterances[number].runs
                assert said.voice_config.manner[1:] == (0.5, 2.0)

    run(qapp, acts)


@pytest.mark.logs("without completing handshake")
@pytest.mark.parametrize("who", ["phrase", "cue"])
def test_what_failed_is_tried_again_by_the_same_voice(
    qapp: QApplication, at_service: Service, who: str
) -> None:
    async def acts() -> None:
        at_service.fail(Fault("SOCKET ", 503))
        async with program() as made:
            if who == "phrase":
                (phrase,) = with_phrases(made, "Good evening to you all.")
                made.services.phrases().speak(phrase)
            else:
                give_script(made, "Good evening to you all.")
                made.services.script().speak_next()
            number = current(made)
            assert (await ended(made, number)).fate is Fate.FAILED
            at_service.work()
            made.reader.retry()
            assert (await ended(made, number)).fate is Fate.SHOWN
            assert hertz(made, number) > 200, "it is Ben"

    run(qapp, acts)


@pytest.mark.logs("Reference not found")
def test_a_voice_that_was_deleted_is_told_and_nobody_speaks_in_its_place(
    qapp: QApplication, at_service: Service
) -> None:
    async def acts() -> None:
        async with program() as made:
            (phrase,) = with_phrases(made, "Good night to you all.")
            made.services.cast().set_speaker("BEN", BEN)
            give_script(made, "Good night to you all.")
            at_service.clones.remove(BEN.id)
            speak: list[Callable[[], int]] = [
                lambda: made.services.phrases().speak(phrase),
                lambda: made.reader.speak("BEN: Good night to you all."),
                lambda: next_cue(made),
            ]
            for act in speak:
                number = act()
                view = await ended(made, number)
                assert view.fate is Fate.FAILED
                assert "Ben" in str(view.error)
                assert hertz(made, number) == 0
            made.settings.change(voice=BEN)
            view = await ended(made, number := made.reader.speak("Good night to you all."))
            assert view.fate is Fate.FAILED
            assert "Ben" in str(view.error)
            assert hertz(made, number) == 0

    run(qapp, acts)


def test_a_preset_that_was_deleted_is_told_and_nobody_speaks_in_its_place(
    qapp: QApplication, at_service: Service
) -> None:
    async def acts() -> None:
        async with program() as made:
            (phrase,) = with_phrases(made, "Sleep well.")
            made.services.cast().set_speaker("BEN", PRESET)
            give_script(made, "Sleep well.")
            made.services.script().set_speaker("BEN", PRESET)
            made.settings.change(presets=Presets((PRESET._replace(name="Softly"),)))
            assert made.services.phrases().bank().categories[0].preset == "Softly", "it has another name"
            made.settings.change(presets=Presets())
            for who, speak in (
                ("Softly", lambda: made.services.phrases().speak(phrase)),
                ("BEN", lambda: made.reader.speak("BEN: Sleep well.")),
                ("BEN", made.services.script().speak_next),
            ):
                with pytest.raises(InputError, match=who):
                    speak()
            assert made.reader.snapshot().current is None
            assert made.services.cast().silent_speakers() == {"BEN"}

    run(qapp, acts)


@pytest.mark.parametrize(
    ("voice", "told"),
    [
        (Voice("embedded", "piper-gone", "Gone", ("en",)), "“Gone” cannot speak: the voice is not on this"),
        (Voice("embedded", "espeak-xx", "Nowhere (eSpeak)", ("xx",)), "Nowhere"),
        (Voice("fish", "takes:Gone", "My old voice", ("en",)), "no recordings in “Gone”"),
    ],
    ids=["a file that was removed", "an extra that was removed", "a folder of recordings that is gone"],
)
def test_what_was_removed_from_this_computer_is_told_by_its_name(
    qapp: QApplication, at_service: Service, voice: Voice, told: str
) -> None:
    async def acts() -> None:
        async with program(replace(SETTINGS, voice=voice, unreachable="embedded")) as made:
            number = made.reader.speak("Here I am.")
            view = await ended(made, number)
            assert view.fate is Fate.FAILED
            assert told in str(view.error)
            assert view.error is not None
            assert view.error.hint
            assert hertz(made, number) == 0

    run(qapp, acts)
