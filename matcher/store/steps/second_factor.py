"""Step 60: a second factor that is replaced without being off, and one that has to be set."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS


@MIGRATIONS()
def m0060_second_factor_kept(db: Database) -> None:
    """Let a new device take over from the old one, and let a lost one be owed, not forgotten."""
    # The secret of the new device until its first code was right; the old one holds meanwhile.
    db.execute("ALTER TABLE account ADD COLUMN totp_next_secret TEXT NOT NULL DEFAULT ''")
    db.execute("""
        ALTER TABLE account ADD COLUMN must_set_second_factor INTEGER NOT NULL DEFAULT 0
            CHECK (must_set_second_factor IN (0, 1))""")
