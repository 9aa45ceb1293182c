"""The row of the sound: device, volume, speed, and beside it the size of the text."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSlider, QWidget

from fishcaption.store.settings import OutputDevice, Settings
from fishcaption.ui.commands import Actions
from fishcaption.ui.widgets.controls import Choice, FlowRow
from fishcaption.ui.widgets.labels import Label, as_written
from fishcaption.ui.widgets.number_box import NumberBox
from fishcaption.ui.widgets.theme import Look


class SoundRow(QWidget):
    """Shows the settings it is given and says which one is to be another."""

    changed = Signal(str, object)  # a setting's name, and its value
    devices_wanted = Signal()
    larger_asked = Signal()
    smaller_asked = Signal()
    told = Signal(str)  # why a number was not taken as it was typed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.device = Choice()
        self.device.setAccessibleName(self.tr("Sound device"))
        self.device.setToolTip(as_written(self.device.accessibleName()))
        self.device.setMinimumContentsLength(20)
        self.volume = QSlider(Qt.Orientation.Horizontal)
        self.volume.setRange(0, 200)
        self.volume.setSingleStep(5)
        self.volume.setPageStep(20)
        self.volume.setAccessibleName(self.tr("Volume"))
        self.volume.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.speed = NumberBox(self.tr("Speed"), 0.5, 3.0, 0.1, decimals=1, suffix=" ×")
        self.smaller = self._button("A−", self.tr("Smaller text"))
        self.larger = self._button("A+", self.tr("Larger text"))
        self._signs: list[tuple[Label, str]] = []
        self._chosen = OutputDevice()
        row = FlowRow(12)
        row.addWidget(self._captioned(self.tr("Sound device"), "speaker", self.device))
        row.addWidget(self._captioned(self.tr("Volume"), "volume-2", self.volume))
        row.addWidget(self._captioned(self.tr("Speed"), "gauge", self.speed))
        sizes = QWidget()
        pair = QHBoxLayout(sizes)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.addWidget(self.smaller)
        pair.addWidget(self.larger)
        row.add_right(sizes)
        self.setLayout(row)
        self.device.opened.connect(self.devices_wanted)
        self.device.activated.connect(self._on_device)
        self.volume.valueChanged.connect(self._on_volume)
        self.speed.valueChanged.connect(self._on_speed)
        self.speed.told.connect(self.told)
        self.smaller.clicked.connect(self.smaller_asked)
        self.larger.clicked.connect(self.larger_asked)

    def controls(self) -> tuple[QWidget, ...]:
        """In the order of the Tab key."""
        return (self.device, self.volume, self.speed, self.smaller, self.larger)

    def dress(self, look: Look) -> None:
        """Draw the signs in the theme's colours."""
        for sign, icon in self._signs:
            sign.setPixmap(look.pixmap(icon, look.colors.muted, look.icon_size()))
        self.volume.setFixedWidth(round(130 * max(1.0, look.scale)))

    def tell_keys(self, commands: Actions) -> None:
        """The tool tips name the keys as they are now."""
        keys = [commands.spelled(name) for name in ("voice.faster", "voice.slower")]
        told = ", ".join(key for key in keys if key)
        self.speed.setToolTip(
            as_written(self.tr("Speed ({keys})").format(keys=told)) if told else self.tr("Speed")
        )
        self.smaller.setToolTip(as_written(commands.told("window.smaller", self.smaller.accessibleName())))
        self.larger.setToolTip(as_written(commands.told("window.larger", self.larger.accessibleName())))

    def show_settings(self, settings: Settings) -> None:
        """Let every control stand as the settings say."""
        with QSignalBlocker(self.volume), QSignalBlocker(self.speed):
            self.volume.setValue(round(100 * settings.volume))
            self.speed.show_value(settings.speed)
        self.volume.setToolTip(
            as_written(self.tr("Volume: {percent} %").format(percent=round(100 * settings.volume)))
        )
        self._chosen = settings.device
        if self.device.count() == 0 or self.device.currentData() != settings.device:
            self.show_devices(())

    def show_devices(self, devices: Sequence[OutputDevice]) -> None:
        """These can be chosen now, and the chosen one, wherever it is."""
        self.device.clear()
        self.device.addItem(self.tr("The system's sound device"), OutputDevice())
        for device in dict.fromkeys([*devices, self._chosen]):
            if device != OutputDevice():
                self.device.addItem(f"{device.name} ({device.host_api})", device)
        for row in range(self.device.count()):
            if self.device.itemData(row) == self._chosen:
                self.device.setCurrentIndex(row)
        self.device.fit_popup()

    def _button(self, sign: str, words: str) -> QPushButton:
        button = QPushButton(sign)
        button.setAutoDefault(False)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(words)
        return button

    def _captioned(self, name: str, icon: str, widget: QWidget) -> QWidget:
        """A control with a sign before it that says what it is."""
        sign = Label()
        sign.setToolTip(as_written(name))
        sign.setAccessibleName(name)
        sign.setBuddy(widget)
        self._signs.append((sign, icon))
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(sign)
        row.addWidget(widget)
        return both

    def _on_device(self) -> None:
        device = self.device.currentData()
        if isinstance(device, OutputDevice):
            self.changed.emit("device", device)

    def _on_volume(self, percent: int) -> None:
        self.changed.emit("volume", percent / 100)

    def _on_speed(self, speed: float) -> None:
        self.changed.emit("speed", round(speed, 1))
