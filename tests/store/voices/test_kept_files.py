"""Covers and samples on disk: bounded by bytes, the least recently used go."""

from __future__ import annotations

import os
from pathlib import Path

from fishcaption.store.voices.kept_files import KeptFiles


def test_the_least_recently_used_go(tmp_path: Path) -> None:
    kept = KeptFiles(tmp_path / "samples", 10_000)
    for number in range(10):
        kept.put(f"voice/{number}", bytes([number]) * 1000)
        os.utime(kept._path(f"voice/{number}"), (number, number))
    assert kept.get("voice/0") == bytes(1000)  # and so it is used now
    kept.put("new", b"n" * 1000)
    assert kept.get("voice/0") is not None
    assert kept.get("voice/1") is None
    assert kept.get("new") == b"n" * 1000
    assert sum(path.stat().st_size for path in (tmp_path / "samples").iterdir()) <= 10_000


def test_what_cannot_be_kept_is_not_and_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    kept = KeptFiles(tmp_path / "file" / "samples", 10_000)
    kept.put("a", b"a")
    assert kept.get("a") is None
    large = KeptFiles(tmp_path / "samples", 1000)
    large.put("a", b"a" * 900)
    assert large.get("a") is None
