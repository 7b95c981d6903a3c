"""A small synthetic round: three needs want two seats of one provider and a place each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlite_utils import Database

from matcher.allocation.inputs import Inputs, Option, Quota, Rules
from matcher.identity import Role
from matcher.store.connection import StoreDatabase
from matcher.store.round_parties import NEED, PLACE, PROVIDER, Party, replace_parties
from matcher.store.rounds import Round
from matcher.workflow.rounds.drafting import draft_round
from matcher.workflow.rounds.lifecycle import freeze_round, preview_round, publish_rules
from matcher.workflow.rounds.offers import publish_and_offer
from matcher.workflow.rounds.opening import candidates_in
from matcher.workflow.rounds.scope import Scope, Seat, scope_text
from tests.matcher.workflow.engagements.world import ADMINISTRATOR, NOW, add_need, fresh_world

ADMIN = ADMINISTRATOR
CLOSES = NOW + timedelta(days=14)
NEEDS = ("N0001", "N0002", "N0003")
PLACE_ID = "PB900/T1"
SCORES = (0.9, 0.7, 0.5)


def inputs_for(*, seats: int = 2, places: int = 3) -> Inputs:
    """The needs in the order of their scores, all with the provider V900 at the place."""
    options = tuple(
        Option(need, "V900", PLACE_ID, "CAP-V900-1", score, score, score, score, "PB900-S1")
        for need, score in zip(NEEDS, SCORES, strict=True)
    )
    return Inputs(NEEDS, options, {"V900": Quota(seats)}, {PLACE_ID: Quota(places)})


def world() -> StoreDatabase:
    """A database with the needs, the provider and the base of the round."""
    db = fresh_world()
    for need_id in NEEDS[1:]:
        add_need(db, need_id)
    return db


def open_world(db: Database, inputs: Inputs | None = None, **rules: Any) -> str:
    """Open a round whose parties are known; return its id."""
    scope = Scope(needs=NEEDS, providers=(Seat("V900", 2),), places=(Seat(PLACE_ID, 3),))
    new = Round("", "合成示例轮次", "draft", "{}", scope_text(scope), 7, NOW, CLOSES, "Synthetic")
    made = draft_round(db, new, Rules(**rules), actor=ADMIN, now=NOW)
    parties = [Party(need, NEED, "O-need") for need in NEEDS]
    parties += [Party("V900", PROVIDER, "O-provider"), Party(PLACE_ID, PLACE, "O-base")]
    found = candidates_in(inputs or inputs_for())
    publish_rules(
        db,
        made.round_id,
        actor=ADMIN,
        now=NOW,
        also=lambda after: replace_parties(db, after.round_id, parties, found),
    )
    return made.round_id


def frozen(db: Database, inputs: Inputs | None = None, **rules: Any) -> str:
    """A round whose inputs are frozen."""
    round_id = open_world(db, inputs, **rules)
    given = inputs or inputs_for()
    freeze_round(db, round_id, lambda _db, _found: given, actor=ADMIN, now=CLOSES)
    return round_id


def published(db: Database, inputs: Inputs | None = None, **rules: Any) -> str:
    """A round whose result is published and offered."""
    round_id = frozen(db, inputs, **rules)
    preview_round(db, round_id, actor=ADMIN, now=CLOSES)
    publish_and_offer(db, round_id, actor=ADMIN, now=CLOSES)
    return round_id


__all__ = ["ADMIN", "CLOSES", "NOW", "Role"]
