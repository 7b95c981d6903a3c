"""The inbox: what an account is told, in both languages, with a place to go to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp


class Message(NamedTuple):
    """What is to be told; ``address`` is a path of the site."""

    topic: str  # such as need.expiring: what a person may choose to be mailed about
    text_zh: str
    text_en: str
    address: str = ""
    object_kind: str = ""
    object_id: str = ""


class Notice(NamedTuple):
    """A message in somebody's inbox."""

    notice_id: int
    account_id: str
    message: Message
    created_at: datetime
    read_at: datetime | None


def add_notice(
    db: Database,
    account_ids: Iterable[str],
    message: Message,
    *,
    now: datetime,
    waiting: Collection[str] = (),
) -> int:
    """Put a message into the inbox of each account; return into how many.

    For the accounts in ``waiting`` it waits there for the daily letter.
    """
    rows = [
        {
            "account_id": account_id,
            "topic": message.topic,
            "object_kind": message.object_kind,
            "object_id": message.object_id,
            "text_zh": message.text_zh,
            "text_en": message.text_en,
            "address": message.address,
            "created_at": stamp(now),
            "read_at": None,
            "waits_for_digest": int(account_id in waiting),
        }
        for account_id in dict.fromkeys(account_ids)
    ]
    if rows:
        with write_transaction(db, f"tell {message.topic}"):
            db.table("notice").insert_all(rows)
    return len(rows)


_SELECT = (
    "SELECT notice_id, account_id, topic, text_zh, text_en, address, object_kind, "
    "object_id, created_at, read_at FROM notice "
)


def list_notices(
    db: Database, account_id: str, *, unread_only: bool = False, limit: int = 50, offset: int = 0
) -> list[Notice]:
    """Return an account's notices, the newest first."""
    with driver_errors("read notices"):
        rows = db.conn.execute(
            f"{_SELECT}WHERE account_id = ? AND (? = 0 OR read_at IS NULL) "
            "ORDER BY created_at DESC, notice_id DESC LIMIT ? OFFSET ?",
            [account_id, int(unread_only), limit, offset],
        ).fetchall()
    return [_notice(row) for row in rows]


def accounts_waiting(db: Database) -> list[str]:
    """Return the accounts for which notices wait for the daily letter, in the order of ids."""
    with driver_errors("list who waits for a daily letter"):
        rows = db.conn.execute(
            "SELECT DISTINCT account_id FROM notice WHERE waits_for_digest = 1 ORDER BY account_id"
        ).fetchall()
    return [str(row[0]) for row in rows]


def take_waiting(db: Database, account_id: str) -> list[Notice]:
    """Return an account's unread notices that wait for the daily letter, the oldest first.

    From then on they wait no more, nor do those that were read.
    """
    with write_transaction(db, f"take what waits for {account_id}"):
        rows = db.conn.execute(
            f"{_SELECT}WHERE account_id = ? AND waits_for_digest = 1 AND read_at IS NULL "
            "ORDER BY created_at, notice_id",
            [account_id],
        ).fetchall()
        db.conn.execute(
            "UPDATE notice SET waits_for_digest = 0 WHERE account_id = ? AND waits_for_digest = 1",
            [account_id],
        )
    return [_notice(row) for row in rows]


def _notice(row: tuple[Any, ...]) -> Notice:
    return Notice(
        row[0],
        row[1],
        Message(*row[2:8]),
        datetime.fromisoformat(row[8]),
        None if row[9] is None else datetime.fromisoformat(row[9]),
    )


def count_unread(db: Database, account_id: str) -> int:
    """Return how many notices an account has not read."""
    with driver_errors("count notices"):
        row = db.conn.execute(
            "SELECT count(*) FROM notice WHERE account_id = ? AND read_at IS NULL", [account_id]
        ).fetchone()
    return int(row[0])


def mark_read(db: Database, account_id: str, notice_id: int | None = None, *, now: datetime) -> int:
    """Mark one notice of an account, or all of them, as read; return how many were not."""
    with write_transaction(db, "mark notices as read"):
        cursor = db.conn.execute(
            "UPDATE notice SET read_at = ? WHERE account_id = ? AND read_at IS NULL "
            "AND (? IS NULL OR notice_id = ?)",
            [stamp(now), account_id, notice_id, notice_id],
        )
        return int(cursor.rowcount)


def was_told_since(db: Database, topic: str, object_id: str, since: date | None) -> bool:
    """Whether anybody was told of an object on a topic, since a day where that is given."""
    with driver_errors("read notices"):
        row = db.conn.execute(
            "SELECT 1 FROM notice WHERE topic = ? AND object_id = ? AND created_at >= ? LIMIT 1",
            [topic, object_id, since.isoformat() if since else ""],
        ).fetchone()
    return row is not None
