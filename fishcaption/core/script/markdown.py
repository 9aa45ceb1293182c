"""Markdown becomes a script.

A presenter does not read a heading out: it names the part that begins there. So it is a marker, with its
words as a note for the operator, and the text below it is spoken. Comments, in which tools for slides keep
notes, are notes here, too. Rules and a head of settings divide or describe the text, and are left out. All
other marks stay in the text; what is shown and spoken has none.
"""

from __future__ import annotations

import re
from typing import Final

from fishcaption.core.script import plain_text
from fishcaption.core.script.model import Script

_RULE: Final = re.compile(r"(?:[-*_][ \t]*){3,}$")
_UNDERLINE: Final = re.compile(r"(?P<first>=+)$|-{2,}$")
_FENCE: Final = re.compile(r"`{3,}|~{3,}")
_OWN_LINE: Final = re.compile(r"(?:[-*+•>|#]|\d{1,3}[.)])(?:\s|$)|\[\[|\||>")
_HARD_BREAK: Final = re.compile(r"(?:[ \t]{2,}|\\)$")
_DENSE: Final = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\u0e00-\u0eff]")
_SETTING: Final = re.compile(r"[\w-]+\s*:")
_MOST_SETTINGS: Final = 100  # lines of a head


def script_of(text: str, name: str = "", *, language: str = "en") -> Script:
    """Return the script of a Markdown text. Raises InputError for too many cues."""
    lines = _without_settings(_with_notes(text).split("\n"))
    return plain_text.parse("\n".join(_Blocks().plain(lines)), name, language=language)


class _Blocks:
    """Writes the lines of Markdown as those of a script's text, block by block."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._is_open = False  # the last line is text that may go on
        self._is_broken = False  # … and its line break is meant
        self._fence = ""

    def plain(self, lines: list[str]) -> list[str]:
        """Return the lines of the script's text."""
        for raw in lines:
            line = raw.strip()
            if self._fence or _FENCE.match(line):
                self._code(line)
            elif not line:
                self._divide()
            elif self._is_open and (underline := _UNDERLINE.match(line)):
                self._out[-1] = f"{'#' if underline['first'] else '##'} {self._out[-1]}"
                self._divide()
            elif _RULE.match(line):
                self._divide()
            else:
                self._text(line, is_broken=bool(_HARD_BREAK.search(raw)))
        return self._out

    def _code(self, line: str) -> None:
        fence = _FENCE.match(line)
        if not self._fence and fence:
            self._fence = fence[0]
        elif fence and line.startswith(self._fence):
            self._fence = ""
        if line:  # the block is one cue
            self._out.append(plain_text.as_text(line))
        self._is_open = False

    def _divide(self) -> None:
        self._out.append("")
        self._is_open = False

    def _text(self, line: str, *, is_broken: bool) -> None:
        line = line.removesuffix("\\").rstrip() if is_broken else line
        # In a script a backslash takes a whole line as it is; in Markdown it belongs to one sign, and stays.
        line = plain_text.as_text(line) if line.startswith("\\") else line
        stands_alone = bool(_OWN_LINE.match(line)) or plain_text.opens_cue(line)
        if self._is_open and not self._is_broken and not stands_alone:
            before = self._out[-1]
            is_dense = bool(_DENSE.match(before[-1:])) and bool(_DENSE.match(line[:1]))
            self._out[-1] = before + ("" if is_dense else " ") + line
        else:
            self._out.append(line)
        self._is_open, self._is_broken = not line.startswith(("#", "[[")), is_broken


def _with_notes(text: str) -> str:
    """Return the text with its comments as notes, each line of them on a line of its own."""
    parts: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        notes = [f"[[{line.strip()}]]" for line in text[start + 4 : end].split("\n") if line.strip()]
        before = text[at:start].rstrip(" \t")
        at = end + 3
        while text[at : at + 1] in (" ", "\t"):
            at += 1
        # no empty line may arise, which would divide the block
        parts += before, "" if not before or before.endswith("\n") else "\n", "\n".join(notes)
        parts.append("" if text.startswith("\n", at) else "\n")
    return "".join(parts) + text[at:]


def _without_settings(lines: list[str]) -> list[str]:
    """Return the lines without a head of settings (YAML)."""
    if len(lines) > 1 and lines[0].strip() == "---" and _SETTING.match(lines[1]):
        for number, line in enumerate(lines[1:_MOST_SETTINGS], 1):
            if line.strip() in ("---", "..."):
                return lines[number + 1 :]
            if not line.strip() or not (_SETTING.match(line) or line.startswith((" ", "\t", "#", "-"))):
                break
    return lines
