"""What a feature is, and how unit scores become candidate scores.

A feature says in which direction it may move a score, whether outcomes can teach it yet, and what
it means in one plain sentence in both languages. Families compute columns; they do not import one
another.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.retrieval.collection import UNKNOWN_YEAR, Collection

TOP_UNITS = 8
# Weight of the k-th best unit of a candidate: k ** -1.5. Slower decay rewards whoever has most
# evidence: on SBIR topics recall@100 of BM25 alone was .66 without decay, .69 with -1, .71 so.
DECAY = np.arange(1.0, TOP_UNITS + 1.0) ** -1.5
UNKNOWN_AGE_YEARS = 3.0
WIDE = 32  # units of a candidate up to which sorting padded rows is the faster way

Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Feature:
    """One column of the feature matrix.

    ``direction`` is +1 when more can only help and -1 when more can only hurt. ``is_prior`` marks a
    feature whose weight is declared, not learned. ``is_relative`` ones are standardised over the
    eligible candidates of a query. ``up_*`` and ``down_*`` are the sentences shown when the feature
    speaks for or against a candidate.
    """

    name: str
    summary: str
    summary_zh: str
    label_zh: str
    label_en: str
    up_zh: str
    up_en: str
    down_zh: str
    down_en: str
    direction: int = 1
    is_prior: bool = False
    is_relative: bool = True


@dataclass(frozen=True)
class UnitView:
    """The units of some candidates, with a mask of those that may be seen.

    Attributes
    ----------
    units : int array, indices of the units that may be seen
    owner : int array, position of each unit's candidate among those looked at, ascending
    n_candidates : int
    ages : float array, years between the unit and the need, at least 0
    """

    units: NDArray[np.int64]
    owner: NDArray[np.int64]
    n_candidates: int
    ages: Column

    def top(self, scores: NDArray[np.floating]) -> Column:
        """Return the best unit scores of each candidate, descending (n_candidates, 8)."""
        if self.n_widest <= WIDE:
            padded = np.zeros((self.n_candidates, max(self.n_widest, TOP_UNITS)))
            padded[self.owner, self.place] = scores
            padded.sort(axis=1)
            return padded[:, ::-1][:, :TOP_UNITS]
        order = np.lexsort((-scores, self.owner))
        owner, rank = self.owner[order], self.place
        kept = rank < TOP_UNITS
        best = np.zeros((self.n_candidates, TOP_UNITS))
        best[owner[kept], rank[kept]] = scores[order][kept]
        return best

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """Where the units of each candidate begin that has any; owners ascend."""
        return np.flatnonzero(np.diff(self.owner, prepend=-1))

    @cached_property
    def place(self) -> NDArray[np.int64]:
        """The place of each unit among those of its candidate, from 0."""
        first = np.searchsorted(self.owner, np.arange(self.n_candidates))
        return np.arange(len(self.owner)) - first[self.owner]

    @cached_property
    def n_widest(self) -> int:
        """The most units that a candidate has."""
        return int(self.place.max(initial=-1)) + 1

    def best(self, scores: NDArray[np.floating]) -> Column:
        """Return the best unit score of each candidate, 0 where it has no unit."""
        result = np.zeros(self.n_candidates)
        if len(self.owner):
            result[self.owner[self.starts]] = np.maximum.reduceat(scores, self.starts)
        return result

    def decayed_sum(self, scores: NDArray[np.floating]) -> Column:
        """Return the sum of the best eight unit scores with falling weights."""
        result: Column = self.top(scores) @ DECAY
        return result

    def freshness(self, time_constant_years: float) -> Column:
        """Return exp(-age / time constant) of each unit."""
        result: Column = np.exp(-self.ages / time_constant_years)
        return result


def view_units(
    collection: Collection,
    candidates: NDArray[np.int64],
    year: int,
    hidden: NDArray[np.bool_] | None = None,
) -> UnitView:
    """Look at the units of some candidates as of a year.

    Parameters
    ----------
    candidates : int array
        Candidate indices, ascending.
    year : int
        The year of the need; 0 where unknown: all ages then count as unknown.
    hidden : bool array (n_units,), optional
        Units that must not be seen (evidence from after the need, the tested case).
    """
    position = np.full(collection.n_candidates, -1, dtype=np.int64)
    position[candidates] = np.arange(len(candidates))
    owner = position[collection.candidate_of]
    seen = owner >= 0
    if hidden is not None:
        seen &= ~hidden
    units = np.flatnonzero(seen)
    years = collection.years[units]
    known = (years != UNKNOWN_YEAR) & (year > 0)
    ages = np.where(known, np.maximum(year - years, 0), UNKNOWN_AGE_YEARS).astype(np.float64)
    return UnitView(units=units, owner=owner[units], n_candidates=len(candidates), ages=ages)
