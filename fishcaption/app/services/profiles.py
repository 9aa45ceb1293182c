"""Windows of other profiles: each is a program of its own."""

from __future__ import annotations

import sys

from PySide6.QtCore import QProcess, QProcessEnvironment

from fishcaption.store.places import PROFILE


class Profiles:
    """`ui.ports.ProfileService`."""

    def open_profile(self, name: str) -> None:
        """Start the program in that profile; it finds the window that is open, or opens one."""
        environment = QProcessEnvironment.systemEnvironment()
        environment.remove(PROFILE)
        other = QProcess()
        other.setProgram(sys.executable)
        other.setProcessEnvironment(environment)
        itself = [] if getattr(sys, "frozen", False) else ["-m", "fishcaption"]
        other.setArguments([*itself, *(("--profile", name) if name else ())])
        other.startDetached()  # it lives on when this window is closed
