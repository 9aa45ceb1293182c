"""A sound engine whose clock the test holds: it says one text, foretells its words, and may break off."""

from __future__ import annotations

import re
from collections.abc import Callable

from fishcaption.core.speech import Fate, PlayerState, Snapshot, Span, State, UtteranceView

TEXT = "Hello brave new world. Good morning to all of you. Sleep well."
WORDS = [Span(*match.span()) for match in re.finditer(r"\w+", TEXT)]
WORD_SECONDS = 0.3
SENTENCES = [0, 4, 10]  # the first word of each


class Sounding:
    """What the track needs of the engine. A place is in words; the sound of a word takes 0.3 s at speed 1."""

    def __init__(self) -> None:
        self.now = 100.0
        self.looks = 0
        self._place = 0.0  # at `_at`
        self._at = 0.0
        self._speed = 1.0
        self._state = State.IDLE
        self._there = 0.0  # the sound before this place has come from the voice
        self._signal_until = 0.0
        self._subscribers: list[Callable[[], None]] = []

    # -- what is done to it ------------------------------------------------------------------------

    def speak(self) -> None:
        self._go(State.SPEAKING, place=0.0)
        self._there = float(len(WORDS))

    def pause(self) -> None:
        if self._state is State.SPEAKING:
            self._go(State.PAUSED)

    def resume(self) -> None:
        if self._state is State.PAUSED:
            self._go(State.SPEAKING)

    def stop(self) -> None:
        self._go(State.IDLE)

    def back(self) -> None:
        if self._state is not State.IDLE:
            self._go(State.SPEAKING, place=max(first for first in SENTENCES if first <= self.place()))

    def speed(self, factor: float) -> None:
        self._go(self._state)
        self._speed = factor

    def run_dry(self) -> None:
        """The voice is slow: two words on, the sound breaks off. Nobody is told before."""
        self._there = min(self._there, self.place() + 2)

    def feed(self) -> None:
        """The voice goes on."""
        self._go(self._state)
        self._there = float(len(WORDS))

    # -- what is true ------------------------------------------------------------------------------

    def place(self, later: float = 0.0) -> float:
        """The place of the ear."""
        if self._state is not State.SPEAKING:
            return self._place
        return min(self._there, self._place + (self.now + later - self._at) * self._speed / WORD_SECONDS)

    def word(self, later: float = 0.0) -> Span | None:
        """The word at the ear, now or a little later, if nothing is done."""
        place = self.place(later)
        is_there = self._state is not State.IDLE and place < len(WORDS)
        return WORDS[int(place)] if is_there else None

    # -- captions.track.Speech ---------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        self.looks += 1
        view = UtteranceView(1, TEXT, False, Fate.SPEAKING, len(TEXT), 0, self.word(), None)
        return Snapshot(self._state, None, view, (), 0.0, None, PlayerState("", True, None))

    def next_moment(self) -> float | None:
        place = self.place()
        if self._state is not State.SPEAKING or place >= self._there:
            return None
        return self._at + (int(place) + 1 - self._place) * WORD_SECONDS / self._speed + 1e-6

    def subscribe(self, callback: Callable[[], None], /) -> Callable[[], None]:
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def _go(self, state: State, place: float | None = None) -> None:
        self._place = self.place() if place is None else place
        self._at, self._state = self.now, state
        for callback in tuple(self._subscribers):
            callback()


class HeldAlarm:
    """An alarm that rings when the test says so."""

    def __init__(self) -> None:
        self.moment: float | None = None
        self._act: Callable[[], object] = self.clear

    def set(self, moment: float, act: Callable[[], object], /) -> None:
        self.moment, self._act = moment, act

    def clear(self) -> None:
        self.moment = None

    def ring(self, now: float) -> None:
        """Ring if it is time."""
        if self.moment is not None and self.moment <= now:
            self.moment = None
            self._act()
