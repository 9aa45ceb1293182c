"""The engine's own work: see the package."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial

from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.core.normalization.edited_text import Normalized
from fishcaption.core.normalization.normalize import Normalizer, can_say
from fishcaption.core.normalization.rules import Rules
from fishcaption.core.normalization.spoken_map import SpokenMap
from fishcaption.core.speech import (
    Aligned,
    Covered,
    Delivery,
    Family,
    Fate,
    Piece,
    Rendered,
    Snapshot,
    Sound,
    Span,
    State,
    UtteranceView,
    Voice,
    WordTime,
)
from fishcaption.core.text.edits import changed_from, first_difference
from fishcaption.core.timing.feed import Feed
from fishcaption.core.timing.flush_policy import HOLD_SECONDS, Kind
from fishcaption.core.timing.timeline import SpeechRate, Timeline
from fishcaption.reader.plugs import AudioBuffer, Player, Synthesizer
from fishcaption.reader.takes import (
    FixedText,
    ReadOnlyAudio,
    Take,
    Utterance,
    VoiceConfig,
    context_of,
    quietest,
)

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
# With more unheard than this (the flush policy calls less of it dry) nobody waits for the tokens that a
# program writes: they are looked at together, ten times a second.
_UNHURRIED_SECONDS = 1.0
_TOGETHER_SECONDS = 0.1
_PUMP_FRAMES = 8192  # a third of a second at 24 kHz: the pump's step
# Where a cut is only estimated, the sound of so much more must be there: better times may still come with it.
_UNSURE_SECONDS = 0.25
# What is spoken is cut for a signal this far behind what the device has: then the place is surely exact.
_SIGNAL_MARGIN_SECONDS = 0.01
# A voice that has been given all and was silent for so long has said all.
_SETTLED_SECONDS = 0.3
LOUDEST_REPEAT = 4.0


class _Pieces:
    """What a synthesizer draws a take's text from: waits for hands, and for the ear to come nearer."""

    def __init__(self, reader: Reader, take: Take) -> None:
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
                    spoken = self._reader.given(take, piece)
                    if spoken is None:
                        continue
                    return spoken
                if take.feed.done:
                    raise StopAsyncIteration
                patience = take.feed.wake_seconds(now, unheard)
            else:
                patience = self._reader.until_room(unheard)
            is_piped = take.utterance.live and take.utterance.kind is Kind.PIPED
            self._reader.is_unhurried = is_piped and unheard > _UNHURRIED_SECONDS
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
        make_buffer: Callable[[], AudioBuffer],
        rate_of_voice: Callable[[Voice], SpeechRate],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = clock
        self.replace = False  # a new utterance cuts the one being spoken, instead of waiting its turn
        self.rules = Rules()  # how what is shown is said, from the next piece on
        self.hold_seconds = HOLD_SECONDS  # how long an ended sentence waits for a change: `Kind.SENTENCES`
        self.is_unhurried = False  # much is unheard of what is live: more of it may come a little later
        self._player = player
        self._make_buffer = make_buffer
        self._rate_of_voice = rate_of_voice
        self._voice_config: VoiceConfig | None = None
        self._utterances: dict[int, Utterance] = {}
        self._last: Utterance | None = None  # what Repeat repeats
        self._line: list[Take] = []
        self._clips: dict[int, tuple[Take, int]] = {}
        self._begun: asyncio.Queue[int] = asyncio.Queue()
        self._jumps = 0  # counts every break in what the pump does
        self._paused = False
        self._is_silent = False  # what passes the ear is shown only
        self._signal: Rendered | None = None  # to be sounded before anything else
        self._signal_clip: int | None = None  # that sounds, or will next
        self._held: tuple[Take, int] | None = None  # where the ear was when the signal came
        self._error: FishCaptionError | None = None
        self._stranded: list[Utterance] = []  # what the last failure left unsaid
        self._kept_seconds = 0.0
        self._producing: dict[Take, asyncio.Task[None]] = {}
        self._wanted = asyncio.Event()  # there may be something to produce
        self._arrived = asyncio.Event()  # there may be something to pump
        self._subscribers: list[Callable[[], None]] = []
        self._ended_subscribers: list[Callable[[UtteranceView], None]] = []
        self._numbers = 0

    # -- commands ---------------------------------------------------------------------------------

    def use(self, synthesizer: Synthesizer, family: Family, *, language: str = "") -> None:
        """Speak with this voice from the next utterance on; `family` says which marks its model acts on.

        `language` is the two-letter code of what it reads; empty: the first of the voice's own.
        """
        voice = synthesizer.voice
        language = language or _language_of(voice)
        self._voice_config = VoiceConfig(synthesizer, voice, synthesizer.rate, family, language)
        self._changed()

    def speak(self, text: str, *, replace: bool | None = None, said: str = "") -> int:
        """Give a whole text to the voice; return the utterance's number.

        ``said`` is spoken instead of the text, as for a phrase that shows one thing and says another. An
        utterance that is still being typed lets it pass, and goes on behind it. Raises InputError where
        there is nothing to say or no voice; nothing changes then.
        """
        if not text.strip():
            raise InputError("There is nothing to say.", hint="Type a text first.")
        voice_config = self._chosen()
        typed = self._begin(replace)
        utterance = self._add_utterance(Kind.CERTAIN)
        utterance.said = said
        self._add_take(utterance, 0, voice_config)
        self._set_text(utterance, text)
        self._close(utterance)
        self._go_on_typing(typed)
        return utterance.id

    def speak_ready(self, text: str, rendered: Rendered, *, replace: bool | None = None) -> int:
        """Say what was made ahead, under this text; it needs no voice. As `speak` otherwise.

        Repeat and Back say it again from the same sound. Raises InputError where it has none.
        """
        if len(rendered.pcm) < 2:
            raise InputError("There is no sound in it.", hint="Have it made anew.")
        typed = self._begin(replace)
        utterance = self._add_utterance(Kind.CERTAIN)
        utterance.text = text
        utterance.live = False
        take = self._add_take(
            utterance,
            0,
            VoiceConfig(None, rendered.voice, rendered.rate, language=_language_of(rendered.voice)),
            ReadOnlyAudio(rendered.pcm),
        )
        take.started = take.complete = True
        take.set_text(text, self.clock())
        take.close(self.clock())
        while take.feed.take(self.clock(), 0.0):
            pass
        take.script.append(text, Normalized(text, ((0, len(text), 0, len(text)),) if text else ()))
        take.timeline.text(text)
        take.timeline.sound(take.kept.frames)
        take.timeline.align(rendered.words)
        take.timeline.finish()
        utterance.fate = Fate.SPEAKING
        self._go_on_typing(typed)
        self._changed()
        return utterance.id

    def begin_live(self, kind: Kind = Kind.TYPED, *, replace: bool | None = None) -> int:
        """Begin an utterance whose text is still coming: typed (`live_text`) or piped (`append`).

        Raises InputError where no voice is chosen.
        """
        voice_config = self._chosen()
        self._begin(replace, gives_way=False)
        utterance = self._add_utterance(kind)
        self._add_take(utterance, 0, voice_config)
        return utterance.id

    def live_text(self, number: int, text: str) -> None:
        """The whole text so far of a live utterance. It may differ from the view's `fixed_end` on.

        From the first changed word on, the sound of what was given to the voice and not heard is dropped and
        made anew; what stands before it is not. Raises InputError where the text differs before `fixed_end`;
        the utterance keeps the text it had.
        """
        utterance = self._utterances[number]
        if not utterance.live:
            return
        old = utterance.text
        place = first_difference(old, text)
        if place == len(old) == len(text):
            return
        fixed = self._fixed_end(utterance, self._position())
        if place < fixed:
            raise InputError("What is being heard cannot be changed any more.")
        word = changed_from(old, text, place)
        if word < utterance.sent_end and (word >= fixed or place < utterance.sent_end):
            self._make_anew(utterance, text, max(word, fixed))
        else:
            self._set_text(utterance, text)

    def append(self, number: int, text: str) -> None:
        """More text of a piped utterance."""
        utterance = self._utterances[number]
        if not utterance.live or not text:
            return
        utterance.append(text)
        take = utterance.takes[-1]
        take.feed.push(text, self.clock())
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
        for take in tuple(self._producing):
            self._abandon(take)
        if self._line:
            self._last = self._line[0].utterance
        cut, self._line = self._line, []
        for take in cut:
            take.complete = True
        for utterance in dict.fromkeys(take.utterance for take in cut):
            self._end(utterance, Fate.FAILED if utterance.error else Fate.CUT)
        self._paused = False
        self._signal = self._signal_clip = self._held = None
        self._arrived.set()
        self._changed()

    def repeat(self, gain: float = 1.0) -> None:
        """The utterance at the ear, or the last one, again from its start; kept audio, as far as it goes.

        `gain` up to 4.0 makes it louder for this once; it is limited, not clipped.
        """
        utterance = self._line[0].utterance if self._line else self._last
        if utterance is not None:
            utterance.gain = min(max(0.0, gain), LOUDEST_REPEAT)
            self._replay(utterance, 0)

    def signal(self, rendered: Rendered) -> None:
        """Sound this first and at once. What is being spoken fades, holds, and goes on at the next frame.

        Also while paused (the pause goes on behind it) and while there is nothing else. Stop ends it, too.
        """
        if len(rendered.pcm) < 2:
            return
        self._take_out_for_signal()
        self._signal = rendered
        if self._paused:
            self._player.resume()
        self._arrived.set()
        self._changed()

    # -- the queue --------------------------------------------------------------------------------

    def move(self, number: int, place: int) -> None:
        """Have an utterance stand at this place of those that wait; 0 is the next one.

        Raises KeyError for one that does not wait.
        """
        at_ear, *waiting = self._in_line()
        moved = next((utterance for utterance in waiting if utterance.id == number), None)
        if moved is None:
            raise KeyError(number)
        waiting.remove(moved)
        waiting.insert(max(0, place), moved)
        head = next((at for at, take in enumerate(self._line) if take.utterance is not at_ear), 0)
        tail = self._line[head:]
        self._arrange(
            self._line[:head]
            + [take for utterance in (*waiting, at_ear) for take in tail if take.utterance is utterance]
        )

    def skip(self, number: int) -> None:
        """Do not say it, or not the rest of it; the next one goes on. Raises KeyError for one not in line."""
        self._drop([self._awaited(number)])

    def skip_to_newest(self) -> None:
        """Skip all but what was given last."""
        in_line = self._in_line()
        if in_line:
            newest = max(in_line, key=_number)
            self._drop([utterance for utterance in in_line if utterance is not newest])

    def clear_waiting(self) -> None:
        """Skip all that waits; what is being heard goes on."""
        self._drop(self._in_line()[1:])

    def take_back(self, number: int) -> str:
        """Do not say the rest of it; return that text, to be written on.

        The word at the ear is still heard. What was heard stays the utterance's text; of one that was not
        heard at all nothing does, and its end is not told. Raises KeyError for one that is not in the line.
        """
        utterance = self._awaited(number)
        fixed = self._fixed_end(utterance, self._position())
        text = utterance.text
        if text[:fixed].strip():
            takes = [take for take in utterance.takes if take.start <= fixed]
            self._cut(takes[-1], fixed)
            utterance.text = text[:fixed]
            utterance.live = False
            if utterance not in self._in_line():  # it was to be heard again, from behind that place on
                self._end(utterance, Fate.CUT)
            self._arrived.set()
            self._changed()
        else:
            utterance.text = ""
            utterance.is_told = True
            self._drop([utterance])
            self._forget_sound(utterance)
        return text[fixed:].lstrip()

    # -- jumping about ----------------------------------------------------------------------------

    def back(self) -> None:
        """To the start of this sentence or, near its start, of the one before it."""
        here = self._at_ear()
        if here is None:
            if self._last is not None:
                self._replay(self._last, self._last_sentence(self._last))
            return
        take, frame = here
        start, point = take.timeline.sentence_at(frame), take.timeline.previous(frame)
        if point < start or frame - take.timeline.frame_of(start) >= take.rate:
            self._jump(take, take.timeline.seek_frame(point))
            return
        takes = take.utterance.takes
        before = next((other for other in reversed(takes[: takes.index(take)]) if other.frames), None)
        earlier = self._earlier(take.utterance)
        if before is not None:
            self._replay(take.utterance, _sentence_start(before, before.frames - 1))
        elif earlier is not None:
            self._replay(earlier, self._last_sentence(earlier))
        else:
            self._jump(take, 0)

    def forward(self) -> None:
        """To the start of the next sentence; past the last one, to the next utterance."""
        here = self._at_ear()
        if here is None:
            return
        take, frame = here
        point = take.timeline.next(frame)
        if point is not None and (take.cut_at is None or point < take.cut_at):
            self._jump(take, take.timeline.seek_frame(point))
        elif take.complete or len(self._line) > 1:
            self._note_heard()
            self._break([other for other in self._line if other is not take])
            self._abandon(take)
            if not any(other.utterance is take.utterance for other in self._line):
                self._end(take.utterance, Fate.CUT)
            self._ear_moved()
            self._changed()

    def retry(self) -> None:
        """Say, with the voice now in use, what the last failure left unsaid, in the order it was given."""
        for utterance in self._stranded:
            self._hear_rest(utterance)
            self._take_up(utterance)
        self._stranded = []
        self._error = None
        self._changed()

    # -- what is told -----------------------------------------------------------------------------

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` when something changed that a look is worth; the returned function ends it.

        The heard word moves on without a call: `next_moment` tells when.
        """
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def subscribe_ended(self, callback: Callable[[UtteranceView], None]) -> Callable[[], None]:
        """Call back once for each utterance, when it is heard, cut or failed; the returned function ends it.

        What is done again later (Repeat, another try) is not told again.
        """
        self._ended_subscribers.append(callback)
        return lambda: self._ended_subscribers.remove(callback)

    def player_changed(self) -> None:
        """Called when the player's state is another one: a look is worth it."""
        is_silent = self._player.state().silent
        if is_silent != self._is_silent:
            self._note_heard()  # what ran until now did so as it was
            here = self._position()
            if is_silent and here is not None and self._line and here[0] is self._line[0]:
                self._shows(here[0].utterance, here[0].heard_end(here[1]))
            self._is_silent = is_silent
        self._changed()

    def snapshot(self) -> Snapshot:
        """Where we are now."""
        here = self._position()
        at_ear = self._line[0].utterance if self._line else self._last
        voice_config = self._line[0].voice_config if self._line else self._voice_config
        return Snapshot(
            state=self._state(here),
            voice=voice_config.voice if voice_config is not None else None,
            current=self._view(at_ear, here) if at_ear is not None else None,
            waiting=tuple(utterance.id for utterance in self._in_line()[1:]),
            unheard_seconds=self._unheard_seconds(),
            error=self._error,
            player=self._player.state(),
            behind_seconds=self._behind_seconds(),
        )

    def next_moment(self) -> float | None:
        """Return when `snapshot` next changes of itself, by `time.perf_counter`; None until a call back.

        That is when a word begins or ends at the ear, or text of a live utterance is fixed.
        """
        take = self._line[0] if self._line and not self._paused else None
        if take is None or not take.clips:
            return None
        heard = self._player.heard()
        first = dict(take.clips).get(heard.clip)  # None: the ear is not there yet
        frame = take.play_from if first is None else first + heard.frame
        following = take.next_frame(frame, self._player.lead_frames())
        if following is None:
            return None
        clip, first = next((pair for pair in reversed(take.clips) if pair[1] < following), take.clips[0])
        return self._player.moment(clip, following - first)

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
            for word in take.timeline.word_times():
                if take.end_frame is not None and word.start_frame >= take.end_frame:
                    break
                shown = take.shown_span(word.span)
                if shown is None:
                    continue
                start, end = base + round(word.start_frame * scale), base + round(word.end_frame * scale)
                if found and found[-1].span.end > shown.start:  # several words are said for one that is shown
                    shown = Span(found[-1].span.start, max(found[-1].span.end, shown.end))
                    start = found.pop().start_frame
                found.append(WordTime(shown, start, end))
            before_seconds += take.delivered_seconds
        return rate, tuple(found)

    def heard_frames(self, number: int) -> int:
        """How much of the utterance was heard, in the frames of `word_times`."""
        here = self._position()
        takes = self._utterances[number].takes
        seconds = 0.0
        for take in takes:
            if here is not None and here[0] is take:
                return round((seconds + here[1] / take.rate) * takes[0].rate)
            if here is None or not take.clips:
                return 0
            seconds += take.delivered_seconds
        return 0

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
                tasks.create_task(self._watch_moments())
        finally:
            for utterance in self._utterances.values():
                for take in utterance.takes:
                    take.kept.close()

    async def _produce_all(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            take = self._next_to_produce()
            if take is None:
                self._wanted.clear()
                await self._wanted.wait()
                continue
            take.started = True
            self._producing[take] = tasks.create_task(self._produce(take))
            self._producing[take].add_done_callback(partial(self._produced, take))

    def _next_to_produce(self) -> Take | None:
        """The first take that has not begun, if all that is said before it has been asked for."""
        if any(task.cancelling() for task in self._producing.values()):
            return None
        for take in self._line:
            if not take.started and not take.complete:
                return take
            if not take.complete and not take.is_parted:
                return None
        return None

    def _produced(self, take: Take, task: asyncio.Task[None]) -> None:
        take.complete = True
        del self._producing[take]
        self._settle_cut(take)
        self._wanted.set()
        self._arrived.set()
        self._changed()

    def _abandon(self, take: Take) -> None:
        """End the conversation at once, if there is one."""
        if take in self._producing:
            self._producing[take].cancel()

    async def _produce(self, take: Take) -> None:
        async def sink(delivery: Delivery) -> None:
            await self._deliver(take, delivery)

        assert take.voice_config.synthesizer is not None
        try:
            await take.voice_config.synthesizer.speak(_Pieces(self, take), sink)
        except FishCaptionError as error:
            self._failed(take, error)
        except Exception:  # noqa: BLE001  the crash boundary: a bug ends the utterance, never the window
            self._failed(take, _bug())
        else:
            take.timeline.finish()
            if self._is_mute(take):
                self._failed(
                    take,
                    InputError(
                        "There was nothing in this text that the voice can say.",
                        hint="Type words, or choose a voice for this language.",
                    ),
                )

    def _is_mute(self, take: Take) -> bool:
        """Whether a text was given that has no sound."""
        if take.kept.frames or take.cut_at is not None or take not in self._line:
            return False
        if take.script.has_words:
            return True
        others = [other for other in take.utterance.takes if other is not take]
        may_sound = take.is_parted or any(other.kept.frames or not other.complete for other in others)
        return not may_sound and bool(take.utterance.text.strip())

    async def _deliver(self, take: Take, delivery: Delivery) -> None:
        match delivery:
            case Sound(pcm):
                take.kept.append(pcm)
                take.timeline.sound(len(pcm) // 2)
                self._kept_seconds += len(pcm) / 2 / take.rate
                self._arrived.set()
                self._bound_kept()
                take.progress_at = self.clock()
                self._settle_cut(take)
                while (unheard := self._unheard_seconds(take)) > WINDOW_SECONDS and take in self._line:
                    take.fed.clear()
                    await _rung(take.fed, self.until_room(unheard))
            case Aligned(times):
                take.timeline.align(take.script.without_marks(times))
                self._settle_cut(take)
                self._changed()
            case Covered(end, frame):
                take.timeline.cover(end, frame)
                self._settle_cut(take)
                self._changed()

    async def _pump_all(self) -> None:
        while True:
            signal, self._signal = self._signal, None
            take = next((take for take in self._line if not take.pumped), None)
            if signal is None and take is None:
                self._arrived.clear()
                await self._arrived.wait()
                continue
            try:
                if signal is not None:
                    await self._pump_signal(signal)
                elif take is not None:
                    take.pumped = True
                    await self._pump(take)
            except FishCaptionError as error:
                self._strand(error)
            except Exception:  # noqa: BLE001  the same boundary: a bug here ends the utterance as well
                self._strand(_bug())

    async def _pump(self, take: Take) -> None:
        jumps = self._jumps
        frame = take.play_from
        self._open_clip(take, frame)
        is_open = True
        while jumps == self._jumps:
            pcm = (
                take.kept.read(frame, min(_PUMP_FRAMES, take.frames - frame)) if frame < take.frames else b""
            )
            if pcm:
                if not is_open:
                    self._open_clip(take, frame)
                    is_open = True
                frame += len(pcm) // 2
                await self._player.write(pcm)
                if jumps == self._jumps:
                    take.pumped_to = frame
            elif take.complete:
                if frame > take.frames:  # it was cut while this was being written
                    self._cut_clips(take, take.frames)
                elif not is_open:  # an end to wait for
                    self._open_clip(take, frame)
                self._player.end()
                return
            else:
                if is_open and take.is_said:
                    # A short word must not wait for more of its clip, nor pass for a voice that stutters.
                    self._player.end()
                    is_open = False
                self._arrived.clear()
                await self._arrived.wait()

    def _open_clip(self, take: Take, frame: int) -> None:
        clip = self._player.begin(take.rate, take.utterance.gain)
        take.clips.append((clip, frame))
        take.pumped_to = frame
        self._clips[clip] = (take, frame)
        self._begun.put_nowait(clip)

    def _cut_clips(self, take: Take, frame: int) -> int:
        """Have a take end in the player at this frame of it, the last there is; return where it will."""
        while len(take.clips) > 1 and take.clips[-1][1] > frame:
            take.clips.pop()
        clip, first = take.clips[-1]
        return first + self._player.cut(clip, max(0, frame - first))

    async def _pump_signal(self, rendered: Rendered) -> None:
        jumps = self._jumps
        clip = self._signal_clip = self._player.begin(rendered.rate)
        self._begun.put_nowait(clip)
        await self._player.write(rendered.pcm)
        if jumps == self._jumps:
            self._player.end()
        # The pause that it interrupted goes on behind it.
        if self._paused and await self._player.reach(clip) and self._paused and jumps == self._jumps:
            self._player.pause()

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
            if clip == self._signal_clip:
                self._signal_clip = None
                self._changed()
            take = self._clips[clip][0] if clip in self._clips else None
            if take is None or not heard or not take.complete or not take.clips:
                continue
            if take.clips[-1][0] == clip and self._line and self._line[0] is take:
                self._line.pop(0)
                end = take.heard_end(take.frames) if take.text_end is None else take.text_end
                self._hear(take.utterance, end)
                self._take_heard(take)

    async def _watch_moments(self) -> None:
        while True:
            await self._player.retimed()
            self._changed()

    # -- used by the pieces -----------------------------------------------------------------------

    def unheard_seconds(self, last: Take) -> float:
        """Sound asked for and not yet heard, up to and with this take; what has not arrived is estimated."""
        unheard = self._unheard_seconds(last)
        for take in self._line:
            if self.clock() - take.progress_at < PATIENCE_SECONDS:
                unheard += take.missing_frames / take.rate
            if take is last:
                break
        return unheard

    def until_room(self, unheard_seconds: float) -> float | None:
        """How long until there may be room in the window; None: not before the sound goes on."""
        return None if self._paused else min(max(0.05, unheard_seconds - WINDOW_SECONDS), PATIENCE_SECONDS)

    def given(self, take: Take, piece: Piece) -> Piece | None:
        """A piece is on its way: what is spoken for it, None where no voice can say that alone."""
        saying = self._saying_at(take, take.start + piece.start)
        line = take.script.append(piece.text, saying.normalize(piece.text))
        if line is not None:
            take.timeline.text(line.timed)
        take.progress_at = self.clock()
        if take.utterance.fate is Fate.WAITING:
            take.utterance.fate = Fate.SPEAKING
        self._changed()
        return line.piece if line is not None else None

    # -- inside: what is in the line ---------------------------------------------------------------

    def _chosen(self) -> VoiceConfig:
        if self._voice_config is None:
            raise InputError("No voice is chosen.", hint="Choose a voice first.")
        return self._voice_config

    def _begin(self, replace: bool | None, *, gives_way: bool = True) -> Utterance | None:
        """Make way for a new utterance; return the one that is being typed and goes on behind it."""
        if replace if replace is not None else self.replace:
            self.stop()
        self._error = None
        self._stranded = []
        last = self._line[-1] if self._line else None
        if last is None or not gives_way or not last.utterance.live or last.utterance.kind is Kind.PIPED:
            return None
        is_settled = self.clock() - last.progress_at > _SETTLED_SECONDS
        if is_settled and not self.unheard_seconds(last):
            self._abandon(last)
            last.complete = True
        last.part(last.sent_end)
        self._arrived.set()
        return last.utterance

    def _go_on_typing(self, utterance: Utterance | None) -> None:
        if utterance is None:
            return
        before = utterance.takes[-1]
        start = before.start if before.text_end is None else before.text_end
        take = self._add_take(utterance, start, before.voice_config, at_end=True)
        take.set_text(utterance.text, self.clock())
        if before.start == start and not before.pumped:
            self._discard(before)

    def _add_utterance(self, kind: Kind) -> Utterance:
        self._numbers += 1
        utterance = Utterance(self._numbers, kind)
        self._utterances[utterance.id] = utterance
        self._last = utterance
        while len(self._utterances) > REMEMBERED:
            oldest = next(iter(self._utterances))
            self._forget_sound(self._utterances.pop(oldest))
        return utterance

    def _add_take(
        self,
        utterance: Utterance,
        start: int,
        voice_config: VoiceConfig,
        kept: AudioBuffer | None = None,
        *,
        at_end: bool = False,
    ) -> Take:
        """A take of the text from there on, behind the utterance's own where it has some in the line."""
        language = voice_config.language or "en"
        timeline = Timeline(voice_config.rate, self._rate_of_voice(voice_config.voice), language=language)
        take = Take(utterance, start, voice_config, timeline, self._make_buffer() if kept is None else kept)
        take.feed = Feed(
            utterance.kind,
            language,
            hold_seconds=self.hold_seconds,
            can_say=partial(self._can_say, voice_config),
            may_go_on=partial(self._may_go_on, take),
        )
        take.script = SpokenMap(partial(self._can_say, voice_config))
        utterance.takes.append(take)
        utterance.ended.clear()
        if utterance.fate is not Fate.SPEAKING:
            utterance.fate = Fate.WAITING
        own = [place for place, other in enumerate(self._line) if other.utterance is utterance]
        place = own[-1] + 1 if own and not at_end else len(self._line)
        self._take_out(place)
        self._line.insert(place, take)
        self._wanted.set()
        self._arrived.set()
        self._changed()
        return take

    def _saying_at(self, take: Take, point: int) -> Normalizer | FixedText:
        """The take's saying, by the rules of now, for what stands at the point of its utterance's text."""
        if take.saying is None or take.rules is not self.rules:
            take.rules = self.rules
            take.saying = self._make_saying(take)
            if before := context_of(take.utterance.text[:point]):
                take.saying.normalize(before)
        return take.saying

    def _may_go_on(self, take: Take, text: str) -> bool:
        return self._saying_at(take, take.sent_end).may_go_on(text)

    def _make_saying(self, take: Take) -> Normalizer | FixedText:
        saying, said = self._saying_of(take.voice_config), take.utterance.said
        return FixedText(saying, said) if said else saying

    def _saying_of(self, voice_config: VoiceConfig) -> Normalizer:
        return Normalizer(
            self.rules,
            language=voice_config.language,
            voice_id=voice_config.voice.id,
            family=voice_config.family,
        )

    def _can_say(self, voice_config: VoiceConfig, text: str) -> bool:
        return can_say(text, partial(self._saying_of, voice_config))

    def _in_line(self) -> list[Utterance]:
        """The utterances still to be heard, in order; the first is at the ear."""
        return list(dict.fromkeys(take.utterance for take in self._line))

    def _awaited(self, number: int) -> Utterance:
        found = next((utterance for utterance in self._in_line() if utterance.id == number), None)
        if found is None:
            raise KeyError(number)
        return found

    def _arrange(self, line: list[Take]) -> None:
        """Have the takes in this order."""
        pairs = enumerate(zip(self._line, line, strict=True))
        place = next((at for at, (old, new) in pairs if old is not new), None)
        if place is None:
            return
        self._take_out(place)
        self._line = line
        self._ear_moved()
        self._wanted.set()
        self._arrived.set()
        self._changed()

    def _take_out(self, place: int) -> None:
        """Take what the line has from there on out of the player; the pump gives it again, as it is then."""
        first = next((take for take in self._line[place:] if take.clips), None)
        if first is None:
            return
        self._player.cut(first.clips[0][0], 0)
        self._let_go(self._line[place:])

    def _let_go(self, takes: list[Take]) -> None:
        """They are in the player no more; the pump, which is at one of them, begins anew."""
        for take in takes:
            take.pumped = False
            take.clips.clear()
        self._jumps += 1
        self._arrived.set()

    def _take_out_for_signal(self) -> None:
        """Take all that is unheard out of the player; the line is to go on where the ear will be."""
        self._note_heard()
        first = self._line[0] if self._line else None
        if first is not None:
            self._held = self._at_ear()
        if self._signal_clip is not None:
            self._player.cut(self._signal_clip, 0)
        elif first is not None and first.clips:
            heard = self._player.heard()
            begun = next((frame for clip, frame in first.clips if clip == heard.clip), None)
            end = first.play_from
            if begun is not None:
                margin = round(_SIGNAL_MARGIN_SECONDS * first.rate)
                end = begun + heard.frame + (0 if self._paused else self._player.lead_frames() + margin)
            first.play_from = self._cut_clips(first, min(end, first.pumped_to))
        self._let_go(self._line)

    def _drop(self, dropped: list[Utterance]) -> None:
        """Cut these: what is at the ear of them fades, and what waits is never heard."""
        if not dropped:
            return
        rest = [take for take in self._line if take.utterance not in dropped]
        if self._line[0].utterance in dropped:
            self._last = self._line[0].utterance
            self._note_heard()
            self._break(rest)
        else:
            self._take_out(next(at for at, take in enumerate(self._line) if take.utterance in dropped))
            self._line = rest
        for utterance in dropped:
            self._give_up(utterance)
            self._end(utterance, Fate.FAILED if utterance.error else Fate.CUT)
        self._ear_moved()
        self._wanted.set()
        self._arrived.set()
        self._changed()

    def _give_up(self, utterance: Utterance) -> None:
        """No more sound of it will come."""
        for take in utterance.takes:
            self._abandon(take)
            take.complete = True

    # -- inside: edits -----------------------------------------------------------------------------

    def _make_anew(self, utterance: Utterance, text: str, place: int) -> None:
        """Take back what was given from there on, and say the rest of this text instead."""
        takes = [take for take in utterance.takes if take.start <= place]
        old, now = utterance.text, self.clock()
        take = takes[-1]
        place = self._cut(take, place)
        utterance.text = text
        anew = self._add_take(utterance, place, take.voice_config)
        anew.set_text(text, now)
        if not text.startswith(old) and not old.startswith(text):
            anew.feed.hold(now)
        if take.complete and not take.frames and not take.pumped:
            self._discard(take)

    def _cut(self, take: Take, place: int) -> int:
        """End a take's text there, and its sound; return the place, earlier where it was inside a number."""
        takes = take.utterance.takes
        for other in takes[takes.index(take) + 1 :]:
            self._discard(other)
        spoken = take.script.spoken(place - take.start)
        place = min(place, take.start + take.script.shown(spoken))
        take.part(place)
        if take.timeline.has_words(spoken):
            take.cut_at, take.end_frame = spoken, None
            self._settle_cut(take)
        self._wanted.set()
        self._arrived.set()
        return place

    def _settle_cut(self, take: Take) -> None:
        """End the sound of a take that was cut, once it is known where."""
        if take.cut_at is None or take.end_frame is not None:
            return
        frame = take.timeline.cut_frame(take.cut_at)
        pumped_to = take.pumped_to if take.clips and take in self._line else 0
        is_sure = not frame or pumped_to > frame or take.timeline.is_exact(take.cut_at)
        needed = frame + (0 if is_sure else round(_UNSURE_SECONDS * take.rate))
        if not take.complete and take.kept.frames < needed:
            return
        take.end_frame = frame = quietest(take.kept, frame, take.rate) if frame else 0
        if pumped_to > frame:
            end = self._cut_clips(take, frame)
            take.end_frame = min(max(frame, end), take.kept.frames)
            later = self._line[self._line.index(take) + 1 :]
            if any(other.clips for other in later):
                self._let_go(later)
        self._abandon(take)
        take.complete = True
        self._arrived.set()

    def _discard(self, take: Take) -> None:
        """Forget a take of which nothing is to be heard."""
        self._abandon(take)
        take.complete = True
        take.utterance.takes.remove(take)
        self._forget_take(take)
        if take in self._line:
            place = self._line.index(take)
            self._take_out(place)
            del self._line[place]

    def _set_text(self, utterance: Utterance, text: str) -> None:
        utterance.takes[-1].set_text(text, self.clock())
        utterance.text = text

    def _close(self, utterance: Utterance) -> None:
        utterance.live = False
        utterance.takes[-1].close(self.clock())
        self._changed()

    def _hear_rest(self, utterance: Utterance) -> None:
        """Play what is kept of an utterance and was not heard: the sound failed, not the voice."""
        point = utterance.heard_end
        takes = [take for take in utterance.takes if take.frames]
        if utterance in self._in_line() or not takes or takes[-1].voiced_end <= point:
            return
        first = next((take for take in reversed(takes) if take.start <= point), takes[0])
        rest = takes[takes.index(first) :]
        for take in rest:
            take.pumped = False
            take.clips.clear()
            take.play_from = 0
        if point > first.start:
            first.play_from = first.timeline.seek_frame(first.script.spoken(point - first.start))
        self._line += rest
        utterance.error = None
        utterance.fate = Fate.SPEAKING
        utterance.ended.clear()
        self._arrived.set()

    def _take_up(self, utterance: Utterance) -> None:
        """Say what has no sound yet of an utterance whose last take ended early."""
        last = utterance.takes[-1]
        point = last.voiced_end
        if not utterance.text[point:].strip():
            return
        spoken = last.script.spoken(point - last.start)
        last.end_frame = min(last.frames, last.timeline.frame_of(spoken))
        last.text_end = point
        utterance.error = None
        take = self._add_take(utterance, point, self._chosen())
        take.set_text(utterance.text, self.clock())
        if not utterance.live:
            take.close(self.clock())

    def _replay(self, utterance: Utterance, point: int) -> None:
        """Hear the utterance again from a code point on, then go on with the line."""
        takes = [take for take in utterance.takes if take.frames or not take.complete]
        if not takes:
            if not utterance.live and utterance.text.strip() and self._voice_config is not None:
                others = [take for take in self._line if take.utterance is not utterance]
                self._break(others)
                self._forget_sound(utterance)
                utterance.takes.clear()
                utterance.error = None
                take = self._add_take(utterance, 0, self._voice_config)
                self._line.remove(take)
                self._line.insert(0, take)
                take.set_text(utterance.text, self.clock())
                take.close(self.clock())
                self._changed()
            return
        first = next((take for take in reversed(takes) if take.start <= point), takes[0])
        spoken = first.script.spoken(max(0, point - first.start))
        frame = first.timeline.seek_frame(spoken) if point else 0
        cut_short = utterance.fate in (Fate.CUT, Fate.FAILED) and not utterance.live
        rest = [take for take in self._line if take.utterance is not utterance]
        self._break(takes[takes.index(first) :] + rest)
        first.play_from = frame
        utterance.ended.clear()
        if utterance.fate is Fate.SHOWN:
            utterance.is_told = False  # it may be heard this time
        utterance.fate = Fate.SPEAKING
        utterance.shown_from = point if self._is_silent else None
        self._last = utterance
        if cut_short:
            self._take_up(utterance)
        self._arrived.set()
        self._changed()

    def _jump(self, take: Take, frame: int) -> None:
        """Go on at a frame of a take in the line; what stands before it in the line is heard."""
        self._note_heard()
        self._break(self._line[self._line.index(take) :])
        take.play_from = frame
        shown_from = take.utterance.shown_from
        if shown_from is not None and not self._is_silent and take.heard_end(frame) <= shown_from:
            take.utterance.shown_from = None  # it is heard now
        self._ear_moved()
        self._changed()

    def _break(self, line: list[Take]) -> None:
        """Silence what the player holds; the pump begins anew, with this line."""
        self._player.flush()
        self._jumps += 1
        self._paused = False
        self._signal = self._signal_clip = self._held = None
        self._line = line
        for take in self._line:
            take.pumped = False
            take.clips.clear()
            take.play_from = 0
        self._wanted.set()
        self._arrived.set()

    def _strand(self, error: FishCaptionError) -> None:
        """The sound itself failed: nothing in the line can be heard."""
        self._stranded = list(dict.fromkeys(take.utterance for take in self._line))
        for utterance in self._stranded:
            utterance.error = error
        self._error = error
        self.stop()

    def _failed(self, take: Take, error: FishCaptionError) -> None:
        if take not in self._line:
            return
        take.complete = True
        takes = take.utterance.takes
        for later in takes[takes.index(take) + 1 :]:  # what it was to say comes first
            self._discard(later)
        affected = [take.utterance]
        if not isinstance(
            error, InputError
        ):  # the next would fail alike; keep the order for when it is mended
            affected += [other.utterance for other in self._line if not other.started]
            self._take_out(
                next((at for at, other in enumerate(self._line) if not other.started), len(self._line))
            )
            self._line = [other for other in self._line if other.started]
        self._stranded += affected
        for utterance in affected:
            utterance.error = error
            if not any(other.utterance is utterance and other.frames for other in self._line):
                self._line = [other for other in self._line if other.utterance is not utterance]
                self._give_up(utterance)
                self._end(utterance, Fate.FAILED)
        self._error = error
        _log.info("an utterance failed: %s", type(error).__name__)

    def _take_heard(self, take: Take) -> None:
        utterance = self._last = take.utterance
        if any(other.utterance is utterance for other in self._line):
            self._changed()
            return
        if utterance.error is not None:
            self._end(utterance, Fate.FAILED)
        else:
            self._hear(utterance, len(utterance))
            self._end(utterance, Fate.HEARD if _is_sounded(utterance) else Fate.SHOWN)
        self._ear_moved()
        self._changed()

    def _end(self, utterance: Utterance, fate: Fate) -> None:
        utterance.fate = fate
        utterance.live = False
        utterance.gain = 1.0
        utterance.ended.set()
        if not utterance.is_told:
            utterance.is_told = True
            view = self._view(utterance, None)
            for callback in tuple(self._ended_subscribers):
                callback(view)

    def _earlier(self, utterance: Utterance) -> Utterance | None:
        earlier = [other for other in self._utterances.values() if other.id < utterance.id and len(other)]
        return earlier[-1] if earlier else None

    def _last_sentence(self, utterance: Utterance) -> int:
        take = next((take for take in reversed(utterance.takes) if take.frames), utterance.takes[-1])
        return _sentence_start(take, take.frames - 1)

    def _bound_kept(self) -> None:
        """Forget the oldest sound that is not in the line, beyond what is kept."""
        if self._kept_seconds > KEPT_SECONDS:
            in_line = {take.utterance for take in self._line}
            for utterance in self._utterances.values():
                if utterance not in in_line:
                    self._forget_sound(utterance)
                    if self._kept_seconds <= KEPT_SECONDS:
                        return

    def _forget_sound(self, utterance: Utterance) -> None:
        for take in utterance.takes:
            self._forget_take(take)

    def _forget_take(self, take: Take) -> None:
        if take.voice_config.synthesizer is not None:
            self._kept_seconds -= take.kept.frames / take.rate
        take.kept.close()

    def _ear_moved(self) -> None:
        for take in self._line:
            take.fed.set()

    def _position(self) -> tuple[Take, int] | None:
        """The take at the ear and its frame."""
        heard = self._player.heard()
        found = self._clips.get(heard.clip)
        if found is None:
            return self._held
        take, start = found
        return take, start + heard.frame

    def _at_ear(self) -> tuple[Take, int] | None:
        """The first take in the line, and where the ear is in it, or will begin; None with nothing in it."""
        if not self._line:
            return None
        here, first = self._position(), self._line[0]
        return here if here is not None and here[0] is first else (first, first.play_from)

    def _note_heard(self) -> None:
        """Remember how far the utterance at the ear was heard, before it leaves the ear."""
        here = self._position()
        if here is not None:
            take, frame = here
            if self._is_silent:
                for passed in self._line[: self._line.index(take) if take in self._line else 0]:
                    self._hear(passed.utterance, passed.heard_end(passed.frames))
            self._hear(take.utterance, take.heard_end(frame))

    def _hear(self, utterance: Utterance, end: int) -> None:
        """The text before `end` has run: it was heard, or shown without a sound."""
        if self._is_silent and end > utterance.heard_end:
            self._shows(utterance, utterance.heard_end)
        utterance.heard_end = max(utterance.heard_end, end)

    def _shows(self, utterance: Utterance, start: int) -> None:
        """From there on nobody hears it."""
        before = utterance.shown_from
        utterance.shown_from = start if before is None else min(before, start)

    def _fixed_end(self, utterance: Utterance, here: tuple[Take, int] | None) -> int:
        """Where text that can still be changed begins: behind what the device has been given."""
        if not any(take.utterance is utterance for take in self._line):
            return len(utterance)
        fixed = max(utterance.heard_end, utterance.fixed_end if utterance.live else 0)
        ahead = self._player.lead_frames() / self._line[0].rate
        for take in self._line:
            if not take.clips:
                break
            played = here[1] if here is not None and here[0] is take else take.play_from
            reach = played + round(ahead * take.rate)
            if take.utterance is utterance:
                fixed = max(fixed, take.fixed_end(min(reach, take.frames)))
            ahead = (reach - take.frames) / take.rate
            if ahead <= 0 or not take.complete:
                break
        if utterance.live:
            utterance.fixed_end = fixed
        return fixed

    def _behind_seconds(self) -> float:
        total = self._unheard_seconds()
        for take in self._line:
            total += take.missing_frames / take.rate
            if not take.utterance.live or take.utterance.kind is Kind.PIPED:
                total += take.unsent_seconds
        return total

    def _unheard_seconds(self, last: Take | None = None) -> float:
        here = self._position()
        total = 0.0
        for take in self._line:
            played = here[1] if here is not None and here[0] is take else take.play_from
            total += max(0, take.frames - played) / take.rate
            if take is last:
                break
        return total

    def _state(self, here: tuple[Take, int] | None) -> State:
        is_signalling = self._signal is not None or self._signal_clip is not None
        if self._line:
            if self._paused:
                return State.PAUSED
            if is_signalling:
                return State.SPEAKING
            own = [take for take in self._line if take.utterance is self._line[0].utterance]
            if own[0].utterance.live and not self.unheard_seconds(own[-1]):
                return State.IDLE  # what was typed is heard; the hands rest
            if here is not None and here[0] is self._line[0] and here[1] > self._line[0].play_from:
                return State.SPEAKING
            return State.CONNECTING
        if is_signalling:
            return State.SPEAKING
        return State.FAILED if self._error is not None else State.IDLE

    def _view(self, utterance: Utterance, here: tuple[Take, int] | None) -> UtteranceView:
        word = None
        heard_end = utterance.heard_end
        if here is not None and here[0].utterance is utterance and self._line and self._line[0] is here[0]:
            take, frame = here
            heard_end = max(heard_end, take.heard_end(frame))
            word = take.word_at(frame) if frame > take.play_from or take.play_from else None
        fixed_end = self._fixed_end(utterance, here)
        shown_from = utterance.shown_from
        if shown_from is None and self._is_silent and heard_end > utterance.heard_end:
            shown_from = utterance.heard_end
        return UtteranceView(
            id=utterance.id,
            text=utterance.text,
            live=utterance.live,
            fate=utterance.fate,
            sent_end=utterance.sent_end,
            heard_end=heard_end,
            word=word,
            error=utterance.error,
            fixed_end=max(fixed_end, heard_end, word.end if word is not None else 0),
            voice=utterance.takes[-1].voice_config.voice if utterance.takes else None,
            language=(utterance.takes[-1].voice_config.language if utterance.takes else "") or "en",
            shown_from=shown_from,
        )

    def _changed(self) -> None:
        for callback in tuple(self._subscribers):
            callback()


def _language_of(voice: Voice) -> str:
    """What it reads, where that is known."""
    return next(iter(voice.languages), "")


def _is_sounded(utterance: Utterance) -> bool:
    """Whether a device has played all of it."""
    return utterance.shown_from is None or not utterance.text[utterance.shown_from :].strip()


def _number(utterance: Utterance) -> int:
    return utterance.id


def _sentence_start(take: Take, frame: int) -> int:
    """Where in the utterance's text the sentence begins that is heard at a frame of a take."""
    return take.start + take.script.shown(take.timeline.sentence_at(frame))
