"""The text of a display for an outlet that shows plain text: pop-on, word by word, or rolling up."""

from __future__ import annotations

from fishcaption.captions.display import Display
from fishcaption.core.audience import Mode


class RevealedText:
    """Turns displays into lines of text. Rolling up keeps lines of captions before, ``lines`` in all."""

    def __init__(self, mode: Mode, lines: int) -> None:
        self._mode = mode
        self._most = lines
        self._cue = 0
        self._before: tuple[str, ...] = ()
        self._shown: tuple[str, ...] = ()

    def take(self, display: Display) -> tuple[str, ...]:
        """Return the lines to show from now on; none for an empty display."""
        cue = display.cue
        if cue is None:
            self._before = self._shown = ()
            return ()
        if cue.id != self._cue:
            self._cue, self._before = cue.id, self._shown
        self._shown = cue.lines if self._mode == "pop-on" else cue.heard_lines()
        if self._mode == "roll-up":
            self._shown = (*self._before, *self._shown)[-self._most :]
        return self._shown
