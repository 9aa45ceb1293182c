"""A script service whose world the test moves: files are read, and cues are heard, when it says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from fishcaption.captions.audience import Audience
from fishcaption.core.errors import FishCaptionError
from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.core.speech import Voice
from fishcaption.core.voices.presets import Preset, voice_in
from fishcaption.ui.audience_ports import CueCheck, Preparation, ShowView
from tests.ui.fakes import FakeReader


def script(*texts: str, name: str = "play.txt") -> Script:
    """A script of these texts; "ANNA: Hello." has a speaker."""
    cues = []
    for number, text in enumerate(texts, 1):
        speaker, colon, rest = text.partition(": ")
        cues.append(ScriptCue(number, rest, speaker) if colon else ScriptCue(number, text))
    return Script(name, tuple(cues))


class _Told:
    """Calls its subscribers when the test changes something."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[[], None]] = []

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def subscribers(self) -> int:
        return len(self._callbacks)

    def changed(self) -> None:
        for callback in tuple(self._callbacks):
            callback()


class FakeScript(_Told):
    """Keeps the promises of `ScriptService`; speech is the fake reader's."""

    def __init__(self, reader: FakeReader, audience: Audience) -> None:
        super().__init__()
        self._reader = reader
        self._audience = audience
        self.now = ShowView(Script())
        self.checks: dict[int, CueCheck] = {}
        self.voices: dict[str, Voice] = {}
        self.calls: list[str] = []
        self.opening: list[tuple[Path, Callable[[Script | FishCaptionError], None]]] = []
        self.agreed_dollars: list[float] = []

    def show(self, **changes: Any) -> None:
        """The world changes the view."""
        self.now = self.now._replace(**changes)
        self.changed()

    def answer(self, result: Script | FishCaptionError) -> None:
        """The oldest file that is being opened has been read."""
        _, on_done = self.opening.pop(0)
        if isinstance(result, Script):
            self._take(result)
        on_done(result)

    # -- the port

    def view(self) -> ShowView:
        return self.now

    def check(self, cue: int) -> CueCheck:
        return self.checks.get(cue, CueCheck(False))

    def open_file(self, path: Path, on_done: Callable[[Script | FishCaptionError], None]) -> None:
        self.opening.append((path, on_done))

    def set_script(self, script: Script) -> None:
        self.calls.append("set_script")
        self._take(script)

    def _take(self, script: Script) -> None:
        following = self.now.following if self.now.following in script.places else None
        if following is None and self.now.current is None and script.cues:
            following = script.cues[0].id
        current = self.now.current if self.now.current in script.places else None
        self.show(script=script, current=current, following=following)

    def speakers(self) -> Mapping[str, Voice | Preset]:
        return self.voices

    def silent_speakers(self) -> frozenset[str]:
        return frozenset()

    def set_speaker(self, name: str, voice: Voice | Preset | None) -> None:
        self.voices.pop(name, None)
        if voice is not None:
            self.voices[name] = voice_in(voice)
        self.changed()

    def speak_next(self) -> None:
        self.calls.append("speak_next")
        if self.now.is_held or self.now.following is None:
            return
        cue = self._cue(self.now.following)
        if self.now.is_muted:
            self._audience.show_text(cue.text, speaker=cue.speaker)
        else:
            self._reader.speak(cue.text, replace=True)
        self.show(current=cue.id, following=self._beside(cue.id, 1))

    def back(self) -> None:
        self.calls.append("back")
        before = self._beside(self.now.following, -1)
        if before is not None:
            self.show(following=before)

    def repeat(self) -> None:
        self.calls.append("repeat")
        if self.now.current is not None:
            self._reader.speak(self._cue(self.now.current).text, replace=True)

    def skip(self) -> None:
        self.calls.append("skip")
        self.show(following=self._beside(self.now.following, 1))

    def hold(self, *, is_held: bool) -> None:
        self.show(is_held=is_held)

    def go_to(self, cue: int) -> None:
        self.calls.append(f"go_to {cue}")
        self.show(following=cue)

    def mark(self, cue: int, *, is_marked: bool) -> None:
        cues = tuple(
            replace(one, is_marked=is_marked) if one.id == cue else one for one in self.now.script.cues
        )
        self.show(script=replace(self.now.script, cues=cues))

    def find(self, wanted: str) -> ScriptCue | None:
        cues = self.now.script.cues
        if wanted.isdecimal():
            return cues[int(wanted) - 1] if 0 < int(wanted) <= len(cues) else None
        return next((cue for cue in cues if wanted.casefold() in cue.text.casefold()), None)

    def set_muted(self, *, is_muted: bool) -> None:
        self.show(is_muted=is_muted)

    def set_rehearsal(self, *, is_rehearsal: bool) -> None:
        self._audience.set_rehearsal(is_rehearsal)
        self.show(is_rehearsal=is_rehearsal)

    def prepare(self, *, may_cost_dollars: float = 0.0) -> None:
        self.agreed_dollars.append(may_cost_dollars)
        costs = self.now.price_dollars > may_cost_dollars
        self.show(preparation=Preparation.ASKING if costs else Preparation.WORKING)

    def cancel_preparing(self) -> None:
        self.show(preparation=Preparation.OFF)

    def _cue(self, number: int) -> ScriptCue:
        return self.now.script.cues[self.now.script.places[number]]

    def _beside(self, cue: int | None, step: int) -> int | None:
        cues = self.now.script.cues
        place = self.now.script.places[cue] + step if cue is not None else len(cues) - 1
        return cues[place].id if 0 <= place < len(cues) else None
