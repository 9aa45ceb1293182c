"""Text from a program, a file or a clipboard: bytes become characters, without controls.

Sequences that control a terminal or a parser were not written by a person, so they are neither shown nor
spoken. Every kind of line end becomes ``\\n``. Characters that belong to the writing stay, visible or not
(soft hyphens, joiners, directions); `core.text.characters` drops those that are silent for a voice.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import Final

_LONGEST_STRING: Final = 4096  # code points of a terminal's title or link; a longer string is data
_JUDGED_BYTES: Final = 64  # bytes that are judged if the beginning is not clearly UTF-8

_LINE_ENDS: Final = "\n\v\f\x85\u2028\u2029"
_BODY: Final = rf"[^\x07\x1b\x9c\r{_LINE_ENDS}]"
# ECMA-48: control sequences, control strings (whose end may be another escape), all other escapes.
_CONTROL: Final = r"[0-?]{0,64}[ -/]{0,8}"
_STRING: Final = r"\x1b[\]PX^_]"
_SEQUENCE: Final = re.compile(
    rf"(?:\x1b\[|\x9b){_CONTROL}[@-~]"
    rf"|{_STRING}{_BODY}*(?:\x07|\x9c|\x1b\\|(?=\x1b))"
    rf"|{_STRING}{_BODY}{{{_LONGEST_STRING + 1},}}"
    r"|\x1b(?![\[\]PX^_])[ -/]{0,8}[0-~]"
)
_UNFINISHED: Final = re.compile(r"\x1b[\[\]PX^_]?")  # the words behind it stay
_OPEN: Final = re.compile(
    rf"(?:\x1b\[|\x9b){_CONTROL}\Z|\x1b[ -/]{{0,8}}\Z|{_STRING}{_BODY}{{0,{_LONGEST_STRING}}}\x1b?\Z"
)
_OPEN_DATA: Final = re.compile(rf"{_STRING}{_BODY}{{{_LONGEST_STRING + 1},}}\x1b?\Z")
_DATA_END: Final = re.compile(rf"\x07|\x9c|\x1b\\|(?=\x1b[^\\]|[\r{_LINE_ENDS}])")
_NO_TEXT: Final = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufff9-\ufffb\ufdd0-\ufdef"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
    + "]"
)
_RETURN: Final = re.compile(rf"\r\n?|[{_LINE_ENDS}]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Cleaner:
    """Takes text as it comes and returns it without controls, its lines ended by ``\\n``.

    Terminal sequences are dropped as a whole, wherever the text is split; text of a sequence that never ends
    stays if it may be words. Tabs stay. A lone surrogate becomes U+FFFD. Any split of a text gives the same
    result.
    """

    def __init__(self) -> None:
        self._open = ""  # the beginning of a terminal sequence
        self._is_in_data = False  # inside a sequence that holds data, up to its end
        self._is_after_return = False  # CR has ended a line: LF behind it is the same end

    def push(self, text: str) -> str:
        """Take the next text; return the part that is certain."""
        return self._clean(self._hold(self._open + text))

    def close(self) -> str:
        """Return the rest; text that is pushed afterwards is a new text."""
        rest = "" if self._is_in_data else self._clean(self._open)
        self._open, self._is_in_data, self._is_after_return = "", False, False
        return rest

    def _hold(self, text: str) -> str:
        """Hold back a terminal sequence that is not complete yet."""
        self._open = ""
        if self._is_in_data:
            end = _DATA_END.search(text)
            if end is None:
                self._open = "\x1b" if text.endswith("\x1b") else ""
                return ""
            text, self._is_in_data = text[end.end() :], False
        if "\x1b" not in text and "\x9b" not in text:
            return text
        if data := _OPEN_DATA.search(text):
            self._is_in_data = True
            self._open = "\x1b" if text.endswith("\x1b") else ""
            return _SEQUENCE.sub("", text[: data.start()])
        text = _SEQUENCE.sub("", text)
        if begun := _OPEN.search(text):
            self._open = begun.group()
            return text[: begun.start()]
        return text

    def _clean(self, text: str) -> str:
        if text.isprintable() and not self._is_after_return:
            return text
        text = _NO_TEXT.sub("", _UNFINISHED.sub("", text))
        if self._is_after_return and text:
            text, self._is_after_return = text.removeprefix("\n"), False
        if text:
            self._is_after_return = text.endswith("\r")
        return _SURROGATE.sub("\ufffd", _RETURN.sub("\n", text))


def cleaned(text: str) -> str:
    """Return typed, pasted or opened text without controls, its lines ended by ``\\n``: see `Cleaner`."""
    cleaner = Cleaner()
    return cleaner.push(text) + cleaner.close()


class Incoming:
    """Takes bytes as a program writes them and returns their text, cleaned as by `Cleaner`.

    A byte order mark tells UTF-8, UTF-16 or UTF-32. Without one, text of an alphabet is recognized as UTF-16
    or UTF-32 by its zeros and controls; all other text is read as UTF-8, with U+FFFD for bytes that are not.
    So up to three of the first bytes are held back. Any split of the bytes gives the same result.
    """

    def __init__(self) -> None:
        self._head = b""  # the beginning, until its encoding is known
        self._decode: Callable[[bytes, bool], str] | None = None
        self._cleaner = Cleaner()

    def push(self, data: bytes) -> str:
        """Take the next bytes; return the text that is certain."""
        return self._cleaner.push(self._decoded(data, is_end=False))

    def close(self) -> str:
        """Return the rest; nothing may be pushed afterwards."""
        return self._cleaner.push(self._decoded(b"", is_end=True)) + self._cleaner.close()

    def _decoded(self, data: bytes, *, is_end: bool) -> str:
        if self._decode is None:
            self._head += data
            encoding = encoding_of(self._head, is_whole=is_end)
            if encoding is None:
                return ""
            self._decode = codecs.getincrementaldecoder(encoding)("replace").decode
            data, self._head = self._head, b""
        return self._decode(data, is_end)


_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16's, with which it begins
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_STEERING: Final = frozenset(range(0x20)) - frozenset(b"\t\n\f\r\x1b")
_SURELY_BYTES: Final = 4
# (Encoding, offsets of the plane's byte and of the zero beside it, offset of the alphabet's byte) in a unit.
_WIDE: Final = (
    ("utf-32-le", (2, 3), 1),
    ("utf-32-be", (1, 0), 2),
    ("utf-16-le", (), 1),
    ("utf-16-be", (), 0),
)
_PLANES: Final = 0x10
_LEAST_SHARE: Final = 2 / 3  # of the units of a text are of an alphabet


def encoding_of(head: bytes, *, is_whole: bool) -> str | None:
    """Return Python's name of the encoding of a text with these first bytes; None if more bytes are needed.

    ``is_whole`` is true if the text has no other bytes. `Incoming` has the rules.
    """
    if len(head) < 2:
        return "utf-8" if is_whole else None
    if not is_whole and any(mark.startswith(head) for mark, _ in _MARKS):
        return None
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if (head[:1].isalnum() and 0x20 <= head[1] < 0x7F) or (head.isascii() and head.isspace()):
        return "utf-8"
    if not is_whole and len(head) < _SURELY_BYTES:
        return None
    # In UTF-16 and UTF-32, the letters of all alphabets have bytes that are controls in UTF-8.
    if not _STEERING.intersection(head[:_SURELY_BYTES]):
        return "utf-8"
    if not is_whole and len(head) < _JUDGED_BYTES:
        return None
    return next((name for name, plane, row in _WIDE if _is_wide(head[:_JUDGED_BYTES], plane, row)), "utf-8")


def _is_wide(head: bytes, plane: tuple[int, ...], row: int) -> bool:
    width = 2 + len(plane)
    if len(head) % width or any(head[at] > most for at, most in zip(plane, (_PLANES, 0), strict=False)):
        return False
    rows = head[row::width]
    # Up to general punctuation, and the halves of characters that need two units.
    return sum(byte <= 0x20 or 0xD8 <= byte < 0xE0 for byte in rows) >= _LEAST_SHARE * len(rows)
