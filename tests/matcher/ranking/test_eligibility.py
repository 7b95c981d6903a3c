"""Hard checks over columns say what the checks say one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from matcher.ranking.columns import KEYS, CapabilityColumns, capability_columns
from matcher.ranking.eligibility import OF_PROVIDERS, check_all
from matcher.records import Capability, Need, Provider
from matcher.retrieval.constraints import CHECKS, check_capability, failed
from tests.factories import make_capability, make_need, make_provider

TODAY = date(2026, 11, 22)
PROVIDERS = {
    "V1": make_provider(provider_id="V1", region="320100"),
    "V2": make_provider(provider_id="V2", region="440300"),
    "V3": make_provider(provider_id="V3", region=""),
}
VARIED: tuple[dict[str, object], ...] = (
    {},
    {"provider_id": "V2", "service_regions": ()},
    {"provider_id": "V3", "service_regions": ()},
    {"provider_id": "V4"},  # nobody knows this provider
    {"valid_to": date(2026, 1, 1)},
    {"valid_to": TODAY},
    {"free_slots": 0},
    {"free_slots": None},
    {"deployments": ("public_cloud",)},
    {"deployments": ()},
    {"data_leaves_site": "yes"},
    {"data_leaves_site": "masked"},
    {"domestic_stack": "none"},
    {"domestic_stack": "partial"},
    {"certificates": ()},
    {"certificates": ("mlps_3", "explosion_proof")},
    {"maturity": 4},
    {"maturity": None},
    {"excluded_industries": ("C31",)},
    {"excluded_industries": ("C", "A")},
    {"service_regions": ("440000",)},
    {"price_min_cny": 900_000},
    {"price_min_cny": 900_000, "price_unit": "year"},
    {"price_min_cny": None, "price_unit": ""},
    {"min_budget_cny": 1_000_000},
)
NEEDS: tuple[Need, ...] = (
    make_need(),
    make_need(excluded_provider_ids=("V1", "V9")),
    make_need(domestic_stack="required", data_leaves_site="no", min_maturity=6),
    make_need(certificates=("iso_9001",), safety=("mlps_2", "explosion_proof")),
    make_need(region="440300", region_preference="must", budget_is_limit=True),
    make_need(region="", region_preference="must", budget_max_cny=None, industries=()),
)


def some_capabilities() -> list[Capability]:
    made = [
        make_capability(**{"capability_id": f"CAP-{i:02}", "provider_id": "V1", **changes})
        for i, changes in enumerate(VARIED)
    ]
    return [*made, *(replace(c, capability_id=f"{c.capability_id}-2") for c in made[::3])]


@pytest.fixture(scope="module")
def columns() -> CapabilityColumns:
    everyone = some_capabilities()
    start = capability_columns(everyone[:9], PROVIDERS, {})
    return start.followed_by(everyone[9:], PROVIDERS, {})


def one_by_one(need: Need, capability: Capability) -> bool:
    provider: Provider | None = PROVIDERS.get(capability.provider_id)
    return not failed(check_capability(need, capability, provider, today=TODAY))


def test_every_check_has_its_column() -> None:
    assert set(CHECKS) - set(OF_PROVIDERS) <= set(KEYS)


@pytest.mark.parametrize("need", NEEDS, ids=range(len(NEEDS)))
def test_columns_answer_as_the_checks_do(columns: CapabilityColumns, need: Need) -> None:
    nobody = np.zeros(len(columns.capabilities), dtype=bool)
    checked = check_all(columns, need, today=TODAY, retired=nobody)
    assert checked.eligible.tolist() == [one_by_one(need, c) for c in columns.capabilities]
    assert checked.excluded.tolist() == np.flatnonzero(~checked.eligible).tolist()


def test_every_need_tells_some_capabilities_apart(columns: CapabilityColumns) -> None:
    nobody = np.zeros(len(columns.capabilities), dtype=bool)
    shares = [check_all(columns, n, today=TODAY, retired=nobody).eligible.mean() for n in NEEDS]
    assert all(0.0 <= share < 1.0 for share in shares)
    assert max(shares) > 0.5


def test_reason_of_an_exclusion_is_the_first_failed_check(columns: CapabilityColumns) -> None:
    nobody = np.zeros(len(columns.capabilities), dtype=bool)
    checked = check_all(columns, NEEDS[2], today=TODAY, retired=nobody)
    named = {c.capability_id: c for c in columns.capabilities}
    for exclusion in checked.exclusions(limit=100):
        capability = named[exclusion.capability_id]
        provider = PROVIDERS.get(capability.provider_id)
        checks = failed(check_capability(NEEDS[2], capability, provider, today=TODAY))
        assert exclusion.reason_code == checks[0].reason_code
    assert len(checked.exclusions(limit=3)) == 3


def test_suspended_providers_are_set_aside_and_nobody_is_told_why(
    columns: CapabilityColumns,
) -> None:
    nobody = np.zeros(len(columns.capabilities), dtype=bool)
    before = check_all(columns, NEEDS[0], today=TODAY, retired=nobody)
    checked = check_all(columns, NEEDS[0], today=TODAY, retired=nobody, suspended={"V1", "V-none"})
    theirs = np.array([c.provider_id == "V1" for c in columns.capabilities])
    assert before.eligible[theirs].any()
    assert checked.eligible.tolist() == (before.eligible & ~theirs).tolist()
    exclusion = checked.exclusion_of("V1")
    assert exclusion is not None
    assert exclusion.reason_code == "provider_not_taking_part"
    assert "暂停" not in exclusion.reason_zh
    assert "suspend" not in exclusion.reason_en.lower()


def test_former_versions_are_neither_ranked_nor_named(columns: CapabilityColumns) -> None:
    retired = np.ones(len(columns.capabilities), dtype=bool)
    retired[0] = False
    checked = check_all(columns, NEEDS[0], today=TODAY, retired=retired)
    assert checked.eligible.sum() + len(checked.excluded) == 1
    assert checked.exclusion_of("V2") is None
