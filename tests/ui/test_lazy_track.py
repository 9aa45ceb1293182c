"""The window's caption track: made at the first look, for those who subscribed before and after."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from fishcaption.core.speech import Snapshot
from fishcaption.ui.lazy_track import LazyTrack
from tests.ui.fakes import FakeReader


def test_a_change_of_the_reader_is_shown_to_all_in_their_order(qtbot: QtBot) -> None:
    reader, owner = FakeReader(), QObject()
    track = LazyTrack(reader, owner)
    shown: list[tuple[str, Snapshot]] = []
    track.subscribe(lambda snapshot: shown.append(("first", snapshot)))
    assert shown == []
    reader.speak("Hello there.")
    qtbot.waitUntil(lambda: bool(shown))
    track.subscribe(lambda snapshot: shown.append(("second", snapshot)))
    track.made().subscribe(lambda snapshot: shown.append(("third", snapshot)))
    shown.clear()
    track.look()
    assert [name for name, _ in shown] == ["first", "second", "third"]
    assert {snapshot for _, snapshot in shown} == {track.made().snapshot()}
    track.close()


@pytest.mark.parametrize("is_made", [False, True])
def test_after_its_end_it_shows_nothing(qtbot: QtBot, is_made: bool) -> None:
    reader, owner = FakeReader(), QObject()
    ended, other = LazyTrack(reader, owner), LazyTrack(reader, owner)
    shown: list[str] = []
    ended.subscribe(lambda _snapshot: shown.append("ended"))
    other.subscribe(lambda _snapshot: shown.append("other"))
    if is_made:
        ended.look()
        shown.clear()
    ended.close()
    reader.speak("Hello there.")
    qtbot.waitUntil(lambda: bool(shown))
    assert shown == ["other"]
    other.close()
