"""The phrase bank: found, changed, written and read again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.errors import InputError
from fishcaption.core.phrases.bank import (
    COLORS,
    KEYS,
    LONGEST,
    Bank,
    Category,
    Phrase,
    bank_of,
    color_named,
    key_named,
    starting,
)
from fishcaption.core.phrases.files import from_csv, from_json, from_plain, to_csv, to_json


def bank(*texts: str) -> Bank:
    made = Bank()
    for text in texts:
        made, _ = made.add(text)
    return made


def shown(found: tuple[Phrase, ...]) -> list[str]:
    return [phrase.shown for phrase in found]


# -- searching --------------------------------------------------------------------------------------------

TALK = bank(
    "How are you?",
    "Hello, how are you today?",
    "Hay fever is bad today.",
    "I have a yacht.",
    "Are you well?",
    "Où est la gare ?",
    "Straße nach München",
    "¿Cómo está?",
    "Thank you.",
    "お元気ですか",
    "I don't know.",
)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("hay", "How are you?"),  # the first letters of all words, before a longer text that begins so
        ("HAY", "How are you?"),
        ("how are", "How are you?"),
        ("how are you", "How are you?"),
        ("h a y", "How are you?"),
        ("ho ar y", "How are you?"),
        ("you well", "Are you well?"),
        ("well are", "Are you well?"),
        ("ou est", "Où est la gare ?"),
        ("gare", "Où est la gare ?"),
        ("strasse", "Straße nach München"),
        ("munchen", "Straße nach München"),
        ("como esta", "¿Cómo está?"),
        ("元気", "お元気ですか"),
        ("acht", "I have a yacht."),
        ("idk", "I don't know."),
        ("don", "I don't know."),
        ("  thank   you ", "Thank you."),
    ],
)
def test_a_phrase_is_found_by_words_beginnings_and_first_letters(query: str, first: str) -> None:
    used = TALK
    if query.lower() == "hay":
        used = used.used("1")
    assert shown(used.search(query))[0] == first


def test_first_letters_are_found_inside_too() -> None:
    assert shown(TALK.search("hay")) == [
        "How are you?",
        "Hay fever is bad today.",
        "Hello, how are you today?",
        # "i have a yacht" holds h, a, y in a row as well
        "I have a yacht.",
    ]
    assert shown(TALK.search("ay")) == [
        "Are you well?",  # they begin it
        "How are you?",  # they are inside
        "Hello, how are you today?",
        "I have a yacht.",
        "Hay fever is bad today.",  # a part of a word
    ]


def test_what_does_not_match_is_not_found() -> None:
    assert TALK.search("zebra") == ()
    assert TALK.search("how zebra") == ()


def test_without_a_query_the_most_used_come_first_then_the_newest_used_then_the_own_order() -> None:
    made = bank("a", "b", "c", "d").used("3").used("2").used("3")
    assert shown(made.search()) == ["c", "b", "a", "d"]
    assert shown(made.used("4").search("  ")) == ["c", "d", "b", "a"]
    assert shown(made.forget_uses().search()) == ["a", "b", "c", "d"]


def test_a_category_narrows_the_search() -> None:
    made, _ = bank("I need help").add("I need tea", category="Needs")
    assert shown(made.search("need", category="Needs")) == ["I need tea"]
    assert shown(made.search("need", category="")) == ["I need help"]
    assert shown(made.search("needs tea")) == ["I need tea"]
    assert shown(made.search("needs")) == ["I need tea"]  # the category's name


def test_what_is_said_is_found_too() -> None:
    made, phrase = Bank().add("Doctor", "I would like to make an appointment")
    assert made.search("appointment") == (phrase,)
    assert phrase.spoken == "I would like to make an appointment"


@given(st.text(max_size=12), st.lists(st.text(min_size=1, max_size=20), max_size=8))
def test_any_query_gives_each_phrase_at_most_once(query: str, texts: list[str]) -> None:
    made = Bank()
    for text in texts:
        try:
            made, _ = made.add(text)
        except InputError:
            continue
    found = made.search(query)
    assert len({phrase.id for phrase in found}) == len(found)
    for phrase in made.phrases:
        assert phrase in made.search(phrase.shown), "a phrase is found by its own text"


# -- changing ---------------------------------------------------------------------------------------------


def test_phrases_are_added_edited_moved_and_removed() -> None:
    made, phrase = bank("one", "two").add("three", category="Numbers", key="F5")
    assert made.category("Numbers") == Category("Numbers")
    assert made.holder("F5") == phrase
    made = made.edit(phrase.id, shown="3", said="three", category="Digits")
    assert made.phrase(phrase.id) == Phrase(phrase.id, "3", "three", "Digits", "", "F5")
    assert [entry.name for entry in made.categories] == ["Numbers", "Digits"]
    made = made.move(phrase.id, 0)
    assert shown(made.phrases) == ["3", "one", "two"]
    assert shown(made.move(phrase.id, 99).phrases) == ["one", "two", "3"]
    made = made.remove(phrase.id)
    assert phrase.id not in made
    with pytest.raises(KeyError):
        made.phrase(phrase.id)


def test_what_is_said_as_it_is_shown_is_kept_once() -> None:
    _, phrase = Bank().add(" Hello ", "Hello")
    assert (phrase.shown, phrase.said) == ("Hello", "")


@pytest.mark.parametrize("text", ["", "  \n ", "\x00\x07", "x" * (LONGEST + 1)])
def test_a_phrase_that_cannot_be_one_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        bank("one").add(text)
    with pytest.raises(InputError):
        bank("one").edit("1", shown=text)


def test_a_key_speaks_one_phrase() -> None:
    made, one = Bank().add("one", key="F1")
    with pytest.raises(InputError, match="F1 speaks “one” already"):
        made.add("two", key="f1")
    made, two = made.add("two")
    with pytest.raises(InputError):
        made.edit(two.id, key="F1")
    made = made.give_key(two.id, "F1")
    assert (made.phrase(one.id).key, made.phrase(two.id).key) == ("", "F1")
    assert made.give_key(two.id, "F1") == made
    assert made.give_key(two.id, "").holder("F1") is None
    assert made.holder("") is None


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("F1", "F1"),
        (" f12 ", "F12"),
        ("ctrl+3", "Ctrl+3"),
        ("CTRL - 9", "Ctrl+9"),
        ("Strg+1", "Ctrl+1"),
        ("", ""),
    ],
)
def test_keys_are_understood_as_they_are_written(written: str, key: str) -> None:
    assert key_named(written) == key


@pytest.mark.parametrize("written", ["F13", "F0", "Ctrl+0", "Ctrl+10", "A", "Ctrl", "Alt+1", "F"])
def test_other_keys_are_refused(written: str) -> None:
    with pytest.raises(InputError, match="is no key"):
        key_named(written)


def test_every_key_is_understood_as_we_write_it() -> None:
    assert [key_named(key) for key in KEYS] == list(KEYS)


def test_categories_are_renamed_coloured_moved_and_removed_with_their_phrases_kept() -> None:
    made, phrase = Bank().add_category("A", "blue").add("one", category="A")
    assert made.color_of(phrase) == "blue"
    made = made.edit(phrase.id, color="red")
    assert made.color_of(made.phrase(phrase.id)) == "red"
    made = made.edit_category("A", new_name="B", color="gray")
    assert made.categories == (Category("B", "grey"),)
    assert made.phrase(phrase.id).category == "B"
    made = made.add_category("C").move_category("C", 0)
    assert [entry.name for entry in made.categories] == ["C", "B"]
    with pytest.raises(InputError):
        made.add_category("B")
    with pytest.raises(InputError):
        made.edit_category("B", new_name="C")
    with pytest.raises(InputError):
        made.add_category("D", "mauve")
    made = made.remove_category("B")
    assert made.phrase(phrase.id).category == ""


def test_banks_are_joined_without_doubles_and_without_taking_keys() -> None:
    mine, _ = bank("Yes.").add("No.", key="F2", category="Mine")
    other, _ = Bank().add_category("Other", "red").add("Yes.")
    other, _ = other.add("Stop it.", key="F2", category="Other")
    other, _ = other.add("Go on.", key="F3")
    joined = mine.join(other)
    assert shown(joined.bank.phrases) == ["Yes.", "No.", "Stop it.", "Go on."]
    assert [phrase.key for phrase in joined.bank.phrases] == ["", "F2", "", "F3"]
    assert (shown(joined.added), joined.known, shown(joined.keyless)) == (
        ["Stop it.", "Go on."],
        1,
        ["Stop it."],
    )
    assert joined.bank.category("Other") == Category("Other", "red")
    assert len({phrase.id for phrase in joined.bank.phrases}) == 4


def test_a_bank_of_odd_parts_is_made_consistent() -> None:
    made = bank_of(
        [Category("A"), Category("A", "red")],
        [Phrase("7", "one", key="F1"), Phrase("7", "two", key="F1", category="B"), Phrase("x", "three")],
    )
    assert [(phrase.id, phrase.shown, phrase.key) for phrase in made.phrases] == [
        ("7", "one", "F1"),
        ("8", "two", ""),
        ("9", "three", ""),
    ]
    assert made.categories == (Category("A"), Category("B"))


changes = st.lists(
    st.tuples(
        st.sampled_from(("add", "edit", "key", "remove", "move", "use", "drop", "rename", "join")),
        st.integers(0, 9),
        st.sampled_from(("", *KEYS[:3], "F13")),
        st.text("ab \n", max_size=3),
    ),
    max_size=30,
)


@given(changes)
def test_whatever_is_done_ids_keys_and_categories_are_unique_and_there(
    steps: list[tuple[str, int, str, str]],
) -> None:
    made = starting()
    for what, which, key, text in steps:
        number = made.phrases[which % len(made.phrases)].id if made.phrases else "1"
        name = made.categories[which % len(made.categories)].name if made.categories else "x"
        try:
            match what:
                case "add":
                    made, _ = made.add(text, category=text, key=key)
                case "edit":
                    made = made.edit(number, shown=text, category=text, key=key)
                case "key":
                    made = made.give_key(number, key)
                case "remove":
                    made = made.remove(number)
                case "move":
                    made = made.move(number, which)
                case "use":
                    made = made.used(number)
                case "drop":
                    made = made.remove_category(name)
                case "rename":
                    made = made.edit_category(name, new_name=text)
                case _:
                    made = made.join(starting()).bank
        except (InputError, KeyError):
            continue
        names = [entry.name for entry in made.categories]
        keys = [phrase.key for phrase in made.phrases if phrase.key]
        assert len({phrase.id for phrase in made.phrases}) == len(made.phrases)
        assert len(set(keys)) == len(keys)
        assert set(keys) <= set(KEYS)
        assert len(set(names)) == len(names)
        assert {phrase.category for phrase in made.phrases} <= {"", *names}
        assert all(phrase.shown.strip() for phrase in made.phrases)
    assert from_json(to_json(made)).bank == made or not (made.phrases or made.categories)


# -- files ------------------------------------------------------------------------------------------------

texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")) | st.sampled_from("=+-@'\"\n\t;,|"),
    max_size=30,
)


@st.composite
def banks(draw: st.DrawFn) -> Bank:
    made = Bank()
    names = draw(st.lists(texts, max_size=4))
    for name in names:
        try:
            made = made.add_category(name, draw(st.sampled_from(("", *COLORS))))
        except InputError:
            continue
    for _ in range(draw(st.integers(0, 8))):
        try:
            made, phrase = made.add(
                draw(texts),
                draw(texts),
                category=draw(st.sampled_from(["", *(entry.name for entry in made.categories)])),
                color=draw(st.sampled_from(("", *COLORS))),
                key=draw(st.sampled_from(("", *KEYS))),
            )
        except InputError:
            continue
        for _ in range(draw(st.integers(0, 2))):
            made = made.used(phrase.id)
    return made


@given(banks())
def test_json_is_a_round_trip(made: Bank) -> None:
    if made.phrases or made.categories:
        read = from_json(to_json(made))
        assert read.bank == made
        assert read.problems == ()


@given(banks())
def test_csv_is_a_round_trip_of_all_but_the_order_of_use(made: Bank) -> None:
    if not made.phrases:
        return
    read = from_csv(to_csv(made))
    assert read.problems == ()

    def told(bank: Bank) -> list[tuple[object, ...]]:
        return [
            (phrase.shown, phrase.said, phrase.category, phrase.color, phrase.key, phrase.uses)
            for phrase in bank.phrases
        ]

    assert told(read.bank) == told(made)
    named = {phrase.category for phrase in made.phrases}
    assert {entry for entry in made.categories if entry.name in named} == set(read.bank.categories)


@pytest.mark.parametrize("text", ["\ufffe", "\ufeff", "\ufdd0\uffff", "\0"])
def test_a_text_of_no_characters_is_no_phrase(text: str) -> None:
    with pytest.raises(InputError, match="needs a text"):
        Bank().add(text)


@given(banks())
def test_no_cell_of_a_csv_is_a_formula(made: Bank) -> None:
    for row in csv.reader(io.StringIO(to_csv(made).decode("utf-8-sig"), newline="")):
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))


def test_a_formula_is_written_as_text_and_read_as_it_was() -> None:
    made, _ = Bank().add('=HYPERLINK("http://x.example","y")', "'@said")
    written = to_csv(made).decode("utf-8-sig")
    assert '"\'=HYPERLINK(""http://x.example"",""y"")"' in written
    assert "\"''@said\"" in written
    assert from_csv(to_csv(made)).bank.phrases[0] == made.phrases[0]


@pytest.mark.parametrize(
    "content",
    [
        b"shown,key\nHello there,F1\n",
        b"\xef\xbb\xbfshown,key\r\nHello there,F1\r\n",
        b"Key;Shown\nf1;Hello there\n",
        b"note\tTEXT\tShortcut\nx\tHello there\tF1\n",
        "key,phrase\nF1,Hello there\n".encode("utf-16"),
        b'\n\nshown,key\n\n"Hello there",F1\n,\n',
        b"Hello there\n",
    ],
)
def test_tables_are_read_as_programs_and_people_write_them(content: bytes) -> None:
    read = from_csv(content)
    assert (shown(read.bank.phrases), read.problems) == (["Hello there"], ())
    assert read.bank.phrases[0].key in ("F1", "")


def test_windows_letters_are_read() -> None:
    assert shown(from_csv("shown;key\nGrüße – schön\n".encode("cp1252")).bank.phrases) == ["Grüße – schön"]


def test_what_cannot_be_used_is_told_with_its_line() -> None:
    content = 'shown,key,color,uses\nYes,F1,,2\n,F2,,\n"two\nlines",F99,,\nNo,F1,mauve,many\n'
    read = from_csv(content.encode())
    assert shown(read.bank.phrases) == ["Yes", "two\nlines", "No"]
    assert [str(problem) for problem in read.problems] == [
        "Line 3: A phrase needs a text.",
        "Line 4: “F99” is no key for a phrase.",
        "Line 6: F1 is taken by line 2",
        "Line 6: There is no colour “mauve”.",
        "Line 6: “uses” is no number",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"a,b\n1,2\n", "Line 1 names no column"),
        (b"shown\n", "Nothing in this file can be used"),
        (b'shown\n"open quotation\n' + b"x" * 200_000, "Line 2 cannot be read"),
        (b"x" * 200_000, "Line 1 cannot be read"),
        (b"\n\nshown," + b"x" * 200_000 + b"\nYes.", "cannot be read"),
    ],
)
def test_a_table_that_is_none_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        from_csv(content)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for read in (from_csv, from_json):
        try:
            read(content)
        except InputError:
            continue


@pytest.mark.parametrize(
    ("raw", "texts", "problems"),
    [
        (["Yes.", "No."], ["Yes.", "No."], 0),
        ({"phrases": [{"text": "Yes."}, 3, {"said": "x"}]}, ["Yes."], 2),
        ({"phrases": [{"shown": "Yes.", "key": "F77", "last_used": "x", "uses": -1}]}, ["Yes."], 2),
        ({"categories": [{"name": "A", "color": 3}, 4], "phrases": []}, [], 2),
        ({"categories": {"name": "A"}, "phrases": ["Yes."]}, ["Yes."], 1),
    ],
)
def test_json_of_others_is_read_as_far_as_it_can_be(raw: Any, texts: list[str], problems: int) -> None:
    read = from_plain(raw)
    assert shown(read.bank.phrases) == texts
    assert len(read.problems) == problems


@pytest.mark.parametrize("content", [b"{", b"[]", b"3", b'{"phrases": 4}', b"\xff\xfe\x00", b"[" * 100_000])
def test_json_that_holds_no_phrases_is_refused(content: bytes) -> None:
    with pytest.raises(InputError):
        from_json(content)


def test_a_number_that_is_too_long_costs_itself_and_is_told() -> None:
    read = from_json(
        b'{"phrases": [{"shown": "Yes.", "uses": ' + b"9" * 5000 + b'}, {"shown": "No.", "uses": 3}]}'
    )
    assert [(phrase.shown, phrase.uses) for phrase in read.bank.phrases] == [("Yes.", 0), ("No.", 3)]
    assert ["uses" in str(problem) for problem in read.problems] == [True]


@pytest.mark.parametrize("depth", [100, 990, 1010, 5000])
def test_a_file_that_is_nested_too_deeply_is_refused(depth: int) -> None:
    with pytest.raises(InputError):
        from_json(b'{"phrases": ["Yes."], "more": ' + b"[" * depth + b"]" * depth + b"}")


def test_half_a_letter_is_read_as_none() -> None:
    made = from_json(rb'["a\ud83db"]').bank
    assert made.phrases[0].shown == "a\ufffdb"
    assert from_json(to_json(made)).bank == made


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ("phrases", "categories", "shown", "said", "key", "name", "color", "uses", "last_used", "id")
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_any_json_is_read_or_refused(raw: Any) -> None:
    try:
        read = from_plain(raw)
    except InputError:
        return
    assert from_json(to_json(read.bank)).bank == read.bank or not (read.bank.phrases or read.bank.categories)
    json.dumps(json.loads(to_json(read.bank)))


# -- to begin with ----------------------------------------------------------------------------------------


def test_the_starting_bank_holds_what_is_needed_first() -> None:
    made = starting()
    opener = made.holder("F1")
    assert opener is not None
    assert "computer" in opener.shown
    assert {"Yes.", "No.", "Thank you.", "I need help, please."} <= set(shown(made.phrases))
    assert len(made.categories) >= 4
    assert len({entry.color for entry in made.categories}) == len(made.categories)
    taken_by_the_window = {"F4", "F5", "F8", "F11"}
    assert not taken_by_the_window & {phrase.key for phrase in made.phrases}
    assert shown(made.search("hay")) == ["How are you?"]
    assert from_json(to_json(made)).bank == made


@pytest.mark.parametrize("named", [color_named, key_named])
def test_what_is_quoted_of_a_file_has_no_control_characters(named: Callable[[str], str]) -> None:
    with pytest.raises(InputError) as refused:
        named("mau\0ve\x1b[31m")
    assert "“mau ve [31m”" in str(refused.value)
