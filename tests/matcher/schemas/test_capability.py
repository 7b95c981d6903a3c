from __future__ import annotations

from typing import Any

import pytest

from matcher.errors import InvalidRecord
from matcher.schemas import dump_record, load_capability, load_pilot_base
from tests.factories import make_base_service, make_capability, make_pilot_base


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
