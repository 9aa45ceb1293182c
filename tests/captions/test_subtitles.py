"""Subtitle files are whole at every moment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fishcaption.captions.subtitles import SubtitleFile
from fishcaption.core.errors import StorageError

SRT = "1\n00:00:00,250 --> 00:00:01,500\nHello\nyou\n\n2\n00:00:02,000 --> 00:00:03,000\nMore & more\n\n"
VTT = "WEBVTT\n\n" + SRT.replace("1\n00", "00", 1).replace("2\n00", "00").replace(",", ".").replace(
    "&", "&amp;"
)


def test_srt_grows_by_whole_cues(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    path.write_text("something older and longer than what will be written" * 9)
    with SubtitleFile(path, "srt") as file:
        assert path.read_bytes() == b""
        file.append(0.25, 1.5, ["Hello", "you"])
        assert path.read_text("utf-8") == SRT[: SRT.index("2\n00")]
        file.append(2.0, 3.0, ["More & more"])
        assert path.read_bytes() == SRT.encode()
    file.close()
    assert path.read_bytes() == SRT.encode()


def test_vtt_begins_with_its_header(tmp_path: Path) -> None:
    path = tmp_path / "a.vtt"
    with SubtitleFile(path, "vtt") as file:
        assert path.read_text() == "WEBVTT\n\n"
        file.append(0.25, 1.5, ["Hello", "you"])
        file.append(2.0, 3.0, ["More & more"])
    assert path.read_bytes() == VTT.encode()


def test_cues_follow_one_another(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    with SubtitleFile(path, "srt") as file:
        file.append(1.0, 3.0, ["one"])
        file.append(2.5, 4.0, ["two"])
        file.append(4.0, 4.0, ["a lone surrogate \ud800"])
    assert [line for line in path.read_text("utf-8").splitlines() if "-->" in line] == [
        "00:00:01,000 --> 00:00:03,000",
        "00:00:03,000 --> 00:00:04,000",
        "00:00:04,000 --> 00:00:04,001",
    ]


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        SubtitleFile(tmp_path / "no folder" / "a.srt", "srt")
    assert "a.srt" in str(caught.value)
    assert caught.value.hint
    with pytest.raises(StorageError):
        SubtitleFile(tmp_path, "vtt")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_device_without_room_is_told() -> None:
    with SubtitleFile(Path("/dev/full"), "srt") as file, pytest.raises(StorageError, match="No space left"):
        file.append(0.0, 1.0, ["one"])


def test_a_stream_is_written_as_it_goes() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as pipe:
        with SubtitleFile(os.fdopen(writing, "wb", buffering=0), "srt") as file:
            file.append(0.25, 1.5, ["Hello", "you"])
            file.append(2.0, 3.0, ["More & more"])
        assert pipe.read() == SRT.encode()


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from fishcaption.captions.subtitles import SubtitleFile
from fishcaption.core.errors import StorageError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))
with SubtitleFile(Path(sys.argv[1]), "srt") as file:
    for second in range(20):
        try:
            file.append(second, second + 1, ["a line of the usual length"])
        except StorageError:
            sys.exit(7)
"""


@pytest.mark.skipif(
    os.name != "posix", reason="Windows has no limit of a file's size to stand for a full disk"
)
def test_a_full_disk_leaves_whole_cues(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    done = subprocess.run([sys.executable, "-c", FULL_DISK, str(path)], check=False)
    assert done.returncode == 7
    text = path.read_text("utf-8")
    assert text.count("-->") == 3
    assert text.endswith("a line of the usual length\n\n")
