"""The silence at the end of what is said, by its mark or its line's end: what the embedded voice makes."""

from __future__ import annotations

from typing import Final

_CLOSERS: Final = "\"'”’»)]*_"
_STOP_SECONDS: Final = 0.25
_CLAUSE_SECONDS: Final = 0.12
_BREATH_SECONDS: Final = 0.05


def end_pause(text: str) -> float:
    """Seconds of silence for the mark or line a text ends with, at the usual speed; 0 where it runs on."""
    body = text.rstrip()
    end = body.rstrip(_CLOSERS)[-1:]
    if not end:
        return 0.0
    if "\n" in text[len(body) :]:  # a list's item or a verse is a sentence to the ear, whatever its mark
        return _STOP_SECONDS
    return _STOP_SECONDS if end in ".!?…" else _CLAUSE_SECONDS if end in ",;:—–" else 0.0


def pause_after(text: str, speed: float) -> float:
    """Seconds of silence that belong after a piece: for its end, or for a breath."""
    return (end_pause(text) or _BREATH_SECONDS) / speed
