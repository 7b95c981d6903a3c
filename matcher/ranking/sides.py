"""What each side will say: the tables of a model that turn its log-odds into two probabilities.

The tables are fitted on real answers by ``matcher.learning.two_sided`` and stored with the model's
calibration. Reading them is here, because whoever serves a match must not load what learns.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matcher.ranking.model import AdditiveModel, probability

SIDES = ("need", "provider", "joint")
PREFIX = "side:"
MIN_ANSWERS = 200  # of a side, from which on it has a table


class SideProbabilities(NamedTuple):
    """How likely the enterprise, the provider and both accept; None: not enough answers yet."""

    need: float | None
    provider: float | None
    joint: float | None

    @property
    def is_known(self) -> bool:
        """Whether there is any of them."""
        return any(one is not None for one in self)


def side_probabilities(model: AdditiveModel, bits: float) -> SideProbabilities:
    """Return each side's probability for a pair with these calibrated log-odds.

    Each table is fitted apart from the others, so the joint one is held below both sides: both
    cannot accept more often than either does.
    """
    tables = {side: model.calibration.get(f"{PREFIX}{side}") for side in SIDES}
    found = {
        side: None if table is None else probability(float(table(np.array([bits]))[0]))
        for side, table in tables.items()
    }
    if found["joint"] is not None:
        found["joint"] = min(one for one in found.values() if one is not None)
    return SideProbabilities(**found)
