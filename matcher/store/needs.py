"""Needs that were entered: every version kept, found only by their id or in their own list.

Who may see which need is decided in ``matcher.workflow.needs.disclosure``.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.records import Need
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.need_status import NeedStatus, read_status
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


class NeedVersion(NamedTuple):
    """One state that a need has had."""

    need: Need
    version: int
    actor: str
    saved_at: datetime


def list_need_versions(db: Database, need_id: str) -> list[NeedVersion]:
    """Return every version of a need, the newest first."""
    with driver_errors(f"read the versions of need {need_id}"):
        rows = db.conn.execute(
            "SELECT payload, version, actor, valid_from FROM record_version "
            "WHERE kind = 'need' AND record_id = ? ORDER BY version DESC",
            [need_id],
        ).fetchall()
    return [
        NeedVersion(from_json(Need, payload), version, actor, datetime.fromisoformat(at))
        for payload, version, actor, at in rows
    ]


class KeptNeed(NamedTuple):
    """A need with where it stands and whose it is."""

    need: Need
    version: int
    status: NeedStatus
    organisation_id: str


def read_kept_need(db: Database, need_id: str) -> KeptNeed:
    """Return a need of an organisation with where it stands.

    Raises
    ------
    UnknownRecord
        When there is none with this id, or it never began its way.
    """
    with driver_errors(f"read need {need_id}"):
        row = db.conn.execute(f"{_KEPT} WHERE r.record_id = ?", [need_id]).fetchone()
    if row is None:
        raise UnknownRecord("need", need_id)
    return _kept(db, row)


def list_kept_needs(
    db: Database,
    *,
    organisation_id: str = "",
    states: Collection[str] = (),
    visibilities: Collection[str] = (),
    limit: int = 50,
    offset: int = 0,
) -> list[KeptNeed]:
    """Return needs narrowed to what is given, those changed last first."""
    wanted = {
        "o.organisation_id": (organisation_id,) if organisation_id else (),
        "s.state": tuple(states),
        "s.visibility": tuple(visibilities),
    }
    where = [f"{name} IN ({', '.join('?' * len(v))})" for name, v in wanted.items() if v]
    given = [value for values in wanted.values() for value in values]
    with driver_errors("list needs"):
        rows = db.conn.execute(
            f"{_KEPT} WHERE {' AND '.join(where) or '1'} "
            "ORDER BY coalesce(s.published_at, s.updated_at) DESC, r.record_id LIMIT ? OFFSET ?",
            [*given, limit, offset],
        ).fetchall()
        return [_kept(db, row) for row in rows]


_KEPT = (
    "SELECT r.payload, r.version, r.record_id, o.organisation_id "
    "FROM record_current AS r JOIN need_status AS s ON s.need_id = r.record_id "
    "JOIN record_owner AS o ON o.kind = 'need' AND o.record_id = r.record_id "
    "AND r.kind = 'need'"
)


def _kept(db: Database, row: tuple[Any, ...]) -> KeptNeed:
    payload, version, need_id, organisation_id = row
    return KeptNeed(from_json(Need, payload), version, read_status(db, need_id), organisation_id)
