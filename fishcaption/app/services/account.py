"""The keys of Fish Audio's accounts: where they are kept, whether the service knows them, which is used."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from fishcaption.blocking import answer
from fishcaption.core.account.named_keys import FIRST_KEY
from fishcaption.core.errors import FishCaptionError, InputError, StorageError
from fishcaption.core.models import DEFAULT_MODEL
from fishcaption.store import keys
from fishcaption.store.keys import KeyPlace
from fishcaption.ui.account_ports import CreditReport, KeyReport, WebPlan

if TYPE_CHECKING:
    from fishcaption.app.lazy_reader import LazySpeech
    from fishcaption.fish.library import Library
    from fishcaption.tasks import ServiceTasks

_Answer = TypeVar("_Answer")

_UNNAMED = "My key"


class Account:
    """`ui.account_ports.AccountService`.

    ``on_error`` is told where a key that is needed cannot be read, ``on_notice`` where none is needed.
    """

    def __init__(
        self,
        speech: LazySpeech,
        tasks: ServiceTasks,
        *,
        on_error: Callable[[FishCaptionError], None],
        on_notice: Callable[[str], None],
    ) -> None:
        self._speech = speech
        self._settings = speech.settings
        self._tasks = tasks
        self._on_error = on_error
        self._on_notice = on_notice
        self._unkept: dict[str, str] = {}  # keys that are in no keyring, by id

    def find_key(self) -> None:
        """Look for the key, for as long as the keyring takes; who speaks waits only a little."""
        self._tasks.start(self._find_key)

    def key_place(self, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        """See `AccountService`."""
        self._tasks.answer(self._key_place, on_done)

    def check_key(self, key: str, on_done: Callable[[KeyReport | FishCaptionError], None]) -> None:
        """See `AccountService`."""
        self._tasks.answer(partial(_check_key, key), on_done)

    def add_key(
        self,
        name: str,
        key: str,
        on_done: Callable[[KeyPlace | FishCaptionError], None],
        *,
        is_kept: bool = True,
    ) -> None:
        """See `AccountService`."""

        async def add_key() -> KeyPlace:
            checked = keys.checked(key)
            known = self._settings.current.fish_keys
            number = FIRST_KEY if not known.keys else keys.new_id()
            self._settings.change(
                fish_keys=known.named(number, name.strip() or _UNNAMED)._replace(used=number)
            )
            return await self._keep(number, checked, is_kept=is_kept)

        self._tasks.answer(add_key, on_done)

    def replace_key(self, id: str, key: str, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        """See `AccountService`."""

        async def replace_key() -> KeyPlace:
            checked = keys.checked(key)
            known = self._settings.current.fish_keys
            self._settings.change(fish_keys=known.named(id, known.name_of(id) or _UNNAMED)._replace(used=id))
            return await self._keep(id, checked, is_kept=True)

        self._tasks.answer(replace_key, on_done)

    def use_key(self, id: str, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        """See `AccountService`."""

        async def use_key() -> KeyPlace:
            key, place = await self._found(id)
            if place is KeyPlace.NOWHERE:
                raise InputError(
                    "This key is no longer in the system's keyring.",
                    hint="Enter it again, or remove its name.",
                )
            self._settings.change(fish_keys=self._settings.current.fish_keys._replace(used=id))
            self._speech.system.key = key
            return place

        self._tasks.answer(use_key, on_done)

    def rename_key(self, id: str, name: str) -> None:
        """See `AccountService`."""
        self._settings.change(fish_keys=self._settings.current.fish_keys.named(id, name.strip() or _UNNAMED))

    def forget_key(self, id: str, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        """See `AccountService`."""

        async def forget_key() -> KeyPlace:
            known = self._settings.current.fish_keys
            self._unkept.pop(id, None)
            is_used = known.used == id
            if is_used:
                self._speech.system.key = ""
            self._settings.change(fish_keys=known.without(id))
            await _of_keyring(partial(keys.forget, id))
            if not is_used:
                return await self._key_place()
            self._speech.system.key, place = await self._found(self._settings.current.fish_keys.used)
            return place

        self._tasks.answer(forget_key, on_done)

    def credit(self, on_done: Callable[[CreditReport | FishCaptionError], None]) -> None:
        """See `AccountService`."""

        async def credit() -> CreditReport:
            async with _library(self._speech.system.key) as library:
                dollars = float(await library.credit())
                try:
                    name, left = await library.web_plan()
                    plan = WebPlan(name, left)
                except FishCaptionError:  # it is told for comparison only
                    plan = None
            return CreditReport(dollars, plan, datetime.now())

        self._tasks.answer(credit, on_done)

    # -- inside ------------------------------------------------------------------------------------

    async def _find_key(self) -> None:
        system = self._speech.system
        number = self._settings.current.fish_keys.used
        try:
            find = partial(keys.find, number)
            found = await _of_keyring(find, seconds=math.inf, on_slow=self._on_slow_keyring)
        except FishCaptionError as error:
            system.go_without_key(error)
            self._tell(error)
            if not self._needs_key():
                self._on_notice(str(error))
            return
        if not system.key:  # else the user has just entered one
            system.key = found.key if found is not None else ""
        if found is not None:
            self._speech.warm()
            known = self._settings.current.fish_keys
            if found.place is KeyPlace.KEYRING and not known.name_of(number):  # of before keys had names
                self._settings.fill_in(fish_keys=known.named(number, _UNNAMED))

    async def _keep(self, number: str, key: str, *, is_kept: bool) -> KeyPlace:
        self._speech.system.key = key
        self._unkept[number] = key
        if not is_kept:
            return KeyPlace.SESSION
        await _of_keyring(partial(keys.save, key, number))
        del self._unkept[number]
        return KeyPlace.KEYRING

    async def _found(self, number: str) -> tuple[str, KeyPlace]:
        """Return the key with this id, and its place; the environment's goes first."""
        try:
            found = await _of_keyring(partial(keys.find, number))
        except StorageError:
            if number not in self._unkept:
                raise
            found = None
        if found is not None and (found.place is KeyPlace.ENVIRONMENT or number not in self._unkept):
            return found.key, found.place
        key = self._unkept.get(number, "")
        return key, KeyPlace.SESSION if key else KeyPlace.NOWHERE

    def _on_slow_keyring(self) -> None:
        self._speech.system.go_without_key(keys.silent())
        self._tell(keys.silent())

    def _tell(self, error: FishCaptionError) -> None:
        """Tell of a missing key, unless the voice needs none."""
        if self._needs_key() and not self._speech.system.key:
            self._on_error(error)

    def _needs_key(self) -> bool:
        return self._settings.current.voice.kind.needs_key

    async def _key_place(self) -> KeyPlace:
        return (await self._found(self._settings.current.fish_keys.used))[1]


async def _of_keyring(
    work: Callable[[], _Answer],
    *,
    seconds: float = keys.ANSWER_SECONDS,
    on_slow: Callable[[], None] | None = None,
) -> _Answer:
    """Return the keyring's answer to `work`. Raises what `keys.silent` makes where none has come in time."""
    return await answer(work, keys.silent, seconds=seconds, on_slow=on_slow)


def _library(key: str) -> Library:
    from fishcaption.fish.endpoint import Endpoint, fish_url
    from fishcaption.fish.library import Library

    async def endpoint() -> Endpoint:
        return Endpoint(fish_url(), key, DEFAULT_MODEL)

    return Library(endpoint)


async def _check_key(key: str) -> KeyReport:
    async with _library(keys.checked(key)) as library:
        await library.check_key()
        try:
            return KeyReport(float(await library.credit()))
        except FishCaptionError:  # the key is good; what it is worth is not known
            return KeyReport()
