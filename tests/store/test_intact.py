"""Nothing is lost by being read, nothing is written over what could not be, and what is deleted is gone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fishcaption.core.errors import StorageError
from fishcaption.core.speech import Fate
from fishcaption.store import intact, phrases, settings_file, speech_rates, vocabulary
from fishcaption.store.held_texts import HeldTexts, Unheard
from fishcaption.store.history import History
from fishcaption.store.journal import Journal
from fishcaption.store.places import append_whole, write_whole
from fishcaption.store.settings import Settings
from fishcaption.store.vocabulary import Learned, Vocabulary

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
pytestmark = posix_only


# -- each store, as the program uses it -------------------------------------------------------------------


def _history(path: Path, told: list[str]) -> None:
    history = History(path, lambda error: told.append(str(error)))
    history.add("new", 3, Fate.HEARD)
    history.close()


def _parked(path: Path, told: list[str]) -> None:
    parked = HeldTexts(path, lambda error: told.append(str(error)))
    parked.hold("new")
    parked.close()


def _unheard(path: Path, told: list[str]) -> None:
    unheard = Unheard(path, lambda error: told.append(str(error)))
    unheard.restore()
    unheard.keep([(1, "new")])
    unheard.close()


def _draft(path: Path, told: list[str]) -> None:
    journal = Journal(path, lambda error: told.append(str(error)))
    journal.restore()
    journal.keep("new")
    journal.close()


def _learned(path: Path, told: list[str]) -> None:
    known = Learned(path, lambda error: told.append(str(error)))
    known.load()
    known.learn("Zanzibar is new. Zanzibar is new.")
    known.close()


def _settings(path: Path, told: list[str]) -> None:
    told += settings_file.load(path).mended
    _saved(told, lambda: settings_file.save(path, Settings(speed=1.5)))


def _vocabulary(path: Path, told: list[str]) -> None:
    told += filter(None, [vocabulary.load(path).told])
    _saved(told, lambda: vocabulary.save(path, Vocabulary({"brb": "be right back"})))


def _phrases(path: Path, told: list[str]) -> None:
    loaded = phrases.load(path)
    told += loaded.mended
    _saved(told, lambda: phrases.save(path, loaded.bank))


def _speech_rates(path: Path, told: list[str]) -> None:
    speech_rates.load(path, told.append)
    _saved(told, lambda: speech_rates.save(path, {"a": (1.0,)}))


def _saved(told: list[str], save: Callable[[], None]) -> None:
    try:
        save()
    except StorageError as error:
        told.append(str(error))


STORES = [_history, _parked, _unheard, _draft, _learned, _settings, _vocabulary, _phrases, _speech_rates]
Store = Callable[[Path, list[str]], None]


def _content(path: Path) -> list[bytes]:
    return [file.read_bytes() for file in path.parent.iterdir() if file.is_file()]


# -- what cannot be read ----------------------------------------------------------------------------------


@pytest.fixture(params=["folder", "pipe", "loop", "too large"])
def obstacle(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Something that stands in a file's place and cannot be read as one, for root neither."""
    path = tmp_path / "kept"
    match request.param:
        case "folder":
            path.mkdir()
            (path / "inside").write_text("old")
        case "pipe":
            os.mkfifo(path)
        case "loop":
            path.symlink_to("kept")
        case _:
            with path.open("wb") as file:
                file.truncate(intact.MOST_BYTES + 1)
    return path


@pytest.mark.parametrize("store", STORES)
def test_what_cannot_be_read_is_put_aside_told_and_the_program_goes_on(store: Store, obstacle: Path) -> None:
    before = obstacle.lstat()
    told: list[str] = []
    store(obstacle, told)
    aside = obstacle.with_name("kept.broken").lstat()
    assert (aside.st_ino, aside.st_size) == (before.st_ino, before.st_size)
    assert any("kept.broken" in words for words in told)
    assert obstacle.is_file(), "what is new is saved in its place"
    told.clear()
    store(obstacle, told)
    assert told == []


OTHER_USER = 65534

AS_ANOTHER = """
import os, sys
from pathlib import Path
from tests.store import test_intact
path = Path(sys.argv[1])
told = []
os.setgid(int(sys.argv[3])), os.setuid(int(sys.argv[3]))
getattr(test_intact, sys.argv[2])(path, told)
print("\\n".join(told))
"""


