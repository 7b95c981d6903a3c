"""A synthetic match-quality report in the format that ``matcher.reports`` writes."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from matcher.learning.bootstrap import paired_difference
from matcher.learning.evaluation import interval_json
from matcher.learning.probability_metrics import reliability_bins
from matcher.reports.property_results import property_result

MODEL_ID = "synthetic-model"
BASELINES = {
    "bm25": -0.05,
    "popularity": -0.25,
    "random": -0.4,
    "lambdarank": 0.005,
    "untrained_fusion": -0.02,
}


def make_refusals(random: np.random.Generator) -> dict[str, Any]:
    def drawn(chance: float) -> dict[str, float]:
        return interval_json(random.random(80) < chance)

    return {
        "false_refusal_share": 0.05,
        "n_shown": 5,
        "groups": [
            {
                "name": name,
                "n_whole": 80,
                "n_emptied": 80,
                "systems": [
                    {"name": rule, "refused": drawn(share), "refused_wrongly": drawn(0.05)}
                    for rule, share in (("model", 0.7), ("meaning_alone", 0.5))
                ],
            }
            for name in ("cases", "scenarios_zh", "scenarios_en")
        ],
    }


def make_report(**changes: Any) -> dict[str, Any]:
    random = np.random.default_rng(7)
    report = {
        "model_id": MODEL_ID,
        "built_on": "2026-11-22",
        "manifest": {"model_id": MODEL_ID, "preliminary": True},
        "missing_packs": ["absent-pack"],
        "packs": [
            {
                "name": "pack",
                "split": "dev",
                "pool": False,
                "out_of_fold": True,
                "n_documents": 7178,
                **make_block(random, ["ndcg@10", "mrr", "recall@100"]),
            },
            {
                "name": "pool",
                "split": "dev",
                "pool": True,
                "out_of_fold": False,
                "n_documents": 900,
                **make_block(random, ["ndcg@10", "pair_accuracy"]),
            },
        ],
        "learned": [
            {
                "source": "pack",
                "regime": "long",
                **make_block(random, ["ndcg@10", "mrr"]),
                "calibration": make_calibration(random),
            },
        ],
        "cases": {
            "source": "cases",
            "regime": "catalogue",
            **make_block(random, ["ndcg@10", "mrr", "recall@10", "recall@100"], hub=True),
            "calibration": make_calibration(random),
            "slices": [
                {
                    "dimension": "industry_section",
                    "value": "C",
                    "n": 40,
                    "enough": True,
                    "measures": {
                        name: interval_json(random.random(40)) for name in ("mrr", "ndcg@10")
                    },
                },
                {
                    "dimension": "provider_history",
                    "value": "no_other_case",
                    "n": 4,
                    "enough": False,
                    "measures": {},
                },
            ],
        },
        "refusals": make_refusals(np.random.default_rng(8)),
        "twins": {
            "tasks": [
                {
                    "name": "capabilities zh→en",
                    **make_block(random, ["mrr", "recall@1", "recall@10"]),
                },
            ]
        },
        "properties": {
            "properties": [
                property_result(
                    "contributions_sum_exactly", [("a", True), ("b", True)]
                ).as_record(),
                property_result("top_reason_lowers", [("a", True), ("C042", False)]).as_record(),
            ]
        },
        "shapes": [
            make_shape("lexical_best", 0.4, rising=True),
            make_shape("completeness", 0.1, rising=True, is_prior=True),
            make_shape("evidence_age", 0.5, rising=False),
        ],
    }
    return {**report, **changes}


def make_block(
    random: np.random.Generator, measures: list[str], hub: bool = False
) -> dict[str, Any]:
    n_queries = 50
    ours = {name: np.clip(random.normal(0.6, 0.1, n_queries), 0, 1) for name in measures}
    systems: list[dict[str, Any]] = [
        {"name": "model", "measures": {name: interval_json(v) for name, v in ours.items()}}
    ]
    for system, worse in BASELINES.items():
        theirs = {
            name: np.clip(values + worse + random.normal(0, 0.02, n_queries), 0, 1)
            for name, values in ours.items()
        }
        systems.append(
            {
                "name": system,
                "measures": {name: interval_json(values) for name, values in theirs.items()},
                "gain": {
                    name: asdict(paired_difference(ours[name], theirs[name])) for name in measures
                },
            }
        )
    if hub:
        for system in systems:
            system["hub_share@5"] = 0.08
    return {"n_queries": n_queries, "systems": systems}


def make_calibration(random: np.random.Generator) -> dict[str, Any]:
    predicted = random.beta(1, 12, 2000)
    observed = (random.random(2000) < predicted).astype(float)
    return {
        "n": 2000,
        "rate": float(observed.mean()),
        "ece": 0.0123,
        "brier": 0.0456,
        "brier_constant": 0.0512,
        "bins": [asdict(each) for each in reliability_bins(predicted, observed)],
    }


def make_shape(
    feature: str, share: float, *, rising: bool, is_prior: bool = False
) -> dict[str, Any]:
    points = [round(number / 4, 3) for number in range(25)]
    return {
        "feature": feature,
        "label_zh": f"{feature} 的中文",
        "label_en": f"{feature} in words",
        "summary": "",
        "direction": 1 if rising else -1,
        "is_prior": is_prior,
        "is_relative": False,
        "regime": "catalogue",
        "share_of_decisions": share,
        "n_stated": 900,
        "points": points,
        "bits": [(point - 2) * (0.5 if rising else -0.2) for point in points],
        "density": [1] * 25,
    }


def write_models(folder: Path, report: dict[str, Any] | str | None) -> Path:
    """Make a folder of models that names one as serving, with a report beside it or without."""
    (folder / MODEL_ID).mkdir(parents=True)
    (folder / "serving.txt").write_text(f"{MODEL_ID}\n", "utf-8")
    if report is not None:
        text = report if isinstance(report, str) else json.dumps(report)
        (folder / MODEL_ID / "report.json").write_text(text, "utf-8")
    return folder
