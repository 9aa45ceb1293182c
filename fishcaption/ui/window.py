"""The main window: editor, transcript, buttons and keys, the state in words, and what went wrong.

It lays the parts out and hands commands on; what they mean is in `composer`. Before it is painted it imports
nothing that is not painted: dialogs, the picker and the large-type view are imported when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QEvent, QObject, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QIcon,
    QKeyEvent,
    QResizeEvent,
    QWheelEvent,
    QWindow,
)
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QPushButton,
    QSlider,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.errors import (
    AudioDeviceError,
    FishCaptionError,
    InputError,
    PaymentRequired,
    StorageError,
    Unauthorized,
)
from fishcaption.core.speech import Fate, Snapshot, State, Voice
from fishcaption.store.journal import Journal
from fishcaption.store.settings import OutputDevice, Settings
from fishcaption.ui import assets
from fishcaption.ui.actions import Action, Actions, Group
from fishcaption.ui.composer import Composer
from fishcaption.ui.controls import Banner, FlowRow, Remedy, StatusLine
from fishcaption.ui.editor import Editor
from fishcaption.ui.theme import Look
from fishcaption.ui.transcript import Transcript

if TYPE_CHECKING:
    from fishcaption.ui.large_type import LargeType
    from fishcaption.ui.ports import Services, Speaker

_BUSY = (State.CONNECTING, State.SPEAKING, State.PAUSED)
_SIZES = (80, 300)  # per cent of text, in steps of 10


class _StopFirst(QObject):
    """Esc stops what is heard before it closes anything: in dialogs, menus and lists too.

    It watches the few QWindows, where keys arrive first, not every object of the program.
    """

    def __init__(self, stop_if_busy: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._stop_if_busy = stop_if_busy
        self._watched: QWindow | None = None
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.focusWindowChanged.connect(self._on_focus_window_changed)

    def _on_focus_window_changed(self, window: QWindow | None) -> None:
        if self._watched is not None:
            self._watched.removeEventFilter(self)
        self._watched = window
        if window is not None:
            window.installEventFilter(self)
            window.destroyed.connect(self._on_window_destroyed)

    def _on_window_destroyed(self) -> None:
        self._watched = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self._stop_if_busy()
        ):
            return True
        return super().eventFilter(watched, event)


class _Choice(QComboBox):
    """A combo box that leaves the hands on the text after a click, and that no passing wheel changes."""

    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def fit_popup(self) -> None:
        """Other choices have come while the list is open."""
        if self.view().isVisible():
            super().hidePopup()
            super().showPopup()

    def showPopup(self) -> None:
        self.opened.emit()
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class Window(QMainWindow):
    """The program's window. `closed` comes once, when it is closed; the draft is on disk then."""

    closed = Signal()

    def __init__(
        self,
        reader: Speaker,
        services: Services,
        settings: Settings,
        journal: Journal,
        *,
        notices: Sequence[str] = (),
    ) -> None:
        """`notices` are sentences to be shown once, such as what had to be mended in the settings."""
        super().__init__()
        self._services = services
        self._settings = settings
        self._look = Look(settings.theme, settings.text_size)
        self._icons: list[tuple[QPushButton | QToolButton, str, str]] = []  # widget, icon, name of its colour
        self._problem: FishCaptionError | None = None  # one the reader does not know of
        self._dismissed: FishCaptionError | None = None
        self._large: LargeType | None = None
        self._notice = ""  # told instead of the state, until the state is another
        self._noticed_in = State.IDLE
        self._is_closed = False
        self.setWindowTitle("fishcaption")
        self.setWindowIcon(QIcon(str(assets.path("icons/fishcaption.svg"))))

        self._editor = Editor()
        self._editor.setAccessibleName(self.tr("Text to speak"))
        self._transcript = Transcript()
        self._transcript.setAccessibleName(self.tr("Spoken text"))
        self._transcript.setPlaceholderText(self.tr("What you speak appears here."))
        self._status = StatusLine()
        self._banner = Banner()
        self._build()
        self.commands = Actions(self, settings.keys)
        self._add_actions()

        self._composer = Composer(reader, services, self._editor, self._transcript, journal, settings)
        self._composer.price_of = self._price_of
        self._composer.ask_price = self._ask_price
        self._composer.looked.connect(self._on_looked)
        self._composer.failed.connect(self._on_failed)
        self._composer.noticed.connect(self._on_noticed)
        self._connect()
        self._stop_first = _StopFirst(self._stop_if_busy, self)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_colors_changed)

        self._dress()
        self._show_settings()
        if settings.window_geometry:
            self.restoreGeometry(QByteArray.fromBase64(settings.window_geometry.encode("ascii", "ignore")))
        else:
            self.resize(940, 720)
        self._splitter.setSizes(list(settings.window_split) or [290, 430])
        if self._composer.restore():
            self._on_noticed(self.tr("Your unsent text is back."))
        if notices:
            self._on_failed(StorageError(" ".join(notices)))
        self._on_looked(reader.snapshot())
        self._editor.setFocus()

    # -- what the program asks ---------------------------------------------------------------------

    @property
    def settings(self) -> Settings:
        """As they are now."""
        return self._settings

    def tell(self, error: FishCaptionError) -> None:
        """Show a failure that came from elsewhere than the reader."""
        self._on_failed(error)

    def notice(self, words: str) -> None:
        """Tell something once, besides what is being told."""
        self._on_noticed(f"{self._notice} {words}".strip())

    def take_text(self, text: str, *, speak: bool = False) -> None:
        """A text that came from outside: see `Composer.take_text`."""
        self._composer.take_text(text, speak=speak)

    def take_settings(self, settings: Settings) -> None:
        """Settings that were changed elsewhere: show and use them; they are not applied again."""
        self._settings = settings
        self._show_settings()

    # -- building ----------------------------------------------------------------------------------

    def _build(self) -> None:
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.addWidget(self._transcript)
        lower = QWidget()
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self._status)
        below.addWidget(self._editor, 1)
        self._splitter.addWidget(lower)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(10)
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        self._rows = (self._build_choices(), self._build_commands(), self._build_sound())
        self._row_widgets = (QWidget(), QWidget(), QWidget())
        for row, widget in zip(self._rows, self._row_widgets, strict=True):
            widget.setLayout(row)
            column.addWidget(widget)
        column.insertWidget(1, self._banner)
        column.insertWidget(2, self._splitter, 1)
        self.setCentralWidget(self._body)
        self._set_tab_order()

    def _set_tab_order(self) -> None:
        """From the text to what is done with it, then to what is chosen once in a while."""
        order: list[QWidget] = [self._editor, self._speak, self._so_far, self._pause, self._stop]
        order += [self._back, self._repeat, self._forward, self._transcript, self._voice, self._model]
        order += [self._on_enter, self._as_typed, self._large_button, self._settings_button]
        order += [self._device, self._volume, self._speed, self._smaller, self._larger]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def _build_choices(self) -> FlowRow:
        self._voice = self._button(self.tr("Voice"), "audio-lines")
        self._model = _Choice()
        self._model.setAccessibleName(self.tr("Fish Audio model and its price"))
        self._model.setMinimumContentsLength(26)
        self._on_enter = self._button(self.tr("Speak on Enter"), "", role="left")
        self._as_typed = self._button(self.tr("Speak as I type"), "", role="right")
        switch = QWidget()
        halves = QHBoxLayout(switch)
        halves.setContentsMargins(0, 0, 0, 0)
        halves.setSpacing(0)
        for half in (self._on_enter, self._as_typed):
            half.setCheckable(True)
            half.setAutoExclusive(True)
            halves.addWidget(half)
        self._large_button = self._tool(self.tr("Large type for the person opposite (F11)"), "a-large-small")
        self._settings_button = self._tool(self.tr("Settings"), "settings-2")
        row = FlowRow()
        self._model_caption = QLabel(self.tr("Model"))
        self._model_caption.setBuddy(self._model)
        for widget in (self._voice, self._model_caption, self._model, switch):
            row.addWidget(widget)
        row.add_right(self._large_button)
        row.add_right(self._settings_button)
        return row

    def _build_commands(self) -> FlowRow:
        self._speak = self._button(self.tr("Speak"), "speech", role="primary", big=True, color="on_accent")
        self._so_far = self._button(self.tr("Say so far"), "step-forward", big=True)
        self._pause = self._button(self.tr("Pause"), "pause", big=True)
        self._stop = self._button(self.tr("Stop"), "square", role="danger", big=True, color="danger")
        self._back = self._tool(self.tr("Back a sentence (Alt+,)"), "skip-back", big=True)
        self._repeat = self._tool(self.tr("Repeat (Ctrl+R)"), "rotate-ccw", big=True)
        self._forward = self._tool(self.tr("Forward a sentence (Alt+.)"), "skip-forward", big=True)
        self._speak.setToolTip(self.tr("Speak (Enter, or Ctrl+Enter)"))
        self._so_far.setToolTip(self.tr("Say what is typed so far, and go on typing (Ctrl+Shift+Enter)"))
        self._stop.setToolTip(self.tr("Stop at once (Esc)"))
        row = FlowRow()
        for button in (self._speak, self._so_far, self._pause, self._stop):
            row.addWidget(button)
        for tool in (self._back, self._repeat, self._forward):
            row.add_right(tool)
        return row

    def _build_sound(self) -> FlowRow:
        self._device = _Choice()
        self._device.setAccessibleName(self.tr("Sound device"))
        self._device.setToolTip(self._device.accessibleName())
        self._device.setMinimumContentsLength(20)
        self._volume = QSlider(Qt.Orientation.Horizontal)
        self._volume.setRange(0, 200)
        self._volume.setSingleStep(5)
        self._volume.setPageStep(20)
        self._volume.setAccessibleName(self.tr("Volume"))
        self._volume.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._speed = QDoubleSpinBox()
        self._speed.setRange(0.5, 3.0)
        self._speed.setSingleStep(0.1)
        self._speed.setDecimals(1)
        self._speed.setSuffix(" ×")
        self._speed.setAccessibleName(self.tr("Speed"))
        self._speed.lineEdit().setAccessibleName(self.tr("Speed"))
        self._speed.setToolTip(self.tr("Speed (Alt+Up, Alt+Down)"))
        self._smaller = self._button("A−", "")
        self._larger = self._button("A+", "")
        self._smaller.setAccessibleName(self.tr("Smaller text"))
        self._larger.setAccessibleName(self.tr("Larger text"))
        self._smaller.setToolTip(self.tr("Smaller text (Ctrl+−)"))
        self._larger.setToolTip(self.tr("Larger text (Ctrl++)"))
        row = FlowRow(12)
        self._captions: list[tuple[QLabel, str]] = []
        row.addWidget(self._captioned(self.tr("Sound device"), "speaker", self._device))
        row.addWidget(self._captioned(self.tr("Volume"), "volume-2", self._volume))
        row.addWidget(self._captioned(self.tr("Speed"), "gauge", self._speed))
        sizes = QWidget()
        pair = QHBoxLayout(sizes)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.addWidget(self._smaller)
        pair.addWidget(self._larger)
        row.add_right(sizes)
        return row

    def _captioned(self, name: str, icon: str, widget: QWidget) -> QWidget:
        """A control with a sign before it that says what it is."""
        sign = QLabel()
        sign.setToolTip(name)
        sign.setAccessibleName(name)
        sign.setBuddy(widget)
        self._captions.append((sign, icon))
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(sign)
        row.addWidget(widget)
        return both

    def _button(
        self, words: str, icon: str, *, role: str = "", big: bool = False, color: str = "text"
    ) -> QPushButton:
        button = QPushButton(words)
        button.setProperty("role", role)
        button.setProperty("big", big)
        button.setAutoDefault(False)
        self._own(button, icon, color)
        return button

    def _tool(self, words: str, icon: str, *, big: bool = False) -> QToolButton:
        button = QToolButton()
        button.setProperty("big", big)
        button.setToolTip(words)
        button.setAccessibleName(words.partition(" (")[0])
        self._own(button, icon, "text")
        return button

    def _own(self, button: QPushButton | QToolButton, icon: str, color: str) -> None:
        # a click must not take the hands off the text; Tab reaches every button
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if icon:
            self._icons.append((button, icon, color))

    def _add_actions(self) -> None:
        """The window's own commands; others add theirs to `commands` (`actions` is Qt's)."""
        tr, speak, voice, window = self.tr, Group.SPEAK, Group.VOICE, Group.WINDOW
        self.commands.add(
            Action(
                "speak.speak",
                tr("Speak what is written"),
                self._on_speak,
                speak,
                always=("Return", "Ctrl+Return"),
                where=tr("in the editor"),
            ),
            Action("speak.stop", tr("Stop at once"), self._on_stop, speak, always=("Esc",)),
            Action(
                "speak.pause", tr("Pause or resume"), self._on_pause, speak, ("F8", "Ctrl+Space", "Space")
            ),
            Action("speak.repeat", tr("Repeat the last text"), self._on_repeat, speak, ("Ctrl+R",)),
            Action("speak.back", tr("Back a sentence"), self._on_back, speak, ("Alt+,",)),
            Action("speak.forward", tr("Forward a sentence"), self._on_forward, speak, ("Alt+.",)),
            Action(
                "speak.so_far",
                tr("Say what is typed so far"),
                self._on_so_far,
                speak,
                ("Ctrl+Shift+Return",),
            ),
            Action(
                "speak.retry_embedded",
                tr("Speak what failed with the voice on this computer"),
                self._on_retry_embedded,
                speak,
                ("F4",),
            ),
            Action("speak.retry", tr("Try again to speak what failed"), self._on_retry, speak, ("F5",)),
            Action("voice.faster", tr("Faster"), self._on_faster, voice, ("Alt+Up",), repeats=True),
            Action("voice.slower", tr("Slower"), self._on_slower, voice, ("Alt+Down",), repeats=True),
            Action("voice.choose", tr("Choose a voice"), self._on_voice, voice),
            Action(
                "window.palette",
                tr("All commands"),
                self._on_palette,
                window,
                ("Ctrl+Shift+P",),
                is_listed=False,
            ),
            Action("window.settings", tr("Settings"), self._on_settings, window, ("Ctrl+,",)),
            Action("window.key", tr("Fish Audio key"), self._on_key, window),
            Action(
                "window.large_type",
                tr("Large type for the person opposite"),
                self._on_large,
                window,
                ("F11",),
            ),
            Action(
                "window.larger",
                tr("Larger text"),
                self._on_larger,
                window,
                ("Ctrl+=", "Ctrl++"),
                repeats=True,
            ),
            Action("window.smaller", tr("Smaller text"), self._on_smaller, window, ("Ctrl+-",), repeats=True),
            Action("window.usual_size", tr("Usual text size"), self._on_usual_size, window, ("Ctrl+0",)),
        )

    def _connect(self) -> None:
        for button, act in (
            (self._speak, self._on_speak),
            (self._so_far, self._on_so_far),
            (self._pause, self._on_pause),
            (self._stop, self._on_stop),
            (self._back, self._on_back),
            (self._repeat, self._on_repeat),
            (self._forward, self._on_forward),
            (self._voice, self._on_voice),
            (self._large_button, self._on_large),
            (self._settings_button, self._on_settings),
            (self._on_enter, self._on_mode),
            (self._as_typed, self._on_mode),
            (self._smaller, self._on_smaller),
            (self._larger, self._on_larger),
        ):
            button.clicked.connect(act)
        self._model.activated.connect(self._on_model)
        self._device.opened.connect(self._on_devices_wanted)
        self._device.activated.connect(self._on_device)
        self._volume.valueChanged.connect(self._on_volume)
        self._speed.valueChanged.connect(self._on_speed)
        self._banner.dismissed.connect(self._on_dismissed)

    # -- looks -------------------------------------------------------------------------------------

    def _dress(self) -> None:
        """Fonts, icons and colours as the look says."""
        look = self._look
        for entry in self._icons:
            self._dress_button(*entry)
        for sign, icon in self._captions:
            sign.setPixmap(look.pixmap(icon, look.colors.muted, look.icon_size()))
        with QSignalBlocker(self._editor):  # other looks are no other text
            for view in (self._editor, self._transcript):
                view.ensurePolished()  # it has the font of the style sheet then
                view.document().setDocumentMargin(10)
                view.setMinimumHeight(round(1.3 * view.fontMetrics().lineSpacing()) + 24)
        self._volume.setFixedWidth(round(130 * max(1.0, look.scale)))
        self._editor.set_colors(look.colors)
        self._transcript.set_look(look)
        self._banner.set_look(look)
        if self._large is not None:
            self._large.set_colors(look.colors)

    def _fit(self) -> None:
        """Where text is large and the window small, the text needs the place of the sound's controls."""
        width = self._body.width() - 24
        rows = sum(row.heightForWidth(width) + 8 for row in self._rows)
        views = self._transcript.minimumHeight() + self._editor.minimumHeight()
        banner = 0 if self._banner.isHidden() else self._banner.heightForWidth(width) + 8
        needed = rows + views + banner + self._status.heightForWidth(width) + 40
        self._row_widgets[2].setVisible(needed <= self._body.height())

    def _dress_button(self, button: QPushButton | QToolButton, icon: str, color: str) -> None:
        # Qt leaves hardly any room between an icon and its words
        side = self._look.icon_size()
        room = side // 3 if isinstance(button, QPushButton) else 0
        colors = self._look.colors
        # the primary button is turned inside out while it has the focus, its icon too
        focused = colors.accent if color == "on_accent" else None
        button.setIcon(self._look.icon(icon, getattr(colors, color), room, focused))
        button.setIconSize(QSize(side + room, side))

    def _show_settings(self) -> None:
        """Let every control stand as the settings say."""
        settings = self._settings
        if self._look.change(settings.theme, settings.text_size):
            self._dress()
        self._composer.use(settings)
        self.commands.use(settings.keys)
        self._editor.enter_speaks = settings.enter_speaks
        self._editor.join_pasted_lines = settings.join_pasted_lines
        self._show_voice(settings.voice)
        is_live = settings.speak_mode == "type"
        (self._as_typed if is_live else self._on_enter).setChecked(True)
        self._so_far.setVisible(is_live)
        key = self.tr("Enter") if settings.enter_speaks else self.tr("Ctrl+Enter")
        self._editor.set_placeholder(
            self.tr("Type: it is spoken as you type. {key} says the rest.").format(key=key)
            if is_live
            else self.tr("Type here. {key} speaks.").format(key=key)
        )
        with QSignalBlocker(self._volume), QSignalBlocker(self._speed):
            self._volume.setValue(round(100 * settings.volume))
            self._speed.setValue(settings.speed)
        self._volume.setToolTip(self.tr("Volume: {percent} %").format(percent=round(100 * settings.volume)))
        self._fit()
        if self._device.count() == 0 or self._device.currentData() != settings.device:
            self._show_devices(())

    def _show_voice(self, voice: Voice) -> None:
        self._voice.setText(_voice_words(voice, self.tr))
        self._voice.setAccessibleName(self.tr("Voice: {name}").format(name=self._voice.text()))
        self._voice.setToolTip(self.tr("Choose another voice"))
        self._model.setVisible(voice.provider == "fish")
        self._model_caption.setVisible(voice.provider == "fish")
        if voice.provider == "fish":
            self._show_models()

    def _show_models(self) -> None:
        from fishcaption.core.protocol import MODELS  # msgpack comes with it: only where it is shown

        self._model.clear()
        for model in MODELS.values():
            # dollars a million bytes are tenths of a cent a thousand letters
            price = (
                self.tr("free")
                if not model.price
                else self.tr("{cents:.1f} ¢ a thousand letters").format(cents=model.price / 10)
            )
            self._model.addItem(f"{model.name} — {price}", model.name)
            self._model.setItemData(self._model.count() - 1, model.note, Qt.ItemDataRole.ToolTipRole)
        self._model.setCurrentIndex(self._model.findData(self._settings.model))

    def _show_devices(self, devices: Sequence[OutputDevice]) -> None:
        chosen = self._settings.device
        self._device.clear()
        self._device.addItem(self.tr("The system's sound device"), OutputDevice())
        for device in dict.fromkeys([*devices, chosen]):
            if device != OutputDevice():
                self._device.addItem(f"{device.name} ({device.host_api})", device)
        for row in range(self._device.count()):
            if self._device.itemData(row) == chosen:
                self._device.setCurrentIndex(row)

    # -- settings ----------------------------------------------------------------------------------

    def _change(self, **changes: Any) -> None:
        """Use these settings from now on, everywhere."""
        settings = replace(self._settings, **changes)
        if settings != self._settings:
            self._settings = settings
            self._services.apply(settings)
            self._show_settings()

    def _on_setting_changed(self, name: str, value: object) -> None:
        self._change(**{name: value})

    def _on_mode(self) -> None:
        self._change(speak_mode="type" if self._as_typed.isChecked() else "enter")
        self._editor.setFocus()

    def _on_model(self) -> None:
        self._change(model=self._model.currentData())

    def _on_device(self) -> None:
        device = self._device.currentData()
        if isinstance(device, OutputDevice):
            self._change(device=device)

    def _on_volume(self, percent: int) -> None:
        self._change(volume=percent / 100)

    def _on_speed(self, speed: float) -> None:
        self._change(speed=round(speed, 1))

    def _on_faster(self) -> None:
        self._speed.stepUp()

    def _on_slower(self) -> None:
        self._speed.stepDown()

    def _on_larger(self) -> None:
        self._change(text_size=min(_SIZES[1], self._settings.text_size + 10))

    def _on_smaller(self) -> None:
        self._change(text_size=max(_SIZES[0], self._settings.text_size - 10))

    def _on_usual_size(self) -> None:
        self._change(text_size=100)

    def _on_system_colors_changed(self) -> None:
        self._show_settings()

    def _on_devices_wanted(self) -> None:
        self._services.devices(self._on_devices)

    def _on_devices(self, devices: tuple[OutputDevice, ...] | FishCaptionError) -> None:
        if isinstance(devices, FishCaptionError):
            self._on_failed(devices)
        else:
            self._show_devices(devices)
            self._device.fit_popup()

    # -- commands ----------------------------------------------------------------------------------

    def _on_speak(self) -> None:
        self._forget_problem()
        self._composer.speak()

    def _on_so_far(self) -> None:
        self._composer.say_so_far()

    def _on_pause(self) -> None:
        self._composer.pause_or_resume()

    def _on_stop(self) -> None:
        self._composer.stop()

    def _stop_if_busy(self) -> bool:
        if self._composer.is_idle():
            return False
        self._composer.stop()
        return True

    def _on_repeat(self) -> None:
        self._composer.repeat()

    def _on_back(self) -> None:
        self._composer.back()

    def _on_forward(self) -> None:
        self._composer.forward()

    def _on_retry(self) -> None:
        self._retry(embedded=False)

    def _on_retry_embedded(self) -> None:
        self._retry(embedded=True)

    def _retry(self, *, embedded: bool) -> None:
        if self._composer.snapshot().error is not None:
            self._forget_problem()
            self._composer.retry(embedded=embedded)

    # -- dialogs -----------------------------------------------------------------------------------

    def _on_voice(self) -> None:
        from fishcaption.ui.voice_picker import VoicePicker

        picker = VoicePicker(self._services, self._settings.voice, self)
        picker.chosen.connect(self._on_voice_chosen)
        picker.key_asked.connect(self._on_key)
        picker.open()

    def _on_voice_chosen(self, voice: Voice) -> None:
        self._change(voice=voice)
        self._editor.setFocus()

    def _on_key(self) -> None:
        from fishcaption.ui.dialogs import KeyDialog

        KeyDialog(self._services, self).open()

    def _on_settings(self) -> None:
        from fishcaption.ui.dialogs import SettingsDialog

        dialog = SettingsDialog(self._settings, self)
        dialog.changed.connect(self._on_setting_changed)
        dialog.key_asked.connect(self._on_key)
        dialog.open()

    def _on_palette(self) -> None:
        from fishcaption.ui.palette import Palette

        Palette(self.commands, self).open()

    def _price_of(self, text: str) -> float:
        if self._settings.voice.provider != "fish":
            return 0.0
        from fishcaption.core.protocol import price

        try:
            return price(self._settings.model, text)
        except InputError:  # an unknown model is refused where it is used, and told there
            return 0.0

    def _ask_price(self, dollars: float, on_yes: Callable[[], None]) -> None:
        from fishcaption.ui.dialogs import ask_price

        box = ask_price(dollars, self._settings.model, self, on_yes)
        box.finished.connect(self._composer.price_answered)

    # -- the large type ----------------------------------------------------------------------------

    def _on_large(self) -> None:
        if self._large is not None:
            self._large.close()
            return
        from fishcaption.ui.large_type import LargeType, other_screen

        large = self._large = LargeType()
        large.set_colors(self._look.colors)
        large.closed.connect(self._on_large_closed)
        large.stop_asked.connect(self._on_stop)
        large.pause_asked.connect(self._on_pause)
        large.leave_asked.connect(self._on_large)
        large.draw(self._composer.snapshot())
        large.show_on(other_screen(self._settings.large_type_screen, self.screen()))

    def _on_large_closed(self) -> None:
        if self._large is not None:
            self._large.deleteLater()
            self._large = None

    # -- what is told ------------------------------------------------------------------------------

    def _on_looked(self, snapshot: Snapshot) -> None:
        self._tell_state(snapshot)
        self._tell_problem(snapshot)
        is_paused = snapshot.state is State.PAUSED
        words = self.tr("Resume") if is_paused else self.tr("Pause")
        if self._pause.text() != words:
            self._pause.setText(words)
            self._icons = [entry for entry in self._icons if entry[0] is not self._pause]
            self._icons.append((self._pause, "play" if is_paused else "pause", "text"))
            self._dress_button(*self._icons[-1])
        if not self._pause.toolTip() or is_paused != self._pause.toolTip().startswith(self.tr("Resume")):
            self._pause.setToolTip(self.tr("{act} (F8, or Ctrl+Space)").format(act=words))
        self._pause.setEnabled(snapshot.state in _BUSY)
        for button in (self._back, self._repeat, self._forward):
            button.setEnabled(snapshot.current is not None)
        if self._large is not None:
            self._large.draw(snapshot)

    def _tell_state(self, snapshot: Snapshot) -> None:
        if snapshot.state is not self._noticed_in:
            self._notice = ""
        words = state_words(snapshot, self.tr)
        left = ""
        if snapshot.state in (State.SPEAKING, State.PAUSED) and snapshot.waiting:
            left = self.tr(" {count} more waiting.").format(count=len(snapshot.waiting))
        self._status.tell(self._notice or words + left, self._notice or words)

    def _tell_problem(self, snapshot: Snapshot) -> None:
        error = snapshot.error or snapshot.player.error or self._problem
        if error is None or error is self._dismissed:
            if not self._banner.isHidden():
                self._banner.clear()
                self._fit()
            return
        if self._banner.tell(str(error), error.hint, self._remedies(error, snapshot)):
            self._fit()

    def _remedies(self, error: FishCaptionError, snapshot: Snapshot) -> list[Remedy]:
        found: list[Remedy] = []
        if error is snapshot.error and not isinstance(error, InputError):
            if snapshot.voice is not None and snapshot.voice.provider == "fish":
                found.append(
                    Remedy(self.tr("Speak it with the voice on this computer (F4)"), self._on_retry_embedded)
                )
            found.append(Remedy(self.tr("Try again (F5)"), self._on_retry))
        if isinstance(error, Unauthorized | PaymentRequired):
            found.append(Remedy(self.tr("Enter a key…"), self._on_key))
        if isinstance(error, AudioDeviceError) and not self._row_widgets[2].isHidden():
            found.append(Remedy(self.tr("Choose a sound device"), self._device.showPopup))
        return found

    def _on_failed(self, error: FishCaptionError) -> None:
        self._problem = error
        self._tell_problem(self._composer.snapshot())

    def _on_noticed(self, words: str) -> None:
        snapshot = self._composer.snapshot()
        self._notice, self._noticed_in = words, snapshot.state
        self._tell_state(snapshot)

    def _on_dismissed(self) -> None:
        snapshot = self._composer.snapshot()
        self._dismissed = snapshot.error or snapshot.player.error or self._problem

    def _forget_problem(self) -> None:
        self._problem = None
        self._notice = ""

    # -- Qt ----------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._services.warm()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.commands.plain_key(event):
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        if self._large is not None:
            self._large.close()
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        self._change(window_geometry=geometry, window_split=tuple(self._splitter.sizes()))
        self._composer.close()
        super().closeEvent(event)
        self.closed.emit()


