"""Intervals of figures that chance alone pushes up: Gini, calibration error, stability index.

Such a figure is a sum of distances, and the fewer needs there are, the larger chance alone makes
it; resamples are pushed up once more, so that their interval may leave the figure itself out. Here
the two ends are found apart. The upper one starts from the figure, which chance can only have
pushed up. The lower one starts from the figure crossed: needs fall into two halves at random, one
half says in which direction each distance goes, the other how long it is. What is chance in one
half is none in the other, so that chance pushes this one down. The truth lies between the two, and
so does the figure; the interval reaches 1.96 standard errors of the resamples beyond either.
"""

from __future__ import annotations

import numpy as np

from matcher.learning.exposure import LEAST_SHARE
from matcher.learning.probability_metrics import Z_95
from matcher.reports.history.cut import Floats

CROSSED = "bootstrap over needs, lower end from crossed halves"


def interval_pushed_up(
    value: float, resampled: Floats, crossed: Floats, top: float = np.inf
) -> tuple[float | None, float | None]:
    """Return a 95 % interval, which holds the value, of a figure that is never below 0.

    Parameters
    ----------
    resampled : float array (n_resamples)
        The figure of needs drawn anew; not a number where a resample is empty.
    crossed : float array (n_splits)
        The figure with its directions from one half of the needs and its lengths from the other.
    top : float
        The largest value that the figure can have.

    Source
    ------
    That a half which has not chosen the directions judges them without favour is the reasoning of
    cross-validation: Stone 1974, JRSS B 36:111-147. Coverage is tested on invented data with known
    truth.
    """
    known, halves = resampled[np.isfinite(resampled)], crossed[np.isfinite(crossed)]
    if not len(known) or not len(halves):
        return None, None
    reach = Z_95 * float(known.std())
    start = min(float(halves.mean()), value)
    return max(start - reach, 0.0), min(value + reach, max(top, value))


def crossed_gini(first: Floats, second: Floats) -> float:
    """Return the Gini coefficient of one half, ordered as the other half is.

    Source
    ------
    The concentration coefficient (Kakwani 1977, Econometrica 45:719-727), which is never above the
    Gini coefficient of the same amounts.

    Examples
    --------
    >>> crossed_gini(np.array([0.0, 4.0]), np.array([0.0, 4.0]))
    0.5
    >>> crossed_gini(np.array([4.0, 0.0]), np.array([0.0, 4.0]))
    -0.5
    """
    n, total = len(first), float(second.sum())
    if not n or total <= 0:
        return float("nan")
    ordered = np.sort(first)
    below, up_to = (np.searchsorted(ordered, first, side) for side in ("left", "right"))
    # Equal amounts share the mean of their ranks, so that the order of rows says nothing.
    return float((below + up_to - n) @ second / (n * total))


def crossed_distance(first: Floats, second: Floats, n_second: Floats) -> Floats:
    """Return the mean distance from zero of one half, in the directions of the other.

    Parameters
    ----------
    first, second : float arrays (n_splits, n_bins), sums of signed gaps of each half
    n_second : float array (n_splits), what the sums of the second half are divided by
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = (np.sign(first) * second).sum(axis=1) / n_second
    return found


def crossed_product(first: Floats, second: Floats, weight: Floats) -> Floats:
    """Return the weighted sum of squared distances, one factor from each half.

    Parameters
    ----------
    first, second : float arrays (n_splits, n_bins), the distances in each half
    weight : float array (n_bins)
    """
    found: Floats = (weight * first * second).sum(axis=1)
    return found


def crossed_stability(before: tuple[Floats, Floats], now: tuple[Floats, Floats]) -> Floats:
    """Return the stability index with the changes of one half and the log-ratios of the other.

    Parameters
    ----------
    before, now : two float arrays (n_splits, n_bins) each, the counts of both halves
    """
    (p, p_other), (q, q_other) = (tuple(map(_shares, halves)) for halves in (before, now))
    one = ((q - p) * np.log(q_other / p_other)).sum(axis=1)
    other = ((q_other - p_other) * np.log(q / p)).sum(axis=1)
    found: Floats = (one + other) / 2
    return found


def _shares(counts: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.maximum(counts / counts.sum(axis=1, keepdims=True), LEAST_SHARE)
    return found
