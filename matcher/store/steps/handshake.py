"""Step 53: what a shown score needs to be computed again years later."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS


@MIGRATIONS()
def m0053_replay(db: Database) -> None:
    """Keep with each list the very tables it was scored with and the day it was computed on."""
    db.execute("ALTER TABLE match_list ADD COLUMN model_sha256 TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE match_list ADD COLUMN computed_on TEXT")
