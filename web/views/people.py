"""Administrators: the queue of organisations, one organisation's page, decisions about it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import UnknownRecord
from matcher.identity import Organisation, Role, Verification
from matcher.store.accounts import list_accounts
from matcher.store.audit import EventFilter, list_events
from matcher.store.organisations import (
    count_organisations,
    list_organisations,
    read_organisation,
)
from matcher.workflow.accounts.verification import (
    DECISIONS,
    LONGEST_REASON,
    NEEDS_REASON,
    DecisionRefused,
    ProviderTaken,
    decide,
    link_provider,
)
from web import access, backend, session
from web.administration.people import confirm_fields, state_label
from web.catalogue.paging import page_number
from web.confirm import confirmation_problem
from web.forms import CONTROL
from web.i18n import gettext as _
from web.plain_fields import plain_field, rows_of
from web.views.audit import presented

blueprint = Blueprint("people", __name__)
N_PER_PAGE = 30
N_EVENTS = 20
N_LIKELY = 5
LONGEST_NAME = 200


@blueprint.get("/people")
@access.requires(Role.ADMINISTRATOR)
def list_queue() -> ResponseReturnValue:
    db, page = backend.database(), page_number(request.args.get("page"))
    wish = request.args.get("state", "")
    state = wish if wish in set(Verification) else str(Verification.PENDING)
    found = list_organisations(
        db, verification=state, limit=N_PER_PAGE, offset=(page - 1) * N_PER_PAGE
    )
    tabs = [
        (str(code), state_label(code), count_organisations(db, verification=code))
        for code in Verification
    ]
    return render_template(
        "pages/people/queue.html", organisations=found, state=state, tabs=tabs, page=page
    )


@blueprint.get("/people/organisations/<organisation_id>")
@access.requires(Role.ADMINISTRATOR)
def show_organisation(organisation_id: str) -> ResponseReturnValue:
    return organisation_page(read_organisation(backend.database(), organisation_id))


def organisation_page(organisation: Organisation, **more: Any) -> str:
    db, organisation_id = backend.database(), organisation.organisation_id
    events = list_events(db, EventFilter("organisation", organisation_id), limit=N_EVENTS)
    context = {
        "organisation": organisation,
        "accounts": list_accounts(db, organisation_id=organisation_id),
        "events": [presented(event) for event in events],
        "decisions": decision_choices(organisation),
        "providers": provider_names(),
        "likely": likely_providers(organisation),
        "reason": plain_reason(),
        "problems": [],
        "unconfirmed": "",
        "provider_problem": "",
        "typed_provider": dict(provider_names()).get(organisation.provider_id, ""),
    }
    return render_template("pages/people/organisation.html", **{**context, **more})


def decision_choices(organisation: Organisation) -> list[tuple[str, str, bool]]:
    words = {
        Verification.VERIFIED: _("Verify"),
        Verification.REFUSED: _("Refuse"),
        Verification.SUSPENDED: _("Suspend"),
    }
    if organisation.verification == Verification.SUSPENDED:
        words[Verification.VERIFIED] = _("Lift the suspension")
    allowed = DECISIONS[organisation.verification]
    return [(code, words[Verification(code)], code in NEEDS_REASON) for code in allowed]


def plain_reason(value: str = "", told: str = "") -> Any:
    return plain_field(
        "reason",
        _("Reason"),
        value=value,
        hint=_("The organisation reads it. Needed to refuse and to suspend."),
        errors=[told] if told else (),
        required=False,
    )


def provider_names() -> list[tuple[str, str]]:
    providers = backend.catalogue().providers.values()
    return [(one.provider_id, one.name) for one in providers]


def likely_providers(organisation: Organisation) -> list[tuple[str, str]]:
    """Return providers whose name is a part of the organisation's, or the reverse."""
    own = organisation.name
    return [
        (provider_id, name)
        for provider_id, name in provider_names()
        if name and (name in own or own in name)
    ][:N_LIKELY]


@blueprint.post("/people/organisations/<organisation_id>/decision")
@access.requires(Role.ADMINISTRATOR)
def decide_about(organisation_id: str) -> ResponseReturnValue:
    organisation = read_organisation(backend.database(), organisation_id)
    decision, reason = request.form.get("decision", ""), request.form.get("reason", "")
    unconfirmed, told = confirmation_problem(), ""
    if not unconfirmed:
        try:
            db, now = backend.writable_database(), datetime.now(UTC)
            decide(db, organisation_id, decision, reason=reason, actor=session.actor(), now=now)
        except DecisionRefused as error:
            told = refusal_words(error)
    if not (unconfirmed or told):
        flash(_("Decided. Everybody of the organisation was told."))
        return redirect(url_for("people.list_queue"), code=303)
    field = plain_reason(reason[: 2 * LONGEST_REASON], told)
    problems = rows_of([field, *confirm_fields(unconfirmed)])
    more = {"reason": field, "problems": problems, "unconfirmed": unconfirmed}
    return organisation_page(organisation, **more, decision=decision), 422


def refusal_words(error: DecisionRefused) -> str:
    if error.context["why"] == "reason":
        return _("Say why: the organisation has to know what it can do.")
    return _("Choose a decision. Somebody else may have decided in the meantime.")


@blueprint.post("/people/organisations/<organisation_id>/provider")
@access.requires(Role.ADMINISTRATOR)
def link_to_provider(organisation_id: str) -> ResponseReturnValue:
    organisation = read_organisation(backend.database(), organisation_id)
    wanted = CONTROL.sub("\ufffd", request.form.get("provider_id", "").strip())[:LONGEST_NAME]
    try:
        db, now = backend.writable_database(), datetime.now(UTC)
        link_provider(db, organisation_id, provider_named(wanted), actor=session.actor(), now=now)
    except UnknownRecord:
        told = _("No provider of the catalogue, or more than one, has this name.")
    except ProviderTaken:
        told = _("This provider belongs to another organisation already.")
    else:
        flash(_("Saved."))
        shown = url_for("people.show_organisation", organisation_id=organisation_id)
        return redirect(shown, code=303)
    problems = [("provider_id", _("Provider of the catalogue"), told)]
    more = {"provider_problem": told, "problems": problems, "typed_provider": wanted}
    return organisation_page(organisation, **more), 422


def provider_named(wanted: str) -> str:
    """Return the id of the provider with a name, in either language, or with an id."""
    providers = backend.catalogue().providers
    if not wanted or wanted in providers:
        return wanted
    folded = wanted.casefold()
    ids = [
        one.provider_id
        for one in providers.values()
        if folded in {one.name.casefold(), one.name_en.casefold()}
    ]
    if len(ids) != 1:
        raise UnknownRecord("provider", wanted)
    return ids[0]
