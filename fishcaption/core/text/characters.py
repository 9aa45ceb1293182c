"""Characters for a voice: silent ones are dropped, and decorated ones become plain.

A voice is given the letters that a reader sees. Soft hyphens, joiners, directions and variants are silent;
wide, bold, circled, squared and joined letters and digits become plain (by Unicode's compatibility
decompositions, or by a character's name); "&eacute;" becomes "é". The shown text keeps all of them. The
functions return edits of the text, in order, that do not overlap.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from fishcaption.core.text.readings import Edit
from fishcaption.core.text.segmentation import is_dense
from fishcaption.core.text.tags import is_tag

# Unicode's property Default_Ignorable_Code_Point (DerivedCoreProperties.txt, 17.0), and annotation marks.
_IGNORABLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_IGNORABLES: Final = re.compile(f"[{_IGNORABLE}]+")
_FILLERS: Final = "\u115f\u1160\u3164\uffa0"  # they stand for a blank
_ZWNJ, _ZWJ = "\u200c", "\u200d"
_VARIANTS: Final = "\ufe0e\ufe0f"
_TAG_CHARACTERS: Final = ("\U000e0020", "\U000e007f")
_BLACK_FLAG: Final = "\U0001f3f4"
# Scripts in which a joiner changes the word: Arabic and its neighbours, those of India and related ones.
_JOINING: Final = re.compile(
    "[\u0600-\u109f\u1700-\u1aff\ua840-\ua8ff\ua980-\uabff\ufb50-\ufdff\ufe70-\ufefe\U00010a00-\U00011fff"
    "\U0001e900-\U0001e95f]"
)
_PICTURE: Final = re.compile("[\u203c-\u3299\U0001f000-\U0001faff]")
_KEYCAP: Final = "\u20e3"
_KEYS: Final = re.compile(f"([0-9#*])\ufe0f?{_KEYCAP}")
_JAMO: Final = re.compile("[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?")
# Marks with which a language is written; the others are drawn around Latin, Greek and Cyrillic letters.
_WRITTEN_MARKS: Final = re.compile(
    "[\u0300-\u0304\u0306-\u030c\u030f\u0311\u0313-\u0315\u031b\u0323-\u0328\u032d\u032e\u0330\u0331\u0342\u0345"
    "\u0483-\u0487]"
)
_MOST_MARKS: Final = 2  # on a Latin, Greek or Cyrillic letter; more marks are an ornament
_LAST_ALPHABET: Final = "\u052f"


def plain_text(text: str) -> tuple[str, list[int]]:
    """Return the text for a voice of one alphabet, and the place of each of its characters and of its end.

    All characters of a changed stretch have the place of the stretch's start.
    """
    places = list(range(len(text) + 1))
    for find in (_unheard_at_all, unadorned):
        edits = find(text)
        if edits:
            text, places = _edited(text, places, edits)
    return text, places


def _unheard_at_all(text: str) -> list[Edit]:
    return unheard(text, for_pictures=False)


def _edited(text: str, places: list[int], edits: list[Edit]) -> tuple[str, list[int]]:
    parts: list[str] = []
    moved: list[int] = []
    at = 0
    for start, end, new in edits:
        parts += text[at:start], new
        moved += places[at:start]
        moved += places[start:end] if len(new) == end - start else [places[start]] * len(new)
        at = end
    return "".join((*parts, text[at:])), moved + places[at:]


def unheard(text: str, *, for_pictures: bool = True) -> list[Edit]:
    """Return edits that drop invisible characters and compose letters (NFC), without lines drawn over them.

    Joiners stay where a script needs them. Joiners and variants of emoji stay if ``for_pictures``.
    """
    if text.isascii():
        return []
    edits = list(_silent(text, for_pictures=for_pictures))
    if not unicodedata.is_normalized("NFC", text) or any(map(_is_mark, set(text))):
        edits += _composed(text)
        edits.sort()
    if not for_pictures and _KEYCAP in text:
        keys = [
            (*key.span(), key.group(1) + (" " if text[key.end() : key.end() + 1].isdigit() else ""))
            for key in _KEYS.finditer(text)
        ]
        inside = {at for start, end, _ in keys for at in range(start, end)}
        edits = sorted([*keys, *(edit for edit in edits if edit[0] not in inside)])
    return edits


def _silent(text: str, *, for_pictures: bool) -> Iterator[Edit]:
    has_pictures = for_pictures and (_PICTURE.search(text) is not None or _KEYCAP in text)
    is_plain = not (has_pictures or _JOINING.search(text) or any(sign in text for sign in _FILLERS))
    for run in _IGNORABLES.finditer(text):
        start = run.start()
        for at in range(run.start(), run.end()) if not is_plain else ():
            if (has_pictures and _is_of_picture(text, at)) or _joins(text, at):
                if start < at:
                    yield (start, at, "")
                start = at + 1
            elif text[at] in _FILLERS:
                if start < at:
                    yield (start, at, "")
                yield (at, at + 1, " ")
                start = at + 1
        if start < run.end():
            yield (start, run.end(), "")


def _joins(text: str, at: int) -> bool:
    if text[at] not in (_ZWNJ, _ZWJ):
        return False
    after = text[at + 1 : at + 2]
    is_inside = _JOINING.match(text[at - 1 : at]) is not None
    return is_inside if after and not after.isspace() else is_inside and text[at] == _ZWJ


def _is_of_picture(text: str, at: int) -> bool:
    """Return whether the character is a part of an emoji that has several characters."""
    sign, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if sign in _VARIANTS:
        return after == _KEYCAP or _PICTURE.match(before) is not None
    if sign == _ZWJ:
        return _PICTURE.match(after) is not None and (
            before == _VARIANTS[1] or _PICTURE.match(before) is not None
        )
    if _TAG_CHARACTERS[0] <= sign <= _TAG_CHARACTERS[1]:
        start = at
        while start and _TAG_CHARACTERS[0] <= text[start] <= _TAG_CHARACTERS[1] and at - start < 8:
            start -= 1
        return text[start] == _BLACK_FLAG
    return False


@lru_cache(maxsize=4096)
def _is_mark(character: str) -> bool:
    return unicodedata.combining(character) > 0 or unicodedata.category(character) == "Me"


def _composed(text: str) -> Iterator[Edit]:
    singles = {sign for sign in set(text) if _is_single(sign)}
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and _is_mark(text[end]):
            end += 1
        if end > at + 1 or _is_mark(text[at]):
            base = at + text[at].isspace()  # a mark by itself does not belong to a blank
            cluster = text[base:end]
            if not _KEYS.match(cluster):
                new = _bare(cluster)
                if new != cluster and not _IGNORABLES.match(cluster):
                    yield (base, end, new)
        elif text[at] in singles:
            yield (at, end, unicodedata.normalize("NFC", text[at]))
        elif syllable := _JAMO.match(text, at):
            end = syllable.end()
            yield (at, end, unicodedata.normalize("NFC", syllable.group()))
        at = end


def _is_single(character: str) -> bool:
    return character >= "\x80" and unicodedata.normalize("NFC", character) != character


@lru_cache(maxsize=1024)
def _bare(cluster: str) -> str:
    """Return a letter with its marks, composed, and without ornaments."""
    cluster = unicodedata.normalize("NFC", cluster)
    if _is_mark(cluster[0]):
        kept = [sign for sign in cluster if _WRITTEN_MARKS.match(sign) or sign > _LAST_ALPHABET]
        return "".join(kept if len(kept) <= _MOST_MARKS else "")
    if cluster[0] > _LAST_ALPHABET:
        return cluster[0] + "".join(
            sign
            for sign in cluster[1:]
            if unicodedata.combining(sign) != 1 and unicodedata.category(sign) != "Me"
        )
    kept = [sign for sign in cluster[1:] if _WRITTEN_MARKS.match(sign)]
    return cluster[0] + "".join(kept if len(kept) <= _MOST_MARKS else "")


# --- decorated letters -----------------------------------------------------------------------------------

# The tables of forms have their readings, or a voice knows them.
_AS_THEY_ARE: Final = frozenset("…‥№℠™½⅓⅔¼¾⅕⅛⅜⅝⅞′″‴\u00a0\u202f⁰⁴⁵⁶⁷⁸⁹⁺⁻⁼")
_OTHERS: Final = {
    "⁄": "/", "∕": "/", "∶": ":", "‐": "-", "‑": "-", "‒": "-", "˗": "-", "\u2007": "\u00a0", "\u2800": " ",
    "⁎": "*", "∗": "*",
}  # fmt: skip
_WIDE_MARKS: Final = frozenset("，．：；！？（）［］｛｝＂＇。、｡､")
_STOPS: Final = {"。": ".", "、": ",", "｡": ".", "､": ","}
_POWERS: Final = "ⁿⁱ"
_COMPATIBLE_JAMO: Final = ("\u3131", "\u318e")
_REGIONAL: Final = ("\U0001f1e6", "\U0001f1ff")
_NAMED: Final = re.compile(
    r"(?:NEGATIVE |RAISED )?(?:SQUARED|CIRCLED|CROSSED NEGATIVE SQUARED|PARENTHESIZED|CIRCLED ITALIC"
    r"|TORTOISE SHELL BRACKETED) (?:LATIN (?:CAPITAL|SMALL) LETTER )?(?P<letters>[A-Z](?:[A-Z]| (?=[A-Z]))*?)"
    r"(?: WITH EXCLAMATION MARK)?"
    r"|REGIONAL INDICATOR SYMBOL LETTER (?P<region>[A-Z])"
    r"|(?:MODIFIER LETTER|LATIN LETTER) SMALL CAPITAL (?P<small>[A-Z])"
)
_NUMBERED: Final = re.compile(r"CIRCLED|FULL STOP|PARENTHESIZED")
_LONGEST_SQUARED: Final = 4
_LONGEST_RUN: Final = 80
_LINE_START: Final = re.compile(r"(?:^|\n)[ \t]*$")


def unadorned(text: str, kept: frozenset[str] = frozenset()) -> list[Edit]:
    """Return edits that make decorated letters, digits and signs plain, except those in ``kept``.

    Marks of East Asian width stay behind East Asian letters. A number in a circle is separated from the words
    beside it; at a line's start it becomes the number of a list item.
    """
    if text.isascii():
        return []
    dressed = {sign: plain for sign in set(text) - kept if (plain := _plain(sign)) is not None}
    if not dressed:
        return []
    edits: list[Edit] = []
    run: list[str] = []  # plain characters that replace one each, up to here
    flags = _flags(text) if any(map(_is_regional, dressed)) else frozenset[int]()
    beside = {sign for sign in dressed if _depends(sign, dressed[sign])}
    for at, sign in enumerate(text):
        plain = dressed.get(sign)
        if plain is not None and sign in beside:
            plain = None if at in flags else _plain_at(text, at, plain)
        if plain is not None and len(plain) == 1:
            run.append(plain)
            continue
        if run:
            edits.append((at - len(run), at, "".join(run)))
            run = []
        if plain is not None:
            edits.append((at, at + 1, plain))
    if run:
        edits.append((len(text) - len(run), len(text), "".join(run)))
    return edits


def _depends(sign: str, plain: str) -> bool:
    """Return whether the plain form of the character depends on its neighbours."""
    return sign in _WIDE_MARKS or sign in _POWERS or _is_regional(sign) or _is_number(sign) or len(plain) > 1


def _plain_at(text: str, at: int, plain: str) -> str | None:
    sign, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if sign in _WIDE_MARKS and before and is_dense(before):
        return None
    if sign in _POWERS:
        return f"^{plain}" if before.isalnum() or before == ")" else plain
    if _is_number(sign):
        is_item = before in ("", "\n", " ") and _LINE_START.search(text, max(0, at - 20), at) is not None
        if is_item and after and not plain.endswith("."):
            return f"{plain}." if after.isspace() else f"{plain}. "
    elif sign < "\U0001f100" or not plain.isalpha() or len(plain) == 1:
        return f" {plain}" if "/" in plain and len(plain) > 1 and before.isdigit() else plain
    tail = " " if after.isalnum() or (after and _is_number(after)) else ""
    lead = " " if before.isalnum() and not _is_number(before) else ""
    return f"{lead}{plain}{tail}"


@lru_cache(maxsize=1024)
def _is_number(sign: str) -> bool:
    """Return whether the sign is a number with its own circle, brackets or full stop."""
    return (
        sign > "\u2000"
        and unicodedata.category(sign) == "No"
        and _NUMBERED.search(unicodedata.name(sign, "")) is not None
    )


@lru_cache(maxsize=4096)
def _plain(sign: str) -> str | None:
    """Return the plain form of a character; None if it is plain already."""
    if sign <= "\xff" or sign in _AS_THEY_ARE:
        return None
    if sign in _OTHERS or sign in _STOPS:
        return _OTHERS.get(sign) or _STOPS[sign]
    if _is_number(sign):
        return _number_of(sign)
    decomposition = unicodedata.decomposition(sign)
    if not decomposition.startswith("<"):
        return _named(sign)
    kind, *codes = decomposition.split()
    parts = "".join(chr(int(code, 16)) for code in codes)
    if kind == "<noBreak>" or _COMPATIBLE_JAMO[0] <= sign <= _COMPATIBLE_JAMO[1]:
        return None
    if parts[0] == " " and len(parts) > 1:  # an accent by itself
        return None
    if parts[0] == "(" and parts[-1] == ")" and len(parts) == 3:
        return parts[1]
    if any("\u0590" <= part <= "\u05ff" for part in parts):  # signs of mathematics, not letters of Hebrew
        return None
    plain = "".join(_plain(part) or part for part in parts)
    return plain.replace("⁄", "/")


def _number_of(sign: str) -> str:
    value = unicodedata.numeric(sign)
    plain = str(int(value)) if value == int(value) else str(value)
    return f"{plain}." if "FULL STOP" in unicodedata.name(sign) else plain


def _named(sign: str) -> str | None:
    """Return the plain letters that a character's name tells, if it has no decomposition; else None."""
    if unicodedata.category(sign) not in ("So", "Ll", "Lm", "Lo", "No"):
        return None
    found = _NAMED.fullmatch(unicodedata.name(sign, ""))
    if found is None:
        return None
    if small := found["small"]:
        return small.lower()
    letters = found["region"] or found["letters"]
    return letters if len(letters) <= _LONGEST_SQUARED else None


