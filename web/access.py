"""Who may call a view: each view declares it, and one that declares nothing is refused.

A view says ``@public``, ``@requires()`` (anybody who is signed in) or ``@requires(Role.REVIEWER,
...)``; ``side=`` asks for an organisation that takes part in that capacity, ``verified=True`` for
one whose identity was confirmed. Whose a record is belongs to no rule: the query that reads it asks
for the organisation, and another's record answers 404.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from matcher.identity import STAFF_ROLES, Account, Organisation, Role, Side, Verification
from web import session
from web.session import current_account, current_organisation

__all__ = ["STAFF", "current_account", "current_organisation", "public", "requires"]

View = TypeVar("View", bound=Callable[..., Any])
STAFF = STAFF_ROLES


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may call a view."""

    is_public: bool = False
    roles: frozenset[str] = frozenset()  # empty: every role
    side: str = ""
    verified: bool = False
    suspended: bool = False  # may be written to by a suspended organisation too

    def refusal(self, account: Account | None, organisation: Organisation | None) -> str:
        """Return why somebody may not call the view, or an empty text."""
        if self.is_public:
            return ""
        if account is None:
            return "signed_out"
        if self.roles and account.role not in self.roles:
            return "wrong_role"
        if not (self.side or self.verified):
            return ""
        if organisation is None or (self.side and not organisation.acts_as(self.side)):
            return "wrong_side"
        return "" if organisation.is_verified or not self.verified else "not_verified"


PUBLIC = Rule(is_public=True)


def public(view: View) -> View:
    """Anybody may call this view."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def requires(
    *roles: Role, side: Side | str = "", verified: bool = False, suspended: bool = False
) -> Callable[[View], View]:
    """Only somebody who is signed in, in one of these roles where any is named.

    A suspended organisation reads and writes nothing, except where ``suspended=True`` says that
    the act is a person's own: to sign out, to change a password, to leave.
    """
    rule = Rule(roles=frozenset(roles), side=side, verified=verified, suspended=suspended)

    def declare(view: View) -> View:
        view.access = rule  # type: ignore[attr-defined]
        return view

    return declare


def access_of(view: Callable[..., Any]) -> Rule | None:
    return getattr(view, "access", None)


def may_call(endpoint: str) -> bool:
    """Whether the one who reads this page may also call that endpoint: for links and buttons."""
    rule = access_of(current_app.view_functions[endpoint])
    return rule is not None and not rule.refusal(current_account(), current_organisation())


def local_path(wish: str | None) -> str | None:
    """Return a path of this site to go back to, or nothing: never another site's address."""
    if not wish or not wish.startswith("/") or wish.startswith("//") or "\\" in wish:
        return None
    return None if any(ord(letter) < 32 for letter in wish) else wish


def is_barred(rule: Rule) -> bool:
    """Whether the organisation is suspended and the view no exception.

    One that was refused corrects what it stated and waits.
    """
    organisation = current_organisation()
    return (
        organisation is not None
        and organisation.verification == Verification.SUSPENDED
        and not rule.suspended
    )


def check_access() -> Response | None:
    if request.endpoint is None:
        return None
    rule = access_of(current_app.view_functions[request.endpoint])
    if rule is None:
        return abort(403)
    if rule.is_public:
        return None
    refusal = rule.refusal(current_account(), current_organisation())
    if not refusal and request.method not in {"GET", "HEAD"} and is_barred(rule):
        refusal = "suspended"
    if not refusal:
        return None
    if refusal == "signed_out":
        goal = request.full_path.rstrip("?") if request.method in {"GET", "HEAD"} else ""
        if goal:
            return redirect(url_for("sign_in.show_sign_in", next=goal), code=303)
        return abort(401)
    raise session.AccessRefused(refusal)


def init_app(app: Flask) -> None:
    app.before_request(check_access)
    app.jinja_env.globals["may_call"] = may_call
    app.jinja_env.globals["current_account"] = current_account
    app.jinja_env.globals["current_organisation"] = current_organisation
    app.view_functions["static"] = public(app.view_functions["static"])
