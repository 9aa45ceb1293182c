"""Scripts on disk: no edit is lost, the place is found again, and whatever stands in the file can be read."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fishcaption.core.errors import StorageError
from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.core.script.show import Show, begun
from fishcaption.core.speech import Voice
from fishcaption.store.scripts.kept_scripts import MOST_PUT_BY, KeptScripts
from fishcaption.store.scripts.script_file import KeptScript
from tests.checkout import ROOT

HEART = Voice("embedded", "heart", "Heart", ("en",))
SCRIPT = Script(
    "play.txt",
    (
        ScriptCue(1, "Good evening."),
        ScriptCue(2, "To be, or not to be.", "HAMLET", "Light 3", 2.5, is_marked=True),
        ScriptCue(7, "Ünïcode 今天 \ud800 “…”\nand a second line"),
    ),
)
KEPT = KeptScript(
    begun(SCRIPT).next().next().hold(is_held=True),
    is_muted=True,
    is_rehearsal=True,
    speakers={"HAMLET": HEART},
    spoken_seconds={1: 1.5},
    shown_seconds={2: 3.25, 7: 4.0},
)


class Disk:
    """A folder of scripts, and what was told about it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: list[StorageError] = []
        self._open: list[KeptScripts] = []

    def scripts(self) -> KeptScripts:
        self._open.append(KeptScripts(self.folder, self.told.append))
        return self._open[-1]

    def close(self) -> None:
        for one in self._open:
            one.close()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    made = Disk(tmp_path / "scripts")
    yield made
    made.close()


def named(name: str, text: str = "A cue.") -> KeptScript:
    return KeptScript(begun(Script(name, (ScriptCue(1, text),))))


def test_all_of_a_script_comes_back(disk: Disk) -> None:
    assert disk.scripts().restore() == KeptScript()
    scripts = disk.scripts()
    scripts.keep(KEPT)
    scripts.close()
    back = disk.scripts().restore()
    whole = back.show.script.cues[2].text
    assert whole == "Ünïcode 今天 \ufffd “…”\nand a second line", "half a pair is no character"
    cues = (*SCRIPT.cues[:2], ScriptCue(7, whole))
    assert back == KeptScript(
        Show(Script("play.txt", cues), 2, 7, is_held=True, spoken=frozenset({1, 2})),
        is_muted=True,
        is_rehearsal=True,
        speakers={"HAMLET": HEART},
        spoken_seconds={1: 1.5},
        shown_seconds={2: 3.25, 7: 4.0},
    )
    assert disk.told == []


def test_behind_the_last_cue_is_a_place_too(disk: Disk) -> None:
    scripts = disk.scripts()
    scripts.keep(KeptScript(begun(SCRIPT).skip().skip().skip()))
    scripts.flush()
    assert disk.scripts().restore().show.following is None


def test_scripts_that_were_open_are_found_by_name(disk: Disk) -> None:
    scripts = disk.scripts()
    scripts.put_by(KEPT)
    scripts.put_by(named("../other/play.txt", "Another."))
    scripts.put_by(KeptScript())
    scripts.flush()
    for each in (scripts, disk.scripts()):
        assert each.find("play.txt") is not None
        other = each.find("../other/play.txt")
        assert other is not None
        assert other.show.script.cues[0].text == "Another."
        assert each.find("") is None
    assert {path.parent for path in disk.folder.rglob("*.jsonl")} == {disk.folder}


def test_few_of_them_are_kept_the_newest(disk: Disk) -> None:
    scripts = disk.scripts()
    scripts.keep(KEPT)
    for number in range(MOST_PUT_BY + 3):
        scripts.put_by(named(str(number)))
        scripts.flush()
        for path in disk.folder.glob("*.jsonl"):
            if path.name != "open.jsonl":
                os.utime(path, (number, number)) if path.stat().st_mtime > 1000 else None
    later = disk.scripts()
    assert [number for number in range(MOST_PUT_BY + 3) if later.find(str(number))] == [
        *range(3, MOST_PUT_BY + 3)
    ]
    assert later.restore() != KeptScript()


