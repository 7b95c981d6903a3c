"""The last page of a draft: every answer, what is missing, and sending it for review."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import UnknownRecord
from matcher.identity import Side
from matcher.intake.conditions import conditions_of
from matcher.store.attachments import list_attachments
from matcher.store.drafts import Draft
from matcher.store.need_status import find_status
from matcher.workflow.needs.draft_values import STEPS, answers
from matcher.workflow.needs.lifecycle import TransitionRefused
from matcher.workflow.needs.publishing import (
    NotPublishable,
    Readiness,
    Wishes,
    check_ready,
    need_made_of,
    send_draft,
)
from matcher.workflow.needs.states import Act
from web import access, backend, session
from web.forms import messages
from web.i18n import gettext as _
from web.needs.answers import field_label, sections_of
from web.needs.draft_form import own_draft, progress_of, today_in_china
from web.needs.meanwhile import changes_meanwhile
from web.needs.panel import field_url, panel_of

blueprint = Blueprint("publishing", __name__)


@blueprint.get("/needs/drafts/<draft_id>/summary")
@access.public
def show_summary(draft_id: str) -> ResponseReturnValue:
    return summary_page(own_draft(draft_id))


@blueprint.post("/needs/drafts/<draft_id>/publish")
@access.requires(side=Side.ENTERPRISE, verified=True)
def publish(draft_id: str) -> ResponseReturnValue:
    db, own = backend.writable_database(), session.own_organisation()
    made = need_made_of(db, draft_id, own.organisation_id)
    if made is not None:  # a second click: the first has sent it
        return to_own_need(made.need_id)
    draft, act = own_draft(draft_id), Act(session.actor(), datetime.now(UTC))
    wishes = Wishes(
        "accept_near" in request.form,
        "ask_override" in request.form,
        request.form.get("replaces", type=int),
    )
    try:
        status = send_draft(db, draft, own, act, wishes)
    except UnknownRecord:  # gone in this very moment: a second click on a change
        if not draft.record_id:
            raise
        return to_own_need(draft.record_id)
    except NotPublishable as error:
        return summary_page(draft, error.why), 422
    except TransitionRefused:
        return summary_page(draft, ("state",)), 409
    if status.state == "in_review":
        flash(_("Sent. A reviewer reads it; you are told as soon as it is decided."))
    else:
        flash(_("Your changes are published, and those concerned are told."))
    return to_own_need(status.need_id)


def to_own_need(need_id: str) -> ResponseReturnValue:
    return redirect(url_for("my_needs.show_own_need", need_id=need_id), code=303)


def summary_page(draft: Draft, refused: tuple[str, ...] = ()) -> str:
    """Render every answer with a way to change it, and what stands in the way."""
    g.own_address = (url_for("publishing.show_summary", draft_id=draft.draft_id), [])
    ready = readiness_of(draft)
    status = find_status(backend.database(), draft.record_id) if draft.record_id else None
    return render_template(
        "pages/needs/summary.html",
        draft=draft,
        ready=ready,
        refused=refused,
        status=status,
        is_amendment=status is not None and status.published_at is not None,
        n_steps=len(STEPS),
        progress=progress_of(draft, "summary"),
        sections=sections_of(ready.need, typed=answers(draft.values), problems=ready.problems),
        missing=missing_rows(ready, draft),
        panel=panel_of(draft.values, draft.draft_id),
        conditions=conditions_of(answers(draft.values)),
        field_label=field_label,
        field_url=field_url,
        files=list_attachments(backend.database(), "draft", draft.draft_id),
        meanwhile=changes_meanwhile(draft),
        may_publish=access.may_call("publishing.publish"),
        needs_override=not ready.quality.is_publishable
        and not (status is not None and status.override_by),
    )


def readiness_of(draft: Draft) -> Readiness:
    organisation = session.current_organisation()
    return check_ready(
        backend.database(),
        draft.values,
        organisation_id="" if organisation is None else organisation.organisation_id,
        need_id=draft.record_id,
        today=today_in_china(),
    )


def missing_rows(ready: Readiness, draft: Draft) -> list[dict[str, Any]]:
    """Return each missing or wrong answer with the place where it is given."""
    return [
        {
            "label": field_label(path.split(".")[0]),
            "text": text,
            "url": field_url(path.split(".")[0], draft.draft_id),
        }
        for path, problems in ready.problems.items()
        for text in messages(problems)
    ]
