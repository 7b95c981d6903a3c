"""The match-quality report of a model: one JSON document, no HTML.

Every table compares the model with the baselines on the same queries; every figure carries its n
and 95 % interval. The site shows the document, ``docs/evaluation.md`` is generated from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.interchange.packs import Pack, read_pack
from matcher.learning.bootstrap import paired_difference
from matcher.learning.case_baselines import baseline_queries
from matcher.learning.case_removal import evenly_without_case, strictly_without_case
from matcher.learning.cases import ranked_cases
from matcher.learning.dataset import RankedQuery, ranked_queries
from matcher.learning.evaluation import interval_json, intervals, shown_calibration, top_ids
from matcher.learning.measures import query_measures
from matcher.learning.metrics import hub_share, measure_run
from matcher.learning.priors import prior_weights
from matcher.learning.systems import (
    BASELINES,
    Run,
    ServedModel,
    Tools,
    baseline_runs,
    build_index,
    judged_only,
    model_run,
)
from matcher.learning.train import TRAINING_SPLITS
from matcher.learning.training import out_of_fold_scores
from matcher.learning.yardstick import lambdarank_scores
from matcher.ranking.engine import IndexParts
from matcher.records import Catalogue
from matcher.retrieval.index import EvidenceIndex

MODEL = "model"
UNTRAINED = "untrained_fusion"
YARDSTICK = "lambdarank"
MIN_SLICE = 10
N_DRAWS = 2  # of the cases that the other providers lose; see ``even_case_block``

Say = Callable[[str], None]
Scores = Sequence[NDArray[np.float64]]


@dataclass(frozen=True)
class PackPart:
    """One split of a pack to report on."""

    folder: Path
    split: str
    pool: bool
    has_labels_of_ours: bool  # True: trained on, so scored out of fold, with the yardstick


def part_blocks(
    part: PackPart, served: ServedModel, tools: Tools, say: Say
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Index one split of a pack once; return its table, and what training added where it did."""
    pack = read_pack(part.folder, part.split)
    say(f"{pack.name} {part.split}: index")
    index = build_index(pack, tools, served)
    table = pack_block(part, pack, index, served, tools, say)
    if not part.has_labels_of_ours:
        return table, None
    say(f"{pack.name} {part.split}: yardstick and calibration")
    queries = [q for q in ranked_queries(pack, index) if (q.grades > 0).any()]
    others = [s for s in TRAINING_SPLITS if s != part.split]
    also = [q for s in others for q in ranked_queries(read_pack(part.folder, s), index)]
    return table, learned_block(queries, served, also)


def pack_block(
    part: PackPart, pack: Pack, index: EvidenceIndex, served: ServedModel, tools: Tools, say: Say
) -> dict[str, Any]:
    """Compare the model with every baseline on one split of a pack."""
    say(f"{pack.name} {part.split}: baselines")
    runs: dict[str, Run] = baseline_runs(pack, index, BASELINES, progress=tools.progress)
    say(f"{pack.name} {part.split}: model")
    candidates = judged_only(pack) if part.pool else None
    runs[MODEL] = model_run(pack, index, served, candidates=candidates, progress=tools.progress)
    measured = {name: measure_run(run, pack.qrels, pool=part.pool) for name, run in runs.items()}
    ours = measured[MODEL]
    systems = []
    for name, found in measured.items():
        row: dict[str, Any] = {"name": name, "measures": intervals(found)}
        if name != MODEL:
            row["gain"] = {
                measure: asdict(paired_difference(ours.values[measure], found.values[measure]))
                for measure in row["measures"]
            }
        systems.append(row)
    return {
        "name": pack.name,
        "split": part.split,
        "pool": part.pool,
        "out_of_fold": part.has_labels_of_ours,
        "n_queries": len(ours.query_ids),
        "n_documents": len(pack.documents),
        "systems": systems,
    }


def comparison(queries: Sequence[RankedQuery], systems: Mapping[str, Scores]) -> dict[str, Any]:
    """Compare systems on ranked queries; the first is held against all others."""
    rows = {name: _measured_once(queries, scores) for name, scores in systems.items()}
    first = next(iter(rows))
    found = []
    for name, measured in rows.items():
        names = measured[0].keys()
        row: dict[str, Any] = {
            "name": name,
            "measures": {m: interval_json([one[m] for one in measured]) for m in names},
            "hub_share@5": hub_share(
                [top_ids(q, s) for q, s in zip(queries, systems[name], strict=True)]
            ),
        }
        if name != first:
            row["gain"] = {
                m: asdict(paired_difference([a[m] for a in rows[first]], [b[m] for b in measured]))
                for m in names
            }
        found.append(row)
    return {"n_queries": len(rows[first]), "systems": found}


def _measured_once(queries: Sequence[RankedQuery], scores: Scores) -> list[dict[str, float]]:
    """Measure each query; one that was asked several times counts once, by its mean."""
    found: dict[str, list[dict[str, float]]] = {}
    for query, values in zip(queries, scores, strict=True):
        found.setdefault(query.query_id, []).append(query_measures(query, values))
    return [
        {name: float(np.mean([one[name] for one in asked])) for name in asked[0]}
        for asked in found.values()
    ]


def learned_block(
    queries: Sequence[RankedQuery], served: ServedModel, also: Sequence[RankedQuery] = ()
) -> dict[str, Any]:
    """Compare model, its declared prior weights and lambdarank, all out of fold.

    Parameters
    ----------
    also : further queries that the model learned from, for the yardstick
    """
    regime = queries[0].regime
    ours = [served.score(q, q.source) for q in queries]
    prior = prior_weights(regime)
    untrained = [np.nan_to_num(q.matrix) @ prior for q in queries]
    systems = {MODEL: ours, UNTRAINED: untrained, YARDSTICK: lambdarank_scores(queries, also)}
    return {
        "regime": regime,
        "source": queries[0].source,
        **comparison(queries, systems),
        "calibration": shown_calibration(queries, ours),
    }


