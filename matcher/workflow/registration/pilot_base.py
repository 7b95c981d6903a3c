"""Registering a pilot base: from what was typed to a record that can be sent; claiming one.

A base is published only when it is complete enough (80 of 100) and holds no placeholder text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlite_utils import Database

from matcher.errors import InvalidRecord, UnknownRecord
from matcher.intake.completeness import base_completeness, is_base_publishable
from matcher.records import PilotBase
from matcher.schemas import MATCH, PUBLISH, dump_record, load_pilot_base
from matcher.schemas.messages import problem
from matcher.schemas.pilot_base import PilotBaseSchema
from matcher.store.connection import write_transaction
from matcher.store.history import current_version
from matcher.store.ownership import owner_of
from matcher.store.proposals import Proposal, find_pending
from matcher.workflow.new_ids import new_id
from matcher.workflow.registration.materiality import is_material
from matcher.workflow.registration.owned_records import Act, ProposalRefused, find_record, read_own
from matcher.workflow.registration.proposals import (
    CLAIM,
    Submission,
    add_audited,
    change_at_once,
    submit,
    with_reviewers_fields,
)
from matcher.workflow.registration.typed import asked_fields, left_out, only_asked

KIND, PREFIX = "pilot_base", "PB-R"
ASKED = asked_fields(PilotBaseSchema)
UNSTATED = {"name": "----", "domain": "other"}  # without which nothing can be read
MOST_ATTEMPTS = 12
LATEST_SLOT = timedelta(days=3650)
SHORTEST_STATEMENT, LONGEST_STATEMENT = 10, 500


def read_base_form(
    values: Mapping[str, Any], act: Act, *, record_id: str = "", current: PilotBase | None = None
) -> PilotBase:
    """Return the base that a complete form describes.

    Raises
    ------
    InvalidRecord
        With the messages of every field that is wrong, and of periods that are over.
    """
    today = act.now.date()
    typed = only_asked(ASKED, values)
    typed["pilot_base_id"] = current.pilot_base_id if current else record_id or new_id(PREFIX)
    record = with_own_service_ids(load_pilot_base(typed, profile=PUBLISH, today=today))
    check_periods(record, current, today)
    record = with_past_periods(record, current, today)
    is_same = current is not None and record.slots == current.slots
    stated = current.slots_stated_at if current is not None and is_same else today
    record = replace(record, slots_stated_at=stated)
    return with_reviewers_fields(current, record)


def with_own_service_ids(base: PilotBase) -> PilotBase:
    """Return a base whose services have ids of its own; slots follow their service."""
    own = f"{base.pilot_base_id}-"
    taken = {one.service_id for one in base.services if one.service_id.startswith(own)}
    free = (f"{own}S{number}" for number in count(1) if f"{own}S{number}" not in taken)
    names = {
        one.service_id: next(free) for one in base.services if not one.service_id.startswith(own)
    }
    return replace(
        base,
        services=tuple(
            replace(one, service_id=names.get(one.service_id, one.service_id))
            for one in base.services
        ),
        slots=tuple(
            replace(one, service_id=names.get(one.service_id, one.service_id)) for one in base.slots
        ),
    )


def sketch_base(values: Mapping[str, Any], *, pilot_base_id: str = "") -> PilotBase:
    """Return what an unfinished form says so far, leaving aside what is wrong yet."""
    typed = only_asked(ASKED, values)
    typed["pilot_base_id"] = pilot_base_id or "PB-DRAFT"
    for _attempt in range(MOST_ATTEMPTS):
        try:
            found = load_pilot_base({**UNSTATED, **typed}, profile=MATCH)
        except InvalidRecord as error:
            typed = left_out(typed, error.errors)
        else:
            name, domain = (getattr(found, one) if typed.get(one) else "" for one in UNSTATED)
            return replace(found, name=name, domain=domain)
    return PilotBase(pilot_base_id, "")


def check_periods(record: PilotBase, current: PilotBase | None, today: date) -> None:
    """Refuse to change or add a period that is over: what was promised then stands.

    Raises
    ------
    InvalidRecord
        Naming each such line.
    """
    known = set(current.slots) if current else set()
    limits = {"earliest": today.isoformat(), "latest": (today + LATEST_SLOT).isoformat()}
    errors = {
        f"slots.{index}.end": [problem("day_outside", slot.end.isoformat(), **limits)]
        for index, slot in enumerate(record.slots)
        if slot.end is not None and slot.end < today and slot not in known
    }
    if errors:
        raise InvalidRecord(KIND, errors)


def with_past_periods(record: PilotBase, current: PilotBase | None, today: date) -> PilotBase:
    """Return a base with the periods that are over, also where the form left them out."""
    if current is None:
        return record
    held = {slot.slot_id for slot in record.slots}
    past = tuple(
        slot
        for slot in current.slots
        if slot.end is not None and slot.end < today and slot.slot_id not in held
    )
    return replace(record, slots=(*past, *record.slots))


def submit_base(
    db: Database, values: Mapping[str, Any], act: Act, *, record_id: str = "", note: str = ""
) -> Submission:
    """Check a form and send it; ``record_id`` names what it changes or was sent as before.

    Raises
    ------
    InvalidRecord
        With the messages of every field that is wrong; nothing was sent.
    ProposalRefused
        The base is not complete enough to be published (``below_gate``); nothing was sent.
    UnknownRecord
        When it would change somebody else's record.
    """
    current = find_own_base(db, record_id, act)
    record = read_base_form(values, act, record_id=record_id, current=current)
    if current is None or is_material(current, record):
        completeness = base_completeness(record, today=act.now.date())
        if not is_base_publishable(completeness):
            raise ProposalRefused("below_gate", score=completeness.score)
    return submit(db, record, act, note=note)


def find_own_base(db: Database, record_id: str, act: Act) -> PilotBase | None:
    """Return the organisation's published base of this id, or None."""
    try:
        found = read_own(db, KIND, record_id, act.organisation.organisation_id)
    except UnknownRecord:
        return None
    return found if isinstance(found, PilotBase) else None


