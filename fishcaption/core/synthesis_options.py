"""Options of Fish Audio's speech service that shape how a text sounds, apart from voice and model."""

# annotations are not put off here: as text they would be compiled one by one, at every start
from collections.abc import Mapping
from typing import Final, NamedTuple

from fishcaption.core.errors import InputError
from fishcaption.core.speech import Latency

LONGEST_DICTIONARY_ID: Final = 128


class SynthesisOptions(NamedTuple):
    """Options of one session. The defaults are ours; each limit is that of the service's reference.

    Speed and volume are not here: the sound's own are used, which act at once and need no new speech. Nor is
    the format: raw samples are asked for, which need no decoding before they sound. The service has no seed;
    a low temperature, and a voice that is kept from part to part, make one rendering like the next.
    """

    latency: Latency = "balanced"
    temperature: float = 0.7  # how much one rendering differs from another
    top_p: float = 0.7
    repetition_penalty: float = 1.2
    chunk_length: int = 100  # characters of a longer piece that are said at once; more make bursts with gaps
    min_chunk_length: int = 50
    normalize: bool = True  # the service reads numbers and units as words
    normalize_loudness: bool = True
    condition_on_previous_chunks: bool = True  # one text's voice stays the same from part to part
    max_new_tokens: int = 1024
    early_stop_threshold: float = 1.0
    dictionary_id: str = ""  # a pronunciation dictionary of the account; our own is not sent then
    dictionary_version: int = 1


STANDARD_OPTIONS: Final = SynthesisOptions()

OPTION_LIMITS: Final[Mapping[str, tuple[float, float]]] = {
    "temperature": (0, 1),
    "top_p": (0, 1),
    "repetition_penalty": (0.1, 10),
    "chunk_length": (100, 300),
    "min_chunk_length": (0, 100),
    "max_new_tokens": (1, 65536),
    "early_stop_threshold": (0, 1),
    "dictionary_version": (1, 1_000_000),
}
"""Least and greatest value of each option that is a number."""


def checked(values: Mapping[str, object]) -> SynthesisOptions:
    """Return the options with these values. Raises InputError for a name, type or value that cannot be."""
    for name, value in values.items():
        standard = getattr(STANDARD_OPTIONS, name, None)
        if name not in SynthesisOptions._fields or not _is_like(value, standard):
            raise InputError(f"There is no option {name[:40]!r} with such a value.")
        low, high = OPTION_LIMITS.get(name, (0, 0))
        if isinstance(value, int | float) and name in OPTION_LIMITS and not low <= value <= high:
            raise InputError(f"{name} must be between {low:g} and {high:g}.")
        if isinstance(value, str) and len(value) > LONGEST_DICTIONARY_ID:
            raise InputError(f"{name} is too long.")
    found = SynthesisOptions(**values)  # type: ignore[arg-type]  # the types were just compared
    if found.latency not in ("low", "balanced", "normal"):
        raise InputError("There is no such latency.")
    return found


def _is_like(value: object, standard: object) -> bool:
    if isinstance(standard, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is type(standard)
