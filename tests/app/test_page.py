"""The audience's page of the real program: commanded over HTTP, read over its socket."""

from __future__ import annotations

import json

import httpx
import pytest
from PySide6.QtWidgets import QApplication
from websockets.asyncio.client import connect

from fishcaption.core.audience import OutletConfig
from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.core.speech import Voice
from fishcaption.store.settings import Settings
from tests.app.opened_program import opened, run, until
from tests.captions.page.test_outlet import free_port

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
