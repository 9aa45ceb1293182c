"""The one tree of errors: each tells whose fault it is, whether to try again, and what the user can do now.

    FishCaptionError              .hint (what the user can do), .retryable
    ├── InputError                a text, option or file that cannot be used; exit code 2
    │   └── UnreadableText        letters that the voice for a text cannot say: another one is offered
    ├── ServiceError              the voice's side answered with a refusal; exit code 4
    │   ├── Unauthorized          401: the key
    │   ├── PaymentRequired       402: no API credit
    │   ├── Forbidden             403, 404: this voice or model is not available with this key
    │   │   └── ModelUnavailable  the model has ended, may cost by now, or is refused: the user is asked
    │   ├── RateLimited           429 or a concurrency refusal; retryable
    │   ├── SynthesisError        5xx, finish/error, silence after a flush; retryable
    │   └── ProtocolError         an answer that we do not understand; a bug on one side
    ├── LimitReached              a limit that the user has set for spending; exit code 4
    ├── ConnectionLost            refused, reset, no network; retryable; exit code 4
    ├── VoiceProcessError         the embedded voice does not start or keeps dying; exit code 4
    ├── AudioDeviceError          no device, busy, or gone for good; retryable; exit code 3
    └── StorageError              a file of ours cannot be read or written (disk full); exit code 1

Two classes with the same three answers are one class. Foreign exceptions are translated once, at the plug,
with ``raise … from``. No message holds a key or a text the user typed.
"""

from __future__ import annotations


class FishCaptionError(Exception):
    """An error that the user can be told.

    ``str(error)`` is one plain sentence that says what happened; ``hint`` says what to do, and may be empty.
    """

    retryable = False
    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class InputError(FishCaptionError):
    """An input cannot be used: an empty text, an unknown voice, rate, device or file."""

    exit_code = 2


class UnreadableText(InputError):
    """A text has letters that the voice for it cannot say: another voice is offered."""


class ServiceError(FishCaptionError):
    """The voice's service answered, and refused.

    ``status`` is the HTTP answer's, 0 where there was none; ``said`` are its own words, on one line.
    """

    exit_code = 4
    status = 0
    said = ""


class Unauthorized(ServiceError):
    """The key is missing or wrong."""


class PaymentRequired(ServiceError):
    """There is no API credit for this model."""


class Forbidden(ServiceError):
    """This voice or model does not exist, or is not available with this key."""


class ModelUnavailable(Forbidden):
    """The chosen model is unknown, has ended, may have begun to cost, or is refused: the user is asked."""


class RateLimited(ServiceError):
    """Too many sessions at once. ``max_concurrency`` is the service's limit; None if it was not told."""

    retryable = True

    def __init__(self, message: str, *, hint: str = "", max_concurrency: int | None = None) -> None:
        super().__init__(message, hint=hint)
        self.max_concurrency = max_concurrency


class SynthesisError(ServiceError):
    """The service failed while speaking, or went silent; the same text may well succeed again."""

    retryable = True


class ProtocolError(ServiceError):
    """A frame that the protocol does not allow: a bug on one of the two sides."""


class LimitReached(FishCaptionError):
    """A limit of the user's for what may be spent is reached; nothing was sent."""

    exit_code = 4


class ConnectionLost(FishCaptionError):
    """The voice cannot be reached, or the connection broke."""

    retryable = True
    exit_code = 4


class VoiceProcessError(FishCaptionError):
    """The embedded voice's process does not start, or keeps dying."""

    exit_code = 4


class AudioDeviceError(FishCaptionError):
    """The sound device is missing, busy, or gone."""

    retryable = True
    exit_code = 3


class StorageError(FishCaptionError):
    """A file of ours cannot be read or written."""
