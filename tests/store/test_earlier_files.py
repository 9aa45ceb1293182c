"""Files that an earlier program wrote load unchanged: see `earlier_files/README.md`.

What must be there is read from the files themselves, as plain JSON, not by the stores that are tested.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from fishcaption.core.phrases.bank import Bank
from fishcaption.core.phrases.files import from_file
from fishcaption.core.speech import Fate
from fishcaption.store import phrases, settings_file, speech_rates
from fishcaption.store import vocabulary as vocabularies
from fishcaption.store.held_texts import HeldTexts, Unheard, held_texts_path, unheard_path
from fishcaption.store.history import Entry, History, history_path
from fishcaption.store.journal import Journal, draft_path
from fishcaption.store.settings import Settings
from tests import kept_files

FILES = Path(__file__).parent / "earlier_files"
PROFILE = "Büro Łódź"
FOLDERS = pytest.mark.parametrize("folder", [FILES, FILES / "profile"], ids=["first", "profile"])
NOT_KNOWN_THEN = "from_a_newer_version"
"""A setting that the program did not know which wrote these files."""
CHANGED = ("window_geometry", "window_split", "strip_place")
"""Settings that a start with `kept_files.start` changes: where windows stand, on a screen of another size."""


TOLD = "words that you typed"
"""The window tells of the quick box's text in such a sentence."""


