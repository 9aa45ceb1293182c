"""Whatever goes wrong in a show: its row says what to do, nothing else is lost, and the voice goes on.

Files are written in every show, and hold all that was heard.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from fishcaption.captions.files.caption_files import CaptionFiles
from fishcaption.captions.files.current_text import NAME
from fishcaption.captions.outlet import Light
from fishcaption.captions.senders.sender import Sender
from fishcaption.core.errors import FishCaptionError
from fishcaption.core.script.model import Script
from fishcaption.core.speech import Fate
from tests.app.services.show_day import Day, day, page_reader, stuck_reader
from tests.app.services.test_audience import memory
from tests.captions.obs.fake_obs import FakeObs
from tests.captions.senders.peer import TOKEN, TeamsService, YouTubeService, ZoomService, serving
from tests.ports import free_port
from tests.server.conftest import end_shared

__all__ = ["memory"]  # the fixture: a keyring

pytestmark = pytest.mark.slow
ZOOM = "/closedcaption?id=1&signature="
TEAMS = "/cartcaption?meetingid=1&token="
YOUTUBE = "/closedcaption?cid=" + TOKEN
LATE_SECONDS = 0.3
"""A word may be shown so much later than it is heard: this machine may be busy, and a fault takes seconds."""
CUES = (
    "Good evening, ladies and gentlemen.",
    "The hall is full tonight.",
    "The first piece is by Bach.",
    "Then there is a break.",
)
LAST = "And this one is so long that it is stopped before anybody has heard half of what stands in it."


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("RUNTIME", "CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"FISHCAPTION_{name}_DIR", str(tmp_path / name))
    monkeypatch.setenv("ALSA_CONFIG_PATH", "/dev/null")  # no device: the machine's clock is the sound
    yield
    end_shared(tmp_path / "RUNTIME")


@asynccontextmanager
async def written_day(folder: Path) -> AsyncIterator[Day]:
    """A show whose captions are written; at its end they all are, and no word came late."""
    async with day() as show:
        show.set_up("files", "files", folder=str(folder))
        show.open(*CUES)
        yield show
    for caption, line in zip(show.captions, lines_in(folder), strict=True):
        assert is_of(line, caption)
    assert max(map(abs, show.lateness())) < LATE_SECONDS


def is_of(line: str, caption: str) -> bool:
    """Return whether this is the caption, or what was heard of it."""
    return line == caption or (line != "" and caption.startswith(f"{line} "))


def lines_in(folder: Path) -> list[str]:
    (txt,) = folder.glob("captions*.txt")
    return txt.read_text().splitlines()


async def heard_whole(show: Day) -> str:
    """Speak the next cue; return its text once all of it was heard."""
    ended = await show.heard()
    assert (ended.fate, ended.heard_end) == (Fate.SHOWN, len(ended.text))
    return ended.text


async def first_caption(show: Day) -> str:
    """Speak the next cue, and stop it when its first caption is shown; return that once it is written."""
    count = len(show.captions) + 1
    show.next()
    await show.shows(count)
    show.reader.stop()
    await show.until(lambda: is_of(show.state("files").last_line, show.captions[-1]))
    return show.captions[-1]


async def until(obs: FakeObs, text: str) -> None:
    """Wait until this stands in the source of OBS."""
    async with asyncio.timeout(20), obs.changed:
        await obs.changed.wait_for(lambda: obs.sources.get("Captions", "").replace("\n", " ") == text)


# -- several at once ----------------------------------------------------------------------------------------


async def test_one_hangs_one_is_not_there_one_takes_nothing_and_all_others_get_every_caption(
    tmp_path: Path,
) -> None:
    zoom = ZoomService()
    zoom.faults.extend(["hang"] * 50)  # for longer than the show
    folder = tmp_path / "captions"
    async with serving(zoom) as meeting, FakeObs() as obs, written_day(folder) as show:
        show.set_up("page", "page", port=str(free_port()))
        show.set_up("text", "current-text", folder=str(folder))
        show.set_up("zoom", "zoom", {"link": meeting + ZOOM + TOKEN})
        show.set_up("obs", "obs", port=str(obs.port))
        show.set_up("no obs", "obs", port=str(free_port()))
        await show.until(lambda: bool(show.state("page").address))
        await show.light("obs", Light.ON)
        address = show.state("page").address
        with stuck_reader(address):
            async with page_reader(address) as reader:
                show.open(*CUES, LAST)
                for text in CUES:
                    assert await heard_whole(show) == text
                    await reader.shows(text)
                    await until(obs, text)
                    await show.last_line("text", text)
                    assert (folder / NAME).read_text().split() == text.split()
                await show.light("zoom", Light.TROUBLE, "Zoom does not answer. It is tried again.")
                await show.light(
                    "no obs",
                    Light.WAITING,
                    "OBS does not answer. Start it, and switch on its server: Tools, ",
                )
                assert zoom.shown == []
                begun = len(show.words)
                show.next()
                await show.until(lambda: len(show.words) > begun + 3)
                before = time.perf_counter()
                show.reader.stop()
                assert time.perf_counter() - before < 0.1
                await reader.shows("")
                await until(obs, "")
                await show.until(lambda: (folder / NAME).read_text() == "")
                assert reader.captions == show.captions
                zoom.faults.clear()  # it answers again: what was heard meanwhile is not lost
                await zoom.until(lambda: LAST[:8] in "".join(zoom.shown))
    assert show.captions[: len(CUES)] == list(CUES)
    assert " ".join("".join(zoom.shown).split()).startswith(" ".join(CUES))
    assert LAST.startswith(show.captions[-1])


# -- the page -----------------------------------------------------------------------------------------------


async def test_a_port_in_use_is_told_and_readers_join_when_it_is_free(tmp_path: Path) -> None:
    async with written_day(tmp_path / "captions") as show:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            show.set_up("page", "page", port=str(port))
            await show.light("page", Light.TROUBLE, f"Port {port} is in use by another program. Close it, or")
            await heard_whole(show)
        text = await heard_whole(show)
        await show.until(lambda: bool(show.state("page").address))
        async with page_reader(show.state("page").address) as reader:
            await reader.shows(text)


async def test_a_wrong_token_and_another_site_are_refused_and_readers_see_nothing_of_it(
    tmp_path: Path,
) -> None:
    async with written_day(tmp_path / "captions") as show:
        show.set_up("page", "page", port=str(free_port()))
        await show.until(lambda: bool(show.state("page").address))
        address = show.state("page").address
        socket_address = address.replace("http", "ws", 1) + "/live"
        operators = show.state("page").operator_address.replace("http", "ws", 1) + "/live"
        async with page_reader(address) as reader:
            await show.light("page", Light.ON, "1 reader.")
            refused: list[tuple[str, dict[str, Any]]] = [
                (f"{address[:-4]}none/live".replace("http", "ws", 1), {}),
                (socket_address, {"origin": "http://evil.example"}),
                (socket_address, {"additional_headers": {"Host": "evil.example"}}),
                (operators.replace("/o/", "/o/x"), {}),
            ]
            for place, more in refused:
                with pytest.raises(InvalidStatus) as caught:
                    async with connect(place, proxy=None, **more):
                        pass
                assert caught.value.response.status_code in (403, 421), place
            text = await heard_whole(show)
            await reader.shows(text)
            assert show.state("page").words.startswith("1 reader.")


# -- obs ----------------------------------------------------------------------------------------------------


async def test_obs_with_a_wrong_password_is_told_and_the_right_one_helps(tmp_path: Path) -> None:
    async with FakeObs("the right one") as obs, written_day(tmp_path / "captions") as show:
        show.set_up("obs", "obs", {"password": "a wrong one"}, port=str(obs.port))
        state = await show.light("obs", Light.TROUBLE, "password")
        assert "a wrong one" not in state.words
        await heard_whole(show)
        show.set_up("obs", "obs", {"password": "the right one"}, port=str(obs.port))
        await show.light("obs", Light.ON)
        await until(obs, await heard_whole(show))


async def test_obs_that_makes_no_source_is_told_and_shows_captions_when_it_is_there(tmp_path: Path) -> None:
    async with FakeObs() as obs, written_day(tmp_path / "captions") as show:
        obs.can_make = False
        show.set_up("obs", "obs", port=str(obs.port))
        await heard_whole(show)
        await show.light("obs", Light.TROUBLE, "Make a text source with this name in OBS, or choose another")
        obs.sources["Captions"] = ""
        await until(obs, await heard_whole(show))
        await show.light("obs", Light.ON)


async def test_obs_that_is_killed_in_a_cue_has_the_caption_again_after_its_start(tmp_path: Path) -> None:
    async with FakeObs() as obs, written_day(tmp_path / "captions") as show:
        show.set_up("obs", "obs", port=str(obs.port))
        await show.light("obs", Light.ON)
        port = obs.port
        number = show.next()
        await until(obs, CUES[0])
        await obs.kill()
        await show.light("obs", Light.WAITING, "OBS does not answer. Start it")
        assert (await show.reader.ended(number)).fate is Fate.SHOWN
        text = await heard_whole(show)
        async with FakeObs(port=port) as again:
            await until(again, text)
            await show.light("obs", Light.ON)
            text = await heard_whole(show)
            await until(again, text)
        async with FakeObs(port=port) as once_more:
            await until(once_more, text)  # though nothing new was said


# -- meetings -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "link", "told"),
    [
        ("zoom", ZOOM, "choose Captions, then Copy the API token"),
        ("teams", TEAMS, "has expired. Ask the organiser"),
    ],
)
async def test_a_link_that_has_expired_is_told_and_a_new_one_goes_on(
    kind: str, link: str, told: str, tmp_path: Path
) -> None:
    service = ZoomService() if kind == "zoom" else TeamsService()
    async with serving(service) as address, written_day(tmp_path / "captions") as show:
        show.set_up(kind, kind, {"link": f"{address}{link}expired-4711-expired"})
        await show.light(kind, Light.WAITING, "Ready")
        await heard_whole(show)
        state = await show.light(kind, Light.TROUBLE, told)
        assert "4711" not in state.words
        show.set_up(kind, kind, {"link": f"{address}{link}{TOKEN}"})
        await show.light(kind, Light.ON)
        text = await heard_whole(show)
        await show.last_line(kind, text)
        assert show.state(kind).light is Light.ON
    assert text in "".join(service.shown)


# -- the clock and the disk ---------------------------------------------------------------------------------


async def test_a_clock_that_is_set_back_an_hour_moves_no_caption(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """YouTube's times and those in files are of the clock that cannot be set."""
    back_seconds = 0.0
    for kind, name, clock in (
        (Sender, "wall", lambda: time.time() - back_seconds),
        (CaptionFiles, "wall_clock", lambda: datetime.now() - timedelta(seconds=back_seconds)),
    ):
        clocks = kind.__init__.__kwdefaults__
        assert clocks is not None
        monkeypatch.setitem(clocks, name, clock)
    youtube = YouTubeService()
    youtube.tells_time = False
    folder = tmp_path / "captions"
    async with serving(youtube) as stream, written_day(folder) as show:
        show.set_up("youtube", "youtube", {"link": stream + YOUTUBE})
        await show.light("youtube", Light.WAITING, "Ready")
        await heard_whole(show)
        back_seconds = 3600.0
        for _ in CUES[1:]:
            await heard_whole(show)
        await youtube.until(lambda: len(youtube.shown) == len(CUES))
    assert youtube.late == 0
    assert all(-0.5 < age < 5 for age, _ in youtube.shown)
    (srt,) = folder.glob("*.srt")
    starts = [line[:12] for line in srt.read_text().splitlines() if "-->" in line]
    assert starts == sorted(starts)
    assert len(starts) == len(CUES)
    assert starts[-1] < "00:01"


