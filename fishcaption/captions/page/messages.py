"""The messages that readers are sent: made from displays, once for all readers.

A message is the whole state, so the newest one is all that a reader needs who joins or has missed some:

    {"id": 12, "show": "k3Yw", "mode": "word", "last": 4,
     "cue": {"id": 5, "lines": [["Good ", "evening, "], ["everybody."]], "heard": 2, "speaker": "",
             "language": "en"},
     "paused": false, "typing": false, "black": false, "rehearsal": false,
     "past": [{"id": 4, "lines": ["…"], "speaker": "", "language": "en"}]}

``lines`` of a cue are lists of words, with the blanks between them. ``past`` has the captions that are
finished with this message. ``last`` is the number of the last finished one: who knows fewer asks for the
history.
"""

from __future__ import annotations

import json
import secrets
from collections import deque
from itertools import islice
from typing import Any, Final

from fishcaption.captions.display import AudienceCue, Display
from fishcaption.core.audience import Mode
from fishcaption.core.bounded_json import whole

MOST_PAST: Final = 200
"""Finished captions that are kept for readers who come later."""
MOST_LINES: Final = 8
LONGEST_LINE: Final = 300
LONGEST_SPEAKER: Final = 60


class Messages:
    """Makes the messages of one show, and keeps its history."""

    def __init__(self) -> None:
        self.show: Final = secrets.token_urlsafe(6)
        """Name of this show: in another one, captions are counted anew."""
        self._past: deque[dict[str, Any]] = deque(maxlen=MOST_PAST)
        self._id = 0
        self._cue: AudienceCue | None = None
        self._last = 0

    def past(self) -> list[dict[str, Any]]:
        """Return the finished captions, the oldest first."""
        return list(self._past)

    def take(self, display: Display, mode: Mode) -> str:
        """Return the message for a display, as a line of JSON."""
        finished: list[dict[str, Any]] = []
        cue = display.cue
        if self._cue is not None and not display.is_black and (cue is None or cue.id != self._cue.id):
            lines = [line for line in map(_bounded, self._cue.heard_lines()[:MOST_LINES]) if line]
            if lines:
                self._last += 1
                finished.append({"id": self._last, "lines": lines, **_about(self._cue)})
                self._past.extend(finished)
            self._cue = None
        if cue is not None:
            self._cue = cue
        self._id += 1
        told: dict[str, Any] = {
            "id": self._id,
            "show": self.show,
            "mode": mode,
            "last": self._last,
            "cue": _shown(cue) if cue is not None else None,
            "paused": display.is_paused,
            "typing": display.is_typing,
            "black": display.is_black,
            "rehearsal": display.is_rehearsal,
        }
        if finished:
            told["past"] = finished
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _about(cue: AudienceCue) -> dict[str, str]:
    return {"speaker": _bounded(cue.speaker)[:LONGEST_SPEAKER], "language": whole(cue.language[:20])}


def _shown(cue: AudienceCue) -> dict[str, Any]:
    lines: list[list[str]] = []
    for number, line in enumerate(islice(cue.lines, MOST_LINES)):
        words = [word for word in cue.words if word.line == number]
        parts = [line[word.start : word.end] for word in words] or [line]
        lines.append([whole(part) for part in _bounded_parts(parts)])
    return {"id": cue.id, "lines": lines, "heard": cue.heard, **_about(cue)}


def _bounded_parts(parts: list[str]) -> list[str]:
    left = LONGEST_LINE
    kept: list[str] = []
    for part in parts:
        kept.append(part[:left])
        left -= len(kept[-1])
    return kept


def _bounded(text: str) -> str:
    return whole(text[:LONGEST_LINE])
