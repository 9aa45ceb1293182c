"""Edits of a text that is being spoken: the first word that has changed."""

from __future__ import annotations

from fishcaption.core.text.segmentation import marks_end, words

_LONGEST_WORD = 80  # code points on each side of a change in which its word is looked for


def first_difference(old: str, new: str) -> int:
    """Return the number of code points that two texts have in common at their beginning."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old.startswith(new[:middle]):
            low = middle
        else:
            high = middle - 1
    return low


def changed_from(old: str, new: str, place: int) -> int:
    """Return the start of the first changed word of two texts that differ from ``place`` on.

    A changed mark behind a word changes how the word is spoken; a mark that is only appended does not.
    """
    with_marks = not new.startswith(old)
    before, after = _word_before(old, place), _word_before(new, place)
    if before is not None and after is not None and before[0] == after[0]:
        length = 2 if with_marks else 1
        if all(old[before[0] : before[at]] == new[after[0] : after[at]] for at in range(1, length + 1)):
            return place
    starts = [word[0] for word in (before, after) if word is not None]
    return min(starts, default=place)


def _word_before(text: str, place: int) -> tuple[int, int, int] | None:
    """Return (start, end, end of its marks) of the word that begins before the place and reaches it."""
    base = max(0, place - _LONGEST_WORD)
    near = text[base : place + _LONGEST_WORD]
    spans = words(near)
    for index, span in enumerate(spans):
        following = spans[index + 1].start if index + 1 < len(spans) else len(near)
        reach = marks_end(near, span.end, following)
        if base + span.start < place <= base + reach:
            return base + span.start, base + span.end, base + reach
    return None
