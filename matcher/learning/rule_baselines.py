"""Baselines over catalogue records: shared tags, and a fixed-weight rule of six factors.

A candidate is one capability or all those of a provider; its best capability speaks for it. The
six-factor rule is what matching platforms publish about themselves; no weight in it was learned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from matcher.learning.baseline_query import Baseline, BaselineQuery, Scores
from matcher.records import Capability, Case, Need, Provider
from matcher.vocabulary import NATIONWIDE, province_of

SIX_WEIGHTS = {
    "industry": 25.0,
    "semantic": 30.0,
    "track_record": 20.0,
    "budget": 10.0,
    "place": 5.0,
    "credit": 10.0,
}
UNKNOWN = 0.5  # the middle: what is not stated neither helps nor hurts
FULL_TRACK_RECORD = 5  # cases
FULL_CREDIT = 100.0
SAME_SECTION = 0.5
SAME_PROVINCE = 0.5
DIVISION_LENGTH = 3  # a section's letter and two digits, such as C26

Candidates = Sequence[Sequence[Capability]]


def _need_of(query: BaselineQuery) -> Need:
    if query.need is None:
        raise ValueError(f"{query.query_id} has no need record, which this baseline compares")
    return query.need


def _visible(own: Sequence[Capability], query: BaselineQuery) -> list[Capability]:
    """Return the capabilities that were not written from a case that must not be seen."""
    return [c for c in own if query.hidden_case_ids.isdisjoint(c.derived_from_case_ids)]


class TagOverlap:
    """Tags that need and capability share, as a share of all that either has.

    Tags are industry divisions, process steps, AI tasks and kinds of data.

    Parameters
    ----------
    candidates : sequence of sequence of Capability
        The capabilities of each candidate, in the order of the scores.

    Source
    ------
    Jaccard 1901, Bulletin de la Société vaudoise des sciences naturelles 37:547-579.
    """

    name = "tag_overlap"

    def __init__(self, candidates: Candidates) -> None:
        self.candidates = candidates
        self._tags = {c.capability_id: _tags(c) for own in candidates for c in own}

    def score(self, query: BaselineQuery) -> Scores:
        """Return the best overlap of each candidate, in [0, 1]."""
        wanted = _tags(_need_of(query))
        best = [
            max((self._overlap(wanted, c) for c in _visible(own, query)), default=0.0)
            for own in self.candidates
        ]
        return np.array(best, dtype=np.float32)

    def _overlap(self, wanted: frozenset[str], capability: Capability) -> float:
        offered = self._tags[capability.capability_id]
        either = wanted | offered
        return len(wanted & offered) / len(either) if either else 0.0


def _tags(record: Need | Capability) -> frozenset[str]:
    kinds = {
        "industry": _cut(record.industries, DIVISION_LENGTH),
        "process_step": record.process_steps,
        "ai_task": record.ai_tasks,
        "data_modality": record.data_modalities,
    }
    return frozenset(f"{kind}:{code}" for kind, codes in kinds.items() for code in codes)


class SixFactorRule:
    """Fixed weights: industry 25, semantic 30, track record 20, budget 10, place 5, credit 10.

    Parameters
    ----------
    candidates : sequence of sequence of Capability
        The capabilities of each candidate, in the order of the scores.
    semantic : Baseline
        Similarity of texts for the same candidates. Cosines count as they are, below 0 as 0; scores
        above 1, such as those of ``Bm25``, are divided by the best of the query.
    providers : mapping of id to Provider
        Where they are.
    cases : mapping of id to Case
        The track record: those that are evidence of a match between two parties count.
    credit : mapping of provider id to rating from 0 to 100, optional
        Providers without a rating get the middle.
    """

    name = "six_factor_rule"

    def __init__(
        self,
        candidates: Candidates,
        semantic: Baseline,
        providers: Mapping[str, Provider],
        cases: Mapping[str, Case],
        credit: Mapping[str, float] | None = None,
    ) -> None:
        self.candidates = candidates
        self.semantic = semantic
        self.providers = providers
        self.cases = cases
        self.credit = credit or {}

    def score(self, query: BaselineQuery) -> Scores:
        """Return points from 0 to 100 for the best capability of each candidate."""
        need = _need_of(query)
        closeness = np.clip(self.semantic.score(query), 0.0, None)
        closeness = closeness / closeness.max(initial=1.0)
        if len(closeness) != len(self.candidates):
            raise ValueError(
                f"semantic scores {len(closeness)} candidates, expected {len(self.candidates)}"
            )
        n_cases = Counter(
            case.provider_id
            for case in self.cases.values()
            if not case.weak and case.case_id not in query.hidden_case_ids
        )
        points = np.zeros(len(self.candidates), dtype=np.float32)
        for i, own in enumerate(self.candidates):
            for capability in _visible(own, query):
                factors = six_factors(need, capability, self.providers.get(capability.provider_id))
                factors["semantic"] = float(closeness[i])
                factors["track_record"] = _track_record(n_cases[capability.provider_id])
                factors["credit"] = self._credit(capability.provider_id)
                total = sum(SIX_WEIGHTS[name] * value for name, value in factors.items())
                points[i] = max(points[i], total)
        return points

    def _credit(self, provider_id: str) -> float:
        rating = self.credit.get(provider_id)
        return UNKNOWN if rating is None else min(max(rating / FULL_CREDIT, 0.0), 1.0)


def _track_record(n_cases: int) -> float:
    return min(n_cases, FULL_TRACK_RECORD) / FULL_TRACK_RECORD


def six_factors(need: Need, capability: Capability, provider: Provider | None) -> dict[str, float]:
    """Return the factors that the two records decide: industry, budget and place, in [0, 1].

    Examples
    --------
    >>> need = Need("N1", "质检", industries=("C26",), budget_max_cny=500_000, region="310000")
    >>> six_factors(need, Capability("K1", "P1", "表面检测", industries=("C31",)), None)
    {'industry': 0.5, 'budget': 0.5, 'place': 0.5}
    """
    return {
        "industry": _industry(need, capability),
        "budget": _budget(need, capability),
        "place": _place(need, capability, provider),
    }


def _industry(need: Need, capability: Capability) -> float:
    """Return 1 where both name one division, half where they only share the section."""
    if _cut(need.industries, DIVISION_LENGTH) & _cut(capability.industries, DIVISION_LENGTH):
        return 1.0
    return SAME_SECTION if _cut(need.industries, 1) & _cut(capability.industries, 1) else 0.0


def _cut(codes: Sequence[str], length: int) -> set[str]:
    return {code[:length] for code in codes}


def _budget(need: Need, capability: Capability) -> float:
    """Return 1 within the budget, falling to 0 at twice the budget."""
    price, budget = capability.price_min_cny, need.budget_max_cny
    if price is None or not budget:
        return UNKNOWN
    return min(max(2.0 - price / budget, 0.0), 1.0)


def _place(need: Need, capability: Capability, provider: Provider | None) -> float:
    """Return 1 where the need's place is served or the provider's own, half in the province."""
    home = provider.region if provider else ""
    places = [*capability.service_regions, *([home] if home else [])]
    if not need.region or not places:
        return UNKNOWN
    province = province_of(need.region)
    if {NATIONWIDE, need.region, province} & {*capability.service_regions} or home == need.region:
        return 1.0
    return SAME_PROVINCE if province in map(province_of, places) else 0.0
