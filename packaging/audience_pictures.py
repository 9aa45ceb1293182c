"""Pictures of captions for an audience: Present, the audience's screen, styles, outlets, page, OBS."""

from __future__ import annotations

import asyncio
import base64
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from picture_stage import HALL, TARGET, Stage, program, shrink

from fishcaption.captions.display import Display
from fishcaption.captions.obs.client import conversation
from fishcaption.captions.obs.outlet import ObsOutlet
from fishcaption.captions.outlets import outlet_kind
from fishcaption.core.audience import OutletConfig
from fishcaption.store.outlets.configs import as_plain
from tests.browser import browser
from tests.captions.obs.real_obs import RealObs
from tests.captions.outlets import Row, cue, running
from tests.captions.page.serving import serving
from tests.desktop import Desktop
from tests.ports import free_port

SCRIPT: Final = """\
# Welcome
[[Wait for the light]]
ANNA: Good evening, and welcome to the museum.

Tonight we look at one painting for a whole hour.

JO: It hung in a kitchen for eighty years. Nobody knew who had painted it.

ANNA: Then a child asked a question that nobody could answer.

# The letter
JO: “Why is the window in the picture open, when there is snow outside?”

ANNA: We looked again, and saw what everybody had missed.

Behind the window stands a second house, and somebody is waving.

JO: Please come closer now, and take your time.
"""

SLIDE: Final = (
    "from PySide6.QtCore import Qt; from PySide6.QtWidgets import QApplication, QLabel; app = QApplication();"
    "slide = QLabel('<h1>One painting, one hour</h1><ul><li>Eighty years in a kitchen</li>"
    "<li>The open window</li><li>Who is waving?</li></ul>');"
    "slide.setWindowTitle('Slides'); slide.setWindowFlags(Qt.WindowType.FramelessWindowHint);"
    "slide.setStyleSheet('background: #f6ead0; color: #23303b;"
    "font-size: 26px; padding: 40px'); slide.setAlignment(Qt.AlignmentFlag.AlignTop);"
    "slide.setGeometry({}, {}, {}, {}); slide.show(); app.exec()"
)

HEARD: Final = (
    "Good evening, and welcome to the museum.",
    "Tonight we look at one painting for a whole hour.",
    "It hung in a kitchen for eighty years.",
    "Nobody knew who had painted it.",
)


_OBS_LOOKS: Final = {"font": {"face": "Noto Sans", "style": "Bold", "size": 46}, "outline": True}
_OBS_PLACE: Final = {"positionX": HALL[2] / 2, "positionY": HALL[3] - 30.0, "alignment": 8}  # the lower edge


def outlet(kind: str, name: str = "", **options: str) -> OutletConfig:
    """An outlet that is on."""
    entry = outlet_kind(kind)
    assert entry is not None
    made = entry.new(kind)
    return made._replace(
        is_on=True,
        name=name or made.name,
        options={option.name: option.default for option in entry.options} | options,
    )


def opened(stage: Stage) -> None:
    """Open the script, and have the captions on the audience's screen."""
    file = stage.folder / "museum.txt"
    file.write_text(SCRIPT, "utf-8")
    stage.rest(1.0)
    stage.desktop.key("ctrl+o")
    stage.desktop.wait_for_window("^Open a text$")
    stage.rest(1.0)
    stage.desktop.type(str(file))
    stage.rest(0.5)
    stage.desktop.key("Return")
    stage.desktop.wait_for_window("^fishcaption$")
    stage.rest(1.0)


def next_cue(stage: Stage) -> int:
    """Speak the next cue; the frame at which it begins to sound."""
    start = stage.recording.frames
    stage.desktop.key("space")
    return stage.recording.wait_for_sound(start, 60)


def present(name: str, **settings: Any) -> None:
    """A script that is spoken, its caption on the audience's screen."""
    outlets = [as_plain(outlet("window")), as_plain(outlet("page", "Page for phones"))]
    with program(has_hall=True, workspace="present", outlets=outlets, **settings) as stage:
        stage.resize(1280, 780)
        opened(stage)
        for _ in range(2):
            first = next_cue(stage)
            stage.recording.wait_for_silence(1.0, first)
        stage.wait_for_word(next_cue(stage))
        stage.take(name)


def audience(name: str) -> None:
    """The audience's screen: a caption over a slide of another program."""
    with program(has_hall=True, workspace="present", outlets=[as_plain(outlet("window"))]) as stage:
        slides = [sys.executable, "-c", SLIDE.format(*HALL)]
        with subprocess.Popen(slides, env=stage.desktop.environment) as other:
            stage.desktop.wait_for_window("^Slides$")
            stage.desktop.wait_for_window("^fishcaption$")
            opened(stage)
            stage.recording.wait_for_silence(1.0, next_cue(stage))
            stage.wait_for_word(next_cue(stage))
            left, top, width, height = HALL
            stage.take(name, is_whole_screen=True, part=f"{width}x{height}+{left}+{top}")
            other.terminate()


def outlets(name: str) -> None:
    """The outlets: on, waiting, and in trouble."""
    with tempfile.TemporaryDirectory(prefix="captions-") as folder:
        there = (
            outlet("window"),
            outlet("files", folder=folder),
            outlet("obs"),
            outlet("vmix", input="Captions"),
        )
        with program(
            (1280, 1260), has_hall=True, workspace="present", theme="light", outlets=[*map(as_plain, there)]
        ) as stage:
            stage.resize(1280, 1240)
            opened(stage)
            stage.recording.wait_for_silence(1.0, next_cue(stage))
            stage.wait_for_word(next_cue(stage))
            stage.take(name, part="474x464+790+500")


