"""Whether nobody is proposed when nobody fits: needs asked with everybody near taken away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matcher.errors import NotEnoughJudgements
from matcher.learning.cases import evidence_cases
from matcher.learning.refusals import (
    CASES,
    AskedTwice,
    _group,
    _Near,
    refusal_block,
)
from matcher.learning.systems import Tools
from matcher.ranking.engine import IndexParts
from matcher.ranking.model import AdditiveModel
from matcher.records import Catalogue
from tests.factories import make_capability


def near(**changes: object) -> bool:
    judge = _Near(frozenset({"C31"}), frozenset({"visual_inspection"}), "SC1", "V1")
    far = {
        "provider_id": "V9",
        "industries": ("A01",),
        "ai_tasks": ("speech",),
        "scenario_ids": ("SC9",),
    }
    return judge.holds(make_capability(**{**far, **changes}))


def test_who_shares_nothing_is_far() -> None:
    assert not near()
    assert near(provider_id="V1")
    assert near(scenario_ids=("SC9", "SC1"))
    assert near(industries=("C3120",))
    assert near(ai_tasks=("speech", "visual_inspection"))


def asked(group: int, whole: float, emptied: float | None) -> AskedTwice:
    pair = None if emptied is None else (emptied, 1.0)
    return AskedTwice(CASES, f"E{group}", (whole, 1.0), pair)


def test_shares_are_of_those_asked_and_thresholds_of_the_other_folds() -> None:
    """Values are far apart, so that every fold's threshold lies between them."""
    needs = [asked(i, 0.5 + i / 1000, 0.1 if i % 4 else 0.9) for i in range(80)]
    needs.append(asked(80, 0.05, None))
    found = _group(needs, needs, 0.05)
    ours, meaning = found["systems"]
    assert (found["n_whole"], found["n_emptied"]) == (81, 80)
    assert ours["refused"]["mean"] == pytest.approx(0.75)
    assert 1 / 81 <= ours["refused_wrongly"]["mean"] <= 0.12
    assert meaning["refused"]["mean"] == 0.0  # nothing lies below a threshold that all reach
    assert ours["refused"]["low"] < ours["refused"]["mean"] < ours["refused"]["high"]


def test_the_shipped_rule_refuses_more_than_meaning_alone(
    shipped_catalogue: Catalogue, parts: IndexParts, serving_model: AdditiveModel
) -> None:
    """On a part of the scenarios and cases: the whole is measured by the report."""
    kept = {case.case_id for case in evidence_cases(shipped_catalogue)[::8]}
    some = replace(
        shipped_catalogue,
        scenarios=dict(sorted(shipped_catalogue.scenarios.items())[::12]),
        cases={i: case for i, case in shipped_catalogue.cases.items() if i in kept},
    )
    tools = Tools(encoder=parts.encoder, cache=parts.cache, lexicon=parts.lexicon)
    block = refusal_block(some, parts, serving_model, tools)
    groups = {group["name"]: group for group in block["groups"]}
    assert set(groups) == {CASES, "scenarios_zh", "scenarios_en"}
    told = [groups[name]["systems"] for name in ("scenarios_zh", "scenarios_en")]
    refused = [[system["refused"]["mean"] for system in systems] for systems in told]
    assert sum(ours for ours, _ in refused) > sum(meaning for _, meaning in refused)
    assert all(ours["refused"]["mean"] > ours["refused_wrongly"]["mean"] for ours, _ in told)


def test_a_catalogue_without_cases_is_refused_in_words(
    shipped_catalogue: Catalogue, parts: IndexParts, serving_model: AdditiveModel
) -> None:
    tools = Tools(encoder=parts.encoder, cache=parts.cache, lexicon=parts.lexicon)
    empty = replace(shipped_catalogue, cases={}, scenarios={})
    with pytest.raises(NotEnoughJudgements, match="cases"):
        refusal_block(empty, parts, serving_model, tools)
