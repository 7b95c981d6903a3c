"""What reviewers are asked to grade: samples with their plan, and how far each is graded.

Grades themselves are in ``matcher.store.judgements``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp


class JudgingItem(NamedTuple):
    """One drawn pair; ``chance`` is that with which the plan drew it."""

    position: int
    need_id: str
    capability_id: str
    drawn_for: str
    chance: float
    n_wanted: int  # grades by different reviewers
    features: dict[str, float | None]


class JudgingSample(NamedTuple):
    """One draw: its seed and the plan in figures."""

    sample_id: int
    seed: int
    plan: dict[str, Any]
    made_by: str
    made_at: datetime


class Standing(NamedTuple):
    """How far a sample is graded, over all reviewers and by one of them."""

    n_wanted: int
    n_given: int
    n_own: int


_GRADED = (
    "(SELECT count(*) FROM judgement j WHERE j.need_id = i.need_id "
    "AND j.capability_id = i.capability_id)"
)
_OWN = (
    "(SELECT count(*) FROM judgement j WHERE j.need_id = i.need_id "
    "AND j.capability_id = i.capability_id AND j.judged_by = ?)"
)
_ITEM = ", ".join(f"i.{name}" for name in JudgingItem._fields)


def add_sample(
    db: Database,
    items: Sequence[JudgingItem],
    plan: Mapping[str, Any],
    *,
    seed: int,
    made_by: str,
    now: datetime,
) -> int:
    """Keep a drawn sample and return its number."""
    with write_transaction(db, "keep a judging sample"):
        row = db.conn.execute(
            "INSERT INTO judging_sample (seed, plan, made_by, made_at) VALUES (?, ?, ?, ?) "
            "RETURNING sample_id",
            [seed, json.dumps(plan, ensure_ascii=False, sort_keys=True), made_by, stamp(now)],
        ).fetchone()
        db.conn.executemany(
            "INSERT INTO judging_item (sample_id, position, need_id, capability_id, drawn_for, "
            "chance, n_wanted, features) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(row[0], *item[:-1], json.dumps(item.features)) for item in items],
        )
    return int(row[0])


def last_sample(db: Database) -> JudgingSample | None:
    """Return the sample that was drawn last."""
    with driver_errors("read judging samples"):
        row = db.conn.execute(
            "SELECT sample_id, seed, plan, made_by, made_at FROM judging_sample "
            "ORDER BY sample_id DESC LIMIT 1"
        ).fetchone()
    if row is None:
        return None
    return JudgingSample(row[0], row[1], json.loads(row[2]), row[3], datetime.fromisoformat(row[4]))


def next_item(db: Database, sample_id: int, reviewer: str) -> JudgingItem | None:
    """Return the next pair that still wants a grade and that this reviewer has not graded."""
    with driver_errors("read judging items"):
        row = db.conn.execute(
            f"SELECT {_ITEM} FROM judging_item i WHERE i.sample_id = ? "  # noqa: S608
            f"AND {_OWN} = 0 AND {_GRADED} < i.n_wanted ORDER BY i.position LIMIT 1",
            [sample_id, reviewer],
        ).fetchone()
    return None if row is None else _item(row)


def find_item(db: Database, sample_id: int, position: int) -> JudgingItem | None:
    """Return a drawn pair by its place."""
    with driver_errors("read judging items"):
        row = db.conn.execute(
            f"SELECT {_ITEM} FROM judging_item i WHERE i.sample_id = ? "  # noqa: S608
            "AND i.position = ?",
            [sample_id, position],
        ).fetchone()
    return None if row is None else _item(row)


def standing(db: Database, sample_id: int, reviewer: str) -> Standing:
    """Return how far a sample is graded."""
    with driver_errors("count judging items"):
        row = db.conn.execute(
            f"SELECT coalesce(sum(i.n_wanted), 0), coalesce(sum(min({_GRADED}, i.n_wanted)), 0), "  # noqa: S608
            f"coalesce(sum({_OWN}), 0) FROM judging_item i WHERE i.sample_id = ?",
            [reviewer, sample_id],
        ).fetchone()
    return Standing(*map(int, row))


def features_of_items(db: Database) -> dict[tuple[str, str], dict[str, float | None]]:
    """Return the features with which each pair was drawn last, by need and capability."""
    with driver_errors("read judging items"):
        rows = db.conn.execute(
            "SELECT need_id, capability_id, features FROM judging_item ORDER BY sample_id"
        ).fetchall()
    return {(need, capability): json.loads(text) for need, capability, text in rows}


def withdraw_last_judgement(db: Database, reviewer: str) -> tuple[str, str, int] | None:
    """Take back the grade that a reviewer gave last; return its need, capability and grade."""
    with write_transaction(db, "take a judgement back"):
        row = db.conn.execute(
            "DELETE FROM judgement WHERE judgement_id = (SELECT max(judgement_id) FROM judgement "
            "WHERE judged_by = ?) RETURNING need_id, capability_id, grade",
            [reviewer],
        ).fetchone()
    return None if row is None else (row[0], row[1], int(row[2]))


def _item(row: tuple[Any, ...]) -> JudgingItem:
    return JudgingItem._make([*row[:-1], json.loads(row[-1])])
