"""What the linters cannot see."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from tests.checkout import ROOT, project_files
from tests.conftest import allowed_skips, unlisted

THIS = Path(__file__)


def hits(pattern: str, files: Iterator[Path]) -> list[str]:
    """Where a pattern stands: file, line and text."""
    found = []
    for path in files:
        lines = path.read_text("utf-8").splitlines()
        found += [f"{path.relative_to(ROOT)}:{number}: {line.strip()}" for number, line in enumerate(lines, 1)
                  if re.search(pattern, line) and path != THIS]  # fmt: skip
    return found


def sources(folder: str = "") -> Iterator[Path]:
    return (path for path in project_files(".py") if path.is_relative_to(ROOT / folder))


def texts() -> Iterator[Path]:
    return project_files(".py", ".md", ".toml", ".txt", ".sh", ".qss", ".json", ".html", "")


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (r"\.exec_?\(", "a nested loop breaks every other task: open() and a signal"),
        (r"^\s*async\b|^[^\"#]*\bawait\b", "windows draw snapshots and give commands"),
        (r"\bprocessEvents\b", "a nested loop breaks every other task"),
        (r"\bQSettings\b", "settings are a value that is handed down"),
        (r"\b__feature__\b", "PySide is kept from looking for it: see fishcaption.app.pyside"),
    ],
)
def test_windows_wait_for_nothing(pattern: str, reason: str) -> None:
    assert hits(pattern, sources("fishcaption/ui")) == [], reason


def test_nothing_is_left_to_do_later() -> None:
    assert hits(r"\b(TODO|FIXME|XXX|HACK)\b", texts()) == []


def test_nothing_is_mocked() -> None:
    assert hits(r"\bunittest\.mock\b|\bfrom unittest import\b", sources()) == []


def test_every_suppression_has_its_reason() -> None:
    """On its line, or in a comment above it."""
    bare = re.compile(r"#\s*(noqa:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*|type:\s*ignore\[[\w, -]+\])\s*$|#\s*noqa\s*$")
    found = []
    for path in sources():
        above = ""
        for line in path.read_text("utf-8").splitlines():
            if bare.search(line) and not above.startswith("#") and path != THIS:
                found.append(f"{path.relative_to(ROOT)}: {line.strip()}")
            above = line.strip()
    assert found == []


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "constants", "misc"}
    assert [path for path in sources("fishcaption") if drawers & {path.stem, path.parent.name}] == []


def test_no_package_registry_is_named() -> None:
    hosts = r"pypi\.org|pythonhosted|npmjs|deb\.debian\.org|archive\.ubuntu|conda\.anaconda"
    assert hits(hosts, texts()) == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_the_lock_holds_exact_versions_with_hashes_and_nothing_of_a_machine(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert not re.search(r"https?:|file:|(?<![\w.-])/\w+/|--(index|find-links|trusted)", text)
    entries = re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]
    assert len(entries) > 30
    assert [
        entry for entry in entries if not re.match(r"[\w.-]+==[^ ]+ .*?--hash=sha256:", entry, re.DOTALL)
    ] == []


def pins(name: str) -> set[str]:
    return set(re.findall(r"^([\w.-]+==[^ ;]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))


def test_the_locks_are_of_one_make_and_name_every_dependency() -> None:
    assert pins("requirements.txt") <= pins("requirements-test.txt")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for lock, wanted in [
        ("requirements.txt", project["dependencies"]),
        ("requirements-test.txt", project["optional-dependencies"]["test"]),
    ]:
        locked = {pin.split("==")[0] for pin in pins(lock)}
        names = {re.match(r"[\w.-]+", line)[0].lower() for line in wanted}  # type: ignore[index]  # all match
        assert names <= locked


def test_every_allowed_skip_is_of_a_test_that_is_there() -> None:
    for pattern, _ in allowed_skips((ROOT / "tests/allowed_skips.txt").read_text("utf-8")):
        assert list(ROOT.glob(pattern.partition("::")[0])), pattern


def test_a_skip_needs_its_very_reason() -> None:
    allowed = allowed_skips("# why\n\ntests/a.py::test_* :: no cat\n")
    assert unlisted([("tests/a.py::test_x", "no cat")], allowed) == []
    assert unlisted([("tests/a.py::test_x", "no dog"), ("tests/b.py::test_x", "no cat")], allowed) == [
        "tests/a.py::test_x :: no dog",
        "tests/b.py::test_x :: no cat",
    ]


def imported_by(module: str) -> set[str]:
    """What importing one of our modules imports, in a new process."""
    program = f"import sys; before = set(sys.modules); import {module}; print(*set(sys.modules) - before)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["fishcaption.cli", "fishcaption.doctor"])
def test_the_command_line_and_the_doctor_import_nothing_that_is_slow_or_may_be_missing(module: str) -> None:
    slow = {"PySide6", "numpy", "ssl", "asyncio", "websockets", "httpx", "sounddevice", "hibari", "keyring"}
    assert imported_by(module) & slow == set()


@pytest.mark.slow
def test_every_module_can_be_parsed_by_the_oldest_python() -> None:
    for path in sources():
        ast.parse(path.read_text("utf-8"), feature_version=(3, 11))


def test_pyside_takes_no_references_of_none_and_true() -> None:
    """PySide6 6.12.0 does, on Python before 3.12; after some thousand calls the interpreter aborts."""
    program = """
