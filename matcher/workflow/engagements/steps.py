"""Take a step of an engagement: checked, versioned, audited, told and clocked, all or nothing."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from matcher.errors import ChangedMeanwhile, ImpossibleStep
from matcher.identity import Actor
from matcher.records.engagement import Engagement, Transition
from matcher.store.audit import Change, changed_fields, record_change
from matcher.store.clocks import running_clock
from matcher.store.connection import write_transaction
from matcher.store.consents import standing_consents
from matcher.store.engagements import add_transition, change_engagement, list_transitions
from matcher.workflow.engagements import states
from matcher.workflow.engagements.asked import NOTHING, Asked, Given, refused
from matcher.workflow.engagements.clocks import start_for_state
from matcher.workflow.engagements.effects import changes_of, keep_reasons
from matcher.workflow.engagements.guards import why_not
from matcher.workflow.engagements.parties import engagement_for, sides_of
from matcher.workflow.engagements.states import Rule, rules_from
from matcher.workflow.engagements.telling import tell_step

LONGEST_REASON = 1000


def advance(
    db: Database,
    engagement_id: str,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    given: Given = NOTHING,
) -> Engagement:
    """Take one step of an engagement and return it as it then stands.

    Parameters
    ----------
    action : str
        A name of ``states.RULES``, such as ``accept`` or ``decline``.
    given : Given
        What the step asks for: a reason, reasons to decline, agreement, a base; and the version
        that was on the screen, so that nobody decides on what has changed.

    Raises
    ------
    UnknownRecord
        When there is no such engagement, or the actor has no part in it.
    ChangedMeanwhile
        When it is no longer at ``given.version``.
    ImpossibleStep
        With ``why`` (vocabulary step_refusal) and the steps that are possible.
    """
    with write_transaction(db, f"{action} engagement {engagement_id}"):
        engagement = engagement_for(db, engagement_id, actor)
        if given.version is not None and given.version != engagement.version:
            raise ChangedMeanwhile("engagement", engagement_id, given.version)
        asked = _asked(db, engagement, action, actor, given, now)
        why = why_not(asked)
        if why:
            raise refused(engagement, action, why, sides_of(engagement, actor))
        return _take(asked)


def _asked(
    db: Database, engagement: Engagement, action: str, actor: Actor, given: Given, now: datetime
) -> Asked:
    """Return the step with the row of the table that it falls under."""
    sides = sides_of(engagement, actor)
    if given.side:
        sides = tuple(side for side in sides if side == given.side)
    rows = [rule for rule in rules_from(engagement.state, sides) if rule.action == action]
    if not rows:
        raise _not_now(db, engagement, action, sides)
    side = next(one for one in sides if any(one in rule.by for rule in rows))
    rows = [rule for rule in rows if side in rule.by]
    rule = _row(db, engagement, side, rows)
    if rule is None:
        raise refused(engagement, action, "already_done", sides)
    return Asked(db, engagement, rule, side, given, actor, now)


def _row(db: Database, engagement: Engagement, side: str, rows: list[Rule]) -> Rule | None:
    """Return the row that holds, by what the other side has agreed to; None: agreed already."""
    if not rows[0].consent:
        return rows[0]
    agreed = standing_consents(db, engagement.engagement_id)
    step = rows[0].consent
    if (side, step) in agreed:
        return None
    other = (states.other_party(side), step) in agreed
    wanted = states.OTHER_AGREED if other else states.OTHER_SILENT
    return next(rule for rule in rows if rule.when == wanted)


def _not_now(
    db: Database, engagement: Engagement, action: str, sides: tuple[str, ...]
) -> ImpossibleStep:
    """Say why no row fits: the state, the side, or a second click on the same button."""
    past = list_transitions(db, engagement.engagement_id)
    last = past[-1] if past else None
    if last is not None and last.action == action and last.side in sides:
        why = "already_done"
    elif any(rule.action == action and engagement.state in rule.sources for rule in states.RULES):
        why = "wrong_side"
    else:
        why = "wrong_state"
    return refused(engagement, action, why, sides)


def _take(asked: Asked) -> Engagement:
    db, before, now = asked.db, asked.engagement, asked.now
    waited = running_clock(db, "engagement", before.engagement_id)
    changes = changes_of(asked)
    after = change_engagement(db, before, changes, now=now)
    reason = asked.given.reason.strip()[:LONGEST_REASON]
    step = Transition(
        0, asked.rule.action, before.state, after.state, asked.side, asked.actor.actor_id,
        reason, now,
    )  # fmt: skip
    sequence = add_transition(db, before.engagement_id, step)
    keep_reasons(asked, sequence)
    _note(asked, changes)
    answered = waited is not None and asked.side in waited.waits_for
    if waited is None or _restarts(asked, after):
        start_for_state(db, after, now=now, answered=answered)
    tell_step(asked, after)
    if after.state == states.CLOSED:
        _free_seat(asked)
    return after


def _free_seat(asked: Asked) -> None:
    """Let the seat of a round go to the next; rounds know engagements, so they come in here."""
    from matcher.workflow.rounds.freed import free_seat

    free_seat(asked.db, asked.engagement, asked.side, actor=asked.actor, now=asked.now)


def _restarts(asked: Asked, after: Engagement) -> bool:
    """Whether a step starts the clock anew: one side's consent alone hurries the other only."""
    return after.state != asked.engagement.state or asked.rule.action != "contract"


def _note(asked: Asked, changes: dict[str, str]) -> None:
    """Write the audit event: the columns that changed and what was agreed to or given as reason."""
    engagement, given = asked.engagement, asked.given
    before, after = changed_fields({name: getattr(engagement, name) for name in changes}, changes)
    after["side"] = asked.side
    if asked.rule.consent:
        after["terms_version"] = given.terms_version
    if given.declines and states.NEEDS_DECLINES in asked.rule.needs:
        after["declines"] = list(given.declines)
    change = Change(
        f"engagement.{asked.rule.action}",
        "engagement",
        engagement.engagement_id,
        before,
        after,
        given.reason.strip()[:LONGEST_REASON],
    )
    record_change(asked.db, change, actor=asked.actor, now=asked.now)
