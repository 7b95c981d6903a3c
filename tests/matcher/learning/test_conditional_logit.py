"""The estimator finds known weights, keeps declared signs, and without labels its prior."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.learning.conditional_logit import (
    MAX_COMPETITORS,
    ConditionalLogit,
    _query_loss,
    _reduced,
)
from tests.matcher.learning.generated import chosen_by, ranked_query

TRUTH = np.array([1.2, 0.0, -0.8, 0.4])
PRIOR = np.array([0.2, 0.2, -0.2, 0.2])


def fitted(queries: list, **changes: object) -> np.ndarray:
    return ConditionalLogit(**{"prior": PRIOR, "strength": 1e-4, **changes}).fit(queries).coef_  # type: ignore[arg-type]


def test_known_weights_are_found() -> None:
    assert fitted(chosen_by(TRUTH, 1_500)) == pytest.approx(TRUTH, abs=0.12)


def test_more_needs_come_closer_to_the_truth() -> None:
    errors = [np.abs(fitted(chosen_by(TRUTH, n, seed=4)) - TRUTH).max() for n in (40, 1_000)]
    assert errors[1] < errors[0]


def test_weight_never_crosses_its_declared_side() -> None:
    against = np.array([-1.0, 1.0, 1.0, -1.0])
    found = fitted(chosen_by(against, 300))
    assert found == pytest.approx([0.0, found[1], 0.0, 0.0], abs=1e-9)
    assert found[1] > 0.5
    assert (found * PRIOR >= 0).all()


def test_strong_prior_stays_and_a_weak_one_yields() -> None:
    queries = chosen_by(TRUTH, 200)
    distances = [
        float(np.linalg.norm(fitted(queries, strength=s) - PRIOR)) for s in (0.0, 0.1, 1.0, 1e6)
    ]
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] == pytest.approx(0.0, abs=1e-4)


def test_without_a_relevant_candidate_the_prior_is_the_answer() -> None:
    nothing = ranked_query(np.random.default_rng(0).normal(size=(20, 4)), relevant=-1)
    assert fitted([nothing]) == pytest.approx(PRIOR)
    assert fitted([]) == pytest.approx(PRIOR)


def test_weights_that_may_not_move_stay() -> None:
    free = np.array([True, False, True, False])
    found = fitted(chosen_by(TRUTH, 200), free=free)
    assert found[~free].tolist() == PRIOR[~free].tolist()
    assert found[0] > 0.5


def test_order_of_candidates_and_queries_changes_nothing() -> None:
    queries = chosen_by(TRUTH, 60)
    turned = [ranked_query(q.matrix[::-1], int(np.argmax(q.grades[::-1]))) for q in queries[::-1]]
    assert fitted(turned) == pytest.approx(fitted(queries), abs=1e-5)


def test_query_that_counts_twice_counts_like_two() -> None:
    queries = chosen_by(TRUTH, 40)
    shares = [2.0] * 10 + [1.0] * 30
    twice = ConditionalLogit(PRIOR, 0.01).fit([*queries[:10], *queries]).coef_
    assert ConditionalLogit(PRIOR, 0.01).fit(queries, shares).coef_ == pytest.approx(
        twice, abs=1e-6
    )


def test_unknown_values_count_as_average() -> None:
    query = chosen_by(TRUTH, 1)[0]
    holes = query.matrix.copy()
    holes[::3, 1] = np.nan
    model = ConditionalLogit(PRIOR).fit([])
    wanted = np.where(np.isnan(holes), 0.0, holes) @ PRIOR
    assert model.decision_function(ranked_query(holes, 0)) == pytest.approx(wanted)
    assert np.isfinite(fitted([ranked_query(holes, 2)])).all()


def test_slope_is_the_derivative_of_the_loss() -> None:
    query = chosen_by(TRUTH, 1)[0]
    at, step = np.array([0.3, -0.2, 0.1, 0.9]), 1e-6
    _, slope = _query_loss(at, query.matrix, np.array([4, 7]))
    for i in range(4):
        moved = at.copy()
        moved[i] += step
        ahead = _query_loss(moved, query.matrix, np.array([4, 7]))[0]
        moved[i] -= 2 * step
        behind = _query_loss(moved, query.matrix, np.array([4, 7]))[0]
        assert slope[i] == pytest.approx((ahead - behind) / (2 * step), abs=1e-5)


def test_large_field_keeps_the_strongest_and_every_relevant_one() -> None:
    matrix = np.random.default_rng(2).normal(size=(2_000, 4))
    weakest = int(np.argmin(matrix @ PRIOR))
    kept, relevant = _reduced(ranked_query(matrix, weakest), PRIOR)
    assert len(kept) == MAX_COMPETITORS + 1
    assert kept[relevant[0]] == pytest.approx(matrix[weakest])
    strongest = np.sort(matrix @ PRIOR)[-MAX_COMPETITORS:]
    assert np.sort(kept @ PRIOR)[1:] == pytest.approx(strongest)
