"""Tell accounts what is new in their saved searches: ``alerts``."""

from __future__ import annotations

from pathlib import Path

import click

from matcher.cli.database import current_database
from matcher.cli.options import note, with_database, with_quiet

EXAMPLE = """\b
例 · Example:
  aiplus alerts
"""


@click.command(short_help="发送检索提醒 · tell of news in saved searches", epilog=EXAMPLE)
@with_database
@with_quiet
def alerts(database: Path, quiet: bool) -> None:
    """把保存的检索中新增或更新的内容放入站内信 · Put what is new in saved searches into inboxes.

    Run it after records were changed outside the site. What was told is not told again.
    """
    from datetime import UTC, datetime

    from matcher.workflow.messages.alerts import deliver_alerts

    with current_database(database) as db:
        n_told = deliver_alerts(db, datetime.now(UTC))
    note(f"提醒 · alerts: {n_told}", quiet=quiet)
