"""Records as JSON and back: nothing lost, nothing unknown accepted."""

from __future__ import annotations

import dataclasses
import json
import math
from datetime import date
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import InvalidRecord
from matcher.records import Capability, Case, Claim, Need, PilotBase, Provider, Scenario
from matcher.store.serialise import digest_of, from_json, to_json
from tests.factories import make_capability, make_need, make_pilot_base

texts = st.text(st.characters(codec="utf-8"), max_size=12)
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    int: st.integers(-(10**12), 10**12),
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    date: st.dates(),
}


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    if hint in SIMPLE:
        return SIMPLE[hint]
    if get_origin(hint) is tuple:
        return st.lists(values_of(get_args(hint)[0]), max_size=3).map(tuple)
    if dataclasses.is_dataclass(hint):
        return records_of(hint)
    (inner,) = [part for part in get_args(hint) if part is not type(None)]
    return st.none() | values_of(inner)


def records_of(cls: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(cls)
    return st.builds(cls, **{name: values_of(hint) for name, hint in hints.items()})


any_record = st.one_of(
    *(records_of(cls) for cls in (Scenario, Provider, Capability, Case, PilotBase, Need))
)


@given(any_record)
@settings(max_examples=60)
def test_every_record_survives_the_round_trip(record: Any) -> None:
    text = to_json(record)
    again = from_json(type(record), text)
    assert again == record
    assert to_json(again) == text


def test_fields_that_say_nothing_are_left_out_and_other_defaults_are_written() -> None:
    text = to_json(Capability("CAP", "V1", "名称"))
    assert json.loads(text) == {
        "capability_id": "CAP",
        "provider_id": "V1",
        "name": "名称",
        "verification": "declared",
    }


def test_a_field_with_a_default_that_speaks_is_kept_when_emptied() -> None:
    emptied = Capability("CAP", "V1", "名称", verification="")
    assert from_json(Capability, to_json(emptied)) == emptied


def test_a_whole_number_in_a_real_field_has_one_digest() -> None:
    one, other = Claim("C", "t", value=95), Claim("C", "t", value=95.0)
    assert digest_of(to_json(one)) == digest_of(to_json(other))


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"colour": "红"}, "colour", "not a known field"),
        ({"name": None}, "name", "expected a value of type str"),
        ({"name": 3}, "name", "got 3"),
        ({"maturity": True}, "maturity", "expected a value of type int"),
        ({"maturity": 7.5}, "maturity", "got 7.5"),
        ({"industries": "C31"}, "industries", "expected a list"),
        ({"industries": ["C31", 26]}, "industries", "expected a list of texts"),
        ({"valid_to": "2026-13-01"}, "valid_to", "expected a date"),
        ({"valid_to": 5}, "valid_to", "expected a date"),
        ({"claims": [5]}, "claims", "expected the fields of Claim"),
        ({"unverified": 1}, "unverified", "expected a value of type bool"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(
    change: dict[str, Any], field: str, words: str
) -> None:
    data = json.loads(to_json(make_capability())) | change
    with pytest.raises(InvalidRecord) as caught:
        from_json(Capability, json.dumps(data))
    assert words in str(caught.value.errors[field])


def test_an_unknown_key_of_a_nested_record_is_refused() -> None:
    data = json.loads(to_json(make_pilot_base()))
    data["services"][0]["colour"] = "红"
    with pytest.raises(InvalidRecord, match="colour"):
        from_json(PilotBase, json.dumps(data))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "3"])
def test_what_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(InvalidRecord):
        from_json(Need, text)


def test_a_missing_required_field_is_named() -> None:
    with pytest.raises(InvalidRecord, match="title: \\['is missing'\\]"):
        from_json(Need, '{"need_id": "N1"}')


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_number_that_is_none_is_refused(value: float) -> None:
    with pytest.raises(InvalidRecord):
        to_json(Claim("C", "t", value=value))


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(InvalidRecord):
        to_json(make_need(title="\ud800"))
