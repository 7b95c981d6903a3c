"""What the Brier score of a side is made of, each part with its interval over needs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matcher.learning.probability_metrics import N_BINS
from matcher.reports.history.cut import BOOTSTRAP, Cut, Floats, Ints
from matcher.reports.history.figures import Figure
from matcher.reports.history.upward import CROSSED, crossed_product, interval_pushed_up


@dataclass(frozen=True)
class Bins:
    """Weight, outcome and prediction of each bin, summed; one row a resample.

    Attributes
    ----------
    n, happened, predicted : float arrays (n_rows, N_BINS)
    """

    n: Floats
    happened: Floats
    predicted: Floats

    @classmethod
    def of(cls, sums: Floats) -> Bins:
        """Return the bins of sums that stand side by side."""
        rows = np.atleast_2d(sums)
        return cls(*(rows[:, i * N_BINS : (i + 1) * N_BINS] for i in range(3)))

    @property
    def rate(self) -> Floats:
        """The share that happened, (n_rows, 1)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Floats = self.happened.sum(axis=1, keepdims=True) / self._total
        return found

    @property
    def weight(self) -> Floats:
        """The share of the pairs that is in each bin."""
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Floats = self.n / self._total
        return found

    @property
    def _total(self) -> Floats:
        found: Floats = self.n.sum(axis=1, keepdims=True)
        return found

    def distances(self, part: str) -> Floats:
        """Return how far the outcome of each bin is from its prediction, or from the rate."""
        with np.errstate(divide="ignore", invalid="ignore"):
            observed = self.happened / self.n
            expected = self.predicted / self.n if part == "reliability" else self.rate
            found: Floats = np.where(self.n > 0, observed - expected, 0.0)
        return found


def brier_parts(cut: Cut, name: Figure, need: Ints, sums: Floats) -> list[Figure]:
    """Return reliability, resolution and uncertainty.

    Parameters
    ----------
    name : Figure
        The figure of the score without a number; its key is the beginning of those of its parts.
    sums : float array (n_pairs, 3 * N_BINS)
        For each pair, in the columns of its bin: 1, whether it happened, and what was predicted.

    Source
    ------
    Murphy 1973, as ``probability_metrics.brier_split``, with which this is tested to agree.
    """
    whole, drawn = Bins.of(sums.sum(axis=0)), Bins.of(cut.resampled_sum(need, sums))
    halves = tuple(map(Bins.of, cut.halved_sum(need, sums)))
    figures = []
    for part in ("reliability", "resolution"):
        value = float((whole.weight * whole.distances(part) ** 2).sum())
        samples = (drawn.weight * drawn.distances(part) ** 2).sum(axis=1)
        first, second = (one.distances(part) for one in halves)
        crossed = crossed_product(first, second, whole.weight[0])
        low, high = interval_pushed_up(value, samples, crossed)
        figures.append(_part(name, part, (value, low, high), CROSSED))
    rate, rates = float(whole.rate[0, 0]), drawn.rate[:, 0]
    low, high = cut.interval(rates * (1 - rates))
    value = rate * (1 - rate)
    highest = None if high is None else max(high, value)  # at a rate of a half it is the largest
    return [*figures, _part(name, "uncertainty", (value, low, highest), BOOTSTRAP)]


def _part(
    name: Figure, part: str, found: tuple[float, float | None, float | None], method: str
) -> Figure:
    value, low, high = found
    return replace(name, key=f"{name.key}_{part}", value=value, low=low, high=high, method=method)
