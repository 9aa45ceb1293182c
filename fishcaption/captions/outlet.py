"""The interface of an outlet for an audience, and what it tells the operator."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Final, NamedTuple, Protocol, runtime_checkable

from fishcaption.captions.display import Display
from fishcaption.core.audience import HeardPart, OutletConfig


class Light(Enum):
    """State of an outlet in one word."""

    OFF = "off"
    WAITING = "waiting"  # it connects, or waits for somebody
    ON = "on"
    TROUBLE = "trouble"  # the operator has to do something, or it tries again


class OutletState(NamedTuple):
    """State of one outlet as its row shows it.

    ``words`` is a sentence that says what is so and, in trouble, what to do. ``last_line`` is the last text
    that it showed or sent, ``lag_seconds`` how long after its moment (its delay not counted). ``address`` is
    where readers find it, and ``operator_address`` its page for the operator; empty for an outlet without.
    Both hold a secret: they are shown to the operator, and in no log.
    """

    light: Light
    words: str
    last_line: str = ""
    lag_seconds: float = 0.0
    address: str = ""
    operator_address: str = ""


class Outlet(Protocol):
    """Shows or sends what the audience sees. It knows neither the reader nor another outlet.

    Made by an entry of `captions.outlets.AUDIENCE_OUTLETS` from its configuration, its secrets and `tell`,
    which it calls, in the loop's thread, whenever its state is another. It knows nothing of its delay: where
    it has one, all that it is shown, and the captions' moments, are so much later.
    """

    def show(self, display: Display, /) -> None:
        """Show this from now on. Returns at once; what takes time is done by `run`. Never raises."""
        ...

    async def run(self) -> None:
        """Connect, send, try again, until cancelled; then leave nothing behind: no text, no task, no process.

        What others do wrong (refuse, hang, close) is told, not raised.
        """
        ...


@runtime_checkable
class Flushing(Protocol):
    """An outlet that needs time for what it was shown last; one that does not may be ended at once."""

    async def flush(self) -> None:
        """Return once all that was shown has gone out, or cannot; whoever waits gives up after a while."""
        ...


class HeardSound(Protocol):
    """The sound of the show, as `fishcaption.audio.forecast.HeardSound` tells it."""

    def subscribe(self, hear: Callable[[HeardPart], None], /) -> Callable[[], None]:
        """Call `hear` with each part soon after it was heard; the returned function ends that."""
        ...


class Silence:
    """A show without any sound."""

    def subscribe(self, hear: Callable[[HeardPart], None], /) -> Callable[[], None]:
        """Never call `hear`."""
        return lambda: None


SILENCE: Final = Silence()


class Retries:
    """The waits between tries to reach somebody: longer after each failure, up to the last of ``seconds``."""

    def __init__(self, seconds: Sequence[float]) -> None:
        self._seconds = seconds
        self._failures = 0

    def begin_anew(self) -> None:
        """Take the shortest wait next: somebody was reached."""
        self._failures = 0

    def slow_down(self) -> None:
        """Take the longest wait next: trying at once would do harm."""
        self._failures = len(self._seconds)

    async def wait(self) -> None:
        """Wait until the next try."""
        seconds = self._seconds[min(self._failures, len(self._seconds) - 1)]
        self._failures += 1
        await asyncio.sleep(seconds)


class Numbers(Protocol):
    """Numbers that outlive the program, by name: how far an outlet is in a service's sequence.

    A name is in a file: it holds no secret.
    """

    def get(self, name: str, /) -> int:
        """Return the number that was set last; 0 if none was."""
        ...

    def set(self, name: str, number: int, /) -> None:
        """Have it on the disk soon. Returns at once, and never raises."""
        ...


Tell = Callable[[OutletState], None]
MakeOutlet = Callable[[OutletConfig, Mapping[str, str], Tell], Outlet]