def audience_styles(name: str) -> None:
    """Every preset of the audience's captions over a busy slide, in four scripts: one row a preset."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QPainter, QPixmap
    from PySide6.QtWidgets import QApplication

    from fishcaption.core.audience_style import PRESETS
    from fishcaption.ui.present.audience_canvas import USUAL_SCREEN, AudienceCanvas
    from fishcaption.ui.present.audience_style_dialog import Sample, busy_slide

    application = QApplication.instance() or QApplication([])
    size, gap = QSize(320, 180), 4
    scripts = ("Latin", "Arabic", "Japanese", "Thai")
    whole = QPixmap(len(scripts) * (size.width() + gap) - gap, len(PRESETS) * (size.height() + gap) - gap)
    whole.fill("white")
    painter = QPainter(whole)
    for row, style in enumerate(PRESETS.values()):
        for column, script in enumerate(scripts):
            canvas = AudienceCanvas()
            canvas.picture(USUAL_SCREEN, busy_slide(size))
            canvas.resize(size)
            Sample(canvas).show(style, script)
            painter.drawPixmap(column * (size.width() + gap), row * (size.height() + gap), canvas.grab())
    painter.end()
    whole.save(str(TARGET / f"{name}.png"))
    shrink(TARGET / f"{name}.png", 112)
    application.processEvents()


async def _page(name: str, width: int, height: int, choices: str, *, scale: float, is_phone: bool) -> None:
    async with serving() as here, browser() as page:
        await page.resize(width, height, scale=scale, is_phone=is_phone)
        await page.open(f"{here.address}?{choices}")
        for number, text in enumerate(HEARD, 1):
            here.show(Display(cue(number, text)))
        here.show(Display(cue(5, "Then a child asked a question", "that nobody could answer.")))
        await page.until("document.querySelector('#cue').innerText.includes('question')")
        await page.picture(TARGET / f"{name}.png")
    shrink(TARGET / f"{name}.png")


def page_phone(name: str) -> None:
    """The page on a phone."""
    asyncio.run(_page(name, 360, 640, "", scale=1.5, is_phone=True))


def page_television(name: str) -> None:
    """The page on a television, seen from afar."""
    asyncio.run(_page(name, 1280, 720, "size=1.25&history=0", scale=0.75, is_phone=False))


async def _in_obs(obs: RealObs, slide: Path, path: Path) -> None:
    """Have a caption in OBS, over a slide, and OBS's own picture of its scene."""
    row = Row()
    config = outlet("obs", port=str(obs.port))
    async with conversation("127.0.0.1", obs.port, obs.password) as asked:
        _, _, width, height = HALL
        size = {"baseWidth": width, "baseHeight": height, "outputWidth": width, "outputHeight": height}
        await asked.request("SetVideoSettings", **size)
        scene = (await asked.request("GetCurrentProgramScene"))["currentProgramSceneName"]
        await asked.request(
            "CreateInput", sceneName=scene, inputName="Slide", inputKind="image_source",
            inputSettings={"file": str(slide)},
        )  # fmt: skip
        made = ObsOutlet(config, {"password": obs.password}, row.tell)
        async with running(made):
            made.show(Display(cue(1, "Tonight we look at one painting", "for a whole hour.")))
            await row.until(lambda state: bool(state.last_line))
            await asked.request("SetInputSettings", inputName="Captions", inputSettings=_OBS_LOOKS)
            item = await asked.request("GetSceneItemId", sceneName=scene, sourceName="Captions")
            await asked.request(
                "SetSceneItemTransform", sceneName=scene, sceneItemId=item["sceneItemId"],
                sceneItemTransform=_OBS_PLACE,
            )  # fmt: skip
            await asyncio.sleep(1)  # OBS draws it in its own time
            shot = await asked.request("GetSourceScreenshot", sourceName=scene, imageFormat="png")
    path.write_bytes(base64.b64decode(shot["imageData"].partition(",")[2]))  # noqa: ASYNC240  nobody waits


def in_obs(name: str) -> None:
    """OBS with a caption in its picture, as it was asked for it."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        slide, home = folder / "slide.png", folder / "home"
        home.mkdir()
        with Desktop(folder / "screen") as desktop:
            slides = [sys.executable, "-c", SLIDE.format(0, 0, *HALL[2:])]
            with subprocess.Popen(slides, env=desktop.environment) as other:
                window = desktop.wait_for_window("^Slides$")
                desktop.picture(slide, window)
                other.terminate()
            with RealObs(home, desktop.environment, stream_port=free_port()) as obs:
                asyncio.run(_in_obs(obs, slide, TARGET / f"{name}.png"))
    shrink(TARGET / f"{name}.png")


PICTURES: Final[dict[str, Callable[[str], None]]] = {
    "present": lambda name: present(name, theme="light"),
    "present-dark-200": lambda name: present(name, theme="dark", text_size=200),
    "audience": audience,
    "audience-styles": audience_styles,
    "outlets": outlets,
    "page-phone": page_phone,
    "page-television": page_television,
    "obs": in_obs,
}
