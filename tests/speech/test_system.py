"""The house: who speaks before it is known whether there is a key waits for that, and is not refused."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from fishcaption.app.services.rendering.sound import render, render_voice_of, talk_of
from fishcaption.audio.silent import SilentPlayer
from fishcaption.core.errors import ModelUnavailable, PaymentRequired, Unauthorized
from fishcaption.core.models import MODELS
from fishcaption.core.speech import Fate, Voice
from fishcaption.fish.endpoint import billing_day
from fishcaption.speech.system import SpeechSystem
from fishcaption.store.settings import Settings
from tests.live_server import Fault, LiveServer, Manner
from tests.server.conftest import end_shared

VOICE = Voice("fish", "a-voice", "A voice", ("en",))


@pytest.fixture(autouse=True)
def _own_runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FISHCAPTION_RUNTIME_DIR", str(tmp_path / "run"))
    yield
    end_shared(tmp_path / "run")


@pytest.mark.parametrize("key", ["a-key", ""])
async def test_who_speaks_at_once_waits_for_the_key(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with LiveServer(Manner(characters_a_second=300)) as server:
        monkeypatch.setenv("FISHCAPTION_FISH_URL", server.url)
        async with SpeechSystem(SilentPlayer(), key=None) as speech:
            speech.choose(VOICE, "s2.1-pro-free")
            number = speech.reader.speak("Good morning.")
            for _ in range(50):
                await asyncio.to_thread(speech.reader.snapshot)  # the loop goes round, and the voice is asked
            assert speech.reader.utterance(number).error is None
            speech.key = key
            view = await speech.reader.ended(number)
        assert [talk.text for talk in server.talks if talk.requests] == (["Good morning."] if key else [])
    if key:
        assert view.fate is Fate.HEARD
    else:
        assert view.fate is Fate.FAILED
        assert isinstance(view.error, Unauthorized)


@pytest.mark.parametrize(
    ("model", "agreed", "day", "is_spoken"),
    [
        ("s2.1-pro-free", "", date(2026, 11, 30), True),
        ("s2.1-pro-free", "", date(2026, 12, 1), False),
        ("s2.1-pro-free", "s2.1-pro-free", date(2026, 12, 1), True),
        ("s1", "s1", date(2027, 1, 1), False),
        ("s9-pro", "", None, False),
        ("", "", None, False),
    ],
)
async def test_a_model_that_may_not_be_used_unasked_is_told_nothing(
    model: str, agreed: str, day: date | None, is_spoken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The utterance fails and can be spoken otherwise; no socket is opened, no phrase made ready for it."""
    async with LiveServer(Manner(characters_a_second=300)) as server:
        monkeypatch.setenv("FISHCAPTION_FISH_URL", server.url)
        async with SpeechSystem(SilentPlayer(), key="a-key", today=lambda: day) as speech:
            speech.choose(VOICE, model, agreed=agreed)
            speech.warm()
            view = await speech.reader.ended(speech.reader.speak("Good morning."))
            settings = Settings(voice=VOICE, model=model, model_agreed=agreed)
            if model in MODELS:
                chosen = render_voice_of(settings, day=day)
                with contextlib.suppress(ModelUnavailable):
                    async with talk_of(speech, chosen, lambda: day) as synthesizer_of:
                        assert is_spoken
                        await render(synthesizer_of(chosen), "Hello.")
        assert bool(server.talks) == is_spoken
    assert view.fate is (Fate.HEARD if is_spoken else Fate.FAILED)
    assert isinstance(view.error, ModelUnavailable) == (not is_spoken)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("s2.1-pro-free", "s2.1-pro-free was free, but the service now asks for payment: No money."),
        ("s2.1-pro", "There is no API credit for this model: No money."),
    ],
)
async def test_a_402_says_what_it_means(model: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    body = json.dumps({"status": 402, "message": "No money.", "reason": None})
    for manner, *faults in (
        (Manner(status=402, status_body=body),),
        (Manner(), Fault("error", message="Insufficient API credit. No money.")),
    ):
        async with LiveServer(manner, *faults) as server:
            monkeypatch.setenv("FISHCAPTION_FISH_URL", server.url)
            async with SpeechSystem(SilentPlayer(), key="a-key") as speech:
                speech.choose(VOICE, model)
                view = await speech.reader.ended(speech.reader.speak("Good morning."))
        assert isinstance(view.error, PaymentRequired)
        assert str(view.error).replace("Insufficient API credit. ", "") == words
        assert "free" not in view.error.hint


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9", "http://localhost:8080", "http://[::1]:9", "ws://127.1.2.3:4"]
)
def test_a_service_of_this_machine_sends_no_bills(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FISHCAPTION_FISH_URL", url)
    assert billing_day() is None


@pytest.mark.parametrize("url", [None, "https://api.fish.audio", "https://fish.example.org", "nonsense", ""])
def test_any_other_service_may(url: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if url is None:
        monkeypatch.delenv("FISHCAPTION_FISH_URL", raising=False)
    else:
        monkeypatch.setenv("FISHCAPTION_FISH_URL", url)
    assert billing_day() is not None
