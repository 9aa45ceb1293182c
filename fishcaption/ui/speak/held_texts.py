"""Held texts: drafts put aside. Each has a button that takes it back into the editor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from fishcaption.core.text.tags import visible
from fishcaption.store.held_texts import HeldText, HeldTexts
from fishcaption.ui.commands import Action, Group
from fishcaption.ui.widgets.controls import FlowBox, FlowRow, Tool
from fishcaption.ui.widgets.labels import Label, as_written
from fishcaption.ui.widgets.menus import open_at
from fishcaption.ui.widgets.theme import Look

if TYPE_CHECKING:
    from fishcaption.ui.speak.drafts import Drafts

SHOWN = 4
"""The row shows so many texts; the others are in its menu."""

_WORDS = 32  # code points of a text that its button shows


def first_words(text: str, longest: int = _WORDS) -> str:
    """Return the first words of a text, on one line."""
    line = " ".join(visible(text[: 4 * longest]).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


class HeldTextsRow(FlowBox):
    """The held texts, the newest first; hidden while there is none, and before `set_room` allows it."""

    take_asked = Signal(int)
    forget_asked = Signal(int)
    forget_all_asked = Signal()

    def __init__(self, texts: HeldTexts) -> None:
        self._row = FlowRow()
        super().__init__(self._row)
        self._texts = texts
        self._look: Look | None = None
        self._is_small = False
        self._has_room = False  # before it has a place it would be a window, and take the keys
        self.setAccessibleName(self.tr("Held texts"))
        self._caption = Label(self.tr("Held:"))
        self._more = Tool(self.tr("All held texts"), "bookmark")
        self._more.clicked.connect(self._on_more)
        self._buttons: list[QPushButton] = []
        self.fill()

    def set_look(self, look: Look) -> None:
        """Draw in these colours."""
        self._look = look
        self._more.dress(look)
        for button, text in zip(self._buttons, self._texts.texts(), strict=False):
            self._dress(button, text)

    def set_small(self, is_small: bool) -> None:
        """Show one text and the menu, or several."""
        if is_small != self._is_small:
            self._is_small = is_small
            self.fill()

    def set_room(self, has_room: bool) -> None:
        """Set whether there is room for the row."""
        self._has_room = has_room
        self.setVisible(has_room and bool(self._texts.texts()))

    def fill(self) -> None:
        """Show the held texts as they are now."""
        while self._row.takeAt(0) is not None:
            pass
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons.clear()
        texts = self._texts.texts()
        self.setVisible(self._has_room and bool(texts))
        self._row.addWidget(self._caption)
        for text in texts[: 1 if self._is_small else SHOWN]:
            self._buttons.append(self._button(text))
            self._row.addWidget(self._buttons[-1])
        self._row.addWidget(self._more)
        self._more.setText(f"+{len(texts) - len(self._buttons)}" if len(texts) > len(self._buttons) else "")
        self.updateGeometry()

    def _button(self, text: HeldText) -> QPushButton:
        button = QPushButton(first_words(text.text))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAutoDefault(False)
        name = self.tr("Not spoken yet: {text}") if text.is_unheard else self.tr("Take back: {text}")
        button.setAccessibleName(name.format(text=first_words(text.text)))
        button.setToolTip(as_written(name.format(text=first_words(text.text, 300))))
        button.clicked.connect(partial(self._on_take, text.id))
        button.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        button.customContextMenuRequested.connect(partial(self._on_menu, button, text))
        self._dress(button, text)
        return button

    def _dress(self, button: QPushButton, text: HeldText) -> None:
        if self._look is not None and text.is_unheard:
            side = self._look.icon_size()
            button.setIcon(self._look.icon("clock", room=side // 3))
            button.setIconSize(QSize(side + side // 3, side))

    def _on_take(self, number: int, _is_checked: bool = False) -> None:
        self.take_asked.emit(number)

    def _on_menu(self, button: QPushButton, text: HeldText, at: QPoint) -> None:
        menu = self._menu()
        self._add(menu, text)
        open_at(menu, button.mapToGlobal(at))

    def _on_more(self) -> None:
        menu = self._menu()
        for text in self._texts.texts():
            self._add(menu.addMenu(first_words(text.text, 60).replace("&", "&&")), text)
        menu.addSeparator()
        menu.addAction(self.tr("Delete all held texts…")).triggered.connect(self.forget_all_asked)
        open_at(menu, self._more.mapToGlobal(QPoint(0, self._more.height())))

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def _add(self, menu: QMenu, text: HeldText) -> None:
        menu.addAction(self.tr("Take back into the editor")).triggered.connect(
            partial(self._on_take, text.id)
        )
        menu.addAction(self.tr("Delete it")).triggered.connect(partial(self._on_forget, text.id))

    def _on_forget(self, number: int, _is_checked: bool = False) -> None:
        self.forget_asked.emit(number)


class HeldTextCommands(QObject):
    """The row of held texts and its commands. Call `leave` when the window is closed."""

    noticed = Signal(str)  # a sentence for the status line
    resized = Signal()  # the row has come, gone, or changed its height
    editor_asked = Signal()  # give the text the focus

    def __init__(
        self, texts: HeldTexts, drafts: Drafts, is_off_record: Callable[[], bool], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._is_off_record = is_off_record
        self._texts = texts
        self._drafts = drafts
        self._window = parent
        self.row = HeldTextsRow(texts)
        self.row.take_asked.connect(self._on_take)
        self.row.forget_asked.connect(texts.remove)
        self.row.forget_all_asked.connect(self._on_forget)
        self._unsubscribe = texts.subscribe(self._on_texts)

    def actions(self) -> tuple[Action, ...]:
        """Return the commands, for the registry."""
        tr, text = self.tr, Group.TEXT
        return (
            Action("text.hold", tr("Hold the draft for later"), self.hold, text, ("Ctrl+D",)),
            Action("text.take", tr("Take back the last held text"), self._on_take_last, text,
                   ("Ctrl+Shift+D",), enabled=self._has_some, in_menu=True),
        )  # fmt: skip

    def hold(self) -> None:
        """Hold the draft: put it aside."""
        if self._drafts.hold():
            self.noticed.emit(
                self.tr("The text is held until the window is closed. It is not saved.")
                if self._is_off_record()
                else self.tr("The text is held. Its button is above the editor.")
            )
        self.editor_asked.emit()

    def leave(self) -> None:
        """Stop following the held texts: the window is closed."""
        self._unsubscribe()

    def _has_some(self) -> bool:
        return bool(self._texts.texts())

    def _on_take(self, number: int) -> None:
        self._drafts.take(number)
        self.editor_asked.emit()

    def _on_take_last(self) -> None:
        if texts := self._texts.texts():
            self._on_take(texts[0].id)
        else:
            self.noticed.emit(self.tr("There is no held text."))

    def _on_forget(self) -> None:
        from fishcaption.ui.widgets.dialog_parts import ask

        ask(
            self.tr("Held texts"),
            self.tr("Delete all held texts? This cannot be undone."),
            self.tr("Delete them"),
            self._window.window(),
            self._forget,
        )

    def _forget(self) -> None:
        for text in self._texts.texts():
            self._texts.remove(text.id)

    def _on_texts(self) -> None:
        self.row.fill()
        self.resized.emit()
