"""Options and output that several commands share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from matcher.interchange.plain_json import plain
from matcher.settings import (
    DATABASE_VARIABLE,
    MODELS_VARIABLE,
    database_path,
    models_folder,
)

Command = TypeVar("Command", bound=Callable[..., Any])


def with_database(command: Command) -> Command:
    """Add ``--database``, which the environment variable AIPLUS_DATABASE sets too."""
    return click.option(
        "--database",
        type=click.Path(path_type=Path),
        envvar=DATABASE_VARIABLE,
        default=database_path,
        show_default="var/aiplus.db",
        help="数据库文件 · the database file.",
    )(command)


def with_models(command: Command) -> Command:
    """Add ``--models``, which the environment variable AIPLUS_MODELS sets too."""
    return click.option(
        "--models",
        type=click.Path(path_type=Path),
        envvar=MODELS_VARIABLE,
        default=models_folder,
        show_default="models",
        help="模型文件夹 · the folder of stored models.",
    )(command)


def with_quiet(command: Command) -> Command:
    """Add ``--quiet``, which silences progress and notes but never results or errors."""
    return click.option(
        "--quiet", "-q", is_flag=True, help="不显示进度 · no progress bar and no notes."
    )(command)


def with_json(command: Command) -> Command:
    """Add ``--json`` for programs."""
    return click.option(
        "--json", "as_json", is_flag=True, help="输出 JSON · print JSON for programs."
    )(command)


def example(*lines: str) -> str:
    """Return the lines as the example at the end of a command's ``--help``."""
    return "\n".join(("\b", "例 · Example:", *(f"  {line}" for line in lines))) + "\n"


def echo_json(value: Any) -> None:
    """Print a value as JSON; text stays readable, what is not finite becomes null."""
    click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2, allow_nan=False))


def note(message: str, *, quiet: bool = False) -> None:
    """Tell a person something that is not a result."""
    if not quiet:
        click.echo(message, err=True)
