"""The chain of shown lists: a changed score, a list that is gone or put in is found and named."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from matcher.cli.group import aiplus
from matcher.errors import StoreError
from matcher.store.connection import (
    StoreDatabase,
    close_database,
    open_database,
    write_transaction,
)
from matcher.store.matches import all_match_lists, save_match_list
from matcher.store.migrations import apply_migrations
from matcher.store.retention import count_over, delete_over
from matcher.store.shown_chain import remove_lists, verify_shown
from tests.matcher.store.conftest import NOW
from tests.matcher.store.test_matches import VERSIONS, make_list, make_match

N_LISTS = 5


@pytest.fixture
def db(tmp_path: Path) -> Iterator[StoreDatabase]:
    database = open_database(tmp_path / "chain.db")
    apply_migrations(database)
    for number in range(N_LISTS):
        keep(database, day=number)
    yield database
    close_database(database)


def keep(db: StoreDatabase, *, day: int = 0) -> int:
    # A whole number in a column of reals, and a negative zero, are read back as SQLite has them.
    matches = (make_match(1, bits=2, probability=1), make_match(2, bits=-0.0))
    at = NOW + timedelta(days=day)
    return save_match_list(
        db, make_list(matches=matches), record_versions=VERSIONS, origin="site", now=at,
        sides={"CAP-V1-1": (1, None)},
    )  # fmt: skip


def broken(db: StoreDatabase) -> tuple[int, str] | None:
    found = verify_shown(db).broken
    return None if found is None else (found.sequence, found.why)


def alter(db: StoreDatabase, *statements: str) -> None:
    """Change the file as somebody who has it could: without what forbids it."""
    for trigger in (
        "match_list_no_update", "match_list_no_delete", "match_pair_no_update",
        "match_pair_no_delete", "shown_link_no_update", "shown_link_no_delete",
    ):  # fmt: skip
        db.execute(f"DROP TRIGGER IF EXISTS {trigger}")
    for statement in statements:
        db.execute(statement)


def test_every_list_has_its_link(db: StoreDatabase) -> None:
    state = verify_shown(db)
    assert (state.n_events, state.broken) == (N_LISTS, None)
    keep(db, day=9)
    after = verify_shown(db)
    assert after.n_events == N_LISTS + 1
    assert after.head_digest != state.head_digest


@pytest.mark.parametrize(
    ("statement", "at", "why"),
    [
        ("UPDATE match_pair SET probability = 0.51 WHERE match_list_id = 3 AND rank = 1", 3,
         "shown list 3 was changed after it was shown"),
        (("UPDATE match_pair SET explanation = json_set(explanation, '$.bits', 9) "
         "WHERE match_list_id = 4"), 4, "shown list 4 was changed"),
        ("UPDATE match_list SET created_at = '2020-01-01' WHERE match_list_id = 2", 2,
         "shown list 2 was changed"),
        ("DELETE FROM match_pair WHERE match_list_id = 2 AND rank = 2", 2, "was changed"),
        ("DELETE FROM match_list WHERE match_list_id = 3", 3,
         "shown list 3 is gone, and no link says that it was removed"),
        ("DELETE FROM shown_link WHERE sequence = 2", 2, "link 2 is missing"),
        (("UPDATE shown_link SET content_digest = replace(content_digest, "
         "substr(content_digest, 1, 1), 'x') WHERE sequence = 4"), 4, "link 4 was changed"),
        ("DELETE FROM shown_link WHERE sequence = 5", 5, "its end was changed"),
        (("INSERT INTO match_list SELECT 99, need_id, need_version, need, model_id, "
         "catalogue_revision, no_adequate_match, n_eligible, excluded, bases, timing_ms, "
         "record_versions, origin, created_at, model_sha256, computed_on FROM match_list "
         "WHERE match_list_id = 1"), 6, "shown list 99 stands in no link"),
    ],
)  # fmt: skip
def test_what_was_altered_is_named(db: StoreDatabase, statement: str, at: int, why: str) -> None:
    alter(db, statement)
    found = broken(db)
    assert found is not None
    assert found[0] == at
    assert why in found[1]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE match_pair SET probability = 0.5",
        "UPDATE match_list SET origin = 'x'",
        "DELETE FROM match_pair WHERE match_list_id = 1",
        "DELETE FROM match_list",
        "UPDATE shown_link SET kind = 'removed'",
        "DELETE FROM shown_link",
    ],
)
def test_the_file_refuses_what_would_break_it(db: StoreDatabase, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=r"as it was shown|only ever added"):
        db.conn.execute(statement)
    db.conn.rollback()
    assert broken(db) is None


def test_a_list_past_its_term_goes_and_its_digest_stays(db: StoreDatabase) -> None:
    before = NOW + timedelta(days=2)
    assert count_over(db, "shown_lists", before) == 2
    assert delete_over(db, "shown_lists", before) == 2
    assert delete_over(db, "shown_lists", before) == 0
    state = verify_shown(db)
    assert (state.n_events, state.broken) == (N_LISTS + 2, None)
    assert all_match_lists(db) == [3, 4, 5]
    alter(db, "UPDATE match_pair SET probability = 0.5 WHERE match_list_id = 4")
    assert broken(db) == (4, "shown list 4 was changed after it was shown")


def test_what_a_list_led_to_keeps_it(db: StoreDatabase) -> None:
    db.execute(
        "INSERT INTO supply_gap VALUES ('G1', 'N0001', '', 'not_taken_up', '', '', 'unknown', "
        "NULL, 1, '2026-01-01', NULL, '')"
    )
    db.execute("INSERT INTO shadow_pair VALUES (2, 'm2', 1, 'CAP-V1-1', 'V1', 1.0, 0.5)")
    assert delete_over(db, "shown_lists", NOW + timedelta(days=99)) == N_LISTS - 1
    assert all_match_lists(db) == [1]
    assert db.execute("SELECT count(*) FROM shadow_pair").fetchone() == (0,)
    assert broken(db) is None


def test_ids_are_never_given_again(db: StoreDatabase) -> None:
    assert remove_lists(db, all_match_lists(db)) == N_LISTS
    assert keep(db, day=9) == N_LISTS + 1
    assert broken(db) is None


def test_a_list_altered_before_it_was_removed_is_found(db: StoreDatabase) -> None:
    alter(db, "UPDATE match_pair SET probability = 0.5 WHERE match_list_id = 1")
    remove_lists(db, [1])
    assert broken(db) == (1, "shown list 1 was changed before it was removed")


def test_nothing_is_chained_of_a_list_that_was_not_kept(db: StoreDatabase) -> None:
    def fails() -> None:
        with write_transaction(db, "fail"):
            keep(db, day=9)
            raise StoreError("after all")

    with pytest.raises(StoreError, match="after all"):
        fails()
    state = verify_shown(db)
    assert (state.n_events, state.broken) == (N_LISTS, None)


def test_lists_from_before_the_chain_are_chained_when_it_comes(db: StoreDatabase) -> None:
    alter(db, "DROP TABLE shown_link", "DROP TABLE shown_head",
          "DELETE FROM _sqlite_migrations WHERE name = 'm0062_shown_chain'")  # fmt: skip
    apply_migrations(db)
    state = verify_shown(db)
    assert (state.n_events, state.broken) == (N_LISTS, None)


def test_the_command_checks_both_chains(db: StoreDatabase) -> None:
    arguments = ["audit", "verify", "--database", str(db.path)]
    said = CliRunner().invoke(aiplus, arguments)
    assert said.exit_code == 0
    assert verify_shown(db).head_digest in said.stdout
    alter(db, "UPDATE match_pair SET probability = 0.5 WHERE match_list_id = 2")
    said = CliRunner().invoke(aiplus, arguments)
    assert said.exit_code == 1
    assert "broken at link 2: shown list 2 was changed after it was shown" in said.stdout
    assert "unbroken: 0 events" in said.stdout
