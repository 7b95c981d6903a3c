"""The schema: one golden result, all or nothing, and no guessing about other versions."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from matcher.errors import SchemaOutOfDate, StoreError
from matcher.store import migrations
from matcher.store.connection import StoreDatabase, close_database, open_database
from matcher.store.driver import sqlite3
from matcher.store.migrations import (
    apply_migrations,
    pending_migrations,
    require_current,
    schema_sql,
    unknown_migrations,
)
from matcher.store.notices import accounts_waiting, take_waiting
from matcher.store.preferences import read_preferences, write_preferences
from matcher.store.steps import MIGRATIONS
from matcher.store.versions import stamp
from tests.matcher.people import NOW, add_person

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "schema.sql"


def test_all_steps_give_the_golden_schema(db: StoreDatabase) -> None:
    schema = schema_sql(db)
    if os.environ.get("REWRITE_GOLDEN"):
        GOLDEN.write_text(schema, "utf-8")
    assert schema == GOLDEN.read_text("utf-8")


def test_every_table_is_strict(db: StoreDatabase) -> None:
    rows = db.conn.execute(
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 "
        "AND name NOT LIKE 'sqlite_%' AND schema = 'main'"
    )
    # The migrations' own table is made by sqlite-utils, strict because the connection asks for it.
    assert [name for (name,) in rows] == []


def test_a_second_run_changes_nothing(db: StoreDatabase) -> None:
    assert apply_migrations(db) == ()
    assert pending_migrations(db) == unknown_migrations(db) == ()
    require_current(db)


def test_an_empty_database_names_what_it_lacks(tmp_path: Path) -> None:
    empty = open_database(tmp_path / "empty.db")
    with pytest.raises(SchemaOutOfDate, match="lacks m0001_record_versions") as caught:
        require_current(empty)
    assert caught.value.context["pending"] == pending_migrations(empty)
    close_database(empty)


def test_a_newer_database_is_refused_by_name_and_left_alone(path: Path, db: StoreDatabase) -> None:
    db.table("_sqlite_migrations").insert(
        {"migration_set": "matcher", "name": "m9001_from_the_future", "applied_at": "2030-01-01"}
    )
    before = schema_sql(db)
    for refuses in (require_current, apply_migrations):
        with pytest.raises(SchemaOutOfDate, match="m9001_from_the_future") as caught:
            refuses(db)
        assert caught.value.context["unknown"] == ("m9001_from_the_future",)
    assert schema_sql(db) == before


def test_a_failing_step_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = Migrations("matcher")

    @steps()
    def m0001_good(db: Database) -> None:
        db.execute("CREATE TABLE good (id INTEGER) STRICT")

    @steps()
    def m0002_bad(db: Database) -> None:
        db.execute("CREATE TABLE good (id INTEGER) STRICT")

    monkeypatch.setattr(migrations, "MIGRATIONS", steps)
    migrations._known_migrations.cache_clear()
    db = open_database(tmp_path / "failing.db")
    with pytest.raises(StoreError, match="already exists"):
        apply_migrations(db)
    assert db.table_names() == []
    assert pending_migrations(db) == ("m0001_good", "m0002_bad")
    close_database(db)
    migrations._known_migrations.cache_clear()


def test_a_value_of_the_wrong_type_is_refused_by_the_schema(db: StoreDatabase) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        db.conn.execute("UPDATE catalogue_state SET revision = '九'")


def test_notices_told_since_the_last_letter_wait_for_the_next_and_none_before(
    tmp_path: Path,
) -> None:
    old = open_database(tmp_path / "old.db")
    MIGRATIONS.apply(old, stop_before="m0057_waits_for_digest")
    add_person(old, 1)
    add_person(old, 2)  # wants no daily letter
    chosen = {"mail.search": "daily", "mail.need": "at_once", "digest_from": NOW.isoformat()}
    write_preferences(old, "ACC-1", chosen, now=NOW)
    told = [("search.news", -1), ("search.news", 0), ("search.news", 1), ("need.expiring", 1)]
    for account_id in ("ACC-1", "ACC-2"):
        for topic, minutes in told:
            row = ["account_id", "topic", "object_kind", "object_id", "text_zh", "text_en"]
            values = dict.fromkeys(row, "x") | {"account_id": account_id, "topic": topic}
            at = stamp(NOW + timedelta(minutes=minutes))
            old.table("notice").insert({**values, "address": "", "created_at": at})
    assert "m0057_waits_for_digest" in apply_migrations(old)
    assert read_preferences(old, "ACC-1") == {"mail.search": "daily", "mail.need": "at_once"}
    assert accounts_waiting(old) == ["ACC-1"]
    (waiting,) = take_waiting(old, "ACC-1")
    assert waiting.message.topic == "search.news"
    assert waiting.created_at == NOW + timedelta(minutes=1)
    close_database(old)
