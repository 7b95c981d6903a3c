"""What brokers change in a list of matches, and organisations that rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp

_OVERRIDE = (
    "override_id, need_id, capability_id, action, value, reason, made_by, made_at, expires_at, "
    "undone_by, undone_at, undo_reason"
)


@dataclass(frozen=True, slots=True)
class Override:
    """A broker's change to the list of one need, with its reason and its end."""

    override_id: str
    need_id: str
    capability_id: str
    action: str  # vocabulary override_action
    value: float | None  # the place for a pin, bits for an adjustment
    reason: str
    made_by: str
    made_at: datetime
    expires_at: datetime
    undone_by: str = ""
    undone_at: datetime | None = None
    undo_reason: str = ""

    def is_active(self, now: datetime) -> bool:
        """Whether it holds: neither undone nor past its end."""
        return self.undone_at is None and now < self.expires_at


def add_override(db: Database, override: Override) -> None:
    """Store a broker's change."""
    with write_transaction(db, f"store an override of need {override.need_id}"):
        db.table("match_override").insert(
            {
                "override_id": override.override_id,
                "need_id": override.need_id,
                "capability_id": override.capability_id,
                "action": override.action,
                "value": override.value,
                "reason": override.reason,
                "made_by": override.made_by,
                "made_at": stamp(override.made_at),
                "expires_at": stamp(override.expires_at),
                "undone_by": "",
                "undone_at": None,
                "undo_reason": "",
            }
        )


def mark_undone(db: Database, override_id: str, *, actor: str, reason: str, now: datetime) -> bool:
    """Undo a change; return whether it was not undone before."""
    with write_transaction(db, f"undo override {override_id}"):
        cursor = db.conn.execute(
            "UPDATE match_override SET undone_by = ?, undone_at = ?, undo_reason = ? "
            "WHERE override_id = ? AND undone_at IS NULL",
            [actor, stamp(now), reason, override_id],
        )
        return bool(cursor.rowcount)


def read_override(db: Database, override_id: str) -> Override:
    """Return one change.

    Raises
    ------
    UnknownRecord
        When there is none with this id.
    """
    with driver_errors("read an override"):
        row = db.conn.execute(
            f"SELECT {_OVERRIDE} FROM match_override WHERE override_id = ?",  # noqa: S608
            [override_id],
        ).fetchone()
    if row is None:
        raise UnknownRecord("override", override_id)
    return _override(row)


def list_overrides(db: Database, need_id: str) -> list[Override]:
    """Return all changes to a need's list, also undone and expired ones, the first one first."""
    with driver_errors("list overrides"):
        rows = db.conn.execute(
            f"SELECT {_OVERRIDE} FROM match_override WHERE need_id = ? "  # noqa: S608
            "ORDER BY made_at, override_id",
            [need_id],
        ).fetchall()
    return [_override(row) for row in rows]


def _override(row: tuple[Any, ...]) -> Override:
    made, expires, undone_by, undone, reason = row[7:]
    values = [
        *row[:7],
        datetime.fromisoformat(made),
        datetime.fromisoformat(expires),
        undone_by,
        None if undone is None else datetime.fromisoformat(undone),
        reason,
    ]
    return Override(*values)


def start_rest(db: Database, organisation_id: str, n_lapsed: int, *, now: datetime) -> bool:
    """Let an organisation rest; return False where it rests already."""
    with write_transaction(db, f"let organisation {organisation_id} rest"):
        cursor = db.conn.execute(
            "INSERT INTO organisation_rest (organisation_id, n_lapsed, since, ended_by) "
            "VALUES (?, ?, ?, '') ON CONFLICT DO NOTHING",
            [organisation_id, n_lapsed, stamp(now)],
        )
        return bool(cursor.rowcount)


def end_rest(db: Database, organisation_id: str, *, actor: str, now: datetime) -> bool:
    """End an organisation's rest; return whether it rested."""
    with write_transaction(db, f"end the rest of organisation {organisation_id}"):
        cursor = db.conn.execute(
            "UPDATE organisation_rest SET ended_at = ?, ended_by = ? "
            "WHERE organisation_id = ? AND ended_at IS NULL",
            [stamp(now), actor, organisation_id],
        )
        return bool(cursor.rowcount)


def resting_since(db: Database) -> dict[str, datetime]:
    """Return the organisations that rest, and since when."""
    with driver_errors("list organisations that rest"):
        rows = db.conn.execute(
            "SELECT organisation_id, since FROM organisation_rest WHERE ended_at IS NULL"
        ).fetchall()
    return {organisation_id: datetime.fromisoformat(since) for organisation_id, since in rows}


def last_return(db: Database, organisation_id: str) -> datetime | None:
    """Return when an organisation last came back from a rest, or None."""
    with driver_errors("read an organisation's rests"):
        row = db.conn.execute(
            "SELECT max(ended_at) FROM organisation_rest WHERE organisation_id = ?",
            [organisation_id],
        ).fetchone()
    return None if row is None or row[0] is None else datetime.fromisoformat(row[0])
