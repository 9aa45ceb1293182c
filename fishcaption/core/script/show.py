"""The place in a script while it is spoken: which cue is next, which were spoken, and whether Next is held.

A `Show` is a value: its methods return a changed show. It knows no voice, no sound and no clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.core.text.folding import folded

_NO_SCRIPT: Final = Script()
_LABEL: Final = re.compile(r"[^\W\d_]{1,3}[-. ]?\d{1,6}[^\W\d_]?")
_LONGEST_NUMBER: Final = 9


@dataclass(frozen=True)
class Show:
    """A script and the place in it. Make one with `begun`; the constructor checks nothing.

    ``current`` is the id of the cue that was spoken last, ``following`` of the one that Next speaks; None if
    there is none. ``spoken`` are the ids of all cues that were spoken.
    """

    script: Script = _NO_SCRIPT
    current: int | None = None
    following: int | None = None
    is_held: bool = False
    spoken: frozenset[int] = frozenset()

    # -- asking ------------------------------------------------------------------------------------

    def cue(self, number: int) -> ScriptCue:
        """Return the cue of this id. Raises KeyError."""
        return self.script.cues[self.script.places[number]]

    def place(self) -> int:
        """Return the place of the next cue in the script; behind the last one, the number of cues."""
        return len(self.script.cues) if self.following is None else self.script.places[self.following]

    def find(self, wanted: str) -> ScriptCue | None:
        """Return the cue of a number ("12"), of a label ("A12"), or the next one with these words.

        A label is a letter with a number that the script's author has written in the note or the text of a
        cue. Words are looked for behind the next cue, then from the beginning on; case and accents do not
        matter. None: there is no such cue.
        """
        query = " ".join(folded(wanted).split())
        if query.isdecimal() and len(query) <= _LONGEST_NUMBER and 0 < int(query) <= len(self.script.cues):
            return self.script.cues[int(query) - 1]
        if _LABEL.fullmatch(query) and (labelled := self._labelled(query)) is not None:
            return labelled
        return self._with_words(query) if query else None

    # -- the show ----------------------------------------------------------------------------------

    def next(self) -> Show:
        """The next cue is spoken now; nothing changes while Next is held, or behind the last cue.

        The first cue begins the show: what was spoken before was another one.
        """
        if self.is_held or self.following is None:
            return self
        before = self.spoken if self.place() > 0 else frozenset[int]()
        return replace(self._at(self.place() + 1), current=self.following, spoken=before | {self.following})

    def back(self) -> Show:
        """The cue before the next one becomes the next."""
        return self._at(max(0, self.place() - 1))

    def skip(self) -> Show:
        """The cue behind the next one becomes the next."""
        return self._at(self.place() + 1)

    def hold(self, is_held: bool) -> Show:
        """Next does nothing while it is held."""
        return replace(self, is_held=is_held)

    def go_to(self, number: int) -> Show:
        """The cue of this id becomes the next; one that is gone changes nothing."""
        return replace(self, following=number) if number in self.script.places else self

    # -- the script --------------------------------------------------------------------------------

    def mark(self, number: int, is_marked: bool) -> Show:
        """Set or remove the marker of a cue; one that is gone changes nothing."""
        if number not in self.script.places:
            return self
        place = self.script.places[number]
        cues = list(self.script.cues)
        cues[place] = replace(cues[place], is_marked=is_marked)
        return replace(self, script=replace(self.script, cues=tuple(cues)))

    def edited(self, script: Script) -> Show:
        """The script was changed: the place stays with the cues that keep their ids.

        If the next cue was deleted, the one behind it is next. New cues directly before the next cue come
        first, unless the user has chosen the next cue by going elsewhere.
        """
        place = self._place_in(script)
        places = script.places
        return Show(
            script,
            self.current if self.current in places else None,
            script.cues[place].id if place < len(script.cues) else None,
            self.is_held,
            frozenset(number for number in self.spoken if number in places),
        )

    # -- inside ------------------------------------------------------------------------------------

    def _at(self, place: int) -> Show:
        cues = self.script.cues
        return replace(self, following=cues[place].id if place < len(cues) else None)

    def _place_in(self, script: Script) -> int:
        """Return where the next cue is in a changed script."""
        old, new = self.script, script
        behind = old.cues[self.place() :]
        place = next((new.places[cue.id] for cue in behind if cue.id in new.places), len(new.cues))
        is_there = self.following is not None and self.following in new.places
        if is_there and not self._is_in_order():
            return place
        while place > 0 and new.cues[place - 1].id not in old.places:
            place -= 1
        return place

    def _is_in_order(self) -> bool:
        """Return whether the next cue is the one behind the current one, or the first of all."""
        return self.place() == (0 if self.current is None else self.script.places[self.current] + 1)

    def _labelled(self, label: str) -> ScriptCue | None:
        for cue in self.script.cues:
            for text in (cue.note, cue.text):
                if (
                    not folded(text[:4]).lstrip().startswith(label[0])
                ):  # most: no time is to be lost with them
                    continue
                start = " ".join(folded(text[: 2 * len(label) + 8]).split())
                if start.startswith(label) and not start[len(label) : len(label) + 1].isalnum():
                    return cue
        return None

    def _with_words(self, query: str) -> ScriptCue | None:
        cues = self.script.cues
        first = self.place() + 1
        whole = _word_start(query)
        words = query.split()
        parts = [_word_start(word) for word in words]
        in_any_order: ScriptCue | None = None
        for cue in (*cues[first:], *cues[:first]):
            text = folded(f"{cue.speaker} {cue.text} {cue.note}")
            if not all(word in text for word in words):  # most
                continue
            text = " ".join(text.split())
            if whole.search(text):
                return cue
            if in_any_order is None and all(part.search(text) for part in parts):
                in_any_order = cue
        return in_any_order


def _word_start(query: str) -> re.Pattern[str]:
    """Return what finds the query at the start of a word; a number is found as a whole.

    Scripts without blanks have no such starts.
    """
    pattern = re.escape(query)
    if query.isascii():
        pattern = rf"(?<!\w){pattern}"
    return re.compile(rf"{pattern}(?!\w)" if query.isdecimal() else pattern)


def begun(script: Script) -> Show:
    """Return the show at its beginning."""
    return Show(script, following=script.cues[0].id if script.cues else None)
