"""How it is said: what is shown becomes what is spoken, piece by piece, with the map between the two.

`Rules` are the user's: what is read as a person would read it, and the replacements. A `Normalizer` applies
them to the pieces of one utterance, in order; it remembers what one piece leaves open for the next (a fence,
a list's item) and its last words, so that any split gives the same spoken text that does not cut a form in
two (`Normalizer.may_go_on`, `core.text.open_forms`). No text is refused.

The stages stand in `Normalizer.normalize`. What a stage has put in is final: no later one acts on it, and no
replacement is applied to another's result. What Markdown loses is in `core.normalization.markdown`, how a
form is read (numbers, addresses, emoji) in `core.normalization.verbalize`; both are imported when a text has
need of them, or by `warm`.

Positions are code points of the piece, shown and spoken.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from fishcaption.core.errors import InputError
from fishcaption.core.normalization.markup import is_closed, literal
from fishcaption.core.protocol.requests import Pronunciation
from fishcaption.core.speech import Family
from fishcaption.core.text.readings import LEFT
from fishcaption.core.text.segmentation import segments, speakable
from fishcaption.core.text.tags import is_tag, marks

if TYPE_CHECKING:
    from fishcaption.core.text.readings import Reading

_LONGEST_WRITTEN: Final = 256
_LONGEST_SAID: Final = 1024
_MOST_SENT: Final = 5000  # entries of the service's dictionary
_PHONEMES: Final = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Replacement:
    """``written`` is said as ``said`` tells, in that language and voice only where they are given.

    ``language`` is a two-letter code, ``voice`` a voice's id. ``phoneme`` is for Fish Audio's models: CMU
    Arpabet for English, pinyin with tone numbers, romaji with pitch digits; other voices use ``said``, or say
    it as it is written where that is empty. Raises InputError for an entry that cannot work.
    """

    written: str
    said: str
    language: str = ""
    voice: str = ""
    match_case: bool = False
    whole_word: bool = True
    phoneme: str = ""

    def __post_init__(self) -> None:
        if not self.written.strip() or len(self.written) > _LONGEST_WRITTEN:
            raise InputError(
                f"A replacement is for 1 to {_LONGEST_WRITTEN} characters, not for {len(self.written)}.",
                hint="Write the word as it stands in your texts.",
            )
        if len(self.said) > _LONGEST_SAID or len(self.phoneme) > _LONGEST_SAID:
            raise InputError(
                f"What is said instead can have {_LONGEST_SAID} characters at most.", hint="Make it shorter."
            )
        if self.language and not re.fullmatch("[a-z]{2,3}", self.language):
            raise InputError(
                "A replacement's language is a code of two or three small letters.", hint="Such as en or de."
            )
        if self.phoneme and not _PHONEMES.fullmatch(self.phoneme):
            raise InputError(
                "A pronunciation in sounds has letters, digits and blanks only.",
                hint="Such as EH1 N JH AH0 N IH1 R; phonetic signs (IPA) are not understood. Or respell it.",
            )

    @property
    def word(self) -> tuple[str, str, str, bool]:
        """The word it is for, and where: `Rules` take one replacement for each."""
        word = self.written if self.match_case else self.written.casefold()
        return word, self.language, self.voice, self.match_case


@dataclass(frozen=True, slots=True)
class Rules:
    """What is read as a person would read it, each to be switched off, and the user's replacements."""

    markdown: bool = True
    code: bool = True
    urls: bool = True
    emails: bool = True
    emoji: bool = True
    numbers: bool = True
    units: bool = True
    replacements: tuple[Replacement, ...] = ()

    def __post_init__(self) -> None:
        seen: dict[tuple[str, str, str, bool], int] = {}
        for number, entry in enumerate(self.replacements, start=1):
            other = seen.setdefault(entry.word, number)
            if other != number:
                raise InputError(
                    f"Replacements {other} and {number} are for the same word.",
                    hint="Delete one of them, or give it another language or voice.",
                )

    def sent(self, *, language: str, voice_id: str) -> tuple[Pronunciation, ...]:
        """What Fish Audio's models are sent as ``pronunciation_dictionary``, rather than in the text.

        Its entries are sounds and match parts of words, so of the replacements those that are given in sounds
        and are for parts of words. A `Normalizer` for such a model leaves these to it.
        """
        found = [
            Pronunciation(entry.written, entry.phoneme, entry.match_case)
            for entry in _chosen(self.replacements, language, voice_id)
            if _is_sent(entry)
        ]
        return tuple(found[:_MOST_SENT])


