"""The engine: commands in, snapshots out. It owns every task of speaking and names none who does the work.

It declares the plugs it needs: a `Synthesizer` (text to sound), a `Player` (sound to the ear) and a `Kept`
(sound that can be read again). Two halves meet in the kept audio: *production* asks the voices for sound as
far ahead as the window allows; the *pump* moves sound from the kept audio to the player. So Back, Repeat and
speed never touch a conversation with a voice, and a slow network never touches what is already here.

    utterance   what one act gave to the voice
    take        one conversation with one voice about an utterance's text from `start` on, and its sound; an
                utterance has one, and one more for each time it had to be taken up again
    line        the takes still to be heard, in order; the first is at the ear
    clip        a stretch of one take inside the player; jumping about makes new clips

Everything told of where we are is a function of one number, what the player was *heard* to play. Commands are
plain functions, called on the loop's thread; they return at once.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.core.markup import Family, literal
from fishcaption.core.speech import (
    Aligned,
    Covered,
    Delivery,
    Fate,
    Heard,
    Piece,
    PlayerState,
    Snapshot,
    Sound,
    Span,
    State,
    UtteranceView,
    Voice,
    WordTime,
)
from fishcaption.core.timeline import Pace, Timeline
from fishcaption.core.typing import Feed, Kind

_log = logging.getLogger(__name__)

# Unheard audio that may be asked for ahead of the ear: enough for any hitch of a network, little enough that
# stopping early costs nothing.
WINDOW_SECONDS = 20.0
# What was asked for and does not come counts as unheard for so long: an estimate that was too high must not
# hold the text back for good.
PATIENCE_SECONDS = 3.0
# Audio kept for Repeat and Back, over all utterances.
KEPT_SECONDS = 1800.0
# Utterances remembered with their text.
REMEMBERED = 2000
# With more unheard than this (the flush policy calls less of it dry) nobody waits for text that comes bit by
# bit: it is looked at together, ten times a second.
_UNHURRIED_SECONDS = 1.0
_TOGETHER_SECONDS = 0.1
_PUMP_FRAMES = 8192  # a third of a second at 24 kHz: the pump's step

Sink = Callable[[Delivery], Awaitable[None]]


class Synthesizer(Protocol):
    """One voice that turns the pieces of an utterance into sound."""

    @property
    def voice(self) -> Voice:
        """Who speaks; shown to the user."""
        ...

    @property
    def rate(self) -> int:
        """Frames a second of what `speak` delivers; fixed for the life of the object."""
        ...

    async def speak(self, pieces: AsyncIterator[Piece], sink: Sink) -> None:
        """Voice the pieces as they come, each flushed at its end; return when all was delivered to the sink.

        The iterator may wait between pieces for as long as hands rest. The sink is awaited: while it waits,
        the service is held back. A lost connection is mended inside: no word is lost, and at most one piece
        is said twice. What was delivered is never taken back.

        Raises an error of our tree. Cancelling abandons the conversation at once.
        """
        ...


class Player(Protocol):
    """One line of sound: clips, one after another, to one device. Commands return at once, in order."""

    def warm(self) -> None:
        """Open the device if it is closed; called at the window's focus and the first key."""
        ...

    def begin(self, rate: int, gain: float = 1.0) -> int:
        """Open the next clip and return its number (1, 2, …). It sounds after all before it.

        ``gain`` up to 4.0 makes this clip louder (or softer): peaks that would clip are held down.
        """
        ...

    async def write(self, pcm: bytes) -> None:
        """Append to the newest clip; waits while 20 s or more of it are unheard. Any split, odd bytes too.

        What is written to a clip that was flushed is dropped. Raises AudioDeviceError when there is no
        hope of a device.
        """
        ...

    def end(self) -> None:
        """No more audio will come for the newest clip."""
        ...

    def pause(self) -> None:
        """Fade out and hold; nothing is lost."""
        ...

    def resume(self) -> None:
        """Go on at the very next frame."""
        ...

    def flush(self) -> None:
        """Fade out and drop every clip begun so far.

        Clips begun afterwards are heard, also if it was paused: it resumes.
        """
        ...

    def cut(self, clip: int, frame: int) -> int:
        """Drop all of a clip from `frame` on, and every later clip; return where it will end.

        The sound ends at `frame`, faded out over the 5 ms before it. Where the device has been given more
        already (`lead_frames` ahead of the ear) it fades at once, and a later frame is returned: an estimate,
        which the engine's word replaces within some 60 ms. The clip is ended there: `reach` of its end is True
        once that is heard, of a frame beyond it and of a later clip False. A frame beyond what was written
        means all that was written. What is written to these clips afterwards is dropped; the next clip begun
        follows at once. A pause stays. Raises InputError for a clip that was never begun.
        """
        ...

    def lead_frames(self) -> int:
        """How far ahead of the ear, in source frames, sound cannot be taken back any more."""
        ...

    def speed(self, factor: float) -> None:
        """0.5 to 3.0, pitch kept, effective now; frames stay source frames."""
        ...

    def volume(self, gain: float) -> None:
        """0.0 to 2.0, linear, ramped."""
        ...

    def heard(self) -> Heard:
        """Where the ear is now; (0, 0) before anything."""
        ...

    async def reach(self, clip: int, frame: int | None = None) -> bool:
        """Wait until (clip, frame) is heard; None: the clip's end. False when it was flushed away instead.

        Raises AudioDeviceError when there is no hope of a device.
        """
        ...

    def state(self) -> PlayerState:
        """The device's condition now."""
        ...