def raw(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def raw_lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def plain(value: Any) -> Any:
    """The value as it comes back from JSON."""
    return json.loads(json.dumps(value))


def fail(error: object) -> None:
    pytest.fail(str(error))


# -- as the stores load them ------------------------------------------------------------------------------


@FOLDERS
def test_every_setting_has_its_value(folder: Path) -> None:
    loaded = settings_file.load(folder / "settings.json")
    assert loaded.mended == ()
    check_settings(loaded.settings, raw(folder / "settings.json"))


def check_settings(loaded: Settings, expected: dict[str, Any]) -> None:
    values = plain(asdict(loaded))
    unknown = values.pop("unknown")
    assert unknown == {name: value for name, value in expected.items() if name == NOT_KNOWN_THEN}
    latency = expected.pop("latency")  # one of the options of the service since there are more
    assert loaded.options.latency == latency
    known = expected.keys() - unknown.keys()
    assert {name: values.get(name) for name in known} == {name: expected[name] for name in known}
    assert expected.items() <= json.loads(settings_file.exported(loaded)).items()


def test_exported_settings_are_imported_whole() -> None:
    loaded = settings_file.imported((FILES / "exported-settings.json").read_text("utf-8"))
    assert loaded.mended == ()
    check_settings(loaded.settings, raw(FILES / "exported-settings.json"))


@FOLDERS
def test_every_entry_of_the_history_is_there(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "history.jsonl", tmp_path)
    history = History(tmp_path / "history.jsonl", fail)
    check_history(history, raw_lines(folder / "history.jsonl"))
    history.close()


def check_history(history: History, expected: list[dict[str, Any]]) -> None:
    assert list(reversed(history.entries())) == [
        Entry(line["id"], line["text"], line["heard_end"], Fate(line["fate"]), line["voice"], line.get("at"))
        for line in expected
    ]
    assert history.mended == 0


@FOLDERS
def test_every_phrase_is_there_with_its_key_and_colour(folder: Path) -> None:
    loaded = phrases.load(folder / "phrases.json")
    assert loaded.mended == ()
    check_phrases(loaded.bank, raw(folder / "phrases.json"))


def check_phrases(bank: Bank, expected: dict[str, Any], *, is_whole: bool = True) -> None:
    """Not `is_whole`: without what a spreadsheet has no place for (ids, the last use, empty categories)."""
    found = [without_empty(asdict(phrase)) for phrase in bank.phrases]
    wanted = [dict(phrase) for phrase in expected["phrases"]]
    categories = [without_empty(asdict(category)) for category in bank.categories]
    wanted_categories = expected["categories"]
    if not is_whole:
        for phrase in (*found, *wanted):
            phrase.pop("id")
            phrase.pop("last_used", None)
        used = {phrase.get("category") for phrase in wanted}
        wanted_categories = [category for category in wanted_categories if category["name"] in used]
    assert found == wanted
    assert categories == wanted_categories


def without_empty(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


@pytest.mark.parametrize("name", ["exported-phrases.csv", "exported-phrases.json"])
def test_exported_phrases_are_imported_whole(name: str) -> None:
    imported = from_file((FILES / name).read_bytes(), name)
    assert imported.problems == ()
    check_phrases(imported.bank, raw(FILES / "phrases.json"), is_whole=name.endswith(".json"))


@FOLDERS
def test_every_abbreviation_and_replacement_is_there(folder: Path) -> None:
    loaded = vocabularies.load(folder / "wording.json")
    assert (loaded.left_out, loaded.told) == (0, "")
    check_vocabulary(loaded, raw(folder / "wording.json"))


def check_vocabulary(loaded: vocabularies.LoadedVocabulary, expected: dict[str, Any]) -> None:
    assert dict(loaded.vocabulary.abbreviations) == expected["abbreviations"]
    assert [asdict(entry) for entry in loaded.vocabulary.replacements] == expected["replacements"]


def test_every_learned_word_is_there(tmp_path: Path) -> None:
    shutil.copy(FILES / "learned.json", tmp_path)
    learned = vocabularies.Learned(tmp_path / "learned.json", fail)
    learned.load()
    expected = raw(FILES / "learned.json")
    assert len(learned) == len(expected["words"]) > 20
    assert learned.suggestions("Der Bü", 1) == ("Bücherbus",)
    assert learned.suggestions("we visit ", 1) == ("Zürich",)
    learned.learn("Bücherbus")  # so that it writes what it has read
    learned.close()
    written = raw(tmp_path / "learned.json")
    assert written["words"].keys() == expected["words"].keys()
    del written["after"][""]["bücherbus"]
    assert written["after"] == expected["after"]
    assert written["blocked"] == expected["blocked"] != []
    del written["words"]["bücherbus"], expected["words"]["bücherbus"]
    assert written["words"] == expected["words"]


def test_every_speech_rate_is_there() -> None:
    loaded = speech_rates.load(FILES / "paces.json", fail)
    assert plain(loaded) == raw(FILES / "paces.json") != {}


@FOLDERS
def test_every_held_text_is_there(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "parked.jsonl", tmp_path)
    parked = HeldTexts(tmp_path / "parked.jsonl", fail)
    assert [(text.text, text.is_unheard) for text in reversed(parked.texts())] == [
        (line["text"], line.get("unheard", False)) for line in raw_lines(folder / "parked.jsonl")
    ]
    assert parked.mended == 0
    parked.close()


def test_what_was_not_heard_and_what_was_not_spoken_comes_back() -> None:
    unheard = Unheard(FILES / "unheard.jsonl", fail)
    assert list(unheard.restore()) == [line["text"] for line in raw_lines(FILES / "unheard.jsonl")]
    for name in ("draft.txt", "quick.txt", "profile/draft.txt"):
        journal = Journal(FILES / name, fail)
        assert journal.restore().encode() == (FILES / name).read_bytes() != b""
        journal.close()


def test_each_is_looked_for_where_it_stood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FISHCAPTION_CONFIG_DIR", str(FILES))
    monkeypatch.setenv("FISHCAPTION_DATA_DIR", str(FILES))
    for path in (
        settings_file.settings_path(),
        history_path(),
        draft_path(),
        held_texts_path(),
        unheard_path(),
        phrases.phrases_path(),
        vocabularies.vocabulary_path(),
        vocabularies.learned_path(),
        speech_rates.rates_path(),
    ):
        assert path.is_file()


# -- as the window finds and leaves them ------------------------------------------------------------------


def home(folder: Path) -> Path:
    """A home with these files, and with the profile's."""
    for root in ("config", "data"):
        (folder / root / "profiles" / PROFILE).mkdir(parents=True)
    for path in (*FILES.iterdir(), *(FILES / "profile").iterdir()):
        if path.is_file() and path.suffix != ".md" and not path.name.startswith("exported-"):
            inside = Path("profiles") / PROFILE if path.parent.name == "profile" else Path()
            root = "config" if path.name in kept_files.CONFIG else "data"
            shutil.copy(path, folder / root / inside)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_the_window_opens_and_closes_with_them_and_loses_nothing(tmp_path: Path) -> None:
    folder = home(tmp_path)
    others = files(folder / "data/profiles") | files(folder / "config/profiles")
    started = kept_files.start(folder, {}, until=[TOLD])
    assert TOLD in started.told
    check_start(started, folder)
    chosen = raw(FILES / "settings.json")["keys"]
    assert {name: started.commands[name].keys[: len(keys)] for name, keys in chosen.items()} == chosen
    assert chosen["text.hold"] == started.commands["text.hold"].keys == []
    data = folder / "data"
    check_settings_after(folder / "config/settings.json", FILES / "settings.json")
    check_history(History(data / "history.jsonl", fail), raw_lines(FILES / "history.jsonl"))
    check_phrases(phrases.load(data / "phrases.json").bank, raw(FILES / "phrases.json"))
    check_vocabulary(vocabularies.load(data / "wording.json"), raw(FILES / "wording.json"))
    assert raw(data / "learned.json") == raw(FILES / "learned.json")
    assert raw(data / "paces.json") == raw(FILES / "paces.json")
    for name in ("draft.txt", "quick.txt"):
        assert (data / name).read_bytes() == (FILES / name).read_bytes()
    held = [line["text"] for name in ("parked", "unheard") for line in raw_lines(FILES / f"{name}.jsonl")]
    assert [line["text"] for line in raw_lines(data / "parked.jsonl")] == held
    assert files(folder / "data/profiles") | files(folder / "config/profiles") == others


@pytest.mark.slow
def test_a_profile_opens_and_closes_with_them(tmp_path: Path) -> None:
    folder = home(tmp_path)
    before = files(folder)
    check_start(kept_files.start(folder, {}, FISHCAPTION_PROFILE=PROFILE), folder)
    data = folder / "data/profiles" / PROFILE
    check_settings_after(
        folder / "config/profiles" / PROFILE / "settings.json", FILES / "profile/settings.json"
    )
    for name in ("history.jsonl", "wording.json", "phrases.json", "parked.jsonl"):
        assert (data / name).read_bytes() == (FILES / "profile" / name).read_bytes()
    after = files(folder)
    assert {name: after.get(name) for name in before if "profiles" not in name} == {
        name: content for name, content in before.items() if "profiles" not in name
    }


def check_settings_after(left: Path, before: Path) -> None:
    """The settings that a window has left, which made its text a step larger and stood somewhere else."""
    loaded = settings_file.load(left).settings
    expected = raw(before)
    expected |= {name: plain(getattr(loaded, name)) for name in CHANGED}
    check_settings(loaded, expected | {"text_size": expected["text_size"] + 10})


def check_start(started: kept_files.Started, folder: Path) -> None:
    assert (started.code, started.complaints) == (0, "")
    for words in ("could not be", "cannot be used", "broken", "left out"):
        assert words not in started.told
    assert [path.name for path in folder.rglob("*.broken*")] == []
