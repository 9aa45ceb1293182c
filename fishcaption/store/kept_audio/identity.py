"""The name of a sound: a digest of everything that shapes it. Volume and speed of listening do not."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, NamedTuple

from fishcaption.core.synthesis_options import STANDARD_OPTIONS, SynthesisOptions

if TYPE_CHECKING:
    from fishcaption.core.protocol.requests import Pronunciation
    from fishcaption.core.speech import Voice

_VERSION: Final = 1  # counts changes of what is sent for the same values
_DIGEST_BYTES: Final = 20


class SoundShape(NamedTuple):
    """Everything but the text that shapes a sound: who says it, and how.

    ``model`` is empty for a voice without models. ``references`` is a digest of the recordings that are sent
    with the text; empty: none.
    """

    voice: Voice
    model: str
    rate: int
    options: SynthesisOptions = STANDARD_OPTIONS
    pronunciations: tuple[Pronunciation, ...] = ()
    references: str = ""

    def identity(self, text: str, before: str = "") -> str:
        """Return the name of the sound of a text as it is sent.

        ``before`` is the sentence's own text in front of it, where it does not begin a sentence. Blanks at
        the ends do not count.
        """
        folded = text.casefold()
        sounds = [tuple(_plain(one)) for one in self.pronunciations if one.key.casefold() in folded]
        parts = (
            _VERSION,
            self.voice.provider,
            self.voice.id,
            self.model,
            self.rate,
            self.options if self.model else STANDARD_OPTIONS,  # an embedded voice has none
            sounds,
            self.references,
            before,
            text.strip(),
        )
        content = json.dumps(parts).encode()
        return blake2b(content, digest_size=_DIGEST_BYTES).hexdigest()


def _plain(one: Pronunciation) -> tuple[str, str, bool]:
    return one.key, one.value, one.case_sensitive
