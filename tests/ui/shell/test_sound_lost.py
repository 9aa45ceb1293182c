"""The window while the sound has no device: what it says, the one key, and what it keeps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from fishcaption.core.errors import AudioDeviceError
from fishcaption.core.speech import Fate, PlayerState
from fishcaption.store.history import Entry
from fishcaption.store.settings import OutputDevice
from fishcaption.ui.history.page import HistoryPage
from tests.ui.conftest import Desk

HEADSET = OutputDevice("Headset", "ALSA")
GONE = AudioDeviceError('The sound device "Headset" is not there.', hint="Plug it in.")
HELD = PlayerState("", False, GONE)
SHOWN = PlayerState("", False, AudioDeviceError("There is no sound device."), silent=True)


def offered(desk: Desk) -> list[str]:
    return [button.text() for button in desk.banner.findChildren(QPushButton) if button.isVisible()]


def test_a_chosen_device_that_is_gone_is_told_with_one_key_for_the_default(
    open_desk: Callable[..., Desk],
) -> None:
    desk = open_desk(device=HEADSET)
    desk.type("Hello there.\n")
    desk.reader.player = HELD
    desk.look()
    assert "Waiting for the sound device" in desk.status
    assert "Headset" in desk.banner.text()
    assert any("Alt+D" in words for words in offered(desk)), offered(desk)
    desk.press(Qt.Key.Key_D, Qt.KeyboardModifier.AltModifier)
    assert desk.services.applied[-1].device == OutputDevice()
    desk.reader.player = PlayerState("Speakers", True, None)
    desk.look()
    assert desk.banner.isHidden()
    assert "stop" not in desk.reader.calls, "it goes on where it was"


def test_where_the_default_is_used_it_is_not_offered(desk: Desk) -> None:
    desk.type("Hello there.\n")
    desk.reader.player = SHOWN
    desk.reader.hear(2)
    desk.look()
    assert "nobody hears it" in desk.status
    assert not any("Alt+D" in words for words in offered(desk))


def test_what_was_shown_is_drawn_told_and_kept_as_that(desk: Desk) -> None:
    desk.type("Hello there.\n")
    number = desk.reader.line[0]
    desk.reader.hear(2)
    utterance = desk.reader.utterances[number]
    utterance.heard_end, utterance.shown_from = len(utterance.text), 6
    desk.reader._end(utterance, Fate.SHOWN)
    desk.look()
    assert "was shown, not heard" in desk.status
    assert desk.transcript._entries[number].fate is Fate.SHOWN
    (kept,) = desk.stores.history.entries()
    assert (kept.text, kept.heard_end, kept.fate) == ("Hello there.", 6, Fate.SHOWN)
    desk.window.grab()  # its sign is there


@pytest.mark.parametrize(
    ("heard_end", "words"),
    [(0, "Shown, not heard"), (5, "Heard up to “Hello”, then shown without sound")],
)
def test_the_history_says_that_it_was_shown(desk: Desk, heard_end: int, words: str) -> None:
    desk.stores.history.add("Hello there.", heard_end, Fate.SHOWN)
    desk.window.commands.run("text.history")
    page = desk.window.findChild(HistoryPage)
    assert isinstance(page, HistoryPage)
    entry: Entry = desk.stores.history.entries()[0]
    assert page._model.words(entry).startswith(words)
    page.grab()
