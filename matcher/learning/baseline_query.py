"""What a baseline is asked, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.records import Need

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class BaselineQuery:
    """One query, with what it must not see.

    Attributes
    ----------
    query_id : str
    title, text : str
    vector : float32 array (n_dimensions,) or None
        Sentence vector of length one, for those who compare meaning.
    hidden : bool array (n_units,) or None
        Units that must not be seen: evidence from after the need, the tested case.
    need : Need or None
        The catalogue record, for those who compare tags, prices and places.
    hidden_case_ids : frozenset of str
        Cases that must not be seen, and with them the capabilities written from them.
    """

    query_id: str
    title: str
    text: str
    vector: NDArray[np.float32] | None = None
    hidden: NDArray[np.bool_] | None = None
    need: Need | None = None
    hidden_case_ids: frozenset[str] = frozenset()


class Baseline(Protocol):
    """Scores every candidate of the collection that it was built for."""

    @property
    def name(self) -> str:
        """Name in tables of results."""
        ...

    def score(self, query: BaselineQuery) -> Scores:
        """Return float32 scores (n_candidates,); higher is better, finite."""
        ...
