"""Stable placements: nobody can do better by agreeing with somebody who would gain, too.

``stable``: enterprises propose to providers in the order of their wishes (deferred acceptance); the
pairs then propose to places, which order them by the base's published points. Between needs and
providers nothing blocks, and for enterprises it is safe to state their true order: no other order
gets them a better provider. Where places of bases are scarce, too, a third side decides with an
order of its own; there a stable placement need not exist. From what was proposed the ways of
``paths.py`` lead to one where they find one; a small round is decided exactly by ``fewest.py``.
What is left, and whether that is proved to be the least, is shown. Rounds under the first algorithm
are solved as they were: of two ways the one with fewer blocking options, repaired a little. The
third differs from the second in that the exact program, too, places what was fixed by hand.

``ordered``: providers and places all follow one published order of the needs. Then nothing blocks
on all three sides, and stating the true order is safe; the price is that providers' own wishes
count only as vetoes.

Source
------
D. Gale, L. S. Shapley, College Admissions and the Stability of Marriage (1962); L. E. Dubins,
D. A. Freedman, Machiavelli and the Gale-Shapley Algorithm (1981); A. E. Roth (1982).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from matcher.allocation.inputs import FIRST_ALGORITHM, NO_BASE, ORDERED, Option
from matcher.allocation.values import Market

Order = Callable[[Option], tuple[object, ...]]
MOST_REPAIRS = 200
MOST_TO_REPAIR = 3_000  # options; a larger round would be repaired for hours
NOTHING_BLOCKS, NONE_EXISTS, NOT_FOUND = "nothing_blocks", "none_exists", "not_found"


class Settled(NamedTuple):
    """Placements, and what is known of their stability: empty under the first algorithm."""

    placements: tuple[Option, ...]
    finding: str = ""


def stable_allocation(market: Market) -> Settled:
    """Return placements by deferred acceptance, or in the one published order of all needs."""
    if market.inputs.rules.mode == ORDERED:
        return Settled(tuple(sorted(_in_one_order(market))))
    in_stages = tuple(sorted(_with_places(market, _with_providers(market))))
    if market.inputs.rules.algorithm == FIRST_ALGORITHM:
        return Settled(_by_the_first_algorithm(market, in_stages))
    if not blocking_options(market, in_stages):
        return Settled(in_stages, NOTHING_BLOCKS)
    from matcher.allocation.paths import settled  # arrays: not for a start of the site

    found, left = settled(market, in_stages)
    return _decided(market, found) if left else Settled(found, NOTHING_BLOCKS)


def _decided(market: Market, found: tuple[Option, ...]) -> Settled:
    """Decide a small round exactly: no way led to a stable placement, there may be none."""
    from matcher.allocation.fewest import fewest_blocking

    exact = fewest_blocking(market)
    if exact is None:
        return Settled(found, NOT_FOUND)
    return Settled(exact.placements, NONE_EXISTS if exact.n_blocking else NOTHING_BLOCKS)


def _by_the_first_algorithm(market: Market, in_stages: tuple[Option, ...]) -> tuple[Option, ...]:
    if not blocking_options(market, in_stages):
        return in_stages
    ways = [list(in_stages), _at_once(market)]
    best = min(ways, key=lambda way: len(blocking_options(market, way)))
    return tuple(sorted(_repaired(market, best)))


def _in_one_order(market: Market) -> list[Option]:
    """Let each need, in the published order, take what it wants most of what is left."""
    wishes: dict[str, list[Option]] = {}
    for option in sorted(market.options, key=market.need_order):
        wishes.setdefault(option.need_id, []).append(option)
    seats = _Seats(market, ())
    for own in sorted(wishes.values(), key=lambda options: market.provider_order(options[0])):
        free = (one for one in own if seats.has_room(one))
        wanted = next(free, None)
        if wanted is not None:
            seats.take(wanted)
    return list(seats.of_need.values())


def _at_once(market: Market) -> list[Option]:
    """Let needs propose to provider and place together; who is displaced goes on proposing."""
    wishes: dict[str, list[Option]] = {}
    for option in sorted(market.options, key=market.need_order, reverse=True):
        wishes.setdefault(option.need_id, []).append(option)
    seats = _Seats(market, ())
    free = sorted(wishes, reverse=True)
    while free:
        need_id = free.pop()
        while wishes[need_id]:
            option = wishes[need_id].pop()
            if seats.is_blocking(option):
                lost = {one.need_id for one in seats.displaced_by(option)}
                for loser in lost:
                    seats.leave(loser)
                free += sorted(lost)
                seats.take(option)
                break
    return list(seats.of_need.values())


def _with_providers(market: Market) -> dict[str, str]:
    """Return need → provider: each need's options stand for the provider by the best of them."""
    best: dict[tuple[str, str], Option] = {}
    for option in sorted(market.options, key=market.need_order):
        best.setdefault((option.need_id, option.provider_id), option)
    held = _deferred(
        best.values(),
        by=market.need_order,
        keep=market.provider_order,
        holder=lambda option: option.provider_id,
        most=lambda party: market.most_of(party, is_place=False),
    )
    return {option.need_id: option.provider_id for option in held}


def _with_places(market: Market, pairs: Mapping[str, str]) -> list[Option]:
    options = [one for one in market.options if pairs.get(one.need_id) == one.provider_id]
    return _deferred(
        options,
        by=market.need_order,
        keep=market.place_order,
        holder=lambda option: option.place_id,
        most=lambda party: (
            len(options) if party == NO_BASE else market.most_of(party, is_place=True)
        ),
    )


