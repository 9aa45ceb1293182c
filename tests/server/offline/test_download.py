"""A voice fetched from a real socket: cut anywhere, another file, no room; it is whole or not there."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import ssl
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from fishcaption.core.errors import (
    ConnectionLost,
    FishCaptionError,
    Forbidden,
    ProtocolError,
    StorageError,
)
from fishcaption.core.voices.downloads import Offer
from fishcaption.server.offline import download, folder
from fishcaption.server.offline.download import VoiceFiles, gathered_bytes
from tests.server.offline.file_server import FileServer, offer_of

MODEL = os.urandom(3_000_000)
NAME = "de_DE-eva-medium.onnx"


def no_tls() -> ssl.SSLContext:
    raise AssertionError("this is for this machine alone")


async def fetch(offer: Offer, **options: float) -> list[int]:
    told: list[int] = []
    async with VoiceFiles(no_tls, **options) as files:
        await files.fetch(offer, told.append)
    return told


def is_whole(place: Path, offer: Offer) -> bool:
    there = place / "piper" / offer.id
    return there.is_dir() and (there / NAME).read_bytes() == MODEL


async def test_the_licence_comes_alone_and_the_voice_as_a_whole(place: Path, files: FileServer) -> None:
    offer = offer_of(files, MODEL)
    async with VoiceFiles(no_tls) as some:
        assert "CC0" in await some.licence(offer)
    assert [path for path, _ in files.asked] == ["/de_DE/eva/medium/MODEL_CARD"]
    told = await fetch(offer)
    assert is_whole(place, offer)
    assert told == sorted(told)
    assert told[-1] == offer.bytes
    assert len(files.asked) == 3, "the licence is not fetched again"
    assert not (place / "parts" / offer.id).exists()
    folder.check(place / "piper" / offer.id)
    sums = json.loads((place / "piper" / offer.id / folder.CHECKSUMS).read_text())
    assert set(sums) == {"MODEL_CARD", NAME, f"{NAME}.json"}


async def test_what_was_changed_later_is_told(place: Path, files: FileServer) -> None:
    offer = offer_of(files, MODEL)
    await fetch(offer)
    with (place / "piper" / offer.id / NAME).open("ab") as file:
        file.write(b"!")
    with pytest.raises(StorageError, match="not as it was fetched"):
        folder.check(place / "piper" / offer.id)
    folder.remove("piper", offer.id)
    assert not (place / "piper" / offer.id).exists()
    folder.remove("piper", offer.id)


@pytest.mark.parametrize("at", [0, 1, 1_000_000, 2_999_999])
async def test_a_cut_at_any_byte_goes_on_from_there(place: Path, files: FileServer, at: int) -> None:
    offer = offer_of(files, MODEL)
    async with VoiceFiles(no_tls) as some:
        await some.licence(offer)
    files.cuts = [len(files.files[f"de_DE/eva/medium/{NAME}.json"]), at]
    await fetch(offer)
    assert is_whole(place, offer)
    ranges = [asked for path, asked in files.asked if path.endswith(NAME)]
    assert ranges == ["", f"bytes={at}-" if at else ""]


async def test_a_server_that_knows_no_ranges_sends_it_from_the_start(place: Path, files: FileServer) -> None:
    offer = offer_of(files, MODEL)
    files.knows_ranges = False
    files.cuts = [100, 100, 1_500_000]
    await fetch(offer)
    assert is_whole(place, offer)


async def test_a_network_that_is_gone_is_told_and_what_is_here_is_kept(
    place: Path, files: FileServer
) -> None:
    offer = offer_of(files, MODEL)
    files.cuts = [100, 100, 2_000_000, *[0] * 10]
    with pytest.raises(ConnectionLost, match=r"2\.0 MB are here"):
        await fetch(offer)
    assert not (place / "piper").exists()
    assert 2_000_000 < gathered_bytes(offer) < 2_001_000
    files.cuts.clear()
    await fetch(offer)
    assert is_whole(place, offer)
    assert files.asked[-1] == (f"/de_DE/eva/medium/{NAME}", "bytes=2000000-")


class Wrong(NamedTuple):
    content: bytes
    error: type[FishCaptionError]


@pytest.mark.parametrize(
    "wrong",
    [
        Wrong(b"X" + MODEL[1:], ProtocolError),
        Wrong(MODEL + b"more", ProtocolError),
        Wrong(b"<html>Please sign in</html>", ConnectionLost),
    ],
)
async def test_another_file_is_never_installed(place: Path, files: FileServer, wrong: Wrong) -> None:
    offer = offer_of(files, MODEL)
    files.files[f"de_DE/eva/medium/{NAME}"] = wrong.content
    with pytest.raises(wrong.error):
        await fetch(offer)
    assert not (place / "piper").exists()
    files.files[f"de_DE/eva/medium/{NAME}"] = MODEL
    try:
        await fetch(offer)
    except ProtocolError:  # the start of the page was kept as the start of the file, and is dropped now
        await fetch(offer)
    assert is_whole(place, offer)


@pytest.mark.parametrize(
    ("status", "error"), [(404, Forbidden), (403, Forbidden), (503, ConnectionLost), (418, ProtocolError)]
)
async def test_a_status_is_told_in_words(
    place: Path, files: FileServer, status: int, error: type[FishCaptionError]
) -> None:
    files.statuses = [status] * 9
    with pytest.raises(error) as raised:
        await fetch(offer_of(files, MODEL))
    assert raised.value.hint
    assert not (place / "piper").exists()


async def test_a_range_that_is_another_one_is_not_written(place: Path, files: FileServer) -> None:
    offer = offer_of(files, MODEL)
    files.lies_about_ranges = True
    files.cuts = [1 << 20, 1 << 20, 1_000_000]
    with pytest.raises(ProtocolError):
        await fetch(offer)
    assert not (place / "piper").exists()


async def test_a_part_that_is_longer_than_the_file_begins_anew(place: Path, files: FileServer) -> None:
    offer = offer_of(files, MODEL)
    part = folder.parts(offer.id) / f"{NAME}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(MODEL + b"more")
    await fetch(offer)
    assert is_whole(place, offer)


async def test_no_redirection_leads_off_an_encrypted_or_local_place(place: Path, files: FileServer) -> None:
    files.redirects_to = "http://example.invalid/model.onnx"
    with pytest.raises(ProtocolError):
        await fetch(offer_of(files, MODEL))


async def test_it_can_be_cancelled_while_nothing_comes(place: Path, files: FileServer) -> None:
    offer = offer_of(files, MODEL)
    files.hangs_after = 1 << 20
    task = asyncio.get_running_loop().create_task(fetch(offer))
    await asyncio.to_thread(files.reached.wait, 20)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    files.released.set()
    files.hangs_after = None
    await fetch(offer)
    assert is_whole(place, offer)


async def test_a_disk_without_room_is_told_before_anything_is_fetched(
    place: Path, files: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(place.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1_000_000))
    with pytest.raises(StorageError, match="no room"):
        await fetch(offer_of(files, MODEL))
    assert files.asked == []


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is of Linux")
async def test_a_disk_that_fills_is_told_and_what_is_no_file_has_an_end(
    place: Path, files: FileServer
) -> None:
    offer = offer_of(files, MODEL)
    part = download._Part(folder.parts(offer.id), offer.files[-1])
    part.close()
    full = open("/dev/full", "wb", buffering=0)  # noqa: ASYNC230, PTH123, SIM115  a device that is always full
    part._open = full
    with pytest.raises(StorageError, match="The disk is full"):
        part.add(b"X")
    part.close()
    path = folder.parts(offer.id) / f"{NAME}.part"
    path.unlink()
    path.symlink_to("/dev/full")  # which is read for ever
    with pytest.raises(StorageError, match="could not be saved"):
        await fetch(offer)
    assert not (place / "piper").exists()
