"""Fitting the additive model: a conditional logit with declared signs, drawn towards a prior.

The likelihood is that of choosing the relevant candidates out of the whole field of each need
(McFadden 1974; the listwise loss of Cao et al. 2007). The penalty is the distance from hand-set
prior weights, not from zero: with few labels the model stays what was declared, with many it
becomes what was learned (a maximum-a-posteriori estimate under a normal prior).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.base import BaseEstimator

from matcher.learning.dataset import RankedQuery

MAX_COMPETITORS = 300  # the strongest by the prior; the rest hardly enters the sum
MAX_ITERATIONS = 200

Array = NDArray[np.float64]


class ConditionalLogit(BaseEstimator):  # type: ignore[misc]
    """Linear scores over features, each weight kept on its declared side of zero.

    Parameters
    ----------
    prior : float array (n_features,)
        Declared weights in natural-log units a feature unit; their sign fixes the sign.
    strength : float
        Weight of the squared distance from the prior against the mean log-loss of a need.
    free : bool array (n_features,), optional
        Features whose weight may move; the others keep their prior.

    Attributes
    ----------
    coef_ : float array (n_features,)
    """

    def __init__(
        self, prior: Array, strength: float = 1.0, free: NDArray[np.bool_] | None = None
    ) -> None:
        self.prior = prior
        self.strength = strength
        self.free = free

    def fit(
        self, queries: Sequence[RankedQuery], weights: Sequence[float] | None = None
    ) -> ConditionalLogit:
        """Fit on ranked queries; those without a relevant candidate are passed over.

        Parameters
        ----------
        queries : sequence of RankedQuery
        weights : sequence of float, optional
            Weight of each query.
        """
        prior = np.asarray(self.prior, dtype=np.float64)
        free = np.ones(len(prior), dtype=bool) if self.free is None else self.free
        shares = np.ones(len(queries)) if weights is None else np.asarray(weights, dtype=float)
        problems = [
            (*_reduced(query, prior), share)
            for query, share in zip(queries, shares, strict=True)
            if (query.grades > 0).any()
        ]
        bounds = [_bounds(p, bool(f)) for p, f in zip(prior, free, strict=True)]

        def loss(coefficients: Array) -> tuple[float, Array]:
            distance = coefficients - prior
            value = self.strength * float(distance @ distance)
            gradient = 2 * self.strength * distance
            total = sum(share for *_, share in problems) or 1.0
            for features, relevant, share in problems:
                one, slope = _query_loss(coefficients, features, relevant)
                value += share * one / total
                gradient = gradient + share * slope / total
            return value, gradient

        found = minimize(
            loss,
            prior,
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": MAX_ITERATIONS, "ftol": 1e-12, "gtol": 1e-9},
        )
        self.coef_: Array = found.x
        return self

    def decision_function(self, query: RankedQuery) -> Array:
        """Return the score of each candidate of a query, in natural-log units."""
        result: Array = np.nan_to_num(query.matrix) @ self.coef_
        return result


def _reduced(query: RankedQuery, prior: Array) -> tuple[Array, NDArray[np.int64]]:
    """Keep the relevant candidates and the strongest others; unknown values count as 0."""
    features = np.nan_to_num(query.matrix)
    relevant = np.flatnonzero(query.grades > 0)
    if len(features) > MAX_COMPETITORS:
        strength = features @ prior
        strongest = np.argsort(-strength, kind="stable")[:MAX_COMPETITORS]
        kept = np.union1d(strongest, relevant)
        return features[kept], np.searchsorted(kept, relevant)
    return features, relevant


def _query_loss(
    coefficients: Array, features: Array, relevant: NDArray[np.int64]
) -> tuple[float, Array]:
    scores = features @ coefficients
    top = scores.max()
    powers = np.exp(scores - top)
    total = powers.sum()
    value = top + np.log(total) - scores[relevant].mean()
    gradient: Array = (powers / total) @ features - features[relevant].mean(axis=0)
    return float(value), gradient


def _bounds(prior: float, is_free: bool) -> tuple[float | None, float | None]:
    if not is_free:
        return (prior, prior)
    return (0.0, None) if prior >= 0 else (None, 0.0)
