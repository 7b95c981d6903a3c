"""Make the database and load the catalogue into it: ``init``, ``load-catalogue``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matcher.cli.database import current_database
from matcher.cli.options import note, with_database, with_quiet

if TYPE_CHECKING:
    from matcher.store.connection import StoreDatabase

NO_STEPS = "没有变化 · nothing to do"
INIT_EXAMPLE = """\b
例 · Example:
  aiplus init
  AIPLUS_DATABASE=pilot.db aiplus init
"""
LOAD_EXAMPLE = """\b
例 · Example:
  aiplus load-catalogue
  aiplus load-catalogue data/catalogue --quiet
"""


@click.command(short_help="建立或升级数据库 · make or migrate the database", epilog=INIT_EXAMPLE)
@with_database
@with_quiet
def init(database: Path, quiet: bool) -> None:
    """建立或升级数据库 · Make the database, or bring an older one up to this version."""
    from matcher.store.connection import close_database, open_database
    from matcher.store.migrations import apply_migrations

    db = open_database(database)
    try:
        applied = apply_migrations(db)
        if applied:
            note_steps(db, applied)
    finally:
        close_database(db)
    done = f"{len(applied)} 个步骤 · {len(applied)} steps applied" if applied else NO_STEPS
    note(f"数据库 · database {database}: {done}", quiet=quiet)


def note_steps(db: StoreDatabase, applied: tuple[str, ...]) -> None:
    """Leave in the audit trail that the schema was changed."""
    from matcher.identity import COMMAND_LINE
    from matcher.store.audit import Change, record_change

    change = Change("database.migrated", "installation", "schema", after={"steps": list(applied)})
    record_change(db, change, actor=COMMAND_LINE, now=datetime.now(UTC))


@click.command(
    "load-catalogue",
    short_help="导入目录 · load the shipped records",
    epilog=LOAD_EXAMPLE,
)
@click.argument(
    "folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@with_database
@with_quiet
def load_catalogue(folder: Path | None, database: Path, quiet: bool) -> None:
    """导入场景、供给方、能力、案例和中试基地 · Load the shipped records into the database.

    FOLDER holds the five .jsonl files (default: catalogue/ in the data folder). Every row is
    checked; one bad row and nothing is loaded. Loading the same files again changes nothing, and
    what users registered stays.
    """
    from matcher.identity import COMMAND_LINE
    from matcher.interchange.catalogue_files import catalogue_digest, read_catalogue
    from matcher.store.audit import Change, record_change
    from matcher.store.catalogue import replace_catalogue
    from matcher.store.connection import write_transaction
    from matcher.vocabulary.files import data_folder
    from matcher.workflow.needs.listing import list_all_needs

    source = folder or data_folder() / "catalogue"
    with current_database(database) as db:
        catalogue = read_catalogue(source)
        origin = f"{source.name} sha256:{catalogue_digest(source)}"
        now = datetime.now(UTC)
        with write_transaction(db, "load the catalogue"):
            summary = replace_catalogue(db, catalogue, source=origin, now=now)
            if summary.is_change:
                after = {"source": origin, "revision": summary.revision}
                change = Change("catalogue.loaded", "catalogue", source.name, after=after)
                record_change(db, change, actor=COMMAND_LINE, now=now)
            list_all_needs(db)
    counts = {
        "新增 · added": summary.added,
        "更新 · changed": summary.changed,
        "移除 · removed": summary.removed,
    }
    for words, by_kind in counts.items():
        if any(by_kind.values()):
            note(f"{words}: {_listed(by_kind)}", quiet=quiet)
    note(f"目录版本 · catalogue revision {summary.revision}", quiet=quiet)


def _listed(by_kind: Mapping[str, int]) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in by_kind.items() if count)
