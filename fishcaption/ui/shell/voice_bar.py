"""The voice bar: who speaks, with which model at what price; and the row of the sound.

The bar stands above the text, the row of the sound (device, volume, speed, size of the text) below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSlider, QWidget

from fishcaption.core.errors import FishCaptionError
from fishcaption.store.settings import OutputDevice, Settings
from fishcaption.ui.commands import Action, Actions, Group
from fishcaption.ui.widgets.controls import Choice, FlowRow, Tool, ToolRow, command_button, dress_button
from fishcaption.ui.widgets.labels import Label, as_written
from fishcaption.ui.widgets.number_box import NumberBox
from fishcaption.ui.widgets.state_words import cost_words, voice_words
from fishcaption.ui.widgets.theme import Look

if TYPE_CHECKING:
    from fishcaption.ui.ports import ModelService, Services

_SIZES = (80, 300)  # per cent of text, in steps of 10


class VoiceBar(ToolRow):
    """The row above the text: the voice, its model, and at the right the buttons of the window."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._settings = settings = services.settings
        self.voice = command_button(self.tr("Voice"))
        self.model = ModelChoice(services.models)
        self.sound = SoundRow(services)
        caption = Label(self.tr("Model"))
        caption.setBuddy(self.model)
        self._captioned_model = QWidget()  # they stay together where the row wraps
        pair = QHBoxLayout(self._captioned_model)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.addWidget(caption)
        pair.addWidget(self.model)
        self.off_record = command_button(self.tr("Off the record"), role="notice")
        self.off_record.setToolTip(
            self.tr(
                "Nothing that you type or speak is saved. Unspoken text is lost when you close the window. "
                "Press to save again."
            )
        )
        self.off_record.hide()
        tr = self.tr
        self.large = Tool(
            tr("Large type for the person in front of you"), "a-large-small", label=tr("Large type")
        )
        self.settings = Tool(tr("Settings"), "settings-2", label=tr("Settings"))
        self.menu = Tool(tr("Menu"), "menu", label=tr("Menu"))
        self._added: list[tuple[Tool, str]] = []  # with their commands
        self._switches: tuple[QWidget, ...] = ()  # between workspaces
        self._look: Look | None = None
        for widget in (self.voice, self._captioned_model, self.off_record):
            self.row.addWidget(widget)
        for tool in (self.large, self.settings, self.menu):
            self.row.add_right(tool)
        self._show_settings()
        settings.subscribe(_voice_of, self._on_settings)

    def connect_commands(self, commands: Actions) -> None:
        """Have the buttons do what their commands do."""
        for button, name in (
            (self.voice, "voice.choose"),
            (self.off_record, "window.off_record"),
            (self.large, "window.large_type"),
            (self.settings, "window.settings"),
        ):
            button.clicked.connect(partial(commands.run_if_there, name))

    def add_tool(self, command: str, words: str, icon: str, commands: Actions) -> Tool:
        """Add a button for a command before those of the window."""
        tool = Tool(words, icon, label=words)
        tool.clicked.connect(partial(commands.run_if_there, command))
        last = self._added[-1][0] if self._added else self.off_record
        self._added.append((tool, command))
        for button in (self.large, self.settings, self.menu):
            self.row.removeWidget(button)
        for button in (tool, self.large, self.settings, self.menu):
            self.row.add_right(button)
        tool.show()  # at once, to be measured: the layout would do it later
        if self._look is not None:
            tool.dress(self._look)
        QWidget.setTabOrder(last, tool)
        QWidget.setTabOrder(tool, self.large)
        return tool

    def add_switch(self, switch: QWidget, buttons: tuple[QWidget, ...]) -> None:
        """Add the switch between the workspaces, before all tools; `buttons` are its parts."""
        self._switches = buttons
        for tool in self.labelled():
            self.row.removeWidget(tool)
        for widget in (switch, *self.labelled()):
            self.row.add_right(widget)
        switch.show()  # at once, to be measured: the layout would do it later

    def labelled(self) -> tuple[Tool, ...]:
        """The tools at the right."""
        return (*(tool for tool, _ in self._added), self.large, self.settings, self.menu)

    def controls(self) -> tuple[QWidget, ...]:
        """In the order of the Tab key."""
        added = (tool for tool, _ in self._added)
        return (
            self.voice, self.model, self.off_record, *self._switches, *added,
            self.large, self.settings, self.menu,
        )  # fmt: skip

    def own_actions(self) -> tuple[Action, ...]:
        """The commands of voice and sound."""
        return self.sound.own_actions()

    def set_look(self, look: Look) -> None:
        """Draw in these colours and sizes."""
        self._look = look
        dress_button(self.voice, look, "audio-lines", look.colors.text)
        dress_button(self.off_record, look, "eye-off", look.colors.on_notice)
        for tool in self.labelled():
            tool.dress(look)
        self.sound.set_look(look)

    def set_crowding(self, degree: int) -> None:
        """Hide what is seldom used: the sound first."""
        self.sound.setVisible(degree < 1)
        for tool in (self.large, self.settings):
            tool.setVisible(degree < 3)

    def _on_settings(self, _before: object, _after: object) -> None:
        self._show_settings()

    def _show_settings(self) -> None:
        settings = self._settings.current
        voice = settings.voice
        self.voice.setText(voice_words(voice, self.tr))
        self.voice.setAccessibleName(self.tr("Voice: {name}").format(name=self.voice.text()))
        self.voice.setToolTip(self.tr("Choose another voice"))
        self._captioned_model.setVisible(voice.kind.has_models)
        if voice.kind.has_models:
            self.model.show_model(settings.model)
        self.off_record.setVisible(settings.off_record)

    def tell_keys(self, commands: Actions) -> None:
        """Name the keys in the tool tips as they are now."""
        own = ((self.large, "window.large_type"), (self.settings, "window.settings"))
        for tool, name in (*self._added, *own):
            if name in commands:
                words = tool.accessibleName()
                tool.tell(words, commands.told(name, words))
        self.sound.tell_keys(commands)


