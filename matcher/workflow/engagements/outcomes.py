"""What came of it: the outcome with its label, ratings hidden until both are in, the follow-up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from matcher.errors import InvalidRecord
from matcher.identity import Actor
from matcher.records import Case
from matcher.records.engagement import Engagement
from matcher.records.pilot import FollowUp, Outcome, PilotLine, Rating
from matcher.schemas.messages import problem
from matcher.store.audit import Change, record_change
from matcher.store.capabilities import read_capability
from matcher.store.clocks import end_clock
from matcher.store.connection import write_transaction
from matcher.store.needs import read_need
from matcher.store.organisations import read_organisation
from matcher.store.outcomes import (
    follow_up_of,
    list_ratings,
    outcome_of,
    read_outcome,
    save_follow_up,
    save_outcome,
    save_rating,
    update_outcome,
)
from matcher.store.pilots import list_applications, list_lines
from matcher.store.published_cases import publish_case
from matcher.vocabulary import codes
from matcher.workflow.engagements import states
from matcher.workflow.engagements.asked import refused, unknown_code
from matcher.workflow.engagements.labels import grade_of
from matcher.workflow.engagements.parties import engagement_for, sides_of
from matcher.workflow.needs.disclosure import ANONYMOUS, masked_need, masked_text, names_of
from matcher.workflow.new_ids import new_id
from matcher.workflow.registration.own_cases import add_case

MOST_REASONS = 3
# From which states an outcome may be told.
TOLD_IN = (states.TALKS, states.IN_PILOT, states.CONTRACTED, states.CLOSED)


def record_outcome(
    db: Database, engagement_id: str, told: Outcome, *, actor: Actor, now: datetime
) -> Outcome:
    """Record what came of an engagement; a later account takes the place of an earlier one.

    Parameters
    ----------
    told : Outcome
        Result, value, days, reasons; the ids, the label and the permissions are set here.

    Raises
    ------
    UnknownRecord, ImpossibleStep, InvalidRecord
    """
    check_outcome(told)
    with write_transaction(db, f"record the outcome of engagement {engagement_id}"):
        engagement = engagement_for(db, engagement_id, actor)
        _require_state(engagement, actor)
        before = outcome_of(db, engagement_id)
        grade = grade_of(
            told.result,
            why_not=told.why_not,
            origin=engagement.origin,
            lines=results_of(db, engagement_id),
        )
        outcome = replace(
            told,
            outcome_id=before.outcome_id if before else new_id("OC"),
            need_id=engagement.need_id,
            engagement_id=engagement_id,
            label_grade=grade.grade,
            label_weight=grade.weight,
            publish_need=before.publish_need if before else "",
            publish_provider=before.publish_provider if before else "",
            case_id=before.case_id if before else "",
            recorded_by=actor.actor_id,
            recorded_at=now,
        )
        save_outcome(db, outcome)
        note_outcome(db, outcome, actor, now)
        return outcome


def _require_state(engagement: Engagement, actor: Actor) -> None:
    sides = sides_of(engagement, actor)
    if engagement.state not in TOLD_IN:
        raise refused(engagement, "record_outcome", "wrong_state", sides)
    if sides == (states.BASE,):
        raise refused(engagement, "record_outcome", "wrong_side", sides)


def check_outcome(told: Outcome) -> None:
    """Refuse an outcome with unknown codes, too many reasons or an end before its beginning.

    Raises
    ------
    InvalidRecord
    """
    errors: dict[str, list[object]] = {}
    if told.result not in codes("outcome_result"):
        errors["result"] = [unknown_code("outcome_result", told.result)]
    if told.value_band and told.value_band not in codes("value_band"):
        errors["value_band"] = [unknown_code("value_band", told.value_band)]
    wrong = [code for code in told.why_not if code not in codes("decline_reason")]
    if wrong:
        errors["why_not"] = [unknown_code("decline_reason", wrong[0])]
    if len(told.why_not) > MOST_REASONS:
        errors["why_not"] = [problem("too_many", len(told.why_not), maximum=3, length=3)]
    if told.starts_on and told.ends_on and told.ends_on < told.starts_on:
        limits = {"earliest": told.starts_on.isoformat(), "latest": "2100-01-01"}
        errors["ends_on"] = [problem("day_outside", told.ends_on.isoformat(), **limits)]
    if errors:
        raise InvalidRecord("outcome", errors)


def results_of(db: Database, engagement_id: str) -> list[PilotLine]:
    """Return the measured requirements of an engagement's last pilot, or none."""
    for application in list_applications(db, engagement_id):
        lines = list_lines(db, application.application_id)
        if any(line.has_result for line in lines):
            return lines
    return []


