"""The queue: texts that wait to be spoken, and how far behind speech is; shown while something waits."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.speech import Snapshot, State
from fishcaption.core.text.tags import visible
from fishcaption.ui.commands import Action, Group
from fishcaption.ui.speak.composer import Composer
from fishcaption.ui.widgets.controls import FlowBox, FlowRow, Tool, announce
from fishcaption.ui.widgets.labels import Label
from fishcaption.ui.widgets.theme import Look

if TYPE_CHECKING:
    from fishcaption.ui.ports import Speaker

_NUMBER = Qt.ItemDataRole.UserRole
_LONGEST = 200  # code points of a text that are shown: one line
_ROWS = 2  # that are in sight without scrolling


class QueueCommands(QObject):
    """Acts on the texts that wait, for the panel and for keys."""

    def __init__(self, panel: QueuePanel, reader: Speaker, composer: Composer) -> None:
        super().__init__(panel)
        self._panel = panel
        self._reader = reader
        self._composer = composer
        self._texts: dict[int, str] = {}  # of what waits: asked for once, looked at with every word
        self._stopped: tuple[str, ...] = ()  # what waited when it was stopped: it can still be said
        panel.say_stopped_asked.connect(self._on_say_stopped)
        panel.forget_stopped_asked.connect(self.forget_stopped)
        panel.skip_asked.connect(self.skip)
        panel.move_asked.connect(self._on_move)
        panel.edit_asked.connect(composer.take_back)
        panel.newest_asked.connect(self._on_newest)
        panel.empty_asked.connect(self.clear)

    def actions(self) -> tuple[Action, ...]:
        """The commands, for the registry."""
        tr, group, some = self.tr, Group.WAITING, self._has_some
        return (
            Action("waiting.skip", tr("Skip the text being spoken"), self._on_skip_current, group,
                   ("Alt+S",), enabled=self._is_busy),
            Action("waiting.newest", tr("Skip to the newest text"), self._on_newest, group, ("Alt+N",),
                   enabled=some),
            Action("waiting.clear", tr("Skip all waiting texts"), self.clear, group, ("Alt+X",),
                   enabled=some),
            Action("waiting.edit", tr("Edit the last waiting text"), self._on_edit_last,
                   group, ("Alt+E",), enabled=some),
            Action("waiting.go", tr("Go to the waiting texts"), self._on_go, group, ("Alt+Q",),
                   enabled=some),
        )  # fmt: skip

    def draw(self, snapshot: Snapshot) -> bool:
        """Show the waiting texts; return whether the panel needs another height."""
        if len(self._texts) > len(snapshot.waiting):
            self._texts = {number: text for number, text in self._texts.items() if number in snapshot.waiting}
        return self._panel.draw(snapshot, self._text, self._stopped)

    def before_stop(self) -> None:
        """Before Stop: remember the texts that were not spoken yet."""
        texts = (self._text(number) for number in self._reader.snapshot().waiting)
        self._stopped += tuple(text for text in texts if text)

    def forget_stopped(self) -> None:
        """No longer offer to speak the texts that were stopped."""
        if self._stopped:
            self._stopped = ()
            self._composer.look()

    def _on_say_stopped(self) -> None:
        stopped, self._stopped = self._stopped, ()
        for text in stopped:
            self._composer.say(text)

    def skip(self, number: int) -> None:
        """Do not speak this text, or not the rest of it."""
        self._in_line(partial(self._reader.skip, number))

    def clear(self) -> None:
        """Skip all waiting texts."""
        if self._has_some():
            self._reader.clear_waiting()

    def _text(self, number: int) -> str | None:
        """Return the text; None for one that is still being typed, as it is in the editor."""
        if number not in self._texts:
            view = self._reader.utterance(number)
            if view.live:
                return None
            self._texts[number] = view.text
        return self._texts[number]

    def _has_some(self) -> bool:
        return bool(self._composer.snapshot().waiting)

    def _is_busy(self) -> bool:
        return self._composer.snapshot().state in (State.CONNECTING, State.SPEAKING, State.PAUSED)

    def _in_line(self, act: Callable[[], None]) -> None:
        try:
            act()
        except KeyError:  # it was heard in this moment
            return

    def _on_skip_current(self) -> None:
        current = self._composer.snapshot().current
        if current is not None and self._is_busy():
            self.skip(current.id)

    def _on_move(self, number: int, place: int) -> None:
        self._in_line(partial(self._reader.move, number, place))

    def _on_newest(self) -> None:
        if self._has_some():
            self._reader.skip_to_newest()

    def _on_edit_last(self) -> None:
        if waiting := self._composer.snapshot().waiting:
            self._composer.take_back(waiting[-1])

    def _on_go(self) -> None:
        if not self._panel.isHidden():
            self._panel.take_focus()


class QueuePanel(QFrame):
    """Shows the waiting texts; hidden while nothing waits. Numbers are the reader's."""

    skip_asked = Signal(int)
    move_asked = Signal(int, int)  # number, place among those that wait
    edit_asked = Signal(int)
    newest_asked = Signal()
    faster_asked = Signal()
    empty_asked = Signal()
    say_stopped_asked = Signal()
    forget_stopped_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setAccessibleName(self.tr("Waiting texts"))
        self._shown: tuple[tuple[int, str], ...] = ()
        self._told = Label()
        self._told.setProperty("role", "title")
        self._list = QListWidget()
        self._list.setAccessibleName(self.tr("Waiting texts, the next one first"))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._list.itemDoubleClicked.connect(self._on_edit)
        self._list.currentRowChanged.connect(self._on_row)
        self._list.installEventFilter(self)
        self._up = Tool(self.tr("Speak it earlier"), "arrow-up")
        self._down = Tool(self.tr("Speak it later"), "arrow-down")
        self._edit = Tool(self.tr("Edit it"), "pencil")
        self._skip = Tool(self.tr("Skip it"), "x")
        self._tools = (self._up, self._down, self._edit, self._skip)
        self._newest = self._button(self.tr("Skip to the newest"))
        self._faster = self._button(self.tr("Speak faster"))
        self._empty = self._button(self.tr("Skip all waiting texts"))
        self._say_stopped = self._button(self.tr("Speak them now"))
        self._forget_stopped = self._button(self.tr("Delete them"))
        self._is_small = False
        self._build()
        for button, act in (
            (self._say_stopped, self.say_stopped_asked),
            (self._forget_stopped, self.forget_stopped_asked),
            (self._up, self._on_up),
            (self._down, self._on_down),
            (self._edit, self._on_edit),
            (self._skip, self._on_skip),
            (self._newest, self.newest_asked),
            (self._faster, self.faster_asked),
            (self._empty, self.empty_asked),
        ):
            button.clicked.connect(act)
        self.hide()

    def _button(self, words: str) -> QPushButton:
        button = QPushButton(words)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAutoDefault(False)
        return button

    def _heads(self) -> tuple[QPushButton, ...]:
        return (self._newest, self._faster, self._empty, self._say_stopped, self._forget_stopped)

    def _build(self) -> None:
        head = FlowRow()
        head.addWidget(self._told)
        for button in self._heads():
            head.add_right(button)
        self._head = FlowBox(head)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        for index, tool in enumerate(self._tools):
            grid.addWidget(tool, index % 2, index // 2)
        self._body = QWidget()
        body = QHBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.addWidget(self._list, 1)
        body.addLayout(grid)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self._head)
        column.addWidget(self._body)

    def lowest(self, width: int) -> int:
        """Return the height that it needs at this width."""
        margins = self.contentsMargins()
        room = width - 16 - margins.left() - margins.right()
        body = 0 if self._body.isHidden() else self._body.sizeHint().height() + 6
        row = self._head.layout()
        return (row.heightForWidth(room) if row is not None else 0) + body + 18

    def set_look(self, look: Look) -> None:
        """Draw the icons in these colours."""
        for tool in self._tools:
            tool.dress(look)
        self._fit_list()

    def set_small(self, is_small: bool) -> None:
        """Show only how many texts wait, or the texts, too."""
        if is_small != self._is_small:
            self._is_small = is_small
            self._arrange()

    def _arrange(self) -> None:
        """Show the buttons for waiting texts, or those for stopped texts."""
        waits = bool(self._shown)
        self._body.setVisible(waits and not self._is_small)
        self._faster.setVisible(waits and not self._is_small)
        for button in (self._newest, self._empty):
            button.setVisible(waits)
        for button in (self._say_stopped, self._forget_stopped):
            button.setVisible(not waits)

    def draw(
        self, snapshot: Snapshot, text_of: Callable[[int], str | None], stopped: tuple[str, ...] = ()
    ) -> bool:
        """Show the waiting texts; return whether the panel was shown, hidden, or changed its height.

        `text_of` returns None for a text that is not shown. The `stopped` texts are offered while nothing
        waits.
        """
        texts = ((number, text_of(number)) for number in snapshot.waiting)
        waiting = tuple((number, text) for number, text in texts if text is not None)
        before, was_shown, was_told = len(self._shown), not self.isHidden(), self._told.text()
        if waiting:
            self._tell(len(waiting), snapshot.behind_seconds or snapshot.unheard_seconds)
        elif stopped:
            self._told.setText(self.tr("{count} stopped before they were spoken").format(count=len(stopped)))
        is_other = waiting != self._shown
        self._shown = waiting
        is_shown = bool(waiting or stopped)
        if is_other or is_shown != was_shown:
            self._arrange()
            self._fill()
            self.setVisible(is_shown)
        if len(waiting) > before:
            announce(self, self.tr("{count} waiting").format(count=len(waiting)))
        elif not waiting and stopped and self._told.text() != was_told:
            announce(self, self._told.text())
        return before != len(waiting) or is_shown != was_shown

    def texts(self) -> list[str]:
        """Return the shown lines."""
        return [self._list.item(row).text() for row in range(self._list.count())]

    def told(self) -> str:
        """Return the words about how many wait, and how far behind speech is."""
        return self._told.text()

    def controls(self) -> tuple[QWidget, ...]:
        """Return the controls in the order of the Tab key."""
        return (self._list, *self._tools, *self._heads())

    def take_focus(self) -> None:
        """Give the list of waiting texts the focus."""
        self._list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _tell(self, count: int, behind: float) -> None:
        words = self.tr("{count} waiting").format(count=count)
        if behind >= 1:
            words = self.tr("{count} waiting, {seconds} s behind").format(
                count=count, seconds=math.ceil(behind)
            )
        if words != self._told.text():
            self._told.setText(words)
        self._newest.setEnabled(count > 0)

    def _fill(self) -> None:
        chosen = self._number()
        row = max(0, self._list.currentRow())
        self._list.clear()
        for number, text in self._shown:
            line = " ".join(visible(text[:_LONGEST]).split())
            item = QListWidgetItem(line + ("…" if len(text) > _LONGEST else ""), self._list)
            item.setData(_NUMBER, number)
            if number == chosen:
                self._list.setCurrentItem(item)
        if self._list.currentRow() < 0:
            self._list.setCurrentRow(min(row, self._list.count() - 1))
        self._fit_list()
        self._on_row()

    def _fit_list(self) -> None:
        rows = min(_ROWS, self._list.count())
        self._list.setFixedHeight(rows * max(30, self._list.sizeHintForRow(0)) + 14)

    def _number(self) -> int:
        item = self._list.currentItem()
        return int(item.data(_NUMBER)) if item is not None else 0

    def _on_row(self) -> None:
        row, count = self._list.currentRow(), self._list.count()
        self._up.setEnabled(row > 0)
        self._down.setEnabled(0 <= row < count - 1)
        self._edit.setEnabled(row >= 0)
        self._skip.setEnabled(row >= 0)

    def _on_up(self) -> None:
        if self._list.currentRow() > 0:
            self.move_asked.emit(self._number(), self._list.currentRow() - 1)

    def _on_down(self) -> None:
        if 0 <= self._list.currentRow() < self._list.count() - 1:
            self.move_asked.emit(self._number(), self._list.currentRow() + 1)

    def _on_edit(self) -> None:
        if self._number():
            self.edit_asked.emit(self._number())

    def _on_skip(self) -> None:
        if self._number():
            self.skip_asked.emit(self._number())

    # -- Qt ----------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the list, Ctrl with an arrow moves a text, Del skips it, Enter edits it."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is self._list:
            is_ctrl = event.modifiers() == Qt.KeyboardModifier.ControlModifier
            for key, needs_ctrl, act in (
                (Qt.Key.Key_Up, True, self._on_up),
                (Qt.Key.Key_Down, True, self._on_down),
                (Qt.Key.Key_Delete, False, self._on_skip),
                (Qt.Key.Key_Return, False, self._on_edit),
                (Qt.Key.Key_Enter, False, self._on_edit),
            ):
                if event.key() == key and is_ctrl == needs_ctrl:
                    act()
                    return True
        return super().eventFilter(watched, event)
