"""A candidate may replace the serving model only if nothing speaks against it for sure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from matcher.learning.dataset import RankedQuery
from matcher.learning.gate import (
    EQUAL,
    MIN_QUERIES,
    NOT_ENOUGH,
    WORSE,
    GateRow,
    Measured,
    PropertyOutcome,
    calibration_rows,
    fairness_rows,
    ndcg_values,
    passes,
    property_rows,
    ranking_row,
)
from tests.matcher.learning.generated import chosen_by, true_weights

Array = NDArray[np.float64]
WEIGHTS = true_weights(lexical_best=1.2, meaning_affinity=0.8, industry_fit=1.0)
QUERIES = chosen_by(WEIGHTS, 150, seed=3)
SMALL = frozenset(f"c{i:03}" for i in range(10, 20))


def scores_of(weights: Array, queries: Sequence[RankedQuery] = QUERIES) -> list[Array]:
    return [query.matrix @ weights for query in queries]


def shares(scores: Sequence[Array], power: float = 1.0, shift: float = 0.0) -> list[Array]:
    """Probabilities of the candidates; a shift in log-odds destroys their calibration."""
    found = []
    for score in scores:
        odds = np.exp(power * (score - score.max()))
        share = np.clip(odds / odds.sum(), 1e-9, 1 - 1e-9)
        found.append(1 / (1 + np.exp(-(np.log(share / (1 - share)) + shift))))
    return found


def rows_for(scores: list[Array], probabilities: list[Array]) -> list[GateRow]:
    serving = scores_of(WEIGHTS)
    measured = Measured(scores, probabilities), Measured(serving, shares(serving))
    values = [ndcg_values(QUERIES, m.scores) for m in measured]
    return [
        ranking_row(values[0], values[1], "serving", "cases", 0),
        *calibration_rows(QUERIES, *measured, "cases", 0),
        *fairness_rows(QUERIES, scores, serving, {"small_firms": SMALL}, 0),
    ]


def worse(rows: list[GateRow]) -> set[str]:
    return {row.check for row in rows if row.verdict == WORSE}


def test_the_same_model_passes() -> None:
    rows = rows_for(scores_of(WEIGHTS), shares(scores_of(WEIGHTS)))
    assert passes(rows)
    assert {row.difference for row in rows if row.against == "serving"} == {0.0}


def test_slightly_moved_model_passes() -> None:
    moved = scores_of(WEIGHTS * 1.02)
    assert passes(rows_for(moved, shares(moved)))


@pytest.mark.parametrize("kind", ["negated", "shuffled"])
def test_sabotaged_weights_are_refused(kind: str) -> None:
    shuffled = np.random.default_rng(5).permutation(WEIGHTS)
    scores = scores_of({"negated": -WEIGHTS, "shuffled": shuffled}[kind])
    rows = rows_for(scores, shares(scores))
    assert "ndcg@10" in worse(rows)
    assert not passes(rows)


def test_destroyed_calibration_is_refused_though_the_order_is_the_same() -> None:
    scores = scores_of(WEIGHTS)
    rows = rows_for(scores, shares(scores, shift=3.0))
    assert worse(rows) == {"brier", "calibration_error"}


def test_favoured_provider_is_refused_though_hardly_anything_else_moves() -> None:
    scores = [score + 9.0 * (np.arange(len(score)) == 7) for score in scores_of(WEIGHTS)]
    rows = rows_for(scores, shares(scores_of(WEIGHTS)))
    assert "most_shown" in worse(rows)


def test_group_that_is_pushed_down_is_refused() -> None:
    members = np.array([f"c{i:03}" in SMALL for i in range(30)])
    scores = [score - 3.0 * members for score in scores_of(WEIGHTS)]
    row = next(r for r in rows_for(scores, shares(scores)) if r.check == "exposure:small_firms")
    assert row.verdict == WORSE
    assert row.candidate is not None
    assert row.candidate < 0.8


def test_difference_that_nobody_can_see_speaks_against_nobody() -> None:
    scores = scores_of(WEIGHTS)
    plain = shares(scores)
    happened = [(query.grades > 0).astype(float) for query in QUERIES]
    # A hair worse for every single pair: certain, and of no account.
    off = [p + 1e-5 * np.sign(p - y) for p, y in zip(plain, happened, strict=True)]
    rows = calibration_rows(QUERIES, Measured(scores, off), Measured(scores, plain), "cases", 0)
    row = next(row for row in rows if (row.check, row.against) == ("brier", "serving"))
    assert row.high is not None
    assert row.high < 0.0
    assert row.verdict == EQUAL


def test_few_queries_give_no_figure() -> None:
    few = QUERIES[: MIN_QUERIES - 1]
    values = ndcg_values(few, scores_of(WEIGHTS, few))
    row = ranking_row(values, values, "serving", "cases", 0)
    assert (row.verdict, row.candidate, row.n) == (NOT_ENOUGH, None, MIN_QUERIES - 1)


def test_property_that_no_longer_holds_is_refused() -> None:
    held = PropertyOutcome("blank_profile_last", 40, 40, passed=True)
    broken = PropertyOutcome("blank_profile_last", 40, 31, passed=False)
    assert passes(property_rows([held], [held]))
    assert not passes(property_rows([broken], [held]))
    assert passes(property_rows([broken], [broken]))
    assert passes(property_rows([held], [broken]))
