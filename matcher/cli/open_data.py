"""Write the open data into a folder: ``open-data``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from matcher.cli.database import current_database
from matcher.cli.options import note, with_database, with_quiet
from matcher.errors import InvalidRecord

EXAMPLE = """\b
例 · Example:
  aiplus open-data --out open-data
"""


@click.command("open-data", short_help="导出开放数据 · write the open data", epilog=EXAMPLE)
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FOLDER",
    help="写入的文件夹，没有则建立 · the folder to write into; it is made where there is none.",
)
@with_database
@with_quiet
def open_data(folder: Path, database: Path, quiet: bool) -> None:
    """把公众可见的需求、同意公布的结果和统计写成 CSV 与 JSON Lines，附数据字典。

    Write what the public may read, published needs, agreed outcomes and counts, as CSV and JSON
    Lines with a data dictionary. Files of an earlier export in the folder are replaced.
    """
    from matcher.workflow.open_data.gather import open_data as gather

    with current_database(database, read_only=True) as db:
        made = gather(db, now=datetime.now(UTC))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in made.files.items():
            part = folder / f"{name}.part"
            part.write_bytes(content)
            part.replace(folder / name)  # whole or not at all
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or str(error)
        expected = "a folder that can be written to"
        wrong = {"--out": [f"{str(folder)!r}: {told}; expected {expected}"]}
        raise InvalidRecord("open_data", wrong) from error
    for table in made.tables:
        note(f"{table.name}: {len(table.rows)}", quiet=quiet)
    note(f"已写入 · written to {folder}", quiet=quiet)
