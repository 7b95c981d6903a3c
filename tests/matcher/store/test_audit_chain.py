"""The audit chain: any single change of any row is found, and found at the right place."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import StoreError
from matcher.identity import SYSTEM
from matcher.store.audit import GENESIS, Change, digest_of_event, record_change, verify_chain
from matcher.store.connection import (
    StoreDatabase,
    close_database,
    open_database,
    write_transaction,
)
from matcher.store.migrations import apply_migrations
from tests.matcher.people import NOW

N_EVENTS = 6
COLUMNS = (
    "at", "actor", "action", "object_kind", "object_id", "before", "after", "reason",
    "previous_digest", "digest",
)  # fmt: skip
JSON_COLUMNS = {"before", "after"}
DIGESTS = {"previous_digest", "digest"}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database with a chain, as bytes; each example alters a copy."""
    path = tmp_path_factory.mktemp("chain") / "chain.db"
    db = open_database(path)
    apply_migrations(db)
    for number in range(1, N_EVENTS + 1):
        change = Change("need.changed", "need", f"N{number}", {"n": number}, {"n": number + 1})
        record_change(db, change, actor=SYSTEM, now=NOW + timedelta(minutes=number))
    db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    close_database(db)
    return path.read_bytes()


@pytest.fixture(scope="module")
def altered(
    original: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Callable[[sqlite3.Connection], None]], tuple[int, str] | None]:
    """Alter a copy as somebody with the file could; return where the check says it breaks."""
    path = tmp_path_factory.mktemp("altered") / "copy.db"

    def check(alter: Callable[[sqlite3.Connection], None]) -> tuple[int, str] | None:
        for old in path.parent.iterdir():
            old.unlink()
        path.write_bytes(original)
        raw = sqlite3.connect(path)
        for verb in ("update", "delete"):
            raw.execute(f"DROP TRIGGER audit_event_no_{verb}")
        alter(raw)
        raw.commit()
        raw.close()
        db = open_database(path, read_only=True)
        state = verify_chain(db)
        close_database(db)
        return None if state.broken is None else (state.broken.sequence, state.broken.why)

    return check


Altered = Callable[[Callable[[sqlite3.Connection], None]], tuple[int, str] | None]


def test_untouched_chain_holds(altered: Altered) -> None:
    assert altered(lambda raw: None) is None


@given(
    row=st.integers(1, N_EVENTS),
    column=st.sampled_from(COLUMNS),
    text=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20),
)
def test_any_changed_value_is_found(altered: Altered, row: int, column: str, text: str) -> None:
    value = text
    if column in JSON_COLUMNS:
        value = '{"n":"' + "".join(sign for sign in text if sign.isalnum()) + '!"}'
    if column in DIGESTS:
        value = digest_of_event(text)

    def alter(raw: sqlite3.Connection) -> None:
        statement = f"UPDATE audit_event SET {column} = ? WHERE sequence = ?"  # noqa: S608
        raw.execute(statement, [value, row])

    broken = altered(alter)
    assert broken is not None
    assert broken[0] == row


@given(row=st.integers(1, N_EVENTS))
def test_any_removed_row_is_found(altered: Altered, row: int) -> None:
    broken = altered(lambda raw: remove(raw, row))
    assert broken is not None
    assert broken[0] == row


def remove(raw: sqlite3.Connection, row: int) -> None:
    raw.execute("DELETE FROM audit_event WHERE sequence = ?", [row])


@given(row=st.integers(1, N_EVENTS))
def test_removed_row_is_found_also_when_the_rest_is_numbered_anew(
    altered: Altered, row: int
) -> None:
    def alter(raw: sqlite3.Connection) -> None:
        remove(raw, row)
        for later in range(row + 1, N_EVENTS + 1):
            raw.execute(
                "UPDATE audit_event SET sequence = ? WHERE sequence = ?", [later - 1, later]
            )

    broken = altered(alter)
    assert broken is not None
    assert broken[0] == row


@given(row=st.integers(1, N_EVENTS + 1))
def test_any_inserted_row_is_found(altered: Altered, row: int) -> None:
    """Even one with a digest of its own that fits the event before it."""

    def alter(raw: sqlite3.Connection) -> None:
        for later in range(N_EVENTS, row - 1, -1):
            raw.execute(
                "UPDATE audit_event SET sequence = ? WHERE sequence = ?", [later + 1, later]
            )
        before = raw.execute("SELECT digest FROM audit_event WHERE sequence = ?", [row - 1])
        previous = (before.fetchone() or [GENESIS])[0]
        facts = (row, "2026", "x", "x", "x", "x", "{}", "{}", "", previous)
        marks = ", ".join("?" * 11)
        statement = f"INSERT INTO audit_event VALUES ({marks})"  # noqa: S608
        raw.execute(statement, [*facts, digest_of_event(*facts)])

    broken = altered(alter)
    assert broken is not None
    assert broken[0] == row + 1  # the inserted one is sound in itself; what follows it is not


@given(rows=st.lists(st.integers(1, N_EVENTS), min_size=2, max_size=2, unique=True))
def test_any_two_swapped_rows_are_found(altered: Altered, rows: list[int]) -> None:
    first, second = sorted(rows)

    def alter(raw: sqlite3.Connection) -> None:
        for old, new in ((first, 1000), (second, first), (1000, second)):
            raw.execute("UPDATE audit_event SET sequence = ? WHERE sequence = ?", [new, old])

    broken = altered(alter)
    assert broken is not None
    assert broken[0] == first


@given(kept=st.integers(0, N_EVENTS - 1))
def test_cutting_off_the_end_is_found(altered: Altered, kept: int) -> None:
    broken = altered(lambda raw: raw.execute("DELETE FROM audit_event WHERE sequence > ?", [kept]))
    assert broken is not None
    assert broken[0] == kept + 1
    assert f"its head says {N_EVENTS}" in broken[1]


def test_database_itself_refuses_to_change_or_remove_an_event(tmp_path: Path) -> None:
    db = open_database(tmp_path / "x.db")
    apply_migrations(db)
    record_change(db, Change("a.b", "a", "1"), actor=SYSTEM, now=NOW)
    for statement in ("UPDATE audit_event SET actor = 'x'", "DELETE FROM audit_event"):
        with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
            db.conn.execute(statement)
    close_database(db)


def test_event_is_lost_with_the_change_that_it_tells(tmp_path: Path) -> None:
    db: StoreDatabase = open_database(tmp_path / "x.db")
    apply_migrations(db)
    with pytest.raises(StoreError):
        change_and_fail(db)
    assert verify_chain(db) == (0, GENESIS, None)
    close_database(db)


def change_and_fail(db: StoreDatabase) -> None:
    with write_transaction(db, "try"):
        record_change(db, Change("a.b", "a", "1"), actor=SYSTEM, now=NOW)
        db.conn.execute("INSERT INTO installation (name) VALUES ('x')")
