"""The letters of captions: a caption is set in lines of words, and each word is drawn once.

To stroke the outline of a whole caption takes longer than a picture of the screen may; so every word is
a pair of pictures (outline and letters) that can be drawn ahead, one at a time, and is kept for the next
time that it occurs. Outlines lie below all letters: a word never covers a part of its neighbour.

Words are found by their glyphs, not by the widths of the text before them: that is right in right-to-left and
mixed text, too. Colour emoji have no outline: they are drawn as they are.
"""

from __future__ import annotations

import unicodedata
from collections import OrderedDict
from collections.abc import Hashable
from typing import Final, NamedTuple

from PySide6.QtCore import QLocale, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QGlyphRun,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QRawFont,
    QTextLayout,
    QTextLine,
    QTextOption,
)

from fishcaption.captions.display import AudienceCue, CueWord
from fishcaption.core.audience_style import AudienceStyle
from fishcaption.ui.widgets.longtext import Units, showable

_MOST_BYTES: Final = 48 << 20  # of drawn words that are kept
_MOST_LETTERS: Final = 400  # of a line: more do not fit on a screen
_LEAST_PIXELS: Final = 6
_NAME_SHARE: Final = 0.62  # of a speaker's name, of the caption's letters
_SHADOW_ALPHA: Final = 190

# Chinese and Japanese share code points whose shapes differ: the first of these typefaces that is installed
_BY_LANGUAGE: Final = {
    "ja": ("Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic", "Meiryo"),
    "ko": ("Noto Sans CJK KR", "Apple SD Gothic Neo", "Malgun Gothic"),
    "zh": ("Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei"),
    "zh-tw": ("Noto Sans CJK TC", "PingFang TC", "Microsoft JhengHei"),
    "zh-hant": ("Noto Sans CJK TC", "PingFang TC", "Microsoft JhengHei"),
}


class SetWord(NamedTuple):
    """One word in its place. ``ink`` is where it leaves marks, outline and shadow included.

    ``key`` is the same for words that look the same; ``drawing`` is what to draw.
    """

    ink: QRect
    key: Hashable
    drawing: WordDrawing


class SetLine(NamedTuple):
    """One line: its words as the caption has them, from left 0 and baseline 0."""

    words: tuple[SetWord, ...]
    width: int
    ascent: int
    descent: int


class SetCue(NamedTuple):
    """A caption set in letters of ``pixels``; ``name`` is a line with the speaker's name."""

    lines: tuple[SetLine, ...]
    name: SetLine | None
    pixels: float


class WordDrawing(NamedTuple):
    """The shapes of a word, from its ``ink``'s corner: letters as a path, and glyphs that are pictures."""

    letters: QPainterPath
    pictures: tuple[QGlyphRun, ...]
    origin: QPointF  # of the word's line, from the corner
    pixels: float


class Drawn(NamedTuple):
    """A word as pictures; ``edge`` is None where letters have neither outline nor shadow."""

    letters: QPixmap
    edge: QPixmap | None


