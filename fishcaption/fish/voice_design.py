"""Designed voices: a description becomes candidates that can be heard (`voice-design-1`), and one a voice.

It costs money: say the price first. The service signs the exact bytes of each candidate's sound, so a voice
is made of these bytes, unchanged. Of the answer's fields only some are documented; the rest is as others
report.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from typing import Any

from fishcaption.core.errors import FishCaptionError, PaymentRequired, ServiceError
from fishcaption.core.untrusted import one_line
from fishcaption.core.voices.cloning import DESIGN_MODEL, MOST_DESIGNS, Candidate, Clip, checked_design
from fishcaption.fish.rest import Body, Rest, strange_answer

_ANSWER_SECONDS = 120.0
_MOST_ANSWER_BYTES = 32 << 20  # four candidates of 20 s at 44.1 kHz have 9 MB as base64
_MOST_AUDIO_BYTES = 6 << 20
_SIGNATURE_LENGTH = 20_000


async def designed(rest: Rest, description: str, text: str = "", count: int = 1) -> tuple[Candidate, ...]:
    """Return voices made after the description, at least one; each says ``text``, where there is one.

    A request costs `core.voices.cloning.DESIGN_PRICE` dollars. Raises InputError for a description or text
    that is missing or too long, PaymentRequired, or why there is none.
    """
    description, text = checked_design(description, text, count)
    asked: dict[str, Any] = {"instruction": description, "n": count}
    if text:
        asked["reference_text"] = text
    try:
        answer = await rest.ask(
            "POST",
            "/v1/voice-design",
            body=Body(json=asked),
            headers={"model": DESIGN_MODEL},
            timeout_seconds=_ANSWER_SECONDS,
            most_bytes=_MOST_ANSWER_BYTES,
        )
    except ServiceError as error:
        raise _refused(error) from error
    listed = answer.get("candidates")
    items = listed[:MOST_DESIGNS] if isinstance(listed, list) else []
    found = await asyncio.to_thread(_candidates, items, text)
    if not found:
        raise strange_answer()
    return found


def clip_of(candidate: Candidate) -> Clip:
    """Return what a voice is made of, to be created together with the candidate's signature."""
    return Clip(f"designed-{candidate.number}.wav", candidate.audio, candidate.text, "audio/wav")


def _candidates(items: list[Any], text: str) -> tuple[Candidate, ...]:
    """Return the candidates that have sound and a signature. Call it in a thread: it decodes megabytes."""
    found: list[Candidate] = []
    for item in items:
        if not isinstance(item, dict):
            continue
        audio, signature = _bytes(item.get("audio_base64")), item.get("signature")
        if (
            audio.startswith(b"RIFF")
            and isinstance(signature, str)
            and 0 < len(signature) <= _SIGNATURE_LENGTH
        ):
            said = item.get("text")
            words = one_line(said, 500) if isinstance(said, str) else ""
            found.append(Candidate(len(found) + 1, audio, signature, text or words))
    return tuple(found)


def _bytes(value: object) -> bytes:
    if not isinstance(value, str) or len(value) > _MOST_AUDIO_BYTES * 4 // 3:
        return b""
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        return b""


def _refused(error: ServiceError) -> FishCaptionError:
    if error.status == 402:
        why = f": {error.said}" if error.said else "."
        return PaymentRequired(
            f"There is no API credit to design a voice with{why}",
            hint="Buy API credit (it is separate from the platform's credit). Nothing was made.",
        )
    return error
