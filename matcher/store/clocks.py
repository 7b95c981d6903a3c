"""Clocks: whose answer is waited for, until when, and how such waits ended."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.errors import StoreError
from matcher.records.engagement import Clock
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp

_COLUMNS = (
    "clock_id, object_kind, object_id, kind, waits_for, started_at, due_at, next_at, n_reminders, "
    "is_provisional, escalated_at, ended_at, ended_by"
)


class Wait(NamedTuple):
    """One wait for an organisation's answer, as figures need it."""

    kind: str
    started_at: datetime
    ended_at: datetime | None
    ended_by: str


def start_clock(db: Database, clock: Clock) -> int:
    """Start a clock in place of the one that runs for the same object, and return its id."""
    with write_transaction(db, f"start a clock of {clock.object_kind} {clock.object_id}"):
        end_clock(db, clock.object_kind, clock.object_id, "superseded", now=clock.started_at)
        row = db.conn.execute(
            "INSERT INTO clock (object_kind, object_id, kind, waits_for, started_at, due_at, "
            "next_at, n_reminders, is_provisional, ended_by) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, '') RETURNING clock_id",
            [
                clock.object_kind,
                clock.object_id,
                clock.kind,
                json.dumps(list(clock.waits_for)),
                stamp(clock.started_at),
                stamp(clock.due_at),
                stamp(clock.next_at),
                int(clock.is_provisional),
            ],
        ).fetchone()
    return int(row[0])


def end_clock(
    db: Database, object_kind: str, object_id: str, ended_by: str, *, now: datetime
) -> bool:
    """End the clock that runs for an object; return whether one ran."""
    with write_transaction(db, f"end a clock of {object_kind} {object_id}"):
        cursor = db.conn.execute(
            "UPDATE clock SET ended_at = ?, ended_by = ? "
            "WHERE object_kind = ? AND object_id = ? AND ended_at IS NULL",
            [stamp(now), ended_by, object_kind, object_id],
        )
        return bool(cursor.rowcount)


def running_clock(db: Database, object_kind: str, object_id: str) -> Clock | None:
    """Return the clock that runs for an object, or None."""
    with driver_errors("read a clock"):
        row = db.conn.execute(
            f"SELECT {_COLUMNS} FROM clock "  # noqa: S608
            "WHERE object_kind = ? AND object_id = ? AND ended_at IS NULL",
            [object_kind, object_id],
        ).fetchone()
    return None if row is None else _clock(row)


def due_clocks(db: Database, now: datetime, *, limit: int = 500) -> list[Clock]:
    """Return the running clocks whose next act has come, the one that waited longest first."""
    with driver_errors("list clocks"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM clock WHERE ended_at IS NULL AND next_at <= ? "  # noqa: S608
            "ORDER BY next_at, clock_id LIMIT ?",
            [stamp(now), limit],
        ).fetchall()
    return [_clock(row) for row in rows]


def running_clocks(db: Database, *, provisional_only: bool = False) -> list[Clock]:
    """Return all running clocks, those due first first."""
    with driver_errors("list clocks"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM clock WHERE ended_at IS NULL "  # noqa: S608
            "AND is_provisional >= ? ORDER BY due_at, clock_id",
            [int(provisional_only)],
        ).fetchall()
    return [_clock(row) for row in rows]


def move_clock(db: Database, before: Clock, after: Clock) -> bool:
    """Store what a clock did, if nobody else moved it meanwhile; return whether it was stored."""
    if before.clock_id != after.clock_id:
        raise StoreError("two clocks cannot be one", reason="refused")
    with write_transaction(db, f"move clock {before.clock_id}"):
        cursor = db.conn.execute(
            "UPDATE clock SET due_at = ?, next_at = ?, n_reminders = ?, is_provisional = ?, "
            "escalated_at = ? WHERE clock_id = ? AND ended_at IS NULL AND next_at = ? "
            "AND n_reminders = ?",
            [
                stamp(after.due_at),
                stamp(after.next_at),
                after.n_reminders,
                int(after.is_provisional),
                None if after.escalated_at is None else stamp(after.escalated_at),
                before.clock_id,
                stamp(before.next_at),
                before.n_reminders,
            ],
        )
        return bool(cursor.rowcount)


def waits_of(db: Database, organisation_id: str, kinds: tuple[str, ...]) -> list[Wait]:
    """Return the waits for an organisation's answer in engagements, the oldest first.

    A wait that another's act ended (``superseded``) says nothing about the one waited for and is
    left out.
    """
    marks = ", ".join("?" * len(kinds))
    with driver_errors("read waits for answers"):
        rows = db.conn.execute(
            "SELECT DISTINCT c.clock_id, c.kind, c.started_at, c.ended_at, c.ended_by "  # noqa: S608
            "FROM clock AS c JOIN engagement AS e ON c.object_kind = 'engagement' "
            "AND c.object_id = e.engagement_id, json_each(c.waits_for) AS side "
            f"WHERE c.kind IN ({marks}) AND c.ended_by <> 'superseded' AND ? = CASE side.value "
            "WHEN 'need' THEN e.need_organisation_id "
            "WHEN 'provider' THEN e.provider_organisation_id "
            "WHEN 'base' THEN e.base_organisation_id ELSE '' END ORDER BY c.clock_id",
            [*kinds, organisation_id],
        ).fetchall()
    return [Wait(row[1], _time(row[2]), _maybe(row[3]), row[4]) for row in rows]


def _clock(row: tuple[Any, ...]) -> Clock:
    (clock_id, object_kind, object_id, kind, waits_for, *times) = row
    started, due, next_at, n_reminders, is_provisional, escalated, ended, ended_by = times
    return Clock(
        clock_id=clock_id,
        object_kind=object_kind,
        object_id=object_id,
        kind=kind,
        waits_for=tuple(json.loads(waits_for)),
        started_at=_time(started),
        due_at=_time(due),
        next_at=_time(next_at),
        n_reminders=n_reminders,
        is_provisional=bool(is_provisional),
        escalated_at=_maybe(escalated),
        ended_at=_maybe(ended),
        ended_by=ended_by,
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
