"""Step 9: the inbox of an account, and mail that waits to be sent."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS


@MIGRATIONS()
def m0009_notices(db: Database) -> None:
    """Keep what an account is told, and the same by mail where a server for it is set."""
    db.execute("""
        CREATE TABLE notice (
            notice_id INTEGER PRIMARY KEY,
            account_id TEXT NOT NULL REFERENCES account (account_id),
            topic TEXT NOT NULL CHECK (topic <> ''),
            object_kind TEXT NOT NULL,
            object_id TEXT NOT NULL,
            text_zh TEXT NOT NULL CHECK (text_zh <> ''),
            text_en TEXT NOT NULL CHECK (text_en <> ''),
            address TEXT NOT NULL,
            created_at TEXT NOT NULL,
            read_at TEXT
        ) STRICT""")
    db.execute("CREATE INDEX notice_account ON notice (account_id, created_at)")
    db.execute("""
        CREATE INDEX notice_unread ON notice (account_id) WHERE read_at IS NULL""")
    db.execute("""
        CREATE TABLE mail (
            mail_id INTEGER PRIMARY KEY,
            recipient TEXT NOT NULL CHECK (recipient <> ''),
            subject TEXT NOT NULL,
            body TEXT NOT NULL,
            created_at TEXT NOT NULL,
            n_attempts INTEGER NOT NULL,
            last_error TEXT NOT NULL,
            sent_at TEXT
        ) STRICT""")
    db.execute("CREATE INDEX mail_waiting ON mail (created_at) WHERE sent_at IS NULL")
