"""The tools for calls: the strip, the quick box, the window of calls, the global keys.

`ui.calls.feature` makes one `CallTools`, gives it the acts of the main window (`CallActions`) and the caption
track, and passes on looks; everything else is in here. No window is built before it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from fishcaption.core.errors import FishCaptionError
from fishcaption.store.journal import Journal
from fishcaption.store.places import data_dir
from fishcaption.ui.commands import Action, Group

if TYPE_CHECKING:
    from fishcaption.captions.track import CaptionTrack
    from fishcaption.ui.calls.quick_box import QuickBox
    from fishcaption.ui.calls.strip import Strip
    from fishcaption.ui.calls.window import CallsDialog
    from fishcaption.ui.feature_ports import CallService
    from fishcaption.ui.platform.global_keys import GlobalKeys
    from fishcaption.ui.ports import SettingsService
    from fishcaption.ui.widgets.theme import Look


@dataclass(frozen=True, slots=True)
class CallActions:
    """CallActions of the main window that the windows of calls ask for."""

    speak: Callable[[str], object]  # this text, as a phrase is; may raise FishCaptionError
    speak_draft: Callable[[], None]
    stop: Callable[[], None]
    pause: Callable[[], None]
    repeat: Callable[[], None]
    attention: Callable[[], None]
    next_cue: Callable[[], None]  # of the script, whichever workspace is shown
    journal: Callable[[Path], Journal] = Journal  # keeps what is written in the quick box


class CallTools(QObject):
    """The windows of calls, and the global keys."""

    failed = Signal(object)  # a FishCaptionError
    noticed = Signal(str)  # a sentence for the status line

    def __init__(
        self,
        acts: CallActions,
        calls: CallService | None,
        settings: SettingsService,
        track: CaptionTrack,
        *,
        parent: QWidget,
    ) -> None:
        """`calls` None: there is no window of calls."""
        super().__init__(parent)
        self._window = parent
        self._acts = acts
        self._calls = calls
        self._settings = settings
        self._track = track
        self._look: Look | None = None
        self._strip: Strip | None = None
        self._unfollow: Callable[[], None] | None = None  # ends that the strip shows the track
        self._box: QuickBox | None = None
        self._dialog: CallsDialog | None = None
        self._keys: GlobalKeys | None = None
        self._has_begun = False
        self._unsubscribers = [
            settings.subscribe(lambda settings: settings.enter_speaks, self._on_enter_speaks),
            settings.subscribe(lambda settings: settings.global_keys, self._on_global_keys),
        ]

    # -- what the main window calls ----------------------------------------------------------------

    def actions(self) -> tuple[Action, ...]:
        """The commands, for the registry."""
        group = Group.CALLS
        calls = (
            (
                Action("calls.window", self.tr("Calls: voice, opening words, telephone keys"),
                       self.open_calls, group, ("Ctrl+Shift+J",), in_menu=True),
                Action("calls.opener", self.tr("Say the opening words of a call"), self.say_opener, group),
            )
            if self._calls is not None
            else ()
        )  # fmt: skip
        return (
            *calls,
            Action("calls.strip", self.tr("Strip above all windows: Stop, Pause, captions"),
                   self.toggle_strip, group, ("Ctrl+Shift+T",), in_menu=True, checked=self.has_strip),
            Action("calls.strip_keys", self.tr("Use or move the strip with the keyboard"),
                   self.go_to_strip, group, enabled=self.has_strip),
            Action("calls.quick_box", self.tr("Quick box: type a few words above all windows"),
                   self.open_quick_box, group, ("Ctrl+J",), in_menu=True),
            Action("calls.global_keys", self.tr("Global keys…"), self.open_global_keys, group, in_menu=True),
        )  # fmt: skip

    def begin(self) -> None:
        """Begin when the main window is shown: take the global keys, show the strip if it was open."""
        self._has_begun = True
        self._hold()
        if self._settings.current.strip_on:
            self._show_strip()
        if self._acts.journal(_quick_path()).restore().strip():
            self.noticed.emit(self.tr("The quick box still has words that you typed (Ctrl+J)."))

    def set_look(self, look: Look) -> None:
        """Draw in these colours and sizes."""
        self._look = look
        for part in (self._strip, self._box):
            if part is not None:
                part.set_look(look)

    def close(self) -> None:
        """Close all windows of calls and release the global keys."""
        self._has_begun = False
        for unsubscribe in self._unsubscribers:
            unsubscribe()
        if self._strip is not None:
            self._strip.closed.disconnect(self._on_strip_closed)  # it is there again at the next start
            self._strip.close()
            self._drop_strip()
        if self._box is not None:
            self._box.end()
            self._box.deleteLater()
            self._box = None
        if self._dialog is not None:
            self._dialog.close()
        if self._keys is not None:
            self._keys.close()
            self._keys = None

    # -- commands ----------------------------------------------------------------------------------

    def has_strip(self) -> bool:
        """Return whether the strip is shown."""
        return self._strip is not None

    def toggle_strip(self) -> None:
        """Show the strip, or hide it."""
        if self._strip is not None:
            self._strip.close()
        else:
            self._show_strip()
            self._settings.change(strip_on=True)
            self._offer_keys()

    def go_to_strip(self) -> None:
        """Give the strip the focus."""
        if self._strip is None:
            self.toggle_strip()
        assert self._strip is not None
        self._strip.take_keys()

    def open_quick_box(self) -> None:
        """Open the quick box above all windows."""
        if self._box is None:
            from fishcaption.ui.calls.quick_box import QuickBox

            box = self._box = QuickBox(self._acts.speak, self._acts.journal(_quick_path()))
            box.stop_asked.connect(self._acts.stop)
            box.repeat_asked.connect(self._acts.repeat)
            box.set_enter_speaks(self._settings.current.enter_speaks)
            if self._look is not None:
                box.set_look(self._look)
        self._box.appear()

    def open_calls(self) -> None:
        """Open the calls' window."""
        if self._calls is None:
            return
        if self._dialog is None:
            from fishcaption.ui.calls.window import CallsDialog

            dialog = self._dialog = CallsDialog(self._calls, self._settings, self._window)
            dialog.say_asked.connect(self._on_say)
            dialog.stop_asked.connect(self._acts.stop)
            dialog.keys_asked.connect(self.open_global_keys)
            dialog.finished.connect(self._on_dialog_finished)
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    def open_global_keys(self) -> None:
        """Open the window of the global keys."""
        from fishcaption.ui.calls.global_keys_dialog import GlobalKeysDialog

        dialog = GlobalKeysDialog(self._global_keys(), self._chosen_keys(), self._window)
        dialog.changed.connect(self._on_keys_chosen)
        dialog.open()

    def say_opener(self) -> None:
        """Say the opening words of a call."""
        if self._settings.current.opener.strip():
            self._on_say(self._settings.current.opener)

    # -- inside ------------------------------------------------------------------------------------

    def _on_enter_speaks(self, _before: bool, enter_speaks: bool) -> None:
        if self._box is not None:
            self._box.set_enter_speaks(enter_speaks)

    def _on_global_keys(self, _before: object, _after: object) -> None:
        if self._has_begun:
            self._hold()

    def _show_strip(self) -> None:
        from fishcaption.ui.calls.strip import Strip

        strip = self._strip = Strip(self._settings.current.strip_place)
        strip.stop_asked.connect(self._acts.stop)
        strip.pause_asked.connect(self._acts.pause)
        strip.repeat_asked.connect(self._acts.repeat)
        strip.quick_box_asked.connect(self.open_quick_box)
        strip.moved.connect(self._on_strip_moved)
        strip.closed.connect(self._on_strip_closed)
        if self._look is not None:
            strip.set_look(self._look)
        strip.draw(self._track.snapshot())
        self._unfollow = self._track.subscribe(strip.draw)
        strip.appear()

    def _offer_keys(self) -> None:
        """At the first use, tell the user that Stop can have a global key."""
        if not self._settings.current.global_keys:
            self.noticed.emit(
                self.tr("You can give Stop a key that works in every program: see “Global keys…”.")
            )

    def _global_keys(self) -> GlobalKeys:
        if self._keys is None:
            from fishcaption.ui.platform.global_keys import GlobalKeys

            self._keys = GlobalKeys(self)
            self._keys.pressed.connect(self._on_pressed)
            self._keys.changed.connect(self._on_keys_changed)
        return self._keys

    def _chosen_keys(self) -> dict[str, str]:
        return {act: keys[0] for act, keys in self._settings.current.global_keys.items() if keys}

    def _hold(self) -> None:
        chosen = self._chosen_keys()
        if chosen or self._keys is not None:
            self._global_keys().hold(chosen)

    def _on_keys_changed(self) -> None:
        """A key was refused or granted; some desktops answer late."""
        assert self._keys is not None
        if self._keys.problems:
            why = next(iter(self._keys.problems.values()))
            self.noticed.emit(self.tr("A global key does not work: {why}").format(why=why))

    def _on_pressed(self, act: str) -> None:
        {
            "speak": self._acts.speak_draft,
            "stop": self._acts.stop,
            "quick_box": self.open_quick_box,
            "attention": self._acts.attention,
            "next": self._acts.next_cue,
        }[act]()

    def _on_keys_chosen(self, keys: dict[str, str]) -> None:
        self._settings.change(global_keys={act: (key,) for act, key in keys.items()})

    def _on_say(self, text: str) -> None:
        try:
            self._acts.speak(text)
        except FishCaptionError as error:
            self.failed.emit(error)

    def _on_strip_moved(self, place: tuple[int, int]) -> None:
        self._settings.change(strip_place=place)

    def _on_strip_closed(self) -> None:
        if self._strip is not None:
            self._drop_strip()
            self._settings.change(strip_on=False)

    def _drop_strip(self) -> None:
        if self._unfollow is not None:
            self._unfollow()
            self._unfollow = None
        if self._strip is not None:
            self._strip.deleteLater()
            self._strip = None

    def _on_dialog_finished(self) -> None:
        self._dialog = None


def _quick_path() -> Path:
    return data_dir() / "quick.txt"
