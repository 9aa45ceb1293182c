"""The words of a stretch of Markdown without blocks in it: links, emphasis, code, tags, formulas.

The rules are CommonMark's, with three exceptions: emphasis, of which people see more ("**Note:**this") and
less ("2*a*3") than the standard; tags, which part lines and cells; and formulas, which are left whole.

Emphasis, tags and formulas are judged by the same code as in shown text (`core.normalization.markdown`).
Links and code are not: there, a text may be cut at every sentence's end, so nothing is looked for across one;
here the whole link is known, so "[One. Two](x)", "[![a picture](p)](x)" and "``a`b``" can be read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt

from fishcaption.core.normalization.formulas import formula_end
from fishcaption.core.normalization.markdown import EMPHASIS, Emphasis, boundary_of

if TYPE_CHECKING:
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

CELL, LINE = "\ufdd0", "\ufdd1"
"""Characters that stand between cells and between lines in text that is not plain yet. No text has them."""

_FOOTNOTE: Final = re.compile(r"\[\^[^\]]*\]:?\s?")
_REFERENCE: Final = re.compile(r"\[([^\[\]]+)\]\[[^\[\]]*\]")
_MARK: Final = re.compile(EMPHASIS)


class Inline:
    """Reads stretches of Markdown, and keeps nothing of them."""

    def __init__(self) -> None:
        # Unless texts are joined, escaped signs can be told from marks.
        self._markdown = MarkdownIt("commonmark").disable(["emphasis", "text_join"])
        self._markdown.inline.ruler.before("escape", "formula", _take_formula)

    def words(self, markdown: str) -> str:
        """Return the words of the stretch, with `CELL` and `LINE` where tags part cells and lines."""
        tokens = self._markdown.parseInline(_REFERENCE.sub(r"\1", _FOOTNOTE.sub("", markdown)))
        return _words_of([child for token in tokens for child in token.children or ()])


def _take_formula(state: StateInline, silent: bool) -> bool:
    """Take a formula as it is; a rule of markdown-it."""
    end = formula_end(state.src, state.pos)
    if not end:
        return False
    if not silent:
        state.push("formula", "", 0).content = state.src[state.pos : end]
    state.pos = end
    return True


def _words_of(tokens: list[Token]) -> str:
    parts: list[str] = []
    loose: list[bool] = []  # for each part: whether a mark in it is a mark
    for token in tokens:
        words = token.content
        if token.type in ("softbreak", "hardbreak"):
            words = "\n"
        elif token.type == "html_inline" and (boundary := boundary_of(words)) is not None:
            words = {"\n": LINE, ", ": CELL, "": ""}[boundary]
        parts.append(words)
        loose.append(token.type == "text")
    return _without_marks("".join(parts), parts, loose)


def _without_marks(text: str, parts: list[str], loose: list[bool]) -> str:
    if not _MARK.search(text):
        return text
    is_loose = bytearray()
    for part, loose_part in zip(parts, loose, strict=True):
        is_loose += bytes([loose_part]) * len(part)
    emphasis = Emphasis()
    kept: list[str] = []
    at = 0
    for mark in _MARK.finditer(text):
        start, end = mark.span()
        if "\n" in text[at:start]:
            emphasis.end_line()
        if all(is_loose[start:end]) and emphasis.is_mark(text, start, end):
            kept.append(text[at:start])
            at = end
    return "".join((*kept, text[at:]))
