"""One outlet from its start to its end: made, shown what the audience sees, run; it can harm no other."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Final

from fishcaption.captions.audience import Audience
from fishcaption.captions.delayed import Delayed
from fishcaption.captions.display import Display
from fishcaption.captions.outlet import SILENCE, Flushing, HeardSound, Light, Numbers, Outlet, OutletState
from fishcaption.captions.outlet_kind import OutletKind
from fishcaption.captions.track import Alarm
from fishcaption.core.audience import OutletConfig
from fishcaption.core.errors import FishCaptionError
from fishcaption.core.untrusted import one_line

END_SECONDS: Final = 5.0
"""So long an outlet may take to leave nothing behind; then it is cancelled again, and again."""

_LONGEST_WORDS: Final = 300
_LONGEST_LINE: Final = 200
_LEAST_SECRET: Final = 4  # code points: shorter ones are not looked for in what is told
_SHORT_TOKEN: Final = 8
_TOKEN: Final = 20

_BUG: Final = OutletState(
    Light.TROUBLE,
    "Something went wrong inside this outlet, and it has ended. Switch it off and on again. If it happens"
    " again, please report it.",
)
_BY_ITSELF: Final = OutletState(Light.TROUBLE, "This outlet has ended. Switch it off and on again.")

Secrets = Callable[[], Awaitable[Mapping[str, str]]]


class OutletRun:
    """One outlet while it is on. ``work`` is to be run in a task, inside a crash boundary that calls `fail`.

    The outlet sees no exception of another one's, and no other one its: it is shown what is new from an alarm
    of its own. ``on_state`` is called when `state` is another; ``secrets`` is asked for the secrets.
    ``on_made`` is called with the outlet before it runs.
    """

    def __init__(
        self,
        kind: OutletKind,
        config: OutletConfig,
        audience: Audience,
        alarm: Alarm,
        *,
        secrets: Secrets,
        numbers: Numbers,
        sound: HeardSound = SILENCE,
        on_state: Callable[[], None],
        on_made: Callable[[Outlet], None],
    ) -> None:
        self._kind = kind
        self._config = config
        self._audience = audience
        self._ask_secrets = secrets
        self._numbers = numbers
        self._sound = sound
        self._on_state = on_state
        self._on_made = on_made
        self._secret_parts: set[str] = set()
        self._told = OutletState(Light.WAITING, "It starts.")
        self._outlet: Outlet | None = None
        self._delayed = Delayed(self._show, alarm, config.delay_seconds)
        self._unsubscribe: Callable[[], None] = _nothing
        self._caught_up = asyncio.Event()  # it was shown all that waited for its delay
        self._task: asyncio.Task[None] | None = None
        self._is_ending = False  # it was told to
        self._is_broken = False

    @property
    def state(self) -> OutletState:
        """The state that the outlet told last, on one line each, without its secrets."""
        told = self._told
        return told._replace(
            words=one_line(self._without_secrets(told.words), _LONGEST_WORDS),
            last_line=one_line(told.last_line, _LONGEST_LINE),
        )

    @property
    def outlet(self) -> Outlet | None:
        """The outlet; None before it was made, and once it was told to end."""
        return None if self._is_ending else self._outlet

    @property
    def is_over(self) -> bool:
        """True once its task has ended."""
        return self._task is not None and self._task.done()

    @property
    def is_ending(self) -> bool:
        """True once it was told to end."""
        return self._is_ending

    @property
    def task(self) -> asyncio.Task[None] | None:
        """The task that it was given."""
        return self._task

    def start(self, task: asyncio.Task[None], on_over: Callable[[], None]) -> None:
        """Take the task in which `work` runs; call `on_over` when that has ended."""
        self._task = task
        task.add_done_callback(lambda _task: on_over())

    def use(self, config: OutletConfig) -> bool:
        """Use another configuration without a new start; False if that is not possible."""
        same = config._replace(name=self._config.name, delay_seconds=self._config.delay_seconds)
        if same != self._config or self._is_ending:
            return False
        self._config = config
        self._delayed.delay_seconds = config.delay_seconds
        return True

    async def work(self) -> None:
        """Make the outlet and run it, until cancelled."""
        try:
            secrets = await self._ask_secrets()
            self._secret_parts = set[str]().union(*map(_parts, secrets.values()))
            await asyncio.to_thread(self._kind.load)
            self._outlet = self._kind.make(self._config, secrets, self.tell, self._numbers, self._sound)
        except FishCaptionError as error:
            self.tell(OutletState(Light.TROUBLE, f"{error} {error.hint}".strip()))
            return
        if self._is_ending:
            return
        self._on_made(self._outlet)
        self._unsubscribe = self._audience.subscribe(self._config.layout, self._delayed.put)
        try:
            await self._outlet.run()
            if self._told.light is not Light.TROUBLE:  # else it has told why
                self.tell(_BY_ITSELF)
        finally:
            self._show_no_more()

    def tell(self, state: OutletState) -> None:
        """Take the outlet's state; what it tells after its end counts no more."""
        if not (self._is_ending or self._is_broken):
            self._told = state
            self._on_state()

    def fail(self) -> None:
        """A bug in the outlet has ended it."""
        self.tell(_BUG)
        self._is_broken = True
        self._show_no_more()

    async def flush(self) -> None:
        """Return once the outlet has shown or sent all that the audience has seen, later by its delay."""
        while self._delayed.is_waiting:
            self._caught_up.clear()
            await self._caught_up.wait()
        outlet: object = self.outlet
        if isinstance(outlet, Flushing) and not self.is_over:
            await outlet.flush()

    def end(self) -> None:
        """Show it nothing more, and have it end. Returns at once; said again, it does nothing."""
        if self._is_ending:
            return
        self._is_ending = True
        self._show_no_more()
        self._cancel()

    # -- inside ------------------------------------------------------------------------------------

    def _cancel(self) -> None:
        """Cancel, and again after a while: whoever cleans up may hang in it."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            again = self._task.get_loop().call_later(END_SECONDS, self._cancel)
            self._task.add_done_callback(lambda _task: again.cancel())

    def _show(self, display: Display) -> None:
        assert self._outlet is not None
        is_shown = False
        try:
            self._outlet.show(display)
            is_shown = True
        finally:
            if not is_shown:  # the exception goes to the loop, which reports it
                self.fail()
                self._cancel()
            if not self._delayed.is_waiting:
                self._caught_up.set()

    def _show_no_more(self) -> None:
        self._unsubscribe()
        self._unsubscribe = _nothing
        self._delayed.close()
        self._caught_up.set()

    def _without_secrets(self, words: str) -> str:
        """Return the words without secrets, should a library or a service have put one into its message."""
        words = words[: 10 * _LONGEST_WORDS]
        for part in sorted(self._secret_parts, key=len, reverse=True):
            words = words.replace(part, "…")
        return words


async def end_all(runs: Collection[OutletRun], seconds: float, last_seconds: float | None = None) -> None:
    """End these. Those that hang are cancelled once more after so many seconds, and again after the last
    ones, which are as many if they are not given.
    """
    tasks = [run.task for run in runs if run.task is not None]
    for run in runs:
        run.end()
    for patience in (seconds, seconds if last_seconds is None else last_seconds):
        left = [task for task in tasks if not task.done()]
        if left:
            await asyncio.wait(left, timeout=patience)
        for task in left:  # once more for those that hang while they clean up
            task.cancel()


def _parts(secret: str) -> set[str]:
    """Return a secret and, of a link, what may be its token: long, or of some length and with a digit."""
    parts = re.split(r"[^\w.~-]+", secret)
    tokens = {
        part for part in parts if len(part) >= _TOKEN or (len(part) >= _SHORT_TOKEN and _has_digit(part))
    }
    return tokens | ({secret} if len(secret) >= _LEAST_SECRET else set())


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _nothing() -> None:
    """Nothing was subscribed to."""
