"""How sure a mean over queries is, and whether one system beats another on the same queries.

Queries are what is resampled, never pairs: judgements of one need hang together. Values that are
not a number (a measure that a query does not define) are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matcher.errors import NotEnoughJudgements

N_RESAMPLES = 2_000
LEVEL = 0.95
_CELLS_AT_ONCE = 2_000_000  # bounds memory: 16 MB of counts

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over n queries with its percentile bootstrap interval."""

    n: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """Mean of left - right over the same n queries; p is the share of resamples at or below 0."""

    n: int
    mean: float
    low: float
    high: float
    p: float

    @property
    def is_better(self) -> bool:
        """Whether the interval lies wholly above zero: then, and only then, say "better"."""
        return self.low > 0


def bootstrap_mean(
    values: ArrayLike,
    *,
    n_resamples: int = N_RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> Interval:
    """Return the mean of values with its percentile bootstrap interval.

    Parameters
    ----------
    values : float array (n_queries,)
    n_resamples : int
        At least 1.
    level : float
        Share of the resampled means inside the interval, in (0, 1).
    seed : int
        The same seed gives the same interval.

    Raises
    ------
    NotEnoughJudgements
        No value is a number.

    Source
    ------
    Efron 1979, Annals of Statistics 7:1-26; percentile interval of Efron & Tibshirani 1993,
    "An Introduction to the Bootstrap", chapter 13.

    Examples
    --------
    >>> bootstrap_mean([0.5, 0.5, 0.5])
    Interval(n=3, mean=0.5, low=0.5, high=0.5)
    """
    defined = _defined(np.asarray(values, dtype=np.float64).ravel())
    means = _resampled_means(defined, n_resamples, seed)
    low, high = _percentiles(means, level)
    return Interval(len(defined), float(defined.mean()), low, high)


def paired_difference(
    left: ArrayLike,
    right: ArrayLike,
    *,
    n_resamples: int = N_RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> PairedDifference:
    """Compare two systems on the same queries by the paired bootstrap.

    Parameters
    ----------
    left, right : float array (n_queries,)
        Values of the same queries in the same order; a query that either lacks is left out.

    Raises
    ------
    ValueError
        The two are not of the same length.
    NotEnoughJudgements
        No query has a value in both.

    Source
    ------
    Sakai 2006, "Evaluating evaluation metrics based on the bootstrap", SIGIR,
    doi:10.1145/1148170.1148261; one-sided share as in Koehn 2004, EMNLP.

    Examples
    --------
    >>> difference = paired_difference([0.75, 0.5, 1.0], [0.5, 0.25, 0.75])
    >>> difference.mean, difference.low, difference.p, difference.is_better
    (0.25, 0.25, 0.0, True)
    """
    ours = np.asarray(left, dtype=np.float64).ravel()
    theirs = np.asarray(right, dtype=np.float64).ravel()
    if ours.shape != theirs.shape:
        raise ValueError(f"{len(ours)} values against {len(theirs)}, expected the same queries")
    differences = _defined(ours - theirs)
    means = _resampled_means(differences, n_resamples, seed)
    low, high = _percentiles(means, level)
    share_not_better = float(np.mean(means <= 0))
    return PairedDifference(
        len(differences), float(differences.mean()), low, high, share_not_better
    )


def _defined(values: Floats) -> Floats:
    defined = values[~np.isnan(values)]
    if not len(defined):
        raise NotEnoughJudgements(0, 1, "values to resample")
    return defined


def _resampled_means(values: Floats, n_resamples: int, seed: int) -> Floats:
    if n_resamples < 1:
        raise ValueError(f"n_resamples is {n_resamples}, expected at least 1")
    # Equal values have no spread; without this, rounding would put some resamples beside the mean.
    if np.all(values == values[0]):
        return np.full(n_resamples, values[0])
    chunks = _chunks(n_resamples, len(values))
    random = np.random.default_rng(seed)
    return np.concatenate(
        [values[random.integers(0, len(values), size)].mean(axis=1) for size in chunks]
    )


def _chunks(n_resamples: int, n_values: int) -> Iterator[tuple[int, int]]:
    rows = max(1, _CELLS_AT_ONCE // n_values)
    for start in range(0, n_resamples, rows):
        yield min(rows, n_resamples - start), n_values


def _percentiles(means: Floats, level: float) -> tuple[float, float]:
    if not 0 < level < 1:
        raise ValueError(f"level is {level}, expected a share between 0 and 1")
    tail = (1 - level) / 2
    low, high = np.quantile(means, (tail, 1 - tail))
    return float(low), float(high)
