"""The service of voices that are fetched: one after the other, cancelled, failed, removed, found."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import tarfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from fishcaption.app.services.voices import downloads
from fishcaption.app.services.voices.downloads import VoiceDownloads
from fishcaption.core.errors import FishCaptionError
from fishcaption.core.voices.downloads import POCKET, POCKET_ARCHIVE, Offer, Progress, Stage
from fishcaption.server.offline import folder
from fishcaption.server.offline.download import PIPER_VARIABLE, POCKET_VARIABLE
from fishcaption.store.recordings import collection
from fishcaption.store.recordings.places import FOLDER as RECORDINGS
from fishcaption.store.recordings.places import collection_folder, recordings_root
from fishcaption.tasks import ServiceTasks
from fishcaption.ui.download_ports import OfflineVoices
from tests import own_takes
from tests.server.engines import tiny_piper
from tests.server.offline.file_server import FileServer, offer_of, serving


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    monkeypatch.setenv(folder.FOLDER_VARIABLE, str(tmp_path / "voices"))
    monkeypatch.setenv(RECORDINGS, str(tmp_path / "recordings"))
    with serving(FileServer()) as server:
        monkeypatch.setenv(PIPER_VARIABLE, server.url)
        yield server


@pytest.fixture
async def service() -> AsyncIterator[VoiceDownloads]:
    async with asyncio.TaskGroup() as group:
        tasks = ServiceTasks(group)
        yield VoiceDownloads(tasks)
        tasks.cancel()


async def until(service: VoiceDownloads, offer: Offer, *stages: Stage, least: int = 0) -> Progress:
    """Wait until a voice is in one of these stages, with at least so many bytes."""
    changed = asyncio.Event()
    end = service.subscribe(changed.set)
    try:
        while (state := service.progress(offer)) is None or state.stage not in stages or state.bytes < least:
            await changed.wait()
            changed.clear()
    finally:
        end()
    return state


async def answer(ask: Any, *arguments: Any) -> Any:
    done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    ask(*arguments, done.set_result)
    return await done


async def test_voices_come_one_after_the_other_and_are_in_the_list(
    service: VoiceDownloads, files: FileServer
) -> None:
    model = os.urandom(200_000)
    eva, adam = (offer_of(files, model, key=f"de_DE-{name}-medium") for name in ("eva", "adam"))
    service.download(eva)
    service.download(adam)
    service.download(adam)
    assert service.progress(adam) == Progress(Stage.WAITING)
    await until(service, adam, Stage.PRESENT)
    paths = [path for path, _ in files.asked]
    assert len(paths) == 6
    assert all("eva" in path for path in paths[:3])
    service.download(eva)
    await until(service, eva, Stage.PRESENT)
    assert await answer(service.remove, eva) is None
    assert service.progress(eva) == Progress(Stage.ABSENT)


async def test_what_went_wrong_is_told_and_the_next_voice_comes_all_the_same(
    service: VoiceDownloads, files: FileServer
) -> None:
    eva, adam = (offer_of(files, b"model", key=f"de_DE-{name}-medium") for name in ("eva", "adam"))
    files.files["de_DE/eva/medium/de_DE-eva-medium.onnx"] = b"MODEL"
    service.download(eva)
    service.download(adam)
    await until(service, adam, Stage.PRESENT)
    state = await until(service, eva, Stage.ABSENT, Stage.PARTIAL)
    assert "checksum differs" in state.why


async def test_a_download_is_cancelled_at_once_and_gone_on_with(
    service: VoiceDownloads, files: FileServer
) -> None:
    eva = offer_of(files, os.urandom(3_000_000))
    waiting = offer_of(files, b"model", key="de_DE-adam-medium")
    files.hangs_after = 2 << 20
    service.download(eva)
    service.download(waiting)
    await until(service, eva, Stage.FETCHING, least=1_000_000)
    refused = await answer(service.remove, eva)
    assert isinstance(refused, FishCaptionError)
    service.cancel(waiting)
    await until(service, waiting, Stage.ABSENT)
    service.cancel(eva)
    assert (await until(service, eva, Stage.PARTIAL)).bytes > 1_000_000
    files.released.set()
    files.hangs_after = None
    service.download(eva)
    await until(service, eva, Stage.PRESENT)


@pytest.mark.logs("A voice cannot be used")
async def test_the_list_tells_what_is_here_and_what_cannot_be_used(
    service: VoiceDownloads, files: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = offer_of(files, b"model")
    bad = offer_of(files, b"model", key="de_DE-bad-medium")
    monkeypatch.setattr(downloads, "_offers", lambda: (POCKET, good, bad))
    own = await answer(service.own_folder)
    tiny_piper.put(own)
    tiny_piper.put(own, "fr_FR-other-low", phoneme_type="pinyin")
    tiny_piper.put(folder.place("piper", bad.id), bad.id, phoneme_type="pinyin")
    (folder.place("piper", bad.id) / "MODEL_CARD").write_bytes(b"")
    found = await answer(service.voices)
    assert isinstance(found, OfflineVoices)
    assert [state.stage for _, state in found.offers] == [Stage.ABSENT, Stage.ABSENT, Stage.BROKEN]
    assert [(one.name, bool(one.why)) for one in found.own] == [
        ("en_US-tiny-low.onnx", False),
        ("fr_FR-other-low.onnx", True),
    ]
    assert found.folder == own
    assert "non-commercial" in await answer(service.licence, POCKET)


async def test_our_own_list_is_whole(service: VoiceDownloads, files: FileServer) -> None:
    found = await answer(service.voices)
    offers = [offer for offer, _ in found.offers]
    assert offers[0] == POCKET
    assert len(offers) > 140
    assert len({offer.id for offer in offers}) == len(offers)
    assert {offer.language.partition("_")[0] for offer in offers} >= {"de", "ar", "zh", "hi", "sw", "uk"}
    thorsten = next(offer for offer in offers if offer.id == "de_DE-thorsten-medium")
    assert [file.path for file in thorsten.files] == [
        "de/de_DE/thorsten/medium/MODEL_CARD",
        "de/de_DE/thorsten/medium/de_DE-thorsten-medium.onnx.json",
        "de/de_DE/thorsten/medium/de_DE-thorsten-medium.onnx",
    ]


async def test_pocket_tts_is_unpacked_and_imitates_recordings_whose_owner_has_agreed(
    service: VoiceDownloads, files: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:bz2") as archive:
        for name in ("encoder.onnx", "README.md"):
            told = tarfile.TarInfo(f"{POCKET_ARCHIVE}/{name}")
            told.size = len(name)
            archive.addfile(told, io.BytesIO(name.encode()))
    files.files[f"{POCKET_ARCHIVE}.tar.bz2"] = packed.getvalue()
    monkeypatch.setenv(POCKET_VARIABLE, files.url)
    service.download(POCKET)
    refused = await until(service, POCKET, Stage.ABSENT, Stage.PARTIAL)
    assert "checksum differs" in refused.why
    digest = hashlib.sha256(packed.getvalue()).hexdigest()
    offer = POCKET._replace(files=(POCKET.files[0]._replace(checksum=digest),))
    files.cuts = [100]
    service.download(offer)
    await until(service, offer, Stage.PRESENT)
    there = folder.place("pocket", offer.id)
    assert await asyncio.to_thread((there / "README.md").read_bytes) == b"README.md"
    folder.check(there)

    mine = collection_folder(recordings_root(), "Mine")
    await asyncio.to_thread(own_takes.collected, mine)
    collection.agree(mine, None)
    found = await answer(service.voices)
    assert found.imitations == (("Mine", False),)
    assert isinstance(await answer(service.imitate, "Mine"), FishCaptionError), "nobody has agreed"
    own_takes.agree(mine)
    assert await answer(service.imitate, "Mine") is None
    contents = [file.read_bytes() for file in folder.reference_files("Mine")]
    assert contents == [b"fLaCThe second text."], "the longest: 20 seconds are enough"
    assert (await answer(service.voices)).imitations == (("Mine", True),)
    assert await answer(service.stop_imitating, "Mine") is None
    assert (await answer(service.voices)).imitations == (("Mine", False),)
