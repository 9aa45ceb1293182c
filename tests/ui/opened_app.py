"""The window with everything in it as a program of its own: a command a line is run, "quit" ends it.

    python -m tests.ui.opened_app FOLDER TEXT_SIZE [THEME]

It answers each line with "done".
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtWidgets import QApplication, QDialog

from fishcaption.core.normalization.rules import Replacement
from fishcaption.store.journal import Journal
from fishcaption.store.settings import Settings
from fishcaption.store.vocabulary import Vocabulary
from fishcaption.ui.shell.window import Window
from fishcaption.ui.widgets.theme import before_application
from tests.ui.calls.test_window import MADE, FakeCalls
from tests.ui.fake_own_voices import FakeOwnVoices
from tests.ui.fake_phrases import FakePhrases
from tests.ui.fake_vocabulary import FakeVocabulary
from tests.ui.fakes import FISH, FakeReader, FakeServices
from tests.ui.folder_stores import FolderStores
from tests.ui.present.fake_audience import FakeAudienceService
from tests.ui.present.fake_script import FakeScript, script
from tests.ui.voices.studio.fake_recordings import with_takes

_SETTLED_MS = 300


def main(folder: Path, text_size: int, theme: str = "light") -> int:
    """Run until told to quit."""
    before_application()
    application = QApplication(sys.argv[:1])
    calls = FakeCalls()
    reader = FakeReader(FISH)
    vocabulary = FakeVocabulary(
        Vocabulary({"brb": "be right back"}, (Replacement("SQL", "sequel"),)), words=("word",)
    )
    audience = FakeAudienceService()
    show = FakeScript(reader, audience.audience)
    show.set_script(script("ANNA: Good evening.", "The lights go down."))
    recordings = with_takes(folder / "voices")
    window = Window(
        reader,
        FakeServices(
            reader,
            Settings(voice=FISH, theme=theme, text_size=text_size),  # type: ignore[arg-type]  # one of the four
            phrase_service=FakePhrases(),
            vocabulary_service=vocabulary,
            call_service=calls,
            audience_service=audience,
            script_service=show,
            own_voice_service=FakeOwnVoices(),
            recordings_service=recordings,
        ),
        Journal(folder / "draft.txt"),
        stores=FolderStores.of(folder),
    )

    def on_line() -> None:
        line = sys.stdin.readline().strip()
        if line in ("", "quit"):
            window.close()
            application.quit()
            return
        if line == "close":
            for dialog in window.findChildren(QDialog):
                dialog.close()
        elif line == "menu":
            window.voice_bar.menu.click()
        else:
            window.commands.run(line)
        if line == "calls.window" and calls.waiting:
            calls.answer(MADE)
        recordings.settle()
        QTimer.singleShot(_SETTLED_MS, lambda: (sys.stdout.write("done\n"), sys.stdout.flush()))

    lines = QSocketNotifier(0, QSocketNotifier.Type.Read, window)
    lines.activated.connect(on_line)
    window.show()
    window.resize(1180, 760)
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
