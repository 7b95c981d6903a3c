"""The daily digest: what was told since the last one, in one letter, to those who want it so.

A notice waits from when it is told until a digest takes it: however long the daily run takes, it is
in one digest and no other. What was read in the inbox meanwhile is left out. The notices name
nobody who is masked, and the digest says no more than they do.
"""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from matcher.identity import Account
from matcher.store.accounts import find_account
from matcher.store.connection import write_transaction
from matcher.store.mail import Letter, add_mail
from matcher.store.notices import Notice, accounts_waiting, take_waiting
from matcher.store.preferences import read_preferences
from matcher.workflow.messages.kinds import NEVER, timing_of
from matcher.workflow.messages.notifying import SITE, marked

MOST_LISTED = 50


def send_digests(db: Database, now: datetime) -> int:
    """Queue a letter for everybody who has something in the digest; return how many.

    Doing it twice queues nothing more the second time.
    """
    n_letters = 0
    for account_id in accounts_waiting(db):
        with write_transaction(db, f"digest of {account_id}"):
            account = find_account(db, account_id)
            if account is None or not account.is_active:
                continue
            notices = _due(db, account)
            if notices:
                add_mail(db, letter_of(account, notices), now=now)
                n_letters += 1
    return n_letters


def _due(db: Database, account: Account) -> list[Notice]:
    """Take the notices that wait for an account's digest, the oldest first.

    Those of a kind that is mailed at once by now are among them: nothing else would mail them.
    """
    chosen = read_preferences(db, account.account_id)
    return [
        notice._replace(message=marked(db, notice.message))
        for notice in take_waiting(db, account.account_id)
        if timing_of(account, chosen, notice.message.topic) != NEVER
    ]


def letter_of(account: Account, notices: list[Notice]) -> Letter:
    """Return notices as one letter, in the account's language or in both."""
    languages = (account.language,) if account.language else ("zh", "en")
    shown = notices[-MOST_LISTED:]
    parts = [_part(language, shown, len(notices)) for language in languages]
    subjects = {
        "zh": f"今日 {len(notices)} 条通知",
        "en": f"{len(notices)} notices today" if len(notices) > 1 else "1 notice today",
    }
    body = "\n\n".join(parts) + f"\n\n--\n{SITE}/account/mail\n"
    return Letter(account.email, " · ".join(subjects[one] for one in languages), body)


def _part(language: str, notices: list[Notice], n_all: int) -> str:
    lines = [_line(language, notice) for notice in notices]
    left = n_all - len(notices)
    if left:
        more = {"zh": f"另有更早的 {left} 条", "en": f"{left} earlier ones"}[language]
        lines.append(f"- {more}\n  {SITE}/inbox")
    return "\n".join(lines)


def _line(language: str, notice: Notice) -> str:
    message = notice.message
    text = message.text_zh if language == "zh" else message.text_en
    link = f"\n  {SITE}{message.address}" if message.address else ""
    return f"- {text}{link}"
