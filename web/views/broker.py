"""Brokers: what is urgent, who follows it, and changes to a need's list with reason and end."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import ImpossibleStep, InvalidRecord
from matcher.identity import Role
from matcher.store.brokering import list_overrides, read_override
from matcher.store.matches import StoredMatchList
from matcher.store.needs import KeptNeed, read_kept_need
from matcher.vocabulary import options
from matcher.workflow.engagements.brokering import (
    ListChange,
    active_overrides,
    assign_broker,
    broker_queue,
    change_list,
    placed,
    undo_change,
)
from matcher.workflow.needs.matches import latest_answer
from matcher.workflow.needs.states import LISTED, State
from web import access, backend, session
from web.engagements.page import as_shown
from web.engagements.words import refusal_words
from web.forms import messages
from web.i18n import gettext as _
from web.i18n import language
from web.moments import CHINA
from web.views.engagements import to_engagement
from web.views.my_needs import keep_answer

blueprint = Blueprint("broker", __name__)
staff = access.requires(Role.REVIEWER, Role.ADMINISTRATOR)
FIELDS = ("capability_id", "action", "reason", "expires_at", "value")
NUMBER = re.compile(r"[+-]?\d{1,3}(\.\d{1,3})?")
USUAL_TERM = timedelta(days=30)


@blueprint.get("/broker")
@staff
def show_queue() -> ResponseReturnValue:
    db, actor, now = backend.database(), session.actor(), datetime.now(UTC)
    shows_all = request.args.get("all") == "1"
    queue = broker_queue(db, actor.actor_id, now, all_cases=shows_all)
    rows = [(one, as_shown(one.engagement, actor)) for one in queue[:100]]
    return render_template(
        "pages/broker/queue.html", rows=rows, n_all=len(queue), shows_all=shows_all
    )


@blueprint.post("/engagements/<engagement_id>/broker")
@staff
def assign(engagement_id: str) -> ResponseReturnValue:
    db, actor, now = backend.writable_database(), session.actor(), datetime.now(UTC)
    assign_broker(db, engagement_id, actor.actor_id, actor=actor, now=now)
    flash(_("This engagement is yours to follow now."))
    return to_engagement(engagement_id)


@blueprint.get("/broker/needs/<need_id>")
@staff
def show_list(need_id: str) -> ResponseReturnValue:
    return list_page(need_id)


def list_page(need_id: str, errors: dict[str, str] | None = None, undoing: str = "") -> str:
    """Show a need's list as it stands with the changes made to it, and the form for another."""
    db, now = backend.database(), datetime.now(UTC)
    kept, answer = read_kept_need(db, need_id), latest_answer(db, need_id)
    g.own_address = (url_for("broker.show_list", need_id=need_id), [])
    matches = answer.match_list.matches if answer else ()
    return render_template(
        "pages/broker/list.html",
        need=kept.need,
        answer=answer,
        no_list=why_no_list(kept, answer),
        is_matchable=is_matchable(kept),
        rows=placed(matches, active_overrides(db, need_id, now)),
        overrides=list(reversed(list_overrides(db, need_id))),
        now=now,
        actions=options("override_action", language()),
        typed=typed_change(),
        errors=errors or {},
        undoing=undoing,
        catalogue=backend.catalogue(),
    )


def is_matchable(kept: KeptNeed) -> bool:
    return kept.status.state in LISTED


def why_no_list(kept: KeptNeed, answer: StoredMatchList | None) -> str:
    """Return why there is nothing to put in order, and what follows from it."""
    if answer is not None and answer.match_list.matches:
        return ""
    if not is_matchable(kept):
        if kept.status.state in {State.DRAFT, State.IN_REVIEW}:
            return _("The need is not open yet. It is matched as soon as a reviewer opens it.")
        return _("The need takes no answers any more, so no list is made for it.")
    if answer is None:
        return _("This need was never matched; perhaps no model was installed when it was opened.")
    left_out = len(answer.match_list.excluded)
    return _(
        "Nobody passes the conditions of this need; capabilities set aside: %(n)s.", n=left_out
    )


@blueprint.post("/broker/needs/<need_id>/match")
@staff
def match_now(need_id: str) -> ResponseReturnValue:
    """Match an open need against the catalogue of today and keep the list."""
    if not is_matchable(read_kept_need(backend.database(), need_id)):
        return list_page(need_id), 409
    if keep_answer(need_id):
        flash(_("Matched. The list stands below."))
    else:
        flash(_("Matching is not available now; the list stays as it was."))
    return to_list(need_id)


def typed_change() -> dict[str, str]:
    usual = (datetime.now(CHINA) + USUAL_TERM).date().isoformat()
    return {"expires_at": usual, **{n: request.form[n][:500] for n in FIELDS if n in request.form}}


@blueprint.post("/broker/needs/<need_id>")
@staff
def change(need_id: str) -> ResponseReturnValue:
    db, now = backend.writable_database(), datetime.now(UTC)
    try:
        change_list(db, need_id, wanted_change(), actor=session.actor(), now=now)
    except InvalidRecord as error:
        told: dict[str, Any] = dict(error.errors)
        return list_page(need_id, {name: " ".join(messages(p)) for name, p in told.items()}), 422
    except ImpossibleStep as error:
        return list_page(need_id, {"action": refusal_words(error)}), 409
    flash(_("Changed. The enterprise is told, with the reason and the term."))
    return to_list(need_id)


def wanted_change() -> ListChange:
    """Return the change as typed; a day that is none is one that has passed."""
    typed = typed_change()
    try:
        day = date.fromisoformat(typed["expires_at"].strip())
    except ValueError:
        day = date(2000, 1, 1)
    ends = datetime.combine(day, time(23, 59), CHINA)
    number = typed.get("value", "").strip()
    value = float(number) if NUMBER.fullmatch(number) else None
    known = typed.get("capability_id", "")
    return ListChange(known, typed.get("action", ""), typed.get("reason", ""), ends, value)


@blueprint.post("/broker/changes/<override_id>/undo")
@staff
def undo(override_id: str) -> ResponseReturnValue:
    need_id = read_override(backend.database(), override_id).need_id
    db, now, reason = backend.writable_database(), datetime.now(UTC), request.form.get("reason", "")
    try:
        undo_change(db, override_id, reason, actor=session.actor(), now=now)
    except InvalidRecord as error:
        told = " ".join(messages(error.errors.get("reason")))
        return list_page(need_id, {f"undo-{override_id}": told}, override_id), 422
    except ImpossibleStep as error:
        return list_page(need_id, {f"undo-{override_id}": refusal_words(error)}), 409
    flash(_("Undone; its trace stays."))
    return to_list(need_id)


def to_list(need_id: str) -> ResponseReturnValue:
    return redirect(url_for("broker.show_list", need_id=need_id), code=303)
