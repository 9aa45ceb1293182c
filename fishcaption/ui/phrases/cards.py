"""Phrases as cards in a grid: how a card looks, and how one is chosen.

A card shows its phrase, its category (by name and a bar of colour), its key, and an icon while it is not
ready.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from unicodedata import bidirectional

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QIcon,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPalette,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from fishcaption.core.phrases.bank import Bank, Phrase
from fishcaption.core.text.tags import visible
from fishcaption.ui.commands import spelled
from fishcaption.ui.widgets.labels import as_written
from fishcaption.ui.widgets.theme import Colors, Look

PHRASE: Final = Qt.ItemDataRole.UserRole
"""The model's role for a card's `Phrase`."""

_LEAST: Final = 44  # pixels of a target's side (WCAG 2.5.5)
_EMS: Final = 12.5  # a card's least width
_LINES: Final = 2  # of a phrase that its card shows
_BAR: Final = 6  # pixels of colour at a card's side
_PAD: Final = 8
_RADIUS: Final = 8
_LONGEST: Final = 300  # code points that are drawn or said of a phrase

_Index = QModelIndex | QPersistentModelIndex

# On light grounds and on dark ones; each at least 3:1 (WCAG 1.4.11) against every theme's cards.
_SWATCHES: Final = {
    "blue": ("#2563c9", "#6ea8ff"),
    "green": ("#1f7a37", "#5fd07f"),
    "teal": ("#0f7377", "#46cfd0"),
    "purple": ("#7a3fc2", "#c19bff"),
    "pink": ("#b8327f", "#ff8cc8"),
    "red": ("#c22f2f", "#ff8076"),
    "orange": ("#b3560d", "#ffa24d"),
    "yellow": ("#8a6d00", "#f2d14b"),
    "grey": ("#66707b", "#aab4bf"),
}


def swatch(color: str, colors: Colors) -> QColor:
    """Return the theme's shade of a phrase's or category's colour; the border's colour for none."""
    if color not in _SWATCHES:
        return QColor(colors.border)
    is_dark = QColor(colors.button).lightness() < 128
    return QColor(_SWATCHES[color][is_dark])


def swatch_icon(color: str, colors: Colors, side: int, ratio: float) -> QIcon:
    """Return an icon: a framed square of this colour, empty for none."""
    pixmap = QPixmap(QSize(side, side) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colors.border), 1))
    if color:
        painter.setBrush(swatch(color, colors))
    painter.drawRoundedRect(QRect(3, 3, side - 6, side - 6), 3, 3)
    painter.end()
    return QIcon(pixmap)


def line(text: str, longest: int = _LONGEST) -> str:
    """Return the phrase on one line, without its tags."""
    return " ".join(visible(text[:longest]).split())


class PhraseModel(QAbstractListModel):
    """The phrases as a model for a list view."""

    def __init__(self, tr: Callable[[str], str]) -> None:
        super().__init__()
        self._tr = tr
        self._bank = Bank()
        self._ready: frozenset[str] = frozenset()
        self._lost: Mapping[str, str] = {}
        self.phrases: list[Phrase] = []

    def show(self, phrases: list[Phrase], bank: Bank, ready: frozenset[str]) -> None:
        """Show these phrases."""
        self._bank, self._ready = bank, ready
        if [one.id for one in phrases] == [one.id for one in self.phrases]:
            self.phrases = phrases
            if phrases:
                self.dataChanged.emit(self.index(0, 0), self.index(len(phrases) - 1, 0))
            return
        self.beginResetModel()
        self.phrases = phrases
        self.endResetModel()

    def set_ready(self, ready: frozenset[str]) -> None:
        """Set which phrases are ready, by id."""
        if ready != self._ready:
            self._ready = ready
            if self.phrases:
                self.dataChanged.emit(self.index(0, 0), self.index(len(self.phrases) - 1, 0))

    def set_lost(self, lost: Mapping[str, str]) -> None:
        """Set the phrases whose keys do something else: id to the words of what."""
        if lost != self._lost:
            self._lost = lost
            if self.phrases:
                self.dataChanged.emit(self.index(0, 0), self.index(len(self.phrases) - 1, 0))

    def has_key(self, phrase: Phrase) -> bool:
        """Return whether the phrase's key speaks it."""
        return bool(phrase.key) and phrase.id not in self._lost

    def color_of(self, phrase: Phrase) -> str:
        """Return the name of the phrase's colour."""
        return self._bank.color_of(phrase)

    def is_ready(self, phrase: Phrase) -> bool:
        """Return whether the phrase is ready, so that it is spoken at once."""
        return phrase.id in self._ready

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  # Qt's signature
        return 0 if parent.isValid() else len(self.phrases)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self.phrases):
            return None
        phrase = self.phrases[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return line(phrase.shown)
            case Qt.ItemDataRole.AccessibleTextRole:
                key = spelled(phrase.key) if self.has_key(phrase) else ""
                return ", ".join(filter(None, (line(phrase.shown), phrase.category, key)))
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                return self._words(phrase)
            case Qt.ItemDataRole.ToolTipRole:
                text = visible(phrase.shown[:2000])
                said = self._tr("Says: {text}").format(text=visible(phrase.said[:2000]))
                lost = self._tr("You gave {key} to another command: {words}").format(
                    key=spelled(phrase.key), words=self._lost.get(phrase.id, "")
                )
                parts = (text, phrase.said and said, self._words(phrase), phrase.id in self._lost and lost)
                return as_written("\n".join(part for part in parts if part))
        return phrase if role == PHRASE else None

    def _words(self, phrase: Phrase) -> str:
        if phrase.recording and self.is_ready(phrase):
            return self._tr("Your recording: it is heard at once, without a network.")
        if self.is_ready(phrase):
            return self._tr("Ready: it is spoken at once, without a network.")
        return self._tr("Not ready yet: the voice prepares it when you choose it.")


class CardGrid(QListView):
    """A grid of cards. A click, Enter or Space chooses one; letters are emitted as `typed`."""

    chosen = Signal(QModelIndex)
    typed = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._nothing = ""
        self.lines = _LINES
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # the scroll bar is always there, so that its coming never moves the cards
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        # a click must not take the focus from the text
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setProperty("role", "cards")

    def set_nothing(self, words: str) -> None:
        """Set the words that are shown where there is no card."""
        self._nothing = words
        self.viewport().update()

    def fit(self) -> None:
        """Fit the cards to the width."""
        metrics = QFontMetrics(self.font())
        width = max(1, self.viewport().width() - 2)
        least = round(_EMS * metrics.averageCharWidth() * 1.6)
        columns = max(1, width // max(2 * _LEAST, least))
        self.lines = _LINES if columns > 1 else 1  # a narrow column has room for more cards instead
        cell = QSize(width // columns, card_height(metrics, self.lines) + 6)
        if cell != self.gridSize():
            self.setGridSize(cell)
            self.verticalScrollBar().setSingleStep(cell.height())
        self.setMinimumHeight(cell.height() + 2 * self.frameWidth() + 6)

    def sizeHint(self) -> QSize:
        return QSize(480, 2 * self.gridSize().height() + 8)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.fit()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, text = event.key(), event.text()
        is_plain = not event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and is_plain:
            if self.currentIndex().isValid() and not event.isAutoRepeat():
                self.chosen.emit(self.currentIndex())
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        elif is_plain and text and text.isprintable():
            self.typed.emit(text)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self.viewport().update()

    def paintEvent(self, event: Any) -> None:
        super().paintEvent(event)
        if self.model() is not None and self.model().rowCount() == 0 and self._nothing:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            room = self.viewport().rect().adjusted(12, 8, -12, -8)
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, self._nothing)
            painter.end()


def card_height(metrics: QFontMetrics, lines: int) -> int:
    """Return the height of a card: its lines, a smaller line below, and room around."""
    return max(_LEAST, round((lines + 0.9) * metrics.lineSpacing()) + 2 * _PAD)


class CardPainter(QStyledItemDelegate):
    """Draws a card: a bar of colour, the phrase, its category and key, an icon if it waits or is recorded."""

    def __init__(self, view: CardGrid, tr: Callable[[str], str]) -> None:
        super().__init__(view)
        self._view = view
        self._tr = tr
        self._look: Look | None = None
        self._waits: QPixmap | None = None
        self._recorded: QPixmap | None = None

    def set_look(self, look: Look) -> None:
        """Draw in these colours."""
        self._look = look
        self._waits = look.pixmap("clock", look.colors.muted, round(0.7 * look.icon_size()))
        self._recorded = look.pixmap("audio-lines", look.colors.muted, round(0.7 * look.icon_size()))
        self._view.viewport().update()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return self._view.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model, phrase = index.model(), index.data(PHRASE)
        if self._look is None or not isinstance(phrase, Phrase) or not isinstance(model, PhraseModel):
            return
        colors = self._look.colors
        state: QStyle.StateFlag = option.state
        cell: QRect = option.rect
        card = cell.adjusted(2, 2, -3, -3)
        is_over = bool(state & QStyle.StateFlag.State_MouseOver)
        is_here = self._view.hasFocus() and index.row() == self._view.currentIndex().row()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(colors.focus if is_here else colors.border), 3 if is_here else 1)
        painter.setPen(pen)
        painter.setBrush(QColor(colors.hover if is_over else colors.button))
        painter.drawRoundedRect(card, _RADIUS, _RADIUS)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(swatch(model.color_of(phrase), colors))
        if model.color_of(phrase):
            painter.drawRoundedRect(QRect(card.left() + 5, card.top() + 6, _BAR, card.height() - 11), 3, 3)
        self._write(painter, card.adjusted(_BAR + 2 * _PAD - 2, _PAD, -_PAD, -_PAD), phrase, model)
        painter.restore()

    def _write(self, painter: QPainter, room: QRect, phrase: Phrase, model: PhraseModel) -> None:
        assert self._look is not None
        colors = self._look.colors
        small = painter.font()
        small.setPointSizeF(small.pointSizeF() * 0.82)
        below = QFontMetrics(small).lineSpacing()
        upper = room.adjusted(0, 0, 0, -below)
        painter.setPen(QColor(colors.text))
        text = _wrapped(line(phrase.shown), painter.fontMetrics(), upper.width(), self._view.lines)
        side = Qt.AlignmentFlag.AlignRight if _is_right_to_left(text) else Qt.AlignmentFlag.AlignLeft
        painter.drawText(upper, side | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignAbsolute, text)
        foot = QRect(room.left(), room.bottom() - below + 1, room.width(), below)
        is_ready = model.is_ready(phrase)
        sign = self._waits if not is_ready else self._recorded if phrase.recording else None
        if sign is not None:
            width = round(sign.deviceIndependentSize().width())
            painter.drawPixmap(foot.right() - width + 1, foot.center().y() - width // 2 + 1, sign)
            foot = foot.adjusted(0, 0, -width - 4, 0)
        painter.setFont(small)
        painter.setPen(QColor(colors.muted))
        key = spelled(phrase.key)
        words = painter.fontMetrics().elidedText(
            phrase.category,
            Qt.TextElideMode.ElideRight,
            foot.width() - (painter.fontMetrics().horizontalAdvance(f"  {key}") if key else 0),
        )
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        if key:
            bold = painter.font()
            bold.setBold(model.has_key(phrase))
            bold.setStrikeOut(not model.has_key(phrase))
            painter.setFont(bold)
            painter.setPen(QColor(colors.text))
            painter.drawText(foot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, key)


def _is_right_to_left(text: str) -> bool:
    """Return whether the first letter with a direction runs right to left."""
    return next((kind != "L" for char in text if (kind := bidirectional(char)) in ("L", "R", "AL")), False)


def _wrapped(text: str, metrics: QFontMetrics, width: int, most: int) -> str:
    """Return the text on at most `most` lines of this width, the last one shortened if needed."""
    lines: list[str] = []
    rest = text
    while rest and len(lines) < most - 1:
        if metrics.horizontalAdvance(rest) <= width:
            break
        end = _fitting(rest, metrics, width)
        blank = rest.rfind(" ", 0, end + 1)
        end = blank if blank > 0 else max(1, end)
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    lines.append(metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width))
    return "\n".join(lines)


def _fitting(text: str, metrics: QFontMetrics, width: int) -> int:
    """Return how many characters of the text fit into the width."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if metrics.horizontalAdvance(text[:middle]) <= width:
            low = middle
        else:
            high = middle - 1
    return low
