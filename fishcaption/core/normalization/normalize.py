"""Normalization: shown text becomes spoken text, piece by piece, with the map between the two.

A `Normalizer` applies the user's `Rules` to the pieces of one utterance, in order. It remembers what a piece
leaves open for the next one (a code fence, a list item) and its last words, so that the split of a text does
not change how it is spoken, unless a form is cut in two (`Normalizer.may_go_on`, `core.text.open_forms`). No
text is refused.

The stages follow each other in `Normalizer._normalize_sentence`. The result of a stage is final: no later
stage changes it, and no replacement is applied to the result of another. `core.normalization.markdown`
removes marks, `core.normalization.verbalize` reads forms (numbers, addresses, emoji); both are imported when
a text needs them, or by `warm`.

Positions are code points of the piece, shown and spoken.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from fishcaption.core.normalization.edited_text import EditedText, Normalized, VoiceEdit, joined, led_by
from fishcaption.core.normalization.rules import Rules, language_code
from fishcaption.core.speech import Family
from fishcaption.core.text import open_forms
from fishcaption.core.text.readings import LEFT, edited
from fishcaption.core.text.segmentation import is_dense, segments, speakable
from fishcaption.core.text.tags import is_tag, marks

if TYPE_CHECKING:
    from fishcaption.core.normalization.replacements import Replacer
    from fishcaption.core.text.readings import Reading

_INNER_END: Final = re.compile(r"[.!?…。！？।؟\n\v\f\x85\u2028\u2029]")
_SENTENCE_END: Final = re.compile(r"[.!?…。！？।؟][\"'”’»)\]]*\s*$|\n\s*$")
_AT_END: Final = " \t\u00a0\n.!?…。！？\"'”’»)"
_NUMBER_AT_END: Final = re.compile(r"(?<![\w.,:])(\d(?:[\d.,:]*\d)?)[ \u00a0]+$")
# A text without any of these is spoken as it stands.
_SIGNS: Final = re.compile(
    r"[\d*_`~#>|<\\\[&@/$€£¥₹₩№§∞√⁰¹²³⁴-⁹½⅓⅔¼¾⅕-⅞\u20e3\u231a-\u2b55\U0001f000-\U0001faff]"
    r"|[−×÷≤≥≈≠±]|\b[IVXLCM]+(?:\b|[eᵉ])|\w[–-][A-Za-z]|\w=|\bEE\.? ?UU|Chr\.|C\."
    r"|^[ \t]*[-+=•‣▪◦]|\.\w",
    re.MULTILINE,
)
_CAPITALS: Final = re.compile(r"[A-ZÀ-ÖØ-ÞŒẞ]['’]?[A-ZÀ-ÖØ-ÞŒẞ]")


def warm(language: str) -> None:
    """Prepare what the first key, number and emoji would wait for: 0.2 s, in any thread."""
    from fishcaption.core.normalization import verbalize

    normalizer = Normalizer(Rules(), language=language, voice_id="", family="s2")
    for text in ("*5* words. And so on at x.org", "x "):
        normalizer.normalize(text)
    normalizer.may_go_on("so ")
    is_dense("so")
    open_forms.may_go_on("so ", language_code(language))
    verbalize.emoji("🙂", language_code(language))
    verbalize.numbers("1", language_code(language), with_numbers=True, with_units=True)


class Normalizer:
    """Turns the pieces of one utterance, in order, into the text that one voice is given.

    ``language`` is a two-letter code. If it is empty, the language is not known: then only text that has none
    is read (Markdown, code, emoji in English). ``voice_id`` and ``family`` are the voice's.
    """

    def __init__(self, rules: Rules, *, language: str, voice_id: str, family: Family) -> None:
        self._rules = rules
        self._family = family
        self._language = language_code(language)
        self._reads_signs = rules.numbers or rules.markdown
        self._style = rules.style
        self._begins = True  # the next text is the beginning of a sentence
        from fishcaption.core.normalization.markdown import MarkRemover  # slow; not before the first paint

        self._markdown = MarkRemover(marks_go=rules.markdown, code_is_read=rules.code)
        self._replacer = _replacer(rules, language, voice_id, family)
        self._is_in_address = False  # the last piece ended inside an address, whose rest is silent
        self._formula = ""  # the sign that will close the formula that the last piece has left open
        self._number = ""  # the number that the last piece ended with: its unit may come
        # The end of the text before, as numbers and as capitals were looked for in it.
        self._left_of_numbers = self._left_of_capitals = ""

    def normalize(self, text: str) -> Normalized:
        """Return the next piece as it is spoken; a blank piece stays blank.

        Sentences are read one by one, as if each was a piece of its own.
        """
        parts = segments(text, self._language or "en") if _INNER_END.search(text.rstrip(_AT_END)) else [text]
        if len(parts) < 2:
            return self._styled(text)
        return joined([self._styled(part) for part in parts])

    def _styled(self, text: str) -> Normalized:
        """Return a sentence, or a part of one, with the mark of the style where a sentence begins."""
        found = self._normalize_sentence(text)
        if not self._style or not speakable(found.text):
            return found
        begins, self._begins = self._begins, _SENTENCE_END.search(text) is not None
        return led_by(marks(self._style, 0, self._family), found) if begins else found

    def _normalize_sentence(self, text: str) -> Normalized:
        from fishcaption.core.text import characters  # its patterns: not before the first paint

        piece = EditedText(text)
        piece.apply(characters.unheard(text, for_pictures=self._rules.emoji), is_final=False)
        if self._is_in_address:
            piece.apply(_rest_of_address(piece.text))
            self._is_in_address = False
        if self._formula or "\\" in piece.text or "$" in piece.text or "^{" in piece.text:
            self._read_formulas(piece)
        has_signs = _SIGNS.search(piece.text) is not None
        if has_signs or self._markdown.is_busy:
            piece.apply(self._markdown.edits(piece.text))
        else:
            self._markdown.pass_over(piece.text)
        piece.apply(characters.entities(piece.text), is_final=False)
        if self._replacer is not None:
            piece.apply(characters.unadorned(piece.text, self._replacer.signs), is_final=False)
            piece.apply(self._replacements(self._replacer, piece.text))
        piece.apply(characters.unadorned(piece.text), is_final=False)
        if self._reads_signs:
            from fishcaption.core.normalization.dividers import dividers

            piece.apply(dividers(piece.text, self._language, self._left_of_numbers))
        left = self._left_of_numbers
        if has_signs or _SIGNS.search(piece.text):
            self._left_of_numbers = (left + self._verbalize(piece, left))[-LEFT:]
        else:
            self._left_of_numbers = (left + piece.text)[-LEFT:]
        if "^" in piece.text or not piece.text.isascii():
            self._read_letters(piece)
        left = self._left_of_capitals
        self._left_of_capitals = (left + piece.text)[-LEFT:]
        if self._family == "embedded" and _CAPITALS.search(left + piece.text):
            from fishcaption.core.text.capitals import capitals  # its tables: for one family of voices

            piece.apply(_behind(left, capitals(left + piece.text, self._language, len(left))))
        number, self._number = self._number, _number_at_end(text)
        if number:
            self._read_unit(piece, number)
        piece.apply(characters.unheard(piece.text, for_pictures=False))
        piece.apply(self._tags(piece.text))
        return piece.normalized(self._family)

    def may_go_on(self, text: str) -> bool:
        """Return whether the next words may belong to a replacement or a mark that begins at the text's end.

        If a text is cut only where this and `open_forms.may_go_on` are false, it is read as if it was whole.
        """
        if self._replacer is not None and self._replacer.may_go_on(text):
            return True
        from fishcaption.core.normalization.markdown import is_closed

        return (self._rules.markdown or self._rules.code) and not is_closed(text)

    def _verbalize(self, piece: EditedText, left: str) -> str:
        """Read addresses, emoji and numbers; return the text in which numbers were looked for."""
        from fishcaption.core.normalization import verbalize  # its patterns: not before the first paint

        rules, language = self._rules, self._language
        found = self._addresses(piece.text)
        self._is_in_address = bool(found) and found[-1].end == len(piece.text)
        piece.apply(found)
        if rules.emoji:
            piece.apply(_behind(left, verbalize.emoji(left + piece.text, language)))
        if rules.numbers:
            piece.apply(_behind(left, verbalize.operators(left + piece.text, language)))
        text = piece.text
        piece.apply(
            _behind(
                left,
                verbalize.numbers(
                    left + text,
                    language,
                    with_numbers=rules.numbers,
                    with_units=rules.units,
                    start=len(left),
                ),
            )
        )
        return text

    def _read_formulas(self, piece: EditedText) -> None:
        from fishcaption.core.normalization import formulas  # its tables: when there are formulas

        if not self._reads_signs:
            return
        found = formulas.formulas(piece.text, self._language, self._number_in_words, self._formula)
        piece.apply(found.edits)
        self._formula = found.closer

    def _read_letters(self, piece: EditedText) -> None:
        from fishcaption.core.normalization import formulas

        if self._reads_signs:
            piece.apply(formulas.letters(piece.text, self._language))

    def _number_in_words(self, written: str) -> str:
        from fishcaption.core.normalization import verbalize

        if not self._rules.numbers:
            return written
        readings = verbalize.numbers(written, self._language, with_numbers=True, with_units=False)
        return edited(written, readings)

    def _read_unit(self, piece: EditedText, number: str) -> None:
        from fishcaption.core.normalization import verbalize

        rules, language = self._rules, self._language
        piece.apply(
            verbalize.after_number(
                piece.text, number, language, with_numbers=rules.numbers, with_units=rules.units
            )
        )

    def _addresses(self, text: str) -> list[Reading]:
        from fishcaption.core.normalization import verbalize

        rules = self._rules
        return verbalize.addresses(text, self._language, urls=rules.urls, emails=rules.emails)

    def _replacements(self, replacer: Replacer, text: str) -> list[VoiceEdit]:
        """Return the replacements in the text; a word that is a part of an address is left to the address."""
        edits = list(replacer.edits(text))
        if not edits:
            return edits
        addresses = self._addresses(text)
        return [
            edit
            for edit in edits
            if not any(
                one.start <= edit.start
                and edit.end <= one.end
                and one.end - one.start > edit.end - edit.start
                for one in addresses
            )
        ]

    def _tags(self, text: str) -> list[VoiceEdit]:
        if text.isascii():
            return []
        found = [index for index, character in enumerate(text) if is_tag(character)]
        return [VoiceEdit(index, index + 1, "", marks(text, index, self._family)) for index in found]


def _replacer(rules: Rules, language: str, voice_id: str, family: Family) -> Replacer | None:
    entries = rules.replaced(language=language, voice_id=voice_id, family=family)
    if not entries:
        return None
    from fishcaption.core.normalization.replacements import Replacer

    return Replacer(entries, takes_sounds=family != "embedded")


def _behind(left: str, found: list[Reading]) -> list[VoiceEdit]:
    """Return the readings behind the left context as edits of the text alone."""
    at = len(left)
    return [VoiceEdit(max(0, one.start - at), one.end - at, one.spoken) for one in found if one.end > at]


def can_say(text: str, make_normalizer: Callable[[], Normalizer]) -> bool:
    """Return whether a voice has anything to say for a text: a word, or a sign that is read as one.

    ``make_normalizer`` makes a `Normalizer` of that voice; it is called for few texts.
    """
    return speakable(text) or (not text.isascii() and speakable(make_normalizer().normalize(text).text))


def _rest_of_address(text: str) -> list[VoiceEdit]:
    rest = re.match(r"[^\s\u3000-\uffff]+", text)
    return [VoiceEdit(0, rest.end(), "")] if rest else []


def _number_at_end(text: str) -> str:
    """Return the number at the end of a piece; empty if there is none."""
    found = _NUMBER_AT_END.search(text, max(0, len(text) - 20)) if text[-1:] in " \u00a0" else None
    return found.group(1) if found else ""
