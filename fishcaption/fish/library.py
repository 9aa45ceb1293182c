"""A service's voices, and the credit of the account: its REST interface.

It works with Fish Audio and with our own embedded voice. Every failure is raised as an error of our tree.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Self

from fishcaption.core.errors import InputError
from fishcaption.core.speech import Provider, Voice
from fishcaption.core.untrusted import one_line
from fishcaption.fish.endpoint import Endpoint, system_tls
from fishcaption.fish.rest import TIMEOUT_SECONDS, Rest, strange_answer

if TYPE_CHECKING:
    import ssl

PAGE_SIZE = 30
_MOST_PAGE_SIZE = 100
_NAME_LENGTH = 100

_ID = re.compile(r"[\x21-\x7e]{1,128}")
_LANGUAGE = re.compile(r"[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8}){0,5}")
_MOST_LANGUAGES = 100
_MOST_DOLLARS = 1e9


@dataclass(frozen=True, slots=True)
class VoicePage:
    """One page of the voices, in the service's order; ``has_more``: there is a next page."""

    voices: tuple[Voice, ...]
    has_more: bool


class Library:
    """An async context manager. ``endpoint`` is asked before every request; ``provider`` marks the voices."""

    def __init__(
        self,
        endpoint: Callable[[], Awaitable[Endpoint]],
        *,
        provider: Provider = "fish",
        tls: Callable[[], ssl.SSLContext] = system_tls,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._rest = Rest(endpoint, tls=tls, timeout_seconds=timeout_seconds)
        self._provider = provider

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._rest.__aexit__(*exc)

    async def voices(
        self, page: int = 1, *, search: str = "", own: bool = False, page_size: int = PAGE_SIZE
    ) -> VoicePage:
        """Return a page of voices, counted from 1, with titles like ``search``; ``own``: only the account's.

        Voices that cannot speak (in training, failed, taken down) are left out, so a page may be short.
        Raises InputError for a page that cannot exist, or an error that says why the service cannot be asked.
        """
        if page < 1 or not 1 <= page_size <= _MOST_PAGE_SIZE:
            raise InputError(f"Pages begin at 1, and hold 1 to {_MOST_PAGE_SIZE} voices.")
        query = {
            "page_size": str(page_size),
            "page_number": str(page),
            "sort_by": "created_at" if own else "task_count",
            "self": "true" if own else "false",
        }
        if search.strip():
            query["title"] = search.strip()
        answer = await self._rest.ask("GET", "/model", query)
        items = answer.get("items")
        if not isinstance(items, list):
            raise strange_answer()
        there = items[:page_size]
        voices = [voice for item in there if (voice := self._voice(item)) is not None]
        return VoicePage(tuple(voices), _has_more(answer, page, page_size, len(there)))

    async def check_key(self) -> None:
        """Return if the service accepts the key. Raises Unauthorized, or why the service cannot be asked."""
        await self._rest.ask("GET", "/model", {"self": "true", "page_size": "1"})

    async def credit(self) -> Decimal:
        """Return the API credit in dollars, separate from the platform's. Raises why it cannot be asked."""
        answer = await self._rest.ask("GET", "/wallet/self/api-credit")
        said = answer.get("credit")
        try:
            credit = Decimal(said if isinstance(said, str) and len(said) <= _NAME_LENGTH else "")
        except InvalidOperation as error:
            raise strange_answer() from error
        if not credit.is_finite() or abs(credit) > _MOST_DOLLARS:
            raise strange_answer()
        return credit

    def _voice(self, item: object) -> Voice | None:
        if not isinstance(item, dict):
            return None
        id_, title = item.get("_id"), item.get("title")
        if not isinstance(id_, str) or not _ID.fullmatch(id_) or not isinstance(title, str):
            return None
        if (
            item.get("type", "tts") != "tts"
            or item.get("state", "trained") != "trained"
            or item.get("dmca_taken_down") is True
        ):
            return None
        languages = item.get("languages")
        return Voice(
            self._provider,
            id_,
            one_line(title, _NAME_LENGTH) or id_,
            tuple(
                language
                for language in languages[:_MOST_LANGUAGES]
                if isinstance(language, str) and _LANGUAGE.fullmatch(language)
            )
            if isinstance(languages, list)
            else (),
        )


def voice_id(value: object) -> str:
    """Return an id as a service gives it; empty for what is none."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def _has_more(answer: Mapping[str, Any], page: int, page_size: int, count: int) -> bool:
    match answer.get("has_more"), answer.get("total"):
        case bool(has_more), _:
            return has_more
        case _, int(total):
            return page * page_size < total
        case _:
            return count >= page_size
