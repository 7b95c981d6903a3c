"""Open the database for one command, refusing one that is missing or of another version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matcher.cli.options import note
from matcher.errors import StoreError

if TYPE_CHECKING:
    from matcher.store.connection import StoreDatabase

TOLD = "matcher.cli.demonstration_told"


@contextmanager
def current_database(path: Path, *, read_only: bool = False) -> Iterator[StoreDatabase]:
    """Open an existing, current database and close it afterwards.

    That it holds a demonstration is said on standard error: what a command prints may go on.

    Raises
    ------
    StoreError
        When there is no such file, or it is not a database of this program.
    SchemaOutOfDate
        When it was made by an older or a newer version.
    """
    from matcher.store.connection import close_database, open_database
    from matcher.store.installation import DEMONSTRATION, read_setting
    from matcher.store.migrations import require_current

    if not path.exists():
        raise StoreError(
            f"没有数据库 · there is no database {path}; make it with `aiplus init`",
            reason="cannot_open",
        )
    db = open_database(path, read_only)
    try:
        require_current(db)
        if read_setting(db, DEMONSTRATION) == "1":
            _tell_of_demonstration()
        yield db
    finally:
        close_database(db)


def _tell_of_demonstration() -> None:
    """Say it once a command, however often that opens the database."""
    command = click.get_current_context(silent=True)
    told = command.find_root().meta if command else {}
    if told.get(TOLD):
        return
    told[TOLD] = True
    note(
        "演示数据：库中有虚构的单位和记录 · "
        "demonstration data: this database holds made-up organisations and records"
    )
