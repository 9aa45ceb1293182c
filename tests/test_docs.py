"""README, CONTRIBUTING and docs/ tell what is there: files, links, commands, labels, keys."""

from __future__ import annotations

import argparse
import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from fishcaption import cli, doctor
from fishcaption.server import serve
from tests import kept_files
from tests.checkout import ROOT

PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
FOR_USERS = tuple(page for page in PAGES if page.name != "CONTRIBUTING.md")
each_page = pytest.mark.parametrize("page", PAGES, ids=[path.relative_to(ROOT).as_posix() for path in PAGES])


def without_blocks(page: Path) -> str:
    """The page's text without its indented blocks of code."""
    lines = page.read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("    "))


def blocks(page: Path) -> Iterator[str]:
    """The lines of the page's indented blocks of code."""
    for line in page.read_text("utf-8").splitlines():
        if line.startswith("    ") and line.strip():
            yield line.strip()


def spans(page: Path) -> Iterator[str]:
    """What the page has between backquotes."""
    for span in re.findall(r"`([^`]+)`", without_blocks(page)):
        yield " ".join(span.split())


def anchors(page: Path) -> set[str]:
    """The names under which the headings of a page can be linked to."""
    heads = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


# -- links and files --------------------------------------------------------------------------------------


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", without_blocks(page)):
        if re.match(r"https?:", target):
            continue
        name, _, anchor = target.partition("#")
        linked = (page.parent / name).resolve() if name else page
        assert linked.exists(), f"{target} is not there"
        assert not anchor or anchor in anchors(linked), f"{target}: there is no such heading"


@each_page
def test_every_file_that_is_named_is_there(page: Path) -> None:
    """What looks like a path of the project: from its root, or from the folder `fishcaption`."""
    folders = {path.name for root in (ROOT, ROOT / "fishcaption") for path in root.iterdir() if path.is_dir()}
    for span in spans(page):
        first, slash, _ = span.partition("/")
        is_ours = bool(slash) and first in folders and not re.search(r"[\s{}*<>=]", span)
        if is_ours or re.fullmatch(r"[\w/.-]+\.(py|md|toml)", span):
            assert any((root / span).exists() for root in (ROOT, ROOT / "fishcaption")), span


def test_every_folder_of_the_program_has_its_line() -> None:
    folders = {path.parent.relative_to(ROOT) for path in (ROOT / "fishcaption").rglob("__init__.py")}
    told = set(spans(ROOT / "CONTRIBUTING.md"))
    assert [str(path) for path in sorted(folders) if f"{path.as_posix()}/" not in told] == []


# -- commands ---------------------------------------------------------------------------------------------


def commands(page: Path) -> Iterator[list[str]]:
    """The options of every command line of ours on a page, in blocks and between backquotes."""
    for line in [*blocks(page), *spans(page)]:
        for command in line.split("|"):
            try:
                words = shlex.split(re.sub(r"\s[<>]\s*\S+", "", command), comments=True)
            except ValueError:  # words with an apostrophe, not a command
                continue
            is_started = words[:2] == ["python3", "start.py"] and words[2:3] != ["test"]
            if (words[:1] == ["fishcaption"] or is_started) and "…" not in words:
                yield words[2 if is_started else 1 :]


def parse(options: list[str]) -> argparse.Namespace:
    parsers = {"serve": serve._parser, "doctor": doctor._parser}
    if options[:1] and options[0] in parsers:
        return parsers[options[0]]().parse_args(options[1:])
    return cli._parser().parse_args(options)


@each_page
def test_every_command_is_one(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("key.txt").write_text("a-key")  # its option is read by the parser
    for options in commands(page):
        try:
            parse(options)
        except SystemExit as end:
            if end.code:
                pytest.fail(f"fishcaption {shlex.join(options)}: {capsys.readouterr().err}")


def test_the_pages_have_commands() -> None:
    assert sum(1 for page in PAGES for _ in commands(page)) > 20


# -- the window -------------------------------------------------------------------------------------------


def labels() -> set[str]:
    """All words of the window, as `tr` has them, and those of the settings dialog and the outlets' form."""
    found = set()
    package = ROOT / "fishcaption"
    declared = (
        "store/settings.py",
        "captions/outlets.py",
        "captions/senders/kinds.py",
        "captions/held_back.py",
    )
    for path in (*(package / "ui").rglob("*.py"), *(package / name for name in declared)):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(bare(node.value))
    return found


def bare(label: str) -> str:
    return label.replace("&", "").removesuffix("…").removesuffix(":")


def test_every_label_is_one_of_the_window() -> None:
    """They are printed in bold, and nothing else is."""
    there = labels()
    told = {
        (page.name, " ".join(label.split()))
        for page in FOR_USERS
        for label in re.findall(r"\*\*([^*]+)\*\*", without_blocks(page))
    }
    assert len(told) > 30
    assert {(page, label) for page, label in told if bare(label) not in there} == set()


def test_the_page_of_keys_has_every_key(tmp_path: Path) -> None:
    started = kept_files.start(tmp_path, {})
    page = (ROOT / "docs" / "keys.md").read_text("utf-8")
    told = dict(re.findall(r"^\| (.+?) \| (.+?) \|$", page, re.MULTILINE))
    expected = {
        command.words: ", ".join(command.keys).replace("Return", "Enter") or "none"
        for name, command in started.commands.items()
        if not name.startswith(("phrases.say.", "text.tag.")) or command.words in told
    }
    assert {words: keys for words, keys in told.items() if words not in ("command", "---")} == expected
