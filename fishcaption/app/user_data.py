"""The user's texts on disk, in one place: what was typed and said, what comes back on start.

One thread writes all of it, in the order in which it was given; that is why it is made here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from fishcaption.core.errors import StorageError
from fishcaption.core.speech import UtteranceView
from fishcaption.store.held_texts import HeldTexts, Unheard, held_texts_path, unheard_path
from fishcaption.store.journal import Journal, Writer, draft_path
from fishcaption.store.places import config_dir, data_dir, sweep
from fishcaption.store.settings import Settings

if TYPE_CHECKING:
    from fishcaption.app.lazy_reader import LazyReader
    from fishcaption.app.settings import SettingsStore
    from fishcaption.store.history import History
    from fishcaption.store.vocabulary import Learned


class UserData:
    """The files of what was typed and said; one thread writes all of them. `close` comes last.

    What is wrong with a file is told to whom `listen` named last, from any thread; what nobody has heard yet
    is told then.
    """

    def __init__(self, settings: Settings) -> None:
        self._guard = threading.Lock()
        self._on_error: Callable[[StorageError], None] | None = None
        self._untold: list[StorageError] = []
        self.writer = Writer()
        self.journal = Journal(draft_path(), self.tell, writer=self.writer)
        self.held_texts = HeldTexts(held_texts_path(), self.tell, writer=self.writer)
        self.unheard = Unheard(unheard_path(), self.tell, writer=self.writer)
        self._history: History | None = None
        self._making = threading.Lock()  # `load` may be the first to need it, in its thread
        self.words = self._bring_back()
        self._recorded = record = _record_of(settings)
        self._on_record(record, record)  # what was on the record stays there

    @property
    def history(self) -> History:
        """The history; made when it is first asked for: nothing of it is in the first picture."""
        with self._making:
            if self._history is None:
                from fishcaption.store.history import History, history_path

                self._history = History(history_path(), self.tell, writer=self.writer)
                self._history.keep_times = self._recorded.keep_times
                self._history.off_record = self._recorded.off_record
            return self._history

    def listen(self, on_error: Callable[[StorageError], None]) -> None:
        """Tell this one what is wrong with a file, from now on and what was before."""
        with self._guard:
            self._on_error = on_error
            untold, self._untold = self._untold, []
        for error in untold:
            on_error(error)

    def tell(self, error: StorageError) -> None:
        """Something is wrong with a file; in any thread."""
        with self._guard:
            on_error = self._on_error
            if on_error is None:
                self._untold.append(error)
        if on_error is not None:
            on_error(error)

    def follow(self, settings: SettingsStore) -> None:
        """Write down, or not, as the settings say from now on."""
        settings.subscribe(_record_of, self._on_record)

    def _on_record(self, _before: _Record, after: _Record) -> None:
        self._recorded = after
        for store in (self.unheard, self.held_texts, self.journal):
            store.off_record = after.off_record
        if self._history is not None:
            self._history.keep_times = after.keep_times
            self._history.off_record = after.off_record

    def load(self) -> None:
        """Read what can wait until the window is painted. Blocks: call it in a thread."""
        for folder in {data_dir(), config_dir()}:
            sweep(folder)
        self.history.load()

    def learn(self, language: str) -> Learned:
        """Return what completion has learned; it is still being read, in the writer's thread."""
        from fishcaption.store.vocabulary import Learned, learned_path

        learned = Learned(learned_path(), self.tell, language=language, writer=self.writer)
        self.writer.soon("learned", learned.load, self.tell)
        return learned

    def record(self, reader: LazyReader) -> None:
        """Add every utterance that ends to the history, from now on."""
        reader.subscribe_ended(self._remember)

    def close(self) -> None:
        """Write what is still to be written."""
        self.unheard.close()
        self.held_texts.close()
        if self._history is not None:
            self._history.close()
        if not self.writer.close():
            self.tell(StorageError("The disk does not answer. What was changed last was not saved."))

    def _remember(self, view: UtteranceView) -> None:
        remember(self.history, view)

    def _bring_back(self) -> str:
        """Park what was not heard when the program ended; what is to be told of it."""
        draft = self.journal.restore().strip()
        unheard = self.unheard.restore()
        held = {entry.text.strip() for entry in self.held_texts.texts() if unheard and entry.is_unheard}
        # killed between giving a text to the voice and emptying the editor, or right after another start
        new = [text for text in unheard if text.strip() != draft and text.strip() not in held]
        for text in new:
            self.held_texts.hold(text, is_unheard=True)
        count = len(new)
        self.unheard.keep(())
        words = ["Your unsent text is back."] if draft and count else []
        if count:
            words.append(
                "What was not heard when the program ended is held for you."
                if count == 1
                else f"{count} texts that were not heard when the program ended are held for you."
            )
        return " ".join(words)


def remember(history: History, view: UtteranceView) -> None:
    """Add an utterance that has ended to the history, as far as it was heard or shown."""
    name = view.voice.name if view.voice is not None else ""
    history.add(view.text, view.sounded_end, view.fate, name)


class _Record(NamedTuple):
    """The settings of what is written down."""

    off_record: bool
    keep_times: bool


def _record_of(settings: Settings) -> _Record:
    return _Record(settings.off_record, settings.keep_times)
