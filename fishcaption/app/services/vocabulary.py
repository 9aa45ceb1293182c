"""The user's vocabulary as the window has it (`VocabularyService`), and what the reader makes of it.

    vocabulary = UserVocabulary(learned, tasks.answer)

`answer(work, on_done)` runs a coroutine function in the program's group of tasks, as for `calls`. Files are
written by the `writer` that all share, in its thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from fishcaption.core.errors import FishCaptionError, StorageError
from fishcaption.core.subscribers import Subscribers
from fishcaption.store.intact import asides, strike
from fishcaption.store.vocabulary import LoadedVocabulary, Vocabulary, load, save, vocabulary_path

if TYPE_CHECKING:
    from fishcaption.app.settings import SettingsStore
    from fishcaption.core.normalization.rules import Rules
    from fishcaption.store.journal import OnError, Writer
    from fishcaption.store.settings import Settings
    from fishcaption.store.vocabulary import Learned

OnErased = Callable[[int | FishCaptionError], None]
Erase = Callable[[], Awaitable[int]]


class UserVocabulary:
    """`VocabularyService`. Making one reads the file of abbreviations and replacements."""

    def __init__(
        self,
        learned: Learned,
        answer: Callable[[Erase, OnErased], object],
        *,
        settings: SettingsStore,
        writer: Writer,
        on_error: OnError,
        path: Path | None = None,
    ) -> None:
        self._learned = learned
        self._answer = answer
        self._settings = settings
        self._writer = writer
        self._on_error = on_error
        self._path = path or vocabulary_path()
        self._subscribers: Subscribers[[]] = Subscribers()
        loaded: LoadedVocabulary = load(self._path)
        self._vocabulary = loaded.vocabulary  # replaced, never changed: the writer's thread reads it
        self._removed: set[str] = set()  # texts that are to be gone from what stands aside, too
        if loaded.told:
            on_error(StorageError(loaded.told))
        learned.use(language_of(settings.current))
        settings.subscribe(language_of, self._on_language)

    def vocabulary(self) -> Vocabulary:
        """Abbreviations and replacements as they are now."""
        return self._vocabulary

    def set_vocabulary(self, vocabulary: Vocabulary) -> None:
        """Use these from now on, and save them. Raises InputError where two are for the same word."""
        from fishcaption.core.normalization.rules import Rules

        if vocabulary == self._vocabulary:
            return
        Rules(replacements=vocabulary.replacements)  # what cannot be used is not saved either
        self._removed |= _texts(self._vocabulary) - _texts(vocabulary)
        self._vocabulary = vocabulary
        self._writer.soon(str(self._path), self._save, self._on_error)
        self._subscribers.tell()

    def spoken(self, text: str, vocabulary: Vocabulary) -> str:
        """See `ui.feature_ports.VocabularyService.spoken`."""
        from fishcaption.core.rehearsal import rehearsed
        from fishcaption.speech.system import family_of, voice_of

        settings = self._settings.current
        voice = voice_of(settings.voice)
        segments = rehearsed(
            text,
            rules_of(settings, vocabulary),
            language=next(iter(voice.languages), ""),
            voice_id=voice.id,
            family=family_of(voice, settings.model),
        )
        return "".join(segment.spoken for segment in segments)

    def suggestions(self, text_before_cursor: str, count: int = 3) -> tuple[str, ...]:
        """The likeliest words."""
        return self._learned.suggestions(text_before_cursor, count)

    def learn(self, text: str) -> None:
        """Learn from what the user has said, unless the settings forbid it."""
        settings = self._settings.current
        if settings.learning and not settings.off_record:
            self._learned.learn(text)

    def erase(self, on_done: OnErased) -> None:
        """Forget all that completion has learned, here and on disk."""

        async def erase() -> int:
            count = len(self._learned)
            await asyncio.to_thread(self._learned.erase)
            return count

        self._answer(erase, on_done)

    def learned(self) -> int:
        """Return the number of words that completion has learned."""
        return len(self._learned)

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when abbreviations or replacements are others; the returned function ends that."""
        return self._subscribers.add(callback)

    def _on_language(self, _before: str, language: str) -> None:
        self._learned.use(language)

    def _save(self) -> None:
        """In the writer's thread. Raises StorageError."""
        save(self._path, self._vocabulary)
        removed = frozenset(self._removed)
        strike(asides(self._path), removed)
        self._removed -= removed


def _texts(vocabulary: Vocabulary) -> set[str]:
    spoken = (text for entry in vocabulary.replacements for text in (entry.written, entry.said))
    return {*vocabulary.abbreviations, *vocabulary.abbreviations.values(), *spoken}


def rules_of(settings: Settings, vocabulary: Vocabulary) -> Rules:
    """Return the rules of how text is spoken, by these settings and these replacements."""
    from fishcaption.core.normalization.rules import Rules

    return Rules(
        markdown=settings.say_markdown,
        code=settings.say_code,
        urls=settings.say_urls,
        emails=settings.say_emails,
        emoji=settings.say_emoji,
        numbers=settings.say_numbers,
        units=settings.say_units,
        replacements=vocabulary.replacements,
        style=settings.style,
    )


def language_of(settings: Settings) -> str:
    """The two-letter code of the language that is written, as far as the voice tells."""
    return settings.voice.languages[0][:2] if settings.voice.languages else "en"
