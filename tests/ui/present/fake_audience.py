"""The captions for an audience without the loop that outlets need: rows that a window looks at."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fishcaption.captions.audience import Audience
from fishcaption.captions.display import Display
from fishcaption.captions.outlet import Light, OutletState
from fishcaption.captions.track import CaptionTrack
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
    """`ui.audience_ports.AudienceService` with a real `Audience`; outlets are rows that the test moves."""

    def __init__(self) -> None:
        self.audience = Audience(NoVoice(), ByHand())
        self.configs: dict[str, OutletConfig] = {}
        self.states: dict[str, OutletState] = {}
        self.secrets: dict[str, dict[str, str]] = {}
        self.tracks: list[CaptionTrack] = []  # that it was told to follow
        self.typing: list[bool] = []
        self._subscribers: Subscribers[[]] = Subscribers()

    def follow(self, track: CaptionTrack) -> None:
        self.tracks.append(track)
        track.subscribe(self.audience.look)

    def rows(self) -> tuple[OutletRow, ...]:
        off, waiting = OutletState(Light.OFF, "Off."), OutletState(Light.WAITING, "")
        return tuple(
            OutletRow(config, self.states.get(name, waiting) if config.is_on else off)
            for name, config in self.configs.items()
        )

    def set_up(self, config: OutletConfig, secrets: Mapping[str, str]) -> None:
        self.secrets.setdefault(config.id, {}).update(secrets)
        self.configs[config.id] = config
        self._subscribers.tell()

    def switch(self, outlet: str, *, is_on: bool) -> None:
        self.set_up(self.configs[outlet]._replace(is_on=is_on), {})

    def remove(self, outlet: str) -> None:
        del self.configs[outlet]
        self.secrets.pop(outlet, None)
        self._subscribers.tell()

    def tell(self, outlet: str, state: OutletState) -> None:
        self.states[outlet] = state
        self._subscribers.tell()

    def set_rehearsal(self, *, is_rehearsal: bool) -> None:
        self.audience.set_rehearsal(is_rehearsal)

    def set_typing(self, *, is_typing: bool) -> None:
        self.typing.append(is_typing)

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        return self._subscribers.add(callback)

    def subscribers(self) -> int:
        return len(self._subscribers)

    def shown(self) -> Display:
        """What an outlet would be given now."""
        from fishcaption.core.audience import TWO_LINES

        found: list[Display] = []
        self.audience.subscribe(TWO_LINES, found.append)()
        return found[-1]
