"""What acceptance a model would have had on the logged lists, beside what the shown order had."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from matcher.errors import NotEnoughJudgements
from matcher.learning.history import HistoryLog
from matcher.learning.off_policy import (
    ESTIMATORS,
    Estimates,
    Logged,
    places_by_score,
    reordered_acceptance,
)
from matcher.ranking.features import FEATURE_NAMES
from matcher.ranking.model import AdditiveModel

TOP = 5
REGIME = "catalogue"


def off_policy_estimate(log: HistoryLog, model: AdditiveModel, top: int = TOP) -> dict[str, Any]:
    """Return each estimate for the model's order and for the order that was intended.

    Returns
    -------
    dict
        ``by``: name, candidate and shown of each estimator, each with value, low and high; empty
        where too little was explored. ``n`` pairs, ``synthetic``, ``top``.
    """
    found: dict[str, Any] = {
        "n": log.n("pairs"),
        "top": top,
        "synthetic": log.synthetic,
        "by": [],
    }
    if not log.n("pairs"):
        return found
    pairs = log.pairs
    accepted = ~np.isnat(pairs["need_accepted_at"])
    score = _scores(log, model)
    logged = Logged(log.pair_need, pairs["position"], pairs["intended"], accepted, score)
    order = places_by_score(pairs["list"], score)
    shown = places_by_score(pairs["list"], -pairs["intended"].astype(np.float64))
    try:
        ours, theirs = (reordered_acceptance(logged, w, top=top) for w in (order, shown))
    except NotEnoughJudgements:
        return found
    found["by"] = [_row(name, ours, theirs) for name in ESTIMATORS]
    return found


def _row(name: str, ours: Estimates, theirs: Estimates) -> dict[str, Any]:
    return {"name": name, "candidate": asdict(ours.by[name]), "shown": asdict(theirs.by[name])}


def _scores(log: HistoryLog, model: AdditiveModel) -> np.ndarray[Any, np.dtype[np.float64]]:
    matrix = np.full((log.n("pairs"), len(FEATURE_NAMES)), np.nan)
    for column, name in enumerate(FEATURE_NAMES):
        if name in log.features:
            matrix[:, column] = log.features[name]
    result: np.ndarray[Any, np.dtype[np.float64]] = model.contributions(matrix, REGIME).sum(axis=1)
    return result
