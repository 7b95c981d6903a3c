"""What came of a need as a whole: nobody was suitable here, or it was met off the platform.

It ends the need and every engagement of it that is still open, each with the reasons that were
given: so the providers are told, and the reasons label the pairs as any refusal does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlite_utils import Database

from matcher.errors import InvalidRecord, UnknownRecord
from matcher.identity import Actor
from matcher.records.engagement import Engagement
from matcher.records.pilot import Outcome
from matcher.schemas.messages import problem
from matcher.store.connection import write_transaction
from matcher.store.engagements import Wanted, list_engagements
from matcher.store.need_status import read_status
from matcher.store.outcomes import save_outcome
from matcher.store.ownership import owner_of
from matcher.vocabulary import label
from matcher.workflow.engagements import states
from matcher.workflow.engagements.asked import Given, refused, unknown_code
from matcher.workflow.engagements.outcomes import check_outcome, note_outcome
from matcher.workflow.engagements.parties import is_staff
from matcher.workflow.engagements.steps import advance
from matcher.workflow.needs.lifecycle import change_state
from matcher.workflow.needs.states import Act, State
from matcher.workflow.new_ids import new_id

ENDS = {"none_suitable": State.NONE_SUITABLE, "off_platform": State.DONE}
OVER = (State.DONE, State.NONE_SUITABLE)
# Who found somebody elsewhere has a supplier: that says nothing against the candidates here.
WITHOUT_REASONS = ("supplied",)
MOST_OPEN = 1_000


@dataclass(frozen=True, slots=True)
class NeedEnd:
    """What was recorded, and what ended with it."""

    outcome: Outcome
    n_closed: int  # engagements


def record_need_outcome(
    db: Database,
    need_id: str,
    told: Outcome,
    *,
    actor: Actor,
    now: datetime,
    tells_reasons: bool = True,
) -> NeedEnd:
    """Record that a need found nobody suitable here, or was met off the platform, and end it.

    Where the need has ended before, only the account of it changes.

    Parameters
    ----------
    told : Outcome
        Result, one to three reasons where nobody was suitable, and a note.
    tells_reasons : bool
        Whether the other side of each open engagement reads reasons and note.

    Raises
    ------
    UnknownRecord
        When the need is not the actor's.
    InvalidRecord
        When the result is another one, or reasons are missing or too many.
    ImpossibleStep
        ``pilot_running`` while a pilot of the need runs: its result comes first.
    TransitionRefused
        When the need is not published.
    """
    _check(told)
    if owner_of(db, "need", need_id) != actor.organisation_id and not is_staff(actor):
        raise UnknownRecord("need", need_id)
    with write_transaction(db, f"record the outcome of need {need_id}"):
        closed = _close_engagements(db, need_id, told, actor, now, tells_reasons=tells_reasons)
        if read_status(db, need_id).state not in OVER:
            change_state(db, need_id, ENDS[told.result], Act(actor, now, _reason(told)))
        outcome = replace(
            told,
            outcome_id=new_id("OC"),
            need_id=need_id,
            engagement_id="",
            label_grade=None,  # of no single pair; each refusal labels its own
            label_weight=0.0,
            recorded_by=actor.actor_id,
            recorded_at=now,
        )
        save_outcome(db, outcome)
        note_outcome(db, outcome, actor, now)
        return NeedEnd(outcome, closed)


def _check(told: Outcome) -> None:
    check_outcome(told)
    if told.result not in ENDS:
        raise InvalidRecord("outcome", {"result": [unknown_code("outcome_result", told.result)]})
    if told.result == "none_suitable" and not told.why_not:
        raise InvalidRecord("outcome", {"why_not": [problem("required", "")]})


def _reason(told: Outcome) -> str:
    """Return in words why the need ends, for its own timeline."""
    words = [label("outcome_result", told.result)] if told.result == "off_platform" else []
    words += [label("decline_reason", code) for code in told.why_not]
    return "；".join(filter(None, ("、".join(words), told.note.strip())))


def _close_engagements(
    db: Database,
    need_id: str,
    told: Outcome,
    actor: Actor,
    now: datetime,
    *,
    tells_reasons: bool,
) -> int:
    wanted = Wanted(need_id=need_id, open_only=True)
    found = list_engagements(db, wanted, limit=MOST_OPEN)
    for engagement in found:
        if engagement.state == states.IN_PILOT:
            raise refused(engagement, "record_outcome", "pilot_running", (states.NEED,))
    action, given = _closing(told, actor, tells_reasons=tells_reasons)
    for engagement in found:
        _close(db, engagement, action, given, actor, now)
    return len(found)


def _closing(told: Outcome, actor: Actor, *, tells_reasons: bool) -> tuple[str, Given]:
    """Return the step that ends an engagement: a refusal, or a broker's closing of it."""
    if is_staff(actor):
        return "close", Given(side=states.BROKER, reason=_reason(told))
    declines = told.why_not or WITHOUT_REASONS
    given = Given(
        side=states.NEED, declines=declines, note=told.note.strip(), tell_other=tells_reasons
    )
    return "decline", given


def _close(
    db: Database, engagement: Engagement, action: str, given: Given, actor: Actor, now: datetime
) -> None:
    advance(db, engagement.engagement_id, action, actor=actor, now=now, given=given)
