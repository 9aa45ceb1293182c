"""The picture that the audience sees: captions revealed word by word, in the audience's own style.

It fills the audience's window, and is the operator's small preview. It is painted when something changes, and
only where it changes: what is shown is a list of pieces, and a new display differs in some of them. The
caption that comes next is drawn ahead, a word at a time, while nothing else is to be done.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from enum import IntEnum
from typing import Final, NamedTuple

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap, QRegion, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fishcaption.captions.display import AudienceCue, Display
from fishcaption.core.audience_style import AudienceStyle
from fishcaption.ui.present.audience_drawing import SetCue, SetLine, SetWord, Typesetter

USUAL_SCREEN: Final = QSize(1920, 1080)
_NO_SLIDE: Final = "#303030"  # where a picture of a screen does not know what is on it
_MOST_SET: Final = 3  # captions: the one before, the one shown, the one that follows
_LEAST_EDGE: Final = 0.9  # between the captions and the edge of the screen, of the letters' size


def strip_rect(style: AudienceStyle, screen: QRect) -> QRect:
    """Return where a strip stands on a screen."""
    height = round(style.strip_percent() / 100 * screen.height())
    side = round(style.side_margin_percent / 100 * screen.width())
    margin = min(round(style.margin_percent / 100 * screen.height()), screen.height() - height)
    top = {
        "top": screen.top() + margin,
        "middle": screen.top() + (screen.height() - height) // 2,
        "bottom": screen.bottom() + 1 - margin - height,
    }[style.vertical]
    return QRect(screen.left() + side, top, screen.width() - 2 * side, height)


class _Layer(IntEnum):
    """The order in which pieces are painted."""

    BOX = 0
    LETTERS = 1
    SIGN = 2


class _Piece(NamedTuple):
    """A part of the picture: equal pieces look the same, so that only other ones are painted again."""

    layer: _Layer
    place: tuple[int, int, int, int]
    key: Hashable
    word: SetWord | None = None

    @property
    def rect(self) -> QRect:
        return QRect(*self.place)

    def identity(self) -> Hashable:
        return self.layer, self.place, self.key


class _Row(NamedTuple):
    """A line with the number of its words that are revealed."""

    line: SetLine
    revealed: int


class _Placed(NamedTuple):
    """A line in its place; ``top`` and ``height`` are of the room that it takes."""

    line: SetLine
    revealed: int
    left: int
    baseline: int
    top: int
    height: int


class AudienceCanvas(QWidget):
    """Shows a `Display`: as the window on a screen (`stand_on`), or as a small picture of one (`picture`)."""

    composed = Signal()  # what is to be painted may be something else

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Captions for the audience"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._style = AudienceStyle()
        self._screen = USUAL_SCREEN
        self._is_on_screen = False
        self._slide: QPixmap | None = None
        self._display = Display()
        self._typesetter: Typesetter | None = None
        self._set: dict[Hashable, SetCue] = {}  # the caption shown, and the one that follows
        self._rolled: tuple[tuple[SetCue, int], ...] = ()  # captions above the current one, and words of them
        self._pieces: tuple[_Piece, ...] = ()
        self._ahead: deque[SetWord] = deque()
        self._idle = QTimer(self)
        self._idle.setInterval(0)
        self._idle.timeout.connect(self._draw_ahead)

    # -- what its owner calls ----------------------------------------------------------------------

    def set_style(self, style: AudienceStyle) -> None:
        """Show captions in this style from now on."""
        if style != self._style:
            self._style = style
            self._begin_anew()

    def stand_on(self, screen: QSize) -> None:
        """Be the window on a screen of this size: letters are sized for the screen, not for the window."""
        self._screen, self._is_on_screen = screen, True
        self._begin_anew()

    def picture(self, screen: QSize, slide: QPixmap | None = None) -> None:
        """Be a picture of a whole screen of this size; ``slide`` stands for what else is on it."""
        self._screen, self._is_on_screen, self._slide = screen, False, slide
        self._begin_anew()

    def show_display(self, display: Display) -> None:
        """Show this from now on."""
        before, self._display = self._display, display
        if display.following != before.following:
            self._ahead.clear()
        self._roll(before.cue, display.cue)
        self._compose()
        if display.following is not None and self.isVisible():
            self._idle.start()
        self._tell(display.cue)

    def display(self) -> Display:
        """Return what is shown."""
        return self._display

    def covered(self) -> QRegion:
        """Return where something is painted."""
        if self._style.backdrop_opacity_percent:
            return QRegion(self.frame())
        found = QRegion()
        for piece in self._pieces:
            found += piece.rect
        return found

    def frame(self) -> QRect:
        """Return where captions may stand in this widget."""
        whole = self._whole()
        if self._is_on_screen:
            whole = self.rect()
            if whole.height() < self._screen.height():  # the window is the strip
                return whole
        return strip_rect(self._style, whole) if self._style.area == "strip" else whole

    # -- composing ---------------------------------------------------------------------------------

    def _whole(self) -> QRect:
        """Return the picture of the whole screen, as large as it fits."""
        size = self._screen.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRect((self.width() - size.width()) // 2, (self.height() - size.height()) // 2,
                     size.width(), size.height())  # fmt: skip

    def _begin_anew(self) -> None:
        self._typesetter = None
        self._set.clear()
        self._rolled = ()
        self._ahead.clear()
        self._compose()
        self.update()

    def _setter(self) -> Typesetter:
        if self._typesetter is None:
            height = self._screen.height() if self._is_on_screen else self._whole().height()
            self._typesetter = Typesetter(self._style, height, self.devicePixelRatioF())
        return self._typesetter

    def _room(self) -> QRect:
        """Return where letters may stand: the frame without its margins."""
        frame, style = self.frame(), self._style
        pixels = self._setter().pixels
        edge = round(_LEAST_EDGE * pixels)
        if style.area == "strip":
            return frame.adjusted(round(pixels / 2), 0, -round(pixels / 2), -edge)
        side = max(round(style.side_margin_percent / 100 * frame.width()), round(pixels / 2))
        margin = max(round(style.margin_percent / 100 * frame.height()), edge)
        return frame.adjusted(side, margin, -side, -margin)

    def _set_cue(self, cue: AudienceCue) -> SetCue:
        key = (cue.lines, cue.words, cue.speaker, cue.language)
        found = self._set.get(key)
        if found is None:
            room = self._room()
            share = 1 / self._style.lines if self._style.mode == "roll-up" else 1.0
            height = round(room.height() * share / _line_factor(self._style))
            found = self._set[key] = self._setter().set(cue, QSize(room.width(), height))
            while len(self._set) > _MOST_SET:
                self._set.pop(next(iter(self._set)))
        return found

    def _roll(self, before: AudienceCue | None, now: AudienceCue | None) -> None:
        """Keep the lines that roll up above the current one."""
        if self._style.mode != "roll-up" or (now is None and not self._display.is_black):
            self._rolled = ()
        elif before is not None and now is not None and before.id != now.id and before.heard:
            rolled = (*self._rolled, (self._set_cue(before), _revealed(before, self._style)))
            self._rolled = rolled[len(rolled) - self._style.lines + 1 :] if self._style.lines > 1 else ()

    def _compose(self) -> None:
        """Find the pieces of the picture, and have those painted that are others than before."""
        before = {piece.identity(): piece for piece in self._pieces}
        self._pieces = tuple(self._composed()) if self.width() > 1 and self.height() > 1 else ()
        now = {piece.identity(): piece for piece in self._pieces}
        for identity in before.keys() ^ now.keys():
            piece = before.get(identity) or now[identity]
            self.update(piece.rect)
        self.composed.emit()

    def _composed(self) -> Iterator[_Piece]:
        display = self._display
        if display.is_black:
            if self._style.area == "screen":
                yield _Piece(_Layer.SIGN, _place(self.frame()), "black")
            return
        name, rows = self._rows()
        room = self._room()
        placed, bottom = self._placed(name, rows, room)
        if self._style.background != "none":
            yield from self._boxes(placed)
        for line in placed:
            for word in line.line.words[: line.revealed]:
                where = _place(word.ink.translated(line.left, line.baseline))
                yield _Piece(_Layer.LETTERS, where, word.key, word)
        sign = "paused" if display.is_paused else "typing" if display.is_typing else ""
        if sign:
            yield self._sign(sign, room, bottom)

    def _rows(self) -> tuple[SetLine | None, list[_Row]]:
        """Return the line with the speaker's name, and all lines that are shown."""
        rows: list[_Row] = []
        for cue, revealed in self._rolled:
            rows += _rows_of(cue, revealed)
        current = self._display.cue
        if current is None:
            return None, rows
        found = self._set_cue(current)
        rows += _rows_of(found, _revealed(current, self._style))
        return found.name if any(row.revealed for row in rows) else None, rows

    def _placed(self, name: SetLine | None, rows: list[_Row], room: QRect) -> tuple[list[_Placed], int]:
        """Return the lines that are seen in their places, and where the last of all lines ends."""
        ascent = max((row.line.ascent for row in rows), default=round(self._setter().pixels))
        descent = max((row.line.descent for row in rows), default=round(0.3 * self._setter().pixels))
        step = round((ascent + descent) * _line_factor(self._style))
        name_height = name.ascent + name.descent if name is not None else 0
        total = name_height + step * max(1, len(rows))
        top = {
            "top": room.top(),
            "middle": room.top() + (room.height() - total) // 2,
            "bottom": room.bottom() + 1 - total,
        }[self._style.vertical]
        placed = []
        if name is not None:
            left = self._left(name, room)
            placed.append(_Placed(name, len(name.words), left, top + name.ascent, top, name_height))
            top += name_height
        for row in rows:
            if row.revealed:
                baseline = top + (step - ascent - descent) // 2 + ascent
                left = self._left(row.line, room)
                placed.append(_Placed(row.line, row.revealed, left, baseline, top, step))
            top += step
        return placed, top if rows else top + step

    def _left(self, line: SetLine, room: QRect) -> int:
        match self._style.horizontal:
            case "left":
                return room.left()
            case "right":
                return room.right() + 1 - line.width
        return room.left() + (room.width() - line.width) // 2

    def _boxes(self, placed: list[_Placed]) -> Iterator[_Piece]:
        pad = round(0.3 * self._setter().pixels)
        rects = [QRect(line.left - pad, line.top, line.line.width + 2 * pad, line.height) for line in placed]
        if rects and self._style.background == "box":
            whole = rects[0]
            for rect in rects[1:]:
                whole = whole.united(rect)
            rects = [whole.adjusted(0, -pad // 3, 0, pad // 3)]
        for rect in rects:
            yield _Piece(_Layer.BOX, _place(rect), pad)

    def _sign(self, sign: str, room: QRect, top: int) -> _Piece:
        pixels = self._setter().pixels
        wide, high, gap = round(1.4 * pixels), round(0.5 * pixels), round(0.25 * pixels)
        left = {"left": room.left(), "right": room.right() + 1 - wide,
                "center": room.left() + (room.width() - wide) // 2}[self._style.horizontal]  # fmt: skip
        return _Piece(_Layer.SIGN, (left, top + gap, wide, high), sign)

    def _tell(self, cue: AudienceCue | None) -> None:
        text = ""
        if cue is not None and (revealed := _revealed(cue, self._style)):
            text = " ".join(cue._replace(heard=revealed).heard_lines())
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)

    # -- drawing ahead -----------------------------------------------------------------------------

    def _draw_ahead(self) -> None:
        """Set the caption that comes next, or draw one word of it: keys do not wait for more than that."""
        following = self._display.following
        if self._ahead:
            self._setter().draw(self._ahead.popleft())
        elif following is not None:
            found = self._set_cue(following)
            lines = (*found.lines, *([found.name] if found.name is not None else []))
            setter = self._setter()
            self._ahead.extend(word for line in lines for word in line.words if not setter.is_drawn(word))
        if not self._ahead:
            self._idle.stop()

    # -- painting ----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        region = event.region()
        if not self._is_on_screen:
            whole = self._whole()
            if self._slide is None:
                painter.fillRect(whole, QColor(_NO_SLIDE))
            else:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawPixmap(whole, self._slide)
        self._paint_backdrop(painter)
        touched = [piece for piece in self._pieces if region.intersects(piece.rect)]
        self._paint_boxes(painter, [piece for piece in touched if piece.layer is _Layer.BOX])
        setter = self._setter()
        painter.setOpacity(self._style.text_opacity_percent / 100)
        words = [(piece, setter.draw(piece.word)) for piece in touched if piece.word is not None]
        for piece, drawn in words:
            if drawn.edge is not None:
                painter.drawPixmap(piece.rect.topLeft(), drawn.edge)
        for piece, drawn in words:
            painter.drawPixmap(piece.rect.topLeft(), drawn.letters)
        painter.setOpacity(1.0)
        for piece in touched:
            if piece.layer is _Layer.SIGN:
                self._paint_sign(painter, piece)
        painter.end()

    def _paint_backdrop(self, painter: QPainter) -> None:
        color = QColor(self._style.backdrop_color)
        color.setAlphaF(self._style.backdrop_opacity_percent / 100)
        if color.alpha():
            painter.fillRect(self.frame(), color)

    def _paint_boxes(self, painter: QPainter, boxes: list[_Piece]) -> None:
        color = QColor(self._style.background_color)
        color.setAlphaF(self._style.background_opacity_percent / 100)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for piece in boxes:
            radius = float(str(piece.key)) / 2
            painter.drawRoundedRect(QRectF(piece.rect), radius, radius)

    def _paint_sign(self, painter: QPainter, piece: _Piece) -> None:
        style, rect = self._style, QRectF(piece.rect)
        if piece.key == "black":
            painter.fillRect(rect, QColor("black"))
            return
        ground = style.background_color if style.background != "none" else style.outline_color
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        radius = rect.height() / 2
        painter.drawRoundedRect(rect, radius, radius)
        painter.setBrush(QColor(style.text_color))
        middle, size = rect.center(), rect.height()
        if piece.key == "typing":
            for place in (-1, 0, 1):
                side = 0.28 * size
                painter.drawEllipse(
                    QRectF(middle.x() + place * 2 * side - side / 2, middle.y() - side / 2, side, side)
                )
        else:
            for place in (-1, 1):
                bar = QRectF(0, 0, 0.18 * size, 0.6 * size)
                bar.moveCenter(middle)
                painter.drawRect(bar.translated(place * 0.2 * size, 0))

    # -- Qt ----------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(480, 270)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 90)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._begin_anew()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._display.following is not None:
            self._idle.start()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._begin_anew()
        return super().event(event)


def _line_factor(style: AudienceStyle) -> float:
    """Return how much higher a line is than its letters."""
    return 1.16 if style.background == "line" else 1.04


def _revealed(cue: AudienceCue, style: AudienceStyle) -> int:
    """Return how many words of a caption are shown; of one that is being typed, those that were heard."""
    if style.mode == "pop-on" and cue.is_settled and cue.heard:
        return len(cue.words)
    return cue.heard


def _rows_of(cue: SetCue, revealed: int) -> Iterator[_Row]:
    for line in cue.lines:
        yield _Row(line, max(0, min(revealed, len(line.words))))
        revealed -= len(line.words)


def _place(rect: QRect) -> tuple[int, int, int, int]:
    return rect.x(), rect.y(), rect.width(), rect.height()
