"""What ran without a sound device was shown: it is never told as heard, by the engine or by the history."""

from __future__ import annotations

from pathlib import Path

import pytest

from fishcaption.core.errors import AudioDeviceError
from fishcaption.core.speech import Fate, PlayerState, UtteranceView
from fishcaption.store.history import History
from tests.reader.test_reader import Stage, stage

__all__ = ["stage"]  # the fixture

THERE = PlayerState("fake", True, None)
NONE = PlayerState("", False, AudioDeviceError("There is no sound device."), silent=True)
HELD = PlayerState("", False, AudioDeviceError("The sound device is not there."))
TEXT = "One two three four."


def change(stage: Stage, device: PlayerState) -> None:
    stage.ear.device = device
    stage.reader.player_changed()


@pytest.mark.parametrize(
    ("gone", "back", "fate", "sounded"),
    [
        (None, None, Fate.HEARD, TEXT),
        (0, None, Fate.SHOWN, ""),
        (2, None, Fate.SHOWN, "One two"),
        (1, 3, Fate.SHOWN, "One"),
        (0, 1, Fate.SHOWN, ""),
    ],
)
async def test_from_where_the_device_went_it_is_shown(
    stage: Stage, gone: int | None, back: int | None, fate: Fate, sounded: str
) -> None:
    ended: list[UtteranceView] = []
    stage.reader.subscribe_ended(ended.append)
    number = stage.reader.speak(TEXT)
    await stage.settle()
    for word in range(4):
        if word == gone:
            change(stage, NONE)
        if word == back:
            change(stage, THERE)
        await stage.hear(1)
        assert stage.reader.utterance(number).heard_end > 0  # captions run
    (view,) = ended
    assert view.fate is fate
    assert view.text[: view.sounded_end].strip() == sounded


async def test_each_utterance_has_its_own_fate(stage: Stage) -> None:
    ended: list[UtteranceView] = []
    stage.reader.subscribe_ended(ended.append)
    for text in ("One two.", "Three four.", "Five six."):
        stage.reader.speak(text)
    await stage.settle()
    await stage.hear(2)
    change(stage, NONE)
    await stage.hear(2)
    change(stage, THERE)
    await stage.hear(2)
    assert [view.fate for view in ended] == [Fate.HEARD, Fate.SHOWN, Fate.HEARD]


async def test_what_is_stopped_while_it_is_shown_was_heard_to_where_the_device_went(stage: Stage) -> None:
    number = stage.reader.speak(TEXT)
    await stage.hear(1)
    change(stage, NONE)
    await stage.hear(1)
    stage.reader.stop()
    view = stage.reader.utterance(number)
    assert (view.fate, view.text[: view.sounded_end].strip()) == (Fate.CUT, "One")


async def test_what_was_shown_can_be_repeated_and_is_heard_then(stage: Stage) -> None:
    ended: list[UtteranceView] = []
    stage.reader.subscribe_ended(ended.append)
    change(stage, NONE)
    number = stage.reader.speak("One two.")
    await stage.hear(2)
    stage.reader.repeat()  # still without a device
    await stage.hear(2)
    change(stage, THERE)
    stage.reader.repeat()
    await stage.hear(2)
    assert [view.fate for view in ended] == [Fate.SHOWN, Fate.SHOWN, Fate.HEARD]
    assert stage.reader.utterance(number).sounded_end == len("One two.")


async def test_going_back_to_before_the_silence_has_it_heard(stage: Stage) -> None:
    number = stage.reader.speak("One two three. Four five six.")
    await stage.hear(4)
    change(stage, NONE)
    await stage.hear(1)
    change(stage, THERE)
    stage.reader.back()
    stage.reader.back()
    await stage.hear(6)
    assert stage.reader.utterance(number).fate is Fate.HEARD


async def test_what_waits_for_its_device_is_neither_heard_nor_shown(stage: Stage) -> None:
    number = stage.reader.speak(TEXT)
    await stage.hear(1)
    change(stage, HELD)
    await stage.settle()
    assert stage.reader.snapshot().player.is_waiting
    change(stage, THERE)
    await stage.hear(3)
    view = stage.reader.utterance(number)
    assert (view.fate, view.shown_from) == (Fate.HEARD, None)


def test_the_history_keeps_it_as_shown_and_reads_what_older_ones_wrote(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_text('{"id": 1, "text": "Old.", "heard_end": 4, "fate": "heard", "voice": ""}\n')
    history = History(path)
    history.add("One two.", 3, Fate.SHOWN, "Heart")
    history.close()
    again = History(path)
    assert [(entry.text, entry.heard_end, entry.fate) for entry in again.entries()] == [
        ("One two.", 3, Fate.SHOWN),
        ("Old.", 4, Fate.HEARD),
    ]
    again.close()
