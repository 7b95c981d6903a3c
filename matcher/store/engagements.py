"""Engagements and the steps they took; which steps are allowed is decided by the workflow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.errors import ChangedMeanwhile, UnknownRecord
from matcher.records.engagement import Decline, Engagement, Transition
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp

_NAMES = tuple(field.name for field in fields(Engagement))
_COLUMNS = ", ".join(_NAMES)
_TIMES = frozenset({"created_at", "updated_at"})
_CHANGEABLE = frozenset(
    {
        "state",
        "close_cause",
        "pilot_base_id",
        "service_id",
        "base_organisation_id",
        "broker_id",
        "provider_organisation_id",
    }
)
OPEN_STATES = (
    "shown",
    "need_accepted",
    "provider_accepted",
    "mutual",
    "revealed",
    "talks",
    "pilot_applied",
    "in_pilot",
)


class Wanted(NamedTuple):
    """Which engagements; an empty text asks for nothing."""

    organisation_id: str = ""  # on any side
    state: str = ""
    need_id: str = ""
    broker_id: str = ""
    open_only: bool = False


ANY = Wanted()


def add_engagement(db: Database, engagement: Engagement, *, now: datetime) -> None:
    """Store a new engagement; its need and capability must not meet in another one."""
    values = {name: getattr(engagement, name) for name in _NAMES}
    values |= {"created_at": stamp(now), "updated_at": stamp(now)}
    with write_transaction(db, f"add engagement {engagement.engagement_id}"):
        db.table("engagement").insert(values)


def find_engagement(db: Database, engagement_id: str) -> Engagement | None:
    """Return an engagement, or None."""
    with driver_errors("read an engagement"):
        row = db.conn.execute(
            f"SELECT {_COLUMNS} FROM engagement WHERE engagement_id = ?",  # noqa: S608
            [engagement_id],
        ).fetchone()
    return None if row is None else _engagement(row)


def read_engagement(db: Database, engagement_id: str) -> Engagement:
    """Return an engagement.

    Raises
    ------
    UnknownRecord
        When there is none with this id.
    """
    found = find_engagement(db, engagement_id)
    if found is None:
        raise UnknownRecord("engagement", engagement_id)
    return found


def find_pair(db: Database, need_id: str, capability_id: str) -> Engagement | None:
    """Return the engagement in which a need and a capability meet, or None."""
    with driver_errors("find an engagement"):
        row = db.conn.execute(
            f"SELECT {_COLUMNS} FROM engagement "  # noqa: S608
            "WHERE need_id = ? AND capability_id = ?",
            [need_id, capability_id],
        ).fetchone()
    return None if row is None else _engagement(row)


def capabilities_met(db: Database, need_id: str, state: str) -> frozenset[str]:
    """Return the capabilities with which a need has an engagement in a state."""
    with driver_errors("read with whom a need has met"):
        rows = db.conn.execute(
            "SELECT capability_id FROM engagement WHERE need_id = ? AND state = ?",
            [need_id, state],
        ).fetchall()
    return frozenset(row[0] for row in rows)


def list_engagements(
    db: Database, wanted: Wanted = ANY, *, limit: int = 50, offset: int = 0
) -> list[Engagement]:
    """Return engagements, the one changed last first."""
    where, values = _conditions(wanted)
    with driver_errors("list engagements"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM engagement WHERE {where} "  # noqa: S608 - conditions below
            "ORDER BY updated_at DESC, engagement_id LIMIT ? OFFSET ?",
            [*values, limit, offset],
        ).fetchall()
    return [_engagement(row) for row in rows]


def count_engagements(db: Database, wanted: Wanted = ANY) -> dict[str, int]:
    """Return how many engagements there are in each state that has any."""
    where, values = _conditions(wanted)
    with driver_errors("count engagements"):
        rows = db.conn.execute(
            f"SELECT state, count(*) FROM engagement WHERE {where} GROUP BY state",  # noqa: S608
            values,
        ).fetchall()
    return dict(rows)


def count_reached(db: Database, state: str) -> int:
    """Return how many engagements ever reached a state, wherever they are now."""
    with driver_errors("count engagements"):
        row = db.conn.execute(
            "SELECT count(DISTINCT engagement_id) FROM engagement_transition WHERE to_state = ?",
            [state],
        ).fetchone()
    return int(row[0])


def _conditions(wanted: Wanted) -> tuple[str, list[Any]]:
    parts, values = ["1"], []
    if wanted.organisation_id:
        parts.append("? IN (need_organisation_id, provider_organisation_id, base_organisation_id)")
        values.append(wanted.organisation_id)
    for name in ("state", "need_id", "broker_id"):
        if getattr(wanted, name):
            parts.append(f"{name} = ?")
            values.append(getattr(wanted, name))
    if wanted.open_only:
        parts.append("state NOT IN ('contracted', 'closed')")
    return " AND ".join(parts), values


def change_engagement(
    db: Database, engagement: Engagement, changes: Mapping[str, Any], *, now: datetime
) -> Engagement:
    """Change an engagement that is still as it was read, and return it as it now stands.

    Raises
    ------
    ChangedMeanwhile
        When somebody else changed it after it was read; nothing was changed.
    ValueError
        When a column that never changes is named.
    """
    wrong = set(changes) - _CHANGEABLE
    if wrong:
        raise ValueError(f"these columns of an engagement cannot be changed: {sorted(wrong)}")
    settings = "".join(f"{name} = ?, " for name in changes)
    with write_transaction(db, f"change engagement {engagement.engagement_id}"):
        cursor = db.conn.execute(
            f"UPDATE engagement SET {settings}version = version + 1, updated_at = ? "  # noqa: S608
            "WHERE engagement_id = ? AND version = ?",
            [*changes.values(), stamp(now), engagement.engagement_id, engagement.version],
        )
        if cursor.rowcount != 1:
            raise ChangedMeanwhile("engagement", engagement.engagement_id, engagement.version)
        return read_engagement(db, engagement.engagement_id)


def add_transition(db: Database, engagement_id: str, step: Transition) -> int:
    """Store the next step of an engagement and return its number; ``sequence`` is given here."""
    with write_transaction(db, f"add a step of engagement {engagement_id}"):
        row = db.conn.execute(
            "INSERT INTO engagement_transition (engagement_id, sequence, action, from_state, "
            "to_state, side, actor, reason, at) SELECT ?, coalesce(max(sequence), 0) + 1, "
            "?, ?, ?, ?, ?, ?, ? FROM engagement_transition WHERE engagement_id = ? "
            "RETURNING sequence",
            [
                engagement_id,
                step.action,
                step.from_state,
                step.to_state,
                step.side,
                step.actor,
                step.reason,
                stamp(step.at),
                engagement_id,
            ],
        ).fetchone()
    return int(row[0])


def list_transitions(db: Database, engagement_id: str) -> list[Transition]:
    """Return the steps of an engagement, the first one first."""
    with driver_errors("list the steps of an engagement"):
        rows = db.conn.execute(
            "SELECT sequence, action, from_state, to_state, side, actor, reason, at "
            "FROM engagement_transition WHERE engagement_id = ? ORDER BY sequence",
            [engagement_id],
        ).fetchall()
    return [Transition(*[*row[:7], datetime.fromisoformat(row[7])]) for row in rows]


def add_decline(db: Database, engagement_id: str, sequence: int, decline: Decline) -> None:
    """Store why a step declined."""
    with write_transaction(db, "store reasons of a refusal"):
        db.table("decline").insert(
            {
                "engagement_id": engagement_id,
                "sequence": sequence,
                "side": decline.side,
                "codes": json.dumps(list(decline.codes)),
                "note": decline.note,
                "tell_other": int(decline.tell_other),
            }
        )


def list_declines(db: Database, engagement_id: str) -> dict[int, Decline]:
    """Return the reasons of an engagement's refusals, by the number of the step."""
    with driver_errors("read reasons of refusals"):
        rows = db.conn.execute(
            "SELECT sequence, codes, note, tell_other, side FROM decline "
            "WHERE engagement_id = ? ORDER BY sequence",
            [engagement_id],
        ).fetchall()
    return {
        sequence: Decline(tuple(json.loads(codes)), note, bool(tell), side)
        for sequence, codes, note, tell, side in rows
    }


