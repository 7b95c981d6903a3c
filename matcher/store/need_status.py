"""How far a need is: its state, the dates that matter, and every change of state.

Which change is possible is decided in ``matcher.workflow.needs.lifecycle``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp


@dataclass(frozen=True, slots=True)
class NeedStatus:
    """Where a need stands."""

    need_id: str
    state: str
    visibility: str  # named | anonymous | invited
    updated_at: datetime
    quality_score: int | None = None
    override_by: str = ""  # who let it be published below the gate
    override_reason: str = ""
    copied_from: str = ""
    published_at: datetime | None = None  # when it was opened for the first time
    reply_by: date | None = None
    expires_at: datetime | None = None
    reminded_at: datetime | None = None


class Transition(NamedTuple):
    """One change of state; the first one of a need comes from nowhere."""

    need_id: str
    sequence: int
    from_state: str
    to_state: str
    actor: str
    reason: str
    at: datetime


_NAMES = tuple(field.name for field in fields(NeedStatus))
_COLUMNS = ", ".join(_NAMES)
_TIMES = frozenset({"updated_at", "published_at", "expires_at", "reminded_at"})
_CHANGEABLE = frozenset(_NAMES) - {"need_id", "state", "updated_at"}


def add_status(db: Database, status: NeedStatus, *, actor: str) -> None:
    """Note that a need begins its way, in the state that is given."""
    with write_transaction(db, f"begin the way of need {status.need_id}"):
        db.table("need_status").insert(
            {name: _stored(name, getattr(status, name)) for name in _NAMES}
        )
        _add_transition(db, status.need_id, ("", status.state, actor, ""), status.updated_at)


def find_status(db: Database, need_id: str) -> NeedStatus | None:
    """Return where a need stands, or None for one that never began its way."""
    with driver_errors(f"read where need {need_id} stands"):
        row = db.conn.execute(
            f"SELECT {_COLUMNS} FROM need_status WHERE need_id = ?",  # noqa: S608
            [need_id],
        ).fetchone()
    return None if row is None else _status(row)


def read_status(db: Database, need_id: str) -> NeedStatus:
    """Return where a need stands.

    Raises
    ------
    UnknownRecord
        When it never began its way.
    """
    found = find_status(db, need_id)
    if found is None:
        raise UnknownRecord("need", need_id)
    return found


def write_state(
    db: Database, need_id: str, to_state: str, *, actor: str, reason: str, now: datetime
) -> NeedStatus:
    """Store a change of state with its date and return where the need now stands."""
    with write_transaction(db, f"change the state of need {need_id}"):
        before = read_status(db, need_id)
        db.conn.execute(
            "UPDATE need_status SET state = ?, updated_at = ? WHERE need_id = ?",
            [to_state, stamp(now), need_id],
        )
        _add_transition(db, need_id, (before.state, to_state, actor, reason), now)
        return read_status(db, need_id)


def update_status(
    db: Database, need_id: str, changes: Mapping[str, Any], *, now: datetime
) -> NeedStatus:
    """Change what is noted beside the state and return where the need now stands.

    Raises
    ------
    UnknownRecord
        When the need never began its way.
    ValueError
        When something is named that does not exist or is not changed here.
    """
    wrong = set(changes) - _CHANGEABLE
    if wrong:
        raise ValueError(f"these notes of a need cannot be changed: {sorted(wrong)}")
    stored = {name: _stored(name, value) for name, value in changes.items()}
    settings = ", ".join(f"{name} = ?" for name in stored)
    with write_transaction(db, f"note where need {need_id} stands"):
        if stored:
            db.conn.execute(
                f"UPDATE need_status SET {settings}, updated_at = ? "  # noqa: S608
                "WHERE need_id = ?",
                [*stored.values(), stamp(now), need_id],
            )
        return read_status(db, need_id)


def list_transitions(db: Database, need_id: str) -> list[Transition]:
    """Return every change of state of a need, the first one first."""
    with driver_errors(f"read the way of need {need_id}"):
        rows = db.conn.execute(
            "SELECT need_id, sequence, from_state, to_state, actor, reason, at "
            "FROM need_transition WHERE need_id = ? ORDER BY sequence",
            [need_id],
        ).fetchall()
    return [Transition(*row)._replace(at=datetime.fromisoformat(row[-1])) for row in rows]


def count_by_state(db: Database, state: str) -> int:
    """Return how many needs are in one state."""
    with driver_errors("count needs by state"):
        row = db.conn.execute(
            "SELECT count(*) FROM need_status WHERE state = ?", [state]
        ).fetchone()
    return int(row[0])


def list_ending(db: Database, before: datetime, *, unreminded: bool = False) -> list[NeedStatus]:
    """Return needs open to answers that expire before a time, the next one first.

    Parameters
    ----------
    unreminded : bool
        Only those whose enterprise was not reminded since the date was set.
    """
    with driver_errors("list needs that expire"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM need_status "  # noqa: S608
            "WHERE state IN ('open', 'matching') AND expires_at < ? "
            "AND (? = 0 OR reminded_at IS NULL) ORDER BY expires_at, need_id",
            [stamp(before), int(unreminded)],
        ).fetchall()
    return [_status(row) for row in rows]


def _add_transition(
    db: Database, need_id: str, change: tuple[str, str, str, str], now: datetime
) -> None:
    db.conn.execute(
        "INSERT INTO need_transition (need_id, sequence, from_state, to_state, actor, reason, at) "
        "SELECT ?, 1 + coalesce(max(sequence), 0), ?, ?, ?, ?, ? FROM need_transition "
        "WHERE need_id = ?",
        [need_id, *change, stamp(now), need_id],
    )


def _stored(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _TIMES:
        return stamp(value)
    if name == "reply_by":
        return value.isoformat()
    return int(value) if name == "quality_score" else str(value)


def _status(row: tuple[Any, ...]) -> NeedStatus:
    values = dict(zip(_NAMES, row, strict=True))
    for name in _TIMES:
        values[name] = None if values[name] is None else datetime.fromisoformat(values[name])
    if values["reply_by"] is not None:
        values["reply_by"] = date.fromisoformat(values["reply_by"])
    return NeedStatus(**values)
