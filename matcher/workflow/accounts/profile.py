"""What an organisation says of itself, changed by its owner; who it is, is then checked anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from matcher.errors import InvalidRecord
from matcher.identity import Actor, Organisation, Role, Verification
from matcher.records import OrganisationDetails
from matcher.schemas.messages import problem
from matcher.store.audit import Change, changed_fields, record_change
from matcher.store.connection import write_transaction
from matcher.store.notices import Message
from matcher.store.organisations import find_by_code, read_organisation, update_organisation
from matcher.workflow.messages.notifying import tell_staff
from matcher.workflow.needs.listing import list_needs_of

# What an administrator has checked: another answer has to be checked again.
MATERIAL = ("name", "credit_code", "sides")
# What names a person stays out of the audit trail, which nobody can erase.
PERSONAL = frozenset({"contact_name", "contact_post", "contact_email", "contact_phone"})
CHANGED = "(changed)"


def update_profile(
    db: Database,
    organisation_id: str,
    details: OrganisationDetails,
    *,
    shares_contact: bool,
    actor: Actor,
    now: datetime,
) -> Organisation:
    """Store an organisation's answers; a material change makes it wait for verification again.

    Raises
    ------
    InvalidRecord
        When the credit code is another organisation's; nothing was changed.
    """
    values: dict[str, Any] = {**asdict(details), "shares_contact": shares_contact}
    with write_transaction(db, f"change the profile of {organisation_id}"):
        stored = read_organisation(db, organisation_id)
        before = {name: getattr(stored, name) for name in values}
        old, new = changed_fields(before, values)
        if not new:
            return stored
        _refuse_taken_code(db, organisation_id, details.credit_code)
        changes = dict(new)
        if is_material(new) and stored.verification in {
            Verification.VERIFIED,
            Verification.REFUSED,
        }:
            changes["verification"] = new["verification"] = Verification.PENDING
            # Whoever was refused after being verified takes no part until it is verified again.
            reason = stored.verification_reason if stored.is_suspended else ""
            changes["verification_reason"] = reason
            old["verification"] = stored.verification
            tell_staff(db, Role.ADMINISTRATOR, _waiting(stored), now=now)
        after = update_organisation(db, organisation_id, changes, now=now)
        event = Change(
            "organisation.changed", "organisation", organisation_id, masked(old), masked(new)
        )
        record_change(db, event, actor=actor, now=now)
        list_needs_of(db, organisation_id)  # other names are shown, or masked, from now on
    return after


def is_material(changes: Mapping[str, Any]) -> bool:
    """Whether changes touch what was checked at verification."""
    return any(name in changes for name in MATERIAL)


def masked(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as the audit trail may keep them."""
    return {name: CHANGED if name in PERSONAL else value for name, value in values.items()}


def _refuse_taken_code(db: Database, organisation_id: str, credit_code: str) -> None:
    holder = find_by_code(db, credit_code)
    if holder is not None and holder.organisation_id != organisation_id:
        raise InvalidRecord("organisation", {"credit_code": [problem("code_taken")]})


def _waiting(organisation: Organisation) -> Message:
    return Message(
        topic="organisation.waiting",
        text_zh=f"“{organisation.name}”改了需要核验的内容，等待再次核验。",
        text_en=f"{organisation.name_en or organisation.name} has changed what was verified and "
        "waits to be checked again.",
        address=f"/people/organisations/{organisation.organisation_id}",
        object_kind="organisation",
        object_id=organisation.organisation_id,
    )
