"""The captions for an audience without the loop that outlets need: rows that a window looks at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from fishcaption.captions.audience import Audience
from fishcaption.captions.display import Display
from fishcaption.captions.outlet import Light, OutletState
from fishcaption.core.audience import OutletConfig
from fishcaption.core.speech import WordTime
from fishcaption.core.subscribers import Subscribers
from fishcaption.ui.audience_ports import OutletRow


class NoVoice:
    """Nothing was ever spoken."""

    def word_times(self, number: int, /) -> tuple[int, tuple[WordTime, ...]]:
        raise KeyError(number)

    def heard_frames(self, number: int, /) -> int:
        raise KeyError(number)


class ByHand:
    """An alarm that the test rings."""

    def __init__(self) -> None:
        self.act: Callable[[], object] | None = None

    def set(self, moment: float, act: Callable[[], object], /) -> None:
        self.act = act

    def clear(self) -> None:
        self.act = None


class FakeAudienceService:
    """`ui.audience_ports.AudienceService`, as far as windows use it; outlets of other kinds do not run."""

    def __init__(self) -> None:
        self.audience = Audience(NoVoice(), ByHand())
        self.configs: dict[str, OutletConfig] = {}
        self.states: dict[str, OutletState] = {}
        self._subscribers: Subscribers[[]] = Subscribers()

    def rows(self) -> tuple[OutletRow, ...]:
        off = OutletState(Light.OFF, "Off.")
        return tuple(
            OutletRow(config, self.states.get(name, off) if config.is_on else off)
            for name, config in self.configs.items()
        )

    def set_up(self, config: OutletConfig, secrets: Mapping[str, str]) -> None:
        assert not secrets
        self.configs[config.id] = config
        self._subscribers.tell()

    def switch(self, outlet: str, *, is_on: bool) -> None:
        self.set_up(replace(self.configs[outlet], is_on=is_on), {})

    def remove(self, outlet: str) -> None:
        del self.configs[outlet]
        self._subscribers.tell()

    def tell(self, outlet: str, state: OutletState) -> None:
        self.states[outlet] = state

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        return self._subscribers.add(callback)

    def shown(self) -> Display:
        """What an outlet would be given now."""
        from fishcaption.core.audience import TWO_LINES

        found: list[Display] = []
        self.audience.subscribe(TWO_LINES, found.append)()
        return found[-1]
