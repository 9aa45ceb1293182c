r"""Formulas in LaTeX, spoken as a person reads them: "$E = mc^2$" is "E equals m c squared".

They stand between dollar signs, in ``\(…\)``, ``\[…\]`` or an environment; a single command is read, too. The
length and depth of a formula are bounded; an unknown command is spoken by its name. Dollar signs around other
text are money or stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from fishcaption.core.normalization.formula_words import (
    ACCENTS,
    BINOMIALS,
    DOTS,
    DROPPED,
    FRACTIONS,
    FUNCTIONS,
    GREEK,
    GREEK_SIGNS,
    LARGE,
    LIMITS,
    OF,
    SAME,
    SILENT,
    TEXTS,
    WORDS,
)
from fishcaption.core.text.readings import Edit

_LONGEST: Final = 2000  # code points of one formula
_LOOKED_AT: Final = 200  # code points of an unfinished formula that are looked at
_DEEPEST: Final = 12  # groups in groups; deeper ones are read without their structure

_TOKEN: Final = re.compile(r"\\[A-Za-z]+\*?|\\.|\d+(?:[.,]\d+)*|[^\W\d_]+|\s+|.", re.DOTALL)


def read(latex: str, language: str, number: Callable[[str], str]) -> str:
    """Return the words of a formula without its delimiters. ``number`` returns a number of digits in words.

    English words are used for a language without tables.
    """
    tokens = _TOKEN.findall(latex[:_LONGEST].replace("{,}", ","))
    words = _Reader(tokens, WORDS.get(language, WORDS["en"]), language, number).all()
    return re.sub(r" +(?=[,;:.)\]])|(?<=[(\[]) +", "", " ".join(filter(None, words)))


class _Reader:
    """Reads the tokens of one formula."""

    def __init__(
        self, tokens: list[str], words: Mapping[str, str], language: str, number: Callable[[str], str]
    ) -> None:
        self._tokens = tokens
        self._words = words
        self._language = language
        self._number = number
        self._at = 0
        self._depth = 0
        self._to = "to"

    def all(self) -> list[str]:
        said: list[str] = []
        while self._at < len(self._tokens):
            said += self._group("")
            self._at += 1  # a brace that closes nothing
        return said

    def _next(self) -> str:
        self._blanks()
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _blanks(self) -> None:
        while self._at < len(self._tokens) and self._tokens[self._at].isspace():
            self._at += 1

    def _group(self, closer: str) -> list[str]:
        """Return the words up to the closing token, which is not consumed."""
        said: list[str] = []
        while (token := self._next()) and token != closer and token != "}":
            said += self._term()
        return said

    def _term(self) -> list[str]:
        """Return the words of one sign, letter, number, group or command, with its powers and indexes."""
        said = self._atom()
        while (mark := self._next()) in ("^", "_", "'", "′"):
            self._at += 1
            if mark in ("'", "′"):
                said.append(self._words["prime"])
            elif mark == "_":
                said += [self._words["sub"], *self._argument()]
            else:
                said += self._power()
        return said

    def _power(self) -> list[str]:
        start = self._at
        raised = self._argument()
        written = "".join(self._tokens[start : self._at]).strip("{} ")
        if written in ("2", "3"):
            return [self._words["squared" if written == "2" else "cubed"]]
        if written.strip("\\") in ("circ", "°", "prime", "'"):
            return raised
        return [self._words["power"], *raised] if raised else []

    def _argument(self) -> list[str]:
        """Return the words of a group in braces, or of one token; of a number, its first digit."""
        token = self._next()
        if token == "{":
            return self._braced()
        if len(token) > 1 and token[0] != "\\":
            self._tokens[self._at : self._at + 1] = [token[0], token[1:]]
        return self._atom()

    def _braced(self) -> list[str]:
        self._at += 1
        if self._depth == _DEEPEST:
            return []
        self._depth += 1
        said = self._group("}")
        self._depth -= 1
        self._at += 1
        return said

    def _written(self) -> str:
        """Return the text of a group in braces as it stands."""
        if self._next() != "{":
            return ""
        start, depth = self._at + 1, 0
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            depth += (token == "{") - (token == "}")
            self._at += 1
            if not depth:
                break
        return "".join(self._tokens[start : self._at - 1])

    def _atom(self) -> list[str]:
        token = self._next()
        self._at += 1
        if token == "{":
            self._at -= 1
            return self._braced()
        if token == "^":
            return self._power()
        if token == "_":
            return [self._words["sub"], *self._argument()]
        if token.startswith("\\") and len(token) > 1:
            return self._command(token[1:].rstrip("*"))
        if token[:1].isdigit():
            return [self._number(token)]
        if token in GREEK_SIGNS:
            return [self._words[GREEK_SIGNS[token]]]
        if token.isalpha():
            return self._letters(token)
        return (
            [self._words[SAME.get(token, token)]]
            if SAME.get(token, token) in self._words
            else ([token] if token in "()[],;:.!?" else [])
        )

    def _letters(self, run: str) -> list[str]:
        if run in FUNCTIONS:
            return self._command(run)
        if run in OF and (inner := self._bracket()):
            return [run, self._words["of"], *inner]
        if len(run) > 3 or not run.isascii():
            return [run]
        return ["A" if letter == "a" and self._language == "en" else letter for letter in run]

    def _bracket(self) -> list[str]:
        """Return the single letter or number in brackets, without the brackets."""
        tokens = "".join(self._tokens[self._at : self._at + 5]).replace(" ", "")
        if re.match(r"\(\w\)", tokens):
            self._at += 1
            said = self._atom()
            self._next()
            self._at += 1
            return said
        return []

    def _command(self, name: str) -> list[str]:
        words, key = self._words, SAME.get(name, name)
        said = self._structure(name, key)
        if said is not None:
            return said
        if name in DOTS:
            return ["…"]
        if name == "\\":
            return [","]
        if key in words:
            return [words[self._to if key == "to" else key]]
        if name.lower() in GREEK:
            return [words[name.lower()]]
        return [name] if name.isalpha() and name not in SILENT else []

    def _structure(self, name: str, key: str) -> list[str] | None:
        """Return the words of a command with arguments; None if it has none."""
        words = self._words
        if name in FRACTIONS:
            return self._fraction()
        if name in BINOMIALS:
            return [*self._argument(), words["choose"], *self._argument()]
        if name == "sqrt":
            return self._root()
        if name in TEXTS:
            return [self._written().strip()]
        if name in DROPPED:
            self._written()
            return []
        if key in ACCENTS:
            return [*self._argument(), words[key]]
        if key == "vec":
            return [words[key], *self._argument()]
        if key in LARGE or name in LIMITS:
            return self._large(words.get(key, name), is_limit=name in LIMITS)
        return None

    def _fraction(self) -> list[str]:
        start = self._at
        over = self._argument()
        middle = self._at
        under = self._argument()
        parts = [
            "".join(self._tokens[first:last]).strip("{} ")
            for first, last in ((start, middle), (middle, self._at))
        ]
        if self._language == "en" and all(part.isdigit() for part in parts):
            said = self._number("/".join(parts))
            if "/" not in said:
                return [said]
        return [*over, self._words["/"], *under]

    def _root(self) -> list[str]:
        words = self._words
        order = ""
        if self._next() == "[":
            self._at += 1
            start = self._at
            said = self._group("]")
            order = "".join(self._tokens[start : self._at]).strip()
            self._at += 1
            if order == "3":
                return [words["cube"], *self._argument()]
            if order != "2":
                return [words["order"], *said, words["aus"], *self._argument()]
        return [words["root"], *self._argument()]

    def _large(self, name: str, *, is_limit: bool) -> list[str]:
        said = [name]
        has_bounds = False
        while (mark := self._next()) in ("_", "^"):
            self._at += 1
            has_bounds = True
            key = "as" if is_limit and mark == "_" else "from" if mark == "_" else "upto"
            self._to = "toward" if is_limit else "to"
            said += [self._words[key], *self._argument()]
            self._to = "to"
        return [*said, self._words["of"]] if has_bounds or not is_limit else said


# --- where they stand ------------------------------------------------------------------------------------

_KNOWN: Final = "|".join(
    sorted(
        {
            *(key for key in WORDS["en"] if key.isalpha() and len(key) > 2),
            *(key for key in SAME if key.isalpha() and key.isascii() and len(key) > 2),
            *FRACTIONS, *BINOMIALS, *DOTS, "sqrt", "le", "ge", "ne", "pi", "mu", "nu", "xi", "pm",
            *(name.title() for name in GREEK),
        }
        - {"from", "upto", "order", "root", "cube", "power", "sub", "aus", "squared", "cubed", "choose"},
        key=len, reverse=True,
    )
)  # fmt: skip
_GROUP: Final = r"\{(?:[^{}\n]|\{(?:[^{}\n]|\{[^{}\n]{0,200}\}){0,200}\}){0,300}\}"
_ENVIRONMENTS: Final = r"(?:equation|align|gather|multline|displaymath|math|eqnarray|aligned|cases)\*?"
_OPENER: Final = re.compile(
    r"(?P<escaped>\\\$)"
    r"|(?P<display>\$\$)"
    r"|(?P<inline>(?<![\w$])\$(?=[^\s$]))"
    r"|(?P<round>(?<!\\)\\\()|(?P<square>(?<!\\)\\\[)"
    rf"|(?P<environment>\\begin\{{(?P<name>{_ENVIRONMENTS})\}})"
    rf"|(?P<command>(?<![A-Za-z]{{2}})(?<![:\\/.])\\(?:{_KNOWN})(?![A-Za-z])(?:\[[^\[\]\n]{{1,9}}\])?"
    rf"(?:[ ]?{_GROUP}){{0,2}}(?:[\^_](?:{_GROUP}|\w))*)"
    rf"|(?P<script>(?<=[\w)\]}}])[\^_]{_GROUP})"
)
_INLINE: Final = re.compile(r"\$([^\s$][^$\n]{0,400}?(?<![\s\\])|[^\s$])\$(?![\w$])")
_MAYBE: Final = re.compile(r"[\\$]|[\^_]\{")
_TELLING: Final = re.compile(r"\\[A-Za-z]|[\^_]")
_PROSE: Final = re.compile(r"[^\W\d_]{4,}|[^\W\d_]{2,}\s+[^\W\d_]{2,}")
_PLAIN_MATH: Final = re.compile(r"[=+<>*/|()×·≤≥≈±-]|^[A-Za-z](?:\s*,\s*[A-Za-z])*!?$|^\d[\d.,]*(?:\\%)?$")
_OPERATED: Final = re.compile(r"\\[A-Za-z]|[\^_=+<>≤≥≈]|(?<=[\w)\s])[-*/](?=[\w(\s])")
_BEGUN: Final = re.compile(r"(?:[A-Za-z]\d?|\\[A-Za-z]+|[({|-])(?=[\s=^_+\-*/<>\\({|)]|$)")


class Found(NamedTuple):
    """Formulas of a text: their edits, and the sign that would close one that goes on behind the text."""

    edits: list[Edit]
    closer: str


def formulas(text: str, language: str, number: Callable[[str], str], closer: str = "") -> Found:
    """Return the formulas in a text; ``closer`` ends the one that the text before has left open.

    A formula between single dollars goes on to its line's end at most.
    """
    if not closer and not _MAYBE.search(text):
        return Found([], "")
    edits: list[Edit] = []
    at = ticks = counted = 0
    if closer:
        end = _close(text, 0, closer)
        at = len(text) if end is None else end
        latex = text[:at].removesuffix(closer)
        if closer == "$" and len(latex) == at and not _is_math(latex):
            at, end = 0, 0  # it was no formula
        elif latex.strip() or end:
            edits.append(_edit(text, 0, at, latex, language, number))
        if end is None:
            return Found(edits, closer)
    while opener := _OPENER.search(text, at):
        start = opener.start()
        line = max(counted, text.rfind("\n", counted, start) + 1)
        ticks = text.count("`", line, start) + (ticks if line == counted else 0)
        counted = start
        taken = _Taken(opener.end(), None) if ticks % 2 else _take(text, opener)
        if taken.latex is not None:
            edits.append(_edit(text, start, taken.end, taken.latex, language, number))
        elif opener["escaped"] and not ticks % 2:
            edits.append((start, start + 1, ""))
        if taken.closer:
            return Found(edits, taken.closer)
        at = taken.end
    return Found(edits, "")


def formula_end(text: str, at: int) -> int:
    """Return the end of the formula that begins at this place; 0 if none does, or if it is not complete."""
    opener = _OPENER.match(text, at)
    taken = _take(text, opener) if opener else None
    return taken.end if taken and taken.latex is not None and not taken.closer else 0


def without_formulas(text: str) -> tuple[str, bool]:
    """Return the text without its formulas, and whether the last formula is incomplete."""
    if not _MAYBE.search(text):
        return text, False
    parts: list[str] = []
    at = done = 0
    while opener := _OPENER.search(text, at):
        taken = _take(text, opener)
        at = taken.end
        if taken.latex is not None:
            parts.append(text[done : opener.start()])
            done = at
        if taken.closer:
            return "".join(parts), True
    return "".join((*parts, text[done:])), False


class _Taken(NamedTuple):
    """Return a formula's end, its text (None: there is none), and the sign that will close it later."""

    end: int
    latex: str | None
    closer: str = ""


