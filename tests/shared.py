"""What is slow to make is made once a run, though several processes run the tests."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from matcher.store.derived import SUFFIX


def built_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], None]) -> Path:
    """Return a folder that the first process to ask has filled; the others wait and share it.

    Nobody writes to what it holds afterwards: who wants to takes a copy.
    """
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent  # each process has a folder of its own within that of the run
    done = root / f"once-{name}"
    with (root / f"once-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.is_dir():  # it has this name only when it is whole
            building = factory.mktemp(f"building-{name}")
            build(building)
            building.rename(done)
    return done


def copied_database(database: Path, path: Path) -> Path:
    """Copy a database that nobody has open, with the arrays of its index, and return the path.

    Reading these arrays is far quicker than building them anew. They are linked, for hundreds of
    copies would fill a disk: such a file is replaced, never changed.
    """
    shutil.copyfile(database, path)
    if beside(database).is_dir():
        link_index(database, path)
    return path


def link_index(database: Path, other: Path) -> None:
    """Let a database have the arrays of another; where they do not fit, they are built anew."""
    beside(other).mkdir(exist_ok=True)
    for kept in beside(database).iterdir():
        place = beside(other) / kept.name
        place.unlink(missing_ok=True)
        os.link(kept, place)


def beside(database: Path) -> Path:
    """Where the arrays of a database's index are."""
    return database.with_name(database.name + SUFFIX)
