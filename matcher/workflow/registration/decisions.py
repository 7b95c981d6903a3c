"""What reviewers decide about a proposal: publish it, refuse it, send it back for a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from matcher.identity import Actor, Organisation, Role
from matcher.intake.completeness import base_completeness, is_base_publishable
from matcher.intake.evidence_states import with_earned_states
from matcher.records import Capability, PilotBase
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.history import current_version
from matcher.store.notices import Message
from matcher.store.organisations import read_organisation
from matcher.store.ownership import owner_of, set_owner
from matcher.store.proposals import (
    APPROVED,
    REFUSED,
    Decision,
    Proposal,
    decide_proposal,
    read_proposal,
)
from matcher.workflow.messages.notifying import tell
from matcher.workflow.registration.materiality import CHECKED, changed_names
from matcher.workflow.registration.materiality import Registered as Owned
from matcher.workflow.registration.owned_records import (
    ProposalRefused,
    find_record,
    save_audited,
)
from matcher.workflow.registration.proposals import (
    CLAIM,
    proposed_record,
    with_reviewers_fields,
)
from matcher.workflow.registration.provider_entry import with_provider

SHORTEST_REASON = 4
LONGEST_REASON = 500
DECLARED = "declared"


class Judge(NamedTuple):
    """Who decides, when, and for what reason."""

    actor: Actor
    now: datetime
    reason: str = ""


class Words(NamedTuple):
    """What the proposer is told, in both languages."""

    zh: str
    en: str


TOLD: Mapping[str, Words] = {
    "approved": Words("已通过复核并发布：{name}", "Approved and published: {name}"),
    "claimed": Words("认领已通过：{name}", "Your claim was approved: {name}"),
    "refused": Words("未通过复核：{name}。原因：{reason}", "Refused: {name}. Reason: {reason}"),
    "returned": Words(
        "请修改后再提交：{name}。{reason}", "Please change and send again: {name}. {reason}"
    ),
}


def approve(db: Database, proposal_id: str, judge: Judge) -> str:
    """Publish what a waiting proposal asks for and return the id of the record.

    Raises
    ------
    UnknownRecord
        When there is no such proposal.
    ProposalRefused
        When it waits no longer (``not_waiting``), the record changed since it was written
        (``record_changed``), the base is not complete enough (``below_gate``), the organisation
        may not publish (``not_verified``), or somebody else decides about it (``wrong_role``);
        nothing was changed.
    """
    with write_transaction(db, f"approve proposal {proposal_id}"):
        proposal = _waiting(db, proposal_id)
        organisation = read_organisation(db, proposal.organisation_id)
        if not organisation.is_verified:
            raise ProposalRefused("not_verified", organisation=organisation.organisation_id)
        current = find_record(db, proposal.kind, proposal.record_id)
        if CLAIM in proposal.payload:
            name = _grant(db, proposal, current, judge)
            word = "claimed"
        else:
            name = _publish(db, proposal, current, organisation, judge)
            word = "approved"
        reason = judge.reason[:LONGEST_REASON]
        decision = Decision(APPROVED, judge.actor.actor_id, reason)
        _decide(db, proposal, decision, (word, name), judge)
    return proposal.record_id


def _waiting(db: Database, proposal_id: str) -> Proposal:
    proposal = read_proposal(db, proposal_id)
    if not proposal.is_pending:
        raise ProposalRefused("not_waiting", state=proposal.state)
    return proposal


def _publish(
    db: Database,
    proposal: Proposal,
    current: Owned | None,
    organisation: Organisation,
    judge: Judge,
) -> str:
    actor, now = judge.actor, judge.now
    version = current_version(db, proposal.kind, proposal.record_id)
    if version != proposal.base_version:
        raise ProposalRefused("record_changed", version=version, base=proposal.base_version)
    record = as_published(current, proposed_record(proposal))
    if isinstance(record, PilotBase):
        completeness = base_completeness(record, today=now.date())
        if not is_base_publishable(completeness):
            raise ProposalRefused("below_gate", score=completeness.score)
    else:
        record = with_provider(db, record, organisation, actor=actor, now=now)
    kind, own = proposal.kind, organisation.organisation_id
    action = f"{kind}.published" if current is None else f"{kind}.changed"
    save_audited(db, record, current, action=action, actor=actor, now=now)
    set_owner(db, kind, proposal.record_id, own, actor=actor, now=now)
    return record.name


def as_published(current: Owned | None, proposed: Owned) -> Owned:
    """Return a proposed record with what reviewers found out, as far as it still holds."""
    record = with_reviewers_fields(current, proposed)
    if not isinstance(record, Capability):
        return record
    former = current if isinstance(current, Capability) else Capability("", "", "")
    record = replace(record, evidence=with_earned_states(record.evidence, former.evidence))
    if level_falls(current, proposed):
        record = replace(record, verification=DECLARED)
    return replace(record, verification=record.verification or DECLARED)


def level_falls(current: Owned | None, proposed: Owned) -> bool:
    """Whether publishing this would end the verification level that the record has."""
    if not (isinstance(current, Capability) and isinstance(proposed, Capability)):
        return False
    if current.verification == DECLARED:
        return False
    states = with_earned_states(proposed.evidence, current.evidence)
    compared = replace(proposed, evidence=states)
    return bool(CHECKED.intersection(changed_names(current, compared)))


def _grant(db: Database, proposal: Proposal, current: Owned | None, judge: Judge) -> str:
    """Give a base of the catalogue to the organisation that claims it."""
    actor, now = judge.actor, judge.now
    if actor.role != Role.ADMINISTRATOR:
        raise ProposalRefused("wrong_role")
    owner = owner_of(db, proposal.kind, proposal.record_id)
    if current is None or owner not in ("", proposal.organisation_id):
        raise ProposalRefused("record_changed", owner=owner)
    own = proposal.organisation_id
    set_owner(db, proposal.kind, proposal.record_id, own, actor=actor, now=now)
    change = Change(
        f"{proposal.kind}.claimed",
        proposal.kind,
        proposal.record_id,
        before={"organisation": owner},
        after={"organisation": own},
    )
    record_change(db, change, actor=actor, now=now)
    return current.name


def refuse(db: Database, proposal_id: str, judge: Judge, *, wants_change: bool = False) -> Proposal:
    """Turn a waiting proposal down, or send it back for a change; the proposer is told why.

    Raises
    ------
    UnknownRecord
        When there is no such proposal.
    ProposalRefused
        When it waits no longer (``not_waiting``) or no reason is given (``reason_missing``).
    """
    with write_transaction(db, f"refuse proposal {proposal_id}"):
        proposal = _waiting(db, proposal_id)
        if CLAIM in proposal.payload and judge.actor.role != Role.ADMINISTRATOR:
            raise ProposalRefused("wrong_role")
        reason = checked_reason(judge.reason)
        decision = Decision(REFUSED, judge.actor.actor_id, reason, wants_change)
        word = "returned" if wants_change else "refused"
        _decide(db, proposal, decision, (word, name_of(db, proposal)), judge)
    return proposal


def checked_reason(reason: str) -> str:
    """Return a reason that says something.

    Raises
    ------
    ProposalRefused
        When there is none (``reason_missing``).
    """
    text = " ".join(reason.split())[:LONGEST_REASON]
    if len(text) < SHORTEST_REASON:
        raise ProposalRefused("reason_missing", shortest=SHORTEST_REASON)
    return text


def name_of(db: Database, proposal: Proposal) -> str:
    """Return what a proposal is about, as people call it."""
    if CLAIM not in proposal.payload:
        return str(proposal.payload.get("name", proposal.record_id))
    found = find_record(db, proposal.kind, proposal.record_id)
    return proposal.record_id if found is None else found.name


def _decide(
    db: Database, proposal: Proposal, decision: Decision, about: tuple[str, str], judge: Judge
) -> None:
    """Note the decision, audit it and tell the proposer; the caller holds the transaction."""
    word, name = about
    decide_proposal(db, proposal.proposal_id, decision, now=judge.now)
    change = Change(
        f"proposal.{word}", "proposal", proposal.proposal_id,
        before={"state": proposal.state}, after={"state": decision.state}, reason=decision.reason,
    )  # fmt: skip
    record_change(db, change, actor=judge.actor, now=judge.now)
    values = {"name": name, "reason": decision.reason}
    message = Message(
        topic=f"proposal.{word}",
        text_zh=TOLD[word].zh.format(**values),
        text_en=TOLD[word].en.format(**values),
        address=address_of(proposal.kind, proposal.record_id),
        object_kind=proposal.kind,
        object_id=proposal.record_id,
    )
    tell(db, [proposal.proposed_by], message, now=judge.now)


def address_of(kind: str, record_id: str) -> str:
    """Return the path of the page on which an organisation sees its own record."""
    place = {"capability": "capabilities", "pilot_base": "bases"}[kind]
    return f"/my/{place}/{record_id}"
