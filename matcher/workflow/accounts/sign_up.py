"""Signing up: an organisation, its first account as owner, and what they agreed to.

Whether a credit code or an address is registered already is told to who types it, but never by
whom; the caller counts such attempts, so that lists cannot be tried out.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.errors import InvalidRecord
from matcher.identity import Account, Organisation, Role, Verification, actor_of
from matcher.records import NewAccount, OrganisationDetails
from matcher.schemas import load_account, load_organisation
from matcher.schemas.messages import problem
from matcher.store.accounts import add_account, find_by_email
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.notices import Message
from matcher.store.organisations import add_organisation, find_by_code
from matcher.workflow.accounts.passwords import Passwords
from matcher.workflow.messages.notifying import tell_organisation, tell_staff

TERMS_VERSION = "2026-11"  # of the terms and the privacy notice that the site shows
ID_BYTES = 6


class SignUp(NamedTuple):
    """What was typed, checked."""

    organisation: OrganisationDetails
    account: NewAccount
    shares_contact: bool


def new_id(prefix: str) -> str:
    """Return an id that tells nothing of how many there are."""
    return f"{prefix}-{secrets.token_hex(ID_BYTES).upper()}"


def check_sign_up(
    organisation: Mapping[str, Any],
    account: Mapping[str, Any],
    *,
    agrees_to_terms: bool,
    shares_contact: bool,
) -> SignUp:
    """Check everything that was typed at once.

    Raises
    ------
    InvalidRecord
        With the problems of both parts (``account.…`` those of the person) and of ``terms``.
    """
    errors: dict[str, Any] = {}
    details = person = None
    try:
        details = load_organisation(organisation)
    except InvalidRecord as error:
        errors |= error.errors
    try:
        person = load_account(account)
    except InvalidRecord as error:
        errors |= {f"account.{name}": told for name, told in error.errors.items()}
    if not agrees_to_terms:
        errors["terms"] = [problem("consent")]
    if errors or details is None or person is None:
        raise InvalidRecord("sign-up", errors)
    return SignUp(details, person, shares_contact)


def sign_up(db: Database, passwords: Passwords, wish: SignUp, *, now: datetime) -> Account:
    """Store a new organisation, unverified, with its owner; tell the administrators.

    Raises
    ------
    InvalidRecord
        When the credit code or the e-mail address is registered already; nothing was stored.
    """
    hashed = passwords.hashed(wish.account.password)
    with write_transaction(db, "sign up"):
        _refuse_known(db, wish)
        organisation = Organisation(
            organisation_id=new_id("ORG"),
            verification=Verification.PENDING,
            consent_version=TERMS_VERSION,
            consent_at=now,
            shares_contact=wish.shares_contact,
            **asdict(wish.organisation),
        )
        account = Account(
            account_id=new_id("ACC"),
            email=wish.account.email,
            name=wish.account.name,
            role=Role.OWNER,
            organisation_id=organisation.organisation_id,
            language="" if organisation.language == "both" else organisation.language,
        )
        add_organisation(db, organisation, now=now)
        add_account(db, account, password_hash=hashed, now=now)
        _record(db, organisation, account, now)
        tell_staff(db, Role.ADMINISTRATOR, _waiting(organisation), now=now)
    return account


def _refuse_known(db: Database, wish: SignUp) -> None:
    errors = {}
    if find_by_code(db, wish.organisation.credit_code) is not None:
        errors["credit_code"] = [problem("code_taken")]
    if find_by_email(db, wish.account.email) is not None:
        errors["account.email"] = [problem("email_taken")]
    if errors:
        raise InvalidRecord("sign-up", errors)


def _record(db: Database, organisation: Organisation, account: Account, now: datetime) -> None:
    after = {
        "name": organisation.name,
        "credit_code": organisation.credit_code,
        "sides": list(organisation.sides),
        "verification": organisation.verification,
        "consent_version": organisation.consent_version,
        "shares_contact": organisation.shares_contact,
    }
    event = Change(
        "organisation.signed_up", "organisation", organisation.organisation_id, after=after
    )
    record_change(db, event, actor=actor_of(account), now=now)
    made = {"role": account.role, "organisation_id": account.organisation_id}
    event = Change("account.created", "account", account.account_id, after=made)
    record_change(db, event, actor=actor_of(account), now=now)


def _waiting(organisation: Organisation) -> Message:
    return Message(
        topic="organisation.waiting",
        text_zh=f"“{organisation.name}”已注册，等待核验。",
        text_en=f"{organisation.name_en or organisation.name} has signed up and waits for its "
        "verification.",
        address=f"/people/organisations/{organisation.organisation_id}",
        object_kind="organisation",
        object_id=organisation.organisation_id,
    )


def ask_for_invitation(
    db: Database, credit_code: str, email: str, name: str, *, now: datetime
) -> None:
    """Tell the owners of a registered organisation that somebody would like to join.

    Nothing tells the asker whether there is one: the answer is always the same.
    """
    organisation = find_by_code(db, credit_code)
    if organisation is None:
        return
    message = Message(
        topic="organisation.asked",
        text_zh=f"{name}（{email}）希望加入贵单位。请确认是本单位的人，再发出邀请。",
        text_en=f"{name} ({email}) would like to join your organisation. Make sure that you know "
        "them before you send an invitation.",
        address="/organisation/members",
        object_kind="organisation",
        object_id=organisation.organisation_id,
    )
    tell_organisation(db, organisation.organisation_id, message, role=Role.OWNER, now=now)
