"""Lines of transcripts: plain text to read, and JSON with the time of each word for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class TimedWord(NamedTuple):
    """A word of a caption with its marks, and when it was heard."""

    text: str
    start_seconds: float


def to_text_line(lines: Iterable[str]) -> str:
    """Return a caption on one line with its line end."""
    return " ".join(" ".join(lines).split()) + "\n"


def to_json_line(
    start_seconds: float,
    end_seconds: float,
    lines: Iterable[str],
    words: Sequence[TimedWord] = (),
    *,
    speaker: str = "",
    language: str = "",
) -> str:
    """Return a caption as a JSON object on one line (JSON Lines), its times in seconds."""
    found: dict[str, object] = {"start": round(start_seconds, 3), "end": round(end_seconds, 3)}
    if speaker:
        found["speaker"] = speaker
    if language:
        found["language"] = language
    found["lines"] = list(lines)
    found["words"] = [{"text": word.text, "start": round(word.start_seconds, 3)} for word in words]
    return json.dumps(found, ensure_ascii=False) + "\n"
