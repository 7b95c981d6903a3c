"""What a step changes besides the state: consents, applications, slots, the state of the need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from matcher.identity import SYSTEM
from matcher.records import Need, Requirement
from matcher.records.engagement import Consent, Decline
from matcher.records.pilot import PilotApplication, PilotLine
from matcher.store.consents import add_consent, list_consents, revoke_consent
from matcher.store.engagements import add_decline
from matcher.store.history import current_version
from matcher.store.need_status import find_status
from matcher.store.needs import read_need
from matcher.store.ownership import owner_of
from matcher.store.pilot_bases import read_pilot_base
from matcher.store.pilots import (
    add_application,
    change_application,
    slots_taken,
    standing_application,
)
from matcher.vocabulary import label
from matcher.workflow.engagements import states
from matcher.workflow.engagements.asked import Asked
from matcher.workflow.engagements.slots import find_place, service_of
from matcher.workflow.needs.lifecycle import change_state
from matcher.workflow.needs.states import STEPS, Act, State, Who
from matcher.workflow.new_ids import new_id
from matcher.workflow.working_days import CHINA_TIME, due_after

DECISION_DAYS = 15  # where a base states none
LONGEST_DECISION = 60

Changes = dict[str, Any]


def changes_of(asked: Asked) -> Changes:
    """Make a step's other changes and return the columns of the engagement that it sets."""
    rule = asked.rule
    changes: Changes = {"state": rule.target}
    if rule.target == states.CLOSED:
        changes["close_cause"] = _cause(asked)
    if rule.action == "reopen":
        changes["close_cause"] = ""
    if rule.consent:
        _give_consent(asked)
    effect = EFFECTS.get(rule.action)
    if effect is not None:
        changes |= effect(asked)
    _move_need(asked)
    return changes


def _cause(asked: Asked) -> str:
    if asked.rule.action == "lapse" and asked.engagement.state == states.SHOWN:
        return "not_taken_up"
    return states.CLOSE_CAUSES[asked.rule.action]


def _give_consent(asked: Asked) -> None:
    add_consent(
        asked.db,
        Consent(
            0,
            asked.engagement.engagement_id,
            asked.side,
            asked.rule.consent,
            asked.given.terms_version,
            asked.actor.actor_id,
            asked.now,
        ),
    )


def keep_reasons(asked: Asked, sequence: int) -> None:
    """Store why a step declined, beside the step."""
    given = asked.given
    if states.NEEDS_DECLINES in asked.rule.needs:
        decline = Decline(given.declines, given.note.strip(), given.tell_other, asked.side)
        add_decline(asked.db, asked.engagement.engagement_id, sequence, decline)


def _apply(asked: Asked) -> Changes:
    db, given = asked.db, asked.given
    base = read_pilot_base(db, given.pilot_base_id)
    service = service_of(base, given.service_id)
    stated = (service.decision_days if service else None) or base.decision_days or DECISION_DAYS
    application = PilotApplication(
        application_id=new_id("PA"),
        engagement_id=asked.engagement.engagement_id,
        pilot_base_id=base.pilot_base_id,
        service_id=given.service_id,
        base_version=current_version(db, "pilot_base", base.pilot_base_id),
        applied_by=asked.actor.actor_id,
        applied_at=asked.now,
        decide_by=due_after(asked.now, min(stated, LONGEST_DECISION)).at,
    )
    need = read_need(db, asked.engagement.need_id)
    version = current_version(db, "need", need.need_id) or asked.engagement.need_version
    add_application(db, application, plan_of(need, version))
    return {
        "pilot_base_id": base.pilot_base_id,
        "service_id": given.service_id,
        "base_organisation_id": owner_of(db, "pilot_base", base.pilot_base_id),
    }


