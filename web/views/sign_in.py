"""Sign in with a password and, where it is set, a second factor; sign out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.identity import Account
from matcher.workflow.accounts.sign_in import (
    SignInRefused,
    TooManyAttempts,
    WrongCode,
    check_code,
    check_password,
    complete_sign_in,
)
from web import access, backend, session
from web.forms import CONTROL
from web.i18n import gettext as _

blueprint = Blueprint("sign_in", __name__)
LONGEST_INPUT = 1000  # of an address or a password; hashing more is work for nothing


@blueprint.get("/sign-in")
@access.public
def show_sign_in() -> ResponseReturnValue:
    return form_page(goal=request.args.get("next", ""))


@blueprint.post("/sign-in")
@access.public
def sign_in() -> ResponseReturnValue:
    email, goal = typed("email"), request.form.get("next", "")
    try:
        account = check_password(
            backend.writable_database(),
            session.gate(),
            email,
            request.form.get("password", "")[:LONGEST_INPUT],
            address=network_address(),
            now=datetime.now(UTC),
        )
    except (SignInRefused, TooManyAttempts) as error:
        return form_page(email=email, goal=goal, error=error), 422
    if account.must_set_second_factor:
        session.begin_half_way(account)
        return redirect(url_for("second_factor.show_owed"), code=303)
    if account.has_second_factor:
        session.begin_half_way(account)
        return redirect(url_for("sign_in.show_code", next=goal), code=303)
    return welcome(account, goal)


@blueprint.get("/sign-in/code")
@access.public
def show_code() -> ResponseReturnValue:
    if session.half_way_account() is None:
        return redirect(url_for("sign_in.show_sign_in"), code=303)
    return code_page(goal=request.args.get("next", ""))


@blueprint.post("/sign-in/code")
@access.public
def enter_code() -> ResponseReturnValue:
    account, goal = session.half_way_account(), request.form.get("next", "")
    if account is None:
        return redirect(url_for("sign_in.show_sign_in", next=goal), code=303)
    try:
        account = check_code(
            backend.writable_database(),
            session.gate(),
            account.account_id,
            typed("code"),
            address=network_address(),
            now=datetime.now(UTC),
        )
    except (WrongCode, TooManyAttempts) as error:
        return code_page(goal=goal, error=error), 422
    return welcome(account, goal)


@blueprint.post("/sign-out")
@access.public
def sign_out() -> ResponseReturnValue:
    session.end()
    flash(_("You are signed out."))
    return redirect(url_for("home.show_home"), code=303)


def welcome(account: Account, goal: str) -> ResponseReturnValue:
    account = complete_sign_in(
        backend.writable_database(),
        session.gate(),
        account,
        address=network_address(),
        now=datetime.now(UTC),
    )
    session.begin(account)
    return redirect(access.local_path(goal) or url_for("home.show_home"), code=303)


def typed(name: str) -> str:
    return CONTROL.sub("\ufffd", request.form.get(name, "").strip()[:LONGEST_INPUT])


def network_address() -> str:
    return request.remote_addr or "unknown"


def form_page(email: str = "", goal: str = "", error: Exception | None = None) -> str:
    return render_template(
        "pages/sign_in/password.html", email=email, goal=goal, problem=problem_of(error)
    )


def code_page(goal: str = "", error: Exception | None = None) -> str:
    return render_template("pages/sign_in/code.html", goal=goal, problem=problem_of(error))


def problem_of(error: Any) -> str:
    """Say in the page's language why signing in did not work."""
    if isinstance(error, TooManyAttempts):
        wait_s = error.context["wait_s"]
        return _("Too many attempts. Wait %(seconds)s seconds, then try again.", seconds=wait_s)
    if isinstance(error, WrongCode):
        return _("This code is wrong, too old, or was used before. Enter the next one.")
    if isinstance(error, SignInRefused):
        return _("The e-mail address or the password is wrong.")
    return ""
