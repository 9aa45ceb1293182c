"""Other tries where a voice's service cannot be reached: ask, wait and try again, or use the embedded voice.

That is the user's setting. What is decided here is done by whoever `follow`s: the window tells of it, and
gives the text that is still being typed its place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from fishcaption.core.errors import ConnectionLost, FishCaptionError
from fishcaption.core.speech import State

if TYPE_CHECKING:
    from fishcaption.app.settings import SettingsStore
    from fishcaption.store.settings import Unreachable
    from fishcaption.ui.ports import Speaker

WAITS_SECONDS: tuple[float, ...] = (2, 4, 8, 15, 30)
"""Before each try; the last one again and again."""


class Timer(Protocol):
    """A call that is to come, as `asyncio.TimerHandle` is."""

    def cancel(self) -> None:
        """Do not call."""
        ...


CallLater = Callable[[float, Callable[[], None]], Timer]


class Retrying:
    """`ui.ports.RetryService`. It looks at the reader whenever that tells of something.

    ``call_later`` takes seconds and what is to be called then, as the event loop's does.
    """

    def __init__(self, settings: SettingsStore, reader: Speaker, call_later: CallLater) -> None:
        self._settings = settings
        self._reader = reader
        self._call_later = call_later
        self._on_wait: Callable[[float], None] = _ignore_wait
        self._on_due: Callable[[bool], None] = _ignore_due
        self._seen: FishCaptionError | None = None  # the failure that was dealt with
        self._tries = 0
        self._timer: Timer | None = None
        self._unsubscribers = [
            settings.subscribe(lambda settings: settings.unreachable, self._on_policy),
            reader.subscribe(self._look),
        ]

    def follow(self, on_wait: Callable[[float], None], on_due: Callable[[bool], None]) -> None:
        """Call `on_wait` with the seconds until the next try, and `on_due` when it is to be made.

        True for `on_due`: with the embedded voice.
        """
        self._on_wait, self._on_due = on_wait, on_due

    def is_pending(self) -> bool:
        """Return whether another try is to come."""
        return self._timer is not None

    def end(self) -> None:
        """Stop: no other try comes by itself."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def close(self) -> None:
        """The window is closed: nothing is tried any more."""
        self.end()
        while self._unsubscribers:
            self._unsubscribers.pop()()

    # -- inside ------------------------------------------------------------------------------------

    def _on_policy(self, _before: Unreachable, after: Unreachable) -> None:
        if after != "wait":
            self.end()

    def _look(self) -> None:
        snapshot = self._reader.snapshot()
        error = snapshot.error
        if error is None:
            self.end()
            self._seen = None
            if snapshot.state is State.SPEAKING or snapshot.state is State.IDLE:
                self._tries = 0
            return
        is_remote = snapshot.voice is not None and snapshot.voice.kind.is_remote
        if error is self._seen or not isinstance(error, ConnectionLost) or not is_remote:
            return
        self._seen = error
        policy = self._settings.current.unreachable
        if policy == "embedded":
            self._start(0.0)
        elif policy == "wait":
            seconds = WAITS_SECONDS[min(self._tries, len(WAITS_SECONDS) - 1)]
            self._tries += 1
            self._start(seconds)
            self._on_wait(seconds)

    def _start(self, seconds: float) -> None:
        self.end()
        self._timer = self._call_later(seconds, self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        self._on_due(self._settings.current.unreachable == "embedded")


def _ignore_wait(seconds: float) -> None:
    """Nobody follows yet."""


def _ignore_due(is_embedded: bool) -> None:
    """Nobody follows yet."""
