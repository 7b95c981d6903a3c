"""Step 63: what an operator enters for a party without an account, and from where it is known."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS


@MIGRATIONS()
def m0063_statement_source(db: Database) -> None:
    """Keep the source of a statement; it is empty where the party spoke for itself."""
    db.execute("ALTER TABLE round_answer ADD COLUMN source TEXT NOT NULL DEFAULT ''")
