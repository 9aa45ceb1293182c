"""The doctor: the same answers where everything is there, where nothing is, and where a check hangs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

from fishcaption import doctor
from tests import rig

ROOT = Path(__file__).resolve().parents[1]
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps them in packages")


def release(text: str, tmp_path: Path) -> dict[str, str]:
    path = tmp_path / "os-release"
    path.write_text(text)
    return doctor.read_os_release(path)


@pytest.mark.parametrize(
    ("text", "codename"),
    [
        ('PRETTY_NAME="Debian 12"\nID=debian\nVERSION_CODENAME=bookworm\n', "bookworm"),
        ("ID=debian\nVERSION_CODENAME=trixie\n# a comment=x\n", "trixie"),
        ("ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\nUBUNTU_CODENAME=noble\n", "noble"),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_CODENAME=zara\nUBUNTU_CODENAME=noble\n', "noble"),
        ("ID=linuxmint\nID_LIKE=debian\nVERSION_CODENAME=gigi\nDEBIAN_CODENAME=trixie\n", "trixie"),
        ("ID=fedora\nVERSION_CODENAME=\n", ""),
        ("ID=debian\n", ""),
        ("", ""),
    ],
)
def test_it_knows_which_debian_this_is(text: str, codename: str, tmp_path: Path) -> None:
    assert doctor.debian_codename(release(text, tmp_path)) == codename


def test_no_os_release_is_no_linux_we_know(tmp_path: Path) -> None:
    assert doctor.read_os_release(tmp_path / "none") == {}


def test_the_names_are_those_of_the_release() -> None:
    assert "libglib2.0-0" in doctor.debian_packages("bookworm", tests=False)
    for codename in ("trixie", "noble", "one that is newer than this program"):
        names = doctor.debian_packages(codename, tests=False)
        assert "libglib2.0-0t64" in names
        assert "libglib2.0-0" not in names
        assert len(names) == len(set(names))


def test_the_tests_need_more_than_the_program() -> None:
    program = set(doctor.debian_packages("bookworm", tests=False))
    assert program < set(doctor.debian_packages("bookworm", tests=True))


def test_ubuntu_is_not_asked_for_a_package_that_it_has_not() -> None:
    assert "chromium" in doctor.debian_packages("bookworm", tests=True)
    assert "chromium" not in doctor.debian_packages("noble", tests=True)


def test_pipewire_is_not_thrown_out_for_pulseaudio() -> None:
    names = doctor.debian_packages("trixie", tests=True, installed=["pipewire-alsa"])
    assert not {"pulseaudio", "libasound2-plugins"} & set(names)


@pytest.mark.parametrize(
    ("os_release", "line"),
    [
        (
            {"ID": "debian", "VERSION_CODENAME": "bookworm"},
            "install --no-install-recommends libgl1 libglib2.0-0",
        ),
        ({"ID": "ubuntu", "VERSION_CODENAME": "noble"}, "libgl1 libglib2.0-0t64"),
        ({"ID": "nobara", "ID_LIKE": "fedora"}, "sudo dnf install portaudio"),
        ({"ID": "manjaro", "ID_LIKE": "arch"}, "sudo pacman -S --needed portaudio"),
        ({"ID": "opensuse-tumbleweed", "ID_LIKE": "opensuse suse"}, "sudo zypper install"),
        ({"ID": "other"}, "that hold libGL.so.1, libglib-2.0.so.0"),
    ],
)
def test_the_line_is_the_one_of_this_linux(os_release: dict[str, str], line: str) -> None:
    assert line in doctor.install_line(["libGL.so.1", "libglib-2.0.so.0"], os_release)


@linux_only
def test_what_a_library_lacks_is_seen(tmp_path: Path) -> None:
    """A part of Qt, taken away from its fellows."""
    spec = find_spec("PySide6")
    assert spec
    assert spec.submodule_search_locations
    part = shutil.copy(Path(spec.submodule_search_locations[0], "QtSvg.abi3.so"), tmp_path)
    assert "libQt6Svg.so.6" in doctor._unresolved([Path(part)])


def test_every_dependency_is_looked_for() -> None:
    """The doctor's list of modules and pyproject's of packages tell the same."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {
        line.partition(";")[0].split("=")[0].rstrip("<>~! ").lower() for line in project["dependencies"]
    }
    wanted = {name.split(">")[0].split("<")[0] for name in wanted} - {
        "py-nanotts",
        "jeepney",
    }  # not for every machine
    modules = {module for names in doctor._MODULES.values() for module in names}
    by_module = {module: {name.lower().replace("_", "-") for name in names}
                 for module, names in packages_distributions().items()}  # fmt: skip
    assert wanted == {name for module in modules for name in by_module[module]} - {"shiboken6"}


# --- probes


