"""What comes back on start: each text once, with a word about it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from fishcaption.app.lazy_reader import LazyReader, LazySpeech
from fishcaption.app.settings import SettingsStore
from fishcaption.app.user_data import UserData, remember
from fishcaption.core.speech import Fate, UtteranceView, Voice
from fishcaption.store.settings import Settings


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FISHCAPTION_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FISHCAPTION_PROFILE", "")
    return tmp_path


def killed(kept: UserData) -> None:
    """What was to be written at once is on disk; nothing is tidied."""
    assert kept.writer.flush(5)
    kept.unheard.keep = lambda texts: None  # type: ignore[method-assign]  # a kill does not tidy
    kept.writer.close()


def held(kept: UserData) -> list[tuple[str, bool]]:
    return [(entry.text, entry.is_unheard) for entry in kept.held_texts.texts()]


def test_nothing_comes_back_where_nothing_was(data: Path) -> None:
    kept = UserData(Settings())
    assert (kept.words, held(kept)) == ("", [])
    kept.close()
    assert list(data.iterdir()) == []


def test_what_was_not_heard_is_held_and_told(data: Path) -> None:
    kept = UserData(Settings())
    kept.journal.keep("a draft")
    kept.held_texts.hold("a thought")
    kept.unheard.keep([(1, "being said"), (2, "waiting")])
    killed(kept)
    kept = UserData(Settings())
    assert held(kept) == [("waiting", True), ("being said", True), ("a thought", False)]
    assert "Your unsent text is back." in kept.words
    assert "2 texts" in kept.words
    kept.close()
    again = UserData(Settings())
    assert held(again) == [("waiting", True), ("being said", True), ("a thought", False)]
    assert again.words == ""
    again.close()


def test_a_text_on_its_way_from_the_draft_to_the_voice_comes_back_once(data: Path) -> None:
    kept = UserData(Settings())
    kept.journal.keep("being said ")
    kept.unheard.keep([(1, "being said")])
    killed(kept)
    kept = UserData(Settings())
    assert (kept.journal.restore(), held(kept), kept.words) == ("being said ", [], "")
    kept.close()


def test_two_kills_in_a_row_do_not_double_it(data: Path) -> None:
    kept = UserData(Settings())
    kept.unheard.keep([(1, "being said")])
    killed(kept)
    killed(UserData(Settings()))  # what was held is on disk, and still among what was not heard
    kept = UserData(Settings())
    assert held(kept) == [("being said", True)]
    kept.close()


def test_a_blank_text_among_what_was_not_heard_is_no_text(data: Path) -> None:
    (data / "unheard.jsonl").write_text('{"text": ""}\n{"text": " \\n"}\n{"text": "said"}\n')
    (data / "parked.jsonl").write_text('{"text": ""}\n')
    kept = UserData(Settings())
    told: list[str] = []
    kept.listen(lambda error: told.append(str(error)))
    assert held(kept) == [("said", True)]
    assert len(told) == 2
    kept.close()


def until(holds: Callable[[], bool]) -> None:
    """Wait for the writer's later jobs."""
    waited = threading.Event()
    for _ in range(500):
        if holds():
            return
        waited.wait(0.01)
    assert holds()


def written(data: Path) -> bytes:
    return b"".join(file.read_bytes() for file in data.rglob("*") if file.is_file())


def test_off_the_record_nothing_is_written(data: Path) -> None:
    kept = UserData(Settings(off_record=True))
    quick = kept.journal.another(data / "quick.txt")
    kept.journal.keep("a secret")
    quick.keep("a secret")
    kept.held_texts.hold("a secret")
    kept.unheard.keep([(1, "a secret")])
    voice = Voice("embedded", "", "Hibari")
    remember(kept.history, UtteranceView(1, "a secret", False, Fate.HEARD, 8, 8, None, None, voice=voice))
    assert kept.writer.flush(5)
    assert b"secret" not in written(data)
    assert held(kept) == [("a secret", False)], "it can be used as long as the window is open"
    quick.close()
    kept.journal.close()
    kept.close()
    assert b"secret" not in written(data)


def test_going_off_the_record_takes_away_what_was_written_and_going_on_writes_it_again(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fishcaption.store.held_texts.LINGER_SECONDS", 0.05)
    kept, settings = UserData(Settings()), SettingsStore(Settings())
    kept.follow(settings)
    quick = kept.journal.another(data / "quick.txt")
    kept.journal.keep("a secret draft")
    quick.keep("a secret in the box")
    kept.unheard.keep([(1, "a secret on its way")])
    kept.held_texts.hold("held for all to see")
    assert kept.writer.flush(5)
    settings.change(off_record=True)
    kept.held_texts.hold("a secret to hold")
    assert kept.writer.flush(5)
    until(lambda: b"secret" not in written(data))
    assert b"held for all to see" in written(data)
    settings.change(off_record=False)
    assert kept.writer.flush(5)
    assert (data / "draft.txt").read_text() == "a secret draft"
    assert (data / "quick.txt").read_text() == "a secret in the box"
    assert "a secret to hold" in (data / "parked.jsonl").read_text()
    quick.close()
    kept.journal.close()
    kept.close()


def test_what_was_on_the_record_when_the_program_was_killed_stays_there(data: Path) -> None:
    kept = UserData(Settings())
    kept.unheard.keep([(1, "being said")])
    killed(kept)
    kept = UserData(Settings(off_record=True))
    assert held(kept) == [("being said", True)]
    kept.close()
    kept = UserData(Settings(off_record=True))
    assert held(kept) == [("being said", True)]
    kept.close()


async def test_what_has_ended_stands_in_the_history(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALSA_CONFIG_PATH", "/dev/null")  # no device: the machine's clock is the sound
    kept, settings = UserData(Settings()), SettingsStore(Settings())
    kept.follow(settings)
    speech = LazySpeech(settings)
    reader = LazyReader(speech, kept.unheard)
    kept.record(reader)
    reader.speak("Hello there.")
    reader.stop()
    settings.change(off_record=True)
    reader.speak("A secret.")
    reader.stop()
    assert [(entry.text, entry.fate) for entry in kept.history.entries()] == [("Hello there.", Fate.CUT)]
    running = asyncio.get_running_loop().create_task(speech.system.reader.run())
    await asyncio.sleep(0)
    running.cancel()  # it closes the audio
    await asyncio.wait([running])
    kept.journal.close()
    kept.close()
