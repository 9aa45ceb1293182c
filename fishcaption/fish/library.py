"""A service's voices, and the credit of the account: its REST interface.

It works with Fish Audio and with our own embedded voice. Every failure is raised as an error of our tree.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from fishcaption.core.errors import Forbidden, InputError, ProtocolError
from fishcaption.core.speech import Provider
from fishcaption.core.untrusted import one_line
from fishcaption.core.voices.catalog import VoiceEntry, VoicePage, VoiceQuery, narrowed
from fishcaption.fish.endpoint import Endpoint, system_tls
from fishcaption.fish.library_entries import entry_of
from fishcaption.fish.rest import TIMEOUT_SECONDS, Rest, strange_answer

if TYPE_CHECKING:
    import ssl

PAGE_SIZE = 30
_MOST_PAGE_SIZE = 100
_MOST_ID_LENGTH = 128
_MOST_CREDIT_LENGTH = 100
_MOST_DOLLARS = 1e9
_MOST_CREDITS = 1e15


class Library:
    """An async context manager. ``endpoint`` is asked before every request; ``provider`` marks the voices.

    ``today`` tells by which day a voice that goes on a date is gone.
    """

    def __init__(
        self,
        endpoint: Callable[[], Awaitable[Endpoint]],
        *,
        provider: Provider = "fish",
        tls: Callable[[], ssl.SSLContext] = system_tls,
        timeout_seconds: float = TIMEOUT_SECONDS,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._rest = Rest(endpoint, tls=tls, timeout_seconds=timeout_seconds)
        self._endpoint = endpoint
        self._provider = provider
        self._today = today

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._rest.__aexit__(*exc)

    async def search(self, query: VoiceQuery = VoiceQuery(), *, page_size: int = PAGE_SIZE) -> VoicePage:  # noqa: B008  a tuple cannot be changed
        """Return a page of the voices that match; those that cannot speak are told with their state.

        Only the account's own voices need a key here; the service may want one all the same. What the service
        sent although it does not match is left out, so a page may be short. Raises InputError for a page that
        cannot exist, Unauthorized, or an error that says why the service cannot be asked.
        """
        if query.page < 1 or not 1 <= page_size <= _MOST_PAGE_SIZE:
            raise InputError(f"Pages begin at 1, and hold 1 to {_MOST_PAGE_SIZE} voices.")
        try:
            answer = await self._rest.ask("GET", "/model", _asked(query, page_size), needs_key=query.is_own)
        except ProtocolError:
            if query.page == 1:
                raise
            # behind the last page that the service shows, it may refuse instead of answering with nothing
            return VoicePage((), has_more=False, is_cut_short=True)
        items = answer.get("items")
        if not isinstance(items, list):
            raise strange_answer()
        endpoint, day = await self._endpoint(), self._today()
        found: dict[str, VoiceEntry] = {}
        for item in items[:page_size]:
            entry = entry_of(item, self._provider, endpoint, day, is_own=query.is_own)
            if entry is not None:
                found.setdefault(entry.id, entry)
        reached = (query.page - 1) * page_size + len(items)
        is_more = bool(items) and _has_more(answer, reached, is_full=len(items) >= page_size)
        is_window_end = _is_window_end(answer, reached)
        total = answer.get("total")
        is_rest_hidden = is_more if is_window_end else answer.get("window_limited") is True and not is_more
        return VoicePage(
            narrowed(found.values(), query),
            has_more=is_more and not is_window_end,
            total=total if type(total) is int and answer.get("total_is_exact") is not False else None,
            is_cut_short=is_rest_hidden and (is_more or (type(total) is int and total > reached)),
        )

    async def entry(self, id_: str) -> VoiceEntry:
        """Return the voice with this id. Raises Forbidden if there is none, or it is not for this account."""
        if not id_ or len(id_) > _MOST_ID_LENGTH:
            raise _no_voice(id_)
        try:
            answer = await self._rest.ask("GET", f"/model/{quote(id_, safe='')}", needs_key=False)
        except (Forbidden, ProtocolError) as error:  # the service refuses an unknown id with 404, or with 400
            raise _no_voice(id_) from error
        entry = entry_of(answer, self._provider, await self._endpoint(), self._today())
        if entry is None or entry.id != id_:
            raise strange_answer()
        return entry

    async def check_key(self) -> None:
        """Return if the service accepts the key. Raises Unauthorized, or why the service cannot be asked."""
        await self._rest.ask("GET", "/model", {"self": "true", "page_size": "1"})

    async def credit(self) -> Decimal:
        """Return the API credit in dollars, separate from the platform's. Raises why it cannot be asked."""
        answer = await self._rest.ask("GET", "/wallet/self/api-credit")
        said = answer.get("credit")
        try:
            credit = Decimal(said if isinstance(said, str) and len(said) <= _MOST_CREDIT_LENGTH else "")
        except InvalidOperation as error:
            raise strange_answer() from error
        if not credit.is_finite() or abs(credit) > _MOST_DOLLARS:
            raise strange_answer()
        return credit

    async def web_plan(self) -> tuple[str, float]:
        """Return the plan of the service's web site, and its credits that are left. It pays no API."""
        answer = await self._rest.ask("GET", "/wallet/self/package")
        name, left = answer.get("type"), answer.get("balance")
        if not isinstance(name, str) or isinstance(left, bool) or not isinstance(left, int | float):
            raise strange_answer()
        if not 0 <= left <= _MOST_CREDITS:  # not-a-number compares false
            raise strange_answer()
        return one_line(name, _MOST_CREDIT_LENGTH), float(left)


def _asked(query: VoiceQuery, page_size: int) -> dict[str, str | tuple[str, ...]]:
    """Return a query as the service takes it. With `self`, it ignores `licensed`."""
    asked: dict[str, str | tuple[str, ...]] = {
        "page_size": str(page_size),
        "page_number": str(query.page),
        "sort_by": query.sort,
        "self": "true" if query.is_own else "false",
    }
    if query.title.strip():
        asked["title"] = query.title.strip()
    if query.languages:
        asked["language"] = query.languages
    if query.all_tags:
        asked["tag"] = query.all_tags
    if query.is_licensed:
        asked["licensed"] = "true"
    return asked


def _has_more(answer: Mapping[str, Any], reached: int, *, is_full: bool) -> bool:
    match answer.get("has_more"), answer.get("total"):
        case bool(has_more), _:
            return has_more
        case _, int(total):
            return reached < total
        case _:
            return is_full


def _is_window_end(answer: Mapping[str, Any], reached: int) -> bool:
    """Return whether the service shows nothing behind this page, however much there is."""
    bounds = (answer.get("accessible_upper_bound"), answer.get("max_offset"))
    return any(type(bound) is int and 0 < bound <= reached for bound in bounds)


def _no_voice(id_: str) -> Forbidden:
    return Forbidden(
        f"Fish Audio has no voice with the id {id_[:40]!r}, or it is not for this account.",
        hint="It may have been deleted or made private. Choose another voice.",
    )
