"""What can be chosen for a round: open needs, providers with capabilities, places of bases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from sqlite_utils import Database

from matcher.records import BaseService, Capability, Catalogue, PilotBase, Provider, SlotPeriod
from matcher.records.capacity import is_capacity_stale
from matcher.store.needs import KeptNeed, list_kept_needs
from matcher.store.pilots import slots_taken
from matcher.workflow.engagements.slots import free_places
from matcher.workflow.needs.disclosure import is_suspended
from matcher.workflow.needs.states import ANSWERABLE
from matcher.workflow.rounds.scope import ANY_TIME, Scope, overlaps, place_id_of, service_ids_of
from matcher.workflow.working_days import CHINA_TIME

MOST_NEEDS = 5_000
USUAL_QUOTA = 1  # proposed where nothing is published


class ProviderChoice(NamedTuple):
    """A provider with what it offers and how many projects it says it can take."""

    provider: Provider
    n_capabilities: int
    n_free: int | None  # None: not stated, or stated too long ago


class PlaceChoice(NamedTuple):
    """A period of a base, or a service without periods, and its free places."""

    place_id: str
    base: PilotBase
    slot: SlotPeriod | None
    services: tuple[BaseService, ...]
    n_free: int | None  # None: not published


def needs_to_choose(db: Database) -> list[KeptNeed]:
    """Return the needs that take answers, in the order in which they were published.

    Those of suspended enterprises take none.
    """
    found = list_kept_needs(db, states=ANSWERABLE, limit=MOST_NEEDS)
    return sorted((kept for kept in found if not is_suspended(db, kept)), key=arrival)


def arrival(kept: KeptNeed) -> tuple[str, str]:
    """Return the key by which needs came: when each was published."""
    at = kept.status.published_at or kept.status.updated_at
    return at.isoformat(), kept.need.need_id


def providers_to_choose(catalogue: Catalogue, today: date) -> list[ProviderChoice]:
    """Return the providers that offer anything and take part, by their ids."""
    suspended = catalogue.suspended_providers
    own: dict[str, list[Capability]] = {}
    for capability in catalogue.capabilities.values():
        own.setdefault(capability.provider_id, []).append(capability)
    return [
        ProviderChoice(catalogue.providers[provider_id], len(found), free_of(found, today))
        for provider_id, found in sorted(own.items())
        if provider_id in catalogue.providers and provider_id not in suspended
    ]


def free_of(capabilities: list[Capability], today: date) -> int | None:
    """Return how many projects a provider says it can take; None where no fresh word is there."""
    said = [
        one.free_slots
        for one in capabilities
        if one.free_slots is not None and not is_capacity_stale(one, today)
    ]
    return sum(said) if said else None


def places_to_choose(
    db: Database, catalogue: Catalogue, scope: Scope, now: datetime
) -> list[PlaceChoice]:
    """Return the places of all bases in the round's period, by base and time."""
    today = now.astimezone(CHINA_TIME).date()
    return [
        place
        for base in sorted(catalogue.bases_taking_part, key=lambda one: one.pilot_base_id)
        for place in places_of(base, slots_taken(db, base.pilot_base_id))
        if place.slot is None
        or (overlaps(place.slot, scope) and (place.slot.end is None or place.slot.end >= today))
    ]


def places_of(base: PilotBase, taken: Mapping[str, int]) -> list[PlaceChoice]:
    """Return the places of one base: its periods, or its services where it publishes none."""
    if base.slots:
        slots = sorted(base.slots, key=lambda one: (one.start or date.max, one.slot_id))
        return [
            _place(
                base, slot.slot_id, slot, None if slot.total is None else free_places(slot, taken)
            )
            for slot in slots
        ]
    if not base.services:
        return [_place(base, ANY_TIME, None, None)]
    return [
        _place(base, f"{ANY_TIME}{service.service_id}", None, _left(service, taken))
        for service in base.services
    ]


def _left(service: BaseService, taken: Mapping[str, int]) -> int | None:
    if service.free_slots is None:
        return None
    return max(0, service.free_slots - taken.get(f"{ANY_TIME}{service.service_id}", 0))


def _place(
    base: PilotBase, slot_id: str, slot: SlotPeriod | None, n_free: int | None
) -> PlaceChoice:
    wanted = set(service_ids_of(base, slot_id))
    services = tuple(one for one in base.services if one.service_id in wanted)
    return PlaceChoice(place_id_of(base, slot_id), base, slot, services, n_free)
