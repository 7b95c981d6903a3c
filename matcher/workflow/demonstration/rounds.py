"""Two allocation rounds of the demonstration: one that takes statements, one with a result.

Their scores are made up, as their titles say; everything else goes the way of every round, so that
the digests, the reasons and the replay are real.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import product

from sqlite_utils import Database

from matcher.allocation.inputs import Inputs, Option, Quota, Rules
from matcher.identity import Account, Actor, actor_of
from matcher.records import Capability, Catalogue, PilotBase
from matcher.store.audit import Change, record_change
from matcher.store.catalogue import read_catalogue
from matcher.store.round_parties import replace_parties
from matcher.store.rounds import Round, change_round, list_rounds
from matcher.workflow.rounds.choosing import places_of
from matcher.workflow.rounds.drafting import draft_round
from matcher.workflow.rounds.lifecycle import (
    CANCELLED,
    DRAFT,
    FROZEN,
    OPEN,
    PREVIEW,
    freeze_round,
    preview_round,
    publish_rules,
)
from matcher.workflow.rounds.offers import publish_and_offer
from matcher.workflow.rounds.opening import candidates_in, parties_of
from matcher.workflow.rounds.scope import Scope, Seat, scope_text

OPEN_ID, PUBLISHED_ID = "RD-DEMO1", "RD-DEMO2"
TITLES = {
    OPEN_ID: ("演示：征集意愿的轮次（虚构）", "Demonstration: a round that takes statements"),
    PUBLISHED_ID: ("演示：已公布结果的轮次（虚构）", "Demonstration: a round with a result"),
}
N_OTHERS = 3  # providers of the catalogue beside the demonstration's own
TERM = timedelta(days=14)
BEST, STEP = 0.62, 0.07  # of the made-up scores


def add_demo_rounds(
    db: Database, need_ids: Sequence[str], administrator: Account, *, now: datetime
) -> list[str]:
    """Give the demonstration its rounds; return their ids.

    None are made in a catalogue that has neither capabilities nor bases.
    """
    catalogue, actor = read_catalogue(db), actor_of(administrator)
    offers, places = list(_offers(catalogue)), list(_places(catalogue))
    if not offers or not places:
        return []
    begun = now - TERM - timedelta(days=1)
    _open(db, PUBLISHED_ID, need_ids, offers, places, actor, begun)
    inputs = _inputs(need_ids, offers, places)
    freeze_round(db, PUBLISHED_ID, lambda _db, _found: inputs, actor=actor, now=now)
    preview_round(db, PUBLISHED_ID, actor=actor, now=now)
    publish_and_offer(db, PUBLISHED_ID, actor=actor, now=now)
    _open(db, OPEN_ID, need_ids, offers, places, actor, now)
    return [OPEN_ID, PUBLISHED_ID]


def _offers(catalogue: Catalogue) -> Iterator[Capability]:
    """Yield one capability each of a few providers, the demonstration's own first."""
    seen: set[str] = set()
    found = sorted(
        catalogue.capabilities.values(),
        key=lambda one: (not one.name.startswith("演示"), one.capability_id),
    )
    for capability in found:
        if capability.provider_id not in seen and len(seen) <= N_OTHERS:
            seen.add(capability.provider_id)
            yield capability


def _places(catalogue: Catalogue) -> Iterator[str]:
    """Yield a place of each of two bases."""
    bases: list[PilotBase] = sorted(
        catalogue.pilot_bases.values(), key=lambda one: one.pilot_base_id
    )
    for base in bases[:2]:
        yield places_of(base, {})[0].place_id


def _open(  # noqa: PLR0913 - what the round is about, and who opens it when
    db: Database,
    round_id: str,
    need_ids: Sequence[str],
    offers: Sequence[Capability],
    places: Sequence[str],
    actor: Actor,
    now: datetime,
) -> None:
    scope = Scope(
        needs=tuple(need_ids),
        providers=tuple(Seat(one.provider_id, 1) for one in offers),
        places=tuple(Seat(place_id, 1) for place_id in places),
    )
    title, title_en = TITLES[round_id]
    new = Round(
        round_id, title, DRAFT, "{}", scope_text(scope), 7, now, now + TERM, title_en=title_en
    )
    draft_round(db, new, Rules(), actor=actor, now=now)
    parties = list(parties_of(db, scope))
    candidates = candidates_in(_inputs(need_ids, offers, places))
    publish_rules(
        db,
        round_id,
        actor=actor,
        now=now,
        also=lambda after: replace_parties(db, after.round_id, parties, candidates),
    )


def _inputs(need_ids: Sequence[str], offers: Sequence[Capability], places: Sequence[str]) -> Inputs:
    """Return made-up inputs: all want the same places, the first need the most."""
    options = []
    for (i, need_id), (j, offer), place_id in product(
        enumerate(need_ids), enumerate(offers[:2]), places[:1]
    ):
        score = round(BEST - STEP * (i + j), 2)
        options.append(
            Option(need_id, offer.provider_id, place_id, offer.capability_id, score, score, score,
                   score)
        )  # fmt: skip
    return Inputs(
        needs=tuple(need_ids),
        options=tuple(options),
        provider_quotas={one.provider_id: Quota(1) for one in offers},
        place_quotas={place_id: Quota(1) for place_id in places},
        small=frozenset(need_ids[-1:]),
    )


def cancel_demo_rounds(db: Database, actor: Actor, reason: str, *, now: datetime) -> int:
    """Call off the demonstration's rounds that are not over; return how many."""
    standing = (DRAFT, OPEN, FROZEN, PREVIEW)
    found = [one for one in list_rounds(db) if one.round_id in TITLES and one.state in standing]
    for one in found:
        change_round(db, one, {"state": CANCELLED})
        change = Change("round.cancel", "round", one.round_id, {}, {"state": CANCELLED}, reason)
        record_change(db, change, actor=actor, now=now)
    return len(found)