class Kept(Protocol):
    """Sound that was delivered, to be read again; int16 mono frames."""

    frames: int

    def append(self, pcm: bytes) -> None:
        """Add whole frames at the end."""
        ...

    def read(self, frame: int, frames: int) -> bytes:
        """At most `frames` frames from `frame` on; empty where there are none."""
        ...

    def close(self) -> None:
        """Forget the samples."""
        ...


class _Utterance:
    """Text given by one act; the mutable twin of `UtteranceView`. Written by the reader only."""

    def __init__(self, number: int, kind: Kind) -> None:
        self.id = number
        self.kind = kind
        self.live = True
        self.fate = Fate.WAITING
        self.error: FishCaptionError | None = None
        self.takes: list[_Take] = []
        self.heard_end = 0
        self.ended = asyncio.Event()
        self._parts: list[str] = []
        self._length = 0

    @property
    def text(self) -> str:
        if len(self._parts) > 1:  # joined when looked at: piped text comes in thousands of parts
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    @text.setter
    def text(self, text: str) -> None:
        self._parts = [text]
        self._length = len(text)

    def append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def __len__(self) -> int:
        return self._length

    @property
    def sent_end(self) -> int:
        return self.takes[-1].sent_end if self.takes else 0


class _Take:
    """One conversation about the utterance's text from `start` on, and its sound. The reader writes it."""

    def __init__(
        self,
        of: _Utterance,
        start: int,
        synthesizer: Synthesizer,
        family: Family,
        timeline: Timeline,
        kept: Kept,
    ) -> None:
        self.utterance = of
        self.start = start
        self.synthesizer = synthesizer
        self.family = family  # which marks the voice acts on: typed ones are made harmless
        self.timeline = timeline
        self.kept = kept
        self.feed = Feed(of.kind)
        self.fed = asyncio.Event()  # text or the ear moved: look at the feed again
        self.started = False  # production has begun
        self.complete = False  # no more sound will come
        self.end_frame: int | None = None  # play no further: what follows is said anew by the next take
        self.play_from = 0
        self.pumped = False
        self.progress_at = 0.0  # when text was last given or sound last came

    @property
    def rate(self) -> int:
        return self.synthesizer.rate

    @property
    def delivered_seconds(self) -> float:
        return self.frames / self.rate

    @property
    def frames(self) -> int:
        return self.kept.frames if self.end_frame is None else min(self.end_frame, self.kept.frames)

    @property
    def sent_end(self) -> int:
        return self.start + self.feed.sent_end

    @property
    def voiced_end(self) -> int:
        """Where the take's text has no sound yet; a word that is half here has none."""
        delivered = self.timeline.delivered_frames
        for word in self.timeline.word_times():
            if word.end_frame > delivered:
                return word.span.start
        return self.feed.sent_end

    def set_text(self, text: str, now: float) -> None:
        """The utterance's whole text so far."""
        self.feed.set_text(literal(text[self.start :], self.family), now)
        self.fed.set()

    def close(self, now: float) -> None:
        self.feed.close(now)
        self.fed.set()


