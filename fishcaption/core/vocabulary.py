"""Fewer keys for the same words: abbreviations that expand as they are typed, and completion that learns.

`Abbreviations` is the user's table. `Completion` counts which words this user says after which, forgets
slowly what is not said any more, and starts with some English. What it knows is a value for a file
(`to_json`), and nothing of it is meant to leave this machine.

What completion never keeps: anything with a digit or a sign in it, addresses, what looks like a key or a
password, whatever stands in a sentence that speaks of one, and any word that was used once only. Of these it
keeps, so that a second use is noticed, sixteen bits of a checksum: too few to tell which word it was.

Positions are code points. Cost: a suggestion looks at some hundred words, however many are known.
"""

from __future__ import annotations

import re
import zlib
from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from heapq import nlargest
from itertools import islice, pairwise
from math import log2
from typing import Any, Final, NamedTuple

from fishcaption.core.errors import InputError
from fishcaption.core.text.segmentation import is_dense

# --- abbreviations ---------------------------------------------------------------------------------------

_ENDS: Final = ' \t\n\u2029\u00a0.,;:!?…)]}"”»'
_OPENS: Final = "([{\"“„«'‘¿¡—–/"
_LONGEST_SHORT: Final = 32
_LONGEST_LONG: Final = 2000


class Abbreviations:
    """A table of what is typed and what it becomes: "brb", "be right back".

    A short form in small letters is known in capitals too, and its first letter's case, or that of all its
    letters, goes over to what it becomes; one that has capitals is known just so: "US" does not make "us" a
    country. Raises InputError for an entry that could not work.
    """

    def __init__(self, table: Mapping[str, str]) -> None:
        for short, long in table.items():
            _check_abbreviation(short, long)
        self._table = dict(table)
        self._longest = max(map(len, table), default=0)

    @property
    def table(self) -> Mapping[str, str]:
        """What it was made of."""
        return dict(self._table)

    def expansion(self, text_before_cursor: str) -> tuple[int, str] | None:
        """What the text becomes whose last character, just typed, has ended a word: (start, replacement).

        The stretch from ``start`` to the cursor, with that character, is replaced by ``replacement``, which
        ends with it; done as one edit, one undo gives the short form back. None: there is nothing to expand.
        To expand at the very end, as when Enter speaks, ask with a line break put behind.
        """
        if len(text_before_cursor) < 2 or text_before_cursor[-1] not in _ENDS:
            return None
        cursor = len(text_before_cursor)
        begin = max(0, cursor - 2 - self._longest)
        window = text_before_cursor[begin : cursor - 1]
        word = re.split(r"\s", window)[-1]
        while word:
            start = cursor - 1 - len(word)
            is_start = start == 0 or text_before_cursor[start - 1] in _OPENS
            is_start = is_start or text_before_cursor[start - 1].isspace()
            long = self._long(word) if is_start else None
            if long is not None:
                return start, long + text_before_cursor[-1]
            if word[0] not in _OPENS:
                return None
            word = word[1:]
        return None

    def _long(self, word: str) -> str | None:
        if word in self._table:
            return self._table[word]
        long = self._table.get(word.lower())
        if long is None:
            return None
        return long.upper() if len(word) > 1 and word.isupper() else long[:1].upper() + long[1:]


def _check_abbreviation(short: str, long: str) -> None:
    if not 1 <= len(short) <= _LONGEST_SHORT or any(map(str.isspace, short)):
        raise InputError(
            f"An abbreviation has 1 to {_LONGEST_SHORT} characters and no blanks.",
            hint="Choose a short one that is no word of its own.",
        )
    if short[-1] in _ENDS:
        raise InputError(
            "An abbreviation cannot end with a mark that ends a word.", hint="Leave the mark at its end out."
        )
    if not long.strip() or len(long) > _LONGEST_LONG:
        raise InputError(
            f"What an abbreviation becomes has 1 to {_LONGEST_LONG} characters.",
            hint="Write what it stands for; for a long text a phrase is the better place.",
        )


