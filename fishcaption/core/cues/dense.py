"""Break places in scripts without blanks, as BudouX finds them: phrases of Japanese, words of Chinese, Thai.

BudouX reads its models (30 to 65 kB each) from its own folder, once, when the first such text comes; it
speaks to nobody. It judges a place by three characters before and three behind it, so a text that grows is
not judged anew.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from budoux import Parser

LOOKED_AHEAD: Final = 8
"""So many characters behind a place may matter: a text is Japanese from so many before its first kana on."""

_KANA: Final = re.compile("[\u3041-\u30ff]")
_THAI: Final = re.compile("[\u0e01-\u0e4e]+")
# Frequent characters that one of the two ways of writing Chinese has alone.
_TRADITIONAL: Final = "們這來個時說對學國會過還與為應開關問麼嗎當點樣種讓從"
_SIMPLIFIED: Final = "们这来个时说对学国会过还与为应开关问么吗当点样种让从"
# Words of one character that lean on the word before them, and words that lean on the one behind.
_LEANING: Final = frozenset("里裡上下中内內外后後前间間旁的了着著过過们們吗嗎呢吧啊")
_LEADING: Final = frozenset(
    "一二三四五六七八九十两兩几幾第这這那每很最太更不没沒也都就还還又再才把被给給在从從对對向跟和与與"
)
_TELLING: Final = re.compile(f"[{_TRADITIONAL}{_SIMPLIFIED}]")


@lru_cache(256)
def phrase_ends(text: str, language: str) -> frozenset[int]:
    """Return the places of a text without blanks between which a line is better not broken.

    ``language`` is a code such as "ja", "zh" or "zh-TW"; of any other, the characters tell the model.
    """
    found: set[int] = set()
    for start, end, model in _stretches(text, language):
        at = start
        for phrase in _parser(model).parse(text[start:end]):
            is_chinese = "chinese" in model
            if is_chinese and phrase in _LEANING:
                found.discard(at)
            at += len(phrase)
            if not is_chinese or phrase not in _LEADING:
                found.add(at)
    return frozenset(found)


def _stretches(text: str, language: str) -> list[tuple[int, int, str]]:
    """Return the stretches of a text, each with the model that is for it."""
    found: list[tuple[int, int, str]] = []
    at = 0
    for thai in _THAI.finditer(text):
        found += _han_stretches(text, at, thai.start(), language)
        found.append((thai.start(), thai.end(), "thai"))
        at = thai.end()
    return found + _han_stretches(text, at, len(text), language)


def _han_stretches(text: str, start: int, end: int, language: str) -> list[tuple[int, int, str]]:
    if start == end:
        return []
    code = language[:2].lower()
    if code == "ja":
        return [(start, end, "japanese")]
    kana = None if code == "zh" else _KANA.search(text, start, end)
    if kana is None:
        return _chinese_stretches(text, start, end, language)
    first = max(start, kana.start() - LOOKED_AHEAD)
    return [*_chinese_stretches(text, start, first, language), (first, end, "japanese")]


def _chinese_stretches(text: str, start: int, end: int, language: str) -> list[tuple[int, int, str]]:
    if start == end:
        return []
    if language.lower().replace("_", "-") in ("zh-tw", "zh-hk", "zh-mo", "zh-hant"):
        return [(start, end, "traditional_chinese")]
    telling = _TELLING.search(text, start, end)
    if telling is None or telling.group() in _SIMPLIFIED:
        return [(start, end, "simplified_chinese")]
    first = max(start, telling.start() - LOOKED_AHEAD)
    before = [(start, first, "simplified_chinese")] if start < first else []
    return [*before, (first, end, "traditional_chinese")]


@cache
def _parser(model: str) -> Parser:
    import budoux  # slow to import, and only for these scripts

    load = getattr(budoux, f"load_default_{model}_parser")
    parser: Parser = load()
    return parser
