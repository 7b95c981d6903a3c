"""Intervals over queries: do they cover what they promise?"""

from __future__ import annotations

import numpy as np
import pytest

from matcher.errors import NotEnoughJudgements
from matcher.learning.bootstrap import bootstrap_mean, paired_difference


def test_intervals_cover_the_true_mean_about_as_often_as_they_say() -> None:
    random = np.random.default_rng(7)
    n_runs, truth, covered = 500, 2 / 7, 0
    for run in range(n_runs):
        values = random.beta(2, 5, size=80)  # skewed and in [0, 1], as measures of a query are
        interval = bootstrap_mean(values, n_resamples=400, seed=run)
        covered += interval.low <= truth <= interval.high
    # 500 runs at 95 % have a standard error of 1 %; percentile intervals run slightly short
    assert 0.915 <= covered / n_runs <= 0.98


def test_systems_of_equal_quality_are_seldom_called_better() -> None:
    random = np.random.default_rng(8)
    called = 0
    for run in range(400):
        common = random.random(60)
        ours, theirs = (common + random.normal(0, 0.1, 60) for _ in range(2))
        called += paired_difference(ours, theirs, n_resamples=300, seed=run).is_better
    assert called / 400 < 0.06  # 2.5 % lie above by chance


def test_pairing_sees_a_small_difference_that_separate_intervals_hide() -> None:
    random = np.random.default_rng(9)
    hard = random.random(100)
    ours, theirs = hard + 0.02 + random.normal(0, 0.01, 100), hard
    difference = paired_difference(ours, theirs)
    assert difference.is_better
    assert difference.p == 0.0
    assert bootstrap_mean(ours).low < bootstrap_mean(theirs).high


def test_exchanging_the_systems_turns_the_sign() -> None:
    random = np.random.default_rng(10)
    left, right = random.random(50), random.random(50)
    one, other = paired_difference(left, right), paired_difference(right, left)
    assert (one.mean, one.low, one.high) == pytest.approx((-other.mean, -other.high, -other.low))
    assert one.p == pytest.approx(1 - other.p)
    assert paired_difference(left, left).p == 1.0


def test_same_seed_gives_the_same_interval_and_another_seed_another() -> None:
    values = np.random.default_rng(11).random(40)
    assert bootstrap_mean(values, seed=5) == bootstrap_mean(values, seed=5)
    assert bootstrap_mean(values, seed=5) != bootstrap_mean(values, seed=6)


def test_wider_level_gives_a_wider_interval() -> None:
    values = np.random.default_rng(12).random(40)
    narrow, wide = bootstrap_mean(values, level=0.5), bootstrap_mean(values, level=0.99)
    assert wide.low < narrow.low < narrow.mean < narrow.high < wide.high


def test_undefined_values_are_left_out() -> None:
    assert bootstrap_mean([0.2, np.nan, 0.2]).n == 2
    difference = paired_difference([0.5, np.nan, 1.0], [0.25, 0.5, np.nan])
    assert (difference.n, difference.mean) == (1, 0.25)


def test_memory_stays_bounded_without_changing_the_mean() -> None:
    values = np.random.default_rng(13).random(150_000)
    interval = bootstrap_mean(values, n_resamples=40)
    assert interval.low < interval.mean < interval.high


def test_nothing_to_resample_is_refused() -> None:
    with pytest.raises(NotEnoughJudgements):
        bootstrap_mean([np.nan])
    with pytest.raises(ValueError, match="2 values against 1"):
        paired_difference([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match="level is 95"):
        bootstrap_mean([1.0, 0.0], level=95)
    with pytest.raises(ValueError, match="n_resamples is 0"):
        bootstrap_mean([1.0, 0.0], n_resamples=0)