def rate(
    db: Database, engagement_id: str, rating: Rating, *, actor: Actor, now: datetime
) -> list[Rating]:
    """Rate the other side once; return what the rater may now see.

    Raises
    ------
    UnknownRecord, ImpossibleStep
        ``already_done`` when this side has rated; a rating is not taken back.
    InvalidRecord
        When a value is not from 1 to 5.
    """
    items = ("overall", "fit", "responsiveness", "competence")
    wrong = {name: getattr(rating, name) for name in items if not 1 <= getattr(rating, name) <= 5}
    if wrong:
        limits = {"minimum": 1, "maximum": 5}
        errors = {name: [problem("out_of_range", v, **limits)] for name, v in wrong.items()}
        raise InvalidRecord("rating", errors)
    with write_transaction(db, f"rate in engagement {engagement_id}"):
        engagement = engagement_for(db, engagement_id, actor)
        sides = [side for side in sides_of(engagement, actor) if side in states.PARTIES]
        if not sides:
            raise refused(engagement, "rate", "wrong_side", ())
        if outcome_of(db, engagement_id) is None:
            raise refused(engagement, "rate", "wrong_state", tuple(sides))
        own = replace(rating, side=sides[0], given_by=actor.actor_id, given_at=now)
        if not save_rating(db, engagement_id, own):
            raise refused(engagement, "rate", "already_done", tuple(sides))
        change = Change("engagement.rated", "engagement", engagement_id, {}, {"side": sides[0]})
        record_change(db, change, actor=actor, now=now)
        return ratings_for(db, engagement, actor)


def ratings_for(db: Database, engagement: Engagement, viewer: Actor) -> list[Rating]:
    """Return the ratings that somebody may see: one's own, and both once both are in."""
    sides = sides_of(engagement, viewer)
    found = list_ratings(db, engagement.engagement_id)
    is_complete = len(found) == len(states.PARTIES)
    return [one for one in found if is_complete or one.side in sides]


def allow_publishing(
    db: Database, outcome_id: str, wish: str, *, actor: Actor, now: datetime
) -> Outcome:
    """Say whether the outcome may become a case; once both allow it, it is published.

    The narrower wish holds: named only where both say ``all``. A later ``no`` takes back the wish,
    not what was published; for that, ask an administrator.

    Raises
    ------
    UnknownRecord, ImpossibleStep, InvalidRecord
    """
    if wish not in codes("may_publish"):
        raise InvalidRecord("outcome", {"may_publish": [unknown_code("may_publish", wish)]})
    with write_transaction(db, f"allow to publish outcome {outcome_id}"):
        outcome = read_outcome(db, outcome_id)
        engagement = engagement_for(db, outcome.engagement_id, actor)
        sides = [side for side in sides_of(engagement, actor) if side in states.PARTIES]
        if not sides:
            raise refused(engagement, "publish", "wrong_side", ())
        after = update_outcome(db, outcome_id, {f"publish_{sides[0]}": wish})
        note_outcome(db, after, actor, now)
        wishes = {after.publish_need, after.publish_provider}
        if after.case_id or not wishes <= {"all", "anonymous"} or "" in wishes:
            return after
        if after.result not in ("contracted", "pilot_passed"):
            return after
        case = case_of(db, engagement, after, is_named=wishes == {"all"})
        publish_case(db, case, actor=actor.actor_id, now=now)
        add_case(db, engagement.capability_id, case.case_id, actor=actor, now=now)
        return update_outcome(db, outcome_id, {"case_id": case.case_id})


