"""The messages that a broker keeps: those of the audience's page, one a caption, with the times of its words.

`now` is a message of `page.messages`; its caption has ``offsets_ms`` as well: for each word of its lines, the
milliseconds from the first word to it. Readers reveal word after word by their own clock, from the last of
the ``heard`` words on, and stop while ``paused``. `history` is what the page's server answers to a reader who
asks for the finished captions: ``{"show": …, "cues": […]}``.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from fishcaption.captions.display import AudienceCue, Display
from fishcaption.captions.page.messages import Messages
from fishcaption.core.audience import Mode


class Told(NamedTuple):
    """The messages that are new for the broker; ``history`` is None where no caption has finished."""

    now: str
    history: str | None


class CueMessages:
    """Turns displays into messages for a broker."""

    def __init__(self) -> None:
        self._messages = Messages()
        self._told: tuple[object, ...] = ()

    def take(self, display: Display, mode: Mode) -> Told | None:
        """Return what is to be published; None where only more words of the same caption were heard."""
        message: dict[str, Any] = json.loads(self._messages.take(display, mode))
        cue = display.cue
        known = None if cue is None else (cue.id, cue.lines, cue.speaker, cue.words)
        told = (known, display._replace(cue=None, following=None), mode)
        if told == self._told:
            return None
        self._told = told
        if cue is not None and isinstance(message["cue"], dict):
            message["cue"]["offsets_ms"] = _offsets(cue, message["cue"]["lines"])
        history = None
        if message.get("past"):
            history = _line({"show": self._messages.show, "cues": self._messages.past()})
        return Told(_line(message), history)


def _offsets(cue: AudienceCue, lines: list[list[str]]) -> list[int]:
    """Return the milliseconds to each word of the message's lines."""
    found: list[int] = []
    for number, parts in enumerate(lines):
        times = [round(word.offset_seconds * 1000) for word in cue.words if word.line == number]
        found += (times or [0])[: len(parts)]
    return found


def _line(message: object) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))
