"""What one capability would do if it stood in the catalogue: its place for a need, tried and told.

The catalogue's index is extended by the capability beside itself, as after a real change; nothing
is stored, and nobody else's score moves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from matcher.ranking.affinity import NeedAffinity
from matcher.ranking.counterfactuals import counterfactuals
from matcher.ranking.eligibility import check_index
from matcher.ranking.matching import Matcher
from matcher.ranking.model import probability
from matcher.ranking.results import Counterfactual, HardCheck
from matcher.ranking.update import extended
from matcher.records import Capability, Need, Provider
from matcher.retrieval.constraints import check_capability, failed


@dataclass(frozen=True, slots=True)
class Trial:
    """How a capability would fare with one need.

    ``failed`` are the hard checks that keep it out; the other figures then say how it would stand
    without them.
    """

    need: Need
    probability: float = 0.0
    rank: int = 0  # among providers, from 1; 0 where it is not ranked
    n_ranked: int = 0
    adequate: bool = False
    failed: tuple[HardCheck, ...] = ()
    raises: tuple[Counterfactual, ...] = ()


class TrialMatcher:
    """A matcher with one capability more than the catalogue has, or with another version of it.

    Parameters
    ----------
    matcher : Matcher
        Not changed.
    capability : Capability
    provider : Provider
        Whose it is; also one that the catalogue does not have yet.
    """

    def __init__(self, matcher: Matcher, capability: Capability, provider: Provider) -> None:
        own = matcher.index
        catalogue = replace(
            own.catalogue,
            capabilities={**own.catalogue.capabilities, capability.capability_id: capability},
            providers={**own.catalogue.providers, provider.provider_id: provider},
        )
        index = extended(own, catalogue, {capability.capability_id}, own.parts)
        self.capability, self.provider = capability, provider
        self._matcher = Matcher(index, matcher.model)
        self._position = index.evidence.collection.index_of[capability.capability_id]

    def fare(self, need: Need, *, today: date, with_raises: bool = False) -> Trial:
        """Return how the capability fares with a need.

        Parameters
        ----------
        today : date
            Against which expiry is checked.
        with_raises : bool
            Try by rescoring what would raise it, too.
        """
        matcher, index = self._matcher, self._matcher.index
        eligible = check_index(index, need, today=today).eligible
        apart = failed(check_capability(need, self.capability, self.provider, today=today))
        if not eligible[self._position]:
            eligible = eligible.copy()
            eligible[self._position] = True
        ranking = matcher.rank(need, eligible, today=today)
        rows = np.flatnonzero(ranking.look_up.pool.candidates == self._position)
        if not len(rows):  # too far to be looked at among many
            return Trial(need, n_ranked=len(ranking.best_rows), failed=tuple(apart))
        row = int(rows[0])
        others = ranking.best_rows[ranking.providers[ranking.best_rows] != ranking.providers[row]]
        affinity = NeedAffinity(index, ranking.look_up)
        return Trial(
            need,
            probability=probability(matcher.calibrated(ranking, float(ranking.raw[row]))),
            rank=int((ranking.raw[others] > ranking.raw[row]).sum()) + 1,
            n_ranked=len(others) + 1,
            adequate=affinity.closest(rows) >= matcher.model.adequacy.threshold,
            failed=tuple(apart),
            raises=counterfactuals(matcher, need, ranking, row) if with_raises else (),
        )

    def fares(self, needs: list[Need], *, today: date) -> Iterator[Trial]:
        """Yield how it fares with each need, in their order."""
        for need in needs:
            yield self.fare(need, today=today)
