"""Which model serves, who promoted it and why, and what comparisons of models found.

The model that serves is the last line of ``serving_change``; without one it is the one that
``models/serving.txt`` names. Who may promote what: ``matcher.workflow.learning.models``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp


class Comparison(NamedTuple):
    """A candidate held against the serving model, as it was found."""

    comparison_id: int
    candidate_id: str
    candidate_sha256: str
    serving_id: str
    serving_sha256: str
    passed: bool
    document: dict[str, Any]
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class ServingChange:
    """One change of the serving model; ``asked_by`` is the other one of two administrators."""

    kind: str  # promoted | rolled_back
    model_id: str
    model_sha256: str
    previous_id: str
    made_by: str
    reason: str
    made_at: datetime
    comparison_id: int | None = None
    asked_by: str = ""
    change_id: int = 0


class PromotionRequest(NamedTuple):
    """A promotion that waits for a second administrator, or waited."""

    request_id: int
    model_id: str
    comparison_id: int
    reason: str
    asked_by: str
    asked_at: datetime
    state: str


_CHANGE = tuple(f.name for f in fields(ServingChange))
_COMPARISON = ", ".join(Comparison._fields)
_REQUEST = ", ".join(PromotionRequest._fields)


def last_change(db: Database) -> ServingChange | None:
    """Return the last change of the serving model; None where none was ever made."""
    found = list_changes(db, limit=1)
    return found[0] if found else None


def list_changes(db: Database, *, limit: int = 100) -> list[ServingChange]:
    """Return the changes of the serving model, the last first."""
    with driver_errors("read which model serves"):
        rows = db.conn.execute(
            f"SELECT {', '.join(_CHANGE)} FROM serving_change "  # noqa: S608
            "ORDER BY change_id DESC LIMIT ?",
            [limit],
        ).fetchall()
    named = [dict(zip(_CHANGE, row, strict=True)) for row in rows]
    return [
        ServingChange(**{**row, "made_at": datetime.fromisoformat(row["made_at"])}) for row in named
    ]


def add_change(db: Database, change: ServingChange) -> int:
    """Make another model the serving one; return the number of the change."""
    names = _CHANGE[:-1]
    values = [getattr(change, name) for name in names]
    values[names.index("made_at")] = stamp(change.made_at)
    with write_transaction(db, f"let {change.model_id} serve"):
        row = db.conn.execute(
            f"INSERT INTO serving_change ({', '.join(names)}) "  # noqa: S608
            f"VALUES ({', '.join('?' * len(names))}) RETURNING change_id",
            values,
        ).fetchone()
    return int(row[0])


def add_comparison(
    db: Database, document: Mapping[str, Any], *, made_by: str, now: datetime
) -> int:
    """Keep what a comparison found and return its number."""
    with write_transaction(db, "keep a comparison of models"):
        row = db.conn.execute(
            "INSERT INTO model_comparison (candidate_id, candidate_sha256, serving_id, "
            "serving_sha256, passed, document, made_by, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
            "RETURNING comparison_id",
            [
                document["candidate"],
                document["candidate_sha256"],
                document["serving"],
                document["serving_sha256"],
                int(document["passed"]),
                json.dumps(document, ensure_ascii=False, allow_nan=False, sort_keys=True),
                made_by,
                stamp(now),
            ],
        ).fetchone()
    return int(row[0])


def read_comparison(db: Database, comparison_id: int) -> Comparison:
    """Return a comparison.

    Raises
    ------
    UnknownRecord
        When there is none with this number.
    """
    found = _comparisons(db, "comparison_id = ?", comparison_id)
    if not found:
        raise UnknownRecord("comparison", str(comparison_id))
    return found[0]


def latest_comparison(
    db: Database, candidate: tuple[str, str], serving: tuple[str, str]
) -> Comparison | None:
    """Return the last comparison of these two models as they are now: ids with their sha256."""
    found = _comparisons(
        db,
        "candidate_id = ? AND candidate_sha256 = ? AND serving_id = ? AND serving_sha256 = ?",
        *candidate,
        *serving,
    )
    return found[0] if found else None


def list_comparisons(db: Database, candidate_id: str) -> list[Comparison]:
    """Return every comparison of a candidate, the last first."""
    return _comparisons(db, "candidate_id = ?", candidate_id)


def _comparisons(db: Database, where: str, *values: Any) -> list[Comparison]:
    with driver_errors("read comparisons of models"):
        rows = db.conn.execute(
            f"SELECT {_COMPARISON} FROM model_comparison WHERE {where} "  # noqa: S608
            "ORDER BY comparison_id DESC",
            list(values),
        ).fetchall()
    return [
        Comparison._make([*row[:5], bool(row[5]), json.loads(row[6]), row[7], _time(row[8])])
        for row in rows
    ]


def waiting_request(db: Database, model_id: str) -> PromotionRequest | None:
    """Return the request for a model that waits for a second administrator."""
    with driver_errors("read requests for promotion"):
        row = db.conn.execute(
            f"SELECT {_REQUEST} FROM promotion_request "  # noqa: S608
            "WHERE model_id = ? AND state = 'waiting'",
            [model_id],
        ).fetchone()
    return None if row is None else PromotionRequest._make([*row[:5], _time(row[5]), row[6]])


def add_request(
    db: Database, model_id: str, comparison_id: int, reason: str, *, asked_by: str, now: datetime
) -> int:
    """Keep that an administrator wants a model to serve in spite of its comparison."""
    with write_transaction(db, f"ask for {model_id}"):
        row = db.conn.execute(
            "INSERT INTO promotion_request (model_id, comparison_id, reason, asked_by, asked_at, "
            "state, closed_by, closed_at) VALUES (?, ?, ?, ?, ?, 'waiting', '', NULL) "
            "RETURNING request_id",
            [model_id, comparison_id, reason, asked_by, stamp(now)],
        ).fetchone()
    return int(row[0])


def close_requests(
    db: Database, model_id: str, state: str, *, closed_by: str, now: datetime
) -> int:
    """Close what waits for a model; return how many requests that were."""
    with write_transaction(db, f"close requests for {model_id}"):
        done = db.conn.execute(
            "UPDATE promotion_request SET state = ?, closed_by = ?, closed_at = ? "
            "WHERE model_id = ? AND state = 'waiting'",
            [state, closed_by, stamp(now), model_id],
        )
    return int(done.rowcount)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
