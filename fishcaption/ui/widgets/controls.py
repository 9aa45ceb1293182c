"""Small widgets: a row that wraps, buttons with icons, the error banner, the status line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QMargins, QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLayout,
    QLayoutItem,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fishcaption.ui.widgets.labels import Label, as_written
from fishcaption.ui.widgets.theme import Look


def announce(widget: QWidget, text: str, *, urgent: bool = False) -> None:
    """Let a screen reader say this: at once if `urgent`, else when it has finished speaking.

    Nothing happens before the widget's window is shown for the first time.
    """
    if widget.window().windowHandle() is None:
        return
    from PySide6.QtGui import (
        QAccessible,
        QAccessibleAnnouncementEvent,
    )  # slow to import, and not needed at the start

    event = QAccessibleAnnouncementEvent(widget, text)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
    QAccessible.updateAccessibility(event)


class Tool(QToolButton):
    """A button with an icon. Its words are its tool tip and its name for screen readers.

    `label` is a word of them that stands beside the icon (below it, on a big button) where there is room.
    """

    def __init__(self, words: str, icon: str, *, big: bool = False, label: str = "") -> None:
        super().__init__()
        self._icon = icon
        self._is_big = big
        self._look: Look | None = None
        self.setText(label)
        self.setProperty("big", big)
        # a click must not take the focus from the text; Tab reaches every button
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tell(words)

    def tell(self, words: str, tip: str = "") -> None:
        """Set the words for what it does; `tip` may add its keys."""
        self.setAccessibleName(words)
        self.setToolTip(as_written(tip or words))

    def become(self, words: str, icon: str, label: str) -> None:
        """Have other words, another icon and label: the button does something else now."""
        self._icon = icon
        self.setText(label)
        self.tell(words)

    def show_label(self, is_shown: bool) -> None:
        """Show the label, or the icon alone."""
        style = Qt.ToolButtonStyle.ToolButtonIconOnly
        if is_shown:
            style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            if self._is_big:
                style = Qt.ToolButtonStyle.ToolButtonTextUnderIcon
        if style is not self.toolButtonStyle():
            self.setToolButtonStyle(style)
            if self._look is not None:
                self.dress(self._look)

    def dress(self, look: Look) -> None:
        """Draw the icon in the theme's colours."""
        self._look = look
        side = look.icon_size()
        is_beside = self.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        room = side // 3 if is_beside else 0  # Qt leaves none between the icon and the label
        self.setIcon(look.icon(self._icon, room=room))
        self.setIconSize(QSize(side + room, side))


class TransportButton(NamedTuple):
    """A button of the transport: its command, its words, the word that stands on it, and its icon."""

    command: str
    words: str
    label: str
    icon: str


def command_button(words: str, *, role: str = "", big: bool = False) -> QPushButton:
    """A button of the window. A click does not take the focus from the text; Tab reaches the button."""
    button = QPushButton(words)
    button.setProperty("role", role)
    button.setProperty("big", big)
    button.setAutoDefault(False)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def dress_button(button: QPushButton, look: Look, icon: str, color: str, focused: str | None = None) -> None:
    """Give a button its icon in this colour; `focused` while it has the focus."""
    # Qt leaves hardly any room between an icon and its words
    side = look.icon_size()
    room = side // 3
    button.setIcon(look.icon(icon, color, room, focused))
    button.setIconSize(QSize(side + room, side))


class Choice(QComboBox):
    """A combo box that does not take the focus at a click, and that the mouse wheel does not change."""

    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._was_open = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def fit_popup(self) -> None:
        """Fit the open list to its new choices."""
        if self._was_open and self.view().isVisible():
            super().hidePopup()
            super().showPopup()

    def showPopup(self) -> None:
        self._was_open = True  # before that, `view()` would create the view, which takes long
        self.opened.emit()
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class FlowRow(QLayout):
    """A row of widgets that wraps like text where it is too narrow."""

    def __init__(self, spacing: int = 8) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._right: set[QWidget] = set()
        self._heights: dict[int, int] = {}  # by width: Qt asks again and again while it lays a window out
        self.setSpacing(spacing)
        self.setContentsMargins(QMargins(0, 0, 0, 0))

    def add_right(self, widget: QWidget) -> None:
        """Add a widget that stands at the right end while the row is one line."""
        self._right.add(widget)
        self.addWidget(widget)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def line_count(self, width: int) -> int:
        """Return how many lines of so many pixels all that is shown takes."""
        return len(self._lines(width))

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            self._heights[width] = self._lay_out(QRect(0, 0, width, 0), is_test=True)
        return self._heights[width]

    def invalidate(self) -> None:
        self._heights.clear()
        super().invalidate()

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._lay_out(rect, is_test=False)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.minimumSize())
        return size

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, QSize]]]:
        shown = [
            (item, item.sizeHint().boundedTo(QSize(max(width, item.minimumSize().width()), 10_000)))
            for item in self._items
            if not item.isEmpty()
        ]
        if sum(hint.width() + self.spacing() for _, hint in shown) - self.spacing() <= width:
            return [shown]
        # the widgets at the right stay together
        right = sum(hint.width() + self.spacing() for item, hint in shown if item.widget() in self._right)
        lines: list[list[tuple[QLayoutItem, QSize]]] = [[]]
        used = 0
        was_right = False
        for item, hint in shown:
            is_right = item.widget() in self._right
            room = right - self.spacing() if is_right and not was_right else hint.width()
            if lines[-1] and used + room > width:
                lines.append([])
                used = 0
            was_right = is_right
            lines[-1].append((item, hint))
            used += hint.width() + self.spacing()
        return lines

    def _lay_out(self, rect: QRect, *, is_test: bool) -> int:
        top = rect.top()
        lines = self._lines(rect.width())
        for line in lines:
            height = max((hint.height() for _, hint in line), default=0)
            used = sum(hint.width() + self.spacing() for _, hint in line) - self.spacing()
            left, gap = rect.left(), rect.width() - used
            if len(lines) > 1 and line[0][0].widget() in self._right:
                gap = 0  # a line of its own begins at the left
            for item, hint in line:
                if item.widget() in self._right:
                    left, gap = left + gap, 0
                if not is_test:
                    middle = top + (height - hint.height()) // 2
                    item.setGeometry(QRect(left, middle, hint.width(), hint.height()))
                left += hint.width() + self.spacing()
            top += height + self.spacing()
        return max(0, top - self.spacing() - rect.top())


