"""A person's own account: settings, password, data, closing it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import InvalidRecord
from matcher.identity import Account
from matcher.schemas import load_account, load_invitee
from matcher.store.recovery_codes import count_codes
from matcher.workflow.accounts.agreements import agreements_of
from matcher.workflow.accounts.membership import LastOwner
from matcher.workflow.accounts.own_account import change_settings, close_account
from matcher.workflow.accounts.own_data import personal_data
from matcher.workflow.accounts.password_change import change_password
from web import access, backend, session
from web.confirm import password_problem, typed
from web.forms import Field, messages
from web.i18n import LOCALES, OWN_NAMES
from web.i18n import gettext as _
from web.plain_fields import plain_field, rows_of

blueprint = Blueprint("account", __name__)
MAILS = ("important", "all", "none")


@blueprint.get("/account")
@access.requires()
def show_account() -> ResponseReturnValue:
    return account_page(settings_fields(session.signed_in()))


@blueprint.post("/account")
@access.requires(suspended=True)
def save_settings() -> ResponseReturnValue:
    account, form = session.signed_in(), request.form
    language, mails = form.get("language", ""), form.get("mails", "")
    try:
        named = load_invitee({"email": account.email, "name": form.get("name", "")})
        told = [] if named.name else [_("Enter your name.")]
    except InvalidRecord as error:
        told = messages(error.errors.get("name"))
    if told or language not in {"", *LOCALES} or mails not in MAILS:
        return account_page(settings_fields(account, form.get("name", ""), told)), 422
    settings = {"name": named.name, "language": language, "mails": mails}
    db = backend.writable_database()
    change_settings(db, account.account_id, **settings, now=datetime.now(UTC))
    flash(_("Your settings are saved."))
    return redirect(url_for("account.show_account"), code=303)


def settings_fields(
    account: Account, name: str | None = None, told: list[str] | None = None
) -> list[Field]:
    languages = [("", _("As the browser asks")), *OWN_NAMES.items()]
    mails = {
        "important": _("What concerns my account, my organisation and answers to us"),
        "all": _("Everything that reaches the inbox"),
        "none": _("Nothing"),
    }
    shown = account.name if name is None else name
    return [
        plain_field("name", _("Your name"), value=shown, errors=told or ()),
        plain_field("language", _("Language"), kind="code", value=account.language,
                    options=languages),
        plain_field("mails", _("Mail me"), kind="code", value=account.mails,
                    options=list(mails.items())),
    ]  # fmt: skip


def account_page(fields: list[Field]) -> str:
    account = session.signed_in()
    return render_template(
        "pages/account/show.html",
        fields=fields,
        problems=rows_of(fields),
        n_codes=count_codes(backend.database(), account.account_id),
        agreements=agreements_of(backend.database(), account),
    )


@blueprint.get("/account/password")
@access.requires()
def show_password() -> ResponseReturnValue:
    return password_page()


@blueprint.post("/account/password")
@access.requires(suspended=True)
def save_password() -> ResponseReturnValue:
    account = session.signed_in()
    old_problem = password_problem(typed("old_password"))
    try:
        wanted = load_account(new_password_values(account.email, account.name))
    except InvalidRecord as error:
        return password_page(old_problem, error), 422
    if old_problem:
        return password_page(old_problem), 422
    db, gate = backend.writable_database(), session.gate()
    changed = change_password(db, gate.passwords, account, wanted.password, now=datetime.now(UTC))
    session.begin(changed)
    flash(_("Your password is changed. Every other session has ended."))
    return redirect(url_for("account.show_account"), code=303)


def new_password_values(email: str, name: str) -> dict[str, str]:
    """Return what a new password is checked with: by whom and how it was typed."""
    return {
        "email": email,
        "name": name or "—",
        "password": request.form.get("password", ""),
        "password_again": request.form.get("password_again", ""),
    }


def new_password_fields(error: InvalidRecord | None = None) -> list[Field]:
    told = {} if error is None else error.errors
    return [
        plain_field(
            "password",
            _("New password"),
            kind="password",
            hint=_("12 to 128 characters; a phrase you remember is better than a short, odd one."),
            errors=messages(told.get("password")),
        ),
        plain_field(
            "password_again",
            _("New password again"),
            kind="password",
            errors=messages(told.get("password_again")),
        ),
    ]


def password_page(old_problem: str = "", error: InvalidRecord | None = None) -> str:
    old = plain_field(
        "old_password",
        _("Present password"),
        kind="old_password",
        errors=[old_problem] if old_problem else (),
    )
    fields = [old, *new_password_fields(error)]
    return render_template("pages/account/password.html", fields=fields, problems=rows_of(fields))


@blueprint.get("/account/data")
@access.requires()
def export_data() -> ResponseReturnValue:
    data = personal_data(backend.database(), session.signed_in().account_id)
    text = json.dumps(data, ensure_ascii=False, indent=2, default=str)
    headers = {
        "Content-Disposition": 'attachment; filename="my-data.json"',
        "Cache-Control": "no-store",
    }
    return Response(text, mimetype="application/json", headers=headers)


@blueprint.get("/account/close")
@access.requires()
def show_closing() -> ResponseReturnValue:
    return closing_page()


@blueprint.post("/account/close")
@access.requires(suspended=True)
def close_own_account() -> ResponseReturnValue:
    problem = password_problem(typed("old_password"))
    if problem:
        return closing_page(problem), 422
    account = session.signed_in()
    try:
        close_account(backend.writable_database(), account.account_id, now=datetime.now(UTC))
    except LastOwner:
        return closing_page(is_last=True), 422
    session.end()
    flash(_("Your account is closed and what named you is erased."))
    return redirect(url_for("home.show_home"), code=303)


def closing_page(problem: str = "", *, is_last: bool = False) -> str:
    field = plain_field(
        "old_password",
        _("Present password"),
        kind="old_password",
        errors=[problem] if problem else (),
    )
    return render_template(
        "pages/account/close.html", field_=field, problems=rows_of([field]), is_last=is_last
    )
