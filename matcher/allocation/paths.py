"""The way to a stable placement: give what blocks its seats, one at a time, until nothing blocks.

From deferred acceptance on, a blocking option is drawn and satisfied, and whoever loses a seat
waits. First a need takes the best that it can have; where that leads nowhere, hosts (places, or
providers where no base takes part) give their seats to those whom they want most. Each draw is the
lottery's, so the way is the same for ever. Options stand in arrays: all that block are found at
once. Called by ``stable.py`` for rounds under the second algorithm.

Source
------
A. E. Roth, J. H. Vande Vate, Random Paths to Stability in Two-Sided Matching, Econometrica 58
(1990), where such a path always ends; A. E. Roth, E. Peranson (1999) for markets where it may not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.inputs import NO_BASE, Option, lottery
from matcher.allocation.values import Market

Numbers = NDArray[np.int64]
NOBODY = -1
ANYBODY = np.iinfo(np.int64).max  # of a party with a free seat: every rank is better
STEPS_BY_NEEDS = 500
WAYS_BY_HOSTS = 4
STEPS_AN_OPTION = 4  # of a way by hosts; most that end at all take less than one
MOST_STEPS = 5_000
MOST_LOOKS = 120_000_000  # options looked at on one way: large rounds take fewer steps


class Board:
    """Options as arrays, who holds which seat, and what blocks; a rank is better when smaller."""

    def __init__(self, market: Market) -> None:
        self.options = options = market.options
        self.need_rank = _ranks(options, market.need_order)
        self.host_rank = _ranks(options, _host_order(market))
        keys = [one.key for one in options]
        ids = [
            {party: i for i, party in enumerate(sorted(set(one)))}
            for one in zip(*keys, strict=True)
        ]
        columns = (
            np.array([known[key[side]] for key in keys], dtype=np.int64)
            for side, known in enumerate(ids)
        )
        self.need, provider, place = columns
        self.host = np.where(place == ids[2].get(NO_BASE, NOBODY), len(ids[2]) + provider, place)
        most = [market.most_of(one, is_place=False) for one in ids[1]]
        most_at = [
            market.most_of(one, is_place=True) if one != NO_BASE else len(options) for one in ids[2]
        ]
        self.sides = (
            _Side(provider, _ranks(options, market.provider_order), most),
            _Side(place, _ranks(options, _place_order(market)), most_at),
        )
        self.taken = np.full(len(ids[0]), NOBODY, dtype=np.int64)  # need → its option
        self.own_rank = np.full(len(ids[0]), ANYBODY, dtype=np.int64)  # need → how it likes that
        self.place_all(())

    def place_all(self, chosen: Iterable[int]) -> None:
        """Begin again with these options."""
        self.taken[:], self.own_rank[:] = NOBODY, ANYBODY
        for side in self.sides:
            side.clear()
        for option in chosen:
            self._take(option)

    def blocking(self) -> Numbers:
        """Return the options that all their sides would rather have than what they got."""
        found = np.flatnonzero(self.need_rank < self.own_rank[self.need])
        for side in self.sides:
            found = found[side.accepts(found, self.taken[self.need[found]])]
        return found

    def satisfy(self, option: int) -> None:
        """Give an option its seats; whom a full party wants least loses its own."""
        own = int(self.taken[self.need[option]])
        if own != NOBODY:
            self._leave(own)
        for side in self.sides:
            loser = side.displaced_by(option)
            if loser is not None:
                self._leave(loser)
        self._take(option)

    def _take(self, option: int) -> None:
        self.taken[self.need[option]] = option
        self.own_rank[self.need[option]] = self.need_rank[option]
        for side in self.sides:
            side.seat(option)

    def _leave(self, option: int) -> None:
        self.taken[self.need[option]], self.own_rank[self.need[option]] = NOBODY, ANYBODY
        for side in self.sides:
            side.free(option)


class _Side:
    """The seats of all providers, or of all places."""

    def __init__(self, party: Numbers, rank: Numbers, most: Sequence[int]) -> None:
        self.party = party
        self.rank = rank
        self.most = most
        self.clear()

    def clear(self) -> None:
        """Free all seats."""
        self.seated: list[set[int]] = [set() for _ in self.most]
        self.bar = np.array([ANYBODY if most else NOBODY for most in self.most], dtype=np.int64)

    def accepts(self, found: Numbers, own: Numbers) -> NDArray[np.bool_]:
        """Say which options would be taken: in a free seat, for a weaker one, or for its own."""
        stays = (own != NOBODY) & (self.party[found] == self.party[own])
        better = self.rank[found] < self.bar[self.party[found]]
        answer: NDArray[np.bool_] = np.where(stays, self.rank[found] <= self.rank[own], better)
        return answer

    def displaced_by(self, option: int) -> int | None:
        """Return whom a full party would give up."""
        party = self.party[option]
        seated = self.seated[party]
        if len(seated) < self.most[party]:
            return None
        weakest: int = max(seated, key=lambda one: int(self.rank[one]))
        return weakest

    def seat(self, option: int) -> None:
        """Take a seat."""
        self.seated[self.party[option]].add(option)
        self._set_bar(self.party[option])

    def free(self, option: int) -> None:
        """Give a seat back."""
        self.seated[self.party[option]].discard(option)
        self._set_bar(self.party[option])

    def _set_bar(self, party: int) -> None:
        seated = self.seated[party]
        is_full = len(seated) >= self.most[party]
        self.bar[party] = max(int(self.rank[one]) for one in seated) if is_full else ANYBODY


def settled(market: Market, start: Iterable[Option]) -> tuple[tuple[Option, ...], int]:
    """Return the placements with the fewest blocking options on the way, and how many block.

    Returns
    -------
    tuple
        Placements, and 0 where they are stable.
    """
    board = Board(market)
    numbers = {option.key: i for i, option in enumerate(board.options)}
    begin = [numbers[option.key] for option in start]
    n = max(len(numbers), 1)
    most = min(MOST_STEPS, STEPS_BY_NEEDS + STEPS_AN_OPTION * n, MOST_LOOKS // n)
    seed = market.inputs.seed
    ways = [_Way(seed, 0, STEPS_BY_NEEDS, board.need, board.need_rank)]
    ways += [_Way(seed, 1 + i, most, board.host, board.host_rank) for i in range(WAYS_BY_HOSTS)]
    best, fewest = begin, n + 1
    for way in ways:
        board.place_all(begin)
        found, left = _walk(board, way)
        if left < fewest:
            best, fewest = found, left
        if not fewest:
            break
    return tuple(sorted(board.options[one] for one in best)), fewest


class _Way(NamedTuple):
    """Who is drawn to do better, and in which order that party takes its options."""

    seed: int
    number: int
    steps: int
    who: Numbers
    rank: Numbers

    def choose(self, found: Numbers, step: int) -> int:
        """Draw one party of those that could do better, and return the best of its options."""
        drawn = lottery(self.seed, ("way", str(self.number), str(step)))
        party = self.who[found[int(drawn * len(found))]]
        own = found[self.who[found] == party]
        return int(own[np.argmin(self.rank[own])])


def _walk(board: Board, way: _Way) -> tuple[list[int], int]:
    """Satisfy blocking options; return the state with the fewest of them, and their number."""
    best, fewest = board.taken.copy(), len(board.options) + 1
    for step in range(way.steps):
        found = board.blocking()
        if len(found) < fewest:
            best, fewest = board.taken.copy(), len(found)
        if not len(found):
            break
        board.satisfy(way.choose(found, step))
    return [int(one) for one in best if one != NOBODY], fewest


def _ranks(options: Sequence[Option], order: Callable[[Option], tuple[Any, ...]]) -> Numbers:
    """Return the rank of each option in an order; equal keys share theirs."""
    keys = [order(option) for option in options]
    rank_of = {key: i for i, key in enumerate(sorted(set(keys)))}
    return np.array([rank_of[key] for key in keys], dtype=np.int64)


def _place_order(market: Market) -> Callable[[Option], tuple[Any, ...]]:
    """Order by the place; no base at all takes everybody alike."""
    return lambda option: market.place_order(option) if option.place_id else ()


def _host_order(market: Market) -> Callable[[Option], tuple[Any, ...]]:
    """Order by the place, or by the provider where no base takes part; then by the need's wish."""

    def order(option: Option) -> tuple[Any, ...]:
        own = market.place_order(option) if option.place_id else market.provider_order(option)
        return bool(option.place_id), own, market.need_order(option)

    return order
