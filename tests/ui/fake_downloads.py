"""Voices that can be fetched, whose progress the test moves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.voices.downloads import POCKET, Offer, Progress, RemoteFile, Stage
from fishcaption.ui.download_ports import Extra, OfflineVoices, OwnModel


def offer(key: str, language: str, native: str, *, country: str = "", speakers: int = 1) -> Offer:
    code, name, quality = key.split("-")
    card = RemoteFile(f"{key}/MODEL_CARD", 283, "0" * 32)
    files = (card, RemoteFile(f"{key}/{key}.onnx", 63_201_294, "1" * 32))
    return Offer(key, "piper", name, code, language, native, country, quality, speakers, files, card)


THORSTEN = offer("de_DE-thorsten-medium", "German", "Deutsch", country="Germany")
KAREEM = offer("ar_JO-kareem-medium", "Arabic", "العربية", country="Jordan")
ALAN = offer("en_GB-alan-medium", "English", "English", country="Great Britain", speakers=3)
ESPEAK = Extra("espeak", "eSpeak NG", "", "GPL-3.0-or-later", "pip install 'fishcaption[espeak]'", True)
SHERPA = Extra("pocket", "sherpa-onnx", "en", "Apache-2.0", "pip install 'fishcaption[pocket]'", False)
OWN = OwnModel("fr_FR-mine.onnx", "fr_FR")
LICENCE = "# Model card for thorsten\n\n* License: CC0 <b>\n"


class FakeDownloads:
    """`fishcaption.ui.download_ports.VoiceDownloadService`."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.answers: list[tuple[str, Callable[[Any], None]]] = []
        self.states: dict[str, Progress] = {}
        self.found = OfflineVoices(
            tuple((one, Progress(Stage.ABSENT)) for one in (POCKET, THORSTEN, KAREEM, ALAN)),
            (ESPEAK, SHERPA),
            (OWN,),
            Path("own"),
        )
        self._told: set[Callable[[], None]] = set()

    def voices(self, on_done: Callable[[OfflineVoices | FishCaptionError], None]) -> None:
        self.answers.append(("voices", on_done))

    def licence(self, offer: Offer, on_done: Callable[[str | FishCaptionError], None]) -> None:
        self.asked.append(("licence", offer.id))
        self.answers.append(("licence", on_done))

    def download(self, offer: Offer) -> None:
        self.asked.append(("download", offer.id))
        self.move(offer, Progress(Stage.WAITING))

    def cancel(self, offer: Offer) -> None:
        self.asked.append(("cancel", offer.id))

    def remove(self, offer: Offer, on_done: Callable[[FishCaptionError | None], None]) -> None:
        self.asked.append(("remove", offer.id))
        self.answers.append(("remove", on_done))

    def imitate(self, name: str, on_done: Callable[[FishCaptionError | None], None]) -> None:
        self.asked.append(("imitate", name))
        self.answers.append(("imitate", on_done))

    def stop_imitating(self, name: str, on_done: Callable[[FishCaptionError | None], None]) -> None:
        self.asked.append(("stop_imitating", name))
        self.answers.append(("stop_imitating", on_done))

    def progress(self, offer: Offer) -> Progress | None:
        return self.states.get(offer.id)

    def own_folder(self, on_done: Callable[[Path | FishCaptionError], None]) -> None:
        self.answers.append(("own_folder", on_done))

    def subscribe(self, callback: Callable[[], None], /) -> Callable[[], None]:
        self._told.add(callback)
        return lambda: self._told.discard(callback)

    @property
    def watchers(self) -> int:
        """How many look on."""
        return len(self._told)

    def move(self, offer: Offer, progress: Progress) -> None:
        """Have a voice in this state."""
        self.states[offer.id] = progress
        for callback in tuple(self._told):
            callback()

    def answer(self, name: str, result: object = None) -> None:
        """Answer the oldest question of this name; "voices" with what is found."""
        for index, (asked, on_done) in enumerate(self.answers):
            if asked == name:
                del self.answers[index]
                on_done(self.found if result is None and name == "voices" else result)
                return
        raise AssertionError(f"{name} was not asked")
