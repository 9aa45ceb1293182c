"""The audience's captions: what every outlet shows, from what is heard and from what is shown without sound.

    caption track ─► Audience ─► one Display for each layout ─► outlets
    captioner, muted script ─►

One object decides it for all outlets, so that the window, the page and the meeting never differ: which words
are revealed, how long a caption stays, and whether the operator shows black or holds the picture.
"""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from fishcaption.captions.display import AudienceCue, CueWord, Display
from fishcaption.captions.track import Alarm
from fishcaption.core.audience import TWO_LINES, Layout
from fishcaption.core.cues.captions import Captions
from fishcaption.core.cues.layout import Caption
from fishcaption.core.cues.reading_speed import ALPHABETIC_PER_SECOND, reading_seconds
from fishcaption.core.speech import Fate, Snapshot, Span, State, UtteranceView, WordTime
from fishcaption.core.subscribers import Subscribers
from fishcaption.core.text.segmentation import words

READING_PER_SECOND = 15.0
"""Characters a second at which captions without sound follow each other, in a script with letters.

Adults read 15 to 17 (Netflix); of other scripts as much fewer as `core.cues.reading_speed` says."""

LEAST_SECONDS = 1.0
"""A caption without sound stands at least so long before the next one of the same text."""

CLEAR_SECONDS = 4.0
"""So long a caption stays in a silence."""

_MOST_PASSED = 1000  # code points of a text that is typed on, but was not shown before

_JUMP_SECONDS = 0.5
"""What is heard goes on as fast as time does; the user has jumped where it is ahead by more."""

_REHEARSAL = Display(is_rehearsal=True)
_SILENT, _PAUSED = -1, -2  # places at the ear where no word is

Show = Callable[[Display], None]


class TimedWords(Protocol):
    """The engine, as `fishcaption.reader.Reader` is."""

    def word_times(self, number: int, /) -> tuple[int, tuple[WordTime, ...]]:
        """Return a rate, and the words of an utterance with the frames at which they sound."""
        ...

    def heard_frames(self, number: int, /) -> int:
        """Return how much of the utterance was heard, in these frames."""
        ...


class _Source(NamedTuple):
    """A text that captions are made of; ``heard_end`` is in code points of it."""

    key: tuple[str, int]
    text: str
    heard_end: int
    at: int  # the code point whose caption is shown
    is_final: bool  # its text does not change any more
    language: str
    speaker: str