class _Pieces:
    """What a synthesizer draws a take's text from: waits for hands, and for the ear to come nearer."""

    def __init__(self, reader: Reader, take: _Take) -> None:
        self._reader = reader
        self._take = take

    def __aiter__(self) -> _Pieces:
        return self

    async def __anext__(self) -> Piece:
        take = self._take
        while True:
            take.fed.clear()
            now = self._reader.clock()
            unheard = self._reader.unheard_seconds(take)
            if unheard < WINDOW_SECONDS:
                piece = take.feed.take(now, unheard)
                if piece is not None:
                    self._reader.given(take, piece)
                    return piece
                if take.feed.done:
                    raise StopAsyncIteration
                patience = take.feed.wake_seconds(now, unheard)
            else:
                patience = self._reader.until_room(unheard)
            self._reader.is_unhurried = unheard > _UNHURRIED_SECONDS and take.utterance.live
            await _rung(take.fed, patience)
            if self._reader.is_unhurried:
                await asyncio.sleep(_TOGETHER_SECONDS)


def _bug() -> FishCaptionError:
    """Report the exception being handled; return what the user is told of it."""
    _log.exception("a bug ended an utterance")
    return FishCaptionError(
        "Something went wrong inside fishcaption, and this text was not spoken to its end.",
        hint="Try it again. If it happens again, please report it.",
    )


async def _rung(bell: asyncio.Event, patience: float | None) -> None:
    """Wait for the bell, or at most so many seconds."""
    try:
        async with asyncio.timeout(patience):
            await bell.wait()
    except TimeoutError:
        return


