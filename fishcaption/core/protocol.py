"""Fish Audio's live protocol without the network: what may be asked for, and one conversation's frames.

Here live the request with its limits, and the frames in both directions. Sockets do not: `Session` turns acts
into bytes and bytes into events, and knows the order in which they may come. Which words of the text its word
times belong to is found in `core.timing.alignment`; what the models are, in `core.models`.

The rule of this file: whatever bytes the other side sends, only errors of our tree come out.

Frames are MessagePack maps with the key ``event``. To the service: start, then text and flush in any number,
then stop. From it: audio, then finish; or error, after which the socket closes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any, Literal, get_args

import ormsgpack

from fishcaption.core.errors import (
    FishCaptionError,
    Forbidden,
    InputError,
    ModelUnavailable,
    PaymentRequired,
    ProtocolError,
    RateLimited,
    SynthesisError,
    Unauthorized,
)
from fishcaption.core.models import DEFAULT_MODEL as DEFAULT_MODEL
from fishcaption.core.models import MODELS as MODELS
from fishcaption.core.models import model as model
from fishcaption.core.models import price as price
from fishcaption.core.speech import Latency
from fishcaption.core.untrusted import one_line

# --- formats ------------------------------------------------------------------------------------------------

Format = Literal["pcm", "wav", "mp3", "opus"]

RATES: Mapping[str, tuple[int, ...]] = {
    "pcm": (8000, 16000, 24000, 32000, 44100),
    "wav": (8000, 16000, 24000, 32000, 44100),
    "mp3": (32000, 44100),
    "opus": (48000,),
}
"""Frames a second that each format can have."""

DEFAULT_RATES: Mapping[str, int] = {"pcm": 44100, "wav": 44100, "mp3": 44100, "opus": 48000}
"""What a format has where the request does not say."""


# --- the request -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reference:
    """A recording of a voice (WAV, MP3 or FLAC, 10 to 30 s) and exactly what it says."""

    audio: bytes
    text: str


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """``key`` is spoken as ``value`` says. Plain substrings, the leftmost longest first."""

    key: str
    value: str
    case_sensitive: bool = False


@dataclass(frozen=True, slots=True)
class DictionaryVersion:
    """A pronunciation dictionary that is kept by the service."""

    id: str
    version: int


Dictionary = tuple[Pronunciation, ...] | DictionaryVersion

_FIELD_LIMITS: Mapping[str, tuple[float, float, str]] = {
    "temperature": (0, 1, "The temperature"),
    "top_p": (0, 1, "Top-p"),
    "speed": (0.5, 2.0, "The speed"),
    "volume": (-20, 20, "The volume (in dB)"),
    "chunk_length": (100, 300, "The chunk length"),
    "min_chunk_length": (0, 100, "The shortest chunk length"),
    "max_new_tokens": (1, 65536, "The number of new tokens"),
    "repetition_penalty": (0.1, 10, "The repetition penalty"),
    "early_stop_threshold": (0, 1, "The early stop threshold"),
}
_CHOICES: Mapping[str, tuple[Any, ...]] = {
    "format": tuple(RATES),
    "latency": get_args(Latency),
    "mp3_bitrate": (64, 128, 192),
    "opus_bitrate": (-1000, 24000, 32000, 48000, 64000),
}
_MAX_DICTIONARIES = 3
_MAX_PRONUNCIATIONS = 5000


@dataclass(frozen=True, slots=True)
class TTSRequest:
    """How a session speaks: the request of ``start`` and of ``POST /v1/tts``. The defaults are the service's.

    ``speed``, ``volume`` (dB) and ``normalize_loudness`` travel as ``prosody``. ``sample_rate`` is frames a
    second, ``mp3_bitrate`` kbit/s, ``opus_bitrate`` bit/s (-1000: the service chooses). Raises InputError
    where a value is outside what the service's reference allows.
    """

    text: str = ""
    reference_id: str | tuple[str, ...] | None = None
    references: tuple[Reference, ...] = ()
    temperature: float = 0.7
    top_p: float = 0.7
    speed: float = 1.0
    volume: float = 0.0
    normalize_loudness: bool = True
    chunk_length: int = 300
    min_chunk_length: int = 50
    normalize: bool = True
    format: Format = "mp3"
    sample_rate: int | None = None
    mp3_bitrate: int = 128
    opus_bitrate: int = -1000
    latency: Latency = "normal"
    max_new_tokens: int = 1024
    repetition_penalty: float = 1.2
    condition_on_previous_chunks: bool = True
    early_stop_threshold: float = 1.0
    features: tuple[str, ...] = ()
    pronunciation_dictionary: tuple[Dictionary, ...] = ()

    def __post_init__(self) -> None:
        for name, (low, high, what) in _FIELD_LIMITS.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not low <= value <= high:  # not-a-number compares false
                raise InputError(f"{what} must be between {low:g} and {high:g}, and is {value}.")
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                known = ", ".join(str(choice) for choice in choices)
                raise InputError(f"{name} must be one of {known}, and is {str(getattr(self, name))[:40]!r}.")
        if self.sample_rate is not None and self.sample_rate not in RATES[self.format]:
            known = ", ".join(str(rate) for rate in RATES[self.format])
            raise InputError(f"{self.format} can have {known} frames a second, not {self.sample_rate}.")
        self._check_dictionaries()

    def _check_dictionaries(self) -> None:
        dictionaries = self.pronunciation_dictionary
        if len(dictionaries) > _MAX_DICTIONARIES:
            raise InputError(f"At most {_MAX_DICTIONARIES} pronunciation dictionaries can be used at once.")
        if len({isinstance(dictionary, DictionaryVersion) for dictionary in dictionaries}) > 1:
            raise InputError(
                "Pronunciations written out and dictionaries kept by the service cannot be mixed."
            )
        for dictionary in dictionaries:
            if isinstance(dictionary, DictionaryVersion):
                continue
            if len(dictionary) > _MAX_PRONUNCIATIONS:
                raise InputError(
                    f"A pronunciation dictionary can have {_MAX_PRONUNCIATIONS} entries at most."
                )
            for entry in dictionary:
                if not 1 <= len(entry.key) <= 256 or not 1 <= len(entry.value) <= 1024:
                    raise InputError(
                        "A pronunciation needs a word of 1 to 256 characters, and 1 to 1024 for it."
                    )

    @property
    def rate(self) -> int:
        """Frames a second of what comes."""
        return self.sample_rate or DEFAULT_RATES[self.format]

    def to_wire(self) -> dict[str, Any]:
        """The map to send. What the service's documents disagree on is always said, defaults are not."""
        request: dict[str, Any] = {
            "text": self.text,
            "format": self.format,
            "sample_rate": self.rate,
            "latency": self.latency,
            "chunk_length": self.chunk_length,
        }
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name not in request and field.name not in _PROSODY and value != field.default:
                request[field.name] = _PLAIN[field.name](value) if field.name in _PLAIN else value
        prosody = {name: getattr(self, name) for name in _PROSODY}
        if any(prosody[field.name] != field.default for field in fields(self) if field.name in prosody):
            request["prosody"] = prosody
        return request


