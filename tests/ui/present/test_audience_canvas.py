"""The picture that the audience sees: words are revealed where they stand; what changes is painted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontDatabase, QImage, QPaintEvent, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from fishcaption.captions.display import AudienceCue, Display
from fishcaption.core.audience_style import PRESETS, AudienceStyle
from fishcaption.ui.present.audience_canvas import AudienceCanvas, strip_rect
from tests.ui.present.cues import cue

SCREEN = QSize(960, 540)
PLAIN = AudienceStyle()._replace(background="none", mode="word")
OUTLINED = PLAIN._replace(outline_percent=8.0, outline_color="#ff0000")

Pixels = npt.NDArray[np.uint8]  # [y, x, (blue, green, red, alpha)]


class Watched(AudienceCanvas):
    """A canvas that keeps which regions were painted."""

    def __init__(self) -> None:
        super().__init__()
        self.painted: list[QRegion] = []

    def paintEvent(self, event: QPaintEvent) -> None:
        self.painted.append(QRegion(event.region()))
        super().paintEvent(event)


@pytest.fixture
def canvas(qtbot: QtBot) -> Iterator[Watched]:
    made = Watched()
    made.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
    made.stand_on(SCREEN)
    made.resize(SCREEN)
    made.set_style(PLAIN)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    QTest.qWait(0)
    yield made
    made.show_display(Display())
    qtbot.waitUntil(lambda: not made._idle.isActive())


def pixels(widget: QWidget) -> Pixels:
    """The picture of a widget, with what is not painted transparent."""
    image = QImage(widget.size(), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    widget.render(image, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    return np.array(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)


def painted(found: Pixels) -> QRect:
    """Return the rectangle around everything that is painted."""
    rows, columns = np.nonzero(found[..., 3] > 40)
    if not len(rows):
        return QRect()
    left, top = int(columns.min()), int(rows.min())
    return QRect(left, top, int(columns.max()) - left + 1, int(rows.max()) - top + 1)


def shown(canvas: AudienceCanvas, caption: AudienceCue | None, **states: Any) -> Pixels:
    canvas.show_display(Display(caption, **states))
    return pixels(canvas)


def words_shown(canvas: AudienceCanvas) -> list[str]:
    keys: list[Any] = [piece.key for piece in canvas._pieces if piece.word is not None]
    return [key[0] for key in keys]


LATIN = ("The captions stand here,", "word by word.")
ARABIC = ("تظهر الترجمة هنا", "كلمة كلمة")
MIXED = ("هذا PowerPoint 365 مفيد",)
JAPANESE = ("字幕は聞こえた瞬間に",)
THAI = ("คำบรรยายจะปรากฏ",)


@pytest.mark.parametrize("lines", [LATIN, ARABIC, MIXED, JAPANESE, THAI], ids=lambda lines: lines[0])
@pytest.mark.parametrize("style", [PLAIN, OUTLINED, OUTLINED._replace(shadow_percent=5.0)])
def test_each_word_adds_to_the_picture_and_changes_nothing_that_is_there(
    canvas: Watched, lines: tuple[str, ...], style: AudienceStyle
) -> None:
    canvas.set_style(style)
    whole = cue(*lines)
    before = shown(canvas, whole._replace(heard=0))
    assert not before.any()
    for heard in range(1, len(whole.words) + 1):
        now = shown(canvas, whole._replace(heard=heard))
        grown = now[..., 3].astype(int) - before[..., 3]
        assert (grown > 100).any(), f"word {heard} is not there"
        # letters that were there stay; the outline of a new word may come between, never over them
        was_letter = (before[..., :3] > 250).all(axis=-1)
        assert (now[was_letter][:, :3] > 250).all()
        before = now
    canvas.set_style(style._replace(mode="pop-on"))
    assert np.array_equal(shown(canvas, whole._replace(heard=1)), before)


def columns_of(found: Pixels, before: Pixels) -> tuple[int, int]:
    _, columns = np.nonzero(found[..., 3].astype(int) - before[..., 3] > 100)
    return int(columns.min()), int(columns.max())


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("one two three", [0, 1, 2]),
        ("תודה רבה לכם", [2, 1, 0]),
        ("أهلا وسهلا بكم", [2, 1, 0]),
        # two Latin words in a right-to-left sentence stand in their own order: 0 is the leftmost
        ("זה Power Point טוב", [3, 1, 2, 0]),
    ],
)
def test_words_stand_where_their_script_has_them(canvas: Watched, line: str, order: list[int]) -> None:
    whole = cue(line)
    before = shown(canvas, whole._replace(heard=0))
    places: list[tuple[int, int]] = []
    for heard in range(1, len(order) + 1):
        now = shown(canvas, whole._replace(heard=heard))
        places.append(columns_of(now, before))
        before = now
    ranks = [sorted(places).index(place) for place in places]
    assert ranks == order
    ordered = sorted(places)
    assert all(left[1] < right[0] for left, right in pairwise(ordered))


def test_only_the_new_word_is_painted(canvas: Watched, qtbot: QtBot) -> None:
    whole = cue(*LATIN)
    canvas.show_display(Display(whole._replace(heard=2)))
    QTest.qWait(0)
    canvas.painted.clear()
    canvas.show_display(Display(whole._replace(heard=3)))
    qtbot.waitUntil(lambda: bool(canvas.painted))
    word = canvas._pieces[-1].rect
    assert [region.boundingRect() for region in canvas.painted] == [word]
    assert word.width() < SCREEN.width() / 4
    canvas.painted.clear()
    canvas.show_display(Display(whole._replace(heard=3)))
    QTest.qWait(0)
    assert canvas.painted == []


def test_the_caption_that_follows_is_drawn_before_it_is_due(canvas: Watched, qtbot: QtBot) -> None:
    canvas.set_style(OUTLINED)
    following = cue("And this one follows.", number=2)
    canvas.show_display(Display(cue(*LATIN), following._replace(heard=0)))
    setter = canvas._setter()
    words = [word for line in canvas._set_cue(following).lines for word in line.words]
    qtbot.waitUntil(lambda: all(setter.is_drawn(word) for word in words))
    drawn = len(setter._drawn)
    canvas.show_display(Display(following))
    pixels(canvas)
    assert len(setter._drawn) == drawn


def test_drawing_ahead_takes_one_word_at_a_time(canvas: Watched) -> None:
    following = cue("One two three four five.", number=2)
    canvas.show_display(Display(None, following._replace(heard=0)))
    for drawn in range(6):
        canvas._draw_ahead()
        assert len(canvas._setter()._drawn) == drawn
    assert not canvas._idle.isActive()


def test_drawn_words_take_no_more_memory_than_their_bound(
    canvas: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fishcaption.ui.present.audience_drawing._MOST_BYTES", 200_000)
    for number in range(60):
        shown(canvas, cue(f"number {number} comes", number=number))
    setter = canvas._setter()
    assert setter._bytes <= 200_000
    assert setter._bytes == sum(
        4 * drawn.letters.width() * drawn.letters.height() for drawn in setter._drawn.values()
    )


def test_letters_shrink_until_the_longest_line_fits(canvas: Watched) -> None:
    assert painted(shown(canvas, cue("w" * 20))).width() < SCREEN.width() * 0.9
    long = painted(shown(canvas, cue("W" * 120)))
    assert SCREEN.width() * 0.8 < long.width() <= SCREEN.width() * 0.9 + 2
    canvas.set_style(PLAIN._replace(size_percent=20.0, lines=3, margin_percent=20.0))
    high = painted(shown(canvas, cue("One", "two", "three")))
    assert canvas.rect().contains(high)
    assert high.top() >= 0.19 * SCREEN.height()


@pytest.mark.parametrize("vertical", ["top", "middle", "bottom"])
@pytest.mark.parametrize("horizontal", ["left", "center", "right"])
def test_captions_stand_where_the_style_says(canvas: Watched, vertical: str, horizontal: str) -> None:
    place: dict[str, Any] = {"vertical": vertical, "horizontal": horizontal}
    canvas.set_style(PLAIN._replace(margin_percent=10.0, side_margin_percent=10.0, **place))
    found = painted(shown(canvas, cue("Here it is.")))
    middle = found.center()
    assert middle.y() * 3 // SCREEN.height() == {"top": 0, "middle": 1, "bottom": 2}[vertical]
    assert middle.x() * 3 // SCREEN.width() == {"left": 0, "center": 1, "right": 2}[horizontal]
    inner = QRect(96, 54, 768, 432)
    assert inner.adjusted(-4, -4, 4, 4).contains(found)


def test_what_is_being_typed_is_never_shown_before_it_is_heard(canvas: Watched) -> None:
    canvas.set_style(PLAIN._replace(mode="pop-on"))
    live = cue("Heard but not this", heard=1, is_settled=False)
    width = painted(shown(canvas, live)).width()
    assert width > 0
    whole = painted(shown(canvas, live._replace(is_settled=True)))
    assert width < whole.width() / 2
    canvas.show_display(Display(live))
    assert canvas.accessibleDescription() == "Heard"


def test_a_revision_changes_only_the_word_that_was_revised(canvas: Watched) -> None:
    shown(canvas, cue("I lvoe it", is_settled=False))
    words = len(canvas._setter()._drawn)
    shown(canvas, cue("I love it", is_settled=False))
    assert len(canvas._setter()._drawn) == words + 1


def test_lines_roll_up(canvas: Watched) -> None:
    canvas.set_style(PLAIN._replace(mode="roll-up", lines=2))
    first = shown(canvas, cue("First line"))
    second = shown(canvas, cue("Second one", number=2))
    step = painted(first).bottom() - painted(second).top()
    assert painted(second).height() > 1.8 * painted(first).height()
    assert step > 0
    third = shown(canvas, cue("Third", number=3))
    assert abs(painted(third).height() - painted(second).height()) < painted(first).height() / 2
    canvas.show_display(Display(None))
    assert not pixels(canvas).any()
    assert painted(shown(canvas, cue("First line", number=4))) == painted(first)


def test_a_line_that_rolls_up_stays_as_far_as_it_was_heard(canvas: Watched) -> None:
    canvas.set_style(PLAIN._replace(mode="roll-up", lines=2))
    shown(canvas, cue("Heard, and not heard", heard=1))
    shown(canvas, cue("Next", number=2))
    assert words_shown(canvas) == ["Heard,", "Next"]


def test_black_covers_the_screen_and_a_strip_shows_nothing(canvas: Watched) -> None:
    found = shown(canvas, None, is_black=True)
    assert (found == (0, 0, 0, 255)).all()
    canvas.set_style(PLAIN._replace(area="strip"))
    assert not shown(canvas, None, is_black=True).any()


def test_typing_and_a_pause_have_signs_of_their_own(canvas: Watched) -> None:
    captions = cue("Some words")
    bare = shown(canvas, captions)
    typing, paused = shown(canvas, captions, is_typing=True), shown(canvas, captions, is_paused=True)
    assert not np.array_equal(typing, paused)
    for found in (typing, paused):
        assert (found[bare[..., 3] > 40] == bare[bare[..., 3] > 40]).all()
        sign = painted(np.where(found == bare, 0, found))
        assert sign.top() > painted(bare).bottom()
        assert canvas.rect().contains(sign)
    alone = painted(shown(canvas, None, is_typing=True))
    assert alone == painted(np.where(typing == bare, 0, typing))


def test_the_speaker_is_named_above_the_words(canvas: Watched) -> None:
    bare = painted(shown(canvas, cue("Good evening.")))
    named = painted(shown(canvas, cue("Good evening.", speaker="Ann")))
    assert named.bottom() == bare.bottom()
    assert named.top() < bare.top() - 5
    assert not shown(canvas, cue("Good evening.", speaker="Ann", heard=0)).any()


@pytest.mark.parametrize("emoji", ["🎉", "👩‍🚒", "🇪🇺", "❤️"])
@pytest.mark.parametrize("style", [PLAIN, OUTLINED._replace(outline_color="#ffffff")])
def test_emoji_are_painted_in_their_colours(canvas: Watched, emoji: str, style: AudienceStyle) -> None:
    assert QFontDatabase.hasFamily("Noto Color Emoji"), "python -m fishcaption doctor lists what tests need"
    canvas.set_style(style)
    found = shown(canvas, cue(f"so {emoji}!")).astype(int)
    spread = found[..., :3].max(axis=-1) - found[..., :3].min(axis=-1)
    assert (spread > 60).sum() > 50


@pytest.mark.parametrize("background", ["line", "box"])
def test_the_background_stands_behind_all_letters(canvas: Watched, background: str) -> None:
    looks: dict[str, Any] = {"background": background, "background_color": "#0000ff"}
    canvas.set_style(AudienceStyle()._replace(background_opacity_percent=100, **looks))
    found = shown(canvas, cue("A long line of words", "short", speaker="Ann"))
    letters = (found[..., :3] > 200).all(axis=-1)
    ground = (found[..., 3] == 255) & ~letters
    assert letters.any()
    rows, columns = np.nonzero(letters)
    around = ground | letters
    for row, column in zip(rows[::7], columns[::7], strict=True):
        assert around[row - 3 : row + 4, column - 3 : column + 4].all()
    box = painted(found)
    filled = (found[..., 3] > 40)[box.top() : box.bottom(), box.left() : box.right()]
    assert filled.mean() > 0.97 if background == "box" else filled.mean() < 0.9


def test_capitals_keep_the_words_in_their_places(canvas: Watched) -> None:
    canvas.set_style(PLAIN._replace(capitals=True))
    shown(canvas, cue("Große Straße hier", heard=2))
    assert words_shown(canvas) == ["GROSSE", "STRASSE"]
    shown(canvas, cue("iyi istanbul", language="tr"))
    assert words_shown(canvas)[-1] == "İSTANBUL"


@pytest.mark.parametrize("name", PRESETS)
def test_the_preview_is_the_window_made_small(qtbot: QtBot, canvas: Watched, name: str) -> None:
    style = PRESETS[name]
    canvas.set_style(style)
    preview = AudienceCanvas()
    qtbot.addWidget(preview)
    preview.picture(SCREEN)
    preview.set_style(style)
    preview.resize(480, 400)  # another shape: the screen stands in its middle
    caption = cue(*LATIN, speaker="Ann")
    large = shown(canvas, caption)
    preview.show_display(Display(caption))
    small = pixels(preview)
    assert not small[: (400 - 270) // 2 - 1].any()
    if style.text_color != "#ffffff":
        assert (small[70:200] == (48, 48, 48, 255)).all(), "above the captions the screen is seen"
        return
    rows, columns = np.nonzero((large[..., :3] > 245).all(axis=-1))
    small_rows, small_columns = np.nonzero((small[..., :3] > 245).all(axis=-1))
    assert small_rows.min() - 65 == pytest.approx(rows.min() / 2, abs=4)
    assert np.ptp(small_columns) == pytest.approx(np.ptp(columns) / 2, abs=10)


def test_a_strip_in_the_preview_stands_where_its_window_would(qtbot: QtBot) -> None:
    style = AudienceStyle()._replace(area="strip", backdrop_opacity_percent=100, backdrop_color="#00ff00")
    preview = AudienceCanvas()
    qtbot.addWidget(preview)
    preview.picture(SCREEN)
    preview.resize(SCREEN)
    preview.set_style(style)
    found = pixels(preview)
    rows, columns = np.nonzero((found[..., 1] == 255) & (found[..., 0] == 0))
    corners = QPoint(int(columns.min()), int(rows.min())), QPoint(int(columns.max()), int(rows.max()))
    assert QRect(*corners) == strip_rect(style, QRect(QPoint(0, 0), SCREEN))


HOSTILE: list[Callable[[], AudienceCue]] = [
    lambda: cue("x" * 100_000),
    lambda: cue(""),
    lambda: cue("\u2028\0\ufffe\x1b[31m lone \ud800 end"),
    lambda: cue("\u202e" * 50 + "abc"),
    lambda: cue("e" + "\u0301" * 300),
    lambda: cue("words")._replace(heard=99),
    lambda: cue("words", language="x" * 300),
    lambda: cue("words", speaker="S" * 5000),
]


@pytest.mark.parametrize("make", HOSTILE)
def test_no_text_stops_the_picture(canvas: Watched, make: Callable[[], AudienceCue]) -> None:
    canvas.set_style(OUTLINED)
    shown(canvas, make())
    assert painted(shown(canvas, cue("Still here."))).width() > 50


def test_marks_that_lie_over_a_letter_leave_no_holes_in_it(canvas: Watched) -> None:
    canvas.set_style(PLAIN._replace(horizontal="left", size_percent=20.0))
    plain = shown(canvas, cue("oOH"))[..., 3] > 200
    struck = shown(canvas, cue("o\u0338O\u0338H\u0338"))[..., 3]
    assert (struck > 200).sum() > plain.sum()
    assert (struck[plain] > 100).all()
