"""A model from the one that serves and from what has happened since: few labels move it little.

The weights are the most probable ones under a normal prior centred at those of the parent model
(a maximum-a-posteriori estimate). The likelihood of a list is that of choosing its well-graded
candidates out of it, each answer weighted against the bias of places (inverse propensity, clipped);
who declined for budget or timing teaches the weight of that feature alone. What is learned is
measured on the newest lists of other enterprises, which were not learned from.

Source
------
Propensity-weighted listwise learning: Joachims, Swaminathan & Schnabel 2017, WSDM,
doi:10.1145/3018661.3018699; Ai et al. 2018, SIGIR, doi:10.1145/3209978.3209986.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matcher.errors import NotEnoughJudgements
from matcher.learning.bootstrap import paired_difference
from matcher.learning.ranking_metrics import ndcg_at
from matcher.ranking.features import FEATURE_NAMES, FEATURES
from matcher.ranking.model import AdditiveModel

NO_GRADE = -1
# Standard deviation of the prior around a weight: a third of it, and at least this much of a nat.
PRIOR_SHARE = 1.0 / 3.0
PRIOR_FLOOR = 0.02
CLIP = 10.0  # largest weight of one answer
TEST_SHARE = 0.2  # of the lists, the newest ones
MIN_LISTS = 10  # with something graded to learn from
MIN_TEST = 5
CUT = 10
ROUNDED = 6  # digits of a feature that are kept, so that a file of labels gives the same weights

Array = NDArray[np.float64]
COLUMN = {name: i for i, name in enumerate(FEATURE_NAMES)}
DIRECTIONS = np.array([feature.direction for feature in FEATURES], dtype=np.float64)


@dataclass(frozen=True)
class LabelledList:
    """One list that was shown or judged, with what became known of its pairs.

    Attributes
    ----------
    list_id, group_id : str; the group (an enterprise) never stands on both sides of a split
    at : str, ISO time, by which the newest lists are told
    features : float array (n_pairs, n_features), NaN where nothing was stated
    grades : int array (n_pairs,), 0-3 or ``NO_GRADE``
    weights : float array (n_pairs,), inverse propensities of the answers
    about : feature → bool array (n_pairs,), True where a refusal names that feature
    origins : where each pair came from, such as ``system`` or ``judgement``, for the model card
    """

    list_id: str
    group_id: str
    at: str
    features: Array
    grades: NDArray[np.int64]
    weights: Array
    about: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    origins: tuple[str, ...] = ()

    @property
    def is_telling(self) -> bool:
        """Whether some pair is better than another one that was not refused for another reason."""
        gains = self.gains
        return bool((gains > 0).any() and (self.competes & (gains < gains.max())).any())

    @property
    def competes(self) -> NDArray[np.bool_]:
        """Which pairs are compared: not those refused for budget, timing or the like."""
        refused = np.zeros(len(self.grades), dtype=bool)
        for named in self.about.values():
            refused |= named
        return ~refused | (self.grades > 0)

    @property
    def gains(self) -> Array:
        """How much each pair is to be preferred: 2 to the grade, less one, times its weight."""
        grade = np.maximum(self.grades, 0)
        found: Array = (np.exp2(grade) - 1.0) * np.minimum(self.weights, CLIP)
        return found


@dataclass(frozen=True)
class Updated:
    """What an update found.

    Attributes
    ----------
    weights : float array (n_features,), natural-log units
    prior : float array (n_features,), the parent's
    test : the parent and the update on the newest lists, or that there were too few
    """

    weights: Array
    prior: Array
    n_train: int
    n_test: int
    cut_at: str
    test: Mapping[str, float | int | None]


def linear_weights(model: AdditiveModel, regime: str) -> Array:
    """Return the weight of each feature in natural-log units: the slope of its table at zero.

    Raises
    ------
    ValueError
        A table is not a straight line, so that no one weight stands for it.
    """
    weights = np.zeros(len(FEATURE_NAMES))
    for name, table in model.tables[regime].items():
        slopes = np.diff(table.bits) / np.diff(table.knots)
        if np.ptp(slopes) > 1e-4:
            raise ValueError(f"the table of {name!r} in {regime!r} bends: slopes {slopes.tolist()}")
        weights[COLUMN[name]] = float(slopes.mean()) * np.log(2.0)
    return weights


def prior_deviation(prior: Array) -> Array:
    """Return how far labels may easily move each weight: its prior's standard deviation."""
    found: Array = np.maximum(np.abs(prior) * PRIOR_SHARE, PRIOR_FLOOR)
    return found


def most_probable_weights(lists: Sequence[LabelledList], prior: Array) -> Array:
    """Return the weights under the prior and the labels, each on its declared side of zero.

    Parameters
    ----------
    prior : float array (n_features,)
        Centre of the normal prior; see ``prior_deviation``.
    """
    from scipy.optimize import minimize  # half a second that a start of the site need not pay

    deviation = prior_deviation(prior)
    problems = [choice_of(one) for one in lists if one.is_telling]
    refusals = [refusals_of(lists, name) for name in COLUMN]

    def loss(given: Array) -> tuple[float, Array]:
        distance = (given - prior) / deviation
        value, gradient = 0.5 * float(distance @ distance), distance / deviation
        for features, shares in problems:
            one, slope = choice_loss(given, features, shares)
            value, gradient = value + one, gradient + slope
        for column, refused in enumerate(refusals):
            if refused is not None:
                one, slope_here = _refusal_loss(float(given[column]), *refused[:2])
                value += one
                gradient[column] += slope_here
        return value, gradient

    bounds = [(0.0, None) if d > 0 else (None, 0.0) for d in DIRECTIONS]
    start = np.clip(prior, [b[0] for b in _open(bounds)], [b[1] for b in _open(bounds)])
    found = minimize(
        loss,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-9},
    )
    weights: Array = found.x
    return weights


