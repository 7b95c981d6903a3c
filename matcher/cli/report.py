"""Read the match-quality report of a model: ``report``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from matcher.cli.options import echo_json, with_json, with_models
from matcher.errors import ModelIncompatible, ModelMissing

EXAMPLE = """\b
例 · Example:
  aiplus report
  aiplus report --full
  aiplus report --model additive-2026-11 --json
"""


@click.command(short_help="查看匹配质量报告 · read the quality report", epilog=EXAMPLE)
@click.option(
    "--model",
    "model_id",
    default="",
    metavar="ID",
    help="模型编号，默认为服务中的模型 · a model's id; the serving model by default.",
)
@click.option("--full", is_flag=True, help="全部表格 · every table, not only the summary.")
@with_json
@with_models
def report(model_id: str, full: bool, as_json: bool, models: Path) -> None:
    """查看模型的匹配质量报告 · Show how good a model's matches are, beside every baseline.

    Each figure comes with the number of needs and a 95 % interval. The report lies beside the
    model and is what the site shows; `make report` makes it anew.
    """
    from matcher.ranking.registry import load_model, serving_model_id
    from matcher.reports.evaluation_tables import evaluation_markdown, summary_markdown

    folder = models / (model_id or serving_model_id(models))
    load_model(folder)  # refuses a folder that is missing, damaged or altered
    found = read_report(folder)
    if as_json:
        echo_json(found)
    else:
        click.echo(evaluation_markdown(found) if full else summary_markdown(found))


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
