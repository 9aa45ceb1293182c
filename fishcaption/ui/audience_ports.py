"""The services that the Present workspace and the audience's windows need: captions, outlets, the script.

Their answers come as those of `ui.ports`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from fishcaption.core.errors import FishCaptionError

if TYPE_CHECKING:
    from fishcaption.captions.audience import Audience
    from fishcaption.captions.outlet import OutletState
    from fishcaption.captions.track import CaptionTrack
    from fishcaption.core.audience import OutletConfig
    from fishcaption.core.script.model import Script, ScriptCue
    from fishcaption.core.speech import Voice
    from fishcaption.core.voices.presets import Preset


class OutletRow(NamedTuple):
    """One outlet with its state."""

    config: OutletConfig
    state: OutletState


class AudienceService(Protocol):
    """The captions for the audience, and the outlets that show or send them."""

    @property
    def audience(self) -> Audience:
        """Return the captions of the audience; windows subscribe to them."""
        ...

    def follow(self, track: CaptionTrack) -> None:
        """Show what this track shows. Called once, by the window that has made it."""
        ...

    def rows(self) -> tuple[OutletRow, ...]:
        """Return all outlets that are set up, in their order."""
        ...

    def set_up(self, config: OutletConfig, secrets: Mapping[str, str]) -> None:
        """Use this outlet from now on, in place of one with its id. Secrets go to the keyring.

        A secret that is not in the mapping stays as it is. Errors are told in the outlet's row.
        """
        ...

    def remove(self, outlet: str) -> None:
        """Forget this outlet with its secrets."""
        ...

    def switch(self, outlet: str, *, is_on: bool) -> None:
        """Switch an outlet on or off."""
        ...

    def tell(self, outlet: str, state: OutletState) -> None:
        """Show this state in the row of an outlet that a window shows by itself, until it is switched off."""
        ...

    def set_typing(self, *, is_typing: bool) -> None:
        """Somebody is typing, or is not any more: shown where the user lets the audience know."""
        ...

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when a row is another; the returned function ends that."""
        ...


class RecentScripts(Protocol):
    """The files of scripts that were opened last, a few."""

    def paths(self) -> tuple[Path, ...]:
        """Return the files, the newest first. They need not exist any more."""
        ...

    def add(self, path: Path) -> None:
        """Put a file first that was opened."""
        ...

    def clear(self) -> None:
        """Forget all of them."""
        ...


class CueCheck(NamedTuple):
    """The findings of preparing about one cue. ``seconds`` is its length as it is spoken, if it is known."""

    is_ready: bool  # its sound is on this computer
    seconds: float | None = None
    warnings: tuple[str, ...] = ()  # sentences: too fast to read, a word the voice may say wrongly
    error: FishCaptionError | None = None


class Preparation(Enum):
    """State of preparing a script."""

    OFF = "off"
    WORKING = "working"
    WAITING = "waiting"  # the voice is speaking, or the network is gone: it goes on by itself
    ASKING = "asking"  # it costs money, and nobody has agreed yet
    READY = "ready"
    FAILED = "failed"


class ShowView(NamedTuple):
    """The script and where it is.

    ``current`` and ``following`` are ids of cues: the one spoken or spoken last, and the one that Next
    speaks; None where there is none. Seconds are of speech at the present speed; partly estimated.
    """

    script: Script
    current: int | None = None
    following: int | None = None
    is_held: bool = False
    is_muted: bool = False  # a person speaks; the keys drive the captions
    is_rehearsal: bool = False  # nothing leaves this computer, and times are learned
    spoken_seconds: float = 0.0
    left_seconds: float = 0.0
    preparation: Preparation = Preparation.OFF
    prepared: int = 0  # cues whose sound is on this computer
    price_dollars: float = 0.0  # of preparing the rest
    error: FishCaptionError | None = None


class ScriptService(Protocol):
    """The script, spoken cue by cue. Commands return at once; subscribers are called later."""

    def view(self) -> ShowView:
        """Return the script and where it is."""
        ...

    def check(self, cue: int) -> CueCheck:
        """Return what preparing found out about a cue."""
        ...

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when the view or a check is another; the returned function ends that."""
        ...

    # -- the script

    def open_file(self, path: Path, on_done: Callable[[Script | FishCaptionError], None]) -> None:
        """Open a script file; a script that was open stays kept."""
        ...

    def set_script(self, script: Script) -> None:
        """Use this script: pasted or edited. Cues that keep their id keep their place and their sound."""
        ...

    def speakers(self) -> Mapping[str, Voice | Preset]:
        """Return the voices or presets of the script's speakers, as far as they have one of their own."""
        ...

    def silent_speakers(self) -> frozenset[str]:
        """Return the speakers whose preset is gone: nobody speaks for them."""
        ...

    def set_speaker(self, name: str, voice: Voice | Preset | None) -> None:
        """Let a speaker of the script speak with this voice or preset; None: with the chosen voice."""
        ...

    # -- the show

    def speak_next(self) -> None:
        """Speak the next cue, or show it where the voice is muted. Raises FishCaptionError."""
        ...

    def back(self) -> None:
        """Make the cue before the next one the next."""
        ...

    def repeat(self) -> None:
        """Speak the current cue again."""
        ...

    def skip(self) -> None:
        """Pass over the next cue."""
        ...

    def hold(self, *, is_held: bool) -> None:
        """Ignore Next until this is taken back."""
        ...

    def go_to(self, cue: int) -> None:
        """Make this cue the next one. The audience sees nothing of it."""
        ...

    def mark(self, cue: int, *, is_marked: bool) -> None:
        """Set or remove a marker at a cue."""
        ...

    def find(self, wanted: str) -> ScriptCue | None:
        """Return the cue of a number ("12") or label ("A12"), or the next one with these words; else None."""
        ...

    def set_muted(self, *, is_muted: bool) -> None:
        """Let a person speak: cues are shown by their key, without a voice."""
        ...

    def set_rehearsal(self, *, is_rehearsal: bool) -> None:
        """Rehearse: nothing leaves this computer, and the times of the cues are learned."""
        ...

    # -- preparing

    def prepare(self, *, may_cost_dollars: float = 0.0) -> None:
        """Render and check the whole script ahead; it goes on after a break."""
        ...

    def cancel_preparing(self) -> None:
        """Prepare no more; what is ready stays."""
        ...
