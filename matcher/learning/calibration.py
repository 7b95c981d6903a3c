"""From the share of the field to a probability that means what it says.

Isotonic regression on out-of-fold scores of the candidates that would be shown, in equal-mass
groups (Zadrozny & Elkan 2002), made strictly increasing, so that calibration never changes a rank.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from matcher.learning.dataset import RankedQuery
from matcher.ranking.model import Table, field_bits, log_odds_bits

N_SHOWN = 10
MIN_GROUP = 60  # candidates a group: below that, rates of rare matches are noise
MAX_GROUPS = 20
MIN_SLOPE = 0.02  # bits a bit: flat steps would tie candidates that the score tells apart

Array = NDArray[np.float64]


def share_bits(scores_nats: Array, query: RankedQuery) -> Array:
    """Return log-odds, in bits, of each candidate's share of the field."""
    raw = scores_nats / np.log(2.0)
    return log_odds_bits(raw - field_bits(raw, query.is_population, query.n_eligible))


def shown_candidates(
    queries: Sequence[RankedQuery], scores: Sequence[Array], n_shown: int = N_SHOWN
) -> tuple[Array, Array, NDArray[np.int64]]:
    """Return what users would be shown: share bits, 1 for a match, and the query of each.

    Returns
    -------
    three arrays (n_queries * n_shown,)
    """
    bits, matches, owners = [], [], []
    for i, (query, score) in enumerate(zip(queries, scores, strict=True)):
        top = np.argsort(-score, kind="stable")[:n_shown]
        bits.append(share_bits(score, query)[top])
        matches.append((query.grades[top] > 0).astype(np.float64))
        owners.append(np.full(len(top), i))
    if not bits:
        return np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.int64)
    return np.concatenate(bits), np.concatenate(matches), np.concatenate(owners)


def fit_calibration(bits: Array, matches: Array) -> Table:
    """Fit a strictly increasing table from share bits to calibrated log-odds bits.

    Each group's rate takes half a match in one candidate as prior (Jeffreys), so that a group
    without matches does not become certain.
    """
    order = np.argsort(bits, kind="stable")
    n_groups = int(np.clip(len(bits) // MIN_GROUP, 1, MAX_GROUPS))
    groups = np.array_split(order, n_groups)
    centres = np.array([bits[g].mean() for g in groups])
    rates = np.array([(matches[g].sum() + 0.5) / (len(g) + 1.0) for g in groups])
    sizes = np.array([len(g) for g in groups], dtype=np.float64)
    smooth = IsotonicRegression(y_min=1e-4, y_max=0.999).fit(centres, rates, sizes).predict(centres)
    centres, smooth = _blocks(centres, smooth, sizes)
    level = np.log2(smooth / (1.0 - smooth))
    rising = level + MIN_SLOPE * (centres - centres[0])
    # Beyond the data the share itself is followed downwards, and hardly anything is added upwards.
    knots = np.concatenate(([centres[0] - 20.0], centres, [centres[-1] + 20.0]))
    values = np.concatenate(([rising[0] - 20.0], rising, [rising[-1] + 20.0 * MIN_SLOPE * 5]))
    return Table(knots=knots, bits=values)


def _blocks(centres: Array, rates: Array, sizes: Array) -> tuple[Array, Array]:
    """Merge neighbouring groups of one rate to their weighted centre: ramps instead of steps."""
    start = np.concatenate(([True], np.diff(rates) > 1e-9))
    block = np.cumsum(start) - 1
    mass = np.bincount(block, weights=sizes)
    middle = np.bincount(block, weights=sizes * centres) / mass
    kept = np.concatenate(([True], np.diff(middle) > 1e-6))
    return middle[kept], rates[start][kept]


def cross_calibrated(
    bits: Array, matches: Array, owners: NDArray[np.int64], folds: Sequence[int]
) -> Array:
    """Return probabilities, each from a calibration fitted on the other folds' queries."""
    fold_of_row = np.array(folds)[owners]
    result = np.zeros(len(bits))
    for fold in sorted(set(folds)):
        here = fold_of_row == fold
        table = fit_calibration(bits[~here], matches[~here])
        result[here] = 1.0 / (1.0 + np.exp2(-table(bits[here])))
    return result
