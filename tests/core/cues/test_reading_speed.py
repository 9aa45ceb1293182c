"""Reading speed: how long a caption has to stand until it is read."""

from __future__ import annotations

import pytest

from fishcaption.core.cues.reading_speed import ALPHABETIC_PER_SECOND, reading_seconds, reading_speed


@pytest.mark.parametrize(
    ("text", "language", "seconds"),
    [
        ("", "en", 0.0),
        ("x" * 34, "en", 2.0),
        ("é" * 34, "fr", 2.0),
        ("e\u0301" * 34, "fr", 2.0),
        ("漢" * 9, "zh", 1.0),
        ("漢" * 9, "en", 1.0),
        ("漢" * 4, "ja", 1.0),
        ("か" * 4, "en", 1.0),
        ("漢字とか", "en", 1.0),
        ("한" * 12, "ko", 1.0),
        ("한" * 12 + "x" * 17, "ko", 2.0),
    ],
)
def test_reading_seconds(text: str, language: str, seconds: float) -> None:
    assert reading_seconds(text, language) == pytest.approx(seconds)


def test_speech_that_outruns_the_reader() -> None:
    text = "x" * 34
    calm, fast = reading_speed(text, 2.1), reading_speed(text, 1.9)
    assert not calm.is_too_fast
    assert fast.is_too_fast
    assert fast.per_second == pytest.approx(34 / 1.9)
    assert fast.most_per_second == pytest.approx(ALPHABETIC_PER_SECOND)


def test_chinese_and_japanese_take_longer() -> None:
    assert not reading_speed("漢" * 18, 2.0, "zh").is_too_fast
    assert reading_speed("漢" * 18, 2.0, "ja").is_too_fast
    assert reading_speed("漢字" * 9, 2.0, "ja").most_per_second == pytest.approx(4)


def test_nothing_and_no_time() -> None:
    assert not reading_speed("", 0.0).is_too_fast
    assert reading_speed("x", 0.0).is_too_fast
