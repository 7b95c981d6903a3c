"""Open calls: their texts and state, the needs they stand for, who was invited, who answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.records.open_call import PUBLISHED_FROM
from matcher.store.connection import read_snapshot, write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp


@dataclass(frozen=True, slots=True)
class OpenCall:
    """One open call in both languages; ``synthetic`` where its needs were invented.

    Its figures are exact and for staff; others are shown those that begin with ``public``.
    """

    call_id: str
    state: str  # draft | open | answered | closed
    title: str
    title_en: str
    text: str
    text_en: str
    industry: str
    task: str
    blocking: str
    n_enterprises: int
    waiting_budget_cny: int
    n_stating_budget: int  # enterprises whose budgets no other call tells, at least; 0: not kept
    reply_by: date | None
    contact: str
    synthetic: bool
    made_by: str
    made_at: datetime
    published_at: datetime | None
    closed_at: datetime | None
    closed_reason: str
    updated_at: datetime

    @property
    def public_enterprises(self) -> int | None:
        """How many enterprises wait; None where they are too few to be counted in public."""
        return self.n_enterprises if self.n_enterprises >= PUBLISHED_FROM else None

    @property
    def public_budget_cny(self) -> int | None:
        """The budgets together; None where too few enterprises state one."""
        return self.waiting_budget_cny if self.n_stating_budget >= PUBLISHED_FROM else None

    @property
    def version(self) -> str:
        """What tells this state of the call from an earlier one, for a form to send back."""
        return stamp(self.updated_at)


class Invitation(NamedTuple):
    """Who was asked to answer; ``n_told`` is 0 where nobody of the provider has an account."""

    provider_id: str
    capability_id: str
    place: int
    n_told: int
    invited_at: datetime


class CallAnswer(NamedTuple):
    """A provider's answer: which of its capabilities, and what it says."""

    capability_id: str
    organisation_id: str
    note: str
    answered_by: str
    answered_at: datetime


_NAMES = tuple(field.name for field in fields(OpenCall))
_COLUMNS = ", ".join(_NAMES)
_TIMES = ("made_at", "published_at", "closed_at", "updated_at")
_CHANGEABLE = frozenset(
    {"state", "title", "title_en", "text", "text_en", "reply_by", "contact", "published_at",
     "closed_at", "closed_reason"}
)  # fmt: skip


def add_call(db: Database, call: OpenCall, need_ids: Iterable[str]) -> None:
    """Keep a new call and the needs that it stands for."""
    values = {name: _stored(getattr(call, name)) for name in _NAMES}
    with write_transaction(db, f"keep open call {call.call_id}"):
        db.table("open_call").insert(values)
        db.table("open_call_need").insert_all(
            {"call_id": call.call_id, "need_id": need_id} for need_id in dict.fromkeys(need_ids)
        )


def update_call(
    db: Database, call_id: str, changes: Mapping[str, Any], *, now: datetime
) -> OpenCall:
    """Change a call and return it as it now is.

    Raises
    ------
    UnknownRecord
        There is none with this id.
    ValueError
        When something is named that does not exist or is not changed here.
    """
    wrong = set(changes) - _CHANGEABLE
    if wrong:
        raise ValueError(f"these parts of an open call cannot be changed: {sorted(wrong)}")
    stored = {name: _stored(value) for name, value in changes.items()} | {"updated_at": stamp(now)}
    settings = ", ".join(f"{name} = ?" for name in stored)
    with write_transaction(db, f"change open call {call_id}"):
        db.conn.execute(
            f"UPDATE open_call SET {settings} WHERE call_id = ?",  # noqa: S608
            [*stored.values(), call_id],
        )
        return read_call(db, call_id)


def read_call(db: Database, call_id: str) -> OpenCall:
    """Return a call.

    Raises
    ------
    UnknownRecord
        There is none with this id.
    """
    with driver_errors(f"read open call {call_id}"):
        row = db.conn.execute(
            f"SELECT {_COLUMNS} FROM open_call WHERE call_id = ?",  # noqa: S608
            [call_id],
        ).fetchone()
    if row is None:
        raise UnknownRecord("open_call", call_id)
    return _call(row)


def list_calls(db: Database, *, states: Iterable[str] = (), limit: int = 100) -> list[OpenCall]:
    """Return calls in some states, or all, the one published or made last first."""
    wanted = list(states)
    where = f"state IN ({', '.join('?' * len(wanted))})" if wanted else "1"
    with driver_errors("list open calls"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM open_call WHERE {where} "  # noqa: S608
            "ORDER BY coalesce(published_at, made_at) DESC, call_id LIMIT ?",
            [*wanted, limit],
        ).fetchall()
    return [_call(row) for row in rows]


