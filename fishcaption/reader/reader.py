"""The reader's facade: see the package for its parts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.core.normalization.rules import Rules
from fishcaption.core.speech import Family, Manner, Rendered, Snapshot, UtteranceView, Voice, WordTime
from fishcaption.core.timing.flush_policy import Kind
from fishcaption.core.timing.timeline import SpeechRate
from fishcaption.reader.edits import Edits
from fishcaption.reader.navigation import Navigation
from fishcaption.reader.notifications import Notifications
from fishcaption.reader.playback import Playback
from fishcaption.reader.playlist import Playlist
from fishcaption.reader.plugs import AudioBuffer, Player, Synthesizer, Turn
from fishcaption.reader.production import Production
from fishcaption.reader.queue import SpeechQueue
from fishcaption.reader.recovery import Recovery
from fishcaption.reader.run_factory import FindStandIn, RunFactory
from fishcaption.reader.utterances import Utterance, Utterances
from fishcaption.reader.views import Views

_P = ParamSpec("_P")
_T = TypeVar("_T")


def _command(method: Callable[Concatenate[Reader, _P], _T]) -> Callable[Concatenate[Reader, _P], _T]:
    """Tell the subscribers at the command's end what it has changed, before it returns."""

    @wraps(method)
    def command(reader: Reader, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        with reader._notifications:
            return method(reader, *args, **kwargs)

    return command


class Reader:
    """Speaks utterances, one after another, through one player.

    `use` gives it a voice; `run` must be running (in a task of the owner's) for anything to be heard.
    `make_buffer` makes an empty store for one synthesis run's audio; `rate_of_voice` gives the learned rate
    of a voice, an object that the reader goes on teaching.
    """

    def __init__(
        self,
        player: Player,
        *,
        make_buffer: Callable[[], AudioBuffer],
        rate_of_voice: Callable[[Voice], SpeechRate],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.replace = False  # a new utterance cuts the one being spoken, instead of waiting its turn
        self._clock = clock
        self._notifications = Notifications()
        changed = self._notifications.changed
        self._factory = RunFactory(make_buffer, rate_of_voice)
        self._playlist = playlist = Playlist()
        self._utterances = utterances = Utterances(playlist, self._on_ended)
        self._playback = playback = Playback(player, playlist, changed)
        self._production = production = Production(playlist, playback, utterances, clock, changed)
        self._queue = queue = SpeechQueue(playlist, utterances, playback, production, changed)
        self._edits = Edits(playlist, utterances, playback, production, queue, self._factory, clock)
        self._recovery = recovery = Recovery(playlist, playback, queue, self._edits, self._factory, clock)
        parts = (playlist, utterances, playback, production, queue, recovery, self._factory)
        self._navigation = Navigation(*parts)
        self._views = Views(*parts)
        playback.on_run_heard = queue.run_heard
        playback.on_failed = recovery.sound_failed
        production.on_delivered = self._edits.settle
        production.on_failed = recovery.run_failed

    async def run(self) -> None:
        """Do the work until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._production.run(tasks))
                tasks.create_task(self._playback.pump())
                tasks.create_task(self._playback.watch_heard())
                tasks.create_task(self._playback.watch_moments())
        finally:
            self._utterances.close()

    # -- how it speaks -----------------------------------------------------------------------------

    @_command
    def use(self, synthesizer: Synthesizer, family: Family, *, language: str = "") -> None:
        """Speak with this voice from the next utterance on; `family` says which marks its model acts on.

        `language` is the two-letter code of what it reads; empty: the first of the voice's own.
        """
        self._factory.use(synthesizer, family, language)
        self._notifications.changed()

    def use_stand_ins(self, find: FindStandIn, on_stood_in: Callable[[FishCaptionError], None]) -> None:
        """Have other voices take over where one cannot be reached: see `recovery`.

        `find` is asked for the stand-in of a voice; `on_stood_in` is called, once it has taken over, with
        the error because of which it did. What is given to the reader later is still said by the voice in
        use: give it another one with `use`.
        """
        self._factory.find_stand_in = find
        self._recovery.on_stood_in = on_stood_in

    @property
    def rules(self) -> Rules:
        """Rules by which the shown text is turned into the spoken one, from the next piece on."""
        return self._factory.rules

    @rules.setter
    def rules(self, rules: Rules) -> None:
        self._factory.rules = rules

    @property
    def hold_seconds(self) -> float:
        """Seconds for which a finished sentence waits for a change: see `Kind.SENTENCES`."""
        return self._factory.hold_seconds

    @hold_seconds.setter
    def hold_seconds(self, hold_seconds: float) -> None:
        self._factory.hold_seconds = hold_seconds

    # -- text --------------------------------------------------------------------------------------

    @_command
    def speak(self, text: str, *, replace: bool | None = None, said: str = "") -> int:
        """Give a whole text to the voice; return the utterance's number.

        ``said`` is spoken instead of the text, as for a phrase that shows one thing and says another. An
        utterance that is still being typed lets it pass, and goes on behind it. Raises InputError where
        there is nothing to say or no voice; nothing changes then.
        """
        if not text.strip():
            raise InputError("There is nothing to say.", hint="Type a text first.")
        voice_config = self._factory.chosen()
        self._make_way(replace)
        typed = self._edits.interrupt_typing()
        utterance = self._utterances.add(Kind.CERTAIN, said)
        self._queue.add(self._factory.new(utterance, 0, voice_config))
        utterance.set_text(text, self._clock())
        utterance.close(self._clock())
        self._edits.continue_typing(typed)
        return utterance.id

    @_command
    def speak_in_turns(
        self, text: str, turns: Sequence[Turn], *, replace: bool | None = None, said: str = ""
    ) -> int:
        """Give a text to several voices, each of which says its turns. As `speak` otherwise.

        They keep their voices at another try. ``said`` is for one turn, which is the whole text.

        The turns are in order and do not overlap; text between them is shown and not spoken.
        """
        if not any(text[turn.start : turn.end].strip() for turn in turns):
            raise InputError("There is nothing to say.", hint="Type a text first.")
        voice_config = self._factory.chosen()
        self._make_way(replace)
        typed = self._edits.interrupt_typing()
        utterance = self._utterances.add(Kind.CERTAIN, said, turns)
        utterance.close_with(text)
        for run in self._factory.rest(utterance, 0, voice_config):
            self._queue.add(run)
            run.set_text(text, self._clock())
            run.close(self._clock())
        self._edits.continue_typing(typed)
        return utterance.id

    @_command
    def speak_ready(
        self,
        text: str,
        rendered: Rendered,
        *,
        replace: bool | None = None,
        manner: Manner = Manner(),  # noqa: B008  a value
    ) -> int:
        """Say what was made ahead, under this text; it needs no voice. As `speak` otherwise.

        The style of its manner is in the sound already.

        Repeat and Back say it again from the same audio. Raises InputError where it has none.
        """
        if len(rendered.pcm) < 2:
            raise InputError("There is no sound in it.", hint="Have it made anew.")
        self._make_way(replace)
        typed = self._edits.interrupt_typing()
        utterance = self._utterances.add(Kind.CERTAIN)
        utterance.close_with(text)
        run = self._factory.made_ahead(utterance, rendered, self._clock(), manner)
        self._production.made_ahead(run)
        self._queue.add(run)
        utterance.begin_speaking()
        self._edits.continue_typing(typed)
        return utterance.id

    @_command
    def begin_live(self, kind: Kind = Kind.TYPED, *, replace: bool | None = None) -> int:
        """Begin an utterance whose text is still coming: typed (`live_text`) or piped (`append`).

        Raises InputError where no voice is chosen.
        """
        voice_config = self._factory.chosen()
        self._make_way(replace)
        utterance = self._utterances.add(kind)
        self._queue.add(self._factory.new(utterance, 0, voice_config))
        return utterance.id

    @_command
    def live_text(self, number: int, text: str) -> None:
        """Take the whole text so far of a live utterance. It may differ from the view's `fixed_end` on.

        From the first changed word on, the audio of what was given to the voice and not heard is dropped and
        made anew; what stands before it is not. Raises InputError where the text differs before `fixed_end`;
        the utterance keeps the text it had.
        """
        utterance = self._utterances[number]
        if utterance.live:
            self._edits.set_text(utterance, text)

    def append(self, number: int, text: str) -> None:
        """Take more text of a piped utterance."""
        utterance = self._utterances[number]
        if utterance.live and text:
            utterance.append(text, self._clock())

    @_command
    def finish_live(self, number: int) -> None:
        """Say the rest and end the utterance: no more text comes."""
        utterance = self._utterances[number]
        if utterance.live:
            utterance.close(self._clock())
            self._notifications.changed()

    def say_so_far(self) -> None:
        """Voice now what was typed of the live utterances, without ending them."""
        for run in self._playlist:
            if run.utterance.live:
                run.say_so_far(self._clock())

    # -- sound -------------------------------------------------------------------------------------

    @_command
    def pause(self) -> None:
        """Hold the sound; text and audio go on arriving up to the window."""
        self._playback.pause()

    @_command
    def resume(self) -> None:
        """Go on at the very next frame."""
        if self._playback.resume():
            self._production.reconsider()

    @_command
    def stop(self) -> None:
        """Silence, now and for good: all that was given to the voice and not heard is cut."""
        self._queue.clear()

    @_command
    def signal(self, rendered: Rendered, on_end: Callable[[bool], None] | None = None) -> None:
        """Sound this first and at once. What is being spoken fades, holds, and goes on at the next frame.

        Also while paused (the pause goes on behind it) and while there is nothing else. Stop ends it, too.
        ``on_end`` is called once: with True when it was heard to its end, with False when it was stopped or
        another one took its place; nothing may be given to the reader in it.
        """
        if len(rendered.pcm) >= 2:
            self._playback.signal(rendered, on_end)

    @_command
    def end_signal(self) -> None:
        """End the signal that sounds, if any; what it interrupted goes on at the next frame."""
        self._playback.end_signal()

    @_command
    def repeat(self, gain: float = 1.0) -> None:
        """Hear the utterance at the ear, or the last one, again from its start.

        As far as its audio is here, that costs nothing. `gain` up to 4.0 makes it louder for this once; it is
        limited, not clipped.
        """
        self._navigation.repeat(gain)

    @_command
    def back(self) -> None:
        """Go to the start of this sentence or, near its start, of the one before it."""
        self._navigation.back()

    @_command
    def forward(self) -> None:
        """Go to the start of the next sentence; past the last one, to the next utterance."""
        self._navigation.forward()

    @_command
    def retry(self, *, is_for_all: bool = False) -> None:
        """Say, with the voice now in use, what the last failure left unsaid, in the order it was given.

        The turns of a text keep their own voices; `is_for_all`: only those that need no network do.
        """
        self._recovery.retry(is_for_all=is_for_all)
        self._notifications.changed()

    # -- the queue ---------------------------------------------------------------------------------

    @_command
    def move(self, number: int, place: int) -> None:
        """Have an utterance stand at this place of those that wait; 0 is the next one.

        Raises KeyError for one that does not wait.
        """
        self._queue.move(number, place)

    @_command
    def skip(self, number: int) -> None:
        """Do not say it, or not the rest of it; the next one goes on.

        Raises KeyError for one that is not to be heard.
        """
        self._queue.skip([self._queue.find(number)])

    @_command
    def skip_to_newest(self) -> None:
        """Skip all but what was given last."""
        self._queue.skip_to_newest()

    @_command
    def clear_waiting(self) -> None:
        """Skip all that waits; what is being heard goes on."""
        self._queue.skip(self._queue.waiting())

    @_command
    def take_back(self, number: int) -> str:
        """Do not say the rest of it; return that text, to be written on.

        The word at the ear is still heard. What was heard stays the utterance's text; of one that was not
        heard at all nothing does, and its end is not told. Raises KeyError for one that is not to be heard.
        """
        text = self._edits.take_back(self._queue.find(number))
        self._notifications.changed()
        return text

    # -- what is told ------------------------------------------------------------------------------

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` when something changed that a look is worth; the returned function ends it.

        A command calls before it returns, once; other changes are told by the event loop, soon. The heard
        word moves on without a call: `next_moment` tells when.
        """
        return self._notifications.subscribe(callback)

    def subscribe_ended(self, callback: Callable[[UtteranceView], None]) -> Callable[[], None]:
        """Call back once for each utterance, when it is heard, cut or failed; the returned function ends it.

        What is done again later (Repeat, another try) is not told again.
        """
        return self._notifications.subscribe_ended(callback)

    def player_changed(self) -> None:
        """Take note that the player's state is another one: a look is worth it."""
        self._playback.device_changed()

    def snapshot(self) -> Snapshot:
        """Return where we are now."""
        return self._views.snapshot()

    def next_moment(self) -> float | None:
        """Return when `snapshot` next changes of itself, by `time.perf_counter`; None until a call back.

        That is when a word begins or ends at the ear, or text of a live utterance is fixed.
        """
        return self._playback.next_moment()

    def utterance(self, number: int) -> UtteranceView:
        """Return one utterance as it stands now.

        Raises KeyError for a number that was forgotten or never was.
        """
        return self._views.view(self._utterances[number])

    def word_times(self, number: int) -> tuple[int, tuple[WordTime, ...]]:
        """Return the rate of the frames, and the utterance's words as they sound one after the other.

        Spans are of the utterance's text; times are estimated where no exact ones came. For captions.
        """
        return self._views.word_times(self._utterances[number])

    def heard_frames(self, number: int) -> int:
        """Return how much of the utterance was heard, in the frames of `word_times`."""
        return self._views.heard_frames(self._utterances[number])

    @property
    def is_unhurried(self) -> bool:
        """True while so much of piped text is unheard that more of it may come a little later."""
        return self._production.is_unhurried

    async def ended(self, number: int) -> UtteranceView:
        """Wait until the utterance is heard, cut or failed; return it as it is then."""
        utterance = self._utterances[number]
        await utterance.ended.wait()
        return self.utterance(number)

    # -- inside ------------------------------------------------------------------------------------

    def _make_way(self, replace: bool | None) -> None:
        """End what is being spoken, where a new utterance replaces it; nothing that failed is tried again."""
        if replace if replace is not None else self.replace:
            self._queue.clear()
        self._recovery.forget()

    def _on_ended(self, utterance: Utterance) -> None:
        self._notifications.ended(self._views.ended_view(utterance))
