"""Who moves up when seats become free: by the published wait-lists, and nobody before another."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from matcher.allocation.inputs import Option
from matcher.allocation.solve import moved_up
from matcher.allocation.values import Market
from matcher.errors import UnknownRecord
from matcher.store.capabilities import read_capability
from matcher.store.engagements import capabilities_met
from matcher.store.need_status import read_status
from matcher.store.needs import read_kept_need
from matcher.store.round_parties import Offer, list_offers
from matcher.store.rounds import Round
from matcher.store.suspension import suspended_records
from matcher.workflow.engagements.states import CLOSED
from matcher.workflow.needs.disclosure import is_suspended
from matcher.workflow.needs.states import ANSWERABLE
from matcher.workflow.rounds.lifecycle import inputs_of
from matcher.workflow.rounds.scope import parts_of_place
from matcher.workflow.rounds.series import gone_from_lines, handed_over


@dataclass(frozen=True)
class _Line:
    """The wait-lists of a published round, and what is taken by now."""

    db: Database
    market: Market
    lists: Mapping[str, tuple[str, ...]]
    own: Mapping[tuple[str, str], list[Option]]  # need and list → its options, best first
    gone: set[str]  # needs that were placed, here or in a second round, or gave a place back
    used: Counter[str]  # by provider and place; what a second round took over is used

    def is_free(self, option: Option) -> bool:
        """Whether provider and place have a seat, and the two may still begin."""
        market, used = self.market, self.used
        provider, place = option.provider_id, option.place_id
        return (
            used[provider] < market.most_of(provider, is_place=False)
            and (not place or used[place] < market.most_of(place, is_place=True))
            and can_begin(self.db, option)
        )

    def head_of(self, party: str) -> Option | None:
        """Return what the first of a list who can be placed by it wants most of what is free."""
        for need_id in moved_up(self.lists.get(party, ()), self.gone):
            for option in self.own.get((need_id, party), ()):
                if self.is_free(option):
                    return option
        return None

    def take(self, option: Option) -> None:
        self.gone.add(option.need_id)
        self.used.update(party for party in option.key[1:] if party)


def next_in_line(db: Database, found: Round, freed: Offer) -> Iterator[Option]:
    """Yield whom the seats that an offer leaves free go to, by the published wait-lists.

    A need waits on the list of the place of each of its options, or of the provider where it wants
    no place. So a seat of a provider is asked for on the lists of all places with which it was
    wanted. Of the first on each list the provider's order decides.
    """
    line = _line_of(db, found)
    options = line.market.options
    parties = {freed.place_id, freed.provider_id} - {""}
    parties |= {_list_of(one) for one in options if one.provider_id == freed.provider_id}
    while True:
        heads = [one for one in map(line.head_of, sorted(parties)) if one is not None]
        if not heads:
            return
        first = min(heads, key=line.market.provider_order)
        own = (one for one in heads if one.need_id == first.need_id)
        option = min(own, key=line.market.need_order)
        line.take(option)
        yield option


def can_begin(db: Database, option: Option) -> bool:
    """Whether an engagement of an option could begin now.

    Nothing has ended since publication, and nobody concerned is suspended.
    """
    try:
        state = read_status(db, option.need_id).state
        read_capability(db, option.capability_id)
    except UnknownRecord:
        return False
    parted = capabilities_met(db, option.need_id, CLOSED)
    is_open = state in ANSWERABLE and option.capability_id not in parted
    return is_open and not _is_resting(db, option)


def _is_resting(db: Database, option: Option) -> bool:
    """Whether the organisation of any side is suspended and could not answer."""
    hosts = {("provider", option.provider_id)}
    if option.place_id:
        hosts.add(("pilot_base", parts_of_place(option.place_id)[0]))
    if not hosts.isdisjoint(suspended_records(db)):
        return True
    return is_suspended(db, read_kept_need(db, option.need_id))


def _line_of(db: Database, found: Round) -> _Line:
    result = json.loads(found.result or "{}")
    market = Market(inputs_of(db, found), frozenset(result["closed"]))
    own: dict[tuple[str, str], list[Option]] = {}
    for option in sorted(market.options, key=market.need_order):
        own.setdefault((option.need_id, _list_of(option)), []).append(option)
    offers = list_offers(db, found.round_id)
    return _Line(
        db,
        market,
        {party: tuple(waiting) for party, waiting in result["wait_lists"].items()},
        own,
        gone_from_lines(db, found),
        Counter(party for one in offers for party in one.seats_used()) + handed_over(db, found),
    )


def _list_of(option: Option) -> str:
    """Return on whose wait-list an option stands."""
    return option.place_id or option.provider_id
