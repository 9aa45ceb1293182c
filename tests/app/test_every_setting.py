"""Every setting is used at once by who needs it: in the real program, without a fake, on a silent player.

Each row is a change, what is seen of it where it is used, and what that must be then; before the change it
must be something else.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import fields, replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from fishcaption.captions.display import Display
from fishcaption.captions.outlet import Light
from fishcaption.core.account.named_keys import NamedKey, NamedKeys
from fishcaption.core.audience import TWO_LINES, OutletConfig
from fishcaption.core.audience_style import PRESETS, ScreenIdentity
from fishcaption.core.errors import ConnectionLost
from fishcaption.core.phrases.bank import Ahead
from fishcaption.core.speech import State, Voice
from fishcaption.core.tones import SIGNALS
from fishcaption.core.voices.presets import Preset, Presets
from fishcaption.store.kept_audio.flac import encoded
from fishcaption.store.messages.message_folder import messages_root
from fishcaption.store.settings import OutputDevice, Settings
from fishcaption.store.vocabulary import Vocabulary, save, vocabulary_path
from fishcaption.ui.calls.feature import CallsFeature
from fishcaption.ui.phrases.feature import PhrasesFeature
from fishcaption.ui.present.audience_control import AudienceWindowControl
from fishcaption.ui.present.audience_window import AudienceWindow
from fishcaption.ui.present.workspace import PresentWorkspace
from fishcaption.ui.shell.attention import AttentionSound
from fishcaption.ui.speak import completion, large_type
from fishcaption.ui.speak.large_type_control import LargeTypeControl
from fishcaption.ui.voices.keys import KeysDialog
from fishcaption.ui.voices.studio.window import StudioWindow
from fishcaption.ui.widgets.theme import colors
from tests.app.opened_program import Opened, opened, run, until
from tests.app.test_used_at_once import USED
from tests.server.conftest import end_shared

HEART = Voice("embedded", "heart", "Heart", ("en",))
FISH = Voice("fish", "a-voice", "A voice", ("en",))
PAID = {"voice": FISH, "model": "s2.1-pro"}
KEPT = {"kept_audio_plain": True}  # there is no keyring here
RECORDING = "yes.flac"
OFFER = "s2.1-pro/a-voice"

BROKEN = "\n".join(
    (
        "The ferry that goes to the islands leaves from the old harbour at noon and comes back in",
        "the evening, and whoever wants to take a car along has to be there an hour before, since",
        "only eleven of them can be taken on board and there is no other ferry on that day, which",
        "is a pity for those who come late.",
    )
)

_numbers = count()
_asked_screens: list[str] = []
_announced: list[str] = []


class Row(NamedTuple):
    """A change of settings. ``base`` are other settings that it is seen under."""

    changes: dict[str, Any]
    read: Callable[[Opened], Any]
    wanted: object
    base: dict[str, Any] = {}  # noqa: RUF012  nobody changes it


# -- what is seen where a setting is used ----------------------------------------------------------------


async def is_typed_live(made: Opened) -> bool:
    QTest.keyClicks(made.editor, "Hello there")
    await until(lambda: made.editor.text() == "Hello there")
    is_live = made.composer.live.number() is not None
    made.silence()
    return is_live


def after_enter(made: Opened) -> str:
    made.editor.set_text("Hello.")
    made.editor.moveCursor(made.editor.textCursor().MoveOperation.End)
    QTest.keyClick(made.editor, Qt.Key.Key_Return)
    text = made.editor.text()
    made.silence()
    return text


def after_speaking(made: Opened) -> str:
    made.editor.set_text("Hello.")
    made.composer.speak()
    text = made.editor.text()
    made.silence()
    return text


async def speaks_again(made: Opened) -> bool:
    made.editor.set_text("Hello.")
    made.composer.speak()
    made.silence()
    await until(lambda: made.composer.snapshot().current is not None)
    await until(lambda: made.composer.snapshot().state is State.IDLE)
    made.composer.speak()
    is_speaking = made.reader.snapshot().state is not State.IDLE
    made.silence()
    return is_speaking


async def pasted(made: Opened) -> str:
    data = QMimeData()
    data.setText(BROKEN)
    made.editor.insertFromMimeData(data)
    await until(made.editor.is_settled)
    text = made.editor.text()
    made.silence()
    return text


async def waits_for_another_try(made: Opened) -> bool:
    made.speech.system.key = "a-key"
    view = await made.speech.system.reader.ended(made.reader.speak("Hello."))
    assert isinstance(view.error, ConnectionLost)
    await until(lambda: made.composer.snapshot().state is State.FAILED)
    is_pending = made.services.retrying.is_pending()
    made.silence()
    made.services.retrying.end()
    return is_pending


async def looks_for_the_service(made: Opened) -> bool:
    made.speech.system.key = "a-key"
    await made.speech.system.reader.ended(made.reader.speak("Hello."))
    assert made.speech.stand_in() is not None
    is_looking = made.services.retrying._next_look is not None
    made.services.retrying.go_back()
    return is_looking


def large_type_screen(made: Opened) -> str:
    control = made.feature(LargeTypeControl)
    control.toggle()
    control.toggle()
    return _asked_screens[-1]


def opener(made: Opened) -> str:
    made.window.commands.run("calls.opener")
    current = made.reader.snapshot().current
    made.silence()
    return current.text if current is not None else ""


def global_keys(made: Opened) -> dict[str, str]:
    held = made.feature(CallsFeature).tools._keys
    return dict(held._keys) if held is not None else {}


async def is_announced(made: Opened) -> bool:
    completing = made.workspace.completing
    assert completing is not None
    _announced.clear()
    QTest.keyClicks(made.editor, "I wou")
    await until(lambda: bool(completing.row.words()))
    made.silence()
    await until(lambda: not completing.row.words())
    return bool(_announced)


def learns(made: Opened) -> bool:
    before = made.services.vocabulary().learned()
    word = "Zanzi" + "abcdefghijklmnopqrstuvwxyz"[next(_numbers)]
    made.services.vocabulary().learn(f"{word} is far. {word} is near.")
    return made.services.vocabulary().learned() > before


def strip_is_hidden(made: Opened) -> bool:
    assert made.workspace.completing is not None
    return made.workspace.completing.row.isHidden()


def panel_is_hidden(made: Opened) -> bool:
    panel = made.feature(PhrasesFeature).panel
    assert panel is not None
    return panel.isHidden()


async def state_of_phrases(made: Opened) -> Ahead:
    await until(lambda: made.services.phrases().progress().state is not Ahead.LOOKING)
    return made.services.phrases().progress().state


async def is_kept_for_later(made: Opened) -> bool:
    desk = made.services.kept_audio
    await desk.opened.wait()
    await asyncio.sleep(0)  # the change's own opening has its turn
    async with desk._disk:
        return desk.store.is_lasting


async def is_heard_recorded(made: Opened) -> bool:
    phrases = made.services.phrases()
    (yes,) = [phrase for phrase in phrases.bank().phrases if phrase.shown == "Yes."]
    phrases.set_bank(phrases.bank().edit(yes.id, recording=RECORDING))
    await until(lambda: phrases.has_recording(yes.id))
    made.editor.set_text("yes")
    made.composer.speak()
    for box in made.window.findChildren(QMessageBox):
        box.close()
    spoken = made.reader.snapshot().current
    made.silence()
    return spoken is not None and spoken.text == "Yes."


async def is_off(made: Opened) -> bool:
    return await state_of_phrases(made) is Ahead.OFF


async def asks_for_money(made: Opened) -> bool:
    assert await is_kept_for_later(made)  # else nothing that costs is made
    return await state_of_phrases(made) is Ahead.ASKING


def expanded(made: Opened) -> str:
    QTest.keyClicks(made.editor, "brb ")
    text = made.editor.text()
    made.silence()
    return text


def lights(made: Opened) -> list[Light]:
    return [row.state.light for row in made.services.audience().rows()]


def shows_typing(made: Opened) -> bool:
    service = made.services.audience()
    shown: list[Display] = []
    service.set_typing(is_typing=True)
    service.audience.subscribe(TWO_LINES, shown.append)()
    service.set_typing(is_typing=False)
    return shown[-1].is_typing


def audience_window(made: Opened) -> AudienceWindow:
    control = made.feature(AudienceWindowControl)
    control.show()
    window = control.window
    assert window is not None
    control.toggle()
    return window


def is_limited(made: Opened) -> bool:
    spending = made.services.spending
    spending._today = lambda: date(2026, 12, 1)  # the service of this test sends no bills
    return spending.limit(1.0) is not None


def listed_keys(made: Opened) -> list[str]:
    dialog = KeysDialog(made.services.account, made.services.settings, made.window)
    listed = dialog.listed()
    dialog.done(0)
    return listed


def chosen_microphone(made: Opened) -> str:
    made.window.commands.run("voice.record")
    (studio,) = [shown for shown in made.window.findChildren(StudioWindow) if shown.isVisible()]
    name = studio.session.device.name
    studio.done(0)
    return name


def speed_elsewhere(made: Opened) -> float:
    settings = made.services.settings
    settings.change(workspace="elsewhere")
    speed: float = settings.current.speed
    settings.change(workspace="speak", speed=1.0)
    return speed


QUIETLY = Preset("q", "Quietly", Voice("embedded", "heart", "Heart", ("en",)), "", speed=0.8)

ROWS = (
    Row({"theme": "dark"}, lambda made: made.window.look.colors == colors("dark"), True),
    Row(
        {"text_size": 200},  # the text is half as large again as the words around it
        lambda made: round(made.editor.font().pointSizeF() / made.window.look._points, 2),
        3.0,
    ),
    Row({"speak_mode": "type"}, is_typed_live, True),
    Row({"enter_speaks": False}, after_enter, "Hello.\n"),
    Row({"while_speaking": "replace"}, lambda made: made.speech.system.reader.replace, True),
    Row({"empty_on_speak": False}, after_speaking, "Hello."),
    Row({"empty_repeats": False}, speaks_again, False),
    Row({"join_pasted_lines": False}, pasted, BROKEN),
    Row({"cost_limit": 0.0001}, lambda made: made.composer.price.is_too_dear("word " * 50), True, PAID),
    Row({"unreachable": "wait"}, waits_for_another_try, True, PAID),
    Row({"unreachable_present": "wait"}, waits_for_another_try, True, {**PAID, "workspace": "present"}),
    Row({"unreachable_returns": True}, looks_for_the_service, True, {**PAID, "unreachable": "embedded"}),
    Row(
        {"keys": {"speak.repeat": ("F12",)}}, lambda made: made.window.commands.spelled("speak.repeat"), "F12"
    ),
    Row(
        {"attention_sound": SIGNALS[1]},
        lambda made: made.feature(AttentionSound).rendered().voice.id,
        SIGNALS[1],
    ),
    Row({"large_type_screen": "HDMI-1"}, large_type_screen, "HDMI-1"),
    Row({"global_keys": {"stop": ("Ctrl+F9",)}}, global_keys, {"stop": "Ctrl+F9"}),
    Row({"opener": "Good morning."}, opener, "Good morning."),
    Row({"off_record": True}, lambda made: made.user_data.journal.off_record, True),
    Row({"keep_times": True}, lambda made: made.user_data.history.keep_times, True),
    Row({"completion": False}, strip_is_hidden, True),
    Row({"completion_announced": True}, is_announced, True),
    Row({"learning": False}, learns, False),
    Row({"phrases_shown": False}, panel_is_hidden, True),
    Row({"phrases_ahead": False}, is_off, True),
    Row({"phrases_paid": OFFER}, asks_for_money, False, {**PAID, **KEPT, "phrases_paid_dollars": 1000.0}),
    Row({"phrases_paid_dollars": 1000.0}, asks_for_money, False, {**PAID, **KEPT, "phrases_paid": OFFER}),
    Row({"kept_audio_plain": True}, is_kept_for_later, True),
    Row({"recorded_text": "recording"}, is_heard_recorded, True),
    Row({"abbreviations": False}, expanded, "brb "),
    Row({"outlets": (OutletConfig("a", "of a newer version", "New", is_on=True),)}, lights, [Light.TROUBLE]),
    Row({"captions_clear_seconds": 9.0}, lambda made: made.services.audience().audience.clear_seconds, 9.0),
    Row({"captions_stop_clears": False}, lambda made: made.services.audience().audience.stop_clears, False),
    Row(
        {"audience_style": PRESETS["yellow"]},
        lambda made: audience_window(made).audience_style(),
        PRESETS["yellow"],
    ),
    Row(
        {"audience_screen": ScreenIdentity("HDMI-7")},
        lambda made: audience_window(made).chosen_screen().name,
        "HDMI-7",
    ),
    Row({"captions_typing": True}, shows_typing, True),
    Row({"microphone": OutputDevice("Headset", "ALSA")}, chosen_microphone, "Headset"),
    Row({"day_limit": 0.5}, is_limited, True),
    Row({"month_limit": 0.5}, is_limited, True),
    Row({"at_limit": "stop"}, lambda made: made.services.spending.can_agree(), False),
    Row({"fish_keys": NamedKeys((NamedKey("", "Home"),))}, listed_keys, ["Home — used now"]),
    Row({"presets": Presets((QUIETLY,))}, lambda made: "voice.preset.q" in made.window.commands, True),
    Row({"workspace_presets": {"elsewhere": ("q",)}}, speed_elsewhere, 0.8, {"presets": Presets((QUIETLY,))}),
)

AT_THE_NEXT_START = (
    "window_geometry",
    "window_split",
    "strip_on",
    "strip_place",
    "workspace",
    "present_split",
)
"""They say how something stood: what uses them is the next start."""


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("RUNTIME", "CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"FISHCAPTION_{name}_DIR", str(tmp_path / name))
    monkeypatch.setenv("FISHCAPTION_MESSAGES_DIR", str(tmp_path / "messages"))
    monkeypatch.setenv("ALSA_CONFIG_PATH", "/dev/null")  # no device: the machine's clock is the sound
    monkeypatch.setenv("FISHCAPTION_FISH_URL", "http://127.0.0.1:9")  # nobody listens there
    monkeypatch.setattr("fishcaption.speech.system.RETRY_DELAYS", (0.0,))
    yield
    end_shared(tmp_path / "RUNTIME")


def test_every_setting_has_a_row() -> None:
    options = {entry.name for entry in fields(Settings) if "help" in entry.metadata}
    rows = {
        name for changes in (*(row.changes for row in ROWS), *(row[0] for row in USED)) for name in changes
    }
    assert options == rows | set(AT_THE_NEXT_START)
    assert not rows & set(AT_THE_NEXT_START)


async def _seen(row: Row, made: Opened) -> object:
    seen = row.read(made)
    return await seen if inspect.isawaitable(seen) else seen


def test_every_setting_of_the_window_is_used_at_once(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen_of = large_type.other_screen

    def other_screen(name: str, *rest: Any) -> Any:
        _asked_screens.append(name)
        return screen_of(name, *rest)

    monkeypatch.setattr(large_type, "other_screen", other_screen)
    monkeypatch.setattr(completion, "announce", lambda _widget, words: _announced.append(words))
    save(vocabulary_path(), Vocabulary({"brb": "be right back"}, ()))
    messages_root().mkdir(parents=True)
    (messages_root() / RECORDING).write_bytes(encoded(bytes(48_000), 24_000))
    base = Settings(voice=HEART, theme="light", unreachable="ask")

    async def changes() -> None:
        async with opened(base) as made:
            made.window.resize(1200, 800)
            for row in ROWS:
                made.settings.replace(replace(base, **row.base))
                assert await _seen(row, made) != row.wanted, f"{row.changes}: before the change"
                made.settings.change(**row.changes)
                assert await _seen(row, made) == row.wanted, row.changes
            made.settings.replace(base)

    run(qapp, changes)


@pytest.mark.slow
def test_what_stood_somewhere_stands_there_at_the_next_start(qapp: QApplication) -> None:
    async def first() -> Settings:
        async with opened(Settings(voice=HEART)) as made:
            made.window.resize(700, 740)
            made.workspace.setSizes([400, 100])
            made.window.commands.run("calls.strip")
            strip = made.feature(CallsFeature).tools._strip
            assert strip is not None
            strip.moved.emit((40, 50))
            made.window.commands.run("workspace.present")
            assert isinstance(made.window.workspace, PresentWorkspace)
            made.window.workspace._sides.setSizes([200, 460])
        return made.settings.current

    async def second(settings: Settings) -> None:
        async with opened(settings) as made:
            assert (made.window.width(), made.window.height()) == (700, 740)
            above, below = made.workspace.sizes()
            assert above > 1.3 * below, "where nothing is said, the text has more room than what was spoken"
            strip = made.feature(CallsFeature).tools._strip
            assert strip is not None
            assert strip._place == (40, 50)
            assert isinstance(made.window.workspace, PresentWorkspace)
            script, show = made.window.workspace._sides.sizes()
            assert script < show, "where nothing is said, the script has more room"

    settings = run(qapp, first)
    assert settings.strip_on
    assert settings.window_split[0] > 1.5 * settings.window_split[1]
    assert settings.window_geometry
    assert settings.workspace == "present"
    assert settings.present_split[0] < settings.present_split[1]
    run(qapp, lambda: _awaitable(second, settings))


def _awaitable(act: Callable[[Settings], Awaitable[None]], settings: Settings) -> Awaitable[None]:
    return act(settings)
