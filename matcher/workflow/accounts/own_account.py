"""A person's own account: its settings, and how it is closed."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from matcher.identity import Account, Role, Verification, actor_of
from matcher.store.accounts import (
    erase_account,
    list_accounts,
    read_account,
    update_account,
)
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.organisations import read_organisation
from matcher.workflow.accounts.membership import end_links_of, keep_one_in_charge
from matcher.workflow.accounts.suspension import change_standing

ALL = 1_000_000


def change_settings(
    db: Database, account_id: str, *, name: str, language: str, mails: str, now: datetime
) -> Account:
    """Store a person's name, language and choice of mails."""
    wanted = {"name": name, "language": language, "mails": mails}
    with write_transaction(db, "change an account's settings"):
        before = read_account(db, account_id)
        changed = {key: value for key, value in wanted.items() if getattr(before, key) != value}
        if not changed:
            return before
        account = update_account(db, account_id, changed)
        # Which settings, not to what: a name is personal and the trail cannot be erased.
        after = {"changed": sorted(changed)}
        change = Change("account.settings_changed", "account", account_id, after=after)
        record_change(db, change, actor=actor_of(account), now=now)
    return account


def close_account(db: Database, account_id: str, *, now: datetime) -> None:
    """Close an account for good; what named the person is erased, what was done stays audited.

    The last person of an organisation suspends it by leaving; what it published is then no more
    offered.

    Raises
    ------
    LastOwner
        When there are others, and none of them is an owner (or administrator).
    """
    with write_transaction(db, f"close account {account_id}"):
        account = read_account(db, account_id)
        if account.organisation_id and _is_last_person(db, account):
            _suspend(db, account, now)
        else:
            keep_one_in_charge(db, account)
        end_links_of(db, account_id, now=now)
        erase_account(db, account_id)
        if account.role == Role.OWNER:
            update_account(db, account_id, {"role": Role.MEMBER})
        change = Change("account.closed", "account", account_id)
        record_change(db, change, actor=actor_of(account), now=now)


def _is_last_person(db: Database, leaving: Account) -> bool:
    colleagues = list_accounts(db, organisation_id=leaving.organisation_id, limit=ALL)
    return not any(one.is_active and one.account_id != leaving.account_id for one in colleagues)


def _suspend(db: Database, account: Account, now: datetime) -> None:
    before = read_organisation(db, account.organisation_id)
    if before.verification == Verification.SUSPENDED:
        return
    reason = "最后一个账户已注销 · its last account was closed"
    changes = {"verification": Verification.SUSPENDED, "verification_reason": reason}
    change_standing(db, account.organisation_id, changes, now=now)
    event = Change(
        "organisation.suspended",
        "organisation",
        account.organisation_id,
        before={"verification": before.verification},
        after={"verification": Verification.SUSPENDED},
        reason=reason,
    )
    record_change(db, event, actor=actor_of(account), now=now)
