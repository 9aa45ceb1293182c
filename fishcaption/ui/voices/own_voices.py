"""“My voices”: the user's own voices in a list, made, compared, renamed, deleted.

Collections of recordings stand in the list, too: they can speak without a voice that is kept at the service.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QMessageBox,
    QProgressBar,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.errors import FishCaptionError, InputError, Unauthorized
from fishcaption.core.speech import Voice
from fishcaption.core.voices.catalog import VoiceState
from fishcaption.core.voices.cloning import Step
from fishcaption.ui.voice_ports import Collected, OwnVoice, OwnVoiceList, OwnVoiceService, VoiceService
from fishcaption.ui.voices.own_voices_compare import CompareRow
from fishcaption.ui.voices.own_voices_create import CreateVoiceDialog
from fishcaption.ui.voices.own_voices_design import DesignVoiceDialog
from fishcaption.ui.voices.own_voices_details import DetailsDialog
from fishcaption.ui.voices.own_voices_words import collected_words, progress_words, quality_words, state_of
from fishcaption.ui.widgets.controls import FlowBox, FlowRow, StatusLine
from fishcaption.ui.widgets.dialog_parts import ask, list_row, scrolled, text_button
from fishcaption.ui.widgets.labels import Label

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host

_ROW = int(Qt.ItemDataRole.UserRole)
_LONGEST_DRAFT = 200  # code points of it that are compared with


class OwnVoicesWindow(QDialog):
    """The list, what can be done with a voice, the comparison, and what is being made."""

    chosen = Signal(object)  # a Voice
    record_asked = Signal()
    key_asked = Signal()
    other_key_asked = Signal(object)  # an OwnVoice, whose key is to be used

    def __init__(
        self, own: OwnVoiceService, voices: VoiceService, current: Voice, sentence: str, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("My voices"))
        self._own = own
        self._current = self._first = current
        self._voices: tuple[OwnVoice, ...] = ()
        self._collections: tuple[Collected, ...] = ()
        self._asked = 0  # how many answers are waited for
        self._is_gone = False
        self._is_told = True  # the end of the last making
        self._wanted = ""  # the id of the row to be selected
        self._is_filled = False  # with voices, too: recordings are there earlier
        self._build(CompareRow(voices, sentence))
        self._end = own.subscribe(self._on_making)
        making = own.making()
        if making is not None and not making.is_over:
            self._on_making()
        self.refresh()

    def _build(self, compare: CompareRow) -> None:
        tr = self.tr
        self.list = QTreeWidget()
        self.list.setAccessibleName(tr("My voices"))
        self.list.setHeaderLabels([tr("Voice"), tr("State")])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setMinimumHeight(round(12 * self.font().pointSizeF()))
        self.list.currentItemChanged.connect(self._show_row)
        self.list.itemActivated.connect(self._on_use)
        self._detail = Label()
        self._detail.setWordWrap(True)
        self._detail.setProperty("role", "hint")
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.use = text_button(tr("Speak with it"), self._on_use)
        self.edit = text_button(tr("Rename and describe…"), self._on_edit)
        self.delete = text_button(tr("Delete…"), self._on_delete)
        self.make_new = text_button(tr("Make one of recordings…"), self._on_create)
        self.design = text_button(tr("Design one…"), self._on_design)
        self.export = text_button(tr("Export the list…"), self._on_export)
        self.take_in = text_button(tr("Import…"), self._on_import)
        self.again = text_button(tr("Look again"), self.refresh)
        self.again.setToolTip(tr("Ask Fish Audio for your voices once more (F5)"))
        QShortcut(QKeySequence(Qt.Key.Key_F5), self, self.refresh)
        self.key = text_button(tr("Enter a key…"), self.key_asked.emit)
        self._status = StatusLine()
        self.compare = compare
        compare.failed.connect(self._tell_error)
        compare.told.connect(self._status.tell)
        self._making_words = StatusLine()
        self._bar = QProgressBar()
        self._bar.setAccessibleName(tr("Progress of the new voice"))
        self._cancel = text_button(tr("Cancel the new voice"), self._on_cancel)
        self._lay_out()
        self.list.setFocus()
        self._show_row()

    def _lay_out(self) -> None:
        page = QWidget()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(0, 0, 0, 0)
        for widget in (
            self.list,
            self._detail,
            _in_row(self.use, self.edit, self.delete),
            self.compare,
            _in_row(self.make_new, self.design, self.again, self.export, self.take_in),
        ):
            inner.addWidget(widget)
        inner.setStretch(0, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(scrolled(page), 1)
        for progress in (self._making_words, self._bar, self._cancel):  # always in sight
            column.addWidget(progress)
        column.addWidget(self._status)
        column.addWidget(self.key, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(buttons)
        for shown in (self._making_words, self._bar, self._cancel, self.key):
            shown.hide()
        points, room = self.font().pointSizeF(), self.screen().availableSize() * 0.9
        self.resize(min(round(66 * points), room.width()), min(round(58 * points), room.height()))

    def told(self) -> str:
        """Return the words of the status line."""
        return self._status.text()

    def detail(self) -> str:
        """Return the words about the selected row."""
        return self._detail.text()

    # -- asking ------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask for the voices and the recordings again."""
        self._asked += 1
        self._status.tell(self.tr("Asking Fish Audio for your voices…"))
        self._own.voices(partial(self._on_voices, self._asked))
        self._own.collections(partial(self._on_collections, self._asked))

    def _on_voices(self, asked: int, answer: OwnVoiceList | FishCaptionError) -> None:
        if self._is_gone or asked != self._asked:
            return
        if isinstance(answer, FishCaptionError):
            self._tell_error(answer)
            return
        self._voices = answer.voices
        self.key.setVisible(isinstance(answer.error, Unauthorized))
        if answer.error is not None:
            words = self.tr("{error} {hint} These are the voices that this computer knows.")
            self._status.tell(words.format(error=answer.error, hint=answer.error.hint))
        elif not answer.voices:
            self._status.tell(self.tr("You have no voice of your own at Fish Audio yet."))
        else:
            self._status.tell("")
        self._fill()
        self._is_filled = True
        self._tell_made()

    def _on_collections(self, asked: int, answer: tuple[Collected, ...] | FishCaptionError) -> None:
        if self._is_gone or asked != self._asked:
            return
        if isinstance(answer, FishCaptionError):
            self._tell_error(answer)
            return
        self._collections = tuple(one for one in answer if one.takes)
        self._fill()

    # -- the list ----------------------------------------------------------------------------------

    def _shown(self) -> list[OwnVoice | Collected]:
        return [*self._voices, *self._collections]

    def _fill(self) -> None:
        row = self._row() if self._is_filled else None
        wanted = self._wanted or (row.voice.id if row is not None else self._current.id)
        with QSignalBlocker(self.list):  # a button that has the focus is not switched off meanwhile
            self.list.clear()
            for one in self._shown():
                name = one.voice.name
                if one.voice.id == self._current.id:
                    name = self.tr("{voice} — chosen").format(voice=name)
                state = (
                    state_of(one, self.tr)
                    if isinstance(one, OwnVoice)
                    else self.tr("Recordings, sent with each text")
                )
                item = list_row(self.list, (name, ""), (state, ""))
                item.setData(0, _ROW, one.voice.id)
                if one.voice.id == wanted:
                    self.list.setCurrentItem(item)
            first = self.list.topLevelItem(0)
            if self.list.currentItem() is None and first is not None:
                self.list.setCurrentItem(first)
        self.list.resizeColumnToContents(0)
        self._offer()
        self._show_row()

    def _offer(self) -> None:
        """Offer what can speak for a comparison: own voices, recordings, the voice that was chosen before."""
        ready = [one.voice for one in self._shown() if _can_speak(one)]
        if self._first.id not in {one.voice.id for one in self._shown()}:  # there it may be gone
            ready.append(self._first)
        self.compare.offer(ready)

    def _row(self) -> OwnVoice | Collected | None:
        item: QTreeWidgetItem | None = self.list.currentItem()
        number = item.data(0, _ROW) if item is not None else None
        return next((one for one in self._shown() if one.voice.id == number), None)

    def _show_row(self) -> None:
        row = self._row()
        is_own = isinstance(row, OwnVoice)
        self.use.setEnabled(row is not None and (_can_speak(row) or _has_other_key(row)))
        self.edit.setEnabled(
            isinstance(row, OwnVoice) and row.state is not VoiceState.GONE and not row.is_of_other
        )
        self.delete.setEnabled(is_own)
        self.delete.setText(
            self.tr("Take it off this list…")
            if isinstance(row, OwnVoice) and _is_elsewhere(row)
            else self.tr("Delete…")
        )
        self._detail.setText("" if row is None else self._words_of(row))
        self._detail.setVisible(bool(self._detail.text()))

    def _words_of(self, row: OwnVoice | Collected) -> str:
        if isinstance(row, Collected):
            words = [
                collected_words(row, self.tr) + ".",
                self.tr("They are sent with each text; Fish Audio keeps no voice of them in your account.")
                if row.speaker
                else self.tr("Nobody has said yet whose voice this is: until then it does not speak."),
            ]
            return " ".join(words)
        parts = [row.details.description] if row.details.description else []
        if row.collection:
            parts.append(self.tr("Made of your recordings “{name}”.").format(name=row.collection))
        if row.created:
            parts.append(self.tr("Made on {day}.").format(day=row.created[:10]))
        if row.key:
            parts.append(self.tr("It belongs to the key “{key}”.").format(key=row.key))
        if row.details.visibility == "unlist":
            parts.append(self.tr("Everybody who has its id can use it."))
        quality = quality_words(row.quality, self.tr)
        return "\n".join(part for part in (" ".join(parts), quality) if part)

    # -- acting ------------------------------------------------------------------------------------

    def _on_use(self) -> None:
        row = self._row()
        if row is not None and _has_other_key(row):
            self._ask_for_key(row)
            return
        if row is None or not _can_speak(row):
            return
        self._current = row.voice
        self.chosen.emit(row.voice)
        self._fill()
        self._status.tell(self.tr("“{name}” speaks from now on.").format(name=row.voice.name))

    def _ask_for_key(self, row: OwnVoice | Collected) -> None:
        if not isinstance(row, OwnVoice):
            return
        words = self.tr(
            "“{voice}” belongs to the key “{key}”, and another key is used now. Use “{key}” from now on, and "
            "speak with this voice? What is spoken is paid with that key."
        ).format(voice=row.voice.name, key=row.key)
        act = partial(self.other_key_asked.emit, row)
        ask(self.tr("My voices"), words, self.tr("Use that key"), self, act)

    def key_is_used(self, row: OwnVoice, answer: object) -> None:
        """Take the answer of the key's service: speak with the voice, or tell why that cannot be."""
        if self._is_gone:
            return
        if isinstance(answer, FishCaptionError):
            self._tell_error(answer)
            return
        self._wanted = row.voice.id
        self._current = row.voice
        self.chosen.emit(row.voice)
        self.refresh()

    def _on_edit(self) -> None:
        row = self._row()
        if isinstance(row, OwnVoice):
            dialog = DetailsDialog(self._own, row, self)
            dialog.changed.connect(self.refresh)
            dialog.open()

    def _on_delete(self) -> None:
        row = self._row()
        if not isinstance(row, OwnVoice):
            return
        name, number = row.voice.name, row.voice.id
        if _is_elsewhere(row):
            words = self.tr("Take “{name}” off this list? Nothing is deleted at Fish Audio.").format(
                name=name
            )
            ask(
                self.tr("My voices"), words, self.tr("Take it off"), self, partial(self._forget, name, number)
            )
            return
        words = self.tr(
            "Delete the voice “{name}” at Fish Audio? Nothing can be spoken with it any more. "
            "Your recordings stay in your folder."
        ).format(name=name)
        box = ask(
            self.tr("My voices"), words, self.tr("Delete it"), self, partial(self._ask_again, name, number)
        )
        box.setIcon(QMessageBox.Icon.Warning)

    def _ask_again(self, name: str, number: str) -> None:
        words = self.tr("It cannot be brought back. Delete “{name}” for ever?").format(name=name)
        box = ask(
            self.tr("My voices"),
            words,
            self.tr("Delete “{name}” for ever").format(name=name.replace("&", "&&")),
            self,
            partial(self._delete, name, number),
        )
        box.setIcon(QMessageBox.Icon.Warning)

    def _delete(self, name: str, number: str) -> None:
        self._status.tell(self.tr("Deleting “{name}”…").format(name=name))
        self._own.delete(number, partial(self._on_deleted, name, number))

    def _forget(self, name: str, number: str) -> None:
        self._own.forget(number, partial(self._on_deleted, name, number))

    def _on_deleted(self, name: str, number: str, answer: bool | FishCaptionError) -> None:
        if self._is_gone:
            return
        if isinstance(answer, FishCaptionError):
            self._tell_error(answer)
            return
        self._voices = tuple(one for one in self._voices if one.voice.id != number)
        self._wanted = ""
        self._fill()
        words = self.tr("“{name}” is deleted.") if answer else self.tr("“{name}” was not there any more.")
        told = words.format(name=name)
        if number == self._current.id:
            told += " " + self.tr("It is still the chosen voice and cannot speak: choose another one.")
        self._status.tell(told)

    def create_voice(self) -> None:
        """Open the dialog that makes a voice of recordings, unless one is being made."""
        if self.make_new.isEnabled():
            self._on_create()

    def _on_create(self) -> None:
        dialog = CreateVoiceDialog(self._own, self)
        dialog.chosen.connect(self._on_nowhere)
        dialog.record_asked.connect(self.record_asked)
        dialog.open()

    def _on_nowhere(self, voice: object) -> None:
        if isinstance(voice, Voice):
            self._wanted = voice.id
            self._fill()
            self._on_use()

    def _on_design(self) -> None:
        DesignVoiceDialog(self._own, self).open()

    # -- what is being made ------------------------------------------------------------------------

    def _on_making(self) -> None:
        making = self._own.making()
        if self._is_gone or making is None:
            return
        if not making.is_over:
            self._is_told = False
            words = progress_words(making.title, making.progress, self.tr)
            step = progress_words(making.title, making.progress._replace(part=0.0), self.tr)
            self._making_words.tell(words, step)  # not each per cent is announced
            is_sending = making.progress.step is Step.SENDING
            self._bar.setRange(0, 100 if is_sending else 0)
            self._bar.setValue(round(100 * making.progress.part))
        for shown in (self._making_words, self._bar, self._cancel):
            shown.setVisible(not making.is_over)
        for button in (self.make_new, self.design):
            button.setEnabled(making.is_over)
        if making.is_over and not self._is_told:
            if making.made is not None:
                self._wanted = making.made.voice.id
                self.refresh()
            else:
                self._tell_made()

    def _tell_made(self) -> None:
        """Tell the end of a making, once."""
        making = self._own.making()
        if making is None or not making.is_over or self._is_told:
            return
        self._is_told = True
        if making.error is not None:
            self._tell_error(making.error)
        elif making.made is None:
            self._status.tell(self.tr("“{name}” is not made.").format(name=making.title))
        elif making.made.state is VoiceState.TRAINING:
            words = self.tr(
                "“{name}” is at Fish Audio, and still being made. “Look again” tells when it is ready."
            )
            self._status.tell(words.format(name=making.title))
        else:
            words = self.tr("“{name}” is ready. Hear it below; “Speak with it” chooses it.")
            self._status.tell(words.format(name=making.title))
            self.use.setFocus()

    def _on_cancel(self) -> None:
        self._own.cancel()

    # -- the list as a file ------------------------------------------------------------------------

    def _on_export(self) -> None:
        chooser = self._chooser(self.tr("Export the list of my voices"), "my-voices.json")
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("json")
        chooser.fileSelected.connect(lambda path: self._own.export_to(Path(path), self._on_exported))
        chooser.open()

    def _on_import(self) -> None:
        chooser = self._chooser(self.tr("Import a list of voices"), "")
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.fileSelected.connect(lambda path: self._own.import_from(Path(path), self._on_imported))
        chooser.open()

    def _chooser(self, title: str, name: str) -> QFileDialog:
        chooser = QFileDialog(self, title, name, self.tr("Lists of voices (*.json)"))
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return chooser

    def _on_exported(self, answer: int | FishCaptionError) -> None:
        if self._is_gone:
            return
        if isinstance(answer, FishCaptionError):
            self._tell_error(answer)
            return
        words = self.tr("{count} voices are in the file: their names and ids, no key and no recording.")
        self._status.tell(words.format(count=answer))

    def _on_imported(self, answer: int | FishCaptionError) -> None:
        if self._is_gone:
            return
        if isinstance(answer, FishCaptionError):
            self._tell_error(answer)
            return
        self.refresh()
        self._status.tell(self.tr("{count} voices were added.").format(count=answer))

    def _tell_error(self, error: FishCaptionError) -> None:
        self._status.tell(f"{error} {error.hint}".strip())
        self.key.setVisible(isinstance(error, Unauthorized))

    def changeEvent(self, event: QEvent) -> None:
        """Whoever comes back from entering a key is shown what it opens."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow() and self.key.isVisible():
            self.refresh()

    def done(self, result: int) -> None:
        if not self._is_gone:
            self._is_gone = True
            self._end()
            self.compare.leave()
        super().done(result)


def _in_row(*widgets: QWidget) -> FlowBox:
    row = FlowRow()
    for widget in widgets:
        row.addWidget(widget)
    return FlowBox(row)


def _can_speak(one: OwnVoice | Collected) -> bool:
    if isinstance(one, Collected):
        return bool(one.speaker and one.sent_each_time)
    return one.state.can_speak and not one.is_of_other


def _has_other_key(one: OwnVoice | Collected) -> bool:
    """Return whether it could speak with another key that is known."""
    return isinstance(one, OwnVoice) and one.is_of_other and bool(one.key) and one.state.can_speak


def _is_elsewhere(one: OwnVoice) -> bool:
    """Return whether nothing can be deleted at the service with the key in use."""
    return one.is_of_other or one.state is VoiceState.GONE


def open_own_voices(host: Host) -> None:
    """Open the window of the user's own voices."""
    _opened(host)


