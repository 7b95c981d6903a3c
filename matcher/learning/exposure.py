"""Who is shown, held against who could have been: concentration, shares of groups, chance.

Shares of groups are arrays in one order of groups. Nothing here knows what a group is.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

FOUR_FIFTHS = 0.8  # below it a ratio of selection rates is flagged
PSI_WATCH, PSI_ACT = 0.1, 0.25
LEAST_SHARE = 1e-4  # an empty bin counts as this much, for its logarithm would be infinite


def gini(amounts: ArrayLike) -> float:
    """Return how unequally an amount is spread: 0 all alike, near 1 one has all.

    Source
    ------
    Gini 1912; by sorted amounts as in Sen 1973, "On Economic Inequality".

    Examples
    --------
    >>> gini([1, 1, 1, 1]), gini([0, 0, 0, 4])
    (0.0, 0.75)
    """
    x = np.sort(np.asarray(amounts, dtype=np.float64).ravel())
    n, total = len(x), float(x.sum())
    if not n or total <= 0:
        return 0.0
    ranks = np.arange(1, n + 1)
    return float((2 * ranks - n - 1) @ x / (n * total))


def skew(shown_share: ArrayLike, eligible_share: ArrayLike) -> Floats:
    """Return for each group the logarithm of shown share over eligible share; 0 is even.

    Source
    ------
    skew@k of Geyik, Ambler & Kenthapadi 2019, KDD, doi:10.1145/3292500.3330691.

    Examples
    --------
    >>> skew([0.5, 0.5], [0.5, 0.5]).tolist()
    [0.0, 0.0]
    """
    shown, eligible = _shares(shown_share), _shares(eligible_share)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.log(shown / eligible)
    return found


def ndkl(groups_in_order: ArrayLike, eligible_share: ArrayLike) -> float:
    """Return how far the groups of every beginning of a list are from the eligible shares.

    Parameters
    ----------
    groups_in_order : int array (n_shown), the group of each place from the first

    Returns
    -------
    float
        0 where each beginning has the eligible shares; places count less further down.

    Source
    ------
    Normalised discounted cumulative Kullback-Leibler divergence: Geyik et al. 2019, as ``skew``.

    Examples
    --------
    One group alone, where all are of it; one of two alone: (1 + 1 / log2 3) * log 2 / the same sum.

    >>> ndkl([0, 0], [1.0, 0.0]), round(ndkl([0, 0], [0.5, 0.5]), 4)
    (0.0, 0.6931)
    """
    order, eligible = np.asarray(groups_in_order, dtype=np.int64), _shares(eligible_share)
    counts = np.cumsum(order[:, None] == np.arange(len(eligible))[None, :], axis=0)
    shares = counts / np.arange(1, len(order) + 1)[:, None]
    safe = np.maximum(eligible, LEAST_SHARE)[None, :]
    terms = np.where(shares > 0, shares * np.log(np.maximum(shares, LEAST_SHARE) / safe), 0.0)
    weights = 1 / np.log2(np.arange(2, len(order) + 2))
    return float(weights @ terms.sum(axis=1) / weights.sum()) if len(order) else 0.0


def _shares(values: ArrayLike) -> Floats:
    x = np.asarray(values, dtype=np.float64).ravel()
    total = float(x.sum())
    return x / total if total else x


def selection_ratios(selected: ArrayLike, eligible: ArrayLike) -> Floats:
    """Return each group's selection rate over the highest; NaN where nobody was eligible.

    Source
    ------
    Uniform Guidelines on Employee Selection Procedures 1978, 29 CFR 1607.4 D: below four fifths is
    taken as a sign of adverse impact. Used here as a signal to look, not as a verdict.

    Examples
    --------
    >>> selection_ratios([30, 12], [100, 80]).tolist()
    [1.0, 0.5]
    """
    s, e = np.asarray(selected, dtype=np.float64), np.asarray(eligible, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(e > 0, s / e, np.nan)
        highest = np.nanmax(rate) if np.isfinite(rate).any() else np.nan
        found: Floats = rate / highest if highest > 0 else np.full(len(rate), np.nan)
    return found


def permutation_p(
    statistic: Callable[[NDArray[np.int64]], float],
    labels: NDArray[np.int64],
    *,
    n_permutations: int = 500,
    seed: int = 0,
) -> float:
    """Return how often labels dealt at random give a statistic at least as large.

    Source
    ------
    Phipson & Smyth 2010, doi:10.2202/1544-6115.1585: (1 + b) / (1 + m), never 0.
    """
    random = np.random.default_rng(seed)
    observed = statistic(labels)
    reached = sum(
        statistic(random.permutation(labels)) >= observed - 1e-12 for _ in range(n_permutations)
    )
    return (1 + reached) / (1 + n_permutations)


def permutation_ps(
    statistic: Callable[[NDArray[np.int64]], Floats],
    labels: NDArray[np.int64],
    *,
    n_permutations: int,
    seed: int = 0,
) -> Floats:
    """Return for each of several figures how often labels dealt at random put it as far off.

    Two-sided: twice the smaller tail, at most 1. A figure that is not a number has none.

    Source
    ------
    Phipson & Smyth 2010, as ``permutation_p``.
    """
    random = np.random.default_rng(seed)
    observed = statistic(labels)
    dealt = np.array([statistic(random.permutation(labels)) for _ in range(n_permutations)])
    below = (dealt <= observed + 1e-12).sum(axis=0)
    above = (dealt >= observed - 1e-12).sum(axis=0)
    tail = (1 + np.minimum(below, above)) / (1 + n_permutations)
    found: Floats = np.where(np.isfinite(observed), np.minimum(2 * tail, 1.0), np.nan)
    return found


def holm(p_values: ArrayLike) -> Floats:
    """Return p-values adjusted for how many there are: one below 0.05 is sure among all.

    The chance that any of them is below 0.05 without cause stays below 0.05, however they hang
    together. What is not a number is not counted.

    Source
    ------
    Holm 1979, Scandinavian Journal of Statistics 6:65-70.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=np.float64).ravel()
    found = np.full(len(p), np.nan)
    order = np.argsort(p)[: int(np.isfinite(p).sum())]
    raised = p[order] * np.arange(len(order), 0, -1)
    found[order] = np.minimum(np.maximum.accumulate(raised), 1.0)
    return found


def stability_index(expected: ArrayLike, actual: ArrayLike) -> float:
    """Return the population stability index of two rows of counts over the same bins.

    Below 0.1 is taken as stable, from 0.25 as changed.

    Source
    ------
    Siddiqi 2006, "Credit Risk Scorecards", chapter 9; it is Jeffreys' divergence of the shares.

    Examples
    --------
    >>> stability_index([50, 50], [50, 50]), round(stability_index([50, 50], [75, 25]), 4)
    (0.0, 0.2747)
    """
    p, q = (np.maximum(_shares(x), LEAST_SHARE) for x in (expected, actual))
    return float(((q - p) * np.log(q / p)).sum())
