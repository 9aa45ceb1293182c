"""Audio that a new engine is given again: all that was not surely heard, and nothing of what was cut away."""

from __future__ import annotations

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from fishcaption.audio.clips import Clip, UnheardAudio
from fishcaption.core.speech import Heard

RATE = 100


def frames(count: int, first: int = 0) -> bytes:
    """Frames that hold their own number."""
    return b"".join(number.to_bytes(2, "little") for number in range(first, first + count))


@given(st.lists(st.integers(1, 50), min_size=1, max_size=20), st.integers(0, 1000), st.integers(0, 300))
def test_it_goes_on_at_the_very_frame(chunks: list[int], heard: int, forgotten: int) -> None:
    """However it was written, and whatever was forgotten of what was heard."""
    audio, clip = UnheardAudio(), Clip(1, RATE)
    audio.begin(clip)
    written = 0
    for count in chunks:
        audio.add(1, written, frames(count, written))
        written += count
    heard = min(heard, written)
    audio.forget(Heard(1, min(heard, forgotten)), kept_seconds=0.0)
    ((found, first, parts),) = audio.since(Heard(1, heard))
    assert (found, first) == (clip, heard)
    assert b"".join(parts) == frames(written - heard, heard)


def test_what_is_over_is_forgotten_and_later_clips_begin_at_their_start() -> None:
    audio = UnheardAudio()
    for number in (1, 2, 3):
        audio.begin(Clip(number, RATE, written=10))
        audio.add(number, 0, frames(10))
    audio.forget(Heard(2, 4), kept_seconds=0.0)
    assert [(clip.number, first) for clip, first, _ in audio.since(Heard(2, 4))] == [(2, 4), (3, 0)]
    audio.drop_after(2)
    assert [clip.number for clip, _, _ in audio.since(Heard(2, 4))] == [2]
    assert audio.clip(3) is None
    audio.clear()
    assert audio.is_empty
    assert not list(chain(audio.since(Heard(0, 0))))


def test_some_of_what_was_heard_is_kept() -> None:
    """The engine that died may not have told of its last word."""
    audio, clip = UnheardAudio(), Clip(1, RATE)
    audio.begin(clip)
    for first in range(0, 200, 10):
        audio.add(1, first, frames(10, first))
    audio.forget(Heard(1, 150), kept_seconds=0.5)
    ((_, _, parts),) = audio.since(Heard(1, 100))
    assert b"".join(parts) == frames(100, 100)
