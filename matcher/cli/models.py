"""Models and which one serves: ``models list|show|compare|update|promote|rollback``."""

from __future__ import annotations

from datetime import UTC, datetime
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
from matcher.errors import MatcherError

if TYPE_CHECKING:
    from sqlite_utils import Database

    from matcher.reports.model_card import Card
    from matcher.workflow.needs.states import Act

EXAMPLE = """\b
例 · Example:
  aiplus models list
  aiplus models update --name additive-2027-01
  aiplus models compare additive-2027-01
  aiplus models promote additive-2027-01 --by chen@example.org --reason 三月的反馈
  aiplus models rollback --by chen@example.org
"""
LIST_HEADER = ("模型 model", "服务中 serves", "建立 made", "来自 parent", "合成 synthetic")
ROW_HEADER = (
    "检查 check",
    "对照 against",
    "候选 candidate",
    "对照值 other",
    "差 difference",
    "n",
    "",
)
BY_HELP = "哪位管理员（邮箱）· which administrator, by e-mail address."
VERDICTS = {
    "better": "更好 better",
    "equal": "不差 no worse",
    "worse": "更差 worse",
    "not_enough": "数据不足 not enough data",
}


class UnknownAdministrator(MatcherError):
    """No active administrator has this e-mail address."""

    code = "unknown_administrator"


@click.group("models", short_help="模型：查看、比较、上线、回退 · models", epilog=EXAMPLE)
def models_group() -> None:
    """查看、比较、更新模型，决定由哪个模型服务 · Look at models and decide which one serves.

    The database records which model serves; the site takes it with the next request.
    """


@models_group.command(
    "list",
    short_help="列出模型 · list models",
    epilog=example("aiplus models list", "aiplus models list --json"),
)
@with_json
@with_database
@with_models
def list_models(as_json: bool, database: Path, models: Path) -> None:
    """列出模型文件夹中的模型 · List the models that are there and say which one serves."""
    from matcher.ranking.registry import load_model
    from matcher.workflow.matching.serving import model_folder, model_folders, serving_id

    with current_database(database, read_only=True) as db:
        serving = serving_id(db, models)
    found = []
    for name in model_folders(models):
        manifest = load_model(model_folder(models, name)).manifest
        found.append(
            {
                "model_id": name,
                "serves": name == serving,
                "created_on": manifest.get("created_on", ""),
                "parent": manifest.get("parent", ""),
                "synthetic": bool(manifest.get("synthetic")),
            }
        )
    if as_json:
        echo_json(found)
        return
    marks = {True: "●", False: ""}
    rows = [tuple(marks.get(v, str(v)) if v in (True, False) else str(v) for v in one.values())
            for one in found]  # fmt: skip
    click.echo(table(LIST_HEADER, rows))


@models_group.command(
    "show",
    short_help="查看模型记录 · show a model's record",
    epilog=example(
        "aiplus models show additive-2026-11", "aiplus models show additive-2026-11 --card"
    ),
)
@click.argument("model_id")
@click.option("--card", "only_card", is_flag=True, help="只看模型卡 · the model card alone.")
@with_json
@with_database
@with_models
def show_model(model_id: str, only_card: bool, as_json: bool, database: Path, models: Path) -> None:
    """查看一个模型的记录、比较、变更与模型卡 · Show its record, comparisons, changes, card."""
    if only_card and not as_json:
        from matcher.reports.model_card import read_card
        from matcher.workflow.matching.serving import model_folder

        echo_card(read_card(model_folder(models, model_id)))
        return
    with current_database(database, read_only=True) as db:
        found = model_record(db, models, model_id)
    if as_json:
        echo_json(found)
    else:
        echo_record(found)


def model_record(db: Database, models: Path, model_id: str) -> dict[str, Any]:
    """Return all that is known of a model, for programs."""
    from matcher.ranking.registry import load_model
    from matcher.reports.model_card import read_card
    from matcher.store.models import list_changes, list_comparisons
    from matcher.workflow.matching.serving import model_folder, serving_id

    folder = model_folder(models, model_id)
    card = read_card(folder)
    return {
        "model_id": model_id,
        "serves": serving_id(db, models) == model_id,
        "manifest": dict(load_model(folder).manifest),
        "card": None if card is None else {"text": card.text, "whole": card.is_whole},
        "comparisons": [one.document for one in list_comparisons(db, model_id)],
        "changes": [
            {"kind": c.kind, "at": c.made_at.isoformat(), "by": c.made_by, "reason": c.reason}
            for c in list_changes(db)
            if c.model_id == model_id
        ],
    }


