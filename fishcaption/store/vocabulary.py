"""The user's vocabulary: abbreviations, replacements, and the words that completion has learned.

The first two are the user's own work, in one JSON file that can be exported and imported; entries that cannot
be used are left out and counted, and the file as it was is kept aside. Learned words are in a file of their
own, so that they can be erased with it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from fishcaption.core.bounded_json import parsed
from fishcaption.core.errors import InputError, StorageError
from fishcaption.core.normalization.rules import Replacement
from fishcaption.core.vocabulary.abbreviations import Abbreviations
from fishcaption.core.vocabulary.completion import Completion
from fishcaption.store import intact
from fishcaption.store.journal import OnError, Writer, WrittenFile
from fishcaption.store.places import data_dir, write_whole

_LEARNED_AFTER_SECONDS = 2.0  # what was learned in a lively talk is written once
_MOST = 5000  # abbreviations, and replacements; Fish Audio takes as many
_MOST_BYTES = 16 << 20
_WHAT = "Your abbreviations and replacements"


def vocabulary_path() -> Path:
    """Return the file of abbreviations and replacements."""
    return data_dir() / "wording.json"


def learned_path() -> Path:
    """Return the file of what completion has learned."""
    return data_dir() / "learned.json"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The user's abbreviations ("brb": "be right back"), and the replacements of words, in their order."""

    abbreviations: Mapping[str, str] = field(default_factory=dict)
    replacements: tuple[Replacement, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadedVocabulary:
    """A file's vocabulary, how many of its entries could not be used, and the sentence that tells of them."""

    vocabulary: Vocabulary
    left_out: int = 0
    told: str = field(default="", compare=False)


def load(path: Path) -> LoadedVocabulary:
    """Read the file. Never raises; if something has to be left out, the file as it was is kept aside."""
    content, told = intact.read(path, _WHAT, _MOST_BYTES)
    if content is None:
        return LoadedVocabulary(Vocabulary(), int(bool(told)), told)
    try:
        loaded = imported(content.decode("utf-8", "replace"))
    except InputError:
        return LoadedVocabulary(Vocabulary(), 1, f"{_WHAT} could not be read. {intact.put_aside(path)}")
    if not loaded.left_out:
        return loaded
    told = f"{_WHAT} could not be read in part. {intact.copy_aside(path, content)}"
    return LoadedVocabulary(loaded.vocabulary, loaded.left_out, told)


def save(path: Path, vocabulary: Vocabulary) -> None:
    """Write the file; it is whole at every moment. Blocks on the disk. Raises StorageError."""
    write_whole(path, exported(vocabulary).encode("utf-8", "replace"))


def exported(vocabulary: Vocabulary) -> str:
    """Return the vocabulary as the text of a file, which `imported` reads."""
    content = {
        "version": 1,
        "abbreviations": dict(vocabulary.abbreviations),
        "replacements": [asdict(entry) for entry in vocabulary.replacements],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def imported(text: str) -> LoadedVocabulary:
    """Return the entries of such a text that can be used; of two for the same word, the first.

    Raises InputError for a text that is no such file.
    """
    try:
        content = parsed(text)
    except InputError:
        content = None
    if not isinstance(content, dict) or not content.keys() & {"abbreviations", "replacements"}:
        raise InputError(
            "This file holds no abbreviations or replacements of fishcaption.",
            hint="Choose one that was exported from there.",
        )
    table, replacements = content.get("abbreviations", {}), content.get("replacements", [])
    left_out = (not isinstance(table, dict)) + (not isinstance(replacements, list))
    shorts = list(table.items()) if isinstance(table, dict) else []
    raws = replacements if isinstance(replacements, list) else []
    left_out += max(0, len(shorts) - _MOST) + max(0, len(raws) - _MOST)
    good: dict[str, str] = {}
    for short, long in shorts[:_MOST]:
        try:
            good |= Abbreviations({short: _text(long)}).table
        except (InputError, TypeError):
            left_out += 1
    found: dict[Any, Replacement] = {}
    for raw in raws[:_MOST]:
        try:
            entry = _replacement(raw)
        except (InputError, TypeError):
            left_out += 1
        else:
            left_out += entry.word in found
            found.setdefault(entry.word, entry)
    return LoadedVocabulary(Vocabulary(good, tuple(found.values())), left_out)


def _replacement(raw: Any) -> Replacement:
    if not isinstance(raw, dict):
        raise TypeError(raw)
    known = {entry.name: entry.default for entry in fields(Replacement)}
    for name in raw.keys() & known:
        if type(raw[name]) is not (bool if isinstance(known[name], bool) else str):
            raise TypeError(name)
    return Replacement(**{name: raw[name] for name in raw.keys() & known})


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise TypeError(raw)
    return raw


class Learned:
    """The words of completion, in memory and on disk. Used in one thread; `load` may be called in any, once.

    It is the `Words` of `ui.speak.completion`: before it is loaded it offers nothing and learns nothing.
    """

    def __init__(
        self,
        path: Path,
        on_error: OnError | None = None,
        *,
        language: str = "en",
        writer: Writer | None = None,
    ) -> None:
        self._file = WrittenFile(path, self._write, on_error, writer)
        self._language = language
        self._lock = threading.Lock()  # the writer copies what was learned, nobody changes it meanwhile
        self._completion: Completion | None = None

    def load(self) -> None:
        """Read the file; one that cannot be used is put aside and told of, and completion begins anew."""
        completion = Completion(self._language)
        what = "What completion has learned"
        content, told = intact.read(self._file.path, what)
        if content is not None:
            try:
                value = parsed(content)
                completion = Completion.from_json(value, self._language)
            except InputError:
                told = f"{what} could not be read. {intact.put_aside(self._file.path)}"
            else:
                if len(completion) < len(value["words"]):
                    told = f"{what} could not be read in part. {intact.copy_aside(self._file.path, content)}"
        with self._lock:
            self._completion = completion
        self.use(self._language)  # it may have become another meanwhile
        if told:
            self._file.tell(StorageError(told))

    def use(self, language: str) -> None:
        """Offer this language's words from now on, beside what was learned."""
        self._language = language
        with self._lock:
            known = self._completion
            if known is not None and known.language != language:
                self._completion = Completion.from_json(known.to_json(), language)

    def __len__(self) -> int:
        """Return the number of learned words."""
        return 0 if self._completion is None else len(self._completion)

    def suggestions(self, text_before_cursor: str, count: int = 3) -> tuple[str, ...]:
        """See `core.vocabulary.completion.Completion.suggestions`."""
        if self._completion is None:
            return ()
        return self._completion.suggestions(text_before_cursor, count)

    def learn(self, text: str) -> None:
        """Learn the words of what the user has said."""
        self._change(lambda completion: completion.learn(text))

    def forget(self, text: str) -> None:
        """Take back what the text has taught; a single word is never offered again."""
        self._change(lambda completion: completion.forget(text))

    def erase(self) -> None:
        """Forget all that was learned, here and on disk. Raises StorageError if it stays on disk."""
        if self._completion is not None:
            with self._lock:
                self._completion.erase()
        try:
            self._file.path.unlink(missing_ok=True)
        except OSError as exc:
            raise StorageError(f"{self._file.path} could not be deleted: {exc.strerror or exc}.") from exc
        intact.forget(self._file.path)
        if self._completion is not None:  # a write that had begun may have come after that
            self._file.soon()

    def close(self) -> None:
        """Write what is still to be written."""
        self._file.close(settles=False)

    def _change(self, act: Callable[[Completion], None]) -> None:
        if self._completion is None:
            return
        with self._lock:
            act(self._completion)
        self._file.soon(after=_LEARNED_AFTER_SECONDS)

    def _write(self) -> None:
        """In the writer's thread."""
        assert self._completion is not None
        with self._lock:
            value = self._completion.to_json()
        write_whole(self._file.path, json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
