"""An administrator's decisions about an organisation: verified, refused, suspended, taken back.

Each is audited with its reason, and everybody of the organisation is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.errors import MatcherError, UnknownRecord
from matcher.identity import Actor, Organisation, Verification
from matcher.records import Provider
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.notices import Message
from matcher.store.organisations import (
    find_by_provider,
    read_organisation,
    update_organisation,
)
from matcher.store.versions import find_current
from matcher.workflow.accounts.suspension import bring_offers_in_step, change_standing
from matcher.workflow.messages.notifying import tell_organisation

# From each state → what an administrator may decide.
DECISIONS: Mapping[str, tuple[str, ...]] = {
    Verification.PENDING: (Verification.VERIFIED, Verification.REFUSED),
    Verification.VERIFIED: (Verification.SUSPENDED,),
    Verification.REFUSED: (Verification.VERIFIED,),
    Verification.SUSPENDED: (Verification.VERIFIED, Verification.REFUSED),
}
NEEDS_REASON = frozenset({Verification.REFUSED, Verification.SUSPENDED})
LONGEST_REASON = 500


class DecisionRefused(MatcherError):
    """A decision that the present state does not allow, or that lacks its reason."""

    code = "decision_refused"


class ProviderTaken(MatcherError):
    """The provider of the catalogue belongs to another organisation already."""

    code = "provider_taken"


class _Words(NamedTuple):
    zh: str
    en: str


TOLD: Mapping[str, _Words] = {
    Verification.VERIFIED: _Words(
        "贵单位已通过核验，现在可以发布。", "Your organisation is verified; you can publish now."
    ),
    Verification.REFUSED: _Words("贵单位未通过核验。", "Your organisation could not be verified."),
    Verification.SUSPENDED: _Words(
        "贵单位已被暂停：仍可查看，不能提交。",
        "Your organisation is suspended: you can read but not change anything.",
    ),
}


def decide(
    db: Database,
    organisation_id: str,
    decision: str,
    *,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> Organisation:
    """Move an organisation to another state of verification and tell its people.

    Raises
    ------
    UnknownRecord
        When there is no such organisation.
    DecisionRefused
        When the present state does not allow it, or a reason is missing.
    """
    reason = " ".join(reason.split())[:LONGEST_REASON]
    with write_transaction(db, f"decide about {organisation_id}"):
        before = read_organisation(db, organisation_id)
        _check(before, decision, reason)
        changes: dict[str, Any] = {"verification": decision, "verification_reason": reason}
        if decision == Verification.VERIFIED:
            changes["verified_at"] = now
        after = change_standing(db, organisation_id, changes, now=now)
        event = Change(
            f"organisation.{decision}",
            "organisation",
            organisation_id,
            before={"verification": before.verification},
            after={"verification": after.verification},
            reason=reason,
        )
        record_change(db, event, actor=actor, now=now)
        tell_organisation(db, organisation_id, _message(after, reason), now=now)
    return after


def _check(organisation: Organisation, decision: str, reason: str) -> None:
    allowed = DECISIONS[organisation.verification]
    if decision not in allowed:
        raise DecisionRefused(
            f"{organisation.organisation_id} is {organisation.verification}: got {decision!r}, "
            f"expected one of {', '.join(allowed)}",
            why="state",
        )
    if decision in NEEDS_REASON and not reason:
        raise DecisionRefused(f"{decision} needs a reason", why="reason")


def _message(organisation: Organisation, reason: str) -> Message:
    told = TOLD[organisation.verification]
    return Message(
        topic=f"organisation.{organisation.verification}",
        text_zh=f"{told.zh}说明：{reason}" if reason else told.zh,
        text_en=f"{told.en} Reason: {reason}" if reason else told.en,
        address="/organisation",
        object_kind="organisation",
        object_id=organisation.organisation_id,
    )


def link_provider(
    db: Database, organisation_id: str, provider_id: str, *, actor: Actor, now: datetime
) -> Organisation:
    """Say which provider of the catalogue an organisation is; an empty id takes the link away.

    Raises
    ------
    UnknownRecord
        When there is no such organisation or provider.
    ProviderTaken
        When the provider is another organisation's.
    """
    with write_transaction(db, f"link {organisation_id} to a provider"):
        before = read_organisation(db, organisation_id)
        if provider_id:
            _check_provider(db, organisation_id, provider_id)
        changes = {"provider_id": provider_id}
        after = update_organisation(db, organisation_id, changes, now=now)
        if before.provider_id != after.provider_id:
            event = Change(
                "organisation.linked_to_provider",
                "organisation",
                organisation_id,
                before={"provider_id": before.provider_id},
                after={"provider_id": after.provider_id},
            )
            record_change(db, event, actor=actor, now=now)
            if after.is_suspended:
                bring_offers_in_step(db, before)
                bring_offers_in_step(db, after)
    return after


def _check_provider(db: Database, organisation_id: str, provider_id: str) -> None:
    if find_current(db, Provider, "provider", provider_id) is None:
        raise UnknownRecord("provider", provider_id)
    holder = find_by_provider(db, provider_id)
    if holder is not None and holder.organisation_id != organisation_id:
        raise ProviderTaken(
            f"provider {provider_id} belongs to {holder.organisation_id}", provider_id=provider_id
        )
