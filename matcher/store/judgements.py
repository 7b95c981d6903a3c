"""Grades that reviewers gave to pairs; a reviewer grades a pair once, a second one may too."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp


@dataclass(frozen=True, slots=True)
class Judgement:
    """One reviewer's grade of one pair: 0 does not fit, 1 partly, 2 well, 3 wholly."""

    need_id: str
    capability_id: str
    grade: int
    drawn_for: str  # why the sampling plan drew this pair
    judged_by: str
    judged_at: datetime
    need_version: int | None = None
    capability_version: int | None = None
    requirement_id: str = ""  # the requirement line that the grade is explained by
    note: str = ""


_NAMES = tuple(field.name for field in fields(Judgement))
_COLUMNS = ", ".join(_NAMES)


def add_judgement(db: Database, judgement: Judgement) -> bool:
    """Keep a grade; return False, changing nothing, where this reviewer graded the pair before."""
    values = {name: getattr(judgement, name) for name in _NAMES}
    values["judged_at"] = stamp(judgement.judged_at)
    marks = ", ".join("?" for _ in _NAMES)
    with write_transaction(db, "keep a judgement"):
        row = db.conn.execute(
            f"INSERT INTO judgement ({_COLUMNS}) VALUES ({marks}) "  # noqa: S608
            "ON CONFLICT (need_id, capability_id, judged_by) DO NOTHING RETURNING 1",
            list(values.values()),
        ).fetchone()
    return row is not None


def list_judgements(db: Database) -> list[Judgement]:
    """Return every grade, the first one first."""
    with driver_errors("list judgements"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM judgement ORDER BY judged_at, judgement_id"  # noqa: S608
        ).fetchall()
    return [_judgement(row) for row in rows]


def _judgement(row: tuple[Any, ...]) -> Judgement:
    values = dict(zip(_NAMES, row, strict=True))
    values["judged_at"] = datetime.fromisoformat(values["judged_at"])
    return Judgement(**values)
