"""PortAudio where it cannot be had; with a device it is tested through the player."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fishcaption.audio.engine.portaudio import imported
from fishcaption.core.errors import AudioDeviceError

FAILS = {
    "not there": "raise OSError('PortAudio library not found')",
    "too old": "raise AttributeError('Pa_Terminate')",
    "does not start": "class PortAudioError(Exception): pass\nraise PortAudioError('host error')",
}


@pytest.mark.parametrize("failure", FAILS)
def test_a_portaudio_that_fails_to_load_is_no_device(
    failure: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it fails with; and nothing half loaded is left for the next try."""
    (tmp_path / "sounddevice.py").write_text(FAILS[failure])
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    with pytest.raises(AudioDeviceError, match="PortAudio is missing"):
        imported()
    assert "sounddevice" not in sys.modules


def test_a_bug_is_no_missing_portaudio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is reported as what it is."""
    (tmp_path / "sounddevice.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    with pytest.raises(ZeroDivisionError):
        imported()
