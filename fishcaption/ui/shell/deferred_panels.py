"""What comes into the window after its first paint: phrases, the windows of calls, completion.

None of it is imported before. The window gives its `Room` and passes on looks, settings and snapshots.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from fishcaption.core.errors import StorageError
from fishcaption.core.speech import Rendered, Snapshot, Voice
from fishcaption.ui.commands import Action, Actions, Group
from fishcaption.ui.shell.dialog_launcher import DialogLauncher
from fishcaption.ui.speak.composer import Composer
from fishcaption.ui.speak.editor import Editor
from fishcaption.ui.widgets.theme import Look

if TYPE_CHECKING:
    from fishcaption.ui.calls.call_tools import CallTools
    from fishcaption.ui.phrases.panel import PhrasePanel, PhraseService
    from fishcaption.ui.ports import Services, Speaker
    from fishcaption.ui.settings.vocabulary import VocabularyService
    from fishcaption.ui.speak.completion import Completing

_WIDE = 820  # from this width on, times the size of the text, the phrases stand beside it
_SHARE = 0.36  # of the width is theirs
_FOLLOW_MS = 150  # after a key, phrases like the draft come first
_FOLLOWED = 80  # a draft longer than that is like no phrase
_SAMPLE = 500  # code points that a pronunciation is tried on


@dataclass(frozen=True, slots=True)
class Room:
    """Where things can be put in the window, and who does what."""

    window: QWidget
    sides: QSplitter  # the text, and what stands beside it
    pages: QStackedWidget  # the transcript, and what takes its place
    below: QVBoxLayout  # what stands around the editor, from top to bottom
    editor: Editor
    composer: Composer
    reader: Speaker
    services: Services
    commands: Actions
    dialogs: DialogLauncher


class DeferredPanels(QObject):
    """Phrases, strip and quick box, completion."""

    changed = Signal(str, object)  # a setting's name, and its value
    failed = Signal(object)  # a FishCaptionError
    noticed = Signal(str)  # a sentence for the status line
    page_asked = Signal(QWidget)  # show this page, or the transcript again if it is shown
    placed = Signal()  # the phrases have come or gone

    def __init__(self, room: Room, look: Look) -> None:
        super().__init__(room.window)
        self._room = room
        self._settings = room.services.settings
        self._look = look
        self._phrases: PhrasePanel | None = None
        self._completing: Completing | None = None
        self._beside: CallTools | None = None
        self._follow_soon = QTimer(self)
        self._follow_soon.setSingleShot(True)
        self._follow_soon.setInterval(_FOLLOW_MS)
        self._follow_soon.timeout.connect(self._on_follow)

    def bring(self) -> None:
        """Make all of it; those who want to hear of it are connected."""
        services = self._room.services
        if (phrases := services.phrases()) is not None:
            self._add_phrases(phrases)
        self._add_beside()
        self._add_tags()
        if (wording := services.wording()) is not None:
            self._add_wording(wording)
        self.attention()  # made once: its key is not to wait for it

    def set_look(self, look: Look) -> None:
        """Draw in these colours and sizes."""
        self._look = look
        for part in (self._phrases, self._beside):
            if part is not None:
                part.set_look(look)

    def draw(self, snapshot: Snapshot, words: str) -> None:
        """Show where we are; `words` say the state."""
        if self._beside is not None:
            self._beside.draw(snapshot, words)

    def leave(self) -> None:
        """The window is closed."""
        if self._phrases is not None:
            self._phrases.leave()
        if self._beside is not None:
            self._beside.close()
        if self._completing is not None:
            self._completing.leave()

    def attention(self) -> Rendered:
        """The attention sound that is chosen."""
        from fishcaption.core.tones import SIGNALS, signal

        chosen = self._settings.current.attention_sound
        name = chosen if chosen in SIGNALS else SIGNALS[0]
        rate, pcm = signal(name)
        return Rendered(Voice("embedded", name, self.tr("Attention sound")), rate, pcm)

    # -- phrases -----------------------------------------------------------------------------------

    def has_phrases(self) -> bool:
        """Whether there is a phrase bank at all."""
        return self._phrases is not None

    def shows_phrases(self) -> bool:
        """Whether the phrases are in sight."""
        panel, pages = self._phrases, self._room.pages
        if panel is None:
            return False
        return pages.currentWidget() is panel if pages.indexOf(panel) >= 0 else not panel.isHidden()

    def show_offers(self, is_shown: bool) -> None:
        """Whether there is room for the offered words."""
        if self._completing is not None:
            self._completing.strip.setVisible(is_shown and self._settings.current.completion)

    def height_beside(self) -> int:
        """The least height of what stands beside the text."""
        panel = self._phrases
        is_beside = panel is not None and self._room.sides.indexOf(panel) >= 0 and not panel.isHidden()
        return panel.minimumSizeHint().height() if panel is not None and is_beside else 0

    def height_below(self) -> int:
        """What the offered words take of the height."""
        strip = self._completing.strip if self._completing is not None else None
        return strip.sizeHint().height() + 8 if strip is not None and not strip.isHidden() else 0

    def width_beside(self) -> int:
        """How much of the width the phrases take."""
        sizes = self._room.sides.sizes()
        return sizes[1] if len(sizes) > 1 and self.shows_phrases() else 0

    def toggle_phrases(self) -> None:
        """Beside the text where there is room; else in the place of the transcript."""
        panel = self._phrases
        if panel is not None and self._room.pages.indexOf(panel) >= 0:
            self.page_asked.emit(panel)
        elif panel is not None:
            self.changed.emit("phrases_shown", not self._settings.current.phrases_shown)

    def place_phrases(self, width: int) -> None:
        """The window has this width now."""
        panel, pages, sides = self._phrases, self._room.pages, self._room.sides
        if panel is None:
            return
        is_wide = width >= round(_WIDE * self._look.scale)
        is_page = pages.indexOf(panel) >= 0
        if is_wide and is_page:
            if pages.currentWidget() is panel:
                self.page_asked.emit(panel)
            pages.removeWidget(panel)
            self._stand_beside(panel)
        elif is_wide and sides.indexOf(panel) < 0:
            self._stand_beside(panel)
        elif not is_wide and not is_page:
            pages.addWidget(panel)
        if is_wide:
            panel.setVisible(self._settings.current.phrases_shown)

    def _stand_beside(self, panel: PhrasePanel) -> None:
        sides = self._room.sides
        sides.addWidget(panel)
        sides.setStretchFactor(0, 1)
        sides.setSizes([round((1 - _SHARE) * sides.width()), round(_SHARE * sides.width())])

    def _add_phrases(self, service: PhraseService) -> None:
        from fishcaption.ui.phrases.panel import PhrasePanel

        panel = self._phrases = PhrasePanel(service)
        room, dialogs = self._room, self._room.dialogs
        panel.spoken.connect(room.composer.show)
        panel.failed.connect(self.failed)
        panel.into_text_asked.connect(self._on_into_text)
        panel.edit_asked.connect(partial(self._on_edit_phrases, service))
        panel.setting_changed.connect(self.changed)
        panel.left.connect(self._on_left)
        panel.show_asked.connect(self.toggle_phrases)
        panel.add_keys(room.commands)
        keep = partial(self._on_keep_phrase, service)
        room.commands.add(
            Action("phrases.keep", self.tr("Keep this text as a phrase"), keep, Group.PHRASES,
                   enabled=self._has_text),
            Action("phrases.show", self.tr("Phrases"), self.toggle_phrases, Group.PHRASES,
                   ("Ctrl+Shift+K",), in_menu=True, checked=self.shows_phrases),
        )  # fmt: skip
        dialogs.failed.connect(self.failed)
        dialogs.phrase_asked.connect(partial(self._keep_phrase, service))
        room.editor.textChanged.connect(self._follow_soon.start)
        if service.mended:
            self.failed.emit(StorageError(" ".join(service.mended)))

    def _has_text(self) -> bool:
        return not self._room.editor.is_empty()

    def _on_left(self) -> None:
        self._room.editor.setFocus()

    def _on_into_text(self, text: str) -> None:
        self._room.editor.replace_before(0, text)
        self._room.editor.setFocus()

    def _on_follow(self) -> None:
        editor = self._room.editor
        if self._phrases is not None:
            self._phrases.follow(editor.text() if editor.document().characterCount() < _FOLLOWED else "")

    def _on_edit_phrases(self, service: PhraseService, number: str) -> None:
        self._room.dialogs.phrases(service, self._look, number)

    def _on_keep_phrase(self, service: PhraseService) -> None:
        if self._has_text():
            self._keep_phrase(service, self._room.editor.text())

    def _keep_phrase(self, service: PhraseService, text: str) -> None:
        self._room.dialogs.phrases(service, self._look, keep=text)

    # -- calls -------------------------------------------------------------------------------------

    def _add_beside(self) -> None:
        from fishcaption.ui.calls.call_tools import Acts, CallTools

        room, run = self._room, self._room.commands.run
        acts = Acts(
            speak=self._speak,
            speak_draft=partial(run, "speak.speak"),
            stop=partial(run, "speak.stop"),
            pause=partial(run, "speak.pause"),
            repeat=partial(run, "speak.repeat"),
            attention=partial(run, "speak.signal"),
            journal=room.composer.drafts.another_journal,
        )
        beside = self._beside = CallTools(acts, room.services.calls(), self._settings, parent=room.window)
        beside.changed.connect(self.changed)
        beside.failed.connect(self.failed)
        beside.noticed.connect(self.noticed)
        room.commands.add(*beside.actions())
        beside.set_look(self._look)
        beside.begin()

    def _speak(self, text: str) -> None:
        self._room.composer.show(self._room.reader.speak(text))

    # -- expression --------------------------------------------------------------------------------

    def _add_tags(self) -> None:
        """Every tag is a command: the user can give it a key, the most used have one."""
        from fishcaption.core.text.tags import TAGS

        keys = {"whispering": ("Alt+W",), "laughing": ("Alt+L",), "break": ("Alt+B",)}
        words = self.tr("Expression: {tag}")
        insert = self._room.editor.insert_tag
        self._room.commands.add(
            *(
                Action(
                    f"text.tag.{number}",
                    words.format(tag=tag.name),
                    partial(insert, tag.char),
                    Group.TEXT,
                    keys.get(tag.name, ()),
                )
                for number, tag in enumerate(TAGS, 1)  # a tag keeps its place for good
            )
        )

    # -- wording -----------------------------------------------------------------------------------

    def _add_wording(self, service: VocabularyService) -> None:
        from fishcaption.ui.speak.completion import Completing

        room = self._room
        completing = self._completing = Completing(room.editor, self._settings)
        completing.words = service
        room.below.addWidget(completing.strip)
        completing.strip.setVisible(self._settings.current.completion)
        room.composer.learn = service.learn
        room.composer.end_word = completing.expand_end
        room.commands.add(*completing.actions())
        service.subscribe(partial(self._on_wording, service))
        self._on_wording(service)
        tr, text = self.tr, Group.TEXT
        for page, (name, words) in enumerate(
            (
                ("text.pronunciation", tr("Pronunciation and replacements")),
                ("text.abbreviations", tr("Abbreviations")),
                ("text.completion", tr("Completion and what it has learned")),
            )
        ):
            act = partial(room.dialogs.wording, service, page, self._sample)
            room.commands.add(Action(name, words, act, text, in_menu=True))

    def _on_wording(self, service: VocabularyService) -> None:
        from fishcaption.core.vocabulary.abbreviations import Abbreviations

        if self._completing is not None:
            self._completing.abbreviations = Abbreviations(service.wording().abbreviations)

    def _sample(self) -> str:
        """The sentence at hand: what is written, else what was said last."""
        text = self._room.editor.text() if self._has_text() else ""
        current = self._room.composer.snapshot().current
        if not text.strip() and current is not None:
            text = current.text
        return text.strip()[:_SAMPLE]
