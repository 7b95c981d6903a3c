"""Anything that ranks a pack, by name: a model, or one of the baselines.

A model that was trained on a pack scores its training queries out of fold: by the weights of the
fold that never saw the query's group. Every system gives a run: scores of documents by query.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ModelIncompatible, ModelMissing, shown
from matcher.interchange.packs import Pack
from matcher.learning.baselines import BaselineQuery, text_baselines
from matcher.learning.dataset import (
    RankedQuery,
    eligible_candidates,
    hidden_units,
    pack_collection,
    ranked_queries,
)
from matcher.learning.split import fold_of
from matcher.learning.training import N_FOLDS, SEED, tables_of
from matcher.ranking.features import FEATURE_NAMES
from matcher.ranking.model import AdditiveModel
from matcher.ranking.registry import load_model, serving_model_id
from matcher.retrieval.index import EvidenceIndex
from matcher.text.embedding import SentenceEncoder, VectorCache
from matcher.text.lexicon import Lexicon

BASELINES = ("random", "popularity", "bm25", "bm25_profile", "dense", "rrf")
_BASELINE_NAMES = {"rrf": "fusion"}
MAX_RUN = 1_000
FOLDS_FILE = "folds.json"
FOLDS_DIGEST = "folds_sha256"  # in the manifest

Progress = Callable[[int, int], None]
Run = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Tools:
    """What turning a pack into an index takes."""

    encoder: SentenceEncoder
    cache: VectorCache | None = None
    lexicon: Lexicon | None = None
    progress: Progress | None = None


@dataclass(frozen=True)
class ServedModel:
    """A model with the weights of its folds, for honest scores on what it was trained on."""

    model: AdditiveModel
    fold_tables: Mapping[str, tuple[AdditiveModel, ...]]
    trained_queries: frozenset[str]

    def score(self, query: RankedQuery, pack_name: str) -> NDArray[np.float64]:
        """Return raw bits of each candidate of a query."""
        model = self.model
        folds = self.fold_tables.get(query.regime, ())
        if folds and self._was_trained_on(query, pack_name):
            model = folds[fold_of(query.group_id, len(folds), SEED)]
        result: NDArray[np.float64] = model.contributions(query.matrix, query.regime).sum(axis=1)
        return result

    def _was_trained_on(self, query: RankedQuery, pack_name: str) -> bool:
        """Say whether training saw a query, also where its pack now lies in another folder."""
        names = {pack_name, *self.model.manifest.get("packs", ())}
        return any(query_digest(name, query.query_id) in self.trained_queries for name in names)


def query_digest(pack_name: str, query_id: str) -> str:
    """Return what a model's folder remembers of a query it was trained on: a digest, no text."""
    return hashlib.sha256(f"{pack_name}:{query_id}".encode()).hexdigest()[:16]


def load_served(models: Path, model_id: str = "") -> ServedModel:
    """Load a model with its folds; the serving one when no id is given.

    Raises
    ------
    ModelMissing, ModelIncompatible
    """
    folder = models / (model_id or serving_model_id(models))
    if not folder.is_dir():
        known = sorted(p.name for p in models.iterdir() if p.is_dir()) if models.is_dir() else []
        raise ModelMissing(
            f"no model folder {folder.name!r} in {models}; there are {known or 'none'}, and the "
            f"baselines {', '.join(BASELINES)}",
            model=folder.name,
        )
    model = load_model(folder)
    weights, trained_queries = _read_folds(folder, model)
    folds = {
        regime: tuple(_fold_model(model, regime, row) for row in rows)
        for regime, rows in weights.items()
    }
    return ServedModel(model, folds, trained_queries)


