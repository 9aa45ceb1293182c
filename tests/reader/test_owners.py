"""Each attribute of the engine's records has one writer: design section 5, "one owner for each thing"."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import fishcaption.reader

PARTS = sorted(Path(fishcaption.reader.__file__).parent.glob("*.py"))


def written(target: ast.expr) -> list[ast.Attribute]:
    if isinstance(target, ast.Tuple):
        return [attribute for element in target.elts for attribute in written(element)]
    return [target] if isinstance(target, ast.Attribute) else []


def writes(tree: ast.AST) -> list[ast.Attribute]:
    """Every attribute that is assigned to, of whatever object."""
    found: list[ast.Attribute] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            found += [attribute for target in node.targets for attribute in written(target)]
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            found += written(node.target)
    return found


def is_of_self(attribute: ast.Attribute) -> bool:
    return isinstance(attribute.value, ast.Name) and attribute.value.id == "self"


def test_what_one_part_writes_of_another_object_no_other_part_writes() -> None:
    writers: dict[str, set[str]] = defaultdict(set)
    for path in PARTS:
        for attribute in writes(ast.parse(path.read_text("utf-8"))):
            if not is_of_self(attribute):
                writers[attribute.attr].add(path.stem)
    assert {name: parts for name, parts in writers.items() if len(parts) > 1} == {}
    assert writers["complete"] == {"production"}
    assert writers["clips"] == set(), "the list is changed in place, by playback"
    assert writers["start_frame"] == writers["is_in_player"] == writers["heard_end"] == {"playback"}


def test_nobody_looks_into_another_part() -> None:
    """But a command, which is the reader's own."""
    found = [
        f"{path.stem}: {ast.unparse(node)}"
        for path in PARTS
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not node.attr.startswith("__")
        and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "reader"))
    ]
    assert found == []
