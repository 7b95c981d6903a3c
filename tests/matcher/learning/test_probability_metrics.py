"""Measures of probabilities: against scikit-learn and against data of known calibration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from matcher.errors import NotEnoughJudgements
from matcher.learning.metrics import (
    brier,
    brier_split,
    calibration_line,
    expected_calibration_error,
    log_loss,
    reliability_bins,
    wilson_interval,
)


def drawn(n: int, seed: int, stretch: float = 1.0, shift: float = 0.0):  # type: ignore[no-untyped-def]
    """Outcomes whose true log-odds are ``shift + stretch`` times those predicted."""
    random = np.random.default_rng(seed)
    odds = random.normal(-0.5, 1.2, n)
    truth = 1 / (1 + np.exp(-(shift + stretch * odds)))
    return 1 / (1 + np.exp(-odds)), (random.random(n) < truth).astype(int)


def test_brier_and_log_loss_equal_scikit_learn() -> None:
    p, y = drawn(500, seed=1)
    assert brier(p, y) == pytest.approx(sk.brier_score_loss(y, p))
    assert log_loss(p, y) == pytest.approx(sk.log_loss(y, p))
    assert np.isfinite(log_loss([0.0, 1.0], [1, 0]))


def test_calibration_line_recovers_the_truth_that_data_were_drawn_from() -> None:
    line = calibration_line(*drawn(20_000, seed=2, stretch=0.6, shift=0.4))
    assert line.slope == pytest.approx(0.6, abs=0.05)
    assert line.intercept == pytest.approx(0.4, abs=0.05)


@pytest.mark.parametrize(
    ("p", "y"),
    [([0.2, 0.8], [1, 1]), ([0.5, 0.5], [0, 1]), ([0.1, 0.2, 0.9], [0, 0, 1]), ([0, 1], [1, 0])],
)
def test_calibration_line_is_undefined_without_overlap(p: list[float], y: list[int]) -> None:
    line = calibration_line(p, y)
    assert np.isnan(line.slope)
    assert np.isnan(line.intercept)


def test_calibrated_predictions_have_a_small_error_and_stretched_ones_a_large_one() -> None:
    assert expected_calibration_error(*drawn(20_000, seed=3)) < 0.02
    assert expected_calibration_error(*drawn(20_000, seed=3, shift=1.5)) > 0.15


def test_bins_hold_equal_mass_and_cover_the_observed_share() -> None:
    p, y = drawn(1_003, seed=4)
    bins = reliability_bins(p, y, n_bins=10)
    assert sum(b.n for b in bins) == 1_003
    assert {b.n for b in bins} <= {100, 101}
    assert all(b.low <= b.observed <= b.high for b in bins)
    assert [b.predicted for b in bins] == sorted(b.predicted for b in bins)


def test_equal_predictions_share_a_bin_so_order_changes_nothing() -> None:
    assert len(reliability_bins([0.3] * 7, [0, 1, 0, 1, 0, 0, 0])) == 1
    p = np.repeat([0.2, 0.5, 0.9], [5, 11, 4])
    y = np.random.default_rng(5).integers(0, 2, 20)
    order = np.random.default_rng(6).permutation(20)
    forward, shuffled = (expected_calibration_error(p[o], y[o]) for o in (np.arange(20), order))
    assert shuffled == pytest.approx(forward)


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.4, 0.7]), st.booleans()), min_size=1))
def test_brier_parts_add_up_where_bins_hold_one_prediction(
    pairs: list[tuple[float, bool]],
) -> None:
    p, y = [p for p, _ in pairs], [int(y) for _, y in pairs]
    split = brier_split(p, y, n_bins=len(p))
    total = split.reliability - split.resolution + split.uncertainty
    assert total == pytest.approx(brier(p, y))


def test_wilson_interval_stays_inside_zero_and_one() -> None:
    low, high = wilson_interval(0, 12)
    assert low == 0.0
    assert high == pytest.approx(0.2425, abs=1e-4)  # z² / (n + z²)
    assert wilson_interval(12, 12)[1] == 1.0
    with pytest.raises(ValueError, match="3 of 2"):
        wilson_interval(3, 2)


@pytest.mark.parametrize(
    ("p", "y", "message"),
    [
        ([0.5], [0, 1], "1 predictions for 2 outcomes"),
        ([1.2], [1], "outside"),
        ([float("nan")], [1], "outside"),
        ([0.5], [2], "neither 0 nor 1"),
    ],
)
def test_damaged_input_is_refused(p: list[float], y: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        brier(p, y)


def test_no_predictions_give_no_number() -> None:
    with pytest.raises(NotEnoughJudgements):
        expected_calibration_error([], [])
    with pytest.raises(ValueError, match="n_bins is 0"):
        reliability_bins([0.5], [1], n_bins=0)
