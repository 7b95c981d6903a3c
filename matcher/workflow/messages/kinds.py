"""Kinds of notices, and when each is mailed: at once, once a day together, or never.

What concerns the account itself is of no kind: only the account's own setting decides on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlite_utils import Database

from matcher.errors import InvalidRecord
from matcher.identity import Account, actor_of
from matcher.schemas.messages import Problem, problem
from matcher.store.accounts import read_account
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.preferences import read_preferences, write_preferences
from matcher.vocabulary import codes, options

AT_ONCE, DAILY, NEVER = "at_once", "daily", "none"
ACCOUNT, OTHER = "account", "platform"
# Kind (vocabulary notice_kind) → beginnings of the topics that it holds.
TOPICS: Mapping[str, tuple[str, ...]] = {
    "engagement": ("engagement.", "meeting.", "pilot.", "appeal."),
    "need": ("need.", "question."),
    "record": ("proposal.", "capability.", "organisation.", "member."),
    "call": ("round.", "open_call."),
    "search": ("search.",),
}
# Topics that are mailed unless somebody wants no mail at all.
IMPORTANT = (
    "account.",
    "appeal.",
    "engagement.",
    "model.",
    "need.answered",
    "need.candidates",
    "need.expiring",
    "open_call.",
    "organisation.",
    "proposal.",
    "round.",
)
PREFIX = "mail."


def kind_of(topic: str) -> str:
    """Return the kind of notice that a topic is.

    Examples
    --------
    >>> kind_of("engagement.accept"), kind_of("account.password"), kind_of("model.promotion_asked")
    ('engagement', 'account', 'platform')
    """
    if topic.startswith(f"{ACCOUNT}."):
        return ACCOUNT
    return next((kind for kind, starts in TOPICS.items() if topic.startswith(starts)), OTHER)


def timing_of(account: Account, chosen: Mapping[str, str], topic: str) -> str:
    """Return when an account is mailed a notice: at once, in the daily digest, or never.

    Parameters
    ----------
    chosen : mapping
        As ``read_preferences`` returns them; without a choice the account's setting decides.
    """
    if account.is_demo:
        return NEVER
    kind = kind_of(topic)
    own = "" if kind == ACCOUNT else chosen.get(PREFIX + kind, "")
    return own or _by_setting(account, topic)


def _by_setting(account: Account, topic: str) -> str:
    if account.mails == "none":
        return NEVER
    return AT_ONCE if account.mails == "all" or topic.startswith(IMPORTANT) else NEVER


def standard_timing(account: Account, kind: str) -> str:
    """Return when most notices of a kind are mailed where nothing was chosen for it."""
    if account.mails == "none":
        return NEVER
    important = any(topic.startswith(TOPICS.get(kind, ("model.",))) for topic in IMPORTANT)
    return AT_ONCE if account.mails == "all" or important else NEVER


def timings(db: Database, account_id: str) -> dict[str, str]:
    """Return what an account has chosen for each kind; empty: as its setting says."""
    chosen = read_preferences(db, account_id)
    return {kind: chosen.get(PREFIX + kind, "") for kind in codes("notice_kind")}


def choose_timings(
    db: Database, account_id: str, wanted: Mapping[str, str], *, now: datetime
) -> None:
    """Keep when an account wants each kind of notice mailed.

    It decides on what is told from now on: what was mailed at once is in no digest, and what waits
    for one comes with the next unless its kind is never to be mailed.

    Raises
    ------
    InvalidRecord
        When a kind or a timing is unknown; nothing was changed.
    """
    errors = {kind: [told] for kind, timing in wanted.items() for told in _problems(kind, timing)}
    if errors:
        raise InvalidRecord("mail_choice", errors)
    with write_transaction(db, f"choose mails of {account_id}"):
        account, before = read_account(db, account_id), timings(db, account_id)
        changed = {kind: timing for kind, timing in wanted.items() if timing != before[kind]}
        if not changed:
            return
        chosen = {PREFIX + kind: timing for kind, timing in changed.items()}
        write_preferences(db, account_id, chosen, now=now)
        change = Change(
            "account.mails_chosen", "account", account_id, before, {**before, **changed}
        )
        record_change(db, change, actor=actor_of(account), now=now)


def _problems(kind: str, timing: str) -> list[Problem]:
    for vocabulary, code in (("notice_kind", kind), ("mail_timing", timing)):
        if code and code not in codes(vocabulary):
            words = {
                f"choices_{language}": ", ".join(name for _, name in options(vocabulary, language))
                for language in ("zh", "en")
            }
            return [problem("unknown_code", code, **words)]
    return []
