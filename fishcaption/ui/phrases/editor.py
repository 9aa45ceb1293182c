"""The phrase editor: shown and spoken text, category, colour and key; the categories; import and export.

Every change is used and saved at once; a text when the focus leaves its field. A removal can be undone.
Open it with `open()`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.core.phrases.bank import Bank
from fishcaption.core.phrases.files import Imported
from fishcaption.core.voices.presets import Presets
from fishcaption.ui.commands import Actions
from fishcaption.ui.feature_ports import PhraseService
from fishcaption.ui.phrases.category_page import CategoryPage
from fishcaption.ui.phrases.panel import progress_words
from fishcaption.ui.phrases.phrase_page import PhrasePage
from fishcaption.ui.ports import SettingsService
from fishcaption.ui.widgets.controls import StatusLine
from fishcaption.ui.widgets.dialog_parts import scrolled, text_button
from fishcaption.ui.widgets.labels import Label, as_written
from fishcaption.ui.widgets.theme import Look

_PROBLEMS = 6  # of a file that are told


class PhraseEditor(QDialog):
    """A dialog with two pages: the phrases, and their categories."""

    failed = Signal(object)  # a FishCaptionError, of what was to be spoken

    def __init__(
        self,
        service: PhraseService,
        settings: SettingsService,
        look: Look,
        parent: QWidget | None = None,
        *,
        commands: Actions | None = None,
    ) -> None:
        """`commands` are asked for what keys do elsewhere."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Phrases"))
        self._service = service
        self._settings = settings
        self._look = look
        self._commands = commands
        self._before: Bank | None = None  # what Undo goes back to
        self._status = StatusLine()
        self._page = PhrasePage(self, service)
        self._categories = CategoryPage(self)
        self._tabs = QTabWidget()
        for page, title in ((self._page, self.tr("Phrases")), (self._categories, self.tr("Categories"))):
            scroll = scrolled(page)
            scroll.viewport().setAutoFillBackground(False)
            page.setAutoFillBackground(False)
            self._tabs.addTab(scroll, title)
        self._tabs.setAccessibleName(self.tr("Pages"))
        self._tabs.tabBar().setAccessibleName(self.tr("Pages"))
        self._tabs.currentChanged.connect(self._on_tab)
        self._ahead = QCheckBox(self.tr("Prepare phrases in the chosen voice while nothing is spoken"))
        self._ahead.setChecked(settings.current.phrases_ahead)
        self._ahead.toggled.connect(self._on_ahead)
        self._ready = Label()
        self._ready.setProperty("role", "hint")
        self._ready.setWordWrap(True)
        self._undo = text_button(self.tr("Undo"), self._on_undo)
        self._undo.setEnabled(False)
        buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole.ActionRole
        for button, act in (
            (text_button(self.tr("Import…")), self._on_import),
            (text_button(self.tr("Import folder…")), self._on_import_folder),
            (text_button(self.tr("Export…")), self._on_export),
            (text_button(self.tr("Export folder…")), self._on_export_folder),
        ):
            buttons.addButton(button, role)
            button.clicked.connect(act)
        buttons.addButton(self._undo, role)
        close = buttons.addButton(QDialogButtonBox.StandardButton.Close)
        close.setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (self._tabs, self._ahead, self._ready, self._status, buttons):
            column.addWidget(widget, 1 if widget is self._tabs else 0)
        self._unsubscribe = service.subscribe(self._on_changed)
        em = QFontMetrics(self.font()).averageCharWidth()
        self.resize(QSize(124 * em, 106 * em).boundedTo(self.screen().availableSize() * 0.9))
        self._on_changed()
        self._page.take_focus()

    # -- what the window asks ----------------------------------------------------------------------

    def choose(self, number: str) -> None:
        """Show the phrase with this id."""
        self._tabs.setCurrentIndex(0)
        self._page.choose(number)

    def keep(self, text: str) -> None:
        """Save this text as a phrase, and show it; if it exists already, only show it."""
        bank = self._service.bank()
        known = next((phrase for phrase in bank.phrases if phrase.shown == text.strip()), None)
        if known is not None:
            self.tell(self.tr("You already have this phrase."))
            self.choose(known.id)
            return
        try:
            grown, phrase = bank.add(text, category=self._page.category())
        except InputError as error:
            self.tell_error(error)
            return
        self.set_bank(grown)
        self.choose(phrase.id)
        self.tell(self.tr("The phrase is saved. You can give it a key."))

    # -- what the pages ask ------------------------------------------------------------------------

    @property
    def look(self) -> Look:
        """The program's look."""
        return self._look

    def presets(self) -> Presets:
        """Return the presets there are."""
        return self._settings.current.presets

    def bank(self) -> Bank:
        """Return the current phrase bank."""
        return self._service.bank()

    def set_bank(self, bank: Bank, *, undo: str = "") -> None:
        """Use and save this bank; `undo` says in words what Undo will take back."""
        if undo:
            self._before = self._service.bank()
            self._undo.setToolTip(as_written(undo))
        elif bank != self._service.bank():
            self._before = None  # it would take back more than it says
        self._undo.setEnabled(self._before is not None)
        self._service.set_bank(bank)

    def say(self, shown: str, said: str, category: str) -> None:
        """Speak the texts of the form, as phrases of this category are spoken."""
        try:
            self._service.say(shown, said, category)
        except FishCaptionError as error:
            self.tell_error(error)
            self.failed.emit(error)

    def does_elsewhere(self, key: str) -> str:
        """Return the words of the command, not phrase, that has this key; empty for none."""
        holder = self._commands.holder(key) if self._commands is not None else None
        return holder.words if holder is not None and not holder.is_given else ""

    def is_refused(self, key: str) -> bool:
        """Return whether the user gave the key to a command, which goes before a phrase."""
        holder = self._commands.holder(key) if self._commands is not None else None
        return (
            self._commands is not None
            and holder is not None
            and not holder.is_given
            and (self._commands.is_users(holder.id) or self._commands.is_fixed(key))
        )

    def tell(self, words: str) -> None:
        """Show this in the status line."""
        self._status.tell(words)

    def tell_error(self, error: FishCaptionError) -> None:
        """Show an error and its hint in the status line."""
        self._status.tell(f"{error} {error.hint}".strip())

    # -- slots -------------------------------------------------------------------------------------

    def _on_changed(self) -> None:
        self._page.draw()
        self._categories.draw()
        words = progress_words(self._service.progress(), self.tr)
        self._ready.setText(words)
        self._ready.setVisible(bool(words))

    def _on_tab(self) -> None:
        self._page.commit()
        self._categories.commit()

    def _on_ahead(self, is_on: bool) -> None:
        self._settings.change(phrases_ahead=is_on)

    def _on_undo(self) -> None:
        if self._before is not None:
            before, self._before = self._before, None
            self.set_bank(before)
            self.tell(self.tr("The change was undone."))

    def _on_import(self) -> None:
        self._page.commit()
        dialog = QFileDialog(self, self.tr("Import phrases"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [self.tr("Phrases (*.csv *.tsv *.txt *.json *.obf *.obz)"), self.tr("All files (*)")]
        )
        dialog.fileSelected.connect(self.read_file)
        dialog.open()

    def _on_export(self) -> None:
        self._page.commit()
        dialog = QFileDialog(self, self.tr("Export the phrases"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(
            [self.tr("Table for a spreadsheet (*.csv)"), self.tr("Everything, for fishcaption (*.json)")]
        )
        dialog.setDefaultSuffix("csv")
        dialog.filterSelected.connect(partial(self._on_filter, dialog))
        dialog.selectFile("phrases")
        dialog.fileSelected.connect(self.write_file)
        dialog.open()

    def _on_import_folder(self) -> None:
        self._page.commit()
        self._choose_folder(self.tr("A folder of recordings: each becomes a phrase"), self.read_folder)

    def _on_export_folder(self) -> None:
        self._page.commit()
        self._choose_folder(self.tr("The folder for the phrases and their recordings"), self.write_folder)

    def _choose_folder(self, title: str, act: Callable[[str], None]) -> None:
        dialog = QFileDialog(self, title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(act)
        dialog.open()

    def read_folder(self, path: str) -> None:
        """Import the recordings of this folder as phrases."""
        self.tell(self.tr("Reading {name}…").format(name=Path(path).name))
        self._ask_service(partial(self._service.read_folder, Path(path), _Answer(self, self._on_read)))

    def write_folder(self, path: str) -> None:
        """Export the phrases and their recordings into this folder."""
        self._ask_service(partial(self._service.write_folder, Path(path), _Answer(self, self._on_written)))

    def _ask_service(self, ask: Callable[[], None]) -> None:
        try:
            ask()
        except FishCaptionError as error:
            self.tell_error(error)

    def _on_filter(self, dialog: QFileDialog, chosen: str) -> None:
        dialog.setDefaultSuffix("json" if "json" in chosen else "csv")

    def read_file(self, path: str) -> None:
        """Import phrases from this file."""
        self.tell(self.tr("Reading {name}…").format(name=Path(path).name))
        self._service.read_file(Path(path), _Answer(self, self._on_read))

    def write_file(self, path: str) -> None:
        """Export the phrases into this file."""
        self._service.write_file(Path(path), _Answer(self, self._on_written))

    def _on_read(self, read: object) -> None:
        if isinstance(read, FishCaptionError):
            self.tell_error(read)
        elif isinstance(read, Imported):
            joined = self.bank().join(read.bank)
            self.set_bank(joined.bank, undo=self.tr("Undo the import"))
            words = [self.tr("{count} phrases added.").format(count=len(joined.added))]
            if joined.known:
                words.append(self.tr("{count} were already there.").format(count=joined.known))
            if joined.keyless:
                words.append(
                    self.tr("{count} lost their key, because another phrase has it.").format(
                        count=len(joined.keyless)
                    )
                )
            if joined.dropped:
                words.append(
                    self.tr("{count} were left out: there is no room for more.").format(count=joined.dropped)
                )
            words += map(str, read.problems[:_PROBLEMS])
            if len(read.problems) > _PROBLEMS:
                words.append(
                    self.tr("And {count} more problems.").format(count=len(read.problems) - _PROBLEMS)
                )
            self.tell(" ".join(words))

    def _on_written(self, written: object) -> None:
        if isinstance(written, FishCaptionError):
            self.tell_error(written)
        elif isinstance(written, Path):
            self.tell(self.tr("The phrases were saved in {name}.").format(name=written.name))

    # -- Qt ----------------------------------------------------------------------------------------

    def done(self, result: int) -> None:
        self._page.commit()
        self._page.recording.close_down()
        self._categories.commit()
        self._unsubscribe()
        super().done(result)


class _Answer:
    """Passes a service's answer on while the dialog is open."""

    def __init__(self, dialog: QDialog, act: Callable[[object], None]) -> None:
        self._is_gone = False
        self._act = act
        dialog.finished.connect(self._on_finished)

    def __call__(self, answer: object) -> None:
        if not self._is_gone:
            self._act(answer)

    def _on_finished(self) -> None:
        self._is_gone = True