class Audience:
    """Decides what the audience sees. Used in one thread; subscribers return at once.

    ``words`` gives times of words, ``speed`` how fast the voice is played, ``alarm`` is this object's alone.
    Subscribe `look` to the caption track.
    """

    def __init__(
        self,
        words: TimedWords,
        alarm: Alarm,
        *,
        speed: Callable[[], float] = lambda: 1.0,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.clear_seconds: float = CLEAR_SECONDS
        """Seconds for which a caption stays in a silence; 0: until the next one."""
        self.stop_clears: bool = True
        """Stop empties the display; else the last caption stays as far as it was heard."""
        self.operated: Subscribers[[]] = Subscribers()
        """Told when the operator has shown black, held the picture, or taken that back."""
        self._timed_words = words
        self._alarm = alarm
        self._speed = speed
        self._clock = clock
        self._screens: dict[Layout, _Screen] = {}
        self._subscribers: dict[Show, Layout] = {}
        self._speakers: dict[int, str] = {}
        self._source: _Source | None = None
        self._expected: _Source | None = None  # what is about to be heard
        # utterance and place at the ear when it was looked at last
        self._seen: tuple[int, int] = (0, _SILENT)
        self._before: _Look | None = None  # while it was heard
        self._unsounded: deque[tuple[int, int, str, str, str]] = deque()  # captions without sound to come
        self._number = 0  # of texts without sound
        self._is_paused = self._is_typing = self._is_black = self._is_frozen = self._is_rehearsal = False
        self._previews: set[Show] = set()

    # -- who sees it -------------------------------------------------------------------------------

    def subscribe(self, layout: Layout, show: Show, *, is_preview: bool = False) -> Callable[[], None]:
        """Call `show` with what is displayed now and whenever it changes; the returned function ends that.

        A preview is for the operator alone: it shows a rehearsal, too.
        """
        screen = self._screens.setdefault(layout, _Screen(layout))
        self._subscribers[show] = layout
        if is_preview:
            self._previews.add(show)
        if screen.shown is None:
            screen.shown = self._displayed(screen, self._source)
        show(screen.shown if self._is_shown_to(show) else _REHEARSAL)

        def end() -> None:
            self._subscribers.pop(show, None)
            self._previews.discard(show)
            if layout not in self._subscribers.values():
                self._screens.pop(layout, None)

        return end

    # -- what is heard -----------------------------------------------------------------------------

    def look(self, snapshot: Snapshot) -> None:
        """Take what the caption track shows."""
        view = snapshot.current
        self._is_paused = snapshot.state is State.PAUSED
        self._expected = None
        if view is None:
            self._show()
            return
        self._look_at(view, snapshot)
        is_heard = not self._is_paused and self._source is not None and self._source.key == ("heard", view.id)
        place = self._source.at if is_heard and self._source is not None else 0
        before = _Look(view.id if is_heard else 0, place, self._clock())
        self._before = None if self._is_paused else before

    def _look_at(self, view: UtteranceView, snapshot: Snapshot) -> None:
        if view.word is None:
            self._between_words(view, snapshot.state)
            self._expect(view, snapshot.state)
        elif self._seen != (view.id, view.word.start) or self._is_revised(view):
            self._seen = (view.id, view.word.start)
            self._alarm.clear()
            self._unsounded.clear()
            self._source = _Source(
                ("heard", view.id),
                view.text,
                view.word.end,
                view.word.start,
                not view.live,
                view.language,
                self._speakers.get(view.id, ""),
            )
        self._show()

    def name_speaker(self, number: int, speaker: str) -> None:
        """Show this name with the captions of an utterance of the reader's; said before it is heard."""
        self._speakers[number] = speaker
        while len(self._speakers) > 1000:
            self._speakers.pop(next(iter(self._speakers)))

    # -- what is shown without sound ---------------------------------------------------------------

    def show_text(self, text: str, *, speaker: str = "", language: str = "en") -> None:
        """Show a text at once, without sound; a long one caption by caption, as fast as it can be read."""
        self._number += 1
        captions = Captions(*self._reading_layout(), language=language).all(text)
        self._unsounded.clear()
        for caption in captions:
            self._unsounded.append((self._number, caption.end, text, speaker, language))
        self._next_unsounded()

    def type_text(self, number: int, text: str, *, speaker: str = "", language: str = "en") -> None:
        """Show the end of a text that is being typed, without sound; ``number`` stays with the text."""
        if not text.strip():
            return
        self._alarm.clear()
        self._unsounded.clear()
        end = len(text)
        at = len(text.rstrip()) - 1
        self._source = _Source(("typed", number), text, end, at, False, language, speaker)
        self._clear_later()
        self._show()

    # -- what the operator does --------------------------------------------------------------------

    def set_black(self, is_black: bool) -> None:
        """Show nothing until this is taken back; captions go on behind it."""
        self._is_black = is_black
        self._show()
        self.operated.tell()

    def set_frozen(self, is_frozen: bool) -> None:
        """Keep what is shown until this is taken back."""
        self._is_frozen = is_frozen
        self._show()
        self.operated.tell()

    def set_rehearsal(self, is_rehearsal: bool) -> None:
        """Show everything to previews alone, until this is taken back; the display is emptied both times."""
        if is_rehearsal == self._is_rehearsal:
            return
        self.clear()
        self._is_rehearsal = is_rehearsal
        for show, layout in tuple(self._subscribers.items()):
            if show not in self._previews:
                shown = self._screens[layout].shown
                show(_REHEARSAL if is_rehearsal else shown or Display())

    def set_typing(self, is_typing: bool) -> None:
        """Let the audience know that somebody is typing."""
        if is_typing != self._is_typing:
            self._is_typing = is_typing
            self._show()

    @property
    def is_black(self) -> bool:
        """True while nothing is shown on purpose."""
        return self._is_black

    @property
    def is_rehearsal(self) -> bool:
        """True while only previews show anything."""
        return self._is_rehearsal

    @property
    def is_frozen(self) -> bool:
        """True while the display is kept as it is."""
        return self._is_frozen

    def clear(self) -> None:
        """Empty the display."""
        self._alarm.clear()
        self._unsounded.clear()
        self._source = self._expected = None
        self._show()

    @property
    def has_unsounded(self) -> bool:
        """True while a text without sound is shown that `stop_unsounded` would end."""
        is_shown = self._source is not None and self._source.key[0] != "heard"
        return is_shown and (self.stop_clears or bool(self._unsounded))

    def stop_unsounded(self) -> None:
        """End a text without sound, as Stop ends one that is heard: it goes, or stays as it is."""
        if self.has_unsounded and self.stop_clears:
            self.clear()
        elif self.has_unsounded:
            self._alarm.clear()
            self._unsounded.clear()

    # -- inside ------------------------------------------------------------------------------------

    def _between_words(self, view: UtteranceView, state: State) -> None:
        """No word is at the ear: the last caption stays for a while, or Stop has ended it."""
        source = self._source
        if source is None or source.key[0] != "heard":
            return
        if state is State.PAUSED:
            if self._seen[1] == _SILENT:  # a pause is no silence: nothing is cleared in it
                self._alarm.clear()
                self._seen = (view.id, _PAUSED)
            return
        is_same = source.key[1] == view.id
        if is_same and view.fate is Fate.CUT and self.stop_clears:
            self.clear()
            return
        if is_same and state in (State.IDLE, State.FAILED):
            end = max(source.heard_end, view.heard_end)
            last = source._replace(heard_end=end, at=max(source.at, end - 1))
            self._source = last if self._onward_from(last) is not None else source._replace(heard_end=end)
        if self._seen[1] != _SILENT:
            self._seen = (view.id, _SILENT)
            self._clear_later()

    def _expect(self, view: UtteranceView, state: State) -> None:
        """A text is about to be heard: outlets can draw its first caption while the device still waits."""
        is_new = self._source is None or self._source.key != ("heard", view.id)
        if is_new and not view.live and view.heard_end == 0 and state in (State.CONNECTING, State.SPEAKING):
            key = ("heard", view.id)
            self._expected = _Source(
                key, view.text, 0, 0, True, view.language, self._speakers.get(view.id, "")
            )

    def _is_revised(self, view: UtteranceView) -> bool:
        return self._source is not None and self._source.text != view.text

    def _clear_later(self) -> None:
        if self.clear_seconds > 0:
            self._alarm.set(self._clock() + self.clear_seconds, self.clear)

    def _next_unsounded(self) -> None:
        number, end, text, speaker, language = self._unsounded.popleft()
        self._source = _Source(("shown", number), text, end, end - 1, True, language, speaker)
        self._show()
        if not self._unsounded:
            self._clear_later()
            return
        cue = self._screens[self._reading_layout()].cue if self._screens else None
        shown = " ".join(cue.lines) if cue is not None else ""
        seconds = reading_seconds(shown, language) * ALPHABETIC_PER_SECOND / READING_PER_SECOND
        self._alarm.set(self._clock() + max(LEAST_SECONDS, seconds), self._next_unsounded)

    def _reading_layout(self) -> Layout:
        """The smallest layout: a text without sound goes on at the pace of its captions."""
        return min(self._screens, key=lambda layout: layout.columns * layout.lines, default=TWO_LINES)

    def _show(self) -> None:
        for layout, screen in tuple(self._screens.items()):
            if self._is_frozen and screen.shown is not None:
                continue
            source = self._source
            sources = [*screen.passed(source, self._onward_from), source] if source is not None else [None]
            for source in sources:
                display = self._displayed(screen, source)
                if display == screen.shown:
                    continue
                screen.shown = display
                for show, wanted in tuple(self._subscribers.items()):
                    if wanted == layout and self._is_shown_to(show):
                        show(display)

    def _onward_from(self, source: _Source) -> int | None:
        """Return the place of the last look if all behind it was heard since then; None after a jump.

        This program may have been held up: nobody looked, and the voice went on.
        """
        before = self._before
        if before is None:
            return None
        is_same = source.key == ("heard", before.number)
        times = self._times(source)
        first = times.frame(before.place) if is_same else 0
        last = times.frame(source.at)
        if first is None:
            return None
        last = times.heard_frames if last is None else last  # the marks at the end
        seconds = (last - first) / times.frames_per_second
        is_onward = 0 <= seconds <= self._clock() - before.moment + _JUMP_SECONDS
        return (before.place if is_same else 0) if is_onward else None

    def _is_shown_to(self, show: Show) -> bool:
        return not self._is_rehearsal or show in self._previews

    def _displayed(self, screen: _Screen, source: _Source | None) -> Display:
        if source is not None:
            screen.take(source, self._times, self._clock())
        else:
            screen.cue = screen.following = None
        if self._is_black:
            return Display(None, None, self._is_paused, self._is_typing, True)
        following = screen.following
        if following is None and self._expected is not None:
            following = screen.expected(self._expected, self._times)
        return Display(screen.cue, following, self._is_paused, self._is_typing)

    def _times(self, source: _Source) -> _Times:
        """Return when the words of a source are heard; none for one without sound."""
        if source.key[0] != "heard":
            return _Times((), 0, 1.0)
        try:
            rate, timed = self._timed_words.word_times(source.key[1])
            heard_frames = self._timed_words.heard_frames(source.key[1])
        except KeyError:  # the reader has forgotten it
            return _Times((), 0, 1.0)
        return _Times(timed, heard_frames, rate * self._speed())


class _Look(NamedTuple):
    """The last look: at which utterance and which place in it, 0 for none, and when."""

    number: int
    place: int
    moment: float


class _Times(NamedTuple):
    """Times of words, as they were when it was looked."""

    words: tuple[WordTime, ...]
    heard_frames: int
    frames_per_second: float

    def frame(self, code_point: int) -> int | None:
        """Return the frame at which the word at this code point begins, or the next word."""
        index = bisect_right(self.words, code_point, key=_word_end)
        return self.words[index].start_frame if index < len(self.words) else None


class _Screen:
    """The captions of one layout."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._captions = Captions(*layout)
        self._captions_ahead = Captions(*layout)  # of a text that is about to be heard
        self._last = 0  # id
        self._shown_of: tuple[tuple[str, int], int] | None = None  # source and start of the caption shown
        self._laid: _Laid | None = None
        self._laid_following: _Laid | None = None
        self.cue: AudienceCue | None = None
        self.following: AudienceCue | None = None
        self.shown: Display | None = None

    def passed(self, source: _Source, onward_from: Callable[[_Source], int | None]) -> Iterator[_Source]:
        """Return the text as it was at the end of each caption that it has gone past since the last time.

        A burst of a steno machine, or a sentence that is shown on Enter, may be longer than a caption; what
        is heard goes on while this program is held up. Whoever sends captions needs them all.
        """
        shown = self._shown_of
        is_known = shown is not None and shown[0] == source.key
        place = shown[1] if shown is not None and is_known else max(0, len(source.text) - _MOST_PASSED)
        if source.key[0] == "heard":
            place = place if is_known else 0
            first = self._captions.at(source.text, place, language=source.language)
            if first is None or first.end > source.at:
                return
            if is_known and self._is_next(first.end, source):  # as always: nobody need be asked
                return
            before = onward_from(source)
            if before is None or not place <= before < first.end:  # jumped, or not what is shown: frozen
                return
        elif source.key[0] != "typed":
            return
        while (caption := self._captions.at(source.text, place, language=source.language)) is not None:
            if caption.end > source.at or caption.end <= place:
                return
            yield source._replace(heard_end=caption.end, at=caption.start)
            place = caption.end

    def _is_next(self, place: int, source: _Source) -> bool:
        """Return whether all of the caption was shown, and the one from this place on is to be."""
        caption = self._captions.at(source.text, place, language=source.language)
        is_whole = self.cue is not None and self.cue.heard == len(self.cue.words)
        return is_whole and caption is not None and caption.end > source.at

    def take(self, source: _Source, times: Callable[[_Source], _Times], now: float) -> None:
        """Find the caption of what is heard, and the one behind it."""
        caption = self._captions.at(source.text, source.at, language=source.language)
        if caption is None:
            self.cue = self.following = None
            return
        place = (source.key, caption.start)
        moment = now
        if self.cue is not None and self._shown_of == place:
            moment = self.cue.moment
        else:
            self._last += 1
            self._shown_of = place
            self._laid = None  # its times are known better than before it began
            known = times(source)
            first = known.frame(caption.start)
            if first is not None:
                moment = now - max(0.0, (known.heard_frames - first) / known.frames_per_second)
        self._laid = _laid(self._laid, caption, source, times)
        self.cue = _cue(self._laid, source, self._last, moment)
        following = self._captions.at(source.text, caption.end, language=source.language)
        self.following = None
        if following is not None and following.start >= caption.end:
            self._laid_following = _laid(self._laid_following, following, source, times, is_ahead=True)
            self.following = _cue(self._laid_following, source, self._last + 1, 0.0)

    def expected(self, source: _Source, times: Callable[[_Source], _Times]) -> AudienceCue | None:
        """Return the first caption of a text that is about to be heard."""
        caption = self._captions_ahead.at(source.text, 0, language=source.language)
        if caption is None:
            return None
        return _cue(_laid(None, caption, source, times, is_ahead=True), source, self._last + 1, 0.0)


class _Laid(NamedTuple):
    """A caption of a source with its words; all of them have a time, if they will ever have one."""

    key: tuple[str, int]
    caption: Caption
    words: tuple[CueWord, ...]
    is_timed: bool


def _laid(
    last: _Laid | None,
    caption: Caption,
    source: _Source,
    times: Callable[[_Source], _Times],
    *,
    is_ahead: bool = False,
) -> _Laid:
    """Return the caption with its words; the last one if it is the same and complete, or not yet due."""
    if (
        last is not None
        and (last.is_timed or is_ahead)
        and (last.key, last.caption, last.caption.places) == (source.key, caption, caption.places)
    ):
        return last
    known = times(source)
    first = known.frame(caption.start) or 0
    found: list[CueWord] = []
    frame: int | None = 0
    for line, (text, places) in enumerate(zip(caption.lines, caption.places, strict=True)):
        for span in _tiles(text):
            frame = known.frame(places[span.start])
            offset = max(0, frame - first) / known.frames_per_second if frame is not None else 0.0
            found.append(CueWord(line, span.start, span.end, round(offset, 3), places[span.start]))
    is_timed = frame is not None or source.key[0] != "heard"
    return _Laid(source.key, caption, tuple(found), is_timed)


def _cue(laid: _Laid, source: _Source, number: int, moment: float) -> AudienceCue:
    return AudienceCue(
        number,
        laid.caption.lines,
        laid.words,
        bisect_left(laid.words, source.heard_end, key=_place),
        source.is_final,
        moment,
        source.speaker,
        source.language,
        "{} {}".format(*source.key),
        laid.caption.start,
    )


def _tiles(line: str) -> list[Span]:
    """Return the words of a line with the marks around them; together they are the line."""
    starts = [0, *(span.start for span in words(line)[1:])]
    return [Span(start, end) for start, end in zip(starts, [*starts[1:], len(line)], strict=True)]


def _word_end(word: WordTime) -> int:
    return word.span.end


def _place(word: CueWord) -> int:
    return word.place
