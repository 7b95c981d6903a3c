"""Tell people something: a notice in the inbox and, where they want it, a mail that says the same.

Whoever changes something that concerns others calls ``tell`` inside the same write transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from matcher.identity import Account
from matcher.store.accounts import find_account, list_accounts
from matcher.store.mail import Letter, add_mail
from matcher.store.notices import Message, add_notice
from matcher.store.ownership import is_made_up
from matcher.store.preferences import read_preferences
from matcher.workflow.messages.kinds import AT_ONCE, DAILY, timing_of

SITE = "{site}"  # stands for the site's address until the letter is sent
LONGEST_SUBJECT = 120
ALL = 1_000_000
# Behind what is a demonstration's, wherever it is told of.
MARK_ZH, MARK_EN = "（演示数据）", " (demonstration)"


def tell(db: Database, account_ids: Iterable[str], message: Message, *, now: datetime) -> int:
    """Put a message into inboxes and queue it as mail for those who want that.

    Returns
    -------
    int
        How many accounts were told; those that are disabled or unknown are not.
    """
    found = (find_account(db, account_id) for account_id in dict.fromkeys(account_ids))
    told = [account for account in found if account is not None and account.is_active]
    when = {
        one.account_id: timing_of(one, read_preferences(db, one.account_id), message.topic)
        for one in told
    }
    waiting = {account_id for account_id, timing in when.items() if timing == DAILY}
    add_notice(db, when, message, now=now, waiting=waiting)
    mailed = [account for account in told if when[account.account_id] == AT_ONCE]
    shown = marked(db, message) if mailed else message
    for account in mailed:
        add_mail(db, letter_of(account, shown), now=now)
    return len(told)


def marked(db: Database, message: Message) -> Message:
    """Return a message as a letter says it: what is a demonstration's is named so."""
    if not is_made_up(db, message.object_kind, message.object_id):
        return message
    return message._replace(text_zh=message.text_zh + MARK_ZH, text_en=message.text_en + MARK_EN)


def tell_organisation(
    db: Database,
    organisation_id: str,
    message: Message,
    *,
    role: str = "",
    but: str = "",
    now: datetime,
) -> int:
    """Tell every account of an organisation, or those in one role; nobody where it is none.

    Parameters
    ----------
    but : str
        Who is not told, such as the one who acts.
    """
    if not organisation_id:  # without one the list would be of everybody
        return 0
    accounts = list_accounts(db, organisation_id=organisation_id, role=role, limit=ALL)
    others = [account.account_id for account in accounts if account.account_id != but]
    return tell(db, others, message, now=now)


def tell_staff(db: Database, role: str, message: Message, *, now: datetime) -> int:
    """Tell everybody who acts for the platform in a role."""
    accounts = list_accounts(db, role=role, limit=ALL)
    return tell(db, [account.account_id for account in accounts], message, now=now)


def letter_of(account: Account, message: Message) -> Letter:
    """Return a message as a letter, in the account's language or in both."""
    texts = {"zh": [message.text_zh], "en": [message.text_en]}.get(
        account.language, [message.text_zh, message.text_en]
    )
    link = [f"{SITE}{message.address}"] if message.address else []
    note = {
        "zh": ["可以在“我的账户”里选择哪些通知发到邮箱。"],
        "en": ["You choose which notices are mailed under “My account”."],
    }.get(account.language, ["通知设置 · mail settings:"])
    body = "\n\n".join([*texts, *link, "--\n" + "\n".join([*note, f"{SITE}/account/mail"])])
    return Letter(account.email, subject_of(account.language, message), body + "\n")


def subject_of(language: str, message: Message) -> str:
    """Return the first words of a message as a subject of one line."""
    chosen = {"zh": message.text_zh, "en": message.text_en}.get(
        language, f"{message.text_zh} · {message.text_en}"
    )
    line = " ".join(chosen.split())
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1] + "…"
