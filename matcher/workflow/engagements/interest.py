"""Say that a need and a capability should meet: the engagement and the first answer, in one."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from matcher.identity import Actor
from matcher.records.engagement import Engagement
from matcher.store.connection import write_transaction
from matcher.store.needs import read_kept_need
from matcher.workflow.engagements import states
from matcher.workflow.engagements.asked import Given
from matcher.workflow.engagements.opening import SEARCH, Occasion, open_engagement
from matcher.workflow.engagements.parties import sides_of
from matcher.workflow.engagements.steps import advance
from matcher.workflow.needs.matches import latest_answer

WAITS_FOR_SIDE = {
    states.NEED: (states.SHOWN, states.PROVIDER_ACCEPTED),
    states.PROVIDER: (states.SHOWN, states.NEED_ACCEPTED),
}


def express_interest(
    db: Database, need_id: str, capability_id: str, *, actor: Actor, now: datetime
) -> Engagement:
    """Return the engagement of a need and a capability once the actor's side is interested.

    Whoever said so before gets the engagement as it stands. Where the step is refused, no
    engagement is left behind.

    Raises
    ------
    UnknownRecord
        When the need or the capability does not exist for this actor.
    ImpossibleStep
        With ``why`` (vocabulary step_refusal): a quota, a rest, an exclusion.
    """
    with write_transaction(db, f"express interest in need {need_id}"):
        occasion = occasion_of(db, need_id, capability_id)
        engagement = open_engagement(
            db, need_id, capability_id, actor=actor, now=now, occasion=occasion
        )
        sides = [side for side in sides_of(engagement, actor) if side in states.PARTIES]
        if not sides or engagement.state not in WAITS_FOR_SIDE[sides[0]]:
            return engagement
        given = Given(side=sides[0])
        engagement_id = engagement.engagement_id
        return advance(db, engagement_id, "accept", actor=actor, now=now, given=given)


def occasion_of(db: Database, need_id: str, capability_id: str) -> Occasion:
    """Return how they met: by invitation, in the list that was kept last, or by searching."""
    answer = latest_answer(db, need_id)
    matches = answer.match_list.matches if answer else ()
    match = next((one for one in matches if one.capability_id == capability_id), None)
    if match is None or answer is None:
        return SEARCH
    is_invited = match.provider_id in read_kept_need(db, need_id).need.invited_provider_ids
    return Occasion(
        "invited" if is_invited else "system",
        answer.match_list_id,
        match.rank,
        match.probability,
    )
