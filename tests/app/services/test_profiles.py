"""Windows of other profiles: a real start finds the window that holds the profile, or would open one."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot

from fishcaption.app.instance import InstanceServer, LaunchRequest
from fishcaption.app.services.profiles import Profiles
from fishcaption.store.places import PROFILE, data_dir
from fishcaption.store.profiles import Claim


def started(folder: Path) -> list[psutil.Process]:
    """Return the programs that have their files in this folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if "fishcaption" in process.cmdline() and process.environ().get("FISHCAPTION_DATA_DIR") == str(
                folder
            ):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return found


@pytest.mark.parametrize(("name", "own"), [("second", ""), ("", "second")])
def test_a_profile_is_opened_by_a_start_of_its_own(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, own: str
) -> None:
    """Windows of both profiles are open: the start reaches the right one, whichever profile asks for it."""
    for place in ("RUNTIME", "CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"FISHCAPTION_{place}_DIR", str(tmp_path / place))
    reached: list[tuple[str, LaunchRequest]] = []
    with ExitStack() as windows:
        for profile in (name, own):
            monkeypatch.setenv(PROFILE, profile)
            claim = windows.enter_context(Claim(data_dir()))
            assert claim.take()
            windows.enter_context(
                InstanceServer(claim, lambda given, profile=profile: reached.append((profile, given)))  # type: ignore[misc]  # mypy knows no defaults of lambdas
            )
        Profiles().open_profile(name)
        qtbot.waitUntil(lambda: bool(reached), timeout=20_000)
        qtbot.waitUntil(lambda: not started(tmp_path / "DATA"), timeout=20_000)
    assert reached == [(name, LaunchRequest())]
