"""The audience's page of the real program: commanded over HTTP, read over its socket."""

from __future__ import annotations

import asyncio
import json
from functools import partial

import httpx
import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from websockets.asyncio.client import connect

from fishcaption.core.audience import OutletConfig
from fishcaption.core.errors import FishCaptionError
from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.core.script.show import begun
from fishcaption.core.speech import Voice
from fishcaption.store.scripts.kept_scripts import KeptScripts, scripts_dir
from fishcaption.store.scripts.script_file import KeptScript
from fishcaption.store.settings import Settings
from fishcaption.ui.present.workspace import PresentWorkspace
from tests.app.opened_program import PATIENCE_SECONDS, opened, run, until
from tests.ports import free_port

HEART = Voice("embedded", "heart", "Heart", ("en",))
SCRIPT = Script("play.txt", (ScriptCue(1, "Good evening."), ScriptCue(2, "Good night.")))


@pytest.mark.slow
def test_an_operator_elsewhere_goes_on_and_readers_see_the_next_cue(qapp: QApplication) -> None:
    async def show() -> None:
        page = OutletConfig("p", "page", "Page", is_on=True, options={"port": str(free_port())})
        async with opened(Settings(voice=HEART, outlets=(page,))) as made:
            outlets, script = made.services.audience(), made.services.script()
            script.set_script(SCRIPT)
            script.set_muted(is_muted=True)
            await until(lambda: bool(outlets.rows()[0].state.address))
            state = outlets.rows()[0].state
            async with (
                httpx.AsyncClient(trust_env=False) as http,
                connect(state.address.replace("http", "ws") + "/live", proxy=None) as reader,
            ):
                assert json.loads(await reader.recv())["cue"] is None
                assert (await http.post(f"{state.operator_address}/jump?to=2")).status_code == 202
                assert (await http.post(f"{state.operator_address}/next")).status_code == 202
                shown = json.loads(await reader.recv())["cue"]["lines"]
                assert ["".join(line) for line in shown] == ["Good night."]
                assert (await http.post(f"{state.operator_address}/black?to=on")).status_code == 202
                while not json.loads(await reader.recv())["black"]:
                    pass
                await until(lambda: "1 reader" in outlets.rows()[0].state.words)
                told = (await http.get(f"{state.operator_address}/state")).json()
            assert (told["script"], told["number"], told["current"]) == ("play.txt", 2, "Good night.")
            assert (told["is_black"], told["outlets"][0]["name"]) == (True, "Page")

    run(qapp, show)


@pytest.mark.slow
def test_a_tablet_has_the_script_of_last_time_before_present_is_shown_and_its_commands_are_seen(
    qapp: QApplication,
) -> None:
    def is_as_wanted(button: QPushButton, is_on: bool) -> bool:
        return button.isChecked() is is_on

    told: list[FishCaptionError] = []
    kept = KeptScripts(scripts_dir(), told.append)
    kept.keep(KeptScript(begun(SCRIPT), is_muted=True))
    kept.close()

    async def show() -> None:
        page = OutletConfig("p", "page", "Page", is_on=True, options={"port": str(free_port())})
        async with opened(Settings(voice=HEART, outlets=(page,))) as made:
            outlets = made.services.audience()
            await until(lambda: bool(outlets.rows()[0].state.address))
            address = outlets.rows()[0].state.operator_address
            async with httpx.AsyncClient(trust_env=False) as http:
                assert (await http.post(f"{address}/next")).status_code == 202
                async with asyncio.timeout(PATIENCE_SECONDS):  # the page is told by the program beside it
                    while (await http.get(f"{address}/state")).json()["current"] != "Good evening.":
                        pass
                assert made.window.workspaces is not None
                assert made.window.workspaces.others() == ()
                made.window.commands.run("workspace.present")
                (present,) = made.window.workspaces.others()
                assert isinstance(present, PresentWorkspace)
                toggles = present.show_panel._toggles
                for command in ("black", "freeze"):
                    for switched in ("on", "off", "on"):
                        asked = await http.post(f"{address}/{command}?to={switched}")
                        assert asked.status_code == 202
                        await until(partial(is_as_wanted, toggles[f"show.{command}"], switched == "on"))
                assert present.show_panel.preview._title.text() == "The audience sees: black"

    run(qapp, show)
    assert told == []
