"""The vocabulary dialog: pronunciation, abbreviations, and learned words.

Every change is used and saved at once, so that “Say it” lets the user hear the new pronunciation.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHeaderView,
    QLineEdit,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.core.normalization.rules import Replacement, Rules
from fishcaption.core.vocabulary.abbreviations import Abbreviations
from fishcaption.store.settings import Settings
from fishcaption.store.vocabulary import Vocabulary, imported, save
from fishcaption.ui.feature_ports import VocabularyService
from fishcaption.ui.widgets.controls import FlowBox, FlowRow, StatusLine
from fishcaption.ui.widgets.dialog_parts import (
    FileExchange,
    ask,
    list_row,
    resize_by_text,
    scrolled,
    text_button,
)
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.labels import Label, as_written

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host
    from fishcaption.ui.ports import SettingsService

_LANGUAGES = ("", "en", "de", "es", "fr", "it", "pt", "nl", "pl", "ru", "zh", "ja", "ko", "ar", "th")


class VocabularyDialog(QDialog):
    """Three pages: pronunciation, abbreviations, completion."""

    say_asked = Signal(str)

    def __init__(
        self, service: VocabularyService, settings: SettingsService, sample: str, parent: QWidget
    ) -> None:
        """`sample` is the current sentence, to try replacements on."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Vocabulary"))
        self._service = service
        self._settings = settings
        self._status = StatusLine()
        self._replacements = _ReplacementPage(service, settings.current, sample)
        self._replacements.told.connect(self._status.tell)
        self._replacements.say_asked.connect(self.say_asked)
        self._abbreviations = _AbbreviationPage(service)
        self._abbreviations.told.connect(self._status.tell)
        self._tabs = QTabWidget()
        self._tabs.setAccessibleName(self.tr("Vocabulary"))
        for page, title in (
            (self._replacements, self.tr("Pronunciation")),
            (self._abbreviations, self.tr("Abbreviations")),
            (self._completion(), self.tr("Suggestions")),
        ):
            scroll = scrolled(page)
            scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self._tabs.addTab(scroll, title)
        buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.exchange = FileExchange(
            self, self._status, "wording.json", self.tr("Vocabulary (*.json)"), self._export, self._import
        )
        buttons.addButton(text_button(self.tr("Import…"), self.exchange.ask_import), role)
        buttons.addButton(text_button(self.tr("Export…"), self.exchange.ask_export), role)
        buttons.addButton(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self._tabs, 1)
        column.addWidget(self._status)
        column.addWidget(buttons)
        resize_by_text(self, 62, 56)

    def show_page(self, page: int) -> None:
        """Show pronunciation (0), abbreviations (1) or suggestions (2)."""
        self._tabs.setCurrentIndex(page)

    def told(self) -> str:
        """Return the words of the status line."""
        return self._status.text()

    # -- completion --------------------------------------------------------------------------------

    def _completion(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        for words, name in (
            (self.tr("Suggest words while I type"), "completion"),
            (self.tr("Have a screen reader say the suggested words"), "completion_announced"),
            (self.tr("Learn from what I say, on this computer only"), "learning"),
            (self.tr("Expand abbreviations as I type"), "abbreviations"),
        ):
            box = QCheckBox(words)
            box.setChecked(getattr(self._settings.current, name))
            box.toggled.connect(_Change(self._settings, name))
            column.addWidget(box)
        self._learned = Label()
        self._learned.setWordWrap(True)
        self._erase = text_button(self.tr("Delete all learned words…"))
        self._erase.clicked.connect(self._on_erase)
        column.addWidget(self._learned)
        column.addWidget(self._erase, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self._tell_learned()
        return page

    def _tell_learned(self) -> None:
        count = self._service.learned()
        self._learned.setText(
            self.tr("It has learned {count} of your words.").format(count=count)
            if count
            else self.tr("It has not learned any words yet.")
        )
        self._erase.setEnabled(count > 0)

    def _on_erase(self) -> None:
        words = self.tr("Delete all words that were learned for suggestions? This cannot be undone.")
        ask(self.tr("Suggestions"), words, self.tr("Delete them"), self, self._erase_all)

    def _erase_all(self) -> None:
        self._service.erase(self._on_erased)

    def _on_erased(self, answer: int | FishCaptionError) -> None:
        if isinstance(answer, FishCaptionError):
            self._status.tell(f"{answer} {answer.hint}".strip())
        else:
            self._status.tell(self.tr("All learned words were deleted."))
        self._tell_learned()

    # -- files -------------------------------------------------------------------------------------

    def _export(self, path: Path) -> None:
        save(path, self._service.vocabulary())

    def _import(self, text: str) -> None:
        """Add the entries of a file's text; they replace entries for the same word."""
        loaded = imported(text)
        now, new = self._service.vocabulary(), loaded.vocabulary
        known = {_key(entry) for entry in new.replacements}
        others = tuple(entry for entry in now.replacements if _key(entry) not in known)
        together = Vocabulary({**now.abbreviations, **new.abbreviations}, others + new.replacements)
        self._service.set_vocabulary(together)
        self._replacements.fill()
        self._abbreviations.fill()
        told = self.tr("{count} entries were read.").format(
            count=len(new.replacements) + len(new.abbreviations)
        )
        if loaded.left_out:
            told += " " + self.tr("{count} could not be used.").format(count=loaded.left_out)
        self._status.tell(told)


class _Change:
    """Changes one setting."""

    def __init__(self, settings: SettingsService, name: str) -> None:
        self._settings = settings
        self._name = name

    def __call__(self, value: bool) -> None:
        self._settings.change(**{self._name: value})


class _EntryPage(QWidget):
    """A table at the top, and below it a form for the chosen entry. Signals say what the user asks for."""

    told = Signal(str)
    entry_chosen = Signal()  # show it in the form; an empty form is for a new one
    save_asked = Signal()
    remove_asked = Signal()

    def __init__(self, service: VocabularyService, name: str, heads: list[str]) -> None:
        super().__init__()
        self._service = service
        self._list = QTreeWidget()
        self._list.setAccessibleName(name)
        self._list.setHeaderLabels(heads)
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._list.header().setStretchLastSection(True)
        self._list.setMinimumHeight(6 * self.fontMetrics().lineSpacing())
        self._list.currentItemChanged.connect(self._on_row)
        self._form = QFormLayout()
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._new = text_button(self.tr("New"))
        self._save = text_button(self.tr("Save"))
        self._remove = text_button(self.tr("Remove"))
        self._row = FlowRow()
        for button in (self._new, self._save, self._remove):
            self._row.addWidget(button)
        self._new.clicked.connect(self._on_new)
        self._save.clicked.connect(self.save_asked)
        self._remove.clicked.connect(self.remove_asked)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self._list, 1)
        self._column.addLayout(self._form)
        self._column.addWidget(FlowBox(self._row))

    def _field(self, label: str, tip: str = "") -> QLineEdit:
        field = LineField()
        field.setAccessibleName(label)
        field.setToolTip(as_written(tip))
        field.returnPressed.connect(self.save_asked)
        named = Label(label)
        named.setBuddy(field)
        self._form.addRow(named, field)
        return field

    def _place(self) -> int:
        """Return the row of the chosen entry; -1 for a new entry."""
        item = self._list.currentItem()
        return self._list.indexOfTopLevelItem(item) if item is not None else -1

    def _choose(self, place: int) -> None:
        self._list.setCurrentItem(self._list.topLevelItem(place) if place >= 0 else None)  # type: ignore[arg-type]  # None takes the choice away

    def _tell_error(self, error: FishCaptionError) -> None:
        self.told.emit(f"{error} {error.hint}".strip())

    def _on_row(self) -> None:
        self._remove.setEnabled(self._place() >= 0)
        self.entry_chosen.emit()

    def _on_new(self) -> None:
        self._choose(-1)
        self._list.clearSelection()
        self._on_row()


class _ReplacementPage(_EntryPage):
    """The page for pronunciation."""

    say_asked = Signal(str)

    def __init__(self, service: VocabularyService, settings: Settings, sample: str) -> None:
        heads = [self.tr("Written"), self.tr("Spoken"), self.tr("Only for")]
        super().__init__(service, self.tr("Pronunciations, in order"), heads)
        self._voice_now = settings.voice
        tr = self.tr
        self._written = self._field(tr("Written"))
        self._said = self._field(tr("Spoken as"), tr("Spell it as it sounds."))
        self._phoneme = self._field(
            tr("Phonemes"), tr("For Fish Audio only: Arpabet, pinyin with tone numbers, or romaji.")
        )
        self._language = self._box(tr("Language"))
        for code in _LANGUAGES:
            self._language.addItem(code or tr("every language"), code)
        self._language.setEditable(True)
        if (line := self._language.lineEdit()) is not None:
            line.setAccessibleName(tr("Language"))
        self._voice = self._box(tr("Voice"))
        self._voice.addItem(tr("every voice"), "")
        self._voice.addItem(tr("only {name}").format(name=settings.voice.name), settings.voice.id)
        self._case = QCheckBox(tr("Only with the same capital letters"))
        self._whole = QCheckBox(tr("Only as a whole word"))
        self._form.addRow(self._case)
        self._form.addRow(self._whole)
        self._sample = self._field(tr("Test sentence"), tr("Your draft, or the text that was spoken last."))
        self._sample.setText(sample)
        self._spoken = self._field(tr("Sent to the voice"), tr("The text as the voice would get it now."))
        self._spoken.setReadOnly(True)
        self._say = text_button(tr("Say it"))
        self._say.setProperty("big", True)
        self._say.clicked.connect(self._on_say)
        self._row.add_right(self._say)
        for field in (self._written, self._said, self._phoneme, self._sample):
            field.textChanged.connect(self._show_spoken)
        for box in (self._language, self._voice):
            box.currentTextChanged.connect(self._show_spoken)
        for check in (self._case, self._whole):
            check.toggled.connect(self._show_spoken)
        self.entry_chosen.connect(self._show_entry)
        self.save_asked.connect(self._store)
        self.remove_asked.connect(self._on_remove)
        self.fill()

    def _box(self, label: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(label)
        named = Label(label)
        named.setBuddy(box)
        self._form.addRow(named, box)
        return box

    def fill(self) -> None:
        """Show the entries as they are now."""
        place = self._place()
        self._list.clear()
        for entry in self._service.vocabulary().replacements:
            only = ", ".join(part for part in (entry.language, self._voice_words(entry.voice)) if part)
            list_row(
                self._list,
                (entry.written, ""),
                (entry.said or entry.phoneme, self.tr("nothing")),
                (only, self.tr("everywhere")),
            )
        count = self._list.topLevelItemCount()
        self._choose(min(place, count - 1) if place >= 0 else (0 if count else -1))
        self._on_row()

    def _voice_words(self, voice: str) -> str:
        return self._voice_now.name if voice == self._voice_now.id else voice[:12]

    def _show_entry(self) -> None:
        place = self._place()
        entry = self._service.vocabulary().replacements[place] if place >= 0 else None
        self._written.setText(entry.written if entry else "")
        self._said.setText(entry.said if entry else "")
        self._phoneme.setText(entry.phoneme if entry else "")
        self._case.setChecked(entry.match_case if entry else False)
        self._whole.setChecked(entry.whole_word if entry else True)
        language = entry.language if entry else ""
        found = self._language.findData(language)
        if found >= 0:
            self._language.setCurrentIndex(found)
        else:
            self._language.setEditText(language)
        voice = entry.voice if entry else ""
        if self._voice.findData(voice) < 0:
            self._voice.addItem(self.tr("only {name}").format(name=voice), voice)
        self._voice.setCurrentIndex(self._voice.findData(voice))
        if entry is None:
            self._written.setFocus()

    def _entry(self) -> Replacement:
        """Return the form's entry. Raises InputError."""
        index = self._language.findText(self._language.currentText())
        language = self._language.itemData(index) if index >= 0 else self._language.currentText().strip()
        return Replacement(
            self._written.text().strip(),
            self._said.text().strip(),
            language,
            self._voice.currentData(),
            self._case.isChecked(),
            self._whole.isChecked(),
            self._phoneme.text().strip(),
        )

    def _entries_with(self, entry: Replacement) -> tuple[tuple[Replacement, ...], int]:
        """Return the replacements with this one in place of the chosen one, and its row."""
        entries = list(self._service.vocabulary().replacements)
        place = self._place()
        if place < 0:
            place = next((row for row, old in enumerate(entries) if _key(old) == _key(entry)), len(entries))
        entries[place : place + 1] = [entry]
        return tuple(entries), place

    def _store(self) -> bool:
        try:
            entry = self._entry()
        except InputError as exc:
            self._tell_error(exc)
            return False
        now = self._service.vocabulary()
        entries, place = self._entries_with(entry)
        if entries != now.replacements:
            try:
                Rules(replacements=entries)
                self._service.set_vocabulary(replace(now, replacements=entries))
            except InputError as exc:
                self._tell_error(exc)
                return False
            self.told.emit(self.tr("“{word}” is now spoken this way.").format(word=entry.written))
        self.fill()
        self._choose(place)
        return True

    def _on_remove(self) -> None:
        place = self._place()
        now = self._service.vocabulary()
        if place >= 0:
            entries = now.replacements[:place] + now.replacements[place + 1 :]
            self._service.set_vocabulary(replace(now, replacements=entries))
            self.told.emit(
                self.tr("“{word}” is spoken normally again.").format(word=now.replacements[place].written)
            )
            self.fill()

    def _on_say(self) -> None:
        """Save the form's entry, and speak it in the test sentence, or alone."""
        if self._written.text().strip() and not self._store():
            return
        self.say_asked.emit(self._tried())

    def _tried(self) -> str:
        """Return the test sentence if it has the word, else the word."""
        word, sample = self._written.text().strip(), self._sample.text().strip()
        has_word = word.casefold() in sample.casefold()
        return sample if sample and (has_word or not word) else word or sample

    def _show_spoken(self) -> None:
        """Show the text for the voice with the form's entry, or without it if the entry is not valid."""
        now, text = self._service.vocabulary(), self._tried()
        try:
            entries, _ = self._entries_with(self._entry())
            spoken = self._service.spoken(text, replace(now, replacements=entries))
        except InputError:
            spoken = self._service.spoken(text, now)
        self._spoken.setText(" ".join(spoken.split()))
        self._spoken.setCursorPosition(0)


class _AbbreviationPage(_EntryPage):
    """The page for abbreviations, which are expanded while typing."""

    def __init__(self, service: VocabularyService) -> None:
        heads = [self.tr("Typed"), self.tr("Becomes")]
        super().__init__(service, self.tr("Abbreviations"), heads)
        self._short = self._field(self.tr("Typed"))
        self._long = self._field(self.tr("Becomes"))
        self._new.clicked.connect(self._short.setFocus)
        self.entry_chosen.connect(self._show_entry)
        self.save_asked.connect(self._on_save)
        self.remove_asked.connect(self._on_remove)
        self.fill()

    def _table(self) -> list[tuple[str, str]]:
        return sorted(self._service.vocabulary().abbreviations.items())

    def fill(self) -> None:
        """Show the entries as they are now."""
        place = self._place()
        self._list.clear()
        for short, long in self._table():
            QTreeWidgetItem(self._list, [short, " ".join(long.split())])
        count = self._list.topLevelItemCount()
        self._choose(min(place, count - 1) if place >= 0 else (0 if count else -1))
        self._on_row()

    def _show_entry(self) -> None:
        place = self._place()
        short, long = self._table()[place] if place >= 0 else ("", "")
        self._short.setText(short)
        self._long.setText(long)

    def _on_save(self) -> None:
        short, long = self._short.text().strip(), self._long.text().strip()
        now = self._service.vocabulary()
        table = dict(now.abbreviations)
        place = self._place()
        if place >= 0:
            del table[self._table()[place][0]]
        try:
            table |= Abbreviations({short: long}).table
        except InputError as exc:
            self._tell_error(exc)
            return
        self._service.set_vocabulary(replace(now, abbreviations=table))
        self.told.emit(self.tr("“{short}” becomes “{long}”.").format(short=short, long=long))
        self.fill()
        self._choose(next((row for row, (known, _) in enumerate(self._table()) if known == short), -1))

    def _on_remove(self) -> None:
        place = self._place()
        if place >= 0:
            now = self._service.vocabulary()
            short = self._table()[place][0]
            table = {known: long for known, long in now.abbreviations.items() if known != short}
            self._service.set_vocabulary(replace(now, abbreviations=table))
            self.told.emit(self.tr("“{short}” is no longer replaced.").format(short=short))
            self.fill()


def _key(entry: Replacement) -> tuple[str, str, str]:
    return (entry.written.casefold(), entry.language, entry.voice)


_SAMPLE = 500  # code points that a pronunciation is tried on


def open_replacements(host: Host) -> None:
    """Open the vocabulary at pronunciation and replacements."""
    _open(host, 0)


def open_abbreviations(host: Host) -> None:
    """Open the vocabulary at the abbreviations."""
    _open(host, 1)


def open_completion(host: Host) -> None:
    """Open the vocabulary at completion."""
    _open(host, 2)


def _open(host: Host, page: int) -> None:
    service = host.services.vocabulary()
    if service is None:
        return
    dialog = VocabularyDialog(service, host.services.settings, _sample(host), host.window)
    dialog.say_asked.connect(host.text_workspace.playback.say)
    dialog.show_page(page)
    dialog.open()


def _sample(host: Host) -> str:
    """Return the test sentence: the draft, else the text that was spoken last."""
    text = host.text_workspace.text().strip()
    current = host.text_workspace.playback.snapshot().current
    if not text and current is not None:
        text = current.text.strip()
    return text[:_SAMPLE]
