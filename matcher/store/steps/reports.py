"""Step 43: reports of a part of history or of other days, kept until newer ones need the room."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS


@MIGRATIONS()
def m0043_report_views(db: Database) -> None:
    """Keep what was built on request, so that a page is read and not computed."""
    db.execute("""
        CREATE TABLE report_view (
            starts_on TEXT NOT NULL,
            ends_on TEXT NOT NULL CHECK (ends_on > starts_on),
            synthetic INTEGER NOT NULL CHECK (synthetic IN (0, 1)),
            filters TEXT NOT NULL CHECK (json_valid(filters)),
            made_at TEXT NOT NULL,
            sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
            content BLOB NOT NULL,
            PRIMARY KEY (starts_on, ends_on, synthetic, filters)
        ) STRICT""")
