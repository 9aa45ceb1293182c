"""What a benchmark measured, beside what it may measure at most: printed, kept under `results/`, and judged.

sys.exit(report("live", "The live client", [Row("CPU a minute of audio", 0.21, 0.3, "s")]))
"""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).with_name("results")


@dataclass(frozen=True, slots=True)
class Row:
    """One measured number. ``limit`` is the most it may be; None: it is only told."""

    name: str
    measured: float
    limit: float | None
    unit: str

    @property
    def is_met(self) -> bool:
        """Whether it is within its limit; not-a-number is not."""
        return self.limit is None or self.measured <= self.limit


def report(
    name: str, title: str, rows: Sequence[Row], notes: Sequence[str] = (), *, is_kept: bool = True
) -> int:
    """Print the table, write it to ``results/NAME.md``; the exit code: 1 where a limit is missed.

    Not ``is_kept``: a run of some rows only is printed and not written.
    """
    lines = [f"# {title}", "", "| what | measured | at most | unit | |", "|---|---:|---:|---|---|"]
    for row in rows:
        verdict = "" if row.limit is None else "ok" if row.is_met else "**missed**"
        lines.append(
            f"| {row.name} | {_shown(row.measured)} | {_shown(row.limit)} | {row.unit} | {verdict} |"
        )
    machine = f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores."
    lines += ["", *notes, machine]
    text = "\n".join(lines) + "\n"
    print(text)
    if is_kept:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{name}.md").write_text(text, "utf-8")
    return 0 if all(row.is_met for row in rows) else 1


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