def _is_regional(sign: str) -> bool:
    return _REGIONAL[0] <= sign <= _REGIONAL[1]


def _flags(text: str) -> frozenset[int]:
    """Return the indexes of regional letters that form flags: in runs of nothing but flags."""
    runs = re.finditer(f"[{_REGIONAL[0]}-{_REGIONAL[1]}]+", text)
    return frozenset(
        at
        for run in runs
        if len(run.group()) <= _LONGEST_RUN and _are_flags(run.group())
        for at in range(run.start(), run.end())
    )


@lru_cache(maxsize=256)
def _are_flags(run: str) -> bool:
    import emoji as library

    return len(run) % 2 == 0 and all(library.is_emoji(run[at : at + 2]) for at in range(0, len(run), 2))


# --- entities --------------------------------------------------------------------------------------------

_ENTITY: Final = re.compile(
    r"&(?:amp;)*(?:#(?:[xX][0-9A-Fa-f]{1,8}|[0-9]{1,8});?|[A-Za-z][A-Za-z0-9]{1,31};?)"
)
_AMPERSANDS: Final = re.compile(r"^&(?:amp;)+(?=[#A-Za-z])")
# HTML reads these without their semicolon, too. In a text, some are words behind an ampersand.
_OPEN_NAMES: Final = re.compile(
    r"(?:[A-Za-z](?:acute|grave|circ|uml|tilde|cedil|ring|slash)|(?:ae|AE|sz)lig|eth|ETH|thorn|THORN|nbsp|shy)"
)


