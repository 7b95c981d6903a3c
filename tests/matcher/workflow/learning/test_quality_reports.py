"""A report is made of what the database holds, and a month's is kept as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from matcher.cli import aiplus
from matcher.errors import UnknownRecord
from matcher.identity import COMMAND_LINE
from matcher.learning.history import Wanted
from matcher.reports.history.build import BLOCKS
from matcher.reports.history.cut import Period
from matcher.simulation.year import Plan
from matcher.store.connection import StoreDatabase, close_database, open_database
from matcher.store.migrations import apply_migrations
from matcher.workflow.demonstration.history import invent_history
from matcher.workflow.learning.quality_reports import (
    keep_report,
    kept_report,
    last_month,
    make_report,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "aiplus.db"
    db = open_database(file)
    apply_migrations(db)
    invent_history(db, Plan(7, OCTOBER.end, 2_000), actor=COMMAND_LINE, now=NOW, anyway=True)
    close_database(db)
    return file


@pytest.fixture
def db(path: Path) -> Iterator[StoreDatabase]:
    opened = open_database(path)
    yield opened
    close_database(opened)


def test_the_last_month_is_found_across_a_new_year() -> None:
    assert last_month(date(2026, 1, 5)) == Period(date(2025, 12, 1), date(2026, 1, 1))


def test_a_kept_report_stays_whatever_is_invented_later(db: StoreDatabase) -> None:
    made = make_report(db, OCTOBER, today=NOW.date())
    assert made["synthetic"]
    assert keep_report(db, made, actor=COMMAND_LINE, now=NOW)
    invent_history(db, Plan(8, OCTOBER.end, 2_000), actor=COMMAND_LINE, now=NOW)
    other = make_report(db, OCTOBER, today=NOW.date())
    assert not keep_report(db, other, actor=COMMAND_LINE, now=NOW)
    assert kept_report(db, OCTOBER, synthetic=True) == made != other
    with pytest.raises(UnknownRecord):
        kept_report(db, OCTOBER, synthetic=False)


def test_a_report_of_a_part_is_not_kept_as_the_whole(db: StoreDatabase) -> None:
    part = make_report(db, OCTOBER, today=NOW.date(), wanted=Wanted(size="small"))
    with pytest.raises(ValueError, match="filtered"):
        keep_report(db, part, actor=COMMAND_LINE, now=NOW)


def asked(path: Path, *arguments: str) -> str:
    given = ["report", "--database", str(path), *arguments]
    result = CliRunner().invoke(aiplus, given)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_command_prints_every_block_and_says_that_it_is_synthetic(path: Path) -> None:
    found = json.loads(asked(path, "--from", "2026-10-01", "--to", "2026-11-01", "--json"))
    assert tuple(found["blocks"]) == BLOCKS
    assert found["synthetic"] is True
    assert found["period"] == {"from": "2026-10-01", "to": "2026-11-01"}
    assert found["cases"]["systems"]  # the report of the model is still in it
    told = asked(path, "--from", "2026-10-01", "--to", "2026-11-01", "--snapshot")
    assert told.startswith("*** 合成数据 synthetic ***")
    assert told.count("[合成 synthetic]") == len(BLOCKS)


def test_without_a_database_every_block_says_that_there_is_not_enough(tmp_path: Path) -> None:
    found = json.loads(asked(tmp_path / "none.db", "--json"))
    assert tuple(found["blocks"]) == BLOCKS
    assert found["synthetic"] is False
    assert found["headline"]["trust"] == "not_enough_data"


def test_quiet_silences_notes_and_never_results(tmp_path: Path) -> None:
    command = ["report", "--database", str(tmp_path / "none.db")]
    loud, quiet = (CliRunner().invoke(aiplus, [*command, *more]) for more in ([], ["--quiet"]))
    assert "no database" in loud.stderr
    assert quiet.stderr == ""
    assert quiet.stdout == loud.stdout != ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--from", "2026-11-01", "--to", "2026-10-01"], "before"),
        (["--only", "colour=red"], "NAME=VALUE"),
        (["--snapshot", "--only", "size=small"], "whole"),
        (["--snapshot", "--from", "2099-01-01", "--to", "2099-02-01"], "not come"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(
    path: Path, arguments: list[str], told: str
) -> None:
    result = CliRunner().invoke(aiplus, ["report", "--database", str(path), *arguments])
    assert result.exit_code == 2
    assert told in result.output


def test_the_demonstration_command_is_deterministic_and_refuses_a_real_database(
    tmp_path: Path,
) -> None:
    file = tmp_path / "fresh.db"
    db = open_database(file)
    apply_migrations(db)
    close_database(db)
    common = ["demo", "history", "--seed", "7", "--pairs", "1000", "--until", "2026-11-01"]
    refused = CliRunner().invoke(aiplus, [*common, "--database", str(file)])
    assert refused.exit_code == 2
    assert "not_a_demonstration" in refused.output
    contents = []
    for _ in range(2):
        made = CliRunner().invoke(aiplus, [*common, "--yes", "--json", "--database", str(file)])
        assert made.exit_code == 0, made.output
        assert json.loads(made.stdout)["synthetic"] is True
        db = open_database(file, read_only=True)
        contents.append(db.conn.execute("SELECT sha256 FROM synthetic_history").fetchone())
        close_database(db)
    assert contents[0] == contents[1]
