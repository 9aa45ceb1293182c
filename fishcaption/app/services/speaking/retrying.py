"""A voice's service that cannot be reached: ask, wait and try again, or let the embedded voice take over.

That is the user's setting, one for each workspace. Who waits is told when another try is due. An embedded
voice that takes over does so inside the speech system, in mid-text; here it is told who speaks and why, until
the chosen voice is back: by a command or, if the user has set that, by itself. Then the service is looked for
now and again on a socket that says nothing, and the chosen voice begins with the next text.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Protocol

from fishcaption.core.errors import ConnectionLost, FishCaptionError
from fishcaption.core.speech import State
from fishcaption.store.settings import unreachable_in
from fishcaption.ui.retry_ports import RetryFollower, StandIn

if TYPE_CHECKING:
    from fishcaption.app.settings import SettingsStore
    from fishcaption.core.speech import Voice
    from fishcaption.store.settings import Settings
    from fishcaption.ui.ports import Speaker

WAITS_SECONDS: tuple[float, ...] = (2, 4, 8, 15, 30)
"""Before each try; the last one again and again."""

LOOKS_SECONDS: tuple[float, ...] = (3, 5, 10, 20, 30)
"""Before each look for the service while somebody stands in; the last one again and again."""


class Timer(Protocol):
    """A call that is to come, as `asyncio.TimerHandle` is."""

    def cancel(self) -> None:
        """Do not call."""
        ...


CallLater = Callable[[float, Callable[[], None]], Timer]
Answer = Callable[[Callable[[], Awaitable[None]], Callable[[FishCaptionError | None], None]], Any]


class StandInSpeech(Protocol):
    """The speech system, where another voice can stand in for the chosen one: see `LazySpeech`."""

    on_stood_in: Callable[[FishCaptionError], None]

    def use_stand_in(self, is_used: bool) -> None:
        """Have an embedded voice take over where a service cannot be reached, or nobody."""
        ...

    def stand_in(self) -> Voice | None:
        """Return who speaks in the place of the chosen voice; None: nobody does."""
        ...

    def go_back(self) -> None:
        """Speak with the chosen voice again, from the next text on."""
        ...

    async def reach(self) -> None:
        """Look whether the chosen voice's service can be reached. Raises FishCaptionError."""
        ...


class Retrying:
    """`ui.retry_ports.RetryService`. It looks at the reader whenever that tells of something.

    ``call_later`` takes seconds and what is to be called then, as the event loop's does; ``answer`` does
    work in a task, as `ServiceTasks.answer`.
    """

    def __init__(
        self,
        settings: SettingsStore,
        reader: Speaker,
        speech: StandInSpeech,
        call_later: CallLater,
        answer: Answer,
    ) -> None:
        self._settings = settings
        self._reader = reader
        self._speech = speech
        self._call_later = call_later
        self._answer = answer
        self._follower: RetryFollower | None = None
        self._seen: FishCaptionError | None = None  # the failure that was dealt with
        self._tries = 0
        self._timer: Timer | None = None
        self._why: FishCaptionError | None = None  # somebody stands in
        self._looks = 0
        self._next_look: Timer | None = None
        speech.on_stood_in = self._on_stood_in
        speech.use_stand_in(unreachable_in(settings.current) == "embedded")
        self._unsubscribers = [
            settings.subscribe(unreachable_in, self._on_policy),
            settings.subscribe(lambda settings: settings.unreachable_returns, self._on_returns),
            settings.subscribe(_voice_of, self._on_voice),
            reader.subscribe(self._look),
        ]

    def follow(self, follower: RetryFollower) -> None:
        """Tell this one when another try is due, and who stands in for the chosen voice."""
        self._follower = follower

    def is_pending(self) -> bool:
        """Return whether another try is to come."""
        return self._timer is not None

    def end(self) -> None:
        """Stop: no other try comes by itself."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def go_back(self) -> None:
        """Speak with the chosen voice again, from the next text on."""
        self._speech.go_back()
        self._forget_stand_in()

    def close(self) -> None:
        """The window is closed: nothing is tried any more."""
        self.end()
        self._end_looking()
        self._why = self._follower = None
        while self._unsubscribers:
            self._unsubscribers.pop()()

    # -- other tries -------------------------------------------------------------------------------

    def _on_policy(self, _before: str, after: str) -> None:
        if after != "wait":
            self.end()
        self._speech.use_stand_in(after == "embedded")
        if self._speech.stand_in() is None:
            self._forget_stand_in()

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
        if unreachable_in(self._settings.current) == "wait":
            seconds = WAITS_SECONDS[min(self._tries, len(WAITS_SECONDS) - 1)]
            self._tries += 1
            self.end()
            self._timer = self._call_later(seconds, self._on_time)
            if self._follower is not None:
                self._follower.on_wait(seconds)

    def _on_time(self) -> None:
        self._timer = None
        if self._follower is not None:
            self._follower.on_due()

    # -- a stand-in --------------------------------------------------------------------------------

    def _on_stood_in(self, error: FishCaptionError) -> None:
        voice = self._speech.stand_in()
        if voice is None:
            return
        self._why = error
        self._looks = 0
        self._look_later()
        if self._follower is not None:
            self._follower.on_stand_in(StandIn(voice, self._settings.current.voice, error))

    def _forget_stand_in(self) -> None:
        self._end_looking()
        if self._why is not None:
            self._why = None
            if self._follower is not None:
                self._follower.on_stand_in(None)

    def _on_voice(self, _before: object, _after: object) -> None:
        if self._speech.stand_in() is None:
            self._forget_stand_in()

    def _on_returns(self, _before: bool, _after: bool) -> None:
        self._end_looking()
        self._look_later()

    def _look_later(self) -> None:
        if self._why is not None and self._settings.current.unreachable_returns:
            self._end_looking()
            seconds = LOOKS_SECONDS[min(self._looks, len(LOOKS_SECONDS) - 1)]
            self._looks += 1
            self._next_look = self._call_later(seconds, self._look_for_service)

    def _end_looking(self) -> None:
        if self._next_look is not None:
            self._next_look.cancel()
            self._next_look = None

    def _look_for_service(self) -> None:
        self._next_look = None
        self._answer(self._speech.reach, self._on_looked)

    def _on_looked(self, error: FishCaptionError | None) -> None:
        if self._why is None or not self._settings.current.unreachable_returns:
            return
        if error is None:
            self.go_back()
        else:
            self._look_later()


def _voice_of(settings: Settings) -> tuple[object, ...]:
    return settings.voice, settings.model, settings.model_agreed, settings.options
