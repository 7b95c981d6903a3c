"""What a published record may change at once, and what somebody else has to look at first.

``AT_ONCE`` is the declared table (docs/decisions say why): what is free today, whom the owner
wants, whom to ask, how long it stands. Everything else is a statement that others rely on, and
waits for a reviewer. A reviewer's own fields are in neither: no registrant sets them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from matcher.records import Capability, PilotBase

Registered = Capability | PilotBase

# Kind → fields that go live at once; a dot leads into the lines of a list.
AT_ONCE: Mapping[str, frozenset[str]] = {
    "capability": frozenset(
        {
            "free_slots",
            "earliest_start",
            "capacity_stated_at",
            "valid_to",
            "wanted_sizes",
            "wanted_industries",
            "min_budget_cny",
            "excluded_industries",
            "excluded_organisation_ids",
            "excluded_reason",
            "evidence.referee_contact",
        }
    ),
    "pilot_base": frozenset(
        {
            "slots",
            "slots_stated_at",
            "contacts",
            "compute_bookable_percent",
            "services.free_slots",
            "equipment.hours_free_week",
        }
    ),
}
# Fields that only a reviewer sets: what a registrant sends for them is never read.
REVIEWERS: Mapping[str, frozenset[str]] = {
    "capability": frozenset({"verification", "source", "trust", "unverified"}),
    "pilot_base": frozenset({"source", "unverified"}),
}
# A change of these makes an earlier check worthless: the level falls back to "declared".
CHECKED = frozenset({"name", "problem", "claims", "evidence", "maturity"})
_LINE_IDS = {"evidence": "evidence_id", "services": "service_id", "equipment": "equipment_id"}


def kind_of(record: Registered) -> str:
    """Return the kind of a record that is registered."""
    return "capability" if isinstance(record, Capability) else "pilot_base"


def with_at_once(current: Registered, proposed: Registered) -> Registered:
    """Return the current record with what of the proposed one goes live at once.

    Lines are told by their id: a line that is new or gone is a change that waits. Slots that name
    a service which is not published yet wait with it.
    """
    changes: dict[str, Any] = {}
    inner: dict[str, set[str]] = {}
    for path in AT_ONCE[kind_of(current)]:
        name, _, field = path.partition(".")
        if field:
            inner.setdefault(name, set()).add(field)
        else:
            changes[name] = getattr(proposed, name)
    for name, own in inner.items():
        changes[name] = _lines(name, own, getattr(current, name), getattr(proposed, name))
    if isinstance(current, PilotBase) and not _know_their_services(current, changes["slots"]):
        del changes["slots"], changes["slots_stated_at"]
    return replace(current, **changes)


def is_material(current: Registered, proposed: Registered) -> bool:
    """Whether something changes that a reviewer has to see."""
    return with_at_once(current, proposed) != proposed


def changed_names(before: Registered, after: Registered) -> tuple[str, ...]:
    """Return the names of the fields that differ, in the order of the record."""
    names = (field.name for field in fields(before))
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def _lines(name: str, own: set[str], current: tuple[Any, ...], proposed: tuple[Any, ...]) -> Any:
    line_id = _LINE_IDS[name]
    wanted = {getattr(line, line_id): line for line in proposed}
    return tuple(
        replace(line, **{field: getattr(wanted[key], field) for field in own})
        if (key := getattr(line, line_id)) in wanted
        else line
        for line in current
    )


def _know_their_services(base: PilotBase, slots: tuple[Any, ...]) -> bool:
    known = {"", *(service.service_id for service in base.services)}
    return all(slot.service_id in known for slot in slots)
