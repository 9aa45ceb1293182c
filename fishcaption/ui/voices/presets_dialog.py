"""The dialog of the voice presets: the voice as it is now is saved under a name, and used again."""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.text.tags import TAGS
from fishcaption.core.voices.presets import LONGEST_NAME, MOST_PRESETS, Preset
from fishcaption.ui.voices.presets import PREFIX
from fishcaption.ui.widgets.controls import Choice, FlowBox, FlowRow, StatusLine
from fishcaption.ui.widgets.dialog_parts import ask, resize_by_text, text_button
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.labels import Label
from fishcaption.ui.widgets.state_words import voice_words

if TYPE_CHECKING:
    from fishcaption.store.settings import Settings
    from fishcaption.ui.feature import Host

_ID = Qt.ItemDataRole.UserRole
_WORKSPACES = (("speak", "Speak"), ("present", "Present"))


class PresetsDialog(QDialog):
    """A list of presets, buttons for them, and the style and the workspaces' presets below."""

    def __init__(self, host: Host) -> None:
        super().__init__(host.window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Voice presets"))
        self._host = host
        self._settings = host.services.settings
        about = Label(
            self.tr(
                "A preset is a voice with its model, speed, volume, style and options. You can give each a "
                "key in Keys."
            )
        )
        about.setWordWrap(True)
        self._list = QListWidget()
        self._list.setAccessibleName(self.tr("Presets"))
        self._list.setWordWrap(True)
        self._list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.currentItemChanged.connect(self._on_row)
        self._list.itemActivated.connect(self._on_use)
        self._name = LineField()
        self._name.setMaxLength(LONGEST_NAME)
        self._name.setAccessibleName(self.tr("Name of a preset"))
        self._name.setPlaceholderText(self.tr("A name, such as At home"))
        self._name.returnPressed.connect(self._on_save)
        row = FlowRow()
        self._use = text_button(self.tr("Speak as this"), self._on_use)
        self._save = text_button(self.tr("Save the voice as it is now"), self._on_save)
        self._update = text_button(self.tr("Update it"), self._on_update)
        self._rename = text_button(self.tr("Rename it"), self._on_rename)
        self._up = text_button(self.tr("Up"), partial(self._on_move, -1))
        self._down = text_button(self.tr("Down"), partial(self._on_move, 1))
        self._delete = text_button(self.tr("Delete it…"), self._on_delete)
        self._keys = text_button(self.tr("Keys…"), self._on_keys)
        for button in (
            self._save, self._use, self._update, self._rename, self._up, self._down, self._delete, self._keys,
        ):  # fmt: skip
            row.addWidget(button)
        self._status = StatusLine()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(about)
        column.addWidget(self._list, 1)
        for widget in (self._name, FlowBox(row), self._style_and_workspaces(), self._status, buttons):
            column.addWidget(widget)
        resize_by_text(self, 54, 52)
        self._end = self._settings.subscribe(_shown_of, self._on_settings)
        self._fill()

    def _style_and_workspaces(self) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._style = Choice()
        self._style.addItem(self.tr("No style"), "")
        for tag in TAGS:
            if not tag.sounds:
                self._style.addItem(tag.name, tag.char)
        self._style.activated.connect(self._on_style)
        self._style.setAccessibleName(self.tr("Style of each sentence"))
        form.addRow(self._style.accessibleName(), self._style)
        self._of_workspace: dict[str, Choice] = {}
        for name, words in _WORKSPACES:
            choice = self._of_workspace[name] = Choice()
            choice.activated.connect(partial(self._on_workspace, name))
            label = self.tr("In {workspace}").format(
                workspace=QCoreApplication.translate("Workspaces", words)
            )
            choice.setAccessibleName(label)
            form.addRow(label, choice)
        return page

    def told(self) -> str:
        """Return the words of the status line."""
        return self._status.text()

    def listed(self) -> list[str]:
        """Return the words of the listed presets."""
        return [self._list.item(row).text() for row in range(self._list.count())]

    # -- showing -----------------------------------------------------------------------------------

    def _on_settings(self, _before: object, _after: object) -> None:
        self._fill()

    def _fill(self, chosen: str | None = None) -> None:
        settings = self._settings.current
        wanted = chosen or self._chosen()
        self._list.clear()
        for preset in settings.presets.presets:
            item = QListWidgetItem(self._words(preset), self._list)
            item.setData(_ID, preset.id)
            if preset.id == wanted:
                self._list.setCurrentItem(item)
        self._style.setCurrentIndex(max(0, self._style.findData(settings.style)))
        for name, choice in self._of_workspace.items():
            words = choice.accessibleName()[:1].lower() + choice.accessibleName()[1:]
            choice.clear()
            choice.addItem(self.tr("The voice that spoke last, {words}").format(words=words), "")
            for preset in settings.presets.presets:
                choice.addItem(preset.name, preset.id)
            for id in settings.workspace_presets.get(name, ()):
                choice.setCurrentIndex(max(0, choice.findData(id)))
        self._on_row()

    def _words(self, preset: Preset) -> str:
        parts = [voice_words(preset.voice, self.tr)]
        if preset.voice.kind.has_models:
            parts.append(preset.model)
        if preset.speed != 1.0:
            parts.append(self.tr("speed {speed:g} ×").format(speed=preset.speed))
        if preset.volume != 1.0:
            parts.append(self.tr("volume {percent} %").format(percent=round(100 * preset.volume)))
        parts += [tag.name for tag in TAGS if tag.char == preset.style]
        words = f"{preset.name}: {', '.join(parts)}"
        commands, command = self._host.commands, PREFIX + preset.id
        if command in commands and (key := commands.spelled(command)):
            words = self.tr("{words} ({key})").format(words=words, key=key)
        if preset.is_like(self._host.settings):
            words = self.tr("{words} — used now").format(words=words)
        return words

    def _chosen(self) -> str:
        item = self._list.currentItem()
        return str(item.data(_ID)) if item is not None else ""

    def _on_row(self) -> None:
        has_chosen = bool(self._chosen())
        for button in (self._use, self._update, self._rename, self._delete):
            button.setEnabled(has_chosen)
        row = self._list.currentRow()
        self._up.setEnabled(row > 0)
        self._down.setEnabled(0 <= row < self._list.count() - 1)

    # -- slots -------------------------------------------------------------------------------------

    def _now(self, id: str, name: str) -> Preset:
        settings = self._settings.current
        return Preset(
            id, name, settings.voice, settings.model, settings.speed, settings.volume, settings.style,
            settings.options,
        )  # fmt: skip

    def _on_save(self) -> None:
        presets, name = self._settings.current.presets, self._name.text().strip()
        if len(presets.presets) >= MOST_PRESETS:
            words = self.tr("There are {most} presets, and no more can be.")
            self._status.tell(words.format(most=MOST_PRESETS))
            return
        if not name:
            name = self._settings.current.voice.name or self.tr("Preset")
        name = presets.free_name(name)
        id = secrets.token_hex(4)
        self._settings.change(presets=presets.with_preset(self._now(id, name)))
        self._name.clear()
        self._fill(id)
        self._status.tell(self.tr("“{name}” is saved.").format(name=name))

    def _on_use(self) -> None:
        if chosen := self._chosen():
            self._host.commands.run_if_there(PREFIX + chosen)

    def _preset(self) -> Preset | None:
        return self._settings.current.presets.get(self._chosen())

    def _on_update(self) -> None:
        if (preset := self._preset()) is not None:
            changed = self._settings.current.presets.with_preset(self._now(preset.id, preset.name))
            self._settings.change(presets=changed)
            self._status.tell(self.tr("“{name}” is as the voice is now.").format(name=preset.name))

    def _on_rename(self) -> None:
        name, preset = self._name.text().strip(), self._preset()
        if preset is None:
            return
        if not name:
            self._status.tell(self.tr("Type the new name above, then press Rename it."))
            self._name.setFocus()
            return
        presets = self._settings.current.presets
        renamed = preset._replace(name=presets.free_name(name, but=preset.id))
        self._settings.change(presets=presets.with_preset(renamed))
        self._name.clear()

    def _on_move(self, by: int) -> None:
        if (preset := self._preset()) is not None:
            self._settings.change(presets=self._settings.current.presets.moved(preset.id, by))

    def _on_delete(self) -> None:
        if (preset := self._preset()) is not None:
            words = self.tr(
                "Delete the preset “{name}”? The voice itself stays. Phrases and speakers that are spoken "
                "with this preset are silent until you choose another for them."
            ).format(name=preset.name)
            delete = partial(self.delete, preset.id)
            ask(self.tr("Delete a preset"), words, self.tr("Delete"), self, delete)

    def delete(self, id: str) -> None:
        """Delete the preset with this id: the user has agreed."""
        settings = self._settings.current
        kept = {name: ids for name, ids in settings.workspace_presets.items() if id not in ids}
        self._settings.change(presets=settings.presets.without(id), workspace_presets=kept)

    def _on_keys(self) -> None:
        self.reject()
        self._host.commands.run_if_there("window.keys")

    def _on_style(self, _index: int) -> None:
        self._settings.change(style=self._style.currentData())

    def _on_workspace(self, name: str, _index: int) -> None:
        chosen = self._of_workspace[name].currentData()
        bound = {**self._settings.current.workspace_presets, name: (chosen,) if chosen else ()}
        self._settings.change(workspace_presets={name: ids for name, ids in bound.items() if ids})

    def done(self, result: int) -> None:
        self._end()
        super().done(result)


def _shown_of(settings: Settings) -> tuple[object, ...]:
    return (
        settings.presets, settings.workspace_presets, settings.voice, settings.model, settings.speed,
        settings.volume, settings.style, settings.options,
    )  # fmt: skip


def open_presets(host: Host) -> None:
    """Open the dialog of the voice presets."""
    PresetsDialog(host).open()
