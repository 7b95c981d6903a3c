"""Read the match-quality report: of the model, and of what really happened: ``report``."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matcher.cli.options import echo_json, note, with_database, with_json, with_models, with_quiet
from matcher.cli.progress import Progress
from matcher.errors import ModelIncompatible, ModelMissing

if TYPE_CHECKING:
    from matcher.learning.history import Wanted
    from matcher.reports.history.cut import Period

EXAMPLE = """\b
例 · Example:
  aiplus report
  aiplus report --full
  aiplus report --from 2026-10-01 --to 2026-11-01 --snapshot
  aiplus report --only size=small --only industry=C26 --json
  aiplus report --model additive-2026-11 --json
"""
FILTERS = ("industry", "size", "region", "language", "origin", "model")
DAY = click.DateTime(["%Y-%m-%d"])


@click.command(short_help="查看匹配质量报告 · read the quality report", epilog=EXAMPLE)
@click.option(
    "--model",
    "model_id",
    default="",
    metavar="ID",
    help="模型编号，默认为服务中的模型 · a model's id; the serving model by default.",
)
@click.option("--full", is_flag=True, help="全部数字 · every figure, not only the summary.")
@click.option(
    "--from",
    "start",
    type=DAY,
    default=None,
    help="第一天；默认为上个整月 · the first day; by default the last whole month.",
)
@click.option(
    "--to",
    "end",
    type=DAY,
    default=None,
    help="最后一天之后的一天 · the day after the last one.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="NAME=VALUE",
    help="只看一部分，可重复：industry、size、region、language、origin、model · "
    "a part only, may be repeated.",
)
@click.option(
    "--snapshot",
    is_flag=True,
    help="保存为该时段的报告，以后不再改变；已保存的直接读出 · "
    "keep it as the period's report, which never changes; one that is kept is read.",
)
@with_json
@with_quiet
@with_models
@with_database
def report(
    model_id: str, full: bool, as_json: bool, quiet: bool, models: Path, **asked: Any
) -> None:
    """查看匹配质量报告 · Show how good the matching is: what really happened, and the model.

    First what was shown and answered in a period, each figure with its number, interval and the
    period before; then how the model fares on real cases beside every baseline. A figure without
    enough data says so. What rests on synthetic history says so in each block.
    """  # fmt: skip
    live = _live(models, quiet=quiet, **asked)
    offline = _offline(models, model_id, quiet=quiet)
    if as_json:
        echo_json({**offline, **live})
        return
    from matcher.reports.evaluation_tables import evaluation_markdown, summary_markdown
    from matcher.reports.history.words import report_lines

    for line in report_lines(live, full=full):
        click.echo(line)
    if offline:
        click.echo("\n## 模型在真实案例与评测包上 the model on real cases and packs\n")
        click.echo(evaluation_markdown(offline) if full else summary_markdown(offline))


def _live(  # noqa: PLR0913 (each is an option of the command)
    models: Path,
    *,
    quiet: bool,
    database: Path,
    start: datetime | None,
    end: datetime | None,
    only: tuple[str, ...],
    snapshot: bool,
) -> dict[str, Any]:
    """Return the report on what happened; where there is no database nothing has."""
    from matcher.cli.database import current_database
    from matcher.workflow.learning.quality_reports import make_report, model_facts

    now = datetime.now(UTC)
    period, wanted = _period(start, end, now.date()), _wanted(only)
    if snapshot and only:
        raise click.UsageError("--snapshot 不能与 --only 同用 · --snapshot keeps the whole only")
    with Progress("报告 report", quiet=quiet) as progress:
        given: dict[str, Any] = {
            "today": now.date(), "wanted": wanted,
            "progress": progress,
        }  # fmt: skip
        if not database.exists() and not snapshot:
            note(f"没有数据库，没有历史 · no database {database}, so no history", quiet=quiet)
            return make_report(None, period, models=model_facts(None, models), **given)
        with current_database(database, read_only=not snapshot) as db:
            given["models"] = model_facts(db, models)
            if not snapshot:
                return make_report(db, period, **given)
            return _kept(db, period, given, now)


def _kept(db: Any, period: Period, given: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return the kept report of a period, keeping it first where none is."""
    from matcher.errors import UnknownRecord
    from matcher.identity import COMMAND_LINE
    from matcher.workflow.learning.history_demonstrations import is_synthetic
    from matcher.workflow.learning.quality_reports import keep_report, kept_report, make_report

    if period.end > now.date():
        raise click.UsageError(
            f"时段尚未结束 · the period ends on {period.end}, which has not come; nothing was kept"
        )
    synthetic = is_synthetic(db)
    try:
        return kept_report(db, period, synthetic=synthetic)
    except UnknownRecord:
        made = make_report(db, period, **given)
    keep_report(db, made, actor=COMMAND_LINE, now=now)
    return kept_report(db, period, synthetic=synthetic)


def _period(start: datetime | None, end: datetime | None, today: date) -> Period:
    from matcher.reports.history.cut import Period
    from matcher.workflow.learning.quality_reports import last_month

    usual = last_month(today)
    if start is None and end is None:
        return usual
    last = end.date() if end else max(today, start.date()) if start else usual.end
    first = start.date() if start else last.replace(day=1)
    if first >= last:
        raise click.UsageError(
            f"--from {first} 必须早于 --to {last} · --from must be before --to, the day after the "
            "last one"
        )
    return Period(first, last)


def _wanted(only: tuple[str, ...]) -> Wanted:
    from matcher.learning.history import Wanted

    found: dict[str, str] = {}
    for one in only:
        name, sign, value = one.partition("=")
        if name not in FILTERS or not sign or not value:
            raise click.UsageError(
                f"--only {one!r}: 应为 NAME=VALUE · expected NAME=VALUE with a name of "
                f"{', '.join(FILTERS)}"
            )
        found[name] = value
    return Wanted(**found)


def _offline(models: Path, model_id: str, *, quiet: bool) -> dict[str, Any]:
    """Return the report kept beside a model; a model that serves may have none yet."""
    from matcher.ranking.registry import load_model, serving_model_id

    folder = models / (model_id or serving_model_id(models))
    load_model(folder)  # refuses a folder that is missing, damaged or altered
    try:
        return read_report(folder)
    except ModelMissing as error:
        if model_id:
            raise
        note(str(error), quiet=quiet)
        return {}


def read_report(folder: Path) -> dict[str, Any]:
    """Return the report kept in a model's folder.

    Raises
    ------
    ModelMissing
        No report was made for this model yet.
    ModelIncompatible
        It is not readable, or was made for another model.
    """
    from matcher.reports.build import REPORT_FILE

    path = folder / REPORT_FILE
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ModelMissing(
            f"尚无报告 · {path} does not exist; make it with `make bench-quality PACKS=DIR`",
            path=str(path),
        ) from error
    except (OSError, ValueError) as error:
        raise ModelIncompatible(
            f"{path} is not readable JSON: {error}; make it again with `make bench-quality`",
            path=str(path),
        ) from error
    if not isinstance(content, dict) or content.get("model_id") != folder.name:
        raise ModelIncompatible(
            f"{path} is not the report of the model {folder.name!r}; make it again with "
            "`make bench-quality`",
            path=str(path),
        )
    return content
