"""What the audience sees: the caption at the ear, word by word, held, cleared, shown without sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.captions.audience import CLEAR_SECONDS, LEAST_SECONDS, Audience
from fishcaption.captions.display import AudienceCue, Display
from fishcaption.core.audience import Layout
from fishcaption.core.speech import Fate, PlayerState, Snapshot, Span, State, UtteranceView, WordTime
from fishcaption.core.text.segmentation import words
from fishcaption.core.text.tags import TAGS

RATE = 1000
WORD_FRAMES = 300
WIDE = Layout(42, 2)
TEXT = (
    "The first sentence is short. The second one is rather long, so long that it needs more than one caption "
    "to be shown to the audience, who reads it. The third one waves."
)


class Alarm:
    """A clock and an alarm in the test's hands."""

    def __init__(self) -> None:
        self.now = 100.0
        self.moment: float | None = None
        self.act: Callable[[], object] | None = None

    def set(self, moment: float, act: Callable[[], object], /) -> None:
        self.moment, self.act = moment, act

    def clear(self) -> None:
        self.moment = self.act = None

    def ring(self) -> None:
        assert self.moment is not None
        assert self.act is not None
        self.now, act = self.moment, self.act
        self.clear()
        act()


class Voice:
    """A text of which a word is heard every 0.3 s."""

    def __init__(self, text: str, *, live: bool = False) -> None:
        self.text = text
        self.live = live
        self.heard = 0
        self.asked = 0

    def spans(self) -> Sequence[Span]:
        return words(self.text)

    def word_times(self, number: int, /) -> tuple[int, tuple[WordTime, ...]]:
        self.asked += 1
        timed = (
            WordTime(span, index * WORD_FRAMES, (index + 1) * WORD_FRAMES)
            for index, span in enumerate(self.spans())
        )
        return RATE, tuple(timed)

    def heard_frames(self, number: int, /) -> int:
        return self.heard

    def at_word(self, index: int, late_frames: int = 0) -> Snapshot:
        span = self.spans()[index]
        self.heard = index * WORD_FRAMES + late_frames
        return self._snapshot(State.SPEAKING, Fate.SPEAKING, span.start, span)

    def ended(self, fate: Fate = Fate.HEARD) -> Snapshot:
        return self._snapshot(State.IDLE, fate, len(self.text), None)

    def paused(self) -> Snapshot:
        return self._snapshot(State.PAUSED, Fate.SPEAKING, 0, None)

    def silent(self) -> Snapshot:
        return self._snapshot(State.SPEAKING, Fate.SPEAKING, 0, None)

    def _snapshot(self, state: State, fate: Fate, heard_end: int, word: Span | None) -> Snapshot:
        view = UtteranceView(1, self.text, self.live, fate, len(self.text), heard_end, word, None)
        return Snapshot(state, None, view, (), 0.0, None, PlayerState("", True, None))


class Spoken(Voice):
    """A voice that says these words of its text, as of one with marks in it."""

    def __init__(self, text: str, spans: Sequence[Span]) -> None:
        super().__init__(text)
        self._spans = spans

    def spans(self) -> Sequence[Span]:
        return self._spans


def shown_on(audience: Audience, layout: Layout = WIDE) -> list[Display]:
    found: list[Display] = []
    audience.subscribe(layout, found.append)
    return found


def revealed(cue: AudienceCue | None) -> str:
    assert cue is not None
    return " ".join(cue.heard_lines())


def test_words_are_revealed_as_they_are_heard() -> None:
    voice, alarm = Voice(TEXT), Alarm()
    audience = Audience(voice, alarm, clock=lambda: alarm.now)
    shown = shown_on(audience)
    assert shown == [Display()]
    for index in range(3):
        audience.look(voice.at_word(index))
    assert [revealed(display.cue) for display in shown[1:]] == ["The", "The first", "The first sentence"]
    assert len({display.cue.id for display in shown[1:] if display.cue is not None}) == 1
    following = shown[-1].following
    assert following is not None
    assert " ".join(following.lines).startswith("The second one")


def test_the_moment_is_that_of_the_first_word_however_late_somebody_looked() -> None:
    voice, alarm = Voice(TEXT), Alarm()
    audience = Audience(voice, alarm, clock=lambda: alarm.now)
    shown = shown_on(audience)
    audience.look(voice.at_word(0, late_frames=80))
    cue = shown[-1].cue
    assert cue is not None
    assert cue.moment == pytest.approx(alarm.now - 0.08)
    assert [word.offset_seconds for word in cue.words[:3]] == pytest.approx([0.0, 0.3, 0.6])


