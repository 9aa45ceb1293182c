"""The tools for calls as a feature of the window."""

from __future__ import annotations

from functools import partial

from fishcaption.ui.calls.call_tools import CallActions, CallTools
from fishcaption.ui.feature import Feature, Host
from fishcaption.ui.widgets.theme import Look


class CallsFeature(Feature):
    """Connects the tools for calls with the window's commands, looks and caption track."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        run = host.commands.run
        acts = CallActions(
            speak=self._speak,
            speak_draft=partial(run, "speak.speak"),
            stop=partial(run, "speak.stop"),
            pause=partial(run, "speak.pause"),
            repeat=partial(run, "speak.repeat"),
            attention=partial(run, "speak.signal"),
            next_cue=partial(host.commands.run_if_there, "show.next"),
            journal=host.text_workspace.another_journal,
        )
        services = host.services
        self.tools = CallTools(acts, services.calls(), services.settings, host.track, parent=host.window)
        self.tools.failed.connect(host.tell)
        self.tools.noticed.connect(host.notice)
        host.commands.add(*self.tools.actions())
        self.tools.set_look(host.look)
        self.tools.begin()

    def set_look(self, look: Look) -> None:
        """Draw in these colours and sizes."""
        self.tools.set_look(look)

    def leave(self) -> None:
        """Clean up: the window is closed."""
        self.tools.close()

    def _speak(self, text: str) -> None:
        self.host.text_workspace.show_utterance(self.host.reader.speak(text))
