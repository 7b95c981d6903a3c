"""The page of a need for its own enterprise: what it shows and what it offers to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from flask import current_app, g, render_template, request, url_for

from matcher.errors import ModelError
from matcher.identity import actor_of
from matcher.ranking.results import Match
from matcher.records.engagement import Engagement
from matcher.schemas import dump_record
from matcher.schemas.need import NeedSchema
from matcher.store.accounts import find_account
from matcher.store.attachments import list_attachments
from matcher.store.brokering import Override
from matcher.store.engagements import Wanted, list_engagements
from matcher.store.matches import StoredMatchList
from matcher.store.need_status import list_transitions
from matcher.store.needs import KeptNeed, NeedVersion, list_need_versions
from matcher.store.outcomes import outcomes_of_need
from matcher.store.questions import list_questions
from matcher.vocabulary import label, options
from matcher.workflow.engagements.brokering import active_overrides, placed
from matcher.workflow.engagements.need_outcomes import ENDS
from matcher.workflow.matching.plain_order import (
    PLAIN,
    by_score_alone,
    n_moved_by_chance,
    wants_plain_order,
)
from matcher.workflow.needs.lifecycle import TransitionRefused, capacity_of, possible_steps
from matcher.workflow.needs.matches import CandidateCounts, latest_answer
from matcher.workflow.needs.publishing import AMENDABLE
from matcher.workflow.needs.states import ANSWERABLE, STEPS, State, Step
from matcher.workflow.registration.differences import changes_only, compare
from web import backend, session
from web.forms import Field, FormState, FormView
from web.i18n import gettext as _
from web.i18n import language
from web.needs.answers import Difference, differences, sections_of
from web.needs.together import N_LOOKED_AT, together_of

N_SHOWN = 5
ORDERS = (PLAIN, "usual")
# Done in other ways than with a button of its own.
OTHER_WAYS = {State.IN_REVIEW, State.OPEN, State.NONE_SUITABLE}
ENDS_WITH_OUTCOME = {State.OPEN, State.MATCHING, State.IN_PILOT, State.EXPIRED}
ENDED_ELSEWHERE = {(State.OPEN, State.DONE), (State.EXPIRED, State.DONE)}
TALKS_ENDED = STEPS[State.MATCHING, State.OPEN]
COUNTED = {State.DRAFT, State.IN_REVIEW, State.OPEN, State.MATCHING}
RENEWABLE = {State.OPEN, State.MATCHING, State.EXPIRED}


@dataclass(slots=True)
class OwnNews:
    """What the page says of an act that was refused."""

    problem: str = ""
    errors: Mapping[str, list[Any]] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    chosen: Sequence[str] = ()  # reasons that were ticked
    about: str = ""  # the state that was asked for, renew, or outcome


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version with what it changed."""

    version: NeedVersion
    who: str
    changes: list[Difference]


def own_need_page(kept: KeptNeed, news: OwnNews | None = None) -> str:
    db, need_id = backend.database(), kept.need.need_id
    told = news or OwnNews()
    g.own_address = (url_for("my_needs.show_own_need", need_id=need_id), [])
    answer = latest_answer(db, need_id)
    is_plain = is_order_plain()
    candidates = candidates_of(kept, answer, is_plain=is_plain)
    questions = list_questions(db, need_id)
    return render_template(
        "pages/needs/own.html",
        kept=kept,
        need=kept.need,
        status=kept.status,
        transitions=list_transitions(db, need_id),
        who=name_of_actor,
        answer=answer,
        matches=candidates[:N_SHOWN],
        together=together_of(candidates),
        is_plain=is_plain,
        n_moved=n_moved_by_chance(answer) if answer else 0,
        engaged=engagements_of(need_id),
        changes=changes_of_broker(need_id),
        is_answerable=kept.status.state in ANSWERABLE,
        n_adequate=count_adequate(kept),
        versions=version_rows(need_id),
        sections=sections_of(kept.need, stated_only=True),
        files=list_attachments(db, "need", need_id),
        n_questions=len(questions),
        n_unanswered=sum(not question.answer for question in questions),
        steps=own_steps(kept),
        next_step=next_step_words(kept),
        outcomes=[one for one in outcomes_of_need(db, need_id) if not one.engagement_id],
        may_end=kept.status.state in ENDS_WITH_OUTCOME,
        need_results=[(code, label("outcome_result", code, language())) for code in ENDS],
        decline_options=options("decline_reason", language()),
        may_amend=kept.status.state in AMENDABLE,
        renew_fields=renew_fields(kept, told) if kept.status.state in RENEWABLE else [],
        catalogue=backend.catalogue(),
        news=told,
    )