def test_the_last_caption_stays_for_a_while_and_is_cleared() -> None:
    voice, alarm = Voice("Hello there."), Alarm()
    audience = Audience(voice, alarm, clock=lambda: alarm.now)
    shown = shown_on(audience)
    audience.look(voice.at_word(1))
    audience.look(voice.ended())
    assert revealed(shown[-1].cue) == "Hello there."
    assert alarm.moment == pytest.approx(alarm.now + CLEAR_SECONDS)
    alarm.ring()
    assert shown[-1] == Display()


@pytest.mark.parametrize("clears", [True, False])
def test_stop_empties_the_display_or_leaves_what_was_heard(clears: bool) -> None:
    voice, alarm = Voice(TEXT), Alarm()
    audience = Audience(voice, alarm, clock=lambda: alarm.now)
    audience.stop_clears = clears
    shown = shown_on(audience)
    audience.look(voice.at_word(1))
    audience.look(voice.ended(Fate.CUT))
    assert (shown[-1].cue is None) == clears


def test_a_pause_keeps_the_caption() -> None:
    voice, alarm = Voice(TEXT), Alarm()
    audience = Audience(voice, alarm, clock=lambda: alarm.now)
    shown = shown_on(audience)
    audience.look(voice.at_word(1))
    audience.look(voice.paused())
    assert revealed(shown[-1].cue) == "The first"
    assert shown[-1].is_paused


def test_a_silence_inside_a_text_clears_the_caption_once_and_the_next_word_is_shown() -> None:
    """Somebody types on, or the voice is slow: the state is still speaking."""
    voice, alarm = Voice(TEXT, live=True), Alarm()
    audience = Audience(voice, alarm, clock=lambda: alarm.now)
    shown = shown_on(audience)
    audience.look(voice.at_word(1))
    audience.look(voice.silent())
    moment = alarm.moment
    assert moment == pytest.approx(alarm.now + CLEAR_SECONDS)
    alarm.now += CLEAR_SECONDS - 0.1
    audience.look(voice.silent())
    assert alarm.moment == moment, "looking again does not put it off"
    alarm.ring()
    assert shown[-1] == Display()
    audience.look(voice.at_word(2))
    assert revealed(shown[-1].cue) == "The first sentence"


def test_a_pause_in_a_silence_clears_nothing() -> None:
    voice, alarm = Voice(TEXT), Alarm()
    audience = Audience(voice, alarm, clock=lambda: alarm.now)
    shown = shown_on(audience)
    audience.look(voice.at_word(1))
    audience.look(voice.silent())
    audience.look(voice.paused())
    assert alarm.moment is None
    assert revealed(shown[-1].cue) == "The first"
    audience.look(voice.silent())
    assert alarm.moment is not None


def test_the_caption_of_a_text_that_was_heard_is_cleared_though_the_next_text_waits_for_its_voice() -> None:
    voice, alarm = Voice(TEXT), Alarm()
    audience = Audience(voice, alarm, clock=lambda: alarm.now)
    shown = shown_on(audience)
    audience.look(voice.at_word(1))
    waiting = voice.silent()
    assert waiting.current is not None
    audience.look(waiting._replace(state=State.CONNECTING, current=waiting.current._replace(id=2)))
    alarm.ring()
    assert shown[-1] == Display()


def test_black_shows_nothing_and_freeze_keeps_what_is_shown() -> None:
    voice, alarm = Voice(TEXT), Alarm()
    audience = Audience(voice, alarm, clock=lambda: alarm.now)
    shown = shown_on(audience)
    audience.look(voice.at_word(0))
    audience.set_black(True)
    assert shown[-1] == Display(is_black=True)
    audience.look(voice.at_word(1))
    audience.set_black(False)
    assert revealed(shown[-1].cue) == "The first"
    audience.set_frozen(True)
    audience.look(voice.at_word(2))
    assert revealed(shown[-1].cue) == "The first"
    audience.set_frozen(False)
    assert revealed(shown[-1].cue) == "The first sentence"


def test_a_text_without_sound_is_shown_at_once_and_goes_on_as_fast_as_it_can_be_read() -> None:
    alarm = Alarm()
    audience = Audience(Voice(""), alarm, clock=lambda: alarm.now)
    shown = shown_on(audience)
    audience.show_text(TEXT, speaker="ANNA")
    cue = shown[-1].cue
    assert cue is not None
    assert cue.speaker == "ANNA"
    assert cue.heard == len(cue.words)
    found = [revealed(cue)]
    while shown[-1].cue is not None:
        before = alarm.now
        alarm.ring()
        assert alarm.now - before >= LEAST_SECONDS
        if shown[-1].cue is not None:
            found.append(revealed(shown[-1].cue))
    assert " ".join(found) == TEXT


def test_what_is_typed_without_sound_shows_its_end_and_its_corrections() -> None:
    alarm = Alarm()
    audience = Audience(Voice(""), alarm, clock=lambda: alarm.now)
    shown = shown_on(audience)
    for text in ("He sad", "He said", "He said so. "):
        audience.type_text(7, text)
    assert [revealed(display.cue) for display in shown[1:]] == ["He sad", "He said", "He said so."]


