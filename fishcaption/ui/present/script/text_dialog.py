"""The whole script as one text, to be edited: cues that stay keep their place and their sound."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from fishcaption.core.errors import FishCaptionError
from fishcaption.ui.widgets.controls import StatusLine
from fishcaption.ui.widgets.dialog_parts import ask
from fishcaption.ui.widgets.fields import TextField
from fishcaption.ui.widgets.labels import Label


class ScriptTextDialog(QDialog):
    """An editor for the text of a script. ``take`` gets the new text; it may raise FishCaptionError."""

    def __init__(self, text: str, take: Callable[[str], None], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Script as text"))
        self._take = take
        about = Label(
            self.tr(
                "An empty line begins a new cue. “ANNA: …” names the speaker, “# …” is a marker, and"
                " “[[…]]” is a note that only you see."
            )
        )
        about.setWordWrap(True)
        self.field = TextField()
        self.field.setPlainText(text)
        self.field.setAccessibleName(self.windowTitle())
        self.field.setTabChangesFocus(True)
        self._status = StatusLine()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.save = buttons.addButton(self.tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._on_save)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(about)
        column.addWidget(self.field, 1)
        column.addWidget(self._status)
        column.addWidget(buttons)
        self.field.document().setModified(False)
        points = self.font().pointSizeF()
        room = parent.window().screen().availableSize() * 0.9
        self.resize(min(round(60 * points), room.width()), min(round(50 * points), room.height()))
        self.field.setFocus()

    def told(self) -> str:
        """Return what is wrong with the text."""
        return self._status.text()

    def reject(self) -> None:
        """Close without the changes; they are asked about first."""
        if not self.field.document().isModified():
            super().reject()
            return
        ask(
            self.tr("Discard changes"), self.tr("Discard your changes to the script?"),
            self.tr("Discard"), self, self._discard,
        )  # fmt: skip

    def _discard(self) -> None:
        self.done(QDialog.DialogCode.Rejected)

    def _on_save(self) -> None:
        try:
            if self.field.document().isModified():
                self._take(self.field.toPlainText())
        except FishCaptionError as error:
            self._status.tell(f"{error} {error.hint}".strip())
            return
        self.accept()
