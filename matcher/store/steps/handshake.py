"""Steps 53-54: what a shown score needs to be computed again, and what an account prefers."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS


@MIGRATIONS()
def m0053_replay(db: Database) -> None:
    """Keep with each list the very tables it was scored with and the day it was computed on."""
    db.execute("ALTER TABLE match_list ADD COLUMN model_sha256 TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE match_list ADD COLUMN computed_on TEXT")


@MIGRATIONS()
def m0054_preferences(db: Database) -> None:
    """Keep what an account has chosen: when it is mailed, in which order it sees matches."""
    db.execute("""
        CREATE TABLE account_preference (
            account_id TEXT NOT NULL REFERENCES account (account_id),
            name TEXT NOT NULL CHECK (name <> ''),
            value TEXT NOT NULL,
            chosen_at TEXT NOT NULL,
            PRIMARY KEY (account_id, name)
        ) STRICT, WITHOUT ROWID""")
