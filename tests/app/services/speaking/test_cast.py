"""The cast: what is kept of it, who says what, and what a voice cannot read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.app.services.models import Models
from fishcaption.app.services.speaking.cast import CastService
from fishcaption.app.settings import SettingsStore
from fishcaption.core.errors import StorageError
from fishcaption.core.speech import Voice
from fishcaption.core.text.scripts import readable, runs, scripts_in
from fishcaption.core.voices.cast import Cast, voiced_parts
from fishcaption.core.voices.presets import Preset, Presets
from fishcaption.store.journal import Writer
from fishcaption.store.settings import Settings
from fishcaption.store.settings_file import voice_as_plain

HIBARI = Voice("embedded", "hibari", "Hibari", ("en",))
KOLIBRI = Voice("embedded", "kolibri", "Kolibri", ("ru",))
ANNA = Voice("fish", "anna", "Anna", ())


@pytest.fixture
def writer() -> Iterator[Writer]:
    made = Writer()
    yield made
    made.close()


def service(path: Path, writer: Writer, told: list[StorageError]) -> CastService:
    return CastService(path, writer, told.append, lambda: (HIBARI, KOLIBRI))


def test_what_was_given_is_there_after_a_restart(tmp_path: Path) -> None:
    told: list[StorageError] = []
    path = tmp_path / "cast.json"
    writer = Writer()
    made = service(path, writer, told)
    made.set_speaker("ANNA", ANNA)
    made.set_speaker("Bob", KOLIBRI)
    made.set_speaker("Bob", None)
    made.set_script("Cyrillic", KOLIBRI)
    made.set_says_names(True)
    writer.close()
    again = Writer()
    assert service(path, again, told).cast == Cast({"ANNA": ANNA}, {"Cyrillic": KOLIBRI}, says_names=True)
    again.close()
    assert told == []


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (b"\xff\x00", {}),
        (b"[1, 2]", {}),
        (b'{"speakers": 3, "scripts": [], "says_names": 1}', {}),
        (
            json.dumps({"speakers": {"A" * 500: {}, "B": 3, "ANNA": voice_as_plain(ANNA)}}).encode(),
            {"ANNA": ANNA},
        ),
    ],
)
def test_a_broken_file_is_kept_aside_and_told(
    content: bytes, kept: dict[str, Voice], tmp_path: Path, writer: Writer
) -> None:
    told: list[StorageError] = []
    path = tmp_path / "cast.json"
    path.write_bytes(content)
    assert service(path, writer, told).cast == Cast(kept)
    assert len(told) == 1
    assert [entry.name for entry in tmp_path.iterdir() if "broken" in entry.name]


def test_letters_that_the_voice_cannot_say_are_told_with_one_that_can(tmp_path: Path, writer: Writer) -> None:
    made = service(tmp_path / "cast.json", writer, [])
    assert made.unreadable("Plain café, 3 µm.", HIBARI) is None
    found = made.unreadable("He said Привет.", HIBARI)
    assert found is not None
    assert (found.script, found.voice, found.instead) == ("Cyrillic", HIBARI, KOLIBRI)
    chinese = made.unreadable("你好", HIBARI)
    assert chinese is not None
    assert (chinese.script, chinese.instead) == ("Chinese", None)
    assert made.unreadable("He said Привет.", ANNA) is None, "the service tells languages apart by itself"
    made.set_script("Cyrillic", KOLIBRI)
    assert made.unreadable("He said Привет.", HIBARI) is None


def test_speakers_that_cost_are_known_where_the_chosen_voice_is_free(tmp_path: Path, writer: Writer) -> None:
    made = service(tmp_path / "cast.json", writer, [])
    assert made.models_of("ANNA: Yes.") == frozenset()
    made.set_speaker("ANNA", ANNA)
    assert made.models_of("ANNA: Yes.") == {""}, "the chosen model"
    assert made.models_of("Nothing of hers.") == frozenset()


@pytest.mark.parametrize("chosen", [HIBARI, ANNA])
def test_a_preset_with_a_paid_model_is_asked_about_where_all_else_is_free(
    tmp_path: Path, writer: Writer, chosen: Voice
) -> None:
    preset = Preset("p", "Stage", ANNA, "s2-pro")
    settings = SettingsStore(Settings(voice=chosen, presets=Presets((preset,)), cost_limit=0.001))
    cast = CastService(
        tmp_path / "cast.json", writer, lambda error: None, lambda: (), lambda: settings.current.presets
    )
    models = Models(settings, lambda: date(2026, 10, 1), models_of_speakers=cast.models_of)
    text = "ANNA: " + "Yes. " * 100
    assert not models.is_too_dear(text)
    cast.set_speaker("ANNA", preset)
    assert models.is_too_dear(text)
    assert models.price_of(text) == pytest.approx(15e-6 * len(text))


TEXTS = st.text(st.sampled_from("ab .\n:ЖяД你好שלם“”1ANBO"), max_size=60)


@given(TEXTS, st.booleans())
def test_parts_are_in_order_and_hold_every_letter_but_names(text: str, says_names: bool) -> None:
    cast = Cast({"ANNA": ANNA, "BOB": KOLIBRI}, {"Cyrillic": KOLIBRI, "Chinese": ANNA}, says_names)
    at = 0
    for part in voiced_parts(text, cast):
        assert at <= part.start < part.end <= len(text)
        between = text[at : part.start].strip()
        assert not between or (not says_names and between.rstrip(":").strip().upper() in ("ANNA", "BOB"))
        at = part.end
    if says_names:
        assert not text[at:].strip()


@given(TEXTS)
def test_runs_tile_the_text(text: str) -> None:
    found = list(runs(text))
    assert [start for start, _, _ in found] == [0, *(end for _, end, _ in found)][: len(found)]
    assert not found or found[-1][1] == len(text)
    assert set(scripts_in(text)) == {script for _, _, script in found if script}


def test_who_reads_what() -> None:
    assert readable(()) == frozenset()
    assert readable(("en", "de")) == {"Latin"}
    assert readable(("ja",)) == {"Japanese", "Chinese", "Latin"}
    assert readable(("pt-BR", "ru_RU")) == {"Latin", "Cyrillic"}
