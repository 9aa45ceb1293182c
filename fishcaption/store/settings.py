"""The settings: one frozen value, declared once, handed down. `settings_file` loads and saves it.

Nobody reads settings in the middle of their work; they are given values. A change is a new `Settings`.
Every value has limits: none that is loaded can stop a window from opening, or from closing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from fishcaption.core.speech import EMBEDDED, Latency, Voice

VERSION = 1
LONGEST = 2000  # code points of a text, where nothing else is said
_LONGEST_MODEL = 64
_MOST_PIXELS = 100_000  # that a screen may be away

Theme = Literal["system", "light", "dark", "high-contrast"]
SpeakMode = Literal["enter", "sentence", "word", "type"]
WhileSpeaking = Literal["wait", "replace"]
Unreachable = Literal["ask", "wait", "embedded"]


# a dataclass: of a tuple that is an item's data Qt makes a list
@dataclass(frozen=True, slots=True)
class OutputDevice:
    """A sound device as it is chosen: by name and host API, never by index. Both empty: the default."""

    name: str = ""
    host_api: str = ""


def _says(
    help: str,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    choices: tuple[Any, ...] = (),
    longest: int = LONGEST,
    is_known: Callable[[Any], bool] | None = None,
) -> dict[str, Any]:
    """Return the metadata of a setting: what it does, and the values it takes.

    ``low`` and ``high`` are of a number, or of each of several; ``longest`` of a text, in code points.
    """
    return {
        "help": help,
        "low": low,
        "high": high,
        "choices": choices,
        "longest": longest,
        "is_known": is_known,
    }


def _may_be_model(name: str) -> bool:
    """One there is not (any more, or in this version) is kept: who speaks with it is asked what to do."""
    return 0 < len(name) <= _LONGEST_MODEL and name.isascii() and name.isprintable() and " " not in name


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the user can choose. `replace()` makes a changed one."""

    voice: Voice = field(
        default=Voice(EMBEDDED.provider, "", ""),
        metadata=_says("who speaks; no id: the provider's own default"),
    )
    model: str = field(
        default="s2.1-pro-free", metadata=_says("the Fish Audio model", is_known=_may_be_model)
    )
    model_agreed: str = field(
        default="", metadata=_says("the model that goes on after its announced end, whatever it costs then")
    )
    latency: Latency = field(
        default="balanced",
        metadata=_says("how long the service may wait for more text", choices=("low", "balanced", "normal")),
    )
    device: OutputDevice = field(default=OutputDevice(), metadata=_says("where the voice is heard"))
    linger_seconds: int = field(
        default=60, metadata=_says("how long the silent device stays open; 0: always", choices=(60, 1800, 0))
    )
    lead_in_ms: int = field(
        default=0,
        metadata=_says("silence before the first word, for headsets that wake late", low=0, high=5000),
    )
    speed: float = field(
        default=1.0, metadata=_says("1.0 is as the voice speaks; the pitch is kept", low=0.5, high=3.0)
    )
    volume: float = field(default=1.0, metadata=_says("linear gain", low=0.0, high=2.0))
    text_size: int = field(default=100, metadata=_says("per cent of the usual size", low=50, high=400))
    theme: Theme = field(
        default="system", metadata=_says("the colours", choices=("system", "light", "dark", "high-contrast"))
    )
    speak_mode: SpeakMode = field(
        default="enter",
        metadata=_says(
            "speak on Enter, a sentence or a word at a time as it is typed, or a few words at a time",
            choices=("enter", "sentence", "word", "type"),
        ),
    )
    sentence_hold_seconds: float = field(
        default=1.0,
        metadata=_says("how long an ended sentence waits for a change before it sounds", low=0.0, high=10.0),
    )
    enter_speaks: bool = field(default=True, metadata=_says("no: Enter is a new line, and Ctrl+Enter speaks"))
    while_speaking: WhileSpeaking = field(
        default="wait", metadata=_says("what new text does while another speaks", choices=("wait", "replace"))
    )
    empty_on_speak: bool = field(
        default=True, metadata=_says("the editor is emptied when its text is spoken")
    )
    empty_repeats: bool = field(
        default=True, metadata=_says("Speak on an empty editor repeats what was spoken last")
    )
    join_pasted_lines: bool = field(
        default=True, metadata=_says("lines and hyphens broken by a PDF are joined when pasted")
    )
    cost_limit: float = field(
        default=0.10, metadata=_says("a text that costs more dollars asks first", low=0.0, high=1000.0)
    )
    unreachable: Unreachable = field(
        default="ask",
        metadata=_says("what if the service cannot be reached", choices=("ask", "wait", "embedded")),
    )
    keys: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict, metadata=_says("keys of the user's own, by command; a command without any: ()")
    )
    attention_sound: str = field(
        default="", metadata=_says("the signal that makes people look up; empty: the first one there is")
    )
    large_type_screen: str = field(
        default="", metadata=_says("the screen of the large-type view; empty: another than the window's")
    )
    second_on: bool = field(
        default=False, metadata=_says("the voice goes to a second device too, such as a call's microphone")
    )
    second_device: OutputDevice = field(default=OutputDevice(), metadata=_says("the second device"))
    second_volume: float = field(
        default=1.0, metadata=_says("linear gain of the second device", low=0.0, high=2.0)
    )
    global_keys: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict,
        metadata=_says("keys that work while another program has the focus, by what they do"),
    )
    opener: str = field(
        default="Hello. I speak by computer. Please give me a moment to type.",
        metadata=_says("what the first button of a call says", longest=40_000),
    )
    strip_on: bool = field(default=False, metadata=_says("the slim strip stands above the other windows"))
    strip_place: tuple[int, ...] = field(
        default=(),
        metadata=_says("where the strip stood: left and top", low=-_MOST_PIXELS, high=_MOST_PIXELS),
    )
    off_record: bool = field(
        default=False,
        metadata=_says("what is typed or spoken is written nowhere, and nothing is learned from it"),
    )
    keep_times: bool = field(default=False, metadata=_says("the history says when something was said"))
    completion: bool = field(default=True, metadata=_says("words are offered while they are typed"))
    completion_announced: bool = field(
        default=False, metadata=_says("a screen reader is told the words that are offered")
    )
    learning: bool = field(
        default=True, metadata=_says("completion learns from what is spoken, on this machine only")
    )
    phrases_shown: bool = field(default=True, metadata=_says("the phrases stand beside the text"))
    phrases_ahead: bool = field(
        default=True, metadata=_says("phrases are made ready in the chosen voice while nothing is spoken")
    )
    phrases_paid: str = field(
        default="",
        metadata=_says("the Fish Audio model and voice whose phrases may be paid for; empty: none"),
    )
    phrases_paid_dollars: float = field(
        default=0.0, metadata=_says("what making them ready may cost at most", low=0.0, high=1000.0)
    )
    abbreviations: bool = field(default=True, metadata=_says("abbreviations are expanded as they are typed"))
    say_markdown: bool = field(default=True, metadata=_says("Markdown's signs are not spoken"))
    say_code: bool = field(default=True, metadata=_says("code is read as a person would read it"))
    say_urls: bool = field(default=True, metadata=_says("web addresses are read as a person would"))
    say_emails: bool = field(default=True, metadata=_says("e-mail addresses are read as a person would"))
    say_emoji: bool = field(default=True, metadata=_says("emoji are named"))
    say_numbers: bool = field(default=True, metadata=_says("numbers are read as a person would"))
    say_units: bool = field(default=True, metadata=_says("units are read in full"))
    window_geometry: str = field(
        default="", metadata=_says("where the window stood, as Qt writes it (base64)")
    )
    window_split: tuple[int, ...] = field(
        default=(), metadata=_says("the heights of transcript and editor", low=0, high=_MOST_PIXELS)
    )
    # what a newer version wrote and this one does not know; saved again as it was
    unknown: Mapping[str, Any] = field(default_factory=dict, repr=False)
    version: int = VERSION
