"""Allocation rounds: their rules, what parties answered, locks, frozen inputs and results.

Inputs and results are JSON text here; ``matcher.allocation`` gives them meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.errors import ChangedMeanwhile, UnknownRecord
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp


@dataclass(frozen=True, slots=True)
class Round:
    """An allocation round; ``scope``, ``rules``, ``inputs`` and ``result`` are JSON texts."""

    round_id: str
    title: str
    state: str  # vocabulary round_state
    rules: str
    scope: str
    seed: int
    opens_at: datetime
    closes_at: datetime
    title_en: str = ""
    version: int = 1
    follows: str = ""  # the round whose unmatched it takes up
    inputs: str | None = None
    inputs_digest: str = ""
    result: str | None = None
    result_digest: str = ""
    created_by: str = ""
    created_at: datetime | None = None
    published_at: datetime | None = None


class StoredAnswer(NamedTuple):
    """What one party said of another, or the operator for it: then with the source."""

    party_id: str
    other_id: str
    answer: str
    source: str = ""
    answered_at: datetime | None = None  # as read; given when it is stored


class StoredLock(NamedTuple):
    """A placement that was fixed by hand."""

    lock_id: int
    need_id: str
    provider_id: str
    place_id: str
    reason: str


_NAMES = tuple(field.name for field in fields(Round))
_TIMES = frozenset({"opens_at", "closes_at", "created_at", "published_at"})
_CHANGEABLE = frozenset(_NAMES) - {"round_id", "version", "created_by", "created_at", "follows"}


def add_round(db: Database, new: Round, *, now: datetime) -> None:
    """Store a new round."""
    values = {name: _stored(getattr(new, name)) for name in _NAMES} | {"created_at": stamp(now)}
    with write_transaction(db, f"add round {new.round_id}"):
        db.table("allocation_round").insert(values)


def read_round(db: Database, round_id: str) -> Round:
    """Return a round.

    Raises
    ------
    UnknownRecord
        When there is none with this id.
    """
    with driver_errors("read a round"):
        row = db.conn.execute(
            f"SELECT {', '.join(_NAMES)} FROM allocation_round WHERE round_id = ?",  # noqa: S608
            [round_id],
        ).fetchone()
    if row is None:
        raise UnknownRecord("round", round_id)
    return _round(row)


def list_rounds(db: Database, *, state: str = "", limit: int = 50) -> list[Round]:
    """Return rounds, the last made first."""
    with driver_errors("list rounds"):
        rows = db.conn.execute(
            f"SELECT {', '.join(_NAMES)} FROM allocation_round "  # noqa: S608
            "WHERE ? IN ('', state) ORDER BY created_at DESC, round_id LIMIT ?",
            [state, limit],
        ).fetchall()
    return [_round(row) for row in rows]


def list_following(db: Database, round_id: str) -> list[Round]:
    """Return the rounds that were drafted of what a round left, the last made first."""
    with driver_errors("list rounds that follow another"):
        rows = db.conn.execute(
            f"SELECT {', '.join(_NAMES)} FROM allocation_round "  # noqa: S608
            "WHERE follows = ? ORDER BY created_at DESC, round_id",
            [round_id],
        ).fetchall()
    return [_round(row) for row in rows]


def change_round(db: Database, before: Round, changes: Mapping[str, Any]) -> Round:
    """Change a round that is still as it was read, and return it as it now stands.

    Raises
    ------
    ChangedMeanwhile
        When somebody else changed it after it was read.
    StoreError
        When its rules are published, or its result, and would be changed.
    ValueError
        When a column that never changes is named.
    """
    wrong = set(changes) - _CHANGEABLE
    if wrong:
        raise ValueError(f"these columns of a round cannot be changed: {sorted(wrong)}")
    settings = "".join(f"{name} = ?, " for name in changes)
    with write_transaction(db, f"change round {before.round_id}"):
        cursor = db.conn.execute(
            f"UPDATE allocation_round SET {settings}version = version + 1 "  # noqa: S608
            "WHERE round_id = ? AND version = ?",
            [*map(_stored, changes.values()), before.round_id, before.version],
        )
        if cursor.rowcount != 1:
            raise ChangedMeanwhile("round", before.round_id, before.version)
        return read_round(db, before.round_id)


def save_answer(
    db: Database, round_id: str, answer: StoredAnswer, *, actor: str, now: datetime
) -> None:
    """Store what a party says of another, in place of what it said before."""
    party_id, other_id, word, source, _ = answer
    with write_transaction(db, f"store an answer in round {round_id}"):
        db.conn.execute(
            "INSERT OR REPLACE INTO round_answer (round_id, party_id, other_id, answer, source, "
            "answered_by, answered_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [round_id, party_id, other_id, word, source, actor, stamp(now)],
        )


def list_answers(db: Database, round_id: str) -> list[StoredAnswer]:
    """Return all answers of a round, by party."""
    with driver_errors("read the answers of a round"):
        rows = db.conn.execute(
            "SELECT party_id, other_id, answer, source, answered_at FROM round_answer "
            "WHERE round_id = ? ORDER BY party_id, other_id",
            [round_id],
        ).fetchall()
    return [
        StoredAnswer(party_id, other_id, answer, source, datetime.fromisoformat(at))
        for party_id, other_id, answer, source, at in rows
    ]


def add_lock(db: Database, round_id: str, lock: StoredLock, *, actor: str, now: datetime) -> bool:
    """Store a placement fixed by hand; return False where the need has one already."""
    with write_transaction(db, f"lock a placement of round {round_id}"):
        cursor = db.conn.execute(
            "INSERT INTO round_lock (round_id, need_id, provider_id, place_id, reason, locked_by, "
            "locked_at, removed_by) VALUES (?, ?, ?, ?, ?, ?, ?, '') ON CONFLICT DO NOTHING",
            [round_id, *lock[1:], actor, stamp(now)],
        )
        return bool(cursor.rowcount)


def remove_lock(db: Database, round_id: str, need_id: str, *, actor: str, now: datetime) -> bool:
    """Take away the lock of a need; return whether there was one."""
    with write_transaction(db, f"unlock a placement of round {round_id}"):
        cursor = db.conn.execute(
            "UPDATE round_lock SET removed_by = ?, removed_at = ? "
            "WHERE round_id = ? AND need_id = ? AND removed_at IS NULL",
            [actor, stamp(now), round_id, need_id],
        )
        return bool(cursor.rowcount)


def list_locks(db: Database, round_id: str) -> list[StoredLock]:
    """Return the locks that stand, by need."""
    with driver_errors("read the locks of a round"):
        rows = db.conn.execute(
            "SELECT lock_id, need_id, provider_id, place_id, reason FROM round_lock "
            "WHERE round_id = ? AND removed_at IS NULL ORDER BY need_id",
            [round_id],
        ).fetchall()
    return [StoredLock(*row) for row in rows]


def _stored(value: Any) -> Any:
    return stamp(value) if isinstance(value, datetime) else value


def _round(row: tuple[Any, ...]) -> Round:
    values = dict(zip(_NAMES, row, strict=True))
    for name in _TIMES:
        values[name] = values[name] and datetime.fromisoformat(values[name])
    return Round(**values)
