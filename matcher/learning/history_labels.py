"""What history teaches about each shown pair: a grade of the fit, or of something else.

3 contracted or a pilot passed, 2 both sides accepted, 1 one side did, 0 declined because it does
not fit. A refusal for budget, timing or capacity speaks about that and leaves the fit ungraded; so
does a pair that nobody answered, for silence is mostly that nobody looked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.learning.history import SEPARATOR, Array, HistoryLog, Table

NO_GRADE = -1
CONTRACTED, MUTUAL, ONE_SIDE, NO_FIT = 3, 2, 1, 0
OUTCOMES_OF_GRADE_3 = ("contracted", "pilot_passed", "off_platform")
# vocabulary decline_reason: those that say that need and capability do not fit ...
REASONS_OF_FIT = ("capability", "data", "deployment", "certificate", "region")
# ... and those that are about something that has a feature of its own.
REASONS_OF_FEATURES: Mapping[str, str] = {
    "budget": "over_budget",
    "timing": "late_start",
    "no_capacity": "free_slots",
}


@dataclass(frozen=True)
class Labels:
    """One value a pair.

    Attributes
    ----------
    grade : int array, 0-3, or ``NO_GRADE`` where history says nothing about the fit
    about : feature → bool array, True where a refusal names that feature
    """

    grade: NDArray[np.int64]
    about: dict[str, NDArray[np.bool_]]

    @property
    def is_graded(self) -> NDArray[np.bool_]:
        """Whether the fit of each pair is known."""
        known: NDArray[np.bool_] = self.grade != NO_GRADE
        return known


def label_pairs(log: HistoryLog) -> Labels:
    """Return what is known about each pair of a log; cut the log first to what was known when.

    Examples
    --------
    >>> from matcher.learning.history import make_log
    >>> label_pairs(make_log({}, synthetic=False)).grade
    array([], dtype=int64)
    """
    pairs = log.pairs
    sides = (pairs["declines_need"], pairs["declines_provider"])

    def says(*codes: str) -> NDArray[np.bool_]:
        return has_any(sides[0], codes) | has_any(sides[1], codes)

    grade = np.full(log.n("pairs"), NO_GRADE, dtype=np.int64)
    grade[says(*REASONS_OF_FIT)] = NO_FIT
    grade[~np.isnat(pairs["need_accepted_at"]) | ~np.isnat(pairs["provider_accepted_at"])] = (
        ONE_SIDE
    )
    grade[~np.isnat(pairs["mutual_at"])] = MUTUAL
    grade[is_success(pairs)] = CONTRACTED
    about = {feature: says(reason) for reason, feature in REASONS_OF_FEATURES.items()}
    return Labels(grade, about)


def is_success(pairs: Table) -> NDArray[np.bool_]:
    """Return for each pair whether it was contracted or its pilot passed."""
    ended_well: NDArray[np.bool_] = np.isin(pairs["outcome"], OUTCOMES_OF_GRADE_3)
    found: NDArray[np.bool_] = ended_well | ~np.isnat(pairs["contracted_at"])
    return found


def has_any(joined: Array, codes: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return for each joined text whether it holds one of some codes.

    Examples
    --------
    >>> has_any(np.array(["budget|data", "no_capacity", ""]), ("data", "capacity"))
    array([ True, False, False])
    """
    found = np.zeros(len(joined), dtype=bool)
    said = np.flatnonzero(joined != "")
    if len(said):
        texts, where = np.unique(joined[said], return_inverse=True)
        wanted = set(codes)
        holds = [bool(wanted & set(str(text).split(SEPARATOR))) for text in texts]
        found[said] = np.array(holds)[where]
    return found