_PROSODY = ("speed", "volume", "normalize_loudness")


def _plain_dictionary(dictionary: Dictionary) -> dict[str, Any]:
    if isinstance(dictionary, DictionaryVersion):
        return {"id": dictionary.id, "version": dictionary.version}
    return {
        "items": [
            {"key": entry.key, "value": entry.value, "case_sensitive": entry.case_sensitive}
            for entry in dictionary
        ]
    }


_PLAIN: Mapping[str, Any] = {
    "reference_id": lambda ids: ids if isinstance(ids, str) else list(ids),
    "references": lambda all_: [{"audio": one.audio, "text": one.text} for one in all_],
    "features": list,
    "pronunciation_dictionary": lambda all_: [_plain_dictionary(one) for one in all_],
}

# --- errors ----------------------------------------------------------------------------------------------

_SHOWN = 200
_MOST_CONCURRENCY = 10_000


def _said(message: object) -> str:
    """The service's own words, fit to be shown on one line."""
    return one_line(message, _SHOWN) if isinstance(message, str) else ""


def _with_reason(sentence: str, said: str) -> str:
    return f"{sentence}: {said}" if said else f"{sentence}."


def _unauthorized(said: str) -> Unauthorized:
    return Unauthorized(
        _with_reason("The service does not accept the key", said),
        hint="Check the key: copy it again from your account's page of keys, whole and without blanks.",
    )


