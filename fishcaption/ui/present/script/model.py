"""The script as a table for Qt: a row a cue. A change of one cue costs one row, in a script of any length."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QPixmap

from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.ui.audience_ports import CueCheck, ShowView
from fishcaption.ui.present.clock_row import clock
from fishcaption.ui.widgets.labels import as_written
from fishcaption.ui.widgets.longtext import showable
from fishcaption.ui.widgets.theme import Look

if TYPE_CHECKING:
    AnyIndex = QModelIndex | QPersistentModelIndex

_MOST_SHOWN = 2000  # code points of a cue in its row; in the editor there are all
_ROOT = QModelIndex()
_ICONS = {"ready": "check", "warning": "triangle-alert", "marker": "bookmark"}


class Column(IntEnum):
    """The columns of the list."""

    STATE = 0
    NUMBER = 1
    SPEAKER = 2
    TEXT = 3
    MARKS = 4


class ScriptModel(QAbstractTableModel):
    """Shows a `ShowView`. An edit is told, and shown when the view has it."""

    edited = Signal(int, int, str)  # a cue's id, the column, and what is written there now

    def __init__(self, check: Callable[[int], CueCheck]) -> None:
        """`check` returns the findings about a cue."""
        super().__init__()
        self._check = check
        self._script = Script()
        self._current: int | None = None
        self._following: int | None = None
        self._look: Look | None = None
        self._icons: dict[tuple[str, str], QPixmap] = {}  # by mark and colour
        self._headers = {
            Column.STATE: self.tr("State"),
            Column.NUMBER: self.tr("No."),
            Column.SPEAKER: self.tr("Speaker"),
            Column.TEXT: self.tr("Text"),
            Column.MARKS: self.tr("Marks"),
        }

    def show(self, view: ShowView) -> None:
        """Show the script and where it is."""
        self._take_script(view.script)
        before = (self._current, self._following)
        self._current, self._following = view.current, view.following
        for cue in {*before, self._current, self._following} - {None}:
            row = self.row_of(cue)
            if row is not None:
                place = self.index(row, Column.STATE)
                self.dataChanged.emit(place, place)

    def show_checks(self) -> None:
        """Show the findings of preparing as they are now."""
        if self._script.cues:
            first = self.index(0, Column.MARKS)
            self.dataChanged.emit(first, self.index(len(self._script.cues) - 1, Column.MARKS))

    def set_look(self, look: Look) -> None:
        """Draw the marks in these colours."""
        self._look = look
        self._icons.clear()
        self.show_checks()

    @property
    def script(self) -> Script:
        """The script that is shown."""
        return self._script

    def row_of(self, cue: int | None) -> int | None:
        """Return the row of a cue; None if it has none."""
        return None if cue is None else self._script.places.get(cue)

    def cue_at(self, row: int) -> ScriptCue | None:
        """Return the cue of a row; None if there is no such row."""
        return self._script.cues[row] if 0 <= row < len(self._script.cues) else None

    def state_of(self, row: int) -> str:
        """Return "now" for the row of the current cue, "next" for that of the next one, else nothing."""
        cue = self.cue_at(row)
        if cue is None:
            return ""
        if cue.id == self._following:
            return "next"
        return "now" if cue.id == self._current else ""

    def marks(self, row: int, color: str) -> list[QPixmap]:
        """Return the signs of a row's marks in this colour."""
        look, found = self._look, []
        for name in self._mark_names(row) if look is not None else ():
            assert look is not None
            if (name, color) not in self._icons:
                self._icons[name, color] = look.pixmap(_ICONS[name], color, look.icon_size())
            found.append(self._icons[name, color])
        return found

    # -- inside ------------------------------------------------------------------------------------

    def _take_script(self, script: Script) -> None:
        old, new = self._script.cues, script.cues
        if script is self._script:
            return
        first = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a is not b), None)
        if first is None:
            first = min(len(old), len(new))
        behind = _same_behind(old, new, first)
        old_end, new_end = len(old) - behind, len(new) - behind
        if old_end == new_end:
            self._script = script
            if first < old_end:
                self.dataChanged.emit(self.index(first, 0), self.index(old_end - 1, Column.MARKS))
            return
        if old_end > first:
            self.beginRemoveRows(_ROOT, first, old_end - 1)
            self._script = Script(script.name, old[:first] + old[old_end:])
            self.endRemoveRows()
        if new_end > first:
            self.beginInsertRows(_ROOT, first, new_end - 1)
            self._script = script
            self.endInsertRows()
        self._script = script

    def _mark_names(self, row: int) -> Iterator[str]:
        cue = self._script.cues[row]
        check = self._check(cue.id)
        if check.warnings or check.error is not None:
            yield "warning"
        elif check.is_ready:
            yield "ready"
        if cue.is_marked:
            yield "marker"

    def _mark_words(self, row: int) -> str:
        words = {
            "ready": self.tr("ready"),
            "warning": self.tr("look at this"),
            "marker": self.tr("marker"),
        }
        return ", ".join(words[name] for name in self._mark_names(row))

    def _told(self, row: int) -> str:
        """Return all that is to be said about a cue, for its tool tip."""
        cue = self._script.cues[row]
        check = self._check(cue.id)
        length = "" if check.seconds is None else self.tr("Length: {time}").format(time=clock(check.seconds))
        parts = [cue.note, *check.warnings]
        if check.error is not None:
            parts.append(f"{check.error} {check.error.hint}".strip())
        parts.append(length)
        return "\n".join(part for part in parts if part)

    def _state_words(self, row: int) -> str:
        return {"now": self.tr("Now"), "next": self.tr("Next"), "": ""}[self.state_of(row)]

    def _shown(self, row: int, column: int) -> str:
        cue = self._script.cues[row]
        match column:
            case Column.STATE:
                return self._state_words(row)
            case Column.NUMBER:
                return str(row + 1)
            case Column.SPEAKER:
                return showable(cue.speaker)
            case Column.TEXT:
                return showable(cue.text[:_MOST_SHOWN])
        return ""

    def _said(self, row: int, column: int) -> str:
        """Return the words of a screen reader for a cell."""
        if column == Column.MARKS:
            parts = (self._mark_words(row), self._told(row))
            words = ": ".join(part for part in parts if part) or self.tr("no mark")
        elif shown := self._shown(row, column):
            return shown
        else:
            words = self.tr("no speaker") if column == Column.SPEAKER else self.tr("not now")
        return self.tr("Cue {number}: {words}").format(number=row + 1, words=words)

    # -- Qt ----------------------------------------------------------------------------------------

    def rowCount(self, parent: AnyIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._script.cues)

    def columnCount(self, parent: AnyIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(Column)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        if not 0 <= row < len(self._script.cues):
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._shown(row, column)
            case Qt.ItemDataRole.EditRole:
                cue = self._script.cues[row]
                return cue.speaker if column == Column.SPEAKER else cue.text
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._said(row, column)
            case Qt.ItemDataRole.ToolTipRole:
                return as_written(self._told(row)) or None
            case Qt.ItemDataRole.TextAlignmentRole if column == Column.NUMBER:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        cue = self.cue_at(index.row())
        if cue is None or role != Qt.ItemDataRole.EditRole:
            return False
        before = cue.speaker if index.column() == Column.SPEAKER else cue.text
        if value != before:
            self.edited.emit(cue.id, index.column(), str(value))
        return True

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return self._headers[Column(section)]
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() in (Column.TEXT, Column.SPEAKER):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags


def _same_behind(old: tuple[ScriptCue, ...], new: tuple[ScriptCue, ...], first: int) -> int:
    """Return how many cues at the end are the same ones, not counting those before `first`."""
    most = min(len(old), len(new)) - first
    return next((at for at in range(most) if old[-1 - at] is not new[-1 - at]), most)
