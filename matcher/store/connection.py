"""Open, write to, copy and close the one database file.

A connection belongs to one thread and one request. Nothing here knows a table; ``migrations``
makes them, one module an aggregate fills them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from matcher.errors import StoreError, shown
from matcher.store.driver import driver_errors, is_busy, sqlite3

BUSY_TIMEOUT_S = 5.0
# SQLite's own back-off grows to 100 ms and starves late comers; short waits of random length, each
# starting that back-off afresh, let every writer through.
_ATTEMPT_MS = (20, 120)
_jitter = random.SystemRandom()


class StoreDatabase(Database):
    """A connection that remembers its path and how long it may wait for the write lock."""

    path: Path | None = None
    busy_timeout_s: float = BUSY_TIMEOUT_S


def open_database(
    path: Path | str, read_only: bool = False, *, busy_timeout_s: float = BUSY_TIMEOUT_S
) -> StoreDatabase:
    """Open the database file, making it (and its folder) when it does not exist.

    Parameters
    ----------
    path : Path or str
        The file, or ``":memory:"``.
    read_only : bool
        Open without the right to write; the file must exist.
    busy_timeout_s : float
        Seconds to wait for another writer before ``Busy``.

    Raises
    ------
    StoreError
        When the file cannot be opened or is not a database.

    Notes
    -----
    Tables are not made here: see ``migrations.apply_migrations`` and ``require_current``.
    """
    doing = f"open {path}"
    file = None if str(path) == ":memory:" else Path(path)
    if file is not None:
        _check_place(file, read_only)
    with driver_errors(doing):
        connection = _connect(file, read_only, busy_timeout_s)
        try:
            database = _prepared(connection)
        except BaseException:
            connection.close()
            raise
    database.path = file
    database.busy_timeout_s = busy_timeout_s
    return database


def _check_place(file: Path, read_only: bool) -> None:
    if file.is_dir():
        raise StoreError(
            f"open {file}: this is a folder, expected a database file; name a file in it",
            reason="cannot_open",
        )
    if read_only and not file.exists():
        raise StoreError(
            f"open {file}: there is no such file; make it with `aiplus init`", reason="cannot_open"
        )
    if not read_only:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"open {file}: its folder cannot be made ({error}); choose another path",
                reason="cannot_open",
            ) from error


def _connect(file: Path | None, read_only: bool, busy_timeout_s: float) -> sqlite3.Connection:
    if file is None:
        return sqlite3.connect(":memory:")
    mode = "ro" if read_only else "rwc"
    uri = f"{file.resolve().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=busy_timeout_s)


def _prepared(connection: sqlite3.Connection) -> StoreDatabase:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")  # safe with WAL; a crash loses no commit
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # reads the header
    return StoreDatabase(connection, strict=True, execute_plugins=False)


@contextmanager
def write_transaction(db: Database, doing: str = "write") -> Iterator[None]:
    """Take the write lock first, then commit all of the block or none of it.

    Inside another write transaction the block becomes a part of that one. Never hold it over
    model scoring, reading of files or rendering.

    Raises
    ------
    Busy
        When the lock could not be had within the connection's busy timeout.
    StoreError
        When the database refuses the block (disk full, read-only file, ...); nothing was changed.
    """
    if db.conn.in_transaction:
        with driver_errors(doing), db.atomic():
            yield
        return
    with driver_errors(doing):
        _begin_immediate(db)
        try:
            yield
            db.conn.execute("COMMIT")
        except BaseException:
            db.rollback()
            raise


def _begin_immediate(db: Database) -> None:
    timeout_s = getattr(db, "busy_timeout_s", BUSY_TIMEOUT_S)
    deadline = time.monotonic() + timeout_s
    try:
        while True:
            left_ms = max(0, round((deadline - time.monotonic()) * 1000))
            db.conn.execute(f"PRAGMA busy_timeout = {min(_jitter.randint(*_ATTEMPT_MS), left_ms)}")
            try:
                db.conn.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if not is_busy(error) or time.monotonic() >= deadline:
                    raise
    finally:
        db.conn.execute(f"PRAGMA busy_timeout = {round(timeout_s * 1000)}")


def use_write_ahead_log(db: Database) -> None:
    """Turn on the write-ahead log of a database file; in memory this does nothing.

    SQLite waits for nobody here, whatever the busy timeout says: while another process makes the
    same file, its lock is waited for and the switch tried again.

    Raises
    ------
    Busy
        When the lock could not be had within the connection's busy timeout.
    """
    deadline = time.monotonic() + getattr(db, "busy_timeout_s", BUSY_TIMEOUT_S)
    with driver_errors("turn on the write-ahead log"):
        while True:
            try:
                # A property of the file that cannot be set inside a transaction.
                db.conn.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if not is_busy(error) or time.monotonic() >= deadline:
                    raise
            _begin_immediate(db)
            db.rollback()


@contextmanager
def read_snapshot(db: Database, doing: str = "read") -> Iterator[None]:
    """Make several reads see one state of the database."""
    with driver_errors(doing):
        if db.conn.in_transaction:
            yield
            return
        db.conn.execute("BEGIN")
        try:
            yield
        finally:
            db.rollback()


def backup(db: Database, target: Path) -> None:
    """Write a compact, consistent copy of a database that is in use.

    Raises
    ------
    StoreError
        When the target exists or cannot be written; no half-written file stays behind.
    """
    if target.exists():
        raise StoreError(
            f"back up to {target}: the file exists; name one that does not", reason="exists"
        )
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)  # of a backup that was killed
    try:
        with driver_errors(f"back up to {target}"):
            db.conn.execute("VACUUM INTO ?", [str(partial)])
        partial.rename(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def close_database(db: Database) -> None:
    """Close the connection, undoing what was not committed and refreshing the planner's figures."""
    with driver_errors(f"close {shown(getattr(db, 'path', None))}"):
        try:
            db.rollback()
            _optimise(db)
        finally:
            db.conn.close()


def _optimise(db: Database) -> None:
    """Refresh statistics; a read-only, busy, full or damaged database closes without it.

    A connection that changed no row leaves the file as it is.
    """
    if not db.conn.total_changes:
        return
    try:
        db.conn.execute("PRAGMA busy_timeout = 0")
        db.conn.execute("PRAGMA optimize")
    except sqlite3.Error:
        return
