"""The outlet that writes files while the show goes on."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from fishcaption.captions.display import Display
from fishcaption.captions.files.caption_files import CaptionFiles
from fishcaption.captions.outlet import Light, OutletState
from fishcaption.core.errors import InputError
from tests.captions.files.shows import NOTHING, Clocks, shown
from tests.captions.outlets import config

ALL = {"srt": "yes", "vtt": "yes", "txt": "yes", "words": "yes"}
STEM = "captions 2026-11-30 16.20.05"


class Show:
    """One outlet that runs, its clocks, and all that it has told."""

    def __init__(self, folder: Path, options: Mapping[str, str] = ALL) -> None:
        self.clocks = Clocks()
        self.folder = folder
        self.told: list[OutletState] = []
        self._changed = asyncio.Event()
        self.outlet = CaptionFiles(
            config("files", {"folder": str(folder), **options}),
            {},
            self._tell,
            clock=self.clocks.moment,
            wall_clock=self.clocks.now,
        )

    def _tell(self, state: OutletState) -> None:
        self.told.append(state)
        self._changed.set()

    def say(self, number: int, text: str, seconds: float, speaker: str = "") -> None:
        """Show a caption, and let its time pass."""
        moment = self.clocks.seconds
        self.outlet.show(shown(number, text, moment=moment, heard=1, speaker=speaker))
        self.clocks.pass_seconds(seconds)
        self.outlet.show(shown(number, text, moment=moment, speaker=speaker))

    def show(self, display: Display) -> None:
        self.outlet.show(display)

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not is_so():
                await self._changed.wait()
                self._changed.clear()

    def read(self, ending: str, stem: str = STEM) -> str:
        return (self.folder / f"{stem}{ending}").read_text("utf-8")


@asynccontextmanager
async def show(folder: Path, options: Mapping[str, str] = ALL) -> AsyncIterator[Show]:
    """An outlet that is on inside, and is switched off at the end."""
    running = Show(folder, options)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(running.outlet.run())
        await running.until(lambda: bool(running.told))
        try:
            yield running
        finally:
            task.cancel()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_all_formats_are_written_as_the_show_goes(tmp_path: Path) -> None:
    async with show(tmp_path / "new" / "folder") as on:
        assert on.told[-1].light is Light.WAITING
        on.clocks.seconds += 2
        on.say(1, "Good evening <all>\nof you.", 2.5, "ANNA")
        on.say(2, "How are you?", 1.5, "ANNA")
        await on.until(lambda: on.told[-1].light is Light.ON)
        assert on.read(".srt") == ("1\n00:00:02,000 --> 00:00:04,500\nANNA: Good evening ‹all›\nof you.\n\n")
        on.show(NOTHING)
        on.say(3, "Fine.", 1.0, "BEN")
        assert set(on.told[-1].words.split()) >= {"writes", f"{STEM.split()[-1]}.srt,"}
    assert on.read(".srt").endswith(
        "2\n00:00:04,500 --> 00:00:06,000\nHow are you?\n\n3\n00:00:06,000 --> 00:00:07,000\nBEN: Fine.\n\n"
    )
    assert on.read(".vtt").startswith(
        "WEBVTT\n\n00:00:02.000 --> 00:00:04.500\n<v ANNA>Good evening &lt;all&gt;\nof you.\n\n"
    )
    assert on.read(".txt") == "ANNA: Good evening <all> of you.\nHow are you?\nBEN: Fine.\n"
    first, _, last = map(json.loads, on.read(".jsonl").splitlines())
    assert first == {
        "start": 2.0,
        "end": 4.5,
        "speaker": "ANNA",
        "language": "en",
        "lines": ["Good evening <all>", "of you."],
        "words": [
            {"text": word, "start": 2.0 + at / 2}
            for at, word in enumerate(("Good", "evening", "<all>", "of", "you."))
        ],
    }
    assert last["end"] == 7.0


async def test_a_show_without_a_caption_leaves_no_file(tmp_path: Path) -> None:
    async with show(tmp_path) as on:
        on.show(NOTHING)
    assert names(tmp_path) == []


async def test_only_the_chosen_formats_are_written(tmp_path: Path) -> None:
    async with show(tmp_path, {"srt": "no", "txt": "yes"}) as on:
        on.say(1, "Hello", 1)
    assert names(tmp_path) == [f"{STEM}.txt"]
    with pytest.raises(InputError, match="No kind of file"):
        Show(tmp_path, dict.fromkeys(ALL, "no"))


def test_captions_that_would_not_have_the_times_of_the_recording_are_refused(tmp_path: Path) -> None:
    for changes in ({"origin": "first"}, {"origin": "day"}):
        with pytest.raises(InputError, match="times of the recording"):
            Show(tmp_path, {"sound": "yes", **changes})
    late = config("files", {"folder": str(tmp_path), "sound": "yes"})._replace(delay_seconds=3.0)
    with pytest.raises(InputError, match="times of the recording"):
        CaptionFiles(late, {}, lambda state: None)


async def test_no_file_is_written_over(tmp_path: Path) -> None:
    (tmp_path / f"{STEM}.vtt").write_text("somebody's")
    (tmp_path / f"{STEM} (2).srt").symlink_to(tmp_path / "nowhere")
    async with show(tmp_path) as on:
        on.say(1, "Hello", 1)
    assert (tmp_path / f"{STEM}.vtt").read_text() == "somebody's"
    assert not (tmp_path / "nowhere").exists()
    assert "Hello" in on.read(".vtt", f"{STEM} (3)")
    assert on.read(".txt", f"{STEM} (3)") == "Hello\n"


async def test_a_clock_that_is_set_back_changes_no_time(tmp_path: Path) -> None:
    async with show(tmp_path, {"origin": "day"}) as on:
        on.say(1, "Before", 1)
        on.clocks.wall -= timedelta(hours=1)
        on.say(2, "After", 1)
    assert "16:20:05,000 --> 16:20:06,000\nBefore" in on.read(".srt")
    assert "16:20:06,000 --> 16:20:07,000\nAfter" in on.read(".srt")


async def test_times_from_the_first_caption(tmp_path: Path) -> None:
    async with show(tmp_path, {"origin": "first"}) as on:
        on.clocks.pass_seconds(60)
        on.say(1, "Hello", 1)
    assert "00:00:00,000 --> 00:00:01,000" in on.read(".srt", "captions 2026-11-30 16.21.05")


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    async with show(tmp_path / "file") as on:
        assert on.told[-1].light is Light.TROUBLE
        assert "Choose another folder." in on.told[-1].words


async def test_a_folder_that_is_taken_away_and_comes_back_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    async with show(folder) as on:
        folder.rmdir()
        on.say(1, "One", 1)
        on.say(2, "Two", 1)
        await on.until(lambda: on.told[-1].light is Light.TROUBLE)
        assert "1 captions wait" in on.told[-1].words
        folder.mkdir()
        on.say(3, "Three", 1)
        await on.until(lambda: on.told[-1].light is Light.ON)
    (text,) = folder.glob("*.txt")
    assert text.read_text() == "One\nTwo\nThree\n"


FULL_DISK = """
import asyncio, resource, signal, sys
from pathlib import Path
from fishcaption.captions.outlet import Light
from tests.captions.files.test_caption_files import show

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limit = lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

