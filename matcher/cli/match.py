"""Match one need: ``match``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from matcher.cli.database import current_database
from matcher.cli.options import (
    echo_json,
    with_database,
    with_json,
    with_models,
    with_quiet,
)
from matcher.cli.progress import Progress
from matcher.errors import InvalidRecord

EXAMPLE = """\b
例 · Example:
  echo '{"title": "钢板表面缺陷检测", "problem": "人工目检漏检率高", "industry": "C31"}' \\
    | aiplus match --need -
  aiplus match --need need.json --top 3 --json
  aiplus match --need need.json --lang en
"""


@click.command(short_help="匹配一个需求 · match a need", epilog=EXAMPLE)
@click.option(
    "--need",
    "source",
    required=True,
    metavar="FILE|-",
    help="需求的 JSON 文件，- 为标准输入 · a need as JSON; - reads standard input.",
)
@click.option(
    "--top",
    type=click.IntRange(1, 100),
    default=5,
    show_default=True,
    help="最多几家供给方 · how many providers at most.",
)
@click.option(
    "--lang",
    "language",
    type=click.Choice(["zh", "en"]),
    default="zh",
    show_default=True,
    help="文字输出的语言 · language of the text output.",
)
@with_json
@with_quiet
@with_database
@with_models
def match(  # noqa: PLR0913 (one argument an option)
    source: str,
    top: int,
    language: str,
    as_json: bool,
    quiet: bool,
    database: Path,
    models: Path,
) -> None:
    """为一个需求找出合适的供给方与中试基地，并说明理由。

    Rank the providers for one need, with reasons, evidence and pilot bases. The need is a JSON
    object with any subset of its fields; a title or a problem is enough, in Chinese or English.
    """
    from matcher.interchange.match_json import Synthetic, match_list_to_json
    from matcher.interchange.need_json import read_need_json
    from matcher.store.installation import DEMONSTRATION, read_setting
    from matcher.store.ownership import demonstration_records

    need = read_need_json(_read(source))  # before anything heavy: bad input is told at once
    # Refuses one that is missing, foreign, damaged, older or newer.
    with current_database(database, read_only=True) as db:
        synthetic = Synthetic(read_setting(db, DEMONSTRATION) == "1", demonstration_records(db))
    from matcher.workflow.matching.service import MatchingService

    with Progress("读入文本 · reading texts", quiet=quiet) as progress:
        service = MatchingService(database, models, progress=progress)
    found = service.match(need, top=top)
    if as_json:
        echo_json(match_list_to_json(found, synthetic))
        return
    from matcher.cli.match_text import match_list_to_text

    click.echo(match_list_to_text(found, language, synthetic))


def _read(source: str) -> bytes:
    if source == "-":
        return sys.stdin.buffer.read()
    path = Path(source)
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        told = getattr(error, "strerror", None) or str(error)
        expected = "a readable JSON file, or - for standard input"
        raise InvalidRecord(
            "need", {"_file": [f"{source!r}: {told}; expected {expected}"]}
        ) from error
