"""Needs that were entered: every version kept, found only by their id or in their own list."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.records import Need
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.serialise import from_json
from matcher.store.versions import differs, find_current, payload_of, read_head, write_changes


class StoredNeed(NamedTuple):
    """A need with its version and when that version was saved."""

    need: Need
    version: int
    saved_at: datetime


def save_need(db: Database, need: Need, *, actor: str, now: datetime) -> int:
    """Store a need and return its version; saving the same again makes no new one.

    Raises
    ------
    InvalidRecord
        When a value cannot be stored.
    Busy, StoreError
        As ``write_transaction``; nothing was changed.
    """
    key = ("need", need.need_id)
    payload = payload_of(need)
    with write_transaction(db, f"save need {need.need_id}"):
        head = read_head(db, *key)
        if head is not None and not differs(payload, head):
            return head.version
        write_changes(db, {key: payload}, actor=actor, now=now)
        return 1 if head is None else head.version + 1


def read_need(db: Database, need_id: str) -> Need:
    """Return the current version of a need.

    Raises
    ------
    UnknownRecord
        When there is none with this id.
    """
    with driver_errors(f"read need {need_id}"):
        found = find_current(db, Need, "need", need_id)
    if found is None:
        raise UnknownRecord("need", need_id)
    return found


def list_needs(db: Database, *, limit: int = 50, offset: int = 0) -> list[StoredNeed]:
    """Return needs, the one saved last first."""
    with driver_errors("list needs"):
        rows = db.conn.execute(
            "SELECT payload, version, valid_from FROM record_current WHERE kind = 'need' "
            "ORDER BY valid_from DESC, record_id LIMIT ? OFFSET ?",
            [limit, offset],
        ).fetchall()
    return [
        StoredNeed(from_json(Need, payload), version, datetime.fromisoformat(saved_at))
        for payload, version, saved_at in rows
    ]
