"""Presets: a voice with its model, speed, volume, style and options, under a name of the user's.

A preset is used as a whole, with one key or from a list; it can belong to a workspace. What is used then are
plain settings: changing one of them afterwards changes no preset.
"""

# annotations are not put off here: as text they would be compiled one by one, at every start
from typing import Any, Final, NamedTuple

from fishcaption.core.speech import Manner, Voice
from fishcaption.core.synthesis_options import STANDARD_OPTIONS, SynthesisOptions

MOST_PRESETS: Final = 100
LONGEST_NAME: Final = 60
_SOFTEST: Final = 0.001
_LOUDEST: Final = 4.0  # what a player can do: see `Manner`


class Preset(NamedTuple):
    """A preset. ``model`` counts for voices that have models. ``style`` is an expression tag, or empty."""

    id: str
    name: str
    voice: Voice
    model: str
    speed: float = 1.0
    volume: float = 1.0
    style: str = ""
    options: SynthesisOptions = STANDARD_OPTIONS

    def changes(self) -> dict[str, Any]:
        """Return the settings that the preset sets, by their names."""
        found = self._asdict()
        del found["id"], found["name"]
        if not self.voice.kind.has_models:
            del found["model"], found["options"]
        return found

    def manner(self, volume: float, speed: float) -> Manner:
        """Return how it speaks where the volume and the speed of listening are these."""
        gain = self.volume / volume if volume > 0 else 1.0  # where nothing is heard, it is not, either
        return Manner(self.style, min(max(gain, _SOFTEST), _LOUDEST), self.speed / speed)

    def is_like(self, settings: object) -> bool:
        """Return whether these settings are as the preset sets them."""
        return all(getattr(settings, name) == value for name, value in self.changes().items())


class Presets(NamedTuple):
    """All presets, in the user's order; each has an id of its own."""

    presets: tuple[Preset, ...] = ()

    def get(self, id: str) -> Preset | None:
        """Return the preset with this id; None if there is none."""
        return next((preset for preset in self.presets if preset.id == id), None)

    def named(self, name: str) -> Preset | None:
        """Return the first preset with this name, however it is written; None if there is none."""
        wanted = name.casefold()
        return next((preset for preset in self.presets if preset.name.casefold() == wanted), None)

    def free_name(self, name: str, but: str = "") -> str:
        """Return this name or, where a preset other than that with the id ``but`` has it, with a number."""
        taken = {preset.name.casefold() for preset in self.presets if preset.id != but}
        found, number = name, 1
        while found.casefold() in taken:
            number += 1
            found = f"{name[: LONGEST_NAME - 4]} {number}"
        return found

    def with_preset(self, preset: Preset) -> "Presets":
        """Return them with this one in the place of the one with its id, or as the last."""
        if self.get(preset.id) is None:
            return Presets((*self.presets, preset))
        return Presets(tuple(preset if other.id == preset.id else other for other in self.presets))

    def without(self, id: str) -> "Presets":
        """Return them without the one with this id."""
        return Presets(tuple(preset for preset in self.presets if preset.id != id))

    def moved(self, id: str, by: int) -> "Presets":
        """Return them with this one so many places further on; it stays within the list."""
        others = self.without(id).presets
        place = next(place for place, preset in enumerate(self.presets) if preset.id == id) + by
        place = min(max(place, 0), len(others))
        preset = self.get(id)
        return self if preset is None else Presets((*others[:place], preset, *others[place:]))


def voice_in(who: Voice | Preset) -> Voice:
    """Return the voice itself."""
    return who.voice if isinstance(who, Preset) else who
