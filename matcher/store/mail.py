"""Mail that waits to be sent; each is taken by one sender, and its text is forgotten once sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlite_utils import Database

from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp

WAITS_AT_MOST = timedelta(days=3)  # what is older is no news, or a link that has expired
TRIED_AGAIN_AFTER = timedelta(minutes=5)
LONGEST_ERROR = 300


class Letter(NamedTuple):
    """What is to be mailed to one address."""

    recipient: str
    subject: str
    body: str


class WaitingMail(NamedTuple):
    """A letter in the queue, with what went wrong the last time."""

    mail_id: int
    letter: Letter
    n_attempts: int
    last_error: str


def add_mail(db: Database, letter: Letter, *, now: datetime) -> None:
    """Queue a letter; drop those that have waited for too long."""
    with write_transaction(db, "queue a mail"):
        db.conn.execute(
            "DELETE FROM mail WHERE created_at < ?",
            [stamp(now - WAITS_AT_MOST)],
        )
        db.table("mail").insert(
            {
                **letter._asdict(),
                "created_at": stamp(now),
                "n_attempts": 0,
                "last_error": "",
                "sent_at": None,
                "claimed_at": None,
            }
        )


def claim_mail(db: Database, *, now: datetime) -> WaitingMail | None:
    """Take the oldest letter that nobody else is sending; None when there is none."""
    with write_transaction(db, "take a mail to send"):
        row = db.conn.execute(
            "SELECT mail_id, recipient, subject, body, n_attempts, last_error FROM mail "
            "WHERE sent_at IS NULL AND created_at >= ? "
            "AND (claimed_at IS NULL OR claimed_at <= ?) ORDER BY mail_id LIMIT 1",
            [stamp(now - WAITS_AT_MOST), stamp(now - TRIED_AGAIN_AFTER)],
        ).fetchone()
        if row is None:
            return None
        db.conn.execute(
            "UPDATE mail SET claimed_at = ?, n_attempts = n_attempts + 1 WHERE mail_id = ?",
            [stamp(now), row[0]],
        )
    return WaitingMail(row[0], Letter(*row[1:4]), row[4] + 1, row[5])


def note_sent(db: Database, mail_id: int, *, now: datetime) -> None:
    """Note that a letter was sent, and forget what it said: it may hold a link that opens."""
    with write_transaction(db, "note a sent mail"):
        db.conn.execute(
            "UPDATE mail SET sent_at = ?, body = '', last_error = '' WHERE mail_id = ?",
            [stamp(now), mail_id],
        )


def note_failed(db: Database, mail_id: int, error: str) -> None:
    """Keep why a letter could not be sent; it is tried again later."""
    with write_transaction(db, "note a failed mail"):
        db.conn.execute(
            "UPDATE mail SET last_error = ? WHERE mail_id = ?", [error[:LONGEST_ERROR], mail_id]
        )


def waiting_mail(db: Database, *, now: datetime) -> list[WaitingMail]:
    """Return what waits to be sent, the oldest first."""
    with driver_errors("list mail"):
        rows = db.conn.execute(
            "SELECT mail_id, recipient, subject, body, n_attempts, last_error FROM mail "
            "WHERE sent_at IS NULL AND created_at >= ? ORDER BY mail_id",
            [stamp(now - WAITS_AT_MOST)],
        ).fetchall()
    return [WaitingMail(row[0], Letter(*row[1:4]), row[4], row[5]) for row in rows]
