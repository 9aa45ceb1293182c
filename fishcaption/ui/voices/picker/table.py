"""The voices in their sections, as a table for Qt: one column, a row for each voice and each heading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from fishcaption.core.speech import Voice
from fishcaption.core.voices.catalog import VoiceEntry
from fishcaption.ui.voices.picker.words import about_words, state_words

_Index = QModelIndex | QPersistentModelIndex
_Key = tuple[str, str]


class Section(IntEnum):
    """Sections of the list, in their order."""

    OWN = 0
    FAVOURITES = 1
    RECENT = 2
    EMBEDDED = 3
    LIBRARY = 4


class Heading(NamedTuple):
    """A row with the name of a section."""

    title: str


Row = Heading | VoiceEntry


def key_of(voice: Voice) -> _Key:
    """Return what is the same for the same voice."""
    return voice.provider, voice.id


class VoiceTable(QAbstractTableModel):
    """The table. `costs` are words of prices by provider. A voice is listed once, where it comes first."""

    def __init__(self, current: Voice, costs: Mapping[str, str], parent: QObject) -> None:
        super().__init__(parent)
        self._current = key_of(current)
        self._costs = costs
        self._rows: list[Row] = []
        self._parts: list[list[Row]] = [[] for _ in Section]
        self._given: list[list[VoiceEntry]] = [[] for _ in Section]
        self._titles = {
            Section.OWN: self.tr("Your own voices at Fish Audio"),
            Section.FAVOURITES: self.tr("Favourites"),
            Section.RECENT: self.tr("Used last"),
            Section.EMBEDDED: self.tr("On this computer: no account, no network"),
            Section.LIBRARY: self.tr("Fish Audio's library"),
        }
        self._favourites: set[_Key] = set()
        self._listed: set[_Key] = set()  # in the library's section, or before it

    # -- what is in it -----------------------------------------------------------------------------

    def entries(self) -> list[VoiceEntry]:
        """Return the listed voices, in order."""
        return [row for row in self._rows if not isinstance(row, Heading)]

    def entry(self, row: int) -> VoiceEntry | None:
        """Return the voice of a row; None for a heading, and for a row that is none."""
        found = self._rows[row] if 0 <= row < len(self._rows) else None
        return None if isinstance(found, Heading) else found

    def row_of(self, voice: Voice) -> int | None:
        """Return the row of a voice; None if it is not listed."""
        wanted = key_of(voice)
        for row, found in enumerate(self._rows):
            if not isinstance(found, Heading) and key_of(found.voice) == wanted:
                return row
        return None

    def section_of(self, row: int) -> Section:
        """Return the section of a row."""
        for section in Section:
            row -= len(self._parts[section])
            if row < 0:
                return section
        return Section.LIBRARY

    def is_favourite(self, entry: VoiceEntry) -> bool:
        """Return whether the user likes this voice."""
        return key_of(entry.voice) in self._favourites

    def is_current(self, entry: VoiceEntry) -> bool:
        """Return whether this voice is the chosen one."""
        return key_of(entry.voice) == self._current

    def cost_words(self, entry: VoiceEntry) -> str:
        """Return what speaking with this voice costs, in a few words."""
        return self._costs.get(entry.provider, "")

    def remark_words(self, entry: VoiceEntry) -> str:
        """Return the end of the row: why the voice cannot be used, that it is chosen, or its price."""
        if words := state_words(entry, self.tr):
            return words
        return self.tr("chosen") if self.is_current(entry) else self.cost_words(entry)

    # -- changes -----------------------------------------------------------------------------------

    def set_title(self, title: str) -> None:
        """Call the library's section so."""
        self._titles[Section.LIBRARY] = title
        part = self._parts[Section.LIBRARY]
        if part:
            row = len(self._rows) - len(part)
            part[0] = self._rows[row] = Heading(title)
            self.dataChanged.emit(self.index(row, 0), self.index(row, 0))

    def set_favourites(self, voices: Iterable[Voice]) -> None:
        """Mark these voices as favourites, wherever they are listed."""
        self._favourites = {key_of(voice) for voice in voices}
        self._redraw()

    def set_section(self, section: Section, entries: Sequence[VoiceEntry]) -> None:
        """List these voices in this section, in place of what stands there."""
        self._given[section] = list(entries)
        for one in Section:
            if one >= section:
                self._lay(one)

    def append(self, entries: Iterable[VoiceEntry]) -> int:
        """Add voices to the end of the library; return how many of them are new."""
        new: dict[_Key, VoiceEntry] = {}
        for entry in entries:
            key = key_of(entry.voice)
            if key not in self._listed:
                new.setdefault(key, entry)
        if not new:
            return 0
        self._given[Section.LIBRARY] += new.values()
        self._listed |= new.keys()
        part = self._parts[Section.LIBRARY]
        rows: list[Row] = [] if part else [Heading(self._titles[Section.LIBRARY])]
        rows += new.values()
        first = len(self._rows)
        self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
        part += rows
        self._rows += rows
        self.endInsertRows()
        return len(new)

    def replace(self, entry: VoiceEntry) -> None:
        """Show what is known of this voice now."""
        for row, found in enumerate(self._rows):
            if not isinstance(found, Heading) and key_of(found.voice) == key_of(entry.voice):
                section = self.section_of(row)
                begin = sum(len(self._parts[one]) for one in Section if one < section)
                self._rows[row] = self._parts[section][row - begin] = entry
                self.dataChanged.emit(self.index(row, 0), self.index(row, 0))

    def _lay(self, section: Section) -> None:
        """List what this section has been given, without what stands before it."""
        before = {
            key_of(row.voice)
            for one in Section
            if one < section
            for row in self._parts[one]
            if not isinstance(row, Heading)
        }
        there = {
            key_of(entry.voice): entry
            for entry in reversed(self._given[section])
            if key_of(entry.voice) not in before
        }
        rows: list[Row] = [Heading(self._titles[section])] if there else []
        rows += reversed(there.values())
        if section is Section.LIBRARY:
            self._listed = before | there.keys()
        first = sum(len(self._parts[one]) for one in Section if one < section)
        old = self._parts[section]
        if old == rows:
            return
        if old:
            self.beginRemoveRows(QModelIndex(), first, first + len(old) - 1)
            del self._rows[first : first + len(old)]
            self._parts[section] = []
            self.endRemoveRows()
        if rows:
            self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
            self._rows[first:first] = rows
            self._parts[section] = rows
            self.endInsertRows()

    def _redraw(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 0))

    # -- Qt ----------------------------------------------------------------------------------------

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default, never changed
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  as above
        return 0 if parent.isValid() else 1

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if self.entry(index.row()) is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if isinstance(row, Heading):
            if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
                return row.title
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return row.voice.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._told(row)
        return None

    def _told(self, entry: VoiceEntry) -> str:
        """Return all that the row shows, for a screen reader."""
        parts = [
            entry.voice.name,
            self.tr("your own voice") if entry.is_own else "",
            self.tr("favourite") if self.is_favourite(entry) else "",
            self.tr("chosen") if self.is_current(entry) else "",
            state_words(entry, self.tr),
            about_words(entry).replace(" · ", ", "),
            self.tr("licensed") if entry.is_licensed else "",
            self.cost_words(entry),
        ]
        return ", ".join(part for part in parts if part)
