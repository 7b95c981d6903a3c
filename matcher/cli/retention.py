"""Delete what is past its term, or only say what would be: ``retention``."""

from __future__ import annotations

from pathlib import Path

import click

from matcher.cli.database import current_database
from matcher.cli.options import echo_json, with_database, with_json, with_quiet
from matcher.cli.progress import Progress
from matcher.cli.text import table

EXAMPLE = """\b
例 · Example:
  aiplus retention --dry-run
  aiplus retention --json
"""
HEADER = ("种类 kind", "", "保存 kept for", "日志 log", "到期 over")


@click.command(short_help="保存期限 · delete what is past its term", epilog=EXAMPLE)
@click.option("--dry-run", is_flag=True, help="只计数，不删除 · count, delete nothing.")
@with_json
@with_quiet
@with_database
def retention(dry_run: bool, as_json: bool, quiet: bool, database: Path) -> None:
    """按种类删除超过保存期限的记录 · Delete what is older than the term of its kind.

    Logs are kept for half a year at least. The audit trail, engagements and consents are never
    deleted; of a shown list that led nowhere the digest stays. ``aiplus daily`` does it too.
    """
    from datetime import UTC, datetime

    from matcher.identity import COMMAND_LINE
    from matcher.workflow.upkeep.retention import forget, what_is_over

    now = datetime.now(UTC)
    with (
        current_database(database, read_only=dry_run) as db,
        Progress("保存期限 · retention", quiet=quiet) as progress,
    ):
        if dry_run:
            found = what_is_over(db, now=now, progress=progress)
        else:
            found = forget(db, actor=COMMAND_LINE, now=now, progress=progress)
    if as_json:
        echo_json(
            {
                "dry_run": dry_run,
                "kinds": [
                    {
                        "kind": one.term.kind,
                        "kept_for_days": one.term.kept_for.days,
                        "is_log": one.term.is_log,
                        "n": one.n,
                    }
                    for one in found
                ],
            }
        )
        return
    rows = [
        (
            one.term.kind,
            f"{one.term.label_zh} {one.term.label_en}",
            f"{one.term.kept_for.days} 天 days",
            "●" if one.term.is_log else "",
            str(one.n),
        )
        for one in found
    ]
    click.echo(table(HEADER, rows))
    done = "只计数，没有删除 · counted, nothing deleted" if dry_run else "已删除 · deleted"
    click.echo(f"{done}: {sum(one.n for one in found)}")
