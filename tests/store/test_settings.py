"""Settings: a round trip, the repair of single values, files of newer versions, and a crash while saving."""

from __future__ import annotations

import json
import os
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.account.named_keys import NamedKey, NamedKeys
from fishcaption.core.audience import Layout, OutletConfig
from fishcaption.core.audience_style import AudienceStyle, ScreenIdentity
from fishcaption.core.errors import InputError, StorageError
from fishcaption.core.speech import Voice
from fishcaption.core.synthesis_options import SynthesisOptions
from fishcaption.core.voices.presets import Preset, Presets
from fishcaption.store.places import config_dir, data_dir, write_whole
from fishcaption.store.settings import OutputDevice, Settings
from fishcaption.store.settings_file import exported, imported, load, save, settings_path

CHANGED = Settings(
    voice=Voice("fish", "802e3bc2b27e49c2995d23ef70e6ac89", "Energetic 魚", ("en", "ja")),
    model="s2.1-pro",
    model_agreed="s1",
    day_limit=2.5,
    month_limit=20.0,
    at_limit="stop",
    fish_keys=NamedKeys((NamedKey("", "Home"), NamedKey("ab12", "Work")), "ab12"),
    options=SynthesisOptions(latency="low", temperature=0.25, dictionary_id="d1", dictionary_version=3),
    style="\ue100",
    presets=Presets(
        (
            Preset("a1", "Quiet – leise", Voice("embedded", "heart", "Heart"), "s1", 0.8, 0.5, "\ue100"),
            Preset("b2", "Fish", Voice("fish", "x", "魚"), "s2-pro", options=SynthesisOptions("normal", 0.1)),
        )
    ),
    workspace_presets={"present": ("b2",)},
    device=OutputDevice("USB Audio: – (hw:1,0)", "ALSA"),
    microphone=OutputDevice("Headset", "ALSA"),
    linger_seconds=0,
    lead_in_ms=400,
    speed=1.5,
    volume=0.25,
    text_size=200,
    theme="high-contrast",
    speak_mode="type",
    enter_speaks=False,
    while_speaking="replace",
    empty_on_speak=False,
    empty_repeats=False,
    join_pasted_lines=False,
    cost_limit=2.5,
    unreachable="wait",
    unreachable_present="embedded",
    unreachable_returns=True,
    keys={"sound.pause": ("F2", "Ctrl+ß"), "window.palette": ()},
    attention_sound="chime",
    large_type_screen="HDMI-1",
    sentence_hold_seconds=2.5,
    global_keys={"stop": ("Ctrl+Shift+F10",)},
    opener="Hello, I type.",
    strip_on=True,
    strip_place=(-20, 40),
    second_on=True,
    second_device=OutputDevice("Call", "PulseAudio"),
    second_volume=0.5,
    off_record=True,
    keep_times=True,
    kept_audio=False,
    recorded_text="recording",
    kept_audio_megabytes=1024,
    kept_audio_plain=True,
    completion=False,
    completion_announced=True,
    learning=False,
    abbreviations=False,
    phrases_shown=False,
    phrases_ahead=False,
    phrases_paid="s2.1-pro/802e3bc2b27e49c2995d23ef70e6ac89",
    phrases_paid_dollars=0.05,
    say_markdown=False,
    say_code=False,
    say_urls=False,
    say_emails=False,
    say_emoji=False,
    say_numbers=False,
    say_units=False,
    outlets=(
        OutletConfig("7f", "zoom", "Zoom – Łódź", True, Layout(32, 2), "roll-up", 3.5, {"language": "de-DE"}),
        OutletConfig("80", "of-a-newer-version", ""),
    ),
    captions_clear_seconds=0.0,
    captions_stop_clears=False,
    captions_typing=True,
    audience_style=AudienceStyle(family="Noto Sans 日本", lines=3, background="line", size_percent=7.5),
    audience_screen=ScreenIdentity("HDMI-1", "Maker", "Beamer", "0815", 1920, -40, 1280, 720),
    workspace="present",
    present_split=(500, 400),
    window_geometry="AAECAw==",
    window_split=(300, 200),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "not yet there" / "settings.json"


def write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")


def test_what_was_saved_is_loaded(path: Path) -> None:
    for settings in (Settings(), CHANGED):
        save(path, settings)
        loaded = load(path)
        assert loaded.settings == settings
        assert not loaded.mended


def test_the_latency_of_an_older_file_is_one_of_the_options(path: Path) -> None:
    write(path, {"latency": "low"})
    loaded = load(path)
    assert loaded.settings == Settings(options=SynthesisOptions(latency="low"))
    assert not loaded.mended
    assert "latency" not in json.loads(exported(loaded.settings))


def test_every_setting_differs_in_the_round_trip_above() -> None:
    same = [f.name for f in fields(Settings) if getattr(CHANGED, f.name) == getattr(Settings(), f.name)]
    assert same == ["unknown", "version"]


def test_no_file_is_the_defaults_and_nothing_to_tell(path: Path) -> None:
    assert load(path).settings == Settings()
    assert not load(path).mended


WRONG = [
    ("keys", ["F2"]),
    ("keys", {"sound.pause": "F2"}),
    ("keys", {"sound.pause": [2]}),
    ("voice", "Hibari"),
    ("voice", {"provider": "elsewhere", "id": "", "name": ""}),
    ("voice", {"provider": "fish", "id": 7, "name": ""}),
    ("voice", {"provider": "fish", "name": ""}),
    ("voice", {"provider": "fish", "id": "", "name": "", "languages": "en"}),
    ("device", {"name": "only"}),
    ("device", None),
    ("options", {"latency": "quick"}),
    ("options", {"temperature": 1.5}),
    ("options", {"temperature": True}),
    ("options", {"normalize": 1}),
    ("options", {"seed": 7}),
    ("options", {"dictionary_id": "x" * 200}),
    ("style", "soft"),
    ("style", "x"),
    ("presets", [1]),
    ("presets", {"presets": [{"id": "a"}]}),
    ("presets", {"presets": [{"id": "a", "name": "A", "voice": "x", "model": "s1"}]}),
    ("fish_keys", {"keys": [{"id": "a", "name": "A"}, {"id": "a", "name": "B"}], "used": "a"}),
    ("audience_style", "box"),
    ("audience_style", {"lines": 40}),
    ("audience_style", {"text_color": "red"}),
    ("audience_screen", None),
    ("audience_screen", {"name": 1}),
    ("linger_seconds", 61),
    ("linger_seconds", True),
    ("lead_in_ms", -1),
    ("lead_in_ms", 1.5),
    ("speed", 0.0),
    ("speed", "fast"),
    ("speed", True),
    ("speed", float("nan")),
    ("volume", float("inf")),
    ("text_size", 10_000),
    ("theme", "pink"),
    ("empty_on_speak", 1),
    ("window_split", [1, "2"]),
    ("window_split", {}),
    ("speak_mode", "letters"),
    ("sentence_hold_seconds", -0.1),
    ("model", None),
    ("model", []),
    ("model", ""),
    ("model", "two words"),
    ("model", "line\nbreak"),
    ("model", "\x1b[2J"),
    ("model", "m" * 100),
    ("speed", 10**400),
    ("text_size", 10**400),
    ("text_size", -(10**30)),
    ("cost_limit", 10**309),
    ("window_split", [99999999999999, 5]),
    ("window_split", [-1, 5]),
    ("window_split", [5]),
    ("window_split", [1, 2, 3]),
    ("strip_place", [10**17, 0]),
    ("strip_place", [0, -(10**6)]),
    ("window_geometry", "A" * 100_000),
    ("opener", "x" * 50_000),
    ("voice", {"provider": "fish", "id": "", "name": "x" * 3000}),
    ("voice", {"provider": "fish", "id": "", "name": "", "languages": ["en"] * 200}),
    ("keys", {str(number): ["F2"] for number in range(2000)}),
    ("global_keys", {"stop": ["F2"] * 50}),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_the_default_and_is_named(path: Path, name: str, value: Any) -> None:
    write(path, {"version": 1, "volume": 0.5, "speed": 2, name: value})
    settings, mended = load(path).settings, load(path).mended
    assert getattr(settings, name) == getattr(Settings(), name)
    assert len(mended) == 1
    assert name in mended[0]
    if name != "volume":
        assert settings.volume == 0.5


def test_the_file_with_the_wrong_value_is_kept_and_named(path: Path) -> None:
    write(path, {"theme": "pink", "speed": 10**400})
    content = path.read_bytes()
    for _ in range(2):
        assert "settings.json.broken" in load(path).mended[-1]
    assert [file.name for file in sorted(path.parent.iterdir())] == ["settings.json", "settings.json.broken"]
    assert path.with_name("settings.json.broken").read_bytes() == content


def test_many_wrong_values_are_told_in_one_sentence(path: Path) -> None:
    write(path, dict.fromkeys(["theme", "speed", "volume", "model", "keys"], "pink one"))
    (sentence,) = load(path).mended
    assert "5 settings" in sentence
    assert "theme, " in sentence


def test_they_are_exported_and_imported_whole() -> None:
    loaded = imported(exported(CHANGED))
    assert loaded.settings == CHANGED
    assert not loaded.mended


def test_a_model_there_is_not_is_kept_to_be_asked_about_and_an_import_says_so(path: Path) -> None:
    """It may have been retired, or be of a newer version: no other is taken in its place in silence."""
    write(path, {"model": "s9-pro"})
    assert load(path) == (Settings(model="s9-pro"), ())
    loaded = imported('{"model": "s9-pro"}')
    assert loaded.settings.model == "s9-pro"
    assert "'s9-pro'" in loaded.mended[0]


def test_what_is_wrong_in_an_import_is_its_default_and_what_is_newer_is_kept() -> None:
    loaded = imported('{"version": 9, "speed": 2.0, "theme": "pink", "waves": [1]}')
    assert loaded.settings.speed == 2.0
    assert loaded.settings.theme == "system"
    assert len(loaded.mended) == 1
    assert '"waves"' in exported(loaded.settings)


@pytest.mark.parametrize("text", ["", "{}", "[]", "7", '{"version": 1}', '{"name": "x"}', "[" * 100_000])
def test_what_is_no_settings_is_not_imported(text: str) -> None:
    with pytest.raises(InputError):
        imported(text)


def test_mending_is_told_once_because_saving_writes_what_is_used(path: Path) -> None:
    write(path, {"theme": "pink"})
    save(path, load(path).settings)
    assert not load(path).mended


@pytest.mark.parametrize("garbage", ["", "{", "[]", "null", "\x00\x01", "[" * 100_000, '{"speed": 1'])
def test_a_file_that_is_no_settings_is_put_aside_whole(path: Path, garbage: str) -> None:
    write(path, garbage)
    loaded = load(path)
    assert loaded.settings == Settings()
    assert len(loaded.mended) == 1
    assert path.with_name("settings.json.broken").read_text("utf-8") == garbage
    assert not load(path).mended


def test_bytes_that_are_no_text_are_put_aside_too(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe{}")
    assert len(load(path).mended) == 1


def test_what_a_newer_version_wrote_is_kept(path: Path) -> None:
    write(path, {"version": 7, "speed": 2.0, "phrases": [{"text": "Yes"}]})
    loaded = load(path)
    assert not loaded.mended
    save(path, replace(loaded.settings, speed=1.25))
    content = json.loads(path.read_text("utf-8"))
    assert content["version"] == 7
    assert content["phrases"] == [{"text": "Yes"}]
    assert content["speed"] == 1.25


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(
    content=st.dictionaries(
        st.sampled_from([f.name for f in fields(Settings)]) | st.text(), json_values, max_size=8
    )
)
def test_whatever_stands_in_the_file_the_settings_are_valid_and_saving_settles(
    tmp_path_factory: pytest.TempPathFactory, content: dict[str, Any]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any" / "settings.json"
    write(path, content)
    loaded = load(path)
    for entry in fields(Settings):
        value, limits = getattr(loaded.settings, entry.name), entry.metadata
        if choices := limits.get("choices"):
            assert value in choices
        elif isinstance(value, float):
            assert limits["low"] <= value <= limits["high"]
    save(path, loaded.settings)
    again = load(path)
    assert not again.mended
    assert replace(again.settings, unknown={}) == replace(loaded.settings, unknown={})


def test_only_the_user_may_read_the_file(path: Path) -> None:
    save(path, Settings())
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0


def test_a_link_is_followed(path: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "dotfiles" / "fishcaption.json"
    write(elsewhere, {})
    path.parent.mkdir()
    path.symlink_to(elsewhere)
    save(path, CHANGED)
    assert path.is_symlink()
    assert load(elsewhere).settings == CHANGED


def test_a_crash_while_saving_leaves_the_old_file_and_no_litter(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(path, CHANGED)

    def crash(_handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(KeyboardInterrupt):
        save(path, Settings())
    assert load(path).settings == CHANGED
    assert [file.name for file in path.parent.iterdir()] == ["settings.json"]


def test_a_full_disk_is_told_with_what_to_do(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(path, CHANGED)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="disk is full") as raised:
        save(path, Settings())
    assert raised.value.hint
    assert load(path).settings == CHANGED


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="could not be saved"):
        write_whole(tmp_path / "file" / "settings.json", b"")


def test_the_folders_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FISHCAPTION_CONFIG_DIR", str(tmp_path / "c"))
    monkeypatch.setenv("FISHCAPTION_DATA_DIR", str(tmp_path / "d"))
    assert settings_path() == tmp_path / "c" / "settings.json"
    assert data_dir() == tmp_path / "d"
    monkeypatch.delenv("FISHCAPTION_CONFIG_DIR")
    monkeypatch.delenv("FISHCAPTION_DATA_DIR")
    assert "fishcaption" in str(config_dir())
    assert "fishcaption" in str(data_dir())