import sys
from PySide6.QtCore import QObject, Signal
class Source(QObject):
    happened = Signal(object)
source = Source()
source.happened.connect(lambda value: None)
before = sys.getrefcount(None), sys.getrefcount(True)
for _ in range(500):
    source.setObjectName("x")
    source.blockSignals(False)
    source.happened.emit(1)
lost = max(before[0] - sys.getrefcount(None), before[1] - sys.getrefcount(True))
sys.exit(f"lost {lost}" if lost > 100 else 0)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_windows_show_what_is_written_as_it_is_written() -> None:
    """Qt takes what looks like HTML for HTML: `ui.widgets.labels` is the one place that decides about it."""
    found = hits(r"\bQLabel\b|\bQErrorMessage\b|\bQToolTip\b|RichText\b|\bsetHtml\b|\binsertHtml\b", others())
    assert found == [], "use ui.labels.Label"
    found = hits(r"\bQMessageBox\(|\bQMessageBox\.\w+\(", others())
    assert [hit for hit in found if "dialog_parts.py" not in hit] == [], "use ui.dialog_parts.ask"
    for path in others():
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "setToolTip":
                where = f"{path.relative_to(ROOT)}:{call.lineno}"
                assert _is_as_written(call.args[-1]), f"{where}: a tool tip has no format: as_written(…)"


def others() -> Iterator[Path]:
    """The windows' modules, but for the one that decides."""
    return (path for path in sources("fishcaption/ui") if path.name != "labels.py")


def _is_as_written(tip: ast.expr) -> bool:
    """Whether it goes through `as_written`, or is words of our own without anything put into them."""
    if isinstance(tip, ast.IfExp):
        return _is_as_written(tip.body) and _is_as_written(tip.orelse)
    if not isinstance(tip, ast.Call):
        return False
    name = getattr(tip.func, "attr", getattr(tip.func, "id", ""))
    return name == "as_written" or (name == "tr" and isinstance(tip.args[0], ast.Constant))


# -- how large a thing may be -----------------------------------------------------------------------------

LIMITS = {
    "files of a folder": 16,
    "lines of a module": 600,
    "lines of a class": 450,
    "methods of a class": 45,
    "lines of a function": 60,
    "broad handlers": 6,
    "broad handlers without a reason": 0,
    "public docstrings that begin with a question word": 0,
}


@cache
def measured() -> dict[str, Counter[str]]:
    """Of each limit: the number of everything that it is for."""
    found: dict[str, Counter[str]] = {name: Counter() for name in LIMITS}
    for file in sources("fishcaption"):
        path, text = file.relative_to(ROOT).as_posix(), file.read_text("utf-8")
        tree, lines = ast.parse(text), text.splitlines()
        found["files of a folder"][path.rpartition("/")[0]] += 1
        found["lines of a module"][path] = len(lines)
        found["public docstrings that begin with a question word"][path] = sum(
            bool(re.match(r"(What|Who|Whether|Where|How)\b", text)) for text in public_docstrings(tree)
        )
        for node in statements(tree):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                kind = "class" if isinstance(node, ast.ClassDef) else "function"
                where, length = f"{path}:{node.name}", (node.end_lineno or 0) - node.lineno + 1
                found[f"lines of a {kind}"][where] = max(length, found[f"lines of a {kind}"][where])
            if isinstance(node, ast.ClassDef):
                functions = (ast.FunctionDef, ast.AsyncFunctionDef)
                found["methods of a class"][where] = sum(isinstance(item, functions) for item in node.body)
            if isinstance(node, ast.ExceptHandler) and is_broad(node):
                found["broad handlers"]["the program"] += 1
                reason = re.sub(r".*?except.*?:\s*(#\s*(noqa: BLE001)?)?", "", lines[node.lineno - 1])
                found["broad handlers without a reason"][path] += not reason.strip()
    return found


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """The statements and handlers in it: quicker than `ast.walk`, which visits expressions, too."""
    for name in ("body", "handlers", "orelse", "finalbody", "cases"):
        for inner in getattr(node, name, ()):
            yield inner
            yield from statements(inner)


def is_broad(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException"))
        for kind in kinds
    )


def public_docstrings(tree: ast.Module | ast.ClassDef) -> Iterator[str]:
    """Those of a module and all that is public in it, of what is assigned, too."""
    yield ast.get_docstring(tree) or ""
    for before, node in pairwise([None, *tree.body]):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_docstrings(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield ast.get_docstring(node) or ""
        elif (
            isinstance(before, ast.Assign | ast.AnnAssign)
            and isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            target = before.target if isinstance(before, ast.AnnAssign) else before.targets[0]
            if not (isinstance(target, ast.Name) and target.id.startswith("_")):
                yield node.value.value


@pytest.mark.parametrize("limit", LIMITS)
def test_nothing_is_larger_than_it_may_be(limit: str) -> None:
    assert [
        f"{where}: {number} {limit}, at most {LIMITS[limit]}"
        for where, number in sorted(measured()[limit].items())
        if number > LIMITS[limit]
    ] == [], "divide it where a second subject begins"
