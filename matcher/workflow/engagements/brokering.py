"""What a broker does: take cases, see what is urgent, change a list with a reason and an end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlite_utils import Database

from matcher.errors import InvalidRecord
from matcher.identity import Actor, Role
from matcher.intake.personal import mask
from matcher.ranking.results import Match
from matcher.records.engagement import Clock, Engagement
from matcher.schemas.messages import problem
from matcher.store.accounts import find_account
from matcher.store.audit import Change, record_change
from matcher.store.brokering import (
    Override,
    add_override,
    list_overrides,
    mark_undone,
    read_override,
)
from matcher.store.clocks import running_clocks
from matcher.store.connection import write_transaction
from matcher.store.engagements import change_engagement, find_engagement
from matcher.store.needs import read_kept_need
from matcher.store.notices import Message
from matcher.store.ownership import owner_of
from matcher.vocabulary import codes
from matcher.workflow.engagements.asked import refused, unknown_code
from matcher.workflow.engagements.opening import Occasion, open_engagement
from matcher.workflow.engagements.parties import engagement_for, is_staff, sides_of
from matcher.workflow.messages.notifying import tell, tell_organisation
from matcher.workflow.needs.disclosure import NAMED, names_of
from matcher.workflow.new_ids import new_id

LONGEST_OVERRIDE = timedelta(days=90)
MOST_BITS = 4.0  # by how much an adjustment may move a candidate in the order
REASON_LIMITS = (5, 500)


class Urgent(NamedTuple):
    """One engagement in a broker's queue."""

    engagement: Engagement
    clock: Clock
    is_overdue: bool
    is_escalated: bool
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """A match at its place in the list, with the broker's act that moved it, if one did."""

    match: Match
    override: Override | None = None


class ListChange(NamedTuple):
    """A change to a need's list as a broker asks for it."""

    capability_id: str
    action: str  # vocabulary override_action
    reason: str
    expires_at: datetime
    value: float | None = None


def assign_broker(
    db: Database, engagement_id: str, broker_id: str, *, actor: Actor, now: datetime
) -> Engagement:
    """Make a reviewer or administrator the broker of an engagement.

    Raises
    ------
    UnknownRecord, ImpossibleStep
    """
    with write_transaction(db, f"assign a broker to engagement {engagement_id}"):
        engagement = engagement_for(db, engagement_id, actor)
        found = find_account(db, broker_id)
        is_able = found is not None and found.is_active and found.is_staff
        if not is_staff(actor) or not is_able:
            raise refused(engagement, "assign", "not_allowed", sides_of(engagement, actor))
        after = change_engagement(db, engagement, {"broker_id": broker_id}, now=now)
        change = Change(
            "engagement.assigned", "engagement", engagement_id,
            {"broker_id": engagement.broker_id}, {"broker_id": broker_id},
        )  # fmt: skip
        record_change(db, change, actor=actor, now=now)
        tell(db, [broker_id], _assigned(engagement_id), now=now)
        return after


def _assigned(engagement_id: str) -> Message:
    return Message(
        "engagement.assigned",
        "一次对接交给您跟进。",
        "An engagement was given to you to follow.",
        f"/engagements/{engagement_id}",
        "engagement",
        engagement_id,
    )


def broker_queue(
    db: Database, broker_id: str, now: datetime, *, all_cases: bool = False
) -> list[Urgent]:
    """Return the engagements that wait, the most urgent first.

    Escalated ones lead, then those overdue, then by due date; of equals a broker's own come first.
    Without ``all_cases`` those of other brokers are left out, and what nobody has is everybody's.
    """
    queue = []
    for clock in running_clocks(db):
        found = find_engagement(db, clock.object_id) if clock.object_kind == "engagement" else None
        if found is None or (not all_cases and found.broker_id not in ("", broker_id)):
            continue
        is_mine = found.broker_id == broker_id
        queue.append(
            Urgent(found, clock, clock.due_at <= now, clock.escalated_at is not None, is_mine)
        )
    return sorted(queue, key=_urgency)


def _urgency(item: Urgent) -> tuple[bool, bool, datetime, bool, str]:
    clock = item.clock
    return (
        not item.is_escalated,
        not item.is_overdue,
        clock.due_at,
        not item.is_mine,
        clock.object_id,
    )


def change_list(
    db: Database, need_id: str, wanted: ListChange, *, actor: Actor, now: datetime
) -> Override:
    """Propose, pin, exclude or adjust a candidate in a need's list, with a reason and an end.

    Raises
    ------
    InvalidRecord
        When the reason, the end or the value is missing or out of bounds.
    ImpossibleStep
        When the actor is no broker, or a proposal cannot be engaged.
    """
    _check(wanted, now)
    with write_transaction(db, f"change the list of need {need_id}"):
        _require_broker(need_id, actor)
        override = Override(
            new_id("OV"),
            need_id,
            wanted.capability_id,
            wanted.action,
            wanted.value,
            wanted.reason.strip(),
            actor.actor_id,
            now,
            wanted.expires_at,
        )
        add_override(db, override)
        _note(db, override, wanted.action, override.reason, actor, now)
        if wanted.action == "propose":
            occasion = Occasion("broker")
            open_engagement(
                db, need_id, wanted.capability_id, actor=actor, now=now, occasion=occasion
            )
        owner = owner_of(db, "need", need_id)
        tell_organisation(db, owner, _changed(need_id, wanted.action), now=now)
        return override