def test_two_layouts_are_shown_the_same_words() -> None:
    voice, alarm = Voice(TEXT), Alarm()
    audience = Audience(voice, alarm, clock=lambda: alarm.now)
    wide, narrow = shown_on(audience), shown_on(audience, Layout(20, 1))
    audience.look(voice.at_word(4))
    assert revealed(wide[-1].cue).split()[-1] == revealed(narrow[-1].cue).split()[-1]


def test_marks_and_tags_are_not_shown_and_words_keep_their_places() -> None:
    text = f"# Title\n- **Buy** [milk](http://shop.example/a), {TAGS[0].char} bread &amp; *tea*."
    spoken = ["Title", "Buy", "milk", "bread", "tea"]
    spans = [Span(text.index(word), text.index(word) + len(word)) for word in spoken]
    voice, alarm = Spoken(text, spans), Alarm()
    audience = Audience(voice, alarm, clock=lambda: alarm.now)
    shown = shown_on(audience)
    found = []
    for index in range(len(spans)):
        audience.look(voice.at_word(index))
        found.append(revealed(shown[-1].cue))
    assert found == ["Title", "Buy", "Buy milk,", "Buy milk, bread", "Buy milk, bread & tea."]
    cue = shown[-1].cue
    assert cue is not None
    assert cue.lines == ("Buy milk, bread & tea.",)
    assert [text[word.place] for word in cue.words] == list("Bmb&t")


@pytest.mark.slow
def test_the_times_of_words_are_asked_for_once_a_caption() -> None:
    voice, alarm = Voice(TEXT * 50), Alarm()
    audience = Audience(voice, alarm, clock=lambda: alarm.now)
    shown = shown_on(audience)
    for index in range(200):
        audience.look(voice.at_word(index))
    captions = len({display.cue.id for display in shown if display.cue is not None})
    assert 15 < captions < 40
    assert voice.asked <= 3 * captions


def played(audience: Audience, voice: Voice, alarm: Alarm, *indexes: int) -> None:
    """Look at these words, each at its moment."""
    for index in indexes:
        alarm.now = 100.0 + index * WORD_FRAMES / RATE
        audience.look(voice.at_word(index))


def captions_of(shown: Sequence[Display]) -> list[str]:
    """What `WholeCues` gives of them, each caption as far as it was heard."""
    found: dict[int, AudienceCue] = {}
    for display in shown:
        if display.cue is not None:
            found[display.cue.id] = display.cue
    return [revealed(cue) for cue in found.values()]


def test_while_the_program_is_held_up_no_heard_caption_is_lost() -> None:
    """Nobody looks for three seconds, within the text and at its end; each caption has its true moment."""
    voice, alarm = Voice(TEXT), Alarm()
    audience = Audience(voice, alarm, clock=lambda: alarm.now)
    shown = shown_on(audience)
    last = len(voice.spans()) - 1
    played(audience, voice, alarm, *range(3), *range(13, last - 8))
    alarm.now = 100.0 + (last + 1) * WORD_FRAMES / RATE
    voice.heard = (last + 1) * WORD_FRAMES
    audience.look(voice.ended())
    assert " ".join(captions_of(shown)) == TEXT
    firsts = {cue.id: cue for display in shown if (cue := display.cue) is not None}
    for cue in firsts.values():
        word = next(index for index, span in enumerate(voice.spans()) if span.start >= cue.start)
        assert cue.moment == pytest.approx(100.0 + word * WORD_FRAMES / RATE)


def test_a_text_that_began_while_the_program_was_held_up_is_shown_from_its_beginning() -> None:
    voice, alarm = Voice(TEXT), Alarm()
    audience = Audience(voice, alarm, clock=lambda: alarm.now)
    shown = shown_on(audience)
    audience.look(voice.silent())
    played(audience, voice, alarm, 9, 10)
    assert captions_of(shown)[0] == "The first sentence is short."


@pytest.mark.parametrize("way", ["jump", "jump in a pause", "frozen"])
def test_what_was_not_heard_or_not_to_be_seen_is_not_shown_afterwards(way: str) -> None:
    voice, alarm = Voice(TEXT), Alarm()
    audience = Audience(voice, alarm, clock=lambda: alarm.now)
    shown = shown_on(audience)
    played(audience, voice, alarm, 0, 1)
    if way == "frozen":
        audience.set_frozen(True)
        played(audience, voice, alarm, *range(2, 28))
        audience.set_frozen(False)
    if way == "jump in a pause":
        audience.look(voice.paused())
        alarm.now += 60.0
    audience.look(voice.at_word(28))
    assert len(captions_of(shown)) == 2


