"""After publication: places offered, taken up as engagements, given up, and the wait-list.

The published result never changes. What came of it is a list of offers: those of the result, and
those that moved up when somebody gave a place back. A wait-list only moves forward: nobody is ever
put before somebody who waited already.
"""

from __future__ import annotations

import json
from datetime import datetime

from sqlite_utils import Database

from matcher.allocation.inputs import Option
from matcher.allocation.solve import moved_up
from matcher.errors import ImpossibleStep, UnknownRecord
from matcher.identity import SYSTEM, Actor
from matcher.intake.personal import mask
from matcher.records.engagement import Engagement
from matcher.store.connection import write_transaction
from matcher.store.round_parties import (
    GIVEN_UP,
    NEED,
    OFFERED,
    PLACE,
    PROVIDER,
    TAKEN_UP,
    Offer,
    Party,
    add_offer,
    decide_offer,
    list_offers,
    list_parties,
    read_offer,
)
from matcher.store.rounds import Round, read_round
from matcher.workflow.engagements import states
from matcher.workflow.engagements.asked import Given
from matcher.workflow.engagements.interest import WAITS_FOR_SIDE
from matcher.workflow.engagements.opening import Occasion, open_engagement
from matcher.workflow.engagements.parties import sides_of
from matcher.workflow.engagements.steps import advance
from matcher.workflow.needs.disclosure import names_of
from matcher.workflow.rounds.lifecycle import (
    PUBLISHED,
    note,
    publish_result,
    require_administrator,
)
from matcher.workflow.rounds.series import gone_from_lines, rounds_before
from matcher.workflow.rounds.telling import tell_parties, tell_results
from matcher.workflow.rounds.waiting import next_in_line

RESULT, WAIT_LIST = "result", "wait_list"
ORIGIN = "round"  # vocabulary match_origin


def publish_and_offer(db: Database, round_id: str, *, actor: Actor, now: datetime) -> Round:
    """Publish the previewed result, offer each placement to its parties, and tell everybody."""

    def also(published: Round) -> None:
        placements = [Option(**one) for one in json.loads(published.result or "")["placements"]]
        for option in placements:
            add_offer(db, _offer(round_id, option, RESULT), now=now)
        placed = {party for option in placements for party in option.key if party}
        tell_results(db, published, placed, now=now)
        go_on_before(db, published, actor, now)

    return publish_result(db, round_id, actor=actor, now=now, also=also)


def _offer(round_id: str, option: Option, origin: str) -> Offer:
    return Offer(
        0,
        round_id,
        *option.key,
        option.capability_id,
        option.service_id,
        option.score,
        origin,
    )


def parties_of_offer(db: Database, offer: Offer) -> list[Party]:
    """Return the parties of an offer: the need, the provider, and the place where there is one."""
    return [one for one in list_parties(db, offer.round_id) if one.party_id in offer.key]


def _own_sides(db: Database, offer: Offer, actor: Actor) -> list[str]:
    """Return for which kinds of party an actor speaks; another's offer is unknown."""
    own = [
        party.kind
        for party in parties_of_offer(db, offer)
        if actor.organisation_id and party.organisation_id == actor.organisation_id
    ]
    if not own:
        raise UnknownRecord("offer", str(offer.offer_id))
    return own


def confirm_offer(db: Database, offer_id: int, *, actor: Actor, now: datetime) -> Engagement:
    """Confirm an offered place for one's own side, and return the engagement that it leads into.

    The first of the two sides opens the engagement and accepts in it; the other then accepts, or
    declines, there or here. Whoever confirms twice gets the engagement as it stands.

    Raises
    ------
    UnknownRecord
        When it is another's offer.
    ImpossibleStep
        When it was given up, for a base (which decides on the application for a pilot), or where
        the engagement cannot begin: the need was withdrawn, one side has excluded the other, or an
        engagement of the two was closed and has not been opened again.
    """
    with write_transaction(db, f"confirm offer {offer_id}"):
        offer = read_offer(db, offer_id)
        sides = [side for side in _own_sides(db, offer, actor) if side in states.PARTIES]
        if offer.state == GIVEN_UP:
            raise ImpossibleStep("confirm_offer", offer.state, "wrong_state")
        if not sides:
            raise ImpossibleStep("confirm_offer", offer.state, "wrong_side")
        occasion = Occasion(ORIGIN, probability=offer.score)
        engagement = open_engagement(
            db, offer.need_id, offer.capability_id, actor=SYSTEM, now=now, occasion=occasion
        )
        if engagement.state == states.CLOSED:  # they parted before; nobody could accept in it
            raise ImpossibleStep(
                "confirm_offer",
                offer.state,
                "engagement_closed",
                engagement_id=engagement.engagement_id,
            )
        if offer.state == OFFERED:
            decide_offer(
                db,
                offer,
                TAKEN_UP,
                engagement_id=engagement.engagement_id,
                actor=actor.actor_id,
                now=now,
            )
            told = {"offer_id": offer_id, "engagement_id": engagement.engagement_id}
            note(db, offer.round_id, "taken_up", told, actor, now)
        return _accepted(db, engagement, actor, now)


