"""Captions from the program's service to meetings and programs of others: real sockets, real files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from fishcaption.app.services.audience import AudienceOutlets
from fishcaption.app.settings import SettingsStore
from fishcaption.captions.outlet import Light
from fishcaption.captions.outlets import outlet_kind
from fishcaption.core.audience import OutletConfig
from fishcaption.core.errors import FishCaptionError
from fishcaption.store.journal import Writer
from fishcaption.store.outlets.sequence_numbers import SequenceNumbers
from fishcaption.store.settings import Settings
from fishcaption.store.settings_file import exported
from fishcaption.tasks import ServiceTasks
from tests.app.services.test_audience import Rows, Silence, memory
from tests.captions.senders.peer import TOKEN, Service, VMixService, YouTubeService, ZoomService, serving
from tests.memory_keyring import MemoryKeyring

__all__ = ["memory"]  # the fixture: a keyring

LINK = "/closedcaption?id=1&signature=" + TOKEN


@asynccontextmanager
async def program(folder: Path) -> AsyncIterator[Rows]:
    errors: list[FishCaptionError] = []
    writer = Writer()
    settings = SettingsStore(Settings())
    async with asyncio.TaskGroup() as group:
        tasks = ServiceTasks(group)
        path = folder / "sequence-numbers.json"
        service = AudienceOutlets(
            Silence(),
            settings,
            tasks,
            lambda: SequenceNumbers(path, writer, errors.append),
            on_error=errors.append,
        )
        yield Rows(service, settings)
        await service.close()
        tasks.cancel()
    await asyncio.to_thread(writer.close)
    assert errors == []


def config(kind: str, **rest: Any) -> OutletConfig:
    entry = outlet_kind(kind)
    assert entry is not None
    return entry.new(kind)._replace(is_on=True, **rest)


async def test_captions_are_sent_to_all_while_one_hangs_and_nothing_stays_behind(
    tmp_path: Path, memory: MemoryKeyring, caplog: pytest.LogCaptureFixture
) -> None:
    zoom, youtube, vmix, hanging = ZoomService(), YouTubeService(), VMixService(), Service()
    hanging.faults.extend(["hang"] * 50)
    title = vmix.titles["Captions"]
    async with (
        serving(zoom) as meeting,
        serving(youtube) as stream,
        serving(vmix) as mixer,
        serving(hanging) as nowhere,
    ):
        async with program(tmp_path) as made:
            service = made.service
            service.set_up(config("zoom"), {"link": meeting + LINK})
            service.set_up(config("youtube", delay_seconds=0.2), {"link": stream + LINK})
            service.set_up(config("vmix", options={"address": mixer, "input": "Captions"}), {})
            service.set_up(config("streamtext"), {"link": nowhere + LINK})
            await made.until(lambda: all(made.state(kind).words[:5] == "Ready" for kind in ("zoom", "vmix")))
            service.audience.show_text("Good morning, everybody.")
            await vmix.until(lambda: title["Headline.Text"] == "Good morning, everybody.")
            await zoom.until(lambda: zoom.shown == ["Good morning, everybody.\n"])
            await youtube.until(lambda: bool(youtube.shown))
            assert -0.3 < youtube.shown[0][0] < 0.5, "it is stamped as late as it is sent"
            await made.until(lambda: made.state("zoom").last_line == "Good morning, everybody.")
            assert made.state("zoom").light is Light.ON
            service.audience.clear()  # as Stop does
            await vmix.until(lambda: title["Headline.Text"] == "")
            service.audience.show_text("Until the end.")
            await vmix.until(lambda: title["Headline.Text"] == "Until the end.")
            assert TOKEN not in exported(made.settings.current)
        assert title["Headline.Text"] == "", "the end has emptied it"
        async with program(tmp_path) as made:  # the next start: the number goes on
            made.settings.change(outlets=(config("zoom"),))
            await made.until(lambda: made.state("zoom").words[:5] == "Ready")
            made.service.audience.show_text("The next day.")
            await zoom.until(lambda: zoom.shown[-1] == "The next day.\n")
    assert [got.query["seq"] for got in zoom.got] == [str(number + 1) for number in range(len(zoom.got))]
    assert TOKEN not in (tmp_path / "sequence-numbers.json").read_text("utf-8")
    assert TOKEN not in caplog.text
    assert sorted(memory.kept.values()) == sorted(address + LINK for address in (meeting, stream, nowhere))


async def test_a_typed_text_is_sent_as_corrected_when_it_has_been_held_back(tmp_path: Path) -> None:
    zoom = ZoomService()
    async with serving(zoom) as meeting, program(tmp_path) as made:
        options = {"hold_words": "8", "hold_seconds": "0"}
        made.service.set_up(config("zoom", options=options), {"link": meeting + LINK})
        await made.until(lambda: made.state("zoom").words[:5] == "Ready")
        audience = made.service.audience
        for typed in (
            "We all meet again tomorow at the old harbour, ",
            "We all meet again tomorow at the old harbour, where the ferry ",
            "We all meet again tomorow",
            "We all meet again tomorrow at the old harbour, where the ferry leaves, and so on.",
        ):
            audience.type_text(1, typed)
        audience.clear()
        await zoom.until(lambda: "so on." in "".join(zoom.shown))
    assert " ".join("".join(zoom.shown).split()) == (
        "We all meet again tomorrow at the old harbour, where the ferry leaves, and so on."
    )
