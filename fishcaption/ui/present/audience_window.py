"""The audience's window: captions on a screen of their own, over whatever else is shown there.

It never takes the focus, and clicks go through it if its style says so. On X11 that needs a window that no
window manager frames: the frame would keep the clicks. On Wayland no program chooses a place: there the
window always covers its screen, and a strip is painted in it.

When its screen is unplugged, Qt would move the window onto the operator's screen. So it is hidden before
that, and comes back by itself with its screen.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QRegion, QScreen, QWindow
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fishcaption.captions.display import Display
from fishcaption.core.audience_style import AudienceStyle, ScreenIdentity
from fishcaption.ui.platform.compositing import is_composited
from fishcaption.ui.present.audience_canvas import AudienceCanvas, strip_rect
from fishcaption.ui.present.audience_screens import best_screen, identity

_ALWAYS: Final = (
    Qt.WindowType.Tool
    | Qt.WindowType.FramelessWindowHint
    | Qt.WindowType.WindowStaysOnTopHint
    | Qt.WindowType.WindowDoesNotAcceptFocus
)


def is_wayland() -> bool:
    """Return whether windows cannot choose their place, nor stay above others."""
    return QGuiApplication.platformName().startswith("wayland")


class AudienceWindow(QWidget):
    """Shows captions on the chosen screen while that is there.

    ``operator`` is the operator's window: its screen is taken only if exactly that one was chosen.
    """

    lost = Signal(str, str)  # a sentence: captions are not seen; and one that says what to do
    found = Signal(str)  # a sentence: where captions are seen now
    closed = Signal()  # the system has closed it

    def __init__(self, operator: QWidget) -> None:
        super().__init__(None, _ALWAYS)
        self._operator = operator
        self._style = AudienceStyle()
        self._chosen = ScreenIdentity()
        self._screen: QScreen | None = None  # the one that it is on
        self._handle: QWindow | None = None
        self._is_wanted = self._is_placing = self._was_lost = False
        self._is_composited = True
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        self.setWindowTitle(self.tr("Captions for the audience"))
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.canvas = AudienceCanvas()
        self.canvas.composed.connect(self._cut_out)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.canvas)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.screenAdded.connect(self._on_screen_added)
        app.screenRemoved.connect(self._on_screen_removed)
        for screen in QGuiApplication.screens():
            screen.geometryChanged.connect(self._on_screens_resized)

    # -- what its owner calls ----------------------------------------------------------------------

    def set_style(self, style: AudienceStyle) -> None:
        """Show captions in this style from now on."""
        if style == self._style:
            return
        self._style = style
        self.canvas.set_style(style)
        if self._is_wanted:
            self._place()

    def show_display(self, display: Display) -> None:
        """Show this from now on."""
        before = self.canvas.display().cue
        self.canvas.show_display(display)
        is_new = display.cue is not None and (before is None or before.id != display.cue.id)
        if is_new and self.isVisible():
            self.raise_()  # another program's window may have come above it

    def appear(self, chosen: ScreenIdentity) -> None:
        """Show the window on this screen, now or as soon as it is there."""
        self._chosen = chosen
        self._is_wanted = True
        self._place()

    def vanish(self) -> None:
        """Hide the window."""
        self._is_wanted = self._was_lost = False
        self._screen = None
        self.hide()

    def audience_style(self) -> AudienceStyle:
        """Return the style that captions are shown in."""
        return self._style

    def chosen_screen(self) -> ScreenIdentity:
        """Return the screen that was chosen for it."""
        return self._chosen

    def is_wanted(self) -> bool:
        """Return whether it is shown, or will be when its screen is there."""
        return self._is_wanted

    def on_screen(self) -> str:
        """Return the name of the screen that it is on; empty while it is hidden."""
        return identity(self._screen).title() if self._screen is not None else ""

    # -- its place ---------------------------------------------------------------------------------

    def _place(self) -> None:
        """Stand on the chosen screen; be hidden if it is not there."""
        screens = QGuiApplication.screens()
        present = [identity(screen) for screen in screens]
        own = next((place for place, screen in enumerate(screens) if screen == self._operator.screen()), -1)
        place = best_screen(self._chosen, present, own)
        if place is None:
            self._lose()
            return
        is_new = screens[place] != self._screen
        self._screen = screens[place]
        self._stand(screens[place])
        if is_new:
            self.found.emit(self._found_words(present[place]))
        self._was_lost = False

    def _stand(self, screen: QScreen) -> None:
        flags = self._flags()
        self._is_placing = True
        if flags != self.windowFlags():
            self.setWindowFlags(flags)  # hides it
        whole = screen.geometry()
        self.canvas.stand_on(whole.size())
        is_whole = self._style.area == "screen" or is_wayland()
        area = whole if is_whole else strip_rect(self._style, whole)
        self.setScreen(screen)
        self.setGeometry(area)
        if is_wayland():
            # the only way to a screen of one's choice; `showFullScreen` would ask for the focus
            self.setWindowState(Qt.WindowState.WindowFullScreen)
        self.show()
        if not is_wayland() and self.geometry() != area:
            self.setGeometry(area)
        self.raise_()
        self._is_composited = is_composited()
        self.clearMask()
        self._cut_out()
        self._is_placing = False
        if (handle := self.windowHandle()) is not self._handle and handle is not None:
            self._handle = handle
            handle.screenChanged.connect(self._on_moved)

    def _cut_out(self) -> None:
        """Give the window the shape of its captions, on a screen where nothing is seen through a window."""
        if self._is_composited:
            return
        covered = self.canvas.covered()
        self.setMask(QRegion(-1, -1, 1, 1) if covered.isEmpty() else covered)  # an empty one would be none

    def _flags(self) -> Qt.WindowType:
        flags = _ALWAYS
        is_through = self._style.is_click_through or (is_wayland() and self._style.area == "strip")
        if is_through:
            flags |= Qt.WindowType.WindowTransparentForInput
        if QGuiApplication.platformName() == "xcb":
            flags |= Qt.WindowType.X11BypassWindowManagerHint
        return flags

    def _lose(self) -> None:
        self._screen = None
        self.hide()
        if not self._was_lost:
            self._was_lost = True
            self._tell_lost()

    def _tell_lost(self) -> None:
        if self._chosen == ScreenIdentity():
            words = self.tr("There is no second screen for the captions.")
            self.lost.emit(words, self.tr("Connect one, or choose this screen: “Screen for the audience”."))
            return
        words = self.tr("The audience's screen {name} is not there: the captions are hidden.")
        hint = self.tr("They come back with it, or choose another screen.")
        self.lost.emit(words.format(name=self._chosen.title()), hint)

    def _found_words(self, screen: ScreenIdentity) -> str:
        words = self.tr("The captions are on the screen {name}.").format(name=screen.title())
        if is_wayland():
            words += " " + self.tr("On this desktop (Wayland) other windows can come above them.")
        return words

    # -- screens -----------------------------------------------------------------------------------

    def _on_screen_added(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._on_screens_resized)
        if self._is_wanted:
            self._place()

    def _on_screen_removed(self, screen: QScreen) -> None:
        if self._screen is not None and screen == self._screen:
            if self._chosen == ScreenIdentity():  # it comes back on this one, and on no other
                self._chosen = identity(screen)
            self._lose()

    def _on_screens_resized(self, _area: QRect) -> None:
        if self._screen is not None:
            self._place()

    def _on_moved(self, screen: QScreen) -> None:
        """The system has moved the window: it is not to be seen where the operator works."""
        if self._screen is not None and not self._is_placing and screen != self._screen:
            self._lose()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        if self._is_wanted:
            self.vanish()
            self.closed.emit()