# --- completion ------------------------------------------------------------------------------------------

MOST_WORDS: Final = 50_000
MOST_PAIRS: Final = 60_000
_MOST_AFTER_ONE: Final = 64  # words that are remembered as following one, or two, others
_MOST_UNSURE: Final = 4_000
_MOST_PRINTS: Final = 500  # of 65,536: a new word is mistaken for one of them in 0.8 % of cases
_FORGOTTEN: Final = 16  # the least worth of so many that were not used for longest goes when it is full
_HALF_LIFE: Final = 20_000.0  # words: what was not said for so long counts half; about a month of typing
_TOP: Final = 40
_PREFIX: Final = 3  # letters, at most, of a beginning whose best words are held ready
_LONGEST_WORD: Final = 24
_NEEDED_USES: Final = 2.0
_ENOUGH: Final = 8  # words that follow are offered before words that do not
_WEIGHTS: Final = (1.0, 6.0, 18.0)  # of a word by itself, after the one before it, after the two before it

_CHUNK: Final = re.compile(r"\S+")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’\-‐][^\W\d_]+)*")
_LAST_WORD: Final = re.compile(r"[^\W\d_]+(?:['’\-‐][^\W\d_]+)*['’\-‐]?$")
_EDGES: Final = "\"'“”„‘’«»()[]{}<>.,;:!?…¿¡—–*_~"
_STOP: Final = re.compile(r"[.!?…。！？\n]+[\"'”’»)\]]*(?:\s+|$)|\n")
_SECRET: Final = re.compile(
    r"(?i)\b(?:pass(?:word|code|phrase|wort)s?|kennwort|geheimzahl|pin|tan|otp|cvv|cvc|iban|secret key"
    r"|api.?key|mot de passe|contraseña|clave secreta|codice segreto|token)\b"
)
_VOWEL: Final = re.compile(r"[aeiouyAEIOUY]|[^\x00-\x7f]")
_CONSONANTS: Final = re.compile(r"(?i)[bcdfghjklmnpqrstvwxz]{7}")


class _Known(NamedTuple):
    """A word: how it is written, and how much it was used, the weight as it was at that tick."""

    form: str
    weight: float
    tick: int


_Use = tuple[float, int]
"""A weight, as it was at a tick."""


