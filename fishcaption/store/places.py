"""Where our files live: settings in the user's configuration folder, the draft in the data folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EDQUOT, ENOSPC
from pathlib import Path
from tempfile import mkstemp

from fishcaption.core.errors import StorageError


def config_dir() -> Path:
    """The folder of the settings; FISHCAPTION_CONFIG_DIR overrides. It need not exist yet."""
    if override := os.environ.get("FISHCAPTION_CONFIG_DIR"):
        return Path(override)
    import platformdirs  # 10 ms that a test or a portable copy does not need

    return Path(platformdirs.user_config_dir("fishcaption", appauthor=False))


def data_dir() -> Path:
    """The folder of the draft; FISHCAPTION_DATA_DIR overrides. It need not exist yet."""
    if override := os.environ.get("FISHCAPTION_DATA_DIR"):
        return Path(override)
    import platformdirs  # see above

    return Path(platformdirs.user_data_dir("fishcaption", appauthor=False))


def write_whole(path: Path, content: bytes) -> None:
    """Replace the file's content so that at every moment it is either the old or the new one, whole.

    Only this user may read what is written. A link is followed, not replaced. Raises StorageError.
    """
    target = Path(os.path.realpath(path))
    with _translated(path):
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with open(handle, "wb") as file:  # noqa: PTH123  a handle, not a path
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        if exc.errno in {ENOSPC, EDQUOT}:
            raise StorageError(
                f"The disk is full: {path.name} could not be saved.",
                hint="Free some space; nothing is lost until then.",
            ) from exc
        raise StorageError(
            f"{path.name} could not be saved in {path.parent}: {exc.strerror or exc}.",
            hint="Check that this folder exists and may be written to.",
        ) from exc
