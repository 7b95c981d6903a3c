"""Every baseline on the real cases: the same needs, the same catalogue without the case.

Candidates are providers; a provider's units are those of all its capabilities, each text once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from matcher.learning.baselines import (
    Baseline,
    BaselineQuery,
    Popularity,
    SixFactorRule,
    TagOverlap,
    text_baselines,
)
from matcher.learning.case_removal import Remove, without_case
from matcher.learning.cases import CaseQuery, case_queries
from matcher.learning.dataset import Progress, RankedQuery
from matcher.learning.systems import Tools
from matcher.ranking.catalogue_units import capability_units, need_text
from matcher.records import Capability, Catalogue
from matcher.retrieval.collection import Collection, Unit, build_collection
from matcher.text.embedding import encode_cached

BODY_CHARACTERS = 350
# What a person asks for → the baseline's own name.
CASE_BASELINES = {
    "random": "random",
    "popularity": "popularity_in_industry",
    "bm25": "bm25",
    "bm25_profile": "bm25_profile",
    "dense": "dense",
    "rrf": "fusion",
    "tags": "tag_overlap",
    "rules": "six_factor_rule",
}


def provider_collection(catalogue: Catalogue) -> tuple[Collection, list[tuple[str, ...]]]:
    """Return providers with the units of their capabilities, and the industries of each unit."""
    seen: set[tuple[str, str]] = set()
    units: list[Unit] = []
    industries: dict[tuple[str, str], tuple[str, ...]] = {}
    for capability in _by_provider(catalogue):
        for unit in capability_units(capability, catalogue):
            key = (capability.provider_id, f"{unit.title}\n{unit.text}")
            if key in seen:
                continue
            seen.add(key)
            units.append(replace(unit, candidate_id=capability.provider_id))
            industries[key] = capability.industries
    collection = build_collection(units, sorted(catalogue.providers))
    of_units = [
        industries.get((unit.candidate_id, f"{unit.title}\n{unit.text}"), ())
        for unit in collection.units
    ]
    return collection, of_units


def _by_provider(catalogue: Catalogue) -> list[Capability]:
    return [capability for _, capability in sorted(catalogue.capabilities.items())]


def case_baseline_scores(
    catalogue: Catalogue,
    tools: Tools,
    *,
    remove: Remove = without_case,
    progress: Progress | None = None,
) -> Iterator[tuple[CaseQuery, Mapping[str, NDArray[np.float64]], tuple[str, ...]]]:
    """Yield each case with the scores of every baseline over providers, and their ids."""
    queries = list(case_queries(catalogue, remove))
    for done, query in enumerate(queries):
        collection, industries = provider_collection(query.catalogue)
        baselines = _baselines(query.catalogue, collection, industries, tools)
        asked = _asked(query, tools)
        scores = {b.name: b.score(asked).astype(np.float64) for b in baselines}
        yield query, scores, collection.candidate_ids
        if progress:
            progress(done + 1, len(queries))


def _baselines(
    catalogue: Catalogue,
    collection: Collection,
    industries: Sequence[Sequence[str]],
    tools: Tools,
) -> list[Baseline]:
    rows = [(i, title, text) for i, u in enumerate(collection.units) for title, text in u.texts]
    texts = [f"{title}. {text[:BODY_CHARACTERS]}" if title else text for _, title, text in rows]
    vectors = encode_cached(texts, tools.encoder, tools.cache)
    unit_of = np.array([i for i, _, _ in rows], dtype=np.int64)
    plain = text_baselines(collection, vectors, unit_of)
    words = next(b for b in plain if b.name == "bm25")
    owned = _owned(catalogue, collection.candidate_ids)
    return [
        *plain,
        Popularity(collection, industries),
        TagOverlap(owned),
        SixFactorRule(owned, words, catalogue.providers, catalogue.cases),
    ]


def _owned(catalogue: Catalogue, providers: Sequence[str]) -> list[tuple[Capability, ...]]:
    own: dict[str, list[Capability]] = {provider: [] for provider in providers}
    for capability in _by_provider(catalogue):
        own.setdefault(capability.provider_id, []).append(capability)
    return [tuple(own[provider]) for provider in providers]


def _asked(query: CaseQuery, tools: Tools) -> BaselineQuery:
    """Return the same words that the model is asked, industry included."""
    title, text = need_text(query.need)
    vector = encode_cached([f"{title}. {text}"], tools.encoder)[0]
    return BaselineQuery(query.need.need_id, title, text, vector=vector, need=query.need)


def baseline_queries(
    catalogue: Catalogue,
    tools: Tools,
    *,
    remove: Remove = without_case,
    progress: Progress | None = None,
) -> dict[str, list[tuple[RankedQuery, NDArray[np.float64]]]]:
    """Return, for each baseline, every case as a ranked query with its scores."""
    found: dict[str, list[tuple[RankedQuery, NDArray[np.float64]]]] = {}
    for query, by_name, ids in case_baseline_scores(
        catalogue, tools, remove=remove, progress=progress
    ):
        ranked = RankedQuery(
            query_id=query.case.case_id,
            group_id=query.case.user_enterprise or query.case.case_id,
            candidate_ids=ids,
            matrix=np.zeros((len(ids), 0)),
            grades=np.array([int(i == query.case.provider_id) for i in ids]),
            is_population=np.ones(len(ids), dtype=bool),
            n_eligible=len(ids),
            regime="catalogue",
            source="cases",
        )
        for name, scores in by_name.items():
            found.setdefault(name, []).append((ranked, scores))
    return found
