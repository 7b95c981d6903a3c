"""What runs here: ``version``."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

import click

from matcher import __version__
from matcher.cli.database import current_database
from matcher.cli.options import echo_json, with_database, with_json, with_models
from matcher.errors import MatcherError

EXAMPLE = """\b
例 · Example:
  aiplus version
  aiplus version --json
"""


@click.command(short_help="显示版本 · show versions", epilog=EXAMPLE)
@with_database
@with_models
@with_json
def version(database: Path, models: Path, as_json: bool) -> None:
    """显示程序、数据库与模型的版本 · Show the version of the program, database and models."""
    facts = _facts(database, models)
    if as_json:
        echo_json(facts)
        return
    click.echo(f"aiplus {facts['version']} (Python {facts['python']}, SQLite {facts['sqlite']})")
    click.echo(f"数据库 · database: {facts['database']} — {_state(facts)}")
    click.echo(f"模型 · models: {facts['models']} — {', '.join(facts['model_ids']) or 'none'}")


def _facts(database: Path, models: Path) -> dict[str, Any]:
    import sqlite3

    facts: dict[str, Any] = {
        "version": __version__,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "database": str(database),
        "catalogue_revision": None,
        "problem": None,
        "models": str(models),
        "model_ids": sorted(path.parent.name for path in models.glob("*/manifest.json")),
    }
    try:
        facts["catalogue_revision"] = _revision(database)
    except MatcherError as error:
        facts["problem"] = f"[{error.code}] {error}"
    return facts


def _revision(database: Path) -> int:
    from matcher.store.catalogue import catalogue_revision

    with current_database(database, read_only=True) as db:
        return catalogue_revision(db)


def _state(facts: dict[str, Any]) -> str:
    return facts["problem"] or f"catalogue revision {facts['catalogue_revision']}"