def claim_base(db: Database, pilot_base_id: str, statement: str, act: Act) -> Submission:
    """Ask for a base of the catalogue that nobody registered: an administrator decides.

    Raises
    ------
    UnknownRecord
        When there is no such base.
    ProposalRefused
        When it has an owner or another organisation asks for it (``claimed_already``), or the
        statement says nothing (``reason_missing``).
    """
    text = " ".join(statement.split())[:LONGEST_STATEMENT]
    if len(text) < SHORTEST_STATEMENT:
        raise ProposalRefused("reason_missing", shortest=SHORTEST_STATEMENT)
    own = act.organisation.organisation_id
    with write_transaction(db, f"claim pilot base {pilot_base_id}"):
        if find_record(db, KIND, pilot_base_id) is None:
            raise UnknownRecord(KIND, pilot_base_id)
        waiting = find_pending(db, KIND, pilot_base_id)
        is_taken = waiting is not None and waiting.organisation_id != own
        if is_taken or owner_of(db, KIND, pilot_base_id):
            raise ProposalRefused("claimed_already")
        claim = Proposal(
            proposal_id=new_id("P"),
            kind=KIND,
            record_id=pilot_base_id,
            organisation_id=own,
            payload={CLAIM: text},
            base_version=current_version(db, KIND, pilot_base_id),
            proposed_by=act.actor.actor_id,
            proposed_at=act.now,
        )
        return add_audited(db, claim, actor=act.actor)


def state_slots(
    db: Database, pilot_base_id: str, typed: Mapping[str, Mapping[str, Any]], act: Act
) -> None:
    """Say anew how many places are there, taken and held; only of periods that are not over.

    Parameters
    ----------
    typed : mapping
        From the id of a period to its ``total``, ``taken`` and ``held``, as typed.

    Raises
    ------
    InvalidRecord
        Naming each line that is wrong, such as more places taken than there are.
    UnknownRecord
        When the base is not published, or somebody else's.
    """
    current = find_own_base(db, pilot_base_id, act)
    if current is None:
        raise UnknownRecord(KIND, pilot_base_id)
    today = act.now.date()
    errors = {
        f"slots.{index}.total": [problem("required")]
        for index, slot in enumerate(current.slots)
        if not str(typed.get(slot.slot_id, {"total": "0"}).get("total", "")).strip()
    }
    if errors:
        raise InvalidRecord(KIND, errors)
    lines = [
        {**dump_record(slot), **typed.get(slot.slot_id, {})}
        if slot.end is None or slot.end >= today
        else dump_record(slot)
        for slot in current.slots
    ]
    wanted = load_pilot_base(
        {"name": current.name, "domain": current.domain or "other", "slots": lines}, profile=MATCH
    )
    change_at_once(db, KIND, pilot_base_id, {"slots": wanted.slots, "slots_stated_at": today}, act)