def entities(text: str) -> list[Edit]:
    """Return edits that replace HTML's character references, also those without a semicolon (HTML 5).

    A reference that was escaped twice is replaced, too. Inside an address, a name without its semicolon is no
    reference.
    """
    if "&" not in text:
        return []
    edits: list[Edit] = []
    for match in _ENTITY.finditer(text):
        end, plain = _entity(text, match)
        if plain is not None:
            edits.append((match.start(), end, plain))
    return edits


def _entity(text: str, match: re.Match[str]) -> tuple[int, str | None]:
    """Return a reference's end and its characters; None if it is no reference."""
    import html

    written = match.group()
    bare = _AMPERSANDS.sub("&", written)
    plain = html.unescape(bare)
    if plain == bare:
        return (match.end(), None) if bare == written else (match.end(), bare)
    if not bare.endswith(";") and not bare.startswith("&#"):
        name, rest = _open_name(bare, plain)
        end = match.end() - len(rest)
        after = text[end : end + 1]
        is_letter = _OPEN_NAMES.fullmatch(name) is not None
        if (
            after == "="
            or (after.isalnum() and not is_letter)
            or (_is_word_before(text, match) and not is_letter)
        ):
            return end, None
        return end, _safe(plain.removesuffix(rest) if rest else plain)
    return match.end(), _safe(plain)


def _open_name(bare: str, plain: str) -> tuple[str, str]:
    """Return the name that HTML reads behind the ampersand, and the rest of the letters."""
    rest = plain[1:] if bare.endswith(plain[1:]) else ""
    return bare[1 : len(bare) - len(rest)], rest


def _is_word_before(text: str, match: re.Match[str]) -> bool:
    return text[match.start() - 1 : match.start()].isalpha()


def _safe(plain: str) -> str:
    """Return the characters without controls, expression tags and half characters."""
    return "".join(" " if is_tag(sign) or sign == "\ufffd" or sign < " " else sign for sign in plain)
