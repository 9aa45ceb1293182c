"""Recordings of phrases in the user's folder: real files."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest

from fishcaption.core.errors import InputError, StorageError
from fishcaption.core.phrases.bank import Bank, Phrase
from fishcaption.core.phrases.files import from_csv, to_csv
from fishcaption.store.kept_audio.flac import encoded
from fishcaption.store.messages import message_folder
from fishcaption.store.messages.message_folder import (
    export,
    imported,
    load,
    look_into,
    messages_root,
    names,
    new_path,
)

PCM = array("h", [500, -500] * 2400).tobytes()


def recording(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(PCM, 48_000))
    return path


def test_a_recording_is_named_after_its_phrase_and_never_replaced(tmp_path: Path) -> None:
    root = tmp_path / "messages"
    for wanted in ("I'm so proud of you.flac"[:-5], "I'm so proud of you 2"):
        path = new_path(root, "I'm so proud of you!")
        assert path.stem == wanted
        recording(path)
    assert new_path(root, "../../etc/passwd\n").parent == root
    assert new_path(root, "…").stem == "recording"
    assert len(new_path(root, "so " * 500).name) < 60
    assert names(root) == {"I'm so proud of you.flac", "I'm so proud of you 2.flac"}
    assert names(tmp_path / "none") == frozenset()


def test_each_profile_has_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FISHCAPTION_MESSAGES_DIR", str(tmp_path / "messages"))
    assert messages_root() == tmp_path / "messages"
    monkeypatch.setenv("FISHCAPTION_PROFILE", "work")
    assert messages_root() == tmp_path / "messages (work)"


def test_a_recording_is_read_or_told(tmp_path: Path) -> None:
    sound = load(recording(tmp_path / "Yes.flac"))
    assert (sound.pcm, sound.rate) == (PCM, 48_000)
    for content in (b"", b"fLaC", b"no sound"):
        (tmp_path / "No.flac").write_bytes(content)
        with pytest.raises(StorageError, match=r"No\.flac cannot be played"):
            load(tmp_path / "No.flac")
    with pytest.raises(StorageError, match="cannot be read"):
        load(tmp_path / "gone.flac")


def test_a_folder_becomes_phrases_by_its_table_and_by_names(tmp_path: Path) -> None:
    for name in ("one.wav", "I_love_you.FLAC", "notes.txt"):
        recording(tmp_path / name)
    (tmp_path / "list.csv").write_text("text,audio,category\nGood night.,one.wav,Family\nGone.,two.wav,\n")
    found = look_into(tmp_path)
    assert [(file.path.name, file.phrase.shown, file.phrase.category) for file in found.files] == [
        ("one.wav", "Good night.", "Family"),
        ("I_love_you.FLAC", "I love you", ""),
    ]
    assert [str(problem) for problem in found.problems] == ["two.wav is not in the folder."]
    taken = imported([(file.phrase, f"{number}.flac") for number, file in enumerate(found.files)], ())
    joined = Bank().join(taken.bank).bank
    assert [(phrase.shown, phrase.recording) for phrase in joined.phrases] == [
        ("Good night.", "0.flac"),
        ("I love you", "1.flac"),
    ]


def test_a_folder_without_recordings_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(InputError, match="no recording"):
        look_into(tmp_path)
    with pytest.raises(StorageError):
        look_into(tmp_path / "none")


def test_what_is_exported_can_be_imported_elsewhere(tmp_path: Path) -> None:
    root, away = tmp_path / "root", tmp_path / "away"
    recording(root / "Yes.flac")
    bank, phrase = Bank().add("Yes.", category="Answers", key="F1")
    bank = bank.edit(phrase.id, recording="Yes.flac")
    bank, _ = bank.add("No.")
    assert export(root, bank, away) == 1
    assert export(root, bank, root) == 1, "the folder itself"
    assert sorted(path.name for path in away.iterdir()) == ["Yes.flac", "phrases.csv"]
    (file,) = look_into(away).files
    assert (file.phrase.shown, file.phrase.category, file.phrase.recording) == ("Yes.", "Answers", "Yes.flac")
    assert load(file.path).pcm == PCM


def test_files_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_folder, "MOST_FILES", 2)
    for number in range(3):
        recording(tmp_path / f"{number}.wav")
    found = look_into(tmp_path)
    assert len(found.files) == 2
    assert "first 2" in str(found.problems[0])


@pytest.mark.parametrize("name", ["../x.flac", "/etc/x.flac", "a\\b.flac", ".x.flac", "x.exe", "C:x.wav"])
def test_a_table_names_no_file_elsewhere(name: str) -> None:
    read = from_csv(f"shown,recording\nYes.,{name}\n".encode())
    assert [phrase.recording for phrase in read.bank.phrases] == [""]


def test_tables_of_before_and_after_are_ours() -> None:
    bank, phrase = Bank().add("[laughs] Yes.")
    bank = bank.edit(phrase.id, recording="Yes.flac")
    again = from_csv(to_csv(bank)).bank.phrases[0]
    assert (again.shown, again.recording) == ("[laughs] Yes.", "Yes.flac")
    old = b'"shown","said","category","color","key","uses"\r\n"[laughs] Yes.","","","","",""\r\n'
    assert from_csv(old).bank.phrases[0].shown == "[laughs] Yes."


def test_a_text_finds_its_recording_by_its_words() -> None:
    bank, phrase = Bank().add("I'm so proud of you!", "I am so proud of you")
    assert bank.recorded("I'm so proud of you!") is None, "it has no recording"
    bank = bank.edit(phrase.id, recording="x.flac")
    for text in ("I'm so proud of you!", "  i'm so PROUD of you", "I am so proud of you."):
        assert bank.recorded(text) == bank.phrase(phrase.id)
    for text in ("I'm so proud", "I'm so proud of you two", "", "!"):
        assert bank.recorded(text) is None


def test_a_phrase_that_is_here_gets_the_others_recording() -> None:
    bank, phrase = Bank().add("Yes.", key="F1")
    other = Bank((), (Phrase("1", "Yes.", recording="Yes.flac"),))
    joined = bank.join(other)
    assert joined.known == 1
    assert joined.bank.phrase(phrase.id) == Phrase(phrase.id, "Yes.", key="F1", recording="Yes.flac")
    assert joined.bank.join(Bank((), (Phrase("1", "Yes.", recording="b.flac"),))).bank == joined.bank
