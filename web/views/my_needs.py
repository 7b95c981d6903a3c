"""An enterprise's own needs: where each stands, its matches and versions, and what can be done."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import InvalidRecord, ModelError, UnknownRecord
from matcher.identity import Side
from matcher.store.drafts import find_draft_of_record, list_drafts
from matcher.store.needs import KeptNeed, list_kept_needs, read_kept_need
from matcher.workflow.needs.draft_values import BEGUN_ON, COPIED_FROM, values_of_need
from matcher.workflow.needs.drafts import KIND, start_draft
from matcher.workflow.needs.lifecycle import TransitionRefused, change_state
from matcher.workflow.needs.matches import match_and_keep
from matcher.workflow.needs.publishing import AMENDABLE, renew
from matcher.workflow.needs.states import Act
from web import access, backend, session
from web.i18n import gettext as _
from web.needs.own import ENDED_ELSEWHERE, OwnNews, count_adequate, own_need_page, refusal_words

blueprint = Blueprint("my_needs", __name__)
COPIED_WITHOUT = {"start_by", "reply_by"}  # of another year


@blueprint.get("/my/needs")
@access.requires(side=Side.ENTERPRISE)
def list_own() -> ResponseReturnValue:
    db, organisation = backend.database(), session.own_organisation()
    kept = list_kept_needs(db, organisation_id=organisation.organisation_id, limit=200)
    rows = [{"kept": one, "n_adequate": count_adequate(one)} for one in kept]
    drafts = list_drafts(db, KIND, session.draft_owner())
    return render_template("pages/needs/own_list.html", rows=rows, n_drafts=len(drafts))


def own_need(need_id: str) -> KeptNeed:
    """Return a need of the organisation that asks; another's is unknown."""
    kept = read_kept_need(backend.database(), need_id)
    if kept.organisation_id != session.own_organisation().organisation_id:
        raise UnknownRecord("need", need_id)
    return kept


@blueprint.get("/my/needs/<need_id>")
@access.requires(side=Side.ENTERPRISE)
def show_own_need(need_id: str) -> ResponseReturnValue:
    return own_need_page(own_need(need_id))


@blueprint.post("/my/needs/<need_id>/state")
@access.requires(side=Side.ENTERPRISE)
def change_need_state(need_id: str) -> ResponseReturnValue:
    kept = own_need(need_id)
    to_state, reason = request.form.get("to_state", ""), request.form.get("reason", "")
    try:
        if (kept.status.state, to_state) in ENDED_ELSEWHERE:  # with an outcome, by its own form
            raise TransitionRefused(need_id, kept.status.state, to_state, "impossible")
        change_state(backend.writable_database(), need_id, to_state, own_act(reason))
    except TransitionRefused as error:
        news = OwnNews(problem=refusal_words(error), typed={"reason": reason}, about=to_state)
        return own_need_page(kept, news), 422 if error.why == "reason_missing" else 409
    flash(_("Done. Those concerned are told."))
    return to_own_need(need_id)


def own_act(reason: str = "") -> Act:
    return Act(session.actor(), datetime.now(UTC), reason)


def to_own_need(need_id: str, anchor: str | None = None) -> ResponseReturnValue:
    goal = url_for("my_needs.show_own_need", need_id=need_id, _anchor=anchor)
    return redirect(goal, code=303)


@blueprint.post("/my/needs/<need_id>/amend")
@access.requires(side=Side.ENTERPRISE)
def amend_need(need_id: str) -> ResponseReturnValue:
    """Open the need as a draft, the one begun already where there is one."""
    kept, owner = own_need(need_id), session.draft_owner()
    if kept.status.state not in AMENDABLE:
        error = TransitionRefused(need_id, kept.status.state, kept.status.state, "impossible")
        return own_need_page(kept, OwnNews(problem=refusal_words(error))), 409
    draft = find_draft_of_record(backend.database(), KIND, need_id, owner)
    if draft is None:
        values, now = {**values_of_need(kept.need), BEGUN_ON: kept.version}, datetime.now(UTC)
        draft = start_draft(backend.writable_database(), owner, values, now=now, record_id=need_id)
    goal = url_for("publishing.show_summary", draft_id=draft.draft_id)
    return redirect(goal, code=303)


@blueprint.post("/my/needs/<need_id>/copy")
@access.requires(side=Side.ENTERPRISE)
def copy_need(need_id: str) -> ResponseReturnValue:
    values: dict[str, Any] = values_of_need(own_need(need_id).need)
    copied = {name: value for name, value in values.items() if name not in COPIED_WITHOUT}
    draft = start_draft(
        backend.writable_database(),
        session.draft_owner(),
        {**copied, COPIED_FROM: need_id},
        now=datetime.now(UTC),
        step="problem",
    )
    flash(_("Copied into a new draft. Give it a title of its own and new dates."))
    goal = url_for("drafts.show_step", draft_id=draft.draft_id, step="problem")
    return redirect(goal, code=303)


@blueprint.post("/my/needs/<need_id>/renew")
@access.requires(side=Side.ENTERPRISE, verified=True)
def renew_need(need_id: str) -> ResponseReturnValue:
    kept = own_need(need_id)
    dates = {name: request.form.get(name, "").strip()[:20] for name in ("reply_by", "start_by")}
    try:
        renew(backend.writable_database(), need_id, dates, own_act())
    except InvalidRecord as error:
        return own_need_page(kept, OwnNews(errors=error.errors, typed=dates, about="renew")), 422
    except TransitionRefused as error:
        return own_need_page(kept, OwnNews(problem=refusal_words(error), about="renew")), 409
    flash(_("Renewed. Providers can answer until the new date."))
    return to_own_need(need_id)


@blueprint.post("/my/needs/<need_id>/match")
@access.requires(side=Side.ENTERPRISE)
def match_again(need_id: str) -> ResponseReturnValue:
    own_need(need_id)
    keep_answer(need_id)
    return to_own_need(need_id, "matches")


def keep_answer(need_id: str) -> bool:
    """Match and keep the answer; without a usable model the need stands without one."""
    try:
        service = backend.matching()
    except ModelError:
        return False
    match_and_keep(backend.writable_database(), service, need_id, now=datetime.now(UTC))
    return True
