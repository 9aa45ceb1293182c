"""The settings: one frozen value, declared once, handed down. `settings_file` loads and saves it.

Nobody reads settings in the middle of their work; they are given values. A change is a new `Settings`.
Every value has limits: none that is loaded can stop a window from opening, or from closing.
"""

# annotations are not put off here: for the dataclass they would be read as text, at every start
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, NamedTuple

from fishcaption.core.account.named_keys import NamedKeys
from fishcaption.core.audience import OutletConfig
from fishcaption.core.audience_style import AudienceStyle, ScreenIdentity
from fishcaption.core.speech import EMBEDDED, Voice
from fishcaption.core.synthesis_options import STANDARD_OPTIONS, SynthesisOptions
from fishcaption.core.voices.presets import Presets

VERSION = 1
LONGEST = 2000  # code points of a text, where nothing else is said
_LONGEST_MODEL = 64
_FIRST_TAG, _RESERVED_TAGS = 0xE100, 0x100  # `core.text.tags`
_MOST_PIXELS = 100_000  # that a screen may be away

Theme = Literal["system", "light", "dark", "high-contrast"]
SpeakMode = Literal["enter", "sentence", "word", "type"]
WhileSpeaking = Literal["wait", "replace"]
RecordedText = Literal["ask", "recording", "voice"]
Unreachable = Literal["ask", "wait", "embedded"]
AtLimit = Literal["ask", "stop"]
UnreachableElsewhere = Literal["same", "ask", "wait", "embedded"]


# a dataclass: of a tuple that is an item's data Qt makes a list
@dataclass(frozen=True, slots=True)
class OutputDevice:
    """A sound device as it is chosen: by name and host API, never by index. Both empty: the default."""

    name: str = ""
    host_api: str = ""


class Row(NamedTuple):
    """A setting's row in the settings dialog: a tick, a number, or with ``choices`` a list to choose from.

    ``group`` and ``label`` are words of the window. ``choices`` has words for each value; where it
    ``takes_others``, values of this computer are valid, too. A number is within the setting's limits unless
    ``low`` and ``high`` are narrower.
    """

    group: str
    label: str
    choices: Mapping[Any, str] | None = None
    takes_others: bool = False
    low: float | None = None
    high: float | None = None
    step: float = 1
    decimals: int = 0
    prefix: str = ""
    suffix: str = ""


APPEARANCE = "Appearance"
SPEAKING = "Speaking"
READING = "Read like a person"
SAVED = "Saved on this computer"
SOUND = "Sound"
FISH_AUDIO = "Fish Audio"
CAPTIONS = "Captions for an audience"
GROUPS = (APPEARANCE, SPEAKING, READING, SAVED, SOUND, FISH_AUDIO, CAPTIONS)
"""Groups of rows, in the order in which they are shown; in a group the order is that of the fields."""


def _says(
    help: str,
    *,
    row: Row | None,
    low: float = -math.inf,
    high: float = math.inf,
    longest: int = LONGEST,
    is_known: Callable[[Any], bool] | None = None,
) -> dict[str, Any]:
    """Return the metadata of a setting: what it does, where it is shown, and the values it takes.

    ``row`` None: it is not in the settings dialog, but changed elsewhere or remembered by itself. ``low`` and
    ``high`` are of a number, or of each of several; ``longest`` of a text, in code points. The choices of a
    row are the only values, unless it takes others.
    """
    choices: tuple[Any, ...] = ()
    if row is not None and row.choices is not None and not row.takes_others:
        choices = tuple(row.choices)
    return {
        "help": help,
        "row": row,
        "low": low,
        "high": high,
        "choices": choices,
        "longest": longest,
        "is_known": is_known,
    }


def _may_be_model(name: str) -> bool:
    """One there is not (any more, or in this version) is kept: who speaks with it is asked what to do."""
    return 0 < len(name) <= _LONGEST_MODEL and name.isascii() and name.isprintable() and " " not in name


