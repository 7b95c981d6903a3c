"""Add a case to the catalogue that grew out of an engagement here."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from matcher.records import Case
from matcher.store.connection import write_transaction
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