FULL_DISK = """
import asyncio, resource, sys
from pathlib import Path
from fishcaption.captions.outlet import Light
from tests.app.services.show_day import day

def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

async def main():
    async with day() as show:
        show.set_up("files", "files", folder=sys.argv[1], words="yes")
        await show.light("files", Light.WAITING, "It waits for the first caption")
        show.open(*(f"The cue of number {number} is not longer than the others." for number in range(1, 5)))
        limit(6_000)
        for number in range(20):  # nobody speaks, and the disk fills
            before = show.captions[-1] if show.captions else ""
            show.service.audience.show_text(f"Nobody says the caption of number {number} aloud.")
            await show.until(lambda: show.state("files").last_line == before)
        state = await show.light("files", Light.TROUBLE)
        print(state.words)
        await show.heard()
        await show.heard()
        limit(resource.RLIM_INFINITY)
        await show.heard()
        await show.heard()
        await show.light("files", Light.ON)
    assert max(map(abs, show.lateness())) < 0.3
    written = next(Path(sys.argv[1]).glob("*.txt")).read_text().splitlines()
    assert written == show.captions, (written, show.captions)
    full = next(Path(sys.argv[1]).glob("*.jsonl")).read_text().splitlines()  # the file that had no room
    assert len(full) == len(written), (len(full), len(written))
    print(len(written))

asyncio.run(main())
"""


