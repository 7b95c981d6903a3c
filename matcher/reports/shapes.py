"""What each feature does: its table as a curve, how dense the data are, its share of decisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from matcher.learning.dataset import RankedQuery
from matcher.ranking.features import FEATURES
from matcher.ranking.matrix import COLUMN_OF
from matcher.ranking.model import AdditiveModel

N_POINTS = 25
N_SHOWN = 10


def shape_records(model: AdditiveModel, queries: Sequence[RankedQuery]) -> list[dict[str, Any]]:
    """Return one record a feature of the regime that the queries belong to.

    ``share_of_decisions`` is the feature's part in what separates the ten best candidates of a
    need from each other: its standard deviation in bits, as a share of the sum over features.
    """
    regime = queries[0].regime
    shown = [_top_rows(model, query) for query in queries]
    spread = np.mean([rows.std(axis=0) for rows in shown], axis=0)
    shares = spread / spread.sum() if spread.sum() else spread
    return [_record(model, regime, i, float(shares[i]), queries) for i in range(len(FEATURES))]


def _top_rows(model: AdditiveModel, query: RankedQuery) -> np.ndarray:
    bits = model.contributions(query.matrix, query.regime)
    best = np.argsort(-bits.sum(axis=1), kind="stable")[:N_SHOWN]
    return bits[best]


def _record(
    model: AdditiveModel, regime: str, i: int, share: float, queries: Sequence[RankedQuery]
) -> dict[str, Any]:
    feature = FEATURES[i]
    values = np.concatenate([query.matrix[:, COLUMN_OF[feature.name]] for query in queries])
    stated = values[~np.isnan(values)]
    low, high = (
        (float(np.quantile(stated, 0.005)), float(stated.max())) if len(stated) else (0.0, 1.0)
    )
    points = np.linspace(low, high if high > low else low + 1.0, N_POINTS)
    counts, _ = np.histogram(stated, bins=N_POINTS, range=(points[0], points[-1]))
    return {
        "feature": feature.name,
        "label_zh": feature.label_zh,
        "label_en": feature.label_en,
        "summary": feature.summary,
        "direction": feature.direction,
        "is_prior": feature.is_prior,
        "is_relative": feature.is_relative,
        "regime": regime,
        "share_of_decisions": share,
        "n_stated": len(stated),
        "points": [round(float(x), 4) for x in points],
        "bits": [round(float(b), 4) for b in model.tables[regime][feature.name](points)],
        "density": [int(c) for c in counts],
    }