def _as_another(path: Path, store: Store) -> str:
    """Use the store as another user, in a process of theirs; what was told."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", AS_ANOTHER, str(path), store.__name__, str(OTHER_USER)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that another user can reach: pytest's own is this user's alone."""
    if os.geteuid():
        pytest.skip("only root can be another user")
    import tempfile

    with tempfile.TemporaryDirectory(prefix="another-", dir="/tmp") as name:
        Path(name).chmod(0o755)
        folder = Path(name, "data")
        folder.mkdir(0o700)
        yield folder


@pytest.mark.parametrize("is_folder_theirs", [True, False])
@pytest.mark.parametrize("store", [_draft, _settings])
def test_another_users_file_is_never_written_over(
    store: Store, open_folder: Path, is_folder_theirs: bool
) -> None:
    """As after one run with `sudo`: the file is root's, and so may be the folder."""
    path = open_folder / "kept"
    path.write_bytes(b"root's own")
    path.chmod(0o600)
    os.chown(open_folder, OTHER_USER if is_folder_theirs else 0, 0)
    open_folder.chmod(0o755)
    told = _as_another(path, store)
    assert "could not be read" in told
    if is_folder_theirs:
        assert path.with_name("kept.broken").read_bytes() == b"root's own"
        assert path.exists()
    else:
        assert path.read_bytes() == b"root's own"
        assert "left as it is" in told


