"""From what closeness of evidence on somebody is worth proposing, chosen by what became of pairs.

Training can only ask that few real needs be refused (``matcher.learning.train``). Outcomes say
more: of pairs among the first five places with evidence this near, so many ended in both sides
agreeing. A logistic line is fitted to that; the threshold is where it crosses one in twenty, but
never so high that more than one in twenty of the lists that found somebody would have been refused.
It replaces the parent's only where answers are many, the line surely rises, and the 95 % interval
over enterprises leaves the parent's out; otherwise the parent's stays and the record says why.

What is below the parent's threshold is marked as weak where it is shown and is therefore asked less
often, so a threshold is lowered later than it could be, never too early.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.learning.history import SETTLED_AFTER_DAYS, HistoryLog
from matcher.ranking.model import Adequacy

LEVEL = 0.05  # of pairs that end in agreement, below which nobody is proposed
MAX_REFUSED = 0.05  # of lists that found somebody; what training promises as well
TOP = 5  # places that decide whether a list has anybody adequate
MIN_PAIRS, MIN_AGREED = 500, 50
SMALLEST = 0.005  # of closeness; less is no change to anybody
LEAST_BELOW = 30  # pairs with evidence further away: where there are fewer, the line is a guess
N_RESAMPLES = 400
N_STEPS = 50
STEP = 0.005  # of closeness, within which pairs are counted together when the line is fitted
RIDGE = 1e-6
ROUNDED = 4
CHOSEN = "chosen"
FEW, FLAT, NOT_REACHED, UNCLEAR = "too_few", "no_rise", "not_reached", "not_clear"

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Tried:
    """Pairs that stood among the first five and had their time to be answered.

    Attributes
    ----------
    closeness, agreed : float arrays (n_pairs,), the latter 1 where both sides accepted in time
    lists, groups : int arrays (n_pairs,), the list and the enterprise of each, numbered from 0
    """

    closeness: Array
    agreed: Array
    lists: Numbers
    groups: Numbers

    def as_json(self) -> dict[str, Any]:
        """Return the pairs as plain columns; lists and enterprises are numbers without a name."""
        return {name: values.tolist() for name, values in vars(self).items()}


NOBODY = np.zeros(0, dtype=np.int64)
NOTHING_TRIED = Tried(np.zeros(0), np.zeros(0), NOBODY, NOBODY)


@dataclass(frozen=True)
class AdequacyRecord:
    """How the threshold of an updated model came about.

    Attributes
    ----------
    verdict : ``chosen``, or why the parent's stayed
    estimate, low, high : what outcomes alone would choose, with its 95 % interval, where they can
    refused_share : of lists that found somebody, those that the threshold in force would refuse
    """

    verdict: str
    threshold: float
    parent: float
    n_pairs: int
    n_agreed: int
    n_groups: int
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    refused_share: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the record as plain values."""
        return asdict(self)


def tried_pairs(log: HistoryLog, now: np.datetime64) -> Tried:
    """Return the pairs of a log that say from what closeness on somebody is worth proposing.

    Parameters
    ----------
    now : np.datetime64
        Pairs shown less than 28 days before may still be answered and do not count.
    """
    pairs, shown_at = log.pairs, log.shown_at
    limit = np.timedelta64(SETTLED_AFTER_DAYS, "D")
    kept = (pairs["position"] <= TOP) & np.isfinite(pairs["closeness"]) & (shown_at + limit < now)
    agreed = pairs["mutual_at"] < shown_at + limit
    closeness: Array = np.asarray(pairs["closeness"][kept], dtype=np.float64)
    return Tried(
        closeness.round(ROUNDED),
        agreed[kept].astype(np.float64),
        _numbered(pairs["list"][kept]),
        _numbered(log.needs["enterprise_id"][log.pair_need[kept]]),
    )


def tried_of(content: Mapping[str, Any]) -> Tried:
    """Return the pairs that ``as_json`` gave."""
    return Tried(
        np.array(content["closeness"], dtype=np.float64),
        np.array(content["agreed"], dtype=np.float64),
        np.array(content["lists"], dtype=np.int64),
        np.array(content["groups"], dtype=np.int64),
    )


def _numbered(values: NDArray[Any]) -> Numbers:
    found: Numbers = np.unique(values, return_inverse=True)[1].astype(np.int64)
    return found


def choose_adequacy(
    tried: Tried, parent: Adequacy, *, seed: int = 0
) -> tuple[Adequacy, AdequacyRecord]:
    """Return the threshold that serves, and how it came about.

    Source
    ------
    Where a decision by a probability of one in twenty is best made is where that probability is
    reached: Vickers & Elkin 2006, Medical Decision Making 26:565-574, doi:10.1177/0272989X06295361.
    """
    n, n_agreed = len(tried.closeness), int(tried.agreed.sum())
    n_groups = len(np.unique(tried.groups))

    def kept(verdict: str, **found: float | None) -> tuple[Adequacy, AdequacyRecord]:
        facts = {"refused_share": refused_share(tried, parent.threshold), **found}
        return parent, AdequacyRecord(
            verdict, parent.threshold, parent.threshold, n, n_agreed, n_groups, **facts
        )

    if n < MIN_PAIRS or min(n_agreed, n - n_agreed) < MIN_AGREED:
        return kept(FEW)
    lowest, cap = float(np.sort(tried.closeness)[LEAST_BELOW]), refusal_cap(tried)
    lines = fit_lines(tried, _resamples(n_groups, seed))
    found = np.clip(crossings(lines), lowest, max(cap, lowest))
    if np.quantile(lines[1:, 1], 0.025) <= 0:
        return kept(FLAT)
    estimate = round(float(found[0]), ROUNDED)
    low, high = (round(float(v), ROUNDED) for v in np.quantile(found[1:], (0.025, 0.975)))
    if estimate <= lowest and parent.threshold <= lowest:
        return kept(NOT_REACHED, estimate=None)
    if low <= parent.threshold <= high or abs(estimate - parent.threshold) < SMALLEST:
        return kept(UNCLEAR, estimate=estimate, low=low, high=high)
    share = refused_share(tried, estimate)
    record = AdequacyRecord(
        CHOSEN, estimate, parent.threshold, n, n_agreed, n_groups, estimate, low, high, share
    )
    return Adequacy(estimate, share or 0.0), record


