"""A voice that says from kept audio what is there, and keeps what is said anew.

Text is looked up sentence by sentence, so that a book that is read from another place, or a paragraph with
one new sentence, costs that sentence only. A sentence is kept once all of its sound has come and its borders
are known exactly; one that was cut off, or spliced behind a lost connection, is not.
"""

from __future__ import annotations

import asyncio
from array import array
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from fishcaption.core.speech import Aligned, Covered, Delivery, Piece, Rendered, Sound, Span, WordTime
from fishcaption.core.text.segmentation import SHORTEST_PART, Segmenter, sentence_ending, speakable, words
from fishcaption.core.text.sentence_ends import JUDGED, Ending

if TYPE_CHECKING:
    from fishcaption.core.speech import Voice
    from fishcaption.reader import Sink
    from fishcaption.store.kept_audio.identity import SoundShape
    from fishcaption.store.kept_audio.kept_audio import KeptAudio

Live = Callable[[AsyncIterator[Piece], "Sink"], Awaitable[None]]
"""`reader.Synthesizer.speak` of a voice."""

_LEAD_SECONDS: Final = 0.01  # of what is silent before the first sound is kept
_SILENT: Final = 33  # int16 levels: 60 dB below full scale
_BEFORE_WORD_SECONDS: Final = 0.03  # a sentence begins so long before its first word, which may be breathed
_MOVED_SECONDS: Final = 0.3
_LONGEST_SECONDS: Final = 180.0  # of sound whose borders are not known; what is longer is not kept
_MARKS: Final = "[(<"  # what may sound and is no word: "[laughs]"


class KeptVoice:
    """A `reader.Synthesizer`: what ``kept`` has of this shape is heard from there, the rest ``live``.

    ``puts_off``: what is said is kept by `keep_said` only, for who has more to do with it before it is found.
    """

    def __init__(self, shape: SoundShape, kept: KeptAudio, live: Live, *, puts_off: bool = False) -> None:
        self.shape = shape
        self.kept = kept
        self.live = live
        self._puts_off = puts_off
        self._said: list[tuple[str, Rendered]] = []

    @property
    def voice(self) -> Voice:
        """The voice."""
        return self.shape.voice

    @property
    def rate(self) -> int:
        """Frames a second."""
        return self.shape.rate

    def keep(self, identity: str, rendered: Rendered) -> None:
        """Keep the sound of a part, now or with `keep_said`."""
        if self._puts_off:
            self._said.append((identity, rendered))
        else:
            self.kept.keep_soon(identity, rendered)

    def keep_said(self) -> None:
        """Keep what was put off."""
        said, self._said = self._said, []
        for identity, rendered in said:
            self.kept.keep_soon(identity, rendered)

    async def speak(self, pieces: AsyncIterator[Piece], sink: Sink) -> None:
        """See `reader.Synthesizer.speak`. What is kept needs no key and no network."""
        await _Talk(self, pieces, sink).run()


class Part(NamedTuple):
    """A sentence, or a bounded part of one, as it is sent. Without an ``identity`` it cannot be found again.

    ``is_open``: it ends within a sentence, so that only the end of all text makes it whole.
    """

    start: int
    text: str
    identity: str
    is_open: bool

    @property
    def end(self) -> int:
        """The place behind it."""
        return self.start + len(self.text)


