"""All that is kept on disk, as it may be found: good, damaged, hostile, unreadable; and a start with it.

`homes` is a strategy of such folders, `start` opens and closes the real window with one, in a process of its
own.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st

from fishcaption.core.models import MODELS
from fishcaption.core.phrases.bank import starting
from fishcaption.core.phrases.files import plain
from fishcaption.store import phrases, settings_file, speech_rates, vocabulary
from fishcaption.store.held_texts import HeldTexts, Unheard
from fishcaption.store.history import History
from fishcaption.store.journal import Journal
from fishcaption.store.settings import Settings

ROOT = Path(__file__).parents[1]
PATIENCE_SECONDS = 120.0  # a start and a close take about one, on a machine with something else to do more

Content = bytes | str | None
"""Of a file: its bytes, or what stands in its place (a kind of `_make`)."""

CONFIG = ("settings.json",)
DATA = (
    "draft.txt",
    "quick.txt",
    "history.jsonl",
    "parked.jsonl",
    "unheard.jsonl",
    "phrases.json",
    "wording.json",
    "learned.json",
    "paces.json",
)

# -- what may stand in them -------------------------------------------------------------------------------

texts = st.one_of(
    st.text(max_size=40),
    st.text(st.characters(), max_size=12),
    st.sampled_from(
        ["", " ", "\0", "a" * 1500, "שלום", "\u202e", "<img src=/dev/zero>", "x\n" * 500, "%s{0}"]
    ),
)
longer = st.one_of(texts, st.text(min_size=500, max_size=600), st.sampled_from(["W" * 2000, "x y " * 500]))
GEOMETRY = base64.b64decode(
    "AdnQywADAAAAAAAAAAAAAAAABDcAAALjAAAAAAAAAAAAAAQ3AAAC4wAAAAAAAAAAAyAAAAAAAAAAAAAABDcAAALj"
)
"""Of a window of 1080 by 740, as Qt writes it."""
numbers = st.one_of(
    st.integers(-10, 2000),
    st.sampled_from([2**31, -(2**31) - 1, 2**63, 2**64, 10**17, -(10**17), 10**308, 10**309, -(10**400)]),
    st.sampled_from([0.0, 0.5, 1e300, -1e300, float("nan"), float("inf"), 1e-320]),
)
leaves = st.one_of(st.none(), st.booleans(), numbers, texts)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)


def objects(**known: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Maps with some of these keys: half of them as they should be, half with other values and keys."""
    wrong = {name: st.one_of(good, good, good, values) for name, good in known.items()}
    more = st.one_of(st.just({}), st.dictionaries(texts, values, max_size=2))
    return st.one_of(
        st.fixed_dictionaries({}, optional=known),
        st.builds(lambda one, other: {**other, **one}, st.fixed_dictionaries({}, optional=wrong), more),
    )


