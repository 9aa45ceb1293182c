"""The services of voices that windows need: which there are, and which are the user's own.

Answers come as those of `ui.ports`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import Voice


class FishVoices(NamedTuple):
    """One page of Fish Audio's voices. `own` are the user's voices, on the first page only."""

    own: tuple[Voice, ...]
    public: tuple[Voice, ...]
    has_more: bool


class VoiceService(Protocol):
    """The available voices."""

    def embedded_voices(self, on_done: Callable[[tuple[Voice, ...] | FishCaptionError], None]) -> None:
        """Answer with the voices that need no account."""
        ...

    def fish_voices(
        self, search: str, page: int, on_done: Callable[[FishVoices | FishCaptionError], None]
    ) -> None:
        """Answer with Fish Audio's voices whose name or tags match; `page` counts from 1.

        Unauthorized without a key.
        """
        ...
