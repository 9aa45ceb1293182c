"""“More voices on this computer”: voices for many languages, fetched once, spoken without a network."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLocale, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.voices.downloads import POCKET, POCKET_BYTES, Offer, Progress, Stage
from fishcaption.ui.download_ports import Extra, Imitation, OfflineVoices, OwnModel
from fishcaption.ui.widgets.controls import Choice, FlowBox, FlowRow, StatusLine
from fishcaption.ui.widgets.dialog_parts import ask, list_row, resize_by_text, text_button
from fishcaption.ui.widgets.fields import LineField, TextField
from fishcaption.ui.widgets.labels import Label
from fishcaption.ui.widgets.longtext import showable

if TYPE_CHECKING:
    from fishcaption.ui.download_ports import VoiceDownloadService
    from fishcaption.ui.feature import Host

_ROW: Final = Qt.ItemDataRole.UserRole
_LONGEST_LICENCE: Final = 20_000  # code points that are shown
_STATE_COLUMN: Final = 2
_UNDER_WAY: Final = (Stage.WAITING, Stage.FETCHING)
_Row = Offer | Extra | OwnModel | Imitation


class LicenceDialog(QDialog):
    """Shows a voice's licence. Only the button below it begins the download."""

    def __init__(self, offer: Offer, licence: str, parent: QDialog) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Licence of {name}").format(name=offer.name))
        about = Label(
            self.tr(
                "Its makers wrote this about the voice and its licence. Read it: some voices may not be used "
                "for money, and some want to be named."
            )
            if offer.licence is not None
            else self.tr("This is known about its licence. Read it before you agree.")
        )
        about.setWordWrap(True)
        self.text = TextField()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("Licence"))
        self.text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.text.setPlainText(showable(licence[:_LONGEST_LICENCE]))
        self.agree = text_button(
            self.tr("I agree: download {size}").format(size=_size_words(offer)), self.accept
        )
        self.agree.setProperty("role", "primary")
        row = FlowRow()
        row.add_right(text_button(self.tr("Cancel"), self.reject))
        row.add_right(self.agree)
        column = QVBoxLayout(self)
        column.addWidget(about)
        column.addWidget(self.text, 1)
        column.addWidget(FlowBox(row))
        resize_by_text(self, 56, 40)


