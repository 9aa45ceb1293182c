"""Pictures of captions for an audience: Present, the audience's screen, styles, outlets, page, OBS."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any, Final

from picture_stage import HALL, TARGET, Stage, program, shrink

from fishcaption.captions.display import Display
from fishcaption.captions.outlets import outlet_kind
from fishcaption.core.audience import OutletConfig
from fishcaption.store.outlets.configs import as_plain
from tests.browser import browser
from tests.captions.outlets import cue
from tests.captions.page.serving import serving

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


def outlet(kind: str, name: str = "", **options: str) -> OutletConfig:
    """An outlet that is on."""
    entry = outlet_kind(kind)
    assert entry is not None
    made = entry.new(kind)
    return made._replace(is_on=True, name=name or made.name, options={**made.options, **options})


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
    there = (
        outlet("window"),
        outlet("page", "Page for phones"),
        outlet("obs"),
        outlet("files", folder="/tmp/captions of the museum"),
        outlet("vmix", input="Captions"),
    )
    with program(
        (1280, 1180), has_hall=True, workspace="present", theme="light", outlets=[*map(as_plain, there)]
    ) as stage:
        stage.resize(1280, 1160)
        opened(stage)
        stage.wait_for_word(next_cue(stage))
        stage.take(name)


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


PICTURES: Final[dict[str, Callable[[str], None]]] = {
    "present": lambda name: present(name, theme="light"),
    "present-dark-200": lambda name: present(name, theme="dark", text_size=200),
    "audience": audience,
    "audience-styles": audience_styles,
    "outlets": outlets,
    "page-phone": page_phone,
    "page-television": page_television,
}
