"""Markup: where what is shown and what is spoken part ways.

`literal` keeps positions: what a voice would act on becomes something it reads. `unwrap` and `Plain` make
new text before it is shown: a pasted document without its line breaks, Markdown without its marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from fishcaption.core.speech import Family
from fishcaption.core.text.incoming import Cleaner

_CONTROLS: Final = dict.fromkeys(
    (*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xFEFF), " "
)
_SURROGATES: Final = dict.fromkeys(range(0xD800, 0xE000), " ")
# Every model acts on `<|…|>`. Without the bar there is no such thing, wherever the text is cut.
_ALWAYS: Final = _CONTROLS | _SURROGATES | {ord("|"): " "}
_ROUND: Final = _ALWAYS | str.maketrans("[]［］", "()（）")
_SQUARE: Final = _ALWAYS | str.maketrans("()（）", "[]［］")


def literal(text: str, family: Family) -> str:
    """Return the text as it is given to a voice so that every bracket in it is read and none is acted on.

    One character stands for one, wherever the text was split: positions are the same in both. Controls, NUL
    and lone surrogates, which no voice takes, become blanks.
    """
    return text.translate(_SQUARE if family == "s1" else _ROUND)


_ITEM: Final = re.compile(r"[-*+•‣▪◦·–—>|#]+\s|\(?\d{1,3}[.)]\s|\(?[a-zA-Z][.)]\s|```")
_CODE: Final = re.compile(
    r"(?:.*[{}]|.*[=()<>].*;|(?:def|class|for|while|if|return|import|from)\b.*[:)])$", re.DOTALL
)
_STOPS: Final = tuple(".!?:…。！？：।؟")
_CLOSERS: Final = "\"'”’»)]」』"
_HYPHENS: Final = ("-", "‐", "\u00ad")
_HYPHENATED: Final = re.compile(r"[^\W\d_]+[-‐][^\W\d_]+")
_LEAST_COLUMNS: Final = 35  # shorter lines are verse, lists, addresses
_LONGEST_LINE: Final = 400  # code points: no page is as wide
_FULL: Final = 0.85  # in proportional type, lines of one width differ in characters
_LEAST_EVIDENCE: Final = (
    0.3  # of the full lines, that go on in lower case; German nouns begin a third of them
)
_COMPOUNDING: Final = re.compile(
    "(?:well|self|half|ex|non|all|cross|high|low|long|short|so|mid|quasi)$", re.I
)
_CONJUNCTION: Final = re.compile(r"(?:und|oder|bzw|and|or|to|et|ou|y|o|e|och|og|en|of)\b")


def unwrap(text: str) -> str:
    """Join the lines that a page layout has broken, as in text copied from a PDF; leave all others alone.

    A break is joined where the lines around it are long and of one width, the next word would not have
    fitted, and enough of such lines go on in the middle of a sentence; so verse, lists, addresses and code
    stay. A hyphen at a line's end goes between two lower-case letters, unless the word has it elsewhere in
    the text, or begins with what keeps one ("well-", "self-"). A text without such breaks is returned as is.
    """
    lines = text.splitlines()
    broken = _broken_lines([line.strip() for line in lines])
    if not any(broken):
        return text
    hyphenated: set[str] | None = None
    joined = [lines[0]]
    for is_broken, line in zip(broken, lines[1:], strict=False):
        if not is_broken:
            joined += "\n", line
            continue
        before, after = joined[-1].rstrip(), line.lstrip()
        if before.endswith(_HYPHENS) and hyphenated is None:
            hyphenated = {match.group().lower() for match in _HYPHENATED.finditer(text)}
        joined[-1:] = [*_joint(before, after, hyphenated or set()), after]
    return "".join(joined) + ("\n" if text.endswith(("\n", "\r")) else "")


class _Break(NamedTuple):
    """What is seen of the end of a line that has another one below it."""

    is_full: bool  # the next word would not have fitted
    is_open: bool  # no sentence ends here
    is_evident: bool  # the next line goes on in the middle of a sentence


def _broken_lines(lines: list[str]) -> list[bool]:
    """For each line, its outer blanks aside: whether the layout broke it."""
    broken = [False] * len(lines)
    widths = [len(line) if line.isascii() else _columns(line) for line in lines]
    if max(widths, default=0) < _LEAST_COLUMNS:
        return broken
    page = _usual_width([width for width, after in zip(widths, lines[1:], strict=False) if after])
    paragraphs: list[tuple[int, list[_Break]]] = []
    start = 0
    for end in (*(index for index, line in enumerate(lines) if not line), len(lines)):
        if end - start > 1:
            width = _usual_width(widths[start : end - 1]) if end - start > 3 else page
            if width >= _LEAST_COLUMNS:
                paragraphs.append((start, _see_breaks(lines[start:end], widths[start:end], width)))
        start = end + 1
    is_page = _is_wrapped([seen for _, breaks in paragraphs if _is_wrapped(breaks) for seen in breaks])
    for start, breaks in paragraphs:
        # A short paragraph tells little by itself; many lines that all begin as sentences do are verse.
        is_like_page = is_page and (len(breaks) < 3 or any(seen.is_evident for seen in breaks))
        if _is_wrapped(breaks) or (is_like_page and _is_regular(breaks)):
            broken[start : start + len(breaks)] = [seen.is_full for seen in breaks]
    return broken


def _see_breaks(lines: list[str], widths: list[int], width: float) -> list[_Break]:
    breaks: list[_Break] = []
    for index, (line, after) in enumerate(pairwise(lines)):
        blank = after.find(" ")
        needed = widths[index] + 1 + (blank if blank > 0 else len(after))
        is_full = (
            widths[index] > width / 2
            and (needed > _FULL * width or _is_broken_word(line, after))
            and not (_ITEM.match(after) or _CODE.match(line) or _CODE.match(after))
        )
        is_open = line.rstrip(_CLOSERS)[-1:] not in _STOPS
        breaks.append(_Break(is_full, is_open, is_full and is_open and not after[0].isupper()))
    return breaks


def _is_wrapped(breaks: list[_Break]) -> bool:
    evident = sum(seen.is_evident for seen in breaks)
    full = sum(seen.is_full for seen in breaks)
    return evident >= max(1, _LEAST_EVIDENCE * full) and _is_regular(breaks)


def _is_regular(breaks: list[_Break]) -> bool:
    """Whether hardly a line was ended by its author: short, and not at a sentence's end."""
    return sum(seen.is_open and not seen.is_full for seen in breaks) <= 0.2 * len(breaks)


