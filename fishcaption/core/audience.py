"""Values of captions for an audience that settings hold: how they are laid out, and where they go."""

# annotations are not put off here: as text they would be compiled one by one, at every start
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

Mode = Literal["pop-on", "word", "roll-up"]
"""The way in which an outlet reveals a caption: whole with its first word; word by word; or word by word with
the lines before it still in sight, as live captions on television."""


class Layout(NamedTuple):
    """The room that an outlet has for a caption: at most ``lines`` lines of at most ``columns`` columns.

    A column is a Latin letter wide. Chinese, Japanese and Korean characters take two, so 32 to 42 columns
    have 16 to 21 of them, which is what is usual there: see `core.cues.columns`.
    """

    columns: int
    lines: int


TWO_LINES: Final = Layout(42, 2)
"""Two lines of 42 columns (Netflix); halls and CEA-608 take 32 (DCMP)."""


class HeardPart(NamedTuple):
    """Sound that was heard without a break, for outlets that record it.

    ``pcm`` is 16-bit frames of one channel, ``rate`` of which are a second of the voice; they were heard
    ``speed`` times as fast, the first of them at ``moment`` of `time.perf_counter`.
    """

    moment: float
    rate: int
    speed: float
    pcm: bytes


class OutletConfig(NamedTuple):
    """One outlet as the user has set it up. Secrets are not in it: they are in the keyring, by ``id``.

    ``kind`` is that of an entry in `captions.outlets.AUDIENCE_OUTLETS`, and ``options`` are the values of its
    options. ``delay_seconds`` (0 to 60) is how much later than the voice it shows captions, for a stream that
    is behind.
    """

    id: str
    kind: str
    name: str
    is_on: bool = False
    layout: Layout = TWO_LINES
    mode: Mode = "pop-on"
    delay_seconds: float = 0.0
    options: Mapping[str, str] = {}
