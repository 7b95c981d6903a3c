"""What is kept of history: reports that never change, invented history apart, grades given once."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from matcher.errors import StoreError, UnknownRecord
from matcher.store.connection import StoreDatabase
from matcher.store.driver import sqlite3
from matcher.store.judgements import Judgement, add_judgement, list_judgements
from matcher.store.report_snapshots import (
    ReportSnapshot,
    list_snapshots,
    read_snapshot_document,
    save_snapshot,
)
from matcher.store.synthetic_history import (
    SyntheticHistory,
    find_synthetic_history,
    has_real_history,
    read_synthetic_content,
    save_synthetic_history,
)

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
FEBRUARY = ReportSnapshot(date(2026, 2, 1), date(2026, 3, 1), True, "m", NOW, "ACC-1")
ABOUT = SyntheticHistory(7, 10, date(2025, 1, 1), date(2026, 1, 1), NOW)


def test_a_kept_report_is_returned_as_written_and_never_replaced(db: StoreDatabase) -> None:
    assert save_snapshot(db, FEBRUARY, '{"synthetic": true}')
    assert not save_snapshot(db, FEBRUARY, '{"synthetic": true, "other": 1}')
    kept = read_snapshot_document(db, FEBRUARY.starts_on, FEBRUARY.ends_on, synthetic=True)
    assert kept == '{"synthetic": true}'
    assert list_snapshots(db) == [FEBRUARY]


@pytest.mark.parametrize("statement", ["UPDATE report_snapshot SET synthetic = 0",
                                       "DELETE FROM report_snapshot"])  # fmt: skip
def test_the_database_refuses_to_change_a_kept_report(db: StoreDatabase, statement: str) -> None:
    save_snapshot(db, FEBRUARY, '{"synthetic": true}')
    with pytest.raises(sqlite3.IntegrityError, match="never changes"):
        db.conn.execute(statement)


def test_a_report_on_synthetic_history_cannot_be_kept_as_a_real_one(db: StoreDatabase) -> None:
    with pytest.raises(StoreError):
        save_snapshot(db, FEBRUARY, '{"synthetic": false}')
    with pytest.raises(UnknownRecord):
        read_snapshot_document(db, FEBRUARY.starts_on, FEBRUARY.ends_on, synthetic=False)


def test_synthetic_history_is_kept_and_its_alteration_shows(db: StoreDatabase) -> None:
    assert find_synthetic_history(db) is None
    assert read_synthetic_content(db) is None
    save_synthetic_history(db, ABOUT, b"content")
    assert find_synthetic_history(db) == ABOUT
    assert read_synthetic_content(db) == b"content"
    assert not has_real_history(db)
    db.conn.execute("UPDATE synthetic_history SET content = x'00'")
    with pytest.raises(StoreError, match="altered"):
        read_synthetic_content(db)


def test_a_reviewer_grades_a_pair_once_and_another_may_too(db: StoreDatabase) -> None:
    first = Judgement("N1", "C1", 2, "disagreement", "ACC-1", NOW, requirement_id="R1")
    second = Judgement("N1", "C1", 1, "second_opinion", "ACC-2", NOW)
    assert add_judgement(db, first)
    assert not add_judgement(db, Judgement("N1", "C1", 3, "slice", "ACC-1", NOW))
    assert add_judgement(db, second)
    assert list_judgements(db) == [first, second]