def _is_sent(entry: Replacement) -> bool:
    return bool(entry.phoneme) and not entry.whole_word


def _chosen(entries: Iterable[Replacement], language: str, voice_id: str) -> list[Replacement]:
    """Those for this voice: longest first, and of one length those that are for less than everything."""
    fitting = [
        composed
        for entry in entries
        if entry.voice in ("", voice_id)
        and (not language or entry.language in ("", _code(language)))
        and (composed := _composed(entry)) is not None
    ]
    return sorted(
        fitting,
        key=lambda entry: (-len(entry.written), not entry.voice, not entry.language, not entry.match_case),
    )


def _composed(entry: Replacement) -> Replacement | None:
    """As a text is looked through: its letters composed. None: nothing of it is seen."""
    if entry.written.isascii():
        return entry
    from fishcaption.core.text import characters

    written = _Draft(entry.written)
    written.apply(characters.unheard(entry.written))
    return replace(entry, written=written.text) if written.text.strip() else None


def _code(language: str) -> str:
    return re.split("[-_]", language)[0].lower()


@dataclass(frozen=True, slots=True)
class Normalized:
    """A piece as it is spoken, and which stretch of the spoken text stands for which of the shown one.

    ``spans`` are (shown_start, shown_end, spoken_start, spoken_end), in order; they tile both texts. Spans of
    one length say the text as it stands, character by character; in others only the ends are certain. None is
    empty on the shown side.
    """

    text: str
    spans: tuple[tuple[int, int, int, int], ...]

    def shown(self, spoken_point: int) -> int:
        """Where the point stands in what is shown; before a replaced stretch while it is being said.

        What is silent before the point counts as said. Monotone; 0 is 0, and the end is the end.
        """
        index = bisect_right(self.spans, spoken_point, key=lambda span: span[2]) - 1
        if index < 0 or spoken_point <= 0:
            return 0
        shown_start, shown_end, start, end = self.spans[index]
        if spoken_point >= end:
            return shown_end
        return shown_start + spoken_point - start if shown_end - shown_start == end - start else shown_start

    def spoken(self, shown_point: int) -> int:
        """Where the point stands in what is spoken; a replaced stretch is said from its beginning.

        Monotone; 0 is 0, and the end is the end.
        """
        index = bisect_right(self.spans, shown_point, key=lambda span: span[0]) - 1
        if index < 0 or shown_point <= 0:
            return 0
        shown_start, shown_end, start, end = self.spans[index]
        if shown_point >= shown_end:
            return end
        return start + shown_point - shown_start if shown_end - shown_start == end - start else start

    def shown_span(self, spoken_start: int, spoken_end: int) -> tuple[int, int]:
        """The stretch that is lit while [spoken_start, spoken_end) is heard: of a replaced one, all of it.

        Marks that are silent at its ends are not in it.
        """
        first = bisect_right(self.spans, spoken_start, key=lambda span: span[2]) - 1
        last = bisect_left(self.spans, spoken_end, key=lambda span: span[2]) - 1
        if first < 0 or last < first:
            point = self.shown(spoken_start)
            return point, point
        shown_start, shown_end, start, end = self.spans[first]
        begin = shown_start + spoken_start - start if shown_end - shown_start == end - start else shown_start
        shown_start, shown_end, start, end = self.spans[last]
        is_same = shown_end - shown_start == end - start
        return begin, shown_start + min(spoken_end, end) - start if is_same else shown_end


class _Change(NamedTuple):
    """A stretch of the draft that is no more as it was shown. ``raw``: given to the voice just so.

    One that is not final is the same written otherwise: what is read next may take it into its own.
    """

    shown_start: int
    shown_end: int
    start: int
    end: int
    raw: str = ""
    is_final: bool = True


class _Edit(NamedTuple):
    """What a stage wants: [start, end) of the draft becomes ``new``, or ``raw`` when all else is done."""

    start: int
    end: int
    new: str
    raw: str = ""


_RAW_STANDS: Final = "\ufffc"  # in a raw text's place until the end: no letter, no blank


