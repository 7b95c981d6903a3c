"""Administrators: accounts of everybody, a link for a new password, the staff of the platform."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.identity import STAFF_ROLES, Account, Role
from matcher.store.accounts import read_account, search_accounts
from matcher.store.organisations import read_organisation
from matcher.workflow.accounts.membership import LastOwner, change_role, set_active, withdraw
from matcher.workflow.accounts.password_change import issue_reset
from matcher.workflow.accounts.second_factor_change import reset_for
from web import access, backend, post, session
from web.administration.people import confirm_fields, invitation_answer, members_context
from web.catalogue.paging import page_number
from web.confirm import confirmation_problem
from web.forms import CONTROL
from web.i18n import gettext as _
from web.plain_fields import rows_of

blueprint = Blueprint("people_accounts", __name__)
N_PER_PAGE = 30


@blueprint.get("/people/accounts")
@access.requires(Role.ADMINISTRATOR)
def list_accounts() -> ResponseReturnValue:
    words = CONTROL.sub("", request.args.get("q", "").strip())[:100]
    page = page_number(request.args.get("page"))
    found = search_accounts(
        backend.database(), words, limit=N_PER_PAGE + 1, offset=(page - 1) * N_PER_PAGE
    )
    return render_template(
        "pages/people/accounts.html",
        accounts=found[:N_PER_PAGE],
        has_more=len(found) > N_PER_PAGE,
        words=words,
        page=page,
    )


@blueprint.get("/people/accounts/<account_id>")
@access.requires(Role.ADMINISTRATOR)
def show_account(account_id: str) -> ResponseReturnValue:
    return account_page(read_account(backend.database(), account_id))


def account_page(account: Account, unconfirmed: str = "", **more: Any) -> str:
    organisation = None
    if account.organisation_id:
        organisation = read_organisation(backend.database(), account.organisation_id)
    return render_template(
        "pages/people/account.html",
        account=account,
        organisation=organisation,
        unconfirmed=unconfirmed,
        problems=rows_of(confirm_fields(unconfirmed)),
        **more,
    )


@blueprint.post("/people/accounts/<account_id>/reset")
@access.requires(Role.ADMINISTRATOR)
def issue_reset_link(account_id: str) -> ResponseReturnValue:
    """Show a link for a new password, once; the administrator hands it over in another way."""
    account = read_account(backend.database(), account_id)
    unconfirmed = confirmation_problem()
    if unconfirmed or not account.is_active:
        return account_page(account, unconfirmed), 422
    db, now = backend.writable_database(), datetime.now(UTC)
    secret = issue_reset(db, account_id, actor=session.actor(), now=now)
    link = f"{post.site_address()}{url_for('joining.open_reset', secret=secret)}"
    return account_page(account, link=link)


@blueprint.post("/people/accounts/<account_id>/second-factor")
@access.requires(Role.ADMINISTRATOR)
def reset_second_factor(account_id: str) -> ResponseReturnValue:
    """Reset the second factor of somebody who lost it; nobody does so for oneself."""
    account = read_account(backend.database(), account_id)
    unconfirmed = confirmation_problem()
    if unconfirmed:
        return account_page(account, unconfirmed), 422
    db, now = backend.writable_database(), datetime.now(UTC)
    reset_for(db, account_id, actor=session.actor(), now=now)
    flash(_("The second factor is reset. The person was told."))
    shown = url_for("people_accounts.show_account", account_id=account_id)
    return redirect(shown, code=303)


@blueprint.post("/people/accounts/<account_id>/active")
@access.requires(Role.ADMINISTRATOR)
def switch_account(account_id: str) -> ResponseReturnValue:
    account = read_account(backend.database(), account_id)
    unconfirmed, is_active = confirmation_problem(), request.form.get("active") == "yes"
    if unconfirmed:
        return account_page(account, unconfirmed), 422
    db, now, own = backend.writable_database(), datetime.now(UTC), account.organisation_id
    try:
        set_active(db, own, account_id, is_active, actor=session.actor(), now=now)
    except LastOwner:
        return account_page(account, is_last=True), 422
    flash(_("The account is enabled.") if is_active else _("The account is disabled."))
    shown = url_for("people_accounts.show_account", account_id=account_id)
    return redirect(shown, code=303)


@blueprint.get("/people/staff")
@access.requires(Role.ADMINISTRATOR)
def list_staff() -> ResponseReturnValue:
    return staff_page()


def staff_page(**more: Any) -> str:
    context = {**members_context("", STAFF_ROLES), "unconfirmed": "", **more}
    return render_template("pages/people/staff.html", **context)


@blueprint.post("/people/staff/invite")
@access.requires(Role.ADMINISTRATOR)
def invite_staff() -> ResponseReturnValue:
    more, status = invitation_answer(None, STAFF_ROLES)
    return staff_page(**more), status


@blueprint.post("/people/staff/invitations/<invitation_id>/withdraw")
@access.requires(Role.ADMINISTRATOR)
def withdraw_invitation(invitation_id: str) -> ResponseReturnValue:
    db, now = backend.writable_database(), datetime.now(UTC)
    withdraw(db, "", invitation_id, actor=session.actor(), now=now)
    flash(_("The invitation works no more."))
    return redirect(url_for("people_accounts.list_staff"), code=303)


@blueprint.post("/people/staff/<account_id>/role")
@access.requires(Role.ADMINISTRATOR)
def give_role(account_id: str) -> ResponseReturnValue:
    role, unconfirmed = request.form.get("role", ""), confirmation_problem()
    if role not in STAFF_ROLES:
        abort(400)
    if unconfirmed:
        problems = rows_of(confirm_fields(unconfirmed))
        return staff_page(unconfirmed=unconfirmed, problems=problems), 422
    db, now = backend.writable_database(), datetime.now(UTC)
    try:
        change_role(db, "", account_id, role, actor=session.actor(), now=now)
    except LastOwner:
        return staff_page(is_last=True), 422
    flash(_("The role is changed."))
    return redirect(url_for("people_accounts.list_staff"), code=303)
