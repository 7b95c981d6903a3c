"""Bring a database up to this code, or say why it cannot be: the steps are in ``steps/``.

``apply_migrations`` brings a database up to this code; ``require_current`` refuses one that is
older or newer. The result of all steps is pinned by ``tests/golden/schema.sql``.
"""

from __future__ import annotations

from functools import cache

from sqlite_utils import Database

from matcher.errors import SchemaOutOfDate
from matcher.store.connection import use_write_ahead_log, write_transaction
from matcher.store.driver import driver_errors
from matcher.store.steps import MIGRATIONS


def pending_migrations(db: Database) -> tuple[str, ...]:
    """Return the names of the steps that this code has and the database lacks."""
    with driver_errors("read the schema version"):
        return tuple(step.name for step in MIGRATIONS.pending(db))


def unknown_migrations(db: Database) -> tuple[str, ...]:
    """Return the names of the steps that the database has and this code does not know."""
    with driver_errors("read the schema version"):
        applied = [step.name for step in MIGRATIONS.applied(db)]
    return tuple(name for name in applied if name not in _known_migrations())


@cache
def _known_migrations() -> frozenset[str]:
    """Return the names of all steps of this code: what an empty database lacks."""
    empty = Database(memory=True, execute_plugins=False)
    try:
        return frozenset(step.name for step in MIGRATIONS.pending(empty))
    finally:
        empty.close()


def apply_migrations(db: Database) -> tuple[str, ...]:
    """Bring the database up to this code, all steps or none; return the steps applied.

    Raises
    ------
    SchemaOutOfDate
        When the database was written by a newer version of this program; it is left as it is.
    """
    _refuse_newer(db)
    if not pending_migrations(db):
        return ()
    use_write_ahead_log(db)
    with write_transaction(db, "migrate the database"):
        applied = pending_migrations(db)  # again: another process may have been faster
        MIGRATIONS.apply(db)
    return applied


def require_current(db: Database) -> None:
    """Refuse a database whose schema is not the one of this code.

    Raises
    ------
    SchemaOutOfDate
        Naming the steps that are missing or unknown.
    """
    _refuse_newer(db)
    pending = pending_migrations(db)
    if pending:
        raise SchemaOutOfDate(
            f"the database lacks {', '.join(pending)}; run `aiplus init`", pending=pending
        )


def _refuse_newer(db: Database) -> None:
    unknown = unknown_migrations(db)
    if unknown:
        raise SchemaOutOfDate(
            f"the database was written by a newer version of this program: it has "
            f"{', '.join(unknown)}, unknown here; update the program or restore an older backup",
            unknown=unknown,
        )


def schema_sql(db: Database) -> str:
    """Return the statements that made the schema, sorted by name, for the golden file."""
    with driver_errors("read the schema"):
        rows = db.conn.execute(
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
            "AND name NOT LIKE 'search_index_%' ORDER BY type, name"
        ).fetchall()
    return "".join(f"{_outdented(sql)};\n\n" for (sql,) in rows)


def _outdented(sql: str) -> str:
    lines = sql.splitlines()
    return "\n".join(line[8:] if line.startswith(" " * 8) else line for line in lines)
