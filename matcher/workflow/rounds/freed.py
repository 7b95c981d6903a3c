"""An engagement that came from a round has ended: its seat goes to the next in line.

Called by the step that closes it, in the same transaction. The rules are those of giving a place
back: what the enterprise ends leaves both seats to others; where the provider ends it, or never
answered, that seat is gone and the base's goes on. Once a pilot has begun the place is used.
"""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from matcher.identity import Actor
from matcher.records.engagement import Engagement
from matcher.store.engagements import list_transitions
from matcher.store.round_parties import (
    GIVEN_UP,
    NEED,
    PROVIDER,
    Offer,
    decide_offer,
    offers_taken_up_as,
)
from matcher.store.rounds import read_round
from matcher.workflow.engagements import states
from matcher.workflow.rounds.lifecycle import note
from matcher.workflow.rounds.offers import move_up, parties_of_offer
from matcher.workflow.rounds.telling import tell_parties

ENDED = "对接已结束 · the engagement has ended"


def free_seat(
    db: Database, before: Engagement, side: str, *, actor: Actor, now: datetime
) -> list[Offer]:
    """Free the seat of an engagement that was closed; return the offers that moved up.

    Parameters
    ----------
    before : Engagement
        As it was until it was closed.
    side : str
        Who closed it: need, provider, broker, or system where nobody answered in time.
    """
    held = offers_taken_up_as(db, before.engagement_id)
    if not held or _has_begun(db, before):
        return []
    given_up_by = _whose_doing(before, side)
    return [new for offer in held for new in _freed(db, offer, given_up_by, actor, now)]


def _freed(
    db: Database, offer: Offer, given_up_by: str, actor: Actor, now: datetime
) -> list[Offer]:
    decide_offer(
        db,
        offer,
        GIVEN_UP,
        engagement_id=offer.engagement_id,
        actor=actor.actor_id,
        now=now,
        reason=ENDED,
        given_up_by=given_up_by,
    )
    told = {"offer_id": offer.offer_id, "key": list(offer.key), "side": given_up_by,
            "engagement_id": offer.engagement_id}  # fmt: skip
    note(db, offer.round_id, "seat_freed", told, actor, now)
    found = read_round(db, offer.round_id)
    tell_parties(db, found, parties_of_offer(db, offer), "round.seat_freed", now=now)
    return move_up(db, found, offer, actor, now)


def _has_begun(db: Database, engagement: Engagement) -> bool:
    past = list_transitions(db, engagement.engagement_id)
    return any(one.to_state == states.IN_PILOT for one in past)


def _whose_doing(before: Engagement, side: str) -> str:
    """Return whose seat is gone with the engagement, by the kinds of party of a round."""
    silent = states.WAITS[before.state].sides
    if side == states.PROVIDER or (side == states.SYSTEM_SIDE and silent == (states.PROVIDER,)):
        return PROVIDER
    return NEED
