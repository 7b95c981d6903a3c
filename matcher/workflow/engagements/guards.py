"""What a step needs besides its state and side: a reason, consent, a free slot, a quota."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from matcher.errors import UnknownRecord
from matcher.ranking.bases.checks import Hosting, check_base
from matcher.records import PilotBase
from matcher.store.capabilities import read_capability
from matcher.store.engagements import list_transitions
from matcher.store.needs import read_need
from matcher.store.organisations import read_organisation
from matcher.store.pilot_bases import read_pilot_base
from matcher.store.pilots import list_lines, slots_taken, standing_application
from matcher.store.suspension import suspended_records
from matcher.vocabulary import codes
from matcher.workflow.engagements import states
from matcher.workflow.engagements.asked import Asked
from matcher.workflow.engagements.quotas import is_resting, quota_of
from matcher.workflow.engagements.slots import Place, find_place, service_of
from matcher.workflow.working_days import CHINA_TIME

REOPEN_WITHIN = timedelta(days=90)
MOST_REASONS = 3


def why_not(asked: Asked) -> str:
    """Return why a step cannot be taken, a code of step_refusal, or an empty text."""
    for need in asked.rule.needs:
        why = CHECKS[need](asked)
        if why:
            return why
    return ""


def _reason(asked: Asked) -> str:
    return "" if asked.given.reason.strip() else "missing_reason"


def _declines(asked: Asked) -> str:
    chosen = asked.given.declines
    if not 1 <= len(chosen) <= MOST_REASONS or len(set(chosen)) != len(chosen):
        return "missing_declines"
    return "" if set(chosen) <= set(codes("decline_reason")) else "unknown_decline"


def _consent(asked: Asked) -> str:
    given = asked.given
    return "" if given.agrees and given.terms_version.strip() else "missing_consent"


def _quota(asked: Asked) -> str:
    other = asked.engagement.organisation_of(states.other_party(asked.side))
    own = asked.engagement.organisation_of(asked.side)
    if is_resting(asked.db, other):
        return "resting"
    if is_resting(asked.db, own):
        return "resting_self"
    return "quota" if own and quota_of(asked.db, own, asked.now).is_used_up else ""


def _both(asked: Asked) -> str:
    """Let nothing begin, and no name be shown, with somebody who may take no part."""
    for side in states.PARTIES:
        own = asked.engagement.organisation_of(side)
        if own and read_organisation(asked.db, own).is_suspended:
            return "resting_self" if side == asked.side else "resting"
    return ""


def _base(asked: Asked) -> str:
    base = chosen_base(asked)
    if base is None:
        return "missing_base"
    if ("pilot_base", base.pilot_base_id) in suspended_records(asked.db):
        return "base_unfit"
    if find_free_place(asked, base, asked.given.service_id) is None:
        return "no_slot"
    need = read_need(asked.db, asked.engagement.need_id)
    capability = read_capability(asked.db, asked.engagement.capability_id)
    service = service_of(base, asked.given.service_id)
    today = asked.now.astimezone(CHINA_TIME).date()
    # The published number of free slots is weighed against what was taken here, above.
    checks = check_base(Hosting(need, base, service, capability, today))
    failed = [check for check in checks if check.status == "failed" and check.name != "free_slots"]
    return "base_unfit" if failed else ""


def chosen_base(asked: Asked) -> PilotBase | None:
    """Return the base that a step names, if it has the service that is named."""
    try:
        base = read_pilot_base(asked.db, asked.given.pilot_base_id)
    except UnknownRecord:
        return None
    named = asked.given.service_id
    is_known = service_of(base, named) is not None or (not named and not base.services)
    return base if is_known else None


def find_free_place(asked: Asked, base: PilotBase, service_id: str) -> Place | None:
    """Return a place that is free for a service, or None."""
    today = asked.now.astimezone(CHINA_TIME).date()
    return find_place(base, service_id, slots_taken(asked.db, base.pilot_base_id), today)


def _slot(asked: Asked) -> str:
    application = standing_application(asked.db, asked.engagement.engagement_id)
    if application is None:
        return "missing_base"
    base = read_pilot_base(asked.db, application.pilot_base_id)
    return "" if find_free_place(asked, base, application.service_id) else "no_slot"


def _results(asked: Asked) -> str:
    application = standing_application(asked.db, asked.engagement.engagement_id)
    lines = list_lines(asked.db, application.application_id) if application else []
    is_open = any(line.level == "must" and not line.has_result for line in lines)
    return "missing_results" if is_open else ""


def _silence(asked: Asked) -> str:
    """Let a refusal stand; what closed for silence opens again for a while."""
    if asked.engagement.close_cause not in ("no_answer", "not_taken_up"):
        return "not_reopenable"
    last = list_transitions(asked.db, asked.engagement.engagement_id)[-1]
    return "" if asked.now - last.at <= REOPEN_WITHIN else "expired"


CHECKS: dict[str, Callable[[Asked], str]] = {
    states.NEEDS_REASON: _reason,
    states.NEEDS_DECLINES: _declines,
    states.NEEDS_CONSENT: _consent,
    states.NEEDS_BASE: _base,
    states.NEEDS_SLOT: _slot,
    states.NEEDS_RESULTS: _results,
    states.NEEDS_QUOTA: _quota,
    states.NEEDS_SILENCE: _silence,
    states.NEEDS_BOTH: _both,
}
