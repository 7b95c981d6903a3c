"""Evaluating: a pack, files without judgements, or the catalogue's own cases.

Each figure comes with the number of queries and a 95 % bootstrap interval over them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import NotEnoughJudgements
from matcher.interchange.packs import (
    Pack,
    read_candidates,
    read_files,
    read_pack,
    write_run,
)
from matcher.learning.bootstrap import bootstrap_mean
from matcher.learning.calibration import cross_calibrated, shown_candidates
from matcher.learning.case_baselines import CASE_BASELINES, baseline_queries
from matcher.learning.cases import ranked_cases
from matcher.learning.dataset import RankedQuery
from matcher.learning.measures import query_measures
from matcher.learning.metrics import RankingMetrics, hub_share, measure_run
from matcher.learning.probability_metrics import (
    brier,
    brier_split,
    calibration_line,
    expected_calibration_error,
    log_loss,
    reliability_bins,
)
from matcher.learning.systems import (
    BASELINES,
    Run,
    Tools,
    baseline_runs,
    build_index,
    judged_only,
    load_served,
    model_run,
)
from matcher.learning.training import fold_numbers
from matcher.ranking.engine import IndexParts
from matcher.records import Catalogue

PACK_MEASURES = ("ndcg@10", "mrr", "recall@10", "recall@50", "recall@100", "pair_accuracy")
N_SHOWN = 10


def rank_pack(
    pack: Pack,
    system: str,
    models: Path,
    tools: Tools,
    *,
    candidates: Mapping[str, list[str]] | None = None,
) -> tuple[Run, str]:
    """Rank a pack by a model id (the serving model when empty) or a baseline's name.

    Returns
    -------
    (run, name of the system)
    """
    if system in BASELINES:
        index = build_index(pack, tools)
        runs = baseline_runs(pack, index, (system,), candidates=candidates, progress=tools.progress)
        return runs[system], system
    served = load_served(models, system)
    index = build_index(pack, tools, served)
    run = model_run(pack, index, served, candidates=candidates, progress=tools.progress)
    return run, served.model.model_id


def evaluate_pack(  # noqa: PLR0913 (each is an option of the command)
    folder: Path,
    split: str,
    *,
    models: Path,
    tools: Tools,
    system: str = "",
    pool: bool = False,
    run_out: Path | None = None,
) -> dict[str, Any]:
    """Rank one split of a pack and measure it.

    Parameters
    ----------
    pool : bool
        Measure only judged documents, with pair accuracy.
    run_out : Path, optional
        Where the run is written: query, document, score, by tabs.

    Returns
    -------
    dict
        ``pack``, ``split``, ``system``, ``n_queries``, ``n_missing``, and ``measures``: for each
        measure its n, mean, low and high.
    """
    pack = read_pack(folder, split)
    candidates = judged_only(pack) if pool else None
    run, name = rank_pack(pack, system, models, tools, candidates=candidates)
    if run_out is not None:
        write_run(run_out, run)
    measured = measure_run(run, pack.qrels, pool=pool)
    return {
        "pack": pack.name,
        "split": split,
        "system": name,
        "pool": pool,
        "n_documents": len(pack.documents),
        "n_queries": len(measured.query_ids),
        "n_missing": measured.n_missing,
        "measures": intervals(measured),
        "warnings": list(pack.warnings),
    }


def intervals(measured: RankingMetrics) -> dict[str, dict[str, float]]:
    """Return n, mean, low and high of each measure that the queries define."""
    result = {}
    for name in PACK_MEASURES:
        values = measured.values.get(name)
        if values is None:
            continue
        try:
            result[name] = interval_json(values)
        except NotEnoughJudgements:
            continue
    return result


def interval_json(values: NDArray[np.float64] | Sequence[float]) -> dict[str, float]:
    """Return a mean with its bootstrap interval as a plain record."""
    found = bootstrap_mean(values)
    return {"n": found.n, "mean": found.mean, "low": found.low, "high": found.high}


def score_files(  # noqa: PLR0913 (each is an option of the command)
    queries: Path,
    corpus: Path,
    *,
    run_out: Path,
    models: Path,
    tools: Tools,
    evidence: Path | None = None,
    candidates: Path | None = None,
    system: str = "",
) -> dict[str, Any]:
    """Rank files that have no judgements and write the run.

    Returns
    -------
    dict
        ``system``, ``n_queries``, ``n_documents``, ``n_scored``, ``run``.
    """
    pack = read_files(queries, corpus, evidence)
    ids = [q.id for q in pack.queries]
    wanted = (
        read_candidates(candidates, ids, [d.id for d in pack.documents]) if candidates else None
    )
    run, name = rank_pack(pack, system, models, tools, candidates=wanted)
    write_run(run_out, run)
    return {
        "system": name,
        "n_queries": len(pack.queries),
        "n_documents": len(pack.documents),
        "n_scored": sum(len(scores) for scores in run.values()),
        "run": str(run_out),
    }


def evaluate_cases(
    catalogue: Catalogue, *, models: Path, tools: Tools, system: str = ""
) -> dict[str, Any]:
    """Leave one case out at a time and rank every provider for its need.

    Returns
    -------
    dict
        ``system``, ``n_queries``, ``measures``, ``hub_share@5``, and for a model the calibration
        of the ten that would be shown, fitted on other folds' cases.

    Raises
    ------
    ModelMissing
        No model and no baseline has this name.
    """
    if system in CASE_BASELINES:
        pairs = baseline_queries(catalogue, tools, progress=tools.progress)[CASE_BASELINES[system]]
        ranked = [query for query, _ in pairs]
        return {"system": system, **ranking_figures(ranked, [scores for _, scores in pairs])}
    served = load_served(models, system)
    parts = IndexParts(tools.encoder, tools.cache, tools.lexicon, served.model.language_means)
    queries = ranked_cases(catalogue, parts, progress=tools.progress)[0]
    scores = [served.score(query, "cases") for query in queries]
    return {"system": served.model.model_id, **case_figures(queries, scores)}


def case_figures(
    queries: Sequence[RankedQuery], scores: Sequence[NDArray[np.float64]]
) -> dict[str, Any]:
    """Return ranking measures, hub share and calibration over case queries."""
    calibration = shown_calibration(queries, scores)
    return {
        **ranking_figures(queries, scores),
        "calibration": {k: v for k, v in calibration.items() if k != "bins"},
    }


def ranking_figures(
    queries: Sequence[RankedQuery], scores: Sequence[NDArray[np.float64]]
) -> dict[str, Any]:
    """Return ranking measures and hub share over case queries."""
    rows = [query_measures(q, s) for q, s in zip(queries, scores, strict=True)]
    return {
        "n_queries": len(queries),
        "measures": {name: interval_json([row[name] for row in rows]) for name in rows[0]},
        "hub_share@5": hub_share([top_ids(q, s) for q, s in zip(queries, scores, strict=True)]),
    }


def _line(predicted: NDArray[np.float64], matches: NDArray[Any]) -> dict[str, float] | None:
    """Return slope and intercept of observed on predicted log-odds, None where undefined."""
    found = calibration_line(predicted, matches)
    return asdict(found) if np.isfinite(found.slope) else None


def top_ids(query: RankedQuery, scores: NDArray[np.float64], n: int = N_SHOWN) -> list[str]:
    """Return the best candidates of a query, best first, ties by id."""
    order = np.lexsort((np.array(query.candidate_ids), -scores))
    return [query.candidate_ids[i] for i in order[:n]]


def shown_calibration(
    queries: Sequence[RankedQuery], raw_bits: Sequence[NDArray[np.float64]]
) -> dict[str, Any]:
    """Return calibration of the ten that would be shown, fitted on other folds' queries.

    Raises
    ------
    NotEnoughJudgements
        All queries are in one fold, so that nothing is left to fit on.
    """
    folds = fold_numbers(queries)
    if len(set(folds)) < 2:
        raise NotEnoughJudgements(len(queries), 2, "calibration on other folds")
    bits, matches, owners = shown_candidates(queries, [raw * np.log(2.0) for raw in raw_bits])
    predicted = cross_calibrated(bits, matches, owners, folds)
    rate = float(matches.mean())
    return {
        "n": len(matches),
        "rate": rate,
        "ece": expected_calibration_error(predicted, matches),
        "brier": brier(predicted, matches),
        "brier_constant": brier(np.full(len(matches), rate), matches),
        "brier_parts": asdict(brier_split(predicted, matches)),
        "log_loss": log_loss(predicted, matches),
        "log_loss_constant": log_loss(np.full(len(matches), rate), matches),
        "line": _line(predicted, matches),
        "bins": [asdict(b) for b in reliability_bins(predicted, matches)],
    }
