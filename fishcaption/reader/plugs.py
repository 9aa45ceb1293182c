"""Interfaces that others provide to the reader: voices, the sound device, and memory for audio.

Sound is int16 little-endian mono everywhere. Frames are those of the voice (source frames), whatever the rate
of the device and the speed of listening.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple, Protocol

from fishcaption.core.speech import Delivery, Family, Heard, Manner, Piece, PlayerState, Voice

Sink = Callable[[Delivery], Awaitable[None]]


class Synthesizer(Protocol):
    """A voice: turns the pieces of an utterance into audio, and says when which word sounds."""

    @property
    def voice(self) -> Voice:
        """The voice, as it is shown to the user."""
        ...

    @property
    def rate(self) -> int:
        """Frames a second of the audio that `speak` delivers; fixed for the life of the object."""
        ...

    async def speak(self, pieces: AsyncIterator[Piece], sink: Sink) -> None:
        """Speak the pieces as they come, each flushed at its end; return when the sink has all audio.

        The iterator may wait between pieces for as long as the typist pauses. The sink is awaited: while it
        waits, the service is held back. A lost connection is mended inside: no word is lost, and at most one
        piece is said twice. Audio that was delivered is never taken back.

        Raises FishCaptionError. Cancelling abandons the conversation at once.
        """
        ...


class Turn(NamedTuple):
    """A stretch [start, end) of an utterance's text and the voice that says it.

    ``family`` says which marks its model acts on. The language is the first of the voice's own.
    """

    start: int
    end: int
    synthesizer: Synthesizer
    family: Family
    marks: tuple[tuple[int, int, str], ...] = ()
    """Stretches [start, end) of the text in whose place the voice is given these marks: who speaks from there
    on, where one conversation has several speakers."""
    apart: tuple[Turn, ...] = ()
    """The same text in turns of one speaker each, for when that conversation fails."""
    manner: Manner = Manner()


class Player(Protocol):
    """The sound device; it plays clips one after another. Commands return at once, and are done in order."""

    def warm(self) -> None:
        """Open the device if it is closed; called when the window gets the focus and at the first key."""
        ...

    def begin(self, rate: int, gain: float = 1.0, pace: float = 1.0) -> int:
        """Open the next clip and return its number (1, 2, …). It sounds after those before it.

        ``gain``, above 0.0 and up to 4.0, makes this clip louder or softer; peaks are limited, not clipped.
        ``pace``, from 0.1 to 6.0, makes it faster or slower than `speed` alone, at the same pitch.
        """
        ...

    async def write(self, pcm: bytes) -> None:
        """Append audio, split anywhere, to the newest clip; wait while 20 s or more of that clip are unheard.

        Audio for a clip that was flushed is dropped. Raises AudioDeviceError when there will be no device.
        """
        ...

    def end(self) -> None:
        """Take it that no more audio will come for the newest clip."""
        ...

    def pause(self) -> None:
        """Fade out and hold the sound; nothing is lost."""
        ...

    def resume(self) -> None:
        """Go on at the very next frame."""
        ...

    def flush(self) -> None:
        """Fade out and drop every clip begun so far.

        A pause ends with that: clips begun afterwards are heard.
        """
        ...

    def cut(self, clip: int, frame: int) -> int:
        """Drop all of a clip from `frame` on, and every later clip; return where it will end.

        The sound ends at `frame`, faded out over the 5 ms before it. Where the device has been given more
        already (`lead_frames` ahead of the ear) it fades at once, and a later frame is returned: an estimate,
        which the sound engine corrects within some 60 ms. The clip is ended there: `reach` of its end is True
        once that is heard; of a frame beyond it, and of a later clip, it is False. A frame beyond what was
        written means all that was written. Audio that is written to these clips afterwards is dropped; the
        next clip begun follows at once. A pause stays. Raises InputError for a clip that was never begun.
        """
        ...

    def lead_frames(self) -> int:
        """Return how many frames ahead of the ear the sound cannot be taken back any more."""
        ...

    def speed(self, factor: float) -> None:
        """Play this many times as fast (0.5 to 3.0) from now on, at the same pitch."""
        ...

    def volume(self, gain: float) -> None:
        """Play with this linear gain (0.0 to 2.0) from now on, changed gradually."""
        ...

    def heard(self) -> Heard:
        """Return the clip and the frame at the ear now; (0, 0) before anything was heard."""
        ...

    def moment(self, clip: int, frame: int) -> float | None:
        """Return when `frame` of a clip will be heard, or was, by `time.perf_counter`.

        None where that is not known: the device does not have it yet, and nothing before it sounds now.
        Audio behind that in the device is expected to follow it without a break; where that turns out
        otherwise, `retimed` returns.
        """
        ...

    async def retimed(self) -> None:
        """Wait until `moment` has another answer: sound begins, breaks off, goes on, or has another speed."""
        ...

    async def reach(self, clip: int, frame: int | None = None) -> bool:
        """Wait until a frame of a clip (None: its end) is heard; return False when it was dropped instead.

        Raises AudioDeviceError when there will be no device.
        """
        ...

    def state(self) -> PlayerState:
        """Return the device's condition now."""
        ...


class AudioBuffer(Protocol):
    """Memory for delivered audio, to be read again. `frames` is the number of frames in it."""

    frames: int

    def append(self, pcm: bytes) -> None:
        """Add whole frames at the end."""
        ...

    def read(self, frame: int, frames: int) -> bytes:
        """Return at most `frames` frames from `frame` on; empty where there are none."""
        ...

    def close(self) -> None:
        """Forget the samples."""
        ...
