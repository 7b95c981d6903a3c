"""Start the clock that a state asks for; ``clock_runs`` does what comes due."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlite_utils import Database

from matcher.records.engagement import Clock, Engagement
from matcher.store.clocks import (
    end_clock,
    start_clock,
)
from matcher.store.consents import standing_consents
from matcher.store.pilots import standing_application
from matcher.workflow.engagements import states
from matcher.workflow.engagements.telling import tell_due
from matcher.workflow.working_days import Due, due_after, last_announced_year

FOLLOW_UP = timedelta(days=90)  # after the contract
APPEAL_DAYS = 10


def start_for_state(
    db: Database, engagement: Engagement, *, now: datetime, answered: bool
) -> Clock | None:
    """End the clock of an engagement and start the one that its state asks for.

    Parameters
    ----------
    answered : bool
        Whether the side that was waited for took the step; else the wait says nothing of it.
    """
    object_id = engagement.engagement_id
    end_clock(db, "engagement", object_id, "answered" if answered else "superseded", now=now)
    waiting = states.WAITS.get(engagement.state)
    if waiting is None:
        return None
    due = _due(db, engagement, waiting, now)
    sides = _still_silent(db, engagement, waiting.sides)
    clock = Clock(
        clock_id=0,
        object_kind="engagement",
        object_id=object_id,
        kind=waiting.kind,
        waits_for=sides,
        started_at=now,
        due_at=due.at,
        next_at=due.at,
        is_provisional=due.is_provisional,
    )
    start_clock(db, clock)
    if waiting.kind not in ("expire", "follow_up"):
        tell_due(db, engagement, clock, now=now)
    return clock


def _due(db: Database, engagement: Engagement, waiting: states.Waiting, now: datetime) -> Due:
    if not waiting.days:
        return Due(now + FOLLOW_UP, False)
    application = None
    if waiting.kind == "decision":
        application = standing_application(db, engagement.engagement_id)
    if application is not None:
        return Due(application.decide_by, application.decide_by.year > last_announced_year())
    return due_after(now, waiting.days)


def _still_silent(db: Database, engagement: Engagement, sides: tuple[str, ...]) -> tuple[str, ...]:
    """Return the sides without those who have agreed already to what is waited for."""
    if engagement.state != states.MUTUAL:
        return sides
    agreed = standing_consents(db, engagement.engagement_id)
    return tuple(side for side in sides if (side, "contact") not in agreed) or sides


def start_appeal_clock(db: Database, appeal_id: str, due: Due, *, now: datetime) -> None:
    """Start the clock of an appeal."""
    clock = Clock(
        0, "appeal", appeal_id, "appeal", (states.BROKER,), now, due.at, due.at,
        is_provisional=due.is_provisional,
    )  # fmt: skip
    start_clock(db, clock)
