"""Which pairs reviewers are asked to grade: where a grade teaches most, and a share by chance.

A stated share of the sample goes to pairs on which two models disagree, one to pairs whose score is
least sure, and the rest is spread evenly over slices, so that no kind of need stays without grades.
Within each part a pair's chance is proportional to what it would teach (its strength), and that
chance is kept with it. The same seed draws the same sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

DISAGREEMENT, UNSURE, SLICE = "disagreement", "unsure", "slice"

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Drawable:
    """A pair that could be graded.

    Attributes
    ----------
    disagreement : how far two models' ranks lie apart, 0 or more
    unsure : width of the interval of its score, 0 or more
    slice_name : such as an industry section and a language
    """

    need_id: str
    capability_id: str
    disagreement: float
    unsure: float
    slice_name: str


@dataclass(frozen=True)
class SamplingPlan:
    """What is drawn: how many pairs, for which reasons, and how many are graded twice."""

    size: int = 30
    disagreement_share: float = 0.4
    unsure_share: float = 0.3
    second_share: float = 0.2

    def as_json(self) -> dict[str, Any]:
        """Return the plan as a plain record; what is left goes by slice."""
        rest = 1.0 - self.disagreement_share - self.unsure_share
        return {**asdict(self), "slice_share": round(rest, 6)}


@dataclass(frozen=True)
class Drawn:
    """One pair of a sample: why it was drawn, with what chance, and how many grades it wants."""

    pair: Drawable
    drawn_for: str
    chance: float
    n_wanted: int


def draw_sample(pairs: Sequence[Drawable], plan: SamplingPlan, seed: int) -> list[Drawn]:
    """Draw a sample by a plan, in an order that tells nothing of ranks.

    Parameters
    ----------
    pairs : sequence of Drawable
        Fewer than the plan asks for are all drawn.
    seed : int
    """
    random = np.random.default_rng(seed)
    left = list(range(len(pairs)))
    found: list[tuple[int, str, float]] = []
    for reason, n in _parts(plan):
        strength = _strength([pairs[i] for i in left], reason)
        rows, chances = _drawn_by_strength(strength, n, random)
        found += [(left[row], reason, chance) for row, chance in zip(rows, chances, strict=True)]
        taken = {left[row] for row in rows}
        left = [i for i in left if i not in taken]
    order = random.permutation(len(found))
    n_second = round(plan.second_share * len(found))
    return [
        Drawn(pairs[found[k][0]], found[k][1], found[k][2], 2 if place < n_second else 1)
        for place, k in enumerate(order)
    ]


def _parts(plan: SamplingPlan) -> list[tuple[str, int]]:
    n_apart = round(plan.size * plan.disagreement_share)
    n_unsure = round(plan.size * plan.unsure_share)
    n_slices = max(0, plan.size - n_apart - n_unsure)
    return [(DISAGREEMENT, n_apart), (UNSURE, n_unsure), (SLICE, n_slices)]


def _strength(pairs: Sequence[Drawable], reason: str) -> Array:
    """Return what each pair's chance is proportional to; a trace for all, so none is left out."""
    if reason == SLICE:
        size: dict[str, int] = {}
        for pair in pairs:
            size[pair.slice_name] = size.get(pair.slice_name, 0) + 1
        return np.array([1.0 / size[pair.slice_name] for pair in pairs])
    values = np.array([p.disagreement if reason == DISAGREEMENT else p.unsure for p in pairs])
    return values + 0.01 * (float(values.mean()) if len(values) else 0.0) + 1e-9


def _drawn_by_strength(
    strength: Array, n: int, random: np.random.Generator
) -> tuple[list[int], list[float]]:
    """Draw n rows with chances proportional to strength (systematic sampling), and say them.

    Source
    ------
    Madow 1949, Annals of Mathematical Statistics 20:333-354.
    """
    if n >= len(strength):
        return list(range(len(strength))), [1.0] * len(strength)
    if n <= 0:
        return [], []
    chance = _capped(strength, n)
    order = random.permutation(len(strength))
    ends = np.cumsum(chance[order])
    marks = np.arange(n) + random.random()
    picked = order[np.searchsorted(ends, np.minimum(marks, ends[-1] - 1e-12), side="right")]
    rows = sorted(set(picked.tolist()))
    return rows, [float(chance[row]) for row in rows]


def _capped(strength: Array, n: int) -> Array:
    """Return chances that sum to n, none above 1."""
    chance = np.zeros(len(strength))
    free = np.ones(len(strength), dtype=bool)
    while True:
        left = n - (~free).sum()
        chance[free] = strength[free] * left / strength[free].sum()
        above = free & (chance > 1.0)
        if not above.any():
            return np.minimum(chance, 1.0)
        chance[above], free = 1.0, free & ~above