class Parts:
    """Cuts the pieces of one utterance, in order, into the parts by which their sound is kept."""

    def __init__(self, shape: SoundShape) -> None:
        self._shape = shape
        self._language = next(iter(shape.voice.languages), "en")
        self._begun = ""  # of the sentence that goes on, for the rules of its end
        self._before: str | None = ""  # of the sentence that goes on; None: it was begun by a fragment

    def of(self, piece: Piece) -> list[Part]:
        """Return the piece's parts: together they are its text."""
        parts: list[Part] = []
        start = piece.start
        for text in self._segments(piece.text):
            parts.append(self._part(start, text))
            start += len(text)
        return parts

    def _segments(self, text: str) -> list[str]:
        segmenter = Segmenter(self._language, self._begun)
        found: list[str] = []
        lead = ""
        for segment in (*segmenter.push(text), *segmenter.close()):
            if speakable(segment.text) or not found:
                if found and not speakable(found[-1]):
                    found[-1] += segment.text
                else:
                    found.append(lead + segment.text)
            else:
                found[-1] += segment.text
        return found

    def _part(self, start: int, text: str) -> Part:
        before = self._before
        identity = "" if before is None else self._shape.identity(text, before)
        begun = self._begun + text
        is_over = (
            text.endswith("\n")
            or sentence_ending(begun.rstrip() + " ", language=self._language) is Ending.OVER
        )
        is_open = not is_over and len(text) < SHORTEST_PART
        self._begun = "" if is_over else begun[-JUDGED:]
        if is_over:
            self._before = ""
        elif is_open or before is None:
            self._before = None
        else:
            self._before = before + text
        return Part(start, text, identity, is_open)


def unkept(shape: SoundShape, kept: KeptAudio, text: str) -> str:
    """Return what of a whole text has to be said anew, and so may cost. It may block on the disk."""
    if shape.identity(text) in kept:
        return ""
    return "".join(part.text for part in Parts(shape).of(Piece(0, text)) if part.identity not in kept)


