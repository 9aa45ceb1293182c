"""The system's default sound device, found out cheaply enough to ask once a second.

PortAudio learns it only when it starts. On Linux the sound server moves the streams itself, and nothing needs
to be asked; on macOS and Windows the system is asked directly.
"""

from __future__ import annotations

import ctypes
import sys


def default_identity() -> int | str | None:
    """Return something that changes when the default output does; None where that need not be known."""
    if sys.platform == "darwin":
        return _core_audio_default()
    elif sys.platform == "win32":  # noqa: RET505  a checker for another platform sees one branch only
        return _wave_default()
    else:
        return None


if sys.platform == "darwin":

    class _Address(ctypes.Structure):
        _fields_ = (
            ("selector", ctypes.c_uint32),
            ("scope", ctypes.c_uint32),
            ("element", ctypes.c_uint32),
        )

    def _core_audio_default() -> int | None:
        """Ask for kAudioHardwarePropertyDefaultOutputDevice of the system object (1)."""
        library = ctypes.CDLL("/System/Library/Frameworks/CoreAudio.framework/CoreAudio")
        address = _Address(int.from_bytes(b"dOut"), int.from_bytes(b"glob"), 0)
        device = ctypes.c_uint32(0)
        size = ctypes.c_uint32(ctypes.sizeof(device))
        failed = library.AudioObjectGetPropertyData(
            ctypes.c_uint32(1),
            ctypes.byref(address),
            ctypes.c_uint32(0),
            None,
            ctypes.byref(size),
            ctypes.byref(device),
        )
        return None if failed else device.value


if sys.platform == "win32":
    _WAVE_MAPPER = 0xFFFFFFFF
    _DRVM_MAPPER_PREFERRED_GET = 0x2015

    class _WaveOutCaps(ctypes.Structure):
        _fields_ = (
            ("manufacturer", ctypes.c_uint16),
            ("product", ctypes.c_uint16),
            ("driver_version", ctypes.c_uint32),
            ("name", ctypes.c_wchar * 32),
            ("formats", ctypes.c_uint32),
            ("channels", ctypes.c_uint16),
            ("reserved", ctypes.c_uint16),
            ("support", ctypes.c_uint32),
        )

    def _wave_default() -> str | None:
        """Return the name of the wave mapper's preferred device, which follows the sound settings."""
        winmm = ctypes.WinDLL("winmm")
        device, status = ctypes.c_uint32(0), ctypes.c_uint32(0)
        mapper = ctypes.c_void_p(_WAVE_MAPPER)
        if winmm.waveOutMessage(
            mapper, _DRVM_MAPPER_PREFERRED_GET, ctypes.byref(device), ctypes.byref(status)
        ):
            return None
        caps = _WaveOutCaps()
        if winmm.waveOutGetDevCapsW(ctypes.c_void_p(device.value), ctypes.byref(caps), ctypes.sizeof(caps)):
            return None
        return str(caps.name)
