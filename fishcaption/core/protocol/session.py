"""One socket's conversation: acts become frames to send, frames that came become events."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from fishcaption.core.errors import ProtocolError, SynthesisError
from fishcaption.core.protocol.frames import FLUSH, STOP, pack, unpack
from fishcaption.core.protocol.refusals import error_for_event, failed_finish
from fishcaption.core.protocol.requests import TTSRequest

Segments = tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Word times of a timed audio frame: the newest snapshot of one chunk, which replaces earlier ones.

    ``offset`` is in seconds of the session's audio. ``segments`` are (text, start, end), in seconds from
    ``offset``; None if there is nothing new. ``seq`` numbers the chunk, which need not be that of the frame's
    own audio. ``content`` is the chunk's text; empty if the service does not tell it.
    """

    seq: int
    offset: float
    content: str
    segments: Segments | None


@dataclass(frozen=True, slots=True)
class Audio:
    """The next audio, may be empty; whole samples of pcm. ``chunk`` comes on the timed socket only."""

    data: bytes
    chunk: Chunk | None


@dataclass(frozen=True, slots=True)
class Finish:
    """The session is complete: all its audio has come."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event that we do not use."""

    name: str


Event = Audio | Finish | Ignored


class _At(Enum):
    REST = "between sessions"
    OPEN = "speaking"
    STOPPED = "told to stop"


class Session:
    """One socket's conversation in its order: start, text and flush, stop, finish; then start again.

    `start`, `text`, `flush` and `stop` return the frame to send, and raise ProtocolError when it is not their
    turn. ``model_name`` is the model that the socket was opened for: errors name it.
    """

    def __init__(self, model_name: str = "") -> None:
        self._model_name = model_name
        self._at = _At.REST
        self._is_pcm = False
        # the first byte of a sample whose second byte comes with the next frame
        self._odd = b""
        # the newest snapshot as it came and as it was read: the next one usually begins in the same way
        self._snapshot: list[Any] = []
        self._segments: Segments = ()

    def _turn(self, act: str, *allowed: _At) -> None:
        if self._at not in allowed:
            raise ProtocolError(f"{act} was given to a session that is {self._at.value}.")

    def start(self, request: TTSRequest) -> bytes:
        """Begin a session; its audio is counted from zero again."""
        self._turn("start", _At.REST)
        frame = pack({"event": "start", "request": request.to_wire()})
        self._at = _At.OPEN
        self._is_pcm = request.format == "pcm"
        self._odd = b""
        return frame

    def text(self, text: str) -> bytes:
        """Append to the text to be spoken, verbatim."""
        self._turn("text", _At.OPEN)
        return pack({"event": "text", "text": text})

    def flush(self) -> bytes:
        """Have all text so far spoken now, without waiting for more."""
        self._turn("flush", _At.OPEN)
        return FLUSH

    def stop(self) -> bytes:
        """Have the rest spoken, and end the session."""
        self._turn("stop", _At.OPEN)
        self._at = _At.STOPPED
        return STOP

    def receive(self, frame: bytes) -> Event:
        """Take one frame of the service; return its event.

        Raises the error of an ``error`` event or a failed ``finish``, SynthesisError for a finish that was
        not asked for, and ProtocolError for a frame that is no event or comes out of order.
        """
        event = unpack(frame)
        match event["event"]:
            case "audio":
                return self._audio(event)
            case "finish":
                return self._finish(event)
            case "error":
                raise error_for_event(event.get("error"), event.get("max_concurrency"), self._model_name)
            case name:
                return Ignored(name)

    def _audio(self, event: dict[str, Any]) -> Audio:
        if self._at is _At.REST:
            raise ProtocolError("The voice's service sent audio outside a session.")
        data = event.get("audio")
        if data is None:  # as with a frame that only corrects the times of words
            data = b""
        if type(data) is not bytes:
            raise ProtocolError("The voice's service sent audio that is not bytes.")
        if self._is_pcm and (self._odd or len(data) % 2):
            data = self._odd + data
            whole = len(data) & ~1
            self._odd = data[whole:]
            data = data[:whole]
        return Audio(data, self._chunk(event) if "chunk_seq" in event else None)

    def _finish(self, event: dict[str, Any]) -> Finish:
        was = self._at
        self._at = _At.REST
        if event.get("reason") == "error":
            raise failed_finish(event.get("message"))
        if was is _At.REST:
            raise ProtocolError("The voice's service finished a session that had not begun.")
        if was is _At.OPEN:
            raise SynthesisError(
                "The service stopped before the end of the text.", hint="Try again in a moment."
            )
        return Finish()

    def _chunk(self, event: dict[str, Any]) -> Chunk | None:
        """Return the frame's word times; None if they make no sense, since the audio is good without them."""
        seq = event["chunk_seq"]
        offset = _seconds(event.get("chunk_audio_offset_sec"))
        content = event.get("content")
        if not isinstance(seq, int) or seq < 0 or offset is None:
            return None
        alignment = event.get("alignment")
        snapshot = alignment.get("segments") if isinstance(alignment, dict) else None
        segments = None
        if isinstance(snapshot, list) and 0 < len(snapshot) <= _MOST_SEGMENTS:
            segments = self._read_snapshot(snapshot)
        if not isinstance(content, str) or len(content) > _MOST_CONTENT:
            content = ""
        return Chunk(seq, offset, content, segments)

    def _read_snapshot(self, snapshot: list[Any]) -> Segments | None:
        known = len(self._snapshot)
        try:
            if snapshot[:known] != self._snapshot:
                known = 0
        except RecursionError as error:
            raise ProtocolError("The voice's service sent lists that are nested too deeply.") from error
        new = []
        length = sum(len(text) for text, _, _ in self._segments[:known])
        for segment in snapshot[known:]:
            if not isinstance(segment, dict) or not isinstance(text := segment.get("text"), str):
                return None
            length += len(text)
            if length > _MOST_CONTENT:
                return None
            start, end = _seconds(segment.get("start")), _seconds(segment.get("end"))
            if start is None or end is None:
                return None
            new.append((text, start, max(start, end)))
        if new or not known:
            self._segments = (*self._segments[:known], *new)
            self._snapshot = snapshot
        return self._segments


_LONGEST_SECONDS = 1e6
# A chunk of text has at most 300 characters, like our pieces: a longer alignment cannot be right.
_MOST_SEGMENTS = 600
_MOST_CONTENT = 2000  # characters of a chunk's text and of all its words, folded (one may become eighteen)


def _seconds(value: object) -> float | None:
    if isinstance(value, (int, float)) and 0 <= value <= _LONGEST_SECONDS:  # not-a-number compares false
        return float(value)
    return None