async def main():
    folder = Path(sys.argv[1])
    async with show(folder) as on:
        limit(300)
        for number in range(1, 21):
            on.say(number, f"Caption number {number}.", 1)
        await on.until(lambda: on.told[-1].light is Light.TROUBLE)
        print(on.told[-1].words)
        for path in sorted(folder.iterdir()):
            assert path.read_bytes().endswith(b"\\n"), path
        print(on.read(".srt").count("-->"), on.read(".txt").count("\\n"))
        limit(resource.RLIM_INFINITY)
        on.say(21, "The last one.", 1)
        await on.until(lambda: on.told[-1].light is Light.ON)

asyncio.run(main())
"""


@pytest.mark.skipif(
    os.name != "posix", reason="Windows has no limit of a file's size to stand for a full disk"
)
def test_a_disk_that_fills_is_told_and_loses_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    words, counts = done.stdout.splitlines()
    assert "Make room on the disk" in words.replace("make", "Make")
    assert "captions wait" in words
    assert 0 < int(counts.split()[0]) < 19  # what fitted
    (srt,) = tmp_path.glob("*.srt")
    assert srt.read_text().count("-->") == 21
    (txt,) = tmp_path.glob("*.txt")
    assert [line.split()[-1] for line in txt.read_text().splitlines()[:20]] == [f"{n}." for n in range(1, 21)]


READER = """
import json, sys
from pathlib import Path
while sys.stdin.readline():
    for path in Path(sys.argv[1]).iterdir():
        data = path.read_text()
        assert data.endswith("\\n\\n" if path.suffix in (".srt", ".vtt") else "\\n"), (path, data[-40:])
        if path.suffix == ".jsonl":
            print(len([json.loads(line) for line in data.splitlines()]), flush=True)
"""


async def test_another_program_finds_the_files_whole_while_they_grow(tmp_path: Path) -> None:
    reader = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", READER, str(tmp_path)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert reader.stdin is not None
    assert reader.stdout is not None
    async with show(tmp_path) as on:
        on.say(1, "Caption number 1, as it stands.", 1)
        for number in range(2, 40):
            before = len(on.told)
            on.say(number, f"Caption number {number}, as it stands.", 1)
            await on.until(lambda before=before: len(on.told) > before)  # type: ignore[misc]  # has a default
            reader.stdin.write(b"\n")
            assert await reader.stdout.readline() == f"{number - 1}\n".encode()
    reader.stdin.close()
    assert await reader.wait() == 0


KILLED = """
import asyncio, itertools, sys
from pathlib import Path
from tests.captions.files.test_caption_files import show

async def main():
    async with show(Path(sys.argv[1])) as on:
        for number in itertools.count(1):
            on.say(number, f"Caption number {number}, as it stands.", 1)
            await on.until(lambda told=len(on.told): len(on.told) > told) if number > 1 else None
            if number == 200:
                print("now", flush=True)

asyncio.run(main())
"""


def test_a_program_that_is_killed_leaves_whole_files(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"now\n"
        process.kill()
    (srt,) = tmp_path.glob("*.srt")
    entries = srt.read_text().split("\n\n")
    assert entries.pop() == ""
    assert len(entries) > 190
    assert [entry.splitlines()[0] for entry in entries] == [str(at + 1) for at in range(len(entries))]
    assert all(entry.endswith("as it stands.") for entry in entries)
    (words,) = tmp_path.glob("*.jsonl")
    assert len([json.loads(line) for line in words.read_text().splitlines()]) >= len(entries) - 1


async def test_at_the_end_of_a_show_it_is_known_when_all_is_written(tmp_path: Path) -> None:
    async with show(tmp_path) as on, asyncio.timeout(10):
        await on.outlet.flush()
        on.say(1, "Good night.", 1)
        on.show(NOTHING)
        await on.outlet.flush()
        assert "Good night." in on.read(".srt")