def test_what_was_left_alone_is_put_aside_once_it_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user mends the folder while the program runs; the program does not write its own over that."""
    path = tmp_path / "history.jsonl"
    path.write_text('{"text": "old"}\n')
    rename, open_ = Path.rename, os.open

    def refuse(*_: Any, **__: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    monkeypatch.setattr(os, "open", refuse)
    told: list[str] = []
    history = History(path, lambda error: told.append(str(error)))
    history.load()
    assert "left as it is" in told[0]
    monkeypatch.setattr(os, "open", open_)
    history.add("new", 3, Fate.HEARD)
    assert history.flush(5)
    assert path.read_text() == '{"text": "old"}\n'
    assert "could not be saved" in told[1]
    monkeypatch.setattr(Path, "rename", rename)
    history.add("newer", 5, Fate.HEARD)
    history.close()
    assert path.with_name("history.jsonl.broken").read_text() == '{"text": "old"}\n'
    assert [json.loads(line)["text"] for line in path.read_text().splitlines()] == ["new", "newer"]


def test_where_there_is_no_room_for_a_copy_the_damaged_file_itself_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "history.jsonl"
    damaged = b'{"text": "one"}\n{"text": "tw'
    path.write_bytes(damaged)

    def full(*_: object) -> None:
        raise StorageError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(intact, "write_whole", full)
        history = History(path)
        history.load()
    history.add("three", 5, Fate.HEARD)
    history.close()
    assert path.with_name("history.jsonl.broken").read_bytes() == damaged
    assert [json.loads(line)["text"] for line in path.read_text().splitlines()] == ["one", "three"]


def test_a_write_finds_out_by_itself_that_it_cannot_read_what_is_there(open_folder: Path) -> None:
    """As `settings import` does, which reads nothing before."""
    path = open_folder / "kept"
    path.write_bytes(b"root's own")
    path.chmod(0o600)
    os.chown(open_folder, OTHER_USER, 0)
    assert _as_another(path, _only_write) == "\n"
    assert path.with_name("kept.broken").read_bytes() == b"root's own"
    assert path.read_bytes() == b"new"
    path.unlink()
    path.write_bytes(b"root's again")
    path.chmod(0o600)
    assert _as_another(path, _only_append) == "\n"
    assert path.with_name("kept.broken-2").read_bytes() == b"root's again"
    assert path.read_bytes() == b"new"


def _only_write(path: Path, _told: list[str]) -> None:
    write_whole(path, b"new")


def _only_append(path: Path, _told: list[str]) -> None:
    append_whole(path, b"new")


# -- what is deleted --------------------------------------------------------------------------------------

SECRET = 'my "secret" \\ is 😀 é'
CUT = json.dumps({"text": SECRET})[:-12]


def _holds(folder: Path) -> bool:
    forms = [SECRET, json.dumps(SECRET)[1:-1], json.dumps(SECRET, ensure_ascii=False)[1:-1], "secret"]
    content = b"".join(_content(folder / "any"))
    return any(form.encode() in content for form in forms)


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("damage", ["[", CUT, CUT.encode().decode()[:20], '{"id": 1, "te', "\0\0"])
def test_what_is_deleted_from_the_history_is_gone_from_what_stands_aside(
    tmp_path: Path, damage: str, ascii_only: bool
) -> None:
    lines = [
        json.dumps({"id": n, "text": text}, ensure_ascii=ascii_only)
        for n, text in enumerate(["a", SECRET, "b"])
    ]
    (tmp_path / "history.jsonl").write_text("\n".join([*lines, damage, ""]), "utf-8")
    (tmp_path / "unheard.jsonl.broken").write_text(json.dumps({"text": SECRET}) + "\n[")
    (tmp_path / "draft.txt.broken").write_bytes(SECRET.encode() + b"\0\0")
    history = History(tmp_path / "history.jsonl")
    entry = next(entry for entry in history.entries() if entry.text == SECRET)
    history.delete([entry.id])
    history.close()
    assert not _holds(tmp_path)
    aside = (tmp_path / "history.jsonl.broken").read_text("utf-8")
    assert json.loads(aside.splitlines()[0]) == {"id": 0, "text": "a"}
    assert json.loads(aside.splitlines()[2]) == {"id": 2, "text": "b"}


def test_what_was_never_deleted_stays_aside_as_it_was(tmp_path: Path) -> None:
    content = '{"text": "a"}\n{"text": "ab"}\n{"text": "}"}\n{"text": "", "a": "a b"}\n{"text": "b'
    (tmp_path / "history.jsonl").write_text(content)
    history = History(tmp_path / "history.jsonl")
    history.delete([entry.id for entry in history.entries() if entry.text == "}"])
    history.close()
    assert (tmp_path / "history.jsonl.broken").read_text() == content.replace('"}"', '""')


def test_clearing_the_history_takes_all_that_stands_aside_of_it(tmp_path: Path) -> None:
    for name in ("history.jsonl.broken", "history.jsonl.broken-2", "history.jsonl.broken-17"):
        (tmp_path / name).write_text("secret, unreadable")
    (tmp_path / "history.jsonl.broken.mine").write_text("somebody's own")
    history = History(tmp_path / "history.jsonl")
    history.clear()
    history.close()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["history.jsonl", "history.jsonl.broken.mine"]


def test_what_is_forgotten_of_the_held_texts_is_gone_from_what_stands_aside(tmp_path: Path) -> None:
    lines = json.dumps({"text": SECRET}) + "\n" + json.dumps({"text": "other"}) + "\n{"
    (tmp_path / "parked.jsonl").write_text(lines)
    (tmp_path / "unheard.jsonl.broken").write_text(lines)
    parked = HeldTexts(tmp_path / "parked.jsonl")
    parked.remove(parked.texts()[1].id)
    parked.close()
    assert not _holds(tmp_path)
    assert "other" in (tmp_path / "parked.jsonl.broken").read_text()


def test_what_is_held_from_now_on_stays_aside_of_the_unheard_until_it_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "unheard.jsonl").write_text(json.dumps({"text": SECRET}) + "\n{")
    unheard = Unheard(tmp_path / "unheard.jsonl")
    assert unheard.restore() == (SECRET,)
    parked = HeldTexts(tmp_path / "parked.jsonl")
    held = parked.hold(SECRET, is_unheard=True)
    unheard.keep(())
    unheard.close()
    assert "secret" in (tmp_path / "unheard.jsonl.broken").read_text()
    parked.remove(held.id)
    parked.close()
    assert not _holds(tmp_path)


@pytest.mark.parametrize("damage", [bytes(40), b"\xfc", b"\xc3"])
def test_a_draft_that_came_back_and_is_deleted_is_gone_from_what_stands_aside(
    tmp_path: Path, damage: bytes
) -> None:
    (tmp_path / "draft.txt").write_bytes(b"my secret" + damage)
    journal = Journal(tmp_path / "draft.txt")
    assert journal.restore().startswith("my secret")
    journal.keep("my secret is")
    assert journal.flush(5)
    assert b"secret" in (tmp_path / "draft.txt.broken").read_bytes()
    journal.keep("")
    journal.close()
    assert not _holds(tmp_path)


def test_strings_that_broken_marks_have_turned_inside_out_are_found(tmp_path: Path) -> None:
    aside = tmp_path / "phrases.json.broken"
    aside.write_text('{"shown": "Yes, "shown": "my secret", "said": "x"}')
    intact.strike([aside], ["my secret"])
    assert b"secret" not in aside.read_bytes()
