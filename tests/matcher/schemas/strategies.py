"""Strategies that make any valid input of any record, from the schemas' own descriptions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import strategies as st
from stdnum.cn import uscc

from matcher.schemas.describe import FieldDescription, describe_fields
from matcher.schemas.loading import SCHEMAS
from matcher.vocabulary import codes, industry_codes, region_codes

words = st.text(
    st.one_of(
        st.characters(exclude_categories=("Cc", "Cs")),
        st.sampled_from("钢铁质检裂纹 abcXYZ0123%é"),
    ),
    min_size=1,
    max_size=15,
).filter(lambda text: any(mark.isalnum() for mark in text))
ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,20}", fullmatch=True)
one_value = {
    "id": ids,
    "text": words,
    "source": st.sampled_from(["https://example.org/a", "synthetic", "某报 2025-07-01"]),
    "industry": st.sampled_from(industry_codes()),
    "region": st.sampled_from(region_codes()),
    "number": st.floats(-1e15, 1e15, allow_nan=False),
    "flag": st.booleans(),
    "email": st.from_regex(r"[a-z0-9]{1,12}(\.[a-z0-9]{1,8})?@[a-z0-9]{1,8}\.org", fullmatch=True),
    "phone": st.from_regex(r"\+?[0-9]{2,4}[ -][0-9]{4,12}", fullmatch=True),
    "credit_code": st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9).map(
        lambda middle: with_check_character(f"91320500{middle}")
    ),
    "day": st.dates(date(2000, 1, 1), date(2099, 12, 31)).map(date.isoformat),
}


def with_check_character(first: str) -> str:
    """A unified social credit code from its first 17 characters."""
    return first + str(uscc.calc_check_digit(first))


items = {
    "ids": ids,
    # A box for several texts parts them at semicolons.
    "texts": words.filter(lambda text: not set(text) & set(";；")),
    "industries": st.sampled_from(industry_codes()),
    "regions": st.sampled_from(region_codes()),
}


def value_of(described: FieldDescription) -> st.SearchStrategy[Any]:
    """Any valid JSON value of one field."""
    if described.kind in one_value:
        return one_value[described.kind]
    if described.kind == "code":
        return st.sampled_from(codes(described.vocabulary))
    if described.kind == "records":
        return lines_of(described)
    if described.kind in {"whole", "level", "money"}:
        return st.integers(int(described.minimum or 0), int(described.maximum or 0))
    coded = described.kind == "codes"
    item = st.sampled_from(codes(described.vocabulary)) if coded else items[described.kind]
    return st.lists(item, max_size=min(4, int(described.maximum or 4)))


def lines_of(described: FieldDescription) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Any valid lines, each with an id of its own."""
    id_field = SCHEMAS[described.line_kind].id_field
    # A line that says nothing is no line: a form cannot even send one.
    speaking = record_input(described.line_kind).filter(
        lambda line: any(value for name, value in line.items() if name != id_field)
    )
    lines = st.lists(speaking, max_size=3)
    return lines.map(
        lambda given: [{**line, id_field: f"L{n}"} for n, line in enumerate(given, start=1)]
    )


def record_input(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Any input that the match profile accepts for a record of this kind."""
    described = [field for field in describe_fields(SCHEMAS[kind]) if not field.form_only]
    required = {one.name: value_of(one) for one in described if "match" in one.required_for}
    optional = {one.name: value_of(one) for one in described if one.name not in required}
    given = st.fixed_dictionaries(required, optional=optional)
    return given.map(lambda data: consistent(kind, data))


def consistent(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """Mend what only several fields together would make invalid."""
    for lower, upper in SCHEMAS[kind].ranges:
        for low, high in ((lower, upper), (f"{lower}_cny", f"{upper}_cny")):
            if low in data and high in data:
                data[low], data[high] = sorted((data[low], data[high]))
    if kind in MENDERS:
        MENDERS[kind](data)
    return data


def _mend_claim(data: dict[str, Any]) -> None:
    if "value" in data:
        data.setdefault("operator", "=")


def _mend_need(data: dict[str, Any]) -> None:
    data["title"] = "x" + data.get("title", "")
    if "safety" in data:
        data["safety"] = [code for code in data["safety"] if code != "classified"]
    if data.get("budget_min_cny") or data.get("budget_max_cny"):
        data.pop("budget_undecided", None)
    _alone(data, "systems", "none")


def _alone(data: dict[str, Any], name: str, code: str) -> None:
    if code in data.get(name, ()):
        data[name] = [code]


def _mend_price(data: dict[str, Any]) -> None:
    if data.get("price_min_cny") or data.get("price_max_cny"):
        data.pop("price_negotiable", None)


def _mend_service(data: dict[str, Any]) -> None:
    _mend_price(data)
    _alone(data, "applicants", "any")


def _mend_slot(data: dict[str, Any]) -> None:
    if "total" in data:
        data["taken"] = min(data.get("taken", 0), data["total"])
        data["held"] = min(data.get("held", 0), data["total"] - data["taken"])


def _mend_pilot_base(data: dict[str, Any]) -> None:
    data["pilot_base_id"] = "PB1"
    for service in data.get("services", ()):
        service["pilot_base_id"] = "PB1"


MENDERS: dict[str, Callable[[dict[str, Any]], None]] = {
    "claim": _mend_claim,
    "need": _mend_need,
    "capability": _mend_price,
    "base_service": _mend_service,
    "slot_period": _mend_slot,
    "pilot_base": _mend_pilot_base,
}
