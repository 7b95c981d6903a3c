"""A demonstration: one synthetic organisation a side, one account a role, passwords made at random.

Nothing here stands for a real organisation or person; every name says so, and the installation is
marked, so that each page of the site can say that its data are for demonstration.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database
from stdnum.cn import uscc

from matcher.identity import SYSTEM, Account, Organisation, Role, Side, Verification
from matcher.store.accounts import add_account, list_accounts
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.installation import DEMONSTRATION, read_setting, write_setting
from matcher.store.organisations import add_organisation
from matcher.workflow.accounts.passwords import Passwords

CONSENT_VERSION = "2026-11"
PASSWORD_BYTES = 9  # 72 random bits


class DemoAccount(NamedTuple):
    """What somebody needs to sign in as one of the demonstration's accounts."""

    role: str
    email: str
    password: str


class _Part(NamedTuple):
    """One role of the demonstration; staff have no organisation."""

    word: str
    role: Role
    side: Side | None
    name: str
    name_en: str
    kind: str = ""


PARTS = (
    _Part(
        "enterprise", Role.OWNER, Side.ENTERPRISE,
        "演示制造企业（虚构）", "Demonstration Manufacturer (fictitious)", "enterprise",
    ),
    _Part(
        "provider", Role.OWNER, Side.PROVIDER,
        "演示智能技术公司（虚构）", "Demonstration AI Provider (fictitious)", "enterprise",
    ),
    _Part(
        "base", Role.OWNER, Side.PILOT_BASE,
        "演示中试基地（虚构）", "Demonstration Pilot Base (fictitious)", "base",
    ),
    _Part("reviewer", Role.REVIEWER, None, "演示场景经理人", "Demonstration reviewer"),
    _Part("administrator", Role.ADMINISTRATOR, None, "演示管理员", "Demonstration administrator"),
)  # fmt: skip


def is_demonstration(db: Database) -> bool:
    """Whether this installation was opened with demonstration accounts."""
    return read_setting(db, DEMONSTRATION) == "1"


def open_demonstration(db: Database, passwords: Passwords, *, now: datetime) -> list[DemoAccount]:
    """Make the demonstration's organisations and accounts in a database that has no account.

    Returns
    -------
    list of DemoAccount
        With their passwords, which are stored nowhere else; empty when there are accounts already.
    """
    made = [
        (part, DemoAccount(part.role, f"{part.word}@demo.invalid", _password())) for part in PARTS
    ]
    hashes = [passwords.hashed(account.password) for _, account in made]
    with write_transaction(db, "open the demonstration"):
        if list_accounts(db, limit=1):
            return []
        for number, ((part, account), hashed) in enumerate(zip(made, hashes, strict=True), 1):
            _add(db, part, account, hashed, number, now)
        write_setting(db, DEMONSTRATION, "1")
        after = {"accounts": [account.email for _, account in made]}
        change = Change("demonstration.opened", "installation", DEMONSTRATION, after=after)
        record_change(db, change, actor=SYSTEM, now=now)
    return [account for _, account in made]


def _add(
    db: Database, part: _Part, account: DemoAccount, hashed: str, number: int, now: datetime
) -> None:
    organisation_id = ""
    if part.side is not None:
        organisation_id = f"ORG-DEMO{number}"
        organisation = Organisation(
            organisation_id=organisation_id,
            name=part.name,
            name_en=part.name_en,
            credit_code=synthetic_credit_code(number),
            sides=(part.side,),
            kind=part.kind,
            size="medium",
            region="320500",
            contact_name="演示联系人",
            contact_email=account.email,
            language="both",
            verification=Verification.VERIFIED,
            verification_reason="演示数据，未核验 · demonstration, not checked",
            verified_at=now,
            consent_version=CONSENT_VERSION,
            is_demo=True,
        )
        add_organisation(db, organisation, now=now)
    add_account(
        db,
        Account(
            account_id=f"ACC-DEMO{number}",
            email=account.email,
            role=part.role,
            name=part.name,
            organisation_id=organisation_id,
            is_demo=True,
        ),
        password_hash=hashed,
        now=now,
    )


def synthetic_credit_code(number: int) -> str:
    """Return a code with a right check character for a region that does not exist (999999)."""
    body = f"91999999DEM0{number:05d}"
    return body + str(uscc.calc_check_digit(body))


def _password() -> str:
    return secrets.token_urlsafe(PASSWORD_BYTES)
