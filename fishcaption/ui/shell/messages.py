"""The status line says the state in words; the banner says what went wrong and what to do about it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, Signal

from fishcaption.core.errors import (
    AudioDeviceError,
    FishCaptionError,
    Forbidden,
    InputError,
    LimitReached,
    ModelUnavailable,
    PaymentRequired,
    StorageError,
    Unauthorized,
    UnreadableText,
)
from fishcaption.core.speech import Snapshot, State
from fishcaption.ui.commands import Actions
from fishcaption.ui.shell.voice_bar import ModelChoice, SoundRow
from fishcaption.ui.widgets.controls import Banner, Remedy, StatusLine
from fishcaption.ui.widgets.state_words import credit_words, state_words

if TYPE_CHECKING:
    from fishcaption.ui.account_ports import CreditReport
    from fishcaption.ui.ports import Services
    from fishcaption.ui.workspace import Playback

_AT_ONCE = 4  # so many files are told of at a time: the text needs its place, too


class Status(QObject):
    """The status line: a notice until the state is another one, else the state in words."""

    def __init__(self, line: StatusLine) -> None:
        super().__init__(line)
        self._line = line
        self._notice = ""
        self._noticed_in = State.IDLE

    def notice(self, words: str, snapshot: Snapshot) -> None:
        """Show this sentence until the state is another."""
        self._notice, self._noticed_in = words, snapshot.state
        self.draw(snapshot)

    def forget(self) -> None:
        """Show the notice no more."""
        self._notice = ""

    def draw(self, snapshot: Snapshot) -> None:
        """Show the state, or the notice that is told in it."""
        if snapshot.state is not self._noticed_in:
            self._notice = ""
        self._line.tell(self._notice or state_words(snapshot, self.tr))


class Problems(QObject):
    """Shows the reader's failure, else one told from elsewhere, else one of the sound, else a question.

    What is wrong with files is told until it is dismissed, however much is said meanwhile: all of it, and
    each thing once.
    """

    resized = Signal()  # the banner has come, gone, or says something else

    def __init__(
        self,
        banner: Banner,
        playback: Playback,
        commands: Actions,
        sound: SoundRow,
        model: ModelChoice,
        services: Services,
    ) -> None:
        super().__init__(banner)
        self._banner = banner
        self._playback = playback
        self._commands = commands
        self._sound = sound
        self._model = model
        self._services = services
        self._question: FishCaptionError | None = None  # about the model
        self._answered: FishCaptionError | None = None  # another model was chosen since it was told
        self._told: FishCaptionError | None = None  # one the reader does not know of
        self._stand_in: FishCaptionError | None = None  # another voice speaks than the chosen one
        self._files: list[StorageError] = []
        self._files_told: StorageError | None = None  # the first of them, in one
        self._dismissed: list[FishCaptionError] = []  # of those that are still there
        self._unpaid: PaymentRequired | None = None  # the refusal that the account was asked about
        self._figures = ""  # what the account then said
        banner.dismissed.connect(self._on_dismissed)

    def tell(self, error: FishCaptionError) -> None:
        """Show a failure that came from elsewhere than the reader."""
        if not isinstance(error, StorageError):
            self._told = error
        elif str(error) not in map(str, self._files):
            self._files.append(error)
            self._gather()
        self.look(self._playback.snapshot())

    def tell_stand_in(self, notice: FishCaptionError | None) -> None:
        """Show that another voice speaks, until it does not any more (None)."""
        self._stand_in = notice
        self.look(self._playback.snapshot())

    def ask_model(self) -> None:
        """Ask about the chosen model if it cannot be used as it is: once, and nothing waits for that."""
        question = self._services.models.question()
        if str(question) != str(self._question):
            self._question = question
            self.look(self._playback.snapshot())

    def model_answered(self) -> None:
        """Ask no more about the model: the user has chosen one."""
        self._answered = self._playback.snapshot().error

    def forget(self) -> None:
        """Drop what was told before, but not what is wrong with files: something new is spoken."""
        self._told = None

    def look(self, snapshot: Snapshot) -> None:
        """Show what is wrong now."""
        error = self._error(snapshot)
        if error is None:
            if not self._banner.isHidden():
                self._banner.clear()
                self.resized.emit()
        elif self._banner.tell(str(error), self._hint(error), self._remedies(error, snapshot)):
            self.resized.emit()

    def _error(self, snapshot: Snapshot) -> FishCaptionError | None:
        """Return the first error that was not dismissed; a dismissed one hides no other."""
        told = (
            snapshot.error,
            self._told,
            self._stand_in,
            self._files_told,
            snapshot.player.error,
            self._question,
        )
        there = [error for error in told if error is not None]
        self._dismissed = [old for old in self._dismissed if any(old is error for error in there)]
        return next((error for error in there if all(error is not old for old in self._dismissed)), None)

    def _hint(self, error: FishCaptionError) -> str:
        """Return what the user can do; of a payment that is missing, with what the account has."""
        if not isinstance(error, PaymentRequired):
            return error.hint
        if error is not self._unpaid:
            self._unpaid, self._figures = error, ""
            self._services.account.credit(self._on_credit)
        return f"{self._figures} {error.hint}".strip()

    def _on_credit(self, report: CreditReport | FishCaptionError) -> None:
        if not isinstance(report, FishCaptionError) and shiboken6.isValid(self._banner):
            self._figures = credit_words(report, self.tr)
            self.look(self._playback.snapshot())

    def _gather(self) -> None:
        first = self._files[:_AT_ONCE]
        hint = first[-1].hint if first else ""
        self._files_told = StorageError(" ".join(map(str, first)), hint=hint) if first else None

    def _voice_remedies(self, error: FishCaptionError) -> list[Remedy]:
        """Return what can be done about who speaks."""
        if isinstance(error, UnreadableText) and self._commands["voice.for_script"].enabled():
            return [self._remedy("voice.for_script", self.tr("Have that voice say them"))]
        if error is self._stand_in:
            return [self._remedy("voice.back", self.tr("Back to the chosen voice"))]
        return []

    def _remedies(self, error: FishCaptionError, snapshot: Snapshot) -> list[Remedy]:
        found = self._voice_remedies(error)
        if error is snapshot.error and not isinstance(error, InputError):
            if snapshot.voice is not None and snapshot.voice.kind.is_remote:
                words = self.tr("Speak it with the voice on this computer")
                found.append(self._remedy("speak.retry_embedded", words))
            if not self._asks_model(error) and not isinstance(error, LimitReached):
                found.append(self._remedy("speak.retry", self.tr("Try again")))
        if self._asks_model(error):
            found += [
                Remedy(words, partial(self._model.answered.emit, name))
                for words, name in self._model.remedies(self._services.settings.current.model)
            ]
            found.append(Remedy(self.tr("Choose a voice…"), partial(self._commands.run, "voice.choose")))
        elif isinstance(error, Forbidden):  # the voice is gone: nobody takes its place by itself
            found.append(Remedy(self.tr("Choose a voice…"), partial(self._commands.run, "voice.choose")))
        if isinstance(error, LimitReached) and self._services.spending.can_agree():
            found.append(Remedy(self.tr("Go on today"), self._on_over_limit))
        if isinstance(error, LimitReached | PaymentRequired):
            found.append(Remedy(self.tr("Costs…"), partial(self._commands.run, "window.costs")))
        if isinstance(error, Unauthorized | PaymentRequired):
            found.append(Remedy(self.tr("Enter a key…"), partial(self._commands.run, "window.key")))
        if isinstance(error, AudioDeviceError) and self._commands["voice.default_device"].enabled():
            words = self.tr("Use the system's sound device")
            found.append(self._remedy("voice.default_device", words))
        if isinstance(error, AudioDeviceError) and not self._sound.isHidden():
            found.append(Remedy(self.tr("Choose a sound device"), self._sound.device.showPopup))
        return found

    def _asks_model(self, error: FishCaptionError) -> bool:
        return isinstance(error, ModelUnavailable | PaymentRequired) and error is not self._answered

    def _on_over_limit(self) -> None:
        self._services.spending.agree()
        self._commands["speak.retry"].act()

    def _remedy(self, name: str, words: str) -> Remedy:
        return Remedy(self._commands.told(name, words), self._commands[name].act)

    def _on_dismissed(self) -> None:
        snapshot = self._playback.snapshot()
        error = self._error(snapshot)
        if error is None:
            return
        if error is self._files_told:
            del self._files[:_AT_ONCE]
            self._gather()
        else:
            self._dismissed.append(error)
        self.look(snapshot)
