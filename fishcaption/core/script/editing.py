"""A script after its text was changed: cues that stay, or change a little, keep their ids.

So a show goes on at its place while its text is edited, and the sound of a cue that stays is kept. The cost
is linear in the length of the script, but for the few cues around a change.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final, NamedTuple

from fishcaption.core.script import plain_text
from fishcaption.core.script.model import Script, ScriptCue

_MOST_PAIRS: Final = 10_000  # of cues that are compared in one changed place
_LEAST_LIKENESS: Final = 0.4  # share of words in common: the cue is the same one, with other words
_PART_LIKENESS: Final = 0.5  # of all parts alike: the first one keeps the id
_SURE_LIKENESS: Final = 0.7
_FEW_WORDS: Final = 3
_PART: Final = 0.8  # of the smaller cue is in the larger one: it is a part of it
_MOST_PARTS: Final = 4
_MOST_WORDS: Final = 400  # that are compared of a cue

_Key = tuple[str, str]


def edited(script: Script, new_text: str, *, language: str = "en") -> Script:
    """Return the script after its text (`plain_text.to_text`) became this text.

    A cue with the same words and speaker keeps its id, wherever it is now; one between the same neighbours
    that has most of its words keeps it, too. The others get ids that no cue of the script ever had. Lengths
    stay with their ids. Raises InputError for too many cues.
    """
    new = plain_text.parse(new_text, script.name, known=script.speakers(), language=language).cues
    return matched(script, Script(script.name, tuple(new), script.problems))


def matched(script: Script, other: Script) -> Script:
    """Return another version of a script: cues that are the same, as `edited` finds them, get their ids."""
    kept: dict[int, ScriptCue] = {}
    for new_place, old_place in _pairs(script.cues, other.cues):
        kept[new_place] = script.cues[old_place]
    last = max([script.last_id, *(cue.id for cue in script.cues)], default=0)
    cues: list[ScriptCue] = []
    for place, cue in enumerate(other.cues):
        old = kept.get(place)
        if old is None:
            last += 1
            cues.append(replace(cue, id=last))
        else:
            made = replace(cue, id=old.id, seconds=old.seconds if cue.seconds is None else cue.seconds)
            cues.append(old if made == old else made)
    return replace(other, cues=tuple(cues), last_id=last)


def _pairs(old: Sequence[ScriptCue], new: Sequence[ScriptCue]) -> Iterator[tuple[int, int]]:
    """Yield the places, in the new and in the old script, of cues that are the same."""
    start = 0
    while start < min(len(old), len(new)) and _key(old[start]) == _key(new[start]):
        yield start, start
        start += 1
    behind = 0
    while behind < min(len(old), len(new)) - start and _key(old[-1 - behind]) == _key(new[-1 - behind]):
        behind += 1
        yield len(new) - behind, len(old) - behind
    same = _same(old, new, start, behind)
    yield from same
    taken = {old_place for _, old_place in same}
    fixed = [(start - 1, start - 1), *_in_order(same), (len(new) - behind, len(old) - behind)]
    matched = {new_place for new_place, _ in same}
    for (new_from, old_from), (new_to, old_to) in pairwise(fixed):
        yield from _alike(
            [(place, old[place]) for place in range(old_from + 1, old_to) if place not in taken],
            [(place, new[place]) for place in range(new_from + 1, new_to) if place not in matched],
        )


def _same(
    old: Sequence[ScriptCue], new: Sequence[ScriptCue], start: int, behind: int
) -> list[tuple[int, int]]:
    """Return the places of cues with the same words, in the new script's order; equal ones in their order."""
    places: defaultdict[_Key, list[int]] = defaultdict(list)
    for place in range(len(old) - behind - 1, start - 1, -1):
        places[_key(old[place])].append(place)
    return [
        (place, waiting.pop())
        for place in range(start, len(new) - behind)
        if (waiting := places.get(_key(new[place])))
    ]


def _in_order(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest part of the pairs in which both places grow: the cues that were not moved."""
    tails: list[int] = []  # smallest old place at which a chain of this length ends
    ends: list[int] = []
    before: list[int] = []
    for index, (_, old_place) in enumerate(pairs):
        length = bisect_left(tails, old_place)
        before.append(ends[length - 1] if length else -1)
        if length == len(tails):
            tails.append(old_place)
            ends.append(index)
        else:
            tails[length], ends[length] = old_place, index
    chain: list[tuple[int, int]] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]


def _alike(old: list[tuple[int, ScriptCue]], new: list[tuple[int, ScriptCue]]) -> Iterator[tuple[int, int]]:
    """Yield the places of cues between two that stay which are most like each other, the likest first."""
    if not old or not new:
        return
    if len(old) * len(new) > _MOST_PAIRS:
        # Far too many were changed at once: each is compared with the one at its place only.
        compared = [(at, at) for at in range(min(len(old), len(new)))]
    else:
        compared = [(at_new, at_old) for at_new in range(len(new)) for at_old in range(len(old))]
    old_parts = [_parts(cue) for _, cue in old]
    new_parts = [_parts(cue) for _, cue in new]
    found = sorted(
        (-likeness, abs(at_new - at_old), at_new, at_old)
        for at_new, at_old in compared
        if (likeness := _likeness(old_parts[at_old], new_parts[at_new])) >= _LEAST_LIKENESS
    )
    used_new: set[int] = set()
    used_old: set[int] = set()
    for _, _, at_new, at_old in found:
        if at_new not in used_new and at_old not in used_old:
            used_new.add(at_new)
            used_old.add(at_old)
            yield new[at_new][0], old[at_old][0]


class _Parts(NamedTuple):
    """A cue's words and pairs of letters, by which it is compared."""

    words: frozenset[str]
    pairs: frozenset[str]


def _parts(cue: ScriptCue) -> _Parts:
    words = frozenset(cue.text.split(maxsplit=_MOST_WORDS)[:_MOST_WORDS])
    text = cue.text[:_MOST_WORDS]
    return _Parts(words, frozenset(text[at : at + 2] for at in range(len(text))))


def _likeness(one: _Parts, other: _Parts) -> float:
    """Return the share of words in common, from 0 to 1; one value for all parts of a cue that was parted."""
    # few words tell little, and a script without blanks has none
    are_few = min(len(one.words), len(other.words)) < _FEW_WORDS
    first, second = (one.pairs, other.pairs) if are_few else (one.words, other.words)
    common = len(first & second)
    smaller, larger = sorted((len(first), len(second)))
    share = common / max(1, larger + smaller - common)
    is_part = common >= _PART * smaller and smaller * _MOST_PARTS >= larger
    return _PART_LIKENESS if is_part and share < _SURE_LIKENESS else share


def _key(cue: ScriptCue) -> _Key:
    return (cue.text, cue.speaker)
