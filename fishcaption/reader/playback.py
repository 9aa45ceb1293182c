"""Playback: moves audio of the playlist's runs into the player, and knows what has been heard.

The *pump* writes the runs' audio into the player, one run after the other, each as one or more clips. When
the order, the place or the text changes, what the player has and nobody has heard is taken out again, and the
pump begins anew there. A signal goes before everything.

Only this module talks to the player, and only it writes where a run is in the player (its clips and frames)
and how far an utterance was heard. Everything told of where we are follows from one number, `Player.heard`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import PlayerState, Rendered
from fishcaption.reader.crash_boundary import crash_boundary, error_to_tell
from fishcaption.reader.playlist import Playlist
from fishcaption.reader.plugs import Player
from fishcaption.reader.synthesis_run import SynthesisRun
from fishcaption.reader.utterances import Utterance

_PUMP_FRAMES = 8192  # a third of a second at 24 kHz: the pump's step
# Speech is cut for a signal this far behind what the device has: the cut is surely at an exact frame then.
_SIGNAL_MARGIN_SECONDS = 0.01

LOUDEST = 4.0
"""Of a clip: see `Player.begin`."""

Position = tuple[SynthesisRun, int]
"""A run, and a frame of it."""


class Playback:
    """The player's one user: pumps the playlist into it, pauses it, and tells what was heard.

    Before `pump` and `watch_heard` run, the owner sets `on_run_heard`, which is called when the first run of
    the playlist has been heard to its end, and `on_failed`, called when the sound itself fails.
    """

    on_run_heard: Callable[[SynthesisRun], None]
    on_failed: Callable[[FishCaptionError], None]

    def __init__(self, player: Player, playlist: Playlist, on_changed: Callable[[], None]) -> None:
        self._player = player
        self._playlist = playlist
        self._on_changed = on_changed
        self._is_paused = False
        self._is_silent = False  # without a sound device, what passes the ear is only shown
        self._clips: dict[int, Position] = {}  # those not yet passed, and where each begins
        self._opened_clips: asyncio.Queue[int] = asyncio.Queue()  # their ends are still to be waited for
        self._interruptions = 0  # counts what makes the pump begin anew
        self._work = asyncio.Event()  # there may be something to pump
        self._signal: Rendered | None = None  # to be sounded before anything else
        self._signal_clip: int | None = None  # sounds now, or will next
        self._before_signal: Position | None = None  # where the ear was when the signal came
        self._on_signal_end: Callable[[bool], None] | None = None

    # -- what is told ------------------------------------------------------------------------------

    @property
    def is_paused(self) -> bool:
        """True while the sound is held."""
        return self._is_paused

    @property
    def is_silent(self) -> bool:
        """True while there is no sound device, so that what runs is shown and not heard."""
        return self._is_silent

    @property
    def is_signalling(self) -> bool:
        """True while a signal sounds or is about to."""
        return self._signal is not None or self._signal_clip is not None

    def player_state(self) -> PlayerState:
        """Return the device's condition now."""
        return self._player.state()

    def position(self) -> Position | None:
        """Return the run and the frame at the ear; None before anything was heard."""
        heard = self._player.heard()
        found = self._clips.get(heard.clip)
        if found is None:
            return self._before_signal
        run, start = found
        return run, start + heard.frame

    def at_ear(self) -> Position | None:
        """Return the playlist's first run, and the frame where the ear is in it or will begin."""
        first = self._playlist.first
        if first is None:
            return None
        here = self.position()
        return here if here is not None and here[0] is first else (first, first.start_frame)

    def unheard_seconds(self, last: SynthesisRun | None = None) -> float:
        """Return the length of the audio that is here and unheard, up to and with the run `last` if given."""
        here = self.position()
        total = 0.0
        for run in self._playlist:
            played = here[1] if here is not None and here[0] is run else run.start_frame
            total += max(0, run.frames - played) / run.rate
            if run is last:
                break
        return total

    def fixed_end(self, utterance: Utterance, here: Position | None) -> int:
        """Return where text begins that can still be changed: behind what the device has been given."""
        first = self._playlist.first
        if first is None or not self._playlist.has(utterance):
            return len(utterance)
        fixed = max(utterance.heard_end, utterance.fixed_end if utterance.live else 0)
        ahead_seconds = self._player.lead_frames() / first.rate
        for run in self._playlist:
            if not run.clips:
                break
            played = here[1] if here is not None and here[0] is run else run.start_frame
            reach = played + round(ahead_seconds * run.rate)
            if run.utterance is utterance:
                fixed = max(fixed, run.fixed_end(min(reach, run.frames)))
            ahead_seconds = (reach - run.frames) / run.rate
            if ahead_seconds <= 0 or not run.complete:
                break
        if utterance.live:
            utterance.fixed_end = fixed
        return fixed

    def next_moment(self) -> float | None:
        """Return when a view next changes because the ear moves on, by `time.perf_counter`.

        None where that is not known, or not to be expected while nothing else changes.
        """
        run = self._playlist.first
        if run is None or self._is_paused or not run.clips:
            return None
        heard = self._player.heard()
        first = dict(run.clips).get(heard.clip)  # None: the ear is not there yet
        frame = run.start_frame if first is None else first + heard.frame
        following = run.next_frame(frame, self._player.lead_frames())
        if following is None:
            return None
        clip, first = next((pair for pair in reversed(run.clips) if pair[1] < following), run.clips[0])
        return self._player.moment(clip, following - first)

    # -- commands ----------------------------------------------------------------------------------

    def wake(self) -> None:
        """Have the pump look again: there may be audio for it, or an end."""
        self._work.set()

    def pause(self) -> None:
        """Hold the sound, if there is something to be heard."""
        if self._playlist and not self._is_paused:
            self._is_paused = True
            self._player.pause()
            self._on_changed()

    def resume(self) -> bool:
        """Go on at the very next frame; return False where nothing was paused."""
        if not self._is_paused:
            return False
        self._is_paused = False
        self._player.resume()
        self._on_changed()
        return True

    def silence(self) -> None:
        """Drop all that the player has, and the signal; what was heard of it is noted."""
        self._player.flush()
        self.note_heard()
        self._interrupt()

    def restart(self, runs: Sequence[SynthesisRun], start_frame: int) -> None:
        """Drop all that the player has; these runs are to be heard, the first one from this frame on."""
        self._player.flush()
        self._interrupt()
        self.rewind(runs, start_frame)

    def rewind(self, runs: Sequence[SynthesisRun], start_frame: int) -> None:
        """Have these runs, which are not in the player any more, be heard, the first from this frame on."""
        for run in runs:
            self._forget_clips(run)
            run.start_frame = 0
        if runs:
            runs[0].start_frame = start_frame

    def take_out(self, place: int) -> None:
        """Take the audio of the playlist's runs from a place on out of the player.

        The pump gives it again, in the order that the playlist has by then.
        """
        runs = self._playlist.since(place)
        first = next((run for run in runs if run.clips), None)
        if first is not None:
            self._player.cut(first.clips[0][0], 0)
            self.write_again(runs)

    def write_again(self, runs: Iterable[SynthesisRun]) -> None:
        """Have the pump, which is at one of these runs, write them again: the player has lost them."""
        for run in runs:
            self._forget_clips(run)
        self._interruptions += 1
        self._work.set()

    def cut(self, run: SynthesisRun, frame: int) -> int:
        """End the run in the player at this frame of it, and drop what follows; return where it will end."""
        while len(run.clips) > 1 and run.clips[-1][1] > frame:
            run.clips.pop()
        clip, first = run.clips[-1]
        return first + self._player.cut(clip, max(0, frame - first))

    def signal(self, rendered: Rendered, on_end: Callable[[bool], None] | None = None) -> None:
        """Sound this first; what is being heard goes on behind it at the very next frame.

        ``on_end`` is called once: with True when it was heard to its end, else with False.
        """
        self._tell_signal_end(False)
        self._on_signal_end = on_end
        self.note_heard()
        first = self._playlist.first
        if first is not None:
            self._before_signal = self.at_ear()
        if self._signal_clip is not None:
            self._player.cut(self._signal_clip, 0)
        elif first is not None and first.clips:
            first.start_frame = self.cut(first, min(self._signal_frame(first), first.written_frame))
        self.write_again(self._playlist)
        self._signal = rendered
        if self._is_paused:
            self._player.resume()
        self._on_changed()

    def end_signal(self) -> None:
        """End the signal, if there is one; what it interrupted goes on."""
        if not self.is_signalling:
            return
        if self._signal_clip is not None:
            self._player.cut(self._signal_clip, 0)
        self.write_again(self._playlist)
        self._signal = None
        self._hold_again()
        self._tell_signal_end(False)
        self._on_changed()

    def _tell_signal_end(self, is_heard: bool) -> None:
        on_end, self._on_signal_end = self._on_signal_end, None
        if on_end is not None:
            on_end(is_heard)

    def _signal_frame(self, first: SynthesisRun) -> int:
        """Return the frame of the run at the ear where it can be cut for a signal."""
        heard = self._player.heard()
        begun = next((frame for clip, frame in first.clips if clip == heard.clip), None)
        if begun is None:
            return first.start_frame
        margin = round(_SIGNAL_MARGIN_SECONDS * first.rate)
        return begun + heard.frame + (0 if self._is_paused else self._player.lead_frames() + margin)

    def _interrupt(self) -> None:
        """Have the pump begin anew: the player was emptied, and is not paused any more."""
        self._interruptions += 1
        self._is_paused = False
        self._signal = self._signal_clip = self._before_signal = None
        self._work.set()
        self._tell_signal_end(False)

    def _forget_clips(self, run: SynthesisRun) -> None:
        run.is_in_player = False
        run.clips.clear()

    # -- how far it was heard ----------------------------------------------------------------------

    def device_changed(self) -> None:
        """Look whether there is a sound device: from here on it is heard, or only shown."""
        is_silent = self._player.state().silent
        if is_silent != self._is_silent:
            self.note_heard()  # what ran until now did so as it was
            here = self.position()
            if is_silent and here is not None and here[0] is self._playlist.first:
                self._note_shown(here[0].utterance, here[0].heard_end(here[1]))
            self._is_silent = is_silent
        self._on_changed()

    def note_heard(self) -> None:
        """Note how far the utterance at the ear was heard, before it leaves the ear."""
        here = self.position()
        if here is None:
            return
        run, frame = here
        if self._is_silent:
            for passed in self._playlist.since(0)[
                : self._playlist.index(run) if run in self._playlist else 0
            ]:
                self.note_passed(passed.utterance, passed.heard_end(passed.frames))
        self.note_passed(run.utterance, run.heard_end(frame))

    def note_passed(self, utterance: Utterance, end: int) -> None:
        """Note that the text before `end` has passed the ear: it was heard, or shown without sound."""
        if self._is_silent and end > utterance.heard_end:
            self._note_shown(utterance, utterance.heard_end)
        utterance.heard_end = max(utterance.heard_end, end)

    def note_replay(self, utterance: Utterance, point: int) -> None:
        """Note that the utterance is about to be heard again from that point on, from its audio."""
        utterance.shown_from = point if self._is_silent else None

    def note_jump(self, run: SynthesisRun) -> None:
        """Note that the ear goes to the run's start: what was only shown behind that place is heard now."""
        utterance = run.utterance
        shown_from = utterance.shown_from
        if shown_from is not None and not self._is_silent and run.heard_end(run.start_frame) <= shown_from:
            utterance.shown_from = None

    def _note_shown(self, utterance: Utterance, start: int) -> None:
        before = utterance.shown_from
        utterance.shown_from = start if before is None else min(before, start)

    # -- tasks -------------------------------------------------------------------------------------

    async def pump(self) -> None:
        """Write signals, and the playlist's runs in order, into the player until cancelled."""
        while True:
            signal, self._signal = self._signal, None
            run = next((run for run in self._playlist if not run.is_in_player), None)
            if signal is None and run is None:
                self._work.clear()
                await self._work.wait()
                continue
            with crash_boundary(self._fail):
                if signal is not None:
                    await self._write_signal(signal)
                elif run is not None:
                    run.is_in_player = True
                    await self._write_run(run)

    async def _write_run(self, run: SynthesisRun) -> None:
        interruptions = self._interruptions
        frame = run.start_frame
        self._open_clip(run, frame)
        is_open = True
        while interruptions == self._interruptions:
            end = run.frames
            pcm = run.audio.read(frame, min(_PUMP_FRAMES, end - frame)) if frame < end else b""
            if pcm:
                if not is_open:
                    self._open_clip(run, frame)
                    is_open = True
                frame += len(pcm) // 2
                await self._player.write(pcm)
                if interruptions == self._interruptions:
                    run.written_frame = frame
            elif run.complete:
                if frame > end:  # it was cut while this was being written
                    self.cut(run, end)
                elif not is_open:  # an end to wait for
                    self._open_clip(run, frame)
                self._player.end()
                return
            else:
                if is_open and run.is_voiced:
                    # A short word must not wait for more of its clip, nor pass for a voice that stutters.
                    self._player.end()
                    is_open = False
                self._work.clear()
                await self._work.wait()

    def _open_clip(self, run: SynthesisRun, frame: int) -> None:
        manner = run.voice_config.manner
        gain = min(run.utterance.gain * manner.gain, LOUDEST)
        clip = self._player.begin(run.rate, gain, manner.pace)
        run.clips.append((clip, frame))
        run.written_frame = frame
        self._clips[clip] = (run, frame)
        self._opened_clips.put_nowait(clip)

    async def _write_signal(self, rendered: Rendered) -> None:
        interruptions = self._interruptions
        clip = self._signal_clip = self._player.begin(rendered.rate)
        self._opened_clips.put_nowait(clip)
        await self._player.write(rendered.pcm)
        if interruptions == self._interruptions:
            self._player.end()
        # The pause that it interrupted goes on behind it.
        if self._is_paused and await self._player.reach(clip) and interruptions == self._interruptions:
            self._hold_again()

    def _hold_again(self) -> None:
        """Pause the player once more, unless the pause has ended meanwhile."""
        if self._is_paused:
            self._player.pause()

    async def watch_heard(self) -> None:
        """Wait for the end of each clip, and tell which runs were heard to their ends, until cancelled."""
        while True:
            clip = await self._opened_clips.get()
            with crash_boundary(self._fail):
                self._clip_passed(clip, await self._player.reach(clip))

    async def watch_moments(self) -> None:
        """Tell whenever `next_moment` has another answer because of the player, until cancelled."""
        while True:
            await self._player.retimed()
            self._on_changed()

    def _clip_passed(self, clip: int, is_heard: bool) -> None:
        for old in [number for number in self._clips if number < clip]:
            del self._clips[old]
        if clip == self._signal_clip:
            self._signal_clip = None
            if self._signal is None:
                self._tell_signal_end(is_heard)
            self._on_changed()
        run = self._clips[clip][0] if clip in self._clips else None
        if run is None or not is_heard or not run.complete or not run.clips:
            return
        if run.clips[-1][0] == clip and run is self._playlist.first:
            self.on_run_heard(run)

    def _fail(self, error: Exception) -> None:
        self.on_failed(error_to_tell(error))
