"""The key of Fish Audio's account: where it is kept, whether the service knows it, when it is used."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from fishcaption.blocking import answer
from fishcaption.core.errors import FishCaptionError
from fishcaption.store import keys
from fishcaption.store.keys import KeyPlace
from fishcaption.ui.account_ports import KeyReport

if TYPE_CHECKING:
    from fishcaption.app.lazy_reader import LazySpeech
    from fishcaption.tasks import ServiceTasks

_Answer = TypeVar("_Answer")


class Account:
    """`ui.ports.AccountService`.

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
        self._tasks = tasks
        self._on_error = on_error
        self._on_notice = on_notice

    def find_key(self) -> None:
        """Look for the key, for as long as the keyring takes; who speaks waits only a little."""
        self._tasks.start(self._find_key)

    def key_place(self, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        """Answer where the key in use is kept."""
        self._tasks.answer(self._key_place, on_done)

    def check_key(self, key: str, on_done: Callable[[KeyReport | FishCaptionError], None]) -> None:
        """Ask the service whether it knows this key."""
        self._tasks.answer(partial(_check_key, key), on_done)

    def save_key(self, key: str, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        """Use this key from now on, and keep it in the keyring."""

        async def save_key() -> KeyPlace:
            self._speech.system.key = keys.checked(key)
            await _of_keyring(partial(keys.save, key))
            return KeyPlace.KEYRING

        self._tasks.answer(save_key, on_done)

    def forget_key(self, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        """Take the key out of the keyring and use none."""

        async def forget_key() -> KeyPlace:
            self._speech.system.key = ""
            await _of_keyring(keys.forget)
            return await self._key_place()

        self._tasks.answer(forget_key, on_done)

    # -- inside ------------------------------------------------------------------------------------

    async def _find_key(self) -> None:
        system = self._speech.system
        try:
            found = await _of_keyring(keys.find, seconds=math.inf, on_slow=self._on_slow_keyring)
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

    def _on_slow_keyring(self) -> None:
        self._speech.system.go_without_key(keys.silent())
        self._tell(keys.silent())

    def _tell(self, error: FishCaptionError) -> None:
        """Tell of a missing key, unless the voice needs none."""
        if self._needs_key() and not self._speech.system.key:
            self._on_error(error)

    def _needs_key(self) -> bool:
        return self._speech.settings.current.voice.kind.needs_key

    async def _key_place(self) -> KeyPlace:
        if found := await _of_keyring(keys.find):
            return found.place
        return KeyPlace.SESSION if self._speech.system.key else KeyPlace.NOWHERE


async def _of_keyring(
    work: Callable[[], _Answer],
    *,
    seconds: float = keys.ANSWER_SECONDS,
    on_slow: Callable[[], None] | None = None,
) -> _Answer:
    """Return the keyring's answer to `work`. Raises what `keys.silent` makes where none has come in time."""
    return await answer(work, keys.silent, seconds=seconds, on_slow=on_slow)


async def _check_key(key: str) -> KeyReport:
    from fishcaption.core.models import DEFAULT_MODEL
    from fishcaption.fish.endpoint import Endpoint
    from fishcaption.fish.library import Library
    from fishcaption.speech.system import fish_url

    checked = keys.checked(key)

    async def endpoint() -> Endpoint:
        return Endpoint(fish_url(), checked, DEFAULT_MODEL)

    async with Library(endpoint) as library:
        await library.check_key()
        try:
            return KeyReport(float(await library.credit()))
        except FishCaptionError:  # the key is good; what it is worth is not known
            return KeyReport()
