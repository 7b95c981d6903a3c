"""Measure what is suggested from a text: ``python -m benchmarks.suggestions`` (about a minute).

Every shipped scenario is asked as a need (name and pain point, Chinese and English) while it does
not vote itself; every case as the need that it answered, and as the sentence that reports it,
while its own scenario does not vote. Hit rates with 95 % bootstrap intervals go to
``benchmarks/results/suggestions.json``; ``make docs`` writes the tables of docs/intake.md.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.shipped import ROOT, shipped_index
from matcher.intake.cues import Said, read_cues
from matcher.intake.suggestions import FIELDS, Neighbours, neighbours, rank_codes, suggest
from matcher.learning.bootstrap import Interval, PairedDifference, bootstrap_mean, paired_difference
from matcher.learning.cases import first_clause
from matcher.ranking.engine import CatalogueIndex
from matcher.records import Catalogue
from matcher.text.terms import normalise, ranking_terms
from matcher.vocabulary import codes, industry_codes, industry_label, industry_names_in, label

RESULT = ROOT / "benchmarks" / "results" / "suggestions.json"
VOCABULARY = {
    "process_steps": "process_step",
    "ai_tasks": "ai_task",
    "data_modalities": "data_modality",
}
KS = (1, 3)
BASELINES = ("most frequent value", "plain keyword")
Tags = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Asked:
    """One text, what it is truly tagged with, and which scenario must not vote."""

    title: str
    problem: str
    language: str
    truth: Tags
    without: str


def asked_scenarios(catalogue: Catalogue, language: str) -> list[Asked]:
    return [
        Asked(
            s.name if language == "zh" else s.name_en,
            s.pain_point if language == "zh" else s.pain_point_en,
            language,
            {field: getattr(s, field) for field in FIELDS},
            s.scenario_id,
        )
        for s in catalogue.scenarios.values()
    ]


def asked_cases(catalogue: Catalogue, language: str, *, told: bool) -> list[Asked]:
    """Cases as needs; ``told`` takes the sentence of the report where no need is recorded."""
    found = []
    for case in catalogue.cases.values():
        scenario = catalogue.scenarios.get(case.scenario_id)
        need = case.need if language == "zh" else case.need_en
        text = (case.what if language == "zh" else case.what_en) if told else need
        if scenario is None or not text or (told and need):
            continue
        truth = {field: getattr(scenario, field) for field in FIELDS}
        truth["industries"] = (case.industry,) if case.industry else scenario.industries
        found.append(Asked(first_clause(text), text, language, truth, scenario.scenario_id))
    return found


Ranker = Callable[[Asked, str], Sequence[str]]


def rankers(catalogue: Catalogue, index: CatalogueIndex) -> dict[str, Ranker]:
    return {
        "ours": _remembered(index),
        "words alone": _remembered(index, votes=False),
        "scenarios alone": _remembered(index, words=False),
        "most frequent value": _most_frequent(catalogue),
        "plain keyword": _keyword(),
    }


def _remembered(index: CatalogueIndex, *, words: bool = True, votes: bool = True) -> Ranker:
    kept: dict[tuple[str, str, str], tuple[dict[tuple[str, str], Said], Any]] = {}

    def rank(asked: Asked, field: str) -> list[str]:
        key = (asked.title, asked.problem, asked.without)
        if key not in kept:
            query = index.evidence.read_query(asked.title, asked.problem, language=asked.language)
            near = neighbours(index, query, {asked.without})
            kept[key] = dict(read_cues(asked.title, asked.problem)), near
        said, near = kept[key]
        said = said if words else {}
        near = near if votes else Neighbours([], np.zeros(0), np.zeros(0))
        return [code for code, _ in rank_codes(field, said, near)]

    return rank


def _most_frequent(catalogue: Catalogue) -> Ranker:
    scenarios = catalogue.scenarios.values()

    def rank(asked: Asked, field: str) -> list[str]:
        counts = Counter(
            code for s in scenarios if s.scenario_id != asked.without for code in getattr(s, field)
        )
        return [code for code, _ in sorted(counts.items(), key=lambda p: (-p[1], p[0]))]

    return rank


def _keyword() -> Ranker:
    """Count the terms of each label that stand in the text; industries by their names, too."""
    labels: dict[str, list[tuple[str, frozenset[str]]]] = {
        field: [
            (code, _label_terms(label(name, code), label(name, code, "en"))) for code in codes(name)
        ]
        for field, name in VOCABULARY.items()
    }
    labels["industries"] = [
        (code, _label_terms(industry_label(code), industry_label(code, "en")))
        for depth in (1, 2)
        for code in industry_codes(depth)
    ]

    def rank(asked: Asked, field: str) -> list[str]:
        text = f"{asked.title} {asked.problem}"
        terms = set(ranking_terms(text))
        hits = {code: float(len(own & terms)) for code, own in labels[field]}
        if field == "industries":
            for name, named in industry_names_in(normalise(text)).items():
                for code in named:
                    hits[code[:3]] = hits.get(code[:3], 0.0) + len(name)
        return [code for code, n in sorted(hits.items(), key=lambda p: (-p[1], p[0])) if n]

    return rank


def _label_terms(*names: str) -> frozenset[str]:
    return frozenset(t for name in names for t in ranking_terms(name) if t[1:2] != ":")


def measure(asked: Sequence[Asked], rank: Ranker, field: str) -> dict[str, list[float]]:
    """Return for each text with a true tag whether one of the first k values is one."""
    hits: dict[str, list[float]] = {f"hit@{k}": [] for k in KS}
    for one in asked:
        if not one.truth[field]:
            continue
        ranked = rank(one, field)
        for k in KS:
            hits[f"hit@{k}"].append(float(bool(set(ranked[:k]) & set(one.truth[field]))))
    return hits


def compared(asked: Sequence[Asked], systems: dict[str, Ranker], field: str) -> dict[str, Any]:
    """Return the hit rates of every system, and what ours gains over the better baseline."""
    hits = {name: measure(asked, rank, field) for name, rank in systems.items()}
    rates = {
        name: {k: _plain(bootstrap_mean(np.array(v))) for k, v in own.items()}
        for name, own in hits.items()
    }
    gains = {}
    for k in (f"hit@{k}" for k in KS):
        best = max(BASELINES, key=lambda name: rates[name][k]["mean"])
        gain = paired_difference(np.array(hits["ours"][k]), np.array(hits[best][k]))
        gains[k] = {"over": best, **_plain(gain)}
    return {"rates": rates, "gain": gains}


def shown(asked: Sequence[Asked], index: CatalogueIndex) -> dict[str, float]:
    """How many suggestions a text gets, and how many of those are tags it truly has."""
    n_right = n_shown = n_any = 0
    for one in asked:
        found = suggest(one.title, one.problem, index, language=one.language, without={one.without})
        every = [s for field in FIELDS for s in found.of(field)]
        n_shown += len(every)
        n_any += bool(every)
        n_right += sum(s.code in one.truth.get(s.field, ()) for s in every)
    n = len(asked)
    return {
        "n": n,
        "with_any": n_any / n,
        "shown_each": n_shown / n,
        "right_share": n_right / max(n_shown, 1),
    }


def off_topic(path: Path) -> list[Asked]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [
        Asked(row["title"], row.get("problem", ""), row.get("language", ""), {}, "") for row in rows
    ]


def main() -> int:
    with shipped_index() as index:
        catalogue = index.catalogue
        sets = {
            "scenarios zh": asked_scenarios(catalogue, "zh"),
            "scenarios en": asked_scenarios(catalogue, "en"),
            "case needs zh": asked_cases(catalogue, "zh", told=False),
            "case needs en": asked_cases(catalogue, "en", told=False),
            "case reports zh": asked_cases(catalogue, "zh", told=True),
            "case reports en": asked_cases(catalogue, "en", told=True),
        }
        systems = rankers(catalogue, index)
        rows = [
            {"set": name, "field": field, **compared(asked, systems, field)}
            for name, asked in sets.items()
            for field in FIELDS
        ]
        precision = {name: shown(asked, index) for name, asked in sets.items()}
        precision["off topic"] = shown(
            off_topic(ROOT / "data/judgements/off_topic_needs.jsonl"), index
        )
    result = {"measured": datetime.now(UTC).date().isoformat(), "rows": rows, "shown": precision}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(RESULT)
    return 0


def _plain(found: Interval | PairedDifference) -> dict[str, Any]:
    return {k: round(v, 4) for k, v in asdict(found).items()}


if __name__ == "__main__":
    raise SystemExit(main())
