"""Set up a second factor, see the recovery codes once, take it away again."""

from __future__ import annotations

from datetime import UTC, datetime

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from matcher.store.recovery_codes import count_codes
from matcher.workflow.accounts.second_factor import provisioning_address
from matcher.workflow.accounts.second_factor_setup import confirm, secret_to_enrol, take_away
from matcher.workflow.accounts.sign_in import TooManyAttempts, WrongCode, check_code
from web import access, backend, session
from web.confirm import network_address, password_problem, typed
from web.i18n import gettext as _
from web.plain_fields import plain_field, rows_of

blueprint = Blueprint("second_factor", __name__)


@blueprint.get("/account/second-factor")
@access.requires()
def show_second_factor() -> ResponseReturnValue:
    return removal_page() if session.signed_in().has_second_factor else setup_page()


@blueprint.post("/account/second-factor")
@access.requires(suspended=True)
def set_up() -> ResponseReturnValue:
    """Turn it on by a first code; the recovery codes are on this answer and nowhere else."""
    account = session.signed_in()
    if account.has_second_factor:
        return redirect(url_for("second_factor.show_second_factor"), code=303)
    try:
        enrolled = confirm(
            backend.writable_database(), account.account_id, typed("code"), now=datetime.now(UTC)
        )
    except WrongCode:
        return setup_page(_("This code does not fit. Enter the one that is shown now.")), 422
    session.begin(enrolled.account)
    return render_template("pages/account/recovery_codes.html", codes=enrolled.recovery_codes)


@blueprint.post("/account/second-factor/remove")
@access.requires(suspended=True)
def remove() -> ResponseReturnValue:
    account = session.signed_in()
    if not account.has_second_factor:
        return redirect(url_for("second_factor.show_second_factor"), code=303)
    password_told = password_problem(typed("old_password"))
    code_told = "" if password_told else code_problem()
    if password_told or code_told:
        return removal_page(password_told, code_told), 422
    db = backend.writable_database()
    session.begin(take_away(db, account.account_id, now=datetime.now(UTC)))
    flash(_("The second factor is off."))
    return redirect(url_for("account.show_account"), code=303)


def code_problem() -> str:
    """Return what is wrong with the code that was typed, or nothing; a right one is used up."""
    try:
        check_code(
            backend.writable_database(),
            session.gate(),
            session.signed_in().account_id,
            request.form.get("code", "")[:100],
            address=network_address(),
            now=datetime.now(UTC),
        )
    except TooManyAttempts as error:
        wait_s = error.context["wait_s"]
        return _("Too many attempts. Wait %(seconds)s seconds, then try again.", seconds=wait_s)
    except WrongCode:
        return _("This code is wrong, too old, or was used before. Enter the next one.")
    return ""


def setup_page(problem: str = "") -> str:
    account = session.signed_in()
    secret = secret_to_enrol(backend.writable_database(), account.account_id)
    field = plain_field("code", _("Six digits"), kind="digits", errors=[problem] if problem else ())
    return render_template(
        "pages/account/second_factor.html",
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        picture=qr_picture(provisioning_address(secret, account.email)),
        field_=field,
        problems=rows_of([field]),
    )


def qr_picture(address: str) -> Markup:
    """Draw an address as inline SVG whose colours come from the stylesheet."""
    code = segno.make(address, error="m")
    return Markup(  # noqa: S704 - drawn by segno from modules, holds no text of a user
        code.svg_inline(scale=4, border=4, svgclass="qr", lineclass="qr-dark", omitsize=True)
    )  # fmt: skip


def removal_page(password_told: str = "", code_told: str = "") -> str:
    fields = [
        plain_field("old_password", _("Present password"), kind="old_password",
                    errors=[password_told] if password_told else ()),
        plain_field("code", _("Six digits, or a recovery code"), kind="digits",
                    errors=[code_told] if code_told else ()),
    ]  # fmt: skip
    return render_template(
        "pages/account/second_factor_on.html",
        fields=fields,
        problems=rows_of(fields),
        n_codes=count_codes(backend.database(), session.signed_in().account_id),
    )