class ToolRow(QWidget):
    """A row that wraps. Its tools show their labels where the row has no more lines with them."""

    def __init__(self) -> None:
        super().__init__()
        self.row = FlowRow()
        self.setLayout(self.row)
        self._fitted: tuple[int, tuple[int, ...]] = (0, ())
        self._may_label = True

    def labelled(self) -> tuple[Tool, ...]:
        """The tools that have labels: none, unless a kind of row says which."""
        return ()

    def allow_labels(self, may_label: bool) -> None:
        """Show labels where there is room for them in the width, or none."""
        if may_label != self._may_label:
            width, self._may_label = self._fitted[0], may_label
            self._fitted = (0, ())
            self.set_width(width)

    def set_width(self, width: int) -> None:
        """Fit into so many pixels."""
        if (width, self._widths()) == self._fitted:
            return
        tools = self.labelled()
        for tool in tools:
            tool.show_label(False)
        lines = self.row.line_count(width)
        for tool in tools:
            tool.show_label(self._may_label)
        if self.row.line_count(width) > lines:
            for tool in tools:
                tool.show_label(False)
        self._fitted = (width, self._widths())

    def _widths(self) -> tuple[int, ...]:
        items = [self.row.itemAt(place) for place in range(self.row.count())]
        return tuple(item.sizeHint().width() for item in items if item is not None and not item.isEmpty())


class FlowBox(QWidget):
    """A widget with a row that wraps; it is always high enough for all lines."""

    def __init__(self, row: FlowRow) -> None:
        super().__init__()
        self.setLayout(row)

    def _fit(self) -> None:
        row = self.layout()
        if row is not None and self.width() > 0:
            self.setMinimumHeight(row.heightForWidth(self.width()))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


class Tick(QWidget):
    """A check box whose words wrap where it is too narrow; the words can be clicked, too."""

    toggled = Signal(bool)

    def __init__(self, words: str) -> None:
        super().__init__()
        self.box = QCheckBox()
        self.box.setAccessibleName(words)
        self.box.toggled.connect(self.toggled)
        label = _TickLabel(words, self.box)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.box, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(label, 1)


class _TickLabel(Label):
    def __init__(self, words: str, box: QCheckBox) -> None:
        super().__init__(words)
        self._box = box
        self.setWordWrap(True)
        self.setBuddy(box)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self._box.click()


class Remedy(NamedTuple):
    """A button for what the user can do about an error now."""

    label: str
    act: Callable[[], object]


class Banner(QFrame):
    """Shows an error and what the user can do about it; hidden otherwise."""

    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self.setAccessibleName(self.tr("Problem"))
        self._sign = Label()
        self._sign.setAccessibleName(self.tr("Warning"))
        self._text = Label()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._close = QToolButton()
        self._close.setAccessibleName(self.tr("Hide this message"))
        self._close.setToolTip(as_written(self._close.accessibleName()))
        self._close.clicked.connect(self._on_closed)
        self._remedies = FlowRow()
        self._shown: tuple[str, tuple[str, ...]] = ("", ())
        middle = QVBoxLayout()
        middle.addWidget(self._text)
        middle.addLayout(self._remedies)
        row = QHBoxLayout(self)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(middle, 1)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.hide()

    def set_look(self, look: Look) -> None:
        """Draw the icons in these colours."""
        self._sign.setPixmap(look.pixmap("triangle-alert", look.colors.on_notice, look.icon_size() + 4))
        self._close.setIcon(look.icon("x"))
        self._close.setIconSize(QSize(look.icon_size(), look.icon_size()))

    def tell(self, message: str, hint: str, remedies: Sequence[Remedy]) -> bool:
        """Show this and announce it; False if it was shown already."""
        text = f"{message} {hint}".strip()
        wanted = (text, tuple(remedy.label for remedy in remedies))
        if wanted == self._shown and not self.isHidden():
            return False
        self._shown = wanted
        self._text.setText(text)
        while (item := self._remedies.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for remedy in remedies:
            button = QPushButton(remedy.label)
            button.clicked.connect(remedy.act)
            self._remedies.addWidget(button)
        self.show()
        announce(self, text, urgent=True)
        return True

    def text(self) -> str:
        """Return the shown text; empty while hidden."""
        return self._shown[0] if not self.isHidden() else ""

    def labels(self) -> tuple[str, ...]:
        """Return the labels of the offered buttons."""
        return self._shown[1] if not self.isHidden() else ()

    def clear(self) -> None:
        """Hide the message."""
        self.hide()
        self._shown = ("", ())

    def _on_closed(self) -> None:
        self.clear()
        self.dismissed.emit()


class StatusLine(Label):
    """A line of words about the state; screen readers announce its changes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setWordWrap(True)
        self.setAccessibleDescription(self.tr("What the program is doing"))
        self._said = ""

    def tell(self, words: str, said: str | None = None) -> None:
        """Show these words; `said` (or the words) are announced if they differ from the last ones."""
        if words != self.text():
            self.setText(words)
        said = words if said is None else said
        if said != self._said:
            self._said = said
            announce(self, said)
