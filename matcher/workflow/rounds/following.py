"""A second round for what a published one left: its needs, and the seats that are still free."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from matcher.allocation.inputs import ALGORITHM, rules_from
from matcher.errors import ImpossibleStep
from matcher.identity import Actor
from matcher.store.connection import write_transaction
from matcher.store.need_status import read_status
from matcher.store.round_parties import GIVEN_UP, NEED, Offer, list_offers
from matcher.store.rounds import Round, list_following, read_round
from matcher.workflow.needs.states import ANSWERABLE
from matcher.workflow.rounds.drafting import draft_round
from matcher.workflow.rounds.lifecycle import CANCELLED, inputs_of
from matcher.workflow.rounds.replay import inputs_for_second_round
from matcher.workflow.rounds.scope import Seat, scope_of, scope_text
from matcher.workflow.rounds.series import placed_in_series

USUAL_TERM = timedelta(days=14)
SUFFIXES = ("（第二轮）", " (second round)")


def draft_second_round(db: Database, round_id: str, *, actor: Actor, now: datetime) -> Round:
    """Draft a round of the needs and seats that a published one left, under the same rules.

    Only the algorithm is the one of today, for it is drafted today. What is left counts offers that
    were given back. Statements of the first round stand until they are changed. The result of the
    first round is solved again on the way: a file that was altered is no basis for a second one.

    Raises
    ------
    ImpossibleStep
        When the first round is not published, or has a second one that was not called off: the
        same seats are not given twice.
    ReplayDiffers
        When its file does not give its result any more.
    """
    found = read_round(db, round_id)
    rest = inputs_for_second_round(
        db, round_id, seed=found.seed + 1
    )  # outside: it solves the round again
    with write_transaction(db, f"draft a second round of {round_id}"):
        if any(one.state != CANCELLED for one in list_following(db, round_id)):
            raise ImpossibleStep("second_round", found.state, "already_done")
        new = _second(db, found, rest.needs, now)
        rules = replace(rules_from(json.loads(found.rules)), algorithm=ALGORITHM)
        return draft_round(db, new, rules, actor=actor, now=now)


def _second(db: Database, found: Round, unmatched: Collection[str], now: datetime) -> Round:
    """Return the draft for what the offers of a published round leave now."""
    offers = list_offers(db, found.round_id)
    used = Counter(party for one in offers for party in one.seats_used())
    inputs = inputs_of(db, found)
    quotas = {**inputs.provider_quotas, **inputs.place_quotas}
    left = {party: quota.most - used[party] for party, quota in quotas.items()}
    offered = {one.need_id for one in offers}
    lost = _lost(db, offers)
    placed = placed_in_series(db, found)  # one may have moved up in the round before
    scope = scope_of(found)
    second = replace(
        scope,
        needs=tuple(
            one
            for one in inputs.needs
            if one not in placed and (one in lost or (one in unmatched and one not in offered))
        ),
        providers=_seats_left(scope.providers, left),
        places=_seats_left(scope.places, left),
    )
    return Round(
        round_id="",
        title=found.title + SUFFIXES[0],
        title_en=(found.title_en or found.title) + SUFFIXES[1],
        state="draft",
        rules="{}",
        scope=scope_text(second),
        seed=found.seed + 1,
        opens_at=now,
        closes_at=now + USUAL_TERM,
        follows=found.round_id,
    )


def _lost(db: Database, offers: Iterable[Offer]) -> set[str]:
    """Return the open needs whose places were all withdrawn by the other sides."""
    withdrawn: dict[str, bool] = {}
    for one in offers:
        is_lost = one.state == GIVEN_UP and one.given_up_by != NEED
        withdrawn[one.need_id] = withdrawn.get(one.need_id, True) and is_lost
    return {
        need_id
        for need_id, is_lost in withdrawn.items()
        if is_lost and read_status(db, need_id).state in ANSWERABLE
    }


def _seats_left(seats: tuple[Seat, ...], left: dict[str, int]) -> tuple[Seat, ...]:
    """Return the seats that are free; a minimum holds for the first round only."""
    return tuple(
        Seat(seat.party_id, left[seat.party_id]) for seat in seats if left.get(seat.party_id, 0) > 0
    )
