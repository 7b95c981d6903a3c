"""A new password: by the one who knows the old one, or by the holder of a one-time link."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlite_utils import Database

from matcher.identity import Account, Actor, actor_of
from matcher.store.accounts import find_account, find_by_email, read_account, update_account
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.mail import Letter, add_mail
from matcher.store.notices import Message
from matcher.store.one_time_links import Link, add_link, end_resets_of, use_link
from matcher.workflow.accounts.membership import LinkSpent, new_secret
from matcher.workflow.accounts.passwords import Passwords
from matcher.workflow.messages.notifying import SITE, tell

RESET_LASTS = timedelta(hours=1)


def change_password(
    db: Database, passwords: Passwords, account: Account, password: str, *, now: datetime
) -> Account:
    """Set a new password, which ends every other session and open link to set one.

    The caller has checked the old one.
    """
    return _set(db, account.account_id, passwords.hashed(password), "account.password_changed", now)


def issue_reset(db: Database, account_id: str, *, actor: Actor, now: datetime) -> str:
    """Make a link that sets a new password, and return its secret; earlier ones work no more."""
    secret = new_secret()
    link = Link("reset", actor.actor_id, now + RESET_LASTS, account_id=account_id)
    with write_transaction(db, "issue a link for a new password"):
        read_account(db, account_id)
        add_link(db, secret, link, now=now)
        change = Change("account.reset_issued", "account", account_id)
        record_change(db, change, actor=actor, now=now)
    return secret


def mail_reset(db: Database, email: str, *, now: datetime) -> None:
    """Queue a mail with a link for a new password, where the address has an active account.

    Nothing tells the one who asks whether it has.
    """
    account = find_by_email(db, email)
    if account is None or not account.is_active or account.is_demo:
        return
    with write_transaction(db, "mail a link for a new password"):
        secret = issue_reset(db, account.account_id, actor=actor_of(account), now=now)
        add_mail(db, _letter(account, secret), now=now)


def _letter(account: Account, secret: str) -> Letter:
    body = (
        "有人（希望是您）要为 AI+ 场景匹配的账户设置新密码。链接一小时内有效，只能用一次：\n"
        "Somebody, hopefully you, wants to set a new password for your account of AI+ Scenario "
        f"Matching. The link works once, within one hour:\n\n{SITE}/new-password/{secret}\n\n"
        "如果不是您本人操作，忽略这封邮件即可，密码不会改变。\n"
        "If it was not you, ignore this mail; your password stays as it is.\n"
    )
    return Letter(account.email, "设置新密码 · Set a new password", body)


def set_password_by_link(
    db: Database, passwords: Passwords, secret: str, password: str, *, now: datetime
) -> Account:
    """Set a new password with a one-time link, which ends every session of the account.

    Raises
    ------
    LinkSpent
        When the link was used, has expired, or its account is disabled.
    """
    hashed = passwords.hashed(password)
    with write_transaction(db, "set a new password by a link"):
        link = use_link(db, secret, "reset", now=now)
        account = find_account(db, link.account_id) if link is not None else None
        if account is None or not account.is_active:
            raise LinkSpent("the link for a new password was used or has expired")
        return _set(db, account.account_id, hashed, "account.password_reset", now)


def _set(db: Database, account_id: str, hashed: str, action: str, now: datetime) -> Account:
    with write_transaction(db, "set a new password"):
        before = read_account(db, account_id)
        changes = {"password_hash": hashed, "session_epoch": before.session_epoch + 1}
        account = update_account(db, account_id, changes)
        end_resets_of(db, account_id, now=now)  # whoever asked for one may not be its person
        record_change(db, Change(action, "account", account_id), actor=actor_of(account), now=now)
        message = Message(
            topic="account.password",
            text_zh="您的密码已更改，其他地方的登录都已结束。如果不是您本人操作，请立即联系管理员。",
            text_en="Your password was changed and every other session ended. If it was not you, "
            "tell the administrator at once.",
            address="/account",
        )
        tell(db, [account_id], message, now=now)
    return account
