"""Files for television, made from caption files."""

from __future__ import annotations

import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from fishcaption.captions.files.broadcast import convert
from fishcaption.core.cues.subtitle_formats import VTT_HEADER, to_srt, to_vtt
from fishcaption.core.cues.transcript_formats import to_json_line
from fishcaption.core.errors import InputError, StorageError

LINES = ["Grüße an <alle> & keinen,", "{so} ist es.", "日本 – end"]


def sources(folder: Path) -> list[Path]:
    """The same captions in each format that is read."""
    spans = [(2.0 + 3 * at, 4.5 + 3 * at, [line]) for at, line in enumerate(LINES)]
    texts = {
        ".srt": "".join(to_srt(at, *span) for at, span in enumerate(spans, 1)),
        ".vtt": VTT_HEADER + "".join(to_vtt(*span, speaker="ANNA") for span in spans),
        ".jsonl": "no JSON\n" + "".join(to_json_line(*span, speaker="ANNA") for span in spans),
    }
    paths = [folder / f"show{ending}" for ending in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text, "utf-8")
    return paths


def test_ttml_has_every_caption_with_its_time(tmp_path: Path) -> None:
    for source in sources(tmp_path):
        target = tmp_path / "show.ttml"
        assert convert(source, target) == []
        paragraphs = list(ET.parse(target).getroot().iter("{http://www.w3.org/ns/ttml}p"))
        assert [paragraph.get("begin") for paragraph in paragraphs] == [
            "00:00:02.000",
            "00:00:05.000",
            "00:00:08.000",
        ]
        texts = ["".join(paragraph.itertext()) for paragraph in paragraphs]
        exact = [
            text.replace("‹", "<").replace("›", ">").replace("｛", "{").replace("｝", "}") for text in texts
        ]
        assert exact == LINES
    assert not list(tmp_path.glob(".*"))


def test_scc_is_folded_and_tells_what_is_lost(tmp_path: Path) -> None:
    for source in sources(tmp_path):
        (told,) = convert(source, tmp_path / "show.scc")
        assert told.startswith("1 captions have letters that CEA-608 lacks.")


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="FFmpeg is not installed")
def test_ffmpeg_reads_the_scc(tmp_path: Path) -> None:
    convert(sources(tmp_path)[2], tmp_path / "show.scc")
    command = ["ffmpeg", "-v", "error", "-i", str(tmp_path / "show.scc"), str(tmp_path / "back.srt")]
    subprocess.run(command, check=True)
    text = (tmp_path / "back.srt").read_text("utf-8")
    assert [line in text for line in ("Grüße an <alle> & keinen,", "{so} ist es.", "? - end")] == [True] * 3


def test_captions_over_each_other_are_put_one_behind_the_other(tmp_path: Path) -> None:
    source = tmp_path / "a.srt"
    source.write_text(to_srt(1, 5, 9, ["two"]) + to_srt(2, 1, 7, ["one"]) + to_srt(3, 5, 9, ["three"]))
    convert(source, tmp_path / "a.ttml")
    paragraphs = list(ET.parse(tmp_path / "a.ttml").getroot().iter("{http://www.w3.org/ns/ttml}p"))
    assert [(p.get("begin"), p.get("end"), "".join(p.itertext())) for p in paragraphs] == [
        ("00:00:01.000", "00:00:05.000", "one"),
        ("00:00:05.000", "00:00:09.000", "three"),
    ]


@pytest.mark.parametrize(
    ("source", "target", "told"),
    [
        ("show.srt", "show.mp4", "must end in .ttml or .scc"),
        ("show.doc", "show.scc", "must end in .srt, .vtt or .jsonl"),
        ("empty.srt", "show.scc", "has no captions"),
        ("empty.jsonl", "show.ttml", "has no captions"),
        ("far.jsonl", "show.scc", "has no captions"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, source: str, target: str, told: str) -> None:
    sources(tmp_path)
    (tmp_path / "empty.srt").write_text("no captions here")
    (tmp_path / "empty.jsonl").write_text('{"start": 1e999, "end": [], "lines": 5}\n[[[')
    (tmp_path / "far.jsonl").write_text(
        '{"start": 1e299, "end": 1e300, "lines": ["in a time without hours"]}'
    )
    with pytest.raises(InputError, match=told):
        convert(tmp_path / source, tmp_path / target)


def test_places_that_cannot_be_used(tmp_path: Path) -> None:
    source = sources(tmp_path)[0]
    with pytest.raises(StorageError, match="cannot be written"):
        convert(source, tmp_path / "none" / "show.scc")
    with pytest.raises(StorageError, match="cannot be read"):
        convert(tmp_path / "none.srt", tmp_path / "show.scc")


def test_the_command(tmp_path: Path) -> None:
    source = sources(tmp_path)[0]
    command = [sys.executable, "-m", "fishcaption", "convert", str(source), str(tmp_path / "show.scc")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert "question marks" in done.stderr
    assert (tmp_path / "show.scc").read_text().startswith("Scenarist_SCC V1.0\n\n00:00:0")
