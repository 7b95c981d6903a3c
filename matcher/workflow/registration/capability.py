"""Registering a capability: from what was typed to a record that can be sent.

The organisation is the provider. Fields that only reviewers set are never read from a registrant,
and evidence is the registrant's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlite_utils import Database

from matcher.errors import InvalidRecord, UnknownRecord
from matcher.intake.evidence_states import with_earned_states
from matcher.records import Capability, Claim
from matcher.schemas import MATCH, PUBLISH, load_capability
from matcher.schemas.capability import CapabilitySchema, a_year_after
from matcher.schemas.messages import Problem, problem
from matcher.store.capabilities import list_capabilities
from matcher.store.driver import driver_errors
from matcher.store.versions import current_of_provider
from matcher.workflow.new_ids import new_id
from matcher.workflow.registration.evidence_files import with_files, without_lost_files
from matcher.workflow.registration.exclusions import exclusion_problems
from matcher.workflow.registration.owned_records import Act, read_own
from matcher.workflow.registration.proposals import (
    Submission,
    change_at_once,
    submit,
    with_reviewers_fields,
)
from matcher.workflow.registration.typed import asked_fields, left_out, near_names, only_asked

PREFIX = "CAP-R"
MOST_ATTEMPTS = 12  # one may bring forth what the one before hid
ASKED = asked_fields(CapabilitySchema)


def read_capability_form(
    db: Database,
    values: Mapping[str, Any],
    act: Act,
    *,
    record_id: str = "",
    current: Capability | None = None,
) -> Capability:
    """Return the capability that a complete form describes, ready to be sent.

    Parameters
    ----------
    values : mapping
        As typed; fields that a registrant is not asked for are left aside.
    record_id : str
        Of what was sent before and is sent again.
    current : Capability, optional
        What is published now, where this is a change of it.

    Raises
    ------
    InvalidRecord
        With the messages of every field that is wrong.
    """
    today = act.now.date()
    typed = {"valid_to": a_year_after(today).isoformat(), **only_asked(ASKED, values)}
    typed["capability_id"] = current.capability_id if current else record_id or new_id(PREFIX)
    typed["provider_id"] = act.organisation.provider_id
    record = load_capability(typed, profile=PUBLISH, today=today)
    stored = current.evidence if current else ()
    named = with_files(record.evidence, values, stored)
    record = replace(record, evidence=without_lost_files(db, named))
    refuse_foreign(db, record, act.organisation.organisation_id)
    return with_history(record, current, today)


def problems_of_form(
    db: Database,
    values: Mapping[str, Any],
    act: Act,
    *,
    record_id: str = "",
    current: Capability | None = None,
) -> dict[str, list[Any]]:
    """Return by path what keeps a form from being sent, as far as it has been filled in.

    What it names is looked up also while other answers are missing.
    """
    try:
        read_capability_form(db, values, act, record_id=record_id, current=current)
    except InvalidRecord as error:
        stated = values.get("excluded_organisation_ids") or []
        ids = [str(one) for one in (stated if isinstance(stated, list | tuple) else [stated])]
        told = exclusion_problems(db, ids, act.organisation.organisation_id)
        return {**({"excluded_organisation_ids": told} if told else {}), **error.errors}
    return {}


def sketch(values: Mapping[str, Any], act: Act, *, capability_id: str = "") -> Capability:
    """Return what an unfinished form says so far, leaving aside what is wrong yet.

    For completeness and for trying out which needs it would match; it is never stored.
    """
    typed = only_asked(ASKED, values)
    typed["capability_id"] = capability_id or "CAP-DRAFT"
    typed["provider_id"] = act.organisation.provider_id or "DRAFT"
    for _attempt in range(MOST_ATTEMPTS):
        try:
            found = load_capability({"name": "-", **typed}, profile=MATCH)
        except InvalidRecord as error:
            typed = left_out(typed, error.errors)
        else:
            named = found if typed.get("name") else replace(found, name="")
            return with_history(named, None, act.now.date())
    return Capability(capability_id, "", "")


def with_history(record: Capability, current: Capability | None, today: date) -> Capability:
    """Return a record with what earlier versions and reviewers have said of it."""
    record = with_claim_ids(record)
    changed = current is None or (record.free_slots, record.earliest_start) != (
        current.free_slots,
        current.earliest_start,
    )
    stated = today if changed or current is None else current.capacity_stated_at
    states = with_earned_states(record.evidence, current.evidence if current else ())
    derived = current.derived_from_case_ids if current else ()
    return replace(
        with_reviewers_fields(current, record),
        capacity_stated_at=stated,
        evidence=states,
        derived_from_case_ids=derived,
        verification=current.verification if current else "declared",
    )


def with_claim_ids(record: Capability) -> Capability:
    """Return a record whose claims have ids that no other record's claims have."""
    return replace(record, claims=tuple(_own_id(claim, record) for claim in record.claims))


