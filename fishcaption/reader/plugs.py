"""What the engine needs of others: who makes sound of text, who lets it be heard, who keeps it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from fishcaption.core.speech import Delivery, Heard, Piece, PlayerState, Voice

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
        which the engine's word replaces within some 60 ms. The clip is ended there: `reach` of its end is
        True once that is heard, of a frame beyond it and of a later clip False. A frame beyond what was
        written means all that was written. What is written to these clips afterwards is dropped; the next
        clip begun follows at once. A pause stays. Raises InputError for a clip that was never begun.
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

    def moment(self, clip: int, frame: int) -> float | None:
        """Return when `frame` of a clip will be heard, or was, by `time.perf_counter`.

        None where nobody can tell: it has not been given to the device and no sound before it sounds now.
        What follows the sound that is in the device is taken to follow it without a break; where that turns
        out otherwise, `retimed` returns.
        """
        ...

    async def retimed(self) -> None:
        """Wait until `moment` has another answer: sound begins, breaks off, goes on, or has another speed."""
        ...

    async def reach(self, clip: int, frame: int | None = None) -> bool:
        """Wait until (clip, frame) is heard; None: the clip's end. False when it was flushed away instead.

        Raises AudioDeviceError when there is no hope of a device.
        """
        ...

    def state(self) -> PlayerState:
        """The device's condition now."""
        ...


class AudioBuffer(Protocol):
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
