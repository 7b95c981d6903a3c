"""Cases of the catalogue that grew out of engagements here: added, found, withdrawn."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from matcher.records import Case
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import differs, payload_of, read_head, write_changes


def publish_case(db: Database, case: Case, *, actor: str, now: datetime) -> None:
    """Store a case; it is searchable when this returns, and evidence once a capability names it.

    Raises
    ------
    InvalidRecord
        When a value cannot be stored.
    """
    key = ("case", case.case_id)
    payload = payload_of(case)
    with write_transaction(db, f"publish case {case.case_id}"):
        if differs(payload, read_head(db, *key)):
            write_changes(db, {key: payload}, actor=actor, now=now)


def cases_of_demonstrations(db: Database) -> list[tuple[str, str]]:
    """Return (case, capability) of every case that a side of a demonstration made."""
    with driver_errors("list the cases of demonstrations"):
        rows = db.conn.execute(
            "SELECT DISTINCT o.case_id, e.capability_id FROM outcome AS o "
            "JOIN engagement AS e USING (engagement_id) JOIN organisation AS g "
            "ON g.organisation_id IN (e.need_organisation_id, e.provider_organisation_id) "
            "WHERE g.is_demo = 1 AND o.case_id <> '' ORDER BY o.case_id"
        ).fetchall()
    return [(str(case_id), str(capability_id)) for case_id, capability_id in rows]


def withdraw_case(db: Database, case_id: str, *, actor: str, now: datetime) -> bool:
    """Take a case out of matching and search; its versions stay. False where it was before."""
    with write_transaction(db, f"withdraw case {case_id}"):
        head = read_head(db, "case", case_id)
        if head is None or head.is_removed:
            return False
        write_changes(db, {}, [("case", case_id)], actor=actor, now=now)
    return True
