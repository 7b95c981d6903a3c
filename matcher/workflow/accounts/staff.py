"""Accounts of the platform's staff made without an invitation: the first administrator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from matcher.errors import InvalidRecord
from matcher.identity import STAFF_ROLES, Account, Actor
from matcher.schemas import load_account
from matcher.schemas.messages import problem
from matcher.store.accounts import add_account, find_by_email
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.workflow.accounts.passwords import Passwords
from matcher.workflow.accounts.sign_up import new_id


def add_staff(
    db: Database,
    passwords: Passwords,
    values: Mapping[str, Any],
    *,
    role: str,
    actor: Actor,
    now: datetime,
) -> Account:
    """Store an account of the platform's staff.

    Raises
    ------
    InvalidRecord
        When an answer is wrong or the address has an account already; nothing was stored.
    """
    if role not in STAFF_ROLES:
        raise ValueError(f"{role!r} is no role of the staff")
    person = load_account(values)
    account = Account(account_id=new_id("ACC"), email=person.email, role=role, name=person.name)
    hashed = passwords.hashed(person.password)
    with write_transaction(db, "add to the staff"):
        if find_by_email(db, person.email) is not None:
            raise InvalidRecord("account", {"email": [problem("email_taken")]})
        add_account(db, account, password_hash=hashed, now=now)
        change = Change("account.created", "account", account.account_id, after={"role": role})
        record_change(db, change, actor=actor, now=now)
    return account
