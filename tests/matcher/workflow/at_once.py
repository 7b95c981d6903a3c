"""Two windows on one database file, of which one acts in the very moment of the other's click."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from matcher.store.connection import StoreDatabase, close_database, open_database


def as_file(memory: StoreDatabase, file: Path) -> Path:
    """Write a small world to a file that two windows can open."""
    db = open_database(file)
    memory.conn.backup(db.conn)
    close_database(db)
    return file


def before_its_lock(db: StoreDatabase, act: Callable[[], object]) -> None:
    """Let somebody else act between a click and the moment at which it takes the write lock."""

    def first(sql: str) -> None:
        if sql.startswith("BEGIN"):
            db.conn.set_trace_callback(None)
            act()

    db.conn.set_trace_callback(first)