def _take(text: str, opener: re.Match[str]) -> _Taken:
    at = opener.end()
    if opener["escaped"]:
        return _Taken(at, None)
    if opener["command"] or opener["script"]:
        return _Taken(at, opener.group())
    if opener["inline"]:
        whole = _INLINE.match(text, opener.start())
        if whole is not None:
            return _Taken(whole.end(), whole.group(1)) if _is_math(whole.group(1)) else _Taken(at, None)
        is_last = text.find("$", at) < 0 and text.find("\n", at) < 0
        return _Taken(len(text), text[at:], "$") if is_last and _BEGUN.match(text, at) else _Taken(at, None)
    name = opener["name"]
    closer = f"\\end{{{name}}}" if name else {"$$": "$$", "\\(": "\\)"}.get(opener.group(), "\\]")
    end = _close(text, at, closer)
    if end is None:
        if len(text) - at > _LONGEST:
            return _Taken(at, None)
        begun = text[at : at + _LOOKED_AT]
        # An escaped bracket: nothing shows yet that it begins a formula.
        is_bracket = opener.group() in ("\\(", "\\[") and not _TELLING.search(begun) and _PROSE.search(begun)
        return _Taken(at, None) if is_bracket else _Taken(len(text), text[at:], closer)
    latex = text[at : end - len(closer)]
    is_none = (closer == "\\)" and not _is_math(latex)) or (closer == "\\]" and not _OPERATED.search(latex))
    return _Taken(at, None) if is_none else _Taken(end, latex)


