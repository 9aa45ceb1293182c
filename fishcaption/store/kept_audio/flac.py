"""FLAC: int16 mono frames to a lossless third of their size, and back.

libsndfile does it, through the bindings (`_soundfile`) that soundfile itself is built on. soundfile cannot be
used here: it imports numpy, which would be 20 MB more in the window's process, for a call that takes bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from ctypes.util import find_library
from functools import cache
from io import SEEK_CUR, SEEK_END, SEEK_SET, BytesIO
from pathlib import Path
from typing import Any, Final

from fishcaption.core.errors import StorageError

RATES: Final = range(1000, 200_000)
"""Frames a second that sound may have."""

_READ, _WRITE = 0x10, 0x20
_FLAC_16 = 0x170000 | 0x0002
_SET_COMPRESSION = 0x1301
_COMPRESSION = 0.25  # of 1.0: more costs time and saves two per cent of speech


def encoded(pcm: bytes, rate: int) -> bytes:
    """Return the frames as a FLAC file. Raises StorageError where libsndfile is not there or refuses."""
    ffi, library = _bindings()
    target = BytesIO()
    info = ffi.new("SF_INFO *")
    info.samplerate, info.channels, info.format = rate, 1, _FLAC_16
    stream, callbacks = _virtual(ffi, target)
    file = library.sf_open_virtual(stream, _WRITE, info, ffi.NULL)
    if file == ffi.NULL:
        raise StorageError("Sound could not be saved: it cannot be made smaller.")
    try:
        level = ffi.new("double *", _COMPRESSION)
        library.sf_command(file, _SET_COMPRESSION, level, ffi.sizeof("double"))
        frames = len(pcm) // 2
        written = library.sf_writef_short(file, ffi.from_buffer("short[]", pcm[: 2 * frames]), frames)
    finally:
        library.sf_close(file)
    del callbacks
    if written != frames:
        raise StorageError("Sound could not be saved: it cannot be made smaller.")
    return target.getvalue()


def decoded(content: bytes, most_frames: int) -> tuple[bytes, int] | None:
    """Return a mono FLAC file's int16 frames and their rate; None for anything else, or if it is longer."""
    ffi, library = _bindings()
    info = ffi.new("SF_INFO *")
    stream, callbacks = _virtual(ffi, BytesIO(content))
    file = library.sf_open_virtual(stream, _READ, info, ffi.NULL)
    if file == ffi.NULL:
        return None
    try:
        if info.format != _FLAC_16 or info.channels != 1 or not 0 < info.frames <= most_frames:
            return None
        frames = ffi.new("short[]", info.frames)
        read = library.sf_readf_short(file, frames, info.frames)
    finally:
        library.sf_close(file)
    del callbacks
    if read != info.frames:
        return None
    return bytes(ffi.buffer(frames)), info.samplerate


@cache
def _bindings() -> tuple[Any, Any]:
    """Return cffi's half of libsndfile and the library. Raises StorageError."""
    try:
        import _soundfile
    except ImportError as exc:
        raise _missing() from exc
    for name in _libraries():
        with suppress(OSError):
            return _soundfile.ffi, _soundfile.ffi.dlopen(name)
    raise _missing()


def _libraries() -> list[str]:
    """Return where libsndfile may be: what soundfile brings, then the system's."""
    found: list[str] = []
    with suppress(ImportError):
        import _soundfile_data

        if _soundfile_data.__file__ is not None:
            found += map(str, sorted(Path(_soundfile_data.__file__).parent.glob("libsndfile*")))
    return [*found, *filter(None, [find_library("sndfile")])]


def _missing() -> StorageError:
    return StorageError(
        "Sound cannot be saved: libsndfile is missing.", hint="Install fishcaption again, with soundfile."
    )


def _virtual(ffi: Any, file: BytesIO) -> tuple[Any, list[Any]]:
    """Return libsndfile's view of a file in memory, and its callbacks, which must live as long."""

    def length(_data: Any) -> int:
        return file.getbuffer().nbytes

    def seek(offset: int, whence: int, _data: Any) -> int:
        return file.seek(offset, (SEEK_SET, SEEK_CUR, SEEK_END)[whence])

    def read(buffer: Any, count: int, _data: Any) -> int:
        content = file.read(count)
        ffi.memmove(buffer, content, len(content))
        return len(content)

    def write(buffer: Any, count: int, _data: Any) -> int:
        return file.write(ffi.buffer(buffer, count))

    def tell(_data: Any) -> int:
        return file.tell()

    kinds: list[tuple[str, Callable[..., int]]] = [
        ("sf_vio_get_filelen", length),
        ("sf_vio_seek", seek),
        ("sf_vio_read", read),
        ("sf_vio_write", write),
        ("sf_vio_tell", tell),
    ]
    callbacks = [ffi.callback(kind, call) for kind, call in kinds]
    return ffi.new("SF_VIRTUAL_IO *", callbacks), callbacks
