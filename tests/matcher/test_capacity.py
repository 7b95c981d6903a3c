"""What is free, and until when an answer about it holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.intake.evidence_states import with_earned_states
from matcher.records import BaseService, PilotBase, SlotPeriod
from matcher.records.capacity import (
    FRESH_DAYS,
    free_in_period,
    free_slots_on,
    is_calendar_stale,
    is_capacity_stale,
    open_periods,
    service_free_slots,
)
from tests.factories import make_capability, make_evidence, make_pilot_base

TODAY = date(2026, 11, 1)
AUTUMN = SlotPeriod("T1", date(2026, 10, 1), date(2026, 12, 31), total=6, taken=2, held=1)
WINTER = SlotPeriod("T2", date(2027, 1, 1), date(2027, 3, 31), total=4, service_id="S1")
OVER = SlotPeriod("T0", date(2026, 1, 1), date(2026, 10, 31), total=9)


@pytest.mark.parametrize(("days", "is_stale"), [(0, False), (FRESH_DAYS, False), (61, True)])
def test_capacity_is_fresh_for_60_days(days: int, is_stale: bool) -> None:
    capability = make_capability(capacity_stated_at=TODAY - timedelta(days=days))
    assert is_capacity_stale(capability, TODAY) == is_stale


def test_capacity_without_a_day_is_stale_and_none_at_all_is_not() -> None:
    assert is_capacity_stale(make_capability(capacity_stated_at=None), TODAY)
    silent = make_capability(free_slots=None, earliest_start=None)
    assert not is_capacity_stale(silent, TODAY)


def test_free_places_are_those_neither_taken_nor_held_of_periods_that_last() -> None:
    base = make_pilot_base(slots=(WINTER, OVER, AUTUMN))
    assert [slot.slot_id for slot in open_periods(base, TODAY)] == ["T1", "T2"]
    assert free_slots_on(base, TODAY) == 7
    assert free_slots_on(base, TODAY, "S1") == 7
    assert free_slots_on(base, TODAY, "S2") == 3
    assert free_slots_on(base, date(2027, 4, 1)) is None
    assert free_slots_on(make_pilot_base(), TODAY) is None


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_free_places_are_never_negative(total: int, taken: int, held: int) -> None:
    free = free_in_period(SlotPeriod("T1", total=total, taken=taken, held=held))
    assert free is not None
    assert 0 <= free <= total
    assert free_in_period(SlotPeriod("T1", taken=taken)) is None


def test_nobody_checks_his_own_evidence() -> None:
    offered = make_evidence(check_state="checked")
    (kept,) = with_earned_states([offered])
    assert kept.check_state == "unchecked"


def test_an_edited_proof_is_checked_again_and_an_untouched_one_is_not() -> None:
    stored = [make_evidence(check_state="checked")]
    (same,) = with_earned_states([make_evidence(check_state="")], stored)
    assert same.check_state == "checked"
    (edited,) = with_earned_states([replace(stored[0], client="另一家钢铁企业")], stored)
    assert edited.check_state == "unchecked"


def test_the_calendar_is_the_one_truth_about_a_services_places() -> None:
    service = BaseService("S1", "PB", "服务", free_slots=9)
    own = SlotPeriod("T1", end=TODAY, total=3, taken=1, service_id="S1")
    shared = SlotPeriod("T2", end=TODAY, total=4)
    other = SlotPeriod("T3", end=TODAY, total=8, service_id="S2")
    base = PilotBase("PB", "基地", slots=(own, shared, other), slots_stated_at=TODAY)
    assert service_free_slots(base, service, TODAY) == 6
    assert service_free_slots(replace(base, slots=(other,)), service, TODAY) is None
    assert service_free_slots(replace(base, slots=()), service, TODAY) == 9


def test_a_calendar_that_nobody_confirms_is_stale_after_sixty_days() -> None:
    service, slots = BaseService("S1", "PB", "服务"), (SlotPeriod("T1", total=3),)
    base = PilotBase("PB", "基地", slots=slots, slots_stated_at=TODAY)
    last = TODAY + timedelta(days=FRESH_DAYS)
    assert not is_calendar_stale(base, last)
    assert service_free_slots(base, service, last) == 3
    assert is_calendar_stale(base, last + timedelta(days=1))
    assert service_free_slots(base, service, last + timedelta(days=1)) is None
    assert is_calendar_stale(replace(base, slots_stated_at=None), TODAY)
    assert not is_calendar_stale(replace(base, slots=(), slots_stated_at=None), TODAY)