def _payment_required(said: str, model_name: str) -> PaymentRequired:
    found = MODELS.get(model_name)
    if found is not None and not found.price:
        return PaymentRequired(
            _with_reason(f"{model_name} was free, and now the service wants to be paid for it", said),
            hint="Choose a model that you pay for and buy API credit, or let a voice on this computer speak.",
        )
    return PaymentRequired(
        _with_reason("There is no API credit for this model", said),
        hint="Buy API credit (it is separate from the platform's credit), or choose another model or a voice "
        "on this computer.",
    )


def _forbidden(said: str) -> Forbidden:
    return Forbidden(
        _with_reason("This voice or model is not to be had with this key", said),
        hint="Choose another voice or model.",
    )


def _model_refused(said: str, model_name: str) -> ModelUnavailable:
    name = f" {model_name}" if model_name else ""
    return ModelUnavailable(
        _with_reason(f"The service does not let this key use the model{name}", said),
        hint="Choose another model, or let a voice on this computer speak.",
    )


def _rate_limited(said: str, max_concurrency: int | None = None) -> RateLimited:
    at_once = f" ({max_concurrency} at once)" if max_concurrency is not None else ""
    return RateLimited(
        _with_reason(f"The service is asked for too much at the same time{at_once}", said),
        hint="Close other programs that use this key, or try again in a moment.",
        max_concurrency=max_concurrency,
    )


def error_for_status(status: int, message: object = None, model_name: str = "") -> FishCaptionError:
    """What an HTTP answer other than success means.

    ``message`` is the answer's own, where it has one; ``model_name`` the model that was asked for, where only
    it and the key can have been refused.
    """
    said = _said(message)
    match status:
        case 401:
            return _unauthorized(said)
        case 402:
            return _payment_required(said, model_name)
        case 403 if model_name:
            return _model_refused(said, model_name)
        case 403 | 404:
            return _forbidden(said)
        case 429:
            return _rate_limited(said)
        case _ if status >= 500:
            return SynthesisError(
                _with_reason(f"The service has trouble of its own (HTTP {status})", said),
                hint="Try again in a moment.",
            )
        case _:
            return ProtocolError(
                _with_reason(f"The service answered in a way we do not understand (HTTP {status})", said),
                hint="If you are behind a proxy or a sign-in page, that may be what answered.",
            )


def _cannot_say(said: str) -> Forbidden:
    """The embedded voice's own refusal of a script it does not speak: what happened, and what to do."""
    what, _, advice = said.partition(". ")
    return Forbidden(what.rstrip(".") + ".", hint=advice or "Choose a voice that speaks this language.")


def _has(said: str, *words: str) -> bool:
    return any(word in said for word in words)


def _error_for_event(message: object, max_concurrency: object, model_name: str) -> FishCaptionError:
    """What an ``error`` event means: the service says it in words only, but for the concurrency refusal.

    The words are looked for in what is shown of it: so much is certain to be short.
    """
    said = _said(message)
    if type(max_concurrency) is int:
        return _rate_limited(said, min(max(max_concurrency, 0), _MOST_CONCURRENCY))
    words = said.lower()
    if "cannot say " in words and " text" in words:
        return _cannot_say(said)
    if _has(words, "concurren", "rate limit", "rate-limit", "rate_limit", "ratelimit", "too many"):
        return _rate_limited(said)
    if _has(words, "credit", "balance", "payment", "quota"):
        return _payment_required(said, model_name)
    if _has(
        words,
        "api key",
        "api-key",
        "api_key",
        "apikey",
        "invalid token",
        "unauthoriz",
        "unauthoris",
        "authenticat",
    ):
        return _unauthorized(said)
    if "model" in words and not _has(words, "reference", "voice"):
        return _model_refused(said, model_name)
    if _has(words, "reference", "voice", "permission", "not found", "forbidden"):
        return _forbidden(said)
    if _has(words, "load", "busy", "internal", "timeout", "timed out", "unavailable", "try again"):
        return SynthesisError(_with_reason("The service has trouble", said), hint="Try again in a moment.")
    return ProtocolError(
        _with_reason("The service refused what was asked", said),
        hint="Try another voice or model. If it happens again, please report it.",
    )


