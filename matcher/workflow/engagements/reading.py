"""What the page of an engagement shows one reader: possible steps, history, match, thread.

Which fields of which record somebody sees is decided in ``disclosure``; texts that people wrote
beside the records (reasons, notes, lines of a match) are masked here by the same rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.identity import Actor
from matcher.intake.personal import mask
from matcher.ranking.results import BaseMatch, Match, RequirementLine
from matcher.records import Requirement
from matcher.records.engagement import Decline, Engagement, Transition
from matcher.records.pilot import PilotLine
from matcher.store.clocks import running_clock
from matcher.store.consents import standing_consents
from matcher.store.engagements import list_declines, list_transitions
from matcher.store.matches import read_match_list
from matcher.workflow.engagements import states
from matcher.workflow.engagements.asked import NOTHING, Asked
from matcher.workflow.engagements.disclosure import SUMMARY, Disclosure, what_may_see
from matcher.workflow.engagements.guards import CHECKS
from matcher.workflow.engagements.parties import is_staff, sides_of
from matcher.workflow.engagements.states import Rule, rules_from
from matcher.workflow.engagements.talks import is_disclosed
from matcher.workflow.engagements.threads import Thread, requirement_thread
from matcher.workflow.needs.disclosure import names_of

# What decides without anything that the actor types; the other needs are asked for in the form.
FORESEEN = (states.NEEDS_QUOTA, states.NEEDS_SLOT, states.NEEDS_RESULTS)


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that somebody may take now, and what it asks for."""

    action: str
    side: str
    needs: tuple[str, ...]
    consent: str = ""
    why_not: str = ""  # code of step_refusal: possible by the table, and what stands against it
    is_awaited: bool = False  # this side's answer is what the clock waits for


class Told(NamedTuple):
    """One step of the past, with what its reader may know of it."""

    step: Transition
    decline: Decline | None


def offers_for(db: Database, engagement: Engagement, viewer: Actor, now: datetime) -> list[Offer]:
    """Return the steps that the table allows a reader now, awaited ones first."""
    clock = running_clock(db, "engagement", engagement.engagement_id)
    awaited = clock.waits_for if clock is not None else ()
    agreed = standing_consents(db, engagement.engagement_id)
    found: dict[tuple[str, str], Offer] = {}
    for side in sides_of(engagement, viewer):
        for rule in rules_from(engagement.state, (side,)):
            asked = Asked(db, engagement, rule, side, NOTHING, viewer, now)
            if (side, rule.consent) in agreed or _is_final(asked):
                continue
            offer = _offer(asked, is_awaited=side in awaited)
            found.setdefault((rule.action, side), offer)
    return list(found.values())


def _is_final(asked: Asked) -> bool:
    """Whether a refusal stands, so that opening again is not offered at all."""
    needs = asked.rule.needs
    return states.NEEDS_SILENCE in needs and bool(CHECKS[states.NEEDS_SILENCE](asked))


def _offer(asked: Asked, *, is_awaited: bool) -> Offer:
    rule: Rule = asked.rule
    against = (CHECKS[need](asked) for need in rule.needs if need in FORESEEN)
    why = next((code for code in against if code), "")
    return Offer(rule.action, asked.side, rule.needs, rule.consent, why, is_awaited)


def history_for(db: Database, engagement: Engagement, viewer: Actor) -> list[Told]:
    """Return the steps that were taken, the first one first, as a reader may read them."""
    sides, staff = sides_of(engagement, viewer), is_staff(viewer)
    masks = not (staff or is_disclosed(db, engagement))
    names = _names(db, engagement) if masks else ()
    declines = list_declines(db, engagement.engagement_id)
    told = []
    for step in list_transitions(db, engagement.engagement_id):
        is_own = step.side in sides
        decline = declines.get(step.sequence)
        if decline is not None and not (is_own or staff or decline.tell_other):
            decline = None
        if masks and not is_own:
            step = replace(step, reason=mask(step.reason, names))
            if decline is not None:
                decline = replace(decline, note=mask(decline.note, names))
        told.append(Told(step, decline))
    return told


