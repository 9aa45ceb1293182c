"""The synthesis runs that are still to be heard, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fishcaption.reader.synthesis_run import SynthesisRun
from fishcaption.reader.utterances import Utterance


class Playlist:
    """The runs still to be heard, in order; the first one is at the ear.

    Everybody reads it; only `SpeechQueue` changes it, because the player has to follow each change.
    """

    def __init__(self) -> None:
        self._runs: list[SynthesisRun] = []

    def __iter__(self) -> Iterator[SynthesisRun]:
        return iter(self._runs)

    def __len__(self) -> int:
        return len(self._runs)

    def __contains__(self, run: SynthesisRun) -> bool:
        return run in self._runs

    @property
    def first(self) -> SynthesisRun | None:
        """The run at the ear, or the next one there."""
        return self._runs[0] if self._runs else None

    @property
    def last(self) -> SynthesisRun | None:
        """The run that is heard last."""
        return self._runs[-1] if self._runs else None

    def index(self, run: SynthesisRun) -> int:
        """Return the run's place, from 0."""
        return self._runs.index(run)

    def since(self, place: int) -> list[SynthesisRun]:
        """Return the runs from a place on."""
        return self._runs[place:]

    def utterances(self) -> list[Utterance]:
        """Return the utterances still to be heard, in order; the first is at the ear."""
        return list(dict.fromkeys(run.utterance for run in self._runs))

    def has(self, utterance: Utterance) -> bool:
        """Return whether something of the utterance is still to be heard."""
        return any(run.utterance is utterance for run in self._runs)

    def insert(self, place: int, run: SynthesisRun) -> None:
        """Have the run stand at this place."""
        self._runs.insert(place, run)

    def remove(self, run: SynthesisRun) -> None:
        """Take the run out."""
        self._runs.remove(run)

    def replace(self, runs: Iterable[SynthesisRun]) -> None:
        """Have these runs, in this order."""
        self._runs = list(runs)