class Completion:
    """What this user is likely to type next.

    ``language`` is a two-letter code: English has words to start with. The methods are quick enough for every
    key, and none of them keeps the text it is given.
    """

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self._start_over()

    def _start_over(self) -> None:
        self._tick = 0  # words that were learned from, so far
        self._words: dict[str, _Known] = {}  # what was used longest ago comes first, here and below
        self._after: dict[str, dict[str, _Use]] = {}
        self._pairs = 0
        self._unsure: dict[str, None] = {}  # used once since we were started
        self._unsure_before: dict[int, None] = {}  # checksums of those that were, the last time
        self._blocked: set[str] = set()
        self._given = _given_words() if self.language == "en" else {}
        self._sorted: list[str] = []
        self._tops: dict[str, list[str]] = {}  # of every beginning of up to three letters, best first
        self._rank_all()

    def __len__(self) -> int:
        """How many words were learned."""
        return len(self._words)

    # --- asking ------------------------------------------------------------------------------------------

    def suggestions(self, text_before_cursor: str, count: int = 3) -> tuple[str, ...]:
        """The likeliest words, best first: those that the word at the cursor may become, or the next ones.

        Each is a whole word, its case as the text asks for. At most ``count``, and none twice.
        """
        text = text_before_cursor[-200:]
        match = _LAST_WORD.search(text)
        begun = match.group() if match else ""
        before = text[: len(text) - len(begun)]
        if before[-1:].isalnum() or before.endswith(("_", "@", "/", "\\", "'", "’")):
            return ()
        sentence = _STOP.split(before)[-1] if before else ""
        context = [_key(word) for word in _WORD.findall(sentence)[-2:]]
        prefix = _key(begun)
        scored = self._scored(prefix, context)
        best = nlargest(count, scored.items(), key=lambda item: (item[1], item[0]))
        is_first = not sentence.strip(_EDGES + " ")
        return tuple(self._cased(key, begun, is_first=is_first) for key, _ in best)

    def _scored(self, prefix: str, context: list[str]) -> dict[str, float]:
        scored: dict[str, float] = {}
        contexts = [context[-1] if context else "", " ".join(context) if len(context) == 2 else None]
        for share, place in zip(_WEIGHTS[1:], contexts, strict=True):
            followers = self._after.get(place, {}) if place is not None else {}
            found = {
                word: self._worth(use)
                for word, use in followers.items()
                if word.startswith(prefix) and word != prefix and word not in self._blocked
            }
            if self.language == "en" and place in _GIVEN_PAIRS:
                for rank, word in enumerate(_GIVEN_PAIRS[place]):
                    if word.startswith(prefix) and word != prefix and word not in self._blocked:
                        found[word] = found.get(word, 0.0) + 0.5 / (1 + rank)
            total = sum(found.values())
            for word, worth in found.items():
                # So little said of it so far says little: a half stands for all that was never said.
                scored[word] = scored.get(word, 0.0) + share * worth / (total + 0.5)
        usual = self._usual(prefix) if prefix or len(scored) < _ENOUGH else []
        total = sum(map(self._worth_of, usual)) + 1.0
        for word in usual:
            if word != prefix:
                scored[word] = scored.get(word, 0.0) + _WEIGHTS[0] * self._worth_of(word) / total
        return scored

    def _usual(self, prefix: str) -> list[str]:
        """The likeliest words with that beginning, whatever stands before."""
        if len(prefix) > _PREFIX:
            return nlargest(_TOP, self._beginning(prefix), key=self._order)
        return self._tops.get(prefix, [])

    def _beginning(self, prefix: str) -> list[str]:
        start = bisect_left(self._sorted, prefix)
        return self._sorted[start : bisect_left(self._sorted, prefix + "\U0010ffff", start)]

    def _cased(self, key: str, begun: str, *, is_first: bool) -> str:
        known = self._words.get(key)
        form = known.form if known else self._given.get(key, (key, 0.0))[0]
        if len(begun) > 1 and begun.isupper():
            return form.upper()
        return form[:1].upper() + form[1:] if begun[:1].isupper() or (is_first and not begun) else form

    # --- worth -------------------------------------------------------------------------------------------

    def _worth(self, use: _Use) -> float:
        weight, tick = use
        return float(weight * 0.5 ** ((self._tick - tick) / _HALF_LIFE))

    def _worth_of(self, key: str) -> float:
        known = self._words.get(key)
        given = self._given.get(key)
        return (self._worth((known.weight, known.tick)) if known else 0.0) + (given[1] if given else 0.0)

    def _order(self, key: str) -> float:
        """As words are ranked by worth; does not change with time, so that ranked lists stay right."""
        known = self._words.get(key)
        if known is None:
            return log2(self._given[key][1]) if key in self._given else -1e9
        return log2(known.weight) + known.tick / _HALF_LIFE

    def _more(self, use: _Use | None) -> _Use:
        return (round(self._worth(use) + 1.0, 3) if use else 1.0, self._tick)

    # --- learning ----------------------------------------------------------------------------------------

    def learn(self, text: str) -> None:
        """The user has said this: count its words and what follows what."""
        is_shouted = text.isupper()
        for sentence in _sentences(text):
            before: list[str] = [""]
            for word, is_first in sentence:
                if word is None:
                    before = []
                    continue
                key = _key(word)
                self._tick += 1
                if key in self._blocked or not self._count(word, key, is_first=is_first or is_shouted):
                    before = []
                    continue
                if before:
                    self._count_after(before[-1], key)
                    if len(before) > 1 and before[-2]:
                        self._count_after(f"{before[-2]} {before[-1]}", key)
                before = [*before[-1:], key]

    def _count(self, word: str, key: str, *, is_first: bool) -> bool:
        """Count one use. False: it is not known yet, and may be never."""
        known = self._words.pop(key, None)
        if known is None and key not in self._given and not self._was_used(key):
            return False
        old = known.form if known else self._given[key][0] if key in self._given else ""
        form = old or (word.lower() if is_first and not _is_capital_inside(word) else word)
        if not is_first and key not in self._given:
            form = word
        weight, tick = self._more((known.weight, known.tick) if known else None)
        if known is None and key not in self._given:
            weight = _NEEDED_USES
            insort(self._sorted, key)
        self._words[key] = _Known(form, weight, tick)
        self._rerank(key)
        if len(self._words) > MOST_WORDS:
            least = min(islice(self._words, _FORGOTTEN), key=self._order)
            self._drop(least)
        return True

    def _was_used(self, key: str) -> bool:
        """Whether this is not its first use; it is remembered that it was used."""
        if len(key) > 1 and (key in self._unsure or _print(key) in self._unsure_before):
            self._unsure.pop(key, None)
            return True
        self._unsure[key] = None
        if len(self._unsure) > _MOST_UNSURE:
            del self._unsure[next(iter(self._unsure))]
        return False

    def _count_after(self, context: str, key: str) -> None:
        followers = self._after.pop(context, {})
        self._pairs += key not in followers
        followers[key] = self._more(followers.pop(key, None))
        self._after[context] = followers
        if len(followers) > _MOST_AFTER_ONE:
            del followers[min(islice(followers, _FORGOTTEN), key=lambda word: self._worth(followers[word]))]
            self._pairs -= 1
        while self._pairs > MOST_PAIRS:
            oldest = next(iter(self._after))
            self._pairs -= len(self._after.pop(oldest))

    def _rank_all(self) -> None:
        """Make the sorted words and the ranked ones anew."""
        self._sorted = sorted((self._words.keys() | self._given.keys()) - self._blocked)
        self._tops = {}
        for key in sorted(self._sorted, key=self._order, reverse=True):
            for prefix in _prefixes(key):
                top = self._tops.setdefault(prefix, [])
                if len(top) < _TOP:
                    top.append(key)

    def _rerank(self, key: str) -> None:
        """The word is worth more now."""
        for prefix in _prefixes(key):
            top = self._tops.setdefault(prefix, [])
            if key not in top:
                if len(top) >= _TOP and self._order(key) <= self._order(top[-1]):
                    continue
                top.append(key)
            top.sort(key=self._order, reverse=True)
            del top[_TOP:]

    def _drop(self, key: str) -> None:
        """It was not learned; one that was given from the start is worth what it was then."""
        if self._words.pop(key, None) is not None and key not in self._given:
            self._take_away(key)

    def _take_away(self, key: str) -> None:
        """It is no more among the words that are offered."""
        index = bisect_left(self._sorted, key)
        if self._sorted[index : index + 1] == [key]:
            del self._sorted[index]
        for prefix in _prefixes(key):
            top = self._tops.get(prefix, [])
            if key in top:
                top.remove(key)
                # What came after the best is not known any more.
                if len(top) < _TOP // 2:
                    top[:] = nlargest(_TOP, self._beginning(prefix), key=self._order)

    # --- forgetting --------------------------------------------------------------------------------------

    def forget(self, text: str) -> None:
        """Take back what the text has taught; a single word is forgotten for good and not offered again.

        Of a longer text, one use of each word and what followed what in it are taken back.
        """
        words = _WORD.findall(text)
        if len(words) == 1:
            key = _key(words[0])
            self._blocked.add(key)
            self._words.pop(key, None)
            self._take_away(key)
            for context in [place for place in self._after if key in place.split()]:
                self._pairs -= len(self._after.pop(context))
            for followers in self._after.values():
                self._pairs -= followers.pop(key, None) is not None
            return
        keys = [_key(word) for word in words]
        for index, key in enumerate(keys):
            known = self._words.get(key)
            if known is not None:
                weight = self._worth((known.weight, known.tick)) - 1.0
                if weight < 1.0:
                    self._drop(key)
                else:
                    self._words[key] = known._replace(weight=weight, tick=self._tick)
                    self._rerank(key)
            for context in {
                "",
                " ".join(keys[max(0, index - 1) : index]),
                " ".join(keys[max(0, index - 2) : index]),
            }:
                if key in self._after.get(context, {}):
                    del self._after[context][key]
                    self._pairs -= 1

    def erase(self) -> None:
        """Know nothing of this user any more."""
        self._start_over()

    # --- files -------------------------------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """All that was learned, as plain values that `json.dumps` takes; a copy, so it may go to a thread."""
        return {
            "version": 1,
            "tick": self._tick,
            "words": self._words.copy(),
            "after": {context: followers.copy() for context, followers in self._after.items()},
            "unsure": [*self._unsure_before, *map(_print, self._unsure)][-_MOST_PRINTS:],
            "blocked": sorted(self._blocked),
        }

    @classmethod
    def from_json(cls, value: object, language: str = "en") -> Completion:
        """What `to_json` gave; what makes no sense in it is left out. Raises InputError for another value."""
        if not isinstance(value, Mapping) or not isinstance(value.get("words"), Mapping):
            raise InputError(
                "This holds no learned words.", hint="Choose a file that completion has written."
            )
        made = cls(language)
        tick = value.get("tick")
        made._tick = tick if isinstance(tick, int) and _is_count(tick) else 0
        for key, known in islice(value["words"].items(), MOST_WORDS):
            if _is_known(key, known) and known[2] <= made._tick:
                made._words[key] = _Known(known[0], float(known[1]), known[2])
        made._read_after(value.get("after"))
        prints = _list(value.get("unsure"))[-_MOST_PRINTS:]
        made._unsure_before = {print_ & 0xFFFF: None for print_ in prints if _is_count(print_)}
        made._blocked = {key for key in _list(value.get("blocked")) if isinstance(key, str)}
        made._rank_all()
        return made

    def _read_after(self, value: object) -> None:
        if not isinstance(value, Mapping):
            return
        for context, followers in value.items():
            if not isinstance(context, str) or not isinstance(followers, Mapping):
                continue
            kept = {
                key: (float(use[0]), use[1])
                for key, use in islice(followers.items(), _MOST_AFTER_ONE)
                if isinstance(key, str) and _is_use(use) and use[1] <= self._tick
            }
            if kept and self._pairs + len(kept) <= MOST_PAIRS:
                self._after[context] = kept
                self._pairs += len(kept)


