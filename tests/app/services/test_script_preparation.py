"""Preparing a script: what is made, for how much, when, what is found about each cue, and what stays.

The live client, the renderer, the files and the reader are the real ones; the service is a server on this
computer, and the ear is the test's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from fishcaption.app.services.script_preparation import ScriptPreparation
from fishcaption.app.settings import SettingsStore
from fishcaption.core.errors import ConnectionLost, InputError, StorageError, Unauthorized
from fishcaption.core.normalization.rules import Replacement, Rules
from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.core.speech import Voice
from fishcaption.fish.endpoint import Endpoint
from fishcaption.speech.system import SpeechSystem
from fishcaption.store.kept_audio.kept_audio import KeptAudio
from fishcaption.store.settings import Settings
from fishcaption.ui.audience_ports import Preparation
from fishcaption.ui.ports import Speaker
from tests.app.services.rendering.test_renderer import eventually
from tests.kept_sound import opened_store
from tests.live_server import LiveServer, Manner, said
from tests.reader.test_reader import Stage

ANNA = Voice("fish", "a" * 32, "Anna", ("en",))
BEN = Voice("fish", "b" * 32, "Ben", ("en",))
SCRIPT = Script(
    "play.txt",
    (
        ScriptCue(1, "Good evening."),
        ScriptCue(2, "To be, or not to be.", "BEN"),
        ScriptCue(3, "Good night."),
        ScriptCue(4, "…"),
    ),
)
TEXTS = ["Good evening.", "To be, or not to be.", "Good night."]


@dataclass
class House:
    """A speech system as far as a conversation needs it."""

    url: str
    key: str = "a-key"
    kept: KeptAudio | None = None

    async def endpoint(self, model: str) -> Endpoint:
        return Endpoint(self.url, self.key, model)

    def check_spending(self, model: str) -> None:
        """There is no limit."""

    def sent(self, model: str, sent_bytes: int) -> None:
        """Nobody counts."""


@dataclass
class Desk:
    """What prepares, the service that it talks to, and a reader that may speak."""

    preparation: ScriptPreparation
    server: LiveServer
    house: House
    settings: SettingsStore
    stage: Stage
    renders: KeptAudio
    lengths: dict[int, float]
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, *states: Preparation) -> None:
        async with asyncio.timeout(10):
            while self.preparation.state() not in states:
                self.news.clear()
                await self.news.wait()

    def made(self) -> list[str]:
        return [text for talk in self.server.talks for text in talk.sessions]

    def use(self, script: Script = SCRIPT, first: int = 0, **speakers: Voice) -> None:
        self.preparation.use(script, speakers, first)


@asynccontextmanager
async def desk(
    folder: Path,
    *,
    manner: Manner | None = None,
    most_bytes: int = 1 << 24,
    most_in_memory_bytes: int = 1 << 24,
    **settings: Any,
) -> AsyncIterator[Desk]:
    values: dict[str, Any] = {"voice": ANNA, "model": "s2.1-pro-free", **settings}
    store = SettingsStore(Settings(**values))
    stage = Stage()
    renders = opened_store(folder / "sound", most_bytes=most_bytes, most_in_memory_bytes=most_in_memory_bytes)
    async with LiveServer(manner or Manner(characters_a_second=100)) as server:
        house = House(server.url)
        preparation = ScriptPreparation(cast(Speaker, stage.reader), store, kept=renders, quiet_seconds=0.0)
        made = Desk(preparation, server, house, store, stage, renders, {})
        preparation.on_change = made.news.set
        preparation.on_length = made.lengths.__setitem__
        async with asyncio.TaskGroup() as tasks:
            running = [
                tasks.create_task(stage.reader.run()),
                tasks.create_task(preparation.run(cast(SpeechSystem, house))),
            ]
            await asyncio.sleep(0)
            try:
                yield made
            finally:
                for task in running:
                    task.cancel()


# -- what is made -----------------------------------------------------------------------------------------


async def test_the_whole_script_is_made_ready_each_cue_in_its_voice(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.use(BEN=BEN)
        made.preparation.prepare(0.0)
        await made.until(Preparation.READY)
        assert made.preparation.prepared == 4
        assert made.made() == TEXTS
        for cue in SCRIPT.cues[:3]:
            sound = made.preparation.sound(cue)
            assert sound is not None
            assert said(sound.pcm) == cue.text
            assert sound.voice == (BEN if cue.speaker else ANNA)
            assert made.lengths[cue.id] == pytest.approx(len(sound.pcm) / 2 / sound.rate)
        assert made.preparation.sound(SCRIPT.cues[3]) is None


async def test_without_being_asked_it_only_looks(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.use()
        for _ in range(20):
            await asyncio.sleep(0.005)
        assert made.preparation.state() is Preparation.OFF
        assert made.server.talks == []
        made.preparation.prepare(0.0)
        await made.until(Preparation.READY)


async def test_what_is_needed_first_is_made_first(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.use(first=2)
        made.preparation.prepare(0.0)
        await made.until(Preparation.READY)
        assert made.made() == [TEXTS[2], TEXTS[0], TEXTS[1]]


async def test_another_start_makes_the_rest(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.use(replace(SCRIPT, cues=SCRIPT.cues[:2]))
        made.preparation.prepare(0.0)
        await made.until(Preparation.READY)
    async with desk(tmp_path) as made:
        made.use()
        await made.until(Preparation.OFF)
        while made.preparation.prepared < 2:  # two are on the disk, and of one there is nothing to say
            made.news.clear()
            await made.news.wait()
        assert made.preparation.sound(SCRIPT.cues[0]) is not None
        made.preparation.prepare(0.0)
        await made.until(Preparation.READY)
        assert made.made() == TEXTS[2:]
    async with desk(tmp_path) as made:
        made.use()
        await made.until(Preparation.READY)
        assert made.server.talks == []


async def test_cancelled_it_makes_nothing_more(tmp_path: Path) -> None:
    async with desk(tmp_path, manner=Manner(first_seconds=0.2)) as made:
        made.use()
        made.preparation.prepare(0.0)
        await made.until(Preparation.WORKING)
        made.preparation.cancel()
        await made.until(Preparation.OFF)
        count = len(made.made())
        await asyncio.sleep(0.3)
        assert len(made.made()) == count < 3


async def test_an_edited_cue_is_made_anew_and_the_others_are_not(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.use()
        made.preparation.prepare(0.0)
        await made.until(Preparation.READY)
        cues = (SCRIPT.cues[0], replace(SCRIPT.cues[1], text="Not to be."), SCRIPT.cues[2])
        made.use(Script("play.txt", cues))
        await made.until(Preparation.WORKING)
        await made.until(Preparation.READY)
        assert made.made()[3:] == ["Not to be."]


async def test_a_voice_that_is_another_makes_its_cues_anew(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.use(BEN=BEN)
        made.preparation.prepare(0.0)
        await made.until(Preparation.READY)
        made.use()
        await made.until(Preparation.WORKING)
        await made.until(Preparation.READY)
        assert made.made()[3:] == [TEXTS[1]]


async def test_the_next_cues_are_in_memory(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.use()
        made.preparation.prepare(0.0)
        await made.until(Preparation.READY)
    async with desk(tmp_path, most_in_memory_bytes=32_000) as made:  # there is room for two of them
        made.use()
        await made.until(Preparation.READY)
        first, second, third = (name_of(made, cue) for cue in SCRIPT.cues[:3])
        await eventually(lambda: {first, second} == made.renders._memory.keys())
        made.use(first=2)
        await eventually(lambda: third in made.renders._memory)
        made.renders._delete_files()
        assert made.preparation.sound(SCRIPT.cues[2]) is not None


def name_of(made: Desk, cue: ScriptCue) -> str:
    voice = made.preparation.voice_of(cue)
    assert voice is not None
    return voice.name(voice.said(cue.text))


# -- money, and what keeps it from going on ------------------------------------------------------------------


async def test_money_is_asked_for_and_kept_to(tmp_path: Path) -> None:
    async with desk(tmp_path, model="s2.1-pro") as made:
        made.use()
        made.preparation.prepare(0.0)
        await made.until(Preparation.ASKING)
        price = made.preparation.price_dollars
        assert price == pytest.approx(sum(map(len, TEXTS)) * 15 / 1_000_000)
        assert made.server.talks == []
        made.preparation.prepare(price)
        await made.until(Preparation.READY)
        cues = (*SCRIPT.cues, ScriptCue(5, "One more."))
        made.use(replace(SCRIPT, cues=cues))
        await made.until(Preparation.ASKING)  # what was agreed to is spent
        assert made.made() == TEXTS


async def test_speech_goes_first(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.stage.reader.speak("One two three.")
        await made.stage.settle()
        made.use()
        made.preparation.prepare(0.0)
        await made.until(Preparation.WAITING)
        assert made.server.talks == []
        await made.stage.hear(3)
        await made.until(Preparation.READY)


async def test_without_a_network_it_waits_and_goes_on(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        url, made.house.url = made.house.url, "ws://127.0.0.1:9"
        made.use()
        made.preparation.prepare(0.0)
        await made.until(Preparation.WAITING)
        while made.preparation.error is None:
            made.news.clear()
            await made.news.wait()
        assert isinstance(made.preparation.error, ConnectionLost)
        assert made.preparation.check(SCRIPT.cues[0], None).error is made.preparation.error
        assert made.preparation.check(SCRIPT.cues[1], None).error is None
        made.house.url = url
        made.preparation.prepare(0.0)
        await made.until(Preparation.READY)


async def test_without_a_key_it_says_so(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.house.key = ""
        made.use()
        made.preparation.prepare(0.0)
        await made.until(Preparation.FAILED)
        assert isinstance(made.preparation.error, Unauthorized)


async def test_where_there_is_no_room_it_says_so(tmp_path: Path) -> None:
    async with desk(tmp_path, most_bytes=2_000) as made:
        made.use()
        made.preparation.prepare(0.0)
        await made.until(Preparation.FAILED)
        assert isinstance(made.preparation.error, StorageError)


async def test_off_the_record_nothing_is_made(tmp_path: Path) -> None:
    async with desk(tmp_path, off_record=True) as made:
        made.use()
        made.preparation.prepare(0.0)
        assert made.preparation.state() is Preparation.FAILED
        assert isinstance(made.preparation.error, InputError)
        made.settings.change(off_record=False)
        made.preparation.prepare(0.0)
        await made.until(Preparation.READY)
    async with desk(tmp_path, manner=Manner(first_seconds=0.2)) as made:
        made.use(Script("x", (ScriptCue(1, "Something private."),)))
        made.preparation.prepare(0.0)
        await made.until(Preparation.WORKING)
        made.settings.change(off_record=True)
        await made.until(Preparation.OFF)
        await asyncio.sleep(0.3)
        assert made.preparation.sound(ScriptCue(1, "Something private.")) is None


# -- checks -----------------------------------------------------------------------------------------------


async def test_each_cue_is_checked(tmp_path: Path) -> None:
    cues = (
        ScriptCue(1, "Good evening."),
        ScriptCue(2, "The XKCD says B2B."),
        ScriptCue(3, "…"),
        ScriptCue(4, ""),
        ScriptCue(5, "*Good evening*, ladies and gentlemen."),
    )
    async with desk(tmp_path, manner=Manner(characters_a_second=15)) as made:
        made.use(Script("x", cues))
        made.preparation.prepare(0.0)
        await made.until(Preparation.READY)

        def check(cue: ScriptCue) -> tuple[bool, tuple[str, ...]]:
            found = made.preparation.check(cue, made.lengths.get(cue.id))
            assert found.error is None
            return found.is_ready, found.warnings

        assert check(cues[0]) == (True, ())
        assert check(cues[1]) == (True, ("The voice may say “XKCD”, “B2B” wrongly. Listen to it.",))
        assert check(cues[2]) == (True, ("The voice can say nothing of this cue.",))
        assert check(cues[3]) == (True, ())
        assert check(cues[4]) == (True, ())
        made.settings.change(speed=2.0)
        assert check(cues[0]) == (True, ()), "it is shown for a second, however short it is"
        told = "This is spoken faster than most people read: 30 characters a second, and 17 can be read."
        assert check(cues[4]) == (True, (told,))
        made.preparation.use_rules(Rules(replacements=(Replacement("XKCD", "x k c d"),)))
        await made.until(Preparation.READY)
        assert "“B2B” wrongly" in check(cues[1])[1][-1]


async def test_a_script_without_a_font_is_told(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        checked = ScriptPreparation(
            cast(Speaker, made.stage.reader),
            made.settings,
            kept=made.renders,
            missing_scripts=lambda text: ("Thai",) if "ก" in text else (),
        )
        told = "This computer has no font for Thai: the audience would see boxes. Install one."
        assert told in checked.check(ScriptCue(1, "*กา*"), None).warnings
        assert checked.check(ScriptCue(2, "*Good* evening."), None).warnings == ()
