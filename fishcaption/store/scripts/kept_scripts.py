"""Scripts on disk: the one that is open, with the place in it, and those that were open before.

Each is one file, whole at every moment. So a kill costs no edit, and the place is found again. Scripts that
were open before are kept by their names, the newest `MOST_PUT_BY` of them.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from fishcaption.core.errors import StorageError
from fishcaption.store import intact, jsonl
from fishcaption.store.journal import OnError, Writer, WrittenFile
from fishcaption.store.places import data_dir, write_whole
from fishcaption.store.scripts.script_file import CueLine, KeptScript, encoded, head_of, lines_of, read

MOST_PUT_BY: Final = 20


def scripts_dir() -> Path:
    """Return the folder of the scripts."""
    return data_dir() / "scripts"


class KeptScripts:
    """The scripts on disk. Used in one thread; what is kept is on disk soon.

    Off the record nothing is written: what changes meanwhile is written once that is over.
    """

    def __init__(self, folder: Path, on_error: OnError, *, writer: Writer | None = None) -> None:
        self._folder = folder
        self._file = WrittenFile(folder / "open.jsonl", self._write, on_error, writer)
        self._kept: KeptScript | None = None  # replaced, never changed: the writer's thread reads it
        self._put_by: dict[str, KeptScript] = {}  # by name; not written yet, or written by this program
        self._unwritten: set[str] = set()  # names of those that were put by off the record
        self._is_off_record = False
        self._restored: KeptScript | None = None
        # of the writer's thread
        self._lines: dict[int, tuple[CueLine, bytes]] = {}

    @property
    def off_record(self) -> bool:
        """True while nothing is written."""
        return self._is_off_record

    @off_record.setter
    def off_record(self, is_off: bool) -> None:
        has_ended = self._is_off_record and not is_off
        self._is_off_record = is_off
        if has_ended:
            for name in tuple(self._unwritten):
                self._write_put_by(self._put_by[name])
            if self._kept is not None:
                self._file.soon()

    def load(self) -> None:
        """Read the script that was open last; what is wrong is told. A long one takes a second.

        It may be called in any thread, before `restore`.
        """
        kept, told = read(self._file.path)
        if told:
            self._file.tell(StorageError(told))
        self._restored = kept or KeptScript()

    def restore(self) -> KeptScript:
        """Return the script that was open last, as it was loaded; an empty one if there is none."""
        if self._restored is None:
            self.load()
        restored, self._restored = self._restored, None  # it need not stay in memory
        return restored or KeptScript()

    def keep(self, kept: KeptScript) -> None:
        """Have the open script on disk as it is now. Returns at once."""
        self._kept = kept
        if not self._is_off_record:
            self._file.soon()

    def put_by(self, kept: KeptScript) -> None:
        """Keep a script that is no longer open, by its name."""
        if not kept.show.script.cues:
            return
        self._put_by.pop(kept.name, None)
        self._put_by[kept.name] = kept
        while len(self._put_by) > MOST_PUT_BY:
            self._put_by.pop(next(iter(self._put_by)))
        self._write_put_by(kept)

    def find(self, name: str) -> KeptScript | None:
        """Return the script of this name that was open before; None if there is none."""
        if name in self._put_by:
            return self._put_by[name]
        kept, told = read(self._path(name))
        if told:
            self._file.tell(StorageError(told))
        return kept

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until what was kept was written, or failed; False if `timeout` was too short."""
        return self._file.flush(timeout)

    def close(self) -> None:
        """Write what is still to be written; a disk that does not answer is not waited for."""
        self._file.close()

    # -- inside ------------------------------------------------------------------------------------

    def _path(self, name: str) -> Path:
        return self._folder / f"{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:16]}.jsonl"

    def _write_put_by(self, kept: KeptScript) -> None:
        if self._is_off_record:
            self._unwritten.add(kept.name)
            return
        self._unwritten.discard(kept.name)
        path = self._path(kept.name)
        self._file.writer.soon(str(path), partial(self._write_to, path, kept), self._file.tell)

    def _write_to(self, path: Path, kept: KeptScript) -> None:
        """In the writer's thread."""
        write_whole(path, b"".join((jsonl.line_of(head_of(kept)), *map(encoded, lines_of(kept)))))
        self._forget_oldest()

    def _forget_oldest(self) -> None:
        found: list[tuple[float, Path]] = []
        for path in self._folder.glob("*.jsonl"):
            with suppress(OSError):
                if path != self._file.path:
                    found.append((path.stat().st_mtime, path))
        for _, path in sorted(found)[:-MOST_PUT_BY]:
            with suppress(OSError):
                path.unlink()

    def _write(self) -> None:
        """In the writer's thread: only lines that are others are made anew."""
        kept = self._kept
        if kept is None:
            return
        old, new = self._lines, dict[int, tuple[CueLine, bytes]]()
        for line in lines_of(kept):
            known = old.get(line.cue.id)
            new[line.cue.id] = known if known is not None and known[0] == line else (line, encoded(line))
        write_whole(
            self._file.path, b"".join((jsonl.line_of(head_of(kept)), *(text for _, text in new.values())))
        )
        self._lines = new
        here = {line.cue.text for line, _ in new.values()}
        gone = [line.cue.text for line, _ in old.values() if line.cue.text not in here]
        if gone:  # what the user deletes is gone from what was kept of it before, too
            before = self._path(kept.name)
            intact.strike((*intact.asides(self._file.path), *([before] if before.exists() else ())), gone)
