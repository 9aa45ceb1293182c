"""Pictures of “Make your own voice”: a text being read aloud, and the takes with their checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import soxr
from picture_stage import Stage, program

from fishcaption.server.engines.base import read
from fishcaption.server.engines.hibari import HibariEngine

RATE = 48_000
_SAID = (
    "The harbour was quiet that morning, and nobody had opened the shop yet.",
    "I asked her twice whether the train would be late.",
    "She laughed, and said that it always is.",
    "Bring seventeen oranges, please, and do not forget the bread.",
)
_WINDOW = "^Make your own voice$"


def said(loudness: float) -> bytes:
    """A minute of somebody who reads aloud in a quiet room; above 1 it is too loud for the microphone."""
    engine = HibariEngine()
    parts: list[np.ndarray[Any, np.dtype[np.float32]]] = []
    for text in _SAID:
        parts += [np.asarray(engine.render("", read(text, "en"), 1.0).samples), np.zeros(12_000, np.float32)]
    voice = np.tile(np.asarray(soxr.resample(np.concatenate(parts), 24_000, RATE), np.float32), 4)
    voice *= loudness / np.abs(voice).max()
    voice += np.random.default_rng(1).normal(0, 0.0004, len(voice)).astype(np.float32)
    return (np.clip(voice, -1, 1) * 32_767).astype(np.int16).tobytes()


@contextmanager
def recording(loudness: float = 0.6, **settings: Any) -> Iterator[Stage]:
    """The window, with a collection that has begun."""
    with program(said=said(loudness), **settings) as stage:
        stage.rest(3.0)
        stage.desktop.key("ctrl+shift+p")
        stage.desktop.wait_for_window("^Commands$")
        stage.desktop.type("make your own")
        stage.desktop.key("Return")
        stage.window = stage.desktop.wait_for_window(_WINDOW)
        stage.rest(1.0)
        stage.desktop.key("space")
        stage.rest(1.5)
        yield stage


def reading(name: str, **settings: Any) -> None:
    """A text while it is read aloud."""
    with recording(**settings) as stage:
        if settings.get("text_size", 100) > 100:
            stage.resize(1180, 740)
        stage.desktop.key("space")
        stage.rest(4.0)
        stage.take(name)
        stage.desktop.key("space")
        stage.rest(2.0)


def takes(name: str, **settings: Any) -> None:
    """The takes, each with its check."""
    with recording(1.4, **settings) as stage:
        for seconds in (16.0, 15.0, 4.0):
            stage.desktop.key("space")
            stage.rest(seconds)
            stage.desktop.key("space")
            stage.rest(6.0)
            stage.desktop.key("space")
            stage.rest(1.0)
        stage.desktop.key("alt+t")
        stage.rest(2.0)
        stage.take(name)


PICTURES: dict[str, Callable[[str], None]] = {
    "recording": lambda name: reading(name, theme="light"),
    "recording-dark": lambda name: reading(name, theme="dark"),
    "recording-200": lambda name: reading(name, theme="light", text_size=200),
    "takes": lambda name: takes(name, theme="light"),
}
