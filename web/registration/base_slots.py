"""The places of a base that are not over, for its page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Flask

from matcher.records import BaseService, PilotBase
from matcher.records.capacity import (
    free_in_period,
    is_calendar_stale,
    open_periods,
    service_free_slots,
)


def open_slots(base: PilotBase) -> list[tuple[Any, Any, int | None]]:
    """Return period, service (or nothing for any) and free places, the earliest first."""
    services = {service.service_id: service for service in base.services}
    return [
        (slot, services.get(slot.service_id), free_in_period(slot))
        for slot in open_periods(base, datetime.now(UTC).date())
    ]


def free_slots_of(base: PilotBase, service: BaseService) -> int | None:
    """Return the free places of a service today, where they are known."""
    return service_free_slots(base, service, datetime.now(UTC).date())


def are_slots_stale(base: PilotBase) -> bool:
    return is_calendar_stale(base, datetime.now(UTC).date())


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        open_slots=open_slots, free_slots_of=free_slots_of, are_slots_stale=are_slots_stale
    )
