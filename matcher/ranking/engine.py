"""The catalogue, indexed: what a need is compared with, before any weight is applied.

``CatalogueIndex`` is built once a revision. ``look_up`` gives the feature matrix of a need over all
eligible capabilities; ``matcher.ranking.matching`` turns it into matches.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from matcher.ranking.catalogue_units import (
    catalogue_collection,
    need_text,
    scenario_collection,
)
from matcher.ranking.features.feasibility import feasibility_columns
from matcher.ranking.features.strength import strength_columns
from matcher.ranking.features.structure import structure_columns
from matcher.ranking.matrix import COLUMN_OF, Pool, make_pool, standardised, text_matrix
from matcher.records import Capability, Catalogue, Need
from matcher.retrieval.index import EvidenceIndex, Progress, QueryText, TermTranslator, UnitScores
from matcher.text.embedding import SentenceEncoder, VectorCache


@dataclass(frozen=True)
class IndexParts:
    """What an index is built with, besides the catalogue."""

    encoder: SentenceEncoder
    cache: VectorCache | None = None
    lexicon: TermTranslator | None = None
    stored_means: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)


@dataclass(frozen=True)
class LookUp:
    """Everything that was found out about one need.

    ``matrix`` has one row for each of ``pool.candidates``.
    """

    query: QueryText
    scores: UnitScores
    pool: Pool
    matrix: NDArray[np.float64]
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
        self.evidence = EvidenceIndex(
            catalogue_collection(catalogue),
            parts.encoder,
            cache=parts.cache,
            lexicon=parts.lexicon,
            stored_means=parts.stored_means,
            progress=progress,
        )
        self.scenarios = scenarios or EvidenceIndex(
            scenario_collection(catalogue.scenarios.values()),
            parts.encoder,
            cache=parts.cache,
            lexicon=parts.lexicon,
            stored_means=parts.stored_means,
        )
        ids = self.evidence.collection.candidate_ids
        self.capabilities = tuple(catalogue.capabilities[i] for i in ids)
        self.retired = np.zeros(len(ids), dtype=bool)
        self.text_vectors: dict[str, NDArray[np.float32]] = {}

    def followed_by(
        self,
        catalogue: Catalogue,
        parts: IndexParts,
        evidence: EvidenceIndex,
        capabilities: tuple[Capability, ...],
        retired: NDArray[np.bool_],
    ) -> CatalogueIndex:
        """Return the index of a later revision around a longer evidence index; same scenarios."""
        later = copy(self)
        later.catalogue = catalogue
        later.parts = parts
        later.evidence = evidence
        later.capabilities = capabilities
        later.retired = retired
        later.text_vectors = dict(self.text_vectors)
        return later

    def without_cache(self) -> CatalogueIndex:
        """Forget the vector cache: requests run in other threads than its connection."""
        self.parts = replace(self.parts, cache=None)
        return self

    def look_up(self, need: Need, eligible: NDArray[np.bool_] | None = None) -> LookUp:
        """Compare a need with every eligible capability.

        Parameters
        ----------
        eligible : bool array (n_capabilities,), optional
            Those that passed the hard constraints; all when omitted.
        """
        title, text = need_text(need)
        query = self.evidence.read_query(title, text, language=need.language)
        scores = self.evidence.score_units(query)
        pool = make_pool(self.evidence, scores, eligible)
        matrix = text_matrix(self.evidence, query, scores, pool)
        scenario_scores = self._scenario_scores(need, title, text)
        self._fill_structure(matrix, need, pool, scenario_scores)
        return LookUp(query, scores, pool, matrix, scenario_scores)

    def _scenario_scores(self, need: Need, title: str, text: str) -> dict[str, float]:
        """Return how close each scenario is: mean of its standardised text affinities."""
        collection = self.scenarios.collection
        if not self.catalogue.scenarios:
            return {}
        query = self.scenarios.read_query(title, text, language=need.language)
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
        scenario_scores: dict[str, float],
    ) -> None:
        capabilities = [self.capabilities[i] for i in pool.candidates]
        columns = {
            **structure_columns(need, capabilities, scenario_scores),
            **strength_columns(capabilities, self.catalogue.cases),
            **feasibility_columns(need, capabilities, self.catalogue.providers),
        }
        for name, column in columns.items():
            matrix[:, COLUMN_OF[name]] = column
        at = COLUMN_OF["scenario_affinity"]
        matrix[:, at] = standardised(matrix[:, at], pool.is_population)
