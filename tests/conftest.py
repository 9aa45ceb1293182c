"""What every test is held to: it leaves nothing behind, and nothing warns unless the test says so.

A task, thread, child process, top-level widget or active QTimer that outlives its test fails it, and so does
a log record of WARNING or more. A test that is about a warning says which:

    @pytest.mark.logs("reconnecting", "no sound device")     # each is searched for as a regular expression

Every such pattern must then be seen. A test may be skipped only as `allowed_skips.txt` lists it.
No test sees the settings, keys or sockets of whoever runs it.
"""

from __future__ import annotations

import asyncio
import gc
import inspect
import logging
import os
import re
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import psutil
import pytest
import pytest_asyncio
from hypothesis import settings

GRACE_SECONDS = 2.0
"""How long an ending thread or process may take after its test before it counts as left behind."""

FAST_SHARE = 4
"""The fast tier, which runs for every edit, tries one of so many of Hypothesis's examples."""

ALLOWED_SKIPS = Path(__file__).with_name("allowed_skips.txt")

Leftovers = tuple[set[threading.Thread], set[int], set[Any]]
_before = pytest.StashKey[Leftovers]()


def pytest_configure(config: pytest.Config) -> None:
    """Give the whole run a home of its own before anything looks for one."""
    config.addinivalue_line("markers", "logs(*patterns): these log records of WARNING or more are expected")
    home = tempfile.TemporaryDirectory(prefix="fishcaption-tests-")
    config.add_cleanup(home.cleanup)
    os.environ.pop("FISH_API_KEY", None)
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_STYLE_OVERRIDE", "fusion")  # as the program has it
    for name, folder in [
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_RUNTIME_DIR", "run"),
        ("HOME", "."),
        ("USERPROFILE", "."),
        ("APPDATA", "appdata"),
        ("LOCALAPPDATA", "appdata"),
    ]:
        path = Path(home.name, folder)
        path.mkdir(mode=0o700, exist_ok=True)
        os.environ[name] = str(path)
    # no deadline for one example: a busy machine takes any time, and what hangs is ended by pytest-timeout
    settings.register_profile("whole", deadline=None)
    settings.register_profile("fast", deadline=None, max_examples=settings().max_examples // FAST_SHARE)
    if config.option.hypothesis_profile is None:
        settings.load_profile("fast" if "not slow" in config.option.markexpr else "whole")


# --- nothing is left behind ------------------------------------------------------------------------------


def pytest_collection_finish() -> None:
    """Keep what the modules hold out of every later search for leftovers."""
    gc.freeze()


def _process(pid: int) -> psutil.Process | None:
    try:
        return psutil.Process(pid)
    except psutil.NoSuchProcess:  # it has just ended
        return None


def _children() -> set[int]:
    if hasattr(os, "waitid"):
        try:  # to look through all processes of the machine is dear, and mostly there is nothing to find
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return set()
    return {child.pid for child in psutil.Process().children(recursive=True)}


def _qt_leftovers() -> set[Any]:
    """Top-level widgets and running timers, where a test has made a QApplication."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return set()
    from PySide6.QtCore import QCoreApplication, QEvent, QTimer
    from shiboken6 import isValid

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    kinds = {QTimer, *QTimer.__subclasses__()}
    timers = [thing for thing in gc.get_objects() if type(thing) in kinds and isValid(thing)]
    return {*widgets.QApplication.topLevelWidgets(), *(timer for timer in timers if timer.isActive())}


@pytest_asyncio.fixture
async def _tasks_end() -> AsyncIterator[None]:
    yield
    left = asyncio.all_tasks() - {asyncio.current_task()}
    if left:
        pytest.fail(f"tasks left running: {sorted(task.get_name() for task in left)}: {left}", pytrace=False)


@pytest.fixture(autouse=True)
def _nothing_is_left(request: pytest.FixtureRequest) -> None:
    """Take note of what is there before the test; what longer-lived fixtures started is not the test's."""
    if inspect.iscoroutinefunction(getattr(request.node, "obj", None)):
        request.getfixturevalue("_tasks_end")
    qt: set[Any] = set()
    if "qapp" in request.fixturenames:
        qt = _qt_leftovers()
        gc.collect()
        gc.freeze()  # what came before the test need not be looked through after it
    request.node.stash[_before] = (set(threading.enumerate()), _children(), qt)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Function) -> Iterator[None]:
    """Look at what is left once every fixture of the test is down, the event loop's executor included."""
    yield
    if (before := item.stash.get(_before, None)) is None:
        return
    threads, children, qt = before
    left: list[str] = []
    for thread in set(threading.enumerate()) - threads:
        while thread.ident is None:  # it is just being started, and cannot be joined before that
            threading.Event().wait(0.001)
        thread.join(GRACE_SECONDS)
        if thread.is_alive():
            left.append(f"thread {thread.name}")
    if new := _children() - children:
        processes = [process for process in map(_process, new) if process is not None]
        for process in psutil.wait_procs(processes, timeout=GRACE_SECONDS)[1]:
            left.append(f"process {process.pid} {' '.join(process.cmdline())}")
    if "qapp" in item.fixturenames and _qt_leftovers() - qt:
        gc.collect()  # a widget in a cycle of references is nobody's any more
        left += [f"{thing!r}" for thing in _qt_leftovers() - qt]
    if left:
        pytest.fail("left behind: " + "; ".join(left), pytrace=False)


