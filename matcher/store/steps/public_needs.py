"""Step 56: what everybody may find of needs."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS


@MIGRATIONS()
def m0056_public_needs(db: Database) -> None:
    """Keep beside a document since when it can be found and, for a need, its other texts.

    Other records are public as they are stored; a need's record holds what its document must not.
    """
    db.execute(
        "ALTER TABLE search_document ADD COLUMN added_revision INTEGER NOT NULL DEFAULT 0 "
        "CHECK (added_revision >= 0)"
    )
    db.execute(
        "ALTER TABLE search_document ADD COLUMN texts TEXT NOT NULL DEFAULT '[]' "
        "CHECK (json_valid(texts))"
    )
