"""The queue: which utterances are still to be heard, in which order, and how far behind the ear is.

Its state is the `Playlist`. With each change of it, the queue has playback (which has written audio in the
old order) and production (which asks for audio in the new one) follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fishcaption.core.speech import Fate
from fishcaption.core.timing.flush_policy import Kind
from fishcaption.reader.playback import Playback
from fishcaption.reader.playlist import Playlist
from fishcaption.reader.production import Production
from fishcaption.reader.synthesis_run import SynthesisRun
from fishcaption.reader.utterances import Utterance, Utterances


class SpeechQueue:
    """The one writer of the playlist: adds, moves, skips and ends what is to be heard."""

    def __init__(
        self,
        playlist: Playlist,
        utterances: Utterances,
        playback: Playback,
        production: Production,
        on_changed: Callable[[], None],
    ) -> None:
        self._playlist = playlist
        self._utterances = utterances
        self._playback = playback
        self._production = production
        self._on_changed = on_changed

    # -- what is in it -----------------------------------------------------------------------------

    def waiting(self) -> list[Utterance]:
        """Return the utterances behind the one at the ear, in order."""
        return self._playlist.utterances()[1:]

    def find(self, number: int) -> Utterance:
        """Return an utterance that is still to be heard. Raises KeyError where it is not."""
        found = next((other for other in self._playlist.utterances() if other.id == number), None)
        if found is None:
            raise KeyError(number)
        return found

    def behind_seconds(self) -> float:
        """Return how long all that was given will still sound, at speed 1; partly estimated."""
        total = self._playback.unheard_seconds()
        for run in self._playlist:
            total += run.missing_frames / run.rate
            if not run.utterance.live or run.utterance.kind is Kind.PIPED:
                total += run.unsent_seconds
        return total

    # -- changes -----------------------------------------------------------------------------------

    def add(self, run: SynthesisRun, *, at_end: bool = False) -> None:
        """Have the run be heard: behind its utterance's others, or `at_end`, behind everything."""
        runs = enumerate(self._playlist)
        own = [place for place, other in runs if other.utterance is run.utterance]
        self._insert(own[-1] + 1 if own and not at_end else len(self._playlist), run)

    def add_behind(self, before: SynthesisRun, run: SynthesisRun) -> None:
        """Have the run be heard directly behind another one of its utterance."""
        self._insert(self._playlist.index(before) + 1, run, before)

    def add_first(self, run: SynthesisRun) -> None:
        """Have the run, which is its utterance's only one, be heard before everything."""
        self._insert(0, run)

    def _insert(self, place: int, run: SynthesisRun, behind: SynthesisRun | None = None) -> None:
        run.utterance.add_run(run, behind)
        self._playback.take_out(place)
        self._playlist.insert(place, run)
        self._follow()

    def add_again(self, runs: list[SynthesisRun], start_frame: int) -> None:
        """Have runs whose audio is here be heard behind everything, the first one from this frame on."""
        self._playback.rewind(runs, start_frame)
        self._playlist.replace([*self._playlist, *runs])
        self._playback.wake()

    def exchange(self, run: SynthesisRun, other: SynthesisRun) -> None:
        """Have another run stand in the place of one that has not begun."""
        place = self._playlist.index(run)
        runs = run.utterance.runs
        runs[runs.index(run)] = other
        self._production.end(run)
        self._utterances.forget_run(run)
        self._playback.take_out(place)
        self._playlist.remove(run)
        self._playlist.insert(place, other)
        self._follow()

    def restart(self, runs: list[SynthesisRun], start_frame: int = 0) -> None:
        """Silence what is heard, and hear these runs, in this order, the first one from this frame on."""
        self._playback.restart(runs, start_frame)
        self._playlist.replace(runs)
        self._follow()

    def move(self, number: int, place: int) -> None:
        """Have an utterance stand at this place of those that wait; 0 is the next one.

        Raises KeyError for one that does not wait.
        """
        waiting = self.waiting()
        moved = next((utterance for utterance in waiting if utterance.id == number), None)
        if moved is None:
            raise KeyError(number)
        waiting.remove(moved)
        waiting.insert(max(0, place), moved)
        at_ear = self._playlist.utterances()[0]
        runs = self._playlist.since(0)
        head = next(index for index, run in enumerate(runs) if run.utterance is not at_ear)
        order = [run for utterance in (*waiting, at_ear) for run in runs[head:] if run.utterance is utterance]
        self._arrange(runs[:head] + order)

    def _arrange(self, order: list[SynthesisRun]) -> None:
        pairs = enumerate(zip(self._playlist, order, strict=True))
        place = next((index for index, (old, new) in pairs if old is not new), None)
        if place is not None:
            self._playback.take_out(place)
            self._playlist.replace(order)
            self._production.reconsider()
            self._follow()

    def skip(self, skipped: list[Utterance]) -> None:
        """End these: at the ear the sound fades, and what waits is never heard."""
        first = self._playlist.first
        if first is None or not skipped:
            return
        rest = [run for run in self._playlist if run.utterance not in skipped]
        if first.utterance in skipped:
            self._utterances.set_latest(first.utterance)
            self._playback.note_heard()
            self.restart(rest)
        else:
            runs = enumerate(self._playlist)
            self._playback.take_out(next(place for place, run in runs if run.utterance in skipped))
            self._playlist.replace(rest)
        for utterance in skipped:
            self._production.end_all(utterance)
            self._utterances.end_unheard(utterance)
        self._production.reconsider()
        self._follow()

    def skip_to_newest(self) -> None:
        """Skip all but what was given last."""
        utterances = self._playlist.utterances()
        newest = max((utterance.id for utterance in utterances), default=0)
        self.skip([utterance for utterance in utterances if utterance.id != newest])

    def skip_at_ear(self) -> None:
        """Skip the run at the ear; the one behind it goes on."""
        self._playback.note_heard()
        run, *rest = self._playlist
        self.restart(rest)
        self._production.end(run)
        if not self._playlist.has(run.utterance):
            self._utterances.end(run.utterance, Fate.CUT)
        self._production.reconsider()
        self._follow()

    def clear(self) -> None:
        """Silence, now and for good: end everything that is still to be heard."""
        self._playback.silence()
        self._production.stop()
        cut = self._playlist.utterances()
        if cut:
            self._utterances.set_latest(cut[0])
        self._playlist.replace(())
        for utterance in cut:
            self._utterances.end_unheard(utterance)
        self._on_changed()

    def withdraw(self, runs: Iterable[SynthesisRun]) -> None:
        """Take out runs of which nothing is to be asked for now."""
        withdrawn = set(runs)
        places = (place for place, run in enumerate(self._playlist) if run in withdrawn)
        self._playback.take_out(next(places, len(self._playlist)))
        self._playlist.replace([run for run in self._playlist if run not in withdrawn])

    def drop(self, utterance: Utterance) -> None:
        """End an utterance that failed and of which nothing is to be heard."""
        self._playlist.replace([run for run in self._playlist if run.utterance is not utterance])
        self._production.end_all(utterance)
        self._utterances.end(utterance, Fate.FAILED)

    def discard(self, run: SynthesisRun) -> None:
        """Forget a run of which nothing is to be heard."""
        self._production.end(run)
        run.utterance.runs.remove(run)
        self._utterances.forget_run(run)
        if run in self._playlist:
            self._playback.take_out(self._playlist.index(run))
            self._playlist.remove(run)

    def run_heard(self, run: SynthesisRun) -> None:
        """Go on with the next run: the first one was heard to its end, and so perhaps was its utterance."""
        self._playlist.remove(run)
        utterance = run.utterance
        self._playback.note_passed(
            utterance, run.heard_end(run.frames) if run.text_end is None else run.text_end
        )
        self._utterances.set_latest(utterance)
        if not self._playlist.has(utterance):
            self._end_heard(utterance)
        self._on_changed()

    def _end_heard(self, utterance: Utterance) -> None:
        if utterance.error is not None:
            self._utterances.end(utterance, Fate.FAILED)
        else:
            self._playback.note_passed(utterance, len(utterance))
            self._utterances.end(utterance, Fate.HEARD if _is_sounded(utterance) else Fate.SHOWN)
        self._production.reconsider()

    def _follow(self) -> None:
        """Have production and the pump look at the new order, and whoever draws it."""
        self._production.wake()
        self._playback.wake()
        self._on_changed()


def _is_sounded(utterance: Utterance) -> bool:
    """Return whether a device has played all of the utterance."""
    return utterance.shown_from is None or not utterance.text[utterance.shown_from :].strip()
