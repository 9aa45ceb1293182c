"""Texts that wait: drafts that are held ("hold that thought"), and what the voice was given, unheard yet.

A text that leaves one of these files becomes the draft, or has been heard. It stays on disk for a moment
longer, until the draft certainly is: if the program is killed in between, a text may come back twice, but
none is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from fishcaption.core.errors import InputError, StorageError
from fishcaption.core.subscribers import Subscribers
from fishcaption.store import intact
from fishcaption.store import jsonl as lines
from fishcaption.store.journal import OnError, Writer, WrittenFile
from fishcaption.store.places import data_dir, write_whole

# The draft is given to the writer within 150 ms of a change, and the writer keeps the order; on a machine
# that is very busy later.
LINGER_SECONDS = 2.0
_MOST = 1000  # texts that are read; nobody holds so many


def held_texts_path() -> Path:
    """Return the file of the held texts."""
    return data_dir() / "parked.jsonl"


def unheard_path() -> Path:
    """Return the file of what was given to the voice and not heard to its end."""
    return data_dir() / "unheard.jsonl"


class HeldText(NamedTuple):
    """A text that waits. `is_unheard`: the program ended before it had been spoken to its end."""

    id: int  # unique among those that are held
    text: str
    is_unheard: bool = False


class _LingeringTexts:
    """A file of numbered texts; those that left it less than `LINGER_SECONDS` ago still stand there."""

    def __init__(
        self,
        path: Path,
        what: str,
        on_error: OnError | None,
        writer: Writer | None,
        *,
        asides: Callable[[], Iterable[Path]],
    ) -> None:
        """``what`` it is to the user begins what is told of it. What leaves the file leaves `asides` too."""
        self._file = WrittenFile(path, self._write, on_error, writer)
        self._what = what
        # replaced, never changed: the writer's thread reads them
        self._texts: tuple[HeldText, ...] = ()
        self._gone: tuple[tuple[float, HeldText], ...] = ()  # until when each still stands in the file
        self._has_damage = False  # what is read is not what stands in the file
        self._asides = asides

    def read(self) -> tuple[list[HeldText], int]:
        """Return the texts of the file, the newest if there are too many, and how many lines were no text.

        Of a file with such lines a copy is kept aside, and `on_error` is told.
        """
        raws, bad, told = lines.read(self._file.path, self._what, _has_words)
        found = [
            HeldText(number, raw["text"], raw.get("unheard") is True)
            for number, raw in enumerate(raws[-_MOST:], 1)
        ]
        if len(raws) > _MOST:
            bad += len(raws) - _MOST
            told = told or f"{self._what} are too many. {intact.put_aside(self._file.path)}"
        if told:
            self._file.tell(StorageError(told))
        self._has_damage = bool(bad)
        return found, bad

    def start(self, texts: Sequence[HeldText]) -> None:
        """Begin with the texts that were read from the file; a damaged file is written anew."""
        self._texts = tuple(texts)
        if self._has_damage:
            self._file.soon()

    def put(self, texts: Sequence[HeldText]) -> None:
        """Have these texts from now on: new ones are on disk soon, those that left go a little later."""
        now = monotonic()
        left, here = set(texts), set(self._texts)
        gone = tuple(text for text in self._texts if text not in left)
        until = now + LINGER_SECONDS
        self._gone = (
            *((end, text) for end, text in self._gone if end > now and text not in left),
            *((until, text) for text in gone),
        )
        self._texts = tuple(texts)
        if left - here or not gone:
            self._file.soon()
        if gone:
            self._file.soon(after=LINGER_SECONDS)

    def close(self, *, settled: bool) -> None:
        """Write what is to be written. With `settled`, what left is safe elsewhere: the file forgets it."""
        if settled and self._gone:
            self._gone = tuple((0.0, text) for _, text in self._gone)
            self._file.soon()
        self._file.close()

    def _write(self) -> None:
        """In the writer's thread."""
        now = monotonic()
        texts = [*(text for end, text in self._gone if end > now), *self._texts]
        write_whole(self._file.path, lines.encoded(map(_plain, texts)))
        still = {text.text for text in texts}
        left = [text.text for end, text in self._gone if end <= now and text.text not in still]
        intact.strike(self._asides(), left)