def _own_id(claim: Claim, record: Capability) -> Claim:
    own = f"{record.capability_id}."
    if claim.claim_id.startswith(own):
        return claim
    return replace(claim, claim_id=f"{own}{claim.claim_id}")


def refuse_foreign(db: Database, capability: Capability, organisation_id: str) -> None:
    """Refuse what names records that are unknown or of the wrong side.

    Raises
    ------
    InvalidRecord
        Naming each case that is not of this provider, for evidence carries a match and cannot be
        borrowed, and each organisation that cannot be excluded.
    """
    errors = _foreign_cases(db, capability)
    excluded = capability.excluded_organisation_ids
    errors["excluded_organisation_ids"] = exclusion_problems(db, excluded, organisation_id)
    if any(errors.values()):
        raise InvalidRecord("capability", {path: told for path, told in errors.items() if told})


def _foreign_cases(db: Database, capability: Capability) -> dict[str, list[Problem]]:
    named = {"case_ids": capability.case_ids}
    named |= {f"claims.{i}.case_ids": claim.case_ids for i, claim in enumerate(capability.claims)}
    if not any(named.values()):
        return {}
    with driver_errors(f"read the cases of {capability.provider_id}"):
        own = {case_id for case_id, _ in current_of_provider(db, "case", capability.provider_id)}
    return {
        path: [problem("not_own_case", case_id) for case_id in case_ids if case_id not in own]
        for path, case_ids in named.items()
    }


def submit_capability(
    db: Database, values: Mapping[str, Any], act: Act, *, record_id: str = "", note: str = ""
) -> Submission:
    """Check a form and send it; ``record_id`` names what it changes or was sent as before.

    Raises
    ------
    InvalidRecord
        With the messages of every field that is wrong; nothing was sent.
    UnknownRecord
        When it would change somebody else's record.
    """
    current = find_own_capability(db, record_id, act)
    record = read_capability_form(db, values, act, record_id=record_id, current=current)
    return submit(db, record, act, note=note)


def find_own_capability(db: Database, record_id: str, act: Act) -> Capability | None:
    """Return the organisation's published capability of this id, or None."""
    try:
        found = read_own(db, "capability", record_id, act.organisation.organisation_id)
    except UnknownRecord:
        return None
    return found if isinstance(found, Capability) else None


def near_duplicates(db: Database, record: Capability) -> list[Capability]:
    """Return the provider's other capabilities that say nearly the same, by id."""
    if not record.provider_id:
        return []
    others = list_capabilities(db, record.provider_id)
    return [
        other
        for other in others
        if other.capability_id != record.capability_id
        and near_names((record.name, record.problem), (other.name, other.problem))
    ]


def state_capacity(
    db: Database, capability_id: str, act: Act, *, free_slots: int, earliest_start: date | None
) -> None:
    """Say anew how much a capability can take; the same answer counts as a fresh one."""
    changes: dict[str, Any] = {"free_slots": free_slots, "capacity_stated_at": act.now.date()}
    if earliest_start is not None:
        changes["earliest_start"] = earliest_start
    change_at_once(db, "capability", capability_id, changes, act)


def renew(db: Database, capability_id: str, act: Act) -> None:
    """Let a capability stand for another year from today."""
    changes = {"valid_to": a_year_after(act.now.date())}
    change_at_once(db, "capability", capability_id, changes, act)
