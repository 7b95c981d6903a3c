"""How far reviewers have checked a capability: its level, and each piece of its evidence.

A registrant cannot reach any of this. Every finding has a reason, and falls back when what was
checked changes (see ``matcher.workflow.registration.decisions.as_published``).
"""

from __future__ import annotations

from dataclasses import replace

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.intake.evidence_states import UNCHECKED
from matcher.records import Capability
from matcher.store.connection import write_transaction
from matcher.store.notices import Message
from matcher.store.ownership import owner_of
from matcher.workflow.messages.notifying import tell_organisation
from matcher.workflow.registration.decisions import DECLARED, Judge, address_of, checked_reason
from matcher.workflow.registration.owned_records import ProposalRefused, find_record, save_audited
from matcher.workflow.registration.proposals import bring_pending_up_to_date

LEVELS = (DECLARED, "documents", "tested")
STATES = (UNCHECKED, "checked", "rejected")


def set_level(db: Database, capability_id: str, level: str, judge: Judge) -> Capability:
    """Say how far a capability was checked, with the reason that everybody may read.

    Raises
    ------
    UnknownRecord
        When there is no such capability.
    ProposalRefused
        When the level is none (``unknown_level``), no reason is given (``reason_missing``), or it
        has no evidence on which a level above *declared* could rest (``evidence_missing``).
    """
    if level not in LEVELS:
        raise ProposalRefused("unknown_level", level=level)
    judge = judge._replace(reason=checked_reason(judge.reason))
    with write_transaction(db, f"set the level of {capability_id}"):
        before = _capability(db, capability_id)
        if level != DECLARED and not _can_be_checked(before):
            raise ProposalRefused("evidence_missing", level=level)
        after = replace(before, verification=level)
        _save_checked(db, after, before, "capability.checked", judge)
    return after


def set_evidence_state(
    db: Database, capability_id: str, evidence_id: str, state: str, judge: Judge
) -> Capability:
    """Say what the check of one piece of evidence found.

    Raises
    ------
    UnknownRecord
        When there is no such capability or piece.
    ProposalRefused
        As ``set_level``.
    """
    if state not in STATES:
        raise ProposalRefused("unknown_level", level=state)
    judge = judge._replace(reason=checked_reason(judge.reason))
    with write_transaction(db, f"check the evidence of {capability_id}"):
        before = _capability(db, capability_id)
        if evidence_id not in {one.evidence_id for one in before.evidence}:
            raise UnknownRecord("evidence", evidence_id)
        evidence = tuple(
            replace(one, check_state=state) if one.evidence_id == evidence_id else one
            for one in before.evidence
        )
        after = replace(before, evidence=evidence)
        if after.verification != DECLARED and not _can_be_checked(after):
            after = replace(after, verification=DECLARED)
        _save_checked(db, after, before, "capability.evidence_checked", judge)
    return after


def _capability(db: Database, capability_id: str) -> Capability:
    found = find_record(db, "capability", capability_id)
    if not isinstance(found, Capability):
        raise UnknownRecord("capability", capability_id)
    return found


def _can_be_checked(capability: Capability) -> bool:
    accepted = [one for one in capability.evidence if one.check_state != "rejected"]
    return bool(accepted or capability.case_ids)


def _save_checked(
    db: Database, after: Capability, before: Capability, action: str, judge: Judge
) -> None:
    actor, now, reason = judge
    save_audited(db, after, before, action=action, reason=reason, actor=actor, now=now)
    bring_pending_up_to_date(db, after)
    owner = owner_of(db, "capability", after.capability_id)
    if owner:
        message = Message(
            topic=action,
            text_zh=f"核验结果有更新：{after.name}。{reason}",
            text_en=f"The check of {after.name_en or after.name} was updated. {reason}",
            address=address_of("capability", after.capability_id),
            object_kind="capability",
            object_id=after.capability_id,
        )
        tell_organisation(db, owner, message, now=now)
