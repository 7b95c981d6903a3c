"""``aiplus demo story``: the whole way of one need, and what it leaves behind can be checked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from matcher.cli import aiplus
from matcher.store.accounts import list_accounts
from matcher.store.catalogue import read_catalogue
from matcher.store.connection import StoreDatabase, close_database, open_database
from matcher.store.engagements import list_engagements
from matcher.store.need_status import read_status
from matcher.store.needs import list_needs, save_need
from matcher.store.organisations import list_organisations
from matcher.store.outcomes import list_labels
from tests.factories import make_need
from tests.shared import copied_database

Run = Callable[..., Result]
MADE_UP = ("演示", "虚构")


@pytest.fixture(scope="module")
def database(shipped_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied_database(shipped_database, tmp_path_factory.mktemp("story") / "story.db")


@pytest.fixture(scope="module")
def run(database: Path) -> Run:
    def invoke(*words: str, path: Path = database) -> Result:
        return CliRunner().invoke(aiplus, [*words], env={"AIPLUS_DATABASE": str(path)})

    return invoke


@pytest.fixture(scope="module")
def told(run: Run) -> Result:
    return run("demo", "story", "--seed", "5")


@pytest.fixture
def db(database: Path, told: Result) -> StoreDatabase:
    return open_database(database, read_only=True)


def test_every_step_is_told_in_both_languages(told: Result) -> None:
    assert told.exit_code == 0, told.output
    lines = [line for line in told.stdout.splitlines() if line]
    steps = [line for line in lines if line[:3].strip(" .").isdigit()]
    assert [int(line[:2]) for line in steps] == list(range(1, len(steps) + 1))
    assert len(steps) >= 20
    roles = {line.partition("[")[2].partition(" ")[0] for line in steps}
    assert roles == {"需求方", "供给方", "中试基地", "场景经理人", "系统"}
    english = [line for line in lines if line.startswith("    ")]
    assert len(english) == len(steps)
    assert all(line.isascii() for line in english if "…" not in line)


def test_scores_replay_and_the_trail_is_whole(told: Result, run: Run) -> None:
    replayed = run("replay", "--all", "--json")
    assert replayed.exit_code == 0, replayed.output
    assert json.loads(replayed.stdout) == {
        "n_lists": 2, "n_scores": 40, "same": True, "first_difference": None,
    }  # fmt: skip
    assert run("audit", "verify").exit_code == 0
    first = run("replay", "1-1")
    assert "case_ids" in first.output  # the published case is evidence now, and that is said


def test_story_ends_with_a_published_case_and_a_label(db: StoreDatabase) -> None:
    (need,) = list_needs(db)
    assert read_status(db, need.need.need_id).state == "done"
    (engagement,) = list_engagements(db)
    assert engagement.state == "contracted"
    (label,) = list_labels(db)
    assert (label.need_id, label.grade) == (need.need.need_id, 3)
    catalogue = read_catalogue(db)
    capability = catalogue.capabilities[engagement.capability_id]
    (case_id,) = capability.case_ids
    case = catalogue.cases[case_id]
    assert case.user_enterprise == ""
    assert "演示制造企业" not in str(case)
    assert case.quantified


def test_everybody_and_everything_says_that_it_is_made_up(db: StoreDatabase) -> None:
    (need,) = list_needs(db)
    (engagement,) = list_engagements(db)
    catalogue = read_catalogue(db)
    names = [one.name for one in list_organisations(db, limit=100)]
    names += [one.name for one in list_accounts(db, limit=100)]
    names += [need.need.title, catalogue.capabilities[engagement.capability_id].name]
    names.append(catalogue.pilot_bases[engagement.pilot_base_id].name)
    assert all(any(word in name for word in MADE_UP) for name in names)
    assert all(one.is_demo for one in list_accounts(db, limit=100))
    assert all(one.is_demo for one in list_organisations(db, limit=100))
    close_database(db)


def test_second_telling_and_other_peoples_data_are_refused(
    told: Result, run: Run, tmp_path: Path, shipped_database: Path
) -> None:
    again = run("demo", "story")
    assert again.exit_code == 2
    assert "AIPLUS_DATABASE" in again.output
    other = tmp_path / "other.db"
    shutil.copy(shipped_database, other)
    db = open_database(other)
    save_need(db, make_need(), actor="somebody", now=datetime(2026, 1, 1, tzinfo=UTC))
    close_database(db)
    before = other.read_bytes()
    refused = run("demo", "story", path=other)
    assert refused.exit_code == 2
    assert other.read_bytes() == before


def test_same_seed_measures_the_same(
    told: Result, run: Run, tmp_path: Path, shipped_database: Path
) -> None:
    copy = tmp_path / "again.db"
    shutil.copy(shipped_database, copy)
    shutil.copytree(f"{shipped_database}.derived", f"{copy}.derived")
    again = run("demo", "story", "--seed", "5", "--json", path=copy)
    record = json.loads(again.stdout)
    assert record["synthetic"] is True
    (measured,) = [line.strip() for line in told.stdout.splitlines() if "liner" in line]
    assert measured in [step["en"] for step in record["steps"]]
