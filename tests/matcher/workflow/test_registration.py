"""Registering: everything checked, all problems told, nothing stored unless all is well."""

from __future__ import annotations

from typing import Any

import pytest

from matcher.errors import InvalidRecord, UnknownRecord
from matcher.records import Capability, Provider
from matcher.store.capabilities import save_capability
from matcher.store.catalogue import catalogue_revision, read_catalogue, replace_catalogue
from matcher.store.connection import StoreDatabase
from matcher.workflow.registration import register_capability
from tests.factories import make_catalogue
from tests.matcher.store.conftest import NOW, db, path

__all__ = ["db", "path"]  # fixtures of the store's tests

OFFER: dict[str, Any] = {
    "name": "热轧带钢表面缺陷识别",
    "problem": "拍摄带钢上下表面，识别裂纹、夹杂和划伤并按等级报警，替代人工抽检；"
    "输入表面图像与钢卷信息，输出缺陷位置、类别与分级，支持离线复核。",
    "industries": ["C31"],
    "process_steps": ["quality"],
    "ai_tasks": ["visual_inspection"],
    "data_modalities": ["image"],
    "maturity": 7,
    "deployments": ["edge"],
    "domestic_stack": "full",
    "delivery_weeks": 12,
    "free_slots": 2,
    "earliest_start": "2027-01-04",
    "service_regions": ["100000"],
    "price_min": 300_000,
    "price_max": 600_000,
    "price_unit": "project",
}
NEWCOMER = {
    "provider_name": "合成新锐智能",
    "provider_name_en": "Synthetic Newcomer",
    "provider_summary": "面向钢铁做表面检测（合成数据）",
    "provider_summary_en": "Surface inspection for steel (synthetic)",
    "provider_region": "320500",
}


@pytest.fixture
def stocked(db: StoreDatabase) -> StoreDatabase:
    """A database with one of each record."""
    replace_catalogue(db, make_catalogue(), source="test", now=NOW)
    return db


def stored(database: StoreDatabase) -> tuple[set[str], set[str]]:
    catalogue = read_catalogue(database)
    return set(catalogue.capabilities), set(catalogue.providers)


def test_offer_of_a_known_provider_is_stored(stocked: StoreDatabase) -> None:
    found = register_capability(stocked, {**OFFER, "provider_id": "V900"}, now=NOW)
    kept = read_catalogue(stocked)
    assert kept.capabilities[found.capability_id] == found
    assert found.provider_id == "V900"
    assert set(kept.providers) == {"V900"}
    assert found.trust == ""


def test_newcomer_is_stored_with_the_offer(stocked: StoreDatabase) -> None:
    found = register_capability(stocked, {**OFFER, **NEWCOMER}, now=NOW)
    provider = read_catalogue(stocked).providers[found.provider_id]
    assert isinstance(provider, Provider)
    assert provider.name == "合成新锐智能"
    assert provider.name_en == "Synthetic Newcomer"
    assert provider.summary_en == "Surface inspection for steel (synthetic)"
    assert provider.region == "320500"


def test_two_offers_get_different_ids(stocked: StoreDatabase) -> None:
    ids = {
        register_capability(stocked, {**OFFER, "provider_id": "V900"}, now=NOW).capability_id
        for _ in range(4)
    }
    assert len(ids) == 4
    assert all(i.startswith("CAP-R") for i in ids)


def test_each_registration_is_a_new_revision(stocked: StoreDatabase) -> None:
    before = catalogue_revision(stocked)
    register_capability(stocked, {**OFFER, **NEWCOMER}, now=NOW)
    assert catalogue_revision(stocked) > before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"problem": "太短"}, "problem"),
        ({"industries": ["Z99"]}, "industries"),
        ({"maturity": 12}, "maturity"),
        ({"deployments": []}, "deployments"),
        ({"price_min": 700_000}, "price_min"),
        ({"earliest_start": "soon"}, "earliest_start"),
        ({"charm": "yes"}, "charm"),
    ],
)
def test_wrong_field_is_named_and_nothing_is_stored(
    stocked: StoreDatabase, changes: dict[str, Any], field: str
) -> None:
    before = stored(stocked)
    with pytest.raises(InvalidRecord) as refused:
        register_capability(stocked, {**OFFER, **NEWCOMER, **changes}, now=NOW)
    assert any(name.split(".")[0].startswith(field[:9]) for name in refused.value.errors)
    assert stored(stocked) == before


def test_all_problems_are_told_at_once(stocked: StoreDatabase) -> None:
    with pytest.raises(InvalidRecord) as refused:
        register_capability(
            stocked, {**OFFER, "provider_id": "V900", "name": "", "maturity": 0}, now=NOW
        )
    assert {"name", "maturity"} <= set(refused.value.errors)


def test_wrong_field_of_a_newcomer_is_named_as_the_form_names_it(stocked: StoreDatabase) -> None:
    before = stored(stocked)
    with pytest.raises(InvalidRecord) as refused:
        register_capability(stocked, {**OFFER, **NEWCOMER, "provider_region": "nowhere"}, now=NOW)
    assert set(refused.value.errors) == {"provider_region"}
    assert stored(stocked) == before


def test_unknown_provider_is_refused(stocked: StoreDatabase) -> None:
    before = stored(stocked)
    with pytest.raises(UnknownRecord, match="V404"):
        register_capability(stocked, {**OFFER, "provider_id": "V404"}, now=NOW)
    assert stored(stocked) == before


def test_offer_of_nobody_is_refused(stocked: StoreDatabase) -> None:
    before = stored(stocked)
    with pytest.raises((InvalidRecord, UnknownRecord)):
        register_capability(stocked, OFFER, now=NOW)
    assert stored(stocked) == before


def test_cases_of_others_cannot_be_borrowed(stocked: StoreDatabase) -> None:
    before = stored(stocked)
    with pytest.raises(InvalidRecord) as refused:
        register_capability(stocked, {**OFFER, **NEWCOMER, "case_ids": ["C900"]}, now=NOW)
    assert "case_ids" in refused.value.errors
    assert stored(stocked) == before


def test_own_cases_count_as_evidence(stocked: StoreDatabase) -> None:
    offer = {**OFFER, "provider_id": "V900", "case_ids": ["C900"]}
    assert register_capability(stocked, offer, now=NOW).case_ids == ("C900",)


def test_same_id_replaces_the_offer(stocked: StoreDatabase) -> None:
    first = register_capability(stocked, {**OFFER, "provider_id": "V900"}, now=NOW)
    changed = {**OFFER, "provider_id": "V900", "capability_id": first.capability_id, "maturity": 9}
    register_capability(stocked, changed, now=NOW)
    kept = read_catalogue(stocked).capabilities[first.capability_id]
    assert isinstance(kept, Capability)
    assert kept.maturity == 9


def test_white_space_does_not_name_a_provider(stocked: StoreDatabase) -> None:
    found = register_capability(stocked, {**OFFER, **NEWCOMER, "provider_id": "  "}, now=NOW)
    assert found.provider_id.startswith("VR")


def test_registered_offer_is_what_saving_would_store(stocked: StoreDatabase) -> None:
    found = register_capability(stocked, {**OFFER, "provider_id": "V900"}, now=NOW)
    before = stored(stocked)
    save_capability(stocked, found, None, actor="test", now=NOW)
    assert stored(stocked) == before
