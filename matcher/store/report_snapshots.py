"""Reports as they were made: one a period, kept for good; triggers refuse every change."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlite_utils import Database

from matcher.errors import StoreError, UnknownRecord
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp

_COLUMNS = "starts_on, ends_on, synthetic, model_id, made_at, made_by"


@dataclass(frozen=True, slots=True)
class ReportSnapshot:
    """Which report was kept; the last day is excluded."""

    starts_on: date
    ends_on: date
    synthetic: bool
    model_id: str
    made_at: datetime
    made_by: str


def save_snapshot(db: Database, snapshot: ReportSnapshot, document: str) -> bool:
    """Keep a report, unless one of its period is kept; return whether it was kept now."""
    with write_transaction(db, "keep a report"):
        row = db.conn.execute(
            f"INSERT INTO report_snapshot ({_COLUMNS}, sha256, document) "  # noqa: S608
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING 1",
            [
                snapshot.starts_on.isoformat(),
                snapshot.ends_on.isoformat(),
                int(snapshot.synthetic),
                snapshot.model_id,
                stamp(snapshot.made_at),
                snapshot.made_by,
                _digest(document),
                document,
            ],
        ).fetchone()
    return row is not None


def list_snapshots(db: Database, *, limit: int = 60) -> list[ReportSnapshot]:
    """Return the kept reports, the latest period first."""
    with driver_errors("list kept reports"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM report_snapshot "  # noqa: S608
            "ORDER BY ends_on DESC, starts_on DESC, synthetic LIMIT ?",
            [limit],
        ).fetchall()
    return [
        ReportSnapshot(
            date.fromisoformat(row[0]),
            date.fromisoformat(row[1]),
            bool(row[2]),
            row[3],
            datetime.fromisoformat(row[4]),
            row[5],
        )
        for row in rows
    ]


def read_snapshot_document(db: Database, starts_on: date, ends_on: date, *, synthetic: bool) -> str:
    """Return a kept report as it was written.

    Raises
    ------
    UnknownRecord
        When none of this period is kept.
    StoreError
        When it is not what was written.
    """
    with driver_errors("read a kept report"):
        row = db.conn.execute(
            "SELECT document, sha256 FROM report_snapshot "
            "WHERE starts_on = ? AND ends_on = ? AND synthetic = ?",
            [starts_on.isoformat(), ends_on.isoformat(), int(synthetic)],
        ).fetchone()
    if row is None:
        raise UnknownRecord("report", f"{starts_on} to {ends_on}")
    if _digest(row[0]) != row[1]:
        raise StoreError("read a kept report: it was altered; restore a backup", reason="damaged")
    return str(row[0])


def _digest(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()
