"""The catalogue, indexed: what a need is compared with, before any weight is applied.

``CatalogueIndex`` is built once a revision. ``look_up`` gives the feature matrix of a need over all
eligible capabilities; ``matcher.ranking.matching`` turns it into matches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.ranking.catalogue_units import (
    catalogue_collection,
    need_text,
    scenario_collection,
)
from matcher.ranking.columns import CapabilityColumns, capability_columns
from matcher.ranking.features import TEXT_FEATURE_NAMES
from matcher.ranking.features.feasibility import feasibility_functions
from matcher.ranking.features.structure import structure_functions
from matcher.ranking.lines.findings import question_of
from matcher.ranking.matrix import COLUMN_OF, Pool, make_pool, standardised, text_matrix
from matcher.ranking.quotes import Quotes
from matcher.records import Capability, Catalogue, Need, Provider
from matcher.retrieval.index import EvidenceIndex, Progress, QueryText, UnitScores
from matcher.retrieval.kept import IndexParts, evidence_index

__all__ = ["READS", "CatalogueIndex", "IndexParts", "LookUp", "scenario_index"]

# Feature → the column of the capability's side that it reads.
READS = {
    "industry_fit": "industries",
    "process_step_fit": "process_steps",
    "ai_task_fit": "ai_tasks",
    "data_fit": "data_modalities",
    "scenario_affinity": "scenarios",
    "maturity_gap": "maturity",
    "same_province": "region",
    "over_budget": "price",
    "late_start": "earliest_start",
}
TEXT_COLUMNS = [COLUMN_OF[name] for name in TEXT_FEATURE_NAMES]


@dataclass(frozen=True)
class LookUp:
    """Everything that was found out about one need.

    ``matrix`` has one row for each of ``pool.candidates``; ``asked`` is what was read of the need,
    ``eligible`` who could be looked at, None for everybody.
    """

    asked: tuple[str, ...]
    query: QueryText
    scores: UnitScores
    pool: Pool
    matrix: NDArray[np.float64]
    scenario_scores: Mapping[str, float]
    eligible: NDArray[np.bool_] | None = None


class _Question(NamedTuple):
    """A need that has been read, and how close each scenario is to it."""

    asked: tuple[str, ...]
    query: QueryText
    scenario_scores: Mapping[str, float]


class CatalogueIndex:
    """Evidence index over capabilities, scenario index, and the records they stand for.

    Parameters
    ----------
    scenarios : EvidenceIndex, optional
        The scenario index of another revision, where the scenarios are the same.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        parts: IndexParts,
        *,
        scenarios: EvidenceIndex | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.catalogue = catalogue
        self.parts = parts
        collection = catalogue_collection(catalogue)
        self.evidence = evidence_index("capabilities", collection, parts, progress)
        self.scenarios = scenarios or scenario_index(catalogue, parts)
        ids = self.evidence.collection.candidate_ids
        self.columns = capability_columns(
            [catalogue.capabilities[i] for i in ids], catalogue.providers, catalogue.cases
        )
        self.retired = np.zeros(len(ids), dtype=bool)
        self.n_built = len(ids)
        self.quotes = Quotes(self.evidence.body_meaning, parts.encoder)

    @property
    def capabilities(self) -> tuple[Capability, ...]:
        """The record of each candidate; for a retired one, its former version."""
        return self.columns.capabilities

    @property
    def delta_share(self) -> float:
        """How many capabilities were added or replaced since the build, as a share of those."""
        return len(self.capabilities) / max(self.n_built, 1) - 1.0

    def followed_by(self, catalogue: Catalogue, scenarios: EvidenceIndex | None) -> CatalogueIndex:
        """Return an index of a later revision that shares everything with this one so far."""
        later = copy(self)
        later.catalogue = catalogue
        later.scenarios = scenarios or self.scenarios
        return later

    def without_cache(self) -> CatalogueIndex:
        """Forget the vector cache: its connection closes when the index is built."""
        self.parts = replace(self.parts, cache=None)
        return self

    def look_up(
        self,
        need: Need,
        eligible: NDArray[np.bool_] | None = None,
        *,
        today: date | None = None,
        always: NDArray[np.int64] | None = None,
        before: LookUp | None = None,
    ) -> LookUp:
        """Compare a need with every eligible capability.

        Parameters
        ----------
        eligible : bool array (n_capabilities,), optional
            Those that passed the hard constraints; all when omitted.
        today : date, optional
            Evidence counts its age from the newest year, but never from one after this.
        always : int array, optional
            Capabilities that are looked at whatever the shortlist of a large catalogue says.
        before : LookUp, optional
            Of another version of the need in this index: where the texts are the same, they are
            not read again. The result is the same with and without it.
        """
        title, text = need_text(need)
        questions = (
            need.title,
            *(question_of(need, requirement) for requirement in need.requirements),
        )
        year = self._year(today)
        asked = (need.language, str(year), title, text, *questions)
        if before is not None and before.asked == asked:
            known = _Question(asked, before.query, before.scenario_scores)
            return self._compared(need, known, eligible, always, before)
        query = self.evidence.read_query(
            title, text, language=need.language, year=year, questions=questions
        )
        read = _Question(asked, query, self._scenario_scores(query))
        return self._compared(need, read, eligible, always)

    def _year(self, today: date | None) -> int:
        latest = self.evidence.latest_year
        return latest if today is None else min(latest, today.year)

    def _compared(
        self,
        need: Need,
        read: _Question,
        eligible: NDArray[np.bool_] | None,
        always: NDArray[np.int64] | None,
        before: LookUp | None = None,
    ) -> LookUp:
        """Fill the matrix of a need that has been read; ``before`` was asked the same."""
        # Where a large index refines meanings, it does so for one pool: those are not kept.
        known = before if self.evidence.is_exact else None
        scores = known.scores if known else self.evidence.score_units(read.query)
        providers = self.columns.groups["provider"].codes
        pool = make_pool(self.evidence, scores, eligible, always=always, owners=providers)
        if known and np.array_equal(known.pool.candidates, pool.candidates):
            matrix = np.full_like(known.matrix, np.nan)
            matrix[:, TEXT_COLUMNS] = known.matrix[:, TEXT_COLUMNS]
        else:
            units = self.evidence.collection.units_of(pool.candidates)
            scores = self.evidence.refined(read.query, scores, units)
            matrix = text_matrix(self.evidence, read.query, scores, pool)
        self._fill_structure(matrix, need, pool, read.scenario_scores)
        return LookUp(read.asked, read.query, scores, pool, matrix, read.scenario_scores, eligible)

    def _scenario_scores(self, query: QueryText) -> dict[str, float]:
        """Return how close each scenario is: mean of its standardised text affinities."""
        collection = self.scenarios.collection
        if not self.catalogue.scenarios:
            return {}
        scores = self.scenarios.score_units(query)
        everyone = np.ones(collection.n_candidates, dtype=bool)
        channels = (scores.lexical, scores.topic, scores.meaning, scores.title_meaning)
        columns = [standardised(c.astype(np.float64), everyone) for c in channels]
        closeness = np.mean(columns, axis=0)
        return dict(zip(collection.candidate_ids, closeness.tolist(), strict=True))

    def _fill_structure(
        self,
        matrix: NDArray[np.float64],
        need: Need,
        pool: Pool,
        scenario_scores: Mapping[str, float],
    ) -> None:
        columns, rows = self.columns, pool.candidates
        for name, of_tags in structure_functions(need, scenario_scores).items():
            matrix[:, COLUMN_OF[name]] = columns.groups[READS[name]].spread(
                rows, partial(_of_tags, of_tags, columns)
            )
        for name, column in columns.strength.items():
            matrix[:, COLUMN_OF[name]] = column[rows]
        for name, of_pair in feasibility_functions(need).items():
            matrix[:, COLUMN_OF[name]] = columns.groups[READS[name]].spread(
                rows, partial(_of_pair, of_pair, columns)
            )
        at = COLUMN_OF["scenario_affinity"]
        matrix[:, at] = standardised(matrix[:, at], pool.is_population)


def scenario_index(catalogue: Catalogue, parts: IndexParts) -> EvidenceIndex:
    """Index the scenarios of a catalogue, to find which ones a need is close to."""
    collection = scenario_collection(catalogue.scenarios.values())
    return evidence_index("scenarios", collection, parts)


def _of_tags(
    function: Callable[[Capability], float], columns: CapabilityColumns, position: int
) -> float:
    return function(columns.capabilities[position])


def _of_pair(
    function: Callable[[Capability, Provider | None], float],
    columns: CapabilityColumns,
    position: int,
) -> float:
    return function(columns.capabilities[position], columns.providers[position])
