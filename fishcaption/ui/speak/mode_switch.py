"""The switch for when to speak, beside the editor: buttons where there is room, else a list."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from fishcaption.store.settings import SpeakMode
from fishcaption.ui.widgets.controls import Choice
from fishcaption.ui.widgets.labels import Label, as_written


class ModeSwitch(QWidget):
    """Shows the mode that is on; `chosen` emits the mode the user wants."""

    chosen = Signal(str)  # a SpeakMode

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # mode, words on its button, and what it does
        self._modes: tuple[tuple[SpeakMode, str, str], ...] = (
            ("enter", self.tr("On Enter"), self.tr("Speak on Enter")),
            ("sentence", self.tr("By sentence"), self.tr("Speak each sentence when you have ended it")),
            ("word", self.tr("By word"), self.tr("Speak each word when you have typed it")),
            ("type", self.tr("As I type"), self.tr("Speak a few words at a time, while I type")),
        )
        self._caption = Label(self.tr("Speak:"))
        self._group = QButtonGroup(self)
        self._list = Choice()
        self._list.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        self._list.setAccessibleName(self.tr("When to speak"))
        self.buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._caption)
        row.addSpacing(8)
        for index, (mode, words, told) in enumerate(self._modes):
            button = self.buttons[mode] = QPushButton(words)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setProperty("role", ("left", "middle", "middle", "right")[index])
            button.setAccessibleName(told)
            button.setToolTip(as_written(told))
            button.clicked.connect(partial(self._on_button, mode))
            self._group.addButton(button)
            row.addWidget(button)
            self._list.addItem(words, mode)
            self._list.setItemData(index, told, Qt.ItemDataRole.ToolTipRole)
        row.addWidget(self._list)
        self._list.activated.connect(self._on_list)
        self._list.hide()
        self._is_small = False

    def show_mode(self, mode: SpeakMode) -> None:
        """Show that this mode is on."""
        self.buttons[mode].setChecked(True)
        self._list.setCurrentIndex(self._list.findData(mode))

    def after(self, mode: SpeakMode) -> SpeakMode:
        """Return the next mode; after the last comes the first."""
        modes = [entry[0] for entry in self._modes]
        return modes[(modes.index(mode) + 1) % len(modes)]

    def words(self, mode: SpeakMode) -> str:
        """Return the words for what the mode does."""
        return next(told for name, _, told in self._modes if name == mode)

    def invitation(self, mode: SpeakMode, key: str, *, is_shown: bool = False) -> str:
        """Return what the empty editor says in this mode; `key` is the one that speaks.

        `is_shown`: the text is shown to the audience, and not spoken.
        """
        match mode:
            case _ if is_shown:
                words = self.tr("Captions only: the voice is silent. {key} shows what you have typed.")
            case "sentence":
                words = self.tr("Type here: each sentence is spoken when you end it. {key} speaks the rest.")
            case "word":
                words = self.tr(
                    "Type here: each word is spoken when you have typed it. {key} speaks the rest."
                )
            case "type":
                words = self.tr("Type here: your text is spoken as you type. {key} speaks the rest.")
            case _:
                words = self.tr("Type here. {key} speaks.")
        return words.format(key=key)

    def controls(self) -> tuple[QWidget, ...]:
        """Return the controls in the order of the Tab key."""
        return (*self.buttons.values(), self._list)

    def set_width(self, width: int) -> None:
        """Fit into this width in pixels."""
        wide = sum(button.sizeHint().width() for button in self.buttons.values())
        is_small = wide + self._caption.sizeHint().width() + 8 > width
        if is_small != self._is_small:
            self._is_small = is_small
            for button in self.buttons.values():
                button.setVisible(not is_small)
            self._list.setVisible(is_small)
            self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _on_button(self, mode: str, _is_checked: bool = True) -> None:
        self.chosen.emit(mode)

    def _on_list(self) -> None:
        self.chosen.emit(self._list.currentData())