@given(
    st.lists(
        st.sampled_from(["one", "two,", "three.", "vier", "日本語", "۱۲", "a\nb"]), min_size=1, max_size=60
    )
)
def test_every_word_is_on_some_caption_once_and_in_order(parts: list[str]) -> None:
    text = " ".join(parts)
    voice, alarm = Voice(text), Alarm()
    audience = Audience(voice, alarm, clock=lambda: alarm.now)
    shown = shown_on(audience, Layout(16, 2))
    given: dict[int, AudienceCue] = {}
    for index in range(len(words(text))):
        audience.look(voice.at_word(index))
        cue = shown[-1].cue
        assert cue is not None
        given[cue.id] = cue
    letters = "".join("".join(cue.lines) for cue in given.values())
    assert letters.replace(" ", "") == "".join(text.split())
    assert list(given) == sorted(given)


def test_a_rehearsal_is_shown_to_previews_alone() -> None:
    voice, alarm = Voice(TEXT), Alarm()
    audience = Audience(voice, alarm, clock=lambda: alarm.now)
    outlet, preview = shown_on(audience), list[Display]()
    audience.subscribe(WIDE, preview.append, is_preview=True)
    audience.look(voice.at_word(0))
    audience.set_rehearsal(True)
    assert preview[-1] == Display()
    assert outlet[-1] == Display(is_rehearsal=True)
    told = len(outlet)
    audience.look(voice.at_word(1))
    audience.show_text("For nobody yet.")
    late = shown_on(audience)
    assert preview[-1].cue is not None
    assert preview[-1].cue.lines == ("For nobody yet.",)
    assert (len(outlet), late) == (told, [Display(is_rehearsal=True)])
    audience.set_rehearsal(False)
    assert outlet[-1] == late[-1] == preview[-1] == Display(), "nothing of it is shown afterwards"
    audience.look(voice.at_word(2))
    assert revealed(outlet[-1].cue) == revealed(late[-1].cue) == "The first sentence"


def test_a_caption_that_is_corrected_keeps_its_place_in_its_text() -> None:
    voice, alarm = Voice(TEXT), Alarm()
    audience = Audience(voice, alarm, clock=lambda: alarm.now)
    shown = shown_on(audience, Layout(20, 1))
    for text in ("We meet tomorow at", "We meet tomorow at noon, or", "We meet tomorrow at"):
        audience.type_text(7, text)
    places = [(display.cue.text_id, display.cue.start) for display in shown if display.cue is not None]
    assert places == [("typed 7", 0), ("typed 7", 0), ("typed 7", 16), ("typed 7", 0)]
    audience.look(voice.at_word(0))
    assert shown[-1].cue is not None
    assert (shown[-1].cue.text_id, shown[-1].cue.start) == ("heard 1", 0)


def test_a_burst_of_typed_text_shows_each_of_its_captions() -> None:
    alarm = Alarm()
    audience = Audience(Voice(""), alarm, clock=lambda: alarm.now)
    shown = shown_on(audience, Layout(20, 1))
    audience.type_text(7, "Hello")
    audience.type_text(7, TEXT)
    lines = [" ".join(display.cue.lines) for display in shown if display.cue is not None]
    assert " ".join(lines[1:]) == TEXT
    places = [word.place for display in shown[2:] if display.cue is not None for word in display.cue.words]
    assert places == [span.start for span in words(TEXT)]
    shown.clear()
    audience.type_text(8, "word " * 100_000)
    assert 2 <= len(shown) <= 100, "a text that was there before is not shown from its beginning"


def test_the_first_caption_of_what_is_about_to_be_heard_can_be_drawn_ahead() -> None:
    voice, alarm = Voice(TEXT), Alarm()
    audience = Audience(voice, alarm, clock=lambda: alarm.now)
    shown = shown_on(audience)
    audience.name_speaker(1, "ANNA")
    about = UtteranceView(1, TEXT, False, Fate.SPEAKING, len(TEXT), 0, None, None)
    player = PlayerState("", True, None)
    audience.look(Snapshot(State.SPEAKING, None, about, (), 0.0, None, player))
    nothing, ahead = shown[-1].cue, shown[-1].following
    assert nothing is None
    assert ahead is not None
    audience.look(voice.at_word(0))
    cue = shown[-1].cue
    assert cue is not None
    assert cue.lines == ahead.lines
    assert [word[:3] for word in cue.words] == [word[:3] for word in ahead.words]
    assert (cue.id, cue.speaker) == (ahead.id, "ANNA")
    for state, is_live in ((State.IDLE, False), (State.FAILED, False), (State.SPEAKING, True)):
        audience.clear()
        audience.look(Snapshot(state, None, about._replace(id=2, live=is_live), (), 0.0, None, player))
        assert shown[-1] == Display()
