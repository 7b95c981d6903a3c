"""The reply clock: due, two reminders, escalation to a broker, courteous closure.

``run_clocks`` does at each call what has come due, one act a clock, so that after days without
power nobody is closed without the reminders before. Running it twice at the same time does nothing
the second time, and of two processes one acts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from matcher.identity import SYSTEM
from matcher.records.engagement import Clock, Engagement
from matcher.store.appeals import read_appeal
from matcher.store.audit import Change, record_change
from matcher.store.clocks import due_clocks, end_clock, move_clock, running_clock, running_clocks
from matcher.store.connection import write_transaction
from matcher.store.engagements import read_engagement
from matcher.store.notices import Message
from matcher.workflow.engagements import states, wording
from matcher.workflow.engagements.clocks import APPEAL_DAYS
from matcher.workflow.engagements.parties import administrators, brokers_of
from matcher.workflow.engagements.quotas import rest_if_silent
from matcher.workflow.engagements.steps import advance
from matcher.workflow.engagements.telling import day_words, said, tell_sides
from matcher.workflow.engagements.wording import side_words
from matcher.workflow.messages.notifying import tell
from matcher.workflow.working_days import due_after, last_announced_year

N_REMINDERS = 2
BETWEEN_REMINDERS = 2  # working days
AFTER_ESCALATION = 3
AGAIN_AFTER = 5  # where nothing closes by itself, the broker hears again


def run_clocks(db: Database, now: datetime, *, limit: int = 500) -> dict[str, int]:
    """Do what has come due: remind, escalate, close.

    Returns
    -------
    dict of str to int
        How often each was done: ``reminded``, ``escalated``, ``lapsed``, ``recounted``.
    """
    done: Counter[str] = Counter()
    done["recounted"] = _recount(db)
    for clock in due_clocks(db, now, limit=limit):
        with write_transaction(db, f"run clock {clock.clock_id}"):
            # Read again under the lock: another process may have acted, or an answer come.
            fresh = running_clock(db, clock.object_kind, clock.object_id)
            if fresh is not None and fresh.clock_id == clock.clock_id and fresh.next_at <= now:
                done[_act(db, fresh, now)] += 1
    return {name: n for name, n in done.items() if n}


def _recount(db: Database) -> int:
    """Count again the days of clocks whose year has been announced meanwhile; return how many."""
    n = 0
    for clock in running_clocks(db, provisional_only=True):
        is_fresh = not clock.n_reminders and clock.escalated_at is None
        if clock.due_at.year > last_announced_year() or not is_fresh:
            continue
        waiting = next((w for w in states.WAITS.values() if w.kind == clock.kind), None)
        days = waiting.days if waiting is not None else APPEAL_DAYS
        if days:
            due = due_after(clock.started_at, days)
            n += move_clock(
                db, clock, replace(clock, due_at=due.at, next_at=due.at, is_provisional=False)
            )
    return n


def _act(db: Database, clock: Clock, now: datetime) -> str:
    if clock.object_kind == "appeal":
        return _press_appeal(db, clock, now)
    engagement = read_engagement(db, clock.object_id)
    if clock.n_reminders < N_REMINDERS:
        return _remind(db, engagement, clock, now)
    if clock.escalated_at is None:
        return _escalate(db, engagement, clock, now)
    return _lapse(db, engagement, clock, now)


def _remind(db: Database, engagement: Engagement, clock: Clock, now: datetime) -> str:
    words = said(wording.REMINDER, due=day_words(clock.due_at))
    tell_sides(db, engagement, clock.waits_for, "engagement.reminder", words, now=now)
    after = replace(
        clock, n_reminders=clock.n_reminders + 1, next_at=due_after(now, BETWEEN_REMINDERS).at
    )
    _moved(db, clock, after, "clock.reminded", now)
    return "reminded"


def _escalate(db: Database, engagement: Engagement, clock: Clock, now: datetime) -> str:
    side = clock.waits_for[0]
    words = said(wording.ESCALATION, who=side_words(side))
    tell_sides(db, engagement, (states.BROKER,), "engagement.escalated", words, now=now)
    next_at = due_after(now, AFTER_ESCALATION).at
    after = replace(clock, escalated_at=now, next_at=next_at)
    _moved(db, clock, after, "clock.escalated", now)
    return "escalated"


def _lapse(db: Database, engagement: Engagement, clock: Clock, now: datetime) -> str:
    """Do what a state does when nobody answered; where it does nothing, tell the broker again."""
    action = states.WAITS[engagement.state].lapse
    if action:
        end_clock(db, "engagement", engagement.engagement_id, "lapsed", now=now)
        advance(db, engagement.engagement_id, action, actor=SYSTEM, now=now)
        _let_rest(db, engagement, clock, now)
        return "lapsed"
    if engagement.state == states.CONTRACTED:
        end_clock(db, "engagement", engagement.engagement_id, "lapsed", now=now)
        return "lapsed"
    words = said(wording.ESCALATION, who=side_words(clock.waits_for[0]))
    tell_sides(db, engagement, (states.BROKER,), "engagement.escalated", words, now=now)
    _moved(db, clock, replace(clock, next_at=due_after(now, AGAIN_AFTER).at), "clock.again", now)
    return "escalated"


def _let_rest(db: Database, engagement: Engagement, clock: Clock, now: datetime) -> None:
    """Let one who was asked and stayed silent rest, where that has become a habit."""
    if clock.kind != "reply":
        return
    for side in clock.waits_for:
        organisation_id = engagement.organisation_of(side)
        if organisation_id:
            rest_if_silent(db, organisation_id, now)


def _press_appeal(db: Database, clock: Clock, now: datetime) -> str:
    """Remind of an overdue appeal: brokers once, administrators until it is decided."""
    appeal = read_appeal(db, clock.object_id)
    due_zh, due_en = day_words(appeal.due_at)
    message = Message(
        "appeal.overdue",
        f"一项申诉应在 {due_zh} 前决定，现已到期，请尽快处理。",
        f"An appeal was to be decided by {due_en} and is due; please decide it.",
        f"/appeals/{appeal.appeal_id}",
        "appeal",
        appeal.appeal_id,
    )
    people = administrators(db)
    if clock.escalated_at is None:
        people += brokers_of(db, "")
    tell(db, people, message, now=now)
    after = replace(
        clock,
        n_reminders=clock.n_reminders + 1,
        escalated_at=clock.escalated_at or now,
        next_at=due_after(now, 1).at,
    )
    _moved(db, clock, after, "clock.escalated", now)
    return "escalated"


def _moved(db: Database, before: Clock, after: Clock, action: str, now: datetime) -> None:
    move_clock(db, before, after)
    change = Change(
        action,
        before.object_kind,
        before.object_id,
        {"n_reminders": before.n_reminders},
        {"n_reminders": after.n_reminders, "next_at": after.next_at.isoformat()},
    )
    record_change(db, change, actor=SYSTEM, now=now)
