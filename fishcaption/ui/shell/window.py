"""The main window: editor, transcript, buttons and keys, the state in words, and what went wrong.

It lays the parts out and hands commands on; what they mean is in `composer`. Before it is painted it imports
nothing that is not painted: `opening` imports dialogs when they are asked for, pages are made when they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QEvent, QPoint, QSignalBlocker, QSize, Qt, QTimer, Signal
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
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.errors import FishCaptionError, StorageError
from fishcaption.core.speech import Snapshot, State, Voice
from fishcaption.store.journal import Journal
from fishcaption.store.settings import Loaded, OutputDevice, Settings
from fishcaption.ui.commands import Action, Actions, Group
from fishcaption.ui.platform import keyboard_layouts as layouts
from fishcaption.ui.shell.dialog_launcher import DialogLauncher
from fishcaption.ui.shell.model_choice import ModelChoice
from fishcaption.ui.shell.problems import Problems
from fishcaption.ui.shell.retrying import Retrying
from fishcaption.ui.shell.sound_row import SoundRow
from fishcaption.ui.speak.composer import Composer, Later
from fishcaption.ui.speak.editor import Editor
from fishcaption.ui.speak.mode_switch import ModeSwitch
from fishcaption.ui.speak.transcript import Transcript
from fishcaption.ui.widgets import assets
from fishcaption.ui.widgets.controls import Banner, FlowRow, StatusLine, Tool
from fishcaption.ui.widgets.fields import plain
from fishcaption.ui.widgets.labels import Label, as_written
from fishcaption.ui.widgets.state_words import state_words, voice_words
from fishcaption.ui.widgets.stop_first import StopFirst
from fishcaption.ui.widgets.theme import Look

if TYPE_CHECKING:
    from fishcaption.ui.history.controller import HistoryController
    from fishcaption.ui.ports import Services, Speaker, Stores
    from fishcaption.ui.shell.deferred_panels import DeferredPanels
    from fishcaption.ui.speak.large_type import LargeType
    from fishcaption.ui.speak.queue import QueuePanel, Waiting

_BUSY = (State.CONNECTING, State.SPEAKING, State.PAUSED)
_SIZES = (80, 300)  # per cent of text, in steps of 10
_LOUDER = 1.6  # "repeat louder"; what that would clip is limited
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
        self._look = Look(settings.theme, settings.text_size, wear=False)
        super().__init__()
        self._reader = reader
        self._services = services
        self._icons: list[tuple[QPushButton, str, str]] = []  # widget, icon, name of its colour
        self._tools: list[Tool] = []
        self._large: LargeType | None = None
        self._deferred_panels: DeferredPanels | None = None
        self._notice = ""  # told instead of the state, until the state is another
        self._noticed_in = State.IDLE
        self._is_closed = False
        self._is_painted = False
        self._crowding = 0
        self._split_before: list[int] = []  # the heights before a page took the transcript's place
        self.setWindowTitle("fishcaption")
        # said outright: else Qt makes the window higher wherever a text might need another line
        self.setMinimumSize(480, 360)

        self._editor = Editor()
        self._editor.setAccessibleName(self.tr("Text to speak"))
        self._transcript = Transcript()
        self._transcript.setAccessibleName(self.tr("Spoken text"))
        self._transcript.setPlaceholderText(self.tr("What you speak appears here."))
        self._status = StatusLine()
        self._banner = Banner()
        self._queue: QueuePanel | None = None
        self._waiting: Waiting | None = None
        self._keeping: HistoryController | None = None
        self._stores = stores
        self._mode = ModeSwitch()
        self._sound = SoundRow()
        self._model = ModelChoice(services.models)
        self._build()
        # `actions` is Qt's own
        self.commands = Actions(self, settings.keys)
        self._dialogs = DialogLauncher(self, services, self.commands, self._current_settings)
        self._add_actions()

        self._composer = Composer(
            reader,
            services.speech,
            self._editor,
            self._transcript,
            journal,
            services.settings,
            services.models,
        )
        self._composer.price.ask = self._ask_price
        self._retrying = Retrying(self._composer)
        self._problems = Problems(
            self._banner, self._composer, self.commands, self._dialogs, self._sound, self._model, services
        )
        self._problems.resized.connect(self._fit)
        self._connect()
        self._stop_first = StopFirst(self._is_stop, self._stop_if_busy, self._take_chord, self)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_colors_changed)

        self._look.wear()
        self._dress()
        self._show_settings()
        services.settings.subscribe(_all, self._on_settings)
        self._begin(settings, notices)

    def _begin(self, settings: Settings, notices: Sequence[str]) -> None:
        """Stand where the window stood, with what was written in it."""
        if settings.window_geometry:
            self.restoreGeometry(QByteArray.fromBase64(settings.window_geometry.encode("ascii", "ignore")))
        else:
            self.resize(QSize(1080, 740).boundedTo(self.screen().availableSize()))
        self._splitter.setSizes(list(settings.window_split) or [330, 390])
        if self._composer.drafts.restore():
            self._on_noticed(self.tr("Your unsent text is back."))
        for words in notices:
            self._problems.tell(StorageError(words))
        self._on_looked(self._reader.snapshot())
        self._editor.setFocus()

    # -- what the program asks ---------------------------------------------------------------------

    @property
    def settings(self) -> Settings:
        """As they are now."""
        return self._services.settings.current

    def tell(self, error: FishCaptionError) -> None:
        """Show a failure that came from elsewhere than the reader."""
        self._problems.tell(error)

    def notice(self, words: str) -> None:
        """Tell this in the status line, until something happens."""
        self._on_noticed(words)

    def add_later(self, later: Later) -> None:
        """Something that is about to speak by itself: Stop ends it."""
        self._composer.later.append(later)

    def take_text(self, text: str, *, speak: bool = False) -> None:
        """A text from elsewhere: into the editor (a draft there is held), or spoken at once."""
        self._composer.take_text(plain(text), speak=speak)

    # -- building ----------------------------------------------------------------------------------

    def _build(self) -> None:
        self._pages = QStackedWidget()
        self._pages.addWidget(self._transcript)
        upper = QWidget()
        self._above = QVBoxLayout(upper)
        self._above.setContentsMargins(0, 0, 0, 0)
        self._above.addWidget(self._pages, 1)
        lower = QWidget()
        self._below = QVBoxLayout(lower)
        self._below.setContentsMargins(0, 0, 0, 0)
        self._told = QWidget()
        told = QHBoxLayout(self._told)
        told.setContentsMargins(0, 0, 0, 0)
        told.addWidget(self._status, 1)
        told.addWidget(self._mode)
        self._below.addWidget(self._told)
        self._below.addWidget(self._editor, 1)
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.addWidget(upper)
        self._splitter.addWidget(lower)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(10)
        self._sides = QSplitter(Qt.Orientation.Horizontal)
        self._sides.addWidget(self._splitter)
        self._sides.setChildrenCollapsible(False)
        self._sides.setHandleWidth(10)
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        column.setContentsMargins(_MARGIN, 10, _MARGIN, _MARGIN)
        column.setSpacing(8)
        self._rows = (self._build_choices(), self._build_commands())
        self._row_widgets = (QWidget(), QWidget())
        for row, widget in zip(self._rows, self._row_widgets, strict=True):
            widget.setLayout(row)
        column.addWidget(self._row_widgets[0])
        column.addWidget(self._banner)
        column.addWidget(self._sides, 1)
        column.addWidget(self._row_widgets[1])
        column.addWidget(self._sound)
        self.setCentralWidget(self._body)
        self._set_tab_order()

    def _set_tab_order(self) -> None:
        """From the text to what is done with it, then to what is chosen once in a while."""
        order: list[QWidget] = [self._editor, self._speak, self._stop, self._pause, self._so_far]
        order += [self._back, self._repeat, self._louder, self._forward, self._signal, self._hold]
        order += [*self._mode.controls(), self._transcript]
        order += [self._voice, self._model, self._off_record, self._phrases_button]
        order += [self._large_button, self._settings_button]
        order += [self._menu_button, *self._sound.controls()]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def _build_choices(self) -> FlowRow:
        self._voice = self._button(self.tr("Voice"), "audio-lines")
        self._model_caption = Label(self.tr("Model"))
        self._model_caption.setBuddy(self._model)
        self._off_record = self._button(
            self.tr("Off the record"), "eye-off", role="notice", color="on_notice"
        )
        self._off_record.setToolTip(
            self.tr(
                "Nothing that you type or say is written down; what is not spoken is gone when the window is "
                "closed. Press to write it down again."
            )
        )
        self._off_record.hide()
        self._phrases_button = self._tool(self.tr("Phrases"), "message-square-quote")
        self._phrases_button.setCheckable(True)
        self._phrases_button.hide()
        self._large_button = self._tool(self.tr("Large type for the person opposite"), "a-large-small")
        self._settings_button = self._tool(self.tr("Settings"), "settings-2")
        self._menu_button = self._tool(self.tr("Menu"), "menu")
        row = FlowRow()
        for widget in (self._voice, self._model_caption, self._model, self._off_record):
            row.addWidget(widget)
        right = (self._phrases_button, self._large_button, self._settings_button, self._menu_button)
        for tool in right:
            row.add_right(tool)
        return row

    def _build_commands(self) -> FlowRow:
        """Stop is the second and stands behind what never changes its width: always in the same place."""
        self._speak = self._button(self.tr("Speak"), "speech", role="primary", big=True, color="on_accent")
        self._stop = self._button(self.tr("Stop"), "square", role="danger", big=True, color="danger")
        self._pause = self._button(self.tr("Pause"), "pause", big=True)
        self._so_far = self._button(self.tr("Say so far"), "step-forward", big=True)
        self._back = self._tool(self.tr("Back a sentence"), "skip-back", big=True)
        self._repeat = self._tool(self.tr("Repeat"), "rotate-ccw", big=True)
        self._louder = self._tool(self.tr("Repeat louder"), "megaphone", big=True)
        self._forward = self._tool(self.tr("Forward a sentence"), "skip-forward", big=True)
        self._signal = self._tool(self.tr("Attention sound"), "bell-ring", big=True)
        self._hold = self._tool(self.tr("Hold that thought"), "bookmark", big=True)
        row = FlowRow()
        for button in (self._speak, self._stop, self._pause, self._so_far):
            row.addWidget(button)
        for tool in (self._back, self._repeat, self._louder, self._forward, self._signal, self._hold):
            row.add_right(tool)
        return row

    def _button(
        self, words: str, icon: str, *, role: str = "", big: bool = False, color: str = "text"
    ) -> QPushButton:
        button = QPushButton(words)
        button.setProperty("role", role)
        button.setProperty("big", big)
        button.setAutoDefault(False)
        # a click must not take the hands off the text; Tab reaches every button
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._icons.append((button, icon, color))
        return button

    def _tool(self, words: str, icon: str, *, big: bool = False) -> Tool:
        self._tools.append(Tool(words, icon, big=big))
        return self._tools[-1]

    def _add_actions(self) -> None:
        """The window's own commands; others add theirs to `commands`."""
        tr = self.tr
        speak, text, voice, window = Group.SPEAK, Group.TEXT, Group.VOICE, Group.WINDOW
        in_editor = tr("in the text")
        self.commands.add(
            Action("speak.speak", tr("Speak what is written"), self._on_speak, speak,
                   always=("Return", "Ctrl+Return"), where=in_editor),
            Action("speak.other", tr("Speak it the other way: at once instead of in its turn"),
                   self._on_speak_other, speak, ("Alt+Return",)),
            Action("speak.stop", tr("Stop at once"), self._on_stop, speak, always=("Esc",)),
            Action("speak.pause", tr("Pause or resume"), self._on_pause, speak,
                   ("F8", "Ctrl+Space", "Space")),
            Action("speak.repeat", tr("Repeat what was said last"), self._on_repeat, speak, ("Ctrl+R",)),
            Action("speak.louder", tr("Repeat it louder"), self._on_louder, speak, ("Ctrl+Shift+R",)),
            Action("speak.signal", tr("Attention sound"), self._on_signal, speak, ("Ctrl+G",)),
            Action("speak.back", tr("Back a sentence"), self._on_back, speak, ("Alt+,",)),
            Action("speak.forward", tr("Forward a sentence"), self._on_forward, speak, ("Alt+.",)),
            Action("speak.so_far", tr("Say what is typed so far"), self._on_so_far, speak,
                   ("Ctrl+Shift+Return",)),
            Action("speak.mode", tr("Another way to speak: on Enter, by sentence, by word, as I type"),
                   self._on_next_mode, speak, ("Ctrl+M",)),
            Action("speak.retry_embedded", tr("Speak what failed with the voice on this computer"),
                   self._on_retry_embedded, speak, ("F4",), enabled=self._has_failed),
            Action("speak.retry", tr("Try again to speak what failed"), self._on_retry, speak, ("F5",),
                   enabled=self._has_failed),
            Action("text.expression", tr("Expression: whisper, laugh, pause…"), self._on_expression, text,
                   ("Alt+T",), in_menu=True),
            Action("text.go", tr("Go to the text"), self._on_editor, text, ("Ctrl+E",)),
            Action("voice.faster", tr("Faster"), self._on_faster, voice, ("Alt+Up",), repeats=True),
            Action("voice.slower", tr("Slower"), self._on_slower, voice, ("Alt+Down",), repeats=True),
            Action("voice.volume_up", tr("Louder"), self._on_volume_up, voice, ("Alt+PgUp",), repeats=True),
            Action("voice.volume_down", tr("Quieter"), self._on_volume_down, voice, ("Alt+PgDown",),
                   repeats=True),
            Action("voice.default_device", tr("Be heard on the system's own sound device"),
                   self._on_default_device, voice, ("Alt+D",), enabled=self._has_chosen_device),
            Action("voice.choose", tr("Choose a voice"), self._dialogs.voices, voice),
            Action("window.palette", tr("All commands"), self._dialogs.palette, window, ("Ctrl+Shift+P",),
                   is_listed=False, in_menu=True),
            Action("window.keys", tr("Keys"), self._dialogs.keys, window, in_menu=True),
            Action("window.settings", tr("Settings"), self._dialogs.settings, window, ("Ctrl+,",),
                   in_menu=True),
            Action("window.profiles", tr("Profiles"), self._dialogs.profiles, window, in_menu=True),
            Action("window.key", tr("Fish Audio key"), self._dialogs.key, window),
            Action("window.large_type", tr("Large type for the person opposite"), self._on_large, window,
                   ("F11",), in_menu=True, checked=self._has_large),
            Action("window.larger", tr("Larger text"), self._on_larger, window, ("Ctrl+=", "Ctrl++"),
                   repeats=True),
            Action("window.smaller", tr("Smaller text"), self._on_smaller, window, ("Ctrl+-",), repeats=True),
            Action("window.usual_size", tr("Usual text size"), self._on_usual_size, window, ("Ctrl+0",)),
        )  # fmt: skip

    def _connect(self) -> None:
        self._composer.looked.connect(self._on_looked)
        for source in (self._composer, self._retrying):
            source.failed.connect(self._problems.tell)
            source.noticed.connect(self._on_noticed)
        for button, act in (
            (self._speak, self._on_speak),
            (self._so_far, self._on_so_far),
            (self._pause, self._on_pause),
            (self._stop, self._on_stop),
            (self._back, self._on_back),
            (self._repeat, self._on_repeat),
            (self._louder, self._on_louder),
            (self._forward, self._on_forward),
            (self._signal, self._on_signal),
            (self._voice, self._dialogs.voices),
            (self._large_button, self._on_large),
            (self._settings_button, self._dialogs.settings),
            (self._menu_button, self._on_menu),
            (self._off_record, self._on_off_record),
            (self._phrases_button, self._on_phrases),
        ):
            button.clicked.connect(act)
        self._mode.chosen.connect(self._on_mode)
        self._model.activated.connect(self._on_model)
        self._model.answered.connect(self._on_model_answered)
        self._sound.changed.connect(self._on_setting_changed)
        self._sound.devices_wanted.connect(self._on_devices_wanted)
        self._sound.larger_asked.connect(self._on_larger)
        self._sound.smaller_asked.connect(self._on_smaller)
        self._sound.told.connect(self._on_noticed)
        self._dialogs.changed.connect(self._on_setting_changed)
        self._dialogs.replaced.connect(self._on_settings_replaced)
        self._dialogs.say_asked.connect(self._composer.say)
        self._dialogs.failed.connect(self._problems.tell)
        self._dialogs.voice_chosen.connect(self._on_voice_chosen)
        self.commands.changed.connect(self._tell_keys)

    # -- looks -------------------------------------------------------------------------------------

    def _dress(self) -> None:
        """Fonts, icons and colours as the look says."""
        look = self._look
        for entry in self._icons:
            self._dress_button(*entry)
        for tool in self._tools:
            tool.dress(look)
        self._sound.dress(look)
        with QSignalBlocker(self._editor):  # other looks are no other text
            for view in (self._editor, self._transcript):
                view.ensurePolished()  # it has the font of the style sheet then
                view.document().setDocumentMargin(10)
                view.setMinimumHeight(round(1.3 * view.fontMetrics().lineSpacing()) + 24)
        self._editor.set_colors(look.colors)
        self._transcript.set_look(look)
        self._banner.set_look(look)
        for part in (self._queue, self._keeping, self._deferred_panels):
            if part is not None:
                part.set_look(look)
        if self._large is not None:
            self._large.set_colors(look.colors)
        # "Resume" is wider than "Pause": nothing moves when they change places
        self._pause.setMinimumWidth(0)
        widths = []
        for words in (self.tr("Resume"), self.tr("Pause")):
            self._pause.setText(words)
            widths.append(self._pause.sizeHint().width())
        self._pause.setMinimumWidth(max(widths))
        self._show_pause(self._reader.snapshot().state is State.PAUSED)

    def _fit(self) -> None:
        """Where text is large and the window small, the text needs the place of what is seldom used."""
        if not self.isVisible():
            return
        width = self._body.width() - 2 * _MARGIN
        if self._deferred_panels is not None:
            self._deferred_panels.place_phrases(self._body.width())
            width -= self._deferred_panels.width_beside()
            self._phrases_button.setChecked(self._deferred_panels.shows_phrases())
        self._mode.set_width(width - round(220 * self._look.scale))
        while self._crowding < _MOST_CROWDED and self._needed(width) > self._body.height():
            self._make_room(self._crowding + 1)
        while self._crowding > 0:
            self._make_room(self._crowding - 1)
            if self._needed(width) > self._body.height():
                self._make_room(self._crowding + 1)
                self._needed(width)  # for the panels' own heights
                break

    def _make_room(self, crowding: int) -> None:
        """What is hidden from this degree on has its keys, and its place in the menu."""
        self._crowding = crowding
        self._sound.setVisible(crowding < 1)
        if self._queue is not None:
            self._queue.set_small(crowding >= 2)
        if self._keeping is not None:
            self._keeping.row.set_small(crowding >= 2)
            self._keeping.row.set_room(crowding < 6)
        if self._deferred_panels is not None:
            self._deferred_panels.show_offers(crowding < 5)
        for tool in (self._large_button, self._settings_button):
            tool.setVisible(crowding < 3)
        for tool in (self._back, self._forward, self._louder):
            tool.setVisible(crowding < 4)

    def _needed(self, width: int) -> int:
        """The height that everything needs that is shown now; panels are given theirs."""
        page = self._pages.currentWidget()
        lowest = 0 if page is None or page is self._transcript else page.minimumSizeHint().height()
        middle = [max(lowest, self._transcript.minimumHeight()), self._editor.minimumHeight() + 10]
        middle.append(max(self._told.heightForWidth(width), self._mode.sizeHint().height()))
        self._told.setMinimumHeight(middle[-1])
        beside = 0
        if self._deferred_panels is not None:
            middle.append(self._deferred_panels.height_below())
            beside = self._deferred_panels.height_beside()
        if self._queue is not None and not self._queue.isHidden():
            middle.append(self._queue.lowest(width))
            self._queue.setMinimumHeight(middle[-1])
        if self._keeping is not None and not self._keeping.row.isHidden():
            middle.append(self._keeping.row.heightForWidth(width))
        whole = self._body.width() - 2 * _MARGIN
        around = [row.heightForWidth(whole) for row in self._rows]
        around += [part.heightForWidth(whole) for part in (self._sound, self._banner) if not part.isHidden()]
        return max(beside, sum(middle) + 8 * len(middle)) + sum(around) + 8 * len(around) + 10 + _MARGIN

    def _dress_button(self, button: QPushButton, icon: str, color: str) -> None:
        # Qt leaves hardly any room between an icon and its words
        side = self._look.icon_size()
        room = side // 3
        colors = self._look.colors
        # the primary button is turned inside out while it has the focus, its icon too
        focused = colors.accent if color == "on_accent" else None
        button.setIcon(self._look.icon(icon, getattr(colors, color), room, focused))
        button.setIconSize(QSize(side + room, side))

    def _tell_keys(self) -> None:
        """The tool tips name the keys as they are now."""
        told, tr = self.commands.told, self.tr
        for button, name in ((self._speak, "speak.speak"), (self._stop, "speak.stop"),
                             (self._so_far, "speak.so_far"), (self._pause, "speak.pause")):  # fmt: skip
            button.setToolTip(as_written(told(name)))
        for tool, name, words in (
            (self._back, "speak.back", tr("Back a sentence")),
            (self._repeat, "speak.repeat", tr("Repeat")),
            (self._louder, "speak.louder", tr("Repeat louder")),
            (self._forward, "speak.forward", tr("Forward a sentence")),
            (self._signal, "speak.signal", tr("Attention sound")),
            (self._hold, "text.hold", tr("Hold that thought")),
            (self._large_button, "window.large_type", tr("Large type for the person opposite")),
            (self._settings_button, "window.settings", tr("Settings")),
        ):
            if name in self.commands:
                tool.tell(words, told(name, words))
        self._sound.tell_keys(self.commands)

    def _show_settings(self) -> None:
        """Let every control stand as the settings say."""
        settings = self.settings
        if self._look.change(settings.theme, settings.text_size):
            self._dress()
        self._retrying.use(settings.unreachable)
        self.commands.use(settings.keys)
        self._editor.enter_speaks = settings.enter_speaks
        self._editor.join_pasted_lines = settings.join_pasted_lines
        self._show_voice(settings.voice)
        self._mode.show_mode(settings.speak_mode)
        self._so_far.setVisible(settings.speak_mode != "enter")
        key = self.tr("Enter") if settings.enter_speaks else self.tr("Ctrl+Enter")
        self._editor.set_placeholder(self._invitation(key))
        self._off_record.setVisible(settings.off_record)
        if self._keeping is not None:
            self._keeping.show_record(settings.off_record)
        self._hold.setVisible(self._stores is not None)
        self._sound.show_settings(settings)
        self._fit()

    def _invitation(self, key: str) -> str:
        match self.settings.speak_mode:
            case "sentence":
                words = self.tr("Type: each sentence is spoken when its mark is typed. {key} says the rest.")
            case "word":
                words = self.tr("Type: each word is spoken when it is typed. {key} says the rest.")
            case "type":
                words = self.tr("Type: it is spoken as you type. {key} says the rest.")
            case _:
                words = self.tr("Type here. {key} speaks.")
        return words.format(key=key)

    def _show_voice(self, voice: Voice) -> None:
        self._voice.setText(voice_words(voice, self.tr))
        self._voice.setAccessibleName(self.tr("Voice: {name}").format(name=self._voice.text()))
        self._voice.setToolTip(self.tr("Choose another voice"))
        self._model.setVisible(voice.kind.has_models)
        self._model_caption.setVisible(voice.kind.has_models)
        if voice.kind.has_models:
            self._model.show_model(self.settings.model)
        self._problems.ask_model()

    # -- settings ----------------------------------------------------------------------------------

    def _current_settings(self) -> Settings:
        return self.settings

    def _change(self, **changes: Any) -> None:
        """Use these settings from now on, everywhere."""
        self._services.settings.change(**changes)

    def _on_settings(self, _before: Settings, _after: Settings) -> None:
        self._show_settings()

    def _on_setting_changed(self, name: str, value: object) -> None:
        self._change(**{name: value})

    def _on_settings_replaced(self, loaded: Loaded) -> None:
        self._services.settings.replace(loaded.settings)
        for words in loaded.mended:
            self._problems.tell(StorageError(words))

    def _on_mode(self, mode: str) -> None:
        self._change(speak_mode=mode)
        self._editor.setFocus()

    def _on_next_mode(self) -> None:
        mode = self._mode.after(self.settings.speak_mode)
        self._change(speak_mode=mode)
        self._on_noticed(self._mode.words(mode) + ".")

    def _on_model(self) -> None:
        self._problems.model_answered()
        self._services.models.choose(self._model.currentData())

    def _on_model_answered(self, name: str) -> None:
        self._problems.model_answered()
        self._services.models.choose(name)
        self._retry(embedded=False)

    def _on_faster(self) -> None:
        self._sound.speed.stepUp()

    def _on_slower(self) -> None:
        self._sound.speed.stepDown()

    def _on_volume_up(self) -> None:
        self._sound.volume.setValue(self._sound.volume.value() + 10)

    def _on_volume_down(self) -> None:
        self._sound.volume.setValue(self._sound.volume.value() - 10)

    def _on_larger(self) -> None:
        self._change(text_size=min(_SIZES[1], self.settings.text_size + 10))

    def _on_smaller(self) -> None:
        self._change(text_size=max(_SIZES[0], self.settings.text_size - 10))

    def _on_usual_size(self) -> None:
        self._change(text_size=100)

    def _on_system_colors_changed(self) -> None:
        self._show_settings()

    def _on_devices_wanted(self) -> None:
        self._services.sound_devices.devices(self._on_devices)

    def _on_devices(self, devices: tuple[OutputDevice, ...] | FishCaptionError) -> None:
        if isinstance(devices, FishCaptionError):
            self._problems.tell(devices)
        else:
            self._sound.show_devices(devices)

    def _on_default_device(self) -> None:
        """What waits for a device that is not there goes on where it was."""
        self._change(device=OutputDevice())

    def _has_chosen_device(self) -> bool:
        return self.settings.device != OutputDevice()

    def _on_voice_chosen(self, voice: Voice) -> None:
        self._change(voice=voice)
        self._editor.setFocus()

    def _on_off_record(self) -> None:
        self._change(off_record=not self.settings.off_record)
        self._on_noticed(
            self.tr(
                "Off the record: nothing that you type or say is written down. "
                "What is not spoken is gone when the window is closed."
            )
            if self.settings.off_record
            else self.tr("What you type is kept again, and what is said stands in the history.")
        )

    # -- commands ----------------------------------------------------------------------------------

    def _on_speak(self) -> None:
        self._forget_problem()
        self._composer.speak()

    def _on_speak_other(self) -> None:
        self._forget_problem()
        self._composer.speak_other()

    def _on_so_far(self) -> None:
        self._composer.say_so_far()

    def _on_pause(self) -> None:
        self._composer.pause_or_resume()

    def _on_stop(self) -> None:
        """The first Esc is silence; one more forgets what had waited, one more goes back to the text."""
        if not self._stop_if_busy():
            if self._waiting is not None:
                self._waiting.forget_stopped()
            if self._pages.currentWidget() is not self._transcript:
                self._show_page(self._transcript)
            self._composer.stop()

    def _is_stop(self, event: QKeyEvent) -> bool:
        """Whether it is a key of Stop's, also where a dialog keeps shortcuts from acting."""
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

    def _stop_if_busy(self) -> bool:
        if self._composer.is_idle():
            return False
        if self._waiting is not None:
            self._waiting.before_stop()
        self._composer.stop()
        return True

    def _on_repeat(self) -> None:
        self._composer.repeat()

    def _on_louder(self) -> None:
        self._composer.repeat(_LOUDER)

    def _on_signal(self) -> None:
        """First and at once; what is being spoken holds for it."""
        if self._deferred_panels is not None:
            self._reader.signal(self._deferred_panels.attention())

    def _on_back(self) -> None:
        self._composer.back()

    def _on_forward(self) -> None:
        self._composer.forward()

    def _on_retry(self) -> None:
        self._retry(embedded=False)

    def _on_retry_embedded(self) -> None:
        self._retry(embedded=True)

    def _retry(self, *, embedded: bool) -> None:
        if self._has_failed():
            self._forget_problem()
            self._composer.retry(embedded=embedded)

    def _has_failed(self) -> bool:
        return self._composer.snapshot().error is not None

    def _is_busy(self) -> bool:
        return self._composer.snapshot().state in _BUSY

    def _on_editor(self) -> None:
        self._editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # -- what comes after the first paint ----------------------------------------------------------

    def _furnish(self) -> None:
        """The window stands: what else is in it is imported and made now."""
        if self._deferred_panels is not None or self._is_closed:
            return
        from fishcaption.ui.shell.deferred_panels import DeferredPanels, Room

        # with Qt's plugin for it, it takes as long as all the buttons
        self.setWindowIcon(QIcon(str(assets.path("icons/fishcaption.svg"))))
        self._add_queue()
        if self._stores is not None:
            self._keep(self._stores)

        room = Room(
            self, self._sides, self._pages, self._below, self._editor, self._composer, self._reader,
            self._services, self.commands, self._dialogs,
        )  # fmt: skip
        deferred_panels = self._deferred_panels = DeferredPanels(room, self._look)
        deferred_panels.changed.connect(self._on_setting_changed)
        deferred_panels.failed.connect(self._problems.tell)
        deferred_panels.noticed.connect(self._on_noticed)
        deferred_panels.page_asked.connect(self._on_page)
        deferred_panels.bring()
        deferred_panels.set_look(self._look)
        self._on_looked(self._reader.snapshot())
        self._phrases_button.setVisible(deferred_panels.has_phrases())
        self._fit()

    def _add_queue(self) -> None:
        from fishcaption.ui.speak.queue import QueuePanel, Waiting

        queue = self._queue = QueuePanel()
        self._above.addWidget(queue)
        queue.faster_asked.connect(self._on_faster)
        queue.set_look(self._look)
        queue.set_small(self._crowding >= 2)
        self._waiting = Waiting(queue, self._reader, self._composer)
        self.commands.add(*self._waiting.actions())
        for before, after in pairwise((self._transcript, *queue.controls(), self._voice)):
            QWidget.setTabOrder(before, after)

    def _keep(self, stores: Stores) -> None:
        from fishcaption.ui.history.controller import HistoryController

        keeping = self._keeping = HistoryController(stores, self._reader, self._composer, self._dialogs)
        self._below.insertWidget(0, keeping.row)
        keeping.row.set_room(True)
        self.commands.add(*keeping.actions())
        keeping.noticed.connect(self._on_noticed)
        keeping.resized.connect(self._fit)
        keeping.page_asked.connect(self._on_page)
        keeping.editor_asked.connect(self._on_editor)
        keeping.record_asked.connect(self._on_off_record)
        self._hold.clicked.connect(keeping.hold)
        keeping.set_look(self._look)
        keeping.show_record(self.settings.off_record)
        keeping.row.set_small(self._crowding >= 2)

    def _on_phrases(self) -> None:
        if self._deferred_panels is not None:
            self._deferred_panels.toggle_phrases()
            self._phrases_button.setChecked(self._deferred_panels.shows_phrases())

    def _on_expression(self) -> None:
        self._dialogs.expression(self._editor, self._look)

    def _on_page(self, page: QWidget) -> None:
        """Show it in the place of the transcript, or the transcript again."""
        if self._pages.currentWidget() is page:
            self._show_page(self._transcript)
            return
        if self._pages.indexOf(page) < 0:
            self._pages.addWidget(page)
        self._show_page(page)
        page.setFocus()

    def _show_page(self, page: QWidget) -> None:
        """A page in the place of the transcript, as high as the editor lets it be."""
        self._pages.setCurrentWidget(page)
        if page is not self._transcript and not self._split_before:
            self._split_before = self._splitter.sizes()
            self._splitter.setSizes([sum(self._split_before), 0])
        elif page is self._transcript:
            if self._split_before:
                self._splitter.setSizes(self._split_before)
            self._split_before = []
            self._editor.setFocus()
        self._fit()

    # -- dialogs -----------------------------------------------------------------------------------

    def _on_menu(self) -> None:
        """What is seldom used; all of it stands in the palette, too."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group: Group | None = None
        for action in self.commands:
            if not action.in_menu:
                continue
            if group not in (None, action.group):
                menu.addSeparator()
            group = action.group
            keys = self.commands.spelled(action.id)
            entry = menu.addAction(action.words + (f"\t{keys}" if keys else ""))
            entry.setEnabled(action.enabled())
            if action.checked is not None:
                entry.setCheckable(True)
                entry.setChecked(action.checked())
            entry.triggered.connect(partial(self._on_menu_entry, action.id))
        menu.popup(self._menu_button.mapToGlobal(QPoint(0, self._menu_button.height())))

    def _on_menu_entry(self, name: str, _is_checked: bool = False) -> None:
        self.commands.run(name)

    def _ask_price(self, dollars: float, on_yes: Callable[[], None]) -> None:
        self._dialogs.price(dollars, on_yes).finished.connect(self._composer.price.answered)

    # -- the large type ----------------------------------------------------------------------------

    def _has_large(self) -> bool:
        return self._large is not None

    def _on_large(self) -> None:
        if self._large is not None:
            self._large.close()
            return
        from fishcaption.ui.speak.large_type import LargeType, other_screen

        large = self._large = LargeType()
        large.set_colors(self._look.colors)
        large.closed.connect(self._on_large_closed)
        large.stop_asked.connect(self._on_stop)
        large.pause_asked.connect(self._on_pause)
        large.leave_asked.connect(self._on_large)
        large.draw(self._composer.snapshot())
        large.show_on(other_screen(self.settings.large_type_screen, self.screen()))

    def _on_large_closed(self) -> None:
        if self._large is not None:
            self._large.deleteLater()
            self._large = None

    # -- what is told ------------------------------------------------------------------------------

    def _on_looked(self, snapshot: Snapshot) -> None:
        self._retrying.look(snapshot)
        self._tell_state(snapshot)
        self._problems.look(snapshot)
        self._show_pause(snapshot.state is State.PAUSED)
        self._pause.setEnabled(snapshot.state in _BUSY)
        for button in (self._back, self._repeat, self._louder, self._forward):
            button.setEnabled(snapshot.current is not None)
        if self._waiting is not None and self._waiting.draw(snapshot):
            self._fit()
        if self._large is not None:
            self._large.draw(snapshot)
        if self._deferred_panels is not None:
            self._deferred_panels.draw(snapshot, state_words(snapshot, self.tr))

    def _show_pause(self, is_paused: bool) -> None:
        words = self.tr("Resume") if is_paused else self.tr("Pause")
        if self._pause.text() != words:
            self._pause.setText(words)
            self._icons = [entry for entry in self._icons if entry[0] is not self._pause]
            self._icons.append((self._pause, "play" if is_paused else "pause", "text"))
            self._dress_button(*self._icons[-1])

    def _tell_state(self, snapshot: Snapshot) -> None:
        if snapshot.state is not self._noticed_in:
            self._notice = ""
        words = state_words(snapshot, self.tr)
        self._status.tell(self._notice or words)

    def _on_noticed(self, words: str) -> None:
        snapshot = self._composer.snapshot()
        self._notice, self._noticed_in = words, snapshot.state
        self._tell_state(snapshot)

    def _forget_problem(self) -> None:
        self._problems.forget()
        self._notice = ""

    # -- Qt ----------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self.commands.wake)  # who presses a key at once is not to press it again
            self._services.prepare(self._furnish)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._services.speech.warm()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.commands.plain_key(event):
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        with ExitStack() as ending:  # from the last one to the first, whatever fails in between
            ending.callback(self.closed.emit)
            ending.callback(super().closeEvent, event)
            ending.callback(self._composer.close)
            ending.callback(self._keep_place)
            for part in (self._deferred_panels, self._keeping):
                if part is not None:
                    ending.callback(part.leave)
            if self._large is not None:
                ending.callback(self._large.close)

    def _keep_place(self) -> None:
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        self._change(
            window_geometry=geometry, window_split=tuple(self._split_before or self._splitter.sizes())
        )


def _all(settings: Settings) -> Settings:
    return settings
