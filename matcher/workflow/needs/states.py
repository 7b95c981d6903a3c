"""The way of a need as a table: which change of state is possible, who may make it, with what word.

Plain data; ``needs.change_state`` is the only one that acts on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from matcher.identity import Actor


class State(StrEnum):
    """Where a need stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    OPEN = "open"
    MATCHING = "matching"
    IN_PILOT = "in_pilot"
    DONE = "done"
    NONE_SUITABLE = "none_suitable"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


ANSWERABLE = (State.OPEN, State.MATCHING)  # providers may still ask and answer
LISTED = ANSWERABLE
SHOWN = (*ANSWERABLE, State.IN_PILOT, State.DONE, State.NONE_SUITABLE, State.EXPIRED)


class Who(StrEnum):
    """In what capacity somebody changes a state."""

    ENTERPRISE = "enterprise"  # an account of the organisation whose need it is
    STAFF = "staff"
    SYSTEM = "system"


class Act(NamedTuple):
    """Who does something, when, and why where that is asked for."""

    actor: Actor
    now: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One possible change of state."""

    from_state: State
    to_state: State
    who: tuple[Who, ...]
    wants_reason: bool = False
    action: str = ""  # what the audit trail calls it


_E, _R, _S = Who.ENTERPRISE, Who.STAFF, Who.SYSTEM
TABLE: tuple[Step, ...] = (
    Step(State.DRAFT, State.IN_REVIEW, (_E,), action="need.sent"),
    Step(State.DRAFT, State.WITHDRAWN, (_E,), wants_reason=True, action="need.withdrawn"),
    Step(State.IN_REVIEW, State.OPEN, (_R,), action="need.published"),
    Step(State.IN_REVIEW, State.DRAFT, (_R,), wants_reason=True, action="need.returned"),
    Step(State.IN_REVIEW, State.WITHDRAWN, (_E,), wants_reason=True, action="need.withdrawn"),
    Step(State.OPEN, State.MATCHING, (_E, _R, _S), action="need.talks_begun"),
    Step(State.OPEN, State.IN_PILOT, (_E, _R, _S), action="need.pilot_begun"),
    Step(State.OPEN, State.DONE, (_E,), wants_reason=True, action="need.done"),
    Step(State.OPEN, State.NONE_SUITABLE, (_E, _R), wants_reason=True, action="need.none_suitable"),
    Step(State.OPEN, State.WITHDRAWN, (_E, _R), wants_reason=True, action="need.withdrawn"),
    Step(State.OPEN, State.EXPIRED, (_S,), action="need.expired"),
    Step(State.MATCHING, State.OPEN, (_E, _S), wants_reason=True, action="need.talks_ended"),
    Step(State.MATCHING, State.IN_PILOT, (_E, _R, _S), action="need.pilot_begun"),
    Step(State.MATCHING, State.DONE, (_E, _S), action="need.done"),
    Step(
        State.MATCHING, State.NONE_SUITABLE, (_E, _R), wants_reason=True,
        action="need.none_suitable",
    ),
    Step(State.MATCHING, State.WITHDRAWN, (_E, _R), wants_reason=True, action="need.withdrawn"),
    Step(State.MATCHING, State.EXPIRED, (_S,), action="need.expired"),
    Step(State.IN_PILOT, State.DONE, (_E, _S), action="need.done"),
    Step(State.IN_PILOT, State.MATCHING, (_E, _S), wants_reason=True, action="need.pilot_ended"),
    Step(
        State.IN_PILOT, State.NONE_SUITABLE, (_E, _R), wants_reason=True,
        action="need.none_suitable",
    ),
    Step(State.IN_PILOT, State.WITHDRAWN, (_E, _R), wants_reason=True, action="need.withdrawn"),
    Step(State.EXPIRED, State.OPEN, (_E,), action="need.renewed"),
    Step(State.EXPIRED, State.DONE, (_E,), wants_reason=True, action="need.done"),
    Step(State.EXPIRED, State.WITHDRAWN, (_E,), wants_reason=True, action="need.withdrawn"),
    Step(State.EXPIRED, State.NONE_SUITABLE, (_E,), wants_reason=True, action="need.none_suitable"),
)  # fmt: skip
STEPS: dict[tuple[str, str], Step] = {(step.from_state, step.to_state): step for step in TABLE}
