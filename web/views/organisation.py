"""The organisation that the account acts for: what it says of itself, and who its people are."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import InvalidRecord
from matcher.identity import ORGANISATION_ROLES, Organisation, Role
from matcher.schemas import load_organisation
from matcher.schemas.organisation import OrganisationSchema
from matcher.workflow.accounts.membership import LastOwner, change_role, set_active, withdraw
from matcher.workflow.accounts.profile import update_profile
from web import access, backend, session
from web.administration.people import invitation_answer, members_context
from web.forms import FormState, FormView, read_form
from web.i18n import gettext as _
from web.plain_fields import plain_field, rows_of

blueprint = Blueprint("organisation", __name__)
ANY = ORGANISATION_ROLES


@blueprint.get("/organisation")
@access.requires(*ANY)
def show_organisation() -> ResponseReturnValue:
    return render_template("pages/organisation/show.html", organisation=session.own_organisation())


@blueprint.get("/organisation/edit")
@access.requires(Role.OWNER)
def edit_organisation() -> ResponseReturnValue:
    organisation = session.own_organisation()
    return profile_page(FormState(values_of(organisation)))


def values_of(organisation: Organisation) -> dict[str, Any]:
    names = {*OrganisationSchema().fields, "shares_contact"}
    return {name: value for name, value in asdict(organisation).items() if name in names and value}


@blueprint.post("/organisation/edit")
@access.requires(Role.OWNER)
def save_organisation() -> ResponseReturnValue:
    own = session.own_organisation()
    values = read_form(OrganisationSchema(), request.form)
    shares = "shares_contact" in request.form
    try:
        details = load_organisation(values)
        changed = update_profile(
            backend.writable_database(),
            own.organisation_id,
            details,
            shares_contact=shares,
            actor=session.actor(),
            now=datetime.now(UTC),
        )
    except InvalidRecord as error:
        state = FormState({**values, "shares_contact": shares}, dict(error.errors))
        return profile_page(state), 422
    flash(saved_words(own, changed))
    return redirect(url_for("organisation.show_organisation"), code=303)


def saved_words(before: Organisation, after: Organisation) -> str:
    if before.verification != after.verification:
        return _("Saved. What was verified has changed, so an administrator checks it again.")
    return _("Saved.")


def profile_page(state: FormState) -> str:
    form = FormView(OrganisationSchema(), state)
    groups = [
        (group, [form.field(name) for name in group.fields]) for group in OrganisationSchema.groups
    ]
    shares = plain_field(
        "shares_contact",
        _("Our contact may be shown to a partner after both sides have accepted each other."),
        kind="flag",
        value="yes" if state.values.get("shares_contact") else "",
        required=False,
    )
    fields = [field for _group, own in groups for field in own]
    return render_template(
        "pages/organisation/edit.html",
        groups=groups,
        shares_contact=shares,
        region=form.field("region"),
        problems=rows_of(fields),
    )


@blueprint.get("/organisation/members")
@access.requires(*ANY)
def list_members() -> ResponseReturnValue:
    return members_page()


def members_page(**more: Any) -> str:
    organisation = session.own_organisation()
    context = members_context(organisation.organisation_id, ORGANISATION_ROLES)
    return render_template("pages/organisation/members.html", **{**context, **more})


@blueprint.post("/organisation/members/invite")
@access.requires(Role.OWNER)
def invite_member() -> ResponseReturnValue:
    more, status = invitation_answer(session.own_organisation(), ORGANISATION_ROLES)
    return members_page(**more), status


@blueprint.post("/organisation/invitations/<invitation_id>/withdraw")
@access.requires(Role.OWNER)
def withdraw_invitation(invitation_id: str) -> ResponseReturnValue:
    own = session.own_organisation()
    db, now = backend.writable_database(), datetime.now(UTC)
    withdraw(db, own.organisation_id, invitation_id, actor=session.actor(), now=now)
    flash(_("The invitation works no more."))
    return redirect(url_for("organisation.list_members"), code=303)


@blueprint.post("/organisation/members/<account_id>/role")
@access.requires(Role.OWNER)
def give_role(account_id: str) -> ResponseReturnValue:
    own, role = session.own_organisation(), request.form.get("role", "")
    if role not in ORGANISATION_ROLES:
        abort(400)
    db, now = backend.writable_database(), datetime.now(UTC)
    try:
        change_role(db, own.organisation_id, account_id, role, actor=session.actor(), now=now)
    except LastOwner:
        return members_page(is_last=True), 422
    flash(_("The role is changed."))
    return redirect(url_for("organisation.list_members"), code=303)


@blueprint.post("/organisation/members/<account_id>/active")
@access.requires(Role.OWNER)
def switch_member(account_id: str) -> ResponseReturnValue:
    own, is_active = session.own_organisation(), request.form.get("active") == "yes"
    db, now = backend.writable_database(), datetime.now(UTC)
    try:
        set_active(db, own.organisation_id, account_id, is_active, actor=session.actor(), now=now)
    except LastOwner:
        return members_page(is_last=True), 422
    flash(_("The account is enabled.") if is_active else _("The account is disabled."))
    return redirect(url_for("organisation.list_members"), code=303)
