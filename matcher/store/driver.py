"""Turn errors of the SQLite driver into ours, at the one place where both are known.

Every public function of the store runs inside ``driver_errors``; callers see ``StoreError``,
``Busy`` or ``SchemaOutOfDate`` and never a driver's class, whichever driver is installed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from matcher.errors import Busy, StoreError

if TYPE_CHECKING:
    import sqlite3
else:
    # sqlite-utils prefers another driver when one is installed; its errors are then the only ones.
    from sqlite_utils.utils import sqlite3

__all__ = ["driver_errors", "is_busy", "sqlite3", "translated"]

# Primary result code → reason, what happened, what to do. The low byte is the primary code.
_BUSY = {5, 6}  # SQLITE_BUSY, SQLITE_LOCKED
_REASONS = {
    8: ("read_only", "the database cannot be written", "check the file's and folder's permissions"),
    10: ("disk", "the disk failed to read or write", "check the disk and the file system"),
    11: ("damaged", "the database is damaged", "restore the last backup"),
    13: ("disk_full", "the disk is full; nothing was changed", "free some space and try again"),
    14: ("cannot_open", "the database cannot be opened", "check the path and its permissions"),
    26: ("not_a_database", "the file is not a database of this program", "check the path"),
}
# A driver without result codes still says these words.
_WORDS = {
    "locked": 5,
    "readonly": 8,
    "disk i/o": 10,
    "malformed": 11,
    "is full": 13,
    "unable to open": 14,
    "not a database": 26,
}


@contextmanager
def driver_errors(doing: str) -> Iterator[None]:
    """Raise our errors instead of the driver's while ``doing`` something.

    Raises
    ------
    Busy
        When another process held the lock too long.
    StoreError
        For everything else; ``context["reason"]`` is a stable word such as ``disk_full``.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise translated(error, doing) from error


def is_busy(error: sqlite3.Error) -> bool:
    """Whether the error says that another connection holds the lock."""
    return _result_code(error) in _BUSY


def translated(error: sqlite3.Error, doing: str) -> StoreError:
    """Return our error for one of the driver's."""
    code = _result_code(error)
    if code in _BUSY:
        return Busy(
            f"{doing}: another process is writing to the database; try again", reason="busy"
        )
    if code in _REASONS:
        reason, happened, advice = _REASONS[code]
        return StoreError(f"{doing}: {happened} ({error}); {advice}", reason=reason)
    return StoreError(f"{doing}: the database refused ({error})", reason="refused")


def _result_code(error: sqlite3.Error) -> int:
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return int(code) & 0xFF
    message = str(error).lower()
    return next((code for words, code in _WORDS.items() if words in message), 0)
