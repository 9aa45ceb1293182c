"""How fast voices speak: it comes back, and nonsense does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from fishcaption.store.speech_rates import load, save


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "paces.json"
    assert load(path) == {}
    save(path, {"embedded/a": (1.5, 0.25), "fish/b": ()})
    assert load(path) == {"embedded/a": (1.5, 0.25), "fish/b": ()}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        '{"a": 1}',
        '{"a": ["x"]}',
        '{"a": [true]}',
        '{"a": [NaN]}',
        '{"a": [1e999]}',
        "[" * 9999,
    ],
)
def test_nonsense_is_left_out(tmp_path: Path, content: str) -> None:
    path = tmp_path / "paces.json"
    path.write_text(content)
    assert load(path) == {}


def test_the_newest_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "paces.json"
    save(path, {str(number): (1.0,) for number in range(600)})
    assert list(load(path)) == [str(number) for number in range(100, 600)]