def _is_broken_word(line: str, after: str) -> bool:
    return line.endswith(_HYPHENS) and line[-2:-1].isalpha() and after[0].isalpha()


def _usual_width(columns: list[int]) -> float:
    """The width of a page: what nine of ten lines do not exceed, so that one long line does not decide."""
    return sorted(columns)[int(0.9 * (len(columns) - 1))] if columns else 0


def _columns(line: str) -> int:
    # A line that is longer than any page's is not looked at more closely.
    return len(line) + (sum(map(_is_wide, line)) if len(line) < _LONGEST_LINE else 0)


def _is_wide(character: str) -> bool:
    return character >= "\u2e80" and not "\uac00" <= character <= "\ud7ff"


def _joint(before: str, after: str, hyphenated: set[str]) -> tuple[str, str]:
    """The end of a broken line as it is joined, and what comes between it and the next."""
    if before.endswith("\u00ad"):
        return before[:-1], ""
    if before.endswith(_HYPHENS) and before[-2:-1].isalnum() and after[:1].isalnum():
        first = re.split(r"[\W\d_]", before[:-1])[-1]
        second = re.split(r"[\W\d_]", after)[0]
        if _CONJUNCTION.match(after):
            return before, " "
        is_compound = _COMPOUNDING.match(first) or f"{first}-{second}".lower() in hyphenated
        return before[:-1] if before[-2].islower() and after[0].islower() and not is_compound else before, ""
    return before, "" if _is_wide(before[-1]) and _is_wide(after[0]) else " "