class _Draft:
    """A piece on its way from shown to spoken: the text as it is now, and what was changed so far."""

    def __init__(self, shown: str) -> None:
        self.text = shown
        self._shown_length = len(shown)
        self._changes: list[_Change] = []

    def apply(self, edits: Iterable[tuple[int, int, str] | _Edit], *, is_final: bool = True) -> None:
        """Make these edits, which are in order. One that touches what is final already is not made.

        What is not final and as long as before is taken for what was shown.
        """
        old, new = self._changes, list[_Change]()
        parts: list[str] = []
        at = grown = index = 0  # the draft up to `at` is in `parts`; which is `grown` longer
        for edit_start, edit_end, text, *raws in edits:
            start, end = edit_start, edit_end
            if start < at:
                continue
            while index < len(old) and old[index].end <= start:
                new.append(_moved(old[index], grown))
                index += 1
            inner = index
            while inner < len(old) and old[inner].start < end and _is_open(old[inner]):
                start, end = min(start, old[inner].start), max(end, old[inner].end)
                inner += 1
            if inner < len(old) and old[inner].start < end:
                continue
            raw = raws[0] if raws else ""
            lead, tail = self.text[start:edit_start], self.text[edit_end:end]
            said = _RAW_STANDS if raw else f"{lead}{text}{tail}"
            begin = start + grown
            if is_final or inner > index or len(said) != end - start:
                shown_start, shown_end = self._shown_at(start, index), self._shown_at(end, inner)
                new.append(_Change(shown_start, shown_end, begin, begin + len(said), raw, is_final))
                index = inner
            parts += self.text[at:start], said
            grown += len(said) - (end - start)
            at = end
        if parts:
            new += [_moved(change, grown) for change in old[index:]]
            self.text = "".join((*parts, self.text[at:]))
            self._changes = new

    def _shown_at(self, point: int, index: int) -> int:
        """Where a point stands in the shown text, with so many changes before it."""
        if not index:
            return point
        before = self._changes[index - 1]
        return before.shown_end + point - before.end

    def said(self, family: Family) -> Normalized:
        """The draft as it is given to the voice: nothing but what is raw is acted on."""
        text = literal(self.text, family)
        if not self._changes:
            return Normalized(text, ((0, len(text), 0, len(text)),) if text else ())
        parts: list[str] = []
        spans: list[tuple[int, int, int, int]] = []
        shown = at = length = 0
        for shown_start, shown_end, start, end, raw, _ in self._changes:
            if start > at:
                spans.append((shown, shown_start, length, length + start - at))
                length += start - at
            part = raw or text[start:end]
            spans.append((shown_start, shown_end, length, length + len(part)))
            parts += text[at:start], part
            length += len(part)
            shown, at = shown_end, end
        if at < len(text):
            spans.append((shown, self._shown_length, length, length + len(text) - at))
            parts.append(text[at:])
        return Normalized("".join(parts), tuple(spans))


def _is_open(change: _Change) -> bool:
    """Whether it may become a part of another one."""
    return not change.is_final or change.start == change.end


def _moved(change: _Change, by: int) -> _Change:
    return change._replace(start=change.start + by, end=change.end + by) if by else change


def warm(language: str) -> None:
    """Do beforehand what the first number and the first emoji would wait for: 0.15 s, in any thread."""
    from fishcaption.core.normalization import verbalize

    Normalizer(Rules(), language=language, voice_id="", family="s2").normalize("*5*")
    verbalize.emoji("🙂", _code(language))
    verbalize.numbers("1", _code(language), with_numbers=True, with_units=True)


