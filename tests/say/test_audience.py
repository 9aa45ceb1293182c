"""The outlets of `say` in its own loop: what they are shown, what a person is told, and how they end."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import keyring
import pytest

from fishcaption import terminal
from fishcaption.captions.display import Display
from fishcaption.captions.outlet import SILENCE, Light, OutletState, Tell
from fishcaption.captions.outlet_kind import OutletKind
from fishcaption.core.audience import OutletConfig
from fishcaption.core.speech import Fate
from fishcaption.say import audience as module
from fishcaption.say.audience import SayAudience
from fishcaption.say.outlet_options import ChosenOutlet
from fishcaption.store.settings import Settings
from tests.captions.test_audience import Voice
from tests.memory_keyring import LockedKeyring, MemoryKeyring

TEXT = "Hi all."
PATIENCE_SECONDS = 10.0
SLACK_SECONDS = 1.0  # of a busy machine


class Recorder:
    """An outlet that records what it is shown, and says what it is to say."""

    made: list[Recorder]
    tells: tuple[OutletState, ...] = (OutletState(Light.ON, "It works."),)

    def __init__(self, config: OutletConfig, secrets: Mapping[str, str], tell: Tell) -> None:
        self.secrets, self._tell = secrets, tell
        self.shown: list[tuple[float, Display]] = []
        self.has_left = False
        Recorder.made.append(self)

    def show(self, display: Display, /) -> None:
        self.shown.append((time.perf_counter(), display))

    async def run(self) -> None:
        for state in self.tells:
            self._tell(state)
        try:
            await asyncio.Event().wait()
        finally:
            self.has_left = True

    @property
    def texts(self) -> list[str]:
        """What was shown, without what was shown again."""
        cues = [display.cue for _, display in self.shown]
        texts = ["" if cue is None else " ".join(cue.lines) for cue in cues]
        return [text for place, text in enumerate(texts) if place == 0 or text != texts[place - 1]]


class Waits(Recorder):
    tells = (OutletState(Light.WAITING, "Nobody is there."),)


class Serves(Recorder):
    tells = (
        OutletState(Light.WAITING, "Nobody reads yet.", address="http://here/c/1"),
        OutletState(Light.WAITING, "Nobody reads.", address="http://here/c/1"),
    )


class Complains(Recorder):
    tells = tuple(OutletState(Light.TROUBLE, f"It is full {n // 2}.") for n in range(40))


class Fails(Recorder):
    async def run(self) -> None:
        raise ZeroDivisionError


class FailsInShow(Recorder):
    def show(self, display: Display, /) -> None:
        raise ZeroDivisionError


class Hangs(Recorder):
    """It never has sent what it was shown, nor left nothing behind."""

    async def flush(self) -> None:
        await asyncio.Event().wait()

    async def run(self) -> None:
        try:
            await super().run()
        finally:
            self.has_left = False
            await asyncio.Event().wait()


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    Recorder.made = []
    monkeypatch.setenv("FISHCAPTION_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(module, "LEAST_SECONDS", 0.01)
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def outlet(
    maker: str = "Recorder", *, delay_seconds: float = 0.0, made_secrets: tuple[str, ...] = ()
) -> ChosenOutlet:
    kind = OutletKind(maker.lower(), maker, "", __name__, maker, made_secrets=made_secrets)
    config = OutletConfig(f"say-{kind.kind}", kind.kind, maker, delay_seconds=delay_seconds)
    return ChosenOutlet(kind, config, {}, made_secrets)


@asynccontextmanager
async def saying(voice: Voice, *outlets: ChosenOutlet) -> AsyncIterator[SayAudience]:
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        SayAudience(outlets, Settings(), voice, 1.0, SILENCE) as audience,
    ):
        await audience.ready()
        yield audience


async def say(voice: Voice, audience: SayAudience) -> None:
    """Say the whole text, and let the last caption be read."""
    for index in range(len(voice.spans())):
        audience.look(voice.at_word(index))
    audience.look(voice.ended())
    await audience.finish(asyncio.Event())


async def test_the_last_caption_is_shown_as_long_as_it_takes_to_read_and_taken_away() -> None:
    voice = Voice(TEXT)
    async with saying(voice, outlet(), outlet("Serves", delay_seconds=0.2)) as audience:
        await say(voice, audience)
    prompt, late = Recorder.made
    assert prompt.texts == late.texts == ["", TEXT, ""]
    assert prompt.has_left
    assert late.has_left
    _, (shown, _), *_, (emptied, _) = prompt.shown
    assert emptied - shown >= len(TEXT) / 17 - 0.01
    first = next(entry for entry in late.shown if entry[1].cue is not None)
    assert first[0] >= prompt.shown[1][1].cue.moment + 0.2  # type: ignore[union-attr]  # it has one


async def test_typed_or_piped_text_is_known_when_it_has_ended() -> None:
    voice = Voice(TEXT, live=True)
    async with saying(voice, outlet()) as audience:
        await say(voice, audience)
    assert Recorder.made[0].texts == ["", TEXT, ""]


async def test_ctrl_c_ends_outlets_at_once_also_while_one_waits_for_its_delay() -> None:
    voice, interrupted = Voice(TEXT), asyncio.Event()
    async with saying(voice, outlet(), outlet("Serves", delay_seconds=60)) as audience:
        audience.look(voice.at_word(0))
        asyncio.get_running_loop().call_later(0.3, interrupted.set)
        began = time.perf_counter()
        await audience.finish(interrupted)
    assert time.perf_counter() - began < 0.3 + SLACK_SECONDS
    assert all(made.has_left for made in Recorder.made)


async def test_an_outlet_that_hangs_is_given_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "END_SECONDS", 0.3)
    monkeypatch.setattr(module, "_FLUSH_SECONDS", 0.2)
    monkeypatch.setattr(module, "_GIVEN_UP_SECONDS", 0.05)
    voice = Voice("Hi.")
    async with saying(voice, outlet("Hangs"), outlet()) as audience:
        began = time.perf_counter()
        await say(voice, audience)
    assert time.perf_counter() - began < 0.3 + SLACK_SECONDS
    assert capsys.readouterr().err == (
        "fishcaption: Hangs: The last caption may be missing there: it was not taken in time.\n"
    )
    assert Recorder.made[1].texts == ["", "Hi.", ""]


async def test_a_bug_in_an_outlet_is_told_and_ends_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    voice = Voice(TEXT)
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    outlets = (outlet("Fails"), outlet("FailsInShow"), outlet("NoSuchClass"), outlet())
    async with saying(voice, *outlets) as audience:
        await say(voice, audience)
    told = sorted(line.split(": ")[1] for line in capsys.readouterr().err.splitlines())
    assert told == ["Fails", "FailsInShow", "NoSuchClass"]
    assert Recorder.made[-1].texts == ["", TEXT, ""]


async def test_a_person_is_told_of_trouble_once_and_of_not_too_much(
    capsys: pytest.CaptureFixture[str],
) -> None:
    voice = Voice(TEXT)
    async with saying(voice, outlet("Complains"), outlet("Serves"), outlet()) as audience:
        await say(voice, audience)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        *(f"fishcaption: Complains: It is full {number}." for number in range(5)),
        "fishcaption: Serves: http://here/c/1",
    ]


UNSEEN = "fishcaption: Waits: It shows nothing. Nobody is there.\n"


async def test_an_outlet_that_only_waits_is_told_of_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    voice = Voice(TEXT)
    async with saying(voice, outlet("Waits")) as audience:
        await say(voice, audience)
    assert capsys.readouterr().err == UNSEEN


async def test_it_is_told_of_while_it_is_said_where_that_takes_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: asyncio.Queue[str] = asyncio.Queue()
    monkeypatch.setattr(module, "_UNSEEN_SECONDS", 0.0)
    monkeypatch.setattr(terminal, "err", told.put_nowait)
    voice = Voice(TEXT)
    async with saying(voice, outlet("Waits")) as audience:
        audience.look(voice.at_word(0))
        assert await told.get() == UNSEEN
        await say(voice, audience)
    assert told.empty(), "it is told once"


async def test_nothing_is_told_where_nothing_was_said(capsys: pytest.CaptureFixture[str]) -> None:
    async with saying(Voice(""), outlet("Waits")) as audience:
        await audience.finish(asyncio.Event())
    assert capsys.readouterr().err == ""


async def test_stop_empties_the_display_and_a_failure_leaves_it_to_be_read() -> None:
    stays: dict[Fate, float] = {}
    for fate in (Fate.CUT, Fate.FAILED):
        voice = Voice(TEXT)
        async with saying(voice, outlet()) as audience:
            audience.look(voice.at_word(0))
            audience.look(voice.ended(fate))
            await audience.finish(asyncio.Event())
        assert Recorder.made[-1].texts == ["", TEXT, ""]
        (_, (shown, _), *_, (emptied, _)) = Recorder.made[-1].shown
        stays[fate] = emptied - shown
    assert stays[Fate.FAILED] >= len(TEXT) / 17 - 0.01
    assert stays[Fate.CUT] < 0.2


class SilentKeyring(MemoryKeyring):
    """It answers when the test lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.may_answer.wait(PATIENCE_SECONDS)
        return super().get_password(service, username)


async def test_the_voice_does_not_wait_for_a_keyring_and_the_outlet_catches_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "READY_SECONDS", 0.05)
    kept = SilentKeyring()
    keyring.set_keyring(kept)
    voice = Voice(TEXT)
    async with saying(voice, outlet(made_secrets=("key",))) as audience:
        audience.look(voice.at_word(0))
        assert Recorder.made == []
        kept.may_answer.set()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await audience._runs[0].is_begun.wait()
        await say(voice, audience)
    assert Recorder.made[0].texts == [TEXT, ""]


async def test_an_address_stays_the_same_as_long_as_there_is_a_keyring() -> None:
    kept = MemoryKeyring()
    for backend in (kept, kept, LockedKeyring()):
        keyring.set_keyring(backend)
        async with saying(Voice(TEXT), outlet(made_secrets=("key",))) as audience:
            await audience.finish(asyncio.Event())
    first, second, other = (made.secrets["key"] for made in Recorder.made)
    assert first == second == kept.kept["fishcaption", "outlet/say-recorder/key"]
    assert other != first
    assert len(other) >= 20
