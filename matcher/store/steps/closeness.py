"""Step 61: how near the evidence of a shown pair came, from which outcomes teach what is enough."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS


@MIGRATIONS()
def m0061_closeness(db: Database) -> None:
    """Keep the closeness beside the features; of what was shown before, nobody knows it."""
    db.execute("ALTER TABLE match_pair ADD COLUMN closeness REAL")
