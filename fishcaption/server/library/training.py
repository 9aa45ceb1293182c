"""The training of new voices: over at once, or after a while where tests want that."""

from __future__ import annotations

import time


class Training:
    """Knows which voices are in training. ``seconds``: each is for so long after it was made."""

    def __init__(self, seconds: float = 0.0) -> None:
        self._seconds = seconds
        self._begun: dict[str, float] = {}

    def begin(self, id_: str) -> None:
        """Begin the training of a voice."""
        if self._seconds:
            self._begun[id_] = time.monotonic()

    def is_over(self, id_: str) -> bool:
        """Return whether the voice of this id can speak."""
        begun = self._begun.get(id_)
        if begun is not None and time.monotonic() - begun < self._seconds:
            return False
        self._begun.pop(id_, None)
        return True
