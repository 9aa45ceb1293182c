"""The alarm on Qt's loop: at its moment and not before, once, the last one set."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QObject
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from fishcaption.ui.alarm import QtAlarm


class Rung:
    """When it rang."""

    def __init__(self) -> None:
        self.at: list[float] = []

    def ring(self) -> None:
        self.at.append(time.perf_counter())


@pytest.fixture
def owner(qtbot: QtBot) -> QObject:
    return QObject()


def test_it_rings_once_and_never_early(owner: QObject, qtbot: QtBot) -> None:
    alarm, rung = QtAlarm(owner), Rung()
    for delay in (0.0304, 0.0011, 0.0):
        rung.at.clear()
        due = time.perf_counter() + delay
        alarm.set(due, rung.ring)
        assert not rung.at
        qtbot.waitUntil(lambda: bool(rung.at), timeout=2000)
        assert rung.at[0] >= due
        QTest.qWait(20)
        assert len(rung.at) == 1


def test_a_moment_that_is_past_rings_soon_but_not_at_once(owner: QObject, qtbot: QtBot) -> None:
    alarm, rung = QtAlarm(owner), Rung()
    alarm.set(time.perf_counter() - 5, rung.ring)
    assert not rung.at
    qtbot.waitUntil(lambda: bool(rung.at), timeout=2000)


def test_only_the_last_one_set_rings_and_none_that_is_cleared(owner: QObject, qtbot: QtBot) -> None:
    alarm, first, second = QtAlarm(owner), Rung(), Rung()
    now = time.perf_counter()
    alarm.set(now + 0.01, first.ring)
    alarm.set(now + 0.02, second.ring)
    qtbot.waitUntil(lambda: bool(second.at), timeout=2000)
    assert not first.at
    alarm.set(time.perf_counter() + 0.01, first.ring)
    alarm.clear()
    QTest.qWait(40)
    assert not first.at


def test_it_may_be_set_while_it_rings(owner: QObject, qtbot: QtBot) -> None:
    alarm, rung = QtAlarm(owner), Rung()

    def again() -> None:
        rung.ring()
        if len(rung.at) < 3:
            alarm.set(time.perf_counter(), again)

    alarm.set(time.perf_counter(), again)
    qtbot.waitUntil(lambda: len(rung.at) == 3, timeout=2000)
