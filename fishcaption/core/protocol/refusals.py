"""Refusals of Fish Audio's service: an HTTP status or an ``error`` event becomes an error of our own tree."""

from __future__ import annotations

from fishcaption.core.errors import (
    FishCaptionError,
    Forbidden,
    ModelUnavailable,
    PaymentRequired,
    ProtocolError,
    RateLimited,
    ServiceError,
    SynthesisError,
    Unauthorized,
)
from fishcaption.core.models import MODELS
from fishcaption.core.speech import Voice
from fishcaption.core.untrusted import one_line

_SHOWN = 200
_MOST_CONCURRENCY = 10_000


def _own_words(message: object) -> str:
    """Return the service's own words on one line; empty if there are none."""
    return one_line(message, _SHOWN) if isinstance(message, str) else ""


def _with_reason(sentence: str, said: str) -> str:
    end = "" if said.endswith((".", "!", "?", "…")) else "."  # a hint comes after it
    return f"{sentence}: {said}{end}" if said else f"{sentence}."


def _unauthorized(said: str) -> Unauthorized:
    return Unauthorized(
        _with_reason("The service does not accept the key", said),
        hint="Copy the whole key again from your account's page of keys, without blanks.",
    )


def _payment_required(said: str, model_name: str) -> PaymentRequired:
    found = MODELS.get(model_name)
    if found is not None and not found.price:
        return PaymentRequired(
            _with_reason(f"{model_name} was free, but the service now asks for payment", said),
            hint="Choose a model that you pay for and buy API credit, or let a voice on this computer speak.",
        )
    is_told = "platform" in said.lower()  # the service has said it itself, and a banner is small
    which = "" if is_told else " (it is separate from the platform's credit)"
    return PaymentRequired(
        _with_reason("There is no API credit for this model", said),
        hint=f"Buy API credit{which}, or choose another model or a voice on this computer.",
    )


_NO_VOICE = "This voice or model is not available with this key"


def _forbidden(said: str) -> Forbidden:
    return Forbidden(_with_reason(_NO_VOICE, said), hint="Choose another voice or model.")


def of_voice(error: Forbidden, voice: Voice) -> Forbidden:
    """Return the error with the name of the voice that is missing, where it is about a voice."""
    if not str(error).startswith(_NO_VOICE) or not voice.id:
        return error
    name, reason = one_line(voice.name or voice.id, _SHOWN), str(error).removeprefix(_NO_VOICE).strip(": .")
    if voice.kind.is_remote:
        said = f"“{name}” cannot speak: the voice was deleted, or it is not for this key"
        hint = "Choose another voice, or in Keys the key that it belongs to."
    else:
        said = f"“{name}” cannot speak: the voice is not on this computer any more"
        hint = "Choose another voice, or install this one again."
    found = Forbidden(f"{said}. Nobody speaks in its place." + (f" ({reason})" if reason else ""), hint=hint)
    found.status, found.said = error.status, error.said
    return found


def _model_refused(said: str, model_name: str) -> ModelUnavailable:
    name = f" {model_name}" if model_name else ""
    return ModelUnavailable(
        _with_reason(f"The service does not let this key use the model{name}", said),
        hint="Choose another model, or let a voice on this computer speak.",
    )


def _rate_limited(said: str, max_concurrency: int | None = None) -> RateLimited:
    at_once = f" ({max_concurrency} at once)" if max_concurrency is not None else ""
    return RateLimited(
        _with_reason(f"The service gets too many requests at the same time{at_once}", said),
        hint="Close other programs that use this key, or try again in a moment.",
        max_concurrency=max_concurrency,
    )


def error_for_status(status: int, message: object = None, model_name: str = "") -> ServiceError:
    """Return the error for an HTTP answer other than success.

    ``message`` is the answer's own message, if any. ``model_name`` is the model that was asked for, if
    nothing but the model and the key can have been refused.
    """
    said = _own_words(message)
    error = _of_status(status, said, model_name)
    error.status, error.said = status, said
    return error


def _of_status(status: int, said: str, model_name: str) -> ServiceError:
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
                _with_reason(f"The service has a problem (HTTP {status})", said),
                hint="Try again in a moment.",
            )
        case _:
            return ProtocolError(
                _with_reason(f"The service answered in a way we do not understand (HTTP {status})", said),
                hint="Perhaps a proxy or a sign-in page answered instead of the service.",
            )


def _cannot_say(said: str) -> Forbidden:
    """Return the error for the embedded voice's refusal of a script that it does not speak."""
    what, _, advice = said.partition(". ")
    return Forbidden(what.rstrip(".") + ".", hint=advice or "Choose a voice that speaks this language.")


def _has(said: str, *words: str) -> bool:
    return any(word in said for word in words)


def error_for_event(message: object, max_concurrency: object, model_name: str) -> FishCaptionError:
    """Return the error for an ``error`` event: only the concurrency refusal has more than a message.

    Only the part of the message that is shown is searched, since it is certain to be short.
    """
    said = _own_words(message)
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
        return SynthesisError(_with_reason("The service has a problem", said), hint="Try again in a moment.")
    return ProtocolError(
        _with_reason("The service refused the request", said),
        hint="Try another voice or model. If it happens again, please report it.",
    )


def failed_finish(message: object) -> SynthesisError:
    """Return the error for a ``finish`` event with the reason "error"."""
    return SynthesisError(
        _with_reason("The service failed while speaking", _own_words(message)), hint="Try again in a moment."
    )