def _voice_words(voice: Voice, tr: Callable[[str], str]) -> str:
    if voice.provider == "embedded":
        return (
            tr("{name}, on this computer").format(name=voice.name)
            if voice.name
            else tr("Voice on this computer")
        )
    return tr("{name}, Fish Audio").format(name=voice.name or tr("Default voice"))


def state_words(snapshot: Snapshot, tr: Callable[[str], str]) -> str:
    """What the reader is doing, in a sentence."""
    voice = snapshot.voice
    name = _voice_words(voice, tr) if voice is not None else tr("no voice")
    match snapshot.state:
        case State.CONNECTING if voice is not None and voice.provider == "fish":
            return tr("Connecting to Fish Audio…")
        case State.CONNECTING:
            return tr("Preparing the voice…")
        case State.SPEAKING:
            return tr("Speaking: {name}.").format(name=name)
        case State.PAUSED:
            return tr("Paused. F8 goes on, Esc stops.")
        case State.FAILED:
            return tr("Not spoken to its end. See the message above.")
    if snapshot.current is not None and snapshot.current.fate is Fate.CUT:
        return tr("Stopped.")
    if snapshot.current is not None and snapshot.current.live:
        return tr("Listening to your keys: {name}.").format(name=name)
    return tr("Ready: {name}.").format(name=name)