def _may_be_tag(style: str) -> bool:
    """One of this version or of a newer one (`core.text.tags`, which is not imported by every start)."""
    return len(style) == 1 and _FIRST_TAG <= ord(style) < _FIRST_TAG + _RESERVED_TAGS


# words of the choices in the settings dialog, by value
_THEMES: dict[Any, str] = {
    "system": "As the system",
    "light": "Light",
    "dark": "Dark",
    "high-contrast": "High contrast",
}
_SPEAK_MODES: dict[Any, str] = {
    "enter": "on Enter",
    "sentence": "sentence by sentence, as it is typed",
    "word": "word by word, as it is typed",
    "type": "a few words at a time, as I type",
}
_SIGNALS: dict[Any, str] = {
    "bell": "bell",
    "chime": "chime",
    "call": "two tones in turn",
    "knock": "knocking",
    "whistle": "whistle",
    "horn": "horn",
}
_UNREACHABLE: dict[Any, str] = {
    "ask": "ask what to do",
    "wait": "wait and try again",
    "embedded": "use the voice on this computer and tell me",
}
_AT_LIMIT: dict[Any, str] = {"ask": "ask whether to go on", "stop": "do not speak with paid models"}
_UNREACHABLE_ELSEWHERE: dict[Any, str] = {"same": "as in Speak", **_UNREACHABLE}
_LINGER: dict[Any, str] = {60: "for a minute", 1800: "for half an hour", 0: "always"}
_ENTER: dict[Any, str] = {
    True: "speaks; Shift+Enter is a new line",
    False: "is a new line; Ctrl+Enter speaks",
}
_RECORDED_TEXT: dict[Any, str] = {
    "ask": "asks which is to be heard",
    "recording": "is heard in my recording",
    "voice": "is spoken by the chosen voice",
}
_WHILE_SPEAKING: dict[Any, str] = {"wait": "waits its turn", "replace": "replaces it"}


