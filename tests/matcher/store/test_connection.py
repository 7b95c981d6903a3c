"""The database file: opening, writing all or nothing, copying, closing, and what can go wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.errors import Busy, StoreError
from matcher.store.connection import (
    StoreDatabase,
    backup,
    close_database,
    open_database,
    use_write_ahead_log,
    write_transaction,
)
from matcher.store.driver import driver_errors, sqlite3, translated
from matcher.store.migrations import apply_migrations
from matcher.store.needs import list_needs, read_need, save_need
from tests.factories import make_need
from tests.matcher.store.conftest import NOW


def titles(db: StoreDatabase) -> list[str]:
    return [stored.need.title for stored in list_needs(db)]


def test_opening_makes_the_folder_and_turns_on_what_the_store_relies_on(tmp_path: Path) -> None:
    db = open_database(tmp_path / "new" / "folder" / "store.db")
    assert db.conn.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    assert db.conn.execute("PRAGMA busy_timeout").fetchone()[0] == 5000
    close_database(db)


def test_migrated_file_has_a_write_ahead_log(db: StoreDatabase) -> None:
    assert db.conn.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_the_log_is_turned_on_once_nobody_else_holds_the_new_file(tmp_path: Path) -> None:
    first = open_database(tmp_path / "new.db")
    second = open_database(tmp_path / "new.db", busy_timeout_s=0.05)
    first.conn.execute("BEGIN IMMEDIATE")
    first.conn.execute("CREATE TABLE made (one)")
    with pytest.raises(Busy, match="write-ahead log"):
        use_write_ahead_log(second)
    first.rollback()
    use_write_ahead_log(second)
    assert second.conn.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    close_database(second)
    close_database(first)


def test_a_path_with_signs_of_a_uri_is_taken_literally(tmp_path: Path) -> None:
    file = tmp_path / "a?mode=ro#数据 %41.db"
    close_database(open_database(file))
    assert file.exists()


def test_missing_file_is_not_made_by_a_reader(tmp_path: Path) -> None:
    file = tmp_path / "missing.db"
    with pytest.raises(StoreError, match="aiplus init") as caught:
        open_database(file, read_only=True)
    assert caught.value.context["reason"] == "cannot_open"
    assert not file.exists()


def test_a_folder_is_not_a_database(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="this is a folder"):
        open_database(tmp_path)


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("x")
    with pytest.raises(StoreError, match="folder cannot be made"):
        open_database(tmp_path / "plain" / "store.db")


def test_a_foreign_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("这不是数据库。" * 300)
    before = file.read_bytes()
    with pytest.raises(StoreError) as caught:
        open_database(file)
    assert caught.value.context["reason"] == "not_a_database"
    assert file.read_bytes() == before


def test_damaged_pages_are_reported_as_damage(path: Path, db: StoreDatabase) -> None:
    for i in range(200):
        save_need(db, make_need(need_id=f"N{i}", problem="裂纹" * 200), actor="a", now=NOW)
    db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = db.conn.execute("PRAGMA page_size").fetchone()[0]
    root = db.conn.execute(
        "SELECT rootpage FROM sqlite_schema WHERE name = 'record_version'"
    ).fetchone()[0]
    content = bytearray(path.read_bytes())
    content[(root - 1) * size : root * size] = b"\xff" * size
    path.write_bytes(content)
    damaged = open_database(path)
    with pytest.raises(StoreError) as caught:
        list_needs(damaged)
    assert caught.value.context["reason"] == "damaged"
    close_database(damaged)


def test_a_reader_cannot_write(path: Path) -> None:
    reader = open_database(path, read_only=True)
    with pytest.raises(StoreError) as caught:
        save_need(reader, make_need(), actor="a", now=NOW)
    assert caught.value.context["reason"] == "read_only"
    assert not isinstance(caught.value, Busy)
    close_database(reader)


def fail_after_saving(db: StoreDatabase, need_id: str, title: str) -> None:
    with write_transaction(db):
        save_need(db, make_need(need_id=need_id, title=title), actor="a", now=NOW)
        assert title in titles(db)
        raise RuntimeError


def test_a_failed_block_leaves_nothing_behind(db: StoreDatabase) -> None:
    with pytest.raises(RuntimeError):
        fail_after_saving(db, "N1", "未完")
    assert titles(db) == []
    assert not db.conn.in_transaction


def test_an_inner_block_that_fails_undoes_only_itself(db: StoreDatabase) -> None:
    with write_transaction(db):
        save_need(db, make_need(need_id="N1", title="外"), actor="a", now=NOW)
        with pytest.raises(RuntimeError):
            fail_after_saving(db, "N2", "内")
    assert titles(db) == ["外"]


def test_a_second_writer_gets_busy_and_readers_go_on(path: Path, db: StoreDatabase) -> None:
    save_need(db, make_need(title="旧"), actor="a", now=NOW)
    other = open_database(path, busy_timeout_s=0.1)
    with write_transaction(db):
        save_need(db, make_need(title="新"), actor="a", now=NOW)
        with pytest.raises(Busy, match="another process is writing") as caught:
            save_need(other, make_need(title="第三"), actor="b", now=NOW)
        assert caught.value.code == "busy"
        assert titles(other) == ["旧"]
    assert titles(other) == ["新"]
    save_need(other, make_need(title="第三"), actor="b", now=NOW)
    assert titles(db) == ["第三"]
    close_database(other)


def test_a_full_disk_changes_nothing_and_is_over_when_there_is_space(db: StoreDatabase) -> None:
    save_need(db, make_need(need_id="N1", title="先"), actor="a", now=NOW)
    pages = db.conn.execute("PRAGMA page_count").fetchone()[0]
    db.conn.execute(f"PRAGMA max_page_count = {pages}")
    large = make_need(need_id="N2", title="大", problem="裂纹" * 40_000)
    with pytest.raises(StoreError, match="disk is full") as caught:
        save_need(db, large, actor="a", now=NOW)
    assert caught.value.context["reason"] == "disk_full"
    assert titles(db) == ["先"]
    db.conn.execute(f"PRAGMA max_page_count = {pages + 1000}")
    save_need(db, large, actor="a", now=NOW)
    assert sorted(titles(db)) == ["先", "大"]


def test_backup_of_a_database_in_use_is_whole_and_refuses_to_overwrite(
    tmp_path: Path, path: Path, db: StoreDatabase
) -> None:
    save_need(db, make_need(title="已提交"), actor="a", now=NOW)
    writer = open_database(path)
    target = tmp_path / "copy.db"
    with write_transaction(writer):
        save_need(writer, make_need(need_id="N2", title="未提交"), actor="a", now=NOW)
        backup(db, target)
    copy = open_database(target, read_only=True)
    assert titles(copy) == ["已提交"]
    assert copy.conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    with pytest.raises(StoreError, match="the file exists"):
        backup(db, target)
    with pytest.raises(StoreError):
        backup(db, tmp_path / "no" / "such" / "folder.db")
    assert sorted(item.name for item in tmp_path.glob("*.partial")) == []
    close_database(copy)
    close_database(writer)


def test_closing_undoes_what_was_not_committed(path: Path) -> None:
    db = open_database(path)
    db.conn.execute("BEGIN IMMEDIATE")
    db.conn.execute("UPDATE catalogue_state SET revision = 99")
    close_database(db)
    again = open_database(path)
    assert again.conn.execute("SELECT revision FROM catalogue_state").fetchone()[0] == 0
    close_database(again)


def test_a_write_is_seen_by_the_next_connection(path: Path, db: StoreDatabase) -> None:
    save_need(db, make_need(), actor="a", now=NOW)
    other = open_database(path, read_only=True)
    assert read_need(other, "N0001") == make_need()
    close_database(other)


def test_an_error_without_a_result_code_is_told_by_its_words() -> None:
    assert isinstance(translated(sqlite3.OperationalError("database is locked"), "x"), Busy)
    full = translated(sqlite3.OperationalError("database or disk is full"), "x")
    assert full.context["reason"] == "disk_full"
    other = translated(sqlite3.OperationalError("no such table: t"), "read t")
    assert (other.context["reason"], "read t" in str(other)) == ("refused", True)


def test_a_closed_connection_raises_our_error(path: Path) -> None:
    db = open_database(path)
    close_database(db)
    with pytest.raises(StoreError), driver_errors("read"):
        db.conn.execute("SELECT 1")


def test_the_database_in_memory_works_like_a_file() -> None:
    db = open_database(":memory:")
    apply_migrations(db)
    save_need(db, make_need(), actor="a", now=NOW)
    assert titles(db) == [make_need().title]
    close_database(db)