_QUOTE: Final = re.compile(r">\s*")
_FENCE: Final = re.compile(r"(`{3,}|~{3,})[^`]*$")
_RULE: Final = re.compile(r"[-=_*|:+\s]+$")
_UNDERLINE: Final = re.compile(r"(?:=+|-+)\s*$")
_HEADING: Final = re.compile(r"#{1,6}(?:\s+|$)")
_HEADING_END: Final = re.compile(r"(?:^|\s+)#+\s*$")
_BULLET: Final = re.compile(r"[-*+•](?:\s+|$)(?:\[[ xX]\]\s+)?")
_NUMBER: Final = re.compile(r"\d{1,9}[.)]\s")
_DEFINITION: Final = re.compile(r"\[(?!\^)[^\]]{0,200}\]:")
_UNDECIDED: Final = re.compile(
    # What may still become something else with the next character …
    r"(?:[-=_*|:+•\s]*|#{1,6}\s*|[-*+•]\s+\[?[ xX]?\]?\s*|\d{1,9}[.)]?|`{1,2}|~{1,2}|\[[^\]]{0,200}\]?)$"
    # … and what only its end explains: table rows, fences, link definitions.
    r"|\||```|~~~|\[[^\]]{0,200}\]:"
)
_CELLS: Final = re.compile(r"(?<!\\)\|")
_PAUSED: Final = re.compile(r".*[.!?:;,…。！？：；，、।؟][\"'”’»)\]」』]*\s*$", re.DOTALL)
_SPECIAL: Final = re.compile(r"[*_`\[\]<>!&\\~$]")  # all other characters stand for themselves
_SPECIAL_IN_HEADING: Final = re.compile(r"[*_`\[\]<>!&\\~$#]")
_BREAK: Final = re.compile(r"(?<=\S)(?=\s)|(?<=[\u3000-\uffef])(?=[\u3000-\uffef])")
_MAY_OPEN: Final = re.compile(r"(?:^|[\s(\[{“\"'])[*_~`#]+$|[\[\]<\\]$|&\w*$")
_SHORT_COLUMNS: Final = 55  # a line that is shorter was not wrapped, unless the next goes on in small letters
_ESCAPES_AND_CODE: Final = re.compile(r"\\.|(`+).*?\1", re.DOTALL)
_OPEN: Final = re.compile(r"`|\]\([^)]*$|<[a-zA-Z/!][^>]*$")
_OPENING_MARK: Final = re.compile(r"(?<![\w*_])[*_](?=[^\s*_])")
_CLOSING_MARK: Final = re.compile(r"(?<=[^\s*_])[*_](?![\w*_])")
_LONGEST_HELD: Final = 600  # code points that wait for the end of a link or an emphasis
_LONGEST_HELD_LINE: Final = 4000  # code points of a table row; what is longer is read as it stands

CELL, LINE = "\ufdd0", "\ufdd1"
"""Where cells and lines part, in what is not plain yet: they are characters of no text."""

_PARTED: Final = re.compile(f"[ \n]*[{CELL}{LINE}][ \n{CELL}{LINE}]*")

_Block = Literal["", "heading", "item", "text"]


@dataclass(frozen=True, slots=True)
class _Line:
    """The beginning of a line, understood: what it is, and its text so far without the marks."""

    kind: Literal["blank", "rule", "underline", "fence", "row", "definition", "heading", "item", "text"]
    text: str = ""


PLAIN_REST_SECONDS: Final = 0.2
"""When nothing was written for so long, `Plain.rest` is to be asked."""