class DownloadsDialog(QDialog):
    """The list of voices that can be on this computer. Open it with `open()`."""

    def __init__(self, host: Host) -> None:
        super().__init__(host.window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("More voices on this computer"))
        self._service: VoiceDownloadService = host.services.voice_downloads
        self._is_gone = False
        self._found: OfflineVoices | None = None
        self._items: dict[str, QTreeWidgetItem] = {}
        self._stages: dict[str, Stage] = {}
        self._build()
        self._unsubscribe = self._service.subscribe(self._on_progress)
        self.destroyed.connect(self._on_destroyed)
        self._status.tell(self.tr("Looking at what is here…"))
        self._service.voices(self._on_voices)

    def rows(self) -> list[tuple[str, ...]]:
        """Return the words of the rows that are shown."""
        count = self._list.columnCount()
        items = (self._list.topLevelItem(row) for row in range(self._list.topLevelItemCount()))
        return [tuple(item.text(column) for column in range(count)) for item in items if item is not None]

    def words(self) -> str:
        """Return what is told below the list."""
        return f"{self._details.text()} {self._status.text()}".strip()

    # -- how it looks ------------------------------------------------------------------------------

    def _build(self) -> None:
        self._about = Label(
            self.tr(
                "These voices speak without a network and cost nothing. A voice is fetched once. "
                "Nothing that you type is sent anywhere."
            )
        )
        self._about.setWordWrap(True)
        self._search = LineField()
        self._search.setPlaceholderText(self.tr("Search: a language or a name"))
        self._search.setAccessibleName(self.tr("Search voices"))
        self._search.textChanged.connect(self._fill)
        self._shown = Choice()
        self._shown.setAccessibleName(self.tr("Which voices are listed"))
        self._shown.addItem(self.tr("All voices"), "all")
        self._shown.addItem(self.tr("On this computer"), "here")
        self._shown.setMinimumContentsLength(len(self.tr("On this computer")))
        self._shown.currentIndexChanged.connect(self._fill)
        self._list = QTreeWidget()
        self._list.setAccessibleName(self.tr("Voices"))
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setHeaderLabels([self.tr("Language"), self.tr("Voice"), self.tr("State or size")])
        header = self._list.header()
        header.setStretchLastSection(False)
        for column in range(_STATE_COLUMN):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_STATE_COLUMN, QHeaderView.ResizeMode.ResizeToContents)
        self._list.currentItemChanged.connect(self._show_details)
        self._list.itemActivated.connect(self._on_activated)
        self._details = Label()
        self._details.setWordWrap(True)
        self._details.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._details.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
        self._details.setMinimumHeight(3 * self._details.fontMetrics().lineSpacing())
        self._details.setAccessibleName(self.tr("About the voice"))
        self._bar = QProgressBar()
        self._bar.setAccessibleName(self.tr("Progress of the download"))
        self._bar.hide()
        self._status = StatusLine()
        self._status.setProperty("role", "hint")
        self._lay_out()
        self._show_details()

    def _lay_out(self) -> None:
        self._download = text_button(self.tr("Download…"), self._on_download)
        self._download.setProperty("role", "primary")
        self._cancel = text_button(self.tr("Cancel the download"), self._on_cancel)
        self._remove = text_button(self.tr("Remove…"), self._on_remove)
        self._remove.setToolTip(self.tr("Delete, in the list"))
        folder = text_button(self.tr("Folder for voices of my own…"), self._on_folder)
        folder.setToolTip(self.tr("Piper models: an .onnx file and its .onnx.json file"))
        row = FlowRow()
        for button in (self._download, self._cancel, self._remove, folder):
            row.addWidget(button)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        close.rejected.connect(self.reject)
        row.add_right(close)
        top = QHBoxLayout()
        top.addWidget(self._search, 1)
        top.addWidget(self._shown)
        column = QVBoxLayout(self)
        column.addWidget(self._about)
        column.addLayout(top)
        column.addWidget(self._list, 1)
        for widget in (self._details, self._bar, self._status, FlowBox(row)):
            column.addWidget(widget)
        delete = QShortcut(QKeySequence(Qt.Key.Key_Delete), self._list, self._on_remove)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        resize_by_text(self, 70, 62)

    def _fill(self) -> None:
        """List what matches the search; the same row stays the current one."""
        found = self._found
        if found is None:
            return
        current = self._current()
        words = self._search.text().casefold().split()
        only_here = self._shown.currentData() == "here"
        self._list.clear()
        self._items.clear()
        rows: list[_Row] = [
            *found.own,
            *found.imitations,
            *found.extras,
            *(offer for offer, _ in found.offers),
        ]
        for row in rows:
            cells = self._cells(row)
            searched = " ".join([*cells, *_other_words(row)]).casefold()
            if (only_here and not self._is_here(row)) or not all(word in searched for word in words):
                continue
            item = list_row(self._list, *((cell, self.tr("none")) for cell in cells))
            item.setData(0, _ROW, row)
            self._items[_id_of(row)] = item
            if current is not None and _id_of(row) == _id_of(current):
                self._list.setCurrentItem(item)
        first = self._list.topLevelItem(0)
        if self._list.currentItem() is None and first is not None:
            self._list.setCurrentItem(first)
        if not self._items:
            self._status.tell(self.tr("No voice matches. Search for something else."))

    def _cells(self, row: _Row) -> tuple[str, str, str]:
        state = self._state_words(row)
        if isinstance(row, Extra):
            languages = self.tr("English") if row.id == "pocket" else self.tr("More than a hundred")
            name = self.tr("{name} (program)").format(name=row.name)
            return (languages, name, state)
        if isinstance(row, Imitation):
            name = self.tr("{name} (your recordings, by Pocket TTS)").format(name=row.name)
            return (self.tr("English"), name, state)
        if isinstance(row, OwnModel):
            return (row.language, self.tr("{name} (your own)").format(name=row.name), state)
        language = f"{row.language_name} ({row.country})" if row.country else row.language_name
        return (language, _name_words(row), state)

    def _state_words(self, row: _Row) -> str:
        if isinstance(row, Extra):
            return self.tr("installed") if row.is_installed else self.tr("not installed")
        if isinstance(row, Imitation):
            return self.tr("on this computer") if row.is_here else self.tr("not made yet")
        if isinstance(row, OwnModel):
            return self.tr("cannot be used") if row.why else self.tr("on this computer")
        progress = self._progress(row)
        match progress.stage:
            case Stage.ABSENT:
                return self.tr("failed") if progress.why else _size_words(row)
            case Stage.WAITING:
                return self.tr("waiting")
            case Stage.FETCHING:
                return self.tr("{percent} %").format(percent=_percent(row, progress))
            case Stage.PARTIAL:
                return self.tr("begun: {percent} %").format(percent=_percent(row, progress))
            case Stage.PRESENT:
                return self.tr("on this computer")
            case Stage.BROKEN:
                return self.tr("cannot be used")

    def _is_here(self, row: _Row) -> bool:
        if isinstance(row, Extra):
            return row.is_installed
        if isinstance(row, Imitation):
            return row.is_here
        return isinstance(row, OwnModel) or self._progress(row).stage is not Stage.ABSENT

    def _progress(self, offer: Offer) -> Progress:
        known = self._service.progress(offer)
        if known is not None:
            return known
        seen = self._found.offers if self._found is not None else ()
        return next((progress for one, progress in seen if one.id == offer.id), Progress(Stage.ABSENT))

    def _current(self) -> _Row | None:
        item = self._list.currentItem()
        row = item.data(0, _ROW) if item is not None else None
        return row if isinstance(row, Offer | Extra | OwnModel | Imitation) else None

    def _show_details(self) -> None:
        row = self._current()
        stage = self._progress(row).stage if isinstance(row, Offer) else None
        is_under_way = stage in _UNDER_WAY
        self._download.setVisible(stage is not None and not is_under_way)
        self._cancel.setVisible(is_under_way)
        can_fetch = stage in (Stage.ABSENT, Stage.PARTIAL, Stage.BROKEN)
        self._download.setEnabled(can_fetch)
        self._download.setText(
            self.tr("Go on with the download…") if stage is Stage.PARTIAL else self.tr("Download…")
        )
        self._remove.setEnabled(stage in (Stage.PARTIAL, Stage.PRESENT, Stage.BROKEN))
        if isinstance(row, Imitation):
            self._download.setVisible(True)
            self._download.setEnabled(True)
            self._download.setText(
                self.tr("Use the recordings of now") if row.is_here else self.tr("Use these recordings")
            )
            self._remove.setEnabled(row.is_here)
        self._details.setText("" if row is None else self._detail_words(row))
        self._draw_bar(row)

    def _draw_bar(self, row: _Row | None) -> None:
        progress = self._progress(row) if isinstance(row, Offer) else None
        is_shown = progress is not None and progress.stage is Stage.FETCHING
        self._bar.setVisible(is_shown)
        if isinstance(row, Offer) and progress is not None and is_shown:
            self._bar.setValue(_percent(row, progress))

    def _detail_words(self, row: _Row) -> str:
        if isinstance(row, Extra):
            return self._extra_words(row)
        if isinstance(row, Imitation):
            return self.tr(
                "Pocket TTS imitates the voice of your longest kept recordings, some 20 seconds. They are "
                "copied, and nothing leaves this computer. Use it for a voice whose owner has agreed."
            )
        if isinstance(row, OwnModel):
            words = self.tr("A model in your own folder.")
            return f"{words} {showable(row.why)}".strip()
        parts = [
            self.tr("{name}: {native}, {size}.").format(
                name=_name_words(row), native=row.native_name, size=_size_words(row)
            )
        ]
        if row.speakers > 1:
            parts.append(self.tr("Of {count} speakers the first one speaks.").format(count=row.speakers))
        if why := self._progress(row).why:
            parts.append(showable(why))
        if row.engine == "pocket":
            parts.append(
                self.tr("It imitates your own recordings. Its licence is in question: it is shown first.")
            )
            parts.append(self._missing_words("pocket", self.tr("It needs sherpa-onnx.")))
        else:
            parts.append(self.tr("Its licence is shown before it is fetched."))
            parts.append(
                self._missing_words("espeak", self.tr("It needs eSpeak NG, which knows how words are said."))
            )
        return " ".join(part for part in parts if part)

    def _extra_words(self, extra: Extra) -> str:
        if extra.id == "espeak":
            words = self.tr(
                "eSpeak NG speaks more than a hundred languages, plainly, and tells Piper voices how words "
                "are said. Its licence is {licence}; it runs as a program of its own."
            )
        else:
            words = self.tr("The program that runs Pocket TTS. Its licence is {licence}.")
        parts = [words.format(licence=extra.licence)]
        if extra.is_installed:
            parts.append(self.tr("It is installed."))
        else:
            parts.append(self._command_words(extra))
        return " ".join(parts)

    def _missing_words(self, id_: str, need: str) -> str:
        extras = self._found.extras if self._found is not None else ()
        missing = next((extra for extra in extras if extra.id == id_ and not extra.is_installed), None)
        return f"{need} {self._command_words(missing)}" if missing is not None else ""

    def _command_words(self, extra: Extra) -> str:
        words = self.tr("To install it, type this into a terminal, and start fishcaption again: {command}")
        return words.format(command=extra.command)

    # -- what is done ------------------------------------------------------------------------------

    def _on_activated(self) -> None:
        if self._download.isVisible() and self._download.isEnabled():
            self._on_download()

    def _on_download(self) -> None:
        row = self._current()
        if isinstance(row, Imitation):
            self._service.imitate(row.name, self._on_imitated)
            return
        if not isinstance(row, Offer):
            return
        self._status.tell(self.tr("Fetching the licence of {name}…").format(name=row.name))
        self._download.setEnabled(False)
        self._service.licence(row, partial(self._on_licence, row))

    def _on_licence(self, offer: Offer, answer: str | FishCaptionError) -> None:
        if self._is_gone:
            return
        self._show_details()
        if isinstance(answer, FishCaptionError):
            self._status.tell(f"{answer} {answer.hint}".strip())
            return
        self._status.tell("")
        licence = LicenceDialog(offer, answer, self)
        licence.accepted.connect(partial(self._service.download, offer))
        licence.open()

    def _on_cancel(self) -> None:
        row = self._current()
        if isinstance(row, Offer):
            self._service.cancel(row)

    def _on_remove(self) -> None:
        row = self._current()
        if not self._remove.isEnabled():
            return
        if isinstance(row, Imitation):
            ask(
                self.tr("Remove a voice"),
                self.tr("Remove the voice {name}? Your recordings stay.").format(name=row.name),
                self.tr("Remove"),
                self,
                partial(self._service.stop_imitating, row.name, self._on_imitated),
            )
        if not isinstance(row, Offer):
            return
        words = self.tr("Remove the voice {name} from this computer? It can be fetched again.")
        ask(
            self.tr("Remove a voice"),
            words.format(name=row.name),
            self.tr("Remove"),
            self,
            partial(self._service.remove, row, partial(self._on_removed, row)),
        )

    def _on_removed(self, offer: Offer, error: FishCaptionError | None) -> None:
        if self._is_gone:
            return
        if error is not None:
            self._status.tell(f"{error} {error.hint}".strip())
        else:
            self._status.tell(self.tr("{name} was removed.").format(name=offer.name))
        self._service.voices(self._on_voices)

    def _on_imitated(self, error: FishCaptionError | None) -> None:
        if self._is_gone:
            return
        if error is not None:
            self._status.tell(f"{error} {error.hint}".strip())
        else:
            self._status.tell(self.tr("Done. The list of voices has it, or has it no more."))
        self._service.voices(self._on_voices)

    def _on_folder(self) -> None:
        self._service.own_folder(self._on_own_folder)

    def _on_own_folder(self, answer: Path | FishCaptionError) -> None:
        if self._is_gone:
            return
        if isinstance(answer, FishCaptionError):
            self._status.tell(f"{answer} {answer.hint}".strip())
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(answer)))
        words = self.tr("Put an .onnx file and its .onnx.json file into {folder}, and choose the voice.")
        self._status.tell(words.format(folder=answer))

    def _on_voices(self, answer: OfflineVoices | FishCaptionError) -> None:
        if self._is_gone:
            return
        if isinstance(answer, FishCaptionError):
            self._status.tell(f"{answer} {answer.hint}".strip())
            return
        if self._found is None:
            self._status.tell("")
        self._found = answer
        self._fill()
        self._show_details()

    def _on_progress(self) -> None:
        """Draw the rows whose state is another; say what has ended."""
        if self._is_gone or self._found is None:
            return
        for offer, _ in self._found.offers:
            progress = self._service.progress(offer)
            if progress is None:
                continue
            item = self._items.get(offer.id)
            if item is not None:
                item.setText(_STATE_COLUMN, self._state_words(offer))
            before, self._stages[offer.id] = self._stages.get(offer.id), progress.stage
            if before in _UNDER_WAY and progress.stage not in _UNDER_WAY:
                self._tell_end(offer, progress)
        self._show_details()

    def _tell_end(self, offer: Offer, progress: Progress) -> None:
        if progress.stage is Stage.PRESENT:
            words = self.tr("{name} is on this computer. It is in the list of voices now.")
            self._status.tell(words.format(name=offer.name))
        elif progress.why:
            self._status.tell(showable(progress.why))
        else:
            self._status.tell(self.tr("Cancelled. What is here is kept, and gone on with later."))

    # -- Qt ----------------------------------------------------------------------------------------

    def _on_destroyed(self) -> None:
        self._is_gone = True

    def done(self, result: int) -> None:
        if not self._is_gone:
            self._is_gone = True
            self._unsubscribe()
        super().done(result)


