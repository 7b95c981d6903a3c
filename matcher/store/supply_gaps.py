"""Needs that find nobody: an entry a need, open until a candidate appears or the need ends."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp

NO_CANDIDATE, NOT_TAKEN_UP = "no_adequate_candidate", "not_taken_up"
CANDIDATE_APPEARED, AGREED, NEED_ENDED = "candidate_appeared", "agreed", "need_ended"


@dataclass(frozen=True, slots=True)
class SupplyGap:
    """One need that found nobody: since when, what stood in the way, how much waits for it."""

    gap_id: str
    need_id: str
    organisation_id: str  # whose need it is; never shown beside an anonymous one
    kind: str  # no_adequate_candidate | not_taken_up
    industry: str  # the division of GB/T 4754, such as C26
    task: str
    blocking: str  # vocabulary blocking_constraint
    budget_cny: int | None
    match_list_id: int | None
    opened_at: datetime
    closed_at: datetime | None = None
    closed_why: str = ""


_NAMES = tuple(field.name for field in fields(SupplyGap))
_COLUMNS = ", ".join(_NAMES)


def open_gap(db: Database, gap: SupplyGap) -> bool:
    """Open an entry; a need that has an open one keeps it, and False says so."""
    values = [getattr(gap, name) for name in _NAMES]
    values[_NAMES.index("opened_at")] = stamp(gap.opened_at)
    marks = ", ".join("?" for _ in _NAMES)
    with write_transaction(db, f"open a supply gap for need {gap.need_id}"):
        row = db.conn.execute(
            f"INSERT INTO supply_gap ({_COLUMNS}) VALUES ({marks}) "  # noqa: S608
            "ON CONFLICT DO NOTHING RETURNING 1",
            values,
        ).fetchone()
    return row is not None


def change_gap(db: Database, gap: SupplyGap) -> bool:
    """Let the open entry of a need say what another says of its kind; False where it does already.

    It stays the same entry, open since the same day.
    """
    with write_transaction(db, f"change the supply gap of need {gap.need_id}"):
        row = db.conn.execute(
            "UPDATE supply_gap SET kind = ?, blocking = ?, match_list_id = ? "
            "WHERE need_id = ? AND closed_at IS NULL AND kind <> ? RETURNING 1",
            [gap.kind, gap.blocking, gap.match_list_id, gap.need_id, gap.kind],
        ).fetchone()
    return row is not None


def close_gap(db: Database, need_id: str, why: str, *, now: datetime) -> str:
    """Close the open entry of a need and return its id; an empty text where none was open."""
    with write_transaction(db, f"close the supply gap of need {need_id}"):
        row = db.conn.execute(
            "UPDATE supply_gap SET closed_at = ?, closed_why = ? "
            "WHERE need_id = ? AND closed_at IS NULL RETURNING gap_id",
            [stamp(now), why, need_id],
        ).fetchone()
    return "" if row is None else str(row[0])


def list_gaps(db: Database, *, need_id: str = "", open_only: bool = True) -> list[SupplyGap]:
    """Return entries, the one open longest first."""
    with driver_errors("list supply gaps"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM supply_gap "  # noqa: S608
            "WHERE ? IN ('', need_id) AND (? = 0 OR closed_at IS NULL) "
            "ORDER BY opened_at, need_id, gap_id",
            [need_id, int(open_only)],
        ).fetchall()
    return [_gap(row) for row in rows]


def count_closed(db: Database) -> dict[str, int]:
    """Return how many entries were closed, by why."""
    with driver_errors("count closed supply gaps"):
        rows = db.conn.execute(
            "SELECT closed_why, count(*) FROM supply_gap WHERE closed_at IS NOT NULL "
            "GROUP BY closed_why ORDER BY closed_why"
        ).fetchall()
    return {why: int(n) for why, n in rows}


def needs_not_taken_up(db: Database, shown_before: datetime) -> list[tuple[str, int]]:
    """Return open needs that were shown candidates long ago, or nobody last, and have no agreement.

    Parameters
    ----------
    shown_before : datetime
        When their first list with candidates must have been shown; one without an adequate match
        offers nothing to take up. Where the last list is such a one, its day does not matter.

    Returns
    -------
    list of (need id, id of the last list)
        Those without an open entry, in the order of their ids.
    """
    with driver_errors("find needs that nobody took up"):
        rows = db.conn.execute(
            "SELECT s.need_id, max(l.match_list_id) FROM need_status AS s "
            "JOIN match_list AS l ON l.need_id = s.need_id "
            "WHERE s.state IN ('open', 'matching') "
            "AND NOT EXISTS (SELECT 1 FROM supply_gap AS g "
            "  WHERE g.need_id = s.need_id AND g.closed_at IS NULL) "
            "AND NOT EXISTS (SELECT 1 FROM engagement AS e "
            "  JOIN engagement_transition AS t USING (engagement_id) "
            "  WHERE e.need_id = s.need_id AND t.to_state = 'mutual') "
            "GROUP BY s.need_id "
            "HAVING min(CASE WHEN l.no_adequate_match = 0 THEN l.created_at END) < ? "
            "OR max(CASE WHEN l.no_adequate_match = 1 THEN l.match_list_id END) "
            "  = max(l.match_list_id) ORDER BY s.need_id",
            [stamp(shown_before)],
        ).fetchall()
    return [(need_id, int(list_id)) for need_id, list_id in rows]


def settled_gaps(db: Database) -> list[tuple[str, str]]:
    """Return (need id, why) of open entries whose need ended or found somebody meanwhile."""
    with driver_errors("find supply gaps that are settled"):
        rows = db.conn.execute(
            "SELECT g.need_id, CASE WHEN EXISTS (SELECT 1 FROM engagement AS e "
            "  JOIN engagement_transition AS t USING (engagement_id) WHERE e.need_id = g.need_id "
            "  AND t.to_state = 'mutual' AND t.at >= g.opened_at) THEN 'agreed' "
            "WHEN coalesce(s.state, '') NOT IN ('open', 'matching', 'none_suitable') "
            "  THEN 'need_ended' ELSE '' END AS why "
            "FROM supply_gap AS g LEFT JOIN need_status AS s USING (need_id) "
            "WHERE g.closed_at IS NULL AND why <> '' ORDER BY g.need_id"
        ).fetchall()
    return [(need_id, why) for need_id, why in rows]


def _gap(row: tuple[Any, ...]) -> SupplyGap:
    values = dict(zip(_NAMES, row, strict=True))
    values["opened_at"] = datetime.fromisoformat(values["opened_at"])
    if values["closed_at"] is not None:
        values["closed_at"] = datetime.fromisoformat(values["closed_at"])
    return SupplyGap(**values)
