"""What holds for a whole installation, as names and values; such as that it is a demonstration."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors

DEMONSTRATION = "demonstration"


def read_setting(db: Database, name: str) -> str:
    """Return the value of a name, or an empty text."""
    with driver_errors("read the installation's settings"):
        row = db.conn.execute("SELECT value FROM installation WHERE name = ?", [name]).fetchone()
    return "" if row is None else str(row[0])


def write_setting(db: Database, name: str, value: str) -> None:
    """Keep a value under a name."""
    with write_transaction(db, f"set {name}"):
        db.conn.execute(
            "INSERT INTO installation (name, value) VALUES (?, ?) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [name, value],
        )
