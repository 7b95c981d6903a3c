"""What only a demonstration has: an invented year of matching: ``demo``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from matcher.cli.database import current_database
from matcher.cli.options import echo_json, with_database, with_json

EXAMPLE = """\b
例 · Example:
  aiplus demo history --seed 7
  aiplus demo history --seed 7 --pairs 100000 --until 2026-11-01 --yes
"""
FEWEST, MOST = 1_000, 500_000


@click.group(short_help="演示数据 · data of a demonstration", epilog=EXAMPLE)
def demo() -> None:
    """只用于演示的数据，处处标明为合成 · Data of a demonstration, named synthetic everywhere."""


@demo.command(short_help="生成一年的合成历史 · invent a year of history", epilog=EXAMPLE)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    required=True,
    help="随机种子；相同的种子和日期生成相同的历史 · the same seed and days give the same history.",
)
@click.option(
    "--pairs",
    type=click.IntRange(FEWEST, MOST),
    default=24_000,
    show_default=True,
    help="约展示多少个配对，每个列表十个 · about how many shown pairs, ten a list.",
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="这一年之后的第一天；默认为本月第一天 · the first day after the year; "
    "by default the first of this month.",
)
@click.option(
    "--yes",
    is_flag=True,
    help="也写入一个没有任何账户和匹配的空库，并标为演示库 · also write to an empty database, "
    "which is marked as a demonstration.",
)
@with_json
@with_database
def history(
    seed: int, pairs: int, until: datetime | None, yes: bool, as_json: bool, database: Path
) -> None:
    """生成一年的合成匹配历史，供演示匹配质量报告 · Invent a year of matching for the reports.

    Nothing in it is real: rates are those that platforms publish, biases and one drift are put in
    on purpose, and every page and export built on it says "synthetic". It goes into the database of
    a demonstration only, and takes the place of what was invented before.
    """
    from datetime import UTC

    from matcher.identity import COMMAND_LINE
    from matcher.simulation.year import Plan
    from matcher.workflow.demonstration.history import first_of_month, invent_history

    now = datetime.now(UTC)
    ends_on = until.date() if until is not None else first_of_month(now.date())
    with current_database(database) as db:
        plan = Plan(seed, ends_on, pairs)
        made = invent_history(db, plan, actor=COMMAND_LINE, now=now, anyway=yes)
    if as_json:
        echo_json(
            {
                "synthetic": True,
                "seed": made.seed,
                "n_pairs": made.n_pairs,
                "from": made.starts_on.isoformat(),
                "to": made.ends_on.isoformat(),
            }
        )
        return
    click.echo(
        f"合成历史 · synthetic history: seed {made.seed}, {made.n_pairs} 个配对 pairs, "
        f"{made.starts_on} – {made.ends_on}"
    )