def open_create(host: Host) -> None:
    """Open it with the dialog that makes a voice of recordings."""
    window = _opened(host)
    if window is not None:
        window.create_voice()


def _opened(host: Host) -> OwnVoicesWindow | None:
    own = host.services.own_voices()
    if own is None:
        return None
    draft = host.text_workspace.text(_LONGEST_DRAFT).strip().partition("\n")[0]
    window = OwnVoicesWindow(own, host.services.voices, host.settings.voice, draft, host.window)
    window.chosen.connect(host.choose_voice)
    window.record_asked.connect(window.reject)
    window.record_asked.connect(partial(host.commands.run_if_there, "voice.record"))
    window.key_asked.connect(partial(host.commands.run, "window.key"))
    window.other_key_asked.connect(partial(_use_other_key, host, window))
    window.open()
    return window


def _use_other_key(host: Host, window: OwnVoicesWindow, row: OwnVoice) -> None:
    if row.key_id == host.settings.fish_keys.used:  # it was replaced since
        words = window.tr("The key “{key}” is for another account now.").format(key=row.key)
        hint = window.tr("Enter the key of this voice's account under a name of its own.")
        window.key_is_used(row, InputError(words, hint=hint))
        return
    host.services.account.use_key(row.key_id, partial(window.key_is_used, row))
