"""The reviewers' queue of needs: read, score, approve, return with a reason, override."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import UnknownRecord
from matcher.identity import Role
from matcher.intake.duplicates import find_near
from matcher.intake.quality import PUBLISH_FROM, score_need
from matcher.store.attachments import list_attachments
from matcher.store.need_status import list_transitions
from matcher.store.needs import KeptNeed, list_kept_needs, read_kept_need
from matcher.store.organisations import read_organisation
from matcher.workflow.needs.disclosure import masked_need, names_of
from matcher.workflow.needs.lifecycle import TransitionRefused, change_state
from matcher.workflow.needs.publishing import LIVE, approve
from matcher.workflow.needs.states import Act, State
from web import access, backend, session
from web.i18n import gettext as _
from web.needs.answers import sections_of
from web.needs.own import name_of_actor, refusal_words
from web.views.my_needs import keep_answer

blueprint = Blueprint("review_needs", __name__)


@blueprint.get("/review/needs")
@access.requires(Role.REVIEWER, Role.ADMINISTRATOR)
def list_waiting() -> ResponseReturnValue:
    db = backend.database()
    waiting = list_kept_needs(db, states=(State.IN_REVIEW,), limit=200)
    waiting.sort(key=lambda kept: kept.status.updated_at)
    rows = [{"kept": one, "organisation": read_organisation(db, one.organisation_id)}
            for one in waiting]  # fmt: skip
    return render_template("pages/needs/review_list.html", rows=rows, gate=PUBLISH_FROM)


@blueprint.get("/review/needs/<need_id>")
@access.requires(Role.REVIEWER, Role.ADMINISTRATOR)
def show_review(need_id: str) -> ResponseReturnValue:
    return review_page(need_id)


@blueprint.post("/review/needs/<need_id>/decision")
@access.requires(Role.REVIEWER, Role.ADMINISTRATOR)
def decide(need_id: str) -> ResponseReturnValue:
    decision, reason = request.form.get("decision", ""), request.form.get("reason", "")
    act = Act(session.actor(), datetime.now(UTC), reason)
    try:
        if decision == "approve":
            approve(backend.writable_database(), need_id, act)
            keep_answer(need_id)
        elif decision == "return":
            change_state(backend.writable_database(), need_id, State.DRAFT, act)
        else:
            raise UnknownRecord("decision", decision)
    except TransitionRefused as error:
        status = 422 if error.why == "reason_missing" else 409
        return review_page(need_id, refusal_words(error), reason), status
    flash(_("Decided. The enterprise is told."))
    return redirect(url_for("review_needs.list_waiting"), code=303)


def review_page(need_id: str, problem: str = "", reason: str = "") -> str:
    db = backend.database()
    kept = read_kept_need(db, need_id)
    g.own_address = (url_for("review_needs.show_review", need_id=need_id), [])
    return render_template(
        "pages/needs/review.html",
        kept=kept,
        need=kept.need,
        status=kept.status,
        quality=score_need(kept.need),
        gate=PUBLISH_FROM,
        organisation=read_organisation(db, kept.organisation_id),
        sections=sections_of(kept.need, stated_only=True),
        masked=masked_need(kept.need, kept.status.visibility, names_of(db, kept.organisation_id)),
        near=near_of(kept),
        files=list_attachments(db, "need", need_id),
        transitions=list_transitions(db, need_id),
        who=name_of_actor,
        problem=problem,
        reason=reason,
    )


def near_of(kept: KeptNeed) -> list[tuple[KeptNeed, float]]:
    """Return the enterprise's other needs that say nearly the same."""
    db = backend.database()
    others = {
        one.need.need_id: one
        for one in list_kept_needs(db, organisation_id=kept.organisation_id, states=LIVE, limit=200)
    }
    pairs = ((need_id, one.need) for need_id, one in others.items())
    return [(others[near.need_id], near.similarity) for near in find_near(kept.need, pairs)]
