"""What an account has chosen, as names and values; what a name means is the workflow's to say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlite_utils import Database

from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp


def read_preferences(db: Database, account_id: str) -> dict[str, str]:
    """Return everything that an account has chosen."""
    with driver_errors("read preferences"):
        rows = db.conn.execute(
            "SELECT name, value FROM account_preference WHERE account_id = ? ORDER BY name",
            [account_id],
        ).fetchall()
    return dict(rows)


def write_preferences(
    db: Database, account_id: str, chosen: Mapping[str, str], *, now: datetime
) -> None:
    """Keep what an account has chosen; an empty value forgets the choice."""
    with write_transaction(db, f"keep preferences of {account_id}"):
        for name, value in chosen.items():
            if value:
                db.conn.execute(
                    "INSERT INTO account_preference (account_id, name, value, chosen_at) "
                    "VALUES (?, ?, ?, ?) ON CONFLICT (account_id, name) DO UPDATE SET "
                    "value = excluded.value, chosen_at = excluded.chosen_at",
                    [account_id, name, value, stamp(now)],
                )
            else:
                db.conn.execute(
                    "DELETE FROM account_preference WHERE account_id = ? AND name = ?",
                    [account_id, name],
                )


def accounts_with(db: Database, value: str) -> list[str]:
    """Return the accounts that have chosen a value under any name, in the order of their ids."""
    with driver_errors("list preferences"):
        rows = db.conn.execute(
            "SELECT DISTINCT account_id FROM account_preference WHERE value = ? "
            "ORDER BY account_id",
            [value],
        ).fetchall()
    return [str(row[0]) for row in rows]