def _key(word: str) -> str:
    return word.replace("’", "'").replace("‐", "-").casefold()


def _prefixes(key: str) -> list[str]:
    return [key[:length] for length in range(min(_PREFIX, len(key)) + 1)]


def _print(key: str) -> int:
    return zlib.crc32(key.encode("utf-8", "replace")) & 0xFFFF


def _is_capital_inside(word: str) -> bool:
    """Whether capitals are the word's own, wherever it stands: "McKay", "NATO"."""
    return any(map(str.isupper, word[1:]))


def _sentences(text: str) -> Iterator[list[tuple[str | None, bool]]]:
    """The words that may be learned, and whether each begins its sentence; None where others stand."""
    for sentence in _STOP.split(text):
        found: list[tuple[str | None, bool]] = []
        if _SECRET.search(sentence):
            continue
        for chunk in _CHUNK.findall(sentence):
            body = chunk.strip(_EDGES)
            words = re.split(r"[/,;:…—–]+", body) if body else []
            for word in words:
                is_plain = bool(_WORD.fullmatch(word)) and "://" not in chunk and not _is_odd(word)
                found.append((word if is_plain else None, not found))
        yield found


def _is_odd(word: str) -> bool:
    """Whether it looks made by a machine, or by someone who was told to mix: no word to be offered again."""
    if len(word) > _LONGEST_WORD or is_dense(word):
        return True
    turns = sum(before.islower() and after.isupper() for before, after in pairwise(word))
    return turns > 1 or bool(_CONSONANTS.search(word)) or (len(word) > 4 and not _VOWEL.search(word))


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _is_use(value: object) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) == 2
        and isinstance(value[0], int | float)
        and 0 < value[0] < 1e9
        and _is_count(value[1])
    )


