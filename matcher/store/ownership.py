"""Whose a need, a capability or a pilot base is."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from matcher.identity import Actor
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp


def set_owner(
    db: Database, kind: str, record_id: str, organisation_id: str, *, actor: Actor, now: datetime
) -> None:
    """Note that a record is an organisation's; a record changes hands only by staff's act."""
    with write_transaction(db, f"note whose {kind} {record_id} is"):
        db.conn.execute(
            "INSERT INTO record_owner (kind, record_id, organisation_id, created_by, created_at) "
            "VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, record_id) DO UPDATE SET "
            "organisation_id = excluded.organisation_id",
            [kind, record_id, organisation_id, actor.actor_id, stamp(now)],
        )


def owner_of(db: Database, kind: str, record_id: str) -> str:
    """Return the id of the organisation that a record belongs to, or an empty text."""
    with driver_errors(f"read whose {kind} {record_id} is"):
        row = db.conn.execute(
            "SELECT organisation_id FROM record_owner WHERE kind = ? AND record_id = ?",
            [kind, record_id],
        ).fetchone()
    return "" if row is None else str(row[0])


def owned_by(db: Database, organisation_id: str, kind: str) -> list[str]:
    """Return the ids of an organisation's records of a kind, the newest first."""
    with driver_errors("list an organisation's records"):
        rows = db.conn.execute(
            "SELECT record_id FROM record_owner WHERE organisation_id = ? AND kind = ? "
            "ORDER BY created_at DESC, record_id",
            [organisation_id, kind],
        ).fetchall()
    return [record_id for (record_id,) in rows]


def demonstration_records(db: Database) -> frozenset[tuple[str, str]]:
    """Return (kind, id) of the records of made-up organisations, which say so wherever they are.

    A case is one of them where either side of its engagement is made up.
    """
    with driver_errors("list the records of demonstrations"):
        rows = db.conn.execute(
            "SELECT o.kind, o.record_id FROM record_owner AS o "
            "JOIN organisation AS g USING (organisation_id) WHERE g.is_demo = 1 "
            "UNION SELECT 'provider', provider_id FROM organisation "
            "WHERE is_demo = 1 AND provider_id IS NOT NULL "
            "UNION SELECT 'case', u.case_id FROM outcome AS u JOIN engagement AS e "
            "USING (engagement_id) JOIN organisation AS g "
            "ON g.organisation_id IN (e.need_organisation_id, e.provider_organisation_id) "
            "WHERE g.is_demo = 1 AND u.case_id <> ''"
        ).fetchall()
    return frozenset((kind, record_id) for kind, record_id in rows)


def is_made_up(db: Database, kind: str, record_id: str) -> bool:
    """Whether a record is a demonstration's; an engagement is where its need or provider is."""
    if kind != "engagement":
        return (kind, record_id) in demonstration_records(db)
    with driver_errors("look whose an engagement is"):
        row = db.conn.execute(
            "SELECT 1 FROM engagement AS e JOIN organisation AS g "
            "ON g.organisation_id IN (e.need_organisation_id, e.provider_organisation_id) "
            "WHERE e.engagement_id = ? AND g.is_demo = 1",
            [record_id],
        ).fetchone()
    return row is not None


def list_owned(db: Database, kind: str) -> list[tuple[str, str]]:
    """Return (record id, organisation id) of every record of a kind that belongs to somebody."""
    with driver_errors("list owned records"):
        rows = db.conn.execute(
            "SELECT record_id, organisation_id FROM record_owner WHERE kind = ? ORDER BY record_id",
            [kind],
        ).fetchall()
    return [(record_id, organisation_id) for record_id, organisation_id in rows]
