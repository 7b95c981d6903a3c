"""Completeness of capabilities and bases: every point has a reason, fillers earn nothing."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.intake.base_checklist import BASE_ITEMS
from matcher.intake.capability_checklist import CAPABILITY_ITEMS
from matcher.intake.checklist import Item
from matcher.intake.completeness import (
    base_completeness,
    capability_completeness,
    is_base_publishable,
)
from matcher.records import Capability, PilotBase, PriorityRule, SlotPeriod
from matcher.schemas import SCHEMAS, load_record
from tests.factories import (
    make_base_service,
    make_capability,
    make_claim,
    make_evidence,
    make_pilot_base,
    make_registered_base,
)
from tests.matcher.schemas.strategies import record_input

TODAY = date(2026, 11, 1)
COMPLETE: dict[str, Any] = {
    "capacity_stated_at": TODAY,
    "adapted_chips": ("昇腾 910B",),
    "min_data_modalities": ("image",),
    "min_data_volume": "1_100gb",
    "labels_needed": "no",
    "trains_on_site": "yes",
    "on_site_support": "yes",
    "wanted_sizes": ("medium",),
    "ip_terms": "shared",
    "trains_on_client_data": "no",
    "valid_to": date(2027, 6, 1),
}
ENGLISH = (
    "Line-scan cameras capture both sides of the strip; cracks, inclusions, scratches and scale "
    "are recognised and graded, which replaces manual sampling by inspectors. Surface images and "
    "coil data go in; position, class and grade of every defect come out within one second."
)
patient = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def of_capability(**changes: Any) -> int:
    capability = make_capability(**{**COMPLETE, **changes})
    return capability_completeness(capability, today=TODAY).score


def of_base(**changes: Any) -> int:
    return base_completeness(make_registered_base(**changes), today=TODAY).score


def test_complete_records_have_every_point() -> None:
    assert of_capability() == of_base() == 100


@pytest.mark.parametrize(
    ("items", "kind"), [(CAPABILITY_ITEMS, "capability"), (BASE_ITEMS, "pilot_base")]
)
def test_a_checklist_sums_to_100_and_names_fields_of_the_form(
    items: tuple[Item, ...], kind: str
) -> None:
    assert sum(item.points for item in items) == 100
    assert len({item.code for item in items}) == len(items)
    for item in items:
        assert set(item.fields) <= set(SCHEMAS[kind]().fields), item.code
        assert item.label_zh
        assert item.hint_zh
        assert (item.label_en + item.hint_en).isascii()


def test_the_smallest_records_are_told_all_that_is_missing() -> None:
    capability = capability_completeness(Capability("C", "V", ""), today=TODAY)
    assert capability.score == 0
    assert len(capability.missing) == len(CAPABILITY_ITEMS)
    base = base_completeness(PilotBase("PB", "基地"), today=TODAY)
    assert (base.score, len(base.missing)) == (0, len(BASE_ITEMS))


@pytest.mark.parametrize(
    ("changes", "lost"),
    [
        ({"problem": "待补充", "problem_en": ""}, 13),
        ({"problem": "", "problem_en": ENGLISH}, 0),
        ({"industries": ()}, 3),
        ({"claims": ()}, 16),
        ({"claims": (make_claim(conditions=""),)}, 5),
        ({"claims": (make_claim(case_ids=()),)}, 6),
        ({"claims": (make_claim(case_ids=(), evidence_ids=("E1",)),)}, 0),
        ({"case_ids": ()}, 14),
        ({"case_ids": (), "evidence": (make_evidence(),)}, 0),
        ({"case_ids": (), "evidence": (make_evidence(text="见附件"),)}, 14),
        ({"maturity": None}, 6),
        ({"domestic_stack": "none", "adapted_chips": ()}, 0),
        ({"adapted_chips": ()}, 2),
        ({"price_min_cny": None, "price_max_cny": None}, 6),
        ({"price_min_cny": None, "price_max_cny": None, "price_negotiable": True}, 0),
        ({"free_slots": 0}, 0),
        ({"capacity_stated_at": TODAY - timedelta(days=61)}, 4),
        ({"capacity_stated_at": None}, 4),
        ({"valid_to": date(2026, 10, 31)}, 2),
        ({"wanted_sizes": (), "min_budget_cny": 100_000}, 0),
    ],
)
def test_what_is_missing_from_a_capability_costs_its_points(
    changes: dict[str, Any], lost: int
) -> None:
    assert of_capability(**changes) == 100 - lost


@pytest.mark.parametrize(
    ("changes", "lost"),
    [
        ({"services": ()}, 40),
        ({"slots": ()}, 10),
        ({"slots": (SlotPeriod("T1", end=date(2026, 10, 31), total=4),)}, 10),
        ({"slots": (SlotPeriod("T1", end=date(2026, 11, 1), total=0),)}, 0),
        ({"priority_rules": ()}, 8),
        ({"priority_rules": (PriorityRule("P1", "待定"),)}, 8),
        ({"required_documents": ()}, 3),
        ({"equipment": ()}, 6),
        ({"compute_chips": ()}, 1),
        ({"contacts": ()}, 4),
        ({"lead": ""}, 2),
    ],
)
def test_what_is_missing_from_a_base_costs_its_points(changes: dict[str, Any], lost: int) -> None:
    assert of_base(**changes) == 100 - lost


def test_a_base_is_published_from_80_points() -> None:
    complete = base_completeness(make_registered_base(), today=TODAY)
    assert is_base_publishable(complete)
    without_machines = {"equipment": (), "compute_chips": (), "compute_total": "", "benchmarks": ()}
    assert is_base_publishable(
        base_completeness(make_registered_base(**without_machines), today=TODAY)
    )
    press_only = base_completeness(make_pilot_base(), today=TODAY)
    assert press_only.score < 80
    assert not is_base_publishable(press_only)


def test_no_base_is_published_with_placeholder_text_whatever_its_points() -> None:
    base = make_registered_base(note="本基地情况待补充。")
    found = base_completeness(base, today=TODAY)
    assert found.score == 100
    assert not is_base_publishable(found)


def test_a_description_copied_to_every_service_earns_nothing() -> None:
    copied = "面向本方向提供{}，具体范围、名额与费用以实际沟通为准。"
    names = ("测试验证", "数据服务", "算力服务")
    services = tuple(
        make_base_service(
            service_id=f"PB900-S{n}", name=name, description=copied.format(name), description_en=""
        )
        for n, name in enumerate(names, start=1)
    )
    found = base_completeness(make_registered_base(services=services), today=TODAY)
    assert {line.code for line in found.missing} >= {"services"}
    assert next(line.earned for line in found.checks if line.code == "services") == 0


def test_missing_lines_come_with_most_to_gain_first() -> None:
    missing = base_completeness(make_pilot_base(), today=TODAY).missing
    gains = [line.points - line.earned for line in missing]
    assert gains == sorted(gains, reverse=True)


@pytest.mark.parametrize("kind", ["capability", "pilot_base"])
def test_any_draft_has_a_score_that_is_the_sum_of_its_lines(kind: str) -> None:
    judge = capability_completeness if kind == "capability" else base_completeness

    @patient
    @given(record_input(kind))
    def holds(data: dict[str, Any]) -> None:
        found = judge(load_record(kind, data, profile="match"), today=TODAY)
        assert 0 <= found.score <= 100
        assert found.score == sum(line.earned for line in found.checks)
        assert all(0 <= line.earned <= line.points for line in found.checks)

    holds()


OPTIONAL = [part for part in fields(Capability) if part.default is not MISSING]


@patient
@given(record_input("capability"), st.sampled_from(OPTIONAL))
def test_emptying_a_field_never_raises_the_score(data: dict[str, Any], part: Field[Any]) -> None:
    capability = load_record("capability", data, profile="match")
    emptied = replace(capability, **{part.name: part.default})
    before = capability_completeness(capability, today=TODAY).score
    assert capability_completeness(emptied, today=TODAY).score <= before
