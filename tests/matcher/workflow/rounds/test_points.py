"""A base's published rules as points, and a round's scope as one text whatever the order."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.allocation.reasons import unmatched_needs
from matcher.allocation.values import Market
from matcher.records import PriorityRule, SlotPeriod
from matcher.vocabulary import codes
from matcher.workflow.rounds.choosing import free_of, places_of
from matcher.workflow.rounds.points import COMPUTED, RULES, Applicant, priority_points
from matcher.workflow.rounds.scope import (
    Scope,
    Seat,
    overlaps,
    scope_from,
    scope_text,
    service_ids_of,
)
from tests.factories import make_capability, make_need, make_pilot_base
from tests.matcher.workflow.rounds.world import inputs_for

TODAY = date(2026, 11, 22)


def base_with(*kinds: str) -> Any:
    rules = tuple(PriorityRule(f"P{i}", f"规则{i}", kind=kind) for i, kind in enumerate(kinds))
    return make_pilot_base(priority_rules=rules)


def points(base: Any, *, size: str = "medium", line: float = 0.5, **changes: Any) -> float:
    applicant = Applicant(make_need(**changes), size, line)
    return priority_points(base, applicant, fit=0.25, today=TODAY)


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("size", {"size": "micro"}, 1.0),
        ("size", {"size": "large"}, 0.0),
        ("region", {"region": "320500"}, 1.0),
        ("region", {"region": "110000"}, 0.0),
        ("region", {"region": ""}, 0.0),
        ("sector", {"industries": ("C31",)}, 1.0),
        ("sector", {"industries": ("C312",)}, 1.0),
        ("sector", {"industries": ("A01",)}, 0.0),
        ("first_come", {"line": 0.75}, 0.75),
        ("urgency", {"start_by": TODAY}, 1.0),
        ("urgency", {"start_by": None}, 0.0),
    ],
)
def test_each_kind_of_rule_gives_its_points(
    kind: str, given: dict[str, Any], expected: float
) -> None:
    assert points(base_with(kind), **given) == expected


def test_the_first_line_counts_most() -> None:
    small_far = {"size": "small", "region": "110000"}
    near_large = {"size": "large", "region": "320500"}
    by_size, by_region = base_with("size", "region"), base_with("region", "size")
    assert points(by_size, **small_far) > points(by_size, **near_large)
    assert points(by_region, **small_far) < points(by_region, **near_large)


def test_a_base_without_rules_orders_by_fit_and_words_alone_give_nothing() -> None:
    assert points(base_with()) == points(base_with("other")) == 0.25


def test_every_kind_of_rule_is_computed_or_named_as_words_alone() -> None:
    assert set(RULES) == COMPUTED == set(codes("priority_kind")) - {"other"}


@given(st.permutations(["N1", "N2", "N3"]), st.permutations(["V1", "V2"]))
def test_a_scope_is_one_text_whatever_the_order_of_the_ticks(
    needs: list[str], providers: list[str]
) -> None:
    scope = Scope(tuple(needs), tuple(Seat(one, 2) for one in providers))
    ordered = Scope(("N1", "N2", "N3"), (Seat("V1", 2), Seat("V2", 2)))
    assert scope_text(scope) == scope_text(ordered)
    assert scope_from(json.loads(scope_text(scope))) == ordered


def test_places_are_periods_or_services_that_publish_none() -> None:
    slots = (SlotPeriod("T1", total=5, taken=1, held=1), SlotPeriod("T2", service_id="PB900-S1"))
    base = make_pilot_base(slots=slots)
    found = {one.place_id: one.n_free for one in places_of(base, {"T1": 2})}
    assert found == {"PB900/T1": 1, "PB900/T2": None}
    assert service_ids_of(base, "T1") == service_ids_of(base, "T2") == ("PB900-S1",)
    bare = {one.place_id: one.n_free for one in places_of(make_pilot_base(), {"-PB900-S1": 1})}
    assert bare == {"PB900/-PB900-S1": 2}
    assert [one.place_id for one in places_of(make_pilot_base(services=()), {})] == ["PB900/-"]


def test_a_period_counts_where_it_overlaps_with_the_round() -> None:
    scope = Scope(period_from="2027-01-01", period_to="2027-03-31")
    assert overlaps(SlotPeriod("T", date(2026, 12, 1), date(2027, 1, 1)), scope)
    assert overlaps(SlotPeriod("T"), scope)
    assert not overlaps(SlotPeriod("T", date(2026, 1, 1), date(2026, 12, 31)), scope)
    assert not overlaps(SlotPeriod("T", date(2027, 4, 1), None), scope)


def test_room_that_was_stated_long_ago_counts_as_not_stated() -> None:
    fresh = make_capability(free_slots=2, capacity_stated_at=TODAY)
    old = make_capability(free_slots=5, capacity_stated_at=date(2025, 1, 1))
    assert free_of([fresh, old], TODAY) == 2
    assert free_of([old], TODAY) is None


@pytest.mark.parametrize(
    "code", ["no_fitting_base", "need_not_open", "parted_before", "price_above_budget"]
)
def test_a_failed_check_is_told_in_both_languages(code: str) -> None:
    inputs = replace(inputs_for(), options=(), failed_checks={"N0001": code})
    told = unmatched_needs(inputs, Market(inputs), ())[0]
    assert (told.reason, told.check) == ("failed_check", code)
    assert code not in told.text_zh + told.text_en
