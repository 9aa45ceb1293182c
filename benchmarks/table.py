"""What a benchmark measured, beside what it may measure at most: printed, kept under `results/`, and judged.

    names = named(argparse.ArgumentParser(), ROWS).rows
    rows: list[Row] = []
    for name in names or ROWS:
        with measuring(name, rows):
            rows += ROWS[name]()
    sys.exit(report("live", "The live client", rows, is_kept=not names))

One that fails is missed, with its reason, and the others are measured all the same.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import sys
import textwrap
import traceback
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
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


def named(parser: argparse.ArgumentParser, names: Collection[str]) -> argparse.Namespace:
    """Read a command line: its options, and as ``rows`` the names it gives, of these; none are for all."""
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(names))
    options = parser.parse_args()
    if unknown := set(options.rows) - set(names):
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    return options


@contextmanager
def measuring(name: str, rows: list[Row]) -> Iterator[None]:
    """Tell what is added to the rows meanwhile; what fails is a row that is missed, and its reason."""
    print(f"{name} …", file=sys.stderr, flush=True)
    count = len(rows)
    try:
        yield
    except Exception as error:  # noqa: BLE001  the crash boundary: a bug ends one row, not the run
        traceback.print_exc()
        reason = textwrap.shorten(f"{name} failed: {type(error).__name__}: {error}", 120)
        rows.append(Row(reason.replace("|", "/"), math.nan, 0, ""))
    for row in rows[count:]:
        print(f"  {row.name}: {_shown(row.measured)} {row.unit}", file=sys.stderr, flush=True)


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
