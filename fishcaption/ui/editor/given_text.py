"""The part of the editor's text that the voice was given: how it looks, and what of it cannot be changed.

Text that is spoken while it is typed has three looks. Plain: the voice does not have it yet. A dotted line
and a background: the voice has it, and it can still be changed. A thin line and fainter letters: it was
heard, or will be heard so soon that it cannot be stopped. An undo may go back into what was given, never into
what was heard.
"""

from __future__ import annotations

from PySide6.QtGui import QColor, QTextCharFormat
from PySide6.QtWidgets import QTextEdit

from fishcaption.core.speech import Span
from fishcaption.ui.widgets.longtext import LongText, Units
from fishcaption.ui.widgets.theme import Colors


class GivenText:
    """Draws what the voice was given of a view's text, and takes changes of what was heard back.

    The view calls `on_contents_change` for every change of the document, and `mend` after the last of a step.
    """

    def __init__(self, view: LongText) -> None:
        self.lit_format = QTextCharFormat()
        self.sent_format = QTextCharFormat()
        self.heard_format = QTextCharFormat()
        self.fixed_at = 0  # the document's position behind what cannot be changed
        self._view = view
        self._known_text = ""  # as the voice has it, while it is typed
        self._fixed_text = ""  # its start that stays as it is
        self._units = Units()  # of the known text, or of a text that is read as a whole
        self._lit: Span | None = None
        self._undo_steps = 0  # before the change that is looked at
        self._is_broken_into = False
        self._is_mending = False
        self._has_split = False

    def is_fixed(self) -> bool:
        """Return whether some of the text cannot be changed."""
        return bool(self._fixed_text)

    def mark(self, text: str, fixed_end: int, given_end: int) -> None:
        """Show what the voice has of `text`, which is the editor's text as the voice knows it.

        What is before `fixed_end` (code points) stays as it is; from there to `given_end` it can still be
        changed, and only its look says that it was given. `fixed_end` only grows until `release`.
        """
        given_end = max(fixed_end, given_end)
        known = text[:given_end]
        if known == self._known_text and fixed_end == len(self._fixed_text):
            return
        if known.startswith(self._known_text):
            self._units.append(known[len(self._known_text) :])
        else:
            self._units = Units(known)
        self._known_text = known
        if fixed_end > len(self._fixed_text):
            self._fixed_text = text[:fixed_end]
        self._fix()
        self.draw()

    def read(self, text: str) -> None:
        """Light words of this whole text from now on. `text` is what the view's `text()` returned."""
        self.release()
        self._units = Units(text)

    def release(self) -> None:
        """Forget what was given, fixed and lit; `draw` shows that."""
        self._known_text = self._fixed_text = ""
        self._units = Units()
        self.fixed_at = 0
        self._lit = None

    def light(self, word: Span | None) -> int | None:
        """Light this word, and only it; return its place in the document if it was not lit before."""
        if word == self._lit:
            return None
        self._lit = word
        self.draw()
        return None if word is None else self._view.place(self._units.before(word.start))

    def set_colors(self, colors: Colors) -> None:
        """Draw in these colours."""
        self.lit_format = QTextCharFormat()
        self.lit_format.setBackground(QColor(colors.lit))
        self.lit_format.setForeground(QColor(colors.on_lit))
        self.lit_format.setFontUnderline(True)
        self.sent_format = QTextCharFormat()
        self.sent_format.setBackground(QColor(colors.sent))
        self.sent_format.setForeground(QColor(colors.on_sent))
        self.sent_format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
        self.heard_format = QTextCharFormat()
        self.heard_format.setForeground(QColor(colors.muted))
        self.heard_format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        self.heard_format.setUnderlineColor(QColor(colors.border))
        self.draw()

    def draw(self) -> None:
        """Draw all anew."""
        view = self._view
        marks: list[QTextEdit.ExtraSelection] = []
        if self._known_text:
            fixed = self.fixed_at
            # more was given, perhaps, than there is now: the reader's answer to a change is still to come
            most = view.document().characterCount() - 1
            given = min(most, view.place(self._units.before(len(self._known_text))))
            if fixed:
                marks.append(self._selection(0, fixed, self.heard_format))
            if given > fixed:
                # Qt would paint the ground over the faces of chips
                chips = view.chip_places(self._known_text, len(self._fixed_text))
                ends = [*(at for at in map(view.place, map(self._units.before, chips)) if at < given), given]
                starts = [fixed, *(end + 1 for end in ends[:-1])]
                marks += [
                    self._selection(start, end, self.sent_format)
                    for start, end in zip(starts, ends, strict=True)
                    if end > start
                ]
        if self._lit is not None:
            start, end = (view.place(self._units.before(point)) for point in (self._lit.start, self._lit.end))
            marks.append(self._selection(start, end, self.lit_format))
        view.setExtraSelections(marks)

    # -- changes of the document -------------------------------------------------------------------

    def expect_soft_break(self) -> None:
        """Expect a soft break as the next change of the document: it does not change the text."""
        self._has_split = True

    def on_contents_change(self, position: int, removed: int, added: int) -> None:
        """Note a change of the document at this position."""
        if self._has_split:
            self._has_split = False
            if self._fixed_text:
                self._fix()
            return
        # the last guard: whatever way a change took (undo, dragging, assistive tools), what was heard stays
        if (removed or added) and self._fixed_text and position < self.fixed_at:
            self._is_broken_into = True

    def mend(self) -> bool:
        """Undo the last change if it changed what was heard; return whether it did."""
        mends = False
        if self._is_broken_into:
            self._is_broken_into = False
            # Qt also reports a block as changed that an input method has only drawn in
            if not self._is_mending and not self._is_fixed_there():
                self._is_mending = mends = True
                self._take_back()
                self._is_mending = False
        self._undo_steps = self._view.document().availableUndoSteps()
        return mends

    def _take_back(self) -> None:
        view = self._view
        if view.document().availableUndoSteps() < self._undo_steps:
            view.redo()
        else:
            view.undo()
        self._is_broken_into = False
        if not self._is_fixed_there():  # it was one step with others: then put the fixed text in again
            now = view.text_so_far()
            same = _same(now, self._fixed_text)
            at = view.place(Units(now).before(same))
            view.insert(view.range(at, at), self._fixed_text[same:])
        self._fix()
        self.draw()

    def _is_fixed_there(self) -> bool:
        return self._view.text_so_far().startswith(self._fixed_text)

    def _fix(self) -> None:
        self.fixed_at = self._view.place_so_far(self._units.before(len(self._fixed_text)))

    def _selection(self, start: int, end: int, style: QTextCharFormat) -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        cursor = self._view.range(start, end)
        cursor.setKeepPositionOnInsert(True)  # what is typed at its end is not part of it
        mark.cursor = cursor
        mark.format = style
        return mark


def _same(one: str, other: str) -> int:
    """Return how many code points two texts have in common from their start on."""
    same, most = 0, min(len(one), len(other))
    while same < most and one[same] == other[same]:
        same += 1
    return same
