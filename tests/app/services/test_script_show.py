"""The show: what each key speaks, in whose voice, what the audience sees of it, and what is kept of it.

The reader, the captions and the files are the real ones; the voice and the ear are the test's.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from fishcaption.app.lazy_reader import LazyReader
from fishcaption.app.services import script_show
from fishcaption.app.services.script_preparation import ScriptPreparation
from fishcaption.app.services.script_show import ScriptShow
from fishcaption.app.settings import SettingsStore
from fishcaption.captions.audience import Audience
from fishcaption.captions.display import Display
from fishcaption.core.audience import Layout
from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.core.speech import Rendered, Span, State, Voice, WordTime
from fishcaption.core.voices.presets import Preset, voice_in
from fishcaption.store.scripts.kept_scripts import KeptScripts
from fishcaption.store.settings import Settings
from fishcaption.tasks import ServiceTasks
from fishcaption.ui.ports import Speaker
from tests.app.test_used_at_once import program
from tests.captions.sound import HeldAlarm
from tests.fakes import RATE, WORD_FRAMES, FakeVoice
from tests.kept_sound import opened_store
from tests.reader.test_reader import Stage

HEART = Voice("embedded", "heart", "Heart", ("en",))
BELLA = Voice("embedded", "bella", "Bella", ("en",))
FISH = Voice("fish", "802e3bc2b27e49c2995d23ef70e6ac89", "Energetic", ("en",))
WIDE = Layout(42, 2)
CUES = (
    ScriptCue(1, "One two three."),
    ScriptCue(2, "Four five.", "ANNA"),
    ScriptCue(3, "Six seven eight nine.", "BEN", is_marked=True),
)
SCRIPT = Script("play.txt", CUES)


class Desk:
    """The service with everything around it; a new one in the same folder is the next start."""

    def __init__(self, folder: Path, tasks: asyncio.TaskGroup, settings: Settings) -> None:
        self.stage = Stage()
        self.reader = self.stage.reader
        self.stage.voice = self._voice(settings.voice)
        self.voices: list[Voice | None] = []  # that were asked to speak, None for the embedded default
        self.settings = SettingsStore(settings)
        self.now = 0.0
        self.told: list[FishCaptionError] = []
        self.audience = Audience(self.reader, HeldAlarm(), clock=lambda: self.now)
        self.renders = opened_store(folder / "sound")
        self.kept = KeptScripts(folder / "scripts", self.told.append)
        self.files: Callable[[Path], Script] = lambda path: SCRIPT
        self.calls: list[Callable[[], None]] = []
        self.remembered: list[str] = []
        self.preparation = ScriptPreparation(cast(Speaker, self.reader), self.settings, kept=self.renders)
        self.show = ScriptShow(
            cast(LazyReader, self.reader),
            self.audience,
            self.settings,
            self.kept,
            self.preparation,
            ServiceTasks(tasks),
            speaking_as=self._speaking_as,
            read_script=lambda path: self.files(path),
            call_soon=self.calls.append,
            remember=self.remembered.append,
            clock=lambda: self.now,
        )

    def _voice(self, voice: Voice) -> FakeVoice:
        made = FakeVoice(voice)
        self.reader.use(made, "embedded")
        return made

    @contextmanager
    def _speaking_as(self, who: Voice | Preset | None) -> Iterator[None]:
        voice = None if who is None else voice_in(who)
        self.voices.append(voice)
        self.reader.use(FakeVoice(voice or HEART, words=self.stage.voice.words), "embedded")
        yield
        self.reader.use(self.stage.voice, "embedded")

    async def next(self) -> None:
        self.show.speak_next()
        await self.stage.settle()

    async def hear(self, words: float) -> None:
        await self.stage.hear(words)

    def place(self) -> tuple[int | None, int | None]:
        view = self.show.view()
        return view.current, view.following

    def prepare(self, cue: ScriptCue, sound: int = 77) -> None:
        """Have its sound on the disk: two words of this number."""
        voice = self.preparation.voice_of(cue)
        assert voice is not None
        said = voice.said(cue.text)
        words = (WordTime(Span(0, 3), 0, WORD_FRAMES), WordTime(Span(4, 7), WORD_FRAMES, 2 * WORD_FRAMES))
        pcm = sound.to_bytes(2, "little") * 2 * WORD_FRAMES
        self.renders.save(voice.name(said), Rendered(voice.voice, RATE, pcm, words))

    def seen(self, *, is_preview: bool = False) -> list[Display]:
        shown: list[Display] = []
        self.audience.subscribe(WIDE, shown.append, is_preview=is_preview)
        return shown


@asynccontextmanager
async def desk(folder: Path, **settings: Any) -> AsyncIterator[Desk]:
    async with asyncio.TaskGroup() as tasks:
        made = Desk(folder, tasks, Settings(**{"voice": HEART, **settings}))
        running = tasks.create_task(made.reader.run())
        await asyncio.sleep(0)
        try:
            yield made
        finally:
            made.kept.close()
            running.cancel()
    assert made.told == []


def lines(display: Display) -> tuple[str, ...]:
    return display.cue.lines if display.cue is not None else ()


# -- Next -----------------------------------------------------------------------------------------------


async def test_each_key_speaks_the_next_cue_and_nothing_speaks_by_itself(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.show.set_script(SCRIPT)
        assert made.place() == (None, 1)
        await made.next()
        await made.hear(99)
        assert (made.stage.heard(), made.place()) == ("One two three", (1, 2))
        await made.next()
        await made.hear(99)
        await made.next()
        await made.hear(99)
        await made.next()  # the end
        await made.hear(99)
        assert made.stage.heard() == "One two three Four five Six seven eight nine"
        assert made.place() == (3, None)


async def test_next_ends_the_cue_that_is_being_spoken(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.show.set_script(SCRIPT)
        await made.next()
        await made.hear(1)
        await made.next()
        await made.hear(99)
        assert made.stage.heard() == "One Four five"


async def test_next_goes_on_where_it_was_paused(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.show.set_script(SCRIPT)
        await made.next()
        await made.hear(1)
        made.reader.pause()
        await made.next()
        assert made.stage.state() is not State.PAUSED
        await made.hear(99)
        assert made.stage.heard() == "One Four five"


@pytest.mark.parametrize(
    ("replaces", "heard"), [(False, "ten eleven twelve Four five"), (True, "ten Four five")]
)
async def test_a_text_typed_in_between_has_its_turn_as_the_setting_says(
    tmp_path: Path, replaces: bool, heard: str
) -> None:
    async with desk(tmp_path) as made:
        made.show.set_script(SCRIPT)
        made.reader.replace = replaces
        made.reader.speak("ten eleven twelve.")
        await made.hear(1)
        await made.next()  # it waits, and is replaced by the one behind it
        await made.next()
        await made.hear(99)
        assert made.stage.heard() == heard


async def test_texts_that_wait_behind_a_cue_are_not_lost(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.show.set_script(SCRIPT)
        await made.next()
        await made.hear(1)
        made.reader.speak("ten.", replace=False)
        await made.next()
        await made.hear(99)
        assert made.stage.heard() == "One ten Four five"


async def test_after_stop_nothing_speaks_until_the_next_key(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.show.set_script(SCRIPT)
        await made.next()
        await made.hear(1)
        made.reader.stop()
        await made.hear(99)
        assert (made.stage.heard(), made.place()) == ("One", (1, 2))
        await made.next()
        await made.hear(99)
        assert made.stage.heard() == "One Four five"


async def test_held_next_does_nothing(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.show.set_script(SCRIPT)
        made.show.hold(is_held=True)
        await made.next()
        assert made.place() == (None, 1)
        made.show.hold(is_held=False)
        made.show.skip()
        await made.next()
        await made.hear(99)
        assert made.stage.heard() == "Four five"


async def test_a_blank_cue_is_a_silence(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.show.set_script(Script("a", (CUES[0], ScriptCue(2, "  \n"), CUES[2])))
        await made.next()
        await made.hear(1)
        await made.next()
        await made.hear(99)
        assert (made.stage.heard(), made.place()) == ("One", (2, 3))
        made.show.set_muted(is_muted=True)
        made.show.back()
        await made.next()
        assert made.place() == (2, 3)


async def test_what_cannot_be_spoken_keeps_the_place(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.show.set_script(SCRIPT)

        def refuse(text: str, **options: object) -> int:
            raise InputError("no voice")

        made.show._reader = cast(LazyReader, _Refusing(made.reader, refuse))
        with pytest.raises(InputError):
            made.show.speak_next()
        assert made.place() == (None, 1)


class _Refusing:
    """The reader, but for one command."""

    def __init__(self, reader: object, speak: Callable[..., int]) -> None:
        self._reader = reader
        self.speak = speak

    def __getattr__(self, name: str) -> object:
        return getattr(self._reader, name)


async def test_repeat_says_it_again_from_what_is_kept_unless_it_has_changed(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.show.set_script(SCRIPT)
        made.show.repeat()  # nothing was spoken yet
        await made.next()
        await made.hear(99)
        asked = len(made.voices)
        made.show.repeat()
        await made.hear(99)
        assert made.stage.heard() == "One two three One two three"
        assert len(made.voices) == asked
        made.show.set_script(replace(SCRIPT, cues=(replace(CUES[0], text="Ten."), *CUES[1:])))
        made.show.repeat()
        await made.hear(99)
        assert made.stage.heard().endswith("three Ten")
        made.reader.speak("eleven.")
        await made.hear(99)
        made.show.repeat()
        await made.hear(99)
        assert made.stage.heard().endswith("Ten eleven Ten")
        assert made.place() == (1, 2)


# -- voices ---------------------------------------------------------------------------------------------


async def test_each_speaker_has_a_voice(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.show.set_script(SCRIPT)
        made.show.set_speaker("ANNA", BELLA)
        made.show.set_speaker("BEN", BELLA)
        made.show.set_speaker("BEN", None)
        for _ in CUES:
            await made.next()
            await made.hear(99)
        assert made.voices == [BELLA], "the others are the chosen voice's"
        assert made.show.speakers() == {"ANNA": BELLA}
        assert made.reader.snapshot().voice == HEART


async def test_the_audience_sees_who_speaks(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        shown = made.seen()
        made.show.set_script(SCRIPT)
        made.show.skip()
        await made.next()
        await made.hear(0.5)
        made.audience.look(made.reader.snapshot())
        assert shown[-1].cue is not None
        assert (shown[-1].cue.speaker, shown[-1].cue.lines) == ("ANNA", ("Four five.",))


async def test_what_is_prepared_needs_no_voice(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.show.set_script(SCRIPT)
        made.show.set_speaker("ANNA", FISH)
        made.prepare(CUES[1])
        made.show.go_to(2)
        await made.next()
        await made.hear(99)
        assert set(made.stage.ear.heard_samples) == {77}
        assert made.voices == []
        made.show.set_speaker("ANNA", BELLA)  # another voice's sound is not hers
        made.show.go_to(2)
        await made.next()
        assert made.voices == [BELLA]


# -- muted ----------------------------------------------------------------------------------------------


async def test_while_a_person_speaks_the_keys_show_the_cues(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        shown = made.seen()
        made.show.set_script(SCRIPT)
        made.show.set_muted(is_muted=True)
        await made.next()
        assert lines(shown[-1]) == ("One two three.",)
        made.now = 4.0
        await made.next()
        assert shown[-1].cue is not None
        assert (lines(shown[-1]), shown[-1].cue.speaker) == (("Four five.",), "ANNA")
        made.now = 10.0
        await made.next()
        made.now = 12.0
        await made.next()  # the end: the last one took two seconds
        await made.hear(99)
        assert made.stage.heard() == ""
        assert made.remembered == [cue.text for cue in CUES]
        assert made.show.check(1).seconds == pytest.approx(4.0)
        view = made.show.view()
        assert view.spoken_seconds == pytest.approx(12.0)
        assert view.left_seconds == 0.0
        made.show.go_to(2)
        assert made.show.view().left_seconds == pytest.approx(8.0)


async def test_a_break_is_no_length_of_a_cue(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.show.set_script(SCRIPT)
        made.show.set_muted(is_muted=True)
        await made.next()
        made.now = 500.0
        await made.next()
        made.now = 503.0
        made.show.hold(is_held=True)
        made.show.hold(is_held=False)
        made.now = 504.0
        await made.next()
        assert made.show.view().spoken_seconds < 20


async def test_left_is_what_was_heard_at_the_present_speed(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.show.set_script(SCRIPT)
        estimate = made.show.view().left_seconds
        for _ in CUES:
            await made.next()
            await made.hear(99)
        made.show.go_to(1)
        heard = 9 * WORD_FRAMES / RATE
        assert made.show.view().left_seconds == pytest.approx(heard) != estimate
        assert made.show.check(2).seconds == pytest.approx(2 * WORD_FRAMES / RATE)
        made.settings.change(speed=2.0)
        assert made.show.view().left_seconds == pytest.approx(heard / 2)
        await made.next()
        await made.hear(1)
        view = made.show.view()
        assert view.spoken_seconds + view.left_seconds == pytest.approx(heard / 2)


# -- rehearsal ------------------------------------------------------------------------------------------


async def test_a_rehearsal_reaches_nobody_and_no_network(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        outlet, preview = made.seen(), made.seen(is_preview=True)
        made.show.set_script(SCRIPT)
        for name in ("ANNA", "BEN"):
            made.show.set_speaker(name, FISH)
        made.prepare(CUES[1])
        made.show.set_rehearsal(is_rehearsal=True)
        assert made.show.view().is_rehearsal
        for _ in CUES:
            await made.next()
            await made.hear(0.5)
            made.audience.look(made.reader.snapshot())
        assert made.voices == [HEART, None], (
            "the one that is prepared in her own voice, the last in the default"
        )
        assert lines(preview[-1]) == ("Six seven eight nine.",)
        assert set(outlet) == {Display(), Display(is_rehearsal=True)}
        made.show.set_muted(is_muted=True)
        made.show.go_to(1)
        await made.next()
        assert made.remembered == []
        made.show.set_rehearsal(is_rehearsal=False)
        await made.hear(99)
        made.audience.look(made.reader.snapshot())
        assert outlet[-1] == Display(), "what was being rehearsed has ended"
        assert made.reader.snapshot().state is State.IDLE


# -- what is kept ---------------------------------------------------------------------------------------


async def test_another_start_finds_everything_again(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.show.set_script(SCRIPT)
        made.show.set_speaker("ANNA", BELLA)
        await made.next()
        await made.hear(99)
        made.show.mark(1, is_marked=True)
        made.show.set_muted(is_muted=True)
        made.show.set_rehearsal(is_rehearsal=True)
        before = made.show.view()
        made.kept.flush()  # and no more: it is killed
        async with desk(tmp_path) as again:
            assert again.show.view() == before
            assert again.show.speakers() == {"ANNA": BELLA}
            outlet = again.seen()
            await again.next()
            assert again.stage.heard() == ""
            assert set(outlet) == {Display(is_rehearsal=True)}, "it is still a rehearsal"


async def test_an_edited_script_keeps_place_and_times(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.show.set_script(SCRIPT)
        await made.next()
        await made.hear(99)
        made.show.set_script(replace(SCRIPT, cues=(CUES[0], ScriptCue(9, "New."), *CUES[1:])))
        assert made.place() == (1, 9)
        assert made.show.check(1).seconds is not None
        made.show.set_script(replace(SCRIPT, cues=(replace(CUES[0], text="Other."), *CUES[1:])))
        assert made.place() == (1, 2)
        assert made.show.check(1).seconds is None
        assert made.show.check(9).is_ready is False


async def test_another_script_begins_at_its_beginning_and_the_first_stays_kept(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.show.set_script(SCRIPT)
        made.show.set_speaker("ANNA", BELLA)
        await made.next()
        made.show.set_script(Script("other.txt", (ScriptCue(1, "Ten."), ScriptCue(2, "Eleven."))))
        assert made.place() == (None, 1)
        assert made.show.speakers() == {}
        kept = made.kept.find("play.txt")
        assert kept is not None
        assert (kept.show.script, kept.show.following) == (SCRIPT, 2)
        made.show.set_script(SCRIPT)  # as Undo does
        assert made.place() == (1, 2)
        assert made.show.speakers() == {"ANNA": BELLA}


async def test_subscribers_are_told_soon_and_once(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        told: list[int] = []
        end = made.show.subscribe(lambda: told.append(1))
        made.calls.clear()
        made.show.set_script(SCRIPT)
        made.show.skip()
        assert told == []
        assert len(made.calls) == 1
        made.calls.pop()()
        assert told == [1]
        end()


async def test_off_the_record_nothing_is_kept(tmp_path: Path) -> None:
    async with desk(tmp_path, off_record=True) as made:
        made.show.set_script(SCRIPT)
        await made.next()
        made.kept.flush()
        assert not (tmp_path / "scripts").exists()
        made.settings.change(off_record=False)
        made.kept.flush()
        assert made.kept.restore().show.script == SCRIPT


# -- files ----------------------------------------------------------------------------------------------


async def opened(made: Desk, path: Path) -> Script | FishCaptionError:
    answer: asyncio.Future[Script | FishCaptionError] = asyncio.get_running_loop().create_future()
    made.show.open_file(path, answer.set_result)
    async with asyncio.timeout(10):
        return await answer


async def test_a_file_is_opened_and_once_more_with_its_edits(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        assert await opened(made, tmp_path / "play.txt") == SCRIPT
        made.show.set_speaker("ANNA", BELLA)
        await made.next()
        await made.hear(99)
        length = made.show.check(1).seconds
        edited = (CUES[0], replace(CUES[1], id=2, text="Ten eleven twelve."), replace(CUES[2], id=3))
        made.files = lambda path: Script(
            "play.txt", (ScriptCue(1, "Zero."), *(replace(cue, id=cue.id + 1) for cue in edited))
        )
        await opened(made, tmp_path / "play.txt")
        view = made.show.view()
        assert view.current is not None
        assert made.show._show.cue(view.current).text == "One two three."
        assert view.following is not None
        assert made.show._show.cue(view.following).text == "Ten eleven twelve."
        assert made.show.check(view.current).seconds == length
        assert made.show.speakers() == {"ANNA": BELLA}


async def test_a_file_that_was_open_before_begins_at_its_beginning(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        await opened(made, tmp_path / "play.txt")
        made.show.skip()
        made.files = lambda path: Script("other.txt", (ScriptCue(1, "Ten."),))
        await opened(made, tmp_path / "other.txt")
        made.files = lambda path: SCRIPT
        await opened(made, tmp_path / "play.txt")
        assert made.place() == (None, 1)
        made.show.go_to(3)
        made.show.skip()
        await opened(made, tmp_path / "play.txt")  # the show was at its end
        assert made.place() == (None, 1)


async def test_a_file_that_is_none_changes_nothing(tmp_path: Path) -> None:
    async with desk(tmp_path) as made:
        made.show.set_script(SCRIPT)

        def refuse(path: Path) -> Script:
            raise InputError("This is no script.")

        made.files = refuse
        assert str(await opened(made, tmp_path / "x.docx")) == "This is no script."
        assert made.show.view().script == SCRIPT


async def test_a_folder_that_is_gone_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script_show, "FILE_SECONDS", 0.05)
    release = threading.Event()
    async with desk(tmp_path) as made:

        def hang(path: Path) -> Script:
            release.wait(20)
            return SCRIPT

        made.files = hang
        assert str(await opened(made, tmp_path / "x.txt")) == "The file does not answer."
        release.set()
        assert made.show.view().script == Script()


async def test_the_program_opens_a_script_and_finds_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RUNTIME", "CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"FISHCAPTION_{name}_DIR", str(tmp_path / name))
    path = tmp_path / "evening.txt"
    path.write_text("ANNA: Good evening.\n\nBEN: Good night.\n")
    async with program() as made:
        answer: asyncio.Future[Script | FishCaptionError] = asyncio.get_running_loop().create_future()
        made.services.script().open_file(path, answer.set_result)
        async with asyncio.timeout(10):
            script = await answer
        assert isinstance(script, Script)
        assert [(cue.speaker, cue.text) for cue in script.cues] == [
            ("ANNA", "Good evening."),
            ("BEN", "Good night."),
        ]
        made.services.script().skip()
        before = made.services.script().view()
    async with program() as made:
        assert made.services.script().view() == before
        assert before.following == script.cues[1].id
