"""The crash boundary of the engine: the one place that catches every exception.

A bug in a voice, in the sound or in the engine itself ends an utterance and never the engine; a bug in a
subscriber ends nothing at all. So each conversation with a voice, each thing the pump and the watch over the
ear do, and each call of a subscriber runs inside a boundary of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fishcaption.core.errors import FishCaptionError

_log = logging.getLogger(__name__)


@contextmanager
def crash_boundary(on_error: Callable[[Exception], None]) -> Iterator[None]:
    """Call `on_error` with the exception that ends the block, if one does; cancelling passes through."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  the crash boundary: nobody is left mute by an exception
        on_error(error)


def error_to_tell(error: Exception) -> FishCaptionError:
    """Return the error if it is one of our tree; log any other, and return what to tell of it."""
    if isinstance(error, FishCaptionError):
        return error
    _log.error("a bug ended an utterance", exc_info=error)
    return FishCaptionError(
        "Something went wrong inside fishcaption, and this text was not spoken to its end.",
        hint="Try it again. If it happens again, please report it.",
    )