# no repr: making it costs every start 0.4 ms, and it would show texts of the user's
@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """Everything the user can choose. `replace()` makes a changed one."""

    voice: Voice = field(
        default=Voice(EMBEDDED.provider, "", ""),
        metadata=_says("who speaks; no id: the provider's own default", row=None),
    )
    model: str = field(
        default="s2.1-pro-free", metadata=_says("the Fish Audio model", row=None, is_known=_may_be_model)
    )
    model_agreed: str = field(
        default="",
        metadata=_says("the model that goes on after its announced end, whatever it costs then", row=None),
    )
    device: OutputDevice = field(default=OutputDevice(), metadata=_says("where the voice is heard", row=None))
    microphone: OutputDevice = field(
        default=OutputDevice(), metadata=_says("what a voice is recorded with", row=None)
    )
    speed: float = field(
        default=1.0,
        metadata=_says("1.0 is as the voice speaks; the pitch is kept", row=None, low=0.5, high=3.0),
    )
    volume: float = field(default=1.0, metadata=_says("linear gain", row=None, low=0.0, high=2.0))
    theme: Theme = field(
        default="system", metadata=_says("the colours", row=Row(APPEARANCE, "Colours", _THEMES))
    )
    text_size: int = field(
        default=100,
        metadata=_says(
            "per cent of the usual size",
            row=Row(APPEARANCE, "Text size", low=80, high=300, step=10, suffix=" %"),
            low=50,
            high=400,
        ),
    )
    large_type_screen: str = field(
        default="",
        metadata=_says(
            "the screen of the large-type view; empty: another than the window's",
            row=Row(
                APPEARANCE,
                "Screen for the large type",
                {"": "Another screen than this window"},
                takes_others=True,
            ),
        ),
    )
    speak_mode: SpeakMode = field(
        default="enter",
        metadata=_says(
            "speak on Enter, a sentence or a word at a time as it is typed, or a few words at a time",
            row=Row(SPEAKING, "When to speak", _SPEAK_MODES),
        ),
    )
    sentence_hold_seconds: float = field(
        default=1.0,
        metadata=_says(
            "how long an ended sentence waits for a change before it sounds",
            row=Row(SPEAKING, "Wait before speaking a finished sentence", step=0.5, decimals=1, suffix=" s"),
            low=0.0,
            high=10.0,
        ),
    )
    enter_speaks: bool = field(
        default=True,
        metadata=_says("no: Enter is a new line, and Ctrl+Enter speaks", row=Row(SPEAKING, "Enter", _ENTER)),
    )
    while_speaking: WhileSpeaking = field(
        default="wait",
        metadata=_says(
            "what new text does while another speaks",
            row=Row(SPEAKING, "While another text is spoken, a new one", _WHILE_SPEAKING),
        ),
    )
    recorded_text: RecordedText = field(
        default="ask",
        metadata=_says(
            "what is heard of a text that is a phrase with a recording",
            row=Row(SPEAKING, "A text that I have recorded as a phrase", _RECORDED_TEXT),
        ),
    )
    empty_on_speak: bool = field(
        default=True,
        metadata=_says(
            "the editor is emptied when its text is spoken",
            row=Row(SPEAKING, "Empty the editor when its text is spoken"),
        ),
    )
    empty_repeats: bool = field(
        default=True,
        metadata=_says(
            "Speak on an empty editor repeats what was spoken last",
            row=Row(SPEAKING, "Enter in an empty editor repeats the last text"),
        ),
    )
    join_pasted_lines: bool = field(
        default=True,
        metadata=_says(
            "lines and hyphens broken by a PDF are joined when pasted",
            row=Row(SPEAKING, "When pasting, join lines and words that a PDF has split"),
        ),
    )
    attention_sound: str = field(
        default="",
        metadata=_says(
            "the signal that makes people look up; empty: the first one there is",
            row=Row(SOUND, "Attention sound", _SIGNALS, takes_others=True),
        ),
    )
    linger_seconds: int = field(
        default=60,
        metadata=_says(
            "how long the silent device stays open; 0: always",
            row=Row(SOUND, "Keep the sound device open after speaking", _LINGER),
        ),
    )
    lead_in_ms: int = field(
        default=0,
        metadata=_says(
            "silence before the first word, for headsets that wake late",
            row=Row(
                SOUND, "Silence before the first word, for headsets that start late", step=100, suffix=" ms"
            ),
            low=0,
            high=5000,
        ),
    )
    unreachable: Unreachable = field(
        default="ask",
        metadata=_says(
            "what if the service cannot be reached",
            row=Row(FISH_AUDIO, "If Fish Audio cannot be reached", _UNREACHABLE),
        ),
    )
    unreachable_present: UnreachableElsewhere = field(
        default="same",
        metadata=_says(
            "what if the service cannot be reached while the Present workspace is shown",
            row=Row(FISH_AUDIO, "If it cannot be reached while presenting", _UNREACHABLE_ELSEWHERE),
        ),
    )
    unreachable_returns: bool = field(
        default=False,
        metadata=_says(
            "the chosen voice speaks again by itself, from the next text on, once its service answers",
            row=Row(FISH_AUDIO, "Go back to my voice by itself when Fish Audio answers again"),
        ),
    )
    options: SynthesisOptions = field(
        default=STANDARD_OPTIONS, metadata=_says("how Fish Audio makes speech", row=None)
    )
    style: str = field(
        default="",
        metadata=_says(
            "the expression tag that is put before each text; empty: none", row=None, is_known=_may_be_tag
        ),
    )
    presets: Presets = field(
        default=Presets(), metadata=_says("voices with all that belongs to them, by name", row=None)
    )
    workspace_presets: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict,
        metadata=_says("the id of the preset that is used in a workspace, by its name", row=None),
    )
    cost_limit: float = field(
        default=0.10,
        metadata=_says(
            "a text that costs more dollars asks first",
            row=Row(FISH_AUDIO, "Ask before a text costs more than", step=0.05, decimals=2, prefix="$"),
            low=0.0,
            high=1000.0,
        ),
    )
    day_limit: float = field(
        default=0.0,
        metadata=_says(
            "dollars that may be spent in a day; 0: no limit",
            row=Row(FISH_AUDIO, "Limit for a day", step=0.5, decimals=2, prefix="$"),
            low=0.0,
            high=10_000.0,
        ),
    )
    month_limit: float = field(
        default=0.0,
        metadata=_says(
            "dollars that may be spent in a month; 0: no limit",
            row=Row(FISH_AUDIO, "Limit for a month", step=1, decimals=2, prefix="$"),
            low=0.0,
            high=100_000.0,
        ),
    )
    at_limit: AtLimit = field(
        default="ask",
        metadata=_says(
            "what happens when a limit for spending is reached",
            row=Row(FISH_AUDIO, "When a limit is reached", _AT_LIMIT),
        ),
    )
    fish_keys: NamedKeys = field(
        default=NamedKeys(),
        metadata=_says("the names of the Fish Audio keys, and which one is used", row=None),
    )
    keys: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict,
        metadata=_says("keys of the user's own, by command; a command without any: ()", row=None),
    )
    second_on: bool = field(
        default=False,
        metadata=_says("the voice goes to a second device too, such as a call's microphone", row=None),
    )
    second_device: OutputDevice = field(default=OutputDevice(), metadata=_says("the second device", row=None))
    second_volume: float = field(
        default=1.0, metadata=_says("linear gain of the second device", row=None, low=0.0, high=2.0)
    )
    global_keys: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict,
        metadata=_says("keys that work while another program has the focus, by what they do", row=None),
    )
    opener: str = field(
        default="Hello. I speak by computer. Please give me a moment to type.",
        metadata=_says("what the first button of a call says", row=None, longest=40_000),
    )
    strip_on: bool = field(
        default=False, metadata=_says("the slim strip stands above the other windows", row=None)
    )
    strip_place: tuple[int, ...] = field(
        default=(),
        metadata=_says("where the strip stood: left and top", row=None, low=-_MOST_PIXELS, high=_MOST_PIXELS),
    )
    off_record: bool = field(
        default=False,
        metadata=_says(
            "what is typed or spoken is written nowhere, and nothing is learned from it",
            row=Row(SAVED, "Off the record: save nothing that is typed or spoken"),
        ),
    )
    kept_audio: bool = field(
        default=True,
        metadata=_says(
            "the sound of what was spoken is kept on this computer, so that it costs nothing again",
            row=Row(SAVED, "Save the sound of what is spoken: saying it again costs no money and no wait"),
        ),
    )
    kept_audio_megabytes: int = field(
        default=512,
        metadata=_says(
            "how much kept sound there may be; what was not used for longest goes",
            row=Row(SAVED, "Saved sound may take", low=16, high=100_000, step=64, suffix=" MB"),
            low=16,
            high=1_000_000,
        ),
    )
    kept_audio_plain: bool = field(
        default=False,
        metadata=_says(
            "without a keyring for its key, kept sound is on disk without encryption; no: in memory only",
            row=Row(SAVED, "Without a keyring, save that sound unencrypted"),
        ),
    )
    keep_times: bool = field(
        default=False,
        metadata=_says(
            "the history says when something was said", row=Row(SAVED, "Save times in the history")
        ),
    )
    completion: bool = field(
        default=True,
        metadata=_says(
            "words are offered while they are typed", row=Row(SAVED, "Suggest words while I type")
        ),
    )
    completion_announced: bool = field(
        default=False, metadata=_says("a screen reader is told the words that are offered", row=None)
    )
    learning: bool = field(
        default=True,
        metadata=_says(
            "completion learns from what is spoken, on this machine only",
            row=Row(SAVED, "Learn suggestions from what I say"),
        ),
    )
    phrases_shown: bool = field(
        default=True,
        metadata=_says(
            "the phrases stand beside the text", row=Row(APPEARANCE, "Show the phrases beside the text")
        ),
    )
    phrases_ahead: bool = field(
        default=True,
        metadata=_says(
            "phrases are made ready in the chosen voice while nothing is spoken",
            row=Row(FISH_AUDIO, "Prepare phrases while nothing is spoken"),
        ),
    )
    phrases_paid: str = field(
        default="",
        metadata=_says("the Fish Audio model and voice whose phrases may be paid for; empty: none", row=None),
    )
    phrases_paid_dollars: float = field(
        default=0.0, metadata=_says("what making them ready may cost at most", row=None, low=0.0, high=1000.0)
    )
    abbreviations: bool = field(
        default=True,
        metadata=_says(
            "abbreviations are expanded as they are typed", row=Row(SAVED, "Expand abbreviations as I type")
        ),
    )
    say_markdown: bool = field(
        default=True,
        metadata=_says("Markdown's signs are not spoken", row=Row(READING, "Do not speak Markdown signs")),
    )
    say_code: bool = field(
        default=True, metadata=_says("code is read as a person would read it", row=Row(READING, "Code"))
    )
    say_urls: bool = field(
        default=True,
        metadata=_says("web addresses are read as a person would", row=Row(READING, "Web addresses")),
    )
    say_emails: bool = field(
        default=True,
        metadata=_says("e-mail addresses are read as a person would", row=Row(READING, "E-mail addresses")),
    )
    say_emoji: bool = field(default=True, metadata=_says("emoji are named", row=Row(READING, "Emoji")))
    say_numbers: bool = field(
        default=True, metadata=_says("numbers are read as a person would", row=Row(READING, "Numbers"))
    )
    say_units: bool = field(default=True, metadata=_says("units are read in full", row=Row(READING, "Units")))
    audience_style: AudienceStyle = field(
        default=AudienceStyle(),
        metadata=_says("the looks of the captions in the audience's window", row=None),
    )
    audience_screen: ScreenIdentity = field(
        default=ScreenIdentity(),
        metadata=_says("the screen of the audience's window; empty: another than the window's", row=None),
    )
    workspace: str = field(
        default="speak", metadata=_says("the workspace that is shown", row=None, longest=40)
    )
    present_split: tuple[int, ...] = field(
        default=(), metadata=_says("the widths of script and show", row=None, low=0, high=_MOST_PIXELS)
    )
    window_geometry: str = field(
        default="", metadata=_says("where the window stood, as Qt writes it (base64)", row=None)
    )
    window_split: tuple[int, ...] = field(
        default=(), metadata=_says("the heights of transcript and editor", row=None, low=0, high=_MOST_PIXELS)
    )
    outlets: tuple[OutletConfig, ...] = field(
        default=(), metadata=_says("the outlets of captions for an audience", row=None)
    )
    captions_clear_seconds: float = field(
        default=4.0,
        metadata=_says(
            "how long the audience's last caption stays in a silence; 0: until the next one",
            row=Row(
                CAPTIONS,
                "Keep the last caption in a silence (0: until the next one)",
                step=0.5,
                decimals=1,
                suffix=" s",
            ),
            low=0.0,
            high=3600.0,
        ),
    )
    captions_stop_clears: bool = field(
        default=True,
        metadata=_says(
            "Stop empties the audience's captions; no: the last one stays",
            row=Row(CAPTIONS, "Stop empties the captions (off: the last one stays)"),
        ),
    )
    captions_typing: bool = field(
        default=False,
        metadata=_says(
            "the audience is shown that somebody is typing, and never the text",
            row=Row(CAPTIONS, "Show the audience that I am typing, without the text"),
        ),
    )
    # what a newer version wrote and this one does not know; saved again as it was
    unknown: Mapping[str, Any] = field(default_factory=dict, repr=False)
    version: int = VERSION


def unreachable_in(settings: Settings) -> Unreachable:
    """Return what is done in the shown workspace if the service cannot be reached."""
    elsewhere = settings.unreachable_present if settings.workspace == "present" else "same"
    return settings.unreachable if elsewhere == "same" else elsewhere


def options() -> list[Any]:
    """Return the declarations of all settings: `dataclasses.Field`s whose `metadata` is that of `_says`."""
    return [entry for entry in fields(Settings) if "help" in entry.metadata]
