"""Completion: counts which words this user says after which, and offers the likeliest.

It forgets slowly what is not said any more. What it knows is a value for a file (`Completion.to_json`), and
nothing of it is meant to leave this computer.

Completion never keeps: anything with a digit or a sign in it, addresses, text that looks like a key or a
password, any word of a sentence that speaks of one, and any word that was used only once. Of a word's first
use it keeps sixteen bits of a checksum, to notice the second: too few to tell which word it was.

Cost: a suggestion looks at some hundred words, however many are known.
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
from fishcaption.core.vocabulary import english

MOST_WORDS: Final = 50_000
MOST_PAIRS: Final = 60_000
_MOST_AFTER_ONE: Final = 64  # words that are remembered behind one or two other words
_MOST_UNSURE: Final = 4_000
_MOST_PRINTS: Final = 500  # of 65,536: a new word is mistaken for one of them in 0.8 % of cases
_FORGOTTEN: Final = 16  # when full, the one of least worth among so many of the oldest is dropped
_HALF_LIFE: Final = 20_000.0  # words: uses count half after this many more words; about a month of typing
_TOP: Final = 40
_PREFIX: Final = 3  # letters of a beginning, at most, whose best words are kept ready
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
    """A word as it is written, and how much it was used: its weight at a tick."""

    form: str
    weight: float
    tick: int


_Use = tuple[float, int]
"""(Weight, the tick at which it was that much)."""


class Completion:
    """The words that this user is likely to type next.

    ``language`` is a two-letter code; English has words to start with. All methods are fast enough to be
    called at every key, and none of them keeps the text it is given.
    """

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self._start_over()

    def _start_over(self) -> None:
        self._tick = 0  # words that were learned from, so far
        self._words: dict[str, _Known] = {}  # the least recently used comes first, here and below
        self._after: dict[str, dict[str, _Use]] = {}
        self._pairs = 0
        self._unsure: dict[str, None] = {}  # used once since the program started
        self._unsure_before: dict[int, None] = {}  # checksums of words that were used once before that
        self._blocked: set[str] = set()
        self._given = _given_words() if self.language == "en" else {}
        self._sorted: list[str] = []
        self._tops: dict[str, list[str]] = {}  # the best words by their first letters, best first
        self._rank_all()

    def __len__(self) -> int:
        """Return the number of learned words."""
        return len(self._words)

    # --- asking ------------------------------------------------------------------------------------------

    def suggestions(self, text_before_cursor: str, count: int = 3) -> tuple[str, ...]:
        """Return the likeliest words, best first: completions of the word at the cursor, or next words.

        Each is a whole word in the case that the text asks for; at most ``count``, and none twice.
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
            if self.language == "en" and place in english.FOLLOWERS:
                for rank, word in enumerate(english.FOLLOWERS[place]):
                    if word.startswith(prefix) and word != prefix and word not in self._blocked:
                        found[word] = found.get(word, 0.0) + 0.5 / (1 + rank)
            total = sum(found.values())
            for word, worth in found.items():
                # A half stands for all that was never said: with few uses so far, the share is small.
                scored[word] = scored.get(word, 0.0) + share * worth / (total + 0.5)
        usual = self._usual(prefix) if prefix or len(scored) < _ENOUGH else []
        total = sum(map(self._worth_of, usual)) + 1.0
        for word in usual:
            if word != prefix:
                scored[word] = scored.get(word, 0.0) + _WEIGHTS[0] * self._worth_of(word) / total
        return scored

    def _usual(self, prefix: str) -> list[str]:
        """Return the likeliest words with this beginning, whatever stands before it."""
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
        """Return a rank of the word's worth that does not change with time: ranked lists stay right."""
        known = self._words.get(key)
        if known is None:
            return log2(self._given[key][1]) if key in self._given else -1e9
        return log2(known.weight) + known.tick / _HALF_LIFE

    def _more(self, use: _Use | None) -> _Use:
        return (round(self._worth(use) + 1.0, 3) if use else 1.0, self._tick)

    # --- learning ----------------------------------------------------------------------------------------

    def learn(self, text: str) -> None:
        """Count the words of a text that the user has said, and which follows which."""
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
        """Count one use; return False for a word that is not known (yet)."""
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
        """Return whether the word was used before, and remember that it was used."""
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
        """Rebuild the sorted words and the ranked ones."""
        self._sorted = sorted((self._words.keys() | self._given.keys()) - self._blocked)
        self._tops = {}
        for key in sorted(self._sorted, key=self._order, reverse=True):
            for prefix in _prefixes(key):
                top = self._tops.setdefault(prefix, [])
                if len(top) < _TOP:
                    top.append(key)

    def _rerank(self, key: str) -> None:
        """Rank a word again that is worth more now."""
        for prefix in _prefixes(key):
            top = self._tops.setdefault(prefix, [])
            if key not in top:
                if len(top) >= _TOP and self._order(key) <= self._order(top[-1]):
                    continue
                top.append(key)
            top.sort(key=self._order, reverse=True)
            del top[_TOP:]

    def _drop(self, key: str) -> None:
        """Forget that a word was learned; one of the starting words keeps its first worth."""
        if self._words.pop(key, None) is not None and key not in self._given:
            self._take_away(key)

    def _take_away(self, key: str) -> None:
        """Remove a word from those that are offered."""
        index = bisect_left(self._sorted, key)
        if self._sorted[index : index + 1] == [key]:
            del self._sorted[index]
        for prefix in _prefixes(key):
            top = self._tops.get(prefix, [])
            if key in top:
                top.remove(key)
                # The words that ranked after the best ones are not in the list: find them again.
                if len(top) < _TOP // 2:
                    top[:] = nlargest(_TOP, self._beginning(prefix), key=self._order)

    # --- forgetting --------------------------------------------------------------------------------------

    def forget(self, text: str) -> None:
        """Undo what the text has taught; a single word is forgotten for good and not offered again.

        For a longer text, one use of each word and the word pairs of the text are undone.
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
        """Forget everything about this user."""
        self._start_over()

    # --- files -------------------------------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """Return all that was learned as plain values for `json.dumps`; a copy, so a thread may write it."""
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
        """Return the completion that `to_json` wrote; senseless entries are left out. Raises InputError."""
        if not isinstance(value, Mapping) or not isinstance(value.get("words"), Mapping):
            raise InputError(
                "This file holds no learned words.", hint="Choose a file that completion has written."
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
    """Return whether the word has capitals wherever it stands: "McKay", "NATO"."""
    return any(map(str.isupper, word[1:]))


def _sentences(text: str) -> Iterator[list[tuple[str | None, bool]]]:
    """Yield each sentence as (word, begins the sentence); the word is None where none may be learned."""
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
    """Return whether a word looks like a key or a password."""
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


def _given_words() -> dict[str, tuple[str, float]]:
    words = dict.fromkeys(english.WORDS.split())
    return {_key(word): (word, 1.5 / (1 + rank / 30)) for rank, word in enumerate(words)}
