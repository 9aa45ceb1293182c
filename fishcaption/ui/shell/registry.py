"""The features, dialogs and workspaces of the window. Adding one adds a file, and an entry here.

An entry names a module and what is taken of it, so that nothing is imported by the list itself. The first
workspace is loaded before the first paint, another one when it is chosen; features are loaded after the
first paint, and a dialog when it is opened.
"""

# annotations are not put off here: as text they would be compiled one by one, at every start
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from fishcaption.ui.commands import Group

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host


class Entry(NamedTuple):
    """A name in a module of `fishcaption.ui`.

    `modules` are imported with it, beside the event loop. A feature that `is_early` is made at once after the
    first paint: its keys do not wait for the modules of the others.
    """

    module: str
    name: str
    modules: tuple[str, ...] = ()
    is_early: bool = False

    def load(self) -> Any:
        """Import it."""
        return getattr(import_module(f"fishcaption.ui.{self.module}"), self.name)


def _has_vocabulary(host: "Host") -> bool:
    return host.services.vocabulary() is not None


def _has_own_voices(host: "Host") -> bool:
    return host.services.own_voices() is not None


def _has_cast(host: "Host") -> bool:
    return host.services.cast() is not None


def _has_audience(host: "Host") -> bool:
    return host.services.audience() is not None


def _can_present(host: "Host") -> bool:
    return host.services.script() is not None and host.services.audience() is not None


class Dialog(NamedTuple):
    """A command that opens a dialog: `open` is a function that takes the `Host`.

    `words` are translated when the command is made. `is_there`, if it is given, says after the first paint
    whether there is such a dialog.
    """

    id: str
    words: str
    group: Group
    open: Entry
    keys: tuple[str, ...] = ()
    in_menu: bool = False
    is_listed: bool = True
    is_there: Callable[["Host"], bool] | None = None


class WorkspaceEntry(NamedTuple):
    """A workspace: its name in the settings, its words in the window, its keys, and its class.

    `is_there` says after the first paint whether there is such a workspace. `actions` is a function that
    returns its commands as they are until it is made: it takes what runs the command with an id then.
    """

    id: str
    words: str
    told: str
    keys: tuple[str, ...]
    made: Entry
    is_there: Callable[["Host"], bool]
    actions: Entry | None = None


TEXT_WORKSPACE = "speak"

WORKSPACES = (
    WorkspaceEntry(
        TEXT_WORKSPACE,
        "Speak",
        "Speak: type a text and have it spoken",
        ("Ctrl+Shift+1",),
        Entry(
            "speak.workspace",
            "SpeakWorkspace",
            ("speak.queue", "speak.held_texts", "speak.completion"),
        ),
        lambda _host: True,
    ),
    WorkspaceEntry(
        "present",
        "Present",
        "Present: speak a script to an audience, with captions",
        ("Ctrl+Shift+2",),
        Entry("present.workspace", "PresentWorkspace"),
        _can_present,
        Entry("present.show_actions", "show_actions"),
    ),
)
"""The first is made before the first paint, and holds the text; another is made when it is first chosen."""

FEATURES = (
    Entry("shell.attention", "AttentionSound"),
    Entry("speak.large_type_control", "LargeTypeControl", is_early=True),
    Entry("history.controller", "HistoryController"),
    Entry("phrases.feature", "PhrasesFeature"),
    Entry("calls.feature", "CallsFeature"),
    Entry("present.audience_control", "AudienceWindowControl"),
    Entry("present.captioner", "Captioner"),
    Entry("voices.presets", "VoicePresets"),
)

DIALOGS = (
    Dialog("text.open", "Open a text file…", Group.TEXT, Entry("shell.open_file", "open_file"), ("Ctrl+O",),
           in_menu=True),
    Dialog("voice.choose", "Choose a voice", Group.VOICE, Entry("voices.picker.dialog", "open_picker")),
    Dialog("voice.offline", "More voices on this computer", Group.VOICE,
           Entry("voices.downloads", "open_downloads"), in_menu=True),
    Dialog("voice.options", "Fish Audio options", Group.VOICE, Entry("voices.options", "open_options"),
           in_menu=True),
    Dialog("voice.presets", "Voice presets", Group.VOICE, Entry("voices.presets_dialog", "open_presets"),
           in_menu=True),
    Dialog("voice.own", "My voices", Group.VOICE, Entry("voices.own_voices", "open_own_voices"), in_menu=True,
           is_there=_has_own_voices),
    Dialog("voice.make", "Make a voice of recordings", Group.VOICE, Entry("voices.own_voices", "open_create"),
           is_there=_has_own_voices),
    Dialog("voice.record", "Make your own voice…", Group.VOICE, Entry("voices.studio.window", "open_studio"),
           in_menu=True),
    Dialog("text.speakers", "Speakers in the text and their voices", Group.TEXT,
           Entry("voices.text_speakers", "open_speakers"), in_menu=True, is_there=_has_cast),
    Dialog("text.pronunciation", "Pronunciation and replacements", Group.TEXT,
           Entry("settings.vocabulary_dialog", "open_replacements"), in_menu=True, is_there=_has_vocabulary),
    Dialog("text.abbreviations", "Abbreviations", Group.TEXT,
           Entry("settings.vocabulary_dialog", "open_abbreviations"), in_menu=True, is_there=_has_vocabulary),
    Dialog("text.completion", "Completion and what it has learned", Group.TEXT,
           Entry("settings.vocabulary_dialog", "open_completion"), in_menu=True, is_there=_has_vocabulary),
    Dialog("audience.screen", "Screen for the audience", Group.AUDIENCE,
           Entry("present.audience_screens", "open_screens"), in_menu=True, is_there=_has_audience),
    Dialog("audience.style", "Style of the audience's captions", Group.AUDIENCE,
           Entry("present.audience_style_dialog", "open_style"), in_menu=True, is_there=_has_audience),
    Dialog("window.palette", "All commands", Group.WINDOW, Entry("shell.command_palette", "open_palette"),
           ("Ctrl+Shift+P",), in_menu=True, is_listed=False),
    Dialog("window.keys", "Keys", Group.HELP,
           Entry("settings.keys_dialog", "open_keys"), in_menu=True),
    Dialog("window.settings", "Settings", Group.WINDOW, Entry("settings.dialog", "open_settings"),
           ("Ctrl+,",), in_menu=True),
    Dialog("window.profiles", "Profiles", Group.WINDOW, Entry("settings.profiles_dialog", "open_profiles"),
           in_menu=True),
    Dialog("window.key", "Fish Audio keys", Group.WINDOW, Entry("voices.keys", "open_keys"), in_menu=True),
    Dialog("window.costs", "Costs at Fish Audio", Group.WINDOW, Entry("voices.costs", "open_costs"),
           in_menu=True),
    Dialog("help.check", "Check this computer", Group.HELP, Entry("help.computer_check", "open_check"),
           in_menu=True),
    Dialog("help.log", "Open the folder of the log", Group.HELP, Entry("help.log_folder", "open_log"),
           in_menu=True),
    Dialog("help.about", "About fishcaption", Group.HELP, Entry("help.about", "open_about"), in_menu=True),
)  # fmt: skip


def deferred_modules() -> tuple[str, ...]:
    """The modules that `Features` needs after the first paint, to be imported beside the event loop."""
    found = ["shell.side_panel", "shell.workspaces", *WORKSPACES[0].made.modules]
    found += [workspace.actions.module for workspace in WORKSPACES if workspace.actions is not None]
    for entry in FEATURES:
        found += [entry.module, *entry.modules]
    return tuple(f"fishcaption.ui.{name}" for name in found)
