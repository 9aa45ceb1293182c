"""Expression tags: one private-use character each in shown text, a mark that the voice obeys in spoken text.

Typing, deleting, copying and positions stay as simple as for a letter, and no text that anybody types or
pastes can be mistaken for a tag (`without_tags` is for all text from outside). Text that is put on show
(captions, history, the clipboard) goes through `visible`.

The marks are those of the service's own lists: for S2 in brackets, docs.fish.audio, "Emotion Control"
(snippets/emotion-list-basic-s2, -tones-s2, -effects-s2, -special-s2 of fishaudio/docs at 5783e09), for S1 in
parentheses (the same lists without -s2). S2 also takes free words, which is how it is asked to speak slowly;
S1 does not, and knows no clearing of the throat: an empty mark says nothing. The embedded voice is given
S2's marks and does what it can.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, Literal, NamedTuple

from fishcaption.core.speech import Family

FIRST: Final = 0xE100
"""Code point of the first tag; the others follow. Drafts on disk hold them, so a tag keeps its place in
`TAGS` for good, and new tags are appended."""

RESERVED: Final = 0x100
"""This many code points, from `FIRST` on, are tags or may be tags in a newer version."""

Effect = Literal["pause", "softer", "louder", "slower", "faster", ""]


class Tag(NamedTuple):
    """One tag, in the order of the palette.

    ``name`` is the text of its chip, ``key`` the letter that picks it in the palette. ``s2`` and ``s1`` are
    the marks that the models take, without brackets; empty if a model has none. ``effect`` is what the
    embedded voice does; empty if it can do nothing. ``sounds`` is true if the tag is heard by itself, so that
    an utterance may be nothing else.
    """

    char: str
    name: str
    key: str
    s2: str
    s1: str
    effect: Effect = ""
    sounds: bool = False

    def mark(self, family: Family) -> str:
        """Return the mark that a voice of this family is given; empty for none."""
        if family == "s1":
            return f"({self.s1})" if self.s1 else ""
        return f"[{self.s2}]"


_Row = tuple[str, str, str, str, Effect]

_ROWS: Final[tuple[_Row, ...]] = (
    ("whispering", "w", "whispering", "whispering", "softer"),
    ("softly", "q", "soft tone", "soft tone", "softer"),
    ("emphasis", "e", "emphasis", "emphasis", ""),
    ("shouting", "l", "shouting", "shouting", "louder"),
    ("break", "b", "break", "break", "pause"),
    ("long break", "p", "long-break", "long-break", "pause"),
    ("slowly", "d", "speaking slowly", "", "slower"),
    ("hurried", "f", "in a hurry tone", "in a hurry tone", "faster"),
    ("laughing", "h", "laughing", "laughing", ""),
    ("chuckling", "k", "chuckling", "chuckling", ""),
    ("sighing", "i", "sighing", "sighing", ""),
    ("gasping", "g", "gasping", "gasping", ""),
    ("clearing the throat", "t", "clear throat", "", ""),
    ("crying", "o", "sobbing", "sobbing", ""),
    ("happy", "j", "happy", "happy", ""),
    ("excited", "x", "excited", "excited", ""),
    ("sad", "s", "sad", "sad", ""),
    ("angry", "m", "angry", "angry", ""),
    ("calm", "c", "calm", "calm", ""),
    ("surprised", "r", "surprised", "surprised", ""),
    ("nervous", "n", "nervous", "nervous", ""),
    ("sarcastic", "v", "sarcastic", "sarcastic", ""),
    ("grateful", "a", "grateful", "grateful", ""),
    ("curious", "u", "curious", "curious", ""),
)

_SOUNDS: Final = ("laughing", "chuckling", "sighing", "gasping", "clearing the throat", "crying")

TAGS: Final = tuple(
    Tag(chr(FIRST + index), *row, sounds=row[0] in _SOUNDS) for index, row in enumerate(_ROWS)
)
"""Every tag, in the order of the palette."""

_BY_CHAR: Final = {tag.char: tag for tag in TAGS}
_HIDDEN: Final = dict.fromkeys(range(FIRST, FIRST + RESERVED), "")
_REPLACED: Final = dict.fromkeys(range(FIRST, FIRST + RESERVED), "\ufffd")


def tag_of(char: str) -> Tag | None:
    """Return the tag of a character of shown text; None for every other character."""
    return _BY_CHAR.get(char)


def is_tag(char: str) -> bool:
    """Return whether the character is reserved for tags; a newer version's tag says nothing here."""
    return FIRST <= ord(char) < FIRST + RESERVED


