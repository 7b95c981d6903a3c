"""Step 57: which notices wait for the daily letter."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS

# The kinds of topics as they were at this step; whatever else there is, was of kind "platform".
_STARTS = {
    "account": ("account.",),
    "engagement": ("engagement.", "meeting.", "pilot.", "appeal."),
    "need": ("need.", "question."),
    "record": ("proposal.", "capability.", "organisation.", "member."),
    "call": ("round.", "open_call."),
    "search": ("search.",),
}


@MIGRATIONS()
def m0057_waits_for_digest(db: Database) -> None:
    """Mark each notice that is still to be mailed, in place of the time of the last letter.

    What was told up to that time was mailed and does not wait.
    """
    db.execute("""
        ALTER TABLE notice ADD COLUMN waits_for_digest INTEGER NOT NULL DEFAULT 0
            CHECK (waits_for_digest IN (0, 1))""")
    db.execute("""
        CREATE INDEX notice_waiting ON notice (account_id) WHERE waits_for_digest = 1""")
    waiting = db.execute("""
        SELECT notice.notice_id, notice.topic, kind.name
        FROM notice
        JOIN account_preference AS last USING (account_id)
        JOIN account_preference AS kind USING (account_id)
        WHERE last.name = 'digest_from'
            AND julianday(notice.created_at) > julianday(last.value)
            AND kind.name LIKE 'mail.%' AND kind.value = 'daily'""").fetchall()
    for notice_id, topic, name in waiting:
        if name == f"mail.{_kind(topic)}":
            db.execute("UPDATE notice SET waits_for_digest = 1 WHERE notice_id = ?", [notice_id])
    db.execute("DELETE FROM account_preference WHERE name = 'digest_from'")


def _kind(topic: str) -> str:
    return next((kind for kind, starts in _STARTS.items() if topic.startswith(starts)), "platform")
