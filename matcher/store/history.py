"""The versions of one record: which there were, who made each, and from when to when it stood."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from matcher.store.driver import driver_errors
from matcher.store.versions import read_head


class Version(NamedTuple):
    """One state of a record."""

    version: int
    actor: str
    valid_from: datetime
    valid_to: datetime | None  # None: it still stands


def list_versions(db: Database, kind: str, record_id: str, *, limit: int = 50) -> list[Version]:
    """Return the versions of a record, the latest first."""
    with driver_errors(f"list the versions of {kind} {record_id}"):
        rows = db.conn.execute(
            "SELECT version, actor, valid_from, valid_to FROM record_version "
            "WHERE kind = ? AND record_id = ? ORDER BY version DESC LIMIT ?",
            [kind, record_id, limit],
        ).fetchall()
    return [
        Version(
            version,
            actor,
            datetime.fromisoformat(start),
            None if end is None else datetime.fromisoformat(end),
        )
        for version, actor, start, end in rows
    ]


def current_version(db: Database, kind: str, record_id: str) -> int | None:
    """Return the number of the version that stands, or None where the record does not."""
    with driver_errors(f"read {kind} {record_id}"):
        head = read_head(db, kind, record_id)
    return None if head is None or head.is_removed else head.version