def refusal_cap(tried: Tried) -> float:
    """Return the closeness below which one in twenty of the lists that found somebody lie."""
    best, found_somebody = _by_list(tried)
    return float(np.quantile(best[found_somebody], MAX_REFUSED))


def refused_share(tried: Tried, threshold: float) -> float | None:
    """Return the share of lists that found somebody whose five best all lie below a threshold."""
    if not tried.agreed.any():
        return None
    best, found_somebody = _by_list(tried)
    return float((best[found_somebody] < threshold).mean())


def net_benefit(tried: Tried, threshold: float) -> tuple[Array, Numbers]:
    """Return what proposing from a threshold on is worth to each enterprise, and how many pairs.

    A pair that is proposed and ends in agreement counts 1; one that does not costs as much as makes
    a chance of one in twenty just worth it. Who is not proposed counts nothing.

    Returns
    -------
    two arrays (n_groups,)
    """
    odds = LEVEL / (1.0 - LEVEL)
    worth = np.where(tried.agreed > 0, 1.0, -odds) * (tried.closeness >= threshold)
    n_groups = int(tried.groups.max(initial=-1)) + 1
    total: Array = np.bincount(tried.groups, worth, n_groups).astype(np.float64)
    return total, np.bincount(tried.groups, minlength=n_groups).astype(np.int64)


def _by_list(tried: Tried) -> tuple[Array, NDArray[np.bool_]]:
    """Return the greatest closeness of each list, and whether anybody was agreed on."""
    n = int(tried.lists.max(initial=-1)) + 1
    best = np.zeros(n)
    np.maximum.at(best, tried.lists, tried.closeness)
    return best, np.bincount(tried.lists, tried.agreed, n) > 0


def _resamples(n_groups: int, seed: int) -> Array:
    """Return how often each enterprise counts: once each, then as chance draws them."""
    random = np.random.default_rng(seed)
    drawn = random.poisson(1.0, (N_RESAMPLES, n_groups)).astype(np.float64)
    return np.vstack([np.ones((1, n_groups)), drawn])


def fit_lines(tried: Tried, times: Array) -> Array:
    """Fit the log-odds of agreement as a line of closeness, once for each row of weights.

    Parameters
    ----------
    times : float array (n_fits, n_groups)
        How often each enterprise counts.

    Returns
    -------
    float array (n_fits, 2)
        Intercept and slope, by Newton's steps with a ridge that keeps a separable draw finite.
    """
    steps, column = np.unique(np.round(tried.closeness / STEP), return_inverse=True)
    n_tried, n_agreed = (
        times @ _counts(tried, column, values, len(steps))
        for values in (np.ones(len(column)), tried.agreed)
    )
    middle = float(tried.closeness.mean())
    x = steps * STEP - middle
    rate = np.clip(n_agreed.sum(axis=1) / np.maximum(n_tried.sum(axis=1), 1.0), 1e-3, 1 - 1e-3)
    lines = np.column_stack([np.log(rate / (1 - rate)), np.zeros(len(times))])
    for _ in range(N_STEPS):
        p = 1.0 / (1.0 + np.exp(-(lines[:, :1] + lines[:, 1:] * x)))
        step = _newton(n_agreed - n_tried * p, n_tried * p * (1 - p), x, lines)
        lines += step
        if np.abs(step).max() < 1e-10:
            break
    lines[:, 0] -= lines[:, 1] * middle
    return lines


def _newton(gap: Array, spread: Array, x: Array, lines: Array) -> Array:
    """Return one bounded step of each line towards its likeliest place."""
    slope = np.column_stack([gap.sum(axis=1), gap @ x]) - RIDGE * lines
    a, b, c = spread.sum(axis=1) + RIDGE, spread @ x, spread @ x**2 + RIDGE
    step = np.column_stack([c * slope[:, 0] - b * slope[:, 1], a * slope[:, 1] - b * slope[:, 0]])
    found: Array = np.clip(step / (a * c - b * b)[:, None], -5.0, 5.0)
    return found


def _counts(tried: Tried, column: Numbers, values: Array, n_columns: int) -> Array:
    """Return the sums of values by enterprise and step of closeness."""
    n_groups = int(tried.groups.max(initial=-1)) + 1
    cells = np.bincount(tried.groups * n_columns + column, values, n_groups * n_columns)
    found: Array = cells.reshape(n_groups, n_columns).astype(np.float64)
    return found


def crossings(lines: Array) -> Array:
    """Return where each line reaches one in twenty; one that does not rise never does."""
    goal = np.log(LEVEL / (1.0 - LEVEL))
    rising = lines[:, 1] > 1e-6
    found: Array = np.where(
        rising, (goal - lines[:, 0]) / np.where(rising, lines[:, 1], 1.0), -np.inf
    )
    return found