def changes_of_broker(need_id: str) -> list[Override]:
    """Return what brokers changed in the list of a need and holds now."""
    return active_overrides(backend.database(), need_id, datetime.now(UTC))


def engagements_of(need_id: str) -> dict[str, Engagement]:
    """Return the engagements of a need by their capability."""
    found = list_engagements(backend.database(), Wanted(need_id=need_id), limit=500)
    return {one.capability_id: one for one in found}


def count_adequate(kept: KeptNeed) -> int | None:
    """Return how many could answer a need that is alive, or nothing where that is unknown."""
    if kept.status.state not in COUNTED:
        return None
    try:
        service = backend.matching()
    except ModelError:
        return None
    counts: CandidateCounts = current_app.extensions.setdefault(
        "candidate_counts", CandidateCounts(service)
    )
    return counts.of(kept)


def is_order_plain() -> bool:
    """Whether the list is to stand by the score alone: for this view, or as the account says."""
    asked = request.args.get("order", "")
    if asked in ORDERS:
        return asked == PLAIN
    return wants_plain_order(backend.database(), session.signed_in().account_id)


def candidates_of(
    kept: KeptNeed, answer: StoredMatchList | None, *, is_plain: bool
) -> tuple[Match, ...]:
    """Return the answer that was kept last, best first, or one made now for a live need."""
    if answer is not None and is_plain:
        return by_score_alone(answer)
    if answer is not None:
        rows = placed(answer.match_list.matches, changes_of_broker(kept.need.need_id))
        return tuple(row.match for row in rows)
    if kept.status.state not in COUNTED:
        return ()
    try:
        return backend.matching().match(kept.need, top=N_LOOKED_AT).matches
    except ModelError:
        return ()


def own_steps(kept: KeptNeed) -> list[Step]:
    """Return the changes of state that a button offers."""
    actor = actor_of(session.signed_in())
    who = capacity_of(actor, kept.organisation_id)
    return [
        step
        for step in possible_steps(kept.status.state, who)
        if (step.from_state, step.to_state) not in ENDED_ELSEWHERE
        and (step.to_state not in OTHER_WAYS or step == TALKS_ENDED)
    ]


def version_rows(need_id: str) -> list[VersionRow]:
    """Return the versions, newest first, each with what it changed."""
    versions = list_need_versions(backend.database(), need_id)
    rows = []
    for place, version in enumerate(versions):
        older = versions[place + 1] if place + 1 < len(versions) else None
        changes: list[Difference] = []
        if older is not None:
            found = compare("need", dump_record(older.need), dump_record(version.need))
            changes = differences(changes_only(found))
        rows.append(VersionRow(version, name_of_actor(version.actor), changes))
    return rows


def name_of_actor(actor_id: str) -> str:
    """Return what a person is called by those who may see the need."""
    if actor_id == "system":
        return _("the service")
    account = find_account(backend.database(), actor_id)
    return account.name or account.email if account is not None else actor_id


def renew_fields(kept: KeptNeed, news: OwnNews) -> list[Field]:
    """Return the two dates of a renewal; their names differ from those of other forms."""
    typed = dict(news.typed) if news.about == "renew" else {}
    errors = {name: list(told) for name, told in news.errors.items()}
    start = kept.need.start_by.isoformat() if kept.need.start_by else ""
    values = {"start_by": start, **{name: text for name, text in typed.items() if text}}
    form = FormView(NeedSchema(), FormState(values, errors))
    return [replace(form.field(name), required=True) for name in ("reply_by", "start_by")]


def next_step_words(kept: KeptNeed) -> str:
    """Say what the enterprise can do next with a need."""
    words = {
        "draft": _("A reviewer has returned it: read why, change it and send it again."),
        "in_review": _("A reviewer reads it. You are told as soon as it is decided."),
        "open": _("Read the matches and answer the questions of providers."),
        "matching": _("Talk to the providers; say when a pilot begins."),
        "in_pilot": _("Say how it went when the pilot is over."),
        "done": _("Nothing is left to do. You can copy it for a new need."),
        "none_suitable": _("You can copy it and describe it in another way."),
        "withdrawn": _("You can copy it for a new need."),
        "expired": _("Renew it with a new date, or withdraw it."),
    }
    return words.get(kept.status.state, "")


def refusal_words(error: TransitionRefused) -> str:
    """Say why a change of state was refused."""
    words = {
        "impossible": _("This cannot be done with a need in its present state."),
        "not_entitled": _("This is not for your account to do."),
        "reason_missing": _("Say why; a reason is wanted here."),
        "too_late": _("Its reply date is over. Return it, so that the enterprise gives a new one."),
    }
    return words[error.why]