def visible(text: str) -> str:
    """Return the text as it is put on show: without tags, and without the second of two blanks around one."""
    if text.isascii() or text.translate(_HIDDEN) == text:
        return text
    shown: list[str] = []
    follows_tag = False
    for character in text:
        if is_tag(character):
            follows_tag = True
            continue
        is_doubled = follows_tag and character == " " and (not shown or shown[-1].isspace())
        follows_tag = False
        if not is_doubled:
            shown.append(character)
    return "".join(shown)


def without_tags(text: str) -> str:
    """Return typed, pasted or opened text without tags: U+FFFD replaces each such character."""
    return text if text.isascii() else text.translate(_REPLACED)


def marks(text: str, index: int, family: Family) -> str:
    """Return the spoken text for the tag at this index: its mark, apart from the words around it."""
    tag = tag_of(text[index])
    mark = tag.mark(family) if tag else ""
    before, after = text[index - 1 : index], text[index + 1 : index + 2]
    if not mark:
        return ""
    lead = " " if before.isalnum() else ""
    tail = " " if after and not after.isspace() and not is_tag(after) else ""
    return f"{lead}{mark}{tail}"


@cache
def _literal_characters(family: Family) -> dict[int, str | int]:
    controls = (*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xFEFF)
    surrogates = range(0xD800, 0xE000)
    # Every model acts on `<|…|>`. Without the bar there is no such thing, wherever the text is cut.
    blanks = dict[int, str | int].fromkeys((*controls, *surrogates, ord("|")), " ")
    return blanks | (
        str.maketrans("()（）", "[]［］") if family == "s1" else str.maketrans("[]［］", "()（）")
    )


def literal(text: str, family: Family) -> str:
    """Return the text as it is given to a voice so that every bracket in it is read and none is acted on.

    One character stands for one, wherever the text was split: positions are the same in both. Controls, NUL
    and lone surrogates, which no voice takes, become blanks.
    """
    return text.translate(_literal_characters(family))


@cache
def _not_spoken(family: Family) -> re.Pattern[str]:
    """Return a pattern for the marks and sounds of spoken text, which are no words."""
    brackets = r"\([^()\n]{1,80}\)" if family == "s1" else r"\[[^\[\]\n]{1,80}\]"
    sounds = r"<\|phoneme_start\|>[^<>\n]{0,1100}<\|phoneme_end\|>|<\|[^|<>\n]{1,40}\|>"
    return re.compile(f"{sounds}|{brackets}")


def words_only(spoken: str, family: Family) -> str:
    """Return spoken text of the same length with blanks for marks and sounds: word times are of this text."""
    if "[" not in spoken and "(" not in spoken and "<|" not in spoken:
        return spoken
    return _not_spoken(family).sub(lambda mark: " " * len(mark.group()), spoken)


def marks_before(spoken: str, index: int, family: Family) -> int:
    """Return the start of the marks directly before this index, with which the text is said again."""
    while True:
        start = len(spoken[:index].rstrip(" "))
        found = [mark for mark in _not_spoken(family).finditer(spoken, max(0, start - 90), start)]
        if not found or found[-1].end() != start or not _is_mark(found[-1].group(), family):
            return index
        index = found[-1].start()


def _is_mark(text: str, family: Family) -> bool:
    return text[0] == ("(" if family == "s1" else "[")
