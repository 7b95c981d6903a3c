from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from matcher.errors import InvalidRecord
from matcher.schemas import (
    SCHEMAS,
    Problem,
    dump_record,
    load_capability,
    load_need,
    load_provider,
    load_record,
)
from tests import factories
from tests.matcher.schemas.strategies import record_input

KINDS = sorted(SCHEMAS)
LINE_IDS = {schema.id_field for schema in SCHEMAS.values()} - {"pilot_base_id", "service_id"}
patient = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("kind", KINDS)
def test_any_valid_record_survives_json_and_back(kind: str) -> None:
    @patient
    @given(record_input(kind))
    def holds(data: dict[str, Any]) -> None:
        record = load_record(kind, data, profile="match")
        written = json.loads(json.dumps(dump_record(record)))
        assert load_record(kind, written, profile="match") == record

    holds()


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_of_texts_loads_the_same_record_as_json(kind: str) -> None:
    @patient
    @given(record_input(kind))
    def holds(data: dict[str, Any]) -> None:
        form: MultiDict[str, str] = MultiDict()
        for name, value in data.items():
            add_to_form(form, name, value)
        from_form = load_record(kind, form, profile="match")
        without_ids = {
            name: [drop_ids(line) for line in value] if is_lines(value) else value
            for name, value in data.items()
        }
        assert from_form == load_record(kind, without_ids, profile="match")

    holds()


def is_lines(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(line, dict) for line in value)


def drop_ids(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name not in LINE_IDS}


def add_to_form(form: MultiDict[str, str], name: str, value: Any) -> None:
    """Write a JSON value as a browser would send it."""
    if is_lines(value) and value:
        for index, line in enumerate(value):
            for inner, cell in drop_ids(line).items():
                shown = ";".join(cell) if isinstance(cell, list) else cell
                form.add(f"{name}-{index}-{inner}", str(shown))
    elif isinstance(value, list):
        for item in value:
            form.add(name, item)
    elif isinstance(value, bool):
        form.add(name, "on" if value else "")
    else:
        form.add(name, repr(value) if isinstance(value, float) else str(value))


def problems_of(kind: str, data: object, profile: str) -> dict[str, list[Problem]]:
    """The problems of an input; none when it is valid."""
    try:
        load_record(kind, data, profile=profile)
    except InvalidRecord as error:
        return error.errors
    return {}


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@pytest.mark.parametrize("profile", ["match", "publish", "catalogue"])
@pytest.mark.parametrize("kind", ["need", "capability", "pilot_base"])
def test_any_json_gives_a_record_or_problems_with_words(kind: str, profile: str) -> None:
    names = [*SCHEMAS[kind]().fields, "industry", "nonsense", "requirements-0-text"]

    @patient
    @given(st.dictionaries(st.sampled_from(names), any_json, max_size=8) | any_json)
    def holds(data: object) -> None:
        for path, problems in problems_of(kind, data, profile).items():
            assert path
            for problem in problems:
                assert isinstance(problem, Problem)
                words = problem.as_record()
                assert words["zh"]
                assert words["en"]

    holds()


def test_factories_make_publishable_records() -> None:
    for record, kind in (
        (factories.make_need(), "need"),
        (factories.make_capability(), "capability"),
        (factories.make_provider(), "provider"),
        (factories.make_registered_base(), "pilot_base"),
        (factories.make_organisation_details(), "organisation"),
    ):
        assert load_record(kind, dump_record(record), profile="publish") == record
    for record, kind in (
        (factories.make_capability(), "capability"),
        (factories.make_provider(), "provider"),
        (factories.make_case(), "case"),
        (factories.make_scenario(), "scenario"),
        (factories.make_pilot_base(), "pilot_base"),
    ):
        assert load_record(kind, dump_record(record), profile="catalogue") == record


def test_dump_leaves_out_what_is_unknown_and_keeps_what_differs_from_the_default() -> None:
    provider = load_provider({"name": "某某科技"})
    assert dump_record(provider) == {"name": "某某科技"}
    capability = factories.make_capability(verification="tested", free_slots=0, claims=())
    dumped = dump_record(capability)
    assert dumped["verification"] == "tested"
    assert dumped["free_slots"] == 0
    assert "claims" not in dumped
    assert dumped["price_min_cny"] == 300_000


def test_dump_refuses_what_is_no_record() -> None:
    with pytest.raises(TypeError, match="no schema for dict"):
        dump_record({})


def test_all_problems_are_told_at_once_with_their_places() -> None:
    with pytest.raises(InvalidRecord) as caught:
        load_need(
            {
                "title": "短",
                "requirements": [{"txt": 1}, {"text": "可以检验", "threshold": "nan"}],
                "budget_min": "9",
                "budget_max": "3",
                "colour": "red",
            },
            profile="publish",
        )
    keys = {path: problems[0].key for path, problems in caught.value.errors.items()}
    assert keys["title"] == "too_short"
    assert keys["problem"] == "required"
    assert keys["requirements.0.text"] == "required"
    assert keys["requirements.0.txt"] == "unknown_field"
    assert keys["requirements.1.threshold"] == "not_number"
    assert keys["budget_min"] == "inverted_range"
    assert keys["colour"] == "unknown_field"


def test_unknown_field_lists_the_known_ones_of_its_own_level() -> None:
    with pytest.raises(InvalidRecord) as caught:
        load_need({"title": "x", "colour": 1, "requirements": [{"text": "ab", "colour": 1}]})
    outer, inner = caught.value.errors["colour"][0], caught.value.errors["requirements.0.colour"][0]
    assert "budget_max" in outer.words("en")
    assert "threshold" in inner.words("en")
    assert "budget_max" not in inner.words("en")
    assert "'colour'" in outer.words("zh")


@pytest.mark.parametrize("data", [[], "text", 3, None, True])
def test_what_is_no_object_is_refused(data: object) -> None:
    with pytest.raises(InvalidRecord) as caught:
        load_capability(data)
    assert caught.value.errors["_record"][0].key == "not_object"


def test_an_unknown_profile_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="profile must be one of"):
        load_need({"title": "x"}, profile="lenient")
