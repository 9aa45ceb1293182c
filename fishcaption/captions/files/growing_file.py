"""A file that grows by whole entries. What was written is never changed: it can be read while it grows.

The system hands an entry on page by page: whoever reads in the very instant of a write may find the beginning
of the newest entry. Between two writes, and after the program was killed, the file is whole.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from fishcaption.core.errors import StorageError


class GrowingFile:
    """One file, new from its first byte.

    ``file`` is a path, or an open binary stream that is this file's to close. ``header`` is written before
    the first entry; ``what`` is in it to the user. With ``is_only_new`` a file that is there is left alone,
    and FileExistsError raised. All else that fails raises StorageError; the file then ends with the last
    entry that could be written, and the next may be tried.
    """

    def __init__(
        self, file: Path | BinaryIO, header: bytes, *, what: str = "captions", is_only_new: bool = False
    ) -> None:
        self._name = str(file) if isinstance(file, Path) else "standard output"
        self._what = what
        self._header = header
        try:
            # Nothing is held back: the file is read while it grows.
            self._file: BinaryIO = (
                file.open("xb" if is_only_new else "wb", buffering=0) if isinstance(file, Path) else file
            )
        except FileExistsError:
            raise
        except OSError as error:
            raise self._complaint(error) from error
        self._size = 0  # in whole entries
        self._is_whole = self._file.seekable()  # what is half written can be taken back

    def append(self, entry: bytes) -> None:
        """Write the next entry, behind the header if it is the first."""
        data = self._header + entry
        try:
            if self._is_whole and self._file.tell() != self._size:
                self._file.seek(self._size)
            written = self._file.write(data)
            while written < len(data):
                written += self._file.write(data[written:])
        except OSError as error:
            if self._is_whole:
                # An entry that is half there would spoil the file; giving back room works on a full disk.
                with suppress(OSError):  # a device has nothing to give back; the first error is told
                    self._file.truncate(self._size)
            raise self._complaint(error) from error
        self._header = b""
        self._size += len(data)

    def close(self) -> None:
        """Close the file; closing twice is fine."""
        with suppress(OSError):  # nothing is held back that could be lost now
            self._file.close()

    def _complaint(self, error: OSError) -> StorageError:
        return StorageError(
            f"The {self._what} cannot be written to {self._name}: {error.strerror or error}.",
            hint="Choose another place, or make room on the disk.",
        )