def _is_known(key: object, value: object) -> bool:
    return (
        isinstance(key, str)
        and isinstance(value, list | tuple)
        and len(value) == 3
        and isinstance(value[0], str)
        and _key(value[0]) == key
        and bool(_WORD.fullmatch(value[0]))
        and _is_use(value[1:])
    )


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


# --- what English begins with ----------------------------------------------------------------------------


def _given_words() -> dict[str, tuple[str, float]]:
    words = dict.fromkeys(_ENGLISH.split())
    return {_key(word): (word, 1.5 / (1 + rank / 30)) for rank, word in enumerate(words)}


_ENGLISH: Final = """
the to I and a you of it in is that for have on be do with not this are was we can my me your they what but
at so he all just if there about like no get go know know one up out she his or from as think good want will
how when now would them see time here more some then an very really by back well her come could who make yes
take had did been need which say has thing right our because work look little let two than other people him
too much way first only over even again after before down off where any something still us down tell day
going please thanks thank sorry help feel day home today tomorrow yesterday tonight morning afternoon evening
night week weekend month year always never sometimes often maybe sure great fine okay nice love hello hi hey
goodbye bye welcome morning wait stop start more less enough water coffee tea food eat drink hungry thirsty
tired cold hot warm pain hurt hurts doctor nurse medicine bathroom toilet bed chair door window light phone
call talk speak say said asked ask answer question mean means understand remember forget believe hope wish
try trying use using used give given gave put keep kept find found leave left bring brought show open close
turn move play read write hear listen watch sit stand walk run drive sleep wake live lives stay mind care
old new big small long short high low early late next last best better bad worse worst same different easy
hard happy sad angry afraid busy ready free full empty able possible important true wrong mother father mum
mom dad brother sister son daughter wife husband friend friends family child children baby man woman boy girl
person people name house room kitchen garden school job office shop store money car bus train street town
city country world life hand head eye eyes face heart back leg arm foot feet three four five six seven eight
nine ten hundred thousand half many few lot lots whole another each every both most such own while until since
though although however also already yet soon later ago together alone away around between under through
during without against near far inside outside everything nothing anything someone anyone everyone nobody
somewhere anywhere everywhere maybe perhaps probably actually especially exactly almost quite rather pretty
I'm I'll I've I'd it's that's what's there's he's she's we're they're you're don't doesn't didn't can't won't
couldn't wouldn't shouldn't isn't aren't wasn't let's should might must may shall computer voice type typing
word words sentence letter message email text picture music song film book news weather rain snow sun summer
winter spring autumn birthday party holiday dinner lunch breakfast table glass cup bread milk apple juice
Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April June July August
September October November December English chance problem problems idea reason matter part place side end
course change number point story moment minute minutes hour hours second seconds once twice louder quieter
slowly quickly quick slow careful wonderful beautiful lovely funny strange interesting interested excited
worried surprised glad proud bit kind sort favourite
"""

