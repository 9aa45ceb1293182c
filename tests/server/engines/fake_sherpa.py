"""A double of sherpa-onnx 2.0.1 as far as Pocket TTS needs it: the same names, arguments and refusals.

Its sound is a tone as long as the text, so it is heard what it was asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np


@dataclass
class OfflineTtsPocketModelConfig:
    lm_flow: str
    lm_main: str
    encoder: str
    decoder: str
    text_conditioner: str
    vocab_json: str
    token_scores_json: str
    voice_embedding_cache_capacity: int = 50


@dataclass
class OfflineTtsModelConfig:
    pocket: OfflineTtsPocketModelConfig
    num_threads: int = 1
    provider: str = "cpu"


@dataclass
class OfflineTtsConfig:
    model: OfflineTtsModelConfig

    def validate(self) -> bool:
        pocket = self.model.pocket
        return all(Path(name).is_file() for name in vars(pocket).values() if isinstance(name, str))


@dataclass
class GenerationConfig:
    silence_scale: float = 0.2
    speed: float = 1.0
    sid: int = 0
    reference_audio: Any = None
    reference_sample_rate: int = 0
    reference_text: str = ""
    num_steps: int = 5


@dataclass
class GeneratedAudio:
    samples: Any
    sample_rate: int = 24_000


@dataclass
class OfflineTts:
    config: OfflineTtsConfig
    asked: list[tuple[str, GenerationConfig]] = field(default_factory=list)

    def generate(
        self, text: str, config: GenerationConfig, callback: Callable[[Any, float], int] | None = None
    ) -> GeneratedAudio:
        if len(config.reference_audio) == 0 or config.reference_sample_rate <= 0:
            raise ValueError("no reference")
        self.asked.append((text, config))
        made = []
        for place in range(len(text)):
            made.append(0.3 * np.sin(np.arange(round(1200 / config.speed)) / 20, dtype=np.float32))
            if callback is not None and callback(made[-1], place / len(text)) == 0:
                break
        return GeneratedAudio(np.concatenate(made))
