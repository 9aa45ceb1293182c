"""The window “Make your own voice”: the collections of takes, and the pages about one of them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import Rendered
from fishcaption.core.voices.reading_texts import ReadingText, own_texts
from fishcaption.store.recordings.collection import CollectionView
from fishcaption.store.recordings.take_list import MICROPHONE
from fishcaption.store.settings import OutputDevice
from fishcaption.ui.recording_ports import InputDevice
from fishcaption.ui.voices.studio.consent_page import ConsentPage
from fishcaption.ui.voices.studio.cut_dialog import PEAKS, CutDialog
from fishcaption.ui.voices.studio.own_text import TextDialog
from fishcaption.ui.voices.studio.read_page import ReadPage
from fishcaption.ui.voices.studio.session import Session
from fishcaption.ui.voices.studio.takes_page import TakesPage
from fishcaption.ui.voices.studio.words import amount_words, error_words
from fishcaption.ui.widgets.controls import Choice, StatusLine
from fishcaption.ui.widgets.dialog_parts import scrolled, text_button
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.labels import Label

if TYPE_CHECKING:
    from fishcaption.store.recordings.take_list import Take
    from fishcaption.ui.feature import Host
    from fishcaption.ui.ports import Speaker
    from fishcaption.ui.recording_ports import Added, RecordingsService
    from fishcaption.ui.widgets.theme import Look

_LANGUAGES = {
    "de": "Deutsch", "en": "English", "es": "Español", "fr": "Français", "it": "Italiano", "ja": "日本語",
    "nl": "Nederlands", "pt": "Português",
}  # fmt: skip


class StudioWindow(QDialog):
    """Records a voice, and keeps what belongs to it. Open it with `open()`."""

    voice_asked = Signal()  # a voice is to be made of the recordings

    def __init__(
        self,
        service: RecordingsService,
        speaker: Speaker,
        look: Look,
        parent: QWidget,
        microphone: InputDevice | None = None,
    ) -> None:
        """``microphone`` is the one that was chosen last; by default the system's."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Make your own voice"))
        self._service = service
        self._speaker = speaker
        self._look = look
        self._is_gone = False
        self._wanted = 0  # counts what is to be played; only the newest is
        self._playing = 0  # which of them sounds; 0: none
        self.view: CollectionView | None = None
        self.session = Session(service, self.stop_playing, self)
        if microphone is not None:
            self.session.device = microphone
        self.read = ReadPage(self.session, service, self._play_last, look)
        self.takes = TakesPage(service, self._play)
        self.consent = ConsentPage(service)
        self._build()
        self._connect()
        self._choose_language(self._first_language())
        self._ask_collections()

    # -- building ----------------------------------------------------------------------------------

    def _build(self) -> None:
        self._collections = Choice()
        self._collections.setAccessibleName(self.tr("Collection of recordings"))
        self._collections.setMinimumContentsLength(12)
        self._new = text_button(self.tr("New…"), self._ask_new)
        self._amount = Label()
        self._amount.setWordWrap(True)
        self._status = StatusLine()
        self._status.hide()
        head = QHBoxLayout()
        head.addWidget(Label(self.tr("Voice:")))
        head.addWidget(self._collections)
        head.addWidget(self._new)
        head.addWidget(self._amount, 1)
        self.pages = QTabWidget()
        self.pages.setAccessibleName(self.tr("Pages"))
        self.pages.addTab(scrolled(self.read), self.tr("&Read aloud"))
        self.pages.addTab(scrolled(self.takes), self.tr("&Takes and files"))
        self.pages.addTab(scrolled(self.consent), self.tr("&Whose voice"))
        pages = QWidget()
        column = QVBoxLayout(pages)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self.pages, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._beginning())
        self._stack.addWidget(pages)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._open = text_button(self.tr("Show the folder"), self._on_open)
        self._export = text_button(self.tr("Export…"), self._ask_export)
        self._import = text_button(self.tr("Import…"), self._ask_import)
        self._make = text_button(self.tr("Make the voice…"), self._on_make)
        for button in (self._make, self._open, self._export, self._import):
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.addWidget(self._stack, 1)
        whole.addWidget(self._status)
        whole.addWidget(buttons)
        points = self.font().pointSizeF()
        parent = self.parentWidget()
        assert parent is not None
        room = parent.window().screen().availableSize() * 0.92
        self.resize(QSize(round(92 * points), round(66 * points)).boundedTo(room))

    def _beginning(self) -> QWidget:
        """Return the page on which a collection is begun."""
        page = QWidget()
        words = Label(
            self.tr(
                "Here you record a voice, so that the program can speak with it later: your own, or that of "
                "somebody who wants it. 1 to 2 minutes of reading aloud are enough, a little today and a "
                "little another day. Old recordings can be added, too. Everything stays on this computer, "
                "in a folder that you can see, until you say otherwise."
            )
        )
        words.setWordWrap(True)
        label = Label(self.tr("Name of the voice:"))
        self._name = LineField()
        self._name.setText(self.tr("My voice"))
        self._name.setAccessibleName(label.text())
        self._name.setMaxLength(40)
        self._begin = text_button(self.tr("Begin"), self._on_begin, big=True)
        self._begin.setProperty("role", "primary")
        self._begin.setAutoDefault(True)
        self._begin.setDefault(True)
        column = QVBoxLayout(page)
        for widget in (words, label, self._name, self._begin):
            column.addWidget(widget)
        column.addStretch(1)
        return scrolled(page)

    def _connect(self) -> None:
        self._collections.activated.connect(self._on_collection)
        self.read.language_chosen.connect(self._choose_language)
        self.read.own_text_asked.connect(self._ask_own_text)
        self.read.test_began.connect(self.stop_playing)
        self.session.saved.connect(self.show_view)
        self.session.failed.connect(self._on_failed)
        self.takes.changed.connect(self.show_view)
        self.takes.checked.connect(self.session.note_check)
        self.takes.cut_asked.connect(self._ask_cut)
        self.takes.text_asked.connect(self._ask_text)
        self.consent.changed.connect(self.show_view)

    def _first_language(self) -> str:
        there = self._service.languages()
        own = QLocale.system().name().partition("_")[0]
        language = own if own in there else "en"
        self.read.show_languages(tuple((code, _LANGUAGES.get(code, code)) for code in there), language)
        return language

    def _tell(self, words: str) -> None:
        self._status.setVisible(bool(words))
        self._status.tell(words)

    # -- collections -------------------------------------------------------------------------------

    def show_view(self, view: CollectionView) -> None:
        """Show a collection as it is now."""
        if self._is_gone:
            return
        is_other = self.view is None or self.view.folder != view.folder
        self.view = view
        if is_other or self._collections.currentText() != view.name:
            if self._collections.findText(view.name) < 0:
                self._collections.insertItem(0, view.name)
            self._collections.setCurrentIndex(self._collections.findText(view.name))
        self._amount.setText(amount_words(view.kept_seconds, len(view.kept)))
        self._stack.setCurrentIndex(1)
        self._draw_acts()
        self.session.use(view)
        self.takes.show_view(view)
        self.consent.show_view(view)
        if is_other:
            self._go_on_in_language(view)
            self.read.draw()
            self.read.button.setFocus()
        if view.told:
            self._tell(view.told)
        elif is_other and any(take.source == MICROPHONE and not take.seconds for take in view.takes):
            self._tell(
                self.tr(
                    "A recording was cut off last time. What was said is saved: hear it among the takes, and "
                    "keep it, or record the text again."
                )
            )

    def _draw_acts(self) -> None:
        has_view = self.view is not None and self._stack.currentIndex() == 1
        self._open.setEnabled(has_view)
        self._export.setEnabled(has_view)
        self._make.setEnabled(has_view)

    def _ask_collections(self) -> None:
        self._draw_acts()
        self._service.collections(self._on_collections)

    def _on_collections(self, answer: tuple[str, ...] | FishCaptionError) -> None:
        if self._is_gone:
            return
        if isinstance(answer, FishCaptionError):
            self._tell(error_words(answer))
            return
        self._collections.clear()
        self._collections.addItems(list(answer))
        if answer:
            self._service.open(answer[0], self._on_view)
        else:
            self._begin.setFocus()

    def _on_collection(self, row: int) -> None:
        if not self.session.is_busy:
            self._service.open(self._collections.itemText(row), self._on_view)
        elif self.view is not None:
            self._collections.setCurrentIndex(self._collections.findText(self.view.name))

    def _on_view(self, answer: CollectionView | FishCaptionError) -> None:
        if self._is_gone:
            return
        if isinstance(answer, FishCaptionError):
            self._tell(error_words(answer))
        else:
            self._tell("")
            self.show_view(answer)

    def _ask_new(self) -> None:
        if not self.session.is_busy:
            self._stack.setCurrentIndex(0)
            self._draw_acts()
            self._name.setFocus()
            self._name.selectAll()

    def _on_begin(self) -> None:
        self._service.create(self._name.text(), self._on_view)

    def _on_failed(self, error: FishCaptionError) -> None:
        """Show what was recorded until then: it is on disk."""
        self._tell(error_words(error))
        if self.view is not None:
            self._service.open(self.view.name, self._on_reopened)
        self.read.refresh_microphones()

    def _on_reopened(self, answer: CollectionView | FishCaptionError) -> None:
        if isinstance(answer, CollectionView):
            self.show_view(answer)

    def _on_make(self) -> None:
        if not self.session.is_busy:
            self.stop_playing()
            self.accept()
            self.voice_asked.emit()

    def _on_open(self) -> None:
        if self.view is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.view.folder)))
            self._tell(self.tr("The recordings are in {folder}").format(folder=self.view.folder))

    # -- texts -------------------------------------------------------------------------------------

    def _go_on_in_language(self, view: CollectionView) -> None:
        """Go on in the language of what was recorded last."""
        language = view.takes[-1].language if view.takes else self.session.language
        if language != self.session.language and language in self._service.languages():
            self.read.choose_language(language)
            self._choose_language(language)

    def _choose_language(self, language: str) -> None:
        self.takes.language = language
        self._service.texts(language, partial(self._on_texts, language))

    def _on_texts(self, language: str, answer: tuple[ReadingText, ...] | FishCaptionError) -> None:
        if self._is_gone:
            return
        if isinstance(answer, FishCaptionError):
            self._tell(error_words(answer))
        else:
            self.session.set_texts(answer, language)

    def _ask_own_text(self) -> None:
        dialog = TextDialog(
            self.tr("Your own text"),
            self.tr(
                "Paste or type what you would like to read: a letter, a story, a page of a book you like. "
                "It is shown in parts of about 20 seconds. It is not sent anywhere."
            ),
            "",
            self.tr("Read this"),
            self,
        )
        dialog.chosen.connect(self._on_own_text)
        dialog.open()

    def _on_own_text(self, text: str) -> None:
        texts = own_texts(text, self.session.language)
        if texts:
            self.session.set_texts(texts, self.session.language)
            self.read.button.setFocus()

    # -- takes -------------------------------------------------------------------------------------

    def _ask_text(self, take: Take) -> None:
        dialog = TextDialog(
            self.tr("Text of the recording"),
            self.tr("Write exactly what is said in it, with full stops and commas."),
            take.text,
            self.tr("Save the text"),
            self,
        )
        dialog.chosen.connect(partial(self._on_text, take.file))
        dialog.open()
        self._play(take)

    def _on_text(self, file: str, text: str) -> None:
        if self.view is not None:
            take = next((take for take in self.view.takes if take.file == file), None)
            if take is not None:
                self._service.change(self.view.folder, take._replace(text=text.strip()), self.takes.on_view)

    def _ask_cut(self, take: Take) -> None:
        view = self.view
        if view is None:
            return
        if take.seconds <= 0:
            self.takes.tell(self.tr("Its length is not known yet: it is being checked."))
            return
        dialog = CutDialog(take.seconds, partial(self._play_part, view.path(take)), self._look, self)
        dialog.chosen.connect(partial(self._on_cut, take))
        self._service.waveform(view.path(take), PEAKS, dialog.on_peaks)
        dialog.open()

    def _on_cut(self, take: Take, start: float, end: float, trims: bool) -> None:
        if self.view is not None:
            self._service.cut(
                self.view.folder, take, self._on_made, start_seconds=start, end_seconds=end, trims=trims
            )

    def _on_made(self, answer: Added | FishCaptionError) -> None:
        self.takes.on_added(answer)

    # -- playing -----------------------------------------------------------------------------------

    def _play_last(self) -> None:
        if self.session.take is not None:
            self._play(self.session.take)

    def _play(self, take: Take) -> None:
        if self.view is not None:
            self._play_part(self.view.path(take), 0.0, None)

    def _play_part(self, path: Path, start: float, end: float | None) -> None:
        if self.session.is_busy:
            return
        self._wanted += 1
        self._service.sound(path, partial(self._on_sound, self._wanted, start, end))

    def _on_sound(
        self, number: int, start: float, end: float | None, answer: Rendered | FishCaptionError
    ) -> None:
        if self._is_gone or number != self._wanted or self.session.is_busy:
            return
        if isinstance(answer, FishCaptionError):
            self._tell(error_words(answer))
            return
        first = 2 * round(start * answer.rate)
        last = len(answer.pcm) if end is None else 2 * round(end * answer.rate)
        pcm = answer.pcm[first:last]
        self._playing = number
        try:
            self._speaker.signal(Rendered(answer.voice, answer.rate, pcm), partial(self._on_played, number))
        except FishCaptionError as error:
            self._playing = 0
            self._tell(error_words(error))

    def _on_played(self, number: int, _is_heard: bool) -> None:
        if number == self._playing:
            self._playing = 0

    def stop_playing(self) -> None:
        """Nothing is heard from now on: before a recording, and when the window closes."""
        self._wanted += 1
        self._playing = 0
        self._speaker.stop()

    # -- exchange ----------------------------------------------------------------------------------

    def _ask_export(self) -> None:
        if self.view is None:
            return
        chooser = QFileDialog(self, self.tr("Export the recordings"), f"{self.view.name}.zip")
        chooser.setNameFilter(self.tr("ZIP file (*.zip)"))
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("zip")
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.fileSelected.connect(self.export_to)
        chooser.open()

    def export_to(self, path: str) -> None:
        """Write the collection to this file."""
        if self.view is not None:
            self._tell(self.tr("Exporting…"))
            self._service.export(self.view.folder, Path(path), self._on_exported)

    def _on_exported(self, answer: Path | FishCaptionError) -> None:
        if self._is_gone:
            return
        if isinstance(answer, FishCaptionError):
            self._tell(error_words(answer))
        else:
            self._tell(self.tr("Saved: {name}").format(name=answer))

    def _ask_import(self) -> None:
        chooser = QFileDialog(self, self.tr("Import recordings"))
        chooser.setNameFilter(self.tr("Exported recordings (*.zip *.csv)"))
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.fileSelected.connect(self.import_from)
        chooser.open()

    def import_from(self, path: str) -> None:
        """Make a collection of this file; of a list of takes, its folder is taken."""
        source = Path(path)
        self._tell(self.tr("Importing…"))
        self._service.take_in(source.parent if source.suffix.casefold() == ".csv" else source, self._on_view)

    # -- Qt ----------------------------------------------------------------------------------------

    def reject(self) -> None:
        """Esc and Close: what is recorded is kept; what plays is stopped first."""
        if self.session.is_busy:
            self.session.stop()
            return
        if self._playing:
            self.stop_playing()
            return
        super().reject()

    def done(self, result: int) -> None:
        if not self._is_gone:
            self._is_gone = True
            self.session.leave()
            self.read.leave()
            self.takes.leave()
            self.consent.leave()
        super().done(result)


def open_studio(host: Host) -> None:
    """Open the window."""
    settings, known = host.services.settings, host.settings.microphone
    microphone = InputDevice(known.name, known.host_api)
    window = StudioWindow(host.services.recordings, host.reader, host.look, host.window, microphone)
    window.read.microphone_chosen.connect(
        lambda chosen: settings.change(microphone=OutputDevice(chosen.name, chosen.host_api))
    )
    window.voice_asked.connect(partial(host.commands.run_if_there, "voice.make"))
    window.open()