class Plain:
    """Takes Markdown as it is written and gives the text a listener wants, as soon as it is certain.

    Marks go, words stay: of a link its text, of a picture its description, of a fence its code, line by
    line. Headings, list items and table rows end as sentences do; what only separates (rules, fences, link
    definitions, HTML tags, footnote marks) is silent. Brackets that are no link stay, and so does the number
    of an item. Indented lines are text: models indent what belongs to an item. Any split of the input gives
    the same text; after a rest a line's end stays one, where it would have become a blank.
    """

    def __init__(self) -> None:
        from fishcaption.core.normalization.inline import Inline  # slow to import, and needed only here

        self._inline = Inline()
        self._cleaner = Cleaner()
        self._plain: list[str] = []  # made, not returned yet
        self._line = ""  # the beginning of a line that is not understood yet
        self._is_flowing = False  # the line is understood, and goes on as text
        self._blanks = 0  # at the line's end: two of them mean a new line
        self._width = self._last_width = 0  # columns of the line so far, and of the one before it
        self._fence = ""
        self._block: _Block = ""
        self._held = ""  # of the block: a mark and what may belong to it, or the blanks at its end
        self._looked_to = 0  # in what is held there is no end of it before this
        self._before = ""  # the character before what is held, where that stands for itself
        self._said = ""  # the last of the block's plain text
        self._is_spaced = True  # there is nothing before, or an empty line

    def push(self, text: str) -> str:
        """Take the next Markdown; return what is certain of the plain text."""
        self._take(self._cleaner.push(text))
        return self._take_plain()

    def _take(self, text: str) -> None:
        first, *others = text.split("\n")
        self._write(first)
        for line in others:
            self._end_line()
            self._write(line)

    def rest(self) -> str:
        """Return what is complete now that nothing has come for `PLAIN_REST_SECONDS`."""
        if self._is_flowing:
            body = self._held.strip()
            if self._held and self._is_closed(self._held) and not (body and _MAY_OPEN.search(self._held)):
                self._give(len(self._held))
        elif not self._line:
            self._end_block()
        return self._take_plain()

    def close(self) -> str:
        """Return the rest; what is pushed afterwards is a new document."""
        self._take(self._cleaner.close())
        if self._line or self._is_flowing:
            self._end_line()
        self._end_block()
        self._fence = ""
        return self._take_plain()

    def _take_plain(self) -> str:
        plain = "".join(self._plain)
        self._plain.clear()
        return plain

    def _write(self, text: str) -> None:
        if not text:
            return
        self._width += len(text) if text.isascii() else _columns(text)
        if self._is_flowing:
            self._flow(text)
            return
        self._line += text
        line = None if self._fence else _read(self._line, is_whole=False)
        if line:
            self._line = ""
            self._is_flowing = True
            self._begin(line)

    def _end_line(self) -> None:
        if self._fence:
            self._end_code_line()
        elif not self._is_flowing:
            self._begin(_read(self._line, is_whole=True) or _Line("text", self._line))
        self._line = ""
        self._is_flowing = False
        self._last_width, self._width = self._width, 0
        if self._block == "heading" or self._blanks >= 2:
            self._end_block()

    def _end_code_line(self) -> None:
        line = self._line.strip()
        if line.startswith(self._fence) and not line.strip(self._fence[0]):
            self._fence = ""
        elif line:
            self._plain.append(self._line.rstrip() + "\n")
            self._is_spaced = False

    def _begin(self, line: _Line) -> None:
        """A line belongs to the block that is open, or ends it."""
        if line.kind == "text" and self._block:
            if self._held.endswith("\\") and not self._held.endswith("\\\\"):
                self._held = self._held[:-1]  # a line's end that is meant
                self._flow(f"\n{line.text}")
                return
            self._flow(("\n" if self._is_ended(line.text) else " ") + line.text)
            return
        self._end_block(is_title=line.kind == "underline")
        match line.kind:
            case "text" | "heading" | "item":
                self._block = line.kind
                self._flow(line.text)
            case "fence":
                self._fence = line.text
            case "row":
                cells = [self._render(cell.strip().replace("\\|", "|")) for cell in _CELLS.split(line.text)]
                self._block = "item"
                cells = [" ".join(_PARTED.sub(" ", cell).split()) for cell in cells]
                self._say(", ".join(cell for cell in cells if cell))
                self._end_block()
            case "blank" if not self._is_spaced:
                self._plain.append("\n")
                self._is_spaced = True
            case _:
                pass

    def _is_ended(self, following: str) -> bool:
        """Whether the author has ended the last line: in a wrapped paragraph none is as short."""
        return self._last_width < _SHORT_COLUMNS and not following[:1].islower()

    def _flow(self, text: str) -> None:
        self._held += text
        body = text.rstrip(" ")
        self._blanks = len(text) - len(body) + (0 if body else self._blanks)
        special = _SPECIAL_IN_HEADING if self._block == "heading" else _SPECIAL
        while self._held:
            mark = special.search(self._held)
            plain_end = len(self._held[: mark.start() if mark else None].rstrip())
            if plain_end:
                self._give(plain_end, is_plain=True)
            elif mark is None or not (end := self._end_of_marked()):
                return
            else:
                self._give(end)

    def _end_of_marked(self) -> int:
        """Where all that was opened in what is held has ended, 0 while that is not there."""
        for found in _BREAK.finditer(self._held, self._looked_to):
            end = found.start()
            if end > 2 * _LONGEST_HELD:
                break
            if end and (end > _LONGEST_HELD or self._is_closed(self._held[:end])):
                return end
            self._looked_to = end + 1
        self._looked_to = max(self._looked_to, len(self._held))
        return 2 * _LONGEST_HELD if len(self._held) > 2 * _LONGEST_HELD else 0

    def _is_closed(self, marked: str) -> bool:
        return is_closed(self._before + marked)

    def _give(self, end: int, *, is_plain: bool = False) -> None:
        """So much of what is held is certain."""
        marked, self._held = self._held[:end], self._held[end:]
        self._say(marked if is_plain else self._words(marked))
        self._before = marked[-1] if marked[-1:].strip() and (is_plain or marked[-1] >= "\u3000") else ""
        self._looked_to = 0

    def _words(self, marked: str) -> str:
        return self._render(self._before + marked)[len(self._before) :]

    def _end_block(self, *, is_title: bool = False) -> None:
        if self._block == "heading":
            self._held = _HEADING_END.sub("", self._held)
        self._say(self._words(self._held).rstrip())
        self._held, self._looked_to = "", 0
        if self._said.strip():
            is_sentence = is_title or self._block in ("heading", "item")
            self._plain.append(".\n" if is_sentence and not _PAUSED.match(self._said) else "\n")
            self._is_spaced = False
        self._block = ""
        self._said = self._before = ""
        self._blanks = 0

    def _say(self, plain: str) -> None:
        if not self._said or self._said.endswith("\n"):
            plain = plain.lstrip(f" \n{CELL}{LINE}")
        if CELL in plain or LINE in plain:
            plain = _PARTED.sub(lambda parted: self._parting(plain, parted), plain)
        if plain:
            self._plain.append(plain)
            self._said = (self._said + plain)[-20:]

    def _parting(self, plain: str, parted: re.Match[str]) -> str:
        if LINE in parted.group():
            return "\n"
        return " " if _PAUSED.match((self._said + plain[: parted.start()])[-20:]) else ", "

    def _render(self, markdown: str) -> str:
        """The words of a stretch of text without blocks in it."""
        core = markdown.strip()
        if not core:
            return markdown
        before = markdown[: len(markdown) - len(markdown.lstrip())]
        return before + self._inline.words(core) + markdown[len(before) + len(core) :]


