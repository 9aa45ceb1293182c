"""PortAudio in a process that lives for it: imported, and run before other programs."""

from __future__ import annotations

import contextlib
import os
import sys
from importlib.util import find_spec, module_from_spec
from typing import Any

from fishcaption.core.errors import AudioDeviceError

if sys.platform == "linux":
    import resource

NICE = -11
REALTIME_PRIORITY = 5
SPIN_MICROSECONDS = 2_000_000


def imported() -> Any:
    """Import sounddevice, which starts PortAudio. Raises AudioDeviceError if it is missing or does not start.

    If PortAudio does not start, the module raises an error of a class of its own while it is imported. After
    a failed `import` there is no module to take the class from, so the module is made here.
    """
    if (known := sys.modules.get("sounddevice")) is not None:
        return known
    spec = find_spec("sounddevice")
    if spec is None or spec.loader is None:
        raise _no_portaudio()
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (ImportError, OSError, AttributeError, getattr(module, "PortAudioError", OSError)) as error:
        raise _no_portaudio() from error
    sys.modules["sounddevice"] = module
    return module


def _no_portaudio() -> AudioDeviceError:
    return AudioDeviceError(
        "The system's sound cannot be reached: PortAudio is missing or does not start.",
        hint="`fishcaption doctor` says what to do.",
    )


def hurry() -> None:
    """Run before other programs, as sound servers do, if the system allows it; Windows was told before.

    In real time on Linux (root, and groups like "audio"), else with the priority of a sound server. A process
    that spins is ended by the system rather than the machine by the process.
    """
    if sys.platform == "linux":
        with contextlib.suppress(PermissionError):
            resource.setrlimit(resource.RLIMIT_RTTIME, (SPIN_MICROSECONDS, SPIN_MICROSECONDS))
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(REALTIME_PRIORITY))
    if sys.platform != "win32":
        with contextlib.suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, 0, NICE)