class Reader:
    """Speaks utterances, one after another, through one player.

    `use` gives it a voice; `run` must be running (in a task of the owner's) for anything to be heard.
    `make_kept` makes an empty store for one take's sound; `pace_of` gives the learned pace of a voice, an
    object that the reader goes on teaching.
    """

    def __init__(
        self,
        player: Player,
        *,
        make_kept: Callable[[], Kept],
        pace_of: Callable[[Voice], Pace],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = clock
        self.replace = False  # a new utterance cuts the one being spoken, instead of waiting its turn
        self.is_unhurried = False  # much is unheard of what is live: more of it may come a little later
        self._player = player
        self._make_kept = make_kept
        self._pace_of = pace_of
        self._synthesizer: Synthesizer | None = None
        self._family: Family = "embedded"
        self._utterances: dict[int, _Utterance] = {}
        self._last: _Utterance | None = None  # what Repeat repeats
        self._line: list[_Take] = []
        self._clips: dict[int, tuple[_Take, int]] = {}
        self._begun: asyncio.Queue[int] = asyncio.Queue()
        self._jumps = 0  # counts every break in what the pump does
        self._paused = False
        self._error: FishCaptionError | None = None
        self._stranded: list[_Utterance] = []  # what the last failure left unsaid
        self._kept_seconds = 0.0
        self._production: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()  # there may be something to produce
        self._arrived = asyncio.Event()  # there may be something to pump
        self._subscribers: list[Callable[[], None]] = []
        self._numbers = 0

    # -- commands ---------------------------------------------------------------------------------

    def use(self, synthesizer: Synthesizer, family: Family) -> None:
        """Speak with this voice from the next utterance on; `family` says which marks its model acts on."""
        self._synthesizer = synthesizer
        self._family = family
        self._changed()

    def speak(self, text: str, *, replace: bool | None = None) -> int:
        """Give a whole text to the voice; return the utterance's number.

        Raises InputError where there is nothing to say or no voice; nothing changes then.
        """
        if not text.strip():
            raise InputError("There is nothing to say.", hint="Type a text first.")
        utterance = self._begin(Kind.CERTAIN, replace)
        self._set_text(utterance, text)
        self._close(utterance)
        return utterance.id

    def begin_live(self, kind: Kind = Kind.TYPED, *, replace: bool | None = None) -> int:
        """Begin an utterance whose text is still coming: typed (`live_text`) or piped (`append`)."""
        return self._begin(kind, replace).id

    def live_text(self, number: int, text: str) -> None:
        """The whole text so far of a live utterance. What was sent is fixed.

        Raises InputError where the text differs before `sent_end`; the utterance keeps the text it had.
        """
        utterance = self._utterances[number]
        if utterance.live:
            self._set_text(utterance, text)

    def append(self, number: int, text: str) -> None:
        """More text of a piped utterance."""
        utterance = self._utterances[number]
        if not utterance.live or not text:
            return
        utterance.append(text)
        take = utterance.takes[-1]
        take.feed.push(literal(text, take.family), self.clock())
        take.fed.set()

    def finish_live(self, number: int) -> None:
        """No more text comes: say the rest and end the utterance."""
        utterance = self._utterances[number]
        if utterance.live:
            self._close(utterance)

    def say_so_far(self) -> None:
        """Voice now what was typed of the live utterances, without ending them."""
        for take in self._line:
            if take.utterance.live:
                take.feed.say_so_far(self.clock())
                take.fed.set()

    def pause(self) -> None:
        """Hold the sound; text and audio go on arriving up to the window."""
        if self._line and not self._paused:
            self._paused = True
            self._player.pause()
            self._changed()

    def resume(self) -> None:
        """Go on at the very next frame."""
        if self._paused:
            self._paused = False
            self._player.resume()
            self._ear_moved()
            self._changed()

    def stop(self) -> None:
        """Silence, now and for good: all that was given to the voice and not heard is cut."""
        self._player.flush()
        self._note_heard()
        self._jumps += 1
        if self._production is not None:
            self._production.cancel()
        if self._line:
            self._last = self._line[0].utterance
        for take in self._line:
            take.complete = True
            self._end(take.utterance, Fate.FAILED if take.utterance.error else Fate.CUT)
        self._line.clear()
        self._paused = False
        self._arrived.set()
        self._changed()

    def repeat(self) -> None:
        """The utterance at the ear, or the last one, again from its start; kept audio, as far as it goes."""
        utterance = self._line[0].utterance if self._line else self._last
        if utterance is not None:
            self._replay(utterance, 0)

    def back(self) -> None:
        """To the start of this sentence or, near its start, of the one before it."""
        here = self._position()
        if here is None or not self._line:
            if self._last is not None:
                self._replay(self._last, self._last_sentence(self._last))
            return
        take, frame = here
        start, point = take.timeline.sentence_at(frame), take.timeline.previous(frame)
        if point < start or frame - take.timeline.frame_of(start) >= take.rate:
            self._jump(take, take.timeline.seek_frame(point))
            return
        takes = take.utterance.takes
        before = takes.index(take) - 1
        if before >= 0:
            self._replay(take.utterance, takes[before].start)
            return
        earlier = self._earlier(take.utterance)
        if earlier is not None:
            self._replay(earlier, self._last_sentence(earlier))
        else:
            self._jump(take, 0)

    def forward(self) -> None:
        """To the start of the next sentence; past the last one, to the next utterance."""
        here = self._position()
        if here is None or not self._line:
            return
        take, frame = here
        point = take.timeline.next(frame)
        if point is not None:
            self._jump(take, take.timeline.seek_frame(point))
        elif take.complete or len(self._line) > 1:
            self._note_heard()
            self._break([other for other in self._line if other is not take])
            if not take.complete and self._production is not None:
                self._production.cancel()
            if not any(other.utterance is take.utterance for other in self._line):
                self._end(take.utterance, Fate.CUT)
            self._ear_moved()
            self._changed()

    def retry(self) -> None:
        """Say, with the voice now in use, what the last failure left unsaid, in the order it was given."""
        for utterance in self._stranded:
            self._take_up(utterance)
        self._stranded = []
        self._error = None
        self._changed()

    # -- what is told -----------------------------------------------------------------------------

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` when something changed that a look is worth; the returned function ends it.

        While the state is CONNECTING or SPEAKING the heard word moves on without a call: look as often as the
        screen is drawn.
        """
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def player_changed(self) -> None:
        """Called when the player's state is another one: a look is worth it."""
        self._changed()

    def snapshot(self) -> Snapshot:
        """Where we are now."""
        here = self._position()
        at_ear = self._line[0].utterance if self._line else self._last
        behind: list[int] = []
        for take in self._line:
            if take.utterance is not at_ear and take.utterance.id not in behind:
                behind.append(take.utterance.id)
        synthesizer = self._line[0].synthesizer if self._line else self._synthesizer
        return Snapshot(
            state=self._state(here),
            voice=synthesizer.voice if synthesizer is not None else None,
            current=self._view(at_ear, here) if at_ear is not None else None,
            waiting=tuple(behind),
            unheard_seconds=self._unheard_seconds(),
            error=self._error,
            player=self._player.state(),
        )

    def utterance(self, number: int) -> UtteranceView:
        """One utterance as it stands now. Raises KeyError for a number that was forgotten or never was."""
        return self._view(self._utterances[number], self._position())

    def word_times(self, number: int) -> tuple[int, tuple[WordTime, ...]]:
        """The utterance's words as they sound one after the other: the rate of the frames, and the words.

        Spans are of the utterance's text; estimated where no exact times came. For captions.
        """
        takes = self._utterances[number].takes
        rate = takes[0].rate
        found: list[WordTime] = []
        before_seconds = 0.0
        for take in takes:
            base, scale = round(before_seconds * rate), rate / take.rate
            found += [
                WordTime(
                    Span(word.span.start + take.start, word.span.end + take.start),
                    base + round(word.start_frame * scale),
                    base + round(word.end_frame * scale),
                )
                for word in take.timeline.word_times()
                if take.end_frame is None or word.start_frame < take.end_frame
            ]
            before_seconds += take.delivered_seconds
        return rate, tuple(found)

    async def ended(self, number: int) -> UtteranceView:
        """Wait until the utterance is heard, cut or failed."""
        utterance = self._utterances[number]
        await utterance.ended.wait()
        return self.utterance(number)

    # -- life -------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Do the work until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._produce_all(tasks))
                tasks.create_task(self._pump_all())
                tasks.create_task(self._watch_heard())
        finally:
            for utterance in self._utterances.values():
                for take in utterance.takes:
                    take.kept.close()

    async def _produce_all(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            take = next((take for take in self._line if not take.started and not take.complete), None)
            if take is None:
                self._wanted.clear()
                await self._wanted.wait()
                continue
            take.started = True
            self._production = tasks.create_task(self._produce(take))
            await asyncio.wait([self._production])
            self._production = None

    async def _produce(self, take: _Take) -> None:
        async def sink(delivery: Delivery) -> None:
            await self._deliver(take, delivery)

        try:
            await take.synthesizer.speak(_Pieces(self, take), sink)
        except FishCaptionError as error:
            self._failed(take, error)
        except Exception:  # noqa: BLE001  the crash boundary: a bug ends the utterance, never the window
            self._failed(take, _bug())
        else:
            take.timeline.finish()
            if not take.frames and len(take.utterance) > take.start and take in self._line:
                self._failed(
                    take,
                    InputError(
                        "There was nothing in this text that the voice can say.",
                        hint="Type words, or choose a voice for this language.",
                    ),
                )
        finally:
            take.complete = True
            self._arrived.set()
            self._changed()

    async def _deliver(self, take: _Take, delivery: Delivery) -> None:
        match delivery:
            case Sound(pcm):
                take.kept.append(pcm)
                take.timeline.sound(len(pcm) // 2)
                self._kept_seconds += len(pcm) / 2 / take.rate
                self._arrived.set()
                self._bound_kept()
                take.progress_at = self.clock()
                while (unheard := self._unheard_seconds(take)) > WINDOW_SECONDS and take in self._line:
                    take.fed.clear()
                    await _rung(take.fed, self.until_room(unheard))
            case Aligned(words):
                take.timeline.align(words)
            case Covered(end, frame):
                take.timeline.cover(end, frame)

    async def _pump_all(self) -> None:
        while True:
            take = next((take for take in self._line if not take.pumped), None)
            if take is None:
                self._arrived.clear()
                await self._arrived.wait()
                continue
            take.pumped = True
            try:
                await self._pump(take)
            except FishCaptionError as error:
                self._strand(error)
            except Exception:  # noqa: BLE001  the same boundary: a bug here ends the utterance as well
                self._strand(_bug())

    async def _pump(self, take: _Take) -> None:
        jumps = self._jumps
        frame = take.play_from
        clip = self._player.begin(take.rate)
        self._clips[clip] = (take, frame)
        self._begun.put_nowait(clip)
        while jumps == self._jumps:
            pcm = (
                take.kept.read(frame, min(_PUMP_FRAMES, take.frames - frame)) if frame < take.frames else b""
            )
            if pcm:
                frame += len(pcm) // 2
                await self._player.write(pcm)
            elif take.complete:
                self._player.end()
                return
            else:
                self._arrived.clear()
                await self._arrived.wait()

    async def _watch_heard(self) -> None:
        while True:
            clip = await self._begun.get()
            try:
                heard = await self._player.reach(clip)
            except FishCaptionError as error:
                self._strand(error)
                continue
            for old in [number for number in self._clips if number < clip]:
                del self._clips[old]
            take, _ = self._clips[clip]
            if heard and self._line and self._line[0] is take and take.complete:
                self._note_heard()
                self._line.pop(0)
                self._take_heard(take)

    # -- used by the pieces -----------------------------------------------------------------------

    def unheard_seconds(self, take: _Take) -> float:
        """Sound asked for and not yet heard, up to and with this take; what has not arrived is estimated."""
        unheard = self._unheard_seconds(take)
        if not take.complete and self.clock() - take.progress_at < PATIENCE_SECONDS:
            unheard += (take.timeline.expected_frames - take.timeline.delivered_frames) / take.rate
        return unheard

    def until_room(self, unheard_seconds: float) -> float | None:
        """How long until there may be room in the window; None: not before the sound goes on."""
        return None if self._paused else min(max(0.05, unheard_seconds - WINDOW_SECONDS), PATIENCE_SECONDS)

    def given(self, take: _Take, piece: Piece) -> None:
        """A piece is on its way to the voice."""
        take.timeline.text(piece.text)
        take.progress_at = self.clock()
        if take.utterance.fate is Fate.WAITING:
            take.utterance.fate = Fate.SPEAKING
        self._changed()

    # -- inside -----------------------------------------------------------------------------------

    def _begin(self, kind: Kind, replace: bool | None) -> _Utterance:
        if self._synthesizer is None:
            raise InputError("No voice is chosen.", hint="Choose a voice first.")
        if replace if replace is not None else self.replace:
            self.stop()
        self._numbers += 1
        utterance = _Utterance(self._numbers, kind)
        self._utterances[utterance.id] = utterance
        self._last = utterance
        self._error = None
        self._stranded = []
        while len(self._utterances) > REMEMBERED:
            oldest = next(iter(self._utterances))
            self._forget_sound(self._utterances.pop(oldest))
        self._add_take(utterance, 0)
        return utterance

    def _add_take(self, utterance: _Utterance, start: int) -> _Take:
        assert self._synthesizer is not None
        timeline = Timeline(self._synthesizer.rate, self._pace_of(self._synthesizer.voice))
        take = _Take(utterance, start, self._synthesizer, self._family, timeline, self._make_kept())
        utterance.takes.append(take)
        utterance.ended.clear()
        utterance.fate = Fate.WAITING
        # behind the utterance's own takes where it has some in the line, else last
        own = [place for place, other in enumerate(self._line) if other.utterance is utterance]
        self._line.insert(own[-1] + 1 if own else len(self._line), take)
        self._wanted.set()
        self._arrived.set()
        self._changed()
        return take

    def _set_text(self, utterance: _Utterance, text: str) -> None:
        utterance.takes[-1].set_text(text, self.clock())
        utterance.text = text

    def _close(self, utterance: _Utterance) -> None:
        utterance.live = False
        utterance.takes[-1].close(self.clock())
        self._changed()

    def _take_up(self, utterance: _Utterance) -> None:
        """Say what has no sound yet of an utterance whose last take ended early."""
        last = utterance.takes[-1]
        point = last.voiced_end
        if not utterance.text[last.start + point :].strip():
            return
        last.end_frame = min(last.frames, last.timeline.frame_of(point))
        utterance.error = None
        take = self._add_take(utterance, last.start + point)
        take.set_text(utterance.text, self.clock())
        if not utterance.live:
            take.close(self.clock())

    def _replay(self, utterance: _Utterance, point: int) -> None:
        """Hear the utterance again from a code point on, then go on with the line."""
        takes = [take for take in utterance.takes if take.kept.frames or not take.complete]
        if not takes:
            if not utterance.live and utterance.text.strip() and self._synthesizer is not None:
                others = [take for take in self._line if take.utterance is not utterance]
                self._break([])
                utterance.takes.clear()
                utterance.error = None
                take = self._add_take(utterance, 0)
                take.set_text(utterance.text, self.clock())
                take.close(self.clock())
                self._line += others
                self._changed()
            return
        first = next((take for take in reversed(takes) if take.start <= point), takes[0])
        frame = first.timeline.seek_frame(max(0, point - first.start)) if point else 0
        cut_short = utterance.fate in (Fate.CUT, Fate.FAILED) and not utterance.live
        rest = [take for take in self._line if take.utterance is not utterance]
        self._break(takes[takes.index(first) :] + rest)
        first.play_from = frame
        utterance.ended.clear()
        utterance.fate = Fate.SPEAKING
        self._last = utterance
        if cut_short:
            self._take_up(utterance)
        self._arrived.set()
        self._changed()

    def _jump(self, take: _Take, frame: int) -> None:
        """Go on at a frame of a take in the line; what stands before it in the line is heard."""
        self._note_heard()
        self._break(self._line[self._line.index(take) :])
        take.play_from = frame
        self._ear_moved()
        self._changed()

    def _break(self, line: list[_Take]) -> None:
        """Silence what the player holds; the pump begins anew, with this line."""
        self._player.flush()
        self._jumps += 1
        self._paused = False
        self._line = line
        for take in self._line:
            take.pumped = False
            take.play_from = 0
        self._arrived.set()

    def _strand(self, error: FishCaptionError) -> None:
        """The sound itself failed: nothing in the line can be heard."""
        self._stranded = list(dict.fromkeys(take.utterance for take in self._line))
        for utterance in self._stranded:
            utterance.error = error
        self._error = error
        self.stop()

    def _failed(self, take: _Take, error: FishCaptionError) -> None:
        if take not in self._line:
            return
        take.complete = True
        affected = [take.utterance]
        if not isinstance(
            error, InputError
        ):  # the next would fail alike; keep the order for when it is mended
            affected += [other.utterance for other in self._line if not other.started]
            self._line = [other for other in self._line if other.started]
        self._stranded += affected
        for utterance in affected:
            utterance.error = error
            if not any(other.utterance is utterance and other.frames for other in self._line):
                self._line = [other for other in self._line if other.utterance is not utterance]
                self._end(utterance, Fate.FAILED)
        self._error = error
        _log.info("an utterance failed: %s", type(error).__name__)

    def _take_heard(self, take: _Take) -> None:
        utterance = self._last = take.utterance
        if any(other.utterance is utterance for other in self._line):
            return
        if utterance.error is not None:
            self._end(utterance, Fate.FAILED)
        else:
            utterance.heard_end = len(utterance)
            self._end(utterance, Fate.HEARD)
        self._ear_moved()
        self._changed()

    def _end(self, utterance: _Utterance, fate: Fate) -> None:
        utterance.fate = fate
        utterance.live = False
        utterance.ended.set()

    def _earlier(self, utterance: _Utterance) -> _Utterance | None:
        numbers = [number for number in self._utterances if number < utterance.id]
        return self._utterances[numbers[-1]] if numbers else None

    def _last_sentence(self, utterance: _Utterance) -> int:
        take = utterance.takes[-1]
        return take.start + take.timeline.sentence_at(take.timeline.delivered_frames)

    def _bound_kept(self) -> None:
        """Forget the oldest sound that is not in the line, beyond what is kept."""
        if self._kept_seconds > KEPT_SECONDS:
            in_line = {take.utterance for take in self._line}
            for utterance in self._utterances.values():
                if utterance not in in_line:
                    self._forget_sound(utterance)
                    if self._kept_seconds <= KEPT_SECONDS:
                        return

    def _forget_sound(self, utterance: _Utterance) -> None:
        for take in utterance.takes:
            self._kept_seconds -= take.kept.frames / take.rate
            take.kept.close()

    def _ear_moved(self) -> None:
        for take in self._line:
            take.fed.set()

    def _position(self) -> tuple[_Take, int] | None:
        """The take at the ear and its frame."""
        heard = self._player.heard()
        found = self._clips.get(heard.clip)
        if found is None:
            return None
        take, start = found
        return take, start + heard.frame

    def _note_heard(self) -> None:
        """Remember how far the utterance at the ear was heard, before it leaves the ear."""
        here = self._position()
        if here is not None:
            take, frame = here
            utterance = take.utterance
            utterance.heard_end = max(utterance.heard_end, take.start + take.timeline.heard_end(frame))

    def _unheard_seconds(self, last: _Take | None = None) -> float:
        here = self._position()
        total = 0.0
        for take in self._line:
            played = here[1] if here is not None and here[0] is take else take.play_from
            total += max(0, take.frames - played) / take.rate
            if take is last:
                break
        return total

    def _state(self, here: tuple[_Take, int] | None) -> State:
        if self._line:
            if self._paused:
                return State.PAUSED
            if self._line[0].utterance.live and not self.unheard_seconds(self._line[0]):
                return State.IDLE  # what was typed is heard; the hands rest
            if here is not None and here[0] is self._line[0] and here[1] > self._line[0].play_from:
                return State.SPEAKING
            return State.CONNECTING
        return State.FAILED if self._error is not None else State.IDLE

    def _view(self, utterance: _Utterance, here: tuple[_Take, int] | None) -> UtteranceView:
        word = None
        heard_end = utterance.heard_end
        if here is not None and here[0].utterance is utterance and self._line and self._line[0] is here[0]:
            take, frame = here
            heard_end = max(heard_end, take.start + take.timeline.heard_end(frame))
            lit = take.timeline.word_at(frame) if frame > take.play_from or take.play_from else None
            if lit is not None:
                word = Span(lit.start + take.start, lit.end + take.start)
        return UtteranceView(
            id=utterance.id,
            text=utterance.text,
            live=utterance.live,
            fate=utterance.fate,
            sent_end=utterance.sent_end,
            heard_end=heard_end,
            word=word,
            error=utterance.error,
        )

    def _changed(self) -> None:
        for callback in tuple(self._subscribers):
            callback()
