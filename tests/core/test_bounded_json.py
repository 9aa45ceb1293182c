"""JSON from elsewhere: plain values of bounded shape, or one error of ours."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.bounded_json import MOST_DEPTH, parsed
from fishcaption.core.errors import InputError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-999999999999999999", -999999999999999999),
        ("1000000000000000000", "1000000000000000000"),
        ("-" + "9" * 5000, "-" + "9" * 5000),
        ("1.5e3", 1500.0),
        ("1e309", "1e309"),
        ("-1E+999", "-1E+999"),
        ("0." + "1" * 100, "0." + "1" * 100),
        ("NaN", "NaN"),
        ("[Infinity, -Infinity]", ["Infinity", "-Infinity"]),
        (r'"\ud83d\ude00"', "😀"),
        (r'{"\ud83d": ["a\udc00b"]}', {"�": ["a�b"]}),
        ("\ufeff[]".encode(), []),
    ],
)
def test_what_is_too_large_is_a_text_and_what_is_half_a_letter_is_replaced(text: str, value: Any) -> None:
    assert parsed(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1,]",
        b"\xff",
        b"\xff\xfe{\0}\0",
        "[" * 100_000,
        "[" * 61 + "]" * 61,
        '{"a":' * 990 + "1" + "}" * 990,
    ],
)
def test_what_is_none_or_too_deep_is_refused(text: str | bytes) -> None:
    with pytest.raises(InputError):
        parsed(text)


def test_the_line_is_named_and_nothing_is_quoted() -> None:
    with pytest.raises(InputError, match="Line 3") as raised:
        parsed('{"a": 1,\n"b": 2,\n"my secret')
    assert "secret" not in str(raised.value)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.one_of(values.map(json.dumps), st.text(), st.binary()))
def test_whatever_comes_out_can_be_reckoned_with_and_written(content: str | bytes) -> None:
    try:
        value = parsed(content)
    except InputError:
        return
    level, depth = [value], 0
    while level:
        for item in level:
            if isinstance(item, int | float):
                assert math.isfinite(float(item))
                assert abs(item) < 2**63 or isinstance(item, float)
        level = [
            inner
            for item in level
            if isinstance(item, list | dict)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
        depth += 1
    assert depth <= MOST_DEPTH + 1
    assert parsed(json.dumps(value, ensure_ascii=False, allow_nan=False).encode()) == value
