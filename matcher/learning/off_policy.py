"""What acceptance would have been without the bias of places, or under another order.

Logged answers depend on where a pair stood. Each answer is weighted by how likely its place would
be looked at under the wanted order, relative to where it stood. Beside the plain figure stand the
weighted one (IPS, weights clipped), the self-normalised one (SNIPS, which repairs the loss that
clipping causes) and the doubly-robust one (DR, which trusts a prediction and weighs its errors).
All rest on the same position-based model (``propensity``); intervals resample needs and estimate
the examination of places anew each time, so that its uncertainty is in them.

Source
------
IPS: Horvitz & Thompson 1952, doi:10.1080/01621459.1952.10483446; clipping: Bottou et al. 2013, JMLR
14:3207-3260. SNIPS: Swaminathan & Joachims 2015, NeurIPS. Position-based off-policy estimate: Li et
al. 2018, KDD, doi:10.1145/3219819.3220028; the chance over what exploration could have drawn:
Oosterhuis & de Rijke 2020, SIGIR, doi:10.1145/3397271.3401102. DR: Dudík, Langford & Li 2011,
ICML; for positions, Oosterhuis 2023, doi:10.1145/3569453.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.errors import NotEnoughJudgements
from matcher.learning.propensity import Examination, count_cells, estimate_examination

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

CLIP = 10.0  # largest weight of one answer
N_RESAMPLES = 200
LEVEL = 0.95
N_BINS = 10
SEEN_FOR_SURE = 0  # a wanted place at which everybody is looked at
NAIVE, IPS, SNIPS, DR = "naive", "ips", "snips", "doubly_robust"
ESTIMATORS = (NAIVE, IPS, SNIPS, DR)


@dataclass(frozen=True)
class Logged:
    """Answers as they were logged, one row a pair.

    Attributes
    ----------
    need : int, the need (what is resampled)
    place, intended : int, from 1; see ``propensity``
    accepted : bool
    predicted : float, any score that rises with how convincing a pair is, for DR
    """

    need: Ints
    place: Ints
    intended: Ints
    accepted: Truths
    predicted: Floats

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.need)


@dataclass(frozen=True, slots=True)
class Estimate:
    """One figure with its 95 % percentile interval over needs."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Estimates:
    """The same quantity by each estimator, and what they rest on.

    Attributes
    ----------
    clipped_share : share of the answers whose weight was clipped
    """

    n: int
    n_needs: int
    by: dict[str, Estimate]
    examination: Examination
    clipped_share: float


def debiased_acceptance(
    logged: Logged, *, counted: Truths | None = None, clip: float = CLIP, seed: int = 0
) -> Estimates:
    """Return how often shown pairs would be accepted if every place were looked at.

    Parameters
    ----------
    counted : bool array (n_pairs), optional
        Which pairs the figure is about; the others only help to tell how places are looked at.

    Raises
    ------
    NotEnoughJudgements
        Exploration moved too few pairs.
    """
    return _estimate(logged, np.zeros(len(logged), dtype=np.int64), clip, seed, counted)


def reordered_acceptance(
    logged: Logged,
    wanted: Ints,
    *,
    top: int,
    counted: Truths | None = None,
    clip: float = CLIP,
    seed: int = 0,
) -> Estimates:
    """Return how often the first ``top`` of another order of the logged lists would be accepted.

    Parameters
    ----------
    wanted : int array (n_pairs)
        The place of each pair in the other order of its list, from 1; see ``places_by_score``. It
        must not depend on what exploration drew.
    counted : bool array (n_pairs), optional
        As for ``debiased_acceptance``.

    Notes
    -----
    Pairs that the other order would bring in from outside the logged lists are unknown here.

    Raises
    ------
    NotEnoughJudgements
        Exploration moved too few pairs.
    """
    first = wanted <= top
    return _estimate(logged, wanted, clip, seed, first if counted is None else first & counted)


def places_by_score(list_row: Ints, score: Floats) -> Ints:
    """Return the place of each pair in its list by falling score, ties in the logged order.

    Examples
    --------
    >>> places_by_score(np.array([0, 0, 1, 1]), np.array([0.1, 0.3, 0.5, 0.5]))
    array([2, 1, 1, 2])
    """
    order = np.lexsort((np.arange(len(score)), -score, list_row))
    _, start = np.unique(list_row[order], return_index=True)
    lengths = np.diff(np.append(start, len(order)))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order)) - np.repeat(start, lengths) + 1
    return place


@dataclass(frozen=True)
class _Cells:
    """Pairs that are alike in all that an estimate looks at, counted together.

    Every figure is a sum over cells, so that a resample costs two counts over the pairs.
    """

    of_pair: Ints
    place: Ints
    intended: Ints
    wanted: Ints
    bin: Ints
    half: Ints
    inside: Truths

    def count(self, weight: Floats) -> Floats:
        """Return the weight of the pairs of each cell."""
        found: Floats = np.bincount(self.of_pair, weight, len(self.place)).astype(np.float64)
        return found


