"""Files that are whole: what a kill leaves beside them is taken away later."""

from __future__ import annotations

import os
import stat
import sys
import time
from pathlib import Path

import platformdirs
import pytest

from fishcaption.store.places import append_whole, config_root, data_root, sweep, write_whole


def test_what_a_killed_writer_left_is_swept_once_it_is_old(tmp_path: Path) -> None:
    write_whole(tmp_path / "draft.txt", b"whole")
    for name in (".draft.txt.old.new", ".draft.txt.young.new", ".other"):
        (tmp_path / name).write_bytes(b"half")
    hour_ago = time.time() - 3600
    for name in (".draft.txt.old.new", ".other"):
        os.utime(tmp_path / name, (hour_ago, hour_ago))
    sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"draft.txt", ".draft.txt.young.new", ".other"}
    sweep(tmp_path / "not there")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere platformdirs is asked")
@pytest.mark.parametrize("value", [None, "", " ", "relative/one", "~/one", "/else/where", " /else/where "])
def test_the_folders_are_those_of_platformdirs(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert config_root() == platformdirs.user_config_path("fishcaption", appauthor=False)
    assert data_root() == platformdirs.user_data_path("fishcaption", appauthor=False)


def test_writing_leaves_nothing_beside(tmp_path: Path) -> None:
    for content in (b"one", b"", b"two" * 100_000):
        write_whole(tmp_path / "draft.txt", content)
        assert [path.name for path in tmp_path.iterdir()] == ["draft.txt"]
        assert (tmp_path / "draft.txt").read_bytes() == content


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such bits")
def test_what_is_added_to_is_this_users_alone(tmp_path: Path) -> None:
    for line in (b"one\n", b"two\n"):
        append_whole(tmp_path / "deep" / "lines", line)
    assert (tmp_path / "deep" / "lines").read_bytes() == b"one\ntwo\n"
    assert stat.S_IMODE((tmp_path / "deep" / "lines").stat().st_mode) == 0o600
