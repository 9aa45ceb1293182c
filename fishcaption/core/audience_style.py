"""The looks of captions in the audience's window, with limits and presets, and the screen that it is on.

Sizes are per cent of the screen or of the letters, so that a style looks the same in every hall. The contrast
of letters is computed as WCAG 2 does it, over the darkest and the lightest picture that may be behind them.
"""

# annotations are not put off here: as text they would be compiled one by one, at every start
from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple, get_args

from fishcaption.core.audience import Layout, Mode

Area = Literal["screen", "strip"]
Background = Literal["none", "line", "box"]
Vertical = Literal["top", "middle", "bottom"]
Horizontal = Literal["left", "center", "right"]

LEAST_CONTRAST: Final = 4.5
"""Contrast below which the operator is warned (WCAG 1.4.3)."""

GOOD_CONTRAST: Final = 7.0
"""Contrast that every preset has (WCAG 1.4.6)."""

LEAST_OUTLINE_PERCENT: Final = 4.0
"""A thinner outline, in per cent of the letters' size, does not keep letters and picture apart."""

_LONGEST_NAME: Final = 200  # code points of a typeface's or a screen's name
_MOST_PIXELS: Final = 100_000
_WRONG: Final = "this value cannot be used"


# a tuple: a dataclass of so many fields would cost every start 2 ms
class AudienceStyle(NamedTuple):
    """The looks of the captions. `family` is the typeface; empty: the system's.

    Sizes in per cent are of the screen's height (letters, ``margin``), of its width (``side_margin``) or of
    the letters' size (outline, shadow). ``background`` stands behind each line or behind all of them,
    ``backdrop`` behind everything: with 0 per cent, what is below the window is seen.
    """

    family: str = ""
    size_percent: float = 6.5
    weight: int = 600
    capitals: bool = False
    outline_percent: float = 0.0
    shadow_percent: float = 0.0
    text_color: str = "#ffffff"
    outline_color: str = "#000000"
    shadow_color: str = "#000000"
    text_opacity_percent: int = 100
    background: Background = "box"
    background_color: str = "#000000"
    background_opacity_percent: int = 80
    backdrop_color: str = "#000000"
    backdrop_opacity_percent: int = 0
    vertical: Vertical = "bottom"
    horizontal: Horizontal = "center"
    margin_percent: float = 5.0
    side_margin_percent: float = 5.0
    columns: int = 42
    lines: int = 2
    mode: Mode = "pop-on"
    area: Area = "screen"
    is_click_through: bool = True

    def layout(self) -> Layout:
        """Return the room for one caption. Lines that roll up are captions of their own."""
        return Layout(self.columns, 1 if self.mode == "roll-up" else self.lines)

    def strip_percent(self) -> float:
        """Return the height of a strip for all lines, a speaker's name and the edges, of the screen's."""
        return min(100.0, self.size_percent * (self.lines * 1.6 + 1.6))


class Limits(NamedTuple):
    """The values that a number of a style may have."""

    low: float
    high: float


LIMITS: Final[Mapping[str, Limits]] = {
    "size_percent": Limits(2.0, 20.0),
    "outline_percent": Limits(0.0, 20.0),
    "shadow_percent": Limits(0.0, 20.0),
    "text_opacity_percent": Limits(10, 100),
    "background_opacity_percent": Limits(0, 100),
    "backdrop_opacity_percent": Limits(0, 100),
    "margin_percent": Limits(0.0, 40.0),
    "side_margin_percent": Limits(0.0, 40.0),
    "columns": Limits(12, 60),
    "lines": Limits(1, 3),
}
"""The values that the numbers of a style may have, by field."""

_CHOICES: Final[Mapping[str, tuple[object, ...]]] = {
    "weight": (400, 500, 600, 700, 900),
    "background": get_args(Background),
    "vertical": get_args(Vertical),
    "horizontal": get_args(Horizontal),
    "mode": get_args(Mode),
    "area": get_args(Area),
}
_COLORS: Final = ("text_color", "outline_color", "shadow_color", "background_color", "backdrop_color")

_BOX: Final = AudienceStyle()
PRESETS: Final[Mapping[str, AudienceStyle]] = {
    "box": _BOX,
    "lines": _BOX._replace(background="line", background_opacity_percent=85),
    "outline": _BOX._replace(background="none", weight=700, outline_percent=9.0, shadow_percent=3.0),
    "yellow": _BOX._replace(text_color="#ffe14d", background_opacity_percent=90, weight=700),
    "light": _BOX._replace(text_color="#000000", background_color="#ffffff", background_opacity_percent=92),
    "screen": _BOX._replace(
        background="none",
        backdrop_opacity_percent=100,
        size_percent=9.0,
        lines=3,
        columns=32,
        vertical="middle",
        is_click_through=False,
    ),
}
"""Styles to begin with, by name; each has a contrast of at least `GOOD_CONTRAST` over every picture."""


