"""The second factor: set it up, move it to another device, renew its codes, switch it off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from matcher.identity import Account
from matcher.store.accounts import read_credentials
from matcher.store.recovery_codes import count_codes
from matcher.workflow.accounts.second_factor import provisioning_address
from matcher.workflow.accounts.second_factor_change import (
    SecondFactorKept,
    begin_replacement,
    renew_codes,
    replace,
    take_away,
)
from matcher.workflow.accounts.second_factor_setup import confirm, secret_to_enrol
from matcher.workflow.accounts.sign_in import (
    TooManyAttempts,
    WrongCode,
    check_code,
    complete_sign_in,
)
from web import access, backend, session
from web.confirm import network_address, password_problem, typed
from web.i18n import gettext as _
from web.plain_fields import plain_field, rows_of

blueprint = Blueprint("second_factor", __name__)
REPLACING = "replacing"  # when password and code were right, for the page of the new device
REPLACING_LASTS = timedelta(minutes=15)


@blueprint.get("/account/second-factor")
@access.requires()
def show_second_factor() -> ResponseReturnValue:
    account = session.signed_in()
    return on_page() if account.has_second_factor else setup_page(account)


@blueprint.post("/account/second-factor")
@access.requires(suspended=True)
def set_up() -> ResponseReturnValue:
    """Turn it on by a first code; the recovery codes are on this answer and nowhere else."""
    account = session.signed_in()
    if account.has_second_factor:
        return redirect(url_for("second_factor.show_second_factor"), code=303)
    db = backend.writable_database()
    try:
        enrolled = confirm(db, account.account_id, typed("code"), now=datetime.now(UTC))
    except WrongCode:
        return setup_page(account, unfit()), 422
    session.begin(enrolled.account)
    return codes_page(enrolled.recovery_codes)


@blueprint.get("/sign-in/second-factor")
@access.public
def show_owed() -> ResponseReturnValue:
    """Show the set-up to who signs in after a reset: nothing else opens before it is done."""
    account = owing_account()
    if account is None:
        return redirect(url_for("sign_in.show_sign_in"), code=303)
    return setup_page(account)


@blueprint.post("/sign-in/second-factor")
@access.public
def set_up_owed() -> ResponseReturnValue:
    account = owing_account()
    if account is None:
        return redirect(url_for("sign_in.show_sign_in"), code=303)
    db, gate, now = backend.writable_database(), session.gate(), datetime.now(UTC)
    try:
        enrolled = confirm(db, account.account_id, typed("code"), now=now)
    except WrongCode:
        return setup_page(account, unfit()), 422
    session.begin(complete_sign_in(db, gate, enrolled.account, address=network_address(), now=now))
    return codes_page(enrolled.recovery_codes)


def owing_account() -> Account | None:
    """Return whose password was right and who has to set up a second factor first."""
    account = session.half_way_account()
    return account if account is not None and account.must_set_second_factor else None


@blueprint.post("/account/second-factor/replace")
@access.requires(suspended=True)
def begin_new_device() -> ResponseReturnValue:
    """Prove the present device; the page of the new one then opens for a quarter of an hour."""
    problems = proof_problems()
    if any(problems):
        return on_page(*problems), 422
    begin_replacement(backend.writable_database(), session.signed_in().account_id)
    cookie[REPLACING] = int(datetime.now(UTC).timestamp())
    return redirect(url_for("second_factor.show_new_device"), code=303)


@blueprint.get("/account/second-factor/replace")
@access.requires()
def show_new_device() -> ResponseReturnValue:
    return new_device_page() if is_replacing() else to_second_factor()


@blueprint.post("/account/second-factor/new-device")
@access.requires(suspended=True)
def use_new_device() -> ResponseReturnValue:
    """Let the new device take over by its first code."""
    if not is_replacing():
        return to_second_factor()
    db, account_id = backend.writable_database(), session.signed_in().account_id
    try:
        enrolled = replace(db, account_id, typed("code"), now=datetime.now(UTC))
    except WrongCode:
        return new_device_page(unfit()), 422
    session.begin(enrolled.account)
    return codes_page(enrolled.recovery_codes)


def is_replacing() -> bool:
    """Whether this very session has proved the present device a short time ago."""
    since = cookie.get(REPLACING)
    if not (isinstance(since, int) and session.signed_in().has_second_factor):
        return False
    return datetime.now(UTC) - datetime.fromtimestamp(since, UTC) < REPLACING_LASTS


def to_second_factor() -> ResponseReturnValue:
    return redirect(url_for("second_factor.show_second_factor"), code=303)


@blueprint.post("/account/second-factor/codes")
@access.requires(suspended=True)
def make_new_codes() -> ResponseReturnValue:
    problems = proof_problems()
    if any(problems):
        return on_page(*problems), 422
    db, account_id = backend.writable_database(), session.signed_in().account_id
    return codes_page(renew_codes(db, account_id, now=datetime.now(UTC)), is_new=False)


@blueprint.post("/account/second-factor/remove")
@access.requires(suspended=True)
def remove() -> ResponseReturnValue:
    account = session.signed_in()
    if account.keeps_second_factor:  # before a code is used up for nothing
        raise SecondFactorKept(f"{account.account_id} cannot switch it off")
    if not account.has_second_factor:
        return to_second_factor()
    problems = proof_problems()
    if any(problems):
        return on_page(*problems), 422
    db = backend.writable_database()
    session.begin(take_away(db, account.account_id, now=datetime.now(UTC)))
    flash(_("The second factor is off."))
    return redirect(url_for("account.show_account"), code=303)


def proof_problems() -> tuple[str, str]:
    """Return what is wrong with the password and with the code; a right code is used up."""
    password_told = password_problem(typed("old_password"))
    return password_told, "" if password_told else code_problem()


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


def unfit() -> str:
    return _("This code does not fit. Enter the one that is shown now.")


def codes_page(codes: Sequence[str], *, is_new: bool = True) -> str:
    return render_template("pages/account/recovery_codes.html", codes=codes, is_new=is_new)


def setup_page(account: Account, problem: str = "") -> str:
    secret = secret_to_enrol(backend.writable_database(), account.account_id)
    return device_page("pages/account/second_factor.html", account, secret, problem)


def new_device_page(problem: str = "") -> str:
    account = session.signed_in()
    secret = read_credentials(backend.writable_database(), account.account_id).totp_next_secret
    return device_page("pages/account/second_factor_next.html", account, secret, problem)


def device_page(template: str, account: Account, secret: str, problem: str) -> str:
    """Show a secret to scan or to type, and ask for the first code that it gives."""
    field = plain_field("code", _("Six digits"), kind="digits", errors=[problem] if problem else ())
    return render_template(
        template,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        picture=qr_picture(provisioning_address(secret, account.email)),
        field_=field,
        problems=rows_of([field]),
        is_owed=account.must_set_second_factor,
    )


def qr_picture(address: str) -> Markup:
    """Draw an address as inline SVG whose colours come from the stylesheet."""
    code = segno.make(address, error="m")
    return Markup(  # noqa: S704 - drawn by segno from modules, holds no text of a user
        code.svg_inline(scale=4, border=4, svgclass="qr", lineclass="qr-dark", omitsize=True)
    )  # fmt: skip


def on_page(password_told: str = "", code_told: str = "") -> str:
    fields = [
        plain_field("old_password", _("Present password"), kind="old_password",
                    errors=[password_told] if password_told else ()),
        plain_field("code", _("Six digits, or a recovery code"), kind="digits",
                    hint=_("Of the device that you have used until now."),
                    errors=[code_told] if code_told else ()),
    ]  # fmt: skip
    return render_template(
        "pages/account/second_factor_on.html",
        fields=fields,
        problems=rows_of(fields),
        n_codes=count_codes(backend.database(), session.signed_in().account_id),
    )