def _setting(name: str, default: Any, limits: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Values of a setting, of the kind and within the limits that it has."""
    low, high = max(limits["low"], -(10**6)), min(limits["high"], 10**6)
    if limits["choices"]:
        return st.sampled_from(limits["choices"])
    if name == "model":
        return st.sampled_from([*MODELS])
    if name == "voice":
        language = st.one_of(texts, st.sampled_from(["en", "de-AT", "zh"]))
        return st.fixed_dictionaries(
            {"provider": st.sampled_from(["fish", "embedded"]), "id": longer, "name": longer},
            optional={"languages": st.lists(language, max_size=3)},
        )
    if isinstance(default, bool):
        return st.booleans()
    if isinstance(default, int):
        return st.integers(round(low), round(high))
    if isinstance(default, float):
        return st.floats(low, high)
    if isinstance(default, dict):
        commands = st.sampled_from(["speak.stop", "speak.pause", "stop", "quick_box", "voice.faster"])
        keys = st.lists(texts | st.sampled_from(["F2", "Ctrl+J"]), max_size=3)
        return st.dictionaries(commands | texts, keys, max_size=5)
    if isinstance(default, tuple):
        return st.one_of(st.just([]), st.lists(st.integers(round(low), round(high)), min_size=2, max_size=2))
    if name == "window_geometry":
        return st.binary(max_size=100).map(lambda raw: base64.b64encode(GEOMETRY[:20] + raw).decode())
    if isinstance(default, str):
        return longer
    return st.fixed_dictionaries({"name": longer, "host_api": longer})


def _settings() -> st.SearchStrategy[bytes]:
    plain = Settings()
    known = {
        entry.name: _setting(entry.name, getattr(plain, entry.name), entry.metadata)
        for entry in fields(Settings)
        if "help" in entry.metadata
    }
    return objects(version=st.integers(0, 9), **known).map(_json)


ids = numbers
histories = objects(
    id=ids,
    text=texts,
    heard_end=numbers,
    fate=st.sampled_from(["heard", "cut", "failed", "waiting"]),
    voice=texts,
    at=st.one_of(st.integers(0, 2_000_000_000), numbers),
)
waiting = objects(text=texts, unheard=st.booleans())
banks = st.one_of(
    st.just(plain(starting())),
    objects(
        version=st.integers(0, 3),
        categories=st.lists(objects(name=texts, color=texts), max_size=3),
        phrases=st.lists(
            texts
            | objects(
                id=texts,
                shown=texts,
                said=texts,
                category=texts,
                color=texts,
                key=st.sampled_from(["F1", "Ctrl+1", "Esc", ""]),
                uses=numbers,
                last_used=numbers,
            ),
            max_size=5,
        ),
    ),
)
words = st.sampled_from(["Nguyen", "nguyen", "NGUYEN", "Straße", "STRASSE", "i", "İ"]) | texts
vocabularies_on_disk = objects(
    abbreviations=st.dictionaries(words, texts, max_size=4),
    replacements=st.lists(
        objects(
            written=words,
            said=texts,
            language=st.sampled_from(["", "en", "deu", "EN"]),
            voice=texts,
            match_case=st.booleans(),
            whole_word=st.booleans(),
            phoneme=st.sampled_from(["", "EH1 N", "ˈa"]),
        ),
        max_size=5,
    ),
)
learned = objects(
    version=st.just(1),
    tick=numbers,
    words=st.dictionaries(words, st.tuples(words, numbers, numbers), max_size=4),
    after=st.dictionaries(texts, st.dictionaries(words, st.tuples(numbers, numbers), max_size=3), max_size=3),
    unsure=st.lists(numbers, max_size=3),
    blocked=st.lists(texts, max_size=3),
)
speeds = st.dictionaries(
    st.sampled_from(["embedded:heart", "fish:x"]) | texts, st.lists(numbers, max_size=3), max_size=3
)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=True).encode()  # half pairs of surrogates as escapes


def _lines(entries: list[Any]) -> bytes:
    return b"".join(_json(entry) + b"\n" for entry in entries)


@st.composite
def damaged(draw: st.DrawFn, good: st.SearchStrategy[bytes]) -> Content:
    """A file of this content, mostly as it was written; else cut off, with wrong bytes in it, or no file."""
    content = draw(good)
    match draw(
        st.sampled_from(["as it was"] * 6 + ["cut", "zeros", "bytes", "deep", "digits", "nothing", *_PLACES])
    ):
        case "cut":
            return content[: draw(st.integers(0, len(content)))]
        case "zeros":
            return content[: len(content) // 2] + bytes(draw(st.integers(1, 600)))
        case "bytes":
            place = draw(st.integers(0, len(content)))
            return content[:place] + draw(st.binary(min_size=1, max_size=6)) + content[place:]
        case "deep":
            return b'{"text": ' + b"[" * 990 + b"]" * 990 + b"}"
        case "digits":
            return b'{"text": "a", "at": ' + b"9" * 5000 + b', "tick": 1' + b"0" * 400 + b"}"
        case "nothing":
            return None
        case str(kind) if kind in _PLACES:
            return kind
    return content


_PLACES = ("folder", "pipe", "loop")


def _make(path: Path, content: Content) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    match content:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "loop":
            path.symlink_to(path.name)
        case bytes():
            path.write_bytes(content)


homes: st.SearchStrategy[dict[str, Content]] = st.fixed_dictionaries(
    {
        "settings.json": damaged(_settings()),
        "draft.txt": damaged(texts.map(lambda text: text.encode("utf-8", "surrogatepass"))),
        "quick.txt": damaged(texts.map(lambda text: text.encode("utf-8", "surrogatepass"))),
        "history.jsonl": damaged(st.lists(histories, max_size=5).map(_lines)),
        "parked.jsonl": damaged(st.lists(waiting, max_size=4).map(_lines)),
        "unheard.jsonl": damaged(st.lists(waiting, max_size=3).map(_lines)),
        "phrases.json": damaged(banks.map(_json)),
        "wording.json": damaged(vocabularies_on_disk.map(_json)),
        "learned.json": damaged(learned.map(_json)),
        "paces.json": damaged(speeds.map(_json)),
    }
)
"""What stands in each file of a home."""

# -- a start with it --------------------------------------------------------------------------------------


def make(home: Path, contents: Mapping[str, Content]) -> None:
    """Have these files in the configuration and data folders of a home."""
    for name, content in contents.items():
        _make(home / ("config" if name in CONFIG else "data") / name, content)


def left_out(home: Path) -> dict[str, str]:
    """What the loaders say of the files of this home, by name: what is to be told. They put files aside."""
    data = home / "data"
    told: dict[str, str] = {}

    def tell(name: str) -> Any:
        return lambda error: told.setdefault(name, str(error))

    if mended := settings_file.load(home / "config" / "settings.json").mended:
        told["settings.json"] = mended[0]
    if bank := phrases.load(data / "phrases.json").mended:
        told["phrases.json"] = bank[0]
    if words := vocabulary.load(data / "wording.json").told:
        told["wording.json"] = words
    speech_rates.load(data / "paces.json", tell("paces.json"))
    known = vocabulary.Learned(data / "learned.json", tell("learned.json"))
    known.load()
    draft = Journal(data / "draft.txt", tell("draft.txt"))
    for journal in (draft, draft.another(data / "quick.txt")):
        journal.on_error = tell(journal._file.path.name)
        journal.restore()
    history = History(data / "history.jsonl", tell("history.jsonl"))
    history.load()
    parked, unheard = (
        HeldTexts(data / "parked.jsonl", tell("parked.jsonl")),
        Unheard(data / "unheard.jsonl", tell("unheard.jsonl")),
    )
    parked.texts()
    unheard.restore()
    for store in (known, history, parked, unheard):
        store.close()
    return told


class Command(NamedTuple):
    """A command of a started window."""

    words: str
    keys: list[str]  # as Qt writes them for a file


@dataclass(frozen=True)
class Started:
    """How a start and a close went."""

    code: int | None  # None: it did not end
    told: str  # by the window, in its banner and status line
    complaints: str  # on standard error, and in the log
    kept: Mapping[str, bool]  # whether what stood in each file is still there, in it or aside
    commands: Mapping[str, Command]


def environment(home: Path) -> dict[str, str]:
    """Of a user who has nothing but this home: no key, no sound card, no screen."""
    return {
        **{name: value for name, value in os.environ.items() if name != "FISH_API_KEY"},
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "PYTHONFAULTHANDLER": "1",
        "PULSE_SERVER": str(home / "nobody"),
        "FISHCAPTION_CONFIG_DIR": str(home / "config"),
        "FISHCAPTION_DATA_DIR": str(home / "data"),
        "FISHCAPTION_CACHE_DIR": str(home / "cache"),
        "XDG_STATE_HOME": str(home / "state"),
    }


def start(
    home: Path,
    contents: Mapping[str, Content],
    *,
    end: str = "close",
    until: Sequence[str] = (),
    **variables: str,
) -> Started:
    """Open the real window with these files, and close it (`end` "terminate": by SIGTERM).

    Not before the window has told all of `until`; `variables` are of the environment.
    """
    home.mkdir(parents=True, exist_ok=True)
    make(home, contents)
    with (
        (home / "stderr").open("w+b") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "tests.started_app", end, *until],
            cwd=ROOT,
            env={**environment(home), **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as process,
    ):
        try:
            out, _ = process.communicate(timeout=PATIENCE_SECONDS)
            code: int | None = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            out, code = process.communicate()[0], None
        errors.seek(0)
        complaints = errors.read().decode("utf-8", "replace")
    for log in (home / "state").rglob("fishcaption.log"):
        complaints += "".join(
            line
            for line in log.read_text("utf-8", "replace").splitlines(keepends=True)
            if "This plugin does not support" not in line  # Qt's offscreen screen
        )
    seen: dict[str, Any] = json.loads(out) if out.strip() else {"told": [], "commands": {}}
    kept = {name: _is_kept(home, name, content) for name, content in contents.items()}
    commands = {name: Command(*command) for name, command in seen["commands"].items()}
    return Started(code, "\n".join(seen["told"]), complaints, kept, commands)


def _is_kept(home: Path, name: str, content: Content) -> bool:
    folder = home / ("config" if name in CONFIG else "data")
    found = [folder / name, *folder.glob(f"{name}.broken*")]
    match content:
        case bytes():
            return any(path.is_file() and path.read_bytes() == content for path in found)
        case "folder":
            return any(path.is_dir() for path in found)
        case "pipe":
            return any(path.is_fifo() for path in found)
        case "loop":
            return any(path.is_symlink() for path in found)
    return True


def named(sentence: str) -> str:
    """How a sentence that tells of a file begins: with what it is."""
    return sentence.partition(" could ")[0].partition("”")[0]


def faults(started: Started, told: Mapping[str, str]) -> list[str]:
    """What was wrong with a start, where the loaders had this to say of its files."""
    found = []
    if started.code != 0:
        found.append(f"it ended with {started.code}")
    if started.complaints:
        found.append(f"it complained: {started.complaints[-2000:]}")
    for name, sentence in told.items():
        if not started.kept[name]:
            found.append(f"{name} was not kept")
        if named(sentence) not in started.told:
            found.append(f"{name}: nothing was told of “{sentence}”")
    return found
