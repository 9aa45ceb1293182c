"""The palette of expression tags: one letter or one click puts a tag into the text, as a chip."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QVBoxLayout

from fishcaption.core.text.tags import TAGS
from fishcaption.ui.editor.text_editor import Editor
from fishcaption.ui.widgets.labels import Label
from fishcaption.ui.widgets.theme import Look

_COLUMNS = 4
_ARROWS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -_COLUMNS,
    Qt.Key.Key_Down: _COLUMNS,
}


class ExpressionPalette(QFrame):
    """A popup over the text. It closes when a tag is chosen, with Esc, or with a click outside."""

    def __init__(self, editor: Editor, look: Look) -> None:
        super().__init__(editor.window(), Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "panel")
        self.setWindowTitle(self.tr("Expression"))
        self.setAccessibleName(self.tr("Expression tags, each with a letter"))
        self._editor = editor
        about = Label(
            self.tr("Press the letter or click to put the tag into the text. Backspace removes it.")
        )
        about.setProperty("role", "hint")
        grid = QGridLayout()
        grid.setSpacing(6)
        self._buttons: list[QPushButton] = []
        for index, tag in enumerate(TAGS):
            button = QPushButton(f"{tag.key.upper()}   {tag.name}")
            button.setAccessibleName(tag.name)
            button.setAutoDefault(False)
            button.setProperty("role", "choice")
            button.setMinimumHeight(round(40 * max(1.0, look.scale)))
            button.clicked.connect(partial(self._on_chosen, tag.char))
            grid.addWidget(button, index // _COLUMNS, index % _COLUMNS)
            self._buttons.append(button)
        column = QVBoxLayout(self)
        column.addWidget(about)
        column.addLayout(grid)

    def appear(self) -> None:
        """Show it near the cursor, where there is room."""
        self.adjustSize()
        at = self._editor.viewport().mapToGlobal(self._editor.cursorRect().bottomLeft()) + QPoint(0, 6)
        room = self._editor.screen().availableGeometry()
        left = max(room.left(), min(at.x(), room.right() - self.width()))
        top = at.y()
        if top + self.height() > room.bottom():
            above = self._editor.viewport().mapToGlobal(self._editor.cursorRect().topLeft()).y() - 6
            top = max(room.top(), above - self.height())
        self.move(left, top)
        self.show()
        self._buttons[0].setFocus(Qt.FocusReason.PopupFocusReason)

    def _on_chosen(self, char: str, _is_checked: bool = False) -> None:
        self.close()
        self._editor.insert_tag(char)
        self._editor.setFocus()

    # -- Qt ----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        typed = event.text().casefold()
        for tag in TAGS:
            if typed and typed == tag.key:
                self._on_chosen(tag.char)
                return
        if event.key() in _ARROWS:
            places = [index for index, button in enumerate(self._buttons) if button.hasFocus()]
            place = (places[0] if places else 0) + _ARROWS[Qt.Key(event.key())]
            if 0 <= place < len(self._buttons):
                self._buttons[place].setFocus()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            for button in self._buttons:
                if button.hasFocus():
                    button.click()
                    return
        super().keyPressEvent(event)
