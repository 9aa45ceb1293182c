"""An honest stand-in for what keeps the user's vocabulary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.normalization.rules import Rules
from fishcaption.core.rehearsal import rehearsed
from fishcaption.store.vocabulary import Vocabulary


@dataclass
class FakeVocabulary:
    """Keeps the promises of `ui.feature_ports.VocabularyService`, in memory."""

    kept: Vocabulary = field(default_factory=Vocabulary)
    words: tuple[str, ...] = ()
    known: int = 0
    heard: list[str] = field(default_factory=list)
    refuse: FishCaptionError | None = None  # the answer to `erase`
    subscribers: list[Callable[[], None]] = field(default_factory=list)

    def vocabulary(self) -> Vocabulary:
        return self.kept

    def set_vocabulary(self, vocabulary: Vocabulary) -> None:
        self.kept = vocabulary
        for callback in tuple(self.subscribers):
            callback()

    def spoken(self, text: str, vocabulary: Vocabulary) -> str:
        rules = Rules(replacements=vocabulary.replacements)
        segments = rehearsed(text, rules, language="en", voice_id="hibari", family="embedded")
        return "".join(segment.spoken for segment in segments)

    def suggestions(self, text_before_cursor: str, count: int = 3) -> tuple[str, ...]:
        return self.words[:count]

    def learn(self, text: str) -> None:
        self.heard.append(text)

    def erase(self, on_done: Callable[[int | FishCaptionError], None]) -> None:
        erased, self.known = self.known, 0
        on_done(erased if self.refuse is None else self.refuse)

    def learned(self) -> int:
        return self.known

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self.subscribers.append(callback)
        return lambda: self.subscribers.remove(callback)
