"""What a round is about: which needs, providers and places, with what quotas, in which period.

The scope is chosen while the round is a draft. With the rules and the seed it is published and
frozen before anybody answers; ``rules_digest`` names the three together.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from matcher.allocation.inputs import canonical_json
from matcher.records import PilotBase, SlotPeriod
from matcher.store.rounds import Round

ANY_TIME = "-"  # a place of a service that publishes no periods
PER_NEED, PLACES_PER_NEED = 20, 3
LEAST_PROBABILITY = 0.01


@dataclass(frozen=True, slots=True)
class Seat:
    """A provider, or a place of a base, and how many placements it takes."""

    party_id: str
    most: int
    least: int = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """What an administrator chose for a round."""

    needs: tuple[str, ...] = ()
    providers: tuple[Seat, ...] = ()
    places: tuple[Seat, ...] = ()
    period_from: str = ""  # ISO days; empty: open
    period_to: str = ""
    per_need: int = PER_NEED  # at most so many providers a need, the likeliest
    places_per_need: int = PLACES_PER_NEED  # and so many places for each of them
    least_probability: float = LEAST_PROBABILITY

    @property
    def is_complete(self) -> bool:
        """Whether there is anything to place."""
        return bool(self.needs and self.providers)

    def seats(self, kind: str) -> dict[str, Seat]:
        """Return the providers, or the places, by their ids."""
        chosen = self.providers if kind == "provider" else self.places
        return {seat.party_id: seat for seat in chosen}


def scope_of(found: Round) -> Scope:
    """Return the scope that a round holds."""
    return scope_from(json.loads(found.scope))


def scope_from(plain: Mapping[str, Any]) -> Scope:
    """Return the scope that ``scope_text`` wrote; what is missing is as a new round has it."""
    values = dict(plain)
    for name in ("providers", "places"):
        values[name] = tuple(Seat(**one) for one in values.get(name, ()))
    values["needs"] = tuple(values.get("needs", ()))
    return Scope(**values)


def scope_text(scope: Scope) -> str:
    """Return a scope as a round holds it, in one order whatever the order of the ticks."""
    ordered = replace(
        scope,
        needs=tuple(sorted(set(scope.needs))),
        providers=tuple(sorted(scope.providers, key=lambda seat: seat.party_id)),
        places=tuple(sorted(scope.places, key=lambda seat: seat.party_id)),
    )
    return canonical_json(asdict(ordered))


def rules_digest(found: Round) -> str:
    """Return the SHA-256 of what is published before anybody answers: rules, scope and seed."""
    published = {
        "rules": json.loads(found.rules),
        "scope": json.loads(found.scope),
        "seed": found.seed,
    }
    return hashlib.sha256(canonical_json(published).encode("utf-8")).hexdigest()


def place_id_of(base: PilotBase, slot_id: str) -> str:
    """Return the id of a period of a base, or of a service that publishes none.

    Examples
    --------
    >>> place_id_of(PilotBase("PB001", "基地"), "T1")
    'PB001/T1'
    """
    return f"{base.pilot_base_id}/{slot_id}"


def parts_of_place(place_id: str) -> tuple[str, str]:
    """Return the base and the period of a place.

    Examples
    --------
    >>> parts_of_place("PB001/T1")
    ('PB001', 'T1')
    """
    base_id, _slash, slot_id = place_id.partition("/")
    return base_id, slot_id


def slot_of(base: PilotBase, slot_id: str) -> SlotPeriod | None:
    """Return a period of a base, or None for a place without one."""
    return next((slot for slot in base.slots if slot.slot_id == slot_id), None)


def service_ids_of(base: PilotBase, slot_id: str) -> tuple[str, ...]:
    """Return the services that a place stands for; a base without services has one without id."""
    if slot_id.startswith(ANY_TIME):
        return (slot_id.removeprefix(ANY_TIME),)
    slot = slot_of(base, slot_id)
    if slot is None:
        return ()
    if slot.service_id:
        return (slot.service_id,)
    return tuple(service.service_id for service in base.services) or ("",)


def overlaps(slot: SlotPeriod, scope: Scope) -> bool:
    """Whether a period of a base lies at least partly in the period of the round."""
    starts = date.fromisoformat(scope.period_from) if scope.period_from else None
    ends = date.fromisoformat(scope.period_to) if scope.period_to else None
    is_over = slot.end is not None and starts is not None and slot.end < starts
    is_later = slot.start is not None and ends is not None and slot.start > ends
    return not (is_over or is_later)
