"""The vocabulary service as the window needs it: abbreviations, replacements, learned words.

Every change is used and saved at once. A replacement can be tried before it is saved: on the current
sentence, in the chosen voice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from fishcaption.core.errors import FishCaptionError
from fishcaption.store.vocabulary import Vocabulary


class VocabularyService(Protocol):
    """The user's vocabulary. Answers come as `ui.ports` says."""

    def wording(self) -> Vocabulary:
        """Return the current abbreviations and replacements."""
        ...

    def set_wording(self, wording: Vocabulary) -> None:
        """Use and save this vocabulary. Raises InputError if two replacements are for the same word."""
        ...

    def spoken(self, text: str, wording: Vocabulary) -> str:
        """Return the text the chosen voice would get with this vocabulary.

        Raises InputError for a vocabulary that cannot work.
        """
        ...

    def suggestions(self, text_before_cursor: str, count: int = 3) -> tuple[str, ...]:
        """Return the likeliest words (see `ui.speak.completion.Words`); none until the file is read."""
        ...

    def learn(self, text: str) -> None:
        """Learn from a text the user has spoken, unless the settings forbid it or it is off the record."""
        ...

    def erase(self, on_done: Callable[[int | FishCaptionError], None]) -> None:
        """Delete all learned words, in memory and on disk; answers their number."""
        ...

    def learned(self) -> int:
        """Return the number of learned words."""
        ...

    def subscribe(self, callback: Callable[[], None], /) -> Callable[[], None]:
        """Call back when abbreviations or replacements have changed; the returned function ends that."""
        ...
