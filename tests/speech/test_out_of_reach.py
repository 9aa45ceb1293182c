"""A service that is gone in mid-text, on real sockets, and the real embedded voice that goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fishcaption.audio.silent import SilentPlayer
from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import Fate, Voice
from fishcaption.speech import system
from fishcaption.speech.system import SpeechSystem
from tests.live_server import Fault, LiveServer, Manner, What
from tests.server.conftest import end_shared

TEXT = "Bread and milk for everybody. Then we go home."
WORDS = TEXT.replace(".", "").split()
VOICE = Voice("fish", "a-voice", "A voice", ("en",))


@pytest.fixture(autouse=True)
def _own_runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FISHCAPTION_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setattr(system, "_SHORT_SILENCE_SECONDS", 0.3)
    yield
    end_shared(tmp_path / "run")


@pytest.mark.slow
@pytest.mark.parametrize("what", ["reset", "truncate", "silence"])
@pytest.mark.parametrize("after", [1, 7])
async def test_every_word_has_its_sound_once(what: What, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    manner = Manner(characters_a_second=30, frame_seconds=0.1, pace=2)
    told: list[FishCaptionError] = []
    async with LiveServer(manner, Fault(what, after), *[Fault("refuse")] * 9) as server:
        monkeypatch.setenv("FISHCAPTION_FISH_URL", server.url)
        async with SpeechSystem(SilentPlayer(), key="a-key") as speech:
            speech.on_stood_in = told.append
            speech.use_stand_in(True)
            speech.choose(VOICE, "s2.1-pro")
            number = speech.reader.speak(TEXT)
            view = await speech.reader.ended(number)
            _, times = speech.reader.word_times(number)
            assert speech.absence is told[0]
            assert speech.reader.snapshot().voice == speech.stand_in_of(VOICE)
            speech.go_back()
            assert speech.reader.snapshot().voice == VOICE
    assert (view.fate, view.error, view.heard_end) == (Fate.HEARD, None, len(TEXT))
    assert [TEXT[time.span.start : time.span.end] for time in times] == WORDS
    assert len(told) == 1
    assert view.voice == speech.stand_in_of(VOICE)