def _read_folds(
    folder: Path, model: AdditiveModel
) -> tuple[dict[str, NDArray[np.float64]], frozenset[str]]:
    """Return the weights without each fold, by regime, and the queries that were trained on.

    A model that learned something needs them: without, it would be measured on what it learned.
    """
    found = model.manifest.get("regimes", {})
    learned = {regime for regime in found if found[regime]["gate"].get("is_learned")}
    path = folder / FOLDS_FILE
    if not learned and not path.exists():
        return {}, frozenset()
    try:
        text = path.read_text("utf-8")
        content = json.loads(text)
        weights = {r: np.array(rows, dtype=np.float64) for r, rows in content["weights"].items()}
        trained_queries = frozenset(content["trained_queries"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelIncompatible(
            f"{path} cannot be read ({error!r}); it must hold the weights without each fold; "
            "restore the folder or train again",
            model=folder.name,
        ) from error
    digest = hashlib.sha256(text.encode()).hexdigest()
    if digest != model.manifest.get(FOLDS_DIGEST):
        raise ModelIncompatible(
            f"{path} was altered: its sha256 is {digest[:12]}…, the manifest says "
            f"{shown(model.manifest.get(FOLDS_DIGEST))}; restore the folder or train again",
            model=folder.name,
        )
    shape = (model.manifest.get("n_folds", N_FOLDS), len(FEATURE_NAMES))
    for regime in sorted({*learned, *weights}):
        rows = weights.get(regime, np.zeros((0, 0)))
        if rows.shape != shape or not np.isfinite(rows).all():
            raise ModelIncompatible(
                f"{path}: weights for {regime!r} of shape {rows.shape}, expected finite numbers of "
                f"shape {shape}; restore the folder or train again",
                model=folder.name,
            )
    return weights, trained_queries


def _fold_model(model: AdditiveModel, regime: str, weights: NDArray[np.float64]) -> AdditiveModel:
    tables = {**model.tables, regime: tables_of(weights)}
    return AdditiveModel(model.model_id, tables, model.calibration, model.adequacy)


def build_index(pack: Pack, tools: Tools, served: ServedModel | None = None) -> EvidenceIndex:
    """Index a pack, with the language means of a model where there is one."""
    return EvidenceIndex(
        pack_collection(pack),
        tools.encoder,
        cache=tools.cache,
        lexicon=tools.lexicon,
        stored_means=served.model.language_means if served else {},
        progress=tools.progress,
    )


def model_run(
    pack: Pack,
    index: EvidenceIndex,
    served: ServedModel,
    *,
    candidates: Mapping[str, list[str]] | None = None,
    progress: Progress | None = None,
) -> Run:
    """Rank every query of a pack by a model.

    Parameters
    ----------
    candidates : mapping of query id to document ids, optional
        Score just these. Otherwise the best 1,000 are kept, and whatever judged document was
        looked at; being judged brings no document into the shortlist of a large collection.
    """
    wanted = judged_only(pack) if candidates is None else candidates
    run: Run = {}
    found = ranked_queries(pack, index, per_channel=MAX_RUN, always=candidates, progress=progress)
    for query in found:
        scores = dict(
            zip(query.candidate_ids, served.score(query, pack.name).tolist(), strict=True)
        )
        run[query.query_id] = _kept(scores, wanted.get(query.query_id, []), candidates is not None)
    return run


def judged_only(pack: Pack) -> dict[str, list[str]]:
    """Return the judged documents of each query, as candidates."""
    return {query: list(judged) for query, judged in pack.qrels.items()}


def baseline_runs(
    pack: Pack,
    index: EvidenceIndex,
    names: tuple[str, ...],
    *,
    candidates: Mapping[str, list[str]] | None = None,
    progress: Progress | None = None,
) -> dict[str, Run]:
    """Rank every query of a pack by each named baseline.

    Parameters
    ----------
    candidates : mapping of query id to document ids, optional
        Score just these; otherwise the best 1,000 and every judged document.
    """
    wanted = judged_only(pack) if candidates is None else candidates
    collection = index.collection
    vectors, unit_of = index.body_meaning.rows
    built = text_baselines(collection, vectors, unit_of, seed=SEED)
    chosen = [b for b in built if b.name in {_BASELINE_NAMES.get(n, n) for n in names}]
    runs: dict[str, Run] = {b.name: {} for b in chosen}
    for done, query in enumerate(pack.queries):
        hidden = hidden_units(collection, query)
        eligible = eligible_candidates(collection, hidden)
        text = index.read_query(query.title, query.text, year=query.year)
        vector = index.body_meaning.centre(text.vector, text.language)
        asked = BaselineQuery(query.id, query.title, query.text, vector=vector, hidden=hidden)
        for baseline in chosen:
            scores = baseline.score(asked).astype(np.float64)
            if eligible is not None:
                scores = np.where(eligible, scores, -np.inf)
            pairs = zip(collection.candidate_ids, scores.tolist(), strict=True)
            runs[baseline.name][query.id] = _kept(
                {d: s for d, s in pairs if s != -np.inf},
                wanted.get(query.id, []),
                candidates is not None,
            )
        if progress:
            progress(done + 1, len(pack.queries))
    return {_named(name, names): run for name, run in runs.items()}


def _named(name: str, asked: tuple[str, ...]) -> str:
    return next((n for n in asked if _BASELINE_NAMES.get(n, n) == name), name)


def _kept(scores: dict[str, float], wanted: list[str], only_wanted: bool) -> dict[str, float]:
    if only_wanted:
        return {d: scores[d] for d in wanted if d in scores}
    best = sorted(scores, key=lambda d: (-scores[d], d))[:MAX_RUN]
    return {d: scores[d] for d in dict.fromkeys([*best, *(w for w in wanted if w in scores)])}
