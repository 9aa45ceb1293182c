"""A reader whose ear the test moves, and services whose answers the test gives."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer

from fishcaption.app.services.models import Models
from fishcaption.app.services.speaking.retrying import Retrying
from fishcaption.app.settings import SettingsStore
from fishcaption.core.errors import FishCaptionError, InputError, LimitReached, Unauthorized
from fishcaption.core.models import no_day
from fishcaption.core.speech import Fate, PlayerState, Rendered, Snapshot, Span, State, UtteranceView, Voice
from fishcaption.core.voices.catalog import VoiceEntry, VoiceQuery
from fishcaption.store.keys import KeyPlace
from fishcaption.store.settings import OutputDevice, Settings
from fishcaption.ui.account_ports import CreditReport, KeyReport, SpendingReport
from fishcaption.ui.voice_ports import Hearing, OnHearing
from tests.ui.fake_downloads import FakeDownloads

HIBARI = Voice("embedded", "hibari", "Hibari", ("en",))
FISH = Voice("fish", "802e3bc2b27e49c2995d23ef70e6ac89", "Energetic", ("en",))


@dataclass
class Utterance:
    """The mutable twin of a view."""

    id: int
    text: str
    live: bool
    fate: Fate = Fate.WAITING
    sent_end: int = 0
    heard_end: int = 0
    word: Span | None = None
    error: FishCaptionError | None = None
    fixed_end: int = 0
    voice: Voice | None = None
    shown_from: int | None = None
    kind: Any = None  # how it is typed, as the window said
    ready: Rendered | None = None

    def view(self) -> UtteranceView:
        return UtteranceView(
            self.id,
            self.text,
            self.live,
            self.fate,
            self.sent_end,
            self.heard_end,
            self.word,
            self.error,
            self.fixed_end,
            self.voice,
            shown_from=self.shown_from,
        )


class FakeReader:
    """Keeps the promises of `Reader` without voice or sound: `send` and `hear` are the world's part."""

    def __init__(self, voice: Voice = HIBARI) -> None:
        self.replace = False
        self.rules: Any = None
        self.voice: Voice = voice
        self.calls: list[str] = []
        self.utterances: dict[int, Utterance] = {}
        self.line: list[int] = []
        self.last: int | None = None
        self.error: FishCaptionError | None = None
        self.stranded: list[int] = []
        self.player = PlayerState("fake speakers", True, None)
        self.refuse: FishCaptionError | None = None  # raised by the next `speak` or `begin_live`
        self.looks = 0
        self.moment: float | None = None  # when what is shown changes of itself
        self.behind_seconds = 0.0
        self.gains: list[float] = []  # of the repeats
        self.signals: list[Rendered] = []
        self.on_signal_end: Callable[[bool], None] | None = None  # of the last one
        self._paused = False
        self._subscribers: list[Callable[[], None]] = []
        self._told_of_ends: list[Callable[[UtteranceView], None]] = []

    # -- the world ---------------------------------------------------------------------------------

    def send(self, number: int, end: int | None = None, *, fixed: int | None = None) -> None:
        """The voice has been given the text before `end`; before `fixed` it cannot be changed any more."""
        utterance = self.utterances[number]
        utterance.sent_end = len(utterance.text) if end is None else end
        utterance.fixed_end = utterance.sent_end if fixed is None else fixed
        if utterance.fate is Fate.WAITING:
            utterance.fate = Fate.SPEAKING
        self.changed()

    def hear(self, point: int) -> None:
        """The ear is at this code point of the utterance at the head of the line; its word is lit."""
        utterance = self.utterances[self.line[0]]
        utterance.fate = Fate.SPEAKING
        if not utterance.live:
            utterance.sent_end = len(utterance.text)
        utterance.word = None
        for match in re.finditer(r"\S+", utterance.text):
            if match.start() <= point < match.end():
                utterance.word = Span(match.start(), match.end())
        utterance.heard_end = max(utterance.heard_end, point)
        if point >= len(utterance.text) and not utterance.live:
            self._end(utterance, Fate.HEARD)
            utterance.heard_end = len(utterance.text)
            self.changed()

    def hear_all(self) -> None:
        """Everything in the line is heard."""
        while self.line:
            self.hear(len(self.utterances[self.line[0]].text))

    def fail(self, error: FishCaptionError) -> None:
        """The utterance at the head of the line fails; the others wait for another try too."""
        self.stranded = list(self.line)
        self.error = error
        for number in self.stranded:
            self.utterances[number].error = error
            self._end(self.utterances[number], Fate.FAILED)
        self.changed()

    def changed(self) -> None:
        """A look is worth it."""
        for callback in tuple(self._subscribers):
            callback()

    @property
    def at_ear(self) -> Utterance:
        """The utterance at the head of the line."""
        return self.utterances[self.line[0]]

    # -- commands ----------------------------------------------------------------------------------

    def speak(self, text: str, *, replace: bool | None = None, said: str = "") -> int:
        self.calls.append("speak")
        if not text.strip():
            raise InputError("There is nothing to say.", hint="Type a text first.")
        return self._begin(text, live=False, replace=replace)

    def speak_ready(self, text: str, rendered: Rendered, *, replace: bool | None = None) -> int:
        self.calls.append("speak_ready")
        number = self._begin(text, live=False, replace=replace)
        self.utterances[number].ready = rendered
        self.utterances[number].voice = rendered.voice
        return number

    def begin_live(self, kind: Any = None, *, replace: bool | None = None) -> int:
        self.calls.append("begin_live")
        number = self._begin("", live=True, replace=replace)
        self.utterances[number].kind = kind
        return number

    def live_text(self, number: int, text: str) -> None:
        utterance = self.utterances[number]
        if text[: utterance.fixed_end] != utterance.text[: utterance.fixed_end]:
            raise InputError("What was heard cannot be changed.")
        if utterance.live:
            same = 0
            while same < min(len(text), len(utterance.text)) and text[same] == utterance.text[same]:
                same += 1
            utterance.sent_end = min(utterance.sent_end, same)
            utterance.text = text

    def finish_live(self, number: int) -> None:
        self.calls.append("finish_live")
        utterance = self.utterances[number]
        utterance.live = False
        utterance.sent_end = len(utterance.text)
        self.changed()

    def say_so_far(self) -> None:
        self.calls.append("say_so_far")

    def pause(self) -> None:
        self.calls.append("pause")
        if self.line:
            self._paused = True
            self.changed()

    def resume(self) -> None:
        self.calls.append("resume")
        self._paused = False
        self.changed()

    def stop(self) -> None:
        self.calls.append("stop")
        for number in tuple(self.line):
            self._end(self.utterances[number], Fate.CUT)
        self._paused = False
        self.changed()

    def repeat(self, gain: float = 1.0) -> None:
        self.calls.append("repeat")
        self.gains.append(gain)
        if self.last is not None and self.last not in self.line:
            self.utterances[self.last].fate = Fate.SPEAKING
            self.line.insert(0, self.last)
            self.changed()

    def signal(self, rendered: Rendered, on_end: Callable[[bool], None] | None = None) -> None:
        self.calls.append("signal")
        self.signals.append(rendered)
        self.on_signal_end = on_end

    def end_signal(self) -> None:
        self.calls.append("end_signal")

    def move(self, number: int, place: int) -> None:
        self.calls.append("move")
        if number not in self.line[1:]:
            raise KeyError(number)
        self.line.remove(number)
        self.line.insert(max(0, place) + 1, number)
        self.changed()

    def skip(self, number: int) -> None:
        self.calls.append("skip")
        self._skip(number)
        self.changed()

    def skip_to_newest(self) -> None:
        self.calls.append("skip_to_newest")
        for number in self.line[:-1]:
            self._skip(number)
        self.changed()

    def clear_waiting(self) -> None:
        self.calls.append("clear_waiting")
        for number in self.line[1:]:
            self._skip(number)
        self.changed()

    def take_back(self, number: int) -> str:
        self.calls.append("take_back")
        self._skip(number)
        self.changed()
        utterance = self.utterances[number]
        return utterance.text[utterance.heard_end :]

    def back(self) -> None:
        self.calls.append("back")

    def forward(self) -> None:
        self.calls.append("forward")

    def retry(self) -> None:
        self.calls.append("retry")
        for number in self.stranded:
            self.utterances[number].fate = Fate.WAITING
            self.utterances[number].error = None
            self.line.append(number)
        self.stranded, self.error = [], None
        self.changed()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def subscribe_ended(self, callback: Callable[[UtteranceView], None]) -> Callable[[], None]:
        self._told_of_ends.append(callback)
        return lambda: self._told_of_ends.remove(callback)

    def snapshot(self) -> Snapshot:
        self.looks += 1
        current = self.line[0] if self.line else self.last
        return Snapshot(
            state=self._state(),
            voice=self.voice,
            current=self.utterances[current].view() if current is not None else None,
            waiting=tuple(self.line[1:]),
            unheard_seconds=0.0,
            error=self.error,
            player=self.player,
            behind_seconds=self.behind_seconds,
        )

    def next_moment(self) -> float | None:
        return self.moment

    def utterance(self, number: int) -> UtteranceView:
        return self.utterances[number].view()

    def _skip(self, number: int) -> None:
        if number not in self.line:
            raise KeyError(number)
        self._end(self.utterances[number], Fate.CUT)

    def _begin(self, text: str, *, live: bool, replace: bool | None = None) -> int:
        if self.refuse is not None:
            error, self.refuse = self.refuse, None
            raise error
        if self.replace if replace is None else replace:
            self.stop()
        number = len(self.utterances) + 1
        self.utterances[number] = Utterance(number, text, live, voice=self.voice)
        self.line.append(number)
        self.last = number
        self.error, self.stranded = None, []
        self.changed()
        return number

    def _end(self, utterance: Utterance, fate: Fate) -> None:
        utterance.fate, utterance.live, utterance.word = fate, False, None
        self.line.remove(utterance.id)
        for callback in tuple(self._told_of_ends):
            callback(utterance.view())

    def _state(self) -> State:
        if not self.line:
            return State.FAILED if self.error is not None else State.IDLE
        if self._paused:
            return State.PAUSED
        head = self.at_ear
        if head.live and head.heard_end >= head.sent_end:
            return State.IDLE
        return State.SPEAKING if head.word is not None or head.heard_end else State.CONNECTING


