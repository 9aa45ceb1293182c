"""Pauses of the embedded voice at the end of a spoken text, by its mark or its line's end."""

from __future__ import annotations

from typing import Final

_CLOSERS: Final = "\"'”’»)]*_"
_STOP_SECONDS: Final = 0.25
_CLAUSE_SECONDS: Final = 0.12
_BREATH_SECONDS: Final = 0.05


def end_pause(text: str) -> float:
    """Return the seconds of silence for the end of a text at the usual speed; 0 if the text runs on."""
    body = text.rstrip()
    end = body.rstrip(_CLOSERS)[-1:]
    if not end:
        return 0.0
    if "\n" in text[len(body) :]:  # a list item or a verse sounds like a sentence, whatever its mark
        return _STOP_SECONDS
    return _STOP_SECONDS if end in ".!?…" else _CLAUSE_SECONDS if end in ",;:—–" else 0.0


def pause_after(text: str, speed: float) -> float:
    """Return the seconds of silence after a piece: for its end, or for a breath."""
    return (end_pause(text) or _BREATH_SECONDS) / speed
