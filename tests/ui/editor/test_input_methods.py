"""Real keyboards and input methods: Chinese, Japanese and Korean with ibus, dead keys, compose, layouts.

The window is a program of its own on a private screen; its reader is the fake one, and says what was spoken.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
import pytest

from tests import desktop
from tests.desktop import Desktop

# what Debian and Ubuntu call them
PACKAGES = "ibus ibus-libpinyin ibus-anthy ibus-hangul dconf-gsettings-backend"
TOGGLES = {
    "libpinyin": (),
    "anthy": ("ctrl+j",),
    "hangul": ("shift+space",),
}  # from Latin letters, where need be
COMPONENTS = Path("/usr/share/ibus/component")


def missing() -> str:
    """Say why no input method can be had on this machine; empty where it can."""
    if sys.platform != "linux":
        return "the private screen runs on Linux only"
    has_all = shutil.which("ibus-daemon") and all((COMPONENTS / f"{name}.xml").exists() for name in TOGGLES)
    return "" if has_all else f"no input methods: apt-get install {PACKAGES}"


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(desktop.missing()), reason=desktop.missing()),
]
with_methods = pytest.mark.skipif(bool(missing()), reason=missing())


class Typed:
    """The program, from entering to leaving; `state` is what it said last."""

    def __init__(self, screen: Desktop, folder: Path, environment: Mapping[str, str], *settings: str) -> None:
        self._screen = screen
        self._command = [sys.executable, "-m", "tests.ui.typed_window", str(folder), *settings]
        self._environment = {**environment, "LC_ALL": "C.UTF-8"}
        self._told = threading.Event()
        self.state: dict[str, Any] = {"has_focus": False}

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command,
            cwd=Path(__file__).parents[3],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()
        self._screen.wait_for_window("^fishcaption$")
        self.wait(has_focus=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._say("quit")
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._listener.join()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()

    def wait(self, *there: str, **wanted: object) -> None:
        """Until the window says so, and these are not empty. DesktopError tells what it says instead."""

        def is_so() -> bool:
            state = self.state
            return all(state[name] == value for name, value in wanted.items()) and all(
                state[name] for name in there
            )

        try:
            self._screen.wait(is_so, f"{wanted} {there}", 10)
        except desktop.DesktopError as exc:
            raise desktop.DesktopError(f"{exc}, but: {self.state}") from None

    def hear(self, point: int) -> None:
        """Have the ear at this code point of what is spoken."""
        self._say(f"hear {point}")

    def click_speak(self) -> None:
        """Press the button Speak, which leaves the focus where it is."""
        self._say("speak")

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.state = json.loads(line)


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    with Desktop(tmp_path_factory.mktemp("screen")) as screen:
        yield screen


Method = Callable[[str], Mapping[str, str]]


@pytest.fixture(scope="module")
def method(screen: Desktop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Method]:
    """Turns an input method on; the environment of programs that are to use it."""
    home = tmp_path_factory.mktemp("ibus")
    environment = {
        # anthy is a program of the system's Python: what ours is told is not for it
        **{key: value for key, value in screen.environment.items() if not key.startswith("PYTHON")},
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_DATA_HOME": str(home / "data"),
        "QT_IM_MODULE": "ibus",
        "XMODIFIERS": "@im=ibus",
        "PATH": f"/usr/bin:{os.environ['PATH']}",
    }
    daemon = subprocess.Popen(
        ["ibus-daemon", "--panel", "disable", "--emoji-extension", "disable"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def ibus(*words: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(["ibus", *words], env=environment, capture_output=True, check=False)

    def turn_on(engine: str) -> Mapping[str, str]:
        # before anything has the focus it says no, after a while; the engine is on nevertheless
        ibus("engine", engine)
        screen.wait(lambda: ibus("engine").stdout.decode().strip() == engine, engine)
        return environment

    def are_there() -> bool:
        children = psutil.Process(daemon.pid).children(recursive=True)
        lines = [" ".join(child.cmdline()) for child in children]
        return all(any(name in line for line in lines) for name in (*TOGGLES, "dconf"))

    try:
        screen.wait(lambda: not ibus("list-engine").returncode, "the input methods")
        # all of them now: what a test has started must end with it
        asking = [
            subprocess.Popen(["ibus", "engine", name], env=environment, stdout=subprocess.DEVNULL)
            for name in TOGGLES
        ]
        screen.wait(are_there, "every input method")
        for asked in asking:
            asked.wait(60)
        yield turn_on
    finally:
        daemon.terminate()
        daemon.wait(10)


@contextmanager
def keyboard(screen: Desktop, *layout: str, chars: str = "") -> Iterator[None]:
    """The keyboard of that layout; letters that no layout has (`chars`) are put on keys nobody uses.

    xdotool would do so while it types, and programs that have not heard of the change yet lose letters.
    """
    run = subprocess.run
    run(["setxkbmap", *layout], env=screen.environment, check=True)
    keys = run(["xmodmap", "-pke"], env=screen.environment, check=True, capture_output=True, text=True)
    free = [line.split()[1] for line in keys.stdout.splitlines() if line.endswith("=")]
    lines = [f"keycode {key} = U{ord(char):04X}" for key, char in zip(free, sorted(set(chars)), strict=False)]
    assert len(lines) == len(set(chars))
    run(["xmodmap", "-"], input="\n".join(lines), env=screen.environment, check=True, text=True)
    try:
        yield
    finally:
        run(["setxkbmap", "us", "-option", ""], env=screen.environment, check=True)


@contextmanager
def composing(
    screen: Desktop, folder: Path, method: Method, engine: str = "libpinyin", *settings: str
) -> Iterator[Typed]:
    """The program, once the input method has its keys: the first may come before it has joined."""
    with Typed(screen, folder, method(engine), *settings) as typed:
        while not typed.state["composed"]:
            screen.key(*TOGGLES[engine], "a")
            screen.wait(lambda: bool(typed.state["composed"] or typed.state["text"]), "a letter")
            if typed.state["text"]:
                screen.key("BackSpace")
                typed.wait(composed="", text="")
        screen.key("BackSpace")
        typed.wait(composed="", text="")
        yield typed


# --- a composition ---------------------------------------------------------------------------------------


@with_methods
def test_pinyin_is_composed_and_enter_inside_it_speaks_nothing(
    screen: Desktop, method: Method, tmp_path: Path
) -> None:
    with composing(screen, tmp_path, method) as typed:
        screen.type("nihao", key_ms=40)
        typed.wait(composed="你好", text="", placeholder="")
        screen.key("Return")  # to this input method: the letters as they were typed
        typed.wait(composed="", text="nihao", spoken=[])
        screen.type("nihao", key_ms=40)
        typed.wait(composed="你好")
        screen.key("space")
        typed.wait(composed="", text="nihao你好", spoken=[])
        screen.key("Return")
        typed.wait(text="", spoken=["nihao你好"])
        typed.hear(5)
        typed.wait(lit=["nihao你好"])


@with_methods
@pytest.mark.parametrize("keys", [("ctrl+Return",), ("alt+Return",), ("Up",), ("Tab",)])
def test_no_key_of_ours_acts_inside_a_composition(
    screen: Desktop, method: Method, tmp_path: Path, keys: tuple[str, ...]
) -> None:
    with composing(screen, tmp_path, method) as typed:
        screen.type("nihao", key_ms=40)
        typed.wait(composed="你好")
        screen.key(*keys)
        screen.key("Escape", "Escape")
        screen.type("ma", key_ms=40)
        screen.key("space")  # whatever the input method did with the key, the window lives
        typed.wait("text", spoken=[], has_focus=True)


@with_methods
@pytest.mark.parametrize("mode", ["type", "word", "sentence"])
def test_what_is_composed_is_given_to_the_voice_only_when_it_is_chosen(
    screen: Desktop, method: Method, tmp_path: Path, mode: str
) -> None:
    with composing(screen, tmp_path, method, "libpinyin", f"speak_mode={mode}") as typed:
        screen.type("nihao", key_ms=40)
        typed.wait(composed="你好", spoken=[])
        screen.key("space")
        typed.wait(composed="", text="你好", spoken=["你好"])
        screen.type("zaijian", key_ms=40)
        typed.wait("composed")
        typed.wait(text="你好", spoken=["你好"])
        screen.key("space")
        typed.wait(text="你好再见", spoken=["你好再见"])
        screen.key("Return")
        typed.wait(text="", spoken=["你好再见"])


@with_methods
def test_esc_gives_a_composition_up_and_leaves_the_draft(
    screen: Desktop, method: Method, tmp_path: Path
) -> None:
    with composing(screen, tmp_path, method) as typed:
        screen.type("nihao", key_ms=40)
        screen.key("space")
        typed.wait(text="你好")
        screen.type("zai", key_ms=40)
        typed.wait("composed")
        screen.key("Escape")
        typed.wait(text="你好", composed="", spoken=[])


@with_methods
def test_in_japanese_the_first_enter_ends_the_composition_and_the_next_speaks(
    screen: Desktop, method: Method, tmp_path: Path
) -> None:
    with composing(screen, tmp_path, method, "anthy") as typed:
        screen.type("nihongo", key_ms=40)
        typed.wait(composed="にほんご", spoken=[])
        screen.key("space")
        typed.wait(composed="日本語", text="", spoken=[])
        screen.key("Return")
        typed.wait(composed="", text="日本語", spoken=[])
        screen.key("Return")
        typed.wait(text="", spoken=["日本語"])


@with_methods
def test_in_korean_enter_speaks_the_syllable_at_hand_too(
    screen: Desktop, method: Method, tmp_path: Path
) -> None:
    """Its input method gives the syllable and lets Enter through, as every Korean is used to."""
    with composing(screen, tmp_path, method, "hangul") as typed:
        screen.type("gksrmf", key_ms=40)
        typed.wait(composed="글", text="한", spoken=[])
        screen.key("Return")
        typed.wait(composed="", text="", spoken=["한글"])


@with_methods
@pytest.mark.parametrize(
    ("engine", "keys", "text"),
    [("libpinyin", "nihao", "你好"), ("hangul", "gksrmf", "한글"), ("anthy", "nihongo", "にほんご")],
)
def test_the_button_speaks_what_is_composed_once(
    screen: Desktop, method: Method, tmp_path: Path, engine: str, keys: str, text: str
) -> None:
    with composing(screen, tmp_path, method, engine) as typed:
        screen.type(keys, key_ms=40)
        typed.wait("composed", spoken=[], composed=text[-1:] if engine == "hangul" else text)
        typed.click_speak()
        typed.wait(composed="", text="", spoken=[text])
        screen.type(keys, key_ms=40)
        typed.wait("composed", text=text[:-1] if engine == "hangul" else "", spoken=[text])


# --- keyboards -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (("dead_acute", "e", "dead_tilde", "n", "dead_diaeresis", "u"), "éñü"),
        (("dead_acute", "dead_acute"), "´"),
        (("Multi_key", "apostrophe", "a", "Multi_key", "s", "s"), "áß"),
        (("Multi_key", "minus", "minus", "minus"), "—"),
    ],
)
def test_dead_keys_and_compose(screen: Desktop, tmp_path: Path, keys: tuple[str, ...], text: str) -> None:
    with (
        keyboard(screen, "us", "intl", "-option", "compose:ralt"),
        Typed(screen, tmp_path, screen.environment) as typed,
    ):
        screen.key(*keys)
        typed.wait(text=text)
        screen.key("Return")
        typed.wait(text="", spoken=[text])


SCRIPTS: dict[str, tuple[tuple[str, ...], str]] = {
    "Hebrew": (("il",), "שלום מה שלומך היום"),
    "Arabic": (("ara",), "مرحبا كيف حالك اليوم"),
    "Thai": (("th",), "สวัสดีครับ ขอบคุณมาก"),
    "Greek": (("gr",), "καλημερα σε ολουσ"),
    "Russian": (("ru",), "доброе утро всем"),
    "both directions": (("us",), "He said שלום לך to me"),
    "marks of their own": (("us",), "cafe\u0301 nai\u0308ve"),
    "emoji of several": (("us",), "Hi 👨‍👩‍👧‍👦 you 👋🏽 all 🇩🇪 ok"),
    "Devanagari": (("us",), "नमस्ते आप कैसे"),
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_is_typed_spoken_and_lit(screen: Desktop, tmp_path: Path, script: str) -> None:
    layout, text = SCRIPTS[script]
    foreign = "".join(char for char in text if not char.isascii()) if layout == ("us",) else ""
    with keyboard(screen, *layout, chars=foreign), Typed(screen, tmp_path, screen.environment) as typed:
        screen.type(text, key_ms=20)
        typed.wait(text=text)
        screen.key("Return")
        typed.wait(text="", spoken=[text])
        for word in text.split():
            typed.hear(text.index(word))
            typed.wait(lit=[word])


def test_as_it_is_typed_right_to_left_is_lit_in_the_editor(screen: Desktop, tmp_path: Path) -> None:
    text = "שלום מה שלומך"
    with (
        keyboard(screen, "il"),
        Typed(screen, tmp_path, screen.environment, "speak_mode=word") as typed,
    ):
        screen.type(text, key_ms=20)
        typed.wait(text=text, spoken=[text])
        typed.hear(5)
        typed.wait(lit=["מה"], text=text)