def count_waiting_requests(db: Database, organisation_id: str) -> int:
    """Return how many requests of an organisation wait for the other side's first answer."""
    with driver_errors("count requests that wait"):
        row = db.conn.execute(
            "SELECT count(*) FROM engagement WHERE "
            "(state = 'need_accepted' AND need_organisation_id = ?) "
            "OR (state = 'provider_accepted' AND provider_organisation_id = ?)",
            [organisation_id, organisation_id],
        ).fetchone()
    return int(row[0])


def request_fates(db: Database, organisation_id: str, *, since: datetime) -> tuple[int, int]:
    """Return how many requests an organisation made since a time, and how many were declined.

    A request is the first sign of interest in an engagement; declined means by the other side.
    """
    with driver_errors("count what became of requests"):
        row = db.conn.execute(
            "SELECT count(*), coalesce(sum(EXISTS (SELECT 1 FROM decline AS d "
            "WHERE d.engagement_id = e.engagement_id AND d.side <> t.side "
            "AND d.sequence > t.sequence)), 0) "
            "FROM engagement_transition AS t JOIN engagement AS e USING (engagement_id) "
            "WHERE t.action = 'accept' AND t.from_state = 'shown' AND t.at >= ? AND ? = "
            "CASE t.side WHEN 'need' THEN e.need_organisation_id "
            "ELSE e.provider_organisation_id END",
            [stamp(since), organisation_id],
        ).fetchone()
    return int(row[0]), int(row[1])


def shown_probabilities(db: Database, match_list_id: int) -> dict[int, tuple[str, float]]:
    """Return what engagements carry on of a list: by rank, the engagement and its probability."""
    with driver_errors(f"read what became of match list {match_list_id}"):
        rows = db.conn.execute(
            "SELECT rank, engagement_id, probability FROM engagement "
            "WHERE match_list_id = ? AND rank IS NOT NULL AND probability IS NOT NULL",
            [match_list_id],
        ).fetchall()
    return {rank: (engagement_id, chance) for rank, engagement_id, chance in rows}


def _engagement(row: tuple[Any, ...]) -> Engagement:
    values = dict(zip(_NAMES, row, strict=True))
    for name in _TIMES:
        values[name] = datetime.fromisoformat(values[name])
    return Engagement(**values)
