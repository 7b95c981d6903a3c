"""What several parts of the tests stand on: the shipped catalogue in a database, built once."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from matcher.interchange.catalogue_files import read_catalogue
from matcher.settings import PROJECT
from matcher.store.catalogue import replace_catalogue
from matcher.store.connection import close_database, open_database
from matcher.store.migrations import apply_migrations
from matcher.workflow.matching.meaning import MeaningSearch
from matcher.workflow.matching.service import MatchingService
from tests.shared import built_once, copied_database

# A busy machine is no fault of the code. Where a change is judged, the same inputs are tried each
# time, so that it is judged by what it changed; at a desk new ones are tried with every run.
settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the contracts come first: they are short, and need nothing that is slow to make."""
    items.sort(key=lambda item: "contracts" not in item.path.parts)


@pytest.fixture(scope="session")
def shipped_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the shipped catalogue and the vectors of its texts.

    Tests copy it and leave it alone. Reading every text into vectors takes by far the longest, so
    it is done once a run, whatever the number of processes.
    """
    made = built_once(tmp_path_factory, "shipped", build_shipped)
    return copied_database(made / "aiplus.db", tmp_path_factory.mktemp("shipped") / "aiplus.db")


def build_shipped(folder: Path) -> None:
    path = folder / "aiplus.db"
    db = open_database(path)
    apply_migrations(db)
    replace_catalogue(
        db,
        read_catalogue(PROJECT / "data" / "catalogue"),
        source="tests",
        now=datetime(2026, 1, 1, tzinfo=UTC),
    )
    service = MatchingService(path, PROJECT / "models")
    MeaningSearch(path, service.encoder, service.model.language_means).index()
    db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    close_database(db)
