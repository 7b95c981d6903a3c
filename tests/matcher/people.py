"""Organisations and accounts for tests: synthetic, valid by default, changed by keyword."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database

from matcher.identity import Account, Organisation, Role, Side, Verification
from matcher.store.accounts import add_account
from matcher.store.organisations import add_organisation
from matcher.workflow.accounts.passwords import Effort, Passwords
from matcher.workflow.demonstration.accounts import synthetic_credit_code

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
CHEAP = Passwords(Effort(memory_kib=8, passes=1, lanes=1))
PASSWORD = "a long enough password"


def make_organisation(number: int = 1, **changes: Any) -> Organisation:
    values: dict[str, Any] = {
        "organisation_id": f"ORG-{number}",
        "name": f"虚构单位{number}",
        "name_en": f"Fictitious organisation {number}",
        "credit_code": synthetic_credit_code(1000 + number),
        "sides": (Side.ENTERPRISE,),
        "kind": "enterprise",
        "size": "medium",
        "region": "320500",
        "verification": Verification.VERIFIED,
        "consent_version": "test",
    }
    return Organisation(**{**values, **changes})


def make_account(number: int = 1, **changes: Any) -> Account:
    values: dict[str, Any] = {
        "account_id": f"ACC-{number}",
        "email": f"person{number}@example.invalid",
        "role": Role.OWNER,
        "name": f"虚构人物{number}",
        "organisation_id": f"ORG-{number}",
    }
    return Account(**{**values, **changes})


def add_person(db: Database, number: int = 1, **changes: Any) -> Account:
    """Store an account with its organisation, which staff have none of."""
    account = make_account(number, **changes)
    if account.organisation_id:
        add_organisation(db, make_organisation(number), now=NOW)
    add_account(db, account, password_hash=CHEAP.hashed(PASSWORD), now=NOW)
    return account