def echo_record(found: dict[str, Any]) -> None:
    """Print what is known of a model, with its last comparison."""
    click.echo(f"{found['model_id']}  {'● 服务中 serves' if found['serves'] else ''}".rstrip())
    for name in ("created_on", "parent", "synthetic", "sha256", "labels_until", "n_lists"):
        if name in found["manifest"]:
            click.echo(f"  {name}: {found['manifest'][name]}")
    if found["card"] is not None:
        word = "" if found["card"]["whole"] else "  已改动 · altered"
        click.echo(f"  模型卡 card: aiplus models show {found['model_id']} --card{word}")
    for change in found["changes"]:
        click.echo(f"  {change['at']}  {change['kind']}  {change['by']}  {change['reason']}")
    if found["comparisons"]:
        echo_comparison(found["comparisons"][0])


def echo_card(card: Card | None) -> None:
    """Print a model's card; one that is not what the manifest names says so first."""
    if card is None:
        note("没有模型卡 · this model has no card")
        return
    if not card.is_whole:
        note("模型卡与清单中的摘要不符 · the card is not the one that the manifest names")
    click.echo(card.text.rstrip())


@models_group.command(
    "compare",
    short_help="与服务中的模型比较 · compare with the serving model",
    epilog=example(
        "aiplus models compare additive-2027-01",
        "aiplus models compare additive-2027-01 --cases 20 --no-properties",
    ),
)
@click.argument("model_id")
@click.option(
    "--cases",
    "n_cases",
    default=0,
    help="最多多少个案例，0 为全部 · at most so many cases; 0: all.",
)
@click.option("--no-properties", is_flag=True, help="不做性质测试 · leave the property tests out.")
@with_json
@with_quiet
@with_database
@with_models
def compare_model(  # noqa: PLR0913 (each is an option)
    model_id: str,
    n_cases: int,
    no_properties: bool,
    as_json: bool,
    quiet: bool,
    database: Path,
    models: Path,
) -> None:
    """在同样的需求上与服务中的模型和各基线比较 · Compare on the same needs, with a verdict.

    What is worse beyond its 95 % interval speaks against the model. The result is kept.
    """
    from matcher.cli.model_work import compare
    from matcher.store.models import read_comparison

    with (
        current_database(database) as db,
        Progress("比较 · comparing", quiet=quiet) as progress,
    ):
        number = compare(
            db,
            database,
            models,
            model_id,
            progress,
            n_cases=n_cases,
            made_by="command-line",
            properties=not no_properties,
        )
        document = read_comparison(db, number).document
    if as_json:
        echo_json(document)
    else:
        echo_comparison(document)


def echo_comparison(document: dict[str, Any]) -> None:
    """Print a comparison as a table with its verdict."""
    rows = [
        (
            row["check"],
            row["against"],
            _figure(row["candidate"]),
            _figure(row["other"]),
            f"{_figure(row['difference'])} [{_figure(row['low'])}, {_figure(row['high'])}]",
            str(row["n"]),
            VERDICTS[row["verdict"]],
        )
        for row in document["rows"]
    ]
    click.echo(table(ROW_HEADER, rows))
    words = "可由一位管理员上线 · one administrator may promote it"
    if not document["passed"]:
        words = "不建议上线，需两位管理员和理由 · advised against: two administrators and a reason"
    click.echo(words)


def _figure(value: float | None) -> str:
    return "—" if value is None else f"{value:.4f}"


