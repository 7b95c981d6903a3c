"""Finding a text's twin in the other language, over the project's own catalogue.

Every capability and every scenario is written in Chinese and in English by this project. One
language asks, the other answers: the first place should be the text's own twin. Nothing in the
documents is in the language of the query, so this measures what crosses languages and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.learning.baselines import BaselineQuery
from matcher.learning.bootstrap import bootstrap_mean, paired_difference
from matcher.learning.systems import Tools
from matcher.learning.text_baselines import Bm25, DenseOnly
from matcher.ranking.matrix import make_pool, text_matrix
from matcher.ranking.model import AdditiveModel
from matcher.records import Capability, Catalogue, Scenario
from matcher.retrieval.collection import Collection, Unit, build_collection
from matcher.retrieval.index import EvidenceIndex, QueryText

MODEL = "model"
DIRECTIONS = (("zh", "en"), ("en", "zh"))
MEASURES: dict[str, Callable[[NDArray[np.int64]], NDArray[np.float64]]] = {
    "mrr": lambda ranks: 1.0 / ranks,
    "recall@1": lambda ranks: (ranks <= 1).astype(np.float64),
    "recall@10": lambda ranks: (ranks <= 10).astype(np.float64),
}

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Twin:
    """One record's title and text in both languages."""

    twin_id: str
    texts: dict[str, tuple[str, str]]


def twin_report(catalogue: Catalogue, model: AdditiveModel, tools: Tools) -> dict[str, Any]:
    """Measure twin retrieval by the model, BM25 and sentence vectors alone, each way.

    Returns
    -------
    dict
        ``tasks``: records with name, n_queries and one row a system: measures with intervals and,
        for the baselines, the model's paired gain over them.
    """
    kinds = {
        "capabilities": capability_twins(catalogue.capabilities.values()),
        "scenarios": scenario_twins(catalogue.scenarios.values()),
    }
    tasks = [
        _task(f"{kind} {asked}→{answered}", twins, asked, answered, model, tools)
        for kind, twins in kinds.items()
        for asked, answered in DIRECTIONS
        if twins
    ]
    return {"tasks": tasks}


def capability_twins(capabilities: Iterable[Capability]) -> list[Twin]:
    """Return name and problem of every capability that has both languages."""
    return [
        Twin(c.capability_id, {"zh": (c.name, c.problem), "en": (c.name_en, c.problem_en)})
        for c in capabilities
        if c.name and c.name_en
    ]


def scenario_twins(scenarios: Iterable[Scenario]) -> list[Twin]:
    """Return name and pain point of every scenario that has both languages."""
    return [
        Twin(s.scenario_id, {"zh": (s.name, s.pain_point), "en": (s.name_en, s.pain_point_en)})
        for s in scenarios
        if s.name and s.name_en
    ]


def _task(
    name: str,
    twins: Sequence[Twin],
    asked: str,
    answered: str,
    model: AdditiveModel,
    tools: Tools,
) -> dict[str, Any]:
    index = EvidenceIndex(
        monolingual_collection(twins, answered),
        tools.encoder,
        cache=tools.cache,
        lexicon=tools.lexicon,
        stored_means=model.language_means,
    )
    ranks = twin_ranks(index, model, twins, asked)
    ours = {measure: of(ranks[MODEL]) for measure, of in MEASURES.items()}
    return {
        "name": name,
        "n_queries": len(twins),
        "regime": index.regime,
        "systems": [_system(system, found, ours) for system, found in ranks.items()],
    }


def _system(name: str, ranks: NDArray[np.int64], ours: dict[str, Scores]) -> dict[str, Any]:
    values = {measure: of(ranks) for measure, of in MEASURES.items()}
    row: dict[str, Any] = {
        "name": name,
        "measures": {m: asdict(bootstrap_mean(found)) for m, found in values.items()},
    }
    if name != MODEL:
        row["gain"] = {m: asdict(paired_difference(ours[m], values[m])) for m in values}
    return row


def monolingual_collection(twins: Sequence[Twin], language: str) -> Collection:
    """Return one unit a record, in one language only."""
    units = []
    for twin in twins:
        title, text = twin.texts[language]
        units.append(Unit(unit_id=twin.twin_id, candidate_id=twin.twin_id, title=title, text=text))
    return build_collection(units)


def twin_ranks(
    index: EvidenceIndex, model: AdditiveModel, twins: Sequence[Twin], asked: str
) -> dict[str, NDArray[np.int64]]:
    """Return the rank of each record's own twin by every system, 1 for the first.

    Parameters
    ----------
    index : EvidenceIndex
        Over the other language, in the order of ``twins``.
    asked : str
        Language of the queries.
    """
    words = Bm25(index.collection)
    dense = DenseOnly(index.collection, *index.body_meaning.rows)
    ranks: dict[str, list[int]] = {MODEL: [], words.name: [], dense.name: []}
    for own, twin in enumerate(twins):
        title, text = twin.texts[asked]
        query = index.read_query(title, text, language=asked)
        vector = index.body_meaning.centre(query.vector, asked)
        plain = BaselineQuery(twin.twin_id, title, text, vector=vector)
        ranks[MODEL].append(_rank_of(own, model_scores(index, model, query)))
        for baseline in (words, dense):
            ranks[baseline.name].append(_rank_of(own, baseline.score(plain).astype(np.float64)))
    return {name: np.array(found, dtype=np.int64) for name, found in ranks.items()}


def model_scores(index: EvidenceIndex, model: AdditiveModel, query: QueryText) -> Scores:
    """Return the model's raw bits for every candidate, as packs are scored."""
    scores = index.score_units(query)
    pool = make_pool(index, scores)
    matrix = text_matrix(index, query, scores, pool)
    found = np.full(index.collection.n_candidates, -np.inf)
    found[pool.candidates] = model.contributions(matrix, index.regime).sum(axis=1)
    return found


def _rank_of(own: int, scores: Scores) -> int:
    """Return the rank of one candidate; of those that tie with it half stand before it."""
    n_better = int((scores > scores[own]).sum())
    n_tied = int((scores == scores[own]).sum()) - 1
    return 1 + n_better + (n_tied + 1) // 2
