"""Parts of dialogs: buttons, a page that scrolls, a form, a question, export and import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFormLayout,
    QFrame,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from fishcaption.core.errors import FishCaptionError
from fishcaption.store.intact import content_of
from fishcaption.ui.widgets.controls import StatusLine


def text_button(words: str, act: Callable[[], Any] | None = None, *, big: bool = False) -> QPushButton:
    """Return a button that Enter does not press while another widget has the focus."""
    button = QPushButton(words)
    button.setProperty("big", big)
    button.setAutoDefault(False)
    if act is not None:
        button.clicked.connect(act)
    return button


def scrolled(page: QWidget) -> QScrollArea:
    """Return the page in a scroll area, for windows that are too low for it."""
    scroll = QScrollArea()
    scroll.setWidget(page)
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return scroll


def long_form(page: QWidget) -> QFormLayout:
    """Return the layout of a form of many rows; where the page is narrow, a field is below its label."""
    form = QFormLayout(page)
    form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setVerticalSpacing(10)
    form.setHorizontalSpacing(16)
    return form


def list_row(tree: QTreeWidget, *cells: tuple[str, str]) -> QTreeWidgetItem:
    """Add a row; each cell has its words, and the words of a screen reader if they are empty."""
    row = QTreeWidgetItem(tree, [words for words, _ in cells])
    for column, (words, empty) in enumerate(cells):
        if not words:
            row.setData(column, Qt.ItemDataRole.AccessibleTextRole, empty)
    return row


def resize_by_text(dialog: QDialog, width: float, height: float) -> None:
    """Give the dialog a size in multiples of its text's (in points), and at most 90 % of its screen."""
    points = dialog.font().pointSizeF()
    wanted = QSize(round(width * points), round(height * points))
    dialog.resize(wanted.boundedTo(dialog.screen().availableSize() * 0.9))


def ask(title: str, words: str, yes: str, parent: QWidget, on_yes: Callable[[], None]) -> QMessageBox:
    """Ask before an act that cannot be undone; No is the default."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(words)
    agrees = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    no = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(no)
    box.setEscapeButton(no)
    agrees.clicked.connect(on_yes)
    box.open()
    sign = box.findChild(QWidget, "qt_msgboxex_icon_label")
    if sign is not None:
        sign.setAccessibleName(box.tr("Question"))
    return box


class FileExchange(QObject):
    """Export and import: asks for a file, writes or reads it, and tells the result in the status line.

    `save` writes a file; `take` uses the text of one. Both may raise FishCaptionError.
    """

    def __init__(
        self,
        dialog: QDialog,
        status: StatusLine,
        name: str,
        kinds: str,
        save: Callable[[Path], None],
        take: Callable[[str], None],
    ) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self._status = status
        self._name = name
        self._kinds = kinds
        self._save = save
        self._take = take

    def ask_export(self) -> None:
        """Let the user choose a file, and write it."""
        chooser = self._chooser(self.tr("Export"), self._name)
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("json")
        chooser.fileSelected.connect(self.export_to)
        chooser.open()

    def ask_import(self) -> None:
        """Let the user choose a file, and read it."""
        chooser = self._chooser(self.tr("Import"), "")
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.fileSelected.connect(self.import_from)
        chooser.open()

    def export_to(self, path: str) -> None:
        """Write this file."""
        try:
            self._save(Path(path))
        except FishCaptionError as error:
            self._tell_error(error)
        else:
            self._status.tell(self.tr("Saved: {name}").format(name=Path(path).name))

    def import_from(self, path: str) -> None:
        """Read this file."""
        try:
            self._take(content_of(Path(path)).decode("utf-8", "replace"))
        except OSError as error:
            self._status.tell(
                self.tr("The file could not be read: {why}").format(why=error.strerror or error)
            )
        except FishCaptionError as error:
            self._tell_error(error)

    def _chooser(self, title: str, name: str) -> QFileDialog:
        chooser = QFileDialog(self._dialog, title, name, self._kinds)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return chooser

    def _tell_error(self, error: FishCaptionError) -> None:
        self._status.tell(f"{error} {error.hint}".strip())
