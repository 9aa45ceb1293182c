"""The script and the show: one owner of the place in it, of who speaks, and of what is kept.

Next ends the cue before it: a presenter who presses the key goes on now, as with slides, and nothing of what
was left behind is heard later. Another text that is being spoken, typed in between, is the user's, too: the
cue waits for it or replaces it, as the setting says. After Stop nothing speaks by itself: nothing is ever
planned here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from fishcaption.app.services.speaking.script_cast import ScriptCast
from fishcaption.blocking import answer
from fishcaption.core.errors import FishCaptionError, StorageError
from fishcaption.core.script.cue_times import CueTimes, given_lengths
from fishcaption.core.script.editing import matched
from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.core.script.show import Show, begun
from fishcaption.core.speech import Fate, State, UtteranceView, Voice
from fishcaption.core.subscribers import Subscribers
from fishcaption.core.text.tags import visible
from fishcaption.core.voices.presets import Preset
from fishcaption.store.scripts.script_file import KeptScript
from fishcaption.ui.audience_ports import CueCheck, ShowView

if TYPE_CHECKING:
    from fishcaption.app.lazy_reader import LazyReader
    from fishcaption.app.services.script_preparation import ScriptPreparation
    from fishcaption.app.services.speaking.cast import CastService
    from fishcaption.app.settings import SettingsStore
    from fishcaption.captions.audience import Audience
    from fishcaption.core.normalization.rules import Rules
    from fishcaption.speech.system import SpeechSystem
    from fishcaption.store.scripts.kept_scripts import KeptScripts
    from fishcaption.store.settings import Settings
    from fishcaption.tasks import ServiceTasks

FILE_SECONDS: Final = 20.0
"""Longer than this no file is waited for: a folder of the network that is gone never answers."""

_LONGEST_PERSON: Final = 4.0  # times the estimate: who takes longer has waited for something else
_LEAST_PERSON_SECONDS: Final = 30.0


class _Spoken(NamedTuple):
    """A cue that was given to the voice: the number of its utterance, and who speaks."""

    number: int
    cue: ScriptCue
    voice: Voice


class _Shown(NamedTuple):
    """A cue that was shown while a person speaks, and when, on the clock."""

    cue: ScriptCue
    moment: float


class ScriptShow:
    """`ui.audience_ports.ScriptService`.

    ``cast`` gives speakers without a voice of the script's own the user's.
    ``speaking_as`` has the reader speak with another voice than the chosen one (None: the embedded default).
    ``call_soon`` calls in the loop, after the work at hand. ``remember`` is given each text that is shown
    without a voice.
    """

    def __init__(
        self,
        reader: LazyReader,
        audience: Audience,
        settings: SettingsStore,
        kept: KeptScripts,
        preparation: ScriptPreparation,
        tasks: ServiceTasks,
        *,
        speaking_as: Callable[[Voice | Preset | None], AbstractContextManager[None]],
        call_soon: Callable[[Callable[[], None]], object],
        remember: Callable[[str], object],
        cast: CastService | None = None,
        read_script: Callable[[Path], Script] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reader = reader
        self._audience = audience
        self._settings = settings
        self._kept = kept
        self._tasks = tasks
        self._speaking_as = speaking_as
        self._read_script = read_script or _read_script
        self._call_soon = call_soon
        self._remember = remember
        self._clock = clock
        self._subscribers: Subscribers[[]] = Subscribers()
        self._is_to_tell = False
        kept.off_record = settings.current.off_record
        before = kept.restore()
        self._show = before.show
        self._is_muted, self._is_rehearsal = before.is_muted, before.is_rehearsal
        self._voices = ScriptCast(settings, cast)
        self._voices.open(before.speakers, before.presets)
        self._times = CueTimes(before.show.script, before.spoken_seconds)  # of voices, at the usual speed
        self._person_times = CueTimes(before.show.script, before.shown_seconds)
        self._last: _Spoken | None = None
        self._shown: _Shown | None = None
        self._lengths: tuple[float, float] | None = None  # of what was spoken and of what is left, if known
        self._preparation = preparation
        preparation.on_change, preparation.on_length = self._tell, self._learn
        self._use()
        audience.set_rehearsal(self._is_rehearsal)
        reader.subscribe_ended(self._on_ended)
        if cast is not None:
            cast.subscribe(lambda: self._take(self._show))
        settings.subscribe(_used_of, self._on_settings)

    # -- what the program asks ---------------------------------------------------------------------

    async def run(self, speech: SpeechSystem) -> None:
        """Prepare, until cancelled. The speech system is entered."""
        await self._preparation.run(speech)

    def use_rules(self, rules: Rules) -> None:
        """Say what is shown by these rules from now on."""
        self._preparation.use_rules(rules)

    def stirred(self) -> None:
        """A key was pressed, or somebody is about to speak."""
        self._preparation.stirred()

    # -- ui.audience_ports.ScriptService: asking ---------------------------------------------------

    def view(self) -> ShowView:
        """Return the script and where it is."""
        show, preparation = self._show, self._preparation
        spoken, left = self._seconds()
        speed = 1.0 if self._is_muted else self._settings.current.speed
        rest = self._rest_seconds()
        return ShowView(
            show.script,
            show.current,
            show.following,
            show.is_held,
            self._is_muted,
            self._is_rehearsal,
            max(0.0, spoken / speed - rest),
            left / speed + rest,
            preparation.state(),
            preparation.prepared,
            preparation.price_dollars,
            preparation.error,
        )

    def check(self, cue: int) -> CueCheck:
        """Return what preparing found out about a cue; of one that is gone nothing is known."""
        if cue not in self._show.script.places:
            return CueCheck(False)
        spoken = self._times.known.get(cue)
        found = self._preparation.check(self._show.cue(cue), spoken)
        if self._is_muted:
            return found._replace(seconds=self._person_times.known.get(cue))
        return found if spoken is None else found._replace(seconds=spoken / self._settings.current.speed)

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when the view or a check is another."""
        return self._subscribers.add(callback)

    def speakers(self) -> Mapping[str, Voice | Preset]:
        """Return the voices or presets of the script's speakers."""
        return self._voices.speakers(self._show.script.speakers())

    def silent_speakers(self) -> frozenset[str]:
        """Return the speakers whose preset is gone."""
        return self._voices.silent_speakers()

    def find(self, wanted: str) -> ScriptCue | None:
        """Return the cue of a number, of a label, or the next one with these words."""
        return self._show.find(wanted)

    # -- the script --------------------------------------------------------------------------------

    def open_file(self, path: Path, on_done: Callable[[Script | FishCaptionError], None]) -> None:
        """Open a script file; a script that was open stays kept."""

        async def opened() -> Script:
            script = await answer(partial(self._read_script, path), _silent_file, seconds=FILE_SECONDS)
            self._open(script)
            return script

        self._tasks.answer(opened, on_done)

    def set_script(self, script: Script) -> None:
        """Use this script: pasted or edited."""
        if script == self._show.script:
            return
        if script.name != self._show.script.name and not _have_common(script, self._show.script):
            self._open(script, keeps_place=True)  # it may be one from before
            return
        self._take(self._show.edited(script))

    def set_speaker(self, name: str, voice: Voice | Preset | None) -> None:
        """Let a speaker of the script speak with this voice or preset; None: with the chosen voice."""
        self._voices.set_speaker(name, voice)
        self._take(self._show)

    # -- the show ----------------------------------------------------------------------------------

    def speak_next(self) -> None:
        """Speak the next cue, or show it where the voice is muted. Raises FishCaptionError."""
        show = self._show
        if show.is_held:
            return
        if show.following is None:
            self._count_shown()
            return
        self._give(show.cue(show.following))
        self._take(show.next())

    def back(self) -> None:
        """Make the cue before the next one the next."""
        self._take(self._show.back())

    def repeat(self) -> None:
        """Speak the current cue again: from the sound that is kept, where it was the last thing heard."""
        if self._show.current is None:
            return
        cue = self._show.cue(self._show.current)
        if not self._is_muted and self._was_heard_last(cue):
            self._reader.repeat()
        else:
            self._give(cue)
        self._tell()

    def skip(self) -> None:
        """Pass over the next cue."""
        self._take(self._show.skip())

    def hold(self, *, is_held: bool) -> None:
        """Ignore Next until this is taken back."""
        self._shown = None  # the time until the next key is no length
        self._take(self._show.hold(is_held))

    def go_to(self, cue: int) -> None:
        """Make this cue the next one."""
        self._take(self._show.go_to(cue))

    def mark(self, cue: int, *, is_marked: bool) -> None:
        """Set or remove a marker at a cue."""
        self._take(self._show.mark(cue, is_marked))

    def set_muted(self, *, is_muted: bool) -> None:
        """Let a person speak: cues are shown by their key."""
        self._count_shown()
        self._is_muted = is_muted
        self._take(self._show)

    def set_rehearsal(self, *, is_rehearsal: bool) -> None:
        """Rehearse: nothing leaves this computer. What is being rehearsed ends with the rehearsal."""
        if is_rehearsal == self._is_rehearsal:
            return
        self._count_shown()
        self._end_last()
        self._is_rehearsal = is_rehearsal
        self._audience.set_rehearsal(is_rehearsal)
        self._take(self._show)

    # -- preparing ---------------------------------------------------------------------------------

    def prepare(self, *, may_cost_dollars: float = 0.0) -> None:
        """Render and check the whole script ahead."""
        self._preparation.prepare(may_cost_dollars)

    def cancel_preparing(self) -> None:
        """Prepare no more; what is ready stays."""
        self._preparation.cancel()

    # -- inside: speaking --------------------------------------------------------------------------

    def _give(self, cue: ScriptCue) -> None:
        """Speak a cue now, or show it."""
        self._count_shown()
        if self._is_muted:
            self._show_text(cue)
            return
        is_replacing = self._make_way()
        if not visible(cue.text).strip():
            if is_replacing:
                self._end_last()
            self._last = None
            return
        number, voice = self._speak(cue, replace=is_replacing or None)
        self._last = _Spoken(number, cue, voice)
        self._audience.name_speaker(number, cue.speaker)

    def _speak(self, cue: ScriptCue, *, replace: bool | None) -> tuple[int, Voice]:
        self._voices.check(cue.speaker)
        own = self._voices.own(cue.speaker)
        voice = self._voices.voice(cue.speaker)
        rendered = self._preparation.sound(cue)
        if rendered is not None:
            with self._speaking_as(own) if isinstance(own, Preset) else nullcontext():
                return self._reader.speak_ready(cue.text, rendered, replace=replace), voice
        if not self._is_rehearsal and own is None:
            return self._reader.speak(cue.text, replace=replace), voice  # the cast may have its scripts
        # nothing leaves this computer in a rehearsal: the embedded default speaks
        is_replaced = self._is_rehearsal and voice.kind.is_remote
        with self._speaking_as(None if is_replaced else own or voice):
            return self._reader.speak(cue.text, replace=replace), voice

    def _show_text(self, cue: ScriptCue) -> None:
        if not visible(cue.text).strip():
            self._audience.clear()
            return
        language = next(iter(self._voices.voice(cue.speaker).languages), "en")[:2]
        self._audience.show_text(cue.text, speaker=cue.speaker, language=language)
        if not self._is_rehearsal:
            self._remember(cue.text)
        self._shown = _Shown(cue, self._clock())

    def _make_way(self) -> bool:
        """Return whether the cue before is to be cut by the next one; one that only waits is taken back."""
        if self._last is None:
            return False
        number, snapshot = self._last.number, self._reader.snapshot()
        if number in snapshot.waiting:
            self._reader.skip(number)
            return False
        if not self._is_at_ear(number):
            return False
        if snapshot.waiting:  # texts of the presenter's: they are not lost
            self._reader.skip(number)
            return False
        return True

    def _end_last(self) -> None:
        """Say no more of the cue that is being spoken, or waits."""
        if self._last is not None:
            number = self._last.number
            if number in self._reader.snapshot().waiting or self._is_at_ear(number):
                self._reader.skip(number)

    def _was_heard_last(self, cue: ScriptCue) -> bool:
        """Return whether the reader's last utterance is this cue, as it is now."""
        last, snapshot = self._last, self._reader.snapshot()
        if last is None or snapshot.current is None or snapshot.waiting:
            return False
        is_same = (last.cue.text, last.voice) == (cue.text, self._voices.voice(cue.speaker))
        return is_same and snapshot.current.id == last.number

    def _is_at_ear(self, number: int) -> bool:
        snapshot = self._reader.snapshot()
        is_going_on = snapshot.state not in (State.IDLE, State.FAILED)
        return is_going_on and snapshot.current is not None and snapshot.current.id == number

    # -- inside: times -----------------------------------------------------------------------------

    def _seconds(self) -> tuple[float, float]:
        """Return the lengths of what was spoken and of what is left, at the usual speed."""
        if self._lengths is None:  # many ask for a view, and few things change it
            times = self._person_times if self._is_muted else self._times
            self._lengths = times.of(self._show.spoken), times.left(self._show.place())
        return self._lengths

    def _rest_seconds(self) -> float:
        """Return the seconds of the current cue that are still to come."""
        if self._is_muted:
            if self._shown is None or self._shown.cue.id not in self._show.script.places:
                return 0.0
            elapsed = self._clock() - self._shown.moment
            return max(0.0, self._person_times.seconds(self._shown.cue.id) - elapsed)
        if self._last is None or not self._is_at_ear(self._last.number):
            return 0.0
        return self._reader.snapshot().behind_seconds / self._settings.current.speed

    def _on_ended(self, view: UtteranceView) -> None:
        last = self._last
        if last is None or view.id != last.number:
            return
        if view.fate in (Fate.HEARD, Fate.SHOWN) and self._is_text_of(last.cue):
            rate, _ = self._reader.word_times(view.id)
            self._learn(last.cue.id, self._reader.heard_frames(view.id) / rate)
        self._tell()

    def _learn(self, cue: int, seconds: float) -> None:
        self._times.learn(cue, seconds)
        self._lengths = None
        self._keep()

    def _count_shown(self) -> None:
        """A key is pressed: so long a person took for the cue that was shown by the key before."""
        shown, self._shown = self._shown, None
        if shown is None or not self._is_text_of(shown.cue):
            return
        seconds = self._clock() - shown.moment
        most = max(_LEAST_PERSON_SECONDS, _LONGEST_PERSON * self._person_times.seconds(shown.cue.id))
        if seconds <= most:
            self._person_times.learn(shown.cue.id, seconds)
            self._lengths = None
            self._keep()

    def _is_text_of(self, cue: ScriptCue) -> bool:
        """Return whether the script still has this cue with this text."""
        return cue.id in self._show.script.places and self._show.cue(cue.id).text == cue.text

    # -- inside: the script ------------------------------------------------------------------------

    def _open(self, script: Script, *, keeps_place: bool = False) -> None:
        """Begin with another script, or go on with another version of this one.

        ``keeps_place``: one that was open before goes on where it was; else only the one that is open does.
        """
        old = self._state()
        self._kept.put_by(old)
        self._count_shown()
        before = old if script.name == old.name else self._kept.find(script.name)
        if before is None:
            self._voices.open({}, {})
            self._times, self._person_times = CueTimes(script), CueTimes(script, given_lengths(script))
            self._take(begun(script))
            return
        known = matched(before.show.script, script)
        self._voices.open(before.speakers, before.presets)
        self._times = CueTimes(before.show.script, before.spoken_seconds)
        self._person_times = CueTimes(before.show.script, before.shown_seconds)
        goes_on = (keeps_place or before is old) and before.show.following is not None
        self._take(before.show.edited(known) if goes_on else begun(known))

    def _take(self, show: Show) -> None:
        if show.script is not self._times.script:
            self._times.use(show.script)
            self._person_times.use(show.script)
        self._show = show
        self._lengths = None
        self._use()
        self._keep()
        self._tell()

    def _use(self) -> None:
        self._preparation.use(self._show.script, dict(self.speakers()), self._show.place())

    def _state(self) -> KeptScript:
        return KeptScript(
            self._show,
            self._is_muted,
            self._is_rehearsal,
            self._voices.kept_speakers(),
            dict(self._times.known),
            dict(self._person_times.known),
            self._voices.kept_presets(),
        )

    def _keep(self) -> None:
        self._kept.keep(self._state())

    def _tell(self) -> None:
        """Call the subscribers soon, once."""
        if not self._is_to_tell:
            self._is_to_tell = True
            self._call_soon(self._tell_now)

    def _tell_now(self) -> None:
        self._is_to_tell = False
        self._subscribers.tell()

    def _on_settings(self, _before: tuple[object, ...], _after: tuple[object, ...]) -> None:
        self._kept.off_record = self._settings.current.off_record
        self._use()
        self._tell()


def _have_common(one: Script, other: Script) -> bool:
    """Return whether a cue is in both scripts."""
    cues = {(cue.id, cue.text) for cue in one.cues}
    return any((cue.id, cue.text) in cues for cue in other.cues)


def _read_script(path: Path) -> Script:
    from fishcaption.documents.scripts import read_script  # archives and XML: not before a file is opened

    return read_script(path)


def _silent_file() -> FishCaptionError:
    return StorageError("The file does not answer.", hint="Choose a file on this computer.")


def _used_of(settings: Settings) -> tuple[object, ...]:
    return (settings.off_record, settings.speed, settings.presets)
