"""Step 11: recovery codes, what a person wants mailed, consent to show a contact, mail claimed."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS


@MIGRATIONS()
def m0011_account_choices(db: Database) -> None:
    """Let a lost telephone be survived, and let people say what they agree to and want to hear."""
    db.execute("""
        CREATE TABLE recovery_code (
            account_id TEXT NOT NULL REFERENCES account (account_id),
            digest TEXT NOT NULL CHECK (length(digest) = 64),
            used_at TEXT,
            PRIMARY KEY (account_id, digest)
        ) STRICT, WITHOUT ROWID""")
    db.execute("""
        ALTER TABLE account ADD COLUMN mails TEXT NOT NULL DEFAULT 'important'
            CHECK (mails IN ('all', 'important', 'none'))""")
    # Agreed to apart from the terms: the contact is shown to a partner after both accepted.
    db.execute("""
        ALTER TABLE organisation ADD COLUMN shares_contact INTEGER NOT NULL DEFAULT 0
            CHECK (shares_contact IN (0, 1))""")
    # Of several processes that send mail at once, one takes each.
    db.execute("ALTER TABLE mail ADD COLUMN claimed_at TEXT")
