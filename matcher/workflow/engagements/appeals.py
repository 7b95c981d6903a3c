"""Appeals against what a broker or reviewer decided: answered by somebody else in ten working days.

Whoever has acted for the platform on the object, by the audit trail, does not decide its appeal.
"""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from matcher.errors import ImpossibleStep, InvalidRecord, UnknownRecord
from matcher.identity import Actor, Role
from matcher.records.engagement import Engagement
from matcher.schemas.messages import problem
from matcher.store.appeals import Appeal, add_appeal, mark_decided, read_appeal
from matcher.store.audit import Change, EventFilter, list_events, record_change
from matcher.store.brokering import read_override
from matcher.store.clocks import end_clock
from matcher.store.connection import write_transaction
from matcher.store.engagements import read_engagement
from matcher.store.notices import Message
from matcher.store.ownership import owner_of
from matcher.vocabulary import codes, label
from matcher.workflow.engagements.asked import Given, unknown_code
from matcher.workflow.engagements.brokering import undo_change
from matcher.workflow.engagements.clocks import APPEAL_DAYS, start_appeal_clock
from matcher.workflow.engagements.parties import is_staff, sides_of
from matcher.workflow.engagements.steps import advance
from matcher.workflow.messages.notifying import tell_organisation, tell_staff
from matcher.workflow.new_ids import new_id
from matcher.workflow.working_days import due_after

TEXT_LIMITS = (10, 2000)
KINDS = ("engagement", "override", "round")


def file_appeal(
    db: Database, object_kind: str, object_id: str, text: str, *, actor: Actor, now: datetime
) -> Appeal:
    """Appeal against what was decided on an engagement, a broker's change or a round.

    Raises
    ------
    UnknownRecord
        When there is no such object, or the actor's organisation has no part in it.
    InvalidRecord
        When the text has fewer than 10 or more than 2,000 characters.
    ImpossibleStep
        When an appeal of the organisation on this object waits already.
    """
    clean = text.strip()
    low, high = TEXT_LIMITS
    if not low <= len(clean) <= high:
        limits = {"minimum": low, "maximum": high}
        raise InvalidRecord("appeal", {"text": [problem("out_of_range", len(clean), **limits)]})
    with write_transaction(db, f"appeal against {object_kind} {object_id}"):
        _require_part(db, object_kind, object_id, actor)
        due = due_after(now, APPEAL_DAYS)
        appeal = Appeal(
            new_id("AP"), object_kind, object_id, actor.organisation_id, actor.actor_id, clean,
            now, due.at,
        )  # fmt: skip
        if not add_appeal(db, appeal):
            raise ImpossibleStep("appeal", "waiting", "already_done", (), object_id=object_id)
        start_appeal_clock(db, appeal.appeal_id, due, now=now)
        after = {"object_kind": object_kind, "object_id": object_id}
        change = Change("appeal.filed", "appeal", appeal.appeal_id, {}, after)
        record_change(db, change, actor=actor, now=now)
        for role in (Role.REVIEWER, Role.ADMINISTRATOR):
            tell_staff(db, role, _filed(appeal), now=now)
        return appeal


def decide_appeal(
    db: Database, appeal_id: str, decision: str, reason: str, *, actor: Actor, now: datetime
) -> Appeal:
    """Decide an appeal; where it is upheld, what it was about is undone.

    Raises
    ------
    UnknownRecord
        When there is no such appeal, or the actor is no staff.
    InvalidRecord
        When the decision is unknown or has no reason.
    ImpossibleStep
        ``same_person`` when the actor had a hand in what is appealed against; ``already_done``.
    """
    with write_transaction(db, f"decide appeal {appeal_id}"):
        appeal = read_appeal(db, appeal_id)
        if not is_staff(actor):
            raise UnknownRecord("appeal", appeal_id)
        _check_decision(decision, reason)
        if actor.actor_id in first_actors(db, appeal):
            raise ImpossibleStep("decide_appeal", "waiting", "same_person", ())
        if not mark_decided(db, appeal_id, decision, reason.strip(), actor=actor.actor_id, now=now):
            raise ImpossibleStep("decide_appeal", "decided", "already_done", ())
        end_clock(db, "appeal", appeal_id, "answered", now=now)
        change = Change(
            "appeal.decided", "appeal", appeal_id, {}, {"decision": decision}, reason.strip()
        )
        record_change(db, change, actor=actor, now=now)
        if decision == "upheld":
            _undo(db, appeal, actor, now)
        after = read_appeal(db, appeal_id)
        tell_organisation(db, appeal.organisation_id, _decided(after), now=now)
        return after


def first_actors(db: Database, appeal: Appeal) -> frozenset[str]:
    """Return who has acted on what is appealed against: none of them may decide."""
    wanted = EventFilter(appeal.object_kind, appeal.object_id)
    events = list_events(db, wanted, limit=1000)
    return frozenset(event.actor for event in events) | {appeal.filed_by}


def _check_decision(decision: str, reason: str) -> None:
    errors = {}
    if decision not in codes("appeal_decision"):
        errors["decision"] = [unknown_code("appeal_decision", decision)]
    if not reason.strip():
        errors["reason"] = [problem("required", reason)]
    if errors:
        raise InvalidRecord("appeal", errors)


def _require_part(db: Database, kind: str, object_id: str, actor: Actor) -> None:
    """Refuse as unknown what the actor's organisation has no part in."""
    if not actor.organisation_id or kind not in KINDS:
        raise UnknownRecord(kind, object_id)
    if kind == "engagement":
        has_part = bool(sides_of(read_engagement(db, object_id), actor))
    elif kind == "override":
        override = read_override(db, object_id)
        owners = {
            owner_of(db, "need", override.need_id),
            owner_of(db, "capability", override.capability_id),
        }
        has_part = actor.organisation_id in owners
    else:
        has_part = True  # a round's parties are checked where its results are shown
    if not has_part:
        raise UnknownRecord(kind, object_id)


def _undo(db: Database, appeal: Appeal, actor: Actor, now: datetime) -> None:
    """Undo a broker's change, or open again what a broker closed."""
    reason = f"appeal {appeal.appeal_id}"
    if appeal.object_kind == "override":
        if read_override(db, appeal.object_id).undone_at is None:
            undo_change(db, appeal.object_id, reason, actor=actor, now=now)
    elif appeal.object_kind == "engagement":
        engagement: Engagement = read_engagement(db, appeal.object_id)
        if engagement.close_cause == "broker":
            given = Given(reason=reason)
            advance(db, appeal.object_id, "reopen", actor=actor, now=now, given=given)


def _filed(appeal: Appeal) -> Message:
    return Message(
        "appeal.filed",
        "收到一项申诉，须由未参与原决定的人员在十个工作日内决定。",
        "An appeal was filed. Somebody who had no hand in the decision must decide it within ten "
        "working days.",
        f"/appeals/{appeal.appeal_id}",
        "appeal",
        appeal.appeal_id,
    )


def _decided(appeal: Appeal) -> Message:
    zh = label("appeal_decision", appeal.decision)
    en = label("appeal_decision", appeal.decision, "en").lower()
    return Message(
        "appeal.decided",
        f"您的申诉已有决定：{zh}。理由可以查看。",
        f"Your appeal was decided: {en}. The reason can be read.",
        f"/appeals/{appeal.appeal_id}",
        "appeal",
        appeal.appeal_id,
    )
