"""A start from what is kept beside the database answers as the start that kept it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from matcher.ranking.results import MatchList
from matcher.records import Need
from matcher.settings import PROJECT
from matcher.store.catalogue import read_catalogue, replace_catalogue
from matcher.store.connection import close_database, open_database
from matcher.workflow.matching.service import MatchingService
from tests.factories import make_need
from tests.matcher.store.conftest import NOW

KEPT = {"capabilities.npz", "scenarios.npz", "lexicon.npz", "word-pieces.npz"}
NEEDS = (
    make_need(need_id="N-1"),
    make_need(need_id="N-2", title="Predict pump failure", problem="", requirements=()),
    Need(need_id="N-3", title="大田病虫害识别", problem="靠人下田查看，发现时已成片。"),
)


@pytest.fixture(scope="module")
def database(shipped_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("start") / "aiplus.db"
    shutil.copyfile(shipped_database, path)
    return path


def answers(database: Path) -> list[MatchList]:
    service = MatchingService(database, PROJECT / "models", today=lambda: date(2026, 11, 22))
    return [replace(service.match(need, top=10), timing_ms={}) for need in NEEDS]


@pytest.fixture(scope="module")
def first(database: Path) -> list[MatchList]:
    return answers(database)


def kept_files(database: Path) -> dict[str, Path]:
    return {p.name: p for p in database.with_name(f"{database.name}.derived").iterdir()}


def test_second_start_answers_bit_for_bit_as_the_first(
    database: Path, first: list[MatchList]
) -> None:
    kept = kept_files(database)
    assert set(kept) == KEPT
    written = {name: path.stat().st_mtime_ns for name, path in kept.items()}
    assert answers(database) == first
    assert {name: path.stat().st_mtime_ns for name, path in kept.items()} == written


def test_damaged_files_are_made_again_and_change_no_answer(
    database: Path, first: list[MatchList]
) -> None:
    for path in kept_files(database).values():
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2] + b"\x00" * 64 + whole[len(whole) // 2 + 64 :])
    assert answers(database) == first
    kept_files(database)["capabilities.npz"].write_bytes(b"")
    assert answers(database) == first
    assert {path.name for path in kept_files(database).values()} == KEPT


def test_files_of_another_database_are_not_used(
    database: Path, first: list[MatchList], tmp_path: Path
) -> None:
    smaller = tmp_path / "aiplus.db"
    shutil.copyfile(database, smaller)
    db = open_database(smaller)
    catalogue = read_catalogue(db)
    kept = dict(list(catalogue.capabilities.items())[:50])
    replace_catalogue(db, replace(catalogue, capabilities=kept), source="tests", now=NOW)
    close_database(db)
    alone = answers(smaller)
    shutil.rmtree(tmp_path / "aiplus.db.derived")
    shutil.copytree(database.with_name("aiplus.db.derived"), tmp_path / "aiplus.db.derived")
    assert answers(smaller) == alone
    assert alone != first