_GIVEN_PAIRS: Final[Mapping[str | None, tuple[str, ...]]] = {
    "": (
        "i",
        "the",
        "can",
        "yes",
        "no",
        "what",
        "how",
        "thank",
        "please",
        "it's",
        "i'm",
        "that's",
        "we",
        "do",
    ),
    "i": ("am", "have", "think", "don't", "would", "want", "need", "can", "was", "will", "know", "feel"),
    "i'm": ("not", "going", "sorry", "fine", "so", "just", "tired", "hungry", "happy", "in"),
    "thank": ("you",),
    "thanks": ("for", "a", "so"),
    "you": ("are", "can", "have", "know", "very", "for", "want", "to"),
    "how": ("are", "was", "do", "much", "about", "long", "is", "many"),
    "how are": ("you", "things", "they"),
    "what": ("is", "do", "are", "time", "about", "did", "was", "a"),
    "what time": ("is", "do", "are"),
    "where": ("is", "are", "do", "did"),
    "when": ("is", "do", "are", "i", "you", "will"),
    "can": ("you", "i", "we", "have"),
    "can you": ("please", "help", "tell", "give", "get", "come", "turn"),
    "could": ("you", "i", "we", "be"),
    "could you": ("please", "help", "repeat", "say"),
    "would": ("like", "you", "be", "have"),
    "would you": ("like", "mind", "please"),
    "please": ("help", "call", "wait", "come", "tell", "give", "don't", "turn"),
    "it": ("is", "was", "will", "would", "has"),
    "it's": ("a", "not", "very", "too", "all", "the", "okay"),
    "that": ("is", "was", "would", "you", "i", "the"),
    "that's": ("a", "not", "right", "great", "all", "very", "fine"),
    "this": ("is", "was", "morning", "week"),
    "there": ("is", "are", "was", "were"),
    "we": ("are", "can", "have", "need", "should", "will", "were"),
    "they": ("are", "have", "were", "will", "don't"),
    "do": ("you", "not", "it", "i", "we"),
    "do you": ("want", "have", "know", "think", "like", "need"),
    "don't": ("know", "want", "worry", "think", "have", "like"),
    "want": ("to", "a", "some", "it"),
    "want to": ("go", "see", "say", "talk", "eat", "be", "know"),
    "need": ("to", "a", "some", "help", "more"),
    "need to": ("go", "talk", "rest", "get", "see"),
    "going": ("to", "on", "out", "home"),
    "have": ("a", "to", "you", "been", "some", "not"),
    "to": ("the", "be", "go", "see", "do", "get", "have"),
    "of": ("the", "course", "my", "it", "all"),
    "in": ("the", "a", "my", "an"),
    "on": ("the", "my", "a", "it"),
    "at": ("the", "home", "least", "all"),
    "for": ("the", "a", "me", "you", "my"),
    "with": ("me", "you", "my", "the", "a"),
    "are": ("you", "we", "they", "not"),
    "are you": ("okay", "there", "sure", "ready", "coming", "going"),
    "good": ("morning", "night", "afternoon", "evening", "idea", "luck"),
    "see": ("you", "the", "what", "if"),
    "nice": ("to", "day", "of"),
    "nice to": ("meet", "see", "hear"),
    "let": ("me", "us", "it"),
    "let's": ("go", "see", "talk", "have", "do"),
    "my": ("name", "mother", "father", "friend", "family", "phone", "wife", "husband"),
    "my name": ("is",),
    "a": ("little", "lot", "bit", "good", "few", "cup", "minute"),
    "a cup": ("of",),
    "the": ("same", "other", "best", "time", "first", "next", "way", "door"),
    "very": ("much", "good", "well", "nice", "happy"),
    "just": ("a", "want", "one", "wait"),
    "not": ("sure", "yet", "now", "really", "very"),
    "right": ("now", "away", "back"),
    "turn": ("on", "off", "it", "up", "down"),
    "talk": ("to", "about", "later"),
    "say": ("that", "it", "hello", "something"),
    "sorry": ("i", "about", "for", "to"),
}
