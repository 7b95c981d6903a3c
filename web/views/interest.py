"""Begin an engagement: an enterprise approaches a provider, a provider says that it can answer."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import ImpossibleStep, UnknownRecord
from matcher.identity import Side
from matcher.records import Capability
from matcher.store.brokering import resting_since
from matcher.store.organisations import find_by_provider
from matcher.workflow.engagements.interest import express_interest
from matcher.workflow.engagements.quotas import quota_of
from matcher.workflow.needs.disclosure import show_need
from matcher.workflow.needs.states import ANSWERABLE
from web import access, backend, session
from web.answering import answer_figures_of
from web.engagements.words import refusal_words
from web.i18n import gettext as _
from web.needs.pages import reader_provider
from web.views.my_needs import own_need

blueprint = Blueprint("interest", __name__)


@blueprint.get("/my/needs/<need_id>/approach/<capability_id>")
@access.requires(side=Side.ENTERPRISE, verified=True)
def ask_approach(need_id: str, capability_id: str) -> ResponseReturnValue:
    return approach_page(need_id, capability_id)


def approach_page(need_id: str, capability_id: str, problem: str = "") -> str:
    kept = own_need(need_id)
    capability = backend.catalogue().capabilities.get(capability_id)
    if capability is None:
        raise UnknownRecord("capability", capability_id)
    provider = backend.catalogue().providers.get(capability.provider_id)
    organisation = find_by_provider(backend.database(), capability.provider_id)
    g.own_address = (request.path, [])
    return render_template(
        "pages/engagements/approach.html",
        need=kept.need,
        visibility=kept.status.visibility,
        capability=capability,
        provider=provider,
        has_account=organisation is not None,
        figures=answer_figures_of(organisation, "provider"),
        is_answerable=kept.status.state in ANSWERABLE,
        problem=problem,
        **own_limits(),
    )


def own_limits() -> dict[str, object]:
    """Return how many requests of the organisation wait, how many may, and whether it rests."""
    db, own = backend.database(), session.own_organisation().organisation_id
    return {"quota": quota_of(db, own, datetime.now(UTC)), "resting": resting_since(db).get(own)}


@blueprint.post("/my/needs/<need_id>/approach/<capability_id>")
@access.requires(side=Side.ENTERPRISE, verified=True)
def approach(need_id: str, capability_id: str) -> ResponseReturnValue:
    own_need(need_id)
    try:
        return begun(need_id, capability_id)
    except ImpossibleStep as error:
        return approach_page(need_id, capability_id, refusal_words(error)), 409


def begun(need_id: str, capability_id: str) -> ResponseReturnValue:
    db, now = backend.writable_database(), datetime.now(UTC)
    engagement = express_interest(db, need_id, capability_id, actor=session.actor(), now=now)
    flash(_("Done. The other side is told and has five working days to answer."))
    goal = url_for("engagements.show_engagement", engagement_id=engagement.engagement_id)
    return redirect(goal, code=303)


@blueprint.get("/needs/<need_id>/answer")
@access.requires(side=Side.PROVIDER, verified=True)
def ask_answer(need_id: str) -> ResponseReturnValue:
    return answer_page(need_id)


def answer_page(need_id: str, problem: str = "") -> str:
    shown = show_need(backend.database(), need_id, session.current_account(), reader_provider())
    g.own_address = (url_for("interest.ask_answer", need_id=need_id), [])
    return render_template(
        "pages/engagements/answer.html",
        need=shown.need,
        shown=shown,
        capabilities=own_capabilities(),
        chosen=request.form.get("capability_id", ""),
        is_answerable=shown.state in ANSWERABLE and not shown.is_own,
        problem=problem,
        **own_limits(),
    )


def own_capabilities() -> list[Capability]:
    """Return the published capabilities of the provider that asks."""
    provider_id = reader_provider()
    found = backend.catalogue().capabilities.values()
    return [one for one in found if provider_id and one.provider_id == provider_id]


@blueprint.post("/needs/<need_id>/answer")
@access.requires(side=Side.PROVIDER, verified=True)
def answer_need(need_id: str) -> ResponseReturnValue:
    show_need(backend.database(), need_id, session.current_account(), reader_provider())
    capability_id = request.form.get("capability_id", "")
    if capability_id not in {one.capability_id for one in own_capabilities()}:
        return answer_page(need_id, _("Choose one of your capabilities.")), 422
    try:
        return begun(need_id, capability_id)
    except ImpossibleStep as error:
        return answer_page(need_id, refusal_words(error)), 409
