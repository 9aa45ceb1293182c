"""Profiles: names that every system takes, folders of their own, and one holder each."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fishcaption.core.errors import InputError
from fishcaption.store import profiles
from fishcaption.store.journal import draft_path
from fishcaption.store.places import cache_dir, cache_root, config_dir, data_dir
from fishcaption.store.settings_file import settings_path


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FISHCAPTION_CONFIG_DIR", str(tmp_path / "c"))
    monkeypatch.setenv("FISHCAPTION_DATA_DIR", str(tmp_path / "d"))
    monkeypatch.setenv("FISHCAPTION_CACHE_DIR", str(tmp_path / "x"))
    monkeypatch.setenv("FISHCAPTION_PROFILE", "")
    return tmp_path


@pytest.mark.parametrize("name", ["work", "At home", "Büro 2", "会議", "a" * 40, "x.y"])
def test_a_good_name_is_kept(name: str) -> None:
    assert profiles.checked(name) == name


@pytest.mark.parametrize(
    "name",
    ["", " ", ".", "..", "../up", "a/b", "a\\b", "a:b", "a\nb", "a\0b", " a", "a ", "a.", "NUL", "com1.x",
     "a" * 41, "a?"],
)  # fmt: skip
def test_a_bad_name_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        profiles.checked(name)
    if name:
        with pytest.raises(InputError):
            profiles.use(name)


def test_each_has_its_own_folders(home: Path) -> None:
    assert config_dir() == home / "c"
    profiles.use("At home")
    assert profiles.current() == "At home"
    assert config_dir() == home / "c" / "profiles" / "At home"
    assert data_dir() == home / "d" / "profiles" / "At home"
    assert settings_path().parent == config_dir()
    assert draft_path().parent == data_dir()
    profiles.use("")
    assert data_dir() == home / "d"


def test_the_systems_own_folders_have_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FISHCAPTION_DATA_DIR")
    monkeypatch.setenv("FISHCAPTION_PROFILE", "work")
    assert data_dir().parts[-3:] == ("fishcaption", "profiles", "work")


def test_they_are_listed_made_renamed_and_deleted() -> None:
    assert profiles.names() == ()
    assert profiles.create("work") == "work"
    assert profiles.create("At home") == "At home"
    assert profiles.names() == ("At home", "work")
    with pytest.raises(InputError):
        profiles.create("WORK")
    profiles.use("work")
    draft_path().write_text("unsent")
    profiles.use("")
    with pytest.raises(InputError):
        profiles.rename("work", "at Home")
    assert profiles.rename("work", "Work") == "Work"
    assert profiles.rename("Work", "Office") == "Office"
    profiles.use("office")
    assert profiles.current() == "Office"
    assert draft_path().read_text() == "unsent"
    profiles.use("")
    profiles.delete("Office")
    assert profiles.names() == ("At home",)
    for act in (lambda: profiles.delete("Office"), lambda: profiles.rename("Office", "x")):
        with pytest.raises(InputError):
            act()


def test_one_holds_it_until_it_lets_go_or_dies(home: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from fishcaption.store.profiles import Claim\n"
        "claim = Claim(Path(sys.argv[1])); print(claim.take(), flush=True); sys.stdin.read()"
    )
    mine = profiles.Claim(home / "d")
    with subprocess.Popen(
        [sys.executable, "-c", program, str(home / "d")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == b"True"
        assert not mine.take()
        child.kill()
    assert mine.take()
    assert not profiles.Claim(home / "d").take()
    mine.release()
    with profiles.Claim(home / "d") as claim:
        assert claim.take()


def test_who_holds_it_leaves_a_note(home: Path) -> None:
    first, second = profiles.Claim(home / "d"), profiles.Claim(home / "d")
    assert second.note() == ""
    second.leave("not mine")
    assert first.take()
    assert second.note() == ""
    first.leave("the door is /tmp/ä")
    first.leave("the door is /tmp/b")
    assert not second.take()
    assert second.note() == "the door is /tmp/b"
    first.release()
    assert second.take()
    assert second.note() == "the door is /tmp/b"
    second.release()


def test_what_was_made_ready_goes_with_its_profile() -> None:
    profiles.create("work")
    profiles.use("work")
    sound = cache_dir() / "phrases" / "hello"
    sound.parent.mkdir(parents=True)
    sound.write_bytes(b"sound")
    profiles.use("")
    profiles.rename("work", "office")
    assert not sound.exists()
    kept = cache_root() / "profiles" / "office"
    assert (kept / "phrases" / "hello").read_bytes() == b"sound"
    profiles.delete("office")
    assert not kept.exists()


def test_what_is_open_is_neither_renamed_nor_deleted(home: Path) -> None:
    profiles.create("work")
    with profiles.Claim(home / "d" / "profiles" / "work") as claim:
        assert claim.take()
        for act in (lambda: profiles.delete("work"), lambda: profiles.rename("work", "x")):
            with pytest.raises(InputError, match="open"):
                act()
    assert profiles.names() == ("work",)


def test_a_home_that_cannot_be_written_to_is_held(home: Path) -> None:
    (home / "d").write_text("no folder")
    assert profiles.Claim(home / "d").take()