def test_a_probe_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "PROBE_SECONDS", 0.5)
    assert doctor._ask("import threading; threading.Event().wait()") == "no answer within 0.5 seconds"


@pytest.mark.parametrize(
    ("probe", "answer"),
    [
        ("print('chatter'); print('{\"a\": 1}')", {"a": 1}),
        ("raise ValueError('why')", "ValueError: why"),
        ("import os; os._exit(3)", "it ended with code 3"),
        ("raise SystemExit", "it ended with code 0"),
    ],
)
def test_a_probe_answers_or_its_last_words_are_told(probe: str, answer: object) -> None:
    assert doctor._ask(probe) == answer


def test_a_malformed_key_is_told_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FISH_API_KEY", "sk-12 34")
    (finding,) = doctor.check_key()
    assert finding.state == "note"
    assert "1" not in finding.text + finding.mend


def test_a_key_in_the_environment_is_found_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FISH_API_KEY", "sk-1234")
    (finding,) = doctor.check_key()
    assert (finding.state, finding.text) == ("ok", "a Fish Audio key is in the environment")


@pytest.mark.slow
def test_the_embedded_voice_speaks() -> None:
    (finding,) = doctor.check_voice()
    assert finding.state == "ok"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps them in packages")
def test_without_a_screen_the_fonts_are_looked_at_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    screen, fonts = doctor.check_window()
    assert (screen.area, screen.state) == ("Screen", "note")
    assert fonts.area == "Fonts"


# --- the whole


def doctor_of(*python: str, **environment: str) -> tuple[int, dict[str, dict[str, str]]]:
    """Run the doctor in another Python; its exit code, and its findings by area."""
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from fishcaption import doctor"
    program += "; sys.exit(doctor.run(['--json']))"
    done = subprocess.run(
        [*python, "-c", program], env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    report = json.loads(done.stdout)
    assert report["ok"] is (done.returncode == 0)
    return done.returncode, {finding["area"]: finding for finding in report["findings"]}


def test_it_runs_where_nothing_is_installed() -> None:
    code, findings = doctor_of(getattr(sys, "_base_executable", sys.executable), "-I", "-S")
    assert code == 1
    assert findings["Packages"]["state"] in ("broken", "note")
    assert "start.py" in findings["Packages"]["mend"]


@pytest.mark.slow
@linux_only
def test_no_sound_device_is_broken_and_a_folder_that_is_no_folder_a_note(tmp_path: Path) -> None:
    (tmp_path / "asoundrc").write_text("")
    (tmp_path / "file").touch()
    code, findings = doctor_of(
        sys.executable,
        ALSA_CONFIG_PATH=str(tmp_path / "asoundrc"),
        FISHCAPTION_DATA_DIR=str(tmp_path / "file"),
    )
    assert code == 1
    assert findings["Sound"]["state"] == "broken"
    assert findings["Sound"]["mend"]
    assert findings["Files"]["state"] == "note"


def test_settings_that_were_mended_and_devices_that_are_gone_are_notes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = {"name": "Call", "host_api": "PulseAudio"}
    settings = {"theme": "pink", "second_device": gone, "second_on": True}
    (tmp_path / "settings.json").write_text(json.dumps(settings))
    monkeypatch.setenv("FISHCAPTION_CONFIG_DIR", str(tmp_path))
    monkeypatch.setattr(doctor, "_devices", lambda: {("Speakers", "PulseAudio")})
    mended, device = doctor.check_chosen()
    assert (mended.area, mended.state) == ("Settings", "note")
    assert "theme" in mended.text
    assert (device.area, device.state) == ("Sound", "note")
    assert "Call" in device.text
    monkeypatch.setattr(doctor, "_devices", lambda: {("Call", "PulseAudio")})
    assert doctor.check_chosen() == [mended]
    monkeypatch.setattr(doctor, "_devices", lambda: None)
    assert doctor.check_chosen() == [mended]


def test_the_words_tell_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [doctor.Finding("Sound", "broken", "There is none.", "Plug one in.")]
    monkeypatch.setattr(doctor, "CHECKS", (doctor.check_python, lambda: found))
    assert doctor.run([]) == 1
    out = capsys.readouterr().out
    assert "FIX   Sound     There is none.\n                -> Plug one in.\n" in out
    assert out.endswith("fishcaption cannot speak here yet: mend what is marked FIX (1).\n")


@pytest.mark.slow
@pytest.mark.skipif(bool(rig.missing()), reason=rig.missing())
def test_with_a_sound_device_it_can_speak(tmp_path: Path) -> None:
    with rig.Rig(tmp_path, sinks=[rig.Sink("Speakers")]) as sound:
        code, findings = doctor_of(sys.executable, **sound.environment)
    assert code == 0, findings
    assert findings["Sound"]["state"] in ("ok", "note")
    assert "Speakers" in findings["Sound"]["text"]
