"""The password once more, before an act that a stolen session must not do.

The forms of such acts show a password field when the sign-in is older than half an hour, so that
what was typed beside it is kept.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask, request

from matcher.workflow.accounts.sign_in import SignInRefused, TooManyAttempts, check_password
from web import backend, session
from web.forms import Field
from web.i18n import gettext as _
from web.plain_fields import plain_field

LONGEST_INPUT = 1000  # of an address or a password; hashing more is work for nothing


def network_address() -> str:
    return request.remote_addr or "unknown"


def typed(name: str) -> str:
    """Return a password as it was typed, cut where hashing it would be work for nothing."""
    return request.form.get(name, "")[:LONGEST_INPUT]


def password_problem(password: str) -> str:
    """Return what is wrong with the password of the one who is signed in, or nothing."""
    try:
        check_password(
            backend.writable_database(),
            session.gate(),
            session.signed_in().email,
            password,
            address=network_address(),
            now=datetime.now(UTC),
        )
    except TooManyAttempts as error:
        wait_s = error.context["wait_s"]
        return _("Too many attempts. Wait %(seconds)s seconds, then try again.", seconds=wait_s)
    except SignInRefused:
        return _("This is not your present password.")
    return ""


def confirmation_problem() -> str:
    """Return why an act may not go ahead yet, or nothing; a right password renews the sign-in."""
    if session.is_fresh():
        return ""
    problem = password_problem(typed("your_password"))
    if not problem:
        session.refresh()
    return problem


def password_field(problem: str = "") -> Field | None:
    """Return the field that asks for the password again, where that is due."""
    if session.is_fresh():
        return None
    return plain_field(
        "your_password",
        _("Your password"),
        kind="old_password",
        hint=_("You signed in more than half an hour ago: this act asks for it again."),
        errors=[problem] if problem else (),
    )


def init_app(app: Flask) -> None:
    app.jinja_env.globals["confirm_password_field"] = password_field
