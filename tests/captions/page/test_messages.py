"""What readers are sent."""

from __future__ import annotations

import json
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from fishcaption.captions.display import Display
from fishcaption.captions.page.control import (
    ACTIONS,
    Command,
    OperatorView,
    OutletLine,
    as_json,
    command,
    refusal,
)
from fishcaption.captions.page.messages import LONGEST_LINE, MOST_LINES, MOST_PAST, Messages
from fishcaption.core.audience import Mode
from tests.captions.outlets import cue


def test_a_message_is_the_whole_state() -> None:
    messages = Messages()
    shown = cue(5, "Good evening,", "everybody.", heard=2, speaker="ANNA", language="en")
    assert json.loads(messages.take(Display(shown, is_paused=True, is_typing=True), "word")) == {
        "id": 1,
        "show": messages.show,
        "mode": "word",
        "last": 0,
        "cue": {
            "id": 5,
            "lines": [["Good ", "evening,"], ["everybody."]],
            "heard": 2,
            "speaker": "ANNA",
            "language": "en",
        },
        "paused": True,
        "typing": True,
        "black": False,
        "rehearsal": False,
    }
    assert json.loads(messages.take(Display(is_rehearsal=True), "word"))["rehearsal"] is True


def test_a_caption_is_finished_with_the_next_one_or_when_the_display_is_cleared() -> None:
    messages = Messages()
    told = [
        json.loads(messages.take(display, "pop-on"))
        for display in [
            Display(cue(1, "one two", heard=1)),
            Display(cue(1, "one two")),
            Display(cue(2, "three", speaker="BOB")),
            Display(),
            Display(),
        ]
    ]
    assert [message.get("past", []) for message in told] == [
        [],
        [],
        [{"id": 1, "lines": ["one two"], "speaker": "", "language": "en"}],
        [{"id": 2, "lines": ["three"], "speaker": "BOB", "language": "en"}],
        [],
    ]
    assert [message["last"] for message in told] == [0, 0, 1, 2, 2]
    assert [entry["id"] for entry in messages.past()] == [1, 2]


def test_of_a_caption_that_was_cut_the_history_has_what_was_heard() -> None:
    messages = Messages()
    messages.take(Display(cue(1, "one two", "three four", heard=3)), "word")
    messages.take(Display(), "word")
    messages.take(Display(cue(2, "never heard", heard=0)), "word")
    messages.take(Display(), "word")
    assert [entry["lines"] for entry in messages.past()] == [["one two", "three"]]


def test_black_hides_a_caption_and_does_not_finish_it() -> None:
    messages = Messages()
    messages.take(Display(cue(1, "one")), "pop-on")
    black = json.loads(messages.take(Display(is_black=True), "pop-on"))
    assert (black["black"], black["cue"], black["last"]) == (True, None, 0)
    messages.take(Display(cue(1, "one")), "pop-on")
    messages.take(Display(cue(2, "two")), "pop-on")
    assert [entry["lines"] for entry in messages.past()] == [["one"]]


def test_the_history_is_bounded() -> None:
    messages = Messages()
    for number in range(MOST_PAST + 50):
        messages.take(Display(cue(number, "word")), "pop-on")
    assert [entry["id"] for entry in messages.past()] == list(range(50, MOST_PAST + 50))


LINES = st.lists(st.text(st.characters(), max_size=400), max_size=MOST_LINES + 4)
DISPLAYS = st.lists(
    st.tuples(st.one_of(st.none(), st.tuples(st.integers(1, 4), LINES, st.integers(0, 9))), st.booleans())
)


@given(DISPLAYS, st.sampled_from(get_args(Mode)))
def test_whatever_is_shown_a_message_is_one_bounded_line_and_no_caption_is_told_twice(
    displays: list[tuple[tuple[int, list[str], int] | None, bool]], mode: Mode
) -> None:
    messages = Messages()
    finished: list[int] = []
    for shown, is_black in displays:
        caption = cue(shown[0], *shown[1], heard=shown[2]) if shown and not is_black else None
        text = messages.take(Display(caption, is_black=is_black), mode)
        assert "\n" not in text
        told = json.loads(text.encode())
        if told["cue"]:
            assert len(told["cue"]["lines"]) <= MOST_LINES
            assert all(len("".join(line)) <= LONGEST_LINE for line in told["cue"]["lines"])
        finished += [entry["id"] for entry in told.get("past", [])]
        assert told["last"] == len(finished)
    assert finished == list(range(1, len(finished) + 1))


# -- control ----------------------------------------------------------------------------------------------


def test_commands_from_elsewhere_are_known_ones_on_one_short_line() -> None:
    assert command("jump", " twelve\n\x1b[31m " + "x" * 500) == Command(
        "jump", "twelve [31m " + "x" * 187 + "…"
    )
    assert [command(action, "") for action in ACTIONS] == [Command(action) for action in ACTIONS]
    assert command("quit", "") is None
    assert command(["next"], "") is None
    assert command("next", 7) is None


def test_a_command_that_makes_no_sense_is_told_why() -> None:
    open_, shut = {"is_open": True}, {"is_open": False}
    assert (
        refusal("next", {}, open_) == refusal("stop", {}, shut) == refusal("black", {"to": "on"}, shut) == ""
    )
    assert refusal("next", {}, shut) == "No script is open."
    assert "number" in refusal("jump", {"to": " "}, open_)
    assert "on or off" in refusal("freeze", {"to": "maybe"}, open_)


def test_what_the_operator_is_shown_is_bounded() -> None:
    line = OutletLine("x" * 999, "on", "y" * 9999)
    told = as_json(OperatorView(True, "s" * 999, "c" * 99_999, left_seconds=61.7, outlets=(line,) * 99))
    assert len(json.dumps(told)) < 15_000
    assert told["left_seconds"] == 62
    assert len(told["outlets"]) == 30  # type: ignore[arg-type]  # it is a list
