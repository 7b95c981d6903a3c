"""Appeals against what was decided on an object, and how they were decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp

_COLUMNS = (
    "appeal_id, object_kind, object_id, organisation_id, filed_by, text, filed_at, due_at, "
    "decision, decision_reason, decided_by, decided_at"
)


@dataclass(frozen=True, slots=True)
class Appeal:
    """What an organisation says against a decision, and the answer."""

    appeal_id: str
    object_kind: str
    object_id: str
    organisation_id: str
    filed_by: str
    text: str
    filed_at: datetime
    due_at: datetime
    decision: str = ""  # vocabulary appeal_decision
    decision_reason: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None


def add_appeal(db: Database, appeal: Appeal) -> bool:
    """Store an appeal; return False where one of the organisation on this object waits."""
    with write_transaction(db, f"store appeal {appeal.appeal_id}"):
        cursor = db.conn.execute(
            "INSERT INTO appeal (appeal_id, object_kind, object_id, organisation_id, filed_by, "
            "text, filed_at, due_at, decision, decision_reason, decided_by) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', '', '') ON CONFLICT DO NOTHING",
            [
                appeal.appeal_id,
                appeal.object_kind,
                appeal.object_id,
                appeal.organisation_id,
                appeal.filed_by,
                appeal.text,
                stamp(appeal.filed_at),
                stamp(appeal.due_at),
            ],
        )
        return bool(cursor.rowcount)


def mark_decided(
    db: Database, appeal_id: str, decision: str, reason: str, *, actor: str, now: datetime
) -> bool:
    """Store the decision on an appeal; return whether it was not decided before."""
    with write_transaction(db, f"decide appeal {appeal_id}"):
        cursor = db.conn.execute(
            "UPDATE appeal SET decision = ?, decision_reason = ?, decided_by = ?, decided_at = ? "
            "WHERE appeal_id = ? AND decided_at IS NULL",
            [decision, reason, actor, stamp(now), appeal_id],
        )
        return bool(cursor.rowcount)


def read_appeal(db: Database, appeal_id: str) -> Appeal:
    """Return an appeal.

    Raises
    ------
    UnknownRecord
        When there is none with this id.
    """
    with driver_errors("read an appeal"):
        row = db.conn.execute(
            f"SELECT {_COLUMNS} FROM appeal WHERE appeal_id = ?",  # noqa: S608
            [appeal_id],
        ).fetchone()
    if row is None:
        raise UnknownRecord("appeal", appeal_id)
    return _appeal(row)


def list_appeals(
    db: Database, *, organisation_id: str = "", open_only: bool = False, limit: int = 50
) -> list[Appeal]:
    """Return appeals, those due first first."""
    with driver_errors("list appeals"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM appeal WHERE ? IN ('', organisation_id) "  # noqa: S608
            "AND (? = 0 OR decided_at IS NULL) ORDER BY due_at, appeal_id LIMIT ?",
            [organisation_id, int(open_only), limit],
        ).fetchall()
    return [_appeal(row) for row in rows]


def _appeal(row: tuple[Any, ...]) -> Appeal:
    filed, due, decision, reason, by, decided = row[6:]
    values = [
        *row[:6],
        datetime.fromisoformat(filed),
        datetime.fromisoformat(due),
        decision,
        reason,
        by,
        None if decided is None else datetime.fromisoformat(decided),
    ]
    return Appeal(*values)
