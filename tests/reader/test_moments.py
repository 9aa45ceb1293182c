"""When what the reader shows changes of itself: told ahead, so that nobody has to look for it."""

from __future__ import annotations

import pytest

from fishcaption.core.speech import State
from fishcaption.reader.synthesis_run import AHEAD_SECONDS
from tests.fakes import RATE
from tests.reader.test_reader import Stage, stage

__all__ = ["stage"]


async def test_the_moment_of_the_next_word_is_told_ahead(stage: Stage) -> None:
    """Sleeping until it and looking shows every word, as far ahead of its first frame as drawing takes."""
    stage.reader.speak("Hello brave new world.")
    await stage.settle()
    lit: list[str | None] = []
    moments: list[float] = []
    while (moment := stage.reader.next_moment()) is not None:
        assert moment > stage.ear.now
        stage.ear.hear(round((moment - stage.ear.now) * RATE))
        await stage.settle()
        moments.append(stage.ear.now)
        if stage.lit() not in (None, *lit):
            lit.append(stage.lit())
    assert lit == ["Hello", "brave", "new", "world"]
    ahead = [moment - AHEAD_SECONDS for moment in (0.3, 0.6, 0.9, 1.2)]
    assert moments == pytest.approx([0.001, *ahead, 1.2])
    assert stage.state() is State.IDLE


async def test_the_times_of_words_are_made_once_until_they_are_others(stage: Stage) -> None:
    number = stage.reader.speak("Hello brave new world.")
    before = stage.reader.word_times(number)
    await stage.settle()
    known = stage.reader.word_times(number)
    assert known != before
    await stage.hear(2)
    assert stage.reader.word_times(number)[1] is known[1]
    other = stage.reader.speak("Another text.")
    await stage.settle()
    assert [word.span.start for word in stage.reader.word_times(other)[1]] == [0, 8]
    assert stage.reader.word_times(number) == known


async def test_nothing_changes_of_itself_while_it_is_paused_or_stopped_or_idle(stage: Stage) -> None:
    assert stage.reader.next_moment() is None
    stage.reader.speak("Hello brave new world.")
    await stage.hear(1.5)
    stage.reader.pause()
    assert stage.reader.next_moment() is None
    stage.reader.resume()
    assert stage.reader.next_moment() == pytest.approx(stage.ear.now + 0.15 - AHEAD_SECONDS)
    stage.reader.stop()
    assert stage.reader.next_moment() is None


async def test_back_has_the_words_come_again(stage: Stage) -> None:
    stage.reader.speak("Hello brave new world.")
    await stage.hear(3.5)
    stage.reader.back()
    await stage.settle()
    assert stage.reader.next_moment() == pytest.approx(stage.ear.now + 0.001)


async def test_text_that_is_typed_is_fixed_at_a_moment_that_is_told(stage: Stage) -> None:
    """The device has been given 0.1 s more than was heard: a word is fixed before it is lit."""
    stage.ear.lead = RATE // 10
    number = stage.reader.begin_live()
    stage.reader.live_text(number, "Hello brave new world")
    stage.reader.say_so_far()
    await stage.hear(0.5)
    while (moment := stage.reader.next_moment()) is not None:
        fixed = stage.reader.utterance(number).fixed_end
        stage.ear.hear(round((moment - stage.ear.now) * RATE) - 1)
        assert stage.reader.utterance(number).fixed_end == fixed
        stage.ear.hear(1)
        await stage.settle()
    assert stage.reader.utterance(number).fixed_end == len("Hello brave new world")
    assert stage.state() is State.IDLE  # all of it is heard, and the hands rest


async def test_sound_that_goes_on_otherwise_than_foretold_is_worth_a_look(stage: Stage) -> None:
    calls = []
    stage.reader.subscribe(lambda: calls.append(1))
    stage.ear.retime()
    await stage.settle()
    assert calls == [1]
