"""What may be asked for, and how it is written on the wire."""

from __future__ import annotations

import math
from typing import Any

import pytest

from fishcaption.core.errors import InputError
from fishcaption.core.protocol.frames import pack, unpack
from fishcaption.core.protocol.requests import (
    DEFAULT_RATES,
    RATES,
    DictionaryVersion,
    Pronunciation,
    Reference,
    TTSRequest,
)


@pytest.mark.parametrize(
    "values",
    [
        {"temperature": 1.1},
        {"temperature": math.nan},
        {"top_p": -0.1},
        {"speed": 0.4},
        {"speed": 2.1},
        {"volume": 21},
        {"chunk_length": 99},
        {"chunk_length": 301},
        {"min_chunk_length": 101},
        {"max_new_tokens": 0},
        {"repetition_penalty": math.inf},
        {"early_stop_threshold": 2},
        {"format": "flac"},
        {"latency": "fast"},
        {"mp3_bitrate": 127},
        {"opus_bitrate": 32},
        {"format": "pcm", "sample_rate": 22050},
        {"format": "mp3", "sample_rate": 24000},
        {"format": "opus", "sample_rate": 44100},
        {"pronunciation_dictionary": ((),) * 4},
        {"pronunciation_dictionary": ((Pronunciation("a", "b"),), DictionaryVersion("x", 1))},
        {"pronunciation_dictionary": ((Pronunciation("", "b"),),)},
        {"pronunciation_dictionary": ((Pronunciation("a", "b" * 1025),),)},
        {"pronunciation_dictionary": ((Pronunciation("a", "b"),) * 5001,)},
    ],
)
def test_what_the_service_would_refuse_we_refuse(values: dict[str, Any]) -> None:
    """In plain words, before a connection is made."""
    with pytest.raises(InputError) as caught:
        TTSRequest(**values)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("form", RATES)
def test_every_documented_rate_is_taken(form: Any) -> None:
    """Each format at each of its rates, and at its own default."""
    for rate in RATES[form]:
        assert TTSRequest(format=form, sample_rate=rate).rate == rate
    assert TTSRequest(format=form).rate == DEFAULT_RATES[form]


def test_the_wire_says_what_documents_disagree_on_and_what_was_chosen() -> None:
    """The service's defaults for latency and chunk length are told in two ways, so they are always sent."""
    assert TTSRequest().to_wire() == {
        "text": "",
        "format": "mp3",
        "sample_rate": 44100,
        "latency": "normal",
        "chunk_length": 300,
    }
    full = TTSRequest(
        text="hi",
        reference_id=("a", "b"),
        references=(Reference(b"RIFF", "one two"),),
        temperature=0.5,
        top_p=0.6,
        speed=1.5,
        volume=-3,
        normalize_loudness=False,
        chunk_length=100,
        min_chunk_length=10,
        normalize=False,
        format="opus",
        mp3_bitrate=64,
        opus_bitrate=64000,
        latency="low",
        max_new_tokens=10,
        repetition_penalty=1.0,
        condition_on_previous_chunks=False,
        early_stop_threshold=0.5,
        features=("quality-guard",),
        pronunciation_dictionary=((Pronunciation("SQL", "sequel", True),),),
    )
    assert unpack(pack({"event": "start", "request": full.to_wire()}))["request"] == {
        "text": "hi",
        "reference_id": ["a", "b"],
        "references": [{"audio": b"RIFF", "text": "one two"}],
        "temperature": 0.5,
        "top_p": 0.6,
        "prosody": {"speed": 1.5, "volume": -3, "normalize_loudness": False},
        "chunk_length": 100,
        "min_chunk_length": 10,
        "normalize": False,
        "format": "opus",
        "sample_rate": 48000,
        "mp3_bitrate": 64,
        "opus_bitrate": 64000,
        "latency": "low",
        "max_new_tokens": 10,
        "repetition_penalty": 1.0,
        "condition_on_previous_chunks": False,
        "early_stop_threshold": 0.5,
        "features": ["quality-guard"],
        "pronunciation_dictionary": [{"items": [{"key": "SQL", "value": "sequel", "case_sensitive": True}]}],
    }
    kept = TTSRequest(pronunciation_dictionary=(DictionaryVersion("d", 2),)).to_wire()
    assert kept["pronunciation_dictionary"] == [{"id": "d", "version": 2}]
