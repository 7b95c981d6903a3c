"""What property tests have in common: the needs asked, and the catalogue with something changed.

Changes go through the same door as a registration does, so that a property is tested on the engine
as it runs, and no test has to index the whole catalogue anew.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.learning.cases import evidence_cases, need_of_case
from matcher.ranking.matching import Matcher, Ranking
from matcher.ranking.update import extended
from matcher.records import Capability, Case, Catalogue, Need, Provider


class MemoryCache:
    """Keeps sentence vectors for as long as a report runs."""

    def __init__(self) -> None:
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def get_many(self, digests: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the vectors that are there, by digest."""
        return {d: self._vectors[d] for d in digests if d in self._vectors}

    def put_many(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Keep vectors by digest."""
        self._vectors.update(vectors)


@dataclass(frozen=True)
class CaseNeed:
    """The need that a real case answered."""

    case: Case
    need: Need


class Trials:
    """A matcher, the needs to ask it, and how it ranks them as things stand.

    Parameters
    ----------
    matcher : Matcher
    asked : Catalogue
        Whose cases give the needs.
    today : date
    off_topic : sequence of Need
        Synthetic needs outside the catalogue.
    """

    def __init__(
        self, matcher: Matcher, asked: Catalogue, today: date, off_topic: Sequence[Need]
    ) -> None:
        self.matcher = matcher
        self.asked = asked
        self.today = today
        self.off_topic = tuple(off_topic)
        parts = matcher.index.parts
        self.parts = replace(parts, cache=parts.cache or MemoryCache())

    @property
    def catalogue(self) -> Catalogue:
        """The records as they stand."""
        return self.matcher.index.catalogue

    @cached_property
    def cases(self) -> tuple[CaseNeed, ...]:
        """Every case that is evidence of a match, with its need."""
        found = ((case, need_of_case(case, self.asked)) for case in evidence_cases(self.asked))
        return tuple(CaseNeed(case, need) for case, need in found if need is not None)

    def some_cases(self, n: int) -> tuple[CaseNeed, ...]:
        """Return at most n cases, spread evenly over all of them."""
        step = max(1, -(-len(self.cases) // n))
        return self.cases[::step]

    @cached_property
    def rankings(self) -> dict[str, Ranking]:
        """How each need is ranked as things stand, by need id."""
        return {one.need.need_id: ranked(self.matcher, one.need) for one in self.cases}

    def changed(
        self,
        *,
        capabilities: Sequence[Capability] = (),
        providers: Sequence[Provider] = (),
        cases: Sequence[Case] = (),
        affected: Collection[str] = (),
    ) -> Matcher:
        """Return a matcher of the catalogue with these records added or replaced.

        Parameters
        ----------
        affected : collection of str
            Capabilities whose texts change because of a provider or case; those given are always.
        """
        old = self.catalogue
        catalogue = replace(
            old,
            capabilities={**old.capabilities, **{c.capability_id: c for c in capabilities}},
            providers={**old.providers, **{p.provider_id: p for p in providers}},
            cases={**old.cases, **{c.case_id: c for c in cases}},
        )
        touched = {*affected, *(c.capability_id for c in capabilities)}
        index = extended(self.matcher.index, catalogue, touched, self.parts)
        return Matcher(index, self.matcher.model)

    def offered_by(self, providers: Collection[str]) -> set[str]:
        """Return the capabilities of some providers."""
        offered = self.catalogue.capabilities.items()
        return {i for i, capability in offered if capability.provider_id in providers}


def ranked(matcher: Matcher, need: Need) -> Ranking:
    """Rank all capabilities that were not replaced, whatever constraints say."""
    return matcher.rank(need, ~matcher.index.retired)


def capability_at(matcher: Matcher, ranking: Ranking, place: int) -> Capability:
    """Return the best capability of the provider at a place, 0 for the first."""
    row = int(ranking.best_rows[place])
    return matcher.index.capabilities[int(ranking.look_up.pool.candidates[row])]


def provider_order(matcher: Matcher, ranking: Ranking) -> list[str]:
    """Return all providers, the best first."""
    n = len(ranking.best_rows)
    return [capability_at(matcher, ranking, place).provider_id for place in range(n)]


def provider_scores(matcher: Matcher, ranking: Ranking) -> dict[str, float]:
    """Return the raw score of each provider's best capability, in bits."""
    raw = ranking.raw[ranking.best_rows].tolist()
    return dict(zip(provider_order(matcher, ranking), raw, strict=True))


def capability_scores(matcher: Matcher, ranking: Ranking) -> dict[str, float]:
    """Return the raw score of each capability, in bits."""
    capabilities = (matcher.index.capabilities[int(i)] for i in ranking.look_up.pool.candidates)
    return dict(zip((c.capability_id for c in capabilities), ranking.raw.tolist(), strict=True))


def standing(matcher: Matcher, ranking: Ranking, provider_id: str) -> tuple[float, int]:
    """Return the calibrated score in bits of a provider, and its place (0 for the first)."""
    place = provider_order(matcher, ranking).index(provider_id)
    row = int(ranking.best_rows[place])
    return matcher.calibrated(ranking, float(ranking.raw[row])), place
