"""The ledger on disk: added to by several programs, whole after a kill, mended after damage."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from fishcaption.core.account.spending import Sent
from fishcaption.core.errors import StorageError
from fishcaption.store.account.ledger import Ledger, append
from fishcaption.store.journal import Writer

TODAY = date(2026, 12, 3)


def test_what_was_sent_is_there_after_a_restart_and_of_other_programs(tmp_path: Path) -> None:
    told: list[StorageError] = []
    path, writer = tmp_path / "spending.jsonl", Writer()
    ledger = Ledger(path, told.append, writer=writer)
    ledger.load(TODAY)
    ledger.add(Sent(TODAY, "s2.1-pro", "", 10))
    ledger.add(Sent(TODAY, "s2.1-pro", "", 5))
    assert [sent.bytes for sent in ledger.spending().entries()] == [15]
    assert writer.close()
    append(path, [Sent(TODAY, "s2.1-pro", "ab12", 7), Sent(TODAY - timedelta(days=500), "s1", "", 9)])
    assert [(sent.key, sent.bytes) for sent in ledger.spending().entries()] == [("", 15)]
    ledger.load(TODAY)
    assert sorted((sent.key, sent.bytes) for sent in ledger.spending().entries()) == [("", 15), ("ab12", 7)]
    assert told == []


def test_a_damaged_line_costs_itself_only_and_is_told(tmp_path: Path) -> None:
    told: list[StorageError] = []
    path, writer = tmp_path / "spending.jsonl", Writer()
    append(path, [Sent(TODAY, "s2.1-pro", "", 10)])
    with path.open("ab") as file:
        file.write(b'{"day": "never", "model": "s1", "key": "", "bytes": 1}\n{"day": "2026-1')
    ledger = Ledger(path, told.append, writer=writer)
    ledger.load(TODAY)
    assert [sent.bytes for sent in ledger.spending().entries()] == [10]
    assert len(told) == 1
    assert writer.close()
    ledger.load(TODAY)
    assert len(told) == 1, "the file was written anew"


def test_what_cannot_be_written_is_not_forgotten(tmp_path: Path) -> None:
    told: list[StorageError] = []
    path, writer = tmp_path / "gone" / "spending.jsonl", Writer()
    (tmp_path / "gone").write_text("a file stands where the folder is to be")
    ledger = Ledger(path, told.append, writer=writer)
    ledger.add(Sent(TODAY, "s2.1-pro", "", 10))
    writer.close()
    assert told
    assert [sent.bytes for sent in ledger.spending().entries()] == [10]
