"""Open calls: read by everybody, answered by providers, kept by reviewers and administrators."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from matcher.errors import (
    ChangedMeanwhile,
    ImpossibleStep,
    InvalidRecord,
    ModelError,
    UnknownRecord,
)
from matcher.identity import Role, Side
from matcher.store.open_calls import OpenCall, count_answers, list_calls
from matcher.workflow.needs.states import Act
from matcher.workflow.supply import open_calls as acts
from matcher.workflow.supply.invitations import invite
from web import access, backend, session
from web.forms import FormState, messages
from web.i18n import gettext as _
from web.plain_fields import rows_of
from web.supply import calls, words

blueprint = Blueprint("open_calls", __name__)
STAFF = access.requires(Role.REVIEWER, Role.ADMINISTRATOR)
ONE = "/open-calls/<call_id>"


def act_now(reason: str = "") -> Act:
    return Act(session.actor(), datetime.now(UTC), reason)


@blueprint.get("/open-calls")
@access.public
def list_all() -> ResponseReturnValue:
    db, staff = backend.database(), calls.is_staff()
    found = list_calls(db, states=() if staff else acts.PUBLIC)
    shown = [call for call in found if staff or call.published_at is not None]
    return render_template(
        "pages/open_calls/list.html",
        calls=shown,
        n_answers=count_answers(db),
        is_staff=staff,
        words=words,
    )


@blueprint.get(ONE)
@access.public
def show_call(call_id: str) -> ResponseReturnValue:
    return call_page(calls.readable_call(call_id))


def call_page(call: OpenCall, errors: dict[str, list[str]] | None = None, problem: str = "") -> str:
    g.own_address = (url_for("open_calls.show_call", call_id=call.call_id), [])
    fields = calls.answer_fields(errors or {})
    return render_template(
        "pages/open_calls/show.html",
        call=call,
        fields=fields,
        problems=rows_of(fields),
        problem=problem,
        reason_problem=" ".join((errors or {}).get("reason", ())),
        words=words,
        **calls.page_context(call),
    )


@blueprint.get(f"{ONE}/edit")
@STAFF
def edit_call(call_id: str) -> ResponseReturnValue:
    return form_page(calls.readable_call(call_id))


def form_page(
    call: OpenCall, state: FormState | None = None, problem: str = "", seen: str = ""
) -> str:
    """Return the form; ``seen`` is the version that was on the screen, otherwise it is now's."""
    g.own_address = (url_for("open_calls.edit_call", call_id=call.call_id), [])
    form = calls.form_of(call, state)
    groups = [(group, [form.field(name) for name in group.fields]) for group in form.schema.groups]
    return render_template(
        "pages/open_calls/edit.html",
        call=call,
        groups=groups,
        seen=seen or call.version,
        problems=form.summary(),
        problem=problem,
        words=words,
    )


@blueprint.post(f"{ONE}/edit")
@STAFF
def save_call(call_id: str) -> ResponseReturnValue:
    return saved(call_id, acts.edit_call, _("Saved."))


@blueprint.post(f"{ONE}/publish")
@STAFF
def publish_call(call_id: str) -> ResponseReturnValue:
    return saved(call_id, acts.publish_call, _("Published. Now invite those that come closest."))


def saved(call_id: str, act: Callable[..., OpenCall], told: str) -> ResponseReturnValue:
    """Keep what was typed, published or not, or show it again with every problem."""
    call, typed = calls.readable_call(call_id), calls.typed_texts()
    seen = request.form.get("updated_at", "")
    try:
        act(backend.writable_database(), call_id, typed, act_now(), seen=seen)
    except InvalidRecord as error:
        return form_page(call, FormState(typed, dict(error.errors)), seen=seen), 422
    except ImpossibleStep as error:
        return form_page(call, FormState(typed), words.refusal_words(error), seen), 409
    except ChangedMeanwhile:
        now = calls.readable_call(call_id)
        return form_page(now, FormState(typed), words.changed_words()), 409
    flash(told)
    return redirect(url_for("open_calls.show_call", call_id=call_id), code=303)


@blueprint.post(f"{ONE}/invite")
@STAFF
def invite_closest(call_id: str) -> ResponseReturnValue:
    call, db = calls.readable_call(call_id), backend.writable_database()
    try:
        invited = invite(db, backend.matching(), call, act_now())
    except ModelError:
        return call_page(call, problem=_("Matching is not available now.")), 503
    n = len(invited)
    flash(ngettext("%(num)s provider invited.", "%(num)s providers invited.", n))
    return redirect(url_for("open_calls.show_call", call_id=call_id), code=303)


@blueprint.post(f"{ONE}/close")
@STAFF
def close_call(call_id: str) -> ResponseReturnValue:
    call, reason = calls.readable_call(call_id), request.form.get("reason", "")
    return acted(
        call,
        lambda db: acts.close_call(db, call_id, act_now(reason)),
        _("Closed. Who was invited may read why."),
    )


@blueprint.post(f"{ONE}/answers")
@access.requires(side=Side.PROVIDER, verified=True)
def answer_call(call_id: str) -> ResponseReturnValue:
    call, sent = calls.readable_call(call_id), request.form
    own, note = sent.get("capability_id", ""), sent.get("note", "")
    if own not in {one.capability_id for one in calls.own_capabilities(session.own_organisation())}:
        return call_page(call, {"capability_id": [_("Choose one of your capabilities.")]}), 422
    return acted(
        call,
        lambda db: acts.answer_call(db, call_id, own, note, session.own_organisation(), act_now()),
        _("Your answer is kept. The reviewers are told."),
    )


def acted(call: OpenCall, act: Callable[[Any], OpenCall], told: str) -> ResponseReturnValue:
    """Do one step with a call and lead back to it, or say on its page why it is refused."""
    try:
        act(backend.writable_database())
    except InvalidRecord as error:
        return call_page(call, {name: messages(found) for name, found in error.errors.items()}), 422
    except ImpossibleStep as error:
        now = calls.readable_call(call.call_id)
        return call_page(now, problem=words.refusal_words(error)), 409
    except UnknownRecord:
        return call_page(call, {"capability_id": [_("Choose one of your capabilities.")]}), 422
    flash(told)
    return redirect(url_for("open_calls.show_call", call_id=call.call_id), code=303)
