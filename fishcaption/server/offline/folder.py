"""The folder of voices that were fetched, and of the user's own; shared by all profiles.

    piper/KEY/        a voice with its model card; `sha256.json` has the checksums that its files had
    pocket/           Pocket TTS
    own/              .onnx files of the user's, each with its .onnx.json
    references/NAME/  copies of the user's recordings, which Pocket TTS imitates
    parts/ID/         what is being fetched

A voice comes into its place by one rename, when all of it is there: so a folder is whole, or is not there.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from fishcaption.core.bounded_json import parsed
from fishcaption.core.errors import InputError, StorageError

FOLDER_VARIABLE: Final = "FISHCAPTION_VOICES_DIR"
"""The environment variable that names another folder."""
CHECKSUMS: Final = "sha256.json"

_MOST_MODELS: Final = 500
_MOST_LOOKED_AT: Final = 5000
_SMALL_FILE: Final = 1 << 20
_BLOCK: Final = 1 << 20
_MODEL: Final = ".onnx"


class FoundModel(NamedTuple):
    """A model's file and its configuration's. ``changed`` differs if one of them has been replaced."""

    key: str
    model: Path
    config: Path
    is_own: bool
    changed: tuple[int, int, int]


def root() -> Path:
    """Return the folder of all offline voices. It may not exist yet."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    if data := os.environ.get("FISHCAPTION_DATA_DIR"):
        return Path(data, "offline-voices")
    import platformdirs

    return Path(platformdirs.user_data_dir("fishcaption", appauthor=False), "offline-voices")


def own() -> Path:
    """Return the folder for voices of the user's. It may not exist yet."""
    return root() / "own"


def place(engine: str, id_: str) -> Path:
    """Return where a voice lies when it is whole."""
    return root() / "pocket" if engine == "pocket" else root() / engine / id_


def parts(id_: str) -> Path:
    """Return where a voice is gathered."""
    return root() / "parts" / id_


def models() -> tuple[FoundModel, ...]:
    """Return Piper's models that have a configuration, those that were fetched first. Never raises.

    Nothing is read of them: only names, sizes and times are looked at.
    """
    folder = root()
    found = [
        model
        for name in _names(folder / "piper")
        if (model := _model(folder / "piper" / name, f"{name}{_MODEL}", is_own=False)) is not None
    ]
    fetched = {model.key for model in found}
    for name in _names(folder / "own"):
        if name.endswith(_MODEL) and (model := _model(folder / "own", name, is_own=True)) is not None:
            if model.key in fetched:
                model = model._replace(key=f"own-{model.key}")
            found.append(model)
    return tuple(found[:_MOST_MODELS])


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder)[:_MOST_LOOKED_AT])  # noqa: PTH208  names are enough
    except OSError:
        return []


def _model(folder: Path, name: str, *, is_own: bool) -> FoundModel | None:
    model, config = folder / name, folder / f"{name}.json"
    try:
        of_model, of_config = model.stat(), config.stat()
    except OSError:
        return None
    if not stat.S_ISREG(of_model.st_mode) or not stat.S_ISREG(of_config.st_mode):
        return None
    changed = (of_model.st_mtime_ns, of_model.st_size, of_config.st_mtime_ns)
    return FoundModel(name.removesuffix(_MODEL), model, config, is_own, changed)


def reference(name: str) -> Path:
    """Return where the recordings that a voice imitates lie."""
    return root() / "references" / name


def references() -> tuple[str, ...]:
    """Return the names of the voices that imitate recordings. Never raises."""
    there = root() / "references"
    return tuple(name for name in _names(there) if not name.startswith(".") and _names(there / name))


def reference_files(name: str) -> list[Path]:
    """Return the recordings of such a voice, in order. Never raises."""
    return [reference(name) / file for file in _names(reference(name)) if file != CHECKSUMS]


def reference_changed(name: str) -> int:
    """Return a number that is another one when the recordings have been replaced. Raises OSError."""
    return reference(name).stat().st_mtime_ns


def put_reference(name: str, recordings: Sequence[Path]) -> None:
    """Copy recordings for a voice that imitates them, in place of those of before. Raises OSError."""
    gathered = parts(f"reference-{name}")
    shutil.rmtree(gathered, ignore_errors=True)
    gathered.mkdir(mode=0o700, parents=True)
    for number, recording in enumerate(recordings):
        shutil.copyfile(recording, gathered / f"{number:02}{recording.suffix}")
    put_in_place(gathered, reference(name))


def remove_reference(name: str) -> None:
    """Delete these copies; the user's recordings stay. Raises OSError."""
    _remove(reference(name))


def small_file(path: Path) -> bytes:
    """Return the content of a file of at most 1 MB. Raises OSError, also for a larger one."""
    with path.open("rb") as file:
        content = file.read(_SMALL_FILE + 1)
    if len(content) > _SMALL_FILE:
        raise OSError(f"{path.name} is larger than 1 MB")
    return content


def check(folder: Path) -> None:
    """Compare a voice's files with the checksums that they had when they were fetched; takes 0.2 s for 60 MB.

    Raises StorageError that names the first file that is missing or is another one. A folder of the user's
    has no checksums: nothing is compared.
    """
    try:
        told = parsed(small_file(folder / CHECKSUMS))
    except FileNotFoundError:
        return
    except (OSError, InputError) as error:
        raise _broken(CHECKSUMS) from error
    for name, wanted in told.items() if isinstance(told, dict) else ():
        try:
            if Path(name).name != name or sha256(folder / name) != wanted:
                raise _broken(name)
        except OSError as error:
            raise _broken(name) from error


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _broken(name: str) -> StorageError:
    return StorageError(
        f"The file {name[:100]} of this voice is not as it was fetched.",
        hint="Remove the voice, and download it again.",
    )


def write_checksums(folder: Path) -> None:
    """Write down the SHA-256 of all files of a folder. Raises OSError."""
    sums = {path.name: sha256(path) for path in sorted(folder.iterdir()) if path.is_file()}
    with (folder / CHECKSUMS).open("w", encoding="utf-8") as file:
        json.dump(sums, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def put_in_place(gathered: Path, wanted: Path) -> None:
    """Rename a folder that is whole to where it belongs. Raises OSError."""
    wanted.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if wanted.exists():
        _remove(wanted)
    gathered.rename(wanted)


def remove(engine: str, id_: str) -> None:
    """Delete a voice, and what was fetched of it so far. Raises StorageError."""
    for folder in (place(engine, id_), parts(id_)):
        try:
            _remove(folder)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise StorageError(
                f"The voice could not be removed: {error.strerror or error}.",
                hint="Close other programs that use it, and try again.",
            ) from error


def _remove(folder: Path) -> None:
    """Delete a folder: it is renamed first, so that nobody takes what is left of it for a voice."""
    going = root() / "parts" / f".going-{folder.name}"
    going.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.rmtree(going, ignore_errors=True)
    folder.rename(going)
    shutil.rmtree(going)
