"""Who is signed in: what the signed cookie says, checked against the database at each request.

The cookie holds an account's id and the epoch in which the session began. Raising the epoch of an
account (a new password, a new second factor, being disabled) ends all its sessions at once.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from flask import current_app, g, session

from matcher.errors import MatcherError, StoreError
from matcher.identity import Account, Actor, Organisation, actor_of
from matcher.store.accounts import find_account
from matcher.store.organisations import read_organisation
from matcher.workflow.accounts.passwords import Passwords
from matcher.workflow.accounts.sign_in import Gate
from matcher.workflow.drafts.keeping import VISITOR_PREFIX, claim
from web import backend

ACCOUNT, EPOCH, VISITOR = "account", "epoch", "visitor"
SINCE = "since"  # when the password was last entered
FRESH_FOR = timedelta(minutes=30)
HALF_WAY = "half_way"  # the account whose password was right and whose code is still to come


class AccessRefused(MatcherError):
    """Somebody who is signed in may not do this; ``context["why"]`` says why."""

    code = "access_refused"

    def __init__(self, why: str) -> None:
        super().__init__(f"access refused: {why}", why=why)
        self.code = why


def current_account() -> Account | None:
    """Return the account that is signed in; one that is disabled or outdated is not."""
    if "account" not in g:
        g.account = _read_account()
    account: Account | None = g.account
    return account


def _read_account() -> Account | None:
    account_id = session.get(ACCOUNT)
    if not isinstance(account_id, str):
        return None
    try:
        account = find_account(backend.database(), account_id)
    except StoreError:  # a page about the database's trouble must still be drawn
        return None
    if account is None or not account.is_active or account.session_epoch != session.get(EPOCH):
        return None
    return None if account.must_set_second_factor else account


def current_organisation() -> Organisation | None:
    """Return the organisation that the signed-in account acts for, if it acts for one."""
    if "organisation" not in g:
        account = current_account()
        found = None
        if account is not None and account.organisation_id:
            found = read_organisation(backend.database(), account.organisation_id)
        g.organisation = found
    organisation: Organisation | None = g.organisation
    return organisation


def signed_in() -> Account:
    """Return the account of a view that ``@requires`` one."""
    account = current_account()
    if account is None:
        raise AccessRefused("signed_out")
    return account


def own_organisation() -> Organisation:
    """Return the organisation of a view that ``@requires`` one."""
    organisation = current_organisation()
    if organisation is None:
        raise AccessRefused("wrong_side")
    return organisation


def actor() -> Actor:
    """Return who acts in this request, for the audit trail."""
    return actor_of(signed_in())


def begin(account: Account) -> None:
    """Start the session of an account afresh; what a visitor has begun to write comes along."""
    visitor = session.get(VISITOR)
    if isinstance(visitor, str):
        claim(backend.writable_database(), visitor, account.account_id)
    session.clear()
    session[ACCOUNT], session[EPOCH] = account.account_id, account.session_epoch
    refresh()
    session.permanent = True
    forget_request()


def refresh() -> None:
    """Note that the password was entered now."""
    session[SINCE] = int(datetime.now(UTC).timestamp())


def is_fresh() -> bool:
    """Whether the password was entered a short time ago."""
    since = session.get(SINCE)
    if not isinstance(since, int):
        return False
    return datetime.now(UTC) - datetime.fromtimestamp(since, UTC) < FRESH_FOR


def keep(account: Account) -> None:
    """Keep this session when its account's epoch was raised to end all the others."""
    session[EPOCH] = account.session_epoch
    forget_request()


def begin_half_way(account: Account) -> None:
    """Remember whose password was right until the second factor is."""
    visitor = session.get(VISITOR)
    session.clear()
    session[HALF_WAY] = [account.account_id, account.session_epoch]
    if visitor:
        session[VISITOR] = visitor


def half_way_account() -> Account | None:
    """Return the account whose second factor is awaited in this session."""
    kept = session.get(HALF_WAY)
    if not (isinstance(kept, list) and len(kept) == 2):
        return None
    account = find_account(backend.database(), str(kept[0]))
    if account is None or not account.is_active or account.session_epoch != kept[1]:
        return None
    return account


def end() -> None:
    session.clear()
    forget_request()


def forget_request() -> None:
    """Read account and organisation again in what is left of this request."""
    g.pop("account", None)
    g.pop("organisation", None)


def draft_owner() -> str:
    """Return whose a draft is: the account, or this browser until somebody signs in."""
    account = current_account()
    if account is not None:
        return account.account_id
    kept = session.get(VISITOR)
    if not isinstance(kept, str):
        kept = session[VISITOR] = f"{VISITOR_PREFIX}{secrets.token_urlsafe(16)}"
    return kept


def has_visitor_key() -> bool:
    """Whether this browser has begun to write something without signing in."""
    return isinstance(session.get(VISITOR), str)


def gate() -> Gate:
    """Return what a sign-in is checked with."""
    if "sign_in_gate" not in current_app.extensions:
        key = str(current_app.config["SECRET_KEY"]).encode()
        current_app.extensions["sign_in_gate"] = Gate(
            Passwords(current_app.config["PASSWORD_EFFORT"]), key
        )
    made: Gate = current_app.extensions["sign_in_gate"]
    return made