@pytest.mark.skipif(
    os.name != "posix", reason="Windows has no limit of a file's size to stand for a full disk"
)
def test_a_disk_that_fills_is_told_and_loses_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path / "captions")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    words, count = done.stdout.splitlines()
    assert "make room on the disk" in words
    assert "captions wait for it" in words
    assert int(count) == 24


# -- scripts ------------------------------------------------------------------------------------------------


BROKEN = "1\n00:00:01,000 --> nonsense\nThe first entry.\n\n\n2\n00:00:xx\nThe second one.\n-->\n\n"
FILES: tuple[tuple[str, bytes, int, str], ...] = (
    ("a.txt", b"", 0, "no text to speak. Choose a file with a text"),
    ("b.docx", b"PK\3\4 this is none", 0, "save it again"),
    ("c.txt", b"One line of a script.\n" * 100_000, 100_000, ""),
    ("d.txt", b"This goes on and on. " * 50_000, 4_546, ""),
    ("e.txt", "🎉🎉🎉\n\n👍🏽\n".encode(), 2, ""),
    ("f.srt", BROKEN.encode(), 2, ""),
)


async def test_any_script_is_opened_or_refused_in_words_while_the_voice_speaks(tmp_path: Path) -> None:
    """What was open stays open where the file is none; what was being spoken goes on in any case."""
    async with written_day(tmp_path / "captions") as show:
        for name, content, cues, told in FILES:
            path = tmp_path / name
            path.write_bytes(content)
            before = show.show.view()
            number = show.reader.speak(CUES[0], replace=True)
            opened: asyncio.Future[Script | FishCaptionError] = asyncio.get_running_loop().create_future()
            show.show.open_file(path, opened.set_result)
            ended = await show.reader.ended(number)
            assert (ended.fate, ended.heard_end) == (Fate.SHOWN, len(CUES[0])), name
            async with asyncio.timeout(20):
                result = await opened
            if told:
                assert isinstance(result, FishCaptionError)
                assert told in f"{result} {result.hint}"
                assert show.show.view().script is before.script
                continue
            assert isinstance(result, Script)
            assert len(result.cues) == cues, name
            caption = await first_caption(show)
            assert result.cues[0].text.startswith(caption), name
