"""Break places: how well a line may end between two words.

A cost says it: below zero the place is good, above it is bad. After a clause it is best (Netflix, BBC: after
punctuation), then before conjunctions and prepositions. Words that need each other stay together: article and
noun, auxiliary or negation and verb, pronoun and verb, first and last name (Netflix's Timed Text Style Guide;
UTK after it). Numbers and their units, abbreviations and what they belong to stay together in every language.
Words behind the next one do not matter, so that a growing text is not broken anew.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

from fishcaption.core.cues.break_words import BreakWords, break_words
from fishcaption.core.cues.columns import width
from fishcaption.core.text.months import MONTHS
from fishcaption.core.text.readings import words_of
from fishcaption.core.text.sentence_ends import is_abbreviated

NEVER: Final = 1000.0
"""Cost of a break that is made only if the words do not fit into one line otherwise."""

INSEPARABLE: Final = 10_000.0
"""Cost of a break inside one form: "3 kg", "Dr. Smith", "z. B."."""

_SENTENCE: Final = -20.0
_CLAUSE: Final = -14.0
_CONJUNCTION: Final = -9.0
_PREPOSITION: Final = -6.0
_APART: Final = -4.0  # before a bracket or a quotation
_WEAK: Final = -2.0
_LEANS: Final = 6.0  # an adjective, a number: probably not apart from the next word
_SHORT_COLUMNS: Final = 3  # a word that probably belongs to the next one, in a language without lists
_PHRASE: Final = 3.0  # behind an article and one word: that word may be an adjective

_OPENERS: Final = "([{“‘„«‹「『（《〈【\"'*_¿¡-–—"
_CLOSERS: Final = "\"'”’»›)]}）」』】*_"
_SENTENCE_END: Final = re.compile(r"[.!?…。！？]+[\"'”’»)\]」』）]*$")
_CLAUSE_END: Final = re.compile(r"(?:[,;:،؛、，；：–—]|[-–—]{2})[\"'”’»)\]」』）]*$|^[-–—]+$")
_DIGIT_END: Final = re.compile(r"\d$")
_GROUP_BEFORE: Final = re.compile(r"(?:^|\D)\d{1,3}$")
_GROUP: Final = re.compile(r"\d{3}(?!\d)")
_ROMAN: Final = re.compile(r"[IVXLCDM]+(?!\w)")
_YEAR: Final = re.compile(r"(?:1\d|20)\d\d$")
_NUMBER_START: Final = re.compile(r"[-+−]?[\d$€£¥]")
_LATIN_END: Final = re.compile(r"[A-Za-z]$")
_ORDINAL: Final = re.compile(r"\W*\d{1,3}\.$")
_INITIAL: Final = re.compile(r"\W*[^\W\d_]\.$")
_BEFORE_NUMBER: Final = re.compile(
    r"\W*(?:h|§{1,2}|№|[Nn]°|[Nn]º|[$€£¥#±+−≈~<>≤≥=×÷]|[Nn]r\.?|[Nn]o\.|[Nn]os\.|[Pp]p?\.|[Ss]\.|[Aa]rt\.|[Kk]ap\.|[Aa]bb\."
    r"|[Ff]igs?\.|[Vv]ol\.|[Cc]ap\.|[Bb]d\.|EUR|USD|GBP|CHF)$"
)
_UNITS: Final = re.compile(
    r"(?:[%‰°€$£¥]|°[CF]|[kmcdµnh]?m[²³]?|km²|[kmµ]?g|t|[mcdh]?[lL]|ha|[kMGT]?Hz|[kMGT]?Wh?|k?V|m?A[h]?|[kM]?J|k?cal"
    r"|[hk]?Pa|m?bar|[kKMGT]B|[kMG]?bit/s|[kMG]bps|km/h|m/s|mph|dB|px|ms|µs|ns|s|sec|min|mins|h|hrs?|lbs?|oz|ft|yd"
    r"|mi|gal|Std|Sek|Min|Uhr|Mio|Mrd|mln|[ap]\.?\s?m|AM|PM|o['’]clock|EUR|USD|GBP|CHF|kn|rpm|fps"
    r"|million|millions|billion|billions|Millionen|Milliarden|Million|Milliarde|millones|millón|milliards?|milioni"
    r"|milione|miliardi|percent|Prozent|euros?|Euro|dollars?|Dollar|por|per|pour)(?![\w'’])"
)
_CONTRACTION: Final = re.compile(r"^([^\W\d_]+)['’ʼ](.+)$")
_ENGLISH_ADJECTIVE: Final = re.compile(
    r"[a-z]{3,}(?:ful|ous|ive|able|ible|less|ish|ical|ic|ary|ant|ent|ian|ese)$"
)
_GERMAN_PARTICIPLE: Final = re.compile(r"\w*ge\w+(?:t|en)$")
_GERMAN_INFLECTED: Final = re.compile(r"[a-zäöüß]{2,}(?:e|en|er|es|em)$")


class Breaks:
    """Costs of breaks between the words of one language, a two-letter code."""

    def __init__(self, language: str) -> None:
        self._code = language[:2].lower()
        self._words = break_words(self._code)
        self._cost = lru_cache(4096)(self._cost_of)  # a text that grows is laid out again and again

    def costs(self, words: Sequence[str]) -> list[float]:
        """Return for each word, which has its marks, the cost of a break behind it; 0.0 for the last."""
        befores = ("", *words)
        found = [self._cost(*three) for three in zip(befores, words, words[1:], strict=False)]
        return [*found, 0.0] if words else found

    def _cost_of(self, previous: str, word: str, following: str) -> float:
        """Return the cost of a break behind a word; ``previous`` is empty for the first."""
        if self._are_one_form(word, following):
            return INSEPARABLE
        if not following.strip("-–—"):
            return NEVER  # a dash ends what is before it
        if _SENTENCE_END.search(word):
            return _SENTENCE
        if _CLAUSE_END.search(word):
            return _CLAUSE
        if self._are_date(word, following):
            return NEVER
        bare, coming = _bare(word), _bare(following)
        if self._words is None:
            if _is_latin_name(bare, coming) or (_LATIN_END.search(bare) and coming[:1].isdigit()):
                return NEVER  # "Google Chrome", "Windows 11"
            is_short = bare.isalpha() and width(bare) <= _SHORT_COLUMNS
            return _LEANS if is_short or _is_number(bare) else 0.0
        before = _key(previous, is_last=True)
        joint = _Joint(self._words, before, word, following)
        for rule in (self._hangs_on_last, self._needs_next, self._begins_phrase):
            cost = rule(joint)
            if cost is not None:
                return cost
        is_first = not previous or _SENTENCE_END.search(previous) is not None
        if _is_name(bare) and _is_name(coming):
            return _LEANS if is_first else NEVER
        if self._is_adjective(bare, coming):
            return NEVER if joint.is_described else _LEANS
        return _PHRASE if before in self._words.determiners else 0.0

    def _hangs_on_last(self, joint: _Joint) -> float | None:
        """Return the cost if the next word belongs to the last one; else None."""
        listed, last, first = joint.listed, joint.last, joint.first
        if first in listed.leaning or f"{last} {first}" in listed.pairs:
            return NEVER
        if joint.ends_clause and (first in listed.particles or first in listed.prepositions):
            return NEVER  # "rief | an.", "looked | for,"
        is_verb = self._code == "de" and first in listed.auxiliaries
        if is_verb and (joint.ends_clause or _GERMAN_PARTICIPLE.match(last)):
            return NEVER  # "gesehen | hat,"
        return None

    def _needs_next(self, joint: _Joint) -> float | None:
        """Return the cost if the last word needs the next one; else None."""
        listed, last, begun = joint.listed, joint.last, joint.begun
        if last in listed.numbered and _NUMBER_START.match(joint.first):
            return NEVER
        if _is_number(last) and joint.is_phrase:
            return 0.0
        if last in listed.determiners or last in listed.clitics or _is_number(last):
            # "the" never ends a line; "all", "his", "die" may stand alone before a new phrase
            return NEVER if not begun or last in _ARTICLES else 0.0 if begun == _CONJUNCTION else _LEANS
        if last in listed.particles and last in listed.prepositions and begun:
            return begun  # "he gave up | because"
        if last in listed.conjunctions or last in listed.prepositions or last in listed.weak:
            return NEVER
        if joint.before in listed.auxiliaries and last in listed.adjectives | listed.leaning:
            return begun or (0.0 if joint.is_phrase else NEVER)  # "should always | wash", "n'a pas | mangé"
        if last in listed.negations:
            return NEVER
        if last in listed.auxiliaries:
            return 0.0 if begun else _LEANS if joint.is_phrase else NEVER
        if last in listed.pronouns and joint.before not in listed.prepositions:
            return begun or (0.0 if joint.is_phrase else NEVER)
        return None

    def _begins_phrase(self, joint: _Joint) -> float | None:
        """Return the cost that the next word decides, one that begins a phrase for example; else None."""
        listed, first = joint.listed, joint.first
        if joint.begun:
            return joint.begun
        if self._code == "en" and (first in listed.particles or first in listed.negations):
            return _LEANS  # "gave | up the", "could | not"
        if joint.last in listed.adjectives:
            return NEVER if joint.is_described else _LEANS
        if self._code == "de" and first in listed.pronouns:
            return NEVER  # "lesen | Sie"
        if self._code == "de" and first in listed.negations:
            return _LEANS
        if joint.is_phrase:
            return _WEAK / 2
        return 0.0 if first in listed.pronouns or first in listed.auxiliaries else None

    def _are_one_form(self, word: str, following: str) -> bool:
        if _DIGIT_END.search(word):
            is_group = _GROUP.match(following) is not None and _GROUP_BEFORE.search(word) is not None
            return is_group or _UNITS.match(following) is not None
        if _BEFORE_NUMBER.match(word):
            return _NUMBER_START.match(following) is not None or _ROMAN.match(following) is not None
        if not word.endswith("."):
            return False
        if _INITIAL.match(word):
            return following[:1].isalpha()
        if self._code == "de" and _ORDINAL.match(word):
            return True
        return _is_abbreviation(word, self._code)

    def _are_date(self, word: str, following: str) -> bool:
        """Return whether a day and a month, or a month and a year, follow each other."""
        months = _months(self._code)
        bare, coming = _bare(word).rstrip("."), _bare(following).rstrip(".,")
        if coming.lower() in months:
            return bare[-1:].isdigit() or _bare(word).removesuffix("st").isdigit()
        return bare.lower() in months and coming[:1].isdigit()

    def _is_adjective(self, bare: str, coming: str) -> bool:
        """Return whether the next word is probably the noun of this one, by its ending."""
        if self._code == "de":
            return coming[:1].isupper() and _GERMAN_INFLECTED.match(bare) is not None
        return self._code == "en" and _ENGLISH_ADJECTIVE.match(bare) is not None


class _Joint:
    """Two words that follow each other, and the one before them, as they stand in lists."""

    def __init__(self, listed: BreakWords, before: str, word: str, following: str) -> None:
        self.listed = listed
        self.before = before
        self.last = _key(word, is_last=True)
        self.first = _key(following, is_last=False)
        self.begun = _begun(listed, self.first)  # the cost, if the next word begins a phrase
        # an article or a preposition stands before an adjective, and their noun is still to come
        self.is_described = (
            before in listed.determiners or before in listed.prepositions or before in listed.weak
        )
        self.is_phrase = self.first in listed.determiners
        self.ends_clause = bool(_CLAUSE_END.search(following) or _SENTENCE_END.search(following))


_ARTICLES: Final = words_of(
    """
    the a an my your our their mr mrs dr der den dem des ein eine einen einem einer eines mein meine meinen
    dein sein seine le la les l un une mon ma mes ton ta tes son sa ses el los las mi su sus il lo i gli
    """
)


def _begun(listed: BreakWords, first: str) -> float:
    """Return the cost of a break before a word that begins a phrase; 0.0 for other words."""
    if first in listed.conjunctions:
        return _CONJUNCTION
    if first in listed.prepositions:
        return _PREPOSITION
    return _WEAK if first in listed.weak else 0.0


def _is_number(bare: str) -> bool:
    return bare[-1:].isdigit() and _YEAR.match(bare) is None


def _key(word: str, *, is_last: bool) -> str:
    """Return a word as it stands in lists; of a contraction its last or its first part."""
    bare = _bare(word).lower()
    parted = _CONTRACTION.match(bare)
    if parted is None or bare.endswith(("n't", "n’t")):
        return bare
    return parted.group(2) if is_last else parted.group(1)


def _bare(word: str) -> str:
    return word.lstrip(_OPENERS).rstrip(_CLOSERS + ",;:.!?…")


def _is_name(bare: str) -> bool:
    """Return whether a word is written as names are: with a capital, and not all in capitals."""
    return bare[:1].isupper() and (len(bare) == 1 or not bare.isupper() or "." in bare)


def _is_latin_name(bare: str, coming: str) -> bool:
    """Return whether two words are Latin with capitals: a name in whatever language."""
    return all(_is_name(one) and unicodedata.name(one[0], "").startswith("LATIN") for one in (bare, coming))


@lru_cache(1024)
def _is_abbreviation(word: str, code: str) -> bool:
    """Return whether a word with a full stop belongs to the next word."""
    return is_abbreviated(word.lstrip(_OPENERS)[:-1], code)


@cache
def _months(code: str) -> frozenset[str]:
    return frozenset(name.lower() for name in MONTHS.get(code, ()))
