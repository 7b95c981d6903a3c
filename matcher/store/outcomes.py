"""What came of engagements and needs, what the parties say of each other, and follow-ups."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.records.pilot import FollowUp, Outcome, Rating
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp

_OUTCOME = tuple(field.name for field in fields(Outcome))
_RATING = tuple(field.name for field in fields(Rating))
_FOLLOW_UP = tuple(field.name for field in fields(FollowUp))


class Label(NamedTuple):
    """One outcome as learning reads it: a pair, a grade, and how much it counts."""

    need_id: str
    capability_id: str
    grade: int
    weight: float
    result: str


def save_outcome(db: Database, outcome: Outcome) -> None:
    """Store an outcome, in place of an earlier one of the same engagement."""
    row: dict[str, Any] = asdict(outcome)
    row["why_not"] = json.dumps(list(outcome.why_not))
    row["engagement_id"] = outcome.engagement_id or None
    values = [_stored(row[name]) for name in _OUTCOME]
    marks = ", ".join("?" * len(_OUTCOME))
    with write_transaction(db, f"store outcome {outcome.outcome_id}"):
        db.conn.execute(
            f"INSERT OR REPLACE INTO outcome ({', '.join(_OUTCOME)}) VALUES ({marks})",  # noqa: S608
            values,
        )


def update_outcome(db: Database, outcome_id: str, changes: Mapping[str, str]) -> Outcome:
    """Note the permission to publish or the case that was published; return the outcome.

    Raises
    ------
    ValueError
        When another column is named.
    """
    if set(changes) - {"publish_need", "publish_provider", "case_id"}:
        raise ValueError(f"these notes of an outcome cannot be changed: {sorted(changes)}")
    settings = ", ".join(f"{name} = ?" for name in changes)
    with write_transaction(db, f"change outcome {outcome_id}"):
        db.conn.execute(
            f"UPDATE outcome SET {settings} WHERE outcome_id = ?",  # noqa: S608 - names above
            [*changes.values(), outcome_id],
        )
        return read_outcome(db, outcome_id)


def read_outcome(db: Database, outcome_id: str) -> Outcome:
    """Return an outcome.

    Raises
    ------
    UnknownRecord
        When there is none with this id.
    """
    found = _outcomes(db, "outcome_id = ?", outcome_id)
    if not found:
        raise UnknownRecord("outcome", outcome_id)
    return found[0]


def outcome_of(db: Database, engagement_id: str) -> Outcome | None:
    """Return the outcome of an engagement, or None."""
    found = _outcomes(db, "engagement_id = ?", engagement_id)
    return found[0] if found else None


def outcomes_of_need(db: Database, need_id: str) -> list[Outcome]:
    """Return what came of a need, the first recorded first."""
    return _outcomes(db, "need_id = ?", need_id)


def list_outcomes(db: Database) -> list[Outcome]:
    """Return every outcome, the first recorded first."""
    return _outcomes(db, "outcome_id <> ?", "")


def list_labels(db: Database) -> list[Label]:
    """Return every outcome that says something of a match, in the order of recording."""
    with driver_errors("read labels"):
        rows = db.conn.execute(
            "SELECT o.need_id, e.capability_id, o.label_grade, o.label_weight, o.result "
            "FROM outcome AS o JOIN engagement AS e USING (engagement_id) "
            "WHERE o.label_grade IS NOT NULL AND o.label_weight > 0 "
            "ORDER BY o.recorded_at, o.rowid"
        ).fetchall()
    return [Label(*row) for row in rows]


def save_rating(db: Database, engagement_id: str, rating: Rating) -> bool:
    """Store what a side says of the other; return False where it has said it already."""
    names = ("engagement_id", *_RATING)
    marks = ", ".join("?" * len(names))
    with write_transaction(db, f"store a rating of engagement {engagement_id}"):
        cursor = db.conn.execute(
            f"INSERT INTO rating ({', '.join(names)}) VALUES ({marks}) "  # noqa: S608
            "ON CONFLICT DO NOTHING",
            [engagement_id, *(_stored(getattr(rating, name)) for name in _RATING)],
        )
        return bool(cursor.rowcount)


def list_ratings(db: Database, engagement_id: str) -> list[Rating]:
    """Return the ratings of an engagement, whoever may see them."""
    with driver_errors("read ratings"):
        rows = db.conn.execute(
            f"SELECT {', '.join(_RATING)} FROM rating "  # noqa: S608
            "WHERE engagement_id = ? ORDER BY side",
            [engagement_id],
        ).fetchall()
    return [Rating(*[*row[:6], datetime.fromisoformat(row[6])]) for row in rows]


def save_follow_up(db: Database, follow_up: FollowUp) -> None:
    """Store what has become of an engagement later, in place of an earlier answer."""
    marks = ", ".join("?" * len(_FOLLOW_UP))
    with write_transaction(db, f"store a follow-up of engagement {follow_up.engagement_id}"):
        db.conn.execute(
            f"INSERT OR REPLACE INTO follow_up ({', '.join(_FOLLOW_UP)}) "  # noqa: S608
            f"VALUES ({marks})",
            [_stored(getattr(follow_up, name)) for name in _FOLLOW_UP],
        )


def follow_up_of(db: Database, engagement_id: str) -> FollowUp | None:
    """Return the follow-up of an engagement, or None."""
    with driver_errors("read a follow-up"):
        row = db.conn.execute(
            f"SELECT {', '.join(_FOLLOW_UP)} FROM follow_up WHERE engagement_id = ?",  # noqa: S608
            [engagement_id],
        ).fetchone()
    return None if row is None else FollowUp(*[*row[:6], datetime.fromisoformat(row[6])])


def _outcomes(db: Database, where: str, value: str) -> list[Outcome]:
    with driver_errors("read outcomes"):
        rows = db.conn.execute(
            f"SELECT {', '.join(_OUTCOME)} FROM outcome WHERE {where} "  # noqa: S608
            "ORDER BY recorded_at, rowid",
            [value],
        ).fetchall()
    return [_outcome(row) for row in rows]


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    return value.isoformat() if isinstance(value, date) else value


def _outcome(row: tuple[Any, ...]) -> Outcome:
    values = dict(zip(_OUTCOME, row, strict=True))
    values["engagement_id"] = values["engagement_id"] or ""
    values["why_not"] = tuple(json.loads(values["why_not"]))
    for name in ("starts_on", "ends_on"):
        values[name] = values[name] and date.fromisoformat(values[name])
    values["recorded_at"] = datetime.fromisoformat(values["recorded_at"])
    return Outcome(**values)
