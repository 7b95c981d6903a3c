"""Train a model: ``train``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from matcher.cli.options import echo_json, with_database, with_json, with_models, with_quiet
from matcher.cli.progress import Progress
from matcher.cli.text import table
from matcher.cli.tools import learning_tools

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
SERVING_FILE = "serving.txt"
EXAMPLE = """\b
例 · Example:
  aiplus train --pack packs/sbir --out models/additive-2027-01
  aiplus train
"""
HEADER = ("模型部分 part", "需求数 needs", "与先验相比 against the prior")


@click.command(short_help="训练模型 · train a model", epilog=EXAMPLE)
@click.option(
    "--pack",
    "packs",
    type=FOLDER,
    multiple=True,
    help="可用于训练的评测包，可重复 · a pack that may be learned from; repeatable.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="模型文件夹，其名即模型编号 · the model's folder; its name is the model's id.",
)
@with_json
@with_quiet
@with_database
@with_models
def train(
    packs: tuple[Path, ...],
    out: Path | None,
    as_json: bool,
    quiet: bool,
    database: Path,
    models: Path,
) -> None:
    """由评测包与目录中的真实案例训练模型 · Train a model from packs and the catalogue's cases.

    Without a pack only the cases of the catalogue are learned from. Every learned part must beat
    the untrained prior on held-out groups, or the prior is kept. The first model of a folder serves
    at once; later ones when serving.txt in that folder names them.
    """
    from matcher.interchange.catalogue_files import read_catalogue
    from matcher.learning.train import TrainingInput
    from matcher.learning.train import train as train_model
    from matcher.vocabulary.files import data_folder

    today = datetime.now(UTC).date()
    goal = out or models / f"additive-{today.isoformat()}"
    folder = data_folder() / "catalogue"
    with (
        Progress("训练 · training", quiet=quiet) as progress,
        learning_tools(database, progress) as tools,
    ):
        given = TrainingInput(packs, read_catalogue(folder), folder)
        manifest = train_model(given, goal, tools, today=today, say=progress.say)
    serving = goal.parent / SERVING_FILE
    if not serving.exists():
        serving.write_text(f"{goal.name}\n", "utf-8")
    if as_json:
        echo_json(manifest)
        return
    rows = [
        (regime, str(found["n_queries"]), _gate(found["gate"]))
        for regime, found in manifest["regimes"].items()
    ]
    click.echo(table(HEADER, rows))
    click.echo(f"{goal}")


def _gate(gate: dict[str, Any]) -> str:
    return ", ".join(
        f"{name} {value:.4f}" if isinstance(value, float) else f"{name} {value}"
        for name, value in gate.items()
        if isinstance(value, float | int | str)
    )
