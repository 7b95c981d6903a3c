"""Finding the twin of a text in the other language, by the model and by what it must beat."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from matcher.learning.systems import Tools
from matcher.ranking.engine import IndexParts
from matcher.ranking.model import AdditiveModel
from matcher.records import Catalogue
from matcher.reports.twins import (
    capability_twins,
    monolingual_collection,
    scenario_twins,
    twin_ranks,
    twin_report,
)
from matcher.retrieval.index import EvidenceIndex
from matcher.text.terms import detect_language
from tests.factories import make_capability, make_scenario


@pytest.fixture(scope="module")
def sample(shipped_catalogue: Catalogue) -> Catalogue:
    """Every sixth capability and scenario."""
    return replace(
        shipped_catalogue,
        capabilities=dict(list(shipped_catalogue.capabilities.items())[::6]),
        scenarios=dict(list(shipped_catalogue.scenarios.items())[::6]),
    )


@pytest.fixture(scope="module")
def report(sample: Catalogue, serving_model: AdditiveModel, parts: IndexParts) -> dict:
    return twin_report(sample, serving_model, Tools(parts.encoder, parts.cache, parts.lexicon))


def test_each_kind_is_asked_each_way(report: dict, sample: Catalogue) -> None:
    assert [task["name"] for task in report["tasks"]] == [
        "capabilities zh→en",
        "capabilities en→zh",
        "scenarios zh→en",
        "scenarios en→zh",
    ]
    assert [task["n_queries"] for task in report["tasks"]] == [len(sample.capabilities)] * 2 + [
        len(sample.scenarios)
    ] * 2
    json.dumps(report, allow_nan=False)


def test_model_finds_twins_and_beats_words(report: dict) -> None:
    for task in report["tasks"]:
        systems = {system["name"]: system for system in task["systems"]}
        assert set(systems) == {"model", "bm25", "dense"}
        ours = systems["model"]["measures"]
        assert ours["recall@1"]["mean"] > 0.9
        assert ours["recall@10"]["mean"] >= ours["recall@1"]["mean"]
        assert ours["mrr"]["low"] <= ours["mrr"]["mean"] <= ours["mrr"]["high"]
        assert systems["bm25"]["gain"]["mrr"]["low"] > 0.3
        assert systems["dense"]["gain"]["mrr"]["low"] > -0.05
        assert "gain" not in systems["model"]


def test_documents_are_in_one_language_only(sample: Catalogue) -> None:
    twins = capability_twins(sample.capabilities.values())
    for language in ("zh", "en"):
        collection = monolingual_collection(twins, language)
        assert collection.n_units == len(twins)
        for unit in collection.units:
            assert unit.title_en == unit.text_en == ""
            assert detect_language(f"{unit.title} {unit.text}") == language


def test_record_in_one_language_has_no_twin() -> None:
    assert capability_twins([make_capability(name_en="")]) == []
    assert scenario_twins([make_scenario(name="")]) == []
    assert len(scenario_twins([make_scenario()])) == 1


def test_ranks_start_at_one_and_ties_are_not_luck(
    sample: Catalogue, serving_model: AdditiveModel, parts: IndexParts
) -> None:
    """BM25 sees no shared word in most pairs: such a twin stands in the middle of the others."""
    twins = capability_twins(sample.capabilities.values())
    index = EvidenceIndex(
        monolingual_collection(twins, "en"), parts.encoder, cache=parts.cache, lexicon=None
    )
    ranks = twin_ranks(index, serving_model, twins, "zh")
    n = len(twins)
    for found in ranks.values():
        assert found.min() >= 1
        assert found.max() <= n
    blind = ranks["bm25"][ranks["bm25"] > 10]
    assert np.median(blind) == pytest.approx(n / 2, rel=0.35)


def test_catalogue_without_twins_has_no_tasks(
    serving_model: AdditiveModel, parts: IndexParts
) -> None:
    assert twin_report(Catalogue(), serving_model, Tools(parts.encoder)) == {"tasks": []}
