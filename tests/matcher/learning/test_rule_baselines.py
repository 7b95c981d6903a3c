"""Baselines over catalogue records: tag overlap and the fixed weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matcher.learning.baselines import (
    BaselineQuery,
    Scores,
    SixFactorRule,
    TagOverlap,
    six_factors,
)
from matcher.records import Capability, Case, Need, Provider

NEED = Need(
    "N1",
    "钢板表面缺陷检测",
    industries=("C31",),
    ai_tasks=("visual_inspection",),
    data_modalities=("image",),
    budget_max_cny=500_000,
    region="310000",
)
FITTING = Capability(
    "K1",
    "P1",
    "表面检测",
    industries=("C3120",),
    ai_tasks=("visual_inspection",),
    data_modalities=("image",),
    price_min_cny=400_000,
)
OTHER = Capability("K2", "P2", "堆场调度", industries=("G54",), ai_tasks=("optimisation",))
BLANK = Capability("K3", "P3", "")
PROVIDERS = {
    "P1": Provider("P1", "甲", region="310000"),
    "P2": Provider("P2", "乙", region="440300"),
}
CASES = {f"C{i}": Case(f"C{i}", "检测", provider_id="P1") for i in range(3)}


class Semantic:
    name = "semantic"

    def __init__(self, *scores: float) -> None:
        self.scores = np.array(scores, dtype=np.float32)

    def score(self, query: BaselineQuery) -> Scores:
        return self.scores


def query(need: Need | None = NEED, *hidden_cases: str) -> BaselineQuery:
    return BaselineQuery("N1", "", "", need=need, hidden_case_ids=frozenset(hidden_cases))


def rule(*capabilities: Capability, semantic: Semantic, **changes: object) -> SixFactorRule:
    own = [[capability] for capability in capabilities]
    return SixFactorRule(own, semantic, PROVIDERS, CASES, **changes)  # type: ignore[arg-type]


def test_tag_overlap_is_shared_over_either() -> None:
    # C3120 is in division C31: three tags shared of three; K2 shares none of five
    assert TagOverlap([[FITTING], [OTHER], [BLANK]]).score(query()).tolist() == [1.0, 0.0, 0.0]
    more = replace(FITTING, ai_tasks=("visual_inspection", "detection", "robotics"))
    assert TagOverlap([[more]]).score(query())[0] == pytest.approx(3 / 5)


def test_blank_records_on_both_sides_share_nothing() -> None:
    assert TagOverlap([[BLANK], []]).score(query(Need("N2", "x"))).tolist() == [0.0, 0.0]


def test_best_capability_speaks_for_the_candidate() -> None:
    assert TagOverlap([[OTHER, FITTING]]).score(query())[0] == 1.0
    both = SixFactorRule([[OTHER, FITTING]], Semantic(0.5), PROVIDERS, CASES)
    alone = SixFactorRule([[FITTING]], Semantic(0.5), PROVIDERS, CASES)
    assert both.score(query())[0] == alone.score(query())[0]


def test_capability_written_from_a_hidden_case_is_not_seen() -> None:
    written = replace(FITTING, derived_from_case_ids=("C1",))
    for baseline in (TagOverlap([[written]]), rule(written, semantic=Semantic(0.5))):
        assert baseline.score(query(NEED, "C2"))[0] > 0.0
        assert baseline.score(query(NEED, "C1"))[0] == 0.0


def test_points_are_the_sum_of_weighted_factors() -> None:
    scores = rule(FITTING, OTHER, BLANK, semantic=Semantic(0.8, -0.3, 0.0)).score(query())
    # industry 25, semantic 30 * .8, three cases of five, budget 10, place 5, credit unknown
    assert scores[0] == pytest.approx(25 + 24 + 12 + 10 + 5 + 5)
    # nothing but unknown budget and credit; the place is known and elsewhere
    assert scores[1] == pytest.approx(5 + 0 + 5)
    # everything unknown: budget, place and credit in the middle, nothing for what is not there
    assert scores[2] == pytest.approx(5 + 2.5 + 5)


def test_semantic_above_one_is_divided_by_the_best() -> None:
    scores = rule(FITTING, FITTING, semantic=Semantic(12.0, 3.0)).score(query())
    assert scores[0] - scores[1] == pytest.approx(30 * (1 - 3 / 12))


def test_credit_counts_where_it_is_known() -> None:
    known = rule(FITTING, BLANK, semantic=Semantic(0.0, 0.0), credit={"P1": 100.0, "P3": 0.0})
    unknown = rule(FITTING, BLANK, semantic=Semantic(0.0, 0.0))
    difference = known.score(query()) - unknown.score(query())
    assert difference.tolist() == pytest.approx([5, -5])


def test_track_record_leaves_out_hidden_and_weak_cases_and_is_full_at_five() -> None:
    def points(cases: dict[str, Case], *hidden: str) -> float:
        baseline = SixFactorRule([[FITTING]], Semantic(0.0), PROVIDERS, cases)
        return float(baseline.score(query(NEED, *hidden))[0])

    none = points({})
    assert points(CASES) - none == pytest.approx(12)
    assert points(CASES, "C0", "C2") - none == pytest.approx(4)
    assert points({**CASES, "C9": Case("C9", "", provider_id="P1", weak=True)}) == points(CASES)
    many = {f"C{i}": Case(f"C{i}", "", provider_id="P1") for i in range(40)}
    assert points(many) - none == pytest.approx(20)


@pytest.mark.parametrize(
    ("wanted", "offered", "factor"),
    [
        ("C31", "C31", 1.0),
        ("C3120", "C313", 1.0),  # one division
        ("C", "C26", 0.5),  # a whole section is a weak statement
        ("C26", "C31", 0.5),
        ("C26", "A01", 0.0),
    ],
)
def test_industry_factor(wanted: str, offered: str, factor: float) -> None:
    need, capability = Need("N", "x", industries=(wanted,)), replace(BLANK, industries=(offered,))
    assert six_factors(need, capability, None)["industry"] == factor


@pytest.mark.parametrize(
    ("price", "factor"), [(500_000, 1.0), (750_000, 0.5), (1_000_000, 0.0), (None, 0.5)]
)
def test_budget_factor_falls_above_the_budget(price: int | None, factor: float) -> None:
    assert six_factors(NEED, replace(BLANK, price_min_cny=price), None)["budget"] == factor


@pytest.mark.parametrize(
    ("home", "served", "factor"),
    [
        ("440300", (), 1.0),
        ("440100", (), 0.5),
        ("110000", (), 0.0),
        ("110000", ("100000",), 1.0),
        ("110000", ("440000",), 1.0),
        ("", (), 0.5),
    ],
)
def test_place_factor(home: str, served: tuple[str, ...], factor: float) -> None:
    need = Need("N", "x", region="440300")
    capability = replace(BLANK, service_regions=served)
    assert six_factors(need, capability, Provider("P", "丙", region=home))["place"] == factor


def test_query_without_a_need_and_semantic_of_another_length_are_refused() -> None:
    for baseline in (TagOverlap([[FITTING]]), rule(FITTING, semantic=Semantic(0.5))):
        with pytest.raises(ValueError, match="N1 has no need record"):
            baseline.score(query(None))
    with pytest.raises(ValueError, match="semantic scores 2 candidates, expected 1"):
        rule(FITTING, semantic=Semantic(0.5, 0.5)).score(query())
