"""Measure how well something ranks: ``evaluate``."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matcher.cli.options import echo_json, with_database, with_json, with_models, with_quiet
from matcher.cli.progress import Progress
from matcher.cli.text import table
from matcher.cli.tools import learning_tools

if TYPE_CHECKING:
    from matcher.learning.systems import Tools

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
EXAMPLE = """\b
例 · Example:
  aiplus evaluate --pack packs/sbir --split dev
  aiplus evaluate --pack packs/needs_zh --split dev --pool --model bm25 --json
  aiplus evaluate --queries q.jsonl --corpus c.jsonl --run-out run.tsv
  aiplus evaluate --cases
"""
HEADER = ("指标 measure", "均值 mean", "95 % 区间 interval", "n")


@dataclass(frozen=True)
class Asked:
    """What is to be ranked and measured; one of the three ways is chosen."""

    pack: Path | None
    split: str
    pool: bool
    queries: Path | None
    corpus: Path | None
    evidence: Path | None
    candidates: Path | None
    cases: bool
    system: str
    run_out: Path | None

    def check(self) -> None:
        """Refuse options that do not go together."""
        has_files = self.queries is not None or self.corpus is not None
        if [self.pack is not None, has_files, self.cases].count(True) != 1:
            raise click.UsageError(
                "请给出 --pack、--queries 与 --corpus、--cases 三者之一 · "
                "give one of --pack, --queries with --corpus, or --cases"
            )
        if has_files and not (self.queries and self.corpus and self.run_out):
            raise click.UsageError(
                "--queries、--corpus、--run-out 须一起给出 · "
                "--queries, --corpus and --run-out are needed together"
            )
        if not has_files and (self.evidence or self.candidates):
            raise click.UsageError(
                "--evidence 与 --candidates 只用于 --queries · "
                "--evidence and --candidates go with --queries"
            )
        if self.cases and self.run_out:
            raise click.UsageError("--run-out 不用于 --cases · --run-out does not go with --cases")


@click.command(short_help="评测排序质量 · measure ranking quality", epilog=EXAMPLE)
@click.option("--pack", type=FOLDER, help="评测包 · a pack with judgements.")
@click.option("--split", default="dev", show_default=True, help="评测包的部分 · part of the pack.")
@click.option("--pool", is_flag=True, help="只评已评审的 · measure judged documents only.")
@click.option("--queries", type=FILE, help="需求文件 · queries without judgements.")
@click.option("--corpus", type=FILE, help="候选文件 · documents to rank.")
@click.option("--evidence", type=FILE, help="候选的证据 · texts that speak for documents.")
@click.option("--candidates", type=FILE, help="只给这些配对打分 · score these pairs only.")
@click.option("--cases", is_flag=True, help="真实案例，留一法 · real cases, leave one out.")
@click.option(
    "--model",
    "system",
    default="",
    metavar="ID|BASELINE",
    help="模型编号或基线，默认为服务中的模型；tags、rules 只用于案例 · a model's id or a baseline "
    "(bm25, bm25_profile, dense, rrf, popularity, random; for cases also tags, rules); "
    "the serving model by default.",
)
@click.option("--run-out", type=NEW_FILE, help="写出排序结果 · write query, document, score.")
@with_json
@with_quiet
@with_database
@with_models
def evaluate(as_json: bool, quiet: bool, database: Path, models: Path, **options: Any) -> None:
    """评测一个包、给无评审的文件打分，或对真实案例留一评测。

    Measure a pack (--pack), score files without judgements (--queries, --corpus, --run-out), or
    leave out each real case of the catalogue (--cases). Each figure comes with the number of
    queries and a 95 % interval. Queries that a model was trained on are scored out of fold.
    """
    asked = Asked(**{field.name: options[field.name] for field in fields(Asked)})
    asked.check()
    with (
        Progress("评测 · evaluating", quiet=quiet) as progress,
        learning_tools(database, progress) as tools,
    ):
        found = run(asked, models, tools)
    if as_json:
        echo_json(found)
    else:
        click.echo(figures_text(found))


def run(asked: Asked, models: Path, tools: Tools) -> dict[str, Any]:
    """Do what was asked and return the figures."""
    from matcher.learning import evaluation

    if asked.cases:
        from matcher.interchange.catalogue_files import read_catalogue
        from matcher.vocabulary.files import data_folder

        catalogue = read_catalogue(data_folder() / "catalogue")
        return evaluation.evaluate_cases(catalogue, models=models, tools=tools, system=asked.system)
    if asked.pack is not None:
        return evaluation.evaluate_pack(
            asked.pack,
            asked.split,
            models=models,
            tools=tools,
            system=asked.system,
            pool=asked.pool,
            run_out=asked.run_out,
        )
    if asked.queries is None or asked.corpus is None or asked.run_out is None:
        raise ValueError("call check() first")
    return evaluation.score_files(
        asked.queries,
        asked.corpus,
        run_out=asked.run_out,
        models=models,
        tools=tools,
        evidence=asked.evidence,
        candidates=asked.candidates,
        system=asked.system,
    )


def figures_text(found: dict[str, Any]) -> str:
    """Return figures as a table of measures, then everything else a line each."""
    lines = [
        f"{name}: {_shown(value)}"
        for name, value in found.items()
        if name not in {"measures", "warnings"}
    ]
    rows = [
        (name, f"{m['mean']:.4f}", f"{m['low']:.4f} – {m['high']:.4f}", str(m["n"]))
        for name, m in found.get("measures", {}).items()
    ]
    if rows:
        lines += ["", table(HEADER, rows)]
    lines += [f"注意 · note: {warning}" for warning in found.get("warnings", ())]
    return "\n".join(lines)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(inner)}" for name, inner in value.items())
    return f"{value:.4f}" if isinstance(value, float) else str(value)