class Typesetter:
    """Sets captions in one style, for a screen of one height, and draws their words."""

    def __init__(self, style: AudienceStyle, screen_height: int, ratio: float) -> None:
        """``ratio`` is the number of the device's pixels to one of the screen's."""
        self._style = style
        self._ratio = ratio
        self._pixels = max(_LEAST_PIXELS, style.size_percent / 100 * screen_height)
        self._drawn: OrderedDict[Hashable, Drawn] = OrderedDict()
        self._bytes = 0

    @property
    def pixels(self) -> float:
        """The size of letters that need not be smaller to fit."""
        return self._pixels

    def set(self, cue: AudienceCue, room: QSize) -> SetCue:
        """Set a caption as large as the style says, or smaller where it would not fit into the room."""
        found = self._set(cue, self._pixels)
        lines = [*found.lines, found.name] if found.name is not None else list(found.lines)
        widest = max((line.width for line in lines), default=0)
        height = sum(line.ascent + line.descent for line in lines)
        share = min(1.0, room.width() / max(1, widest), room.height() / max(1, height))
        if share == 1.0:
            return found
        return self._set(cue, max(_LEAST_PIXELS, self._pixels * share))

    def draw(self, word: SetWord) -> Drawn:
        """Return the pictures of a word; drawn if it was not kept."""
        drawn = self._drawn.get(word.key)
        if drawn is None:
            drawn = self._drawn[word.key] = self._draw(word)
            self._bytes += _bytes(drawn)
            while self._bytes > _MOST_BYTES and len(self._drawn) > 1:
                self._bytes -= _bytes(self._drawn.popitem(last=False)[1])
        else:
            self._drawn.move_to_end(word.key)
        return drawn

    def is_drawn(self, word: SetWord) -> bool:
        """Return whether a word was drawn and is kept."""
        return word.key in self._drawn

    # -- setting -----------------------------------------------------------------------------------

    def _set(self, cue: AudienceCue, pixels: float) -> SetCue:
        is_rtl = _runs_to_left(" ".join(cue.lines))
        lines = [
            self._line(
                line, [word for word in cue.words if word.line == number], cue.language, pixels, is_rtl
            )
            for number, line in enumerate(cue.lines)
        ]
        name = None
        if cue.speaker:
            whole = [CueWord(0, 0, len(cue.speaker))]
            is_name_rtl = _runs_to_left(cue.speaker)
            name = self._line(cue.speaker, whole, cue.language, pixels * _NAME_SHARE, is_name_rtl)
        return SetCue(tuple(lines), name, pixels)

    def _line(self, text: str, words: list[CueWord], language: str, pixels: float, is_rtl: bool) -> SetLine:
        shown = showable(text[:_MOST_LETTERS]).replace("\n", " ")
        pieces = [shown[word.start : word.end] for word in words]
        if self._style.capitals:  # some letters become two: the words keep their places
            locale = QLocale(language)
            pieces = [locale.toUpper(piece) for piece in pieces]
        font = self._font(pixels, language)
        metrics = QFontMetricsF(font)
        layout = QTextLayout("".join(pieces), font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        option.setTextDirection(Qt.LayoutDirection.RightToLeft if is_rtl else Qt.LayoutDirection.LeftToRight)
        layout.setTextOption(option)
        layout.beginLayout()
        line = layout.createLine()
        if not line.isValid():  # without any letter
            layout.endLayout()
            return SetLine((), 0, round(metrics.ascent()), round(metrics.descent()))
        line.setLineWidth(1e7)
        width = line.naturalTextWidth()
        line.setLineWidth(width + 1)  # right-to-left text begins at the right end
        layout.endLayout()
        units = Units(layout.text())
        found, at = [], 0
        for piece in pieces:
            start, at = at, at + len(piece)
            letters = piece.rstrip()
            end = start + len(letters)
            found.append(self._word(line, letters, units.before(start), units.before(end), pixels))
        # a line is not lower because another typeface is used in it, and its marks have room
        ascent = max(line.ascent(), metrics.ascent(), *(-word.ink.top() for word in found))
        descent = max(line.descent(), metrics.descent(), *(word.ink.bottom() for word in found))
        return SetLine(tuple(found), round(width), round(ascent), round(descent))

    def _word(self, line: QTextLine, text: str, start: int, end: int, pixels: float) -> SetWord:
        runs = line.glyphRuns(start, end - start) if end > start else []
        baseline = QPointF(0, line.ascent())
        path, covered = QPainterPath(), QRectF()
        path.setFillRule(Qt.FillRule.WindingFill)  # joined letters lie over each other
        pictures: list[QGlyphRun] = []
        looks: list[Hashable] = [text, round(pixels, 2)]
        left = min((place.x() for run in runs for place in run.positions()), default=0.0)
        for run in runs:
            font = run.rawFont()
            is_picture = _has_pictures(font)
            for glyph, place in zip(run.glyphIndexes(), run.positions(), strict=True):
                if not is_picture:
                    path.addPath(font.pathForGlyph(glyph).translated(place - baseline))
                looks.append((glyph, round(4 * (place.x() - left)), round(4 * place.y())))
            if is_picture:
                pictures.append(run)
                covered = covered.united(run.boundingRect().translated(-baseline))
        ink = covered.united(path.boundingRect())
        edge = self._edge_pixels(pixels)
        pad = edge + 2  # for antialiasing, and for letters that lean out
        drop = self._style.shadow_percent / 100 * pixels
        # whole pixels from the first letter on: the same word has the same pictures wherever it stands
        origin_x = round(left)
        around = ink.adjusted(-pad, -pad, pad + drop, pad + drop).translated(-left, 0).toAlignedRect()
        corner = QPointF(around.topLeft())
        drawing = WordDrawing(
            path.translated(-left, 0).translated(-corner),
            tuple(pictures),
            QPointF(-left, 0) - corner - baseline,
            pixels,
        )
        return SetWord(around.translated(origin_x, 0), tuple(looks), drawing)

    def _font(self, pixels: float, language: str) -> QFont:
        font = QFont()
        own = self._style.family or QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
        language = language.lower()
        others = _BY_LANGUAGE.get(language) or _BY_LANGUAGE.get(language.partition("-")[0], ())
        font.setFamilies([own, *(name for name in others if QFontDatabase.hasFamily(name))])
        font.setPixelSize(max(_LEAST_PIXELS, round(pixels)))
        font.setWeight(QFont.Weight(self._style.weight))
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return font

    # -- drawing -----------------------------------------------------------------------------------

    def _edge_pixels(self, pixels: float) -> float:
        return self._style.outline_percent / 100 * pixels

    def _draw(self, word: SetWord) -> Drawn:
        style, shapes = self._style, word.drawing
        outline, drop = self._edge_pixels(shapes.pixels), style.shadow_percent / 100 * shapes.pixels
        edge = None
        if outline or drop:
            edge = self._empty(word.ink.size())
            painter = _painter(edge)
            if drop:
                _fill(painter, shapes.letters.translated(drop, drop), QColor(style.shadow_color), outline)
                # made lighter as a whole: strokes that cross would be darker
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
                painter.fillRect(QRect(QPoint(0, 0), word.ink.size()), QColor(0, 0, 0, _SHADOW_ALPHA))
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            if outline:
                _fill(painter, shapes.letters, QColor(style.outline_color), outline)
            painter.end()
        letters = self._empty(word.ink.size())
        painter = _painter(letters)
        painter.fillPath(shapes.letters, QColor(style.text_color))
        painter.setPen(QColor(style.text_color))
        for run in shapes.pictures:
            painter.drawGlyphRun(shapes.origin, run)
        painter.end()
        return Drawn(letters, edge)

    def _empty(self, size: QSize) -> QPixmap:
        pixmap = QPixmap(QSize(max(1, size.width()), max(1, size.height())) * self._ratio)
        pixmap.setDevicePixelRatio(self._ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        return pixmap


def _has_pictures(font: QRawFont) -> bool:
    """Return whether the font has colour pictures: it has no outlines, and asking for one makes them vanish.

    (Qt's FreeType engine keeps the empty answer, and draws that from then on.)
    """
    return any(not font.fontTable(table).isEmpty() for table in ("CBLC", "COLR"))


def _painter(target: QPixmap) -> QPainter:
    painter = QPainter(target)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return painter


def _fill(painter: QPainter, path: QPainterPath, color: QColor, outline: float) -> None:
    """Fill letters, and so many pixels around them."""
    if outline:
        pen = QPen(color, 2 * outline)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.strokePath(path, pen)
    painter.fillPath(path, color)


def _bytes(drawn: Drawn) -> int:
    pictures = 1 if drawn.edge is None else 2
    return pictures * 4 * drawn.letters.width() * drawn.letters.height()


def _runs_to_left(text: str) -> bool:
    kinds = (unicodedata.bidirectional(letter) for letter in text[:_MOST_LETTERS])
    return next((kind != "L" for kind in kinds if kind in ("L", "R", "AL")), False)
