"""How this user's words are written and said: abbreviations, replacements, what completion has learned.

Every change is used and saved at once. A replacement can be tried on the sentence at hand before it is kept
for good, in the voice that is chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from fishcaption.core.errors import FishCaptionError
from fishcaption.store.vocabulary import Vocabulary


class VocabularyService(Protocol):
    """The user's wording as the window needs it. Answers come as `ui.ports` says."""

    def wording(self) -> Vocabulary:
        """Abbreviations and replacements as they are now."""
        ...

    def set_wording(self, wording: Vocabulary) -> None:
        """Use these from now on, and save them. Raises InputError where two are for the same word."""
        ...

    def spoken(self, text: str, wording: Vocabulary) -> str:
        """What the chosen voice would be given for a text, were this the wording.

        Raises InputError for a wording that cannot work.
        """
        ...

    def suggestions(self, text_before_cursor: str, count: int = 3) -> tuple[str, ...]:
        """The likeliest words: see `ui.speak.completion.Words`. None before what was learned is read."""
        ...

    def learn(self, text: str) -> None:
        """The user has said this; nothing is learned where the settings say so, or off the record."""
        ...

    def erase(self, on_done: Callable[[int | FishCaptionError], None]) -> None:
        """Forget all that completion has learned, here and on disk; answers how many words that were."""
        ...

    def learned(self) -> int:
        """How many words completion has learned."""
        ...

    def subscribe(self, callback: Callable[[], None], /) -> Callable[[], None]:
        """Call back when abbreviations or replacements are others; the returned function ends that."""
        ...
