"""`fishcaption say --dry-run`: the text that a voice would get, a JSON object a line, and no sound."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from time import monotonic

from fishcaption import terminal
from fishcaption.core.errors import InputError
from fishcaption.core.normalization.rules import Rules
from fishcaption.core.rehearsal import Rehearsal, Rehearsed, rehearsed
from fishcaption.core.speech import Family, Voice
from fishcaption.core.text.segmentation import speakable
from fishcaption.core.timing.flush_policy import DRY_SECONDS, Kind
from fishcaption.say.standard_input import StandardInput


class DryRun:
    """One dry run, with a voice's settings. Raises as `terminal.out_json` does."""

    def __init__(self, rules: Rules, voice: Voice, family: Family, *, is_plain: bool) -> None:
        self._rules = rules
        self._voice = voice
        self._family = family
        self._is_plain = is_plain
        self._language = next(iter(voice.languages), "")
        self._has_words = False  # something was told that a voice says

    def whole(self, text: str) -> None:
        """Print a whole text. Raises InputError if there is nothing to say in it."""
        if self._is_plain:
            from fishcaption.core.normalization.markdown_stream import MarkdownStream  # slow, seldom needed

            plain = MarkdownStream()
            text = plain.push(text) + plain.close()
        if not text.strip():
            raise InputError("There is nothing to say.", hint="The text is empty.")
        language, voice_id = self._language, self._voice.id
        for segment in rehearsed(
            text, self._rules, language=language, voice_id=voice_id, family=self._family
        ):
            self._told(segment)
        self._check_words()

    async def piped(self) -> None:
        """Print standard input as it arrives. Raises InputError if it is empty or cannot be read."""
        rehearsal = Rehearsal(
            Kind.PIPED,
            self._rules,
            language=self._language,
            voice_id=self._voice.id,
            family=self._family,
        )
        news = asyncio.Event()
        is_empty = True

        def take(text: str, _: int, is_last: bool) -> None:
            nonlocal is_empty
            is_empty = is_empty and not text.strip()
            rehearsal.push(text, monotonic())
            if is_last:
                rehearsal.close(monotonic())
            news.set()

        errors: list[InputError] = []

        def is_unhurried() -> bool:
            return rehearsal.unheard_seconds(monotonic()) > DRY_SECONDS

        StandardInput(take, errors.append, is_unhurried, is_plain=self._is_plain).listen()
        while True:
            news.clear()
            for segment in rehearsal.take(monotonic()):
                self._told(segment)
            if rehearsal.is_done:
                break
            try:
                async with asyncio.timeout(rehearsal.wake_seconds(monotonic())):
                    await news.wait()
            except TimeoutError:
                continue
        if errors:
            raise errors[0]
        if is_empty:
            raise InputError("There is nothing to say.", hint="Standard input was empty.")
        self._check_words()

    def _told(self, segment: Rehearsed) -> None:
        self._has_words = self._has_words or speakable(segment.spoken)
        terminal.out_json(asdict(segment))

    def _check_words(self) -> None:
        if not self._has_words:
            raise InputError("There was nothing in this text that the voice can say.", hint="Type words.")
