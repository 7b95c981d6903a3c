"""How much a provider or a base can take: how old the answer is, and what is free.

What a provider says of its capacity holds for 60 days; a page then hides it and asks anew.
"""

from __future__ import annotations

from datetime import date

from matcher.records.capability import FRESH_DAYS, Capability
from matcher.records.pilot_base import BaseService, PilotBase, SlotPeriod

__all__ = [
    "FRESH_DAYS",
    "free_in_period",
    "free_slots_on",
    "is_calendar_stale",
    "is_capacity_stale",
    "open_periods",
    "service_free_slots",
]


def is_capacity_stale(capability: Capability, today: date) -> bool:
    """Say whether free slots and earliest start were stated too long ago to be shown.

    A capability that states neither has nothing that could be stale; one that does not say when
    it stated them has to say so anew.

    Examples
    --------
    >>> stated = Capability("C", "V", "名称", free_slots=2, capacity_stated_at=date(2026, 7, 1))
    >>> is_capacity_stale(stated, date(2026, 8, 30)), is_capacity_stale(stated, date(2026, 8, 31))
    (False, True)
    """
    if capability.free_slots is None and capability.earliest_start is None:
        return False
    stated = capability.capacity_stated_at
    return stated is None or (today - stated).days > FRESH_DAYS


def free_in_period(slot: SlotPeriod) -> int | None:
    """Return the places of a period that are neither taken nor held; ``None`` if unknown."""
    return None if slot.total is None else max(slot.total - slot.taken - slot.held, 0)


def open_periods(base: PilotBase, today: date, service_id: str = "") -> tuple[SlotPeriod, ...]:
    """Return the periods that are not over, earliest first.

    Parameters
    ----------
    base : PilotBase
        Whose calendar is read.
    today : date
        The day on which somebody asks.
    service_id : str
        A service: its own periods and those that all services share; empty for all periods.
    """
    periods = (
        slot
        for slot in base.slots
        if (slot.end is None or slot.end >= today)
        and (not service_id or slot.service_id in ("", service_id))
    )
    return tuple(sorted(periods, key=lambda slot: (slot.start or date.max, slot.slot_id)))


def free_slots_on(base: PilotBase, today: date, service_id: str = "") -> int | None:
    """Return the free places of all periods that are not over; ``None`` where none says a number.

    Examples
    --------
    >>> slots = (SlotPeriod("T1", end=date(2026, 12, 31), total=6, taken=2, held=1),)
    >>> free_slots_on(PilotBase("PB", "基地", slots=slots), date(2026, 11, 1))
    3
    """
    found = [free_in_period(slot) for slot in open_periods(base, today, service_id)]
    known = [number for number in found if number is not None]
    return sum(known) if known else None


def is_calendar_stale(base: PilotBase, today: date) -> bool:
    """Say whether the slot calendar was stated too long ago for its numbers to be shown.

    A base without a calendar has nothing that could be stale; one that does not say when it stated
    its places has to say so anew.
    """
    if not base.slots:
        return False
    stated = base.slots_stated_at
    return stated is None or (today - stated).days > FRESH_DAYS


def service_free_slots(base: PilotBase, service: BaseService, today: date) -> int | None:
    """Return the free places of a service; ``None`` where nobody knows them now.

    The slot calendar is the one truth: a number that a service stated of itself counts only where
    its base has no calendar.

    Examples
    --------
    >>> service = BaseService("S1", "PB", "服务", free_slots=9)
    >>> slots = (SlotPeriod("T1", end=date(2026, 12, 31), total=6, taken=2, held=1),)
    >>> base = PilotBase("PB", "基地", slots=slots, slots_stated_at=date(2026, 11, 1))
    >>> service_free_slots(base, service, date(2026, 11, 22))
    3
    >>> service_free_slots(base, service, date(2027, 3, 1)) is None
    True
    """
    if not base.slots:
        return service.free_slots
    if is_calendar_stale(base, today):
        return None
    return free_slots_on(base, today, service.service_id)
