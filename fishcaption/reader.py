"""The engine: commands in, snapshots out. It owns every task of speaking and names none who does the work.

It declares the two plugs it needs, a `Synthesizer` (text to sound) and a `Player` (sound to the ear).
Everything it tells of where we are is a function of one number: what the player has been *heard* to play.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import Delivery, Heard, Piece, PlayerState, Span, Voice

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

    def begin(self, rate: int) -> int:
        """Open the next clip and return its number (1, 2, …). It sounds after all before it."""
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
        """Wait until (clip, frame) is heard; None: the clip's end. False when it was flushed away instead."""
        ...

    def state(self) -> PlayerState:
        """The device's condition now."""
        ...


class State(Enum):
    """What the engine is doing, in one word."""

    IDLE = "idle"
    CONNECTING = "connecting"
    SPEAKING = "speaking"
    PAUSED = "paused"
    FAILED = "failed"


class Fate(Enum):
    """What became of an utterance."""

    WAITING = "waiting"  # in the queue
    SPEAKING = "speaking"  # given to the voice; heard up to `heard_end`
    HEARD = "heard"
    CUT = "cut"  # stopped; `heard_end` tells where
    FAILED = "failed"  # an error ended it; the text is kept and can be spoken again


@dataclass(frozen=True, slots=True)
class UtteranceView:
    """One utterance as it is shown. All positions are code points of `text`."""

    id: int
    text: str
    live: bool  # still being typed or piped: text may be appended
    fate: Fate
    sent_end: int  # text before this has been given to the voice
    heard_end: int  # text before this has been heard
    word: Span | None  # the word at the ear now
    error: FishCaptionError | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything a window draws of speaking."""

    state: State
    voice: Voice | None  # who is speaking, or would speak next
    current: UtteranceView | None  # the utterance at the ear, or the last one
    waiting: tuple[int, ...]  # ids still in the queue
    unheard_seconds: float
    error: FishCaptionError | None  # of the last utterance, until the next command
    player: PlayerState