def _close(text: str, at: int, closer: str) -> int | None:
    """Return the end of the formula that goes on at this place; None if it is not in this text."""
    most = at + _LONGEST
    found = text.find(closer, at, most)
    line_end = text.find("\n", at, most) if closer == "$" else -1
    if line_end >= 0 and (found < 0 or line_end < found):
        return line_end
    return None if found < 0 else found + len(closer)


def _is_math(latex: str) -> bool:
    """Return whether the text between two dollar signs is a formula, not words between two amounts."""
    if _TELLING.search(latex):
        return True
    return _PROSE.search(latex) is None and _PLAIN_MATH.search(latex) is not None


def _edit(text: str, start: int, end: int, latex: str, language: str, number: Callable[[str], str]) -> Edit:
    said = read(latex, language, number)
    if said and text[start - 1 : start].isalnum() and start:
        said = f" {said}"
    blank = latex[len(latex.rstrip()) :] if end == len(text) else ""
    if said and text[end : end + 1].isalnum():
        blank = " "
    return (start, end, said + (blank if said else "\n" if "\n" in blank else ""))


_LONE_GREEK: Final = re.compile(
    f"(?<![\\w]){'(?:'}[{''.join(GREEK_SIGNS)}](?![^\\W\\d_])|[Δδ∆](?=[A-Za-z](?![A-Za-z])))"
)
_GREEK_WORD: Final = re.compile("[\u0370-\u03ff\u1f00-\u1fff]{2}")


_RAISED: Final = re.compile(r"(?<=[^\W_]|\))\^([A-Za-z])(?![\w^])")


def letters(text: str, language: str) -> list[Edit]:
    """Return edits for lone Greek letters in a text of another script, and for powers such as "x^n"."""
    if language not in WORDS:
        return []
    words = WORDS[language]
    edits: list[Edit] = []
    if not text.isascii() and not _GREEK_WORD.search(text):
        for match in _LONE_GREEK.finditer(text):
            tail = " " if text[match.end() : match.end() + 1].isalnum() else ""
            edits.append((*match.span(), words[GREEK_SIGNS.get(match.group(), "delta")] + tail))
    edits += [(*match.span(), f" {words['power']} {match.group(1)}") for match in _RAISED.finditer(text)]
    return sorted(edits)
