"""Invented history goes into a demonstration only and is never taken for what really happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from matcher.identity import COMMAND_LINE
from matcher.settings import PROJECT
from matcher.simulation.year import Plan
from matcher.store.connection import StoreDatabase, close_database, open_database
from matcher.store.migrations import apply_migrations
from matcher.store.synthetic_history import find_synthetic_history
from matcher.workflow.demonstration.accounts import is_demonstration, open_demonstration
from matcher.workflow.demonstration.end import end_demonstration
from matcher.workflow.demonstration.history import NotADemonstration, invent_history
from matcher.workflow.learning.history import read_history
from tests.matcher.people import CHEAP, add_person

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PLAN = Plan(7, date(2026, 11, 1), 1_500)


@pytest.fixture
def db() -> Iterator[StoreDatabase]:
    opened = open_database(":memory:")
    apply_migrations(opened)
    yield opened
    close_database(opened)


def test_a_demonstration_gets_its_year_and_the_log_says_what_it_is(db: StoreDatabase) -> None:
    open_demonstration(db, CHEAP, now=NOW)
    made = invent_history(db, PLAN, actor=COMMAND_LINE, now=NOW)
    assert find_synthetic_history(db) == made
    log = read_history(db, today=NOW.date())
    assert log.synthetic
    assert log.sources == ("database", "synthetic seed 7")
    assert log.n("pairs") == made.n_pairs > 1_000


def test_another_seed_takes_the_place_of_the_first(db: StoreDatabase) -> None:
    invent_history(db, PLAN, actor=COMMAND_LINE, now=NOW, anyway=True)
    invent_history(db, Plan(8, PLAN.ends_on, 1_500), actor=COMMAND_LINE, now=NOW)
    found = find_synthetic_history(db)
    assert found is not None
    assert found.seed == 8


def test_an_empty_database_becomes_a_demonstration_only_when_asked(db: StoreDatabase) -> None:
    with pytest.raises(NotADemonstration, match="--yes"):
        invent_history(db, PLAN, actor=COMMAND_LINE, now=NOW)
    assert find_synthetic_history(db) is None
    invent_history(db, PLAN, actor=COMMAND_LINE, now=NOW, anyway=True)
    assert is_demonstration(db)


def test_a_database_in_use_is_refused_whatever_is_asked(db: StoreDatabase) -> None:
    add_person(db)
    with pytest.raises(NotADemonstration, match="real accounts"):
        invent_history(db, PLAN, actor=COMMAND_LINE, now=NOW, anyway=True)
    assert find_synthetic_history(db) is None
    assert not is_demonstration(db)
    assert not read_history(db, today=NOW.date()).synthetic


def test_the_end_of_the_demonstration_is_the_end_of_its_history(db: StoreDatabase) -> None:
    invent_history(db, PLAN, actor=COMMAND_LINE, now=NOW, anyway=True)
    end_demonstration(db, models=PROJECT / "models", now=NOW)
    assert find_synthetic_history(db) is None
    assert not read_history(db, today=NOW.date()).synthetic
