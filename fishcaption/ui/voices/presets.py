"""Voice presets in the window: a command for each, and the one of the workspace that is shown."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from fishcaption.core.voices.presets import Preset, Presets
from fishcaption.ui.commands import Action, Group
from fishcaption.ui.feature import Feature, Host
from fishcaption.ui.widgets.state_words import cost_words, voice_words

if TYPE_CHECKING:
    from fishcaption.store.settings import Settings

PREFIX = "voice.preset."
"""Begins the ids of the presets' commands."""


class VoicePresets(Feature):
    """Keeps the commands as the presets are; uses a workspace's preset when it is shown."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        settings = host.services.settings
        self._ends = [
            settings.subscribe(_presets_of, self._on_presets),
            settings.subscribe(_workspace_of, self._on_workspace),
        ]
        self._add(settings.current.presets)

    def leave(self) -> None:
        """Clean up: the window is closed."""
        while self._ends:
            self._ends.pop()()

    def _on_presets(self, _before: Presets, after: Presets) -> None:
        self._add(after)

    def _add(self, presets: Presets) -> None:
        self.host.commands.replace(PREFIX, tuple(map(self._action, presets.presets)))

    def _action(self, preset: Preset) -> Action:
        words = self.tr("Speak as “{name}”").format(name=preset.name)
        use, is_used = partial(self._use, preset.id), partial(self._is_used, preset.id)
        return Action(PREFIX + preset.id, words, use, Group.VOICE, checked=is_used)

    def _is_used(self, id: str) -> bool:
        preset = self.host.settings.presets.get(id)
        return preset is not None and preset.is_like(self.host.settings)

    def _use(self, id: str) -> None:
        preset = self.host.settings.presets.get(id)
        if preset is None:
            return
        before = self._cost()
        self.host.services.settings.change(**preset.changes())
        words = self.tr("“{name}” speaks from now on: {voice}.")
        told = words.format(name=preset.name, voice=voice_words(preset.voice, self.tr))
        cost = self._cost()
        if cost and cost != before:  # nothing begins to cost in silence
            told += " " + self.tr("{model} costs {cost}.").format(model=preset.model, cost=cost)
        self.host.notice(told)

    def _cost(self) -> str:
        """Return what speaking costs now, in words; empty: nothing."""
        settings = self.host.settings
        if not settings.voice.kind.has_models:
            return ""
        offers = self.host.services.models.offers()
        offer = next((one for one in offers if one.name == settings.model and one.cents), None)
        return cost_words(offer, self.tr) if offer is not None else ""

    def _on_workspace(
        self,
        before: tuple[str, Mapping[str, tuple[str, ...]]],
        after: tuple[str, Mapping[str, tuple[str, ...]]],
    ) -> None:
        workspace, chosen = after
        if before[0] != workspace:
            for id in chosen.get(workspace, ()):
                self._use(id)


def _presets_of(settings: Settings) -> Presets:
    return settings.presets


def _workspace_of(settings: Settings) -> tuple[str, Mapping[str, tuple[str, ...]]]:
    return settings.workspace, settings.workspace_presets
