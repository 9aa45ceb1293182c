"""The messages for a broker: one a caption, with the times of its words, and the finished ones."""

from __future__ import annotations

import json

from fishcaption.captions.brokers.messages import CueMessages
from fishcaption.captions.display import AudienceCue, CueWord, Display

WORDS = (CueWord(0, 0, 5, 0.0), CueWord(0, 5, 13, 0.31), CueWord(1, 0, 10, 1.2))


def cue(number: int, heard: int) -> AudienceCue:
    return AudienceCue(number, ("Good evening,", "everybody."), WORDS, heard, True, 0.0)


def test_a_caption_is_one_message_whatever_is_heard_of_it() -> None:
    messages = CueMessages()
    told = messages.take(Display(cue(1, 1)), "word")
    assert told is not None
    found = json.loads(told.now)["cue"]
    assert found["lines"] == [["Good ", "evening,"], ["everybody."]]
    assert found["offsets_ms"] == [0, 310, 1200]
    assert found["heard"] == 1
    assert told.history is None
    assert messages.take(Display(cue(1, 2)), "word") is None
    assert messages.take(Display(cue(1, 3)), "word") is None


def test_a_pause_and_what_follows_it_are_told() -> None:
    messages = CueMessages()
    messages.take(Display(cue(1, 1)), "word")
    paused = messages.take(Display(cue(1, 2), is_paused=True), "word")
    assert paused is not None
    assert json.loads(paused.now)["paused"]
    assert json.loads(paused.now)["cue"]["heard"] == 2
    resumed = messages.take(Display(cue(1, 2)), "word")
    assert resumed is not None
    assert not json.loads(resumed.now)["paused"]


def test_the_history_has_what_was_heard_of_the_finished_captions() -> None:
    messages = CueMessages()
    messages.take(Display(cue(1, 1)), "word")
    messages.take(Display(cue(1, 2)), "word")
    told = messages.take(Display(cue(2, 1)), "word")
    assert told is not None
    assert told.history is not None
    assert [entry["lines"] for entry in json.loads(told.history)["cues"]] == [["Good evening,"]]
    told = messages.take(Display(), "word")
    assert told is not None
    assert json.loads(told.now)["cue"] is None
    assert told.history is not None
    assert len(json.loads(told.history)["cues"]) == 2
