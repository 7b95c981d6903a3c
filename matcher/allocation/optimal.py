"""The best total: an integer program over the options, solved exactly by HiGHS through SciPy.

One placement a need; no provider and no place above its maximum; one with a minimum opens with at
least that many or not at all. The lottery's millionths make the best solution a single one, so that
it does not depend on the path that the solver takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array, csr_array, hstack

from matcher.allocation.inputs import Option, Quota, Unsolvable
from matcher.allocation.values import Market

WHOLE = 1e-7  # how far from 0 or 1 a share may be
SOLVED = 0  # the status of SciPy for an optimal solution


class _Program(NamedTuple):
    matrix: Any  # (n_rows, n_columns), rows: needs, providers, places
    upper: NDArray[np.float64]
    rows: tuple[tuple[str, str], ...]  # kind and id of each row


def best_allocation(market: Market) -> tuple[Option, ...]:
    """Return the placements of the highest total value.

    Raises
    ------
    Unsolvable
        When the locks exceed a quota.
    """
    options = market.options
    if not options:
        return ()
    program = _program(market, options)
    minima = _minima(market, program)
    values = np.array([market.value(option) for option in options])
    locked = np.array([market.is_locked(option) for option in options], dtype=np.float64)
    whole = _whole_relaxation(program, values, locked, minima)
    if whole is not None:
        return _chosen(options, whole)
    solved = milp(
        c=np.concatenate([-values, np.zeros(len(minima))]),
        constraints=_constraints(program, minima),
        integrality=np.ones(len(options) + len(minima), dtype=np.int64),
        bounds=Bounds(np.concatenate([locked, np.zeros(len(minima))]), 1.0),
        options={"mip_rel_gap": 0.0, "presolve": True},
    )
    if solved.status != SOLVED or solved.x is None:
        raise Unsolvable(f"no allocation fulfils the locks and quotas: {solved.message}")
    return _chosen(options, solved.x[: len(options)])


def _whole_relaxation(
    program: _Program,
    values: NDArray[np.float64],
    locked: NDArray[np.float64],
    minima: Sequence[tuple[int, Quota]],
) -> NDArray[np.float64] | None:
    """Return the solution of the relaxed program where it is whole and keeps every minimum.

    Such a solution is the best of the whole program, too, and costs a second instead of a minute;
    most rounds have one.
    """
    bounds = [(float(low), 1.0) for low in locked]
    solved = linprog(-values, A_ub=program.matrix, b_ub=program.upper, bounds=bounds)
    if solved.status != SOLVED or solved.x is None:
        return None
    rounded = np.round(solved.x)
    filled = program.matrix @ rounded
    keeps = all(filled[row] == 0 or filled[row] >= quota.least for row, quota in minima)
    return rounded if keeps and np.allclose(solved.x, rounded, atol=WHOLE) else None


def _chosen(options: Sequence[Option], taken: NDArray[np.float64]) -> tuple[Option, ...]:
    return tuple(option for option, share in zip(options, taken, strict=True) if share > 0.5)


def relaxed_value(market: Market) -> float:
    """Return the best total if placements could be divided and no minimum held: an upper bound."""
    if not market.options:
        return 0.0
    program = _program(market, market.options)
    values = np.array([market.value(option) for option in market.options])
    solved = linprog(-values, A_ub=program.matrix, b_ub=program.upper, bounds=(0, 1))
    if solved.status != SOLVED or solved.fun is None:
        raise Unsolvable(f"the relaxed program has no solution: {solved.message}")
    return -float(solved.fun)


def shadow_prices(market: Market) -> dict[str, float]:
    """Return what one more place would bring at most, by place; 0 where it is not scarce.

    The marginal value of the relaxed program (no minima, placements divisible): an upper bound of
    the gain, since the relaxed optimum is concave in each quota.

    Source
    ------
    Strong duality of linear programs; Dantzig, Linear Programming and Extensions (1963), ch. 12.
    """
    options = market.options
    places = {option.place_id: 0.0 for option in options if option.place_id}
    if not options:
        return places
    program = _program(market, options)
    values = np.array([market.value(option) for option in options])
    solved = linprog(-values, A_ub=program.matrix, b_ub=program.upper, bounds=(0, 1))
    if solved.status != SOLVED:
        raise Unsolvable(f"the relaxed program has no solution: {solved.message}")
    for (kind, party_id), marginal in zip(program.rows, solved.ineqlin.marginals, strict=True):
        if kind == "place":
            # A bound of one a column carries no price here: a need's row binds first.
            places[party_id] = max(0.0, round(float(-marginal), 6))
    return places


def _program(market: Market, options: Sequence[Option]) -> _Program:
    index: dict[tuple[str, str], int] = {}
    row_of, column_of = [], []
    for column, option in enumerate(options):
        parties = [("need", option.need_id), ("provider", option.provider_id)]
        if option.place_id:
            parties.append(("place", option.place_id))
        for party in parties:
            row_of.append(index.setdefault(party, len(index)))
            column_of.append(column)
    shape = (len(index), len(options))
    matrix = csr_array(coo_array((np.ones(len(row_of)), (row_of, column_of)), shape=shape))
    upper = np.array([_most(market, *party) for party in index], dtype=np.float64)
    return _Program(matrix, upper, tuple(index))


def _most(market: Market, kind: str, party_id: str) -> int:
    return 1 if kind == "need" else market.most_of(party_id, is_place=kind == "place")


def _minima(market: Market, program: _Program) -> list[tuple[int, Quota]]:
    """Return the rows of parties that open only with a minimum."""
    quotas = {"provider": market.inputs.provider_quotas, "place": market.inputs.place_quotas}
    found = []
    for row, (kind, party_id) in enumerate(program.rows):
        quota = quotas[kind][party_id] if kind != "need" else Quota(1)
        if quota.least > 1:
            found.append((row, quota))
    return found


def _constraints(program: _Program, minima: Sequence[tuple[int, Quota]]) -> list[LinearConstraint]:
    """Return the rows; each minimum adds a column that says whether the party opens."""
    n_rows = program.matrix.shape[0]
    opens = coo_array(
        (
            np.array([-float(quota.most) for _, quota in minima]),
            ([row for row, _ in minima], list(range(len(minima)))),
        ),
        shape=(n_rows, len(minima)),
    )
    upper = program.upper.copy()
    upper[[row for row, _ in minima]] = 0.0
    if not minima:
        return [LinearConstraint(program.matrix, -np.inf, upper)]
    from_above = _beside(program.matrix, opens)
    picked = csr_array(program.matrix)[[row for row, _ in minima]]
    floor = coo_array(
        (
            np.array([-float(quota.least) for _, quota in minima]),
            (list(range(len(minima))), list(range(len(minima)))),
        ),
        shape=(len(minima), len(minima)),
    )
    return [
        LinearConstraint(from_above, -np.inf, upper),
        LinearConstraint(_beside(picked, floor), 0.0, np.inf),
    ]


def _beside(left: Any, right: Any) -> Any:
    return csr_array(hstack([left, right]))
