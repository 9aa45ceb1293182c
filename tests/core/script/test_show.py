"""The place in a script: it stays with its cue whatever is edited, and nothing is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.core.script.show import Show, begun


def script(*numbers: int) -> Script:
    return Script("a play", tuple(ScriptCue(number, f"Cue {number}.") for number in numbers))


def at(current: int | None, following: int | None, *numbers: int) -> Show:
    return Show(script(*numbers), current, following)


FIVE = begun(script(1, 2, 3, 4, 5))


def test_each_key_speaks_one_cue_and_the_last_one_is_the_end() -> None:
    show, spoken = FIVE, list[int | None]()
    for _ in range(7):
        show = show.next()
        spoken.append(show.current)
    assert spoken == [1, 2, 3, 4, 5, 5, 5]
    assert show.following is None
    assert show.spoken == {1, 2, 3, 4, 5}
    assert show.back().following == 5
    assert show.go_to(1).next().spoken == {1}, "another show"
    assert begun(Script()).next() == Show()


def test_back_skip_and_go_to_choose_the_next_cue_and_speak_nothing() -> None:
    show = FIVE.next().next()
    assert (show.current, show.following) == (2, 3)
    moved = (show.back(), show.back().back().back().back(), show.skip(), show.go_to(5), show.go_to(99))
    assert [(each.current, each.following) for each in moved] == [(2, 2), (2, 1), (2, 4), (2, 5), (2, 3)]
    assert all(each.spoken == show.spoken for each in moved)
    assert show.go_to(5).skip().following is None
    assert show.go_to(5).skip().skip().following is None


def test_next_waits_while_it_is_held() -> None:
    held = FIVE.hold(is_held=True)
    assert held.next() == held
    assert held.skip().following == 2
    assert held.hold(is_held=False).next().current == 1


def test_markers_are_set_and_removed() -> None:
    marked = FIVE.mark(3, is_marked=True)
    assert [cue.id for cue in marked.script.cues if cue.is_marked] == [3]
    assert marked.mark(3, is_marked=False) == FIVE
    assert FIVE.mark(99, is_marked=True) == FIVE


@pytest.mark.parametrize(
    ("show", "new", "following"),
    [
        (at(2, 3, 1, 2, 3, 4), (1, 2, 3, 4), 3),
        (at(2, 3, 1, 2, 3, 4), (3, 4), 3),  # what was spoken is deleted
        (at(2, 3, 1, 2, 3, 4), (1, 2, 4), 4),  # the next one is deleted
        (at(2, 3, 1, 2, 3, 4), (1, 2), None),
        (at(2, 3, 1, 2, 3, 4), (4, 3, 2, 1), 3),  # in another order
        (at(2, 3, 1, 2, 3, 4), (1, 2, 9, 3, 4), 9),  # written in while the one before is spoken
        (at(2, 3, 1, 2, 3, 4), (1, 2, 8, 9, 3, 4), 8),
        (at(2, 3, 1, 2, 3, 4), (1, 2, 8, 9, 4), 8),  # divided into two
        (at(2, 3, 1, 2, 3, 4), (1, 9, 2, 3, 4), 3),  # written in behind
        (at(2, 4, 1, 2, 3, 4), (1, 2, 3, 9, 4), 4),  # the user went there, not to what is new
        (at(2, 1, 1, 2, 3, 4), (9, 1, 2, 3, 4), 1),
        (at(4, None, 1, 2, 3, 4), (1, 2, 3, 4), None),
        (at(4, None, 1, 2, 3, 4), (1, 2, 3, 4, 8, 9), 8),  # the end goes on
        (at(4, None, 1, 2, 3, 4), (9, 1, 2, 3, 4), None),
        (at(None, 1, 1, 2), (9, 1, 2), 9),  # before the beginning
        (at(None, None), (1, 2), 1),
        (at(2, 3, 1, 2, 3, 4), (), None),
        (at(2, 3, 1, 2, 3, 4), (7, 8), 7),  # another script altogether
    ],
)
def test_an_edited_script_keeps_the_place(show: Show, new: tuple[int, ...], following: int | None) -> None:
    assert show.edited(script(*new)).following == following


numbers = st.lists(st.integers(1, 30), unique=True, max_size=12)
acts = st.lists(
    st.tuples(
        st.sampled_from(["next", "back", "skip", "go_to", "hold", "edited"]), st.integers(1, 30), numbers
    )
)


@given(numbers, acts)
def test_the_place_is_always_in_the_script(first: list[int], steps: list[tuple[str, int, list[int]]]) -> None:
    show = begun(script(*first))
    for act, number, others in steps:
        before = show
        match act:
            case "go_to":
                show = show.go_to(number)
            case "hold":
                show = show.hold(is_held=number % 2 == 0)
            case "edited":
                show = show.edited(script(*others))
                if before.current in show.script.places:
                    assert show.current == before.current
            case _:
                show = getattr(show, act)()
        places = show.script.places
        assert show.current is None or show.current in places
        assert show.following is None or show.following in places
        assert show.spoken <= places.keys()
        assert (show.following is None) == (show.place() == len(show.script.cues))
        if act == "next" and show != before:
            assert show.current == before.following
            assert not before.is_held


@given(numbers, numbers, st.data())
def test_whatever_is_edited_what_was_to_come_still_comes(
    old: list[int], new: list[int], data: st.DataObject
) -> None:
    """Cues that stay in their order are spoken in it; none of those before the place comes again."""
    show = begun(script(*old))
    for _ in range(data.draw(st.integers(0, len(old)))):
        show = show.next()
    kept = [number for number in old if number in new]
    fresh = [number for number in new if number not in old]
    merged = list(kept)
    for number in fresh:
        merged.insert(data.draw(st.integers(0, len(merged))), number)
    rest = [number for number in old[show.place() :] if number in kept]
    show, heard = show.edited(script(*merged)), list[int]()
    while show.following is not None:
        show = show.next()
        assert show.current is not None
        heard.append(show.current)
    assert [number for number in heard if number in kept] == rest


@given(numbers, st.data())
def test_a_changed_text_moves_nothing(first: list[int], data: st.DataObject) -> None:
    show = begun(script(*first))
    for _ in range(data.draw(st.integers(0, 5))):
        show = data.draw(st.sampled_from([show.next(), show.back(), show.skip()]))
    cues = tuple(replace(cue, text="Another text.") for cue in show.script.cues)
    changed = show.edited(replace(show.script, cues=cues))
    assert (changed.current, changed.following, changed.spoken) == (show.current, show.following, show.spoken)


CUES = (
    ScriptCue(10, "Good evening, ladies and gentlemen.", "ANNA"),
    ScriptCue(11, "A12: the curtain opens. 1984 was a good year.", "BEN"),
    ScriptCue(12, "Où est l'été? A126 is a road.", note="Light 3"),
    ScriptCue(13, "The year was a good one.", "ANNA", note="B7 (thunder)"),
    ScriptCue(14, "Good night."),
)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("1", 10),
        (" 5 ", 14),
        ("6", None),
        ("0", None),
        ("1984", 11),  # no cue has this number
        ("9" * 5000, None),
        ("A12", 11),
        ("a12", 11),
        ("A1", 11),  # no label: the beginning of one
        ("B7", 13),
        ("A126", 12),
        ("light 3", 12),
        ("good", 13),  # behind the next cue
        ("GOOD NIGHT", 14),
        ("good evening", 10),  # from the beginning
        ("ood", None),
        ("126", None),
        ("ou est l'ete", 12),
        ("curtain year", 11),
        ("anna", 13),
        ("", None),
        ("   ", None),
        ("nowhere", None),
    ],
)
def test_a_cue_is_found_by_number_label_and_words(wanted: str, found: int | None) -> None:
    show = begun(Script("a play", CUES)).go_to(12)
    cue = show.find(wanted)
    assert (cue.id if cue is not None else None) == found


def test_searching_again_from_what_was_found_goes_on() -> None:
    show, found = begun(Script("a play", CUES)), list[int]()
    for _ in range(5):
        cue = show.find("good")
        assert cue is not None
        found.append(cue.id)
        show = show.go_to(cue.id)
    assert found == [11, 13, 14, 10, 11]