def _empty_the_clipboard() -> None:
    """What Python has put there is freed by Qt's offscreen platform after Python's end, and crashes it."""
    gui = sys.modules.get("PySide6.QtGui")
    if gui is not None and gui.QGuiApplication.instance() is not None:
        gui.QGuiApplication.clipboard().clear()


# --- nothing warns unannounced ---------------------------------------------------------------------------


class _Warnings(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # asyncio's debug mode tells how long a step took; on a busy machine that says nothing of the code.
        if record.name != "asyncio" or not record.getMessage().startswith("Executing "):
            self.seen.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def _log_is_quiet(request: pytest.FixtureRequest) -> Iterator[None]:
    handler = _Warnings()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    expected = [pattern for mark in request.node.iter_markers("logs") for pattern in mark.args]
    surprises = [line for line in handler.seen if not any(re.search(p, line) for p in expected)]
    if surprises:
        pytest.fail("logged without being announced: " + "; ".join(surprises), pytrace=False)
    missing = [p for p in expected if not any(re.search(p, line) for line in handler.seen)]
    if missing:
        pytest.fail(f"announced but not logged: {missing}", pytrace=False)


# --- nothing is skipped unlisted -------------------------------------------------------------------------

_skipped = pytest.StashKey[list[str]]()


def allowed_skips(text: str) -> list[tuple[str, str]]:
    """The list's lines as (pattern of test ids, reason): `tests/x.py::test_* :: the reason`."""
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.rsplit(" :: ", 1) for line in lines if line and not line.startswith("#"))
    return [(pattern.strip(), reason.strip()) for pattern, reason in pairs]


def unlisted(skips: list[tuple[str, str]], allowed: list[tuple[str, str]]) -> list[str]:
    """Those of (test id, reason) that no line of the list allows."""
    return [
        f"{node} :: {reason}"
        for node, reason in skips
        if not any(fnmatchcase(node, pattern) and reason == listed for pattern, listed in allowed)
    ]


def _skips(session: pytest.Session) -> list[tuple[str, str]]:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    return [
        (report.nodeid, str(report.longrepr[2]).removeprefix("Skipped: "))
        for report in reports
        if isinstance(report.longrepr, tuple)
    ]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skip that the list does not name turns a green run red."""
    _empty_the_clipboard()
    surprises = unlisted(_skips(session), allowed_skips(ALLOWED_SKIPS.read_text("utf-8")))
    session.config.stash[_skipped] = surprises
    if surprises and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Name what was skipped without leave, above the closing line."""
    if surprises := config.stash.get(_skipped, []):
        terminalreporter.section(f"skipped, but not listed in {ALLOWED_SKIPS.name}", red=True)
        for line in surprises:
            terminalreporter.line(line)
