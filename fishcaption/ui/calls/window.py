"""The window of calls: the voice in the call, its opening words, and the telephone keys.

A `CallService` creates the microphone, lists devices and dials; it answers like the services of `ui.ports`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.errors import FishCaptionError
from fishcaption.store.settings import OutputDevice, Settings
from fishcaption.ui.feature_ports import CallRoute, CallService
from fishcaption.ui.widgets.controls import StatusLine
from fishcaption.ui.widgets.dialog_parts import scrolled, text_button
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.labels import Label, as_written

if TYPE_CHECKING:
    from fishcaption.ui.ports import SettingsService

KEYPAD = ("123", "456", "789", "*0#")


class CallsDialog(QDialog):
    """The window of calls. It is not modal: the main window can be used beside it."""

    say_asked = Signal(str)
    stop_asked = Signal()
    keys_asked = Signal()  # the global keys' window

    def __init__(self, service: CallService, settings: SettingsService, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Calls"))
        self._service = service
        self._settings = settings
        self._way: CallRoute | None = None
        self._is_gone = False
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setSpacing(12)
        for title, part in (
            (self.tr("Your voice in the call"), self._build_way()),
            (self.tr("Opening words"), self._build_opener()),
            (self.tr("Telephone keys"), self._build_keypad()),
        ):
            heading = Label(title)
            font = heading.font()
            font.setBold(True)
            heading.setFont(font)
            column.addWidget(heading)
            column.addWidget(part)
        column.addStretch(1)
        scroll = scrolled(inner)
        self._status = StatusLine()
        self._status.hide()
        buttons = QDialogButtonBox()
        stop = text_button(self.tr("Stop"), big=True)
        stop.setProperty("role", "danger")
        stop.clicked.connect(self.stop_asked)
        keys = text_button(self.tr("Global keys…"), big=True)
        keys.clicked.connect(self.keys_asked)
        buttons.addButton(stop, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(keys, QDialogButtonBox.ButtonRole.ActionRole)
        close = buttons.addButton(QDialogButtonBox.StandardButton.Close)
        close.setProperty("big", True)
        close.setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        outer = QVBoxLayout(self)
        outer.addWidget(scroll, 1)
        outer.addWidget(self._status)
        outer.addWidget(buttons)
        self._show_settings()
        self._unsubscribe = settings.subscribe(_shown_of, self._on_settings)
        hint, area = inner.sizeHint(), self.screen().availableGeometry()
        self.resize(
            min(max(hint.width() + 60, 560), area.width() - 40), min(hint.height() + 160, area.height() - 80)
        )
        service.look(self._on_way)

    def _on_settings(self, _before: object, _after: object) -> None:
        self._show_settings()

    def _show_settings(self) -> None:
        settings = self._settings.current
        with QSignalBlocker(self._is_on), QSignalBlocker(self._volume), QSignalBlocker(self._opener):
            self._is_on.setChecked(settings.second_on)
            self._volume.setValue(round(100 * settings.second_volume))
            if not self._opener.hasFocus():
                self._opener.setText(settings.opener)
                self._opener.setCursorPosition(0)
        self._volume.setToolTip(
            as_written(self.tr("Volume in the call: {percent} %").format(percent=self._volume.value()))
        )
        self._show_devices()

    def status(self) -> str:
        """Return the words of the last line."""
        return self._status.text()

    # -- building ----------------------------------------------------------------------------------

    def _build_way(self) -> QWidget:
        self._guide = Label(self.tr("Checking how your voice gets into a call…"))
        self._guide.setWordWrap(True)
        self._guide.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._make = text_button(self.tr("Create the microphone"), big=True)
        self._make.clicked.connect(self._on_make)
        self._make.hide()
        self._is_on = QCheckBox(self.tr("Play the voice on a second device, too"))
        self._is_on.toggled.connect(self._on_second)
        self._device = QComboBox()
        self._device.setAccessibleName(self.tr("The second device"))
        self._device.setMinimumContentsLength(24)
        self._device.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._device.activated.connect(self._on_device)
        self._volume = QSlider(Qt.Orientation.Horizontal)
        self._volume.setRange(0, 200)
        self._volume.setSingleStep(5)
        self._volume.setPageStep(20)
        self._volume.setAccessibleName(self.tr("Volume in the call"))
        self._volume.valueChanged.connect(self._on_volume)
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._guide)
        row = QHBoxLayout()
        row.addWidget(self._make)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self._is_on)
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("Second device"), self._device)
        form.addRow(self.tr("Volume in the call"), self._volume)
        column.addLayout(form)
        return part

    def _build_opener(self) -> QWidget:
        self._opener = LineField()
        self._opener.setAccessibleName(self.tr("Opening words of a call"))
        self._opener.editingFinished.connect(self._on_opener_changed)
        self._opener.returnPressed.connect(self._on_say)
        say = self._say = text_button(self.tr("Say it"), big=True)
        say.setProperty("role", "primary")
        say.clicked.connect(self._on_say)
        part = QWidget()
        row = QHBoxLayout(part)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._opener, 1)
        row.addWidget(say)
        return part

    def _build_keypad(self) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        about = Label(
            self.tr("For telephone menus (“press 2 for…”): the tones are heard where the voice is heard.")
        )
        about.setWordWrap(True)
        about.setProperty("role", "hint")
        column.addWidget(about)
        grid = QGridLayout()
        grid.setSpacing(6)
        names = {"*": self.tr("Star"), "#": self.tr("Hash")}
        for line, keys in enumerate(KEYPAD):
            for place, key in enumerate(keys):
                button = text_button(key, big=True)
                button.setAccessibleName(self.tr("Dial {key}").format(key=names.get(key, key)))
                button.setMinimumWidth(72)
                button.setProperty("dials", key)
                button.clicked.connect(self._on_key)
                grid.addWidget(button, line, place)
        grid.setColumnStretch(3, 1)
        column.addLayout(grid)
        self._digits = LineField()
        self._digits.setAccessibleName(self.tr("Several keys"))
        self._digits.setPlaceholderText(self.tr("Several keys: 0123#"))
        self._digits.returnPressed.connect(self._on_dial)
        dial = text_button(self.tr("Dial"), big=True)
        dial.clicked.connect(self._on_dial)
        row = QHBoxLayout()
        row.addWidget(self._digits, 1)
        row.addWidget(dial)
        column.addLayout(row)
        return part

    # -- what is shown -----------------------------------------------------------------------------

    def _on_way(self, way: CallRoute | FishCaptionError) -> None:
        if self._is_gone:
            return
        self._make.setEnabled(True)
        if isinstance(way, FishCaptionError):
            self._guide.setVisible(self._way is not None)
            self._tell(way)
            return
        self._guide.show()
        is_first, self._way = self._way is None, way
        self._make.setVisible(way.can_make or way.is_made)
        self._make.setText(
            self.tr("Remove the microphone") if way.is_made else self.tr("Create the microphone")
        )
        self._guide.setText(self._guide_words(way))
        self._show_devices()
        if is_first:  # the first thing to do here
            (self._make if way.can_make and not way.is_made else self._say).setFocus()

    def _guide_words(self, way: CallRoute) -> str:
        if way.device is not None:
            return self.tr(
                "In the call program, choose “{microphone}” as the microphone. The call then hears only "
                "what is spoken here."
            ).format(microphone=way.microphone)
        match way.system:
            case "linux" if way.can_make:
                return self.tr(
                    "The button creates a microphone that hears only what is spoken here. It stays until "
                    "you remove it or log out."
                )
            case "linux":
                return self.tr(
                    "This computer has no sound server that can create a microphone. On Debian and "
                    "Ubuntu, install pulseaudio-utils and open this window again."
                )
            case "windows":
                return self.tr(
                    "Calls need a virtual cable. Install VB-CABLE (free, vb-audio.com/Cable), restart "
                    "Windows and open this window again: it looks for “CABLE Input”. In the call program, "
                    "choose “CABLE Output” as the microphone."
                )
        return self.tr(
            "Calls need a virtual cable. Install BlackHole 2ch (free, existential.audio/blackhole) and "
            "open this window again: it looks for “BlackHole 2ch”. In the call program, choose it as the "
            "microphone."
        )

    def _show_devices(self) -> None:
        chosen = self._settings.current.second_device
        listed = list(self._way.devices) if self._way is not None else []
        if chosen not in [device for device, _ in listed]:
            listed.insert(0, (chosen, chosen.name or self.tr("The system's sound device")))
        with QSignalBlocker(self._device):
            self._device.clear()
            for device, words in listed:
                self._device.addItem(words, device)
                if device == chosen:
                    self._device.setCurrentIndex(self._device.count() - 1)
        self._device.setEnabled(self._is_on.isChecked())
        self._volume.setEnabled(self._is_on.isChecked())

    def _tell(self, error: FishCaptionError) -> None:
        self._note(f"{error} {error.hint}".strip())

    def _note(self, words: str) -> None:
        self._status.setVisible(bool(words))
        self._status.tell(words)

    # -- what is done ------------------------------------------------------------------------------

    def _on_make(self) -> None:
        self._make.setEnabled(False)
        self._note("")
        if self._way is not None and self._way.is_made:
            self._service.remove_microphone(self._on_removed)
        else:
            self._service.make_microphone(self._on_made)

    def _on_made(self, way: CallRoute | FishCaptionError) -> None:
        self._on_way(way)
        if self._is_gone or isinstance(way, FishCaptionError):
            return
        if way.device is not None:  # it was created to be used
            self._settings.change(second_device=way.device, second_on=True)
            self._note(self.tr("The microphone is ready, and your voice goes to it."))

    def _on_removed(self, way: CallRoute | FishCaptionError) -> None:
        self._on_way(way)
        if not self._is_gone and not isinstance(way, FishCaptionError):
            self._settings.change(second_on=False)
            self._note(self.tr("The microphone was removed."))

    def _on_second(self, is_on: bool) -> None:
        if (
            is_on
            and self._settings.current.second_device == OutputDevice()
            and self._way
            and self._way.device
        ):
            self._settings.change(second_device=self._way.device)
        self._settings.change(second_on=is_on)
        self._show_devices()

    def _on_device(self) -> None:
        device = self._device.currentData()
        if isinstance(device, OutputDevice):
            self._settings.change(second_device=device)

    def _on_volume(self, percent: int) -> None:
        self._settings.change(second_volume=percent / 100)

    def _on_opener_changed(self) -> None:
        if self._opener.text() != self._settings.current.opener:
            self._settings.change(opener=self._opener.text())

    def _on_say(self) -> None:
        self._on_opener_changed()
        if self._opener.text().strip():
            self.say_asked.emit(self._opener.text())

    def _on_key(self) -> None:
        self._dial(str(self.sender().property("dials")))

    def _on_dial(self) -> None:
        if self._digits.text().strip():
            self._dial(self._digits.text())

    def _dial(self, keys: str) -> None:
        try:
            self._service.dial(keys)
        except FishCaptionError as error:
            self._tell(error)
        else:
            self._note(self.tr("Dialled: {keys}").format(keys=keys.strip()))

    # -- Qt ----------------------------------------------------------------------------------------

    def done(self, result: int) -> None:
        self._is_gone = True
        self._unsubscribe()
        super().done(result)


def _shown_of(settings: Settings) -> tuple[object, ...]:
    """Return the settings that the window shows."""
    return settings.second_on, settings.second_volume, settings.opener