def kept_sound(shape: SoundShape, kept: KeptAudio, text: str) -> Rendered | None:
    """Return the sound of a whole text from its kept parts; None unless all are there. Reads files."""
    if (whole := kept.load(shape.identity(text))) is not None:
        return whole
    pcm, times = bytearray(), list[WordTime]()
    for part in Parts(shape).of(Piece(0, text)):
        found = kept.load(part.identity) if part.identity else None
        if found is None:
            return None
        times += _moved(found.words, part.start + _blanks(part.text), len(pcm) // 2)
        pcm += found.pcm
    return Rendered(shape.voice, shape.rate, bytes(pcm), tuple(times)) if pcm else None


def without_lead(rendered: Rendered) -> Rendered | None:
    """Return the sound with a hundredth of a second at most of the silence it begins with; None if it is all.

    What sounds before the first word begins, such as a breath, is of this word: who shows it begins with the
    sound.
    """
    samples = array("h", rendered.pcm[: len(rendered.pcm) & ~1])
    silent = next((frame for frame, level in enumerate(samples) if abs(level) > _SILENT), None)
    if silent is None:
        return None
    cut = max(0, silent - round(_LEAD_SECONDS * rendered.rate))
    times = [
        WordTime(word.span, max(0, word.start_frame - cut), max(0, word.end_frame - cut))
        for word in rendered.words
    ]
    if times:
        times[0] = times[0]._replace(start_frame=min(times[0].start_frame, silent - cut))
    return rendered._replace(pcm=rendered.pcm[2 * cut :], words=tuple(times))


class _Said(NamedTuple):
    """A part, and its kept sound if there is some."""

    part: Part
    sound: Rendered | None


class _Talk:
    """One utterance: kept parts and live conversations in turn."""

    def __init__(self, voice: KeptVoice, pieces: AsyncIterator[Piece], sink: Sink) -> None:
        self._voice = voice
        self._pieces = pieces
        self._sink = sink
        self._parts = Parts(voice.shape)
        self._next_ones: deque[_Said] = deque()
        self._is_ended = False
        self._frames = 0  # delivered

    async def run(self) -> None:
        while (said := await self.next()) is not None:
            if said.sound is not None:
                await self._say_kept(said.part, said.sound)
            else:
                await self._say_live(said)

    async def next(self) -> _Said | None:
        """Return the next part; None behind the last."""
        if not self._next_ones:
            piece = await anext(self._pieces, None)
            if piece is None:
                self._is_ended = True
                return None
            parts = self._parts.of(piece)
            self._next_ones.extend(await asyncio.to_thread(self._looked_up, parts))
        return self._next_ones.popleft()

    def missing_at_hand(self) -> list[Part]:
        """Return, and take, what has to be said live of the piece that is here."""
        found: list[Part] = []
        while self._next_ones and self._next_ones[0].sound is None:
            found.append(self._next_ones.popleft().part)
        return found

    def give_back(self, said: _Said) -> None:
        """Have it be the next one again."""
        self._next_ones.appendleft(said)

    def _looked_up(self, parts: Sequence[Part]) -> list[_Said]:
        """In a thread: it reads files."""
        load = self._voice.kept.load
        return [_Said(part, load(part.identity) if part.identity else None) for part in parts]

    async def _say_kept(self, part: Part, sound: Rendered) -> None:
        first, self._frames = self._frames, self._frames + len(sound.pcm) // 2
        await self._sink(Sound(sound.pcm))
        if times := _moved(sound.words, part.start + _blanks(part.text), first):
            await self._sink(Aligned(tuple(times)))
        await self._sink(Covered(part.end, self._frames))

    async def _say_live(self, first: _Said) -> None:
        start, first_frame = first.part.start, self._frames
        recording = _Recording(self._voice)

        async def sink(delivery: Delivery) -> None:
            match delivery:
                case Sound(pcm):
                    self._frames += len(pcm) // 2
                    recording.sound(pcm)
                    await self._sink(delivery)
                case Aligned(times):
                    recording.align(times)
                    await self._sink(Aligned(tuple(_moved(times, start, first_frame))))
                case Covered(end, frame):
                    recording.cover(end, frame)
                    await self._sink(Covered(end + start, frame + first_frame))

        await self._voice.live(_LivePieces(self, first, recording), sink)
        recording.finish(is_end=self._is_ended)


class _LivePieces:
    """The pieces of one live conversation: up to the first part that is kept. Their places begin with 0."""

    def __init__(self, talk: _Talk, first: _Said, recording: _Recording) -> None:
        self._talk = talk
        self._start = first.part.start
        self._recording = recording
        self._next: _Said | None = first

    def __aiter__(self) -> _LivePieces:
        return self

    async def __anext__(self) -> Piece:
        said = self._next or await self._talk.next()
        self._next = None
        if said is None:
            raise StopAsyncIteration
        if said.sound is not None:
            self._talk.give_back(said)
            raise StopAsyncIteration
        parts = [said.part, *self._talk.missing_at_hand()]
        start = said.part.start - self._start
        for part in parts:
            self._recording.text(part._replace(start=part.start - self._start))
        return Piece(start, "".join(part.text for part in parts))


class _Recording:
    """The sound of one live conversation, which is kept part by part as soon as their borders are known."""

    def __init__(self, voice: KeptVoice) -> None:
        self._voice = voice
        self._parts: deque[Part] = deque()  # whose sound has not ended, as far as is known
        self._pcm = bytearray()  # from the first of them on
        self._first_frame = 0
        self._times: dict[Span, WordTime] = {}  # of them
        self._covers: dict[int, int] = {}  # frames by the ends of sessions in the text
        self._is_off = False

    def text(self, part: Part) -> None:
        """Take the next part that is sent."""
        self._parts.append(part)

    def sound(self, pcm: bytes) -> None:
        """Take the next sound."""
        if self._is_off:
            return
        self._pcm += pcm
        if len(self._pcm) > 2 * _LONGEST_SECONDS * self._voice.rate:
            self._is_off = True
            self._pcm.clear()

    def align(self, times: Sequence[WordTime]) -> None:
        """Take exact times of words. One that moves far was said twice: the first time was lost."""
        far = round(_MOVED_SECONDS * self._voice.rate)
        for time in times:
            earlier = self._times.get(time.span)
            if earlier is not None and abs(earlier.start_frame - time.start_frame) > far:
                holders = (place for place, part in enumerate(self._parts) if time.span.start < part.end)
                self._spoil(next(holders, 0))
            self._times[time.span] = time
        self._settle()

    def cover(self, end: int, frame: int) -> None:
        """Take the end of a session; one that does not end all that was sent was lost."""
        is_lost = any(part.end > end for part in self._parts)
        if is_lost:  # what sounded last may be broken off, or begun twice
            for place, part in enumerate(self._parts):
                if part.start < end <= part.end or (place == 0 and part.start == end):
                    self._spoil(place)
        else:
            self._covers[end] = frame
        self._settle()

    def finish(self, *, is_end: bool) -> None:
        """Take it that all sound has come; ``is_end``: of the whole utterance."""
        while not self._is_off and len(self._parts) > 1:
            if not self._settle():
                self._pass_over()
        if not self._is_off and self._parts:
            last = self._parts.popleft()
            if is_end or not last.is_open:
                self._keep(last, self._first_frame + len(self._pcm) // 2)

    def _settle(self) -> bool:
        """Keep the parts in front whose borders are known; return whether there was one."""
        has_kept = False
        while not self._is_off and len(self._parts) > 1:
            first, second = self._parts[0], self._parts[1]
            frame = self._border(first, second)
            if frame is None:
                if self._is_passed(second):
                    self._pass_over()
                    continue
                break
            if self._first_frame + len(self._pcm) // 2 < frame:
                break
            self._parts.popleft()
            self._keep(first if not first.is_open else first._replace(identity=""), frame)
            has_kept = True
        return has_kept

    def _border(self, first: Part, second: Part) -> int | None:
        """Return the frame where the second part begins, if that is known exactly."""
        if second.start in self._covers:
            return self._covers[second.start]
        ending, beginning = words(first.text), words(second.text)
        if not ending or not beginning or any(mark in second.text[: beginning[0].start] for mark in _MARKS):
            return None
        last = self._time_at(first.start + ending[-1].end - 1)
        begin = self._time_at(second.start + beginning[0].start)
        if last is None or begin is None:
            return None
        lead = round(_BEFORE_WORD_SECONDS * self._voice.rate)
        frame = max(begin.start_frame - lead, min(last.end_frame, begin.start_frame))
        return max(frame, self._first_frame)

    def _time_at(self, place: int) -> WordTime | None:
        return next((time for span, time in self._times.items() if span.start <= place < span.end), None)

    def _is_passed(self, part: Part) -> bool:
        """Return whether words behind the part's first one have times: its own will not come any more."""
        beginning = words(part.text)
        behind = part.start + beginning[0].end if beginning else part.end
        return any(span.start >= behind for span in self._times)

    def _pass_over(self) -> None:
        """Keep neither the first part nor the next: the end of the first will not be known."""
        self._parts.popleft()
        self._spoil(0)

    def _spoil(self, place: int) -> None:
        if place < len(self._parts):
            self._parts[place] = self._parts[place]._replace(identity="")

    def _keep(self, part: Part, end_frame: int) -> None:
        length = 2 * (end_frame - self._first_frame)
        pcm = bytes(self._pcm[:length])
        blanks = part.start + _blanks(part.text)
        times = [time for span, time in self._times.items() if part.start <= span.start < part.end]
        if part.identity and (times or not words(part.text)):
            shape = self._voice.shape
            moved = _moved(sorted(times, key=_place), -blanks, -self._first_frame)
            rendered = without_lead(Rendered(shape.voice, shape.rate, pcm, tuple(moved)))
            if rendered is not None:
                self._voice.keep(part.identity, rendered)
        del self._pcm[:length]
        self._first_frame = end_frame
        self._times = {span: time for span, time in self._times.items() if span.start >= part.end}


def _moved(times: Sequence[WordTime], places: int, frames: int) -> list[WordTime]:
    return [
        WordTime(
            Span(max(0, time.span.start + places), max(0, time.span.end + places)),
            max(0, time.start_frame + frames),
            max(0, time.end_frame + frames),
        )
        for time in times
    ]


def _place(time: WordTime) -> int:
    return time.span.start


def _blanks(text: str) -> int:
    """Return the length of the blanks before the text: identities know nothing of them."""
    return len(text) - len(text.lstrip())
