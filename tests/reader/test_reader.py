"""The engine, told as stories: commands, what the voice was given, what was heard, what is shown."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncIterator
from itertools import groupby, pairwise

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from fishcaption.core.errors import AudioDeviceError, ConnectionLost, InputError
from fishcaption.core.normalization.normalize import Normalizer
from fishcaption.core.normalization.rules import Replacement, Rules
from fishcaption.core.speech import Fate, Rendered, Span, State, UtteranceView, Voice, WordTime
from fishcaption.core.timing.flush_policy import Kind
from fishcaption.core.timing.timeline import SpeechRate
from fishcaption.reader import Reader
from fishcaption.store.audio_buffer import StoredAudio
from tests.fakes import RATE, WORD_FRAMES, FakeEar, FakeVoice


class Stage:
    """A reader with its fakes, its clock held by the test."""

    def __init__(self) -> None:
        self.now = 0.0
        self.ear = FakeEar()
        self.voice = FakeVoice()
        pace = SpeechRate()
        self.reader = Reader(
            self.ear, make_buffer=StoredAudio, rate_of_voice=lambda voice: pace, clock=lambda: self.now
        )
        self.reader.use(self.voice, "embedded")

    async def settle(self) -> None:
        """Let every task run until it waits for the world."""
        for _ in range(200):
            await asyncio.sleep(0)

    async def hear(self, words: float) -> None:
        await self.settle()
        self.ear.hear(int(words * WORD_FRAMES))
        await self.settle()

    async def later(self, seconds: float) -> None:
        """Let the time go on, and have it noticed."""
        self.now += seconds
        self.reader.pause()
        self.reader.resume()
        await self.settle()

    def heard(self) -> str:
        """The words that were heard, in order; a part of one is marked by its tenths."""
        runs = [(sample, len(list(run))) for sample, run in groupby(self.ear.heard_samples)]
        return " ".join(
            f"{self.voice.words[sample - 1]}"
            + ("" if frames == WORD_FRAMES else f"/{frames * 10 // WORD_FRAMES}")
            for sample, frames in runs
        )

    def lit(self) -> str | None:
        current = self.reader.snapshot().current
        if current is None or current.word is None:
            return None
        return current.text[current.word.start : current.word.end]

    def state(self) -> State:
        return self.reader.snapshot().state


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    task = asyncio.get_running_loop().create_task(stage.reader.run())
    await asyncio.sleep(0)
    try:
        yield stage
    finally:
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled(), task.exception()


async def test_what_is_spoken_is_heard_and_lit_word_by_word(stage: Stage) -> None:
    number = stage.reader.speak("Hello brave new world.")
    assert stage.state() is State.CONNECTING
    lit = []
    for _ in range(4):
        await stage.hear(0.5)
        lit.append(stage.lit())
        assert stage.state() is State.SPEAKING
        await stage.hear(0.5)
    assert lit == ["Hello", "brave", "new", "world"]
    assert stage.reader.utterance(number).fate is Fate.HEARD
    assert stage.state() is State.IDLE
    assert stage.voice.said == "Hello brave new world."


async def test_nothing_to_say_is_an_input_error_and_changes_nothing(stage: Stage) -> None:
    with pytest.raises(InputError):
        stage.reader.speak("  \n ")
    assert stage.state() is State.IDLE
    assert stage.reader.snapshot().current is None


async def test_a_text_without_a_word_is_told_not_passed_over_in_silence(stage: Stage) -> None:
    number = stage.reader.speak("– …")
    await stage.settle()
    assert stage.reader.utterance(number).fate is Fate.FAILED
    assert isinstance(stage.reader.snapshot().error, InputError)


async def test_a_second_utterance_waits_its_turn(stage: Stage) -> None:
    first = stage.reader.speak("One two.")
    second = stage.reader.speak("Three.")
    await stage.hear(1)
    assert stage.reader.snapshot().waiting == (second,)
    await stage.hear(1.5)
    assert stage.reader.utterance(first).fate is Fate.HEARD
    assert stage.lit() == "Three"


async def test_or_replaces_it(stage: Stage) -> None:
    stage.reader.replace = True
    first = stage.reader.speak("One two three four.")
    await stage.hear(1.5)
    second = stage.reader.speak("Five.")
    await stage.hear(0.5)
    assert stage.lit() == "Five"
    cut = stage.reader.utterance(first)
    assert cut.fate is Fate.CUT
    assert cut.text[: cut.heard_end].strip() == "One"
    await stage.hear(1)
    assert stage.reader.utterance(second).fate is Fate.HEARD


@pytest.mark.parametrize("heard", [0, 0.5, 2.5])
async def test_stop_is_final(stage: Stage, heard: float) -> None:
    number = stage.reader.speak("One two three four.")
    other = stage.reader.speak("Five six.")
    if heard:
        await stage.hear(heard)
    stage.reader.stop()
    assert stage.state() is State.IDLE
    before = stage.ear.heard()
    await stage.hear(20)
    assert stage.ear.heard() == before
    assert {stage.reader.utterance(n).fate for n in (number, other)} == {Fate.CUT}


async def test_stop_while_the_voice_hangs_abandons_the_conversation(stage: Stage) -> None:
    stage.voice.open = asyncio.Event()
    stage.reader.speak("One two.")
    await stage.settle()
    assert stage.state() is State.CONNECTING
    stage.reader.stop()
    await stage.settle()
    assert stage.voice.abandoned == 1
    stage.voice.open.set()
    stage.reader.speak("Three.")
    await stage.hear(0.5)
    assert stage.lit() == "Three"


async def test_pause_keeps_the_place(stage: Stage) -> None:
    stage.reader.speak("One two three.")
    await stage.hear(1.5)
    stage.reader.pause()
    await stage.hear(5)
    assert (stage.state(), stage.lit()) == (State.PAUSED, "two")
    stage.reader.resume()
    await stage.hear(1)
    assert (stage.state(), stage.lit()) == (State.SPEAKING, "three")


async def test_repeat_uses_kept_audio(stage: Stage) -> None:
    number = stage.reader.speak("One two.")
    await stage.hear(2)
    asked = len(stage.voice.pieces)
    stage.reader.repeat()
    assert stage.reader.utterance(number).fate is Fate.SPEAKING
    await stage.hear(0.5)
    assert stage.lit() == "One"
    await stage.hear(1.5)
    assert stage.reader.utterance(number).fate is Fate.HEARD
    assert len(stage.voice.pieces) == asked


async def test_repeat_of_what_was_cut_says_the_rest_too(stage: Stage) -> None:
    stage.voice.open, stage.voice.hangs_from = asyncio.Event(), 1
    number = stage.reader.speak("One two three. Four five.")
    await stage.hear(1.5)
    stage.reader.stop()
    stage.voice.open.set()
    stage.reader.repeat()
    lit = []
    for _ in range(5):
        await stage.hear(0.5)
        lit.append(stage.lit())
        await stage.hear(0.5)
    assert lit == ["One", "two", "three", "Four", "five"]
    assert stage.reader.utterance(number).fate is Fate.HEARD
    assert [piece.text for piece in stage.voice.pieces] == ["One two three. ", "Four five.", "Four five."]


async def test_back_and_forward_go_by_sentences(stage: Stage) -> None:
    stage.reader.speak("One two three four five. Six seven eight nine ten. Eleven.")
    before = stage.reader.speak("Twelve thirteen.")
    lit = []

    async def hear(words: float) -> None:
        await stage.hear(words)
        lit.append(stage.lit())

    await hear(9.8)
    stage.reader.back()  # more than a second into the sentence: to its start
    await hear(0.5)
    stage.reader.back()  # near its start: to the one before
    await hear(0.5)
    stage.reader.forward()
    await hear(0.5)
    stage.reader.forward()
    await hear(0.5)
    stage.reader.forward()  # past the last sentence: the next utterance
    await hear(0.5)
    stage.reader.back()  # and back into the one before it
    await hear(0.5)
    assert lit == ["ten", "Six", "One", "Six", "Eleven", "Twelve", "Eleven"]
    await stage.hear(3)
    assert stage.reader.utterance(before).fate is Fate.HEARD
    assert stage.state() is State.IDLE
    asked = len(stage.voice.pieces)
    stage.reader.back()  # after the end: the last sentence again
    await hear(0.5)
    assert lit[-1] == "Twelve"
    assert len(stage.voice.pieces) == asked


async def test_a_live_utterance_is_spoken_while_it_is_typed(stage: Stage) -> None:
    number = stage.reader.begin_live()
    for end in range(1, len("Hello there. And") + 1):
        stage.now += 0.2
        stage.reader.live_text(number, "Hello there. And"[:end])
        await stage.settle()
    assert stage.voice.pieces
    view = stage.reader.utterance(number)
    assert view.live
    assert 0 < view.sent_end <= len(view.text)
    await stage.hear(0.5)
    with pytest.raises(InputError):
        stage.reader.live_text(number, "Jello there.")
    stage.reader.finish_live(number)
    await stage.hear(10)
    assert stage.reader.utterance(number).fate is Fate.HEARD
    assert stage.voice.said == "Hello there. And"


async def test_say_so_far_voices_what_is_typed_without_ending(stage: Stage) -> None:
    number = stage.reader.begin_live()
    stage.reader.live_text(number, "Well I thi")
    await stage.settle()
    stage.reader.say_so_far()
    await stage.settle()
    assert stage.voice.said == "Well I thi"
    assert stage.reader.utterance(number).live


async def test_piped_text_is_spoken_as_it_arrives(stage: Stage) -> None:
    number = stage.reader.begin_live(Kind.PIPED)
    for token in ("Now ", "we ", "know", ". ", "And more "):
        stage.reader.append(number, token)
        await stage.settle()
    assert stage.voice.said.startswith("Now we know.")
    stage.reader.finish_live(number)
    await stage.hear(10)
    assert stage.voice.said == "Now we know. And more "
    assert stage.reader.utterance(number).fate is Fate.HEARD


async def test_typed_brackets_are_literal(stage: Stage) -> None:
    number = stage.reader.speak("As shown [12] and [laughing] here.")
    await stage.settle()
    assert "[" not in stage.voice.said
    assert stage.reader.utterance(number).text == "As shown [12] and [laughing] here."


async def test_a_failure_keeps_the_text_and_retry_says_what_was_not_said(stage: Stage) -> None:
    stage.voice.fails[1] = ConnectionLost("The voice cannot be reached.", hint="Check the network.")
    number = stage.reader.speak("One two three. Four five six.")
    waiting = stage.reader.speak("Seven.")
    await stage.hear(1)
    assert isinstance(stage.reader.snapshot().error, ConnectionLost)
    await stage.hear(2)
    assert stage.reader.utterance(number).fate is Fate.FAILED
    assert stage.reader.utterance(waiting).fate is Fate.FAILED
    assert stage.state() is State.FAILED
    other = FakeVoice(rate=2 * RATE)
    stage.reader.use(other, "embedded")
    stage.reader.retry()
    await stage.hear(20)
    assert other.said == "Four five six.Seven."
    assert stage.reader.utterance(number).fate is Fate.HEARD
    assert stage.reader.utterance(waiting).fate is Fate.HEARD
    assert stage.state() is State.IDLE


async def test_what_failed_twice_is_asked_for_once_on_retry(stage: Stage) -> None:
    stage.voice.fails = {number: ConnectionLost("The voice cannot be reached.") for number in (1, 2)}
    number = stage.reader.speak("One two three. Four five six.")
    await stage.hear(5)
    stage.reader.back()
    await stage.hear(5)
    assert stage.reader.utterance(number).fate is Fate.FAILED
    asked = len(stage.voice.pieces)
    stage.reader.retry()
    await stage.hear(10)
    assert [piece.text for piece in stage.voice.pieces[asked:]] == ["Four five six."]
    assert stage.heard() == "One two three One two three Four five six"


async def test_a_device_that_fails_loses_nothing_that_was_not_heard(stage: Stage) -> None:
    first = stage.reader.speak("One two three four.")
    await stage.hear(1.5)
    stage.ear.broken = AudioDeviceError("The device is gone.")
    second = stage.reader.speak("Five six.")
    await stage.settle()
    fates = [stage.reader.utterance(number).fate for number in (first, second)]
    assert fates == [Fate.FAILED, Fate.FAILED]
    stage.ear.broken = None
    stage.reader.retry()
    await stage.hear(20)
    assert stage.heard() == "One two/15 three four Five six"  # the word at the ear again
    fates = [stage.reader.utterance(number).fate for number in (first, second)]
    assert fates == [Fate.HEARD, Fate.HEARD]
    assert stage.state() is State.IDLE


async def test_a_bug_ends_the_utterance_and_the_next_one_speaks(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.voice.fails[0] = ZeroDivisionError()
    number = stage.reader.speak("One secret.")
    with caplog.at_level("CRITICAL"):
        await stage.settle()
    assert stage.reader.utterance(number).fate is Fate.FAILED
    assert "secret" not in caplog.text
    stage.reader.speak("Two.")
    await stage.hear(0.5)
    assert stage.lit() == "Two"


async def test_no_more_is_asked_for_than_the_window_allows(stage: Stage) -> None:
    sentence = "One two three four five six seven eight nine ten. "
    stage.reader.speak(sentence * 100)
    await stage.settle()
    sound = sum(clip.frames for clip in stage.ear.clips)
    assert len(stage.voice.said) * 1.0 / len(sentence) * 3 <= 30
    assert sound <= 30 * RATE


async def test_ended_waits_for_the_ear(stage: Stage) -> None:
    number = stage.reader.speak("One.")
    waiter = asyncio.get_running_loop().create_task(stage.reader.ended(number))
    await stage.settle()
    assert not waiter.done()
    await stage.hear(1)
    assert (await waiter).fate is Fate.HEARD


# -- editing what was given and not heard -----------------------------------------------------------


async def type_(stage: Stage, text: str, kind: Kind = Kind.SENTENCES) -> int:
    """A live utterance whose text was given to the voice as far as its mode lets it."""
    number = stage.reader.begin_live(kind)
    stage.reader.live_text(number, text)
    await stage.settle()
    await stage.later(1.0)
    return number


async def test_a_sentence_waits_for_a_moment_and_the_next_one_for_its_end(stage: Stage) -> None:
    number = stage.reader.begin_live(Kind.SENTENCES)
    for end in range(1, len("One two. Three") + 1):
        stage.reader.live_text(number, "One two. Three"[:end])
        await stage.settle()
    assert not stage.voice.pieces
    await stage.later(0.5)
    assert stage.voice.said == "One two. "
    stage.reader.finish_live(number)
    await stage.hear(4)
    assert stage.heard() == "One two Three"


@pytest.mark.parametrize("heard", [0, 0.5, 1.0, 1.5, 2.0])
@pytest.mark.parametrize("exact", [True, False])
async def test_an_edit_is_heard_from_the_first_changed_word_on(
    stage: Stage, heard: float, exact: bool
) -> None:
    stage.voice.exact = exact
    number = await type_(stage, "One two three four five. ")
    if heard:
        await stage.hear(heard)
    stage.reader.live_text(number, "One two three for five. ")
    await stage.settle()
    assert stage.voice.said == "One two three four five. "  # more keys may come
    await stage.later(0.5)
    assert stage.voice.said == "One two three four five. for five. "
    stage.reader.finish_live(number)
    await stage.hear(10)
    if exact:
        assert stage.heard() == "One two three for five"
    else:
        assert [word.split("/")[0] for word in stage.heard().split()][-2:] == ["for", "five"]
        assert "four" not in stage.heard().split()
    view = stage.reader.utterance(number)
    assert view.fate is Fate.HEARD
    assert view.text == "One two three for five. "
    assert view.heard_end == len(view.text)


async def test_what_is_heard_or_in_the_device_is_fixed(stage: Stage) -> None:
    stage.ear.lead = WORD_FRAMES
    number = await type_(stage, "One two three four five. ")
    await stage.hear(1.5)
    view = stage.reader.utterance(number)
    assert view.fixed_end == len("One two three")
    with pytest.raises(InputError):
        stage.reader.live_text(number, "One two free four five. ")
    stage.reader.live_text(number, "One two three! ")
    await stage.later(1.0)
    stage.reader.finish_live(number)
    await stage.hear(10)
    assert stage.heard() == "One two three"


async def test_deleting_all_that_is_unheard_is_silence_after_the_word(stage: Stage) -> None:
    number = await type_(stage, "One two three four. ")
    await stage.hear(1.5)
    stage.reader.live_text(number, "One two")
    await stage.later(1.0)
    await stage.hear(5)
    assert stage.heard() == "One two"
    assert stage.state() is State.IDLE
    stage.reader.live_text(number, "One two and six. ")
    await stage.later(1.0)
    await stage.hear(5)
    assert stage.heard() == "One two and six"
    assert stage.lit() == "six"


async def test_what_has_no_sound_yet_is_waited_for_before_a_change_and_not_asked_for_behind_it(
    stage: Stage,
) -> None:
    stage.voice.leave = asyncio.Semaphore(1)
    number = await type_(stage, "One two three four. ")
    stage.reader.live_text(number, "One two tree. ")
    await stage.later(1.0)
    assert stage.voice.said == "One two three four. tree. "
    for _ in range(3):
        stage.voice.leave.release()
        await stage.settle()
    stage.reader.finish_live(number)
    await stage.hear(10)
    assert stage.heard() == "One two tree"
    assert stage.voice.abandoned == 1


async def test_an_edit_before_any_sound_abandons_the_conversation(stage: Stage) -> None:
    stage.voice.leave = asyncio.Semaphore(0)
    number = await type_(stage, "One two. ")
    stage.reader.live_text(number, "None two. ")
    await stage.settle()
    assert stage.voice.abandoned == 1
    await stage.later(1.0)
    for _ in range(2):
        stage.voice.leave.release()
    stage.reader.finish_live(number)
    await stage.hear(10)
    assert stage.heard() == "None two"


async def test_words_are_given_one_by_one_and_taken_back_by_backspace(stage: Stage) -> None:
    number = stage.reader.begin_live(Kind.WORDS)
    for end in range(1, len("I want cofee ") + 1):
        stage.reader.live_text(number, "I want cofee "[:end])
        await stage.settle()
    assert [piece.text for piece in stage.voice.pieces] == ["I ", "want ", "cofee "]
    await stage.hear(0.5)
    for text in (
        "I want cofee",
        "I want cofe",
        "I want cof",
        "I want coff",
        "I want coffee",
        "I want coffee ",
    ):
        stage.reader.live_text(number, text)
        await stage.settle()
    stage.reader.finish_live(number)
    await stage.hear(5)
    assert stage.heard() == "I want coffee"


async def test_a_word_that_grows_is_said_whole_or_goes_on(stage: Stage) -> None:
    number = stage.reader.begin_live(Kind.WORDS)
    stage.reader.live_text(number, "So the")
    stage.reader.say_so_far()
    await stage.settle()
    stage.reader.live_text(number, "So there ")  # not heard yet: one word
    await stage.hear(1.5)
    stage.reader.live_text(number, "So there to")
    stage.reader.say_so_far()
    await stage.hear(1)
    stage.reader.live_text(number, "So there today ")  # at the ear: the rest of it
    await stage.settle()
    stage.reader.finish_live(number)
    await stage.hear(5)
    assert stage.heard() == "So there to day"


async def test_pause_stays_over_an_edit(stage: Stage) -> None:
    number = await type_(stage, "One two three. ")
    await stage.hear(0.5)
    stage.reader.pause()
    stage.reader.live_text(number, "One too tree. ")
    await stage.settle()
    assert stage.state() is State.PAUSED
    stage.reader.resume()
    await stage.later(1.0)
    await stage.hear(5)
    assert stage.heard() == "One too tree"


async def test_captions_follow_an_edit(stage: Stage) -> None:
    number = await type_(stage, "One two three. ")
    await stage.hear(0.5)
    stage.reader.live_text(number, "One too tree. ")
    await stage.later(1.0)
    await stage.hear(5)
    _, times = stage.reader.word_times(number)
    text = stage.reader.utterance(number).text
    assert [text[time.span.start : time.span.end] for time in times] == ["One", "too", "tree"]
    assert [time.start_frame for time in times] == [0, WORD_FRAMES, 2 * WORD_FRAMES]
    stage.reader.finish_live(number)
    stage.reader.repeat()
    await stage.hear(5)
    assert stage.heard() == "One too tree One too tree"


async def test_a_failure_in_an_edited_text_says_the_rest_on_retry(stage: Stage) -> None:
    stage.voice.fails[1] = ConnectionLost("The voice cannot be reached.", hint="Check the network.")
    number = await type_(stage, "One two three. ")
    await stage.hear(0.5)
    stage.reader.live_text(number, "One too tree. ")
    await stage.later(1.0)
    await stage.hear(5)
    assert stage.reader.utterance(number).fate is Fate.FAILED
    stage.reader.retry()
    await stage.hear(5)
    assert stage.heard() == "One too tree"
    assert stage.reader.utterance(number).fate is Fate.HEARD


EDITS = st.lists(
    st.tuples(
        st.floats(0, 1),  # where, of what can be changed
        st.lists(st.sampled_from(["ant", "bee", "cow", "dog"]), max_size=3),
        st.booleans(),  # the rest stays
        st.integers(0, 4),  # words that get their sound
        st.integers(0, 700),  # frames heard afterwards
        st.sampled_from([0.0, 0.6]),
    ),
    min_size=1,
    max_size=6,
)


# each is a story: shrinking one takes minutes
@settings(deadline=None, max_examples=settings().max_examples * 3 // 5, phases=(Phase.generate,))
@given(st.sampled_from([Kind.SENTENCES, Kind.WORDS, Kind.TYPED]), st.sampled_from([0, 100]), EDITS)
def test_whatever_is_edited_each_word_is_heard_once(
    kind: Kind, lead: int, edits: list[tuple[float, list[str], bool, int, int, float]]
) -> None:
    async def story() -> None:
        stage = Stage()
        stage.ear.lead = lead
        task = asyncio.get_running_loop().create_task(stage.reader.run())
        stage.voice.leave = asyncio.Semaphore(2)
        text = "one two three four five six. "
        number = await type_(stage, text, kind)
        for where, new, keeps_rest, sounds, frames, seconds in edits:
            for _ in range(sounds):
                stage.voice.leave.release()
            await stage.settle()
            fixed = stage.reader.utterance(number).fixed_end
            places = [at for at in range(fixed, len(text) + 1) if at and text[at - 1] == " "] or [len(text)]
            at = places[min(int(where * len(places)), len(places) - 1)]
            head = text[:at]
            if head and not head.endswith(" "):
                head += " "
            text = head + "".join(f"{word} " for word in new) + (text[at:] if keeps_rest else "")
            stage.reader.live_text(number, text)
            await stage.settle()
            if seconds:
                await stage.later(seconds)
            stage.ear.hear(frames)
            await stage.settle()
        stage.reader.finish_live(number)
        for _ in range(50):
            stage.voice.leave.release()
        await stage.settle()
        for _ in range(40):
            await stage.hear(1)
        assert stage.heard().split() == text.replace(".", "").split()
        assert stage.reader.utterance(number).fate is Fate.HEARD
        task.cancel()
        await asyncio.wait([task])

    asyncio.run(story())


# -- the queue --------------------------------------------------------------------------------------


async def queue(stage: Stage, *texts: str) -> list[int]:
    numbers = [stage.reader.speak(text) for text in texts]
    await stage.hear(0.5)
    return numbers


async def test_what_waits_can_be_put_in_another_order(stage: Stage) -> None:
    one, two, three, four = await queue(stage, "One one.", "Two two.", "Three three.", "Four four.")
    stage.reader.move(four, 0)
    stage.reader.move(two, 9)
    assert stage.reader.snapshot().waiting == (four, three, two)
    with pytest.raises(KeyError):
        stage.reader.move(one, 1)
    await stage.hear(20)
    assert stage.heard() == "One one Four four Three three Two two"
    assert {stage.reader.utterance(number).fate for number in (one, two, three, four)} == {Fate.HEARD}
    assert len(stage.voice.pieces) == 4


async def test_nothing_to_move_is_a_key_error(stage: Stage) -> None:
    with pytest.raises(KeyError):
        stage.reader.move(1, 0)


async def test_production_follows_the_order(stage: Stage) -> None:
    stage.voice.leave = asyncio.Semaphore(2)
    _, two, _, four = await queue(stage, "One one.", "Two two.", "Three three.", "Four four.")
    assert stage.voice.said == "One one.Two two."  # the second one is being made
    stage.reader.move(four, 0)
    await stage.settle()
    assert stage.voice.said == "One one.Two two.Four four."
    for _ in range(6):
        stage.voice.leave.release()
    await stage.hear(20)
    assert stage.heard().split()[2:] in (["Four", "four", "Two", "two", "Three", "three"],)
    assert stage.reader.utterance(two).fate is Fate.HEARD


async def test_skip(stage: Stage) -> None:
    one, two, three = await queue(stage, "One one.", "Two two.", "Three three.")
    stage.reader.skip(two)
    assert stage.reader.snapshot().waiting == (three,)
    stage.reader.skip(one)
    await stage.hear(20)
    assert stage.heard() == "One/5 Three three"
    fates = [stage.reader.utterance(number).fate for number in (one, two, three)]
    assert fates == [Fate.CUT, Fate.CUT, Fate.HEARD]
    with pytest.raises(KeyError):
        stage.reader.skip(one)


async def test_skip_to_newest(stage: Stage) -> None:
    *_, last = await queue(stage, "One one.", "Two two.", "Three three.", "Four four.")
    stage.reader.move(last, 0)
    stage.reader.skip_to_newest()
    await stage.hear(20)
    assert stage.heard() == "One/5 Four four"


async def test_clear_waiting_lets_the_one_at_the_ear_go_on(stage: Stage) -> None:
    one, two, three = await queue(stage, "One one.", "Two two.", "Three three.")
    stage.reader.clear_waiting()
    await stage.hear(20)
    assert stage.heard() == "One one"
    fates = [stage.reader.utterance(number).fate for number in (one, two, three)]
    assert fates == [Fate.HEARD, Fate.CUT, Fate.CUT]


async def test_take_back_gives_the_text_that_was_not_heard(stage: Stage) -> None:
    told: list[UtteranceView] = []
    stage.reader.subscribe_ended(told.append)
    one, two = await queue(stage, "One two three four.", "Five.")
    assert stage.reader.take_back(two) == "Five."
    assert stage.reader.take_back(one) == "two three four."
    await stage.hear(20)
    assert stage.heard() == "One"
    assert [(view.id, view.text, view.fate) for view in told] == [(one, "One", Fate.HEARD)]
    assert stage.state() is State.IDLE
    with pytest.raises(KeyError):
        stage.reader.take_back(one)


async def test_a_live_utterance_lets_a_whole_one_pass(stage: Stage) -> None:
    number = stage.reader.begin_live(Kind.WORDS)
    stage.reader.live_text(number, "One two thr")
    await stage.hear(0.5)
    stage.reader.speak("Yes please.")
    stage.reader.live_text(number, "One two three ")
    await stage.hear(20)
    assert stage.heard() == "One two Yes please three"
    stage.reader.finish_live(number)
    await stage.hear(1)
    assert stage.reader.utterance(number).fate is Fate.HEARD


async def test_how_far_behind_counts_what_is_not_made_yet(stage: Stage) -> None:
    await queue(stage, *["One two three four five six seven eight nine ten. " * 10] * 3)
    snapshot = stage.reader.snapshot()
    assert 15 < snapshot.unheard_seconds < 35
    assert 70 < snapshot.behind_seconds < 140  # 90 s in truth
    stage.reader.clear_waiting()
    assert 20 < stage.reader.snapshot().behind_seconds < 50


async def test_each_end_is_told_once(stage: Stage) -> None:
    told: list[tuple[str, Fate, int]] = []
    end = stage.reader.subscribe_ended(lambda view: told.append((view.text, view.fate, view.heard_end)))
    stage.reader.speak("One.")
    await stage.hear(1)
    stage.reader.repeat()
    await stage.hear(1)
    stage.reader.speak("Two three.")
    await stage.hear(1.5)
    stage.reader.stop()
    stage.voice.fails[len(stage.voice.pieces)] = ConnectionLost("The voice cannot be reached.")
    stage.reader.speak("Four.")
    await stage.settle()
    end()
    stage.reader.speak("Five.")
    await stage.hear(1)
    assert told == [("One.", Fate.HEARD, 4), ("Two three.", Fate.CUT, 4), ("Four.", Fate.FAILED, 0)]


# -- sound made ahead, signals, repeat --------------------------------------------------------------


def ready(stage: Stage, *texts: str, words: tuple[WordTime, ...] = ()) -> Rendered:
    """Sound of so many words, heard as these."""
    samples = array("h")
    for text in texts:
        stage.voice.words.append(text)
        samples.extend([len(stage.voice.words)] * WORD_FRAMES)
    return Rendered(Voice("embedded", "other", "Other"), RATE, samples.tobytes(), words)


async def test_what_was_made_ahead_needs_no_voice(stage: Stage) -> None:
    stage.reader = Reader(stage.ear, make_buffer=StoredAudio, rate_of_voice=lambda voice: SpeechRate())
    task = asyncio.get_running_loop().create_task(stage.reader.run())
    times = (WordTime(Span(0, 2), 0, 300), WordTime(Span(3, 9), 300, 600))
    number = stage.reader.speak_ready("My phrase", ready(stage, "how", "are", words=times))
    await stage.hear(1.5)
    assert stage.heard() == "how are/5"
    assert stage.lit() == "phrase"
    assert stage.reader.utterance(number).voice == Voice("embedded", "other", "Other")
    await stage.hear(1)
    assert stage.reader.utterance(number).fate is Fate.HEARD
    stage.reader.repeat()
    await stage.hear(3)
    assert stage.heard() == "how are how are"
    task.cancel()
    await asyncio.wait([task])


async def test_what_was_made_ahead_passes_hands_that_rest(stage: Stage) -> None:
    number = stage.reader.begin_live(Kind.WORDS)
    stage.reader.live_text(number, "One tw")
    await stage.hear(2)
    assert stage.state() is State.IDLE
    stage.now += 1.0
    stage.reader.speak_ready("Ok", ready(stage, "ok"))
    await stage.hear(0.5)
    assert stage.heard() == "One ok/5"
    stage.reader.live_text(number, "One two ")
    await stage.hear(5)
    assert stage.heard() == "One ok two"


@pytest.mark.parametrize("heard", [0.0, 0.5, 1.5])
async def test_a_signal_comes_first_and_what_is_spoken_goes_on_at_the_next_frame(
    stage: Stage, heard: float
) -> None:
    stage.ear.lead = 20
    stage.reader.speak("One two three.")
    stage.reader.speak("Four.")
    if heard:
        await stage.hear(heard)
    else:
        await stage.settle()
    stage.reader.signal(ready(stage, "RING"))
    assert stage.state() is State.SPEAKING
    lit = stage.lit()
    await stage.hear(0.5)
    assert stage.lit() == lit
    await stage.hear(20)
    samples = [sample for sample in stage.ear.heard_samples if stage.voice.words[sample - 1] != "RING"]
    runs = [(stage.voice.words[sample - 1], len(list(run))) for sample, run in groupby(samples)]
    assert runs == [(word, WORD_FRAMES) for word in ("One", "two", "three", "Four")]
    at = [stage.voice.words[sample - 1] for sample in stage.ear.heard_samples].index("RING")
    assert at <= heard * WORD_FRAMES + stage.ear.lead + 10
    assert stage.state() is State.IDLE


async def test_a_signal_breaks_a_pause_which_goes_on_behind_it(stage: Stage) -> None:
    stage.reader.speak("One two.")
    await stage.hear(0.5)
    stage.reader.pause()
    stage.reader.signal(ready(stage, "RING"))
    await stage.hear(5)
    assert stage.heard() == "One/5 RING"
    assert stage.state() is State.PAUSED
    assert stage.lit() == "One"
    stage.reader.resume()
    await stage.hear(5)
    assert stage.heard() == "One/5 RING One/5 two"


async def test_a_signal_sounds_when_nothing_else_does_and_stop_ends_it(stage: Stage) -> None:
    stage.reader.signal(ready(stage, "RING"))
    await stage.hear(0.5)
    assert stage.state() is State.SPEAKING
    stage.reader.signal(ready(stage, "ring"))
    await stage.hear(0.5)
    stage.reader.stop()
    await stage.hear(5)
    assert stage.heard() == "RING/5 ring/5"
    assert stage.state() is State.IDLE
    stage.reader.speak("One.")
    await stage.hear(5)
    assert stage.heard() == "RING/5 ring/5 One"


async def test_a_signal_can_be_ended_and_its_end_is_told_once(stage: Stage) -> None:
    ends: list[bool] = []
    stage.reader.speak("One two.")
    await stage.hear(0.5)
    stage.reader.signal(ready(stage, "RING"), ends.append)
    await stage.hear(0.5)
    stage.reader.end_signal()
    await stage.hear(5)
    assert [word.partition("/")[0] for word in stage.heard().split()] == ["One", "RING", "One", "two"]
    one = stage.voice.words.index("One") + 1
    assert stage.ear.heard_samples.count(one) == WORD_FRAMES, "nothing of it is lost or said twice"
    stage.reader.signal(ready(stage, "RING"), ends.append)
    await stage.hear(5)
    assert ends == [False, True]
    stage.reader.signal(ready(stage, "RING"), ends.append)
    stage.reader.signal(ready(stage, "ring"), ends.append)
    await stage.hear(0.5)
    stage.reader.stop()
    stage.reader.end_signal()
    await stage.hear(5)
    assert ends == [False, True, False, False]


async def test_a_pause_goes_on_when_the_signal_is_ended(stage: Stage) -> None:
    stage.reader.speak("One two.")
    await stage.hear(0.5)
    stage.reader.pause()
    stage.reader.signal(ready(stage, "RING"))
    await stage.hear(0.5)
    stage.reader.end_signal()
    await stage.hear(5)
    assert stage.state() is State.PAUSED
    stage.reader.resume()
    await stage.hear(5)
    assert [word.partition("/")[0] for word in stage.heard().split()] == ["One", "RING", "One", "two"]


async def test_repeat_louder_is_for_once(stage: Stage) -> None:
    stage.reader.speak("One.")
    await stage.hear(1)
    stage.reader.repeat(1.6)
    await stage.hear(1)
    stage.reader.repeat()
    await stage.hear(1)
    assert [clip.gain for clip in stage.ear.clips] == [1.0, 1.6, 1.0]


# -- what is shown, and what is spoken --------------------------------------------------------------


async def test_a_tag_is_said_to_the_voice_and_is_no_word(stage: Stage) -> None:
    text = "Hello \ue100 my friend."
    stage.voice.exact = False
    number = stage.reader.speak(text)
    await stage.settle()
    assert stage.voice.said == "Hello [whispering] my friend."
    _, times = stage.reader.word_times(number)
    assert [text[time.span.start : time.span.end] for time in times] == ["Hello", "my", "friend"]


async def test_a_fish_voice_of_the_first_generation_gets_its_own_marks(stage: Stage) -> None:
    stage.reader.use(stage.voice, "s1")
    stage.reader.speak("Hello \ue100 (you).")
    await stage.settle()
    assert stage.voice.said == "Hello (whispering) [you]."


async def test_one_thing_is_shown_and_another_is_said(stage: Stage) -> None:
    number = stage.reader.speak("Doctor. Now.", said="I would like to see a doctor [soon].")
    await stage.hear(2)
    assert stage.voice.said == "I would like to see a doctor (soon)."
    view = stage.reader.utterance(number)
    assert (view.text, view.heard_end) == ("Doctor. Now.", 0)
    assert stage.lit() == "Doctor. "
    await stage.hear(6)
    view = stage.reader.utterance(number)
    assert (view.fate, view.heard_end) == (Fate.HEARD, len(view.text))
    stage.reader.repeat()
    await stage.hear(8)
    assert stage.heard().split().count("doctor") == 2
    assert stage.voice.said == "I would like to see a doctor (soon)."


async def test_what_is_said_instead_is_said_again_after_a_failure(stage: Stage) -> None:
    stage.voice.fails = {0: ConnectionLost("gone")}
    number = stage.reader.speak("Hi", said="Good morning")
    await stage.hear(1)
    assert stage.reader.utterance(number).fate is Fate.FAILED
    stage.reader.retry()
    await stage.hear(2)
    assert stage.voice.said == "Good morningGood morning"
    assert stage.reader.utterance(number).fate is Fate.HEARD


async def test_what_is_read_aloud_lights_what_is_shown(stage: Stage) -> None:
    stage.reader.use(stage.voice, "embedded", language="en")
    text = "It weighs 12 kg, ask me@fish.org 🙂 now."
    number = stage.reader.speak(text)
    lit: list[str] = []
    for _ in range(60):
        await stage.hear(0.5)
        word = stage.lit()
        if word is not None and (not lit or lit[-1] != word):
            lit.append(word)
        view = stage.reader.utterance(number)
        assert view.word is None or view.heard_end <= view.word.end
    assert "kilograms" in stage.voice.said
    assert "12" not in stage.voice.said
    assert lit[0] == "It"
    assert set(lit) <= {"It", "weighs", "12", "kg", "12 kg", "ask", "me@fish.org", "🙂", "now"}
    assert {"me@fish.org", "🙂", "now"} <= set(lit)
    assert stage.reader.utterance(number).fate is Fate.HEARD
    _, times = stage.reader.word_times(number)
    spans = [time.span for time in times]
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert [text[span.start : span.end] for span in spans] == lit


async def test_a_number_at_the_ear_is_fixed_as_a_whole_and_one_behind_it_is_read_anew(stage: Stage) -> None:
    stage.reader.use(stage.voice, "embedded", language="en")
    number = await type_(stage, "So 1250 and 1250 more. ")
    await stage.hear(1.5)
    assert stage.lit() == "1250"
    assert stage.reader.utterance(number).fixed_end == len("So 1250")
    stage.reader.live_text(number, "So 1250 and 1260 more. ")
    await stage.later(1.0)
    stage.reader.finish_live(number)
    await stage.hear(40)
    assert stage.heard() == "So twelve fifty and twelve sixty more"


async def test_rules_hold_from_the_next_piece_on(stage: Stage) -> None:
    number = await type_(stage, "A fish. ")
    stage.reader.rules = Rules(replacements=(Replacement("fish", "pesce"),))
    stage.reader.live_text(number, "A fish. A fish. ")
    await stage.later(1.0)
    assert stage.voice.said == "A fish. A pesce. "


async def test_code_that_was_begun_before_an_edit_is_code_behind_it(stage: Stage) -> None:
    head = "Look:\n```\nx = 1\n"
    number = await type_(stage, f"{head}y = 2\n```\nDone. ")
    before = len(stage.voice.said)
    stage.reader.live_text(number, f"{head}z = 2\n```\nDone now. ")
    await stage.later(1.0)
    plain = Normalizer(stage.reader.rules, language="", voice_id="fake", family="embedded")
    plain.normalize(head)
    assert stage.voice.said[before:].split() == plain.normalize("z = 2\n```\nDone now. ").text.split()
