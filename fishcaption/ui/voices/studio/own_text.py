"""A dialog for a text: one of the user's own that is to be read, or the words that are said in a take."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from fishcaption.ui.widgets.fields import TextField
from fishcaption.ui.widgets.labels import Label


class TextDialog(QDialog):
    """Asks for a text."""

    chosen = Signal(str)

    def __init__(self, title: str, words: str, text: str, yes: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        label = Label(words)
        label.setWordWrap(True)
        self.field = TextField()
        self.field.setAccessibleName(title)
        self.field.setTabChangesFocus(True)
        self.field.setPlainText(text)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._buttons.addButton(yes, QDialogButtonBox.ButtonRole.AcceptRole)
        self._buttons.accepted.connect(self._on_chosen)
        self._buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(label)
        column.addWidget(self.field, 1)
        column.addWidget(self._buttons)
        points = self.font().pointSizeF()
        room = parent.window().screen().availableSize() * 0.9
        self.resize(QSize(round(50 * points), round(32 * points)).boundedTo(room))
        self.field.setFocus()

    def _on_chosen(self) -> None:
        self.chosen.emit(self.field.toPlainText())
        self.accept()