def _names(db: Database, engagement: Engagement) -> tuple[str, ...]:
    own = names_of(db, engagement.need_organisation_id)
    return (*own, *names_of(db, engagement.provider_organisation_id))


def match_of(db: Database, engagement: Engagement, seen: Disclosure) -> Match | None:
    """Return the match from which an engagement came, with as much as a reader may see.

    Before disclosure, others than the enterprise see the requirement lines alone, masked: the other
    terms of a score speak of budget and dates, which are meant for the parties.
    """
    match = _stored_match(db, engagement)
    if match is None or _sees_whole(seen):
        return match
    names = names_of(db, engagement.need_organisation_id)
    lines = tuple(_masked_line(line, names) for line in match.requirements)
    bases = tuple(map(_public_part, match.bases))
    return replace(
        match, contributions=(), checks=(), counterfactuals=(), requirements=lines, bases=bases
    )


def _public_part(base: BaseMatch) -> BaseMatch:
    """Return a base without what was weighed; whether it is open, everybody may read."""
    checks = tuple(check for check in base.checks if check.name == "open")
    return replace(base, contributions=(), checks=checks)


def _sees_whole(seen: Disclosure) -> bool:
    return seen.step != SUMMARY or bool({states.NEED, states.BROKER} & set(seen.sides))


def _stored_match(db: Database, engagement: Engagement) -> Match | None:
    if engagement.match_list_id is None:
        return None
    found = read_match_list(db, engagement.match_list_id).match_list.matches
    return next((one for one in found if one.capability_id == engagement.capability_id), None)


def _masked_line(line: RequirementLine, names: Sequence[str]) -> RequirementLine:
    """Return a line without names; its reason may compare with what is meant for the parties."""
    return replace(
        line, text=mask(line.text, names), quote=mask(line.quote, names), reason_zh="", reason_en=""
    )


def thread_for(db: Database, engagement: Engagement, requirement_id: str, viewer: Actor) -> Thread:
    """Return the thread of a requirement as one side of an engagement may read it.

    The enterprise and the platform's staff read all of it; others what concerns this engagement.

    Raises
    ------
    UnknownRecord
        When the need has no such requirement, or the viewer takes no part.
    """
    seen = what_may_see(db, engagement, viewer)
    thread = requirement_thread(db, engagement.need_id, requirement_id)
    if {states.NEED, states.BROKER} & set(seen.sides):
        return thread
    if seen.is_masked:
        thread = _masked_thread(thread, names_of(db, engagement.need_organisation_id))
    own, own_id = engagement.capability_id, engagement.engagement_id
    return replace(
        thread,
        answered=tuple(one for one in thread.answered if one.capability_id == own),
        tested=tuple(one for one in thread.tested if one.application.engagement_id == own_id),
        outcomes=tuple(one for one in thread.outcomes if one.engagement_id == own_id),
    )


def _masked_thread(thread: Thread, names: Sequence[str]) -> Thread:
    asked = tuple(
        replace(one, requirement=_masked_requirement(one.requirement, names))
        for one in thread.asked
    )
    answered = tuple(replace(one, line=_masked_line(one.line, names)) for one in thread.answered)
    tested = tuple(replace(one, line=_masked_test(one.line, names)) for one in thread.tested)
    return replace(thread, asked=asked, answered=answered, tested=tested)


def _masked_test(line: PilotLine, names: Sequence[str]) -> PilotLine:
    written = ("text", "text_en", "metric", "unit", "method", "data", "note")
    texts: dict[str, Any] = {name: mask(getattr(line, name), names) for name in written}
    return replace(line, **texts)


def _masked_requirement(requirement: Requirement, names: Sequence[str]) -> Requirement:
    written = ("text", "text_en", "metric", "unit", "verification")
    texts: dict[str, Any] = {name: mask(getattr(requirement, name), names) for name in written}
    return replace(requirement, **texts)
