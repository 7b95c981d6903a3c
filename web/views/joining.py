"""What a one-time link opens: joining by an invitation, setting a new password.

The secret of a link goes from the address into the session at once, so that no page has it in its
address: a Referer, a history or a screenshot gives nothing away. Opening a link does not use it.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from matcher.errors import InvalidRecord
from matcher.schemas import load_account
from matcher.store.accounts import find_account, key_of_email
from matcher.store.login_attempts import add_attempt
from matcher.store.one_time_links import Link, find_link
from matcher.store.organisations import read_organisation
from matcher.workflow.accounts.membership import LinkSpent, join
from matcher.workflow.accounts.password_change import mail_reset, set_password_by_link
from matcher.workflow.accounts.sign_in import (
    TooManyAttempts,
    complete_sign_in,
    refuse_while_throttled,
)
from web import access, backend, post, session
from web.confirm import network_address
from web.forms import CONTROL, messages
from web.i18n import gettext as _
from web.plain_fields import plain_field, rows_of
from web.views.account import new_password_fields, new_password_values

blueprint = Blueprint("joining", __name__)
LINKS = {"invite": "joining.show_joining", "reset": "joining.show_new_password"}
LONGEST_ADDRESS = 254


@blueprint.get("/invitation/<secret>")
@access.public
def open_invitation(secret: str) -> ResponseReturnValue:
    return keep_secret("invite", secret)


@blueprint.get("/new-password/<secret>")
@access.public
def open_reset(secret: str) -> ResponseReturnValue:
    return keep_secret("reset", secret)


def keep_secret(purpose: str, secret: str) -> ResponseReturnValue:
    cookie[f"link-{purpose}"] = secret[:100]
    response = redirect(url_for(LINKS[purpose]), code=303)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def kept_link(purpose: str) -> tuple[str, Link | None]:
    """Return the secret in this session, and the link where it still works."""
    secret = str(cookie.get(f"link-{purpose}", ""))
    return secret, find_link(backend.database(), secret, purpose, now=datetime.now(UTC))


def spent_page() -> ResponseReturnValue:
    return render_template("pages/joining/spent.html"), 410


@blueprint.get("/invitation")
@access.public
def show_joining() -> ResponseReturnValue:
    _secret, link = kept_link("invite")
    return spent_page() if link is None else joining_page(link)


@blueprint.post("/invitation")
@access.public
def accept_invitation() -> ResponseReturnValue:
    secret, link = kept_link("invite")
    if link is None:
        return spent_page()
    try:
        values = new_password_values(link.email, request.form.get("name", ""))
        person = load_account({**values, "name": request.form.get("name", "")})
        db, gate, now = backend.writable_database(), session.gate(), datetime.now(UTC)
        account = join(db, gate.passwords, secret, person, now=now)
    except LinkSpent:
        return spent_page()
    except InvalidRecord as error:
        return joining_page(link, error), 422
    session.begin(complete_sign_in(db, gate, account, address=network_address(), now=now))
    flash(_("Welcome. Your account is ready."))
    return redirect(url_for("home.show_home"), code=303)


def joining_page(link: Link, error: InvalidRecord | None = None) -> str:
    told = {} if error is None else error.errors
    name = plain_field(
        "name",
        _("Your name"),
        value=request.form.get("name", ""),
        errors=[*messages(told.get("name")), *messages(told.get("email"))],
    )
    fields = [name, *new_password_fields(error)]
    organisation = None
    if link.organisation_id:
        organisation = read_organisation(backend.database(), link.organisation_id)
    return render_template(
        "pages/joining/join.html",
        link=link,
        organisation=organisation,
        fields=fields,
        problems=rows_of(fields),
    )


@blueprint.get("/new-password")
@access.public
def show_new_password() -> ResponseReturnValue:
    _secret, link = kept_link("reset")
    return spent_page() if link is None else new_password_page()


@blueprint.post("/new-password")
@access.public
def save_new_password() -> ResponseReturnValue:
    secret, link = kept_link("reset")
    account = None if link is None else find_account(backend.database(), link.account_id)
    if account is None:
        return spent_page()
    try:
        wanted = load_account(new_password_values(account.email, account.name))
        db, gate = backend.writable_database(), session.gate()
        set_password_by_link(db, gate.passwords, secret, wanted.password, now=datetime.now(UTC))
    except LinkSpent:
        return spent_page()
    except InvalidRecord as error:
        return new_password_page(error), 422
    session.end()  # the second factor, where there is one, is still asked for
    flash(_("Your new password is set. Sign in with it."))
    return redirect(url_for("sign_in.show_sign_in"), code=303)


def new_password_page(error: InvalidRecord | None = None) -> str:
    fields = new_password_fields(error)
    return render_template("pages/joining/password.html", fields=fields, problems=rows_of(fields))


@blueprint.get("/forgotten-password")
@access.public
def show_forgotten() -> ResponseReturnValue:
    return render_template("pages/joining/forgotten.html", is_done=False, wait_s=0)


@blueprint.post("/forgotten-password")
@access.public
def ask_for_reset() -> ResponseReturnValue:
    """Mail a link, where the address has an account; the answer is the same where it has none."""
    if not post.can_mail():
        return redirect(url_for("joining.show_forgotten"), code=303)
    email = CONTROL.sub("", request.form.get("email", "").strip())[:LONGEST_ADDRESS]
    db, gate, now = backend.writable_database(), session.gate(), datetime.now(UTC)
    own = gate.digest(f"reset {key_of_email(email)}")  # one, however its letters are typed
    keys = (own, gate.digest(f"reset {network_address()}"))
    try:
        refuse_while_throttled(db, *keys, now=now)
    except TooManyAttempts as error:
        wait_s = error.context["wait_s"]
        return render_template("pages/joining/forgotten.html", is_done=False, wait_s=wait_s), 429
    add_attempt(db, *keys, succeeded=False, now=now)
    mail_reset(db, email, now=now)
    return render_template("pages/joining/forgotten.html", is_done=True, wait_s=0)
