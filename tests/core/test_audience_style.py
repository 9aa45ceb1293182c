"""The audience's style: limits, presets, contrast."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.audience import Layout
from fishcaption.core.audience_style import (
    GOOD_CONTRAST,
    LEAST_CONTRAST,
    LIMITS,
    PRESETS,
    AudienceStyle,
    ScreenIdentity,
    contrast,
    plain,
    screen_of,
    style_of,
)

BARE = AudienceStyle(background="none")
ON_WHITE = BARE._replace(backdrop_color="#ffffff", backdrop_opacity_percent=100)
BOX = AudienceStyle(background_opacity_percent=100)
_JSON = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(["", "#00ff7f", "box", "top", "left", "roll-up", "strip", "x" * 300]),
    st.lists(st.integers(), max_size=1),
)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_read_with_ease_over_every_picture(name: str) -> None:
    assert contrast(PRESETS[name]).ratio >= GOOD_CONTRAST


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_comes_back_from_a_file(name: str) -> None:
    assert style_of(json.loads(json.dumps(plain(PRESETS[name])))) == PRESETS[name]


def test_presets_differ() -> None:
    assert len(set(PRESETS.values())) == len(PRESETS)


@pytest.mark.parametrize(
    ("style", "ratio", "over_light"),
    [
        # WCAG's own examples: black on white 21, #767676 on white 4.54
        (ON_WHITE._replace(text_color="#000000"), 21.0, False),
        (ON_WHITE._replace(text_color="#767676"), 4.54, False),
        (BARE, 1.0, True),  # white letters over a white picture
        (BARE._replace(text_color="#000000"), 1.0, False),
        (BARE._replace(outline_percent=8.0), 21.0, False),
        (BARE._replace(outline_percent=1.0), 1.0, True),  # too thin to keep letters and picture apart
        (BARE._replace(outline_percent=8.0, outline_color="#ffffff"), 1.0, True),
        (BARE._replace(background="line", background_opacity_percent=50), 3.95, True),  # on #7f7f7f
        (BOX, 21.0, False),
        # half-transparent letters on black are grey
        (BOX._replace(text_opacity_percent=50), 5.28, False),
        (BOX._replace(backdrop_opacity_percent=50, background_opacity_percent=50), 10.37, True),
    ],
)  # fmt: skip
def test_the_contrast_is_the_least_over_dark_and_light(
    style: AudienceStyle, ratio: float, over_light: bool
) -> None:
    found = contrast(style)
    assert found.ratio == pytest.approx(ratio, abs=0.06)
    if 1.05 < ratio < 20.9:
        assert found.over_light == over_light


def test_a_box_that_becomes_transparent_is_warned_of_in_time() -> None:
    boxes = [BOX._replace(background_opacity_percent=part) for part in range(101)]
    ratios = [contrast(box).ratio for box in boxes]
    assert ratios == sorted(ratios)
    assert ratios[0] < LEAST_CONTRAST < ratios[100]


@pytest.mark.parametrize("name", LIMITS)
def test_every_number_has_limits(name: str) -> None:
    low, high = LIMITS[name]
    for limit in (low, high):
        kind = type(getattr(AudienceStyle(), name))
        assert getattr(style_of({name: kind(limit)}), name) == limit
    wrong: list[Any] = [low - 1, high + 1, float("nan"), float("inf"), "5", None, True, [5]]
    for value in wrong:
        with pytest.raises(ValueError, match="cannot be used"):
            style_of({name: value})


def test_what_has_no_limits_is_text_or_a_choice() -> None:
    rest = set(AudienceStyle._fields) - LIMITS.keys()
    colors = {name for name in rest if name.endswith("_color")}
    assert len(colors) == 5
    assert rest - colors == {"family", "weight", "capitals", "background", "vertical", "horizontal", "mode",
                             "area", "is_click_through"}  # fmt: skip


@pytest.mark.parametrize(
    "raw",
    [
        [], None, "box", {"family": "x" * 201}, {"family": 3}, {"weight": 450}, {"capitals": 1},
        {"text_color": "red"}, {"text_color": "#fff"}, {"text_color": "#ffffffff"}, {"text_color": "#12 456"},
        {"text_color": "#１２３４５６"}, {"background": "glow"}, {"vertical": "left"}, {"mode": "scroll"},
        {"area": ""}, {"lines": 2.5}, {"size_percent": 10**400},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_style_is_refused(raw: Any) -> None:
    with pytest.raises(ValueError, match="cannot be used"):
        style_of(raw)


@given(st.dictionaries(st.sampled_from(AudienceStyle._fields), _JSON, max_size=4))
def test_whatever_is_in_a_file_is_a_style_within_its_limits_or_refused(raw: dict[str, Any]) -> None:
    try:
        style = style_of(raw)
    except ValueError:
        return
    assert style_of(plain(style)) == style
    assert 1 <= contrast(style).ratio <= 21.01
    assert 0 < style.strip_percent() <= 100


def test_unknown_values_of_a_newer_version_are_passed_over() -> None:
    assert style_of({"glow": 3, "lines": 1}) == AudienceStyle(lines=1)


def test_a_screen_comes_back_from_a_file() -> None:
    screen = ScreenIdentity("HDMI-1", "Dell", "U2720Q", "ABC", 1920, -20, 3840, 2160)
    assert screen_of(json.loads(json.dumps(plain(screen)))) == screen
    assert screen.title() == "Dell U2720Q"
    assert ScreenIdentity("HDMI-1").title() == "HDMI-1"
    for wrong in ({"width": -1}, {"left": 10**6}, {"name": 1}, "HDMI-1", {"serial": "x" * 201}):
        with pytest.raises(ValueError, match="cannot be used"):
            screen_of(wrong)


def test_lines_that_roll_up_are_captions_of_their_own() -> None:
    assert AudienceStyle(columns=32, lines=3).layout() == Layout(32, 3)
    assert AudienceStyle(columns=32, lines=3, mode="roll-up").layout() == Layout(32, 1)
