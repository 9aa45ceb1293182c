"""The caption at the ear: the text that an outlet of a given size shows, and the word that is lit in it."""

from __future__ import annotations

from typing import NamedTuple

from fishcaption.core.cues.audience_text import AudienceText
from fishcaption.core.cues.captions import Captions
from fishcaption.core.speech import Span, UtteranceView


class ShownCaption(NamedTuple):
    """A caption on one line, without tags; `lit` is in code points of `text`, None where no word is lit."""

    text: str
    lit: Span | None = None


class CaptionAtEar:
    """Finds the caption of what is heard. The outlets of one size share one."""

    def __init__(self, columns: int, lines: int) -> None:
        self._captions = Captions(columns, lines)

    def of_word(self, view: UtteranceView) -> ShownCaption | None:
        """Return the caption of the word at the ear; None where there is none."""
        if view.word is None:
            return None
        caption = self._captions.at(view.text, view.word.start, language=view.language)
        return _shown(caption.plain, view.word) if caption is not None else None

    def of_heard(self, view: UtteranceView) -> ShownCaption:
        """Return the last caption of which something was heard, as far as it was; empty where nothing was."""
        caption = self._captions.at(view.text, max(0, view.heard_end - 1), language=view.language)
        if caption is None or view.heard_end == 0:
            return ShownCaption("")
        plain = caption.plain
        return ShownCaption(_on_one_line(plain.text[: plain.plain(view.heard_end)]).strip())


def _shown(plain: AudienceText, word: Span) -> ShownCaption:
    return ShownCaption(_on_one_line(plain.text), Span(*map(plain.plain, word)))


def _on_one_line(text: str) -> str:
    return text.replace("\n", " ")
