"""Phrases made ready ahead: when, for whom, for how much, and what a key does then. The ear is the test's."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest

from fishcaption.app.services.phrases import Phrases
from fishcaption.app.services.rendering.renderer import Renderer, Wanted
from fishcaption.app.services.rendering.sound import RenderVoice, as_shown, render, render_voice_of
from fishcaption.app.settings import SettingsStore
from fishcaption.core.errors import (
    ConnectionLost,
    FishCaptionError,
    InputError,
    PaymentRequired,
    Unauthorized,
    VoiceProcessError,
)
from fishcaption.core.normalization.rules import Replacement, Rules
from fishcaption.core.phrases.bank import Ahead, Bank, Phrase, Progress, starting
from fishcaption.core.phrases.files import Imported
from fishcaption.core.speech import (
    Aligned,
    Delivery,
    Piece,
    PlayerState,
    Rendered,
    Snapshot,
    Sound,
    Span,
    State,
    Voice,
    WordTime,
)
from fishcaption.core.text.segmentation import words
from fishcaption.fish.endpoint import Endpoint
from fishcaption.speech.system import SpeechSystem
from fishcaption.store.phrases import Renders, load, save
from fishcaption.store.settings import Settings
from fishcaption.ui.ports import Speaker

RATE = 1000
HEART = Voice("embedded", "heart", "Heart", ("en",))
FISH = Voice("fish", "802e3bc2b27e49c2995d23ef70e6ac89", "Energetic", ("en",))
EMBEDDED = RenderVoice(HEART, "", "embedded", RATE, "balanced", Rules())
PAID = RenderVoice(FISH, "s2.1-pro", "s2", RATE, "balanced", Rules())
FREE = RenderVoice(FISH, "s2.1-pro-free", "s2", RATE, "balanced", Rules())


@dataclass
class Talker:
    """A voice: half a second of silence, then each word a fifth of a second. A gate may hold it."""

    voice: Voice = HEART
    rate: int = RATE
    said: list[str] = field(default_factory=list)
    gate: asyncio.Event | None = None
    fails: list[FishCaptionError] = field(default_factory=list)
    open: int = 0
    opened: int = 0
    abandoned: int = 0
    level: int = 1000

    async def speak(
        self, pieces: AsyncIterator[Piece], sink: Callable[[Delivery], asyncio.Future[None]]
    ) -> None:
        text, frame, found = "", 500, []
        async for piece in pieces:
            text += piece.text
            for span in words(piece.text):
                whole = Span(piece.start + span.start, piece.start + span.end)
                found.append(WordTime(whole, frame, frame + 200))
                frame += 200
        self.said.append(text)
        try:
            if self.gate is not None:
                await self.gate.wait()
        except asyncio.CancelledError:
            self.abandoned += 1
            raise
        if self.fails:
            raise self.fails.pop(0)
        if found:
            await sink(Aligned(tuple(found)))
            await sink(Sound(bytes(1000) + self.level.to_bytes(2, "little") * 200 * len(found)))

    @asynccontextmanager
    async def talk(self, chosen: RenderVoice) -> AsyncIterator[Callable[[RenderVoice], Talker]]:
        self.open += 1
        self.opened += 1
        assert self.open == 1, "one conversation at a time"
        try:
            yield lambda one: self
        finally:
            self.open -= 1


async def eventually(is_true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        for _ in range(100_000):
            if is_true():
                return
            await asyncio.sleep(0.001)


def wanted(voice: RenderVoice, *texts: str) -> tuple[Wanted, ...]:
    return tuple(Wanted(str(number), text, voice) for number, text in enumerate(texts, 1))


class Stage:
    """A renderer with a voice, and a reader that is as busy as the test says."""

    def __init__(self, folder: Path, **options: object) -> None:
        self.talker = Talker()
        self.is_busy = False
        self.renders = Renders(folder, **options)  # type: ignore[arg-type]  # its own
        self.changes = 0
        self.renderer = Renderer(
            self.renders,
            talk=self.talker.talk,  # type: ignore[arg-type]  # a Talker is a Synthesizer
            is_busy=lambda: self.is_busy,
            on_change=self._on_change,
            quiet_seconds=0.0,
            retry_delays=(0.02, 3600.0),
        )
        self._task: asyncio.Task[None]

    def _on_change(self) -> None:
        self.changes += 1

    async def until(self, *states: Ahead) -> Progress:
        await eventually(lambda: self.renderer.progress().state in states)
        return self.renderer.progress()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    made = Stage(tmp_path)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(made.renderer.run())
        yield made
        task.cancel()


# -- one phrase -------------------------------------------------------------------------------------------


async def test_what_is_silent_before_the_first_sound_is_cut_off() -> None:
    rendered = await render(Talker(), "I need help.")  # type: ignore[arg-type]  # as above
    assert len(rendered.pcm) // 2 == 610
    assert not any(rendered.pcm[:20])
    assert rendered.pcm[20]
    assert rendered.words == (
        WordTime(Span(0, 1), 10, 210),
        WordTime(Span(2, 6), 210, 410),
        WordTime(Span(7, 11), 410, 610),
    )


async def test_what_a_voice_cannot_say_is_refused() -> None:
    with pytest.raises(InputError):
        await render(Talker(level=20), "Hm.")  # type: ignore[arg-type]  # as above
    with pytest.raises(InputError):
        await render(Talker(), "…")  # type: ignore[arg-type]  # as above


def test_words_are_those_of_what_is_shown() -> None:
    sound = Rendered(
        HEART, RATE, bytes(2000), (WordTime(Span(0, 3), 10, 500), WordTime(Span(4, 7), 500, 900))
    )
    same = Phrase("1", "How are")
    assert as_shown(same.shown, EMBEDDED.said("How are"), sound).words == sound.words
    other = Phrase("1", "Doc and me", "I would like to see my doctor")
    assert as_shown(other.shown, None, sound).words == (
        WordTime(Span(0, 3), 0, 300),
        WordTime(Span(4, 7), 400, 700),
        WordTime(Span(8, 10), 800, 1000),
    )


# -- all of them ------------------------------------------------------------------------------------------


async def test_phrases_are_made_one_after_another_in_their_order_and_kept(stage: Stage) -> None:
    stage.renderer.want(wanted(EMBEDDED, "Yes.", "No.", "I need help."))
    progress = await stage.until(Ahead.READY)
    assert stage.talker.said == ["Yes.", "No.", "I need help."]
    assert (progress.ready, progress.total) == (3, 3)
    assert stage.renderer.ready == {"1", "2", "3"}
    assert stage.talker.opened == 1
    stage.renderer.want(wanted(EMBEDDED, "No.", "Thank you."))
    await stage.until(Ahead.LOOKING)
    assert (await stage.until(Ahead.READY)).total == 2
    assert stage.talker.said[3:] == ["Thank you."]


async def test_nothing_is_made_while_somebody_speaks(stage: Stage) -> None:
    stage.is_busy = True
    stage.renderer.want(wanted(EMBEDDED, "Yes.", "No."))
    await stage.until(Ahead.RESTING)
    stage.renderer.stirred()
    for _ in range(20):
        await asyncio.sleep(0)
    assert stage.talker.said == []
    stage.is_busy = False
    stage.renderer.stirred()
    await stage.until(Ahead.READY)


@pytest.mark.parametrize("chosen", [EMBEDDED, FREE])
async def test_who_begins_to_speak_has_the_voice_at_once(stage: Stage, chosen: RenderVoice) -> None:
    stage.talker.gate = asyncio.Event()
    stage.renderer.want(wanted(chosen, "Yes.", "No."))
    await stage.until(Ahead.WORKING)
    await eventually(lambda: bool(stage.talker.said))
    stage.is_busy = True
    stage.renderer.stirred()
    await eventually(lambda: not stage.talker.open)
    assert stage.talker.abandoned == 1
    stage.is_busy = False
    stage.talker.gate.set()
    stage.renderer.stirred()
    await stage.until(Ahead.READY)
    assert stage.talker.said == ["Yes.", "Yes.", "No."]


async def test_a_key_interrupts_what_costs_this_machine_but_not_what_costs_money(stage: Stage) -> None:
    for chosen, abandoned in ((EMBEDDED, 1), (PAID, 0)):
        stage.talker.abandoned, stage.talker.said = 0, []
        stage.talker.gate = asyncio.Event()
        stage.renderer.want(wanted(chosen, "Yes."), limit=1.0)
        await stage.until(Ahead.WORKING)
        await eventually(lambda: bool(stage.talker.said))
        stage.renderer.stirred()
        for _ in range(20):
            await asyncio.sleep(0)
        assert stage.talker.abandoned == abandoned
        stage.talker.gate.set()
        await stage.until(Ahead.READY)


async def test_hands_at_work_are_waited_for(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.renderer._quiet_seconds = 0.2
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(stage.renderer.run())
        stage.renderer.stirred()
        stage.renderer.want(wanted(EMBEDDED, "Yes."))
        began = asyncio.get_running_loop().time()
        await stage.until(Ahead.READY)
        assert asyncio.get_running_loop().time() - began >= 0.19
        task.cancel()


async def test_money_is_asked_for_and_kept_to(stage: Stage) -> None:
    texts = wanted(PAID, "Yes.", "No.", "I need help.")
    stage.renderer.want(texts)
    progress = await stage.until(Ahead.ASKING)
    assert progress.price == pytest.approx(19 * 15 / 1_000_000)
    assert stage.talker.said == []
    stage.renderer.want(texts, limit=progress.price / 2)
    await stage.until(Ahead.LOOKING)
    await stage.until(Ahead.ASKING)
    stage.renderer.want(texts, limit=progress.price)
    await stage.until(Ahead.LOOKING)
    await stage.until(Ahead.READY)
    assert stage.renderer.progress().price == 0.0


async def test_what_is_free_is_not_asked_for(stage: Stage) -> None:
    stage.renderer.want(wanted(FREE, "Yes."))
    assert (await stage.until(Ahead.READY, Ahead.ASKING)).state is Ahead.READY


async def test_another_voice_begins_anew_and_the_first_ones_sound_is_kept(stage: Stage) -> None:
    stage.renderer.want(wanted(EMBEDDED, "Yes."))
    await stage.until(Ahead.READY)
    stage.renderer.want(wanted(FREE, "Yes."))
    assert stage.renderer.ready == frozenset()
    await stage.until(Ahead.LOOKING)
    await stage.until(Ahead.READY)
    assert stage.talker.said == ["Yes.", "Yes."]
    stage.renderer.want(wanted(EMBEDDED, "Yes."))
    await stage.until(Ahead.LOOKING)
    await stage.until(Ahead.READY)
    assert stage.talker.said == ["Yes.", "Yes."]


@pytest.mark.parametrize("error", [ConnectionLost("gone"), VoiceProcessError("gone")])
async def test_after_a_loss_it_is_tried_again(stage: Stage, error: FishCaptionError) -> None:
    stage.talker.fails = [error]
    stage.renderer.want(wanted(EMBEDDED, "Yes.", "No."))
    assert (await stage.until(Ahead.FAILED)).error is error
    progress = await stage.until(Ahead.READY)
    assert progress.error is None
    assert stage.talker.said == ["Yes.", "Yes.", "No."]


async def test_patience_grows_and_the_user_can_shorten_it(stage: Stage) -> None:
    stage.talker.fails = [ConnectionLost("gone"), ConnectionLost("gone")]
    stage.renderer.want(wanted(EMBEDDED, "Yes."))
    await eventually(lambda: len(stage.talker.said) == 2)
    await stage.until(Ahead.FAILED)
    await asyncio.sleep(0.05)
    assert len(stage.talker.said) == 2
    stage.renderer.retry()
    await stage.until(Ahead.READY)


async def test_what_no_patience_helps_waits_for_the_user(stage: Stage) -> None:
    stage.talker.fails = [PaymentRequired("no credit")]
    stage.renderer.want(wanted(FREE, "Yes."))
    await stage.until(Ahead.FAILED)
    await asyncio.sleep(0.05)
    assert len(stage.talker.said) == 1
    stage.renderer.want(wanted(FREE, "Yes."), is_on=False)
    await stage.until(Ahead.LOOKING)
    await stage.until(Ahead.OFF)
    stage.renderer.want(wanted(FREE, "Yes."))
    await stage.until(Ahead.LOOKING)
    await stage.until(Ahead.READY)


async def test_one_phrase_that_cannot_be_said_does_not_hold_up_the_others(stage: Stage) -> None:
    stage.renderer.want(wanted(EMBEDDED, "…", "Yes."))
    progress = await stage.until(Ahead.READY)
    assert (progress.ready, progress.total) == (1, 2)


@pytest.mark.logs("a bug ended the making of sound")
async def test_a_bug_ends_no_more_than_this(stage: Stage) -> None:
    stage.talker.fails = [cast(FishCaptionError, ZeroDivisionError())]
    stage.renderer.want(wanted(EMBEDDED, "Yes."))
    assert "inside fishcaption" in str((await stage.until(Ahead.FAILED)).error)
    stage.renderer.retry()
    await stage.until(Ahead.READY)


async def test_a_full_cache_ends_it_and_keeps_what_is_in_use(tmp_path: Path) -> None:
    stage = Stage(tmp_path, most_bytes=1500)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(stage.renderer.run())
        stage.renderer.want(wanted(EMBEDDED, "Yes.", "No.", "Maybe.", "Well."))
        progress = await stage.until(Ahead.FULL)
        assert 0 < progress.ready < 4
        task.cancel()


async def test_other_rules_of_saying_make_it_anew(stage: Stage) -> None:
    other = replace(EMBEDDED, rules=Rules(replacements=(Replacement("Qt", "cute"),)))
    stage.renderer.want(wanted(EMBEDDED, "Qt is here."))
    await stage.until(Ahead.READY)
    stage.renderer.want(wanted(other, "Qt is here."))
    await stage.until(Ahead.LOOKING)
    await stage.until(Ahead.READY)
    assert stage.talker.said == ["Qt is here.", "cute is here."]


def test_words_of_what_is_said_otherwise_are_those_that_are_shown() -> None:
    chosen = replace(EMBEDDED, rules=Rules(replacements=(Replacement("Qt", "cute thing"),)))
    said = chosen.said("My Qt is here.")
    assert said.text == "My cute thing is here."
    times = (
        WordTime(Span(0, 2), 0, 100),
        WordTime(Span(3, 7), 100, 200),
        WordTime(Span(8, 13), 200, 300),
        WordTime(Span(14, 16), 300, 400),
    )
    shown = as_shown("My Qt is here.", said, Rendered(HEART, RATE, bytes(1000), times))
    assert shown.words == (
        WordTime(Span(0, 2), 0, 100),
        WordTime(Span(3, 5), 100, 300),
        WordTime(Span(6, 8), 300, 400),
    )


# -- the bank as the window has it ------------------------------------------------------------------------


class Ear:
    """A `ui.ports.Speaker` of which a phrase desk sees this much."""

    def __init__(self) -> None:
        self.spoken: list[tuple[str, Rendered | None]] = []
        self.said: list[str] = []  # where nothing was ready
        self.state = State.IDLE
        self.subscribers: list[Callable[[], None]] = []

    def speak(self, text: str, *, replace: bool | None = None, said: str = "") -> int:
        self.spoken.append((text, None))
        self.said.append(said or text)
        return len(self.spoken)

    def speak_ready(self, text: str, rendered: Rendered, *, replace: bool | None = None) -> int:
        self.spoken.append((text, rendered))
        return len(self.spoken)

    def snapshot(self) -> Snapshot:
        return Snapshot(self.state, HEART, None, (), 0.0, None, PlayerState("", True, None))

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self.subscribers.append(callback)
        return lambda: self.subscribers.remove(callback)


@dataclass
class FakeHouse:
    """A house as far as the desk looks: whose key it has. Nobody can be reached from it."""

    key: str = ""

    async def endpoint(self, model: str) -> Endpoint:
        raise ConnectionLost(f"{model} cannot be reached.")


SETTINGS = Settings(voice=HEART)


def test_off_the_record_nothing_is_counted(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, Ear(), Settings(voice=HEART, off_record=True))
    desk.speak("1")
    assert desk.bank() == starting()


async def test_settings_that_change_by_the_dozen_change_nothing_here(tmp_path: Path) -> None:
    settings = SettingsStore(Settings(voice=HEART, phrases_ahead=False))
    desk = desk_of(tmp_path, Ear(), settings)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(desk.run(cast(SpeechSystem, FakeHouse())))
        await eventually(lambda: desk.progress().state is Ahead.OFF)
        settings.change(volume=0.5)
        settings.change(volume=0.6)
        desk.use_rules(Rules())
        await eventually(lambda: desk.progress().state is Ahead.OFF)
        settings.change(volume=0.7)
        desk.use_rules(Rules())
        assert desk.progress().state is Ahead.OFF, "nothing is looked for again"
        task.cancel()


async def test_the_sound_of_phrases_that_are_gone_is_forgotten_at_the_next_start(tmp_path: Path) -> None:
    chosen = render_voice_of(SETTINGS)
    kept = Rendered(HEART, chosen.rate, b"\1\0" * 100)
    renders = Renders(tmp_path / "sound")
    names = [chosen.name(text, chosen.said(text)) for text in ("Yes.", "Something private.")]
    for name in names:
        renders.save(name, kept)
    settings = SettingsStore(Settings(voice=HEART, phrases_ahead=False))
    desk = desk_of(tmp_path, Ear(), settings)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(desk.run(cast(SpeechSystem, FakeHouse())))
        await eventually(lambda: desk.progress().state is Ahead.OFF)
        task.cancel()
    assert [name in Renders(tmp_path / "sound") for name in names] == [True, False]


def test_what_is_not_ready_is_said_as_it_is_to_be_said(tmp_path: Path) -> None:
    ear = Ear()
    desk = desk_of(tmp_path, ear)
    bank, phrase = desk.bank().add("Doctor", "I would like to see a doctor.")
    desk.set_bank(bank)
    desk.speak(phrase.id)
    assert (ear.spoken[0][0], ear.said) == ("Doctor", ["I would like to see a doctor."])


def desk_of(folder: Path, ear: Ear, settings: Settings | SettingsStore = SETTINGS) -> Phrases:
    return Phrases(
        cast(Speaker, ear),
        SettingsStore(settings) if isinstance(settings, Settings) else settings,
        path=folder / "phrases.json",
        renders=Renders(folder / "sound"),
        quiet_seconds=0.0,
    )


def test_before_the_house_is_entered_a_key_speaks_what_is_kept(tmp_path: Path) -> None:
    ear = Ear()
    desk = desk_of(tmp_path, ear)
    opener = desk.bank().holder("F1")
    assert opener is not None
    assert desk.speak(opener.id) == 1
    assert ear.spoken == [(opener.shown, None)]
    chosen = render_voice_of(SETTINGS)
    said = chosen.said(opener.shown)
    kept = Rendered(HEART, chosen.rate, b"\1\0" * 100, (WordTime(Span(0, 1), 0, 50),))
    Renders(tmp_path / "sound").save(chosen.name(opener.shown, said), kept)
    desk = desk_of(tmp_path, ear)
    desk.speak(opener.id)
    assert ear.spoken[1] == (opener.shown, kept)
    other = desk_of(tmp_path, ear, Settings(voice=FISH))
    other.speak(opener.id)
    assert ear.spoken[2] == (opener.shown, None), "never in another voice"


def test_what_is_spoken_is_counted_and_subscribers_are_told(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, Ear())
    told: list[int] = []
    unsubscribe = desk.subscribe(lambda: told.append(1))
    phrase = desk.bank().phrases[3]
    desk.speak(phrase.id)
    assert desk.bank().phrase(phrase.id).uses == 1
    assert told == [1]
    unsubscribe()
    desk.say("Try this.", "Trying this.")
    assert desk.bank().search()[0].id == phrase.id
    assert told == [1]


async def test_the_bank_is_on_disk_when_the_desk_is_closed(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, Ear())
    bank, _ = desk.bank().add("Quite.", key="F10")
    desk.set_bank(bank)
    await desk.close()
    assert load(tmp_path / "phrases.json").bank == bank


async def test_a_running_desk_saves_reads_and_writes_files(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, Ear(), Settings(voice=HEART, phrases_ahead=False))
    errors: list[FishCaptionError] = []
    desk.on_error = errors.append
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(desk.run(cast(SpeechSystem, FakeHouse())))
        bank, _ = desk.bank().add("Quite.")
        desk.set_bank(bank)
        await eventually(lambda: load(tmp_path / "phrases.json").bank == bank)
        async with asyncio.timeout(10):
            for name in ("out.csv", "out.json"):
                done: asyncio.Queue[object] = asyncio.Queue()
                desk.write_file(tmp_path / name, done.put_nowait)
                assert await done.get() == tmp_path / name
                desk.read_file(tmp_path / name, done.put_nowait)
                read = await done.get()
                assert isinstance(read, Imported)
                assert [one.shown for one in read.bank.phrases] == [one.shown for one in bank.phrases]
            desk.read_file(tmp_path / "nowhere.csv", done.put_nowait)
            assert isinstance(await done.get(), InputError)
            assert desk.progress().state in (Ahead.LOOKING, Ahead.OFF)
        assert errors == []
        task.cancel()


async def test_a_bank_that_cannot_be_saved_is_told_once(tmp_path: Path) -> None:
    save(tmp_path / "folder" / "phrases.json", starting())
    desk = Phrases(
        cast(Speaker, Ear()),
        SettingsStore(SETTINGS),
        path=tmp_path / "file" / "phrases.json",
        renders=Renders(tmp_path / "sound"),
    )
    (tmp_path / "file").write_text("")
    told: asyncio.Queue[FishCaptionError] = asyncio.Queue()
    desk.on_error = told.put_nowait
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(desk.run(cast(SpeechSystem, FakeHouse())))
        desk.set_bank(Bank())
        assert "could not be saved" in str(await told.get())
        desk.set_bank(starting())
        await asyncio.sleep(0.05)
        assert told.empty()
        task.cancel()
    await desk.close()


async def test_a_key_that_is_found_later_is_tried(tmp_path: Path) -> None:
    settings = Settings(voice=FISH, model="s2.1-pro-free")
    desk = desk_of(tmp_path, Ear(), settings)
    speech = FakeHouse()
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(desk.run(cast(SpeechSystem, speech)))
        await eventually(lambda: desk.progress().state is Ahead.FAILED)
        assert isinstance(desk.progress().error, Unauthorized)
        desk.stirred()
        assert desk.progress().error is not None
        speech.key = "found"
        desk.stirred()
        assert desk.progress().error is None
        await eventually(lambda: isinstance(desk.progress().error, ConnectionLost))
        task.cancel()


def test_sounds_that_go_beside_the_text_are_in_the_name() -> None:
    """Another pronunciation of a part of a word is another sound; of a word that is not there it is not."""
    entry = Replacement("nuc", "", phoneme="N UW1 K", whole_word=False)
    taught = dataclasses.replace(PAID, rules=Rules(replacements=(entry,)))
    assert [one.value for one in taught.pronunciations] == ["N UW1 K"]
    assert taught.said("A nucleus.").text == "A nucleus."
    for text, is_same in (("A nucleus.", False), ("A leaf.", True)):
        names = [chosen.name(text, chosen.said(text)) for chosen in (taught, PAID)]
        assert (names[0] == names[1]) == is_same
    assert dataclasses.replace(EMBEDDED, rules=taught.rules).pronunciations == ()