def _deferred(
    options: Iterable[Option],
    *,
    by: Order,
    keep: Order,
    holder: Callable[[Option], str],
    most: Callable[[str], int],
) -> list[Option]:
    """Let needs propose in their order, and holders keep the best that they were offered."""
    wishes: dict[str, list[Option]] = {}
    for option in sorted(options, key=by, reverse=True):
        wishes.setdefault(option.need_id, []).append(option)  # the best wish stands last
    held: dict[str, list[Option]] = {}
    free = sorted(wishes, reverse=True)
    while free:
        need_id = free.pop()
        if not wishes[need_id]:
            continue
        option = wishes[need_id].pop()
        keeps = held.setdefault(holder(option), [])
        keeps.append(option)
        if len(keeps) > most(holder(option)):
            keeps.sort(key=keep)
            free.append(keeps.pop().need_id)
    return [option for keeps in held.values() for option in keeps]


def blocking_options(market: Market, placements: Iterable[Option]) -> list[Option]:
    """Return the options whose parties would all rather have them than what they got.

    The enterprise prefers it to its placement, or has none; provider and place each have a free
    seat, keep somebody whom they want less, or keep the enterprise itself by an option that they do
    not want more. (The first algorithm did not ask a party that kept the enterprise already.)
    """
    seats = _Seats(market, placements)
    return [option for option in market.options if seats.is_blocking(option)]


class _Seats:
    """Who has which seat, to see who would change it."""

    def __init__(self, market: Market, placements: Iterable[Option]) -> None:
        self.market = market
        self.of_need: dict[str, Option] = {}
        self.of_party: dict[tuple[bool, str], list[Option]] = {}
        self._weakest: dict[tuple[bool, str], Option | None] = {}
        for option in placements:
            self.take(option)

    def take(self, option: Option) -> None:
        """Give a need its seats."""
        self.of_need[option.need_id] = option
        for seat in _seats_of(option):
            self.of_party.setdefault(seat, []).append(option)
            self._weakest.pop(seat, None)

    def leave(self, need_id: str) -> None:
        """Free the seats of a need."""
        option = self.of_need.pop(need_id)
        for seat in _seats_of(option):
            self.of_party[seat].remove(option)
            self._weakest.pop(seat, None)

    def has_room(self, option: Option) -> bool:
        """Whether provider and place each have a free seat."""
        sides = (self.weakest(option, is_place=is_place) for is_place in (False, True))
        return all(weakest is None for weakest in sides)

    def is_blocking(self, option: Option) -> bool:
        """Whether all its parties would rather have this option."""
        market, own = self.market, self.of_need.get(option.need_id)
        if own is not None and market.need_order(own) <= market.need_order(option):
            return False
        return not self._refuses(option, is_place=False) and not self._refuses(
            option, is_place=True
        )

    def displaced_by(self, option: Option) -> list[Option]:
        """Return who loses a seat where an option is taken."""
        lost = [self.weakest(option, is_place=False), self.weakest(option, is_place=True)]
        return [one for one in lost if one is not None]

    def weakest(self, option: Option, *, is_place: bool) -> Option | None:
        """Return whom a full party wants least, or None where a seat is free."""
        party = option.place_id if is_place else option.provider_id
        if is_place and party == NO_BASE:
            return None
        seat = is_place, party
        seated = self.of_party.get(seat, [])
        own = self.of_need.get(option.need_id)
        if own is not None and own in seated:
            return self._weakest_of(seat, [one for one in seated if one != own], option)
        if seat not in self._weakest:
            self._weakest[seat] = self._weakest_of(seat, seated, None)
        most = self.market.most_of(party, is_place=is_place)
        return self._weakest[seat] or (option if len(seated) >= most else None)

    def _weakest_of(
        self, seat: tuple[bool, str], kept: Sequence[Option], nobody: Option | None
    ) -> Option | None:
        """Return the last of those who fill a party; ``nobody`` where it takes none at all."""
        is_place, party = seat
        if len(kept) < self.market.most_of(party, is_place=is_place):
            return None
        order = self.market.place_order if is_place else self.market.provider_order
        return max(kept, key=order, default=nobody)

    def _refuses(self, option: Option, *, is_place: bool) -> bool:
        order = self.market.place_order if is_place else self.market.provider_order
        own = self.of_need.get(option.need_id)
        if own is not None and self._keeps(own, option, is_place=is_place):
            return order(own) < order(option)
        weakest = self.weakest(option, is_place=is_place)
        if weakest is None:
            return False
        return weakest is option or order(weakest) <= order(option)

    def _keeps(self, own: Option, option: Option, *, is_place: bool) -> bool:
        """Whether the party of an option has its need already, and is asked what it prefers."""
        if self.market.inputs.rules.algorithm == FIRST_ALGORITHM:
            return False
        if is_place:
            return own.place_id == option.place_id != NO_BASE
        return own.provider_id == option.provider_id


def _seats_of(option: Option) -> tuple[tuple[bool, str], tuple[bool, str]]:
    return (False, option.provider_id), (True, option.place_id)


def _repaired(market: Market, placements: Sequence[Option]) -> list[Option]:
    """Give blocking options what they want, one at a time, for as long as it may help.

    Of all states on the way the one with the fewest blocking options is returned. Rounds of more
    than 3,000 options are left as they are.
    """
    current, best = list(placements), list(placements)
    if len(market.options) > MOST_TO_REPAIR:
        return best
    fewest = len(blocking_options(market, best))
    for _ in range(min(2 * len(market.options), MOST_REPAIRS)):
        blocking = blocking_options(market, current)
        if len(blocking) < fewest:
            best, fewest = list(current), len(blocking)
        if not blocking:
            break
        option = min(blocking, key=market.need_order)
        seats = _Seats(market, current)
        lost = {one.need_id for one in seats.displaced_by(option)} | {option.need_id}
        current = [one for one in current if one.need_id not in lost] + [option]
    return best
