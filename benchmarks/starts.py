"""Starts and closes of the real window, with whatever may stand in the files that it keeps.

    python -m benchmarks.starts [--count N] [--seed N] [--at-once N]

Each start has a home of its own, made by the strategies of `tests.kept_files`, and is a process of its own,
on Qt's offscreen screen; every other is ended by SIGTERM. It fails where it does not end with 0, or
complains, or does not keep what it could not use; it is silent where it does not tell of it. 300 take ten
minutes on two cores. A home that failed is printed whole.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from benchmarks.table import Row, report
from tests import kept_files
from tests.kept_files import Content, homes

Home = dict[str, Content]


def generated(count: int, number: int) -> list[Home]:
    """So many homes; the same ones for the same number."""
    found: list[Home] = []

    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(contents=homes)
    def gather(contents: Home) -> None:
        found.append(contents)

    gather()
    return found


def tried(number: int, contents: Home) -> tuple[bool, list[str]]:
    """Whether something was to be told, and what was wrong."""
    with tempfile.TemporaryDirectory(prefix="home-", ignore_cleanup_errors=True) as name:
        kept_files.make(Path(name, "loaded"), contents)
        told = kept_files.left_out(Path(name, "loaded"))
        end = "terminate" if number % 2 else "close"
        words = [kept_files.named(sentence) for sentence in told.values()]
        started = kept_files.start(Path(name, "started"), contents, end=end, until=words)
        faults = kept_files.faults(started, told)
    if faults:
        print(f"{number}: {faults}\n{contents!r}\n", file=sys.stderr, flush=True)
    return bool(told), faults


def main() -> int:
    """Run; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.starts")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--at-once", type=int, default=2)
    options = parser.parse_args()
    all_homes = generated(options.count, options.seed)
    with ThreadPoolExecutor(options.at_once) as pool:
        results = list(pool.map(tried, range(len(all_homes)), all_homes))
    silent = sum(any("nothing was told" in fault for fault in faults) for _, faults in results)
    failed = sum(any("nothing was told" not in fault for fault in faults) for _, faults in results)
    rows = [
        Row("starts and closes with generated homes", len(results), None, ""),
        Row("homes of which something could not be used", sum(has for has, _ in results), None, ""),
        Row("starts or closes that failed", failed, 0, ""),
        Row("starts that did not tell what they could not use", silent, 0, ""),
    ]
    is_whole = options.count >= 300
    return report("starts", "Starts and closes with whatever is kept", rows, is_kept=is_whole)


if __name__ == "__main__":
    sys.exit(main())
