"""Labels as lists to learn from: shown lists with their outcomes, and needs that were judged.

Ids are kept as digests: a model's folder may travel, the names in its labels may not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from matcher.errors import NotEnoughJudgements
from matcher.learning.history import HistoryLog
from matcher.learning.history_labels import label_pairs
from matcher.learning.propensity import count_cells, estimate_examination
from matcher.learning.update_from_labels import COLUMN, ROUNDED, LabelledList
from matcher.ranking.features import FEATURE_NAMES

Array = NDArray[np.float64]
JUDGED = "judgement"
MAX_LISTS = 2_000  # the newest ones: what was long ago was another catalogue
Grade = tuple[str, str, int, str]  # need id, capability id, grade, ISO time


def answer_weights(log: HistoryLog) -> Array:
    """Return how much an answer to each shown pair counts: more where few look.

    Without exploration place and quality cannot be told apart; every answer then counts the same.
    """
    pairs = log.pairs
    if not log.n("pairs"):
        return np.ones(0)
    accepted = ~np.isnat(pairs["need_accepted_at"]) | ~np.isnat(pairs["provider_accepted_at"])
    try:
        below = int(pairs["position"].max()) + 1
        wanted = np.minimum(pairs["intended"], below)
        ones = np.ones(len(accepted))
        cells = count_cells(pairs["position"], wanted, ones, accepted.astype(np.float64))
        seen = estimate_examination(cells)
    except NotEnoughJudgements:
        return np.ones(len(accepted))
    weights: Array = 1.0 / seen.at(pairs["position"])
    return weights


def lists_of_history(log: HistoryLog) -> list[LabelledList]:
    """Return the newest shown lists on which something was answered."""
    labels, weights = label_pairs(log), answer_weights(log)
    named = np.any(list(labels.about.values()), axis=0) if labels.about else None
    features = np.full((log.n("pairs"), len(FEATURE_NAMES)), np.nan)
    for name, values in log.features.items():
        if name in COLUMN:
            features[:, COLUMN[name]] = np.round(values, ROUNDED)
    order = np.argsort(log.pairs["list"], kind="stable")
    starts = np.flatnonzero(np.diff(log.pairs["list"][order], prepend=-1))
    found = []
    for rows in np.split(order, starts[1:]) if len(order) else ():
        is_told = labels.is_graded[rows].any() or (named is not None and named[rows].any())
        if is_told:
            number = int(log.pairs["list"][rows[0]])
            need = int(log.lists["need"][number])
            found.append(
                LabelledList(
                    list_id=_digest("list", log.lists["list_id"][number]),
                    group_id=group_digest(log.needs["enterprise_id"][need]),
                    at=str(log.lists["at"][number]),
                    features=features[rows],
                    grades=labels.grade[rows],
                    weights=np.round(weights[rows], ROUNDED),
                    about={n: m[rows] for n, m in labels.about.items() if n in COLUMN},
                    origins=tuple(map(str, log.pairs["origin"][rows])),
                )
            )
    return sorted(found, key=lambda one: (one.at, one.list_id))[-MAX_LISTS:]


def lists_of_judgements(
    grades: Iterable[Grade],
    features: Mapping[tuple[str, str], Mapping[str, float | None]],
    groups: Mapping[str, str],
) -> list[LabelledList]:
    """Return every need of which reviewers graded pairs; several grades of a pair are averaged.

    Parameters
    ----------
    features : mapping of (need id, capability id) to feature values, as the pair was drawn
    groups : mapping of need id to its enterprise; a need that is missing is its own group
    """
    by_need: dict[str, dict[str, list[int]]] = {}
    last: dict[str, str] = {}
    for need, capability, grade, at in grades:
        if (need, capability) in features:
            by_need.setdefault(need, {}).setdefault(capability, []).append(grade)
            last[need] = max(at, last.get(need, ""))
    found = []
    for need, graded in sorted(by_need.items()):
        names = sorted(graded)
        rows = [_row(features[need, capability]) for capability in names]
        found.append(
            LabelledList(
                list_id=_digest("judged", need),
                group_id=group_digest(groups.get(need, need)),
                at=last[need],
                features=np.array(rows),
                grades=np.array([int(np.floor(np.mean(graded[c]) + 0.5)) for c in names]),
                weights=np.ones(len(names)),
                origins=(JUDGED,) * len(names),
            )
        )
    return found


def _row(values: Mapping[str, float | None]) -> list[float]:
    known = (values.get(name) for name in FEATURE_NAMES)
    return [float("nan") if value is None else round(float(value), ROUNDED) for value in known]


def group_digest(value: object) -> str:
    """Return what a model's folder remembers of an enterprise: no name."""
    return _digest("group", value)


def _digest(kind: str, value: object) -> str:
    return hashlib.sha256(f"{kind}:{value}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