def plan_of(need: Need, version: int) -> list[PilotLine]:
    """Return the plan that a need's requirements ask for: one line each, tested at the base."""
    data = label("data_leaves_site", need.data_leaves_site) if need.data_leaves_site else ""
    return [_plan_line(requirement, version, data) for requirement in need.requirements]


def _plan_line(requirement: Requirement, version: int, data: str) -> PilotLine:
    return PilotLine(
        requirement_id=requirement.requirement_id,
        need_version=version,
        level=requirement.level,
        text=requirement.text,
        text_en=requirement.text_en,
        metric=requirement.metric,
        operator=requirement.operator,
        target=requirement.threshold,
        unit=requirement.unit,
        current_value=requirement.current_value,
        method=requirement.verification,
        tester="base",
        data=data,
    )


def _decided(state: str) -> Callable[[Asked], Changes]:
    """Return the effect of a step that ends an application."""

    def effect(asked: Asked) -> Changes:
        application = standing_application(asked.db, asked.engagement.engagement_id)
        if application is not None:
            actor = asked.actor.actor_id
            change_application(asked.db, application, state=state, actor=actor, now=asked.now)
        if state == "finished":
            return {}
        return {"pilot_base_id": "", "service_id": "", "base_organisation_id": ""}

    return effect


def _accept(asked: Asked) -> Changes:
    application = standing_application(asked.db, asked.engagement.engagement_id)
    if application is None:
        return {}
    base = read_pilot_base(asked.db, application.pilot_base_id)
    today = asked.now.astimezone(CHINA_TIME).date()
    taken = slots_taken(asked.db, base.pilot_base_id)
    place = find_place(base, application.service_id, taken, today)
    if place is not None:
        service = service_of(base, application.service_id)
        start = max(place.start, today) if place.start else today
        length = service.days_max if service and service.days_max else None
        end = start + timedelta(days=length) if length else place.end
        application = replace(application, slot_id=place.slot_id, starts_on=start, ends_on=end)
    actor = asked.actor.actor_id
    change_application(asked.db, application, state="accepted", actor=actor, now=asked.now)
    return {}


def _close(asked: Asked) -> Changes:
    """Let an application go with the engagement that is closed."""
    waits = standing_application(asked.db, asked.engagement.engagement_id)
    if waits is None:
        return {}
    return _decided("withdrawn" if waits.state == "waiting" else "stopped")(asked)


def _reopen(asked: Asked) -> Changes:
    """Begin again: what was agreed to before is agreed to anew."""
    for consent in list_consents(asked.db, asked.engagement.engagement_id):
        if consent.revoked_at is None:
            revoke_consent(
                asked.db,
                consent.engagement_id,
                consent.side,
                consent.step,
                actor=SYSTEM.actor_id,
                now=asked.now,
            )
    return {}


EFFECTS: dict[str, Callable[[Asked], Changes]] = {
    "apply_pilot": _apply,
    "accept_pilot": _accept,
    "withdraw_pilot": _decided("withdrawn"),
    "refuse_pilot": _decided("refused"),
    "lapse_pilot": _decided("lapsed"),
    "finish_pilot": _decided("finished"),
    "stop_pilot": _decided("stopped"),
    "decline": _close,
    "close": _close,
    "reopen": _reopen,
}
NEED_FOLLOWS = {
    states.MUTUAL: State.MATCHING,
    states.IN_PILOT: State.IN_PILOT,
    states.CONTRACTED: State.DONE,
}


def _move_need(asked: Asked) -> None:
    """Let the need follow, where its own table lets the system do so."""
    target = NEED_FOLLOWS.get(asked.rule.target)
    status = find_status(asked.db, asked.engagement.need_id)
    if asked.rule.action == "stop_pilot" or target is None or status is None:
        return
    step = STEPS.get((State(status.state), target))
    if step is not None and Who.SYSTEM in step.who:
        act = Act(SYSTEM, asked.now, f"engagement {asked.engagement.engagement_id}")
        change_state(asked.db, asked.engagement.need_id, target, act)
