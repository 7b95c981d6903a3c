"""Which period of a base still has a place; nothing here reads a database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from matcher.records import BaseService, PilotBase, SlotPeriod

ANY_TIME = "-"  # where a service states free places without periods


class Place(NamedTuple):
    """A place that is free: the period's id, and its days where they are published."""

    slot_id: str
    start: date | None
    end: date | None


def service_of(base: PilotBase, service_id: str) -> BaseService | None:
    """Return a service of a base by its id, or None."""
    return next((one for one in base.services if one.service_id == service_id), None)


def free_places(slot: SlotPeriod, taken: Mapping[str, int]) -> int:
    """Return how many places of a period are left; a period without a total has none."""
    return max(0, (slot.total or 0) - slot.taken - slot.held - taken.get(slot.slot_id, 0))


def find_place(
    base: PilotBase, service_id: str, taken: Mapping[str, int], today: date
) -> Place | None:
    """Return the earliest free place for a service, or None.

    Parameters
    ----------
    taken : mapping of str to int
        Places that pilots of this platform took, by period.

    Notes
    -----
    A base that publishes neither periods nor a number of free places is not full: it decides.
    """
    fitting = [slot for slot in base.slots if slot.service_id in ("", service_id)]
    if fitting:
        open_ones = [slot for slot in fitting if slot.end is None or slot.end >= today]
        for slot in sorted(open_ones, key=lambda one: (one.start or today, one.slot_id)):
            if free_places(slot, taken):
                return Place(slot.slot_id, slot.start, slot.end)
        return None
    service = service_of(base, service_id)
    if service is None or service.free_slots is None:
        return Place(ANY_TIME, None, None)
    is_free = service.free_slots > taken.get(f"{ANY_TIME}{service_id}", 0)
    return Place(f"{ANY_TIME}{service_id}", None, None) if is_free else None
