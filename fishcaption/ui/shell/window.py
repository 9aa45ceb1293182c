"""The window: a shell that lays out, opens and closes.

In its middle stands a workspace; around it voice bar, banner, transport and the row of the sound. Before the
window is painted nothing is imported that is not painted: features come right after, from the registry, and
dialogs when they are opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QIcon,
    QKeyEvent,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.errors import FishCaptionError, StorageError
from fishcaption.core.speech import Snapshot
from fishcaption.store.journal import Journal
from fishcaption.store.settings import Settings
from fishcaption.ui.commands import Actions
from fishcaption.ui.lazy_track import LazyTrack
from fishcaption.ui.platform import keyboard_layouts as layouts
from fishcaption.ui.shell.messages import Problems, Status
from fishcaption.ui.shell.registry import WORKSPACES
from fishcaption.ui.shell.transport import Transport
from fishcaption.ui.shell.voice_bar import VoiceBar
from fishcaption.ui.widgets import assets
from fishcaption.ui.widgets.controls import Banner, StatusLine
from fishcaption.ui.widgets.fields import plain
from fishcaption.ui.widgets.stop_first import StopFirst
from fishcaption.ui.widgets.theme import Look

if TYPE_CHECKING:
    from fishcaption.ui.ports import Services, Speaker, Stores
    from fishcaption.ui.shell.features import Features
    from fishcaption.ui.shell.retrying import Retrying
    from fishcaption.ui.shell.workspaces import Workspaces
    from fishcaption.ui.workspace import Later, TextWorkspace, Workspace

_MARGIN = 12
_MOST_CROWDED = 6


class Window(QMainWindow):
    """The program's window. `closed` comes once, when it is closed; the draft is on disk then."""

    closed = Signal()

    def __init__(
        self,
        reader: Speaker,
        services: Services,
        journal: Journal,
        *,
        notices: Sequence[str] = (),
        stores: Stores | None = None,
    ) -> None:
        """`notices` are sentences to be shown once, such as what had to be mended in the settings."""
        settings = services.settings.current
        # before any widget is made: what was made before it keeps the system's text size
        self.look = Look(settings.theme, settings.text_size, wear=False)
        super().__init__()
        self._reader = reader
        self._services = services
        self._stores = stores
        self.features: Features | None = None  # once it was painted
        self._retrying: Retrying | None = None  # once it was painted: before that, nothing can fail
        self._is_closed = False
        self._is_painted = False
        self._is_loaded = False
        self._crowding = 0
        self.setWindowTitle("fishcaption")
        # said outright: else Qt makes the window higher wherever a text might need another line
        self.setMinimumSize(480, 360)

        self._status_line = StatusLine()
        self.banner = Banner()
        self.voice_bar = VoiceBar(services)
        self._track = LazyTrack(reader, self)
        self.text_workspace: TextWorkspace = WORKSPACES[0].made.load()(
            reader, services, journal, self._status_line, stores, self._track
        )
        self.workspaces: Workspaces | None = None  # once it was painted: before that there is only one
        self.transport = Transport(self.text_workspace, services.settings, can_hold=stores is not None)
        self._build()
        # `actions` is Qt's own
        self.commands = Actions(self, settings.keys)
        self.commands.add(
            *self.transport.own_actions(),
            *self.text_workspace.own_actions(),
            *self.voice_bar.own_actions(),
        )
        playback = self.text_workspace.playback
        self.status = Status(self._status_line)
        self.problems = Problems(
            self.banner, playback, self.commands, self.voice_bar.sound, self.voice_bar.model, services
        )
        self._connect()
        self._stop_first = StopFirst(self._is_stop, self.text_workspace.stop_if_busy, self._take_chord, self)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._wear)

        self.look.wear()
        self._dress()
        self.problems.ask_model()
        self._begin(settings, notices)

    def _begin(self, settings: Settings, notices: Sequence[str]) -> None:
        """Restore place and size of the window, and the unsent text."""
        if settings.window_geometry:
            self.restoreGeometry(QByteArray.fromBase64(settings.window_geometry.encode("ascii", "ignore")))
        else:
            self.resize(QSize(1200, 740).boundedTo(self.screen().availableSize()))
        if self.text_workspace.restore():
            self.notice(self.tr("Your unsent text is back."))
        for words in notices:
            self.problems.tell(StorageError(words))
        self._on_looked(self._reader.snapshot())
        self.text_workspace.focus()

    # -- what the program and the features ask -----------------------------------------------------

    @property
    def workspace(self) -> Workspace:
        """The workspace that is shown."""
        return self.text_workspace if self.workspaces is None else self.workspaces.shown

    @property
    def settings(self) -> Settings:
        """The settings as they are now."""
        return self._services.settings.current

    def tell(self, error: FishCaptionError) -> None:
        """Show a failure that came from elsewhere than the reader."""
        self.problems.tell(error)

    def notice(self, words: str) -> None:
        """Show this sentence in the status line until something happens."""
        # what is told may be ahead of what is drawn
        self.status.notice(words, self._reader.snapshot())

    def add_later(self, later: Later) -> None:
        """Add something that will speak by itself later: Stop ends it."""
        self.text_workspace.playback.later.append(later)

    def take_text(self, text: str, *, speak: bool = False) -> None:
        """Take a text from elsewhere into the editor (a draft there is held), or speak it at once."""
        self.text_workspace.take_text(plain(text), speak=speak)
        if not speak and self.workspace is not self.text_workspace:  # nothing is to change during a show
            self.notice(self.tr("A text has come. It is in Speak."))

    # -- building ----------------------------------------------------------------------------------

    def _build(self) -> None:
        self._sides = QSplitter(Qt.Orientation.Horizontal)
        self._sides.addWidget(self.text_workspace.view)
        self._sides.setChildrenCollapsible(False)
        self._sides.setHandleWidth(10)
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        column.setContentsMargins(_MARGIN, 10, _MARGIN, _MARGIN)
        column.setSpacing(8)
        column.addWidget(self.voice_bar)
        column.addWidget(self.banner)
        self._middle = QVBoxLayout()
        self._middle.addWidget(self._sides, 1)
        column.addLayout(self._middle, 1)
        column.addWidget(self.transport)
        column.addWidget(self.voice_bar.sound)
        self.setCentralWidget(self._body)
        self._set_tab_order()

    def _set_tab_order(self) -> None:
        """Lead from the text to what is done with it, then to what is chosen once in a while."""
        controls = [workspace.controls() for workspace in self._made()]
        order = [control for first, _ in controls for control in first]
        order += self.transport.controls()
        order += [control for _, rest in controls for control in rest]
        order += [*self.voice_bar.controls(), *self.voice_bar.sound.controls()]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        bar, commands = self.voice_bar, self.commands
        self.text_workspace.looked.connect(self._on_looked)
        self._connect_workspace(self.text_workspace)
        self.problems.resized.connect(self.fit)
        self.transport.connect_commands(commands)
        bar.connect_commands(commands)
        bar.menu.clicked.connect(self._on_menu)
        bar.model.activated.connect(self._on_model)
        bar.model.answered.connect(self._on_model_answered)
        bar.sound.failed.connect(self.tell)
        bar.sound.told.connect(self.notice)
        commands.changed.connect(self._tell_keys)
        settings = self._services.settings
        settings.subscribe(lambda settings: (settings.theme, settings.text_size), self._on_theme)
        settings.subscribe(lambda settings: settings.keys, self._on_keys)
        settings.subscribe(_model_of, self._on_model_changed)
        settings.subscribe(_heights_of, self._on_heights)

    def _connect_workspace(self, workspace: Workspace) -> None:
        workspace.begun.connect(self._forget_problem)
        workspace.failed.connect(self.tell)
        workspace.noticed.connect(self.notice)
        workspace.resized.connect(self.fit)
        workspace.buttons_changed.connect(self._on_workspace_shown)

    # -- looks -------------------------------------------------------------------------------------

    def _dress(self) -> None:
        """Have everything in the fonts, icons and colours of the look."""
        self.voice_bar.set_look(self.look)
        self.banner.set_look(self.look)
        self.transport.set_look(self.look)
        for workspace in self._made():
            workspace.set_look(self.look)
        if self.features is not None:
            self.features.set_look(self.look)

    def fit(self) -> None:
        """Give the text the place of what is seldom used, where text is large and the window small."""
        if not self.isVisible():
            return
        width = self._body.width() - 2 * _MARGIN
        if self.features is not None:
            self.features.place_sides(self._body.width())
        if self.features is not None and self.workspace is self.text_workspace:
            width -= self.features.width_beside()
        for row in (self.voice_bar, self.transport):
            row.set_width(self._body.width() - 2 * _MARGIN)
        while self._crowding < _MOST_CROWDED and self._needed(width) > self._body.height():
            self._make_room(self._crowding + 1)
        while self._crowding > 0:
            self._make_room(self._crowding - 1)
            if self._needed(width) > self._body.height():
                self._make_room(self._crowding + 1)
                self._needed(width)  # for the panels' own heights
                break

    def _make_room(self, crowding: int) -> None:
        """Hide what belongs to this degree: it has its keys, and its place in the menu."""
        self._crowding = crowding
        for part in (self.voice_bar, self.transport, self.workspace):
            part.set_crowding(crowding)

    def _needed(self, width: int) -> int:
        """Return the height in pixels that everything shown needs at this width."""
        whole = self._body.width() - 2 * _MARGIN
        parts: list[QWidget] = [self.voice_bar, self.transport]
        parts += [part for part in (self.voice_bar.sound, self.banner) if not part.isHidden()]
        around = sum(part.heightForWidth(whole) for part in parts) + 8 * len(parts) + 10 + _MARGIN
        has_sides = self.features is not None and self.workspace is self.text_workspace
        beside = self.features.height_beside() if self.features is not None and has_sides else 0
        return max(beside, self.workspace.least_height(width)) + around

    def _tell_keys(self) -> None:
        self.transport.tell_keys(self.commands)
        self.voice_bar.tell_keys(self.commands)

    # -- settings ----------------------------------------------------------------------------------

    def _wear(self) -> None:
        """Have the look that the settings and the system say."""
        settings = self.settings
        if self.look.change(settings.theme, settings.text_size):
            self._dress()

    def _on_theme(self, _before: object, _after: object) -> None:
        self._wear()

    def _on_keys(self, _before: object, keys: Mapping[str, tuple[str, ...]]) -> None:
        self.commands.use(keys)

    def _on_model_changed(self, _before: object, _after: object) -> None:
        self.problems.ask_model()

    def _on_heights(self, _before: object, _after: object) -> None:
        self.fit()

    def _on_model(self) -> None:
        self._use_model(self.voice_bar.model.currentData())

    def _on_model_answered(self, name: str) -> None:
        self._use_model(name)
        self.transport.retry()

    def _use_model(self, name: str) -> None:
        self.problems.model_answered()
        self._services.models.choose(name)

    # -- keys --------------------------------------------------------------------------------------

    def _is_stop(self, event: QKeyEvent) -> bool:
        """Return whether the key means Stop, also while a dialog keeps shortcuts from acting."""
        if self.workspace.uses_key(event):
            return False
        return event.key() == Qt.Key.Key_Escape or self.commands.called_by(event) == "speak.stop"

    def _take_chord(self, event: QKeyEvent) -> bool:
        """Do what a chord means that Qt found no command for, on a keyboard with other letters."""
        chord = layouts.meant(event)
        if chord is None:
            return False
        name = self.commands.meant_by(event)
        if name and QApplication.activeModalWidget() is None and QApplication.activePopupWidget() is None:
            if self.commands[name].repeats or not event.isAutoRepeat():
                self.commands.run(name)
            return True
        if layouts.is_foreign(event):
            layouts.send_as(chord)
        return layouts.is_foreign(event)

    # -- what comes after the first paint ----------------------------------------------------------

    def _on_first_paint(self) -> None:
        """Add the dialogs' commands, have keys act, and have the features imported."""
        if self._is_closed:
            return
        from fishcaption.ui.shell.features import Features, WindowHost
        from fishcaption.ui.shell.retrying import Retrying

        retrying = self._retrying = Retrying(self._services.retrying, self.text_workspace.playback, self)
        retrying.stood_in.connect(self.problems.tell_stand_in)
        retrying.noticed.connect(self.notice)
        self.commands.add(*retrying.own_actions())

        host = WindowHost(self, self._reader, self._services, self._stores, self._track.made(), self._sides)
        self.features = Features(host)
        self.commands.wake()  # who presses a key at once is not to press it again
        self._services.prepare(self._on_prepared)

    def _on_prepared(self) -> None:
        if self.features is None or self._is_loaded or self._is_closed:
            return
        # with Qt's plugin for it, it takes as long as all the buttons
        self.setWindowIcon(QIcon(str(assets.path("icons/fishcaption.svg"))))
        self.features.load()
        self._is_loaded = True
        self.text_workspace.set_crowding(self._crowding)
        self.features.set_look(self.look)
        self._add_workspaces()
        if (audience := self._services.audience()) is not None:
            audience.follow(self._track.made())
        self._on_looked(self._reader.snapshot())
        self.fit()
        self.commands.complete()

    def _add_workspaces(self) -> None:
        from fishcaption.ui.shell.workspaces import Workspaces

        assert self.features is not None
        workspaces = self.workspaces = Workspaces(self.features.host, self._middle, self._sides)
        workspaces.made.connect(self._on_workspace_made)
        workspaces.shown_changed.connect(self._on_workspace_shown)
        if workspaces.switch is not None:
            self.voice_bar.add_switch(workspaces.switch, workspaces.switch.controls())
            self._set_tab_order()
        workspaces.begin()

    def _on_workspace_made(self, workspace: Workspace) -> None:
        self._connect_workspace(workspace)
        workspace.set_look(self.look)
        self._set_tab_order()

    def _on_workspace_shown(self) -> None:
        self.workspace.place_status(self._status_line)
        self.transport.use(self.workspace.buttons())
        self._on_looked(self._reader.snapshot())
        self.workspace.set_crowding(self._crowding)
        self.fit()

    def _made(self) -> tuple[Workspace, ...]:
        others = () if self.workspaces is None else self.workspaces.others()
        return (self.text_workspace, *others)

    def is_complete(self) -> bool:
        """Return whether the features are there."""
        return self._is_loaded

    def _on_menu(self) -> None:
        from fishcaption.ui.shell.window_menu import open_menu

        open_menu(self.commands, self.voice_bar.menu)

    # -- what is told ------------------------------------------------------------------------------

    def _on_looked(self, snapshot: Snapshot) -> None:
        self.status.draw(snapshot)
        self.problems.look(snapshot)
        self.transport.draw(snapshot)
        self.text_workspace.draw(snapshot)
        if self.workspace is not self.text_workspace:
            self.workspace.draw(snapshot)

    def _forget_problem(self) -> None:
        self.problems.forget()
        self.status.forget()

    # -- Qt ----------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self._on_first_paint)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._services.speech.warm()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not (self.commands.plain_key(event) or self.commands.early_key(event)):
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        with ExitStack() as ending:  # from the last one to the first, whatever fails in between
            ending.callback(self.closed.emit)
            ending.callback(super().closeEvent, event)
            for workspace in self._made():
                ending.callback(workspace.leave)
            ending.callback(self._track.close)
            if self._retrying is not None:
                ending.callback(self._retrying.close)
            ending.callback(self._keep_place)
            if self.features is not None:
                ending.callback(self.features.leave)

    def _keep_place(self) -> None:
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        kept = {name: value for made in self._made() for name, value in made.kept_settings().items()}
        self._services.settings.change(window_geometry=geometry, **kept)


def _model_of(settings: Settings) -> tuple[object, ...]:
    """Return the settings of which model speaks."""
    return settings.voice, settings.model, settings.model_agreed


def _heights_of(settings: Settings) -> tuple[object, ...]:
    """Return the settings on which it depends how much room the parts of the window need."""
    return (
        settings.theme,
        settings.text_size,
        settings.voice,
        settings.model,
        settings.speak_mode,
        settings.off_record,
        settings.completion,
        settings.phrases_shown,
    )
