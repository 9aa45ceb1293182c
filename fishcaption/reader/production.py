"""Production: asks the voices for audio of the playlist's runs, as far ahead of the ear as the window allows.

One run after the other, in the playlist's order; the next one begins when those before it are complete or
have all the text they will get. A bug in a voice ends its utterance and nothing else: each conversation runs
inside a crash boundary.

Only this module writes whether a run has begun and whether it is complete.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.core.speech import Aligned, Covered, Delivery, Piece, Sound
from fishcaption.core.timing.flush_policy import Kind
from fishcaption.reader.crash_boundary import crash_boundary, error_to_tell
from fishcaption.reader.playback import Playback
from fishcaption.reader.playlist import Playlist
from fishcaption.reader.synthesis_run import SynthesisRun
from fishcaption.reader.utterances import Utterance, Utterances

# Unheard audio that may be asked for ahead of the ear: enough for any hitch of a network, little enough that
# stopping early costs nothing.
WINDOW_SECONDS = 20.0
# What was asked for and does not come counts as unheard for so long: an estimate that was too high must not
# hold the text back for good.
PATIENCE_SECONDS = 3.0
# With more unheard than this (the flush policy calls less of it dry) nobody waits for the tokens that a
# program writes: they are looked at together, ten times a second.
_UNHURRIED_SECONDS = 1.0
_TOGETHER_SECONDS = 0.1
# A voice that has been given all and was silent for so long has said all.
_SETTLED_SECONDS = 0.3


class Production:
    """The conversations with voices: begins them, feeds them, takes their audio, and ends them.

    Before `run`, the owner sets `on_delivered`, called when audio or times of a run came or its conversation
    ended, and `on_failed`, called inside the run's own task when its voice fails.
    """

    on_delivered: Callable[[SynthesisRun], None]
    on_failed: Callable[[SynthesisRun, FishCaptionError], None]

    def __init__(
        self,
        playlist: Playlist,
        playback: Playback,
        utterances: Utterances,
        clock: Callable[[], float],
        on_changed: Callable[[], None],
    ) -> None:
        self._playlist = playlist
        self._playback = playback
        self._utterances = utterances
        self._clock = clock
        self._on_changed = on_changed
        self._tasks: dict[SynthesisRun, asyncio.Task[None]] = {}  # of the conversations that go on
        self._work = asyncio.Event()  # there may be a conversation to begin
        self._is_unhurried = False

    @property
    def is_unhurried(self) -> bool:
        """True while so much of piped text is unheard that more of it may come a little later."""
        return self._is_unhurried

    # -- the window --------------------------------------------------------------------------------

    def unheard_seconds(self, last: SynthesisRun) -> float:
        """Return the length of the audio that was asked for and not heard, up to and with this run.

        What has not arrived is estimated.
        """
        unheard = self._playback.unheard_seconds(last)
        for run in self._playlist:
            if self._clock() - run.progress_at < PATIENCE_SECONDS:
                unheard += run.missing_frames / run.rate
            if run is last:
                break
        return unheard

    def _until_room(self, unheard_seconds: float) -> float | None:
        """Return the seconds until there may be room in the window; None: not before the sound goes on."""
        if self._playback.is_paused:
            return None
        return min(max(0.05, unheard_seconds - WINDOW_SECONDS), PATIENCE_SECONDS)

    def reconsider(self) -> None:
        """Have all runs look again at what their voices may be given: the ear is elsewhere."""
        for run in self._playlist:
            run.recheck.set()

    # -- begin and end -----------------------------------------------------------------------------

    def wake(self) -> None:
        """Look again which run is to be begun."""
        self._work.set()

    def made_ahead(self, run: SynthesisRun) -> None:
        """Note that the run's audio is all here: no voice is needed."""
        run.started = run.complete = True

    def end(self, run: SynthesisRun) -> None:
        """End the conversation at once, if there is one; no more audio of the run will come."""
        task = self._tasks.get(run)
        if task is not None and not task.cancelling():
            task.cancel()
        run.complete = True

    def end_all(self, utterance: Utterance) -> None:
        """End all conversations about this utterance."""
        for run in utterance.runs:
            self.end(run)

    def stop(self) -> None:
        """End all conversations, and those that the playlist still waits for."""
        for run in (*self._tasks, *self._playlist):
            self.end(run)

    def end_text(self, run: SynthesisRun, end: int) -> None:
        """Leave the utterance's text from there on to another run. One that has not begun never does."""
        run.end_text(end)
        if not run.started:
            self.end(run)

    def is_settled(self, run: SynthesisRun) -> bool:
        """Return whether all audio of what the run's voice was given has come and been heard."""
        return self._clock() - run.progress_at > _SETTLED_SECONDS and not self.unheard_seconds(run)

    # -- tasks -------------------------------------------------------------------------------------

    async def run(self, tasks: asyncio.TaskGroup) -> None:
        """Begin each run when its turn comes, in a task of the group, until cancelled."""
        while True:
            run = self._next()
            if run is None:
                self._work.clear()
                await self._work.wait()
                continue
            run.started = True
            self._tasks[run] = tasks.create_task(self._speak(run))
            self._tasks[run].add_done_callback(partial(self._ended, run))

    def _next(self) -> SynthesisRun | None:
        """Return the first run that has not begun, if all that is said before it has been asked for."""
        if any(task.cancelling() for task in self._tasks.values()):
            return None
        for run in self._playlist:
            if not run.started and not run.complete:
                return run
            if not run.complete and not run.is_continued:
                return None
        return None

    def _ended(self, run: SynthesisRun, task: asyncio.Task[None]) -> None:
        run.complete = True
        del self._tasks[run]
        self.on_delivered(run)
        self._work.set()
        self._playback.wake()
        self._on_changed()

    async def _speak(self, run: SynthesisRun) -> None:
        assert run.voice_config.synthesizer is not None
        with crash_boundary(partial(self._fail, run)):
            await run.voice_config.synthesizer.speak(_Pieces(self, run), partial(self._deliver, run))
            run.timeline.finish()
            if self._is_soundless(run):
                raise InputError(
                    "There was nothing in this text that the voice can say.",
                    hint="Type words, or choose a voice for this language.",
                )

    def _fail(self, run: SynthesisRun, error: Exception) -> None:
        run.complete = True
        self.on_failed(run, error_to_tell(error))

    def _is_soundless(self, run: SynthesisRun) -> bool:
        """Return whether text was given and no audio came, where there should be some."""
        if run.audio.frames or run.cut_at is not None or run not in self._playlist:
            return False
        if run.spoken_map.has_words:
            return True
        others = [other for other in run.utterance.runs if other is not run]
        may_sound = run.is_continued or any(other.audio.frames or not other.complete for other in others)
        return not may_sound and bool(run.utterance.text.strip())

    async def _deliver(self, run: SynthesisRun, delivery: Delivery) -> None:
        match delivery:
            case Sound(pcm):
                run.audio.append(pcm)
                run.timeline.sound(len(pcm) // 2)
                self._playback.wake()
                self._utterances.count_audio(len(pcm) / 2 / run.rate)
                run.progress_at = self._clock()
                self.on_delivered(run)
                # more than the window allows is unheard: the voice is held back
                while (unheard := self._playback.unheard_seconds(run)) > WINDOW_SECONDS:
                    if run not in self._playlist:
                        break
                    run.recheck.clear()
                    await _rung(run.recheck, self._until_room(unheard))
            case Aligned(times):
                run.timeline.align(run.spoken_map.without_marks(times))
                self.on_delivered(run)
                self._on_changed()
            case Covered(end, frame):
                run.timeline.cover(end, frame)
                self.on_delivered(run)
                self._on_changed()

    # -- text for the voices -----------------------------------------------------------------------

    async def next_piece(self, run: SynthesisRun) -> Piece | None:
        """Wait for the next piece of the run's text; None when no more comes.

        It comes when the flush policy lets it go and the ear has come near enough.
        """
        while True:
            run.recheck.clear()
            now = self._clock()
            unheard = self.unheard_seconds(run)
            if unheard < WINDOW_SECONDS:
                piece = run.feed.take(now, unheard)
                if piece is not None:
                    spoken = self._speak_piece(run, piece)
                    if spoken is None:
                        continue
                    return spoken
                if run.feed.done:
                    return None
                patience = run.feed.wake_seconds(now, unheard)
            else:
                patience = self._until_room(unheard)
            is_piped = run.utterance.live and run.utterance.kind is Kind.PIPED
            self._is_unhurried = is_piped and unheard > _UNHURRIED_SECONDS
            await _rung(run.recheck, patience)
            if self._is_unhurried:
                await asyncio.sleep(_TOGETHER_SECONDS)

    def _speak_piece(self, run: SynthesisRun, piece: Piece) -> Piece | None:
        spoken = run.speak(piece)
        run.progress_at = self._clock()
        run.utterance.begin_speaking()
        self._on_changed()
        return spoken


class _Pieces:
    """The iterator that a synthesizer draws a run's text from."""

    def __init__(self, production: Production, run: SynthesisRun) -> None:
        self._production = production
        self._run = run

    def __aiter__(self) -> _Pieces:
        return self

    async def __anext__(self) -> Piece:
        piece = await self._production.next_piece(self._run)
        if piece is None:
            raise StopAsyncIteration
        return piece


async def _rung(bell: asyncio.Event, patience: float | None) -> None:
    """Wait for the event, or at most so many seconds."""
    try:
        async with asyncio.timeout(patience):
            await bell.wait()
    except TimeoutError:
        return
