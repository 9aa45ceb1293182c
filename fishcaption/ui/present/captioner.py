"""A captioner types what another person says: the voice is silent, and the captions come as they are typed.

The mode of Speak says when they come: on Enter, by the sentence, by the word, or as they are typed, with
their corrections. Outlets that cannot revise what they have sent hold captions back by themselves.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from fishcaption.core.speech import Fate
from fishcaption.core.text.segmentation import ends_sentence, segments
from fishcaption.core.voices.speaker_names import named_line
from fishcaption.store.settings import SpeakMode
from fishcaption.ui.commands import Action, Group
from fishcaption.ui.feature import Feature, Host
from fishcaption.ui.widgets.controls import command_button
from fishcaption.ui.widgets.labels import as_written

if TYPE_CHECKING:
    from fishcaption.captions.audience import Audience
    from fishcaption.ui.audience_ports import AudienceService

LONGEST: Final = 10_000
"""Code points of one text that are shown: a longer one is a script, not what somebody says."""

_NAMES: Final = 5  # that were written last, each with a key
_TURN: Final = ">> "  # how captions say that another person speaks


class Captioner(Feature):
    """The switch “Captions only”, and the keys for what is written again and again."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        service = self._service = host.services.audience()
        if service is None:
            return
        self._typed = _TypedCaptions(host, service.audience)
        self._later = _UnsoundedStop(service.audience)
        host.text_workspace.playback.later.append(self._later)
        self.switch = command_button(self.tr("Captions only"))
        self.switch.setCheckable(True)
        self.switch.hide()
        self._is_switch_shown = False
        self.switch.clicked.connect(partial(host.commands.run_if_there, "captions.only"))
        host.text_workspace.add_switch(self.switch)
        host.text_workspace.text_changed.connect(partial(self._on_text, service))
        self._unsubscribe = service.subscribe(self._show_switch)
        self._show_switch()
        host.commands.changed.connect(self._tell_keys)
        host.commands.add(*self._actions())

    def is_on(self) -> bool:
        """Return whether what is typed is only shown, and not spoken."""
        return self._service is not None and self.switch.isChecked()

    def leave(self) -> None:
        """Clean up: the window is closed."""
        if self._service is not None:
            self._unsubscribe()

    def toggle(self) -> None:
        """Let a person speak, or the voice again."""
        is_on = not self._typed.is_on
        self._typed.is_on = is_on
        self.switch.setChecked(is_on)
        self._show_switch()
        self.host.text_workspace.give_typed_to(self._typed if is_on else None)
        self.host.notice(
            self.tr("Captions only: the voice is silent. What you type goes to the audience.")
            if is_on
            else self.tr("What you type is spoken again.")
        )

    def _actions(self) -> tuple[Action, ...]:
        tr, group, write = self.tr, Group.AUDIENCE, self.host.text_workspace.write
        words = tr("Captions: name {number} of those written last")
        return (
            Action("captions.only", tr("Captions only: a person speaks, and you type what they say"),
                   self.toggle, group, ("Ctrl+Shift+L",), in_menu=True, checked=self.is_on),
            Action("captions.turn", tr("Captions: another person speaks"), partial(write, _TURN), group,
                   ("Ctrl+Shift+.",)),
            Action("captions.applause", tr("Captions: applause"), partial(write, tr("[applause]") + " "),
                   group, ("Ctrl+Shift+U",)),
            Action("captions.laughter", tr("Captions: laughter"), partial(write, tr("[laughter]") + " "),
                   group),
            *(
                Action(f"captions.name.{number}", words.format(number=number),
                       partial(self._write_name, number), group, (f"Ctrl+Alt+{number}",))
                for number in range(1, _NAMES + 1)
            ),
        )  # fmt: skip

    def _show_switch(self) -> None:
        """Show the switch where there is an audience: who only speaks needs the room for other things."""
        is_wanted = self.is_on() or (self._service is not None and bool(self._service.rows()))
        if is_wanted is not self._is_switch_shown:
            self._is_switch_shown = is_wanted
            self.switch.setVisible(is_wanted)
            self.host.refit()

    def _write_name(self, number: int) -> None:
        names: Sequence[str] = self._typed.names
        if number > len(names) and (script := self.host.services.script()) is not None:
            # those of the script in their order, so that they stand ready before one was written
            speakers = dict.fromkeys(cue.speaker for cue in script.view().script.cues if cue.speaker)
            names = (*names, *(speaker for speaker in speakers if speaker not in names))
        if number <= len(names):
            self.host.text_workspace.write(f"{names[number - 1]}: ")
        else:
            self.host.notice(
                self.tr("No such name yet: write “NAME: …” first, or open a script with speakers.")
            )

    def _on_text(self, service: AudienceService) -> None:
        service.set_typing(is_typing=bool(self.host.text_workspace.text(LONGEST)))

    def _tell_keys(self) -> None:
        if "captions.only" in self.host.commands:
            self.switch.setToolTip(as_written(self.host.commands.told("captions.only")))


class _TypedCaptions:
    """Shows what is typed: see `ui.workspace.TypedCaptions`."""

    def __init__(self, host: Host, audience: Audience) -> None:
        self._host = host
        self._audience = audience
        self._number = 1  # of the text that is being typed
        self.is_on = False
        self.names: deque[str] = deque(maxlen=_NAMES)  # the last one first

    def typed(self, text: str, mode: SpeakMode) -> None:
        """Show as much of the draft as the mode says."""
        if shown := due(text[:LONGEST], mode, self._language()):
            self._audience.type_text(self._number, shown, language=self._language())

    def ended(self, text: str, mode: SpeakMode) -> None:
        """Show the whole text; as fast as it can be read where nothing of it was shown before."""
        self._remember_names(text[:LONGEST])
        if (stores := self._host.stores) is not None:  # which writes nothing off the record
            stores.history.add(text[:LONGEST], 0, Fate.SHOWN)
        if mode == "enter":
            self._audience.show_text(text[:LONGEST], language=self._language())
        else:
            self._audience.type_text(self._number, text[:LONGEST].rstrip(), language=self._language())
        self._number += 1

    def _language(self) -> str:
        languages = self._host.settings.voice.languages
        return languages[0] if languages else "en"

    def _remember_names(self, text: str) -> None:
        for line in text.splitlines():
            found = named_line(line.strip().removeprefix(_TURN.strip()).strip())
            if found is not None:
                if found.name in self.names:
                    self.names.remove(found.name)
                self.names.appendleft(found.name)


class _UnsoundedStop:
    """Stop ends captions without sound, too: a `Later` of the text's."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience

    def is_pending(self) -> bool:
        """Return whether a text without sound is shown."""
        return self._audience.has_unsounded

    def end(self) -> None:
        """End it."""
        self._audience.stop_unsounded()


def due(text: str, mode: SpeakMode, language: str) -> str:
    """Return the beginning of a draft that is shown before Enter: nothing, sentences, words, or all."""
    if mode == "enter":
        return ""
    if mode == "type":
        return text
    if mode == "word":
        end = max(text.rfind(blank) for blank in " \n\t")
        return text[: end + 1].rstrip()
    parts = segments(text, language)
    if parts and not ends_sentence(parts[-1], language=language):
        parts.pop()
    return "".join(parts).rstrip()