def case_of(db: Database, engagement: Engagement, outcome: Outcome, *, is_named: bool) -> Case:
    """Return the case that an outcome makes: what was done, and each measured effect."""
    need = read_need(db, engagement.need_id)
    names = names_of(db, engagement.need_organisation_id)
    enterprise = read_organisation(db, engagement.need_organisation_id)
    visibility = "named" if is_named else ANONYMOUS
    shown = masked_need(need, visibility, names)
    capability = read_capability(db, engagement.capability_id)
    lines = [line for line in results_of(db, engagement.engagement_id) if line.has_result]
    effect = masked_text("；".join(map(_effect, lines)), visibility, names)
    effect_en = masked_text("; ".join(map(_effect_en, lines)), visibility, names)
    at = outcome.ends_on or (outcome.recorded_at.date() if outcome.recorded_at else None)
    return Case(
        case_id=new_id("CR"),
        what=f"{shown.title}：{capability.name}",
        what_en=f"{shown.title_en or shown.title}: {capability.name_en or capability.name}",
        effect=effect,
        effect_en=effect_en,
        need=shown.problem,
        need_en=shown.problem_en,
        user_enterprise=enterprise.name if is_named else "",
        user_enterprise_en=enterprise.name_en if is_named else "",
        scenario_id=need.scenario_id,
        provider_id=engagement.provider_id,
        industry=need.industries[0] if need.industries else "",
        region=shown.region,
        year=at.year if at else None,
        relation="third_party" if is_named else "undisclosed",
        quantified=any(line.measured is not None for line in lines),
        source=f"platform:{outcome.outcome_id}",
        trust="B" if lines else "C",
    )


def _effect(line: PilotLine) -> str:
    value = "" if line.measured is None else f"{line.measured:g} {line.unit}".strip()
    word = "达到" if line.met else "未达到"
    return f"{line.text}：{word}{f'（实测 {value}）' if value else ''}"


def _effect_en(line: PilotLine) -> str:
    value = "" if line.measured is None else f"{line.measured:g} {line.unit}".strip()
    word = "met" if line.met else "not met"
    return f"{line.text_en or line.text}: {word}{f' (measured {value})' if value else ''}"


def follow_up(
    db: Database, engagement_id: str, answer: FollowUp, *, actor: Actor, now: datetime
) -> FollowUp:
    """Say what has become of it about 90 days after the contract.

    Raises
    ------
    UnknownRecord, ImpossibleStep, InvalidRecord
    """
    if answer.state not in codes("follow_up_state"):
        raise InvalidRecord("follow_up", {"state": [unknown_code("follow_up_state", answer.state)]})
    with write_transaction(db, f"follow up engagement {engagement_id}"):
        engagement = engagement_for(db, engagement_id, actor)
        sides = sides_of(engagement, actor)
        if engagement.state != states.CONTRACTED:
            raise refused(engagement, "follow_up", "wrong_state", sides)
        if states.NEED not in sides and states.BROKER not in sides:
            raise refused(engagement, "follow_up", "wrong_side", sides)
        kept = replace(answer, engagement_id=engagement_id, given_by=actor.actor_id, given_at=now)
        save_follow_up(db, kept)
        end_clock(db, "engagement", engagement_id, "answered", now=now)
        after = {"state": kept.state, "n_sites": kept.n_sites}
        change = Change("engagement.followed_up", "engagement", engagement_id, {}, after)
        record_change(db, change, actor=actor, now=now)
        return follow_up_of(db, engagement_id) or kept


def note_outcome(db: Database, outcome: Outcome, actor: Actor, now: datetime) -> None:
    """Write the audit event of an outcome, on its engagement or on the need as a whole."""
    after = {
        "result": outcome.result,
        "publish_need": outcome.publish_need,
        "publish_provider": outcome.publish_provider,
        "label_grade": outcome.label_grade,
    }
    kind = "engagement" if outcome.engagement_id else "need"
    object_id = outcome.engagement_id or outcome.need_id
    change = Change(f"{kind}.outcome", kind, object_id, {}, after)
    record_change(db, change, actor=actor, now=now)
