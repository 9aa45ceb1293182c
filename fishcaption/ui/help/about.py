"""About this program: its version, its licence, and where its documentation is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

import fishcaption
from fishcaption.ui.widgets.dialog_parts import text_button
from fishcaption.ui.widgets.labels import Label

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host


class About(QDialog):
    """A few sentences, and a button for the documentation where it is on this computer."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("About fishcaption"))
        self._docs = Path(fishcaption.__file__).parents[1] / "docs"
        title = Label(self.tr("fishcaption {version}").format(version=fishcaption.__version__))
        title.setProperty("role", "title")
        words = [
            self.tr("Text becomes speech and captions while it is still being written."),
            self.tr("Free software under the Apache License 2.0, without any warranty."),
        ]
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        if self._docs.is_dir():
            words.append(self.tr("The documentation is in {folder}").format(folder=self._docs))
            buttons.addButton(
                text_button(self.tr("Open the documentation"), self._on_docs),
                QDialogButtonBox.ButtonRole.ActionRole,
            )
        else:
            words.append(self.tr("The documentation is in the folder “docs” of fishcaption's source code."))
        text = Label("\n\n".join(words))
        text.setWordWrap(True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        for widget in (title, text, buttons):
            column.addWidget(widget)
        self.setMinimumWidth(round(40 * self.font().pointSizeF()))

    def _on_docs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._docs)))


def open_about(host: Host) -> None:
    """Show version, licence and the place of the documentation."""
    About(host.window).open()
