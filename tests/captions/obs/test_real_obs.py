"""The outlet with a real OBS: its picture, the captions decoded from its stream, its death and return."""

from __future__ import annotations

import asyncio
import base64
from itertools import count
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from fishcaption.captions.display import Display
from fishcaption.captions.obs.client import conversation
from fishcaption.captions.obs.outlet import ObsOutlet
from fishcaption.captions.outlet import Light
from tests.captions.obs.real_obs import RealObs, Receiver, missing
from tests.captions.obs.test_outlet import config
from tests.captions.outlets import Row, cue, running
from tests.desktop import Desktop

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

WORDS = "Grüße aus Köln"


def ink(answer: str) -> int:
    """Count the bright dots of a picture that OBS has sent."""
    image = QImage.fromData(base64.b64decode(answer.partition(",")[2]))
    return sum(
        image.pixelColor(x, y).lightness() > 128 for x in range(image.width()) for y in range(image.height())
    )


async def picture(obs: RealObs) -> int:
    async with conversation("127.0.0.1", obs.port, obs.password) as asked:
        scene = (await asked.request("GetCurrentProgramScene"))["currentProgramSceneName"]
        shot = await asked.request(
            "GetSourceScreenshot", sourceName=scene, imageFormat="png", imageWidth=320, imageHeight=180
        )
    return ink(shot["imageData"])


async def until_ink(obs: RealObs, is_there: bool) -> None:
    """The picture follows a frame or two after the answer."""
    async with asyncio.timeout(20):
        while (await picture(obs) > 20) is not is_there:
            pass


@pytest.mark.skipif(bool(missing()), reason=missing())
async def test_captions_are_in_the_picture_and_in_the_stream_and_come_back(tmp_path: Path) -> None:
    row = Row()
    with Desktop(tmp_path / "screen") as desktop, Receiver(tmp_path) as receiver:
        home = tmp_path / "obs"
        home.mkdir()
        with RealObs(home, desktop.environment, stream_port=receiver.port) as obs:
            async with conversation("127.0.0.1", obs.port, obs.password) as asked:
                await asked.request("StartStream")
                async with asyncio.timeout(30):
                    while not (await asked.request("GetStreamStatus"))["outputActive"]:
                        pass
            outlet = ObsOutlet(
                config(obs.port), {"password": obs.password}, row.tell, retry_seconds=(0.1, 0.5)
            )
            async with running(outlet):
                outlet.show(Display(cue(1, WORDS)))
                await row.told(lambda state: state.last_line == WORDS)
                await until_ink(obs, True)
                async with asyncio.timeout(60):
                    for number in count(2):  # the receiver's decoder leaves out every other one
                        outlet.show(Display(cue(number, f"{WORDS} {number}")))
                        if WORDS in await asyncio.to_thread(receiver.captions):
                            break

                await asyncio.to_thread(obs.kill)
                await row.told(lambda state: state.light is Light.WAITING)
                outlet.show(Display(cue(1000, "Back again")))
                row.states.clear()
                await asyncio.to_thread(obs.start)
                await row.told(lambda state: state.last_line == "Back again")
                await until_ink(obs, True)
            await until_ink(obs, False)
