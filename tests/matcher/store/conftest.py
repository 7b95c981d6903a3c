"""A fresh database file for each test; time is given, never read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from matcher.store.connection import StoreDatabase, close_database, open_database
from matcher.store.migrations import apply_migrations

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database file with the current schema."""
    file = tmp_path / "store.db"
    opened = open_database(file)
    apply_migrations(opened)
    close_database(opened)
    return file


@pytest.fixture
def db(path: Path) -> Iterator[StoreDatabase]:
    opened = open_database(path, busy_timeout_s=0.3)
    yield opened
    close_database(opened)