class ModelChoice(Choice):
    """The list of the models.

    A model that is chosen here or in an answer is chosen with its price in sight: nobody asks again.
    """

    answered = Signal(str)  # the model that was chosen in place of one that cannot be used

    def __init__(self, models: ModelService) -> None:
        super().__init__()
        self._models = models
        self.setAccessibleName(self.tr("Fish Audio model and its price"))
        self.setMinimumContentsLength(26)

    def show_model(self, chosen: str) -> None:
        """Show the chosen model, also if it is not available any more."""
        offers = self._models.offers()
        self.clear()
        for offer in offers:
            self.addItem(f"{offer.name} — {cost_words(offer, self.tr)}", offer.name)
            self.setItemData(self.count() - 1, as_written(offer.note), Qt.ItemDataRole.ToolTipRole)
        if chosen not in (offer.name for offer in offers):
            self.addItem(self.tr("{name} — not available").format(name=chosen[:40]), chosen)
        self.setCurrentIndex(self.findData(chosen))

    def remedies(self, chosen: str) -> list[tuple[str, str]]:
        """Return what can be used instead: words with the price, and the model's name."""
        words = (self.tr("Go on with {name} ({cost})"), self.tr("Use {name} ({cost})"))
        return [
            (
                words[offer.name != chosen].format(name=offer.name, cost=cost_words(offer, self.tr)),
                offer.name,
            )
            for offer in self._models.instead()
        ]


