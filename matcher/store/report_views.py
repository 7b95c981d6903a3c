"""Reports of a part of history: the newest of each, a few in all, as they can be built again.

The reports that speak for their month are kept for good, in ``report_snapshots``.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlite_utils import Database

from matcher.errors import StoreError
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp

MOST_KEPT = 30


@dataclass(frozen=True, slots=True)
class ReportView:
    """Which part of history a report is about; the last day is excluded."""

    starts_on: date
    ends_on: date
    synthetic: bool
    filters: Mapping[str, str]

    @property
    def key(self) -> list[str | int]:
        """What tells it from the others, as the table holds it."""
        filters = json.dumps(dict(self.filters), ensure_ascii=False, sort_keys=True)
        return [self.starts_on.isoformat(), self.ends_on.isoformat(), int(self.synthetic), filters]


def save_view(db: Database, view: ReportView, document: str, *, now: datetime) -> None:
    """Keep a report in the place of the one before it, and forget the oldest beyond the limit."""
    digest = hashlib.sha256(document.encode()).hexdigest()
    with write_transaction(db, "keep a report on request"):
        db.conn.execute(
            "INSERT OR REPLACE INTO report_view "
            "(starts_on, ends_on, synthetic, filters, made_at, sha256, content) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            [*view.key, stamp(now), digest, zlib.compress(document.encode())],
        )
        db.conn.execute(
            "DELETE FROM report_view WHERE rowid NOT IN "
            "(SELECT rowid FROM report_view ORDER BY made_at DESC, rowid DESC LIMIT ?)",
            [MOST_KEPT],
        )


def find_view(db: Database, view: ReportView) -> tuple[str, datetime] | None:
    """Return the document of a report and when it was made, or None where it was not built.

    Raises
    ------
    StoreError
        When it is not what was written.
    """
    with driver_errors("read a report on request"):
        row = db.conn.execute(
            "SELECT content, sha256, made_at FROM report_view "
            "WHERE starts_on = ? AND ends_on = ? AND synthetic = ? AND filters = ?",
            view.key,
        ).fetchone()
    if row is None:
        return None
    try:
        document = zlib.decompress(row[0]).decode()
    except (zlib.error, UnicodeDecodeError):
        document = ""
    if hashlib.sha256(document.encode()).hexdigest() != row[1]:
        raise StoreError(
            "read a report on request: it was altered; build it again", reason="damaged"
        )
    return document, datetime.fromisoformat(row[2])
