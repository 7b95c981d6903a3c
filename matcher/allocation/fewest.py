"""The fewest blocking options that any placement leaves: an integer program, for small rounds.

Where the way of ``paths.py`` does not end, this finds a stable placement that it missed, or proves
that there is none and what the least is. An option blocks unless its need has something as good,
or one of its parties is full of those whom it would rather have, or holds the need by an option
that it likes better. Of several solutions the one that needs like best is taken, the lottery's
thousandths make it a single one. What an administrator fixed is placed; under the second algorithm
it was left out where that blocked no more, and rounds from then are solved as they were.

Source
------
M. Baïou, M. Balinski, The Stable Admissions Polytope (2000), and P. Biró, D. F. Manlove,
I. McBride, The Hospitals / Residents Problem with Couples: Complexity and Integer Programming
Models (2014), for the way to write stability in rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array

from matcher.allocation.inputs import SECOND_ALGORITHM, Option, lottery
from matcher.allocation.values import Market, Order

MOST_OPTIONS = 400  # that take up to ten seconds; a larger program takes minutes
MOST_NODES = 20_000  # of the search, not seconds: the same on every machine
WISH, DRAW = 1e-3, 1e-5  # of one option, beside one blocking option that counts 1
SOLVED = 0


class Fewest(NamedTuple):
    """The placements, and how many options block at least."""

    placements: tuple[Option, ...]
    n_blocking: int


class _Sides(NamedTuple):
    """Of each option: its party on a side, with the rank there; and the seats of the parties."""

    party: Sequence[str]
    rank: Sequence[Order]
    most: dict[str, int]


class _Rows:
    """Rows of a program: coefficients with the least and the most of each row."""

    def __init__(self) -> None:
        self.entries: list[tuple[int, int, float]] = []
        self.bounds: list[tuple[float, float]] = []

    def add(self, entries: Iterator[tuple[int, float]], least: float, most: float) -> None:
        """Add one row."""
        row = len(self.bounds)
        self.entries += [(row, column, value) for column, value in entries]
        self.bounds.append((least, most))

    def constraint(self, n_columns: int) -> LinearConstraint:
        """Return the rows as SciPy has them; coefficients of one column add up."""
        rows, columns, values = zip(*self.entries, strict=True)
        shape = (len(self.bounds), n_columns)
        matrix = csr_array(coo_array((np.array(values), (rows, columns)), shape=shape))
        least, most = zip(*self.bounds, strict=True)
        return LinearConstraint(matrix, np.array(least), np.array(most))


def fewest_blocking(market: Market) -> Fewest | None:
    """Return the placements with the fewest blocking options; None where that is not decided.

    A round of more than ``MOST_OPTIONS`` is not decided, nor one that takes too long a search.
    """
    options = market.options
    n = len(options)
    if not 0 < n <= MOST_OPTIONS:
        return None
    # Columns: n placements; n each for "its provider, its place is full of better"; n that block.
    rows = _Rows()
    blocked = [[(i, 1.0) for i in _as_good(market, options, one)] for one in range(n)]
    _own_rows(options, rows)
    for number, side in enumerate(_sides(market)):
        _side_rows(side, options, rows, first=n * (1 + number), blocked=blocked)
    for one, terms in enumerate(blocked):
        rows.add(iter([*terms, (3 * n + one, 1.0)]), 1.0, np.inf)
    solved = milp(
        c=np.concatenate([_wishes(market, options), np.zeros(2 * n), np.ones(n)]),
        constraints=rows.constraint(4 * n),
        integrality=np.concatenate([np.ones(3 * n), np.zeros(n)]),
        bounds=Bounds(np.concatenate([_fixed(market), np.zeros(3 * n)]), 1.0),
        options={"mip_rel_gap": 0.0, "node_limit": MOST_NODES, "presolve": True},
    )
    if solved.status != SOLVED or solved.x is None:
        return None
    taken = tuple(one for one, share in zip(options, solved.x[:n], strict=True) if share > 0.5)
    return Fewest(taken, round(float(solved.x[3 * n :].sum())))


def _fixed(market: Market) -> np.ndarray:
    """Return 1 for what an administrator fixed, 0 for what is free."""
    if market.inputs.rules.algorithm <= SECOND_ALGORITHM:
        return np.zeros(len(market.options))
    return np.array([float(market.is_locked(one)) for one in market.options])


def _as_good(market: Market, options: Sequence[Option], one: int) -> Iterator[int]:
    """Yield the options that the need of one wants as much, or more; itself among them."""
    need_id, wish = options[one].need_id, market.need_order(options[one])
    for i, other in enumerate(options):
        if other.need_id == need_id and market.need_order(other) <= wish:
            yield i


def _wishes(market: Market, options: Sequence[Option]) -> np.ndarray:
    """Return what each placement costs: how far down its need's list it stands, and a draw."""
    lists: dict[str, list[Option]] = defaultdict(list)
    for option in sorted(options, key=market.need_order):
        lists[option.need_id].append(option)
    at = {one.key: i / len(own) for own in lists.values() for i, one in enumerate(own)}
    n, seed = len(options), market.inputs.seed
    cost = [WISH * (at[one.key] - 1.0) + DRAW * lottery(seed, one.key) for one in options]
    return np.array(cost) / n


def _own_rows(options: Sequence[Option], rows: _Rows) -> None:
    """One placement a need at most."""
    own: dict[str, list[int]] = defaultdict(list)
    for i, option in enumerate(options):
        own[option.need_id].append(i)
    for mine in own.values():
        rows.add(((i, 1.0) for i in mine), -np.inf, 1.0)


def _sides(market: Market) -> Iterator[_Sides]:
    for is_place in (False, True):
        party = [one.place_id if is_place else one.provider_id for one in market.options]
        order = market.place_order if is_place else market.provider_order
        most = {one: market.most_of(one, is_place=is_place) for one in set(party) if one}
        yield _Sides(party, [order(one) for one in market.options], most)


def _side_rows(
    side: _Sides,
    options: Sequence[Option],
    rows: _Rows,
    *,
    first: int,
    blocked: list[list[tuple[int, float]]],
) -> None:
    """Seats of one side's parties, and when one refuses an option; no base refuses nobody."""
    seated: dict[str, list[int]] = defaultdict(list)
    for i, party in enumerate(side.party):
        if party:
            seated[party].append(i)
    for party, there in seated.items():
        most = side.most[party]
        rows.add(((i, 1.0) for i in there), -np.inf, float(most))
        for one in there:
            better = [i for i in there if side.rank[i] < side.rank[one]]
            # The column may be 1 only where as many as there are seats are better.
            full = [(i, 1.0) for i in better] + [(first + one, -float(most))]
            rows.add(iter(full), 0.0, np.inf)
            own = [i for i in better if options[i].need_id == options[one].need_id]
            blocked[one] += [(i, 1.0) for i in own] + [(first + one, 1.0)]
