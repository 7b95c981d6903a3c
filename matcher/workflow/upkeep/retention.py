"""How long each kind of record is kept, and deleting what is over; a dry run only counts.

Logs are kept for half a year at least, as the Cybersecurity Law (Article 21) asks of network
operators; the terms of logs here are longer. The audit trail, engagements, consents and outcomes
have no term: they are what matches are explained and reports are made from. Shown lists that led
nowhere have a long one; their digests stay in the chain of what was shown.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlite_utils import Database

from matcher.identity import Actor
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.login_attempts import KEPT_FOR
from matcher.store.mail import WAITS_AT_MOST
from matcher.store.retention import count_over, delete_over

LOGS_AT_LEAST = timedelta(days=183)  # half a year, whichever months it has
# Long enough to send what was refused again, or to complain about the refusal.
EVIDENCE_FILES_KEPT = timedelta(days=90)


class Term(NamedTuple):
    """One kind of record, how long it is kept, and why so long."""

    kind: str
    kept_for: timedelta
    is_log: bool
    label_zh: str
    label_en: str


TERMS = (
    Term("login_attempts", KEPT_FOR, True, "登录尝试（摘要）", "attempts to sign in (digests)"),
    Term("jobs", timedelta(days=365), True, "后台任务记录", "records of background jobs"),
    Term("model_checks", timedelta(days=730), True, "模型夜间测试", "nightly tests of the model"),
    Term("shown_lists", timedelta(days=3653), True, "无后续的展示列表", "shown lists, led nowhere"),
    Term("one_time_links", timedelta(days=30), False, "失效的一次性链接", "one-time links, ended"),
    Term("mails", WAITS_AT_MOST, False, "邮件队列", "queued mail"),
    Term("visitor_drafts", timedelta(days=30), False, "访客草稿", "drafts of visitors"),
    Term("member_drafts", timedelta(days=365), False, "成员未动的草稿", "old drafts of members"),
    Term("lost_files", timedelta(days=1), False, "草稿已删的附件", "files of drafts that are gone"),
    Term("evidence_files", EVIDENCE_FILES_KEPT, False, "无引用的证据文件", "unused evidence files"),
    Term("read_notices", timedelta(days=365), False, "已读通知", "notices that were read"),
    Term("unread_notices", timedelta(days=730), False, "未读通知", "notices that nobody read"),
)  # fmt: skip


Progress = Callable[[int, int], None]


def _silent(done: int, total: int) -> None:
    """Tell nobody."""


class Over(NamedTuple):
    """How many records of a kind are over, or were deleted."""

    term: Term
    n: int


def what_is_over(db: Database, *, now: datetime, progress: Progress = _silent) -> list[Over]:
    """Return how many records of each kind are past their term; nothing is changed."""
    found = []
    for number, term in enumerate(TERMS, start=1):
        found.append(Over(term, count_over(db, term.kind, now - term.kept_for)))
        progress(number, len(TERMS))
    return found


def forget(
    db: Database, *, actor: Actor, now: datetime, progress: Progress = _silent
) -> list[Over]:
    """Delete what is past its term, kind by kind, and audit how much of each.

    Doing it twice deletes nothing the second time. ``progress`` is told (kinds done, kinds in all).
    """
    done = []
    for number, term in enumerate(TERMS, start=1):
        with write_transaction(db, f"forget {term.kind}"):
            n = delete_over(db, term.kind, now - term.kept_for)
            if n:
                after = {"deleted": n, "older_than_days": term.kept_for.days}
                change = Change("retention.applied", "retention", term.kind, after=after)
                record_change(db, change, actor=actor, now=now)
        done.append(Over(term, n))
        progress(number, len(TERMS))
    return done
