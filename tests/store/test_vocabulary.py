"""Abbreviations, replacements and what was learned: they come back, and what is wrong costs itself only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.errors import InputError, StorageError
from fishcaption.core.normalization.rules import Replacement, Rules
from fishcaption.store import vocabulary as module
from fishcaption.store.vocabulary import Learned, LoadedVocabulary, Vocabulary, exported, imported, load, save

FULL = Vocabulary(
    {"brb": "be right back", "魚": "fish"},
    (
        Replacement("GIF", "jif", language="en", match_case=True),
        Replacement("3rd", "third", voice="hibari", whole_word=False),
        Replacement("Ōsaka", "", phoneme="o o sa ka"),
    ),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "wording.json"


def test_what_was_saved_is_loaded(path: Path) -> None:
    assert load(path) == LoadedVocabulary(Vocabulary())
    save(path, FULL)
    assert load(path) == LoadedVocabulary(FULL)
    assert imported(exported(FULL)) == LoadedVocabulary(FULL)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("abbreviations", {"b r b": "x"}),
        ("abbreviations", {"ok": 7}),
        ("abbreviations", {"": "x"}),
        ("abbreviations", []),
        ("replacements", {}),
        ("replacements", ["GIF"]),
        ("replacements", [{"said": "jif"}]),
        ("replacements", [{"written": "", "said": "x"}]),
        ("replacements", [{"written": "a", "said": "x", "match_case": 1}]),
        ("replacements", [{"written": "a", "said": None}]),
    ],
)
def test_an_entry_that_is_wrong_is_left_out_and_the_file_kept(path: Path, kind: str, value: Any) -> None:
    content = json.loads(exported(FULL))
    if isinstance(value, dict) and kind == "abbreviations":
        content[kind] |= value
    elif isinstance(value, list) and kind == "replacements":
        content[kind] += value
    else:
        content[kind] = value
    path.parent.mkdir()
    path.write_text(json.dumps(content))
    loaded = load(path)
    assert loaded.left_out == 1
    if kind == "abbreviations":
        assert loaded.vocabulary.replacements == FULL.replacements
    else:
        assert loaded.vocabulary.abbreviations == FULL.abbreviations
    assert json.loads(path.with_name("wording.json.broken").read_text()) == content


@pytest.mark.parametrize(
    ("one", "other", "left_out"),
    [
        ({"written": "Nguyen"}, {"written": "nguyen"}, 1),
        ({"written": "Straße"}, {"written": "STRASSE"}, 1),
        ({"written": "a", "match_case": True}, {"written": "a", "match_case": True}, 1),
        ({"written": "a", "match_case": True}, {"written": "A", "match_case": True}, 0),
        ({"written": "a"}, {"written": "A", "language": "de"}, 0),
        ({"written": "a"}, {"written": "A", "voice": "heart"}, 0),
    ],
)
def test_of_two_for_the_same_word_the_first_is_used(
    path: Path, one: dict[str, Any], other: dict[str, Any], left_out: int
) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"replacements": [{**one, "said": "1"}, {**other, "said": "2"}]}))
    loaded = load(path)
    assert [entry.said for entry in loaded.vocabulary.replacements] == ["1", "2"][: 2 - left_out]
    assert loaded.left_out == left_out
    assert bool(loaded.told) == bool(left_out)
    Rules(replacements=loaded.vocabulary.replacements)


def test_there_are_not_more_than_can_be_used() -> None:
    many = [{"written": str(number), "said": "x"} for number in range(6000)]
    table = {f"a{number}": "x" for number in range(6000)}
    loaded = imported(json.dumps({"replacements": many, "abbreviations": table}))
    assert (len(loaded.vocabulary.replacements), len(loaded.vocabulary.abbreviations)) == (5000, 5000)
    assert loaded.left_out == 2000


def test_what_a_newer_version_adds_to_an_entry_is_no_mistake() -> None:
    text = '{"replacements": [{"written": "a", "said": "b", "colour": "red"}], "more": 1}'
    assert imported(text) == LoadedVocabulary(Vocabulary({}, (Replacement("a", "b"),)))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"speed": 1}', "\x00", "[" * 100_000])
def test_what_is_no_vocabulary_is_not_imported(path: Path, text: str) -> None:
    with pytest.raises(InputError):
        imported(text)
    path.parent.mkdir()
    path.write_text(text)
    assert load(path) == LoadedVocabulary(Vocabulary(), 1)
    assert path.with_name("wording.json.broken").read_text() == text


@given(
    table=st.dictionaries(
        st.text(st.characters(categories=["L"]), min_size=1, max_size=8), st.text(min_size=1)
    )
)
def test_any_table_that_can_be_used_comes_back(table: dict[str, str]) -> None:
    good = {short: long for short, long in table.items() if long.strip()}
    assert imported(exported(Vocabulary(good))).vocabulary.abbreviations == good


def learned(path: Path) -> Learned:
    known = Learned(path)
    known.load()
    return known


def test_what_was_learned_comes_back(path: Path) -> None:
    known = learned(path)
    for _ in range(3):
        known.learn("Zanzibar is wonderful.")
    known.close()
    assert learned(path).suggestions("I love Zan") == ("Zanzibar",)


def test_what_was_erased_is_gone_from_the_disk(path: Path) -> None:
    known = learned(path)
    for _ in range(3):
        known.learn("Zanzibar is wonderful.")
    known.close()
    path.with_name("wording.json.broken").write_text("zanzibar")
    known = learned(path)
    assert len(known)
    known.erase()
    known.close()
    assert len(known) == 0
    assert b"anzibar" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_what_is_erased_while_it_waits_to_be_written_does_not_come_back(path: Path) -> None:
    known = learned(path)
    for _ in range(3):
        known.learn("Zanzibar is wonderful.")
    known.erase()
    known.close()
    assert learned(path).suggestions("I love Zan") == ()


def test_a_file_that_cannot_be_used_is_put_aside(path: Path) -> None:
    path.parent.mkdir()
    for name, content in (("", b"{"), ("-2", b"[]"), ("-3", b"\xff"), ("-4", b'{"words": 7}')):
        path.write_bytes(content)
        told: list[StorageError] = []
        known = Learned(path, told.append)
        known.load()
        assert len(known) == 0
        assert path.with_name(f"wording.json.broken{name}").read_bytes() == content
        assert f"wording.json.broken{name}" in str(told[0])
        known.close()


def test_before_it_is_loaded_it_offers_and_learns_nothing(path: Path) -> None:
    known = Learned(path)
    known.learn("Zanzibar")
    assert known.suggestions("I lo") == ()
    known.close()
    assert not path.exists()


def test_a_full_disk_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[StorageError] = []

    def write(target: Path, content: bytes) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(module, "write_whole", write)
    known = Learned(path, told.append)
    known.load()
    known.learn("Zanzibar is wonderful.")
    known.close()
    assert len(told) == 1
