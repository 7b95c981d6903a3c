"""What only a demonstration has: an invented year, a story in four roles: ``demo``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matcher.cli.database import current_database
from matcher.cli.options import (
    echo_json,
    example,
    note,
    with_database,
    with_json,
    with_models,
    with_quiet,
)
from matcher.cli.progress import Progress

if TYPE_CHECKING:
    from matcher.workflow.demonstration.story import Story, StoryStep

EXAMPLE = """\b
例 · Example:
  aiplus demo history --seed 7
  aiplus demo history --seed 7 --pairs 100000 --until 2026-11-01 --yes
  AIPLUS_DATABASE=story.db aiplus demo story --seed 7
"""
FEWEST, MOST = 1_000, 500_000
ROLE_WORDS = {
    "enterprise": "需求方 enterprise",
    "provider": "供给方 provider",
    "base": "中试基地 pilot base",
    "reviewer": "场景经理人 reviewer",
    "system": "系统 service",
}


@click.group(short_help="演示数据 · data of a demonstration", epilog=EXAMPLE)
def demo() -> None:
    """只用于演示的数据，处处标明为合成 · Data of a demonstration, named synthetic everywhere."""


@demo.command(
    short_help="生成一年的合成历史 · invent a year of history",
    epilog=example(
        "aiplus demo history --seed 7",
        "aiplus demo history --seed 7 --pairs 100000 --until 2026-11-01 --yes",
    ),
)
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
@with_quiet
@with_database
def history(  # noqa: PLR0913 (each is an option)
    seed: int,
    pairs: int,
    until: datetime | None,
    yes: bool,
    as_json: bool,
    quiet: bool,
    database: Path,
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
        note("生成 · inventing", quiet=quiet)
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


@demo.command(
    short_help="四个角色演完一个需求 · play a whole story",
    epilog=example("AIPLUS_DATABASE=story.db aiplus demo story --seed 7"),
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="随机种子；决定实测值、评分和每步间隔 · decides what is measured, ratings and delays.",
)
@with_json
@with_quiet
@with_database
@with_models
def story(seed: int, as_json: bool, quiet: bool, database: Path, models: Path) -> None:
    """在全新的库里上演一个需求的全程：从写需求到公开案例与学习标签。

    Play the way of one need in four roles on a fresh database: written, reviewed, published,
    matched, interest of both sides, disclosure, talks, pilot, plan, measured results, outcome,
    permission, published case, label. People and organisations are made up and say so. A database
    in which anybody has worked is refused; where there is none, it is made, and the shipped
    catalogue is loaded into it. Then try `aiplus replay --all` and `aiplus audit verify`.
    """
    from datetime import UTC

    from matcher.cli.catalogue import init, load_catalogue
    from matcher.cli.demonstration import keep_passwords
    from matcher.store.catalogue import catalogue_revision
    from matcher.workflow.accounts.passwords import Passwords
    from matcher.workflow.demonstration.accounts import open_demonstration
    from matcher.workflow.demonstration.story import Story, refuse_other_data

    context, now = click.get_current_context(), datetime.now(UTC)
    if not database.exists():
        context.invoke(init, database=database, quiet=as_json or quiet)
    with current_database(database) as db:
        refuse_other_data(db)
        is_empty = not catalogue_revision(db)
    if is_empty:
        context.invoke(load_catalogue, database=database, quiet=as_json or quiet)
    with current_database(database) as db:
        made = open_demonstration(db, Passwords(), now=now)
        passwords = keep_passwords(database, made)
        told = Story(db, database, models, seed=seed, now=now)
        steps = _played(told, as_json=as_json, quiet=quiet)
    if as_json:
        echo_json({"synthetic": True, "seed": seed, "need_id": told.need_id, "steps": steps})
        return
    note(
        f"演示账户的密码 · passwords of the demonstration's accounts: {passwords}",
        quiet=quiet,
    )
    note("接着试试 · now try: aiplus replay --all && aiplus audit verify", quiet=quiet)


def _played(told: Story, *, as_json: bool, quiet: bool) -> list[dict[str, Any]]:
    """Play all scenes; the printed steps say how far it is, for programs a bar does."""
    from matcher.workflow.demonstration.story_scenes import SCENES, play

    steps = []
    with Progress("上演 · playing", quiet=quiet or not as_json) as progress:
        for step in play(told):
            steps.append(_told(step, as_json))
            progress(len(steps), len(SCENES))
    return steps


def _told(step: StoryStep, as_json: bool) -> dict[str, Any]:
    """Print a step as it is played, and return it for programs."""
    if not as_json:
        who = ROLE_WORDS[step.role]
        click.echo(f"{step.number:>2}. {step.at:%Y-%m-%d} [{who}] {step.said.zh}")
        click.echo(f"    {step.said.en}")
    return {
        "number": step.number,
        "role": step.role,
        "at": step.at.isoformat(),
        "zh": step.said.zh,
        "en": step.said.en,
    }
