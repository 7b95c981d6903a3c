"""A second round for what a published one left: its needs, and the seats that are still free."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from matcher.allocation.inputs import Rules
from matcher.identity import Actor
from matcher.store.round_parties import GIVEN_UP, list_offers
from matcher.store.rounds import Round, read_round
from matcher.workflow.rounds.drafting import draft_round
from matcher.workflow.rounds.lifecycle import inputs_of
from matcher.workflow.rounds.offers import WAIT_LIST
from matcher.workflow.rounds.replay import inputs_for_second_round
from matcher.workflow.rounds.scope import Seat, scope_of, scope_text

USUAL_TERM = timedelta(days=14)
SUFFIXES = ("（第二轮）", " (second round)")


def draft_second_round(db: Database, round_id: str, *, actor: Actor, now: datetime) -> Round:
    """Draft a round of the needs and seats that a published one left, under the same rules.

    What is left counts offers that were given back. Statements of the first round stand until they
    are changed. The result of the first round is solved again on the way: a file that was altered
    is no basis for a second one.

    Raises
    ------
    ImpossibleStep
        When the first round is not published.
    ReplayDiffers
        When its file does not give its result any more.
    """
    found = read_round(db, round_id)
    seed = found.seed + 1
    rest = inputs_for_second_round(db, round_id, seed=seed)
    offers = list_offers(db, round_id)
    used = Counter(party for one in offers for party in one.seats_used())
    inputs = inputs_of(db, found)
    quotas = {**inputs.provider_quotas, **inputs.place_quotas}
    left = {party: quota.most - used[party] for party, quota in quotas.items()}
    moved = {one.need_id for one in offers if one.origin == WAIT_LIST and one.state != GIVEN_UP}
    scope = scope_of(found)
    second = replace(
        scope,
        needs=tuple(one for one in rest.needs if one not in moved),
        providers=_seats_left(scope.providers, left),
        places=_seats_left(scope.places, left),
    )
    new = Round(
        round_id="",
        title=found.title + SUFFIXES[0],
        title_en=(found.title_en or found.title) + SUFFIXES[1],
        state="draft",
        rules="{}",
        scope=scope_text(second),
        seed=seed,
        opens_at=now,
        closes_at=now + USUAL_TERM,
        follows=round_id,
    )
    return draft_round(db, new, Rules(**json.loads(found.rules)), actor=actor, now=now)


def _seats_left(seats: tuple[Seat, ...], left: dict[str, int]) -> tuple[Seat, ...]:
    """Return the seats that are free; a minimum holds for the first round only."""
    return tuple(
        Seat(seat.party_id, left[seat.party_id]) for seat in seats if left.get(seat.party_id, 0) > 0
    )
