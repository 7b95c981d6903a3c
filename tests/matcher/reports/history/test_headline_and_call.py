"""The first screen follows from rules over figures; an open call is drafted from a gap."""

from __future__ import annotations

from typing import Any

import pytest

from matcher.errors import InvalidRecord
from matcher.reports.history.build import MAKERS
from matcher.reports.history.figures import Block, Figure
from matcher.reports.history.headline import RULES, headline_of
from matcher.reports.history.open_call import draft_open_call, waiting_of

GAP: dict[str, Any] = {
    "key": "cluster",
    "n": 12,
    "needs": ["N1", "N2"],
    "facts": {
        "industry": "C26",
        "task": "anomaly",
        "constraint": "deployment_not_offered",
        "n_enterprises": 9,
        "waiting_budget_cny": 6_400_000,
        "n_budgets_stated": 10,
    },
}
GOOD = {
    "gain_ndcg@5": Figure("gain_ndcg@5", 0.12, 200, 0.08, 0.16, system="six_factor_rule"),
    "ece": Figure("ece", 0.03, 500, 0.01, 0.04, system="joint"),
    "mutual@5": Figure("mutual@5", 0.16, 900, 0.13, 0.19),
}


def headline(**changes: Figure) -> dict[str, Any]:
    figures = {**GOOD, **{name.replace("_at_", "@"): one for name, one in changes.items()}}
    blocks = {key: Block(key, (), False) for key in MAKERS}
    for rule in RULES:
        if rule.key in figures:
            mine = [f for key, f in figures.items() if key == rule.key]
            blocks[rule.block] = Block(rule.block, (*blocks[rule.block].figures, *mine), False)
    return headline_of(blocks)


def test_good_figures_can_be_trusted_and_say_on_what() -> None:
    found = headline()
    assert (found["trust"], found["weak"]) == ("yes", [])
    assert {one["rule"] for one in found["rests_on"]} == {
        "ranking_no_better", "probabilities_off", "few_accepted",
    }  # fmt: skip
    assert "drift" in found["not_known"]


def test_an_order_that_is_no_better_than_a_fixed_rule_is_not_to_be_trusted() -> None:
    worse = Figure("gain_ndcg@5", 0.01, 200, -0.02, 0.04, system="six_factor_rule")
    found = headline(gain_ndcg_at_5=worse)
    assert found["trust"] == "no"
    assert found["weak"][0]["figure"]["value"] == 0.01
    assert found["do"][0]["zh"]


def test_a_weakness_that_is_sure_calls_for_care_and_one_that_is_not_does_not() -> None:
    off = Figure("ece", 0.09, 500, 0.07, 0.11, system="joint")
    perhaps = Figure("ece", 0.06, 500, 0.03, 0.09, system="joint")
    assert headline(ece=off)["trust"] == "with_care"
    assert headline(ece=perhaps)["trust"] == "yes"


def test_without_an_essential_figure_nothing_is_claimed() -> None:
    unknown = Figure("mutual@5", None, 12)
    found = headline(mutual_at_5=unknown)
    assert found["trust"] == "not_enough_data"
    assert "few_accepted" in found["not_known"]


def test_an_open_call_names_need_obstacle_and_budget_in_both_languages() -> None:
    call = draft_open_call(GAP, synthetic=False)
    assert "640 万元" in call.text
    assert "6,400,000" in call.text_en
    assert "9 家企业的 12 项需求" in call.text
    assert "12 needs of 9 enterprises" in call.text_en
    assert "部署方式不支持" in call.text
    assert "Deployment not offered" in call.text_en
    assert call.need_ids == ("N1", "N2")
    assert "合成" not in call.title


@pytest.mark.parametrize("stated", [{}, {"n_budgets_stated": 5}, {"n_enterprises_stating": 2}])
def test_an_open_call_tells_no_budget_of_fewer_than_three_enterprises(stated: Any) -> None:
    facts = {name: one for name, one in GAP["facts"].items() if name != "n_budgets_stated"}
    call = draft_open_call({**GAP, "facts": facts | stated}, synthetic=False)
    assert "640" not in call.text
    assert "6,400,000" not in call.text_en
    assert "填写预算的企业少于 3 家，预算不予公布" in call.text
    assert "no budget is published, as fewer than 3 enterprises state one" in call.text_en


def test_budgets_that_several_needs_of_one_enterprise_may_state_are_not_counted_twice() -> None:
    facts = GAP["facts"] | {"n_budgets_stated": 6}  # the six others are of six enterprises at most
    assert waiting_of({**GAP, "facts": facts}).n_stating == 3
    assert waiting_of({**GAP, "facts": facts | {"n_budgets_stated": 2}}).n_stating == 0


def test_an_open_call_from_synthetic_needs_says_so_in_title_and_text() -> None:
    call = draft_open_call(GAP, synthetic=True)
    for text in (call.title, call.text):
        assert text.startswith("【合成演示】")
    for text in (call.title_en, call.text_en):
        assert text.startswith("[Synthetic]")


def test_something_else_than_a_gap_is_refused() -> None:
    with pytest.raises(InvalidRecord, match="cluster"):
        draft_open_call({"key": "mutual@5", "facts": {}}, synthetic=False)