class SoundRow(QWidget):
    """Shows the settings of the sound, and emits the ones that the user changes."""

    failed = Signal(object)  # a FishCaptionError: the devices cannot be listed
    told = Signal(str)  # why a number was not taken as it was typed

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._settings = settings = services.settings
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
        self.device.opened.connect(self._on_devices_wanted)
        self.device.activated.connect(self._on_device)
        self.volume.valueChanged.connect(self._on_volume)
        self.speed.valueChanged.connect(self._on_speed)
        self.speed.told.connect(self.told)
        self.smaller.clicked.connect(partial(self._resize_text, -10))
        self.larger.clicked.connect(partial(self._resize_text, 10))
        self._show_settings()
        settings.subscribe(_sound_of, self._on_settings)

    def controls(self) -> tuple[QWidget, ...]:
        """In the order of the Tab key."""
        return (self.device, self.volume, self.speed, self.smaller, self.larger)

    def own_actions(self) -> tuple[Action, ...]:
        """The commands, for the registry."""
        tr, group = self.tr, Group.VOICE
        return (
            Action("voice.faster", tr("Faster"), self.speed.stepUp, group, ("Alt+Up",), repeats=True),
            Action("voice.slower", tr("Slower"), self.speed.stepDown, group, ("Alt+Down",), repeats=True),
            Action("voice.volume_up", tr("Louder"), partial(self._turn, 10), group, ("Alt+PgUp",),
                   repeats=True),
            Action("voice.volume_down", tr("Quieter"), partial(self._turn, -10), group, ("Alt+PgDown",),
                   repeats=True),
            Action("voice.default_device", tr("Use the system's sound device"),
                   self._on_default_device, group, ("Alt+D",), enabled=self._has_chosen_device),
            Action("window.larger", tr("Larger text"), partial(self._resize_text, 10), Group.WINDOW,
                   ("Ctrl+=", "Ctrl++"), repeats=True),
            Action("window.smaller", tr("Smaller text"), partial(self._resize_text, -10), Group.WINDOW,
                   ("Ctrl+-",), repeats=True),
            Action("window.usual_size", tr("Normal text size"), self._on_usual_size, Group.WINDOW,
                   ("Ctrl+0",)),
        )  # fmt: skip

    def set_look(self, look: Look) -> None:
        """Draw the signs in the theme's colours."""
        for sign, icon in self._signs:
            sign.setPixmap(look.pixmap(icon, look.colors.muted, look.icon_size()))
        self.volume.setFixedWidth(round(130 * max(1.0, look.scale)))

    def tell_keys(self, commands: Actions) -> None:
        """Name the keys in the tool tips as they are now."""
        keys = [commands.spelled(name) for name in ("voice.faster", "voice.slower")]
        told = ", ".join(key for key in keys if key)
        self.speed.setToolTip(
            as_written(self.tr("Speed ({keys})").format(keys=told)) if told else self.tr("Speed")
        )
        self.smaller.setToolTip(as_written(commands.told("window.smaller", self.smaller.accessibleName())))
        self.larger.setToolTip(as_written(commands.told("window.larger", self.larger.accessibleName())))

    def _on_settings(self, _before: object, _after: object) -> None:
        self._show_settings()

    def _show_settings(self) -> None:
        settings = self._settings.current
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
        """Offer these devices, and the chosen one also if it is missing."""
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
        """Return the control with an icon before it that says what it is."""
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

    def _on_devices_wanted(self) -> None:
        self._services.sound_devices.devices(self._on_devices)

    def _on_devices(self, devices: tuple[OutputDevice, ...] | FishCaptionError) -> None:
        if isinstance(devices, FishCaptionError):
            self.failed.emit(devices)
        else:
            self.show_devices(devices)

    def _resize_text(self, percent: int, _is_checked: bool = False) -> None:
        size = self._settings.current.text_size + percent
        self._settings.change(text_size=min(max(size, _SIZES[0]), _SIZES[1]))

    def _on_usual_size(self) -> None:
        self._settings.change(text_size=100)

    def _turn(self, percent: int) -> None:
        self.volume.setValue(self.volume.value() + percent)

    def _on_default_device(self) -> None:
        """Use the system's device; speech that waits for a missing device goes on where it was."""
        self._settings.change(device=OutputDevice())

    def _has_chosen_device(self) -> bool:
        return self._chosen != OutputDevice()

    def _on_device(self) -> None:
        device = self.device.currentData()
        if isinstance(device, OutputDevice):
            self._settings.change(device=device)

    def _on_volume(self, percent: int) -> None:
        self._settings.change(volume=percent / 100)

    def _on_speed(self, speed: float) -> None:
        self._settings.change(speed=round(speed, 1))


def _voice_of(settings: Settings) -> tuple[object, ...]:
    """Return the settings that the bar shows."""
    return settings.voice, settings.model, settings.model_agreed, settings.off_record


def _sound_of(settings: Settings) -> tuple[object, ...]:
    """Return the settings that the row of the sound shows."""
    return settings.volume, settings.speed, settings.device
