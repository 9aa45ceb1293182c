"""Options of Fish Audio's speech service that shape how a text sounds, apart from voice and model."""

# annotations are not put off here: as text they would be compiled one by one, at every start
from typing import NamedTuple

from fishcaption.core.speech import Latency


class SynthesisOptions(NamedTuple):
    """Options of one session. The defaults are ours; each limit is that of the service's reference.

    `core.protocol.requests.TTSRequest` checks the limits. Speed and volume are not here: the sound's own are
    used, which act at once and need no new speech.
    """

    latency: Latency = "balanced"
    chunk_length: int = (
        100  # characters of a longer piece said at once, 100 to 300; more make bursts with gaps
    )
    min_chunk_length: int = 50  # 0 to 100
    temperature: float = 0.7  # 0 to 1: how much one rendering differs from another
    top_p: float = 0.7  # 0 to 1
    repetition_penalty: float = 1.2  # 0.1 to 10
    normalize: bool = True  # the service reads numbers and units as words
    normalize_loudness: bool = True
    condition_on_previous_chunks: bool = True  # one text's voice stays the same from part to part
    max_new_tokens: int = 1024  # 1 to 65536
    early_stop_threshold: float = 1.0  # 0 to 1


STANDARD_OPTIONS = SynthesisOptions()
