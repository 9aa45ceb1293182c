"""The script as Qt's table: it tells exactly what changed, and is quick with 100,000 cues."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from fishcaption.core.errors import InputError
from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.ui.audience_ports import CueCheck, ShowView
from fishcaption.ui.present.script.model import Column, ScriptModel
from tests.ui.present.fake_script import script

NO_CHECK = CueCheck(False)
PLAY = script("ANNA: One.", "Two.", "Three.", "Four.")


class Watched:
    """A model that Qt's own tester watches, and a view's copy of it: kept only by what the model tells."""

    def __init__(self) -> None:
        self.checks: dict[int, CueCheck] = {}
        self.model = ScriptModel(lambda cue: self.checks.get(cue, NO_CHECK))
        self.tester = QAbstractItemModelTester(
            self.model, QAbstractItemModelTester.FailureReportingMode.Warning
        )
        self.copy: list[str] = []
        self.told: list[tuple[int, int]] = []
        self.model.rowsInserted.connect(self._on_inserted)
        self.model.rowsRemoved.connect(self._on_removed)
        self.model.dataChanged.connect(self._on_changed)

    def _text(self, row: int) -> str:
        return str(self.model.index(row, Column.TEXT).data())

    def _on_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        self.copy[first:first] = [self._text(row) for row in range(first, last + 1)]

    def _on_removed(self, _parent: QModelIndex, first: int, last: int) -> None:
        del self.copy[first : last + 1]

    def _on_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        self.told.append((first.row(), last.row()))
        if first.column() <= Column.TEXT <= last.column():
            for row in range(first.row(), last.row() + 1):
                self.copy[row] = self._text(row)


@pytest.fixture
def watched(qapp: QApplication) -> Watched:
    return Watched()


def test_what_a_row_says(watched: Watched) -> None:
    watched.checks[1] = CueCheck(True, 2.0, ("Too fast to read.",))
    watched.checks[2] = CueCheck(True)
    watched.checks[3] = CueCheck(False, error=InputError("It is too long.", hint="Divide it."))
    marked = replace(PLAY, cues=(*PLAY.cues[:3], replace(PLAY.cues[3], is_marked=True, note="Slowly")))
    watched.model.show(ShowView(marked, current=1, following=2))

    def said(row: int) -> list[str]:
        role = Qt.ItemDataRole.AccessibleTextRole
        return [str(watched.model.index(row, column).data(role)) for column in Column]

    assert said(0) == ["Now", "1", "ANNA", "One.", "Cue 1: look at this: Too fast to read.\nLength: 0:02"]
    assert said(1) == ["Next", "2", "Cue 2: no speaker", "Two.", "Cue 2: ready"]
    assert said(2) == [
        "Cue 3: not now",
        "3",
        "Cue 3: no speaker",
        "Three.",
        "Cue 3: look at this: It is too long. Divide it.",
    ]
    assert said(3) == ["Cue 4: not now", "4", "Cue 4: no speaker", "Four.", "Cue 4: marker: Slowly"]


def test_the_next_step_tells_three_rows(watched: Watched) -> None:
    watched.model.show(ShowView(PLAY, current=1, following=2))
    watched.told.clear()
    watched.model.show(ShowView(PLAY, current=2, following=3))
    assert sorted(watched.told) == [(0, 0), (1, 1), (2, 2)]


def test_an_edit_tells_one_row(watched: Watched) -> None:
    watched.model.show(ShowView(PLAY))
    watched.told.clear()
    changed = replace(PLAY, cues=(*PLAY.cues[:2], replace(PLAY.cues[2], text="Drei."), PLAY.cues[3]))
    watched.model.show(ShowView(changed))
    assert watched.told == [(2, 2)]
    assert watched.copy[2] == "Drei."


_CUES = st.lists(st.integers(0, 12), unique=True, max_size=12)


@given(st.lists(_CUES, min_size=1, max_size=8))
def test_a_view_that_only_listens_has_every_script(scripts: list[list[int]]) -> None:
    known = {number: ScriptCue(number, f"Text {number}.") for number in range(13)}
    watched = Watched()
    for numbers in scripts:
        watched.model.show(ShowView(Script("", tuple(known[number] for number in numbers))))
        assert watched.copy == [f"Text {number}." for number in numbers]


def test_what_is_written_in_a_cell_is_told_and_not_shown_before_it_is_so(watched: Watched) -> None:
    watched.model.show(ShowView(PLAY))
    told: list[tuple[int, int, str]] = []
    watched.model.edited.connect(lambda *edit: told.append(edit))
    assert watched.model.setData(watched.model.index(1, Column.TEXT), "Zwei.")
    watched.model.setData(watched.model.index(1, Column.TEXT), "Two.")  # it is so already
    assert told == [(2, Column.TEXT, "Zwei.")]
    assert watched.model.index(1, Column.TEXT).data() == "Two."


def test_a_cue_of_a_million_letters_is_shown_in_part_and_edited_whole(watched: Watched) -> None:
    watched.model.show(ShowView(Script("", (ScriptCue(1, "x" * 1_000_000),))))
    place = watched.model.index(0, Column.TEXT)
    assert len(place.data()) == 2000
    assert len(place.data(Qt.ItemDataRole.EditRole)) == 1_000_000


def test_a_hundred_thousand_cues_step_in_a_moment(qapp: QApplication) -> None:
    model = ScriptModel(lambda _cue: NO_CHECK)
    cues = tuple(ScriptCue(number, f"Text {number}.") for number in range(1, 100_001))
    large = Script("", cues)
    model.show(ShowView(large, following=1))
    began = time.perf_counter()
    for number in range(1, 101):
        model.show(ShowView(large, current=number, following=number + 1))
    assert time.perf_counter() - began < 1.0  # for a hundred steps
    began = time.perf_counter()
    model.show(ShowView(Script("", (*cues[:50_000], ScriptCue(200_000, "New."), *cues[50_000:]))))
    assert time.perf_counter() - began < 1.0
    assert model.rowCount() == 100_001
