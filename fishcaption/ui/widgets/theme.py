"""Colours, text size and icons: a theme's file becomes a palette, a short style sheet and coloured icons.

Qt's own light and dark modes work only on a few desktops, so the palettes are ours. The contrast of text is
at least 7:1 (WCAG 1.4.6), of borders and marks at least 3:1 (1.4.11); tests check both. The light background
is not pure white, because that is harder to read for many people with reading difficulties. Colour alone
never carries a meaning.
"""

from __future__ import annotations

import json
import os
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

from fishcaption.store.settings import Theme
from fishcaption.ui.widgets import assets

_FRAMED = ("QComboBox", "QAbstractSpinBox", "QSlider", "QLineEdit", "QCheckBox", "QRadioButton", "QScrollBar")
_READING = 1.5  # factor of the text that is written and read
_LEAST_POINTS = 10.5  # some systems ask for 9 points: too small for many users of this program


class Colors(NamedTuple):
    """A theme's colours, as its file names them: `on_x` is the colour of text on `x`."""

    window: str
    base: str
    text: str
    muted: str
    border: str
    button: str
    hover: str
    accent: str
    on_accent: str
    danger: str
    on_danger: str
    lit: str
    on_lit: str
    sent: str
    on_sent: str
    notice: str
    on_notice: str
    focus: str


def colors(theme: Theme) -> Colors:
    """Return a theme's colours; for `system`, those the desktop asks for now."""
    if theme == "system":
        theme = _system_theme()
    return Colors(**json.loads(assets.path(f"themes/{theme}.json").read_text("utf-8")))


def _system_theme() -> Theme:
    hints = QGuiApplication.styleHints()
    # kept in a name: what accessibility() returns dies with it
    if (accessibility := hints.accessibility()).contrastPreference() == Qt.ContrastPreference.HighContrast:
        return "high-contrast"
    del accessibility
    return "dark" if hints.colorScheme() == Qt.ColorScheme.Dark else "light"


def palette(colors: Colors) -> QPalette:
    """Return the colours as a palette for Qt's own widgets."""
    made = QPalette()
    role = QPalette.ColorRole
    for target, color in (
        (role.Window, colors.window),
        (role.WindowText, colors.text),
        (role.Base, colors.base),
        (role.AlternateBase, colors.window),
        (role.Text, colors.text),
        (role.PlaceholderText, colors.muted),
        (role.Button, colors.button),
        (role.ButtonText, colors.text),
        (role.BrightText, colors.on_danger),
        (role.Highlight, colors.accent),
        (role.HighlightedText, colors.on_accent),
        (role.ToolTipBase, colors.base),
        (role.ToolTipText, colors.text),
        (role.Link, colors.accent),
        (role.LinkVisited, colors.accent),
        (role.Accent, colors.accent),
        (role.Light, colors.hover),
        (role.Midlight, colors.hover),
        (role.Mid, colors.border),
        (role.Dark, colors.border),
        (role.Shadow, colors.border),
    ):
        made.setColor(target, QColor(color))
    for target in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, target, _between(colors.text, colors.window))
    return made


def framed(colors: Colors) -> QPalette:
    """Return the palette for widgets with a frame: Fusion draws the frame in a darker `Window`."""
    made = palette(colors)
    # Fusion darkens by 140 %; where the ground is black that would leave no frame at all
    made.setColor(QPalette.ColorRole.Window, QColor(colors.border).lighter(140))
    return made