class ScreenIdentity(NamedTuple):
    """A screen as it is remembered: it may be plugged into another socket, and its system may not know it.

    All is empty where no screen was chosen.
    """

    name: str = ""  # of the socket, such as HDMI-1
    manufacturer: str = ""
    model: str = ""
    serial: str = ""
    left: int = 0
    top: int = 0
    width: int = 0
    height: int = 0

    def title(self) -> str:
        """Return a name for people: the maker's words, else the socket's."""
        return " ".join(filter(None, (self.manufacturer, self.model))) or self.name


_SCREEN_LIMITS: Final[Mapping[str, Limits]] = {
    "left": Limits(-_MOST_PIXELS, _MOST_PIXELS),
    "top": Limits(-_MOST_PIXELS, _MOST_PIXELS),
    "width": Limits(0, _MOST_PIXELS),
    "height": Limits(0, _MOST_PIXELS),
}


def style_of(raw: object) -> AudienceStyle:
    """Return the style of a JSON value. Raises ValueError for one that is none."""
    return AudienceStyle(**_checked(raw, AudienceStyle(), LIMITS))


def screen_of(raw: object) -> ScreenIdentity:
    """Return the screen of a JSON value. Raises ValueError for one that is none."""
    return ScreenIdentity(**_checked(raw, ScreenIdentity(), _SCREEN_LIMITS))


def plain(value: AudienceStyle | ScreenIdentity) -> dict[str, Any]:
    """Return a style or a screen as a JSON value."""
    return value._asdict()


class Contrast(NamedTuple):
    """The contrast of letters with what surrounds them, where it is least; 1 to 21."""

    ratio: float
    over_light: bool  # over a light picture; else over a dark one


def contrast(style: AudienceStyle) -> Contrast:
    """Return the least contrast of the letters, over black and over white."""
    found = [Contrast(_contrast_over(style, picture), picture == _WHITE) for picture in (_BLACK, _WHITE)]
    return min(found)


# -- inside ------------------------------------------------------------------------------------------------

_Rgb = tuple[float, float, float]  # 0 to 1
_BLACK: Final[_Rgb] = (0.0, 0.0, 0.0)
_WHITE: Final[_Rgb] = (1.0, 1.0, 1.0)


def _contrast_over(style: AudienceStyle, picture: _Rgb) -> float:
    ground = _over(_rgb(style.backdrop_color), style.backdrop_opacity_percent, picture)
    if style.background != "none":
        ground = _over(_rgb(style.background_color), style.background_opacity_percent, ground)
    letters, opacity = _rgb(style.text_color), style.text_opacity_percent
    found = _ratio(_over(letters, opacity, ground), ground)
    if style.outline_percent >= LEAST_OUTLINE_PERCENT:
        edge = _over(_rgb(style.outline_color), opacity, ground)
        # the outline is below the letters, too: they are painted over it
        found = max(found, _ratio(_over(letters, opacity, edge), edge))
    return found


def _rgb(color: str) -> _Rgb:
    red, green, blue = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _over(above: _Rgb, opacity_percent: float, below: _Rgb) -> _Rgb:
    part = opacity_percent / 100
    red, green, blue = (part * one + (1 - part) * other for one, other in zip(above, below, strict=True))
    return red, green, blue


def _ratio(one: _Rgb, other: _Rgb) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: _Rgb) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _checked(
    raw: object, usual: AudienceStyle | ScreenIdentity, limits: Mapping[str, Limits]
) -> dict[str, Any]:
    """Return the values of a JSON object that there are in ``usual``; what it does not name is left out."""
    if not isinstance(raw, dict):
        raise ValueError(_WRONG)
    found: dict[str, Any] = {}
    for name, default in plain(usual).items():
        if name in raw:
            found[name] = _value(name, raw[name], default, limits)
    return found


def _value(name: str, raw: Any, default: Any, limits: Mapping[str, Limits]) -> Any:
    value: Any = raw
    if isinstance(default, float) and type(raw) is int and abs(raw) < _MOST_PIXELS:
        value = float(raw)
    if type(value) is not type(default):
        raise ValueError(_WRONG)
    if name in limits and not limits[name].low <= value <= limits[name].high:
        raise ValueError(_WRONG)
    if name in _CHOICES and value not in _CHOICES[name]:
        raise ValueError(_WRONG)
    if name in _COLORS and not _is_color(value):
        raise ValueError(_WRONG)
    if isinstance(value, str) and len(value) > _LONGEST_NAME:
        raise ValueError(_WRONG)
    return value


def _is_color(text: str) -> bool:
    return len(text) == 7 and text[0] == "#" and all(sign in "0123456789abcdefABCDEF" for sign in text[1:])
