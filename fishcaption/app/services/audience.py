"""The captions for an audience, and the outlets that show or send them: each runs apart from the others."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from fishcaption.blocking import answer
from fishcaption.captions.alarm import LoopAlarm
from fishcaption.captions.audience import Audience, TimedWords
from fishcaption.captions.outlet import SILENCE, HeardSound, Light, Numbers, Outlet, OutletState
from fishcaption.captions.outlet_kind import OutletKind
from fishcaption.captions.outlet_run import OutletRun, end_all
from fishcaption.captions.outlets import AUDIENCE_OUTLETS
from fishcaption.core.errors import FishCaptionError, StorageError
from fishcaption.core.subscribers import Subscribers
from fishcaption.store import keys
from fishcaption.store.outlets import secrets as secrets_of_outlets
from fishcaption.store.outlets.configs import MOST_OUTLETS, usable
from fishcaption.store.settings import Settings
from fishcaption.ui.audience_ports import OutletRow

if TYPE_CHECKING:
    from fishcaption.app.settings import SettingsStore
    from fishcaption.captions.track import CaptionTrack
    from fishcaption.core.audience import OutletConfig
    from fishcaption.tasks import ServiceTasks

_Answer = TypeVar("_Answer")

TOLD_SECONDS: Final = 0.1
"""Subscribers are called at most so often, however much an outlet tells."""

_CLOSE_SECONDS: Final = 2.0  # that outlets have to leave nothing behind when the program ends
_OFF: Final = OutletState(Light.OFF, "Off.")
_UNKNOWN: Final = OutletState(
    Light.TROUBLE, "This version of fishcaption does not know this kind of outlet. Update it, or remove this."
)
_OPENS: Final = OutletState(Light.WAITING, "It opens.")
_ENDS: Final = OutletState(Light.WAITING, "What it did before is ending.")


class AudienceOutlets:
    """`ui.audience_ports.AudienceService`. The settings hold the outlets; this runs those that are on.

    ``words`` gives times of words, ``numbers`` those of outlets, ``sound`` the sound that was heard.
    ``on_error`` is told what has no row.
    """

    def __init__(
        self,
        words: TimedWords,
        settings: SettingsStore,
        tasks: ServiceTasks,
        numbers: Callable[[], Numbers],
        *,
        on_error: Callable[[FishCaptionError], None],
        sound: HeardSound = SILENCE,
        kinds: tuple[OutletKind, ...] = AUDIENCE_OUTLETS,
    ) -> None:
        self.on_outlet: Callable[[Outlet], None] = _ignore
        """Called with each outlet before it runs."""
        self._settings = settings
        self._tasks = tasks
        self._find_numbers = numbers
        self._sound = sound
        self._on_error = on_error
        self._kinds = {kind.kind: kind for kind in kinds}
        self._numbers: Numbers | None = None
        self._runs: dict[str, OutletRun] = {}  # also of those that ended by themselves
        self._shown: dict[str, OutletState] = {}  # of those that a window shows
        self._secrets: dict[str, dict[str, str]] = {}  # given since the start
        self._notes: dict[str, str] = {}  # about those secrets, where they could not be kept
        self._is_typing = self._is_closing = False
        self._subscribers: Subscribers[[]] = Subscribers()
        self._teller = LoopAlarm()
        self._is_to_tell = False
        self._told_at = -math.inf
        self._audience = Audience(words, LoopAlarm(), speed=lambda: settings.current.speed)
        now = settings.current
        self._on_behaviour(_behaviour_of(now), _behaviour_of(now))
        settings.subscribe(_behaviour_of, self._on_behaviour)
        settings.subscribe(lambda settings: settings.outlets, self._on_outlets)
        self._look()

    async def close(self) -> None:
        """End all outlets; those that hang are given up after a while."""
        self._is_closing = True
        self._teller.clear()
        await end_all(tuple(self._runs.values()), _CLOSE_SECONDS)

    def running(self) -> tuple[Outlet, ...]:
        """Return the outlets that run."""
        return tuple(run.outlet for run in self._runs.values() if run.outlet is not None)

    # -- ui.audience_ports.AudienceService ---------------------------------------------------------

    @property
    def audience(self) -> Audience:
        """The captions of the audience."""
        return self._audience

    def follow(self, track: CaptionTrack) -> None:
        """Show what this track shows."""
        track.subscribe(self._audience.look)

    def rows(self) -> tuple[OutletRow, ...]:
        """Return all outlets that are set up, in their order."""
        return tuple(OutletRow(config, self._state(config)) for config in self._settings.current.outlets)

    def set_up(self, config: OutletConfig, secrets: Mapping[str, str]) -> None:
        """Use this outlet from now on, in place of one with its id."""
        try:
            kept = usable(config)
            others = {outlet.id: outlet for outlet in self._settings.current.outlets}
            if kept.id not in others and len(others) >= MOST_OUTLETS:
                raise StorageError(f"There are {MOST_OUTLETS} outlets already.", hint="Remove one first.")
        except FishCaptionError as error:
            self._note(config.id, error)
            return
        self._notes.pop(config.id, None)
        if secrets:
            self._secrets.setdefault(config.id, {}).update(secrets)
            self._tasks.answer(
                partial(_of_keyring, partial(secrets_of_outlets.save, config.id, dict(secrets))),
                partial(self._on_kept, config.id),
            )
            if (run := self._runs.get(config.id)) is not None:
                self._end(config.id, run)
        self._settings.change(outlets=tuple((others | {kept.id: kept}).values()))
        self._look()

    def remove(self, outlet: str) -> None:
        """Forget this outlet with its secrets."""
        outlets = self._settings.current.outlets
        kinds = [self._kinds[config.kind] for config in outlets if config.kind in self._kinds]
        names = {name for kind in kinds for name in kind.secrets()} | self._secrets.pop(outlet, {}).keys()
        self._notes.pop(outlet, None)
        self._shown.pop(outlet, None)
        self._settings.change(outlets=tuple(config for config in outlets if config.id != outlet))
        if names:
            self._tasks.answer(
                partial(_of_keyring, partial(secrets_of_outlets.forget, outlet, sorted(names))),
                self._on_forgotten,
            )

    def switch(self, outlet: str, *, is_on: bool) -> None:
        """Switch an outlet on or off."""
        self._settings.change(
            outlets=tuple(
                config._replace(is_on=is_on) if config.id == outlet else config
                for config in self._settings.current.outlets
            )
        )

    def tell(self, outlet: str, state: OutletState) -> None:
        """Show this state in the row of an outlet that a window shows."""
        if self._shown.get(outlet) != state:
            self._shown[outlet] = state
            self._tell_soon()

    def set_typing(self, *, is_typing: bool) -> None:
        """Somebody is typing, or is not any more."""
        self._is_typing = is_typing
        self._audience.set_typing(is_typing and self._settings.current.captions_typing)

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when a row is another."""
        return self._subscribers.add(callback)

    # -- which outlets run -------------------------------------------------------------------------

    def _on_outlets(self, before: tuple[OutletConfig, ...], after: tuple[OutletConfig, ...]) -> None:
        on = {config.id for config in after if config.is_on}
        for outlet in {config.id for config in before} - on:
            self._shown.pop(outlet, None)
        self._look()

    def _look(self) -> None:
        """Have those run that are to run, as they are set up, and no others."""
        if self._is_closing:
            return
        wanted = {config.id: config for config in self._settings.current.outlets if self._is_wanted(config)}
        for outlet, run in tuple(self._runs.items()):
            config = wanted.get(outlet)
            if config is None or not run.use(config):
                self._end(outlet, run)
        for outlet, config in wanted.items():
            if outlet not in self._runs:
                self._start(config)
        self._tell_soon()

    def _is_wanted(self, config: OutletConfig) -> bool:
        kind = self._kinds.get(config.kind)
        return kind is not None and bool(kind.module) and config.is_on

    def _start(self, config: OutletConfig) -> None:
        if self._numbers is None:
            self._numbers = self._find_numbers()
        kind = self._kinds[config.kind]
        run = self._runs[config.id] = OutletRun(
            kind,
            config,
            self._audience,
            LoopAlarm(),
            secrets=partial(self._secrets_of, config.id, kind),
            numbers=self._numbers,
            sound=self._sound,
            on_state=self._tell_soon,
            on_made=lambda outlet: self.on_outlet(outlet),
        )
        task = self._tasks.start(run.work, run.fail)
        run.start(task, partial(self._on_over, config.id, run))

    def _end(self, outlet: str, run: OutletRun) -> None:
        """End it. The next one of this outlet begins when it has ended: its port is in use till then."""
        run.end()
        if run.is_over:
            del self._runs[outlet]

    def _on_over(self, outlet: str, run: OutletRun) -> None:
        """A task has ended: because it was to, or by itself; then its state stays to be seen."""
        if run.is_ending and self._runs.get(outlet) is run:
            del self._runs[outlet]
        self._look()

    async def _secrets_of(self, outlet: str, kind: OutletKind) -> Mapping[str, str]:
        given = self._secrets.get(outlet, {})
        missing = [name for name in kind.secrets() if name not in given]
        found = (
            await _of_keyring(partial(secrets_of_outlets.find, outlet, missing), seconds=math.inf)
            if missing
            else {}
        )
        found |= {name: secret for name, secret in given.items() if secret}
        made = secrets_of_outlets.new(name for name in kind.made_secrets if name not in found)
        if made:
            self._secrets.setdefault(outlet, {}).update(made)
            self._tasks.answer(
                partial(_of_keyring, partial(secrets_of_outlets.save, outlet, made)),
                partial(self._on_kept, outlet),
            )
        return found | made

    # -- what is told ------------------------------------------------------------------------------

    def _state(self, config: OutletConfig) -> OutletState:
        state = self._plain_state(config)
        note = self._notes.get(config.id, "")
        if not note:
            return state
        return state._replace(words=f"{state.words} {note}".strip())

    def _plain_state(self, config: OutletConfig) -> OutletState:
        kind = self._kinds.get(config.kind)
        run = self._runs.get(config.id)
        if kind is None:
            return _UNKNOWN
        if not config.is_on:
            return _OFF
        if not kind.module:
            return self._shown.get(config.id, _OPENS)
        if run is None or run.is_ending:
            return _ENDS
        return run.state

    def _on_kept(self, outlet: str, result: FishCaptionError | None) -> None:
        if isinstance(result, FishCaptionError):
            self._note(outlet, result)

    def _on_forgotten(self, result: FishCaptionError | None) -> None:
        if isinstance(result, FishCaptionError):
            self._on_error(result)

    def _note(self, outlet: str, error: FishCaptionError) -> None:
        """Tell the error in the outlet's row; where it has none, wherever errors are told."""
        if all(config.id != outlet for config in self._settings.current.outlets):
            self._on_error(error)
        else:
            self._notes[outlet] = f"{error} {error.hint}".strip()
            self._tell_soon()

    def _tell_soon(self) -> None:
        if self._is_to_tell or self._is_closing:
            return
        self._is_to_tell = True
        self._teller.set(self._told_at + TOLD_SECONDS, self._tell)

    def _tell(self) -> None:
        self._is_to_tell = False
        self._told_at = time.perf_counter()
        self._subscribers.tell()

    # -- the settings of the captions --------------------------------------------------------------

    def _on_behaviour(self, _before: _Behaviour, after: _Behaviour) -> None:
        self._audience.clear_seconds = after.clear_seconds
        self._audience.stop_clears = after.stop_clears
        self.set_typing(is_typing=self._is_typing)


class _Behaviour(NamedTuple):
    """The settings of the captions themselves."""

    clear_seconds: float
    stop_clears: bool
    shows_typing: bool


def _behaviour_of(settings: Settings) -> _Behaviour:
    return _Behaviour(
        settings.captions_clear_seconds, settings.captions_stop_clears, settings.captions_typing
    )


async def _of_keyring(work: Callable[[], _Answer], *, seconds: float = keys.ANSWER_SECONDS) -> _Answer:
    return await answer(work, keys.silent, seconds=seconds)


def _ignore(outlet: Outlet) -> None:
    """Nobody wants to know of it."""
