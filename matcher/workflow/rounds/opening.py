"""Open a round: parties, who could be placed with whom, published rules, notices, all at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlite_utils import Database

from matcher.allocation.inputs import Inputs
from matcher.errors import UnknownRecord
from matcher.identity import Actor
from matcher.ranking.matching import Matcher
from matcher.store.needs import read_kept_need
from matcher.store.organisations import find_by_provider
from matcher.store.ownership import owner_of
from matcher.store.round_parties import (
    NEED,
    PLACE,
    PROVIDER,
    Candidate,
    Party,
    replace_parties,
)
from matcher.store.rounds import Round, list_answers, read_round, save_answer
from matcher.workflow.rounds.drafting import check_can_open
from matcher.workflow.rounds.gather import Progress, gather
from matcher.workflow.rounds.lifecycle import publish_rules
from matcher.workflow.rounds.scope import Scope, parts_of_place, scope_of
from matcher.workflow.rounds.telling import tell_all


def open_round(
    db: Database,
    matcher: Matcher,
    round_id: str,
    *,
    actor: Actor,
    now: datetime,
    progress: Progress | None = None,
) -> Round:
    """Publish the rules of a draft, with the parties and whom each may answer about.

    Who could be placed with whom is worked out first, outside of any transaction; then everything
    is stored and told at once, or nothing is. The inputs that decide are read only when the
    statements have ended.

    Raises
    ------
    ImpossibleStep
        When it is no draft, is about nothing, or would be over already.
    ChangedMeanwhile
        When the draft was changed while this ran.
    """
    found = read_round(db, round_id)
    check_can_open(found, now)
    inputs = gather(db, matcher, found, now=now, progress=progress)
    parties = list(parties_of(db, scope_of(found)))
    candidates = candidates_in(inputs)

    def also(opened: Round) -> None:
        replace_parties(db, round_id, parties, candidates)
        _carry_answers(db, opened, parties, actor, now)
        tell_all(db, opened, "round.opened", now=now)

    return publish_rules(db, round_id, actor=actor, now=now, also=also, read=found)


def parties_of(db: Database, scope: Scope) -> Iterator[Party]:
    """Yield who takes part in a round, each with the organisation that it belongs to."""
    for need_id in scope.needs:
        yield Party(need_id, NEED, _owner_of_need(db, need_id))
    for seat in scope.providers:
        own = find_by_provider(db, seat.party_id)
        yield Party(seat.party_id, PROVIDER, own.organisation_id if own else "")
    for seat in scope.places:
        base_id = parts_of_place(seat.party_id)[0]
        yield Party(seat.party_id, PLACE, owner_of(db, "pilot_base", base_id))


def _owner_of_need(db: Database, need_id: str) -> str:
    try:
        return read_kept_need(db, need_id).organisation_id
    except UnknownRecord:
        return ""


def candidates_in(inputs: Inputs) -> list[Candidate]:
    """Return with whom each need could be placed: providers and places, by their best option."""
    best: dict[tuple[str, str], Candidate] = {}
    for option in inputs.options:
        found = [
            Candidate(
                option.need_id, option.provider_id, PROVIDER, option.capability_id, option.score
            )
        ]
        if option.place_id:
            found.append(
                Candidate(option.need_id, option.place_id, PLACE, option.service_id, option.score)
            )
        for one in found:
            key = one.need_id, one.other_id
            if key not in best or one.score > best[key].score:
                best[key] = one
    return list(best.values())


def _carry_answers(
    db: Database, opened: Round, parties: list[Party], actor: Actor, now: datetime
) -> None:
    """Let what parties said in the round before stand in this one until they say otherwise."""
    if not opened.follows:
        return
    known = {party.party_id for party in parties}
    for answer in list_answers(db, opened.follows):
        if {answer.party_id, answer.other_id} <= known:
            said_at = answer.answered_at or now  # an operator's word names its day
            save_answer(db, opened.round_id, answer, actor=actor.actor_id, now=said_at)
