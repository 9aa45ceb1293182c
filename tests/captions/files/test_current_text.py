"""The text file of the current caption, and what a reader of it sees."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from fishcaption.captions.display import Display
from fishcaption.captions.files.current_text import NAME, CurrentText
from fishcaption.captions.outlet import Light, OutletState
from fishcaption.core.audience import Mode
from tests.captions.files.shows import NOTHING, Clocks, shown
from tests.captions.outlets import config


class Show:
    """One outlet that runs."""

    def __init__(self, folder: Path, mode: Mode) -> None:
        self.path = folder / NAME
        self.clocks = Clocks()
        self.told: list[OutletState] = []
        self._changed = asyncio.Event()
        settings = config("current-text", {"folder": str(folder)}, mode)
        self.outlet = CurrentText(settings, {}, self._tell, clock=self.clocks.moment)

    def _tell(self, state: OutletState) -> None:
        self.told.append(state)
        self._changed.set()

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not is_so():
                await self._changed.wait()
                self._changed.clear()

    async def shows(self, display: Display, text: str) -> None:
        """Show it; return when the file holds this text."""
        self.outlet.show(display)
        await self.until(lambda: self.path.exists() and self.path.read_text("utf-8") == text)


@asynccontextmanager
async def show(folder: Path, mode: Mode = "pop-on") -> AsyncIterator[Show]:
    running = Show(folder, mode)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(running.outlet.run())
        await running.until(lambda: bool(running.told))
        try:
            yield running
        finally:
            task.cancel()


async def test_the_file_holds_the_caption_and_is_emptied(tmp_path: Path) -> None:
    async with show(tmp_path / "new") as on:
        assert on.path.read_bytes() == b""
        await on.shows(shown(1, "Hello brave\nwörld", moment=1.0, heard=1), "Hello brave\nwörld")
        assert on.told[-1].light is Light.ON
        assert on.told[-1].last_line == "Hello brave wörld"
        await on.shows(NOTHING, "")
        await on.shows(shown(2, "Next", moment=2.0), "Next")
        await on.shows(Display(is_black=True), "")
        await on.shows(shown(2, "Next", moment=2.0), "Next")
    assert on.path.read_bytes() == b""
    assert [path.name for path in on.path.parent.iterdir()] == [NAME]


async def test_lines_roll_up(tmp_path: Path) -> None:
    async with show(tmp_path, "roll-up") as on:
        await on.shows(shown(1, "Hello\nworld", moment=1.0), "Hello\nworld")
        await on.shows(shown(2, "Good morning", moment=2.0, heard=1), "world\nGood")
        await on.shows(NOTHING, "")


async def test_word_by_word(tmp_path: Path) -> None:
    async with show(tmp_path, "word") as on:
        await on.shows(shown(1, "Hello brave\nworld", moment=1.0, heard=1), "Hello")
        await on.shows(shown(1, "Hello brave\nworld", moment=1.0, heard=3), "Hello brave\nworld")


async def test_a_reader_finds_whole_texts_only(tmp_path: Path) -> None:
    texts = {"", "a" * 5000, "b" * 9000}
    found: set[str] = set()
    is_over = threading.Event()

    def read() -> None:
        while not is_over.is_set():
            found.add((tmp_path / NAME).read_text())

    async with show(tmp_path) as on:
        reader = threading.Thread(target=read)
        reader.start()
        try:
            for number in range(60):
                text = "ab"[number % 2] * (5000 + 4000 * (number % 2))
                await on.shows(shown(number + 1, text, moment=1.0), text)
        finally:
            is_over.set()
            reader.join()
    assert found <= texts
    assert len(found) > 1


async def test_a_folder_that_is_in_the_way_is_told_and_tried_again(tmp_path: Path) -> None:
    async with show(tmp_path) as on:
        on.path.unlink()
        on.path.mkdir()
        on.outlet.show(shown(1, "Hello", moment=1.0))
        await on.until(lambda: on.told[-1].light is Light.TROUBLE)
        assert "cannot be written" in on.told[-1].words
        assert "tried again" in on.told[-1].words
        on.path.rmdir()
        await on.shows(shown(2, "Next", moment=2.0), "Next")
        await on.until(lambda: on.told[-1].light is Light.ON)


async def test_where_a_file_cannot_be_replaced_it_is_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, while another program has it open."""

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "it is being used by another process")

    async with show(tmp_path) as on:
        await on.shows(shown(1, "A long caption of before", moment=1.0), "A long caption of before")
        monkeypatch.setattr(Path, "replace", refuse)
        await on.shows(shown(2, "Next", moment=2.0), "Next")
        assert on.told[-1].light is Light.ON
        monkeypatch.undo()
    assert on.path.read_bytes() == b""
