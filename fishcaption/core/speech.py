"""Values that the reader, the voices and the sound exchange: frozen, without behaviour.

The shown text and the spoken text may differ ("3 kg", "three kilograms"). Positions in values that go to a
voice and come from it (Piece, WordTime, Covered) are code points of the *spoken* text, which is all pieces,
verbatim. Positions in views are code points of the *shown* text. Positions in audio are frames of the
utterance's own audio, counted from its first frame, at the voice's rate.
"""

# annotations are not put off here: as text they would be compiled one by one, at every start
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal, NamedTuple

from fishcaption.core.errors import FishCaptionError

Provider = Literal["embedded", "fish"]

Family = Literal["s2", "s1", "embedded"]
"""The form of the marks that a voice acts on: ``[marks]`` (S2 and later), ``(marks)`` (S1), or, for an
embedded engine, ``[marks](/…/)``."""

Latency = Literal["low", "normal", "balanced"]
"""The service's trade-off between a fast first sound and a good one."""


class Span(NamedTuple):
    """The half-open stretch [start, end) of a text, in code points."""

    start: int
    end: int


class VoiceKind(NamedTuple):
    """Properties of all voices of one provider; a new provider is one more value in `VOICE_KINDS`.

    ``rate`` is in frames a second; the device is opened with it, so that nothing is resampled. ``family``
    tells which marks the voices act on; None if that depends on the model.
    """

    provider: Provider
    name: str  # as users know it
    rate: int
    is_remote: bool  # a network is needed, and may be missing
    needs_key: bool
    has_models: bool  # the user chooses a model, and each has its price
    has_unnamed_default: bool  # a voice without an id is a voice of its own, not one to be looked up
    prefix: str  # of a voice's id on the command line
    family: Family | None


EMBEDDED = VoiceKind(
    "embedded",
    "this computer",
    rate=24_000,
    is_remote=False,
    needs_key=False,
    has_models=False,
    has_unnamed_default=False,
    prefix="",
    family="embedded",
)
FISH = VoiceKind(
    "fish",
    "Fish Audio",
    rate=44_100,
    is_remote=True,
    needs_key=True,
    has_models=True,
    has_unnamed_default=True,
    prefix="fish:",
    family=None,
)

VOICE_KINDS: Mapping[str, VoiceKind] = {kind.provider: kind for kind in (EMBEDDED, FISH)}
"""Kinds of voices by provider, which is the name in settings and other files."""


TAKES_PREFIX = "takes:"
"""Begins the id of a Fish Audio voice that is kept nowhere: the user's recordings travel with the text."""


# a dataclass: Qt turns a tuple that is an item's data into a list
@dataclass(frozen=True, slots=True)
class Voice:
    """A voice that the user can choose.

    ``id`` is the ``reference_id`` of the provider's protocol; empty for the provider's default voice.
    """

    provider: Provider
    id: str
    name: str
    languages: tuple[str, ...] = ()

    @property
    def takes(self) -> str:
        """The collection of recordings that it is imitated from; empty: it is a voice with an id."""
        return self.id.removeprefix(TAKES_PREFIX) if self.id.startswith(TAKES_PREFIX) else ""

    @property
    def kind(self) -> VoiceKind:
        """The properties that all voices of its provider share."""
        return VOICE_KINDS[self.provider]


class Manner(NamedTuple):
    """The way in which a voice says a text, where that is not as it says all others.

    ``style`` is an expression tag, empty for none; None: that of all texts. ``gain`` (above 0.0, up to 4.0)
    and ``pace`` (0.1 to 6.0) are factors to the volume and the speed of listening.
    """

    style: str | None = None
    gain: float = 1.0
    pace: float = 1.0


class Piece(NamedTuple):
    """Text between two flushes. ``start`` is its place in the utterance's spoken text."""

    start: int
    text: str


class Sound(NamedTuple):
    """The next audio of the utterance: whole int16 little-endian mono frames, never empty."""

    pcm: bytes


class WordTime(NamedTuple):
    """One word's place in the spoken text, and its frames [start_frame, end_frame)."""

    span: Span
    start_frame: int
    end_frame: int


class Aligned(NamedTuple):
    """Exact times of words; each replaces the time that was known of the same span."""

    words: tuple[WordTime, ...]


class Covered(NamedTuple):
    """The audio of all text before ``end`` ends before ``frame``: exact, known at a ``finish``."""

    end: int
    frame: int


Delivery = Sound | Aligned | Covered


class Rendered(NamedTuple):
    """Sound that was made ahead: whole int16 little-endian mono frames, and the times of its words.

    The words are places in the text that is shown with it; empty if the shown text differs from the sound.
    """

    voice: Voice
    rate: int
    pcm: bytes
    words: tuple[WordTime, ...] = ()


class Heard(NamedTuple):
    """The last frame that was heard: the clip, and the frame in it (source frames). Only grows, as a pair."""

    clip: int
    frame: int


class PlayerState(NamedTuple):
    """State of the sound: the name of the device that plays ("" for none), and the error, if any.

    ``silent`` is true if the machine's clock replaces the device: captions run, but nobody hears anything.
    """

    device: str
    open: bool
    error: FishCaptionError | None
    silent: bool = False

    @property
    def is_waiting(self) -> bool:
        """True if the sound waits until there is a device for it."""
        return self.error is not None and not self.open and not self.silent


class State(Enum):
    """State of the reader, in one word."""

    IDLE = "idle"
    CONNECTING = "connecting"
    SPEAKING = "speaking"
    PAUSED = "paused"
    FAILED = "failed"


class Fate(Enum):
    """Fate of an utterance."""

    WAITING = "waiting"  # in the queue
    SPEAKING = "speaking"  # given to the voice; heard up to `heard_end`
    HEARD = "heard"
    SHOWN = "shown"  # it ran to its end without a sound device: from `shown_from` on nobody heard it
    CUT = "cut"  # stopped at `heard_end`
    FAILED = "failed"  # an error ended it; the text is kept and can be spoken again


class UtteranceView(NamedTuple):
    """One utterance as it is shown. All positions are code points of ``text``."""

    id: int
    text: str
    live: bool  # still being typed or piped: text may be appended, and changed from `fixed_end` on
    fate: Fate
    sent_end: int  # text before this has been given to the voice
    heard_end: int  # text before this has been heard, or ran without sound
    word: Span | None  # the word that is heard now
    error: FishCaptionError | None
    fixed_end: int = 0  # text before this can no longer be changed: it was heard, or is in the device
    voice: Voice | None = None  # who speaks it, or spoke it last
    language: str = "en"  # the two-letter code by whose rules its sentences end
    shown_from: int | None = None  # text from here on ran without sound; None: what ran was heard

    @property
    def sounded_end(self) -> int:
        """Text before this was heard by somebody, as far as is known."""
        return self.heard_end if self.shown_from is None else min(self.heard_end, self.shown_from)


class Snapshot(NamedTuple):
    """Everything that a window shows about speaking."""

    state: State
    voice: Voice | None  # who is speaking, or would speak next
    current: UtteranceView | None  # the utterance that is heard, or the last one
    waiting: tuple[int, ...]  # ids still in the queue
    unheard_seconds: float
    error: FishCaptionError | None  # of the last utterance, until the next command
    player: PlayerState
    behind_seconds: float = 0.0  # sound still to be heard of all text so far; partly estimated; at speed 1
