"""Training: from packs and cases to a model folder that anybody can reproduce.

Every regime (short texts, long texts, the catalogue) is fitted by the same conditional logit on its
own queries, out of fold for every figure and on all queries for the shipped tables. A regime whose
learned weights do not beat their own prior is shipped with the prior, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.learning.bootstrap import paired_difference
from matcher.learning.calibration import fit_calibration, shown_candidates
from matcher.learning.conditional_logit import ConditionalLogit
from matcher.learning.dataset import RankedQuery
from matcher.learning.measures import query_ndcg
from matcher.learning.priors import STRENGTH, learned_mask, prior_weights
from matcher.learning.split import fold_of
from matcher.ranking.features import FEATURE_NAMES, FEATURES
from matcher.ranking.model import REGIMES, AdditiveModel, Adequacy, Table

N_FOLDS = 10
SEED = 0
# Knots of a table reach over what standardised scores and natural units can be.
RELATIVE_KNOTS = (-5.0, 40.0)
ABSOLUTE_KNOTS = (-1.0, 8.0)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class FittedRegime:
    """What training found for one regime.

    Attributes
    ----------
    weights : float array (n_features,), natural-log units, as shipped
    out_of_fold : scores of each query's candidates by weights that never saw its group
    gate : comparison with the untrained prior on the same queries
    is_learned : whether the learned weights passed the gate
    """

    regime: str
    weights: Array
    out_of_fold: tuple[Array, ...]
    gate: Mapping[str, Any]
    is_learned: bool


def fold_numbers(queries: Sequence[RankedQuery]) -> list[int]:
    """Return the fold of each query, by its group."""
    return [fold_of(query.group_id, N_FOLDS, SEED) for query in queries]


def fold_weights(queries: Sequence[RankedQuery], regime: str) -> list[Array]:
    """Return the weights fitted without each fold, in the order of the folds."""
    folds = fold_numbers(queries)
    return [
        _estimator(regime).fit([q for q, f in zip(queries, folds, strict=True) if f != fold]).coef_
        for fold in range(N_FOLDS)
    ]


def out_of_fold_scores(queries: Sequence[RankedQuery], regime: str) -> tuple[Array, ...]:
    """Score every query by weights fitted on the other folds."""
    weights = fold_weights(queries, regime)
    return tuple(
        np.nan_to_num(query.matrix) @ weights[fold]
        for query, fold in zip(queries, fold_numbers(queries), strict=True)
    )


def _estimator(regime: str) -> ConditionalLogit:
    return ConditionalLogit(prior_weights(regime), STRENGTH[regime], learned_mask(regime))


def fit_regime(queries: Sequence[RankedQuery], regime: str) -> FittedRegime:
    """Fit one regime and hold it against its prior: learned only if surely better.

    The rule: the lower end of the 95 % interval of the paired gain in nDCG@10 over the untrained
    prior, on held-out groups, must lie above zero.
    """
    prior = prior_weights(regime)
    learned = out_of_fold_scores(queries, regime)
    untrained = [np.nan_to_num(query.matrix) @ prior for query in queries]
    ours = np.array([query_ndcg(q, s) for q, s in zip(queries, learned, strict=True)])
    theirs = np.array([query_ndcg(q, s) for q, s in zip(queries, untrained, strict=True)])
    gain = paired_difference(ours, theirs, seed=SEED)
    is_learned = gain.low > 0
    weights = _estimator(regime).fit(queries).coef_ if is_learned else prior
    return FittedRegime(
        regime=regime,
        weights=weights,
        out_of_fold=learned if is_learned else tuple(untrained),
        gate={
            "n_queries": len(queries),
            "ndcg_learned": float(ours.mean()),
            "ndcg_prior": float(theirs.mean()),
            "gain": gain.mean,
            "low": gain.low,
            "high": gain.high,
            "is_learned": bool(is_learned),
        },
        is_learned=bool(is_learned),
    )


def prior_regime(regime: str) -> FittedRegime:
    """Return a regime without labels: its declared weights."""
    return FittedRegime(regime, prior_weights(regime), (), {"n_queries": 0}, is_learned=False)


def tables_of(weights: Array) -> dict[str, Table]:
    """Compile weights to lookup tables in bits."""
    tables = {}
    for feature, weight in zip(FEATURES, weights, strict=True):
        low, high = RELATIVE_KNOTS if feature.is_relative else ABSOLUTE_KNOTS
        knots = np.array([low, 0.0, high])
        tables[feature.name] = Table(knots=knots, bits=knots * weight / np.log(2.0))
    return tables


def build_model(
    model_id: str,
    queries: Mapping[str, Sequence[RankedQuery]],
    language_means: Mapping[str, NDArray[np.float32]],
    adequacy: Adequacy,
) -> tuple[AdditiveModel, dict[str, FittedRegime]]:
    """Fit every regime that has queries and compile the model.

    Parameters
    ----------
    queries : mapping of regime to its ranked queries
    """
    fitted = {
        regime: fit_regime(queries[regime], regime) if queries.get(regime) else prior_regime(regime)
        for regime in REGIMES
    }
    calibration = {}
    for regime, found in fitted.items():
        if found.out_of_fold:
            bits, matches, _ = shown_candidates(queries[regime], found.out_of_fold)
            calibration[regime] = fit_calibration(bits, matches)
    model = AdditiveModel(
        model_id=model_id,
        tables={regime: tables_of(found.weights) for regime, found in fitted.items()},
        calibration=calibration,
        adequacy=adequacy,
        language_means=dict(language_means),
    )
    return model, fitted


def named_weights(weights: Array) -> dict[str, float]:
    """Return weights by feature name, rounded for a manifest."""
    return {n: round(float(w), 4) for n, w in zip(FEATURE_NAMES, weights, strict=True)}