class Normalizer:
    """Makes the pieces of one utterance, in order, into what one voice is given.

    ``language`` is a two-letter code; empty where it is not known: then only what has no language is read
    (Markdown, code, emoji in English). ``voice_id`` and ``family`` are the voice's.
    """

    def __init__(self, rules: Rules, *, language: str, voice_id: str, family: Family) -> None:
        self._rules = rules
        self._family = family
        self._language = _code(language)
        self._reads_signs = rules.numbers or rules.markdown
        from fishcaption.core.normalization.markdown import (
            MarkRemover,  # its patterns: not before the first paint
        )

        self._markdown = MarkRemover(marks_go=rules.markdown, code_is_read=rules.code)
        entries = _chosen(rules.replacements, language, voice_id)
        if family != "embedded":
            sent = [entry for entry in entries if _is_sent(entry)][:_MOST_SENT]
            entries = [entry for entry in entries if entry not in sent] if sent else entries
        self._replaced = _Replaced(entries, takes_sounds=family != "embedded") if entries else None
        self._is_in_address = False  # the last piece ended inside one, whose rest is silent
        self._formula = ""  # what will close the one that the last piece has left open
        self._number = ""  # that the last piece ended with: its unit may come
        # The end of what came before, as numbers and as capitals were looked for in it.
        self._left_of_numbers = self._left_of_capitals = ""

    def normalize(self, text: str) -> Normalized:
        """The next piece as it is spoken. A blank piece stays one.

        Sentences are read one by one, as they would be if each was a piece of its own.
        """
        parts = segments(text, self._language or "en") if _INNER_END.search(text.rstrip(_AT_END)) else [text]
        if len(parts) < 2:
            return self._normalize_sentence(text)
        return _joined([self._normalize_sentence(part) for part in parts])

    def _normalize_sentence(self, text: str) -> Normalized:
        from fishcaption.core.text import characters  # its patterns: not before the first paint

        draft = _Draft(text)
        draft.apply(characters.unheard(text, for_pictures=self._rules.emoji), is_final=False)
        if self._is_in_address:
            draft.apply(_rest_of_address(draft.text))
            self._is_in_address = False
        if self._formula or "\\" in draft.text or "$" in draft.text or "^{" in draft.text:
            self._read_formulas(draft)
        has_signs = _SIGNS.search(draft.text) is not None
        if has_signs or self._markdown.is_busy:
            draft.apply(self._markdown.edits(draft.text))
        else:
            self._markdown.pass_over(draft.text)
        draft.apply(characters.entities(draft.text), is_final=False)
        if self._replaced is not None:
            draft.apply(characters.unadorned(draft.text, self._replaced.signs), is_final=False)
            draft.apply(self._replacements(self._replaced, draft.text))
        draft.apply(characters.unadorned(draft.text), is_final=False)
        if self._reads_signs:
            from fishcaption.core.normalization.dividers import dividers

            draft.apply(dividers(draft.text, self._language, self._left_of_numbers))
        left = self._left_of_numbers
        if has_signs or _SIGNS.search(draft.text):
            self._left_of_numbers = (left + self._verbalize(draft, left))[-LEFT:]
        else:
            self._left_of_numbers = (left + draft.text)[-LEFT:]
        if "^" in draft.text or not draft.text.isascii():
            self._read_letters(draft)
        left = self._left_of_capitals
        self._left_of_capitals = (left + draft.text)[-LEFT:]
        if self._family == "embedded" and _CAPITALS.search(left + draft.text):
            from fishcaption.core.text.capitals import capitals  # its tables: for one family of voices

            draft.apply(_behind(left, capitals(left + draft.text, self._language, len(left))))
        number, self._number = self._number, _number_at_end(text)
        if number:
            self._read_unit(draft, number)
        draft.apply(characters.unheard(draft.text, for_pictures=False))
        draft.apply(self._tags(draft.text))
        return draft.said(self._family)

    def may_go_on(self, text: str) -> bool:
        """Whether the next words may belong to a replacement or to a mark that begins at the end of the text.

        Where a text is cut so that this and `open_forms.may_go_on` say no, nothing is read otherwise.
        """
        if self._replaced is not None and self._replaced.may_go_on(text):
            return True
        return (self._rules.markdown or self._rules.code) and not is_closed(text)

    def _verbalize(self, draft: _Draft, left: str) -> str:
        """Read what has forms; return the text in which numbers were looked for."""
        from fishcaption.core.normalization import (
            verbalize,  # its patterns: not before the first paint
        )

        rules, language = self._rules, self._language
        found = self._addresses(draft.text)
        self._is_in_address = bool(found) and found[-1].end == len(draft.text)
        draft.apply(found)
        if rules.emoji:
            draft.apply(_behind(left, verbalize.emoji(left + draft.text, language)))
        if rules.numbers:
            draft.apply(_behind(left, verbalize.operators(left + draft.text, language)))
        text = draft.text
        draft.apply(
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

    def _read_formulas(self, draft: _Draft) -> None:
        from fishcaption.core.normalization import formulas  # its tables: when there are formulas

        if not self._reads_signs:
            return
        found = formulas.formulas(draft.text, self._language, self._number_in_words, self._formula)
        draft.apply(found.edits)
        self._formula = found.closer

    def _read_letters(self, draft: _Draft) -> None:
        from fishcaption.core.normalization import formulas

        if self._reads_signs:
            draft.apply(formulas.letters(draft.text, self._language))

    def _number_in_words(self, written: str) -> str:
        from fishcaption.core.normalization import verbalize

        if not self._rules.numbers:
            return written
        readings = verbalize.numbers(written, self._language, with_numbers=True, with_units=False)
        for reading in reversed(readings):
            written = written[: reading.start] + reading.said + written[reading.end :]
        return written

    def _read_unit(self, draft: _Draft, number: str) -> None:
        from fishcaption.core.normalization import verbalize

        rules, language = self._rules, self._language
        draft.apply(
            verbalize.after_number(
                draft.text, number, language, with_numbers=rules.numbers, with_units=rules.units
            )
        )

    def _addresses(self, text: str) -> list[Reading]:
        from fishcaption.core.normalization import verbalize

        rules = self._rules
        return verbalize.addresses(text, self._language, urls=rules.urls, emails=rules.emails)

    def _replacements(self, replaced: _Replaced, text: str) -> list[_Edit]:
        """A word that is a part of an address is read with it."""
        edits = list(replaced.edits(text))
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

    def _tags(self, text: str) -> list[_Edit]:
        if text.isascii():
            return []
        found = [index for index, character in enumerate(text) if is_tag(character)]
        return [_Edit(index, index + 1, "", marks(text, index, self._family)) for index in found]


def _joined(parts: list[Normalized]) -> Normalized:
    """Several pieces as one."""
    spans: list[tuple[int, int, int, int]] = []
    shown = spoken = 0
    for part in parts:
        for start, end, spoken_start, spoken_end in part.spans:
            span = (start + shown, end + shown, spoken_start + spoken, spoken_end + spoken)
            if spans and _is_verbatim(spans[-1]) and _is_verbatim(span):
                span = (spans[-1][0], span[1], spans[-1][2], span[3])
                spans.pop()
            spans.append(span)
        shown, spoken = spans[-1][1] if spans else 0, spoken + len(part.text)
    return Normalized("".join(part.text for part in parts), tuple(spans))


def _is_verbatim(span: tuple[int, int, int, int]) -> bool:
    return span[1] - span[0] == span[3] - span[2]


def _behind(left: str, found: list[Reading]) -> list[_Edit]:
    """What was found behind the left context, as edits of the text alone."""
    at = len(left)
    return [_Edit(max(0, one.start - at), one.end - at, one.said) for one in found if one.end > at]


def can_say(text: str, make_normalizer: Callable[[], Normalizer]) -> bool:
    """Whether a voice has anything to say for a text: a word, or what is read aloud as one.

    ``make_normalizer`` makes a `Normalizer` of that voice; it is asked for few texts.
    """
    return speakable(text) or (not text.isascii() and speakable(make_normalizer().normalize(text).text))


def _rest_of_address(text: str) -> list[_Edit]:
    rest = _NO_BLANKS.match(text)
    return [_Edit(0, rest.end(), "")] if rest else []


def _number_at_end(text: str) -> str:
    """The number that a piece ends with, where a piece is a word or two."""
    found = _NUMBER_AT_END.search(text, max(0, len(text) - 20)) if text[-1:] in " \u00a0" else None
    return found.group(1) if found else ""


_INNER_END: Final = re.compile(r"[.!?…。！？।؟\n\v\f\x85\u2028\u2029]")
_AT_END: Final = " \t\u00a0\n.!?…。！？\"'”’»)"
_NUMBER_AT_END: Final = re.compile(r"(?<![\w.,:])(\d(?:[\d.,:]*\d)?)[ \u00a0]+$")
# Without any of these a text is said as it stands.
_SIGNS: Final = re.compile(
    r"[\d*_`~#>|<\\\[&@/$€£¥₹₩№§∞√⁰¹²³⁴-⁹½⅓⅔¼¾⅕-⅞\u20e3\u231a-\u2b55\U0001f000-\U0001faff]"
    r"|[−×÷≤≥≈≠±]|\b[IVXLCM]+(?:\b|[eᵉ])|\w[–-][A-Za-z]|\w=|\bEE\.? ?UU|Chr\.|C\."
    r"|^[ \t]*[-+=•‣▪◦]|\.\w",
    re.MULTILINE,
)
_CAPITALS: Final = re.compile(r"[A-ZÀ-ÖØ-ÞŒẞ]['’]?[A-ZÀ-ÖØ-ÞŒẞ]")
_NO_BLANKS: Final = re.compile(r"[^\s\u3000-\uffff]+")

# --- replacements ----------------------------------------------------------------------------------------

_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
# Whoever writes a word has one key for these.
_SAME: Final = str.maketrans(
    dict.fromkeys("’ʼ‘‛＇ꞌ", "'") | dict.fromkeys("‐‑", "-") | dict.fromkeys("\u00a0\u202f", " ")
)


class _Replaced:
    """Finds what is replaced: at each place the longest, and never inside what was replaced."""

    def __init__(self, entries: Iterable[Replacement], *, takes_sounds: bool) -> None:
        self._takes_sounds = takes_sounds
        self._by_token: dict[str, list[Replacement]] = defaultdict(list)  # the first one of what is written
        parts: list[Replacement] = []
        self._beginnings: set[str] = set()
        self.signs = frozenset[str]()
        """Characters that are looked for as they are."""
        for typed in entries:
            entry = replace(typed, written=typed.written.translate(_SAME))
            ends = [token.end() for token in _TOKEN.finditer(entry.written)]
            self._beginnings |= {entry.written[:end].casefold() for end in ends[:-1]}
            self.signs |= {sign for sign in entry.written if sign > "\x7f"}
            first = _TOKEN.search(entry.written)
            if entry.whole_word and first is not None and first.start() == 0:
                self._by_token[first.group().casefold()].append(entry)
            else:
                parts.append(entry)
        self._exact = {entry.written: entry for entry in reversed(parts)}
        self._folded = {entry.written.casefold(): entry for entry in reversed(parts) if not entry.match_case}
        self._part = re.compile("|".join(map(_pattern_of, parts))) if parts else None

    def may_go_on(self, text: str) -> bool:
        """Whether the text ends with the beginning of what is replaced: of two words or more."""
        if not self._beginnings:
            return False
        tail = text.translate(_SAME)[-_LONGEST_WRITTEN:].rstrip().casefold()
        starts = [token.start() for token in _TOKEN.finditer(tail)]
        return any(tail[start:] in self._beginnings for start in starts)

    def edits(self, text: str) -> Iterator[_Edit]:
        """What stands in the place of what."""
        text = text.translate(_SAME)
        part = self._part.search(text) if self._part else None
        at = 0
        for token in _TOKEN.finditer(text):
            start = token.start()
            while part is not None and part.start() <= start:
                entry = self._entry_of(part)
                if part.start() >= at and not self._longer_word(text, part):
                    yield self._edit(entry, part.start(), part.end())
                    at = part.end()
                part = self._part.search(text, max(part.end(), at)) if self._part else None
            if start >= at and (entry_ := self._word_at(text, start, token.group())) is not None:
                at = start + len(entry_.written)
                yield self._edit(entry_, start, at)
        while part is not None:
            if part.start() >= at:
                yield self._edit(self._entry_of(part), part.start(), part.end())
                at = part.end()
            part = self._part.search(text, part.end()) if self._part else None

    def _word_at(self, text: str, start: int, token: str) -> Replacement | None:
        for entry in self._by_token.get(token.casefold(), ()):
            end = start + len(entry.written)
            found = text[start:end]
            is_same = (
                found == entry.written if entry.match_case else found.casefold() == entry.written.casefold()
            )
            if is_same and not (text[end - 1 : end].isalnum() and _is_word(text[end : end + 1])):
                return entry
        return None

    def _longer_word(self, text: str, part: re.Match[str]) -> bool:
        """Whether a whole word begins there too that is longer."""
        token = _TOKEN.match(text, part.start())
        is_start = part.start() == 0 or not _is_word(text[part.start() - 1])
        word = self._word_at(text, part.start(), token.group()) if token and is_start else None
        return word is not None and len(word.written) >= len(part.group())

    def _entry_of(self, part: re.Match[str]) -> Replacement:
        found = part.group()
        # The last is for signs that only the pattern's way of ignoring case takes for the same.
        return self._exact.get(found) or self._folded.get(found.casefold()) or Replacement(found, found)

    def _edit(self, entry: Replacement, start: int, end: int) -> _Edit:
        if entry.phoneme and self._takes_sounds:
            return _Edit(start, end, "", f"<|phoneme_start|>{entry.phoneme}<|phoneme_end|>")
        return _Edit(start, end, entry.written if entry.phoneme and not entry.said else entry.said)


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _pattern_of(entry: Replacement) -> str:
    body = re.escape(entry.written)
    return body if entry.match_case else f"(?i:{body})"
