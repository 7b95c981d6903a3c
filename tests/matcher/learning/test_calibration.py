"""Probabilities mean what they say, and calibration never changes a rank."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.learning.calibration import (
    cross_calibrated,
    fit_calibration,
    share_bits,
    shown_candidates,
)
from matcher.learning.probability_metrics import expected_calibration_error
from tests.matcher.learning.generated import chosen_by, ranked_query

TRUTH = np.array([1.5, 0.8])


def probability_of(bits: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp2(-bits))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-20.0, 8.0), st.booleans()), min_size=1, max_size=400),
    st.integers(0, 5),
)
def test_table_rises_strictly_whatever_was_seen(pairs: list, seed: int) -> None:
    bits = np.array([b for b, _ in pairs])
    matches = np.array([float(m) for _, m in pairs])
    table = fit_calibration(bits, matches)
    assert (np.diff(table.knots) > 0).all()
    assert (np.diff(table.bits) > 0).all()
    probes = np.sort(np.random.default_rng(seed).uniform(-60, 40, 200))
    assert (np.diff(table(probes)) > 0).all()


@pytest.mark.parametrize("shift", [-3.0, 0.0, 2.0])
def test_simulated_truth_is_recovered(shift: float) -> None:
    """Scores that promise too much or too little come out as the rate that really happened."""
    random = np.random.default_rng(3)
    bits = random.normal(-2.0, 2.5, 20_000)
    truth = probability_of(0.6 * bits + shift)
    matches = (random.random(20_000) < truth).astype(float)
    found = probability_of(fit_calibration(bits[:10_000], matches[:10_000])(bits[10_000:]))
    assert expected_calibration_error(found, matches[10_000:]) < 0.02
    assert np.abs(found - truth[10_000:]).mean() < 0.03


def test_no_match_among_few_is_not_certainty() -> None:
    table = fit_calibration(np.linspace(-5, 0, 30), np.zeros(30))
    found = probability_of(table(np.array([-5.0, 0.0])))
    assert (found > 0.0).all()
    assert (found < 0.2).all()
    certain = probability_of(fit_calibration(np.linspace(-5, 0, 30), np.ones(30))(np.array([0.0])))
    assert certain[0] < 1.0


def test_shares_of_a_field_sum_to_one() -> None:
    query = chosen_by(TRUTH, 1)[0]
    scores = query.matrix @ TRUTH
    shares = probability_of(share_bits(scores, query))
    assert shares.sum() == pytest.approx(1.0, abs=1e-6)
    odds = np.exp(scores)
    assert shares == pytest.approx(odds / odds.sum(), abs=1e-6)


def test_what_is_shown_is_the_best_of_each_query() -> None:
    queries = [ranked_query(np.arange(20.0)[:, None], 19), ranked_query(np.arange(3.0)[:, None], 0)]
    scores = [q.matrix[:, 0] for q in queries]
    bits, matches, owners = shown_candidates(queries, scores, n_shown=5)
    assert owners.tolist() == [0] * 5 + [1] * 3
    assert matches.tolist() == [1, 0, 0, 0, 0, 0, 0, 1]
    assert (np.diff(bits[:5]) < 0).all()
    assert [len(part) for part in shown_candidates([], [])] == [0, 0, 0]


def test_no_query_is_calibrated_by_its_own_outcome() -> None:
    """With one query a fold, flipping a query's outcomes changes no probability of its own."""
    random = np.random.default_rng(0)
    bits = random.normal(size=400)
    matches = (random.random(400) < 0.3).astype(float)
    owners, folds = np.repeat(np.arange(4), 100), [0, 1, 2, 3]
    before = cross_calibrated(bits, matches, owners, folds)
    flipped = np.where(owners == 2, 1.0 - matches, matches)
    after = cross_calibrated(bits, flipped, owners, folds)
    assert after[owners == 2].tolist() == before[owners == 2].tolist()
    assert (after[owners != 2] != before[owners != 2]).any()


def test_out_of_fold_probabilities_of_a_true_model_are_honest() -> None:
    queries = chosen_by(TRUTH, 800, n_candidates=20)
    scores = [q.matrix @ TRUTH for q in queries]
    bits, matches, owners = shown_candidates(queries, scores)
    found = cross_calibrated(bits, matches, owners, [i % 5 for i in range(len(queries))])
    assert expected_calibration_error(found, matches) < 0.02
