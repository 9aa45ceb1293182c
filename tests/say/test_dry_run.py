"""`fishcaption say --dry-run` as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The environment of a user who has nothing: no key, no sound, no voice process."""
    names = ("FISHCAPTION_RUNTIME_DIR", "FISHCAPTION_CONFIG_DIR", "FISHCAPTION_DATA_DIR")
    kept = {name: value for name, value in os.environ.items() if name != "FISH_API_KEY"}
    return {**kept, **{name: str(tmp_path / name.lower()) for name in names}}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "fishcaption", "say", "--dry-run", *arguments]


def run(home: dict[str, str], *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command(*arguments), env=home, input=stdin, capture_output=True, timeout=30, check=False
    )


def lines(output: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_a_text_is_told_as_it_would_be_read(home: dict[str, str], tmp_path: Path) -> None:
    done = run(home, "--wav", str(tmp_path / "out.wav"), "Dr. Ng’s café", "has 5 kg. Done")
    assert (done.returncode, done.stderr) == (0, b"")
    assert lines(done.stdout) == [
        {
            "shown": "Dr. Ng’s café has 5 kg. ",
            "spoken": "Dr. Ng’s café has five kilograms. ",
            "language": "en",
            "pause_ms": 250,
        },
        {"shown": "Done", "spoken": "Done", "language": "en", "pause_ms": 0},
    ]
    assert "café".encode() in done.stdout
    assert not (tmp_path / "out.wav").exists()
    assert not list(tmp_path.glob("fishcaption_runtime_dir/*")), "no voice was started"


def test_a_pipe_is_told_as_it_arrives(home: dict[str, str]) -> None:
    with subprocess.Popen(
        command("--voice", "fish:0123", "-"), env=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("Grüße".encode()[:3])
        process.stdin.flush()
        process.stdin.write("Grüße".encode()[3:] + b" from here. And th")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["shown"] == "Grüße from here. "
        process.stdin.write(b"en?")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["shown"] == "And then?"  # the input is open
        process.stdin.close()
        assert process.stdout.read() == b""
        assert process.wait(10) == 0


@pytest.mark.slow
def test_plain_keeps_nothing_back_that_is_complete(home: dict[str, str]) -> None:
    with subprocess.Popen(
        command("--plain", "-"), env=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for written, shown in (
            ("Can you **hear** me?\n", "Can you hear me?"),
            ("Good morning, everyone.", "Good morning, everyone."),
            ("\n- an item\n", "an item."),
            ("Hello\n", "Hello"),
        ):
            process.stdin.write(written.encode())
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["shown"].strip() == shown  # the input is open
        process.stdin.close()
        assert process.wait(10) == 0


@pytest.mark.slow
def test_markdown_is_taken_out_before_it_is_shown(home: dict[str, str]) -> None:
    done = run(home, "--plain", "-", stdin=b"# Title\n\nSome **bold** text.\n")
    assert [line["shown"].strip() for line in lines(done.stdout)] == ["Title.", "Some bold text."]
    done = run(home, "--plain", "Some **bold** text.")
    assert [line["shown"].strip() for line in lines(done.stdout)] == ["Some bold text."]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([""], b"nothing to say"),
        (["-"], b"nothing to say"),
        (["\U0001f642"], b"nothing in this text"),
        (["--speed", "9", "x"], b"0.5 to 3.0"),
        (["--voice", "nobody", "x"], b"nobody"),
        (["--model", "s3", "x"], b"s3"),
    ],
)
def test_what_say_refuses_is_refused(home: dict[str, str], arguments: list[str], told: bytes) -> None:
    done = run(home, *arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert b"Traceback" not in done.stderr
