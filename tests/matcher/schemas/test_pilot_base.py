"""A base that registers itself: what publishing wants, and that its parts hang together."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from matcher.errors import InvalidRecord
from matcher.schemas import dump_record, load_pilot_base
from tests.factories import make_pilot_base, make_registered_base


def keys_of(data: object, profile: str = "publish") -> dict[str, str]:
    with pytest.raises(InvalidRecord) as caught:
        load_pilot_base(data, profile=profile)
    return {path: problems[0].key for path, problems in caught.value.errors.items()}


def registered(**changes: Any) -> dict[str, Any]:
    data = {**dump_record(make_registered_base()), **changes}
    return {name: value for name, value in data.items() if value is not None}


def with_service(**changes: Any) -> dict[str, Any]:
    data = registered()
    (service,) = data["services"]
    changed = {**service, **changes}
    return {
        **data,
        "services": [{name: value for name, value in changed.items() if value is not None}],
    }


def test_a_complete_base_can_be_published() -> None:
    assert load_pilot_base(registered(), profile="publish") == make_registered_base()


def test_a_base_known_only_from_the_press_cannot_be_published_by_itself() -> None:
    found = keys_of(dump_record(make_pilot_base()))
    assert {found[name] for name in ("slots", "priority_rules", "contacts")} == {"required"}
    assert found["services.0.mode"] == "required"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"services": None}, {"services": "required"}),
        ({"decision_days": 0}, {"decision_days": "out_of_range"}),
        ({"compute_bookable_percent": 101}, {"compute_bookable_percent": "out_of_range"}),
        ({"compliance": ["iso_9001"]}, {"compliance": "unknown_code"}),
        ({"contacts": [{"role": "coordinator", "name": "某人", "email": "x"}]},
         {"contacts.0.email": "wrong_email"}),
        ({"priority_rules": [f"第 {n} 条规则如下" for n in range(13)]},
         {"priority_rules": "too_many"}),
        ({"slots": [{"start": "2026-12-31", "end": "2026-10-01", "total": 3}]},
         {"slots.0.start": "inverted_range"}),
        ({"slots": [{"start": "2026-10-01", "end": "2026-12-31", "total": 3, "taken": 2,
                     "held": 2}]}, {"slots.0.taken": "slots_over_total"}),
        ({"slots": [{"start": "2026-10-01", "end": "2026-12-31", "total": 3,
                     "service_id": "S9"}]}, {"slots": "unknown_reference"}),
    ],
)  # fmt: skip
def test_publishing_refuses(changes: dict[str, Any], expected: dict[str, str]) -> None:
    assert keys_of(registered(**changes)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"days_min": 40}, {"services.0.days_min": "inverted_range"}),
        ({"discount_small": -1}, {"services.0.discount_small": "out_of_range"}),
        ({"price_min_cny": None, "price_max_cny": None},
         {"services.0.price_max": "required_one_of"}),
        ({"price_negotiable": True}, {"services.0.price_negotiable": "contradiction"}),
        ({"applicants": ["any", "small"]}, {"services.0.applicants": "stands_alone"}),
        ({"mode": "by post"}, {"services.0.mode": "unknown_code"}),
    ],
)  # fmt: skip
def test_a_service_refuses(changes: dict[str, Any], expected: dict[str, str]) -> None:
    assert keys_of(with_service(**changes)) == expected


def test_a_free_service_has_a_price() -> None:
    data = with_service(price_min_cny=0, price_max_cny=0)
    assert load_pilot_base(data, profile="publish").services[0].price_max_cny == 0


def test_services_from_a_form_get_ids_of_their_own_and_slots_follow() -> None:
    form = MultiDict(
        [
            ("pilot_base_id", "PBR1"),
            ("name", "合成示例中试基地"),
            ("domain", "manufacturing"),
            ("services-0-name", "产线验证"),
            ("services-0-kind", "verification"),
            ("services-4-name", "图像评测"),
            ("services-4-kind", "compliance"),
            ("slots-0-total", "6"),
            ("slots-0-service_id", "S2"),
            ("priority_rules-0-text", "本省中小企业优先"),
        ]
    )
    base = load_pilot_base(form, profile="match")
    assert [one.service_id for one in base.services] == ["PBR1-S1", "PBR1-S2"]
    assert {one.pilot_base_id for one in base.services} == {"PBR1"}
    assert base.slots[0].service_id == "PBR1-S2"
    assert base.priority_rules[0].rule_id == "P1"
    assert load_pilot_base(dump_record(base), profile="match") == base


def test_the_order_of_the_rules_is_kept() -> None:
    rules = ["紧急安全隐患优先", "本省中小企业优先", "先到先得原则"]
    base = load_pilot_base(registered(priority_rules=rules), profile="publish")
    assert [rule.text for rule in base.priority_rules] == rules
