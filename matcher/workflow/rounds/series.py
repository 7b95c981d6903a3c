"""Rounds that follow one another: a need is in the line of one of them only, and so is a seat.

A second round is of what a published one left. What it took over is no longer the first one's to
give: its seats for good, its needs until it is published. A need that got nothing there waits in
the first one's lines again; one that holds a place in either waits in none. A round that was called
off took nothing over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlite_utils import Database

from matcher.store.round_parties import GIVEN_UP, list_offers
from matcher.store.rounds import Round, list_following, read_round
from matcher.workflow.rounds.lifecycle import CANCELLED, PUBLISHED
from matcher.workflow.rounds.scope import scope_of


def gone_from_lines(db: Database, found: Round) -> set[str]:
    """Return the needs that wait in no line of a published round any more.

    Those to which it offered a place, whatever became of it; and those that hold a place in a round
    before or after it, or of which a later one still decides.
    """
    gone = {one.need_id for one in list_offers(db, found.round_id)}
    undecided = (one for one in _after(db, found) if one.state != PUBLISHED)
    return gone.union(placed_in_series(db, found), *(scope_of(one).needs for one in undecided))


def placed_in_series(db: Database, found: Round) -> set[str]:
    """Return the needs that hold a place in a round, or in one before or after it."""
    return {
        offer.need_id
        for one in (*rounds_before(db, found), found, *_after(db, found))
        for offer in list_offers(db, one.round_id)
        if offer.state != GIVEN_UP
    }


def handed_over(db: Database, found: Round) -> Counter[str]:
    """Return how many seats of each provider and place the round that follows took over."""
    seats: Counter[str] = Counter()
    for one in _following(db, found):
        scope = scope_of(one)
        seats.update({seat.party_id: seat.most for seat in (*scope.providers, *scope.places)})
    return seats


def rounds_before(db: Database, found: Round) -> Iterator[Round]:
    """Yield the rounds of whose rest a round is, the last one first."""
    while found.follows:
        found = read_round(db, found.follows)
        yield found


def _after(db: Database, found: Round) -> Iterator[Round]:
    for one in _following(db, found):
        yield one
        yield from _after(db, one)


def _following(db: Database, found: Round) -> list[Round]:
    return [one for one in list_following(db, found.round_id) if one.state != CANCELLED]
