"""Step 10: saved searches, and the way in which the search documents were made."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS


@MIGRATIONS()
def m0010_saved_searches(db: Database) -> None:
    """Keep what an account wants to hear of, and how much of that it has seen."""
    db.execute("""
        CREATE TABLE saved_search (
            saved_search_id INTEGER PRIMARY KEY,
            account_id TEXT NOT NULL CHECK (account_id <> ''),
            name TEXT NOT NULL CHECK (name <> ''),
            page TEXT NOT NULL CHECK (page <> ''),
            query TEXT NOT NULL,
            facets TEXT NOT NULL CHECK (json_valid(facets)),
            seen_revision INTEGER NOT NULL CHECK (seen_revision >= 0),
            told_revision INTEGER NOT NULL CHECK (told_revision >= 0),
            wants_alerts INTEGER NOT NULL CHECK (wants_alerts IN (0, 1)),
            created_at TEXT NOT NULL,
            UNIQUE (account_id, page, query, facets)
        ) STRICT""")
    # One row: which way of making search documents the index was filled with (0: not known).
    db.execute("""
        CREATE TABLE search_state (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            mapping INTEGER NOT NULL CHECK (mapping >= 0)
        ) STRICT""")
    db.execute("INSERT INTO search_state (id, mapping) VALUES (1, 0)")
