"""What has to be done once a day: ``daily``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from matcher.cli.daily_matching import model_duty, supply_duty
from matcher.cli.database import current_database
from matcher.cli.options import note, with_database, with_quiet

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlite_utils import Database

EXAMPLE = """\b
例 · Example:
  aiplus daily
  0 1 * * * /opt/aiplus/.venv/bin/aiplus daily --quiet
"""

MOST_CLOCKS = 100_000


class Duty(NamedTuple):
    """One thing that is done every day; it returns what it did, in words."""

    name: str
    do: Callable[[Database, datetime], str]


def needs_duty(db: Database, now: datetime) -> str:
    """Let needs expire and remind of those that soon will."""
    from matcher.workflow.needs.expiry import expire_and_remind

    ended = expire_and_remind(db, now)
    return f"到期 · expired: {ended.n_expired}, 提醒 · reminded: {ended.n_reminded}"


def engagements_duty(db: Database, now: datetime) -> str:
    """Remind those whose answer is due, call a broker, close what nobody answers."""
    from matcher.workflow.engagements.clock_runs import run_clocks

    done = run_clocks(db, now, limit=MOST_CLOCKS)
    told = ", ".join(f"{name} {n}" for name, n in sorted(done.items()))
    return f"答复期限 · reply clock: {told or '没有到期 · nothing due'}"


def capabilities_duty(db: Database, now: datetime) -> str:
    """Remind providers of free slots that nobody confirmed, and of validity that ends."""
    from matcher.workflow.registration.capacity_reminders import remind_owners

    return f"提醒 · reminded: {remind_owners(db, now)}"


def drafts_duty(db: Database, now: datetime) -> str:
    """Delete what visitors left lying."""
    from matcher.workflow.drafts.keeping import forget_visitors

    return f"清理访客草稿 · drafts of visitors deleted: {forget_visitors(db, now)}"


def reports_duty(db: Database, now: datetime) -> str:
    """Keep the report of each month that has ended: from then on it never changes."""
    from matcher.identity import SYSTEM
    from matcher.settings import models_folder
    from matcher.workflow.learning.report_selection import keep_month, months_due

    months = months_due(db, now.date())
    for period in months:
        keep_month(db, models_folder(), period, actor=SYSTEM, now=now)
    return f"保存月度报告 · reports of months kept: {len(months)}"


def digest_duty(db: Database, now: datetime) -> str:
    """Put what was told since yesterday into one letter for those who want it so."""
    from matcher.workflow.messages.digest import send_digests

    return f"摘要邮件 · digests: {send_digests(db, now)}"


def retention_duty(db: Database, now: datetime) -> str:
    """Delete what is past the term of its kind; logs stay for half a year at least."""
    from matcher.identity import SYSTEM
    from matcher.workflow.upkeep.retention import forget

    done = [one for one in forget(db, actor=SYSTEM, now=now) if one.n]
    return ", ".join(f"{one.term.label_zh} {one.term.label_en}: {one.n}" for one in done) or "0"


# Each in its own transactions; add what else is due once a day here.
DUTIES = (
    Duty("需求 · needs", needs_duty),
    Duty("对接 · engagements", engagements_duty),
    Duty("能力 · capabilities", capabilities_duty),
    Duty("草稿 · drafts", drafts_duty),
    Duty("保存期限 · retention", retention_duty),
    Duty("报告 · reports", reports_duty),
    Duty("供给缺口 · supply gap", supply_duty),
    Duty("模型 · model", model_duty),
    Duty("摘要 · digest", digest_duty),  # last: it holds what the others have told
)


@click.command(short_help="每日任务 · do what is due once a day", epilog=EXAMPLE)
@with_database
@with_quiet
def daily(database: Path, quiet: bool) -> None:
    """每日任务：到期、提醒、清理 · Expire, remind and tidy up; call it once a day.

    Calling it twice does nothing more the second time, so a missed or doubled run does no harm.

    Exit code 1 where something could not be done; it is named, and everything else is done.
    """
    from datetime import UTC, datetime

    now = datetime.now(UTC)
    with current_database(database) as db:
        done = [is_done(duty, db, now, quiet=quiet) for duty in DUTIES]
    if not all(done):
        click.get_current_context().exit(1)


def is_done(duty: Duty, db: Database, now: datetime, *, quiet: bool) -> bool:
    """Do one duty and say what came of it; where it fails, the others still have to be done."""
    from matcher.cli.group import message_of, say_error  # here: it imports this module

    try:
        note(f"{duty.name}: {duty.do(db, now)}", quiet=quiet)
    except Exception as error:  # whatever it is: a fault of one is no fault of the others
        say_error(f"{duty.name}: 未完成 · not done: {message_of(error)}", error)
        return False
    return True
