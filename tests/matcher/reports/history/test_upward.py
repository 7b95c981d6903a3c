"""Intervals of figures that chance pushes up hold the figure, and the truth as often as they say.

The truth of each drawing is known, for it was put in; needs are drawn from it again and again.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.random import Generator

from matcher.learning.exposure import gini, stability_index
from matcher.reports.history.cut import Floats
from matcher.reports.history.upward import (
    crossed_distance,
    crossed_gini,
    crossed_stability,
    interval_pushed_up,
)

N_TRIALS, N_RESAMPLES, N_SPLITS = 60, 120, 40
N_OFFERS, N_PLACES, N_BINS = 120, 10, 10
Drawn = tuple[float, float, tuple[float | None, float | None]]  # truth, figure, interval


def halves(random: Generator, n: int) -> Floats:
    return (random.random((N_SPLITS, n)) < 0.5).astype(np.float64)


def draw_gini(random: Generator, n_needs: int, steep: float) -> Callable[[], Drawn]:
    attraction = -steep * np.log(np.arange(1, N_OFFERS + 1))
    discount = 1 / np.log2(1 + np.arange(1, N_PLACES + 1))

    def lists(n: int) -> Floats:
        order = np.argsort(-(attraction + random.gumbel(size=(n, N_OFFERS))), axis=1)
        found = np.zeros((n, N_OFFERS))
        np.put_along_axis(found, order[:, :N_PLACES], discount[None], axis=1)
        return found

    truth = gini(lists(20_000).sum(axis=0))

    def draw() -> Drawn:
        exposure = lists(n_needs)
        value = gini(exposure.sum(axis=0))
        times = random.poisson(1.0, (N_RESAMPLES, n_needs)).astype(np.float64)
        samples = np.array([gini(one) for one in times @ exposure])
        first = halves(random, n_needs) @ exposure
        second = exposure.sum(axis=0) - first
        crossed = [crossed_gini(a, b) for a, b in zip(first, second, strict=True)]
        return truth, value, interval_pushed_up(value, samples, np.array(crossed), top=1.0)

    return draw


def draw_error(random: Generator, n_needs: int, shift: float) -> Callable[[], Drawn]:
    """Probabilities of which the log-odds are off by as much as was put in."""

    def gaps(n: int, *, certain: bool = False) -> Floats:
        p = random.beta(2, 10, (n, N_PLACES))
        real = 1 / (1 + np.exp(-(np.log(p / (1 - p)) + shift)))
        happened = real if certain else random.random(p.shape) < real
        bins = np.searchsorted(np.sort(p.ravel()), p) * N_BINS // p.size
        found = np.zeros((n, N_BINS))
        np.add.at(found, (np.arange(n)[:, None], bins), p - happened)
        return found / N_PLACES

    truth = float(np.abs(gaps(40_000, certain=True).mean(axis=0)).sum())

    def draw() -> Drawn:
        of_need = gaps(n_needs)
        value = float(np.abs(of_need.mean(axis=0)).sum())
        times = random.poisson(1.0, (N_RESAMPLES, n_needs)).astype(np.float64)
        samples = np.abs(times @ of_need).sum(axis=1) / times.sum(axis=1)
        half = halves(random, n_needs)
        first, second = half @ of_need, (1 - half) @ of_need
        crossed = crossed_distance(first, second, (1 - half).sum(axis=1))
        return truth, value, interval_pushed_up(value, samples, crossed)

    return draw


def draw_index(random: Generator, n_needs: int, shift: float) -> Callable[[], Drawn]:
    """A feature that pairs of one need share in part, and that moves by as much as was put in."""
    edges = np.quantile(random.normal(size=200_000), np.arange(1, N_BINS) / N_BINS)

    def counts(n: int, mean: float) -> Floats:
        values = mean + (random.normal(size=(n, 1)) + random.normal(size=(n, N_PLACES))) / 2**0.5
        found = np.zeros((n, N_BINS))
        np.add.at(found, (np.arange(n)[:, None], np.searchsorted(edges, values)), 1.0)
        return found

    truth = stability_index(*(counts(40_000, mean).sum(axis=0) for mean in (0.0, shift)))

    def draw() -> Drawn:
        both = (counts(4 * n_needs, 0.0), counts(n_needs, shift))
        value = stability_index(*(one.sum(axis=0) for one in both))
        drawn = (random.poisson(1.0, (N_RESAMPLES, len(one))).astype(float) @ one for one in both)
        samples = np.array([stability_index(p, q) for p, q in zip(*drawn, strict=True)])
        split = []
        for one in both:
            first = halves(random, len(one)) @ one
            split.append((first, one.sum(axis=0) - first))
        return truth, value, interval_pushed_up(value, samples, crossed_stability(*split))

    return draw


@pytest.mark.parametrize(
    ("of", "n_needs", "put_in"),
    [
        (draw_gini, 40, 0.0), (draw_gini, 40, 1.0), (draw_gini, 200, 0.6),
        (draw_error, 30, 0.0), (draw_error, 30, 1.0), (draw_error, 150, 0.5),
        (draw_index, 30, 0.0), (draw_index, 30, 0.5), (draw_index, 150, 0.3),
    ],
)  # fmt: skip
def test_interval_holds_the_figure_always_and_the_truth_as_often_as_it_says(
    of: Callable[[Generator, int, float], Callable[[], Drawn]], n_needs: int, put_in: float
) -> None:
    draw = of(np.random.default_rng(11), n_needs, put_in)
    covered = 0
    for _ in range(N_TRIALS):
        truth, value, (low, high) = draw()
        assert low is not None
        assert high is not None
        assert 0 <= low <= value <= high
        covered += low - 1e-9 <= truth <= high
    # 95 % of 60 is 57; an interval that held 95 % would fall below 52 once in two hundred times.
    assert covered >= 52


def test_halves_push_down_what_chance_pushes_up() -> None:
    random = np.random.default_rng(3)
    amounts = random.poisson(3.0, (2, 400)).astype(float)  # everybody alike, but for chance
    assert gini(amounts.sum(axis=0)) > 0.1
    assert abs(crossed_gini(*amounts)) < 0.05
    real = np.arange(400.0)
    assert crossed_gini(real, real) == pytest.approx(gini(real))
    assert np.isnan(crossed_gini(np.zeros(3), np.zeros(3)))


def test_interval_of_nothing_is_none() -> None:
    nothing = np.array([np.nan])
    assert interval_pushed_up(0.2, nothing, np.array([0.1])) == (None, None)
    assert interval_pushed_up(0.2, np.array([0.1]), nothing) == (None, None)
