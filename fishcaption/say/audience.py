"""The outlets of one run of `say`: the audience sees what is heard, as it does of the window's voice.

Each outlet runs as the window runs its own, apart from the others (`captions.outlet_run`). What it has to say
to a person is told on standard error. None of them stops the voice, and none delays the end by more than
`END_SECONDS`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from fishcaption import terminal
from fishcaption.blocking import answer
from fishcaption.captions.alarm import LoopAlarm
from fishcaption.captions.audience import LEAST_SECONDS, Audience, TimedWords
from fishcaption.captions.outlet import HeardSound, Light, Numbers, Outlet
from fishcaption.captions.outlet_run import OutletRun, end_all
from fishcaption.core.cues.reading_speed import reading_seconds
from fishcaption.core.errors import StorageError
from fishcaption.core.untrusted import one_line
from fishcaption.store import keys
from fishcaption.store.journal import Writer
from fishcaption.store.outlets import secrets as secrets_of_outlets
from fishcaption.store.outlets.sequence_numbers import SequenceNumbers, sequence_numbers_path
from fishcaption.tasks import ServiceTasks

if TYPE_CHECKING:
    from fishcaption.captions.display import AudienceCue, Display
    from fishcaption.core.audience import Layout
    from fishcaption.core.speech import Snapshot
    from fishcaption.say.outlet_options import ChosenOutlet
    from fishcaption.store.settings import Settings

READY_SECONDS: Final = 2.0
"""The voice waits so long for outlets that are being loaded: they are to have its first word."""

END_SECONDS: Final = 2.0
"""Outlets may take so long for the last caption, and to leave nothing behind."""

_UNSEEN_SECONDS: Final = 20.0  # after the first caption: by then each service has answered, or not
_FLUSH_SECONDS: Final = 1.2  # of these, for the last caption
_GIVEN_UP_SECONDS: Final = 0.2  # of these, for those that hang
_LONGEST_NAME: Final = 80
_MOST_TOLD: Final = 5  # sentences of one outlet: a stream that comes and goes fills no terminal
_NOT_TAKEN: Final = "The last caption may be missing there: it was not taken in time."


class SayAudience:
    """The audience and its outlets, from entering to leaving.

    Subscribe `look` to the caption track. ``speed`` is how fast the voice is played, ``sound`` what is heard.
    """

    def __init__(
        self,
        outlets: tuple[ChosenOutlet, ...],
        settings: Settings,
        words: TimedWords,
        speed: float,
        sound: HeardSound,
    ) -> None:
        self._group = asyncio.TaskGroup()
        self._tasks = ServiceTasks(self._group)
        self._writer = Writer()
        self._audience = Audience(words, LoopAlarm(), speed=lambda: speed)
        self._audience.clear_seconds = settings.captions_clear_seconds
        self._audience.stop_clears = settings.captions_stop_clears
        self._last_cues: dict[Layout, AudienceCue | None] = {}
        self._has_shown = False
        self._unseen = LoopAlarm()
        numbers = SequenceNumbers(sequence_numbers_path(), self._writer, _complain)
        self._runs = [_Run(chosen, self._audience, numbers, sound) for chosen in outlets]

    async def __aenter__(self) -> Self:
        """Start the outlets."""
        await self._group.__aenter__()
        for layout in {run.chosen.config.layout for run in self._runs}:
            self._audience.subscribe(layout, partial(self._on_display, layout))
        for run in self._runs:
            run.start(self._tasks)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the outlets, should they not have ended yet."""
        self._unseen.clear()
        runs = [run.outlet_run for run in self._runs]
        await end_all(runs, END_SECONDS - _GIVEN_UP_SECONDS, _GIVEN_UP_SECONDS)
        await self._group.__aexit__(None, None, None)  # an error of the body stays as it is
        await asyncio.to_thread(self._writer.close)

    def look(self, snapshot: Snapshot) -> None:
        """Take what the caption track shows."""
        self._audience.look(snapshot)

    async def ready(self) -> None:
        """Return when each outlet can be shown something or has failed; a slow one has to catch up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(READY_SECONDS):
                for run in self._runs:
                    await run.is_begun.wait()

    async def finish(self, interrupted: asyncio.Event) -> None:
        """Let the last caption be read; empty the outlets and end them. ``interrupted``: do not wait."""
        hurry = self._group.create_task(interrupted.wait())
        await asyncio.wait([hurry], timeout=self._reading_seconds())
        self._audience.clear()
        await asyncio.gather(*(run.leave(self._tasks, hurry) for run in self._runs))
        if self._has_shown and not hurry.done():
            self._tell_unseen()
        hurry.cancel()

    def _on_display(self, layout: Layout, display: Display) -> None:
        self._last_cues[layout] = display.cue
        if display.cue is not None and not self._has_shown:
            self._has_shown = True
            self._unseen.set(time.perf_counter() + _UNSEEN_SECONDS, self._tell_unseen)

    def _tell_unseen(self) -> None:
        for run in self._runs:
            run.tell_unseen()

    def _reading_seconds(self) -> float:
        """Return for how long the last captions are to stay; its last word stands for a second at least."""
        cues = [cue for cue in self._last_cues.values() if cue is not None]
        now = time.perf_counter()
        ends = [cue.moment + reading_seconds(" ".join(cue.lines), cue.language) for cue in cues]
        return max(LEAST_SECONDS, *(end - now for end in ends)) if cues else 0.0


class _Run:
    """One outlet, and what a person is told of it."""

    def __init__(self, chosen: ChosenOutlet, audience: Audience, numbers: Numbers, sound: HeardSound) -> None:
        self.chosen = chosen
        self.is_begun = asyncio.Event()
        self._name = one_line(chosen.config.name, _LONGEST_NAME)
        self._told: set[str] = set()
        self._is_address_told = self._was_on = False
        self.outlet_run = OutletRun(
            chosen.kind,
            chosen.config,
            audience,
            LoopAlarm(),
            secrets=self._secrets,
            numbers=numbers,
            sound=sound,
            on_state=self._on_state,
            on_made=self._on_made,
        )

    def start(self, tasks: ServiceTasks) -> None:
        """Run it in a task of these."""
        self.outlet_run.start(tasks.start(self.outlet_run.work, self.outlet_run.fail), self.is_begun.set)

    async def leave(self, tasks: ServiceTasks, hurry: asyncio.Task[Any]) -> None:
        """Let it send what it was shown, later by its delay, or until `hurry` is done; then end it."""
        flushed = tasks.start(self.outlet_run.flush)
        patience = _FLUSH_SECONDS + self.chosen.config.delay_seconds
        await asyncio.wait((flushed, hurry), timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        if not (flushed.done() or hurry.done() or self._told):
            self._tell(_NOT_TAKEN)
        flushed.cancel()
        await end_all([self.outlet_run], END_SECONDS - _FLUSH_SECONDS - _GIVEN_UP_SECONDS, _GIVEN_UP_SECONDS)

    async def _secrets(self) -> Mapping[str, str]:
        chosen = self.chosen
        if not chosen.keyring_names:
            return chosen.secrets
        try:
            kept = await answer(partial(_kept_secrets, chosen), keys.silent, seconds=keys.ANSWER_SECONDS)
        except StorageError:
            if not set(chosen.keyring_names) <= set(chosen.kind.made_secrets):
                raise
            kept = secrets_of_outlets.new(chosen.keyring_names)  # the address is another one the next time
        return {**kept, **chosen.secrets}

    def _on_made(self, _outlet: Outlet) -> None:
        self.is_begun.set()

    def _on_state(self) -> None:
        state = self.outlet_run.state
        self._was_on = self._was_on or state.light is Light.ON or bool(state.address)
        if state.address and not self._is_address_told:
            self._is_address_told = True
            terminal.err(f"fishcaption: {self._name}: {state.address}\n")
        if state.light is Light.TROUBLE:
            self._tell(state.words)

    def tell_unseen(self) -> None:
        """Tell of an outlet that has never worked and only waits, as for an OBS that is not there."""
        if not self._was_on and not self._told:
            self._tell(f"It shows nothing. {self.outlet_run.state.words}")

    def _tell(self, words: str) -> None:
        if words not in self._told and len(self._told) < _MOST_TOLD:
            self._told.add(words)
            terminal.err(f"fishcaption: {self._name}: {words}\n")


def _kept_secrets(chosen: ChosenOutlet) -> Mapping[str, str]:
    """Return the secrets in the keyring; those that the program makes are put there. Blocks."""
    found = secrets_of_outlets.find(chosen.config.id, chosen.keyring_names)
    made_names = [name for name in chosen.kind.made_secrets if name in chosen.keyring_names]
    made = secrets_of_outlets.new(name for name in made_names if name not in found)
    if made:
        secrets_of_outlets.save(chosen.config.id, made)
    return {**found, **made}


def _complain(error: StorageError) -> None:
    terminal.err(f"fishcaption: {error} {error.hint}\n".replace(" \n", "\n"))