def _cells(logged: Logged, wanted: Ints, inside: Truths) -> _Cells:
    facts = np.column_stack(
        (
            logged.place,
            logged.intended,
            wanted,
            _bins(logged.predicted),
            logged.need % 2,
            inside,
        )
    )
    # Each row as one number: ``np.unique`` over numbers is many times faster than over rows.
    sizes = facts.max(axis=0, initial=0) + 1
    _, first, of_pair = np.unique(
        np.ravel_multi_index(tuple(facts.T), tuple(sizes)), return_index=True, return_inverse=True
    )
    place, intended, asked, bins, half, counts = facts[first].T
    return _Cells(of_pair, place, intended, asked, bins, half, counts.astype(bool))


def _estimate(
    logged: Logged, wanted: Ints, clip: float, seed: int, counted: Truths | None = None
) -> Estimates:
    inside = np.ones(len(logged), dtype=bool) if counted is None else counted
    if not inside.any():
        raise NotEnoughJudgements(0, 1, "logged pairs")
    cells = _cells(logged, wanted, inside)
    answers = logged.accepted.astype(np.float64)
    seen = _examination(cells, cells.count(np.ones(len(logged))), cells.count(answers))

    def values(weight: Floats) -> dict[str, float]:
        return _values(cells, cells.count(weight), cells.count(weight * answers), seen.method, clip)

    needs, row = np.unique(logged.need, return_inverse=True)
    point = values(np.ones(len(logged)))
    resampled = _resampled(values, len(needs), row, seed)
    tail = (1 - LEVEL) / 2
    by = {}
    for name in ESTIMATORS:
        low, high = np.quantile([one[name] for one in resampled], (tail, 1 - tail))
        by[name] = Estimate(point[name], float(low), float(high))
    shown = cells.count(np.ones(len(logged)))
    clipped = (_ratio(cells, seen, shown) > clip) & cells.inside
    n = int(inside.sum())
    n_needs = len(np.unique(logged.need[inside]))
    return Estimates(n, n_needs, by, seen, float(shown[clipped].sum()) / n)


def _resampled(
    values: Callable[[Floats], dict[str, float]], n_needs: int, row: Ints, seed: int
) -> list[dict[str, float]]:
    random = np.random.default_rng(seed)
    found = []
    for _ in range(N_RESAMPLES):
        times = np.bincount(random.integers(0, n_needs, n_needs), minlength=n_needs)
        found.append(values(times[row].astype(np.float64)))
    return found


def _examination(cells: _Cells, shown: Floats, taken: Floats, method: str = "") -> Examination:
    by_place = count_cells(cells.place, cells.intended, shown, taken)
    return estimate_examination(by_place, method)


def _target(seen: Examination, wanted: Ints) -> Floats:
    found: Floats = np.where(wanted == SEEN_FOR_SURE, 1.0, seen.at(np.maximum(wanted, 1)))
    return found


def _ratio(cells: _Cells, seen: Examination, shown: Floats) -> Floats:
    """Return how much likelier a pair is looked at in the wanted order than it was in the log.

    What counts of the log is the chance before exploration drew: the mean over the places at which
    pairs of the same intended place were shown.
    """
    total = np.bincount(cells.intended, shown)
    looked_at = np.bincount(cells.intended, shown * seen.at(cells.place))
    chance = np.divide(looked_at, total, out=np.ones_like(looked_at), where=total > 0)
    found: Floats = _target(seen, cells.wanted) / chance[cells.intended]
    return found


def _values(
    cells: _Cells, shown: Floats, taken: Floats, method: str, clip: float
) -> dict[str, float]:
    """Return the figure by each estimator from the weight shown and accepted of each cell."""
    seen = _examination(cells, shown, taken, method)
    at, target = seen.at(cells.place), _target(seen, cells.wanted)
    ratio = np.minimum(_ratio(cells, seen, shown), clip)
    convinces = _attraction(cells, at, shown, taken)
    n, c = shown * cells.inside, taken * cells.inside
    total, ips = float(n.sum()), float(ratio @ c)
    correction = float(ratio @ (c - n * at * convinces))
    return {
        NAIVE: float(c.sum()) / total,
        IPS: ips / total,
        SNIPS: ips / total * float(n @ target) / float(n @ (ratio * at)),
        DR: (float(n @ (target * convinces)) + correction) / total,
    }


def _bins(predicted: Floats) -> Ints:
    edges = np.unique(np.quantile(predicted, np.arange(1, N_BINS) / N_BINS))
    found: Ints = np.searchsorted(edges, predicted).astype(np.int64)
    return found


def _attraction(cells: _Cells, at: Floats, shown: Floats, taken: Floats) -> Floats:
    """Predict how convincing each pair is from pairs of other needs with a like score.

    Needs with an even number predict those with an odd one and the other way round.
    """
    group = cells.half * N_BINS + cells.bin
    accepted = np.bincount(group, taken, 2 * N_BINS)
    looked_at = np.bincount(group, shown * at, 2 * N_BINS)
    share = np.divide(accepted, looked_at, out=np.zeros(2 * N_BINS), where=looked_at > 0)
    found: Floats = share[(1 - cells.half) * N_BINS + cells.bin]
    return found
