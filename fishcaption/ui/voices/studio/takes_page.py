"""The page of takes: each is heard, kept or not, corrected, cut or removed; files are added to them.

A voice is made from those that are kept. The check of each is a few words in the list, and more below it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHeaderView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionButton,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.untrusted import one_line
from fishcaption.store.recordings.take_list import MICROPHONE
from fishcaption.ui.voices.studio.words import advice_words, check_words, error_words, joined, length_words
from fishcaption.ui.widgets.controls import FlowBox, FlowRow, StatusLine
from fishcaption.ui.widgets.dialog_parts import ask, text_button
from fishcaption.ui.widgets.labels import Label

if TYPE_CHECKING:
    from fishcaption.core.voices.takes import TakeMeasures
    from fishcaption.store.recordings.collection import CollectionView
    from fishcaption.store.recordings.take_list import Take
    from fishcaption.ui.recording_ports import Added, Checked, RecordingsService

_KINDS = "*.wav *.mp3 *.m4a *.flac *.opus *.ogg *.aiff *.caf *.mp4 *.mov *.m4v *.3gp"
_MOST_SHOWN = 90  # letters of a text in the list
_ITEM = int(Qt.ItemDataRole.UserRole)


class _Ticks(QStyledItemDelegate):
    """Draws the ticks so that they are seen: the style's own are white on white in the selected row, and
    without a border on a dark ground.
    """

    def __init__(self, takes: QTreeWidget) -> None:
        super().__init__(takes)
        self._takes = takes

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        row = QStyleOptionViewItem(option)
        self.initStyleOption(row, index)
        is_on = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked.value
        tick, style = QStyleOptionButton(), self._takes.style()
        part = QStyle.SubElement.SE_ItemViewItemCheckIndicator
        tick.rect = style.subElementRect(part, row, self._takes)
        tick.palette = self._takes.palette()
        look = QStyle.StateFlag.State_On if is_on else QStyle.StateFlag.State_Off
        tick.state = QStyle.StateFlag.State_Enabled | look
        style.drawPrimitive(QStyle.PrimitiveElement.PE_IndicatorCheckBox, tick, painter)
        painter.setPen(self._takes.palette().color(QPalette.ColorRole.PlaceholderText))
        painter.drawRect(tick.rect.adjusted(0, 0, -1, -1))


class TakesPage(QWidget):
    """The takes of a collection. `play` plays one."""

    changed = Signal(object)  # the CollectionView
    cut_asked = Signal(object)  # a Take
    checked = Signal(str, object)  # the file of a take, and its TakeMeasures or the FishCaptionError
    text_asked = Signal(object)  # a Take whose words are to be corrected

    def __init__(self, service: RecordingsService, play: Callable[[Take], None]) -> None:
        super().__init__()
        self._service = service
        self._play_take = play
        self._view: CollectionView | None = None
        self._measures: dict[str, TakeMeasures | FishCaptionError] = {}  # by file
        self._asked: list[Take] = []  # to be checked, one after the other
        self._is_checking = False
        self._is_filling = False
        self._is_gone = False
        self.language = "en"
        self.setAcceptDrops(True)
        self._build()

    def _build(self) -> None:
        self._list = QTreeWidget()
        self._list.setAccessibleName(self.tr("Takes"))
        self._list.setHeaderLabels(
            [self.tr("Kept: what is said"), self.tr("Length"), self.tr("Check"), self.tr("From")]
        )
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._list.setAllColumnsShowFocus(True)
        self._list.setItemDelegateForColumn(0, _Ticks(self._list))
        head = self._list.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for place in (1, 2, 3):
            head.setSectionResizeMode(place, QHeaderView.ResizeMode.ResizeToContents)
        self._list.itemChanged.connect(self._on_ticked)
        self._list.currentItemChanged.connect(self._draw_details)
        self._list.itemActivated.connect(self._on_play)
        self._none = Label(
            self.tr(
                "There are no takes yet. Read a text aloud, or add old recordings, voice messages, videos."
            )
        )
        self._none.setWordWrap(True)
        self._details = Label()
        self._details.setWordWrap(True)
        self._status = StatusLine()
        self._play = text_button(self.tr("Play"), self._on_play)
        self._keep = text_button(self.tr("Keep"), self._on_keep)
        self._text = text_button(self.tr("Correct the text…"), self._on_text)
        self._cut = text_button(self.tr("Cut…"), self._on_cut)
        self._remove = text_button(self.tr("Delete…"), self._on_remove)
        self._add = text_button(self.tr("Add files…"), self._on_add)
        row = FlowRow()
        for button in (self._play, self._keep, self._text, self._cut, self._remove):
            row.addWidget(button)
        row.add_right(self._add)
        hint = Label(self.tr("Files can be dropped here, too: sound, or videos for their sound."))
        hint.setProperty("role", "hint")
        hint.setWordWrap(True)
        column = QVBoxLayout(self)
        for widget in (self._none, self._list, self._details, FlowBox(row), hint, self._status):
            column.addWidget(widget, 1 if widget is self._list else 0)

    # -- drawing -----------------------------------------------------------------------------------

    def show_view(self, view: CollectionView) -> None:
        """Show the takes of this collection; those that were not checked yet are."""
        if self._view is None or view.folder != self._view.folder:
            self._measures.clear()
        self._view = view
        current = self.current()
        self._is_filling = True
        self._list.clear()
        for take in view.takes:
            row = QTreeWidgetItem(self._list)
            row.setFlags(row.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            row.setData(0, _ITEM, take.file)
            self._draw_row(row, take)
            if current is not None and take.file == current.file:
                self._list.setCurrentItem(row)
        first = self._list.topLevelItem(0)
        if self._list.currentItem() is None and first is not None:
            self._list.setCurrentItem(first)
        self._is_filling = False
        self._none.setVisible(not view.takes)
        self._list.setVisible(bool(view.takes))
        self._draw_details()
        # the newest first: it is the one that somebody waits for
        self._asked = [take for take in reversed(view.takes) if take.file not in self._measures]
        self._check_next()

    def current(self) -> Take | None:
        """Return the chosen take."""
        item = self._list.currentItem()
        if item is None or self._view is None:
            return None
        file = item.data(0, _ITEM)
        return next((take for take in self._view.takes if take.file == file), None)

    def leave(self) -> None:
        """The window is closed."""
        self._is_gone = True

    def tell(self, words: str) -> None:
        """Say something below the buttons."""
        self._status.tell(words)

    def _draw_row(self, row: QTreeWidgetItem, take: Take) -> None:
        said = one_line(take.text, _MOST_SHOWN) or self.tr("(no text yet)")
        row.setText(0, said)
        row.setCheckState(0, Qt.CheckState.Checked if take.is_kept else Qt.CheckState.Unchecked)
        row.setText(1, length_words(take.seconds) if take.seconds else self.tr("not known"))
        row.setText(2, self._verdict(take))
        row.setText(3, self._source(take))
        kept = self.tr("kept") if take.is_kept else self.tr("not kept")
        told = ", ".join((said, kept, row.text(1), row.text(2), row.text(3)))
        row.setData(0, Qt.ItemDataRole.AccessibleTextRole, told)
        number = self._list.indexOfTopLevelItem(row) + 1
        for column in (1, 2, 3):  # each cell by itself says whose it is
            words = self.tr("{what} of take {number}: {value}").format(
                what=self._list.headerItem().text(column), number=number, value=row.text(column)
            )
            row.setData(column, Qt.ItemDataRole.AccessibleTextRole, words)

    def _verdict(self, take: Take) -> str:
        known = self._measures.get(take.file)
        if known is None:
            return self.tr("…")
        return self.tr("cannot be checked") if isinstance(known, FishCaptionError) else check_words(known)

    def _source(self, take: Take) -> str:
        return self.tr("microphone") if take.source == MICROPHONE else one_line(take.source, 24)

    def _draw_details(self, *_: object) -> None:
        take = self.current()
        for button in (self._play, self._keep, self._text, self._cut, self._remove):
            button.setEnabled(take is not None)
        self._keep.setText(self.tr("Do not keep") if take is not None and take.is_kept else self.tr("Keep"))
        words = ""
        if take is not None:
            known = self._measures.get(take.file)
            lacking = ""
            if not take.text.strip():
                lacking = self.tr(
                    "Write what is said in it: “Correct the text…”. Exact words make a better voice."
                )
            if isinstance(known, FishCaptionError):
                words = joined((error_words(known), lacking))
            elif known is not None:
                words = joined((advice_words(known), lacking))
            else:
                words = joined((self.tr("It is being checked."), lacking))
        self._details.setText(words)

    def _check_next(self) -> None:
        if self._is_checking or self._view is None or not self._asked:
            return
        take = self._asked.pop(0)
        self._is_checking = True  # one at a time; what is recorded meanwhile comes next
        self._service.check(self._view.folder, take, partial(self._on_checked, self._view.folder, take))

    def _on_checked(self, folder: Path, take: Take, answer: Checked | FishCaptionError) -> None:
        self._is_checking = False
        if self._is_gone or self._view is None:
            return
        if folder == self._view.folder:
            found = answer if isinstance(answer, FishCaptionError) else answer.measures
            self._measures[take.file] = found
            self.checked.emit(take.file, found)
            if not isinstance(answer, FishCaptionError) and answer.take.seconds != take.seconds:
                self.changed.emit(answer.view)  # its length is known now
            self._redraw(take.file)
        self._check_next()

    def _redraw(self, file: str) -> None:
        assert self._view is not None
        self._is_filling = True
        for place in range(self._list.topLevelItemCount()):
            row = self._list.topLevelItem(place)
            if row is not None and row.data(0, _ITEM) == file:
                take = next((take for take in self._view.takes if take.file == file), None)
                if take is not None:
                    self._draw_row(row, take)
        self._is_filling = False
        self._draw_details()

    # -- acts --------------------------------------------------------------------------------------

    def _on_play(self, *_: object) -> None:
        if (take := self.current()) is not None:
            self._play_take(take)

    def _on_keep(self) -> None:
        if (take := self.current()) is not None:
            self._set_kept(take, not take.is_kept)

    def _on_ticked(self, row: QTreeWidgetItem, _column: int) -> None:
        if self._is_filling or self._view is None:
            return
        file = row.data(0, _ITEM)
        take = next((take for take in self._view.takes if take.file == file), None)
        is_kept = row.checkState(0) is Qt.CheckState.Checked
        if take is not None and take.is_kept != is_kept:
            self._set_kept(take, is_kept)

    def _set_kept(self, take: Take, is_kept: bool) -> None:
        assert self._view is not None
        self._service.change(self._view.folder, take._replace(is_kept=is_kept), self.on_view)

    def _on_text(self) -> None:
        if (take := self.current()) is not None:
            self.text_asked.emit(take)

    def _on_cut(self) -> None:
        if (take := self.current()) is not None:
            self.cut_asked.emit(take)

    def _on_remove(self) -> None:
        take = self.current()
        if take is None or self._view is None:
            return
        words = self.tr("Delete this recording of {length} for good?\n\n“{text}”").format(
            length=length_words(take.seconds), text=one_line(take.text, _MOST_SHOWN)
        )
        folder = self._view.folder
        ask(
            self.tr("Delete a recording"),
            words,
            self.tr("Delete it"),
            self,
            partial(self._delete, folder, take),
        )

    def _delete(self, folder: Path, take: Take) -> None:
        self._measures.pop(take.file, None)  # its name may be used again
        self._service.remove(folder, take, self.on_view)

    def on_view(self, answer: CollectionView | FishCaptionError) -> None:
        """Show the collection that a service answers with, or its error."""
        if self._is_gone:
            return
        if isinstance(answer, FishCaptionError):
            self.tell(error_words(answer))
            if self._view is not None:
                self.show_view(self._view)  # a tick goes back
        else:
            self.changed.emit(answer)

    # -- files -------------------------------------------------------------------------------------

    def _on_add(self) -> None:
        chooser = QFileDialog(self, self.tr("Add files with your voice"), "")
        chooser.setNameFilters(
            [self.tr("Sound and videos ({kinds})").format(kinds=_KINDS), self.tr("All files (*)")]
        )
        chooser.setFileMode(QFileDialog.FileMode.ExistingFiles)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.filesSelected.connect(self.add)
        chooser.open()

    def add(self, files: list[str]) -> None:
        """Add these files to the takes."""
        if self._view is None or not files:
            return
        self.tell(self.tr("{count} files are being added…").format(count=len(files)))
        paths = tuple(map(Path, files))
        self._service.add_files(self._view.folder, paths, self.language, self.on_added)

    def on_added(self, answer: Added | FishCaptionError) -> None:
        """Show what was added or cut."""
        if self._is_gone:
            return
        if isinstance(answer, FishCaptionError):
            self.tell(error_words(answer))
            return
        self.changed.emit(answer.view)
        if answer.takes:
            self._choose(answer.takes[-1].file)
        said = self.tr("{count} added.").format(count=len(answer.takes)) if answer.takes else ""
        long = ""
        if any(not take.is_kept for take in answer.takes):
            long = self.tr(
                "One is very long or very short: cut out the best 15 to 60 seconds, or keep it as it is."
            )
        self.tell(joined((said, long, *map(error_words, answer.problems[:3]))))

    def _choose(self, file: str) -> None:
        for place in range(self._list.topLevelItemCount()):
            row = self._list.topLevelItem(place)
            if row is not None and row.data(0, _ITEM) == file:
                self._list.setCurrentItem(row)

    # -- Qt ----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys: dict[int, QPushButton] = {Qt.Key.Key_Delete: self._remove, Qt.Key.Key_F2: self._text}
        button = keys.get(event.key())
        if button is None or event.modifiers():
            super().keyPressEvent(event)
        else:
            button.click()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.add(dropped_files(event.mimeData()))


def dropped_files(data: QMimeData) -> list[str]:
    """Return the files of this computer that are dropped."""
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
