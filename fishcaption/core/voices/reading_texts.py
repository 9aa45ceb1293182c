"""Texts to be read aloud for a recording: ours from a file, or the user's own in parts of a good length.

A recording that a voice is made from is best 15 to 20 s long (the service's guide), which is 45 to 60 words
read aloud, or some 130 letters of a script that puts no blanks between words.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from fishcaption.core.text.segmentation import segments

MOST_WORDS: Final = 60
MOST_DENSE_LETTERS: Final = 150
MOST_OWN_LETTERS: Final = 100_000
"""Of the user's own text; what stands behind is left out."""

_DENSE: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


class ReadingText(NamedTuple):
    """A text to be read aloud; ``title`` says in which manner, and may be empty."""

    title: str
    text: str


def reading_texts(content: str) -> tuple[ReadingText, ...]:
    """Return the texts of a file: parts with a blank line between them, each may begin with ``# title``."""
    found = []
    for part in re.split(r"\n[ \t]*\n", content):
        title = ""
        lines = []
        for line in part.splitlines():
            if line.startswith("#"):
                title = line.lstrip("#").strip()
            elif line.strip():
                lines.append(line.strip())
        if lines:
            found.append(ReadingText(title, " ".join(lines)))
    return tuple(found)


def own_texts(text: str, language: str) -> tuple[ReadingText, ...]:
    """Return the user's own text in parts of whole sentences that are not too long to be read in one go.

    A paragraph begins a new part. A single sentence that is too long stays whole.
    """
    found: list[str] = []
    for paragraph in text[:MOST_OWN_LETTERS].splitlines():
        part = ""
        for sentence in segments(paragraph, language):
            longer = (
                f"{part} {sentence.strip()}".strip() if not _DENSE.search(part) else part + sentence.strip()
            )
            if part and is_long(longer):
                found.append(part)
                part = sentence.strip()
            else:
                part = longer
        if part:
            found.append(part)
    return tuple(ReadingText("", part) for part in found)


def is_long(text: str) -> bool:
    """Return whether the text takes more than some 20 s to be read aloud."""
    dense = len(_DENSE.findall(text))
    return dense / MOST_DENSE_LETTERS + len(_DENSE.sub("", text).split()) / MOST_WORDS > 1
