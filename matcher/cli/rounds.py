"""Allocation rounds: ``rounds list|show|solve|replay|export``."""

from __future__ import annotations

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
from matcher.cli.text import table

if TYPE_CHECKING:
    from sqlite_utils import Database

EXAMPLE = """\b
例 · Example:
  aiplus rounds list
  aiplus rounds show RD1A2B3C4D5E6F
  aiplus rounds solve RD1A2B3C4D5E6F --by chen@example.org
  aiplus rounds replay RD1A2B3C4D5E6F
  aiplus rounds replay --all
  aiplus rounds export RD1A2B3C4D5E6F --format csv > round.csv
"""
LIST_HEADER = ("轮次 round", "标题 title", "状态 state", "截止 closes", "结果 result")
BY_HELP = "哪位管理员（邮箱）· which administrator, by e-mail address."
ALL = 1_000_000


@click.group("rounds", short_help="名额分配轮次 · allocation rounds", epilog=EXAMPLE)
def rounds_group() -> None:
    """列出、求解、重放、导出名额分配轮次。

    List, solve, replay and export allocation rounds; they are made and published on the site.
    """


@rounds_group.command(
    "list",
    short_help="列出轮次 · list rounds",
    epilog=example("aiplus rounds list", "aiplus rounds list --json"),
)
@with_json
@with_database
def list_all(as_json: bool, database: Path) -> None:
    """列出全部轮次 · List all rounds, the last made first."""
    from matcher.store.rounds import list_rounds

    with current_database(database, read_only=True) as db:
        found = list_rounds(db, limit=ALL)
    if as_json:
        names = ("round_id", "title", "title_en", "state", "seed", "inputs_digest", "result_digest")
        echo_json([{name: getattr(one, name) for name in names} for one in found])
        return
    rows = [
        (one.round_id, one.title, one.state, f"{one.closes_at:%Y-%m-%d}", one.result_digest[:12])
        for one in found
    ]
    click.echo(table(LIST_HEADER, rows))


@rounds_group.command(
    "show", short_help="一个轮次 · one round", epilog=example("aiplus rounds show RD1A2B3C4D5E6F")
)
@click.argument("round_id")
@with_json
@with_database
def show(round_id: str, as_json: bool, database: Path) -> None:
    """显示轮次的规则、摘要和数字 · Show a round's rules, digests and figures."""
    from matcher.store.rounds import read_round
    from matcher.workflow.rounds.reading import facts_of, figures_of

    with current_database(database, read_only=True) as db:
        found = read_round(db, round_id)
    record = facts_of(found) | (figures_of(found) if found.result is not None else {})
    if as_json:
        echo_json(record)
        return
    for name, value in record.items():
        click.echo(f"{name}: {value}")


@rounds_group.command(
    "solve",
    short_help="汇集并求解 · gather and solve",
    epilog=example("aiplus rounds solve RD1A2B3C4D5E6F --by chen@example.org"),
)
@click.argument("round_id")
@click.option("--by", "email", required=True, help=BY_HELP)
@with_quiet
@with_database
@with_models
def solve(round_id: str, email: str, quiet: bool, database: Path, models: Path) -> None:
    """意愿截止后汇集输入、冻结、求解并保存预览。

    Gather the inputs of a round whose statements have ended, freeze them, solve and keep a preview.
    A frozen round is solved again with its locks. Publishing it is done on the site.
    """
    from matcher.cli.models import act_of
    from matcher.cli.round_jobs import matcher_of, solve_now

    with (
        current_database(database) as db,
        Progress("求解 · solving", quiet=quiet) as progress,
    ):
        actor = act_of(db, email, "").actor
        result = solve_now(db, round_id, lambda: matcher_of(database, models), actor, progress)
    click.echo(
        f"{len(result.placements)} 项安排 · placements, {len(result.unmatched_needs)} 未获 · "
        f"unmatched, 期望成功 · expected successes {result.total_score:.3f}\n"
        f"inputs {result.inputs_digest}\nresult {result.digest}"
    )


@rounds_group.command(
    "replay",
    short_help="重放轮次 · replay rounds",
    epilog=example("aiplus rounds replay RD1A2B3C4D5E6F", "aiplus rounds replay --all"),
)
@click.argument("round_id", required=False)
@click.option("--all", "everything", is_flag=True, help="全部已求解的轮次 · every solved round.")
@with_json
@with_quiet
@with_database
def replay(
    round_id: str | None, everything: bool, as_json: bool, quiet: bool, database: Path
) -> None:
    """由冻结的输入重新求解，结果必须相同。

    Solve a round again from its frozen inputs; the result must have the stored digest. Exit code 2
    with what differs where the file was altered or the result is another one.
    """
    if bool(round_id) == everything:
        raise click.UsageError("name a ROUND_ID, or --all · 请给出轮次编号，或 --all")
    with (
        current_database(database, read_only=True) as db,
        Progress("重放 · replaying", quiet=quiet) as progress,
    ):
        replayed = _replayed(db, round_id, progress)
    if as_json:
        echo_json([{"round_id": one, "result_digest": digest} for one, digest in replayed])
        return
    for one, digest in replayed:
        click.echo(f"{one}: 相同 · the same, {digest}")
    note(f"{len(replayed)} 个轮次 · rounds", quiet=quiet)


def _replayed(db: Database, round_id: str | None, progress: Progress) -> list[tuple[str, str]]:
    from matcher.store.rounds import list_rounds
    from matcher.workflow.rounds.replay import replay_round

    solved = [one.round_id for one in list_rounds(db, limit=ALL) if one.result is not None]
    wanted, replayed = [round_id] if round_id else solved, []
    for number, one in enumerate(wanted, start=1):
        replayed.append((one, replay_round(db, one).digest))
        progress(number, len(wanted))
    return replayed


@rounds_group.command(
    "export",
    short_help="导出结果 · export a result",
    epilog=example("aiplus rounds export RD1A2B3C4D5E6F --format csv > round.csv"),
)
@click.argument("round_id")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["json", "csv"]),
    default="json",
    show_default=True,
    help="格式 · the format.",
)
@with_database
def export(round_id: str, kind: str, database: Path) -> None:
    """导出结果，匿名名称保持匿名 · Export a result; masked names stay masked."""
    record = _exported(database, round_id)
    if kind == "json":
        echo_json(record)
        return
    from matcher.workflow.rounds.reading import csv_of

    click.echo(csv_of(record), nl=False)


def _exported(database: Path, round_id: str) -> dict[str, Any]:
    from matcher.store.catalogue import read_catalogue
    from matcher.store.rounds import read_round
    from matcher.workflow.rounds.reading import export_of

    with current_database(database, read_only=True) as db:
        return export_of(db, read_catalogue(db), read_round(db, round_id))
