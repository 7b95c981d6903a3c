"""The places of a base that are not over, for its page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Flask

from matcher.intake.capacity import free_in_period, open_periods
from matcher.records import PilotBase


def open_slots(base: PilotBase) -> list[tuple[Any, Any, int | None]]:
    """Return period, service (or nothing for any) and free places, the earliest first."""
    services = {service.service_id: service for service in base.services}
    return [
        (slot, services.get(slot.service_id), free_in_period(slot))
        for slot in open_periods(base, datetime.now(UTC).date())
    ]


def init_app(app: Flask) -> None:
    app.jinja_env.globals["open_slots"] = open_slots