class QtTimer:
    """A call that is to come, by Qt's clock: windows run without asyncio here."""

    def __init__(self, seconds: float, act: Callable[[], None]) -> None:
        self._timer = QTimer()
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(act)
        self._timer.start(round(1000 * seconds))

    def cancel(self) -> None:
        self._timer.stop()


def call_later(seconds: float, act: Callable[[], None]) -> QtTimer:
    """As the event loop's."""
    return QtTimer(seconds, act)


class FakeRecentScripts:
    """Keeps the promises of `RecentScripts`."""

    def __init__(self) -> None:
        self.files: list[Path] = []

    def paths(self) -> tuple[Path, ...]:
        return tuple(self.files)

    def add(self, path: Path) -> None:
        self.files = [path, *(other for other in self.files if other != path)]

    def clear(self) -> None:
        self.files = []


@dataclass
class FakeServices:
    """Remembers what was asked; `answer` gives the oldest question of a name its answer."""

    reader: FakeReader | None = None
    initial: Settings = field(default_factory=Settings)
    applied: list[Settings] = field(default_factory=list)
    warmed: int = 0
    retried_embedded: int = 0
    has_stand_in: bool = False
    stands_in: bool = False
    asked: list[tuple[str, tuple[Any, ...], Callable[[Any], None]]] = field(default_factory=list)
    today: Callable[[], date | None] = no_day
    opened: list[str] = field(default_factory=list)  # profiles
    phrase_service: Any = None
    call_service: Any = None
    vocabulary_service: Any = None
    script_service: Any = None
    price_dollars: float = 0.0
    used_voices: list[VoiceEntry] = field(default_factory=list)
    hearing: OnHearing | None = None
    left: int = 0  # how often the voices were left
    audience_service: Any = None
    recordings_service: Any = None
    cast_service: Any = None
    limit_reached: LimitReached | None = None
    own_voice_service: Any = None
    downloads: FakeDownloads = field(default_factory=FakeDownloads)
    recent: FakeRecentScripts = field(default_factory=FakeRecentScripts)

    def __post_init__(self) -> None:
        self.settings = SettingsStore(self.initial, self.applied.append)
        self.on_stood_in: Callable[[FishCaptionError], None] = lambda error: None
        self.retrying = Retrying(self.settings, self.reader or FakeReader(), self, call_later, self._reach)
        self.models = Models(self.settings, self.today, limit=self.limit)

    # every other subject is this one: what was asked stands in one list

    @property
    def speech(self) -> FakeServices:
        return self

    @property
    def voices(self) -> FakeServices:
        return self

    @property
    def voice_downloads(self) -> FakeDownloads:
        return self.downloads

    @property
    def account(self) -> FakeServices:
        return self

    @property
    def spending(self) -> FakeServices:
        return self

    @property
    def sound_devices(self) -> FakeServices:
        return self

    @property
    def recorder(self) -> Any:
        return None  # no window of these tests records

    @property
    def recordings(self) -> Any:
        return self.recordings_service

    @property
    def profiles(self) -> FakeServices:
        return self

    @property
    def kept_audio(self) -> FakeServices:
        return self

    def used_bytes(self) -> int:
        return 12_300_000

    def erase(self, on_done: Callable[[Any], None]) -> None:
        self.asked.append(("erase", (), on_done))

    def warm(self) -> None:
        self.warmed += 1

    def use_stand_in(self, is_used: bool) -> None:
        self.has_stand_in = is_used
        if not is_used:
            self.stands_in = False

    def stand_in(self) -> Voice | None:
        return HIBARI if self.stands_in else None

    def take_over(self, error: FishCaptionError) -> None:
        """As the speech system does where the service cannot be reached."""
        assert self.has_stand_in
        self.stands_in = True
        self.on_stood_in(error)

    def go_back(self) -> None:
        self.stands_in = False

    async def reach(self) -> None:
        return None

    def _reach(self, _work: Callable[[], Any], on_done: Callable[[FishCaptionError | None], None]) -> None:
        self.asked.append(("reach", (), on_done))

    def retry_embedded(self) -> None:
        self.retried_embedded += 1
        if self.reader is not None:
            self.reader.voice = HIBARI
            self.reader.retry()

    def is_ready(self) -> bool:
        return True

    def prepare(self, on_ready: Callable[[], None]) -> None:
        QTimer.singleShot(0, on_ready)

    def open_profile(self, name: str) -> None:
        self.opened.append(name)

    def phrases(self) -> Any:
        return self.phrase_service

    def calls(self) -> Any:
        return self.call_service

    def cast(self) -> Any:
        return self.cast_service

    def audience(self) -> Any:
        return self.audience_service

    def own_voices(self) -> Any:
        return self.own_voice_service

    def script(self) -> Any:
        return self.script_service

    def recent_scripts(self) -> FakeRecentScripts:
        return self.recent

    def vocabulary(self) -> Any:
        return self.vocabulary_service

    def embedded_voices(self, on_done: Callable[[tuple[Voice, ...] | FishCaptionError], None]) -> None:
        self.asked.append(("embedded_voices", (), on_done))

    def search(self, query: VoiceQuery, on_done: Callable[[Any], None]) -> Callable[[], None]:
        return self._ask("search", (query,), on_done)

    def account_voices(self, query: VoiceQuery, on_done: Callable[[Any], None]) -> Callable[[], None]:
        return self._ask("account_voices", (query,), on_done)

    def seen_voices(self, query: VoiceQuery, on_done: Callable[[Any], None]) -> None:
        self.asked.append(("seen_voices", (query,), on_done))

    def look_up(self, voice: Voice, on_done: Callable[[Any], None]) -> None:
        self.asked.append(("look_up", (voice,), on_done))

    def shelf(self, on_done: Callable[[Any], None]) -> None:
        self.asked.append(("shelf", (), on_done))

    def set_favourite(self, entry: VoiceEntry, is_favourite: bool, on_done: Callable[[Any], None]) -> None:
        self.asked.append(("set_favourite", (entry, is_favourite), on_done))

    def used(self, entry: VoiceEntry) -> None:
        self.used_voices.append(entry)

    def cover(self, entry: VoiceEntry, side_pixels: int, on_done: Callable[[Any], None]) -> None:
        self.asked.append(("cover", (entry,), on_done))

    def hear(self, entry: VoiceEntry, on_change: OnHearing) -> None:
        self._sound("hear", (entry,), on_change)

    def try_text(self, entry: VoiceEntry, text: str, on_change: OnHearing) -> None:
        self._sound("try_text", (entry, text), on_change)

    def price_of(self, voice: Voice, text: str) -> float:
        return self.price_dollars if voice.kind.has_models else 0.0

    def hush(self) -> None:
        if self.hearing is not None:
            on_change, self.hearing = self.hearing, None
            on_change(Hearing.ENDED)

    def is_hearing(self) -> bool:
        """Something is played."""
        return self.hearing is not None

    def leave(self) -> None:
        self.left += 1

    def _sound(self, name: str, arguments: tuple[Any, ...], on_change: OnHearing) -> None:
        self.hush()
        self.hearing = on_change
        self.asked.append((name, arguments, on_change))

    def _ask(
        self, name: str, arguments: tuple[Any, ...], on_done: Callable[[Any], None]
    ) -> Callable[[], None]:
        question = (name, arguments, on_done)
        self.asked.append(question)

        def cancel() -> None:
            if question in self.asked:
                self.asked.remove(question)

        return cancel

    def devices(self, on_done: Callable[[tuple[OutputDevice, ...] | FishCaptionError], None]) -> None:
        self.asked.append(("devices", (), on_done))

    def key_place(self, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        self.asked.append(("key_place", (), on_done))

    def check_key(self, key: str, on_done: Callable[[KeyReport | FishCaptionError], None]) -> None:
        self.asked.append(("check_key", (key,), on_done))

    def add_key(
        self,
        name: str,
        key: str,
        on_done: Callable[[KeyPlace | FishCaptionError], None],
        *,
        is_kept: bool = True,
    ) -> None:
        self.asked.append(("add_key", (name, key, is_kept), on_done))

    def replace_key(self, id: str, key: str, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        self.asked.append(("replace_key", (id, key), on_done))

    def use_key(self, id: str, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        self.asked.append(("use_key", (id,), on_done))

    def rename_key(self, id: str, name: str) -> None:
        self.settings.change(fish_keys=self.settings.current.fish_keys.named(id, name))

    def forget_key(self, id: str, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        self.asked.append(("forget_key", (id,), on_done))

    def credit(self, on_done: Callable[[CreditReport | FishCaptionError], None]) -> None:
        self.asked.append(("credit", (), on_done))

    def report(self, on_done: Callable[[SpendingReport | FishCaptionError], None]) -> None:
        self.asked.append(("report", (), on_done))

    def limit(self, dollars: float = 0.0) -> LimitReached | None:
        return self.limit_reached

    def can_agree(self) -> bool:
        return self.settings.current.at_limit == "ask"

    def agree(self) -> None:
        self.limit_reached = None

    def pending(self, name: str) -> list[tuple[Any, ...]]:
        """What was asked under this name and not answered."""
        return [arguments for asked, arguments, _ in self.asked if asked == name]

    def answer(self, name: str, result: object) -> None:
        """Answer the oldest question of this name."""
        for index, (asked, _, on_done) in enumerate(self.asked):
            if asked == name:
                del self.asked[index]
                on_done(result)
                return
        raise AssertionError(f"{name} was not asked")


NO_KEY = Unauthorized("There is no Fish Audio key.", hint="Enter one to use its voices.")
