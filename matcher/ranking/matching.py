"""A need in, a ranked and explained list out: the one place where everything meets.

Hard checks first, apart from the score; then features, the additive model, one capability a
provider, the share of the field, calibration; then reasons, requirement lines, bases and what would
change the result. Pure: the index, the model and the day are arguments.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import UnknownRecord
from matcher.ranking import explain
from matcher.ranking.affinity import NeedAffinity
from matcher.ranking.bases.hosts import Hosts
from matcher.ranking.catalogue_units import evidence_texts
from matcher.ranking.counterfactuals import counterfactuals
from matcher.ranking.eligibility import Eligibility, check_index
from matcher.ranking.engine import CatalogueIndex, LookUp
from matcher.ranking.lines.judging import judge_requirements
from matcher.ranking.lines.stated import stated_by
from matcher.ranking.matrix import Pool
from matcher.ranking.model import AdditiveModel, field_bits, probability
from matcher.ranking.reasons.sentences import Reasons
from matcher.ranking.reasons.text_reasons import LEAST_WORDS
from matcher.ranking.results import Exclusion, Match, MatchList
from matcher.ranking.sides import side_probabilities
from matcher.records import Capability, Need
from matcher.retrieval.constraints import check_capability

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
    providers : int array (n_rows,), which provider each row belongs to
    n_providers : int, how many the whole field has
    """

    look_up: LookUp
    bits: Array
    raw: Array
    field: float
    best_rows: NDArray[np.int64]
    providers: NDArray[np.int32]
    n_providers: int


