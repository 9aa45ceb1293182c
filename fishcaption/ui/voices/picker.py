"""The voice picker: the voices on this computer, the user's own at Fish Audio, and its library.

The list is filled as answers arrive; an answer to a question that is no longer asked is dropped.
"""

from __future__ import annotations

from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.errors import FishCaptionError, Unauthorized
from fishcaption.core.speech import Voice
from fishcaption.ui.voice_ports import FishVoices, VoiceService
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.labels import Label

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host

_TYPING_MS = 300  # the service is asked after such a pause in typing
_ITEM = int(Qt.ItemDataRole.UserRole)


class _Row(Enum):
    """Rows of the list that are not voices."""

    MORE = "more"


class VoicePicker(QDialog):
    """A list of voices to choose from. Open it with `open()`."""

    chosen = Signal(object)  # a Voice
    key_asked = Signal()

    def __init__(self, voices: VoiceService, current: Voice, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Choose a voice"))
        self._voices = voices
        self._current = current
        self._embedded: tuple[Voice, ...] = ()
        self._own: list[Voice] = []
        self._public: list[Voice] = []
        self._has_more = False
        self._page = 0
        self._asked = 0  # counts the questions to the service; only the newest answer is used
        self._is_gone = False
        self._problem = ""

        self._search = LineField()
        self._search.setPlaceholderText(self.tr("Search: a name, a language, a style"))
        self._search.setAccessibleName(self.tr("Search voices"))
        self._search.textChanged.connect(self._on_search)
        self._search.installEventFilter(self)
        self._list = QListWidget()
        self._list.setAccessibleName(self.tr("Voices"))
        self._list.setUniformItemSizes(False)
        self._list.itemActivated.connect(self._on_activated)
        self._list.itemClicked.connect(self._on_activated)
        self._note = Label()
        self._note.setWordWrap(True)
        self._note.setProperty("role", "hint")
        self._key = QPushButton(self.tr("Enter a Fish Audio key…"))
        self._key.clicked.connect(self._on_key)
        self._key.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (self._search, self._list, self._note, self._key, buttons):
            column.addWidget(widget)
        font = self.font().pointSizeF()
        room = self.screen().availableSize() * 0.8
        self.resize(QSize(round(44 * font), round(46 * font)).boundedTo(room))

        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_TYPING_MS)
        self._soon.timeout.connect(self._ask_first_page)
        self.destroyed.connect(self._on_destroyed)
        voices.embedded_voices(self._on_embedded)
        self._ask_first_page()
        self._fill()

    def voices(self) -> list[Voice]:
        """Return the listed voices, in order."""
        items = (self._list.item(row).data(_ITEM) for row in range(self._list.count()))
        return [item for item in items if isinstance(item, Voice)]

    # -- asking ------------------------------------------------------------------------------------

    def _ask_first_page(self) -> None:
        self._page = 0
        self._has_more = False
        self._ask_page()

    def _ask_page(self) -> None:
        self._asked += 1
        self._problem = self.tr("Loading the voices of Fish Audio…")
        self._voices.fish_voices(self._search.text().strip(), self._page + 1, _Answer(self, self._asked))
        self._tell()

    def answer(self, asked: int, answer: FishVoices | FishCaptionError) -> None:
        """Handle the service's answer to the question with this number."""
        if asked != self._asked or self._is_gone:
            return
        if isinstance(answer, FishCaptionError):
            needs_key = isinstance(answer, Unauthorized)
            self._problem = f"{answer} {answer.hint}".strip()
            self._key.setVisible(needs_key)
            self._has_more = False
        else:
            if self._page == 0:
                self._own, self._public = [], []
            self._page += 1
            self._own += answer.own
            self._public += answer.public
            self._has_more = answer.has_more
            self._problem = ""
            self._key.hide()
        self._fill()

    def _on_embedded(self, answer: tuple[Voice, ...] | FishCaptionError) -> None:
        if self._is_gone:
            return
        if isinstance(answer, FishCaptionError):
            self._problem = f"{answer} {answer.hint}".strip()
        else:
            self._embedded = answer
        self._fill()

    # -- the list ----------------------------------------------------------------------------------

    def _fill(self) -> None:
        row = self._list.currentRow()
        selected = self._list.item(row).data(_ITEM) if row >= 0 else self._current
        wanted = self._search.text().strip().casefold()
        self._list.clear()
        here = [voice for voice in self._embedded if wanted in _described(voice).casefold()]
        own = [voice for voice in self._own if wanted in _described(voice).casefold()] or self._own
        self._add_section(self.tr("On this computer: no account, no network"), here, selected)
        self._add_section(self.tr("Your voices at Fish Audio"), own, selected)
        self._add_section(self.tr("Fish Audio's library"), self._public, selected)
        if self._has_more:
            item = QListWidgetItem(self.tr("Show more voices"), self._list)
            item.setData(_ITEM, _Row.MORE)
        if self._list.currentRow() < 0:
            self._select_first()
        self._tell()

    def _add_section(self, title: str, voices: list[Voice], selected: object) -> None:
        if not voices:
            return
        head = QListWidgetItem(title, self._list)
        head.setFlags(Qt.ItemFlag.NoItemFlags)
        font = head.font()
        font.setBold(True)
        head.setFont(font)
        head.setForeground(self.palette().placeholderText())  # not the grey of disabled rows
        for voice in voices:
            item = QListWidgetItem(_described(voice), self._list)
            item.setData(_ITEM, voice)
            if (voice.provider, voice.id) == (self._current.provider, self._current.id):
                item.setText(self.tr("{voice} — chosen").format(voice=_described(voice)))
            if voice == selected:
                self._list.setCurrentItem(item)

    def _select_first(self) -> None:
        for row in range(self._list.count()):
            if self._list.item(row).data(_ITEM) is not None:
                self._list.setCurrentRow(row)
                return

    def _tell(self) -> None:
        note = self._problem
        if not note and not self.voices():
            note = self.tr("No voice matches. Search for something else.")
        self._note.setText(note)
        self._note.setVisible(bool(note))

    # -- slots -------------------------------------------------------------------------------------

    def _on_search(self) -> None:
        self._own, self._public, self._has_more = [], [], False
        self._asked += 1  # the answer that is coming is for an old question
        self._soon.start()
        self._fill()

    def _on_activated(self, item: QListWidgetItem) -> None:
        value = item.data(_ITEM)
        if isinstance(value, Voice):
            self.chosen.emit(value)
            self.accept()
        elif value is _Row.MORE:
            self._ask_page()

    def _on_key(self) -> None:
        self.reject()
        self.key_asked.emit()

    def _on_destroyed(self) -> None:
        self._is_gone = True

    # -- Qt ----------------------------------------------------------------------------------------

    def done(self, result: int) -> None:
        self._is_gone = True
        self._soon.stop()
        super().done(result)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the search field, Up and Down move in the list, and Enter chooses the selected voice."""
        if watched is self._search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
                self._list.setFocus()
                self._list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if self._list.currentRow() >= 0:
                    self._on_activated(self._list.currentItem())
                return True
        return super().eventFilter(watched, event)


class _Answer:
    """A service's answer that knows the number of its question."""

    def __init__(self, picker: VoicePicker, asked: int) -> None:
        self._picker = picker
        self._asked = asked

    def __call__(self, answer: FishVoices | FishCaptionError) -> None:
        self._picker.answer(self._asked, answer)


def _described(voice: Voice) -> str:
    languages = ", ".join(voice.languages)
    return f"{voice.name} ({languages})" if languages else voice.name


def open_picker(host: Host) -> None:
    """Open the list of voices."""
    picker = VoicePicker(host.services.voices, host.settings.voice, host.window)
    picker.chosen.connect(host.choose_voice)
    picker.key_asked.connect(partial(host.commands.run, "window.key"))
    picker.open()
