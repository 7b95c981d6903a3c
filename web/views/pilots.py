"""Pilots and outcomes: plan, measurements, what came of it, the thread of a requirement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import ImpossibleStep, InvalidRecord
from matcher.identity import Side
from matcher.store.outcomes import outcome_of
from matcher.store.pilots import list_lines, standing_application
from matcher.workflow.engagements.outcomes import (
    allow_publishing,
    follow_up,
    rate,
    record_outcome,
)
from matcher.workflow.engagements.pilots import plan_pilot, record_results
from matcher.workflow.engagements.reading import thread_for
from matcher.workflow.engagements.threads import Thread, requirement_thread
from web import access, backend, session
from web.engagements.page import shown_engagement
from web.engagements.pilot import (
    PilotNews,
    measurements_of,
    pilot_page,
    plans_of,
    problem_words,
    told_follow_up,
    told_outcome,
    told_rating,
    typed_all,
)
from web.engagements.words import refusal_words
from web.i18n import gettext as _
from web.views.engagements import require_verified
from web.views.my_needs import own_need

blueprint = Blueprint("pilots", __name__)


@blueprint.get("/engagements/<engagement_id>/pilot")
@access.requires()
def show_pilot(engagement_id: str) -> ResponseReturnValue:
    return pilot_page(engagement_id)


def answered(engagement_id: str, about: str, act: Callable[[], object]) -> ResponseReturnValue:
    """Do what a form of the pilot page asks for, or show the page with what was typed."""
    require_verified()
    shown_engagement(engagement_id)
    try:
        act()
    except InvalidRecord as error:
        problems = [(f"{about}-{name}", problem_words(told)) for name, told in error.errors.items()]
        return pilot_page(engagement_id, typed_news(about, problems)), 422
    except ImpossibleStep as error:
        return pilot_page(engagement_id, typed_news(about, [(about, refusal_words(error))])), 409
    flash(_("Saved. Those concerned can read it now."))
    goal = url_for("pilots.show_pilot", engagement_id=engagement_id, _anchor=about)
    return redirect(goal, code=303)


def typed_news(about: str, problems: list[tuple[str, str]]) -> PilotNews:
    return PilotNews(about, problems, typed_all(), tuple(request.form.getlist("why_not")))


@blueprint.post("/engagements/<engagement_id>/pilot/plan")
@access.requires()
def save_plan(engagement_id: str) -> ResponseReturnValue:
    db, now = backend.writable_database(), datetime.now(UTC)

    def act() -> None:
        application = standing_application(db, engagement_id)
        lines = list_lines(db, application.application_id) if application else []
        plan_pilot(db, engagement_id, plans_of(lines), actor=session.actor(), now=now)

    return answered(engagement_id, "plan", act)


@blueprint.post("/engagements/<engagement_id>/pilot/results")
@access.requires()
def save_results(engagement_id: str) -> ResponseReturnValue:
    db, now = backend.writable_database(), datetime.now(UTC)

    def act() -> None:
        application = standing_application(db, engagement_id)
        lines = list_lines(db, application.application_id) if application else []
        record_results(db, engagement_id, measurements_of(lines), actor=session.actor(), now=now)

    return answered(engagement_id, "results", act)


@blueprint.post("/engagements/<engagement_id>/outcome")
@access.requires()
def save_outcome(engagement_id: str) -> ResponseReturnValue:
    db, now = backend.writable_database(), datetime.now(UTC)

    def act() -> None:
        told = told_outcome(shown_engagement(engagement_id).engagement.need_id)
        record_outcome(db, engagement_id, told, actor=session.actor(), now=now)

    return answered(engagement_id, "outcome", act)


@blueprint.post("/engagements/<engagement_id>/rating")
@access.requires()
def save_rating(engagement_id: str) -> ResponseReturnValue:
    db, now = backend.writable_database(), datetime.now(UTC)

    def act() -> None:
        rate(db, engagement_id, told_rating(), actor=session.actor(), now=now)

    return answered(engagement_id, "rating", act)


@blueprint.post("/engagements/<engagement_id>/publication")
@access.requires()
def save_wish(engagement_id: str) -> ResponseReturnValue:
    """Say whether the outcome may become a public case."""
    db, now = backend.writable_database(), datetime.now(UTC)

    def act() -> None:
        outcome = outcome_of(db, engagement_id)
        if outcome is None:
            raise ImpossibleStep("publish", "", "wrong_state")
        wish = request.form.get("may_publish", "")
        allow_publishing(db, outcome.outcome_id, wish, actor=session.actor(), now=now)

    return answered(engagement_id, "publish", act)


@blueprint.post("/engagements/<engagement_id>/follow-up")
@access.requires()
def save_follow_up(engagement_id: str) -> ResponseReturnValue:
    db, now = backend.writable_database(), datetime.now(UTC)

    def act() -> None:
        told = told_follow_up(engagement_id)
        follow_up(db, engagement_id, told, actor=session.actor(), now=now)

    return answered(engagement_id, "follow_up", act)


@blueprint.get("/engagements/<engagement_id>/requirements/<requirement_id>")
@access.requires()
def show_requirement(engagement_id: str, requirement_id: str) -> ResponseReturnValue:
    """Show what has happened to one requirement, from the need to the measured result."""
    shown = shown_engagement(engagement_id)
    thread = thread_for(backend.database(), shown.engagement, requirement_id, session.actor())
    back = url_for("engagements.show_engagement", engagement_id=engagement_id)
    return thread_page(thread, shown.title, back)


@blueprint.get("/my/needs/<need_id>/requirements/<requirement_id>")
@access.requires(side=Side.ENTERPRISE)
def show_own_requirement(need_id: str, requirement_id: str) -> ResponseReturnValue:
    kept = own_need(need_id)
    thread = requirement_thread(backend.database(), need_id, requirement_id)
    back = url_for("my_needs.show_own_need", need_id=need_id)
    return thread_page(thread, kept.need.title, back)


def thread_page(thread: Thread, need_title: str, back: str) -> str:
    return render_template(
        "pages/pilots/requirement.html",
        thread=thread,
        need_title=need_title,
        back=back,
        catalogue=backend.catalogue(),
    )
