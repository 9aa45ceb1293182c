"""Filters that narrow the search for a voice, and the order of the result."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fishcaption.core.voices.catalog import Sort, VoiceQuery
from fishcaption.ui.voices.picker.words import language_words
from fishcaption.ui.widgets.controls import Choice, FlowBox, FlowRow, Tick
from fishcaption.ui.widgets.fields import LineField

# those of which libraries have most voices
_LANGUAGES = (
    *("en", "zh", "ja", "de", "fr", "es", "ko", "ar", "ru", "nl", "it", "pl", "pt", "hi", "tr", "uk", "vi"),
    *("id", "th", "sv", "cs", "el", "fi", "hu", "ro", "da", "nb", "he"),
)
_MOST_TAGS = 5
_TAG_LENGTH = 40


class Filters(FlowBox):
    """A row of choices. `changed` when another one is made."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        row = FlowRow()
        super().__init__(row)
        self.setParent(parent)
        languages = sorted((language_words(code), code) for code in _LANGUAGES)
        self.language = self._choice(
            self.tr("Language"), (self.tr("Any language"), ""), *((words, code) for words, code in languages)
        )
        self.gender = self._choice(
            self.tr("Gender"),
            (self.tr("Any gender"), ""),
            (self.tr("Female"), "female"),
            (self.tr("Male"), "male"),
            (self.tr("Neutral"), "neutral"),
        )
        self.age = self._choice(
            self.tr("Age"),
            (self.tr("Any age"), ""),
            (self.tr("Young"), "young"),
            (self.tr("Middle-aged"), "middle-aged"),
            (self.tr("Old"), "old"),
        )
        self.sort = self._choice(
            self.tr("Order"),
            (self.tr("Best match first"), "score"),
            (self.tr("Most used first"), "task_count"),
            (self.tr("Newest first"), "created_at"),
        )
        self.tags = LineField()
        self.tags.setPlaceholderText(self.tr("Tags: calm, narration"))
        self.tags.setAccessibleName(self.tr("Tags, with commas between them"))
        self.tags.setMaxLength(_MOST_TAGS * _TAG_LENGTH)
        self.tags.setMinimumWidth(self.tags.fontMetrics().horizontalAdvance(self.tags.placeholderText()) + 24)
        self.tags.textChanged.connect(self.changed)
        self.is_licensed = Tick(self.tr("Licensed only"))
        self.is_licensed.toggled.connect(self.changed)
        for widget in (self.language, self.gender, self.age, self.tags, self.is_licensed, self.sort):
            row.addWidget(widget)

    def query(self, title: str) -> VoiceQuery:
        """Return the search that is chosen, with this title."""
        language = str(self.language.currentData())
        tags = (tag.strip()[:_TAG_LENGTH] for tag in self.tags.text().split(","))
        sort = self.sort.currentData()
        orders: tuple[Sort, ...] = ("score", "task_count", "created_at")
        return VoiceQuery(
            title.strip(),
            languages=(language,) if language else (),
            tags=tuple(tag for tag in tags if tag)[:_MOST_TAGS],
            gender=str(self.gender.currentData()),
            age=str(self.age.currentData()),
            is_licensed=self.is_licensed.box.isChecked(),
            sort=next((order for order in orders if order == sort), "score"),
        )

    def _choice(self, name: str, *choices: tuple[str, str]) -> Choice:
        choice = Choice()
        choice.setAccessibleName(name)
        for words, value in choices:
            choice.addItem(words, value)
        choice.setMinimumContentsLength(max(len(words) for words, _ in choices[:6]))
        choice.currentIndexChanged.connect(self.changed)
        return choice
