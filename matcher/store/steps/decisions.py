"""A step for proposals that go back to their proposer for a change."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS


@MIGRATIONS()
def m0012_returned_proposals(db: Database) -> None:
    """Tell a proposal that was sent back for a change from one that was turned down."""
    db.execute("""
        ALTER TABLE proposal ADD COLUMN is_returned INTEGER NOT NULL DEFAULT 0
        CHECK (is_returned IN (0, 1) AND (is_returned = 0 OR state = 'refused'))""")
    db.execute("CREATE INDEX proposal_organisation ON proposal (organisation_id, kind)")
