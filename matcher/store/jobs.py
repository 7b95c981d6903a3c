"""Long work and how far it is: a row a job, written by the process that does it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp

LONGEST_PROBLEM = 1000


class Job(NamedTuple):
    """One piece of long work."""

    job_id: str
    kind: str
    given: dict[str, Any]
    state: str  # waiting | running | done | failed
    n_done: int
    n_total: int
    stage: str
    result: dict[str, Any]
    problem: str
    started_by: str
    made_at: datetime
    updated_at: datetime
    ended_at: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.ended_at is not None


_COLUMNS = ", ".join(Job._fields)


def add_job(
    db: Database,
    job_id: str,
    kind: str,
    given: Mapping[str, Any],
    *,
    started_by: str,
    now: datetime,
) -> None:
    """Keep that something is to be done."""
    at = stamp(now)
    with write_transaction(db, f"start job {kind}"):
        db.conn.execute(
            "INSERT INTO job (job_id, kind, given, state, n_done, n_total, stage, result, problem, "
            "started_by, made_at, updated_at, ended_at) "
            "VALUES (?, ?, ?, 'waiting', 0, 0, '', '{}', '', ?, ?, ?, NULL)",
            [job_id, kind, _json(given), started_by, at, at],
        )


def update_job(
    db: Database, job_id: str, *, n_done: int, n_total: int, stage: str, now: datetime
) -> None:
    """Write how far a job is; one that is over stays as it ended."""
    with write_transaction(db, f"note progress of job {job_id}"):
        db.conn.execute(
            "UPDATE job SET state = 'running', n_done = ?, n_total = ?, stage = ?, updated_at = ? "
            "WHERE job_id = ? AND ended_at IS NULL",
            [n_done, n_total, stage, stamp(now), job_id],
        )


def end_job(
    db: Database,
    job_id: str,
    *,
    now: datetime,
    result: Mapping[str, Any] | None = None,
    problem: str = "",
) -> None:
    """Write how a job ended: with a result, or with the words of its problem."""
    at = stamp(now)
    with write_transaction(db, f"end job {job_id}"):
        db.conn.execute(
            "UPDATE job SET state = ?, result = ?, problem = ?, updated_at = ?, ended_at = ? "
            "WHERE job_id = ? AND ended_at IS NULL",
            [
                "failed" if problem else "done",
                _json(result or {}),
                problem[:LONGEST_PROBLEM],
                at,
                at,
                job_id,
            ],
        )


def read_job(db: Database, job_id: str) -> Job:
    """Return a job.

    Raises
    ------
    UnknownRecord
        When there is none with this id.
    """
    found = _jobs(db, "job_id = ?", [job_id], 1)
    if not found:
        raise UnknownRecord("job", job_id)
    return found[0]


def list_jobs(db: Database, *, kinds: tuple[str, ...], limit: int = 10) -> list[Job]:
    """Return the last jobs of some kinds, the last first."""
    marks = ", ".join("?" * len(kinds))
    return _jobs(db, f"kind IN ({marks})", list(kinds), limit)


def last_job_about(db: Database, room: str, name: str, value: str) -> Job | None:
    """Return the last job of a room, such as ``rounds.``, that was given a value, or None."""
    where = "substr(kind, 1, ?) = ? AND json_extract(given, '$.' || ?) = ?"
    found = _jobs(db, where, [len(room), room, name, value], 1)
    return found[0] if found else None


def _jobs(db: Database, where: str, values: list[Any], limit: int) -> list[Job]:
    with driver_errors("read jobs"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM job WHERE {where} "  # noqa: S608
            "ORDER BY made_at DESC, job_id DESC LIMIT ?",
            [*values, limit],
        ).fetchall()
    return [_job(row) for row in rows]


def _job(row: tuple[Any, ...]) -> Job:
    values = dict(zip(Job._fields, row, strict=True))
    for name in ("given", "result"):
        values[name] = json.loads(values[name])
    for name in ("made_at", "updated_at", "ended_at"):
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    return Job(**values)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True)
