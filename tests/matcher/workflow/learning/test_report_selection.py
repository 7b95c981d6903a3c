"""Which report a selection finds, what is kept for good, and the needs behind a figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from matcher.cli import aiplus
from matcher.errors import InvalidRecord, StoreError, UnknownRecord
from matcher.identity import COMMAND_LINE
from matcher.learning.history import Wanted
from matcher.reports.history.cut import Period
from matcher.settings import PROJECT
from matcher.simulation.year import Plan
from matcher.store.connection import StoreDatabase, close_database, open_database
from matcher.store.jobs import add_job, read_job
from matcher.store.migrations import apply_migrations
from matcher.store.report_snapshots import list_snapshots
from matcher.store.report_views import MOST_KEPT, ReportView, find_view, save_view
from matcher.store.synthetic_history import remove_synthetic_history
from matcher.workflow.demonstration.end import end_demonstration
from matcher.workflow.demonstration.history import invent_history
from matcher.workflow.jobs import BUILD_REPORT, KEEP_REPORT
from matcher.workflow.learning.needs_behind import needs_behind
from matcher.workflow.learning.report_selection import (
    Selection,
    build_view,
    find_report,
    keep_month,
    month_of,
    months_due,
    selection_of,
)
from matcher.workflow.needs.states import Act
from matcher.workflow.upkeep.regulator_pack import gather_facts

NOW = datetime(2026, 11, 22, tzinfo=UTC)
MODELS = PROJECT / "models"
OCTOBER = month_of("2026-10")
SMALL = Selection(OCTOBER, Wanted(size="small"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "aiplus.db"
    db = open_database(file)
    apply_migrations(db)
    close_database(db)
    return file


@pytest.fixture
def db(path: Path) -> Iterator[StoreDatabase]:
    opened = open_database(path)
    yield opened
    close_database(opened)


@pytest.fixture
def told(db: StoreDatabase) -> StoreDatabase:
    """A database with an invented year."""
    invent_history(db, Plan(7, OCTOBER.end, 2_000), actor=COMMAND_LINE, now=NOW, anyway=True)
    return db


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "26-01", "x", "2026-10-01", "9999-12"])
def test_what_is_no_month_is_not_found(text: str) -> None:
    with pytest.raises(UnknownRecord):
        month_of(text)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "YYYY-MM-DD"),
        ({"from": "2026-10-01", "to": "yesterday"}, "YYYY-MM-DD"),
        ({"from": "2026-10-02", "to": "2026-10-02"}, "before"),
    ],
)
def test_a_job_that_asks_for_no_days_is_told_so(given: dict[str, str], told: str) -> None:
    with pytest.raises(InvalidRecord, match=told):
        selection_of(given)


def test_a_selection_survives_its_way_through_a_job() -> None:
    assert selection_of(SMALL.as_given()) == SMALL
    assert not SMALL.is_month
    assert Selection(OCTOBER).is_month
    assert not Selection(replace(OCTOBER, end=date(2026, 11, 2))).is_month


def test_a_view_is_found_again_until_its_history_is_gone(told: StoreDatabase) -> None:
    assert find_report(told, SMALL) is None
    made = build_view(told, MODELS, SMALL, now=NOW)
    found = find_report(told, SMALL)
    assert found is not None
    assert (found.document, found.made_at, found.is_kept) == (made, NOW, False)
    assert made["filters"] == {"size": "small"}
    assert made["synthetic"] is True
    assert find_report(told, Selection(OCTOBER)) is None
    assert remove_synthetic_history(told)
    assert find_report(told, SMALL, synthetic=True) is None


def test_a_kept_month_is_found_before_a_view_of_it(told: StoreDatabase) -> None:
    assert keep_month(told, MODELS, OCTOBER, actor=COMMAND_LINE, now=NOW)
    assert not keep_month(told, MODELS, OCTOBER, actor=COMMAND_LINE, now=NOW)
    build_view(told, MODELS, Selection(OCTOBER), now=NOW)
    found = find_report(told, Selection(OCTOBER))
    assert found is not None
    assert found.is_kept


def test_report_of_a_demonstration_does_not_speak_for_what_comes_after(
    told: StoreDatabase,
) -> None:
    keep_month(told, MODELS, OCTOBER, actor=COMMAND_LINE, now=NOW)
    during = gather_facts(told, MODELS, Act(COMMAND_LINE, NOW), made_by="")
    assert during.report is not None
    assert during.report["synthetic"]
    end_demonstration(told, models=MODELS, now=NOW)
    after = gather_facts(told, MODELS, Act(COMMAND_LINE, NOW), made_by="")
    assert (after.report, after.is_synthetic) == (None, False)
    assert len(list_snapshots(told)) == 1  # it stays on record


@pytest.mark.parametrize(
    "period", [Period(date(2026, 10, 2), date(2026, 11, 1)), month_of("2026-11")]
)
def test_only_a_whole_month_that_is_over_is_kept(told: StoreDatabase, period: Period) -> None:
    with pytest.raises(InvalidRecord):
        keep_month(told, MODELS, period, actor=COMMAND_LINE, now=NOW)
    assert list_snapshots(told) == []


def test_months_are_due_from_the_last_kept_one_on(told: StoreDatabase) -> None:
    assert months_due(told, NOW.date()) == [OCTOBER]
    keep_month(told, MODELS, OCTOBER, actor=COMMAND_LINE, now=NOW)
    assert months_due(told, NOW.date()) == []
    assert months_due(told, date(2027, 1, 15)) == [month_of("2026-11"), month_of("2026-12")]


def test_nothing_is_due_where_nothing_was_shown(db: StoreDatabase) -> None:
    assert months_due(db, NOW.date()) == []


def test_the_daily_run_keeps_the_month_once(told: StoreDatabase, path: Path) -> None:
    told.conn.execute("UPDATE synthetic_history SET starts_on = '2020-01-01'")
    told.conn.commit()
    for n_kept in (1, 0):
        result = CliRunner().invoke(aiplus, ["daily", "--database", str(path)])
        assert result.exit_code == 0, result.output
        assert f"reports of months kept: {n_kept}" in result.output
    (kept,) = list_snapshots(told)
    assert (kept.synthetic, kept.made_by) == (True, "system")


@pytest.mark.parametrize("kind", [BUILD_REPORT, KEEP_REPORT])
def test_a_job_builds_a_report_with_progress(told: StoreDatabase, path: Path, kind: str) -> None:
    selection = Selection(OCTOBER)
    add_job(told, "JOB1", kind, selection.as_given(), started_by="ACC1", now=NOW)
    result = CliRunner().invoke(
        aiplus, ["models", "run", "JOB1", "--database", str(path), "--models", str(MODELS)]
    )
    assert result.exit_code == 0, result.output
    job = read_job(told, "JOB1")
    assert (job.state, job.problem, job.n_done, job.n_total) == ("done", "", 14, 14)
    assert selection_of(job.result) == selection
    found = find_report(told, selection)
    assert found is not None
    assert found.is_kept is (kind == KEEP_REPORT)


def test_an_impossible_job_ends_with_its_reason(told: StoreDatabase, path: Path) -> None:
    given = Selection(month_of("2031-01")).as_given()
    add_job(told, "JOB1", KEEP_REPORT, given, started_by="ACC1", now=NOW)
    CliRunner().invoke(aiplus, ["models", "run", "JOB1", "--database", str(path)])
    job = read_job(told, "JOB1")
    assert job.state == "failed"
    assert "has not come" in job.problem


def test_only_so_many_views_are_kept(db: StoreDatabase) -> None:
    views = [
        ReportView(OCTOBER.start, OCTOBER.end, False, {"model": f"m{number}"})
        for number in range(MOST_KEPT + 2)
    ]
    for number, view in enumerate(views):
        save_view(db, view, f'{{"number": {number}}}', now=NOW.replace(minute=number))
    assert [find_view(db, one) is None for one in views[:3]] == [True, True, False]
    assert find_view(db, views[-1]) is not None


def test_an_altered_view_is_refused(db: StoreDatabase) -> None:
    view = ReportView(OCTOBER.start, OCTOBER.end, False, {})
    save_view(db, view, '{"a": 1}', now=NOW)
    db.conn.execute("UPDATE report_view SET content = x'00'")
    with pytest.raises(StoreError, match="altered"):
        find_view(db, view)


def test_the_needs_behind_a_figure_come_with_their_pairs(told: StoreDatabase) -> None:
    made = build_view(told, MODELS, Selection(OCTOBER), now=NOW)
    figures = made["blocks"]["acceptance"]["figures"]
    first = next(one for one in figures if (one["dimension"], one["group"]) == ("rank", "1"))
    ids = first["needs"][:5]
    found = needs_behind(told, [*ids, "NOBODY"], Selection(OCTOBER), today=NOW.date())
    assert [one.need_id for one in found] == ids
    assert all(one.pairs[0].place == 1 and one.industry for one in found)
    assert {pair.came_to for one in found for pair in one.pairs} >= {"", "declined"}


def test_what_came_later_is_not_behind_a_figure(told: StoreDatabase) -> None:
    ids = build_view(told, MODELS, Selection(OCTOBER), now=NOW)["blocks"]["funnel"]["figures"][0]
    early = Selection(Period(date(2026, 9, 1), date(2026, 9, 2)))
    late = Selection(OCTOBER)
    answered = [
        sum(bool(pair.came_to) for need in found for pair in need.pairs)
        for found in (
            needs_behind(told, ids["needs"], selection, today=NOW.date())
            for selection in (early, late)
        )
    ]
    assert answered[0] < answered[1]
