"""A need in, a ranked and explained list out: the one place where everything meets.

Hard checks first, apart from the score; then features, the additive model, one capability a
provider, the share of the field, calibration; then reasons, requirement lines, bases and what would
change the result. Pure: the index, the model and the day are arguments.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import UnknownRecord
from matcher.ranking import explain
from matcher.ranking.affinity import NeedAffinity
from matcher.ranking.catalogue_units import evidence_texts
from matcher.ranking.counterfactuals import counterfactuals
from matcher.ranking.engine import CatalogueIndex, LookUp
from matcher.ranking.model import AdditiveModel, field_bits, log_odds_bits, probability
from matcher.ranking.requirements import judge_requirements
from matcher.ranking.results import BaseMatch, Exclusion, HardCheck, Match, MatchList
from matcher.ranking.triple import rank_base_services
from matcher.records import Capability, Need
from matcher.retrieval.constraints import check_capability, failed

REGIME = "catalogue"
MAX_EXCLUSIONS = 50

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Ranking:
    """Scores of one need over all eligible capabilities, before anything is put into words.

    Attributes
    ----------
    look_up : LookUp, rows as its ``matrix``
    bits : float array (n_rows, n_features), contributions
    raw : float array (n_rows,), their sums
    field : float, log2 of the strength of the whole field
    best_rows : int array (n_providers,), the best capability of each provider, best provider first
    """

    look_up: LookUp
    bits: Array
    raw: Array
    field: float
    best_rows: NDArray[np.int64]


class Matcher:
    """Matches needs against one indexed catalogue with one model.

    Parameters
    ----------
    index : CatalogueIndex
    model : AdditiveModel
    """

    def __init__(self, index: CatalogueIndex, model: AdditiveModel) -> None:
        self.index = index
        self.model = model

    def match(self, need: Need, *, today: date, top: int = 5) -> MatchList:
        """Return the best providers for a need, each with its best capability.

        Parameters
        ----------
        need : Need
        today : date
            Against which expiry is checked.
        top : int
            How many providers at most, at least 1.
        """
        clock = _Clock()
        eligible, exclusions = self._hard_checks(need, today)
        clock.lap("constraints")
        ranking = self.rank(need, eligible)
        clock.lap("rank")
        affinity = NeedAffinity(self.index, need, ranking.look_up)
        adequate = self._adequate(affinity, ranking)
        chosen = ranking.best_rows[:top]
        matches = tuple(
            self._explained(need, ranking, int(row), place + 1, affinity, today)
            for place, row in enumerate(chosen)
        )
        clock.lap("explain")
        bases = self._bases(need, affinity, today)
        clock.lap("bases")
        return MatchList(
            model_id=self.model.model_id,
            catalogue_revision=self.index.catalogue.revision,
            need=_need_json(need),
            no_adequate_match=not any(match.adequate for match in matches) or not adequate,
            matches=matches,
            excluded=exclusions[:MAX_EXCLUSIONS],
            bases=bases,
            n_eligible=len(ranking.best_rows),
            timing_ms=clock.times_ms,
        )

    def why_not(self, need: Need, provider_id: str, *, today: date) -> Match | Exclusion | None:
        """Explain a named provider: its match whatever its rank, or why it is excluded.

        Returns None where the provider has no capability at all.

        Raises
        ------
        UnknownRecord
            When no provider has this id.
        """
        if provider_id not in self.index.catalogue.providers:
            raise UnknownRecord("provider", provider_id)
        eligible, exclusions = self._hard_checks(need, today)
        ranking = self.rank(need, eligible)
        affinity = NeedAffinity(self.index, need, ranking.look_up)
        for place, row in enumerate(ranking.best_rows):
            if self._capability(ranking, int(row)).provider_id == provider_id:
                return self._explained(need, ranking, int(row), place + 1, affinity, today)
        return next((e for e in exclusions if e.provider_id == provider_id), None)

    def rank(self, need: Need, eligible: NDArray[np.bool_] | None = None) -> Ranking:
        """Score every eligible capability and choose the best of each provider."""
        look_up = self.index.look_up(need, eligible)
        return self._scored(look_up, look_up.matrix)

    def _scored(self, look_up: LookUp, matrix: Array) -> Ranking:
        bits = self.model.contributions(matrix, REGIME)
        raw = bits.sum(axis=1)
        ids = self.index.evidence.collection.candidate_ids
        order = sorted(range(len(raw)), key=lambda i: (-raw[i], ids[look_up.pool.candidates[i]]))
        best: dict[str, int] = {}
        for row in order:
            provider = self.index.capabilities[look_up.pool.candidates[row]].provider_id
            best.setdefault(provider, row)
        rows = np.array(list(best.values()), dtype=np.int64)
        population = look_up.pool.is_population[rows]
        # The unseen rest of a large catalogue counts as candidates like the sampled ones.
        unseen = max(look_up.pool.n_eligible - len(look_up.pool.candidates), 0)
        strength = field_bits(raw[rows], population, len(rows) + unseen)
        return Ranking(look_up, bits, raw, strength, rows)

    def calibrated(self, ranking: Ranking, raw: float) -> float:
        """Return the calibrated log-odds, in bits, of a candidate with this raw score."""
        share = log_odds_bits(np.array([raw - ranking.field]))
        return float(self.model.calibrated_bits(share, REGIME)[0])

    def _hard_checks(
        self, need: Need, today: date
    ) -> tuple[NDArray[np.bool_] | None, tuple[Exclusion, ...]]:
        """Return who may be ranked, and the reason for everyone who may not."""
        providers = self.index.catalogue.providers
        eligible = np.ones(len(self.index.capabilities), dtype=bool)
        eligible &= ~self.index.retired
        excluded = []
        for i, capability in enumerate(self.index.capabilities):
            if not eligible[i]:
                continue
            provider = providers.get(capability.provider_id)
            broken = failed(check_capability(need, capability, provider, today=today))
            if broken:
                eligible[i] = False
                excluded.append(_exclusion(capability, broken[0]))
        return (None if eligible.all() else eligible), tuple(excluded)

    def _capability(self, ranking: Ranking, row: int) -> Capability:
        return self.index.capabilities[int(ranking.look_up.pool.candidates[row])]

    def _adequate(self, affinity: NeedAffinity, ranking: Ranking) -> bool:
        if not len(ranking.best_rows):
            return False
        return affinity.closest(ranking.best_rows[:5]) >= self.model.adequacy.threshold

    def _explained(
        self,
        need: Need,
        ranking: Ranking,
        row: int,
        place: int,
        affinity: NeedAffinity,
        today: date,
    ) -> Match:
        capability = self._capability(ranking, row)
        catalogue = self.index.catalogue
        provider = catalogue.providers[capability.provider_id]
        total = self.calibrated(ranking, float(ranking.raw[row]))
        entries = explain.contributions(
            ranking.bits[row], ranking.look_up.matrix[row], ranking.field, total
        )
        bits = explain.total_bits(entries)
        texts = evidence_texts(capability, catalogue)
        return Match(
            rank=place,
            provider_id=provider.provider_id,
            provider_name=provider.name,
            provider_name_en=provider.name_en,
            capability_id=capability.capability_id,
            probability=probability(bits),
            bits=bits,
            contributions=entries,
            requirements=judge_requirements(need, texts, affinity.to(texts)),
            evidence=explain.evidence_of(
                capability, catalogue, self.index.evidence, affinity.of_units
            ),
            checks=check_capability(need, capability, provider, today=today),
            bases=self._bases(need, affinity, today, capability),
            counterfactuals=counterfactuals(self, need, ranking, row),
            adequate=affinity.closest(np.array([row])) >= self.model.adequacy.threshold,
        )

    def _bases(
        self,
        need: Need,
        affinity: NeedAffinity,
        today: date,
        capability: Capability | None = None,
    ) -> tuple[BaseMatch, ...]:
        catalogue = self.index.catalogue
        provider = catalogue.providers.get(capability.provider_id) if capability else None
        return rank_base_services(
            need,
            tuple(catalogue.pilot_bases.values()),
            capability=capability,
            provider=provider,
            affinity=affinity.to_need,
            today=today,
        )

    def rescored(self, ranking: Ranking, row: int, values: dict[int, float]) -> tuple[float, int]:
        """Return (bits, rank) of a candidate if some of its features had other values."""
        matrix = ranking.look_up.matrix.copy()
        for column, value in values.items():
            matrix[row, column] = value
        changed = self._scored(ranking.look_up, matrix)
        provider = self._capability(ranking, row).provider_id
        for place, other in enumerate(changed.best_rows):
            if self._capability(changed, int(other)).provider_id == provider:
                return self.calibrated(changed, float(changed.raw[other])), place + 1
        return self.calibrated(changed, float(changed.raw[row])), len(changed.best_rows)


def _exclusion(capability: Capability, check: HardCheck) -> Exclusion:
    return Exclusion(
        provider_id=capability.provider_id,
        capability_id=capability.capability_id,
        reason_code=check.reason_code,
        reason_zh=check.reason_zh,
        reason_en=check.reason_en,
    )


def _need_json(need: Need) -> dict[str, Any]:
    return {k: v for k, v in asdict(need).items() if v not in ("", (), None, False)}


class _Clock:
    """Laps in milliseconds, for the timing that every answer carries."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self.times_ms: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.times_ms[name] = round((now - self._last) * 1000, 3)
        self._last = now