def _read(line: str, *, is_whole: bool) -> _Line | None:  # one return for each kind of line
    """What a line is, by its beginning; None while more of it may change that."""
    text = line.lstrip()
    while quote := _QUOTE.match(text):
        text = text[quote.end() :]
    is_bounded = len(line) <= _LONGEST_HELD_LINE
    if not is_whole and is_bounded and _UNDECIDED.match(text):
        return None
    if is_whole and is_bounded:
        if not text:
            return _Line("blank")
        if _UNDERLINE.match(text):
            return _Line("underline")
        if _RULE.match(text):
            return _Line("rule")
        if text.startswith("|"):
            return _Line("row", text.strip().strip("|"))
        if fence := _FENCE.match(text):
            return _Line("fence", fence.group(1))
        if _DEFINITION.match(text):
            return _Line("definition")
    if marks := _HEADING.match(text):
        return _Line("heading", text[marks.end() :])
    if marks := _BULLET.match(text):
        return _Line("item", text[marks.end() :])
    return _Line("item" if _NUMBER.match(text) else "text", text)


def is_closed(text: str) -> bool:
    """Whether no link, code, formula or emphasis that begins in the text goes on after it."""
    if "$" in text or "\\" in text:
        from fishcaption.core.normalization.formulas import without_formulas

        text, is_in_formula = without_formulas(text)
        if is_in_formula:
            return False
    bare = _ESCAPES_AND_CODE.sub("", text)
    if (
        _OPEN.search(bare)
        or bare.count("[") > bare.count("]")
        or bare.count("**") % 2
        or bare.count("~~") % 2
    ):
        return False
    bare = bare.replace("**", "")
    return len(_OPENING_MARK.findall(bare)) <= len(_CLOSING_MARK.findall(bare))