@models_group.command(
    "update",
    short_help="用标签更新模型 · update a model from labels",
    epilog=example("aiplus models update --name additive-2027-01"),
)
@click.option("--name", default="", help="新模型的编号 · the new model's id.")
@click.option("--parent", default="", help="从哪个模型出发 · from which model; the serving one.")
@with_json
@with_quiet
@with_database
@with_models
def update_model(
    name: str, parent: str, as_json: bool, quiet: bool, database: Path, models: Path
) -> None:
    """由评审和结果更新权重，标签少则变动小 · Move weights by grades and outcomes; few move little.

    The new model serves only when an administrator promotes it.
    """
    from matcher.cli.model_work import now, update

    model_id = name or f"updated-{now():%Y-%m-%d-%H%M%S}"
    with (
        current_database(database) as db,
        Progress("更新 · updating", quiet=quiet) as progress,
    ):
        manifest = update(db, models, model_id, parent=parent, told=progress)
    if as_json:
        echo_json({"model_id": model_id, **manifest})
    else:
        click.echo(f"{model_id}: {manifest['n_lists']} 份标签 · labelled lists")
        click.echo(f"{manifest['test']}")


@models_group.command(
    "reproduce",
    short_help="重算学到的值 · compute what was learned again",
    epilog=example(
        "aiplus models reproduce additive-2026-11", "aiplus models reproduce additive-2027-01"
    ),
)
@click.argument("model_id")
@with_json
@with_quiet
@with_database
@with_models
def reproduce_model(
    model_id: str, as_json: bool, quiet: bool, database: Path, models: Path
) -> None:
    """重算模型学到的每个值并比较 · Compute all that a model learned again, and compare.

    An updated model from its folder; a trained one as far as the catalogue's cases go.
    """
    from matcher.cli.model_work import reproduced

    with Progress("重算 · computing again", quiet=quiet) as progress:
        found = reproduced(database, models, model_id, progress)
    if as_json:
        echo_json(found)
    else:
        click.echo(f"{found['largest_difference']:.2e}, {found['digits']} 位一致 · digits agree")


@models_group.command(
    "promote",
    short_help="让模型上线 · let a model serve",
    epilog=example(
        "aiplus models promote additive-2027-01 --by chen@example.org --reason 三月的反馈"
    ),
)
@click.argument("model_id")
@click.option("--by", "email", required=True, help=BY_HELP)
@click.option("--reason", required=True, help="理由 · why.")
@with_database
@with_models
def promote_model(model_id: str, email: str, reason: str, database: Path, models: Path) -> None:
    """让模型上线；不建议上线的要两位管理员 · Let a model serve; against advice it takes two.

    Exit code 0 where it serves now or waits for the second administrator; the words say which.
    """
    from matcher.workflow.learning.models import PROMOTED, promote

    with current_database(database) as db:
        state = promote(db, models, model_id, act_of(db, email, reason))
    if state == PROMOTED:
        note(f"已上线 · serves now: {model_id}")
    else:
        note(f"等待另一位管理员 · waits for another administrator: {model_id}")


@models_group.command(
    "rollback",
    short_help="回退到前一个模型 · back to the model before",
    epilog=example("aiplus models rollback --by chen@example.org --reason 误报增多"),
)
@click.option("--by", "email", required=True, help=BY_HELP)
@click.option("--reason", default="", help="理由 · why.")
@with_database
@with_models
def roll_back_model(email: str, reason: str, database: Path, models: Path) -> None:
    """回退最近一次上线 · Undo the last promotion; scores are the very same as before."""
    from matcher.workflow.learning.models import roll_back

    with current_database(database) as db:
        model_id = roll_back(db, models, act_of(db, email, reason))
    note(f"现在服务 · serves now: {model_id}")


def act_of(db: Database, email: str, reason: str) -> Act:
    """Return an act of the administrator with this address."""
    from matcher.identity import Role, actor_of
    from matcher.store.accounts import find_by_email
    from matcher.workflow.needs.states import Act

    account = find_by_email(db, email)
    if account is None or not account.is_active or account.role != Role.ADMINISTRATOR:
        raise UnknownAdministrator(
            f"没有使用中的管理员 · no active administrator has the address {email!r}; "
            "make one with `aiplus create-admin`"
        )
    return Act(actor_of(account), datetime.now(UTC), reason)


@models_group.command("run", hidden=True)
@click.argument("job_id")
@with_database
@with_models
def run_job(job_id: str, database: Path, models: Path) -> None:
    """Do a job that the site has started; its progress is in the database."""
    from matcher.cli.model_jobs import run

    with current_database(database) as db:
        run(db, database, models, job_id)