def needs_of_call(db: Database, call_id: str) -> list[str]:
    """Return the ids of the needs that a call stands for."""
    with driver_errors(f"read the needs of open call {call_id}"):
        rows = db.conn.execute(
            "SELECT need_id FROM open_call_need WHERE call_id = ? ORDER BY need_id", [call_id]
        ).fetchall()
    return [need_id for (need_id,) in rows]


def calls_by_need(db: Database) -> dict[str, str]:
    """Return for each need in a call that is not closed the id of that call."""
    with driver_errors("read which needs are called for"):
        rows = db.conn.execute(
            "SELECT n.need_id, c.call_id FROM open_call_need AS n JOIN open_call AS c "
            "USING (call_id) WHERE c.state <> 'closed' ORDER BY c.made_at, c.call_id"
        ).fetchall()
    return dict(rows)


def needs_with_told_budgets(db: Database) -> frozenset[str]:
    """Return the needs in calls that tell, told or may yet tell budgets; discarded ones do not."""
    with driver_errors("read which budgets are told"):
        rows = db.conn.execute(
            "SELECT DISTINCT n.need_id FROM open_call_need AS n JOIN open_call AS c "
            "USING (call_id) WHERE c.n_stating_budget >= ? "
            "AND (c.state <> 'closed' OR c.published_at IS NOT NULL)",
            [PUBLISHED_FROM],
        ).fetchall()
    return frozenset(need_id for (need_id,) in rows)


def add_invitations(db: Database, call_id: str, invited: Iterable[Invitation]) -> None:
    """Keep who was invited; a provider that was invited before stays as it was."""
    with write_transaction(db, f"keep the invitations of open call {call_id}"):
        db.conn.executemany(
            "INSERT INTO open_call_invitation (call_id, provider_id, capability_id, place, n_told, "
            "invited_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [(call_id, *one[:4], stamp(one.invited_at)) for one in invited],
        )


def add_answer(db: Database, call_id: str, answer: CallAnswer) -> None:
    """Keep an answer; one with the same capability replaces the earlier one."""
    with write_transaction(db, f"keep an answer to open call {call_id}"):
        db.conn.execute(
            "INSERT INTO open_call_answer (call_id, capability_id, organisation_id, note, "
            "answered_by, answered_at) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (call_id, capability_id) DO UPDATE SET note = excluded.note, "
            "answered_by = excluded.answered_by, answered_at = excluded.answered_at",
            [call_id, *answer[:4], stamp(answer.answered_at)],
        )


def read_responses(db: Database, call_id: str) -> tuple[list[Invitation], list[CallAnswer]]:
    """Return who was invited, closest first, and who answered, first first."""
    with read_snapshot(db, f"read the responses to open call {call_id}"):
        invited = db.conn.execute(
            "SELECT provider_id, capability_id, place, n_told, invited_at FROM "
            "open_call_invitation WHERE call_id = ? ORDER BY place, provider_id",
            [call_id],
        ).fetchall()
        answers = db.conn.execute(
            "SELECT capability_id, organisation_id, note, answered_by, answered_at "
            "FROM open_call_answer WHERE call_id = ? ORDER BY answered_at, capability_id",
            [call_id],
        ).fetchall()
    return (
        [Invitation(*row)._replace(invited_at=datetime.fromisoformat(row[-1])) for row in invited],
        [CallAnswer(*row)._replace(answered_at=datetime.fromisoformat(row[-1])) for row in answers],
    )


def count_answers(db: Database) -> dict[str, int]:
    """Return how many answers each call has; one without any is not named."""
    with driver_errors("count answers to open calls"):
        rows = db.conn.execute(
            "SELECT call_id, count(*) FROM open_call_answer GROUP BY call_id"
        ).fetchall()
    return {call_id: int(n) for call_id, n in rows}


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


def _call(row: tuple[Any, ...]) -> OpenCall:
    values = dict(zip(_NAMES, row, strict=True))
    for name in _TIMES:
        values[name] = None if values[name] is None else datetime.fromisoformat(values[name])
    if values["reply_by"] is not None:
        values["reply_by"] = date.fromisoformat(values["reply_by"])
    values["synthetic"] = bool(values["synthetic"])
    return OpenCall(**values)
