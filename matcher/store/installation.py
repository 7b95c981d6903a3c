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


# What somebody's work leaves behind; a loaded catalogue and invented history do not.
_OWN_DATA = (
    "SELECT 1 FROM account",
    "SELECT 1 FROM organisation",
    "SELECT 1 FROM record_owner",
    "SELECT 1 FROM record_head WHERE kind = 'need'",
    "SELECT 1 FROM match_list",
    "SELECT 1 FROM engagement",
    "SELECT 1 FROM draft",
    "SELECT 1 FROM proposal",
    "SELECT 1 FROM allocation_round",
    "SELECT 1 FROM judgement",
)


def has_own_data(db: Database) -> bool:
    """Whether anybody has worked in this database: accounts, records of users, matches, rounds."""
    with driver_errors("look whether the database is fresh"):
        wanted = " OR ".join(f"EXISTS ({question})" for question in _OWN_DATA)
        return bool(db.conn.execute(f"SELECT {wanted}").fetchone()[0])
