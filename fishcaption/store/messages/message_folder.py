"""The folder of the recordings of phrases: names for new ones, reading, folders to import and to export."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from fishcaption.core.errors import InputError, StorageError
from fishcaption.core.phrases.bank import Bank, Phrase, bank_of, recording_named
from fishcaption.core.phrases.files import Imported, Problem, from_file, to_csv
from fishcaption.core.speech import Rendered
from fishcaption.core.voices.takes import RECORDED
from fishcaption.store import intact, profiles
from fishcaption.store.kept_audio.flac import RATES, decoded
from fishcaption.store.places import make_folder, write_whole

FOLDER: Final = "FISHCAPTION_MESSAGES_DIR"
LARGEST_BYTES: Final = 64 << 20
"""Of a recording's file; a longer one cannot be a phrase."""

MOST_FILES: Final = 2000
"""Recordings that are read from one folder."""

MOST_FRAMES: Final = 300 * 48_000
"""Of a recording: five minutes at 48 kHz."""

_NAME: Final = "fishcaption messages"
_LONGEST_TEXT: Final = 40  # of a phrase, in the name of its file
_SOUND: Final = (".wav", ".flac")
_TABLES: Final = (".csv", ".tsv")
_LARGEST_TABLE: Final = 8 << 20


class FoundFile(NamedTuple):
    """A recording in a folder, and the phrase that it says."""

    path: Path
    phrase: Phrase


class FoundFolder(NamedTuple):
    """The content of a folder: phrases with their recordings, and what could not be used."""

    files: tuple[FoundFile, ...]
    problems: tuple[Problem, ...]


def messages_root() -> Path:
    """Return the folder of the recordings: see `profiles.documents_folder`."""
    return profiles.documents_folder(FOLDER, _NAME)


def new_path(root: Path, text: str) -> Path:
    """Return a free place for a recording of this text; the folder is made. Raises StorageError."""
    try:
        make_folder(root)
    except OSError as exc:
        raise StorageError(
            f"Recordings cannot be saved in {root}: {exc.strerror or exc}.",
            hint="Check that this folder may be written to.",
        ) from exc
    kept = "".join(sign if sign.isalnum() or sign in "-'" else " " for sign in text)
    stem = " ".join(kept.split())[:_LONGEST_TEXT].strip() or "recording"
    for number in range(1, 10 * MOST_FILES):
        path = root / (f"{stem}.flac" if number == 1 else f"{stem} {number}.flac")
        if recording_named(path.name) and not os.path.lexists(path):
            return path
    raise StorageError("There are too many recordings with this name.", hint="Move some of them elsewhere.")


def load(path: Path) -> Rendered:
    """Return a recording's sound, without times of words.

    Reads a file. Raises StorageError if it is not there or is no mono FLAC of at most five minutes.
    """
    try:
        content = intact.content_of(path, LARGEST_BYTES)
    except OSError as exc:
        raise StorageError(
            f"The recording {path.name} cannot be read: {exc.strerror or exc}.",
            hint="Put it back into the folder of your recordings, or record it again.",
        ) from exc
    found = decoded(content, MOST_FRAMES)
    if found is None or found[1] not in RATES:
        raise StorageError(
            f"The recording {path.name} cannot be played.", hint="Record it again, or import it again."
        )
    pcm, rate = found
    return Rendered(RECORDED, rate, pcm)


def names(root: Path) -> frozenset[str]:
    """Return the names of the recordings that are there. Reads a folder; never raises."""
    with suppress(OSError), os.scandir(root) as entries:
        return frozenset(entry.name for entry in entries if recording_named(entry.name))
    return frozenset()


def look_into(folder: Path) -> FoundFolder:
    """Return the recordings of a folder with the phrases that they say.

    A table (CSV) in it names the phrase of each file, in the form of an exported one; a file that no table
    names says what it is called. Raises InputError if there is no recording, StorageError if it cannot be
    read.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as exc:
        raise StorageError(
            f"{folder.name} cannot be read: {exc.strerror or exc}.", hint="Choose another folder."
        ) from exc
    sounds = {path.name: path for path in paths if path.suffix.casefold() in _SOUND and path.is_file()}
    problems: list[Problem] = []
    if len(sounds) > MOST_FILES:
        problems.append(Problem(0, f"Only the first {MOST_FILES} recordings were read."))
        sounds = dict(list(sounds.items())[:MOST_FILES])
    found: list[FoundFile] = []
    for table in (path for path in paths if path.suffix.casefold() in _TABLES):
        read = _table(table)
        problems += read.problems
        for phrase in read.bank.phrases:
            path = sounds.pop(phrase.recording, None) if phrase.recording else None
            if path is not None:
                found.append(FoundFile(path, phrase))
            elif phrase.recording:
                problems.append(Problem(0, f"{phrase.recording} is not in the folder."))
    for name, path in sounds.items():
        text = " ".join(Path(name).stem.replace("_", " ").split())
        found.append(FoundFile(path, Phrase("", text)))
    if not found:
        raise InputError(
            f"There is no recording in {folder.name}.",
            hint="Choose a folder with WAV or FLAC files; each becomes a phrase with the file's name.",
        )
    return FoundFolder(tuple(found), tuple(problems))


def imported(found: Iterable[tuple[Phrase, str]], problems: Iterable[Problem]) -> Imported:
    """Return phrases with the names of their recordings, to be joined. Raises InputError for none."""
    phrases = []
    told = list(problems)
    for phrase, name in found:
        try:
            (checked,) = bank_of((), [phrase]).phrases
        except InputError as error:
            told.append(Problem(0, f"{name}: {error}"))
            continue
        phrases.append(Phrase("", checked.shown, checked.said, checked.category, recording=name))
    if not phrases:
        raise InputError("None of the recordings could be used.", hint=str(told[0]) if told else "")
    return Imported(bank_of((), phrases), tuple(told))


def export(root: Path, bank: Bank, folder: Path) -> int:
    """Write the phrases as `phrases.csv` and copies of their recordings; return how many recordings.

    The folder is made; what is in it already under these names is replaced. Raises StorageError.
    """
    copied = 0
    try:
        make_folder(folder)
        for phrase in bank.phrases:
            if phrase.recording and (root / phrase.recording).is_file():
                if not (folder / phrase.recording).exists() or not (folder / phrase.recording).samefile(
                    root / phrase.recording
                ):
                    shutil.copyfile(root / phrase.recording, folder / phrase.recording)
                copied += 1
    except OSError as exc:
        raise StorageError(
            f"The recordings could not be copied to {folder.name}: {exc.strerror or exc}.",
            hint="Choose another folder, or free some space.",
        ) from exc
    write_whole(folder / "phrases.csv", to_csv(bank))
    return copied


def _table(path: Path) -> Imported:
    try:
        return from_file(intact.content_of(path, _LARGEST_TABLE), path.name)
    except OSError as exc:
        return Imported(Bank(), (Problem(0, f"{path.name} cannot be read: {exc.strerror or exc}."),))
    except InputError as error:
        return Imported(Bank(), (Problem(0, f"{path.name}: {error}"),))
