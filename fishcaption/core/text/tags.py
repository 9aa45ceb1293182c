"""Expression tags: one private-use character each in what is shown, a mark that the voice obeys in what is
spoken.

Typing, deleting, copying and positions stay as simple as for a letter, and no text that anybody types or
pastes can be mistaken for a tag (`without_tags` is for whatever comes from outside). What is put on show
(captions, history, the clipboard) goes through `visible`.

The marks are those of the service's own lists: for S2 in brackets, docs.fish.audio, "Emotion Control"
(snippets/emotion-list-basic-s2, -tones-s2, -effects-s2, -special-s2 of fishaudio/docs at 5783e09), for S1 in
parentheses (the same lists without -s2). S2 also takes free words, which is how it is asked to speak slowly;
S1 does not, and knows no clearing of the throat: an empty mark says nothing. The embedded voice is given
S2's marks and does what it can.
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple

from fishcaption.core.speech import Family

FIRST: Final = 0xE100
"""The code point of the first tag; those of the others follow. Drafts are kept on disk with them in: a tag
keeps its place in `TAGS` for good, and new ones are put at the end."""

RESERVED: Final = 0x100
"""So many code points, from `FIRST` on, are tags now or may be in a newer version."""

Effect = Literal["pause", "softer", "louder", "slower", "faster", ""]


class Tag(NamedTuple):
    """One tag, in the order of the palette.

    ``name`` is what its chip says. ``key`` is the one letter that picks it in the palette. ``s2`` and ``s1``
    are the marks that the models take, without brackets; empty where a model has none. ``effect`` is what the
    embedded voice makes of it, empty where it can do nothing. ``sounds``: it is heard by itself, so that an
    utterance may be nothing but this.
    """

    char: str
    name: str
    key: str
    s2: str
    s1: str
    effect: Effect = ""
    sounds: bool = False

    def mark(self, family: Family) -> str:
        """What a voice of that family is given; empty where it is given nothing."""
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
    """The tag that a character of shown text is; None for every other character."""
    return _BY_CHAR.get(char)


def is_tag(char: str) -> bool:
    """Whether the character is kept for tags: of this version, or of a newer one, which says nothing here."""
    return FIRST <= ord(char) < FIRST + RESERVED


def visible(text: str) -> str:
    """The text as it is put on show: without tags, and without the second of two blanks around one."""
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
    """Typed, pasted or opened text, in which nothing is a tag: U+FFFD stands in such a character's place."""
    return text if text.isascii() else text.translate(_REPLACED)


def marks(text: str, index: int, family: Family) -> str:
    """What stands in the spoken text for the tag at that place: its mark, apart from the words around it."""
    tag = tag_of(text[index])
    mark = tag.mark(family) if tag else ""
    before, after = text[index - 1 : index], text[index + 1 : index + 2]
    if not mark:
        return ""
    lead = " " if before.isalnum() else ""
    tail = " " if after and not after.isspace() and not is_tag(after) else ""
    return f"{lead}{mark}{tail}"


_NOT_SAID: Final = {
    family: re.compile(
        r"<\|phoneme_start\|>[^<>\n]{0,1100}<\|phoneme_end\|>|<\|[^|<>\n]{1,40}\|>|" + brackets
    )
    for family, brackets in (
        ("s2", r"\[[^\[\]\n]{1,80}\]"),
        ("s1", r"\([^()\n]{1,80}\)"),
        ("embedded", r"\[[^\[\]\n]{1,80}\]"),
    )
}


def words_only(spoken: str, family: Family) -> str:
    """Spoken text with blanks where marks and sounds stand, as long as before: what its word times are of."""
    if "[" not in spoken and "(" not in spoken and "<|" not in spoken:
        return spoken
    return _NOT_SAID[family].sub(lambda mark: " " * len(mark.group()), spoken)


def marks_before(spoken: str, index: int, family: Family) -> int:
    """Where the marks begin that stand directly before that place, for what is said again from there."""
    while True:
        start = len(spoken[:index].rstrip(" "))
        found = [mark for mark in _NOT_SAID[family].finditer(spoken, max(0, start - 90), start)]
        if not found or found[-1].end() != start or not _is_mark(found[-1].group(), family):
            return index
        index = found[-1].start()


def _is_mark(text: str, family: Family) -> bool:
    return text[0] == ("(" if family == "s1" else "[")
