"""The standard streams of a command: closed, full, read by nobody, in any encoding, and never acted on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fishcaption.terminal import plain

COMMANDS = (["voices"], ["voices", "--json"], ["settings", "export", "-"], ["--help"], ["say", "--help"])


def run(home: Path, command: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """What a shell makes of it, where `"$@"` stands for the program and its arguments."""
    names = ("FISHCAPTION_RUNTIME_DIR", "FISHCAPTION_CONFIG_DIR", "FISHCAPTION_DATA_DIR")
    folders = {name: str(home / name.lower()) for name in names}
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command, "bash", sys.executable, "-m", "fishcaption", *arguments],
        env={**os.environ, **folders, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell with POSIX redirections")
class TestRedirected:
    @pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
    def test_nobody_reads(self, tmp_path: Path, arguments: list[str]) -> None:
        done = run(tmp_path, '"$@" | true', *arguments)
        assert done.stderr == b""
        assert done.returncode in (0, 1)  # 0: it had written before `true` ended

    @pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
    def test_there_is_no_room(self, tmp_path: Path, arguments: list[str]) -> None:
        done = run(tmp_path, '"$@" > /dev/full', *arguments)
        assert done.returncode == 1
        assert done.stderr.startswith(b"fishcaption: Standard output cannot be written: No space left")
        assert b"Traceback" not in done.stderr
        assert b"Exception ignored" not in done.stderr

    @pytest.mark.parametrize("closed", ["2>&-", ">&- 2>&-", "<&- >&- 2>&-", "2>/dev/full"])
    def test_errors_cannot_be_told(self, tmp_path: Path, closed: str) -> None:
        assert run(tmp_path, f'"$@" {closed}', "say", "--speed", "9", "Hello").returncode == 2

    @pytest.mark.slow
    @pytest.mark.parametrize("stdin", ["<&-", "0> written", "< /dev/null"])
    def test_standard_input_that_gives_nothing(self, tmp_path: Path, stdin: str) -> None:
        done = run(tmp_path, f'cd "$HOME"; "$@" {stdin}', "say", "--wav", str(tmp_path / "o.wav"), "-")
        assert done.returncode == 2, done
        assert b"fishcaption: " in done.stderr
        assert b"Traceback" not in done.stderr

    @pytest.mark.slow
    @pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8", "utf-16"])
    def test_any_encoding_does(self, tmp_path: Path, encoding: str) -> None:
        listed = run(tmp_path, '"$@"', "voices", PYTHONIOENCODING=encoding)
        assert (listed.returncode, listed.stderr) == (0, b"")
        rows = run(tmp_path, '"$@"', "voices", "--json", PYTHONIOENCODING=encoding)
        assert "Español" in rows.stdout.decode(encoding).replace("\\u00f1", "ñ").title()
        assert json.loads(rows.stdout.decode(encoding))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Jürgen 魚 🙂\tHello\n", "Jürgen 魚 🙂\tHello\n"),
        ("\x1b[31mred\x1b]0;title\x07", "�[31mred�]0;title�"),
        ("\x9b31mred\x7f\r", "�31mred��"),
        ("abc\u202edef\u2066x", "abc�def�x"),
    ],
)
def test_a_terminal_acts_on_nothing_that_comes_from_outside(text: str, shown: str) -> None:
    assert plain(text) == shown
