"""Applications to pilot bases, the plan and results of each pilot, and the slots that they take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, fields
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.records.pilot import PilotApplication, PilotLine
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp

_APPLICATION = tuple(field.name for field in fields(PilotApplication))
_LINE = tuple(field.name for field in fields(PilotLine))
STANDING = ("waiting", "accepted")
TAKES_SLOT = ("accepted", "finished")


def add_application(
    db: Database, application: PilotApplication, lines: Iterable[PilotLine]
) -> None:
    """Store an application with the plan of its pilot."""
    marks = ", ".join("?" * len(_APPLICATION))
    with write_transaction(db, f"store application {application.application_id}"):
        db.conn.execute(
            f"INSERT INTO pilot_application ({', '.join(_APPLICATION)}) "  # noqa: S608
            f"VALUES ({marks})",
            [_stored(value) for value in astuple(application)],
        )
        write_lines(db, application.application_id, lines)


def write_lines(db: Database, application_id: str, lines: Iterable[PilotLine]) -> None:
    """Store lines of a plan in place of those with the same requirement."""
    names = ("application_id", *_LINE)
    marks = ", ".join("?" * len(names))
    with write_transaction(db, f"store the plan of application {application_id}"):
        db.conn.executemany(
            f"INSERT OR REPLACE INTO pilot_line ({', '.join(names)}) VALUES ({marks})",  # noqa: S608
            [[application_id, *(_stored(value) for value in astuple(line))] for line in lines],
        )


def change_application(
    db: Database, application: PilotApplication, *, state: str, actor: str, now: datetime
) -> None:
    """Store the state, the slot and the days of an application as given."""
    with write_transaction(db, f"change application {application.application_id}"):
        db.conn.execute(
            "UPDATE pilot_application SET state = ?, decided_by = ?, decided_at = ?, slot_id = ?, "
            "starts_on = ?, ends_on = ? WHERE application_id = ?",
            [
                state,
                actor,
                stamp(now),
                application.slot_id,
                _stored(application.starts_on),
                _stored(application.ends_on),
                application.application_id,
            ],
        )


def standing_application(db: Database, engagement_id: str) -> PilotApplication | None:
    """Return the application of an engagement that waits or was accepted, or None."""
    found = [one for one in list_applications(db, engagement_id) if one.state in STANDING]
    return found[0] if found else None


def list_applications(db: Database, engagement_id: str) -> list[PilotApplication]:
    """Return the applications of an engagement, the last first."""
    return _applications(db, "engagement_id = ?", [engagement_id])


def read_application(db: Database, application_id: str) -> PilotApplication:
    """Return an application.

    Raises
    ------
    UnknownRecord
        When there is none with this id.
    """
    found = _applications(db, "application_id = ?", [application_id])
    if not found:
        raise UnknownRecord("pilot_application", application_id)
    return found[0]


def slots_taken(db: Database, pilot_base_id: str) -> dict[str, int]:
    """Return how many pilots took a place in each period of a base, by the period's id."""
    marks = ", ".join("?" * len(TAKES_SLOT))
    with driver_errors("count the slots of a base"):
        rows = db.conn.execute(
            "SELECT slot_id, count(*) FROM pilot_application "  # noqa: S608 - marks only
            f"WHERE pilot_base_id = ? AND state IN ({marks}) GROUP BY slot_id",
            [pilot_base_id, *TAKES_SLOT],
        ).fetchall()
    return dict(rows)


def list_lines(db: Database, application_id: str) -> list[PilotLine]:
    """Return the plan of a pilot with the results so far, in the order of the requirements."""
    with driver_errors("read the plan of a pilot"):
        rows = db.conn.execute(
            f"SELECT {', '.join(_LINE)} FROM pilot_line "  # noqa: S608
            "WHERE application_id = ? ORDER BY level = 'want', requirement_id",
            [application_id],
        ).fetchall()
    return [_line(row) for row in rows]


def lines_of_requirement(
    db: Database, need_id: str, requirement_id: str
) -> list[tuple[PilotApplication, PilotLine]]:
    """Return where a requirement was tested, the first application first."""
    with driver_errors("read where a requirement was tested"):
        rows = db.conn.execute(
            "SELECT l.application_id FROM pilot_line AS l JOIN pilot_application AS a "
            "USING (application_id) JOIN engagement AS e USING (engagement_id) "
            "WHERE e.need_id = ? AND l.requirement_id = ? ORDER BY a.applied_at, a.application_id",
            [need_id, requirement_id],
        ).fetchall()
    found = []
    for (application_id,) in rows:
        lines = {line.requirement_id: line for line in list_lines(db, application_id)}
        found.append((read_application(db, application_id), lines[requirement_id]))
    return found


def _applications(db: Database, where: str, values: list[Any]) -> list[PilotApplication]:
    with driver_errors("read applications to a base"):
        rows = db.conn.execute(
            f"SELECT {', '.join(_APPLICATION)} FROM pilot_application "  # noqa: S608
            f"WHERE {where} ORDER BY applied_at DESC, application_id",
            values,
        ).fetchall()
    return [_application(row) for row in rows]


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


def _application(row: tuple[Any, ...]) -> PilotApplication:
    values = dict(zip(_APPLICATION, row, strict=True))
    for name in ("applied_at", "decide_by", "decided_at"):
        values[name] = values[name] and datetime.fromisoformat(values[name])
    for name in ("starts_on", "ends_on"):
        values[name] = values[name] and date.fromisoformat(values[name])
    return PilotApplication(**values)


def _line(row: tuple[Any, ...]) -> PilotLine:
    values = dict(zip(_LINE, row, strict=True))
    values["met"] = None if values["met"] is None else bool(values["met"])
    values["measured_at"] = values["measured_at"] and datetime.fromisoformat(values["measured_at"])
    return PilotLine(**values)
