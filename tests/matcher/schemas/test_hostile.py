"""Whatever is sent to whatever field: a record or told problems, in bounded size, never a crash."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.errors import InvalidRecord
from matcher.schemas import SCHEMAS, dump_record, load_record
from matcher.schemas.describe import FieldDescription, describe_fields

KINDS = sorted(SCHEMAS)
LONGEST_MESSAGE = 4000
HOSTILE_TEXTS = (
    "字" * 20_000,
    "x" * 200_001,
    "a\x00b",
    "\ud800",
    "\u202egnp.exe",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "'; DROP TABLE needs; --",
    "../../etc/passwd",
    "{0.__class__}",
    "%s%n%x",
    "javascript:alert(1)",
    "\u200b",
    "\n" * 500,
    "=cmd|' /C calc'!A0",
    "nan",
    "inf",
    "-1",
    "1e309",
    "9" * 400,
    "0x10",
    "１２３",
    "2027-02-30",
    "0000-00-00",
    "2027-13-01",
    "9999-12-31",
    "不存在的代码",
)
hostile = st.one_of(
    st.sampled_from(HOSTILE_TEXTS),
    st.text(max_size=40),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.booleans(),
    st.none(),
    st.lists(st.sampled_from(HOSTILE_TEXTS), max_size=3),
    st.just(["行"] * 500),
    st.just([{"text": "行"}] * 500),
    st.just({"a": {"b": [1]}}),
    st.just([[["x"]]]),
)
patient = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


def fields_of(kind: str) -> tuple[FieldDescription, ...]:
    return describe_fields(SCHEMAS[kind])


def answer(kind: str, data: Any, profile: str) -> tuple[Any, list[str]]:
    """The record, or the messages of what is wrong in both languages."""
    try:
        return load_record(kind, data, profile=profile), []
    except InvalidRecord as error:
        told = [problem for problems in error.errors.values() for problem in problems]
        return None, [words for one in told for words in (one.words("zh"), one.words("en"))]


@pytest.mark.parametrize("profile", ["match", "publish", "catalogue"])
@pytest.mark.parametrize("kind", KINDS)
def test_anything_in_any_field_is_answered(kind: str, profile: str) -> None:
    names = [one.name for one in fields_of(kind)]

    @patient
    @given(st.dictionaries(st.sampled_from(names), hostile, min_size=1, max_size=6))
    def holds(data: dict[str, Any]) -> None:
        record, messages = answer(kind, data, profile)
        assert (record is None) == bool(messages)
        assert all(0 < len(words) < LONGEST_MESSAGE for words in messages)
        assert not any("\x00" in words for words in messages)
        if record is not None:
            assert load_record(kind, dump_record(record), profile=profile) == record

    holds()


@pytest.mark.parametrize("kind", KINDS)
def test_text_over_the_limit_is_refused_by_its_own_field(kind: str) -> None:
    for one in fields_of(kind):
        if one.kind in {"text", "source"}:
            assert one.maximum is not None
            long = "字" * (int(one.maximum) + 1)
            with pytest.raises(InvalidRecord) as caught:
                load_record(kind, {one.name: long}, profile="publish")
            keys = {problem.key for problem in caught.value.errors[one.name]}
            assert keys & {"too_long", "over_cap"}, one.name


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_outside_their_limits_are_refused_by_their_own_field(kind: str) -> None:
    for one in fields_of(kind):
        if one.kind in {"whole", "level", "money"}:
            for wrong in (int(one.minimum or 0) - 1, int(one.maximum or 0) + 1):
                with pytest.raises(InvalidRecord) as caught:
                    load_record(kind, {one.name: wrong}, profile="match")
                assert caught.value.errors[one.name][0].key == "out_of_range"


@pytest.mark.parametrize("kind", KINDS)
def test_lists_over_their_limits_are_refused_by_their_own_field(kind: str) -> None:
    for one in fields_of(kind):
        if one.kind == "records":
            with pytest.raises(InvalidRecord) as caught:
                load_record(kind, {one.name: [{"x": 1}] * 500}, profile="match")
            assert caught.value.errors[one.name][0].key == "too_many"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wrong", ["2027-02-30", "2027-13-01", "31/12/2027", "soon", 20270101])
def test_impossible_days_are_refused_by_their_own_field(kind: str, wrong: object) -> None:
    for one in fields_of(kind):
        if one.kind == "day":
            with pytest.raises(InvalidRecord) as caught:
                load_record(kind, {one.name: wrong}, profile="match")
            assert caught.value.errors[one.name][0].key == "not_date"


@pytest.mark.parametrize("kind", KINDS)
def test_every_range_is_refused_when_it_is_inverted(kind: str) -> None:
    described = {one.name: one for one in fields_of(kind)}
    for lower, upper in SCHEMAS[kind].ranges:
        is_day = described[lower].kind == "day"
        high, low = ("2027-06-01", "2027-01-01") if is_day else (9, 2)
        with pytest.raises(InvalidRecord) as caught:
            load_record(kind, {lower: high, upper: low}, profile="match")
        assert caught.value.errors[lower][0].key == "inverted_range"


@pytest.mark.parametrize("kind", KINDS)
def test_no_code_outside_its_vocabulary_is_taken(kind: str) -> None:
    for one in fields_of(kind):
        if one.kind in {"code", "codes"}:
            with pytest.raises(InvalidRecord) as caught:
                load_record(kind, {one.name: "<b>x</b>"}, profile="match")
            assert caught.value.errors[one.name][0].key == "unknown_code"
