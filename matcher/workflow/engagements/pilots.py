"""The pilot between its acceptance and its end: the plan line by line, and what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlite_utils import Database

from matcher.errors import InvalidRecord, UnknownRecord
from matcher.identity import Actor
from matcher.records.engagement import Engagement
from matcher.records.pilot import PilotApplication, PilotLine
from matcher.schemas.messages import Problem, problem
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.pilots import list_lines, standing_application, write_lines
from matcher.vocabulary import codes
from matcher.workflow.engagements import states
from matcher.workflow.engagements.asked import refused, unknown_code
from matcher.workflow.engagements.labels import is_met
from matcher.workflow.engagements.parties import engagement_for, sides_of

LONGEST_TEXT = 500
PLANNED_IN = (states.PILOT_APPLIED, states.IN_PILOT)
MEASURED_IN = (states.IN_PILOT,)


@dataclass(frozen=True, slots=True)
class LinePlan:
    """How one requirement is to be tested."""

    requirement_id: str
    method: str
    tester: str  # vocabulary pilot_tester
    data: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was measured for one requirement."""

    requirement_id: str
    measured: float | None = None
    met: bool | None = None  # to be said where it cannot be computed
    note: str = ""


def plan_pilot(
    db: Database, engagement_id: str, plans: Iterable[LinePlan], *, actor: Actor, now: datetime
) -> list[PilotLine]:
    """Say for some requirements how they are tested, before anything was measured for them.

    Raises
    ------
    UnknownRecord, ImpossibleStep
        When the actor is neither the base nor the enterprise, or no pilot is being prepared.
    InvalidRecord
        When a requirement or a tester is unknown, or has a result already.
    """
    with write_transaction(db, f"plan the pilot of engagement {engagement_id}"):
        application, lines = _pilot(db, engagement_id, "plan_pilot", actor, PLANNED_IN)
        errors: dict[str, list[object]] = {}
        changed = []
        for plan in plans:
            line = lines.get(plan.requirement_id)
            if line is None or line.has_result:
                errors[plan.requirement_id] = [_unknown(lines, plan.requirement_id)]
            elif plan.tester not in codes("pilot_tester"):
                errors[plan.requirement_id] = [unknown_code("pilot_tester", plan.tester)]
            else:
                method, data = plan.method.strip(), plan.data.strip()
                changed.append(
                    replace(
                        line,
                        tester=plan.tester,
                        method=method[:LONGEST_TEXT],
                        data=data[:LONGEST_TEXT],
                    )
                )
        return _store(db, engagement_id, application, "planned", changed, errors, actor, now)


def record_results(
    db: Database, engagement_id: str, results: Iterable[Measurement], *, actor: Actor, now: datetime
) -> list[PilotLine]:
    """Record what was measured; met or not is computed from target and value where both are there.

    Raises
    ------
    UnknownRecord, ImpossibleStep
        When the actor is neither the base nor the enterprise, or no pilot runs.
    InvalidRecord
        When a requirement is unknown, or neither a value nor a judgement is given.
    """
    with write_transaction(db, f"record results of engagement {engagement_id}"):
        application, lines = _pilot(db, engagement_id, "record_results", actor, MEASURED_IN)
        errors: dict[str, list[object]] = {}
        changed = []
        for result in results:
            line = lines.get(result.requirement_id)
            met = None if line is None else _met(line, result)
            if line is None:
                errors[result.requirement_id] = [_unknown(lines, result.requirement_id)]
            elif met is None:
                errors[result.requirement_id] = [problem("required", result.measured)]
            else:
                changed.append(
                    replace(
                        line,
                        measured=result.measured,
                        met=met,
                        note=result.note.strip()[:LONGEST_TEXT],
                        measured_by=actor.actor_id,
                        measured_at=now,
                    )
                )
        return _store(db, engagement_id, application, "measured", changed, errors, actor, now)


def _unknown(lines: Mapping[str, PilotLine], requirement_id: str) -> Problem:
    """Return the problem of a requirement that the plan does not have, or has measured already."""
    known = ", ".join(name for name, line in lines.items() if not line.has_result)
    return problem("unknown_code", requirement_id, choices_zh=known, choices_en=known)


def _met(line: PilotLine, result: Measurement) -> bool | None:
    computed = is_met(line.operator, line.target, result.measured)
    return result.met if computed is None else computed


def _pilot(
    db: Database, engagement_id: str, action: str, actor: Actor, allowed: tuple[str, ...]
) -> tuple[PilotApplication, dict[str, PilotLine]]:
    engagement: Engagement = engagement_for(db, engagement_id, actor)
    sides = sides_of(engagement, actor)
    if engagement.state not in allowed:
        raise refused(engagement, action, "wrong_state", sides)
    if not {states.BASE, states.NEED} & set(sides):
        raise refused(engagement, action, "wrong_side", sides)
    application = standing_application(db, engagement_id)
    if application is None:
        raise UnknownRecord("pilot_application", engagement_id)
    lines = list_lines(db, application.application_id)
    return application, {line.requirement_id: line for line in lines}


def _store(  # noqa: PLR0913 - what is stored, and who did it when
    db: Database,
    engagement_id: str,
    application: PilotApplication,
    what: str,
    changed: list[PilotLine],
    errors: dict[str, list[object]],
    actor: Actor,
    now: datetime,
) -> list[PilotLine]:
    if errors:
        raise InvalidRecord("pilot_line", errors)
    write_lines(db, application.application_id, changed)
    after = {line.requirement_id: {"measured": line.measured, "met": line.met} for line in changed}
    change = Change(f"pilot.{what}", "engagement", engagement_id, {}, after)
    record_change(db, change, actor=actor, now=now)
    return list_lines(db, application.application_id)
