"""A voice that is kept nowhere: the recordings travel with each session, or nothing is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.app.services.rendering.sound import render, render_voice_of, talk_of
from fishcaption.audio.silent import SilentPlayer
from fishcaption.core.errors import InputError
from fishcaption.core.speech import Fate, Voice
from fishcaption.core.voices.cloning import MOST_REFERENCE_SECONDS, MOST_REFERENCES, best_takes
from fishcaption.fish.endpoint import Endpoint
from fishcaption.fish.live import Live
from fishcaption.speech.system import SpeechSystem
from fishcaption.speech.takes_voice import MOST_BYTES, TakesReferences
from fishcaption.store.recordings import collection
from fishcaption.store.recordings.places import FOLDER
from fishcaption.store.settings import Settings
from tests.live_server import LiveServer, Manner
from tests.own_takes import collected, record

VOICE = Voice("fish", "takes:Mine", "My voice", ("en",))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FISHCAPTION_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv(FOLDER, str(tmp_path / "recordings"))
    return collected(tmp_path / "recordings" / "Mine")


async def test_every_session_carries_the_recordings_and_no_id(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with LiveServer(Manner(characters_a_second=300)) as server:
        monkeypatch.setenv("FISHCAPTION_FISH_URL", server.url)
        async with SpeechSystem(SilentPlayer(), key="a-key") as speech:
            speech.choose(VOICE, "s2.1-pro-free")
            view = await speech.reader.ended(speech.reader.speak("Good morning."))
            chosen = render_voice_of(Settings(voice=VOICE, model="s2.1-pro-free"))
            async with talk_of(speech, chosen) as synthesizer_of:
                await render(synthesizer_of(chosen), "Good evening.")
    requests = [request for talk in server.talks for request in talk.requests]
    assert view.fate is Fate.HEARD
    assert len(requests) == 2
    for request in requests:
        assert "reference_id" not in request
        assert request["references"] == [
            {"audio": b"fLaCThe first text.", "text": "The first text."},
            {"audio": b"fLaCThe second text.", "text": "The second text."},
        ]


def spoil(folder: Path, what: str) -> None:
    for file in folder.iterdir():
        if what != "without consent" or file.name == "consent.txt":
            file.unlink()
    if what == "gone":
        folder.rmdir()


@pytest.mark.parametrize("what", ["gone", "empty", "without consent"])
async def test_without_the_recordings_nothing_is_said_in_any_voice(
    what: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session without them would be spoken in a voice that the service chooses, and billed."""
    spoil(folder, what)
    async with LiveServer(Manner(characters_a_second=300)) as server:
        monkeypatch.setenv("FISHCAPTION_FISH_URL", server.url)
        async with SpeechSystem(SilentPlayer(), key="a-key") as speech:
            speech.choose(VOICE, "s2.1-pro-free")
            view = await speech.reader.ended(speech.reader.speak("Good morning."))
            chosen = render_voice_of(Settings(voice=VOICE, model="s2.1-pro-free"))
            async with talk_of(speech, chosen) as synthesizer_of:
                with pytest.raises(InputError):
                    await render(synthesizer_of(chosen), "Good evening.")
    assert view.fate is Fate.FAILED
    assert isinstance(view.error, InputError)
    assert "Mine" in str(view.error)
    assert view.error.hint
    assert [talk.requests for talk in server.talks if talk.requests] == []


async def test_the_client_itself_refuses_a_session_without_them() -> None:
    async def endpoint() -> Endpoint:
        return Endpoint("http://127.0.0.1:9", "a-key")

    async with Live(endpoint) as live:
        for voice in (VOICE, Voice("fish", "takes:", "")):
            with pytest.raises(InputError, match="missing"):
                live.synthesizer(voice)


async def test_sound_is_named_by_the_recordings_it_was_made_with(folder: Path) -> None:
    settings = Settings(voice=VOICE, model="s2.1-pro-free")
    names = []
    for step in ("as it is", "another recording", "other words"):
        if step == "another recording":
            record(folder, "The first text.", 12.0)  # in place of the first one
        elif step == "other words":
            first = collection.load(folder).kept[0]
            collection.change(folder, first._replace(text="What is really said."))
        chosen = render_voice_of(settings)
        names.append(chosen.name(chosen.said("Good morning.")))
    assert len(set(names)) == 3
    assert TakesReferences().mark(Voice("fish", "an-id", "")) == ""
    assert TakesReferences().mark(Voice("fish", "takes:Nobody", "")) == ""


async def test_recordings_that_are_too_large_together_are_left_out(folder: Path) -> None:
    for take in collection.load(folder).takes[:2]:
        with (folder / take.file).open("ab") as file:
            file.truncate(MOST_BYTES - 100)
    assert [one.text for one in await TakesReferences().of(VOICE)] == ["The first text."]


def test_the_best_recordings_are_those_of_the_length_that_the_service_asks_for() -> None:
    assert best_takes([2.0, 15.0, 3.0, 90.0, 20.0, 0.0, 25.0]) == (1, 4)
    assert best_takes([2.0, 15.0]) == (0, 1)
    assert best_takes([3.0, 4.0]) == (0, 1)
    assert best_takes([]) == ()


@given(st.lists(st.floats(min_value=0, max_value=500), max_size=30))
def test_recordings_that_travel_are_bounded(seconds: list[float]) -> None:
    chosen = best_takes(seconds)
    assert len(chosen) <= MOST_REFERENCES
    assert sum(seconds[place] for place in chosen) <= MOST_REFERENCE_SECONDS
    assert list(chosen) == sorted(set(chosen))
    assert chosen or not any(0 < one <= MOST_REFERENCE_SECONDS for one in seconds)