def _id_of(row: _Row) -> str:
    if isinstance(row, OwnModel):
        return f"own:{row.name}"
    if isinstance(row, Imitation):
        return f"imitation:{row.name}"
    return f"extra:{row.id}" if isinstance(row, Extra) else row.id


def _name_words(offer: Offer) -> str:
    """Return name and quality: several voices have one name."""
    name = offer.name[:1].upper() + offer.name[1:]
    return name if offer.engine == "pocket" else f"{name}, {offer.quality.replace('_', ' ')}"


def _other_words(row: _Row) -> tuple[str, ...]:
    if isinstance(row, Offer):
        return (row.native_name, row.language, row.id)
    if isinstance(row, Imitation):
        return ("pocket",)
    return (row.id,) if isinstance(row, Extra) else ()


def _bytes_of(offer: Offer) -> int:
    return offer.bytes or POCKET_BYTES if offer.id == POCKET.id else offer.bytes


def _percent(offer: Offer, progress: Progress) -> int:
    return min(99, round(progress.bytes * 100 / max(1, _bytes_of(offer))))


def _size_words(offer: Offer) -> str:
    return QLocale().formattedDataSize(_bytes_of(offer), 0, QLocale.DataSizeFormat.DataSizeSIFormat)


def open_downloads(host: Host) -> None:
    """Open the list of voices that can be fetched."""
    DownloadsDialog(host).open()