def _open(bounds: Sequence[tuple[float | None, float | None]]) -> list[tuple[float, float]]:
    return [
        (-np.inf if low is None else low, np.inf if high is None else high) for low, high in bounds
    ]


def choice_of(one: LabelledList) -> tuple[Array, Array]:
    """Return the compared pairs' features and the share of the choice that falls on each."""
    kept = one.competes
    gains = one.gains[kept]
    return np.nan_to_num(one.features[kept]), gains


def choice_loss(weights: Array, features: Array, gains: Array) -> tuple[float, Array]:
    """Return the log-loss of a list: each good answer chosen out of all compared pairs.

    A list counts as the answers it holds: a contract (gain 7) as one whole choice.
    """
    scores = features @ weights
    top = float(scores.max())
    powers = np.exp(scores - top)
    shares = gains / 7.0
    mass = float(shares.sum())
    value = mass * (top + np.log(powers.sum())) - float(shares @ scores)
    gradient: Array = mass * (powers / powers.sum()) @ features - shares @ features
    return value, gradient


def refusals_of(
    lists: Sequence[LabelledList], name: str
) -> tuple[Array, Array, NDArray[np.int64]] | None:
    """Return a feature's values of answered pairs, which were refused for it, and their list."""
    values, refused, owners = [], [], []
    for row, one in enumerate(lists):
        named = one.about.get(name)
        if named is None:
            continue
        answered = (one.grades != NO_GRADE) | named
        values.append(np.nan_to_num(one.features[answered, COLUMN[name]]))
        refused.append(named[answered])
        owners.append(np.full(int(answered.sum()), row))
    if not values:
        return None
    y = np.concatenate(refused).astype(np.float64)
    if not y.any() or y.all():
        return None
    return np.concatenate(values), y, np.concatenate(owners)


def _refusal_loss(weight: float, values: Array, refused: Array) -> tuple[float, float]:
    """Return the log-loss of being refused for a feature: its cost in log-odds is its weight.

    The intercept is the share of refusals where the feature costs nothing, kept fixed.
    """
    odds = refusal_odds(weight, values, refused)
    chance = 1.0 / (1.0 + np.exp(-odds))
    value = float(np.logaddexp(0.0, odds).sum() - (refused * odds).sum())
    return value, float(((chance - refused) * -(values - values.mean())).sum())


def refusal_odds(weight: float, values: Array, refused: Array) -> Array:
    """Return the log-odds of each pair to be refused for a feature of this weight."""
    rate = float(np.clip(refused.mean(), 1e-3, 1 - 1e-3))
    odds: Array = np.log(rate / (1 - rate)) - weight * (values - values.mean())
    return odds


def split_by_time(
    lists: Sequence[LabelledList], test_share: float = TEST_SHARE
) -> tuple[list[LabelledList], list[LabelledList], str]:
    """Return older lists to learn from, the newest to test on, and the time between them.

    A group that is tested is not learned from at all.
    """
    ordered = sorted(lists, key=lambda one: (one.at, one.list_id))
    n_test = round(len(ordered) * test_share)
    test = ordered[len(ordered) - n_test :]
    tested = {one.group_id for one in test}
    train = [one for one in ordered[: len(ordered) - n_test] if one.group_id not in tested]
    return train, test, test[0].at if test else ""


def update_weights(lists: Sequence[LabelledList], prior: Array, *, seed: int = 0) -> Updated:
    """Return the updated weights, fitted on all lists, and the test of a fit on the older ones.

    Raises
    ------
    NotEnoughJudgements
        Fewer than ten lists tell one pair from another.
    """
    telling = [one for one in lists if one.is_telling]
    if len(telling) < MIN_LISTS:
        raise NotEnoughJudgements(len(telling), MIN_LISTS, "lists that tell good pairs from others")
    train, test, cut_at = split_by_time(lists)
    held_out = [one for one in test if one.is_telling]
    fitted = most_probable_weights(train, prior)
    return Updated(
        weights=most_probable_weights(lists, prior),
        prior=prior,
        n_train=len(train),
        n_test=len(held_out),
        cut_at=cut_at,
        test=_tested(held_out, fitted, prior, seed),
    )


def _tested(
    lists: Sequence[LabelledList], fitted: Array, prior: Array, seed: int
) -> dict[str, float | int | None]:
    if len(lists) < MIN_TEST:
        return {"n": len(lists), "ndcg_updated": None, "ndcg_parent": None, "gain": None}
    ours, theirs = (np.array([list_ndcg(one, w) for one in lists]) for w in (fitted, prior))
    found = paired_difference(ours, theirs, seed=seed)
    return {
        "n": found.n,
        "ndcg_updated": float(ours.mean()),
        "ndcg_parent": float(theirs.mean()),
        "gain": found.mean,
        "low": found.low,
        "high": found.high,
    }


def list_ndcg(one: LabelledList, weights: Array) -> float:
    """Return nDCG@10 of a list's compared pairs under some weights."""
    kept = one.competes
    grades = np.maximum(one.grades[kept], 0)
    order = np.argsort(-(np.nan_to_num(one.features[kept]) @ weights), kind="stable")
    return ndcg_at(grades[order], grades, CUT)