def _between(one: str, other: str) -> QColor:
    a, b = QColor(one), QColor(other)
    return QColor((a.red() + b.red()) // 2, (a.green() + b.green()) // 2, (a.blue() + b.blue()) // 2)


def before_application() -> None:
    """Choose Qt's style before the QApplication is made: later it costs 10 ms more at the start."""
    os.environ.setdefault("QT_STYLE_OVERRIDE", "fusion")


def _drawn(name: str, side: int, room: int, ratio: float) -> QPixmap:
    """Return an icon drawn in black. It is drawn once: to colour it takes less time than to draw it."""
    from PySide6.QtSvg import QSvgRenderer

    pixmap = QPixmap(QSize(side + room, side) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(str(assets.path(f"icons/{name}.svg"))).render(painter, QRectF(0, 0, side, side))
    painter.end()
    return pixmap


class Look:
    """The application's look; the only class that sets its palette, style sheet and font."""

    def __init__(self, theme: Theme, text_size: int, *, wear: bool = True) -> None:
        """`text_size` is in per cent. The QApplication must exist. Without `wear`, call `wear()` later."""
        if "QT_STYLE_OVERRIDE" not in os.environ:
            QApplication.setStyle("fusion")
        # not the application's font, which is the one that is set below
        system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        self._points = max(_LEAST_POINTS, system.pointSizeF())
        self._sheet = assets.path("themes/app.qss").read_text("utf-8")
        self._shapes: dict[tuple[str, int, int, float], QPixmap] = {}  # icons as they were drawn
        self.colors = colors(theme)
        self.scale = text_size / 100
        self._is_worn = wear
        self._apply()

    def wear(self) -> None:
        """Set the style sheet. Best called when a window's parts are together: with a style sheet, Qt styles
        each widget again when it gets a parent, which costs 5 ms at the start.
        """
        self._is_worn = True
        self._set_sheet()

    def change(self, theme: Theme, text_size: int) -> bool:
        """Change the look; False if nothing changed. Icons must be fetched again."""
        wanted = colors(theme)
        if wanted == self.colors and text_size / 100 == self.scale:
            return False
        self.colors, self.scale = wanted, text_size / 100
        self._apply()
        return True

    def font(self, factor: float = 1.0) -> QFont:
        """Return the program's font at the user's size, times `factor`."""
        font = QApplication.font()
        font.setPointSizeF(self._points * self.scale * factor)
        return font

    def icon(self, name: str, color: str | None = None, room: int = 0, focused: str | None = None) -> QIcon:
        """Return an icon in the text colour, or others, with `room` pixels at its right."""
        icon = QIcon()
        side = self.icon_size()
        if focused is not None:
            icon.addPixmap(self.pixmap(name, focused, side, room), QIcon.Mode.Active)
        icon.addPixmap(self.pixmap(name, color or self.colors.text, side, room))
        faint = _between(self.colors.text, self.colors.window).name()
        icon.addPixmap(self.pixmap(name, faint, side, room), QIcon.Mode.Disabled)
        return icon

    def icon_size(self) -> int:
        """Return the side of an icon, in Qt's (device-independent) pixels."""
        return round(20 * max(1.0, self.scale))

    def pixmap(self, name: str, color: str, side: int, room: int = 0) -> QPixmap:
        """Return an icon as a picture of this side, `room` wider, sharp on all current screens."""
        ratio = max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0)
        shape = (name, side, room, ratio)
        if shape not in self._shapes:
            self._shapes[shape] = _drawn(*shape)
        pixmap = QPixmap(self._shapes[shape])
        # fillRect would be shorter; its first call has PySide make an enum of 170 gradients
        plain = QPixmap(pixmap.size())
        plain.setDevicePixelRatio(ratio)
        plain.fill(QColor(color))
        painter = QPainter(pixmap)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.drawPixmap(0, 0, plain)
        painter.end()
        return pixmap

    def _apply(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.setPalette(palette(self.colors))
        in_frame = framed(self.colors)
        for name in _FRAMED:
            app.setPalette(in_frame, name)  # type: ignore[arg-type]  # the stub asks for bytes
        app.setFont(self.font())
        self._shapes.clear()
        if self._is_worn:
            self._set_sheet()

    def _set_sheet(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        sheet = self._sheet.replace("@disabled", _between(self.colors.text, self.colors.window).name())
        # by the sheet, not by setFont, which a style sheet keeps from the placeholder
        sheet = sheet.replace("@usual", f"{self._points * self.scale:.2f}pt")
        sheet = sheet.replace("@reading", f"{self._points * self.scale * _READING:.2f}pt")
        sheet = sheet.replace("@tick", f"{round(18 * max(1.0, self.scale))}px")
        # longest names first: @on_lit before @on
        for name in sorted(Colors._fields, key=len, reverse=True):
            sheet = sheet.replace(f"@{name}", getattr(self.colors, name))
        if app.styleSheet() != sheet:  # Qt styles every widget anew, also with the same one
            app.setStyleSheet(sheet)