def undo_change(
    db: Database, override_id: str, reason: str, *, actor: Actor, now: datetime
) -> Override:
    """Undo a broker's change; its trace stays.

    Raises
    ------
    UnknownRecord
        When there is no such change.
    ImpossibleStep
        When the actor is no broker, or it was undone before.
    """
    with write_transaction(db, f"undo override {override_id}"):
        override = read_override(db, override_id)
        _require_broker(override.need_id, actor)
        if not reason.strip():
            raise InvalidRecord("override", {"reason": [problem("required", reason)]})
        if not mark_undone(db, override_id, actor=actor.actor_id, reason=reason.strip(), now=now):
            raise refused(_nothing(override.need_id), "undo", "already_done", ())
        _note(db, override, "undo", reason.strip(), actor, now)
        return read_override(db, override_id)


def active_overrides(db: Database, need_id: str, now: datetime) -> list[Override]:
    """Return the changes to a need's list that hold now, the first made first."""
    return [one for one in list_overrides(db, need_id) if one.is_active(now)]


def placed(matches: Sequence[Match], overrides: Iterable[Override]) -> list[Placed]:
    """Return a list of matches in the order that the broker's changes give it.

    The probability of no match changes: a broker moves places, not what the model says. The last
    change to a candidate holds.

    Parameters
    ----------
    matches : sequence of Match
        In the order in which they were shown: chance, where it moved one, stays.
    overrides : iterable of Override
        Those that hold, the first made first. A pinned candidate stands at ``value`` (1 is first);
        an adjustment adds ``value`` bits for the order alone.
    """
    by_capability = {one.capability_id: one for one in overrides}
    kept = [
        Placed(match, by_capability.get(match.capability_id))
        for match in matches
        if getattr(by_capability.get(match.capability_id), "action", "") != "exclude"
    ]
    ordered = sorted(kept, key=lambda item: item.match.rank)
    pinned = [item for item in ordered if _is(item, "pin")]
    adjusted = [item for item in ordered if _is(item, "adjust")]
    result = [item for item in ordered if item not in pinned and item not in adjusted]
    for item in sorted(adjusted, key=lambda one: (-_bits(one), one.match.rank)):
        better = [_bits(one) >= _bits(item) for one in result]
        result.insert(better.index(False) if False in better else len(result), item)
    for item in sorted(pinned, key=lambda one: (_place(one), one.match.rank)):
        result.insert(_place(item) - 1, item)
    return result


def _is(item: Placed, action: str) -> bool:
    return item.override is not None and item.override.action == action


def _bits(item: Placed) -> float:
    change = item.override
    extra = change.value or 0.0 if change and change.action == "adjust" else 0.0
    return item.match.bits + extra


def _place(item: Placed) -> int:
    return max(1, int(item.override.value or 1)) if item.override else 1


def reason_for(db: Database, override: Override, organisation_id: str) -> str:
    """Return why a list was changed, as one of the two organisations that it concerns may read it.

    A provider reads it without what betrays the enterprise of a need that is not a named one.
    """
    kept = read_kept_need(db, override.need_id)
    if organisation_id == kept.organisation_id or kept.status.visibility == NAMED:
        return override.reason
    return mask(override.reason, names_of(db, kept.organisation_id))


def _check(wanted: ListChange, now: datetime) -> None:
    errors = {}
    low, high = REASON_LIMITS
    if not low <= len(wanted.reason.strip()) <= high:
        limits = {"minimum": low, "maximum": high}
        errors["reason"] = [problem("out_of_range", len(wanted.reason.strip()), **limits)]
    if not now < wanted.expires_at <= now + LONGEST_OVERRIDE:
        last = (now + LONGEST_OVERRIDE).date().isoformat()
        days = {"earliest": now.date().isoformat(), "latest": last}
        errors["expires_at"] = [problem("day_outside", wanted.expires_at.isoformat(), **days)]
    if wanted.action not in codes("override_action"):
        errors["action"] = [unknown_code("override_action", wanted.action)]
    if wanted.action == "adjust" and not 0 < abs(wanted.value or 0.0) <= MOST_BITS:
        errors["value"] = [problem("out_of_range", wanted.value, minimum=-4, maximum=4)]
    if errors:
        raise InvalidRecord("override", errors)


def _require_broker(need_id: str, actor: Actor) -> None:
    if actor.role not in (Role.REVIEWER, Role.ADMINISTRATOR):
        raise refused(_nothing(need_id), "change_list", "not_allowed", ())


def _nothing(need_id: str) -> Engagement:
    """Return an engagement that stands for a need alone, to say what was refused."""
    return Engagement("", need_id, 1, "", "", "", 1)


def _note(
    db: Database, override: Override, what: str, reason: str, actor: Actor, now: datetime
) -> None:
    after = {
        "need_id": override.need_id,
        "capability_id": override.capability_id,
        "value": override.value,
        "expires_at": override.expires_at.isoformat(),
    }
    change = Change(f"override.{what}", "override", override.override_id, {}, after, reason)
    record_change(db, change, actor=actor, now=now)


def _changed(need_id: str, action: str) -> Message:
    words = {
        "propose": ("推荐了一个候选", "proposed a candidate"),
        "pin": ("把一个候选放到了指定位置", "put a candidate at a given place"),
        "exclude": ("排除了一个候选", "left out a candidate"),
        "adjust": ("调整了一个候选的位置", "moved a candidate"),
    }[action]
    return Message(
        f"need.list_{action}",
        f"场景经理人在您的需求的推荐列表里{words[0]}，理由和期限可以查看，也可以申诉。",
        f"A broker {words[1]} in the list of your need. You can read the reason and the term, and "
        "appeal.",
        f"/needs/{need_id}",
        "need",
        need_id,
    )