class HeldTexts:
    """The held texts, the newest first. Used in one thread; the first use reads the file."""

    def __init__(self, path: Path, on_error: OnError | None = None, *, writer: Writer | None = None) -> None:
        self.mended = 0  # lines that could not be read, known after the first use
        asides = partial(intact.asides_in, path.parent)  # it may have come here from the draft, or unheard
        self._file = _LingeringTexts(path, "Your held texts", on_error, writer, asides=asides)
        self._texts: list[HeldText] | None = None  # oldest first
        self._next_id = 1
        self._is_off_record = False
        self._unwritten: set[int] = set()  # that were held off the record
        self._subscribers: Subscribers[[]] = Subscribers()

    @property
    def off_record(self) -> bool:
        """True while what is held stays in memory only; it is written once that is over."""
        return self._is_off_record

    @off_record.setter
    def off_record(self, is_off: bool) -> None:
        self._is_off_record = is_off
        if not is_off and self._unwritten:
            self._unwritten.clear()
            self._write()

    def hold(self, text: str, *, is_unheard: bool = False) -> HeldText:
        """Hold this text; it is on disk soon. Raises InputError for an empty one."""
        if not text.strip():
            raise InputError("There is nothing to hold: the text is empty.")
        texts = self._loaded()
        held = HeldText(self._next_id, text, is_unheard)
        self._next_id += 1
        texts.append(held)
        if self._is_off_record:
            self._unwritten.add(held.id)
        self._changed()
        return held

    def texts(self) -> tuple[HeldText, ...]:
        """Return all of them, the newest first."""
        return tuple(reversed(self._loaded()))

    def take(self, number: int) -> str:
        """Return the text of this id, which becomes the draft and is held no more. Raises KeyError."""
        text = next((entry.text for entry in self._loaded() if entry.id == number), None)
        if text is None:
            raise KeyError(number)
        self.remove(number)
        return text

    def remove(self, number: int) -> None:
        """Forget the text of this id; one that is gone is no error."""
        texts = self._loaded()
        left = [entry for entry in texts if entry.id != number]
        if len(left) != len(texts):
            self._texts = left
            self._changed()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when a text has come or gone; the returned function ends that."""
        return self._subscribers.add(callback)

    def close(self) -> None:
        """Write what is still to be written; the draft is on disk by now."""
        self._file.close(settled=True)

    def _loaded(self) -> list[HeldText]:
        if self._texts is None:
            self._texts, self.mended = self._file.read()
            self._next_id = len(self._texts) + 1
            self._file.start(self._texts)
        return self._texts

    def _write(self) -> None:
        self._file.put([entry for entry in self._loaded() if entry.id not in self._unwritten])

    def _changed(self) -> None:
        self._write()
        self._subscribers.tell()


class Unheard:
    """The file of what was given to the voice and has not been heard to its end.

    Off the record nothing is written, and what was written is taken away.
    """

    def __init__(self, path: Path, on_error: OnError | None = None, *, writer: Writer | None = None) -> None:
        self._is_off_record = False
        what = "What was not heard when the program ended"
        # what leaves this file was heard, or is held from now on: it is not deleted
        self._file = _LingeringTexts(path, what, on_error, writer, asides=tuple)
        self._kept: tuple[tuple[int, str], ...] | None = None  # None: the file was not read yet
        self._restored: tuple[str, ...] = ()

    @property
    def off_record(self) -> bool:
        """True while nothing is written."""
        return self._is_off_record

    @off_record.setter
    def off_record(self, is_off: bool) -> None:
        self._is_off_record = is_off
        if is_off and self._kept:
            self.keep(())

    def restore(self) -> tuple[str, ...]:
        """Return what was not heard when the program ended last, in the order in which it was given.

        It stays on disk until the next `keep`: before that, what is restored must be kept elsewhere.
        """
        if self._kept is None:
            found, _ = self._file.read()
            self._file.start(found)
            self._restored = tuple(entry.text for entry in found)
            self._kept = tuple((-entry.id, entry.text) for entry in found)
        return self._restored

    def keep(self, texts: Sequence[tuple[int, str]]) -> None:
        """Keep these utterances (number, from 1, and text), not fully heard now. Cheap if nothing changed."""
        self.restore()
        kept = () if self._is_off_record else tuple(texts)
        if kept != self._kept:
            self._kept = kept
            self._file.put([HeldText(-number, text, is_unheard=True) for number, text in kept])

    def close(self) -> None:
        """Empty the file: the program ends as it should, and nothing waits to be heard any more."""
        self.keep(())
        self._file.close(settled=True)


def _has_words(entry: Mapping[str, Any]) -> bool:
    return lines.has_text(entry) and bool(entry["text"].strip())


def _plain(held: HeldText) -> dict[str, Any]:
    return {"text": held.text, "unheard": True} if held.is_unheard else {"text": held.text}
