"""The commands of a show: next, back, black, markers, edits …

`show_actions` has their words and keys. The keys act while the list of the script has the focus, and each can
be learned in the dialog of the keys. The transport's buttons run the same commands.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.script import cue_edits
from fishcaption.core.script.model import Script
from fishcaption.ui.commands import Action
from fishcaption.ui.present.script.cue_list import ScriptList
from fishcaption.ui.present.script.model import Column
from fishcaption.ui.present.show_actions import show_action
from fishcaption.ui.widgets.controls import TransportButton
from fishcaption.ui.widgets.fields import pasted_text

if TYPE_CHECKING:
    from fishcaption.ui.audience_ports import AudienceService, ScriptService

AGAIN_SECONDS: Final = 0.4
"""A second press so soon is the same press: keys of remotes bounce, and hands tremble."""

_MOST_UNDONE: Final = 100


class ShowCommands(QObject):
    """Does what the operator asks of the show. Failures and sentences come as signals."""

    begun = Signal()  # a cue is spoken: what was told before is over
    failed = Signal(object)  # a FishCaptionError
    noticed = Signal(str)
    find_asked = Signal()
    speakers_asked = Signal()
    as_text_asked = Signal()
    recent_asked = Signal()

    def __init__(
        self,
        script: ScriptService,
        audience: AudienceService,
        cues: ScriptList,
        is_shown: Callable[[], bool],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`is_shown` says whether the workspace is shown: else its commands are listed as not possible."""
        super().__init__()
        self._script = script
        self._audience = audience
        self._cues = cues
        self._is_shown = is_shown
        self._clock = clock
        self._last_next = -AGAIN_SECONDS
        self._undo: deque[Script] = deque(maxlen=_MOST_UNDONE)
        cues.number_chosen.connect(self._on_number)
        cues.row_chosen.connect(self.go_to)

    def actions(self) -> tuple[Action, ...]:
        """Return the commands."""
        return (
            self._action("next", self.speak_next),
            self._action("back", self._script.back),
            self._action("repeat", partial(self._do, self._script.repeat)),
            self._action("skip", self._script.skip),
            self._action("hold", self._hold, self._is_held),
            self._action("black", self.black, self._is_black),
            self._action("freeze", self.freeze, self._is_frozen),
            self._action("go_to", self._go_to_chosen),
            self._action("find", self.find_asked.emit),
            self._action("mark", self._mark),
            self._action("next_marker", partial(self._to_marker, 1)),
            self._action("previous_marker", partial(self._to_marker, -1)),
            self._action("mute", self._mute, self._is_muted),
            self._action("rehearse", self._rehearse, self._is_rehearsal),
            self._action("prepare", self.prepare),
            self._action("edit", self._edit),
            self._action("insert", self.write),
            self._action("delete", self._delete),
            self._action("paste", self.paste),
            self._action("undo", self._on_undo),
            self._action("recent", self.recent_asked.emit),
            self._action("as_text", self.as_text_asked.emit),
            self._action("speakers", self.speakers_asked.emit),
        )

    def buttons(self) -> dict[str, TransportButton | None]:
        """Return the transport's buttons in this workspace."""
        tr = self.tr
        return {
            "speak": TransportButton("show.next", tr("Speak the next cue"), tr("Next"), "speech"),
            "back": TransportButton("show.back", tr("Back one cue"), tr("Back"), "skip-back"),
            "forward": TransportButton("show.skip", tr("Skip the next cue"), tr("Skip"), "skip-forward"),
            "repeat": TransportButton("show.repeat", tr("Repeat this cue"), tr("Repeat"), "rotate-ccw"),
            "so_far": None,
            "louder": None,
            "hold": None,
        }

    # -- the show

    def speak_next(self) -> None:
        """Speak the next cue, unless it was asked for a moment ago."""
        now = self._clock()
        if now - self._last_next < AGAIN_SECONDS:
            return
        view = self._script.view()
        if view.is_held:
            self.noticed.emit(self.tr("Hold is on, so Next does nothing. Switch Hold off first."))
            return
        if not view.script.cues:
            self.noticed.emit(self.tr("There is no script yet."))
            return
        self._last_next = now
        self._do(self._script.speak_next)
        if view.following is None:
            self.noticed.emit(self.tr("This was the last cue."))

    def go_to(self, cue: int) -> None:
        """Make this cue the next one."""
        self._script.go_to(cue)
        self._cues.setFocus()

    def black(self) -> None:
        """Show the audience nothing, or everything again."""
        audience = self._audience.audience
        audience.set_black(not audience.is_black)

    def freeze(self) -> None:
        """Keep what the audience sees, or let it go on."""
        audience = self._audience.audience
        audience.set_frozen(not audience.is_frozen)

    def prepare(self) -> None:
        """Make the whole script ready ahead; what costs money is asked first."""
        self._script.prepare()

    def _do(self, act: Callable[[], None]) -> None:
        try:
            act()
        except FishCaptionError as error:
            self.failed.emit(error)
        else:
            self.begun.emit()

    def _hold(self) -> None:
        self._script.hold(is_held=not self._is_held())

    def _mute(self) -> None:
        self._script.set_muted(is_muted=not self._is_muted())

    def _rehearse(self) -> None:
        self._script.set_rehearsal(is_rehearsal=not self._is_rehearsal())

    def _go_to_chosen(self) -> None:
        if chosen := self._cues.chosen():
            self.go_to(chosen[0])

    def _on_number(self, digits: str) -> None:
        cue = self._script.find(digits)
        if cue is None:
            self.noticed.emit(self.tr("There is no cue {number}.").format(number=digits))
        else:
            self.go_to(cue.id)

    def _mark(self) -> None:
        script = self._script.view().script
        for cue in self._cues.chosen():
            self._script.mark(cue, is_marked=not script.cues[script.places[cue]].is_marked)

    def _to_marker(self, step: int) -> None:
        """Make the next cue with a marker the next one, or with -1 the one before."""
        view = self._script.view()
        cues = view.script.cues
        here = view.script.places.get(view.following or 0, len(cues))
        places = range(here + 1, len(cues)) if step > 0 else range(here - 1, -1, -1)
        found = next((cues[place] for place in places if cues[place].is_marked), None)
        if found is None:
            words = self.tr("There is no marker after this cue.") if step > 0 else self.tr(
                "There is no marker before this cue."
            )  # fmt: skip
            self.noticed.emit(words)
        else:
            self.go_to(found.id)

    # -- the script

    def write(self) -> None:
        """Add an empty cue below the selected one, and have it written."""
        chosen = self._cues.chosen()
        script, cue = cue_edits.with_new_cue(self._script.view().script, chosen[-1] if chosen else None)
        self._use(script)
        self._cues.edit_cue(cue)

    def paste(self) -> None:
        """Add the cues of the text in the clipboard below the selected one."""
        self.add_text(pasted_text(QGuiApplication.clipboard().mimeData()))

    def add_text(self, text: str) -> None:
        """Add the cues of a text below the selected one."""
        from fishcaption.core.script.plain_text import script_of

        if not text.strip():
            self.noticed.emit(self.tr("There is no text to paste: copy one first."))
            return
        try:
            other = script_of(text)
        except FishCaptionError as error:
            self.failed.emit(error)
            return
        chosen = self._cues.chosen()
        self._use(cue_edits.with_script(self._script.view().script, other, chosen[-1] if chosen else None))
        self.noticed.emit(self.tr("Cues added: {count}.").format(count=len(other.cues)))

    def text(self) -> str:
        """Return the whole script as a text for `take_text`."""
        from fishcaption.core.script.plain_text import to_text

        return to_text(self._script.view().script)

    def take_text(self, text: str) -> None:
        """Take the whole script's text after it was edited. Raises FishCaptionError for too many cues."""
        from fishcaption.core.script.editing import edited

        self._use(edited(self._script.view().script, text))

    def take_edit(self, cue: int, column: int, written: str) -> None:
        """Take what was written in a cell; a cue that was left empty is deleted."""
        script = self._script.view().script
        if cue not in script.places:
            return
        if column == Column.SPEAKER:
            self._use(cue_edits.with_speaker(script, cue, written.strip()))
        elif written.strip():
            self._use(cue_edits.with_text(script, cue, written.strip()))
        else:
            self._use(cue_edits.without(script, (cue,)))

    def _edit(self) -> None:
        if chosen := self._cues.chosen():
            self._cues.edit_cue(chosen[0])

    def _delete(self) -> None:
        chosen = self._cues.chosen()
        if chosen:
            self._use(cue_edits.without(self._script.view().script, chosen))
            self.noticed.emit(
                self.tr("Cues deleted: {count}. Ctrl+Z brings them back.").format(count=len(chosen))
            )

    def _on_undo(self) -> None:
        if self._undo:
            self._script.set_script(self._undo.pop())
        else:
            self.noticed.emit(self.tr("There is no change to undo."))

    def forget_changes(self, before: Script) -> None:
        """Another script was opened: changes of the one before cannot be undone in it, but opening it can."""
        self._undo.clear()
        if before.cues:
            self._undo.append(before)

    def _use(self, script: Script) -> None:
        self._undo.append(self._script.view().script)
        self._script.set_script(script)

    # -- inside

    def _action(
        self, name: str, act: Callable[[], object], checked: Callable[[], bool] | None = None
    ) -> Action:
        return show_action(name, act, self._is_shown, checked)

    def _is_held(self) -> bool:
        return self._script.view().is_held

    def _is_muted(self) -> bool:
        return self._script.view().is_muted

    def _is_rehearsal(self) -> bool:
        return self._script.view().is_rehearsal

    def _is_black(self) -> bool:
        return self._audience.audience.is_black

    def _is_frozen(self) -> bool:
        return self._audience.audience.is_frozen
