"""One session on one socket, from its start to its finish or loss: its progress, and signs that it fails.

`utterance` sends and receives; the session counts what came, and when. That tells if a service sends without
end, or has gone silent although it owes us something.
"""

from __future__ import annotations

import asyncio
from collections import deque

from fishcaption.core.errors import ConnectionLost, FishCaptionError, ProtocolError, SynthesisError
from fishcaption.core.models import model
from fishcaption.core.text.tags import words_only
from fishcaption.core.timing.alignment import AlignmentTracker
from fishcaption.fish.sockets import Patience, Socket

_MOST_AHEAD_BYTES = 16_000_000
"""Three minutes of audio: more than the text that is sent ahead of the ear can become."""

_FRAME_BYTES = 64
"""The memory that a frame in the queue takes beside its content."""

_MOST_CHATTER = 4
"""So many times longer than silence is allowed to a service that sends something, but not what it owes."""

_MOST_SECONDS_A_CHARACTER = 1.0  # Chinese takes a quarter of it
_MOST_SECONDS = 60.0
_MOST_MESSAGES_A_CHARACTER = 200  # the service sends two a second
_MOST_MESSAGES = 1000
"""The most that may come for each character of a session's text, and beside that: more is endless."""


class LiveSession:
    """One session's state. ``rate`` is frames a second.

    ``text_start`` and ``first_frame`` say where in the utterance its text and its sound begin.
    """

    __slots__ = (
        "_ahead",
        "_last_came",
        "_last_news",
        "_last_sent",
        "_messages",
        "_now",
        "_rate",
        "_reading",
        "awaits_sound",
        "failure",
        "family",
        "first_frame",
        "frames",
        "has_answered",
        "is_held",
        "is_stopping",
        "sent_end",
        "socket",
        "start",
        "tracker",
    )

    def __init__(self, socket: Socket, rate: int, text_start: int, first_frame: int) -> None:
        self.socket = socket
        self.family = model(socket.endpoint.model).family  # which marks are not said, and have no times
        self.tracker = AlignmentTracker(rate, text_start=text_start, first_frame=first_frame)
        self.start = text_start
        self.first_frame = first_frame
        self.sent_end = text_start  # the utterance's text before this has been said or sent
        self.frames = 0
        self.has_answered = False  # something has come that was understood
        self.is_stopping = False  # stop has been sent
        self.is_held = False  # the sink keeps us waiting: silence is our own doing
        self.awaits_sound = False  # something to say has been flushed, and no audio has come since
        self.failure: FishCaptionError | None = None  # why we cut the connection ourselves
        self._rate = rate
        self._messages = 0  # of any kind
        self._now = asyncio.get_running_loop().time
        self._last_sent = self._last_came = self._now()
        self._last_news = self._last_sent  # sound, or times of words
        self._ahead: deque[bytes | str] = deque()  # frames read while the sink held us for long
        self._reading: asyncio.Task[None] | None = None  # reads them

    def words(self, text: str) -> str:
        """Return a text as the service says it: marks that are not said are blanks."""
        return words_only(text, self.family)

    # what goes out and comes in

    def sent(self) -> None:
        """Take note that something was sent just now."""
        self._last_sent = self._now()

    def came(self) -> None:
        """Take note that a message has been dealt with."""
        self._last_came = self._now()

    def words_came(self) -> None:
        """Take note that times of words have come."""
        self._last_news = self._now()

    def sound_came(self, frames: int, text_length: int) -> None:
        """Count so much sound. Raises ProtocolError if it is too much for so many characters."""
        self.awaits_sound = False
        self.frames += frames
        self._last_news = self._now()
        if self.frames > (_MOST_SECONDS + _MOST_SECONDS_A_CHARACTER * text_length) * self._rate:
            raise _endless()

    def message_came(self, text_length: int) -> None:
        """Count a message. Raises ProtocolError if there are too many for so many characters."""
        self._messages += 1
        if self._messages > _MOST_MESSAGES + _MOST_MESSAGES_A_CHARACTER * text_length:
            raise _endless()

    async def next_frame(self) -> bytes | str:
        """Return the next frame, of those that were read in a pause or of those that come."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])
            self._reading = None
        if self._ahead:
            await asyncio.sleep(0)  # there may be thousands, and no sink that waits
            return self._ahead.popleft()
        return await self.socket.receive()

    def read_ahead(self, tasks: asyncio.TaskGroup, held_seconds: float) -> None:
        """Read on, in a task of the group, once the sink has held us for ``held_seconds``: a long pause.

        Pings that nobody reads are not answered, which ends a connection.
        """
        if self._reading is None and self._now() - self._last_came >= held_seconds:
            self._reading = tasks.create_task(self._read_ahead())

    async def _read_ahead(self) -> None:
        size = 0
        try:
            while size < _MOST_AHEAD_BYTES:
                frame = await self.socket.receive()
                self._ahead.append(frame)
                size += len(frame) + _FRAME_BYTES
        except (ConnectionLost, ProtocolError):
            return  # who receives meets it too, after what was read

    # time

    def quiet_seconds(self) -> float:
        """Return for how long nothing has come."""
        return self._now() - self._last_came

    def rests(self, idle_seconds: float) -> bool:
        """Return whether nothing has been sent for so long."""
        return self._now() - self._last_sent >= idle_seconds

    def is_silent(self, patience: Patience, *, is_writing: bool) -> bool:
        """Return whether the service owes something, and has sent nothing of it for too long."""
        now = self._now()
        quiet = now - max(self._last_sent, self._last_came)
        newsless = now - max(self._last_sent, self._last_news)
        for is_owed, seconds in (
            (self.awaits_sound or is_writing, patience.first_audio_seconds),
            (self.is_stopping, patience.between_audio_seconds),
        ):
            if is_owed:
                return quiet >= seconds or newsless >= _MOST_CHATTER * seconds
        return False

    def give_up_silent(self) -> None:
        """Cut the connection to a service that has gone silent."""
        self.failure = SynthesisError(
            "The voice's service has gone silent.", hint="Try again, or choose another voice."
        )
        self.socket.abandon()


def _endless() -> ProtocolError:
    return ProtocolError(
        "The voice's service goes on sending without end.", hint="Choose another voice or model."
    )
