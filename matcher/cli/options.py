"""Options and output that several commands share."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from matcher.settings import (
    DATABASE_VARIABLE,
    MODELS_VARIABLE,
    database_path,
    models_folder,
)

# One thread of linear algebra a process. On matrices of this size more threads wait for each other:
# with a busy neighbour, starting takes twice as long with two as with one.
SINGLE_THREADED = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")

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


def echo_json(value: Any) -> None:
    """Print a value as JSON; text stays readable, NaN is refused."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))


def note(message: str, *, quiet: bool = False) -> None:
    """Tell a person something that is not a result."""
    if not quiet:
        click.echo(message, err=True)


@contextmanager
def progress_bar(what: str, *, quiet: bool = False) -> Iterator[Callable[[int, int], None]]:
    """Show ``done of total`` with rate and remaining time on standard error, if that is a terminal.

    The bar appears with the first call, so that what is done at once shows none.
    """
    from tqdm import tqdm

    bars: list[tqdm[Any]] = []

    def show(done: int, total: int) -> None:
        if not bars:
            silent = True if quiet else None  # None: only on a terminal
            bars.append(tqdm(desc=what, total=total, file=sys.stderr, disable=silent, leave=False))
        bars[0].total = total
        bars[0].update(done - bars[0].n)

    try:
        yield show
    finally:
        for bar in bars:
            bar.close()
