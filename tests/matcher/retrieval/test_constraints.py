"""Hard constraints: what excludes, what is only unknown, and what is said."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import vocabulary
from matcher.ranking.results import HardCheck
from matcher.records import Capability, Certificate, Need
from matcher.retrieval.constraints import CHECKS, check_capability, failed
from tests.factories import make_certificate, make_provider

TODAY = date(2026, 11, 2)
SILENT_NEED = Need(need_id="N1", title="热轧带钢表面裂纹在线检测")
SILENT_CAPABILITY = Capability(capability_id="C1", provider_id="V900", name="表面检测")


def checks(need: Need, capability: Capability, **provider: Any) -> dict[str, HardCheck]:
    found = check_capability(need, capability, make_provider(**provider), today=TODAY)
    return {check.name: check for check in found}


def needing(**stated: Any) -> Need:
    return Need(need_id="N1", title="热轧带钢表面裂纹在线检测", **stated)


def offering(**stated: Any) -> Capability:
    return Capability(capability_id="C1", provider_id="V900", name="表面检测", **stated)


def test_nothing_stated_gives_no_checks() -> None:
    assert check_capability(SILENT_NEED, SILENT_CAPABILITY, None, today=TODAY) == ()


# name, need, capability, status, reason code
CASES: list[tuple[str, dict[str, Any], dict[str, Any], str, str]] = [
    ("deployment", {"deployments": ("edge",)}, {"deployments": ("edge", "on_premise")},
     "passed", "deployment_offered"),
    ("deployment", {"deployments": ("edge", "on_premise")}, {"deployments": ("public_cloud",)},
     "failed", "deployment_not_offered"),
    ("deployment", {"deployments": ("edge",)}, {}, "unknown", "deployment_not_stated"),
    ("domestic_stack", {"domestic_stack": "required"}, {"domestic_stack": "full"},
     "passed", "domestic_stack_full"),
    ("domestic_stack", {"domestic_stack": "required"}, {"domestic_stack": "partial"},
     "unknown", "domestic_stack_partial"),
    ("domestic_stack", {"domestic_stack": "required"}, {"domestic_stack": "none"},
     "failed", "domestic_stack_none"),
    ("domestic_stack", {"domestic_stack": "required"}, {}, "unknown", "domestic_stack_not_stated"),
    ("data_residency", {"data_leaves_site": "no"}, {"data_leaves_site": "masked"},
     "failed", "data_must_stay"),
    ("data_residency", {"data_leaves_site": "no"}, {"data_leaves_site": "yes"},
     "failed", "data_must_stay"),
    ("data_residency", {"data_leaves_site": "no"}, {"data_leaves_site": "no"},
     "passed", "data_stays"),
    ("data_residency", {"data_leaves_site": "no"}, {}, "unknown", "data_not_stated"),
    ("data_residency", {"data_leaves_site": "masked"}, {"data_leaves_site": "yes"},
     "failed", "data_must_stay"),
    ("data_residency", {"data_leaves_site": "masked"}, {"data_leaves_site": "masked"},
     "passed", "data_stays"),
    ("maturity", {"min_maturity": 7}, {"maturity": 7}, "passed", "maturity_reached"),
    ("maturity", {"min_maturity": 7}, {"maturity": 6}, "failed", "maturity_too_low"),
    ("maturity", {"min_maturity": 7}, {}, "unknown", "maturity_not_stated"),
    ("certificate", {"safety": ("mlps_2",)}, {"certificates": ("mlps_3",)},
     "passed", "certificate_held"),
    ("certificate", {"safety": ("mlps_3",)}, {"certificates": ("mlps_2",)},
     "failed", "certificate_missing"),
    ("certificate", {"safety": ("explosion_proof",)}, {"certificates": ("iso_9001",)},
     "failed", "certificate_missing"),
    ("certificate", {"certificates": ("medical_device",)}, {}, "unknown", "certificate_not_stated"),
    ("excluded_industry", {"industries": ("C2614",)}, {"excluded_industries": ("C26",)},
     "failed", "industry_excluded"),
    ("excluded_industry", {"industries": ("C31",)}, {"excluded_industries": ("C26",)},
     "passed", "industry_served"),
    ("excluded_industry", {"industries": ("C31", "C261")}, {"excluded_industries": ("C26",)},
     "unknown", "industry_partly_excluded"),
    ("excluded_industry", {"industries": ("C",)}, {"excluded_industries": ("C26",)},
     "unknown", "industry_partly_excluded"),
    ("excluded_industry", {}, {"excluded_industries": ("C26",)},
     "unknown", "need_industry_not_stated"),
    ("free_slots", {}, {"free_slots": 0}, "failed", "no_free_slots"),
    ("free_slots", {}, {"free_slots": 1}, "passed", "slots_free"),
    (
        "free_slots",
        {},
        {"free_slots": 0, "capacity_stated_at": date(2020, 1, 1)},
        "unknown",
        "slots_stale",
    ),
    ("price", {"budget_is_limit": True, "budget_max_cny": 300_000},
     {"price_min_cny": 300_001, "price_unit": "project"}, "failed", "price_above_budget"),
    ("price", {"budget_is_limit": True, "budget_max_cny": 300_000},
     {"price_min_cny": 300_000, "price_unit": "project"}, "passed", "price_within_budget"),
    ("price", {"budget_is_limit": True, "budget_max_cny": 300_000},
     {"price_min_cny": 900_000, "price_unit": "year"}, "unknown", "price_unit_differs"),
    ("price", {"budget_is_limit": True, "budget_max_cny": 300_000},
     {"price_min_cny": 900_000}, "unknown", "price_unit_differs"),
    ("price", {"budget_is_limit": True, "budget_max_cny": 1}, {}, "unknown", "price_not_stated"),
    ("min_budget", {"budget_max_cny": 400_000}, {"min_budget_cny": 500_000},
     "failed", "budget_too_small"),
    ("min_budget", {"budget_max_cny": 500_000}, {"min_budget_cny": 500_000},
     "passed", "budget_large_enough"),
    ("min_budget", {}, {"min_budget_cny": 500_000}, "unknown", "need_budget_not_stated"),
    ("validity", {}, {"valid_to": date(2026, 11, 1)}, "failed", "registration_expired"),
    ("validity", {}, {"valid_to": TODAY}, "passed", "registration_valid"),
    ("region", {"region_preference": "must", "region": "320500"}, {"service_regions": ("100000",)},
     "passed", "region_covered"),
    ("region", {"region_preference": "must", "region": "320500"}, {"service_regions": ("320100",)},
     "passed", "region_covered"),
    ("region", {"region_preference": "must", "region": "320500"}, {}, "passed", "region_covered"),
    ("region", {"region_preference": "must", "region": "440100"}, {"service_regions": ("310000",)},
     "failed", "region_not_covered"),
    ("region", {"region_preference": "must"}, {}, "unknown", "need_region_not_stated"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "need", "capability", "status", "code"), CASES)
def test_one_check_is_returned_with_its_status_and_code(
    name: str, need: dict[str, Any], capability: dict[str, Any], status: str, code: str
) -> None:
    found = checks(needing(**need), offering(**capability))
    assert list(found) == [name]
    assert (found[name].status, found[name].reason_code) == (status, code)


@pytest.mark.parametrize(
    ("need", "capability"),
    [
        ({"domestic_stack": "preferred"}, {"domestic_stack": "none"}),
        ({"data_leaves_site": "yes"}, {"data_leaves_site": "no"}),
        ({"region_preference": "prefer", "region": "440100"}, {"service_regions": ("310000",)}),
        ({"budget_max_cny": 1}, {"price_min_cny": 900_000, "price_unit": "project"}),
        ({"excluded_provider_ids": ("V001",)}, {}),
        ({"safety": ("other",)}, {}),
        ({"start_by": date(2026, 1, 1)}, {"earliest_start": date(2030, 1, 1)}),
    ],
)
def test_wishes_are_not_constraints(need: dict[str, Any], capability: dict[str, Any]) -> None:
    assert checks(needing(**need), offering(**capability)) == {}


def test_excluded_provider_fails() -> None:
    found = checks(needing(excluded_provider_ids=("V001", "V900")), SILENT_CAPABILITY)
    assert found["excluded_provider"].status == "failed"


EXPIRED = make_certificate(kind="mlps_3", valid_to=date(2026, 11, 1))
RUNNING = make_certificate(kind="mlps_3", valid_to=TODAY)


@pytest.mark.parametrize(
    ("listed", "details", "status", "code"),
    [
        (("mlps_3",), (EXPIRED,), "failed", "certificate_expired"),
        ((), (EXPIRED,), "failed", "certificate_expired"),
        (("iso_9001",), (EXPIRED,), "failed", "certificate_expired"),
        (("mlps_3",), (RUNNING,), "passed", "certificate_held"),
        ((), (EXPIRED, RUNNING), "passed", "certificate_held"),
        (("mlps_3",), (), "passed", "certificate_held"),
        (("mlps_3",), (make_certificate(kind="mlps_3", valid_to=None),), "passed",
         "certificate_held"),
        ((), (make_certificate(kind="cnas", valid_to=date(2026, 1, 1)),), "failed",
         "certificate_missing"),
        ((), (make_certificate(kind=""),), "unknown", "certificate_not_stated"),
    ],
)  # fmt: skip
def test_a_certificate_counts_until_its_last_day(
    listed: tuple[str, ...], details: tuple[Certificate, ...], status: str, code: str
) -> None:
    found = checks(
        needing(certificates=("mlps_3",)),
        offering(certificates=listed, certificate_details=details),
    )["certificate"]
    assert (found.status, found.reason_code) == (status, code)
    assert ("2026-11-01" in found.reason_zh) == (code == "certificate_expired")


def test_a_stricter_filing_stands_in_for_one_that_is_over() -> None:
    over = make_certificate(kind="mlps_2", valid_to=date(2026, 1, 1))
    capability = offering(certificates=("mlps_3",), certificate_details=(over,))
    assert checks(needing(safety=("mlps_2",)), capability)["certificate"].status == "passed"


def test_each_certificate_is_asked_for_once() -> None:
    need = needing(safety=("mlps_3", "explosion_proof"), certificates=("mlps_3",))
    found = check_capability(need, offering(certificates=("mlps_3",)), None, today=TODAY)
    assert [(check.name, check.status) for check in found] == [
        ("certificate", "passed"),
        ("certificate", "failed"),
    ]


def test_head_office_elsewhere_without_service_area_fails() -> None:
    need = needing(region_preference="must", region="440100")
    assert checks(need, SILENT_CAPABILITY, region="320100")["region"].status == "failed"
    assert checks(need, SILENT_CAPABILITY, region="")["region"].status == "unknown"
    unknown = check_capability(need, SILENT_CAPABILITY, None, today=TODAY)[0]
    assert unknown.reason_code == "region_not_stated"


def test_sentences_name_the_values_with_labels_not_codes() -> None:
    check = checks(needing(deployments=("edge",)), offering(deployments=("public_cloud",)))
    assert check["deployment"].reason_zh == "需求接受的部署方式为边缘；该能力提供公有云。"
    assert check["deployment"].reason_en == (
        "The need accepts Edge; the capability offers Public cloud."
    )
    price = checks(
        needing(budget_is_limit=True, budget_max_cny=300_000),
        offering(price_min_cny=450_000, price_unit="project"),
    )["price"]
    assert "30 万元" in price.reason_zh
    assert "45 万元" in price.reason_zh
    assert "CNY 450,000" in price.reason_en
    region = checks(
        needing(region_preference="must", region="440300"), offering(service_regions=("310000",))
    )["region"]
    assert "广东省" in region.reason_zh
    assert "Shanghai" in region.reason_en


def test_failed_keeps_only_what_excludes() -> None:
    need = needing(deployments=("edge",), min_maturity=9, domestic_stack="required")
    found = check_capability(need, offering(deployments=("edge",), maturity=8), None, today=TODAY)
    assert {check.status for check in found} == {"passed", "failed", "unknown"}
    assert [check.name for check in failed(found)] == ["maturity"]


def test_code_unknown_to_the_vocabulary_stands_for_itself() -> None:
    found = checks(needing(deployments=("orbit",)), offering(deployments=("seabed",)))
    assert "orbit" in found["deployment"].reason_zh
    assert "seabed" in found["deployment"].reason_en


def _some(name: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(vocabulary.codes(name)), max_size=3, unique=True).map(tuple)


def _one_of(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from(("", *vocabulary.codes(name)))


amounts = st.none() | st.integers(0, 10**9)
industries = st.lists(st.sampled_from(("C", "C26", "C2614", "A01")), max_size=2).map(tuple)
regions = st.sampled_from(("", "100000", "440000", "440300", "310000", "999999"))
needs = st.builds(
    Need,
    need_id=st.just("N1"),
    title=st.just("需求"),
    industries=industries,
    deployments=_some("deployment"),
    domestic_stack=_one_of("domestic_stack_need"),
    data_leaves_site=_one_of("data_leaves_site"),
    safety=_some("safety"),
    certificates=_some("certificate"),
    budget_max_cny=amounts,
    budget_is_limit=st.booleans(),
    region=regions,
    region_preference=_one_of("region_preference"),
    min_maturity=st.none() | st.integers(1, 9),
    excluded_provider_ids=st.sampled_from(((), ("V1",), ("V2",))),
)
capabilities = st.builds(
    Capability,
    capability_id=st.just("C1"),
    provider_id=st.sampled_from(("V1", "V3")),
    name=st.text(max_size=20),
    maturity=st.none() | st.integers(1, 9),
    deployments=_some("deployment"),
    domestic_stack=_one_of("domestic_stack_support"),
    data_leaves_site=_one_of("data_leaves_site"),
    price_min_cny=amounts,
    price_unit=_one_of("price_unit"),
    free_slots=st.none() | st.integers(0, 3),
    service_regions=st.lists(regions, max_size=2).map(tuple),
    certificates=_some("certificate"),
    certificate_details=st.lists(
        st.builds(make_certificate, kind=_one_of("certificate"), valid_to=st.none() | st.dates()),
        max_size=2,
    ).map(tuple),
    excluded_industries=industries,
    min_budget_cny=amounts,
    valid_to=st.none() | st.dates(),
)


@given(needs, st.sampled_from(("V1", "V3")))
def test_unknown_never_fails(need: Need, provider_id: str) -> None:
    silent = Capability(capability_id="C1", provider_id=provider_id, name="x")
    found = check_capability(need, silent, None, today=TODAY)
    excluded = provider_id in need.excluded_provider_ids
    assert [check.name for check in failed(found)] == (["excluded_provider"] if excluded else [])


@given(needs, capabilities, regions)
def test_every_answer_is_complete_and_in_table_order(
    need: Need, capability: Capability, region: str
) -> None:
    found = check_capability(need, capability, make_provider(region=region), today=TODAY)
    order = [list(CHECKS).index(check.name) for check in found]
    assert order == sorted(order)
    for check in found:
        assert check.status in {"passed", "failed", "unknown"}
        assert check.reason_zh.endswith("。")
        assert check.reason_en.endswith(".")
        assert "{" not in check.reason_zh + check.reason_en


@given(needs, capabilities, st.text(max_size=30))
def test_renaming_a_company_changes_nothing(need: Need, capability: Capability, name: str) -> None:
    before = check_capability(need, capability, make_provider(), today=TODAY)
    renamed = make_provider(name=name, name_en=name)
    assert check_capability(need, capability, renamed, today=TODAY) == before