def test_off_the_record_nothing_is_written_until_it_is_over(disk: Disk) -> None:
    scripts = disk.scripts()
    scripts.off_record = True
    scripts.keep(KEPT)
    scripts.put_by(named("before"))
    scripts.flush()
    assert not disk.folder.exists() or not list(disk.folder.iterdir())
    assert scripts.find("before") is not None
    scripts.off_record = False
    scripts.flush()
    assert disk.scripts().restore().name == "play.txt"
    assert disk.scripts().find("before") is not None


def test_what_is_deleted_is_gone_from_what_was_kept_before(disk: Disk) -> None:
    scripts = disk.scripts()
    scripts.put_by(named("a", "Something private."))
    scripts.keep(named("a", "Something private."))
    scripts.flush()
    (disk.folder / "open.jsonl.broken").write_text('{"id": 1, "text": "Something private."}\n')
    scripts.keep(named("a", "Something else."))
    scripts.flush()
    assert not [path for path in disk.folder.iterdir() if b"private" in path.read_bytes()]


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        (b"", []),
        (b"nonsense", []),
        (b'{"id": 1, "text": "One."}\n{"id": 2, "tex', ["One."]),
        (b'{"version": 1, "following": 9, "current": "x"}\n{"id": 1, "text": "One."}\n', ["One."]),
        (b'{"id": 1, "text": "One."}\n{"id": 1, "text": "Again."}\n{"id": -3, "text": "No."}', ["One."]),
        (b'{"version": 1, "speakers": {"A": {"provider": "x"}, "B": 3}, "name": 5}\n', []),
        (b'{"id": 1, "text": "One.", "seconds": 1e999, "spoken_seconds": true, "speaker": []}', ["One."]),
    ],
)
def test_a_damaged_file_costs_what_is_damaged(disk: Disk, content: bytes, texts: list[str]) -> None:
    disk.folder.mkdir()
    (disk.folder / "open.jsonl").write_bytes(content)
    kept = disk.scripts().restore()
    assert [cue.text for cue in kept.show.script.cues] == texts
    assert kept.show.following == (1 if texts else None)
    is_damaged = b"nonsense" in content or b"tex" in content[-4:] or b"-3" in content
    assert bool(disk.told) == is_damaged
    assert bool(list(disk.folder.glob("*.broken"))) == is_damaged


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_whatever_stands_there_it_is_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "scripts"
    path.mkdir(exist_ok=True)
    (path / "open.jsonl").write_bytes(content)
    scripts = KeptScripts(path, lambda error: None)
    scripts.restore()
    scripts.close()


WRITER = """
import sys
from pathlib import Path
from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.core.script.show import begun
from fishcaption.store.scripts.kept_scripts import KeptScripts
from fishcaption.store.scripts.script_file import KeptScript
scripts = KeptScripts(Path(sys.argv[1]), print)
show = begun(Script("a", tuple(ScriptCue(number, "word " * 20) for number in range(1, 200))))
for number in range(100_000):
    cues = list(show.script.cues)
    cues[number % 199] = ScriptCue(number % 199 + 1, f"edit {number} " + "word " * 20)
    show = show.edited(Script("a", tuple(cues))).next()
    scripts.keep(KeptScript(show))
    scripts.flush()
    print(number, flush=True)
"""


def test_a_kill_in_the_middle_of_an_edit_loses_nothing_that_was_written(disk: Disk) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(disk.folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        last = 0
        while last < 25:
            last = int(process.stdout.readline())
        process.kill()
        rest = process.stdout.read().split()
    last = max([last, *map(int, rest)])
    kept = disk.scripts().restore()
    cues = kept.show.script.cues
    assert len(cues) == 199
    newest = max(int(cue.text.split()[1]) for cue in cues if cue.text.startswith("edit"))
    assert newest in (last, last + 1)
    assert kept.show.current == newest + 1
    assert disk.told == []


def test_a_script_that_was_loaded_in_a_thread_is_what_is_restored(disk: Disk) -> None:
    scripts = disk.scripts()
    scripts.keep(KEPT)
    assert scripts.flush()
    other = disk.scripts()
    thread = threading.Thread(target=other.load)
    thread.start()
    thread.join()
    (disk.folder / "open.jsonl").unlink()
    assert other.restore().show.script.name == "play.txt"
    assert disk.told == []