def _accepted(db: Database, engagement: Engagement, actor: Actor, now: datetime) -> Engagement:
    """Take the step of acceptance for those of the actor's sides that have not taken it."""
    for side in sides_of(engagement, actor):
        if side in states.PARTIES and engagement.state in WAITS_FOR_SIDE[side]:
            engagement = advance(
                db,
                engagement.engagement_id,
                "accept",
                actor=actor,
                now=now,
                given=Given(side=side),
            )
    return engagement


def give_up(
    db: Database, offer_id: int, reason: str, *, side: str = "", actor: Actor, now: datetime
) -> list[Offer]:
    """Give a place back with a reason; return the offers that moved up from the wait-list.

    A need that gives up leaves its seats to those who wait. A provider or a base that does so has
    one seat less, and only the other one goes on. The others are told the reason without anything
    by which a party could be recognised; what was written stays in the audit trail.

    Parameters
    ----------
    side : str
        Need, provider or place; to be said where an actor could speak for more than one of them.
        A party may give up until the offer is taken up, an administrator for it at any time.

    Raises
    ------
    UnknownRecord, ImpossibleStep
    """
    with write_transaction(db, f"give up offer {offer_id}"):
        offer = read_offer(db, offer_id)
        given_up_by = _side_of(db, offer, side, actor)
        allowed = (OFFERED,) if actor.organisation_id else (OFFERED, TAKEN_UP)
        if offer.state not in allowed:
            raise ImpossibleStep("give_up", offer.state, "wrong_state")
        if not reason.strip():
            raise ImpossibleStep("give_up", offer.state, "missing_reason")
        told_reason = _without_names(db, offer, reason.strip())
        decide_offer(
            db,
            offer,
            GIVEN_UP,
            engagement_id=offer.engagement_id,
            actor=actor.actor_id,
            now=now,
            reason=told_reason,
            given_up_by=given_up_by,
        )
        told = {"offer_id": offer_id, "key": list(offer.key), "side": given_up_by}
        note(db, offer.round_id, "given_up", told, actor, now, reason.strip())
        return _after_given_up(db, offer, told_reason, actor, now)


def _without_names(db: Database, offer: Offer, reason: str) -> str:
    """Return a reason as every party may read it: the sides need not know each other yet."""
    parties = parties_of_offer(db, offer)
    own = dict.fromkeys(one.organisation_id for one in parties if one.organisation_id)
    return mask(reason, [name for organisation_id in own for name in names_of(db, organisation_id)])


def _side_of(db: Database, offer: Offer, side: str, actor: Actor) -> str:
    """Return for which side an actor gives a place back."""
    if actor.organisation_id:
        possible = _own_sides(db, offer, actor)
    else:
        require_administrator(actor, "give_up", offer.state)
        possible = [NEED, PROVIDER, PLACE] if offer.place_id else [NEED, PROVIDER]
    wanted = side or possible[0]
    if wanted not in possible:
        raise ImpossibleStep("give_up", offer.state, "wrong_side")
    return wanted


def _after_given_up(
    db: Database, offer: Offer, reason: str, actor: Actor, now: datetime
) -> list[Offer]:
    found = read_round(db, offer.round_id)
    tell_parties(db, found, parties_of_offer(db, offer), "round.given_up", now=now, reason=reason)
    return move_up(db, found, offer, actor, now)


def move_up(db: Database, found: Round, freed: Offer, actor: Actor, now: datetime) -> list[Offer]:
    """Offer the seats that an offer leaves free to those who wait, and tell them."""
    new = []
    for option in next_in_line(db, found, freed):
        number = add_offer(db, _offer(found.round_id, option, WAIT_LIST), now=now)
        made = read_offer(db, number)
        note(db, found.round_id, "moved_up", {"key": list(made.key)}, actor, now)
        tell_parties(db, found, parties_of_offer(db, made), "round.moved_up", now=now)
        new.append(made)
    return new


def go_on_before(db: Database, done: Round, actor: Actor, now: datetime) -> list[Offer]:
    """Offer the seats that became free in the rounds before, while this one still decided.

    Its needs were in no other line meanwhile; it is published or called off now, and who got
    nothing waits there again.
    """
    return [
        new
        for before in rounds_before(db, done)
        for freed in list_offers(db, before.round_id)
        if freed.state == GIVEN_UP
        for new in move_up(db, before, freed, actor, now)
    ]


def place_in_line(db: Database, found: Round, need_id: str) -> dict[str, int]:
    """Return where a need stands on each wait-list now, by place or provider, from 1."""
    if found.state != PUBLISHED or found.result is None:
        return {}
    gone = gone_from_lines(db, found)
    if need_id in gone:
        return {}
    lists = json.loads(found.result)["wait_lists"]
    return {
        party: moved_up(tuple(waiting), gone).index(need_id) + 1
        for party, waiting in lists.items()
        if need_id in waiting
    }
