"""How far an update moved each weight, and how sure that is.

The interval is a sandwich estimate over enterprises at the most probable weights: what other
enterprises of the same kind would have taught, the prior held. A weight that lies at zero, the end
of its declared side, has no interval.

Source
------
Huber 1967; clustered as in Liang & Zeger 1986, Biometrika 73:13-22, doi:10.1093/biomet/73.1.13.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.learning.probability_metrics import Z_95
from matcher.learning.update_from_labels import (
    COLUMN,
    NO_GRADE,
    Array,
    LabelledList,
    choice_loss,
    choice_of,
    prior_deviation,
    refusal_odds,
    refusals_of,
)
from matcher.ranking.features import FEATURE_NAMES

MIN_GROUPS = 10  # enterprises
AT_ZERO = 1e-6
OTHER_REASON = "other_reason"
ROUNDED = 4


@dataclass(frozen=True)
class WeightChange:
    """One weight before and after, in natural-log units, and the interval of the difference."""

    feature: str
    parent: float
    updated: float
    change: float
    low: float | None
    high: float | None


def weight_changes(
    lists: Sequence[LabelledList], weights: Array, prior: Array
) -> list[dict[str, Any]]:
    """Return what became of each weight, the one that moved most first, as plain records."""
    errors = standard_errors(lists, weights, prior)
    moved = weights - prior
    found = []
    for i in np.argsort(-np.abs(moved), kind="stable"):
        known = errors[i] > AT_ZERO  # at zero no label says anything of it; NaN is not known
        change = WeightChange(
            FEATURE_NAMES[i],
            round(float(prior[i]), ROUNDED),
            round(float(weights[i]), ROUNDED),
            round(float(moved[i]), ROUNDED),
            round(float(moved[i] - Z_95 * errors[i]), ROUNDED) if known else None,
            round(float(moved[i] + Z_95 * errors[i]), ROUNDED) if known else None,
        )
        found.append(asdict(change))
    return found


def standard_errors(lists: Sequence[LabelledList], weights: Array, prior: Array) -> Array:
    """Return the standard error of each weight, NaN where it lies at zero or groups are few.

    Returns
    -------
    float array (n_features,)
    """
    errors: Array = np.full(len(weights), np.nan)
    names = sorted({one.group_id for one in lists})
    free = np.flatnonzero(np.abs(weights) > AT_ZERO)
    if len(names) < MIN_GROUPS or not len(free):
        return errors
    number = {name: i for i, name in enumerate(names)}
    groups = np.array([number[one.group_id] for one in lists])
    slopes, bend = _slopes_and_bend(lists, weights)
    by_group = np.zeros((len(names), len(weights)))
    np.add.at(by_group, groups, slopes)
    apart = (by_group - by_group.mean(axis=0))[:, free]
    middle = apart.T @ apart * len(names) / (len(names) - 1)
    outer = np.linalg.inv((bend + np.diag(prior_deviation(prior) ** -2.0))[np.ix_(free, free)])
    errors[free] = np.sqrt(np.diag(outer @ middle @ outer))
    return errors


def _slopes_and_bend(lists: Sequence[LabelledList], weights: Array) -> tuple[Array, Array]:
    """Return the slope of each list's loss, (n_lists, n_features), and the loss's second ones."""
    slopes = np.zeros((len(lists), len(weights)))
    bend = np.zeros((len(weights), len(weights)))
    for row, one in enumerate(lists):
        if one.is_telling:
            features, gains = choice_of(one)
            slopes[row] = choice_loss(weights, features, gains)[1]
            bend += gains.sum() / 7.0 * _spread(features, weights)
    for name, column in COLUMN.items():
        refused = refusals_of(lists, name)
        if refused is not None:
            values, happened, owners = refused
            chance = 1.0 / (1.0 + np.exp(-refusal_odds(weights[column], values, happened)))
            beside = values - values.mean()
            np.add.at(slopes[:, column], owners, (chance - happened) * -beside)
            bend[column, column] += float((chance * (1 - chance) * beside**2).sum())
    return slopes, bend


def _spread(features: Array, weights: Array) -> NDArray[np.float64]:
    """Return the covariance of features under the chances that the weights give a list."""
    scores = features @ weights
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    beside = features - chances @ features
    found: Array = (beside * chances[:, None]).T @ beside
    return found


def count_labels(lists: Sequence[LabelledList]) -> dict[str, dict[str, int]]:
    """Return how many pairs have each grade, by where they came from.

    A pair that was refused for budget, timing or the like has no grade and is counted apart.
    """
    counts: dict[str, Counter[str]] = {}
    for one in lists:
        refused = ~one.competes & (one.grades == NO_GRADE)
        origins = one.origins or ("",) * len(one.grades)
        for origin, grade, is_other in zip(origins, one.grades, refused, strict=True):
            if grade != NO_GRADE or is_other:
                word = OTHER_REASON if is_other else str(int(grade))
                counts.setdefault(origin, Counter())[word] += 1
    return {origin: dict(sorted(found.items())) for origin, found in sorted(counts.items())}
