"""Models from the command line: listed, shown, refused with words, promoted and rolled back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from matcher.cli.group import aiplus
from matcher.identity import Role
from matcher.ranking.registry import serving_model_id
from matcher.store.connection import open_database
from matcher.store.jobs import add_job, read_job
from matcher.store.migrations import apply_migrations
from tests.matcher.people import add_person
from tests.web.models import NEXT, NOW, keep_comparison, two_models

ADMIN, SECOND = "person1@example.invalid", "person2@example.invalid"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    db = open_database(tmp_path / "aiplus.db")
    apply_migrations(db)
    for number in (1, 2):
        add_person(db, number, role=Role.ADMINISTRATOR, organisation_id="")
    add_person(db, 3)
    db.close()
    two_models(tmp_path / "models")
    return tmp_path


def run(place: Path, *words: str) -> Result:
    where = ["--database", str(place / "aiplus.db"), "--models", str(place / "models")]
    return CliRunner().invoke(aiplus, ["models", *words, *where])


def compared(place: Path, *, passed: bool) -> None:
    db = open_database(place / "aiplus.db")
    keep_comparison(db, place / "models", passed=passed)
    db.close()


def serving(place: Path) -> str:
    found = json.loads(run(place, "list", "--json").stdout)
    return str(next(one["model_id"] for one in found if one["serves"]))


def test_models_are_listed_and_shown(place: Path) -> None:
    assert serving(place) == serving_model_id(place / "models")
    assert NEXT in run(place, "list").stdout
    compared(place, passed=False)
    shown = json.loads(run(place, "show", NEXT, "--json").stdout)
    assert shown["comparisons"][0]["passed"] is False
    told = run(place, "show", NEXT).stdout
    assert "worse" in told
    assert "—" in told


def test_promotion_and_rollback(place: Path) -> None:
    refused = run(place, "promote", NEXT, "--by", ADMIN, "--reason", "x")
    assert refused.exit_code == 2
    assert "compare" in refused.stderr
    compared(place, passed=True)
    assert run(place, "promote", NEXT, "--by", ADMIN, "--reason", "x").exit_code == 0
    assert serving(place) == NEXT
    assert run(place, "rollback", "--by", SECOND).exit_code == 0
    assert serving(place) == serving_model_id(place / "models")
    assert run(place, "rollback", "--by", SECOND).exit_code == 2


def test_against_advice_it_takes_two(place: Path) -> None:
    compared(place, passed=False)
    first = run(place, "promote", NEXT, "--by", ADMIN, "--reason", "x")
    assert first.exit_code == 0
    assert "waits" in first.stderr
    assert run(place, "promote", NEXT, "--by", ADMIN, "--reason", "x").exit_code == 2
    assert run(place, "promote", NEXT, "--by", SECOND, "--reason", "y").exit_code == 0
    assert serving(place) == NEXT


@pytest.mark.parametrize("email", ["person3@example.invalid", "nobody@example.invalid"])
def test_only_an_administrator_promotes(place: Path, email: str) -> None:
    compared(place, passed=True)
    result = run(place, "promote", NEXT, "--by", email, "--reason", "x")
    assert result.exit_code == 2
    assert "unknown_administrator" in result.stderr


@pytest.mark.parametrize("words", [("show", "none"), ("compare", "none"), ("show", "../models")])
def test_unknown_model_is_named(place: Path, words: tuple[str, ...]) -> None:
    result = run(place, *words)
    assert result.exit_code == 2
    assert "model_missing" in result.stderr


def test_update_without_labels_says_how_many_are_wanted(place: Path) -> None:
    result = run(place, "update", "--name", "third", "--quiet")
    assert result.exit_code == 2
    assert "10" in result.stderr
    assert not (place / "models" / "third").exists()


def test_job_that_cannot_be_done_ends_with_words(place: Path) -> None:
    db = open_database(place / "aiplus.db")
    add_job(db, "JOB1", "models.update", {"model_id": "third"}, started_by="ACC-1", now=NOW)
    assert run(place, "run", "JOB1").exit_code == 0
    job = read_job(db, "JOB1")
    assert job.state == "failed"
    assert "not_enough_judgements" in job.problem
    db.close()
