"""A long show in real time: the same lag at its end as at its start, and no memory that grows.

    python -m benchmarks.captions_soak [--minutes N]

The real program without its window, a script whose cues a person speaks, and three outlets: the page in its
process with a reader, a meeting over HTTP, and files. Each key is noted when it is pressed, each caption when
the reader, the meeting or the file has it. The first and the last tenth of the show are compared.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.captions import home
from benchmarks.table import Row, report
from fishcaption.core.script.model import Script, ScriptCue
from tests.app.services.show_day import Day, day, outlet_config, page_reader
from tests.captions.files.test_in_sync import written_in
from tests.captions.senders.peer import TOKEN, Got, Reply, ZoomService, serving
from tests.ports import free_port

PACE_SECONDS = (1.2, 3.2)
"""Between two keys. A meeting takes a caption a second at most."""
MOST_CUES = 20_000
SETTLED = 0.1
"""The part of the show after which memory is settled; the same part at each end is compared."""
MEGABYTE = 1 << 20


class NotingZoom(ZoomService):
    """A meeting that notes when it had each caption."""

    def __init__(self) -> None:
        super().__init__()
        self.took: dict[str, float] = {}

    def take(self, request: Got) -> Reply:
        """Note the caption, and take it."""
        if request.method == "POST":
            self.took.setdefault(" ".join(request.text.split()), time.perf_counter())
        self.got.clear()  # a long show
        return super().take(request)


@dataclass
class Soaked:
    """What was noted: moments by cue, and the size of the program in bytes, and its children's, in time."""

    keys: dict[str, float] = field(default_factory=dict)
    page: dict[str, float] = field(default_factory=dict)
    meeting: dict[str, float] = field(default_factory=dict)
    files: dict[str, float] = field(default_factory=dict)  # seconds in the file
    sizes: list[tuple[float, int, int]] = field(default_factory=list)
    handles: list[int] = field(default_factory=list)
    tasks: list[int] = field(default_factory=list)
    late: list[float] = field(default_factory=list)  # of timers: the machine's own part of every lag
    cpu_seconds: float = 0.0


def _text(number: int) -> str:
    return f"Cue {number} is said by a person, and the key shows it."


def _weigh(found: Soaked) -> None:
    process = psutil.Process()
    children = sum(child.memory_info().rss for child in process.children(recursive=True))
    found.sizes.append((time.perf_counter(), process.memory_info().rss, children))
    found.handles.append(process.num_fds())
    found.tasks.append(len(asyncio.all_tasks()))


async def _go_on(show: Day, seconds: float, found: Soaked, chance: random.Random) -> None:
    until, number = time.perf_counter() + seconds, 0
    while time.perf_counter() < until and number < MOST_CUES:
        number += 1
        found.keys[_text(number)] = time.perf_counter()
        show.show.speak_next()
        wait_seconds = chance.uniform(*PACE_SECONDS)  # a person's pace
        due = time.perf_counter() + wait_seconds
        await asyncio.sleep(wait_seconds)
        found.late.append(time.perf_counter() - due)
        if number % 10 == 0:
            _weigh(found)


async def _run(folder: Path, minutes: float) -> Soaked:
    found, meeting = Soaked(), NotingZoom()
    async with serving(meeting) as address, day() as show:
        show.service.set_up(outlet_config("page", "page", port=str(free_port())), {})
        show.set_up("zoom", "zoom", {"link": f"{address}/closedcaption?id=1&signature={TOKEN}"})
        show.set_up("files", "files", folder=str(folder), words="yes")
        show.show.set_script(
            Script("soak.txt", tuple(ScriptCue(at, _text(at)) for at in range(1, MOST_CUES + 1)))
        )
        show.show.set_muted(is_muted=True)
        await show.until(lambda: bool(show.state("page").address))
        async with page_reader(show.state("page").address) as page:
            before = psutil.Process().cpu_times()
            await _go_on(show, minutes * 60, found, random.Random(10))
            await asyncio.sleep(5.0)  # what is on its way comes
            after = psutil.Process().cpu_times()
            found.cpu_seconds = after.user + after.system - before.user - before.system
            found.page = dict(zip(page.captions, page.took.values(), strict=True))
    found.meeting = meeting.took
    cues, _ = written_in(folder)
    found.files = {" ".join(cue["lines"]): cue["start"] for cue in cues}
    return found


def _ends(moments: Sequence[float]) -> tuple[list[float], list[float]]:
    part = max(1, int(SETTLED * len(moments)))
    return list(moments[:part]), list(moments[-part:])


def _lag_rows(name: str, took: dict[str, float], keys: dict[str, float]) -> list[Row]:
    lost = [text for text in keys if text not in took]
    first, last = _ends([took[text] - moment for text, moment in keys.items() if text in took])
    high = [sorted(part)[int(0.95 * len(part))] * 1e3 for part in (first, last)]
    more = (statistics.median(last) - statistics.median(first)) * 1e3
    return [
        Row(f"{name}: lag, 95 %, first tenth", high[0], None, "ms"),
        Row(f"{name}: the same, last tenth", high[1], None, "ms"),
        Row(f"{name}: middle lag of the last tenth less that of the first", more, 5, "ms"),
        Row(f"{name}: captions of {len(keys)} that did not come", len(lost), 0, ""),
    ]


def _rows(found: Soaked, minutes: float) -> list[Row]:
    zero = min(found.keys.values())
    texts = [text for text in found.keys if text in found.files]
    offsets = [found.files[text] - (found.keys[text] - zero) for text in texts]
    first, last = _ends(offsets)
    late = [statistics.median(part) * 1e3 for part in _ends(found.late)]
    settled = found.sizes[int(SETTLED * len(found.sizes))]
    _, own, others = found.sizes[-1]
    return [
        *_lag_rows("page", found.page, found.keys),
        *_lag_rows("meeting", found.meeting, found.keys),
        Row("files: how far times at the end have moved against the keys, the farthest",
            max(abs(at - statistics.median(first)) for at in last) * 1e3, 40, "ms"),
        Row("files: captions that are not there", len(found.keys) - len(texts), 0, ""),
        Row("timers: how late they are, the middle one, first tenth", late[0], None, "ms"),
        Row("timers: the same, last tenth", late[1], None, "ms"),
        Row("memory of the program: growth after the first tenth", (own - settled[1]) / MEGABYTE, 5, "MB"),
        Row("memory of the page's process: the same", (others - settled[2]) / MEGABYTE, 5, "MB"),
        Row("open files at the end less those after the first tenth",
            found.handles[-1] - found.handles[int(SETTLED * len(found.handles))], 0, ""),
        Row("tasks, likewise", found.tasks[-1] - found.tasks[int(SETTLED * len(found.tasks))], 0, ""),
        Row("CPU of the program, with the meeting and the reader", found.cpu_seconds / minutes / 0.6, None,
            "% of a core"),
    ]  # fmt: skip


def main() -> int:
    """Run it and judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=30.0, help="length of the show")
    minutes = parser.parse_args().minutes
    with tempfile.TemporaryDirectory(prefix="fc-") as folder, home(Path(folder)):
        found = asyncio.run(_run(Path(folder) / "captions", minutes))
    load = ", ".join(f"{one:.1f}" for one in psutil.getloadavg())
    notes = [f"{minutes:g} minutes, {len(found.keys)} cues. Load at the end: {load}.", ""]
    return report("captions_soak", "A long show", _rows(found, minutes), notes)


if __name__ == "__main__":
    sys.exit(main())
