"""Fields of a template: whatever a value is, it stays one value in its place."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.captions.senders.template import FIELDS, check, filled
from fishcaption.core.errors import InputError

anything = st.text(st.characters(codec="utf-8"), max_size=40)


@given(text=anything, speaker=anything)
def test_a_value_comes_back_as_it_was_from_every_format(text: str, speaker: str) -> None:
    values = {"text": text, "speaker": speaker, "secret": "hidden"}
    assert json.loads(filled('{"a": "{text}", "b": ["{speaker}"]}', values, "json")) == {
        "a": text,
        "b": [speaker],
    }
    fields = parse_qs(filled("a={text}&b={speaker}", values, "form"), keep_blank_values=True)
    assert fields == {"a": [text], "b": [speaker]}
    parts = urlsplit(filled("https://x/{text}/y?b={speaker}", values, "url"))
    assert (parts.netloc, parts.path.count("/"), parts.fragment) == ("x", 2, "")
    assert parse_qs(parts.query, keep_blank_values=True) == {"b": [speaker]}
    element = ET.fromstring(filled('<c b="{speaker}">{text}</c>', values, "xml"))
    assert (element.text or "", element.attrib["b"]) == (_xml_text(text), _xml_text(speaker))
    header = filled("Bearer {text}", values, "header")
    assert header.isascii()
    assert not any(character < " " or character == "\x7f" for character in header)
    assert filled("{text}", values, "plain") == text


def _xml_text(text: str) -> str:
    """The text with U+FFFD for what cannot stand in XML."""
    return "".join(
        letter if letter in "\t\n\r" or (letter >= " " and letter not in "\ufffe\uffff") else "\ufffd"
        for letter in text
    )


def test_a_field_in_a_value_is_no_field_and_other_braces_stay() -> None:
    values = {"text": "{secret}", "secret": "hidden"}
    assert filled('{"a": {}, "{text}": "{ text }{other}"}', values, "plain") == (
        '{"a": {}, "{secret}": "{ text }{other}"}'
    )


def test_a_field_without_a_value_is_empty() -> None:
    assert filled("[{line2}]", {"line1": "x"}, "plain") == "[]"


def test_a_field_that_there_is_not_is_named() -> None:
    check("".join(f"{{{name}}}" for name in FIELDS) + '{"a": {"b": 1}}', "Body")
    with pytest.raises(InputError, match=r"“Body” has \{words\}") as raised:
        check("{text} {words}", "Body")
    assert "{line1}" in raised.value.hint