def case_block(
    catalogue: Catalogue,
    queries: Sequence[RankedQuery],
    served: ServedModel,
    tools: Tools,
    say: Say,
) -> dict[str, Any]:
    """Compare the model with every baseline on the real cases, one left out at a time.

    Parameters
    ----------
    queries : sequence of RankedQuery
        As ``ranked_cases`` gives them.
    """
    by_id = {q.query_id: i for i, q in enumerate(queries)}
    say("cases: baselines")
    baselines = baseline_queries(catalogue, tools, progress=tools.progress)
    learned = learned_block(queries, served)
    systems: dict[str, Scores] = {MODEL: [served.score(q, "cases") for q in queries]}
    aligned = _aligned(baselines, queries, by_id)
    learned["systems"] += comparison(queries, {**systems, **aligned})["systems"][1:]
    learned["slices"] = case_slices(catalogue, queries, systems[MODEL])
    return learned


def strict_case_block(
    catalogue: Catalogue, parts: IndexParts, served: ServedModel, tools: Tools, say: Say
) -> dict[str, Any]:
    """Compare again without descriptions and without what shares a source with the case."""
    say("cases, strictly: model")
    queries = ranked_cases(catalogue, parts, remove=strictly_without_case, progress=tools.progress)[
        0
    ]
    by_id = {q.query_id: i for i, q in enumerate(queries)}
    say("cases, strictly: baselines")
    baselines = baseline_queries(
        catalogue, tools, remove=strictly_without_case, progress=tools.progress
    )
    systems: dict[str, Scores] = {MODEL: [served.score(q, "cases") for q in queries]}
    return comparison(queries, {**systems, **_aligned(baselines, queries, by_id)})


def even_case_block(
    catalogue: Catalogue,
    parts: IndexParts,
    plain: Sequence[RankedQuery],
    served: ServedModel,
    tools: Tools,
    say: Say,
) -> dict[str, Any]:
    """Compare where everybody has lost a case, so that the loss does not mark the right answer.

    Each case is asked ``N_DRAWS`` times, of different losses of the others, and counts once. Model
    and trees are fitted on these lists, out of fold. ``trees_on_plain`` holds the model that serves
    against trees that were taught by these lists, on the cases left out one at a time.

    Parameters
    ----------
    plain : sequence of RankedQuery
        The cases left out one at a time.
    """
    queries: list[RankedQuery] = []
    for draw in range(N_DRAWS):
        say(f"cases, evenly: draw {draw + 1} of {N_DRAWS}")
        remove = partial(evenly_without_case, draw=draw)
        queries += ranked_cases(catalogue, parts, remove=remove, progress=tools.progress)[0]
    regime = queries[0].regime
    systems: dict[str, Scores] = {
        MODEL: out_of_fold_scores(queries, regime),
        UNTRAINED: [np.nan_to_num(q.matrix) @ prior_weights(regime) for q in queries],
        YARDSTICK: lambdarank_scores(queries),
    }
    on_plain: dict[str, Scores] = {
        MODEL: [served.score(q, "cases") for q in plain],
        YARDSTICK: lambdarank_scores(plain, taught_by=queries),
    }
    return {
        "n_draws": N_DRAWS,
        **comparison(queries, systems),
        "trees_on_plain": comparison(plain, on_plain),
    }


def _aligned(
    baselines: Mapping[str, Sequence[tuple[RankedQuery, NDArray[np.float64]]]],
    queries: Sequence[RankedQuery],
    by_id: Mapping[str, int],
) -> dict[str, Scores]:
    """Bring baseline scores into the order of the model's queries and candidates."""
    result: dict[str, Scores] = {}
    for name, rows in baselines.items():
        scores: list[NDArray[np.float64]] = [np.zeros(0)] * len(queries)
        for query, values in rows:
            wanted = queries[by_id[query.query_id]].candidate_ids
            known = dict(zip(query.candidate_ids, values.tolist(), strict=True))
            scores[by_id[query.query_id]] = np.array([known.get(i, -1.0) for i in wanted])
        result[name] = scores
    return result


def case_slices(
    catalogue: Catalogue, queries: Sequence[RankedQuery], scores: Scores
) -> list[dict[str, Any]]:
    """Return MRR and nDCG@10 by industry section, kind of need text and provider history."""
    groups: dict[tuple[str, str], list[int]] = {}
    for i, query in enumerate(queries):
        case = catalogue.cases[query.query_id]
        provider = next(c for c, g in zip(query.candidate_ids, query.grades, strict=True) if g)
        others = [
            c
            for c in catalogue.cases.values()
            if c.provider_id == provider and c.case_id != case.case_id and not c.weak
        ]
        for key in (
            ("industry_section", case.industry[:1] or "?"),
            ("need_text", "own_words" if case.need else "scenario"),
            ("provider_history", "other_cases" if others else "no_other_case"),
        ):
            groups.setdefault(key, []).append(i)
    measured = [query_measures(q, s) for q, s in zip(queries, scores, strict=True)]
    result = []
    for (dimension, value), rows in sorted(groups.items()):
        enough = len(rows) >= MIN_SLICE
        result.append(
            {
                "dimension": dimension,
                "value": value,
                "n": len(rows),
                "enough": enough,
                "measures": {
                    m: interval_json([measured[i][m] for i in rows]) for m in ("mrr", "ndcg@10")
                }
                if enough
                else {},
            }
        )
    return result
