from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from matcher.errors import InvalidRecord
from matcher.schemas import dump_record, load_capability, load_pilot_base
from tests.factories import (
    make_base_service,
    make_capability,
    make_certificate,
    make_claim,
    make_evidence,
    make_pilot_base,
)


def keys_of(data: object, profile: str = "publish") -> dict[str, str]:
    with pytest.raises(InvalidRecord) as caught:
        load_capability(data, profile=profile)
    return {path: problems[0].key for path, problems in caught.value.errors.items()}


def registered(**changes: Any) -> dict[str, Any]:
    data = {**dump_record(make_capability()), **changes}
    return {name: value for name, value in data.items() if value is not None}


def test_a_complete_capability_can_be_registered_without_ids() -> None:
    data = registered(capability_id=None, provider_id=None)
    capability = load_capability(data)
    assert capability.capability_id == ""
    assert capability.price_max_cny == 600_000


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"maturity": None}, {"maturity": "required"}),
        ({"delivery_weeks": 0}, {"delivery_weeks": "out_of_range"}),
        ({"delivery_weeks": 105}, {"delivery_weeks": "out_of_range"}),
        ({"delivery_weeks": "1.5"}, {"delivery_weeks": "not_whole_number"}),
        ({"free_slots": -1}, {"free_slots": "out_of_range"}),
        ({"price_min_cny": None, "price_max_cny": None}, {"price_max": "required_one_of"}),
        ({"price_negotiable": "yes"}, {"price_negotiable": "contradiction"}),
        ({"price_min_cny": 700_000}, {"price_min": "inverted_range"}),
        ({"service_regions": ["Lemuria"]}, {"service_regions": "unknown_region"}),
        (
            {"claims": [{"text": "检出率 99%", "value": 99}]},
            {"claims.0.operator": "operator_missing"},
        ),
        ({"claims": [f"第 {n} 条声明" for n in range(9)]}, {"claims": "too_many"}),
        ({"source": "javascript:alert(1)"}, {"source": "wrong_source"}),
        ({"source": "ftp://example.org/x"}, {"source": "wrong_source"}),
        ({"source": "http://[x"}, {"source": "wrong_source"}),
        ({"capability_id": "有空格 的编号"}, {"capability_id": "wrong_id"}),
        ({"unverified": "perhaps"}, {"unverified": "not_flag"}),
    ],
)
def test_registration_refuses(changes: dict[str, Any], expected: dict[str, str]) -> None:
    assert keys_of(registered(**changes)) == expected


def test_a_negotiable_price_is_enough() -> None:
    data = registered(price_min_cny=None, price_max_cny=None, price_negotiable="on")
    assert load_capability(data).price_min_cny is None


def test_a_catalogue_row_needs_ids_english_and_a_source_but_no_price() -> None:
    volatile = ("price_min_cny", "price_max_cny", "delivery_weeks", "free_slots", "maturity")
    row = registered(**dict.fromkeys(volatile))
    assert load_capability(row, profile="catalogue").maturity is None
    for name in ("capability_id", "provider_id", "name_en", "problem_en", "source"):
        assert keys_of({**row, name: ""}, "catalogue") == {name: "required"}


def test_a_base_refuses_services_of_another_base_and_inverted_levels() -> None:
    foreign = make_pilot_base(services=(make_base_service(pilot_base_id="PB901"),))
    with pytest.raises(InvalidRecord) as caught:
        load_pilot_base(dump_record(foreign))
    assert caught.value.errors["services"][0].key == "unknown_reference"
    inverted = make_pilot_base(services=(make_base_service(maturity_from=8, maturity_to=4),))
    with pytest.raises(InvalidRecord) as caught:
        load_pilot_base(dump_record(inverted))
    assert caught.value.errors["services.0.maturity_from"][0].key == "inverted_range"


EVIDENCE = make_evidence()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"delivery_weeks_min": 20}, {"delivery_weeks_min": "inverted_range"}),
        ({"on_site_support": "maybe"}, {"on_site_support": "unknown_code"}),
        ({"ip_terms": "nobody"}, {"ip_terms": "unknown_code"}),
        ({"verification": "tested", "case_ids": None}, {"verification": "evidence_missing"}),
        ({"evidence": [{"kind": "patent"}]}, {"evidence.0.text": "required"}),
        ({"evidence": [{"kind": "patent", "text": "太短"}]}, {"evidence.0.text": "too_short"}),
        ({"evidence": [{"text": "字" * 60}]}, {"evidence.0.kind": "required"}),
        (
            {"evidence": [{**dump_record(EVIDENCE), "start": "2026-01-01"}]},
            {"evidence.0.start": "inverted_range"},
        ),
        (
            {"evidence": [{**dump_record(EVIDENCE), "link": "javascript:alert(1)"}]},
            {"evidence.0.link": "wrong_source"},
        ),
        (
            {"claims": [{"text": "检出率高", "evidence_ids": ["E7"]}]},
            {"claims": "unknown_reference"},
        ),
        (
            {"certificate_details": [{"kind": "iso_9001"}]},
            {"certificate_details.0.number": "required"},
        ),
        (
            {"certificate_details": [{"kind": "driver", "number": "1"}]},
            {"certificate_details.0.kind": "unknown_code"},
        ),
    ],
)
def test_registration_refuses_proofs(changes: dict[str, Any], expected: dict[str, str]) -> None:
    assert keys_of(registered(**changes)) == expected


def test_a_claim_rests_on_evidence_of_its_capability() -> None:
    claim = make_claim(evidence_ids=("E1",))
    data = registered(evidence=[dump_record(EVIDENCE)], claims=[dump_record(claim)])
    assert load_capability(data).claims[0].evidence_ids == ("E1",)


def test_a_certificate_with_a_number_is_held_like_one_that_is_ticked() -> None:
    details = [dump_record(make_certificate(kind="cnas"))]
    capability = load_capability(registered(certificate_details=details))
    assert capability.certificates == ("iso_9001", "cnas")
    assert load_capability(dump_record(capability)) == capability


def test_the_upper_end_of_the_delivery_time_has_one_place() -> None:
    data = registered(delivery_weeks=None, delivery_weeks_min=8, delivery_weeks_max=16)
    capability = load_capability(data)
    assert (capability.delivery_weeks_min, capability.delivery_weeks) == (8, 16)


def test_a_negotiable_price_is_kept() -> None:
    data = registered(price_min_cny=None, price_max_cny=None, price_negotiable="on")
    assert load_capability(data).price_negotiable


@pytest.mark.parametrize("valid_to", ["2026-11-01", "2027-11-01"])
def test_a_capability_is_published_for_a_year_at_most(valid_to: str) -> None:
    capability = load_capability(registered(valid_to=valid_to), today=date(2026, 11, 1))
    assert capability.valid_to == date.fromisoformat(valid_to)


@pytest.mark.parametrize("valid_to", ["2026-10-31", "2027-11-02"])
def test_no_capability_is_published_for_longer_or_for_the_past(valid_to: str) -> None:
    with pytest.raises(InvalidRecord) as caught:
        load_capability(registered(valid_to=valid_to), today=date(2026, 11, 1))
    assert "2026-11-01 至 2027-11-01" in caught.value.errors["valid_to"][0].words("zh")
