"""Pictures of what belongs to voices: making one, the list of them, costs and presets.

The list and the costs are those of our own server with made-up voices, in the place of Fish Audio.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from picture_stage import Stage, program

from fishcaption.core.account.spending import Sent
from fishcaption.server.engines.base import read
from fishcaption.server.engines.hibari import HibariEngine
from fishcaption.store.account import ledger
from tests.voice_service import voice_service

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


TITLES = {
    "choose a voice": "^Choose a voice$",
    "costs": "^Costs at Fish Audio$",
    "presets": "^Voice presets$",
}


@contextmanager
def at_service(show: str, **given: Any) -> Iterator[Stage]:
    """A dialog of somebody with a key of the service. ``show``: words of its command; more: see `program`."""
    with voice_service(credit="4.87", made_up=2_000, is_public=True, takes_any_voice=True) as service:
        known = {"FISHCAPTION_FISH_URL": service.url, "FISH_API_KEY": service.key}
        with program(variables=known, **given) as stage:
            stage.rest(3.0)
            stage.desktop.key("ctrl+shift+p")
            stage.desktop.wait_for_window("^Commands$")
            stage.desktop.type(show)
            stage.desktop.key("Return")
            stage.window = stage.desktop.wait_for_window(TITLES[show])
            stage.rest(2.0)
            yield stage


def picker(name: str, **settings: Any) -> None:
    """The list of voices, searched."""
    with at_service("choose a voice", **settings) as stage:
        stage.desktop.type("calm")
        stage.rest(2.5)
        stage.desktop.key("Down", "Down")
        stage.rest(1.0)
        stage.take(name)


def costs(name: str, **settings: Any) -> None:
    """What was spent on some days with two keys."""
    today = date.today()
    spent = [(0, "s2.1-pro", "", 6_150), (0, "s2.1-pro-free", "", 900), (1, "s2.1-pro", "a1", 12_400)]

    def prepare(data: Path) -> None:
        days = (Sent(today - timedelta(days), model, key, sent) for days, model, key, sent in spent)
        ledger.append(data / "spending.jsonl", days)

    keys = {"keys": [{"id": "", "name": "Home"}, {"id": "a1", "name": "Work"}], "used": ""}
    with at_service("costs", prepare=prepare, fish_keys=keys, day_limit=1.0, **settings) as stage:
        stage.take(name)


def presets(name: str, **settings: Any) -> None:
    """Some presets, one with a key."""
    mine = {"provider": "fish", "id": "0" * 32, "name": "My voice", "languages": ["en"]}
    heart = {"provider": "embedded", "id": "heart", "name": "Heart", "languages": ["en"]}
    saved = [
        {"id": "p1", "name": "At home", "voice": mine, "model": "s2.1-pro"},
        {"id": "p2", "name": "On the telephone", "voice": mine, "model": "s2.1-pro", "speed": 0.9},
        {"id": "p3", "name": "Without a network", "voice": heart, "model": "s2.1-pro"},
    ]
    with at_service("presets", presets={"presets": saved}, **settings) as stage:
        stage.take(name)


LOOKS: dict[str, dict[str, Any]] = {
    "": {"theme": "light"},
    "-dark": {"theme": "dark"},
    "-200": {"theme": "light", "text_size": 200},
}
SUBJECTS = {"recording": reading, "takes": takes, "picker": picker, "costs": costs, "presets": presets}

PICTURES: dict[str, Callable[[str], None]] = {
    f"{subject}{look}": partial(draw, **settings)
    for subject, draw in SUBJECTS.items()
    for look, settings in LOOKS.items()
}
