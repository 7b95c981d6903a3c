"""Do two reviewers mean the same by a grade? Weighted kappa with its interval.

Disagreement counts by the square of its distance, so that 0 against 3 is nine times 0 against 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matcher.errors import NotEnoughJudgements

N_GRADES = 4
MIN_PAIRS = 10
N_RESAMPLES = 2_000


@dataclass(frozen=True, slots=True)
class Agreement:
    """Weighted kappa over n doubly graded pairs, with its 95 % bootstrap interval."""

    n: int
    kappa: float
    low: float
    high: float
    same_share: float


def weighted_kappa(first: ArrayLike, second: ArrayLike) -> float:
    """Return the quadratically weighted kappa of two graders on the same pairs.

    Returns
    -------
    float
        1 for full agreement, 0 for what chance would give; 1 where neither grader ever varies and
        both say the same.

    Source
    ------
    Cohen 1968, Psychological Bulletin 70:213-220, doi:10.1037/h0026256.

    Examples
    --------
    >>> weighted_kappa([0, 1, 2, 3], [0, 1, 2, 3]), weighted_kappa([0, 3], [3, 0])
    (1.0, -1.0)
    """
    a, b = _grades(first), _grades(second)
    if a.shape != b.shape:
        raise ValueError(f"{len(a)} grades against {len(b)}, expected the same pairs")
    observed = float(((a - b) ** 2).mean())
    by_chance = float(((a[:, None] - b[None, :]) ** 2).mean())
    return 1.0 - observed / by_chance if by_chance else 1.0


def _grades(values: ArrayLike) -> NDArray[np.float64]:
    grades = np.asarray(values, dtype=np.float64).ravel()
    if not len(grades) or not np.isin(grades, range(N_GRADES)).all():
        raise ValueError(f"grades must be whole numbers 0 to {N_GRADES - 1}, got {grades.tolist()}")
    return grades


def agreement(first: ArrayLike, second: ArrayLike, *, seed: int = 0) -> Agreement:
    """Return how far two graders agree; pairs are what is resampled.

    Raises
    ------
    NotEnoughJudgements
        Fewer than ten pairs have two grades.
    """
    n = np.size(np.asarray(first))
    if n < MIN_PAIRS:
        raise NotEnoughJudgements(n, MIN_PAIRS, "pairs with two grades")
    a, b = _grades(first), _grades(second)
    random = np.random.default_rng(seed)
    drawn = random.integers(0, len(a), size=(N_RESAMPLES, len(a)))
    kappas = [weighted_kappa(a[rows], b[rows]) for rows in drawn]
    low, high = (float(v) for v in np.quantile(kappas, (0.025, 0.975)))
    return Agreement(len(a), weighted_kappa(a, b), low, high, float((a == b).mean()))


def doubly_graded(
    grades: Iterable[tuple[str, str, str, int]],
) -> tuple[list[int], list[int]]:
    """Return the first and the second grade of each pair that two people graded.

    Parameters
    ----------
    grades : iterable of (need id, capability id, reviewer, grade), the first one first
    """
    by_pair: dict[tuple[str, str], dict[str, int]] = {}
    for need, capability, reviewer, grade in grades:
        by_pair.setdefault((need, capability), {})[reviewer] = grade
    both: list[Mapping[str, int]] = [given for given in by_pair.values() if len(given) > 1]
    pairs = [list(given.values())[:2] for given in both]
    return [p[0] for p in pairs], [p[1] for p in pairs]