def worth_retrying(error: FishCaptionError) -> bool:
    """Whether the same text may well succeed on another connection, with nothing changed by the user."""
    return error.retryable


# --- frames ----------------------------------------------------------------------------------------------


def pack(event: Mapping[str, Any]) -> bytes:
    """The frame of one event. Raises InputError for text that has no UTF-8 form (half a surrogate pair)."""
    try:
        return ormsgpack.packb(event)
    except TypeError as error:
        raise InputError("This text holds half a character, which cannot be sent.") from error


_FEW_BYTES = 16_384
_MOST_VALUES = 10_000
"""Of a frame. A timed one of 300 Chinese characters has 2,200. 4 MB of empty lists are 850 ms and 290 MB."""

_FIXED = {0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8}
_SIZED = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}
_NESTED = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}


def _holds_few(frame: bytes) -> bool:
    """Whether it has so few values that unpacking it is nothing, whatever lengths it claims to have."""
    if len(frame) <= _FEW_BYTES:
        return True
    at, left = 0, 1
    for _ in range(_MOST_VALUES):
        if not left or at >= len(frame):
            return True
        kind = frame[at]
        at += 1
        left -= 1
        if 0x80 <= kind <= 0x8F:
            left += 2 * (kind & 0x0F)
        elif 0x90 <= kind <= 0x9F:
            left += kind & 0x0F
        elif 0xA0 <= kind <= 0xBF:
            at += kind & 0x1F
        elif kind in _FIXED:
            at += _FIXED[kind]
        elif kind in _SIZED:
            width = _SIZED[kind]
            at += width + int.from_bytes(frame[at : at + width], "big")
        elif kind in _NESTED:
            width, each = _NESTED[kind]
            left += each * int.from_bytes(frame[at : at + width], "big")
            at += width
    return False


def unpack(frame: bytes) -> dict[str, Any]:
    """The event of one frame. Raises ProtocolError unless it is a map with the name of an event."""
    if not _holds_few(frame):
        raise ProtocolError("The voice's service sent a message with more in it than any has.")
    try:
        event = ormsgpack.unpackb(frame)
    except ValueError as error:
        raise ProtocolError("The voice's service sent bytes that are no message.") from error
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        raise ProtocolError("The voice's service sent a message that is no event.")
    return event


Segments = tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """What a timed audio frame says of the words: the newest snapshot of one chunk, replacing earlier ones.

    Seconds are on the session's audio. ``segments`` are (text, start, end) counted from ``offset``; None:
    nothing new. ``seq`` does not tell whose the frame's own bytes are. ``content`` is its text, if told.
    """

    seq: int
    offset: float
    content: str
    segments: Segments | None


@dataclass(frozen=True, slots=True)
class Audio:
    """The next audio, may be empty; of pcm whole samples. ``chunk`` comes on the timed socket only."""

    data: bytes
    chunk: Chunk | None


@dataclass(frozen=True, slots=True)
class Finish:
    """The session is complete: all its audio has come."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event that is not for us."""

    name: str


Event = Audio | Finish | Ignored

FLUSH = pack({"event": "flush"})
STOP = pack({"event": "stop"})

TEXT_BYTES = 4096
"""The most UTF-8 bytes of one text frame: what is not yet sent of a large text can still be taken back."""


def text_parts(text: str) -> Iterator[str]:
    """The text in parts of at most `TEXT_BYTES` bytes each, none empty; cut after a blank if there is one."""
    if len(text) * 4 <= TEXT_BYTES:
        if text:
            yield text
        return
    data = text.encode("utf-8", "surrogatepass")
    start = 0
    while start < len(data):
        end = min(start + TEXT_BYTES, len(data))
        if end < len(data):
            end = data.rfind(b" ", start, end) + 1 or end
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        yield data[start:end].decode("utf-8", "surrogatepass")
        start = end


class _At(Enum):
    REST = "between sessions"
    OPEN = "speaking"
    STOPPED = "told to stop"


