"""The user's vocabulary as the window has it: what cannot be used is told, refused and never saved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fishcaption.app.services.vocabulary import UserVocabulary
from fishcaption.app.settings import SettingsStore
from fishcaption.core.errors import InputError, StorageError
from fishcaption.core.normalization.rules import Replacement
from fishcaption.store.journal import Writer
from fishcaption.store.settings import Settings
from fishcaption.store.vocabulary import Learned, Vocabulary, load

PAIR = [{"written": "Nguyen", "said": "win"}, {"written": "nguyen", "said": "my secret"}]


@pytest.fixture
def writer() -> Iterator[Writer]:
    writer = Writer()
    yield writer
    writer.close()


def desk_of(folder: Path, writer: Writer, told: list[StorageError]) -> UserVocabulary:
    return UserVocabulary(
        Learned(folder / "learned.json", writer=writer),
        lambda work, on_done: None,
        settings=SettingsStore(Settings()),
        writer=writer,
        on_error=told.append,
        path=folder / "wording.json",
    )


def test_what_is_left_out_is_told_and_gone_from_the_copy_once_it_is_deleted(
    tmp_path: Path, writer: Writer
) -> None:
    content = json.dumps({"abbreviations": {"brb": "be right back", "x": "my secret"}, "replacements": PAIR})
    (tmp_path / "wording.json").write_text(content)
    told: list[StorageError] = []
    desk = desk_of(tmp_path, writer, told)
    assert "wording.json.broken" in str(told[0])
    assert desk.vocabulary().replacements == (Replacement("Nguyen", "win"),)
    desk.set_vocabulary(replace(desk.vocabulary(), abbreviations={"brb": "be right back"}))
    assert writer.flush(5)
    aside = (tmp_path / "wording.json.broken").read_text()
    assert "secret" not in aside
    assert "be right back" in aside


def test_two_for_the_same_word_are_refused_and_not_saved(tmp_path: Path, writer: Writer) -> None:
    desk = desk_of(tmp_path, writer, [])
    good = Vocabulary({}, (Replacement("Nguyen", "win"),))
    desk.set_vocabulary(good)
    with pytest.raises(InputError, match="same word"):
        desk.set_vocabulary(Vocabulary({}, (Replacement("Nguyen", "win"), Replacement("NGUYEN", "x"))))
    assert desk.vocabulary() == good
    assert writer.flush(5)
    assert load(tmp_path / "wording.json").vocabulary == good


@pytest.mark.parametrize("forbids", [{"off_record": True}, {"learning": False}])
def test_nothing_is_learned_where_the_settings_forbid_it(
    tmp_path: Path, writer: Writer, forbids: dict[str, bool]
) -> None:
    settings, told = SettingsStore(Settings()), list[StorageError]()
    learned = Learned(tmp_path / "learned.json", writer=writer)
    learned.load()
    vocabulary = UserVocabulary(
        learned,
        lambda work, on_done: None,
        settings=settings,
        writer=writer,
        on_error=told.append,
        path=tmp_path / "wording.json",
    )
    vocabulary.learn("Zanzibar is far. Zanzibar is hot.")
    known = vocabulary.learned()
    assert known
    settings.change(**forbids)
    vocabulary.learn("A secret is a secret.")
    assert vocabulary.learned() == known
