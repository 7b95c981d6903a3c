"""Invented history of a demonstration, kept whole in a table of its own.

It is never mixed with what really was shown: whoever reads it knows from where it comes that it is
synthetic. What the content means is not known here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlite_utils import Database

from matcher.errors import StoreError
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp


@dataclass(frozen=True, slots=True)
class SyntheticHistory:
    """What was invented: from which seed, how much, for which days (the last one excluded)."""

    seed: int
    n_pairs: int
    starts_on: date
    ends_on: date
    made_at: datetime


def save_synthetic_history(db: Database, about: SyntheticHistory, content: bytes) -> None:
    """Keep invented history in the place of what was invented before."""
    with write_transaction(db, "keep synthetic history"):
        db.conn.execute("DELETE FROM synthetic_history")
        db.conn.execute("DELETE FROM report_view WHERE synthetic = 1")  # of the history before
        db.table("synthetic_history").insert(
            {
                "id": 1,
                "seed": about.seed,
                "n_pairs": about.n_pairs,
                "starts_on": about.starts_on.isoformat(),
                "ends_on": about.ends_on.isoformat(),
                "made_at": stamp(about.made_at),
                "sha256": hashlib.sha256(content).hexdigest(),
                "content": content,
            }
        )


def find_synthetic_history(db: Database) -> SyntheticHistory | None:
    """Return what was invented, or None where history is real alone."""
    with driver_errors("look for synthetic history"):
        row = db.conn.execute(
            "SELECT seed, n_pairs, starts_on, ends_on, made_at FROM synthetic_history"
        ).fetchone()
    if row is None:
        return None
    start, end = date.fromisoformat(row[2]), date.fromisoformat(row[3])
    return SyntheticHistory(row[0], row[1], start, end, datetime.fromisoformat(row[4]))


def read_synthetic_content(db: Database) -> bytes | None:
    """Return the content that was kept, or None where there is none.

    Raises
    ------
    StoreError
        When it is not what was written.
    """
    with driver_errors("read synthetic history"):
        row = db.conn.execute("SELECT content, sha256 FROM synthetic_history").fetchone()
    if row is None:
        return None
    content = bytes(row[0])
    if hashlib.sha256(content).hexdigest() != row[1]:
        raise StoreError(
            "read synthetic history: it was altered; make it again with `aiplus demo history`",
            reason="damaged",
        )
    return content


def remove_synthetic_history(db: Database) -> bool:
    """Forget invented history; return whether there was any."""
    with write_transaction(db, "forget synthetic history"):
        row = db.conn.execute("DELETE FROM synthetic_history RETURNING 1").fetchone()
        db.conn.execute("DELETE FROM report_view WHERE synthetic = 1")
    return row is not None


def has_real_history(db: Database) -> bool:
    """Whether anybody took part here in earnest: an account, a shown list or an engagement."""
    with driver_errors("look for real history"):
        row = db.conn.execute(
            "SELECT EXISTS (SELECT 1 FROM account WHERE is_demo = 0) "
            "OR EXISTS (SELECT 1 FROM match_list) OR EXISTS (SELECT 1 FROM engagement)"
        ).fetchone()
    return bool(row[0])
