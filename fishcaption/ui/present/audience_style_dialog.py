"""The dialog for the looks of the audience's captions. Each change is used at once, in the hall, too.

It shows what the audience would see over a busy picture, half of it light and half dark, and says how well
that can be read.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QIcon,
    QLinearGradient,
    QPainter,
    QPixmap,
)
from PySide6.QtWidgets import (
    QColorDialog,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fishcaption.captions.audience import Audience
from fishcaption.core.audience_style import (
    GOOD_CONTRAST,
    LEAST_CONTRAST,
    LIMITS,
    PRESETS,
    AudienceStyle,
    contrast,
)
from fishcaption.core.speech import WordTime
from fishcaption.ui.present.audience_canvas import USUAL_SCREEN, AudienceCanvas
from fishcaption.ui.widgets.controls import FlowBox, FlowRow, StatusLine, Tick
from fishcaption.ui.widgets.dialog_parts import long_form, scrolled, text_button
from fishcaption.ui.widgets.labels import Label
from fishcaption.ui.widgets.number_box import NumberBox

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host

SAMPLES: Final[Mapping[str, tuple[str, str]]] = {
    "Latin": ("en", "Captions stand here when the words are heard, and everybody reads along."),
    "Arabic": ("ar", "تظهر الترجمة هنا في لحظة سماع الكلمات، ويقرأها الجميع مع PowerPoint 365."),
    "Japanese": ("ja", "字幕は言葉が聞こえた瞬間にここに表示され、誰でも一緒に読むことができます。"),
    "Thai": ("th", "คำบรรยายจะปรากฏที่นี่ในขณะที่ได้ยินคำพูด และทุกคนสามารถอ่านตามได้"),
    "Devanagari": ("hi", "जैसे ही शब्द सुनाई देते हैं, उपशीर्षक यहाँ दिखाई देते हैं।"),
}
"""Texts for the preview: (language, text), by script."""

_PREVIEW: Final = QSize(640, 360)


class _Unheard:
    """No voice: the samples have no sound."""

    def word_times(self, number: int, /) -> tuple[int, tuple[WordTime, ...]]:
        raise KeyError(number)

    def heard_frames(self, number: int, /) -> int:
        raise KeyError(number)


class _ByHand:
    """An alarm that rings when it is told to: the preview stands still."""

    def __init__(self) -> None:
        self._act: Callable[[], object] | None = None

    def set(self, moment: float, act: Callable[[], object], /) -> None:
        self._act = act

    def clear(self) -> None:
        self._act = None

    def ring(self) -> None:
        act, self._act = self._act, None
        if act is not None:
            act()


class Sample:
    """Shows a text in a canvas, laid out as captions are."""

    def __init__(self, canvas: AudienceCanvas) -> None:
        self._canvas = canvas
        self._alarm = _ByHand()
        self._audience = Audience(_Unheard(), self._alarm)
        self._end: Callable[[], None] = lambda: None

    def show(self, style: AudienceStyle, script: str) -> None:
        """Show the sample of a script in this style."""
        language, text = SAMPLES[script]
        self._end()
        self._canvas.set_style(style)
        self._end = self._audience.subscribe(style.layout(), self._canvas.show_display)
        self._audience.show_text(text, language=language)
        if style.mode == "roll-up":
            for _ in range(style.lines - 1):
                self._alarm.ring()


class ColorButton(QPushButton):
    """Shows a colour, and lets the user choose another one."""

    chosen = Signal(str)  # "#rrggbb"

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._color = "#000000"
        self.setAutoDefault(False)
        self.clicked.connect(self._on_clicked)

    def show_color(self, color: str) -> None:
        """Show this colour."""
        self._color = color
        side = self.fontMetrics().height()
        swatch = QPixmap(side * 2, side)
        swatch.fill(QColor(color))
        painter = QPainter(swatch)
        painter.setPen(self.palette().text().color())
        painter.drawRect(0, 0, swatch.width() - 1, swatch.height() - 1)
        painter.end()
        self.setIcon(QIcon(swatch))
        self.setIconSize(swatch.size())
        self.setText(color)
        self.setAccessibleName(f"{self._name}: {color}")

    def _on_clicked(self) -> None:
        dialog = QColorDialog(QColor(self._color), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self._name)
        dialog.colorSelected.connect(self._on_selected)
        dialog.open()

    def _on_selected(self, color: QColor) -> None:
        self.show_color(color.name())
        self.chosen.emit(self._color)


class AudienceStyleDialog(QDialog):
    """Shows a style and what it looks like. `changed` comes with every change."""

    changed = Signal(object)  # AudienceStyle

    def __init__(self, style: AudienceStyle, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Style of the audience's captions"))
        self._style = self._before = style
        self._showers: list[Callable[[AudienceStyle], None]] = []
        self.canvas = AudienceCanvas()
        self.canvas.picture(USUAL_SCREEN, busy_slide(_PREVIEW))
        self.canvas.setMinimumSize(320, 180)
        self._sample = Sample(self.canvas)
        self._script = QComboBox()
        for name in SAMPLES:
            self._script.addItem(self.tr(name), name)
        self._script.activated.connect(self._show_sample)
        self.verdict = StatusLine()
        self._status = StatusLine()
        inner = QWidget()
        self._form = long_form(inner)
        self._add_letters()
        self._add_ground()
        self._add_lines()
        self._add_place()
        scroll = scrolled(inner)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lay_out(scroll)
        self._show()
        points = self.font().pointSizeF()
        wanted = QSize(max(inner.sizeHint().width() + 60, round(56 * points)), round(70 * points))
        self.resize(wanted.boundedTo(self.screen().availableSize() * 0.9))

    def _lay_out(self, scroll: QScrollArea) -> None:
        presets = FlowRow()
        for name, words in self._preset_words().items():
            presets.addWidget(text_button(words, partial(self.use, PRESETS[name])))
        buttons = QDialogButtonBox()
        undo = text_button(self.tr("Undo all changes"), self._on_undo)
        buttons.addButton(undo, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        script = Label(self.tr("Script of the preview"))
        script.setBuddy(self._script)
        shown = QHBoxLayout()
        shown.addWidget(script)
        shown.addWidget(self._script, 1)
        column = QVBoxLayout(self)
        column.addWidget(FlowBox(presets))
        column.addWidget(self.canvas, 2)
        column.addWidget(self.verdict)
        column.addLayout(shown)
        column.addWidget(scroll, 3)
        column.addWidget(self._status)
        column.addWidget(buttons)

    def _preset_words(self) -> dict[str, str]:
        tr = self.tr
        return {
            "box": tr("White on a dark box"),
            "lines": tr("White on dark lines"),
            "outline": tr("White with an outline"),
            "yellow": tr("Yellow on a dark box"),
            "light": tr("Black on a light box"),
            "screen": tr("A black screen of captions"),
        }

    # -- what is shown -----------------------------------------------------------------------------

    def use(self, style: AudienceStyle) -> None:
        """Use this style from now on."""
        if style != self._style:
            self._style = style
            self._show()
            self.changed.emit(style)

    def style_shown(self) -> AudienceStyle:
        """Return the style as it is now."""
        return self._style

    def _show(self) -> None:
        for show in self._showers:
            show(self._style)
        self._show_sample()
        self.verdict.tell(self._verdict())

    def _show_sample(self, _index: int = 0) -> None:
        self._sample.show(self._style, self._script.currentData())

    def _verdict(self) -> str:
        """Say in a sentence how well the captions can be read."""
        ratio, over_light = contrast(self._style)
        numbers = {"ratio": f"{ratio:.1f}", "good": f"{GOOD_CONTRAST:g}", "least": f"{LEAST_CONTRAST:g}"}
        if ratio >= GOOD_CONTRAST:
            return self.tr("Contrast {ratio} to 1: easy to read over every picture.").format(**numbers)
        where = self.tr("a light picture") if over_light else self.tr("a dark picture")
        if ratio >= LEAST_CONTRAST:
            words = self.tr("Contrast {ratio} to 1 over {where}: it can be read. {good} to 1 is better.")
        else:
            words = self.tr(
                "Warning: contrast {ratio} to 1 over {where}, and at least {least} to 1 is needed. Choose an "
                "outline, or a background that lets less through."
            )
        return words.format(where=where, **numbers)

    def _on_undo(self) -> None:
        self.use(self._before)

    # -- the form ----------------------------------------------------------------------------------

    def _add_letters(self) -> None:
        tr = self.tr
        self._head(tr("Letters"))
        families = [(tr("As the system"), ""), *((name, name) for name in QFontDatabase.families())]
        self._choice(tr("Typeface"), "family", families)
        self._number(tr("Size, of the screen's height"), "size_percent", 0.5)
        weights = [(tr("normal"), 400), (tr("medium"), 500), (tr("semi-bold"), 600), (tr("bold"), 700),
                   (tr("extra bold"), 900)]  # fmt: skip
        self._choice(tr("Weight"), "weight", weights)
        self._tick(tr("Capital letters only"), "capitals")
        self._color(tr("Colour of the letters"), "text_color")
        self._number(tr("Opacity of the letters"), "text_opacity_percent", 5)
        self._number(tr("Outline, of the letters' size"), "outline_percent", 1)
        self._color(tr("Colour of the outline"), "outline_color")
        self._number(tr("Shadow, of the letters' size"), "shadow_percent", 1)
        self._color(tr("Colour of the shadow"), "shadow_color")

    def _add_ground(self) -> None:
        tr = self.tr
        self._head(tr("Behind the letters"))
        kinds = [(tr("nothing"), "none"), (tr("a bar behind each line"), "line"),
                 (tr("one box behind all lines"), "box")]  # fmt: skip
        self._choice(tr("Background"), "background", kinds)
        self._color(tr("Colour of the background"), "background_color")
        self._number(tr("Opacity of the background"), "background_opacity_percent", 5)
        self._color(tr("Colour of the whole window"), "backdrop_color")
        self._number(tr("Opacity of the whole window"), "backdrop_opacity_percent", 5)

    def _add_lines(self) -> None:
        tr = self.tr
        self._head(tr("Lines"))
        self._number(tr("Lines at once"), "lines", 1, suffix="")
        self._number(tr("Letters in a line"), "columns", 1, suffix="")
        modes = [(tr("a whole caption with its first word"), "pop-on"), (tr("word by word"), "word"),
                 (tr("word by word, lines roll up"), "roll-up")]  # fmt: skip
        self._choice(tr("Captions appear"), "mode", modes)

    def _add_place(self) -> None:
        tr = self.tr
        self._head(tr("Place"))
        areas = [(tr("on the whole screen"), "screen"), (tr("in a strip"), "strip")]
        self._choice(tr("Captions stand"), "area", areas)
        self._choice(tr("Height"), "vertical",
                     [(tr("top"), "top"), (tr("middle"), "middle"), (tr("bottom"), "bottom")])  # fmt: skip
        self._choice(tr("Side"), "horizontal",
                     [(tr("left"), "left"), (tr("centre"), "center"), (tr("right"), "right")])  # fmt: skip
        self._number(tr("Margin above and below"), "margin_percent", 1)
        self._number(tr("Margin at the sides"), "side_margin_percent", 1)
        self._tick(tr("Clicks go through to what is below"), "is_click_through")

    def _head(self, words: str) -> None:
        head = Label(words)
        head.setProperty("role", "title")
        self._form.addRow(head)

    def _row(self, label: str, widget: QWidget) -> None:
        named = _RowLabel(label)
        named.setWordWrap(True)
        named.setBuddy(widget)
        self._form.addRow(named, widget)

    def _number(self, label: str, name: str, step: float, *, suffix: str = " %") -> None:
        low, high = LIMITS[name]
        is_whole = isinstance(getattr(self._style, name), int)
        box = NumberBox(label, low, high, step, decimals=0 if is_whole else 1, suffix=suffix)
        box.valueChanged.connect(partial(self._set_whole if is_whole else self._set, name))
        box.told.connect(self._status.tell)
        self._showers.append(lambda style: box.show_value(getattr(style, name)))
        self._row(label, box)

    def _choice(self, label: str, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        combo = QComboBox()
        combo.setAccessibleName(label)
        for words, value in choices:
            combo.addItem(words, value)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(12)
        combo.activated.connect(lambda _index: self._set(name, combo.currentData()))
        self._showers.append(
            lambda style: combo.setCurrentIndex(max(0, combo.findData(getattr(style, name))))
        )
        self._row(label, combo)

    def _color(self, label: str, name: str) -> None:
        button = ColorButton(label)
        button.chosen.connect(partial(self._set, name))
        self._showers.append(lambda style: button.show_color(getattr(style, name)))
        self._row(label, button)

    def _tick(self, label: str, name: str) -> None:
        tick = Tick(label)
        tick.toggled.connect(partial(self._set, name))
        self._showers.append(lambda style: tick.box.setChecked(getattr(style, name)))
        self._form.addRow(tick)

    def _set(self, name: str, value: Any) -> None:
        changes: Any = {name: value}
        self.use(self._style._replace(**changes))

    def _set_whole(self, name: str, value: float) -> None:
        self._set(name, round(value))


class _RowLabel(Label):
    """The label before a field. A form computes its height with more width than it gives it."""

    def heightForWidth(self, width: int) -> int:
        return super().heightForWidth(min(width, self.sizeHint().width()))


def busy_slide(size: QSize) -> QPixmap:
    """Return a picture that captions are hard to read over: light and dark, coloured, with text."""
    slide = QPixmap(size)
    width, height = size.width(), size.height()
    shades = QLinearGradient(0, 0, width, 0)
    for place, color in ((0.0, "#fffdf2"), (0.45, "#f2d9a0"), (0.55, "#2b5c94"), (1.0, "#0b0d18")):
        shades.setColorAt(place, QColor(color))
    painter = QPainter(slide)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(QRect(0, 0, width, height), shades)
    chance = random.Random(7)  # the same picture every time
    painter.setPen(Qt.PenStyle.NoPen)
    for _ in range(70):
        painter.setBrush(QColor.fromHsv(chance.randrange(360), 180, chance.randrange(90, 256)))
        radius = height * chance.uniform(0.02, 0.06)
        painter.drawEllipse(QPointF(width * chance.random(), height * chance.random()), radius, radius)
    font = QFont()
    font.setPixelSize(max(6, height // 20))
    painter.setFont(font)
    words = "Results 2026: more words than a slide has room for, 42 %"
    for line in range(9):
        painter.setPen(QColor("#111111" if line % 2 else "#eeeeee"))
        painter.drawText(QPointF(width * 0.04, height * (line + 1) / 9.5), words)
    painter.end()
    return slide


def open_style(host: Host) -> None:
    """Open the style of the audience's captions."""
    dialog = AudienceStyleDialog(host.settings.audience_style, host.window)
    dialog.changed.connect(lambda style: host.services.settings.change(audience_style=style))
    dialog.open()
