"""Waiting times with open cases: hand-worked, against scipy, and intervals that cover."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import CensoredData, ecdf

from matcher.errors import NotEnoughJudgements
from matcher.learning.probability_metrics import wilson_interval
from matcher.learning.survival import kaplan_meier


def test_hand_worked_with_one_lost_from_sight() -> None:
    found = kaplan_meier([6, 6, 6, 7, 10], [True, True, False, True, False])
    assert found.times.tolist() == [6.0, 7.0]
    assert found.waiting == pytest.approx([3 / 5, 3 / 5 * 1 / 2])
    assert found.quantile(0.5)[0] == 7.0
    value, low, high = found.quantile(0.9)
    assert (value, high) == (None, None)  # not reached yet, and perhaps never
    assert low == 7.0
    assert found.share_done(6.5)[0] == pytest.approx(0.4)
    assert found.share_done(1.0) == (0.0, *wilson_interval(0, 5))  # nobody yet, of five


def test_same_as_scipy() -> None:
    random = np.random.default_rng(3)
    time, lost = random.exponential(5, 80).round(1), random.exponential(9, 80).round(1)
    happened = time <= lost
    seen = np.minimum(time, lost)
    found = kaplan_meier(seen, happened)
    theirs = ecdf(CensoredData(uncensored=seen[happened], right=seen[~happened])).sf
    at = found.times
    assert found.waiting == pytest.approx(theirs.evaluate(at))
    interval = theirs.confidence_interval(method="log-log")
    inside = found.waiting > 0
    assert found.low[inside] == pytest.approx(interval.low.evaluate(at)[inside])
    assert found.high[inside] == pytest.approx(interval.high.evaluate(at)[inside])


def test_everybody_done_leaves_nobody_and_a_finite_interval() -> None:
    found = kaplan_meier([1, 2, 3], [True, True, True])
    assert found.waiting[-1] == 0.0
    assert np.isfinite(found.low).all()
    assert np.isfinite(found.high).all()


def test_nobody_followed_is_said() -> None:
    with pytest.raises(NotEnoughJudgements):
        kaplan_meier([], [])


def test_intervals_cover_the_true_share_about_as_often_as_they_say() -> None:
    covered = []
    for seed in range(100):
        random = np.random.default_rng(seed)
        time, lost = random.exponential(5, 60), random.uniform(2, 12, 60)
        found = kaplan_meier(np.minimum(time, lost), time <= lost)
        _, low, high = found.share_done(4.0)
        covered.append(low <= 1 - np.exp(-4 / 5) <= high)
    assert 0.88 <= np.mean(covered) <= 1.0