class Session:
    """The order of one socket's conversation: start, text and flush, stop, and finish; then start again.

    The methods of acts return the frame to send, and raise ProtocolError when it is not their turn.
    ``model_name`` is the model that the socket was opened for: refusals are told with it.
    """

    def __init__(self, model_name: str = "") -> None:
        self._model_name = model_name
        self._at = _At.REST
        self._is_pcm = False
        # half a sample, until its other half comes with the next frame
        self._odd = b""
        # the newest snapshot, as it came and as it was understood: the next one mostly begins like it
        self._snapshot: list[Any] = []
        self._segments: Segments = ()

    def _turn(self, act: str, *allowed: _At) -> None:
        if self._at not in allowed:
            raise ProtocolError(f"{act} was given to a session that is {self._at.value}.")

    def start(self, request: TTSRequest) -> bytes:
        """Begin a session: what comes of it is counted from zero again."""
        self._turn("start", _At.REST)
        frame = pack({"event": "start", "request": request.to_wire()})
        self._at = _At.OPEN
        self._is_pcm = request.format == "pcm"
        self._odd = b""
        return frame

    def text(self, text: str) -> bytes:
        """Append to what is to be said, verbatim."""
        self._turn("text", _At.OPEN)
        return pack({"event": "text", "text": text})

    def flush(self) -> bytes:
        """Have it said now, without waiting for more."""
        self._turn("flush", _At.OPEN)
        return FLUSH

    def stop(self) -> bytes:
        """Have the rest said, and the session finished."""
        self._turn("stop", _At.OPEN)
        self._at = _At.STOPPED
        return STOP

    def receive(self, frame: bytes) -> Event:
        """Take one frame of the service.

        Raises what an ``error`` event or a failed ``finish`` means, SynthesisError for a finish that nobody
        asked for, ProtocolError for what is no event or is out of order.
        """
        event = unpack(frame)
        match event["event"]:
            case "audio":
                return self._audio(event)
            case "finish":
                return self._finish(event)
            case "error":
                raise _error_for_event(event.get("error"), event.get("max_concurrency"), self._model_name)
            case name:
                return Ignored(name)

    def _audio(self, event: dict[str, Any]) -> Audio:
        if self._at is _At.REST:
            raise ProtocolError("The voice's service sent audio outside a session.")
        data = event.get("audio")
        if data is None:  # as with a frame that only corrects the times of words
            data = b""
        if type(data) is not bytes:
            raise ProtocolError("The voice's service sent audio that is no bytes.")
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
            raise SynthesisError(
                _with_reason("The service failed while speaking", _said(event.get("message"))),
                hint="Try again in a moment.",
            )
        if was is _At.REST:
            raise ProtocolError("The voice's service finished a session that was not begun.")
        if was is _At.OPEN:
            raise SynthesisError("The service ended before the text did.", hint="Try again in a moment.")
        return Finish()

    def _chunk(self, event: dict[str, Any]) -> Chunk | None:
        """What the frame says of its words. Words that make no sense are as good as none: nobody is muted."""
        seq = event["chunk_seq"]
        offset = _seconds(event.get("chunk_audio_offset_sec"))
        content = event.get("content")
        if not isinstance(seq, int) or seq < 0 or offset is None:
            return None
        alignment = event.get("alignment")
        snapshot = alignment.get("segments") if isinstance(alignment, dict) else None
        segments = None
        if isinstance(snapshot, list) and 0 < len(snapshot) <= _MOST_SEGMENTS:
            segments = self._understood(snapshot)
        if not isinstance(content, str) or len(content) > _MOST_CONTENT:
            content = ""
        return Chunk(seq, offset, content, segments)

    def _understood(self, snapshot: list[Any]) -> Segments | None:
        known = len(self._snapshot)
        try:
            if snapshot[:known] != self._snapshot:
                known = 0
        except RecursionError as error:
            raise ProtocolError("The voice's service sent lists within lists without end.") from error
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
# A chunk of text has 300 characters, a piece of ours at most as many: more than this is no alignment of them.
_MOST_SEGMENTS = 600
_MOST_CONTENT = 2000  # characters, of a chunk's text and of all its words: folding one may make it eighteen


def _seconds(value: object) -> float | None:
    if isinstance(value, (int, float)) and 0 <= value <= _LONGEST_SECONDS:  # not-a-number compares false
        return float(value)
    return None