@dataclass(frozen=True)
class _Answer:
    """What the explanations of one need share."""

    need: Need
    lines: Need  # as the reader has its requirements
    ranking: Ranking
    affinity: NeedAffinity
    hosts: Hosts
    reasons: Reasons
    today: date


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

    def match(
        self, need: Need, *, today: date, top: int = 5, read_as: Need | None = None
    ) -> MatchList:
        """Return the best providers for a need, each with its best capability.

        Parameters
        ----------
        need : Need
        today : date
            Against which expiry is checked.
        top : int
            How many providers at most, at least 1.
        read_as : Need, optional
            The same need as its reader has it, in another language say: its requirements are the
            ones held against the evidence line by line. The order does not depend on it.
        """
        clock = _Clock()
        checked = self._hard_checks(need, today)
        clock.lap("constraints")
        ranking = self.rank(need, checked.mask, today=today)
        clock.lap("rank")
        answer = self._answer(need, ranking, today, read_as)
        adequate = self._adequate(answer.affinity, ranking)
        chosen = ranking.best_rows[:top]
        matches = tuple(
            self._explained(answer, int(row), place + 1) for place, row in enumerate(chosen)
        )
        clock.lap("explain")
        bases = answer.hosts.rank()
        clock.lap("bases")
        return MatchList(
            model_id=self.model.model_id,
            catalogue_revision=self.index.catalogue.revision,
            need=_need_json(need),
            no_adequate_match=not adequate,
            matches=matches,
            excluded=checked.exclusions(MAX_EXCLUSIONS),
            bases=bases,
            n_eligible=ranking.n_providers,
            computed_on=today,
            model_sha256=str(self.model.manifest.get("sha256", "")),
            timing_ms=clock.times_ms,
            n_said_words=answer.reasons.reading.whole.n_words,
            n_judged_words=answer.reasons.reading.n_judged_words,
            least_words=LEAST_WORDS,
        )

    def why_not(
        self, need: Need, provider_id: str, *, today: date, read_as: Need | None = None
    ) -> Match | Exclusion | None:
        """Explain a named provider: its match whatever its rank, or why it is excluded.

        Returns None where the provider has no capability at all. In a large catalogue the rank of
        one that is not on the shortlist counts those before it that were looked at.

        Raises
        ------
        UnknownRecord
            When no provider has this id.
        """
        if provider_id not in self.index.catalogue.providers:
            raise UnknownRecord("provider", provider_id)
        checked = self._hard_checks(need, today)
        group = self.index.columns.groups["provider"]
        own = np.flatnonzero(group.codes == group.code_of.get(provider_id, -1))
        found = self.index.look_up(need, checked.mask, today=today, always=own)
        ranking = self.score(found)
        for place, row in enumerate(ranking.best_rows):
            if self._capability(ranking, int(row)).provider_id == provider_id:
                answer = self._answer(need, ranking, today, read_as)
                return self._explained(answer, int(row), place + 1)
        return checked.exclusion_of(provider_id)

    def rank(
        self,
        need: Need,
        eligible: NDArray[np.bool_] | None = None,
        *,
        today: date | None = None,
    ) -> Ranking:
        """Score every eligible capability and choose the best of each provider."""
        return self.score(self.index.look_up(need, eligible, today=today))

    def score(self, look_up: LookUp) -> Ranking:
        """Weigh what was found out about a need, and choose the best of each provider."""
        bits = self.model.contributions(look_up.matrix, REGIME)
        raw = bits.sum(axis=1)
        candidates, columns = look_up.pool.candidates, self.index.columns
        providers = columns.groups["provider"].codes[candidates]
        order = np.lexsort((columns.id_rank[candidates], -raw))
        _, first = np.unique(providers[order], return_index=True)
        rows = order[np.sort(first)]
        n_providers = self._n_providers(look_up, len(rows))
        field = _field_strength(look_up.pool, raw, rows, n_providers)
        return Ranking(look_up, bits, raw, field, rows, providers, n_providers)

    def _n_providers(self, look_up: LookUp, n_looked_at: int) -> int:
        """Count the providers of the whole field, of which some were looked at."""
        if len(look_up.pool.candidates) == look_up.pool.n_eligible:
            return n_looked_at
        codes = self.index.columns.groups["provider"].codes
        own = codes if look_up.eligible is None else codes[look_up.eligible]
        return int(np.count_nonzero(np.bincount(own)))

    def calibrated(self, ranking: Ranking, raw: float) -> float:
        """Return the calibrated log-odds, in bits, of a candidate with this raw score."""
        return self.model.total_of(raw, ranking.field, REGIME)

    def _hard_checks(self, need: Need, today: date) -> Eligibility:
        return check_index(self.index, need, today=today)

    def _capability(self, ranking: Ranking, row: int) -> Capability:
        return self.index.capabilities[int(ranking.look_up.pool.candidates[row])]

    def _adequate(self, affinity: NeedAffinity, ranking: Ranking) -> bool:
        if not len(ranking.best_rows):
            return False
        return affinity.closest(ranking.best_rows[:5]) >= self.model.adequacy.threshold

    def _answer(self, need: Need, ranking: Ranking, today: date, read_as: Need | None) -> _Answer:
        affinity = NeedAffinity(self.index, ranking.look_up)
        bases = self.index.catalogue.bases_taking_part
        hosts = Hosts(need, bases, affinity.to_need, today)
        reasons = Reasons(self.index, ranking.look_up, need)
        return _Answer(need, read_as or need, ranking, affinity, hosts, reasons, today)

    def _explained(self, answer: _Answer, row: int, place: int) -> Match:
        need, ranking, affinity = answer.need, answer.ranking, answer.affinity
        capability = self._capability(ranking, row)
        catalogue = self.index.catalogue
        provider = catalogue.providers[capability.provider_id]
        total = self.calibrated(ranking, float(ranking.raw[row]))
        own, values = ranking.bits[row], ranking.look_up.matrix[row]
        said = answer.reasons.of(row, own, values)
        entries = explain.contributions(own, values, ranking.field, total, said)
        bits = explain.total_bits(entries)
        sides = side_probabilities(self.model, bits)
        closeness = affinity.closest(np.array([row]))
        texts = evidence_texts(capability, catalogue)
        stated = stated_by(capability, self.index.parts.lexicon)
        return Match(
            rank=place,
            provider_id=provider.provider_id,
            provider_name=provider.name,
            provider_name_en=provider.name_en,
            capability_id=capability.capability_id,
            probability=probability(bits),
            bits=bits,
            contributions=entries,
            requirements=judge_requirements(answer.lines, texts, affinity.to(texts), stated),
            evidence=explain.evidence_of(
                capability, catalogue, self.index.evidence, affinity.of_units
            ),
            checks=check_capability(need, capability, provider, today=answer.today),
            bases=answer.hosts.rank(capability, provider),
            counterfactuals=counterfactuals(self, need, ranking, row),
            adequate=closeness >= self.model.adequacy.threshold,
            features=explain.named_values(ranking.look_up.matrix[row]),
            closeness=closeness,
            probability_need=sides.need,
            probability_provider=sides.provider,
            probability_joint=sides.joint,
        )

    def rescored(self, ranking: Ranking, row: int, values: dict[int, float]) -> tuple[float, int]:
        """Return (bits, rank) of a candidate if some of its features had other values.

        Features are standardised already and values are given as they would then be, so no other
        candidate's score moves; what changes is the provider's best row and the field.
        """
        raw = ranking.raw.copy()
        features = ranking.look_up.matrix[row]
        raw[row] = self.model.changed_bits(ranking.bits[row], features, values, REGIME).sum()
        candidates = ranking.look_up.pool.candidates
        id_rank = self.index.columns.id_rank[candidates]
        provider = ranking.providers[row]
        others = ranking.best_rows[ranking.providers[ranking.best_rows] != provider]
        own = np.flatnonzero(ranking.providers == provider)
        best = own[np.lexsort((id_rank[own], -raw[own]))[0]]
        before = (raw[others] > raw[best]) | (
            (raw[others] == raw[best]) & (id_rank[others] < id_rank[best])
        )
        rows = np.append(others, best)
        field = _field_strength(ranking.look_up.pool, raw, rows, ranking.n_providers)
        changed = replace(ranking, field=field)
        return self.calibrated(changed, float(raw[best])), int(before.sum()) + 1


def _field_strength(pool: Pool, raw: Array, rows: NDArray[np.int64], n_providers: int) -> float:
    """Return how strong the field of providers is, of which these rows were looked at."""
    typical = pool.is_population if pool.is_typical is None else pool.is_typical
    return field_bits(raw[rows], typical[rows], n_providers)


def _need_json(need: Need) -> dict[str, Any]:
    """Return what the need states, as JSON has it: dates are texts."""
    stated = {k: v for k, v in asdict(need).items() if v not in ("", (), None, False)}
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in stated.items()}


class _Clock:
    """Laps in milliseconds, for the timing that every answer carries."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self.times_ms: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.times_ms[name] = round((now - self._last) * 1000, 3)
        self._last = now
