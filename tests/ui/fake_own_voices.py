"""Own voices as windows see them: what was asked is remembered, the test answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import Voice
from fishcaption.core.subscribers import Subscribers
from fishcaption.core.voices.catalog import VoiceState
from fishcaption.core.voices.cloning import Candidate, ClipQuality, CloneProgress, Step, VoiceDetails
from fishcaption.ui.voice_ports import Collected, Making, OwnVoice, OwnVoiceList

QUALITY = (
    ClipQuality("take-001.flac", 16.0, True),
    ClipQuality("take-002.flac", 9.0, False, "The recording is too noisy"),
)
MINE = OwnVoice(
    Voice("fish", "id-mine", "My voice", ("en",)),
    VoiceState.READY,
    VoiceDetails("My voice", "Warm; recorded at home.", ("calm",)),
    "2026-11-30T10:00:00Z",
    "Mine",
    quality=QUALITY,
)
GONE = OwnVoice(Voice("fish", "id-gone", "Old voice"), VoiceState.GONE, VoiceDetails("Old voice"))
OTHERS = OwnVoice(
    Voice("fish", "id-other", "From work"), VoiceState.READY, VoiceDetails("From work"), is_of_other=True
)
WORK = OTHERS._replace(key="Work", key_id="k2")
RECORDINGS = Collected("Mine", 20, 320.0, "Anna", "en", 1, 3)


@dataclass
class FakeOwnVoices:
    """Answers at once with what it has, until `is_waiting`; then the test answers."""

    own: tuple[OwnVoice, ...] = (MINE, GONE, OTHERS)
    recordings: tuple[Collected, ...] = (RECORDINGS,)
    error: FishCaptionError | None = None
    candidates: tuple[Candidate, ...] | FishCaptionError = (
        Candidate(1, b"RIFF1", "signed-1", "Good morning."),
        Candidate(2, b"RIFF2", "signed-2", "Good morning."),
    )
    noise: bool | FishCaptionError | None = True  # None: the test answers those that are `waiting`
    waiting: list[Callable[[bool | FishCaptionError], None]] = field(default_factory=list)
    refusal: FishCaptionError | None = None  # of every change
    did: list[tuple[str, Any]] = field(default_factory=list)
    now: Making | None = None
    subscribers: Subscribers[[]] = field(default_factory=Subscribers)

    def voices(self, on_done: Callable[[OwnVoiceList | FishCaptionError], None]) -> None:
        on_done(OwnVoiceList(self.own, self.error))

    def collections(self, on_done: Callable[[tuple[Collected, ...] | FishCaptionError], None]) -> None:
        on_done(self.recordings)

    def is_noisy(self, collection: str, on_done: Callable[[bool | FishCaptionError], None]) -> None:
        if self.noise is None:
            self.waiting.append(on_done)
        else:
            on_done(self.noise)

    def create(self, collection: str, details: VoiceDetails, *, enhances: bool) -> None:
        self.did.append(("create", (collection, details, enhances)))
        self.be(Making(details.title, CloneProgress(Step.READING)))

    def create_designed(self, candidate: Candidate, details: VoiceDetails) -> None:
        self.did.append(("create_designed", (candidate.number, details)))
        self.be(Making(details.title, CloneProgress(Step.READING)))

    def making(self) -> Making | None:
        return self.now

    def be(self, making: Making) -> None:
        """Have the making be like this."""
        self.now = making
        self.subscribers.tell()

    def cancel(self) -> None:
        self.did.append(("cancel", None))
        assert self.now is not None
        self.be(self.now._replace(is_cancelled=True))

    def subscribe(self, callback: Callable[[], None], /) -> Callable[[], None]:
        return self.subscribers.add(callback)

    def design(
        self,
        description: str,
        text: str,
        count: int,
        on_done: Callable[[tuple[Candidate, ...] | FishCaptionError], None],
    ) -> None:
        self.did.append(("design", (description, text, count)))
        on_done(self.candidates)

    def hear(self, candidate: Candidate, on_done: Callable[[float | FishCaptionError], None]) -> None:
        self.did.append(("hear", candidate.number))
        on_done(2.5)

    def change(
        self, number: str, details: VoiceDetails, on_done: Callable[[OwnVoice | FishCaptionError], None]
    ) -> None:
        self.did.append(("change", (number, details)))
        if self.refusal is None:
            self.own = tuple(
                one._replace(details=details, voice=Voice("fish", one.voice.id, details.title))
                if one.voice.id == number
                else one
                for one in self.own
            )
        on_done(self.refusal or self.own[0])

    def delete(self, number: str, on_done: Callable[[bool | FishCaptionError], None]) -> None:
        self.did.append(("delete", number))
        on_done(self.refusal or True)

    def forget(self, number: str, on_done: Callable[[bool | FishCaptionError], None]) -> None:
        self.did.append(("forget", number))
        on_done(True)

    def export_to(self, path: Path, on_done: Callable[[int | FishCaptionError], None]) -> None:
        self.did.append(("export_to", path))
        on_done(len(self.own))

    def import_from(self, path: Path, on_done: Callable[[int | FishCaptionError], None]) -> None:
        self.did.append(("import_from", path))
        on_done(1)
