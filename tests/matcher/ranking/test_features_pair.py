"""What one capability's record says to one need: tags, evidence, price, place, time."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.ranking.features.feasibility import (
    MAX_WEEKS_LATE,
    late_start,
    maturity_gap,
    over_budget,
    same_province,
)
from matcher.ranking.features.strength import (
    SAYS_NOTHING,
    case_weight,
    completeness,
    evidence_strength,
)
from matcher.ranking.features.structure import (
    NEUTRAL_FIT,
    covered_share,
    industry_fit,
    structure_functions,
)
from matcher.records import Capability
from matcher.vocabulary import industry_ancestors
from tests.factories import make_capability, make_case, make_need, make_provider


def fit(wanted: str, offered: str) -> float:
    return industry_fit([(wanted, *industry_ancestors(wanted))], (offered,))


@pytest.mark.parametrize(
    ("wanted", "offered", "value"),
    [
        ("C31", "C31", 1.0),
        ("C311", "C31", 1.0),
        ("C31", "C311", 1.0),
        ("C311", "C313", 0.8),
        ("C31", "C", 0.8),
        ("C31", "C36", 0.3),
        ("C31", "A03", 0.0),
    ],
)
def test_industries_are_as_close_as_their_place_in_the_standard(
    wanted: str, offered: str, value: float
) -> None:
    assert fit(wanted, offered) == pytest.approx(value)


def test_closest_of_several_industries_counts() -> None:
    lineages = [("A03", "A"), ("C31", "C")]
    assert industry_fit(lineages, ("J66", "C31")) == pytest.approx(1.0)


def test_another_industry_never_lowers_the_fit() -> None:
    one = structure_functions(make_need(), {})["industry_fit"]
    assert one(make_capability(industries=("C31", "A03"))) == one(make_capability())


@given(
    st.sets(st.sampled_from("abcdef"), min_size=1),
    st.sets(st.sampled_from("abcdef")),
    st.sampled_from("abcdef"),
)
def test_offering_more_never_covers_less(wanted: set[str], offered: set[str], more: str) -> None:
    before = covered_share(tuple(wanted), tuple(offered))
    after = covered_share(tuple(wanted), (*offered, more))
    assert 0.0 <= after <= 1.0
    assert math.isnan(before) or after >= before


@pytest.mark.parametrize("name", ["industry_fit", "process_step_fit", "ai_task_fit", "data_fit"])
def test_silence_on_either_side_says_nothing(name: str) -> None:
    silent_need = make_need(industries=(), process_steps=(), ai_tasks=(), data_modalities=())
    silent_record = make_capability(
        industries=(), process_steps=(), ai_tasks=(), data_modalities=()
    )
    assert math.isnan(structure_functions(silent_need, {})[name](make_capability()))
    assert math.isnan(structure_functions(make_need(), {})[name](silent_record))
    full = structure_functions(make_need(), {})[name](make_capability())
    assert full == pytest.approx(1.0 - NEUTRAL_FIT)


def test_scenario_that_is_closest_counts_and_none_is_the_farthest() -> None:
    close = structure_functions(make_need(), {"S1": 2.0, "S2": -1.0})["scenario_affinity"]
    assert close(make_capability(scenario_ids=("S2", "S1"))) == 2.0
    assert close(make_capability(scenario_ids=())) == -1.0
    assert close(make_capability(scenario_ids=("unknown",))) == -1.0


def strength(**changes: object) -> float:
    case = make_case(**{"trust": "A", **changes})
    return evidence_strength(make_capability(), {case.case_id: case})


def test_evidence_counts_by_independence_source_and_figures() -> None:
    assert strength() == pytest.approx(1.0)
    assert strength(relation="affiliated") < strength()
    assert strength(trust="C") < strength(trust="B") < strength()
    assert strength(quantified=False) < strength()
    assert strength(unverified=True) < strength(trust="C")
    assert strength(weak=True) == 0.0


def test_more_cases_never_weaken_and_soon_add_nothing() -> None:
    cases = {f"C{i}": make_case(case_id=f"C{i}", trust="A") for i in range(8)}
    found = [evidence_strength(make_capability(case_ids=tuple(cases)[:n]), cases) for n in range(9)]
    assert found == sorted(found)
    assert found[3] == found[8] == pytest.approx(2.0)
    assert evidence_strength(make_capability(case_ids=("gone",)), cases) == 0.0


def test_case_weight_lies_between_none_and_one() -> None:
    odd = make_case(relation="unheard of", trust="")
    assert 0.0 < case_weight(odd) < case_weight(make_case()) <= 1.0


def test_record_that_is_a_name_alone_says_nothing() -> None:
    name_only = Capability("CAP-1", "V1", "AI 解决方案", "AI solutions", free_slots=3)
    assert completeness(name_only) == SAYS_NOTHING
    assert completeness(replace(name_only, problem_en="Finds cracks.")) > 0.0
    assert completeness(replace(name_only, ai_tasks=("anomaly",))) > 0.0


def test_complete_record_is_complete_and_each_field_helps() -> None:
    full = make_capability()
    assert completeness(full) == 1.0
    for name, empty in (("maturity", None), ("claims", ()), ("problem", ""), ("free_slots", None)):
        assert completeness(replace(full, **{name: empty})) == pytest.approx(11 / 12), name


def test_maturity_falls_short_by_levels() -> None:
    asked = make_need(min_maturity=8)
    assert maturity_gap(asked, make_capability(maturity=5)) == 3.0
    assert maturity_gap(asked, make_capability(maturity=9)) == 0.0
    assert math.isnan(maturity_gap(asked, make_capability(maturity=None)))
    assert math.isnan(maturity_gap(make_need(), make_capability()))


@pytest.mark.parametrize("preference", ["", "none"])
def test_place_says_nothing_unless_the_need_prefers_one(preference: str) -> None:
    need = make_need(region="320500", region_preference=preference)
    assert math.isnan(same_province(need, make_capability(), make_provider()))


def test_place_counts_by_province_of_office_or_service() -> None:
    need = make_need(region="320500", region_preference="prefer")
    elsewhere = make_provider(region="440300")
    nowhere = make_capability(service_regions=())
    assert same_province(need, nowhere, make_provider(region="320100")) == 1.0
    assert same_province(need, nowhere, elsewhere) == 0.0
    assert same_province(need, make_capability(service_regions=("320000",)), elsewhere) == 1.0
    assert same_province(need, make_capability(service_regions=("100000",)), elsewhere) == 0.0
    assert math.isnan(same_province(need, nowhere, None))


@given(st.integers(1, 10_000_000), st.integers(0, 10_000_000))
def test_price_above_the_budget_counts_by_its_share(budget: int, more: int) -> None:
    need = make_need(budget_max_cny=budget)
    dear = make_capability(price_min_cny=budget + more, price_unit="project")
    assert over_budget(need, dear) == pytest.approx(min(more / budget, 1.0))


def test_price_that_cannot_be_compared_says_nothing() -> None:
    need = make_need(budget_max_cny=100_000)
    assert math.isnan(over_budget(need, make_capability(price_unit="year")))
    assert math.isnan(over_budget(need, make_capability(price_min_cny=None)))
    assert math.isnan(over_budget(make_need(budget_max_cny=None), make_capability()))
    assert over_budget(need, make_capability(price_min_cny=1)) == 0.0


def test_start_is_late_by_weeks() -> None:
    wanted = date(2027, 3, 1)
    need = make_need(start_by=wanted)
    weeks = [
        late_start(need, make_capability(earliest_start=wanted + timedelta(days=d)))
        for d in (-30, 0, 14, 4_000)
    ]
    assert weeks == [0.0, 0.0, 2.0, MAX_WEEKS_LATE]
    assert math.isnan(late_start(make_need(start_by=None), make_capability()))
