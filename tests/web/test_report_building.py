"""How a report is built, kept for good, and told from what was invented."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from matcher.identity import COMMAND_LINE
from matcher.reports.history.cut import Period
from matcher.simulation.year import Plan
from matcher.store.accounts import find_by_email
from matcher.store.installation import DEMONSTRATION, write_setting
from matcher.store.jobs import add_job, end_job, list_jobs, update_job
from matcher.store.need_status import NeedStatus, add_status
from matcher.store.needs import save_need
from matcher.store.ownership import set_owner
from matcher.store.synthetic_history import remove_synthetic_history
from matcher.workflow.demonstration.history import invent_history
from matcher.workflow.jobs import BUILD_REPORT, KEEP_REPORT, REPORT_KINDS, utc_now
from matcher.workflow.learning.quality_reports import last_month
from matcher.workflow.learning.report_selection import Selection, build_view
from tests.factories import make_need
from tests.web.conftest import reader_of
from tests.web.quality_reports import (
    MODELS,
    NOW,
    OCTOBER,
    PLACE,
    SMALL,
    SMALL_QUERY,
    add_reports,
    add_year,
    csv_of,
    json_of,
    opened,
    post,
    signed_in,
    site_with_people,
)


@pytest.fixture
def fresh(tmp_path: Path) -> Flask:
    """A site on which nothing was shown yet."""
    return site_with_people(tmp_path / "aiplus.db")


def test_a_kept_report_stays_as_it_was(fresh: Flask) -> None:
    add_year(fresh, n_pairs=1_000)
    add_reports(fresh)
    client = signed_in(fresh, "administrator")
    before = client.get(f"/reports/{PLACE}.json").text
    with opened(fresh) as db:
        invent_history(db, Plan(8, OCTOBER.end, 1_000), actor=COMMAND_LINE, now=NOW)
    assert client.get(f"/reports/{PLACE}.json").text == before
    address = "/reports/selected?from=2026-10-01&last=2026-10-31&size=small"
    assert "尚" in client.get(address).text or "还没有生成" in client.get(address).text
    assert client.get(address.replace("selected?", "selected.json?")).status_code == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_fresh_platform_says_what_will_appear_and_how_to_see_it(fresh: Flask, lang: str) -> None:
    soup = reader_of(signed_in(fresh, "reviewer"))("/reports", lang=lang)
    assert "aiplus demo history" in soup.main.text
    assert soup.select("main form") == []
    assert soup.select(".synthetic-banner") == []
    assert reader_of(signed_in(fresh, "reviewer"))("/reports/months", lang=lang).h1


def test_a_month_that_is_over_can_be_kept_by_an_administrator_alone(fresh: Flask) -> None:
    month = last_month(utc_now().date())
    add_year(fresh, n_pairs=1_000, ends_on=month.end)
    chief, helper = (signed_in(fresh, who) for who in ("administrator", "reviewer"))
    button = reader_of(chief)("/reports").select_one("main form input[name=month]")
    assert button["value"] == f"{month.start:%Y-%m}"
    assert reader_of(helper)("/reports").select("main form") == []
    assert post(helper, "/reports/months", month=button["value"]).status_code == 403
    with opened(fresh) as db:  # as if it were being built already
        given = Selection(month).as_given()
        add_job(db, "JOB1", KEEP_REPORT, given, started_by="a", now=utc_now())
    assert post(chief, "/reports/months", month=button["value"]).location == "/reports/jobs/JOB1"
    refused = post(chief, "/reports/months", month="2000-01")
    assert refused.location == "/reports/months"
    with opened(fresh) as db:
        assert len(list_jobs(db, kinds=REPORT_KINDS)) == 1


def test_no_more_than_two_reports_are_built_at_once(fresh: Flask) -> None:
    add_year(fresh, n_pairs=1_000)
    add_reports(fresh)
    with opened(fresh) as db:
        for number in (1, 2):
            given = {"from": f"2026-0{number}-01", "to": f"2026-0{number}-09"}
            add_job(db, f"JOB{number}", BUILD_REPORT, given, started_by="a", now=utc_now())
    client = signed_in(fresh, "administrator")
    answer = post(client, "/reports/selected", **{**SMALL_QUERY, "size": "large"})
    assert answer.location == "/reports/months"
    soup = reader_of(client)("/reports/months")
    assert "有其他报告正在生成" in soup.select_one("main [role=status]").text
    assert len(soup.select('main a[href^="/reports/jobs/"]')) == 2


def test_a_job_shows_its_progress_and_leads_to_the_report(fresh: Flask) -> None:
    with opened(fresh) as db:
        add_job(db, "JOB1", BUILD_REPORT, SMALL.as_given(), started_by="a", now=utc_now())
        add_job(db, "JOB2", "models.compare", {"model_id": "x"}, started_by="a", now=utc_now())
        update_job(db, "JOB1", n_done=3, n_total=14, stage="history", now=utc_now())
    client = signed_in(fresh, "reviewer")
    read = reader_of(client)
    soup = read("/reports/jobs/JOB1", lang="en")
    assert soup.select_one("progress")["value"] == "3"
    assert soup.select_one("#report-job")["hx-get"] == "/reports/jobs/JOB1"
    assert "Small" in soup.select_one("#report-job").text
    part = client.get("/reports/jobs/JOB1", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    with opened(fresh) as db:
        end_job(db, "JOB1", now=utc_now(), result=SMALL.as_given())
    soup = read("/reports/jobs/JOB1", lang="en")
    assert soup.select_one("#report-job").get("hx-get") is None
    assert soup.select_one("#report-job a.button")["href"].startswith("/reports/selected?")
    assert client.get("/reports/jobs/JOB2").status_code == 404


def test_a_job_that_failed_says_why(fresh: Flask) -> None:
    with opened(fresh) as db:
        given = Selection(OCTOBER).as_given()
        add_job(db, "JOB1", KEEP_REPORT, given, started_by="a", now=utc_now())
        end_job(db, "JOB1", now=utc_now(), problem="[store_error] the disk is full")
    soup = reader_of(signed_in(fresh, "administrator"))("/reports/jobs/JOB1", lang="en")
    assert "the disk is full" in soup.select_one(".notice-warn").text


def test_a_real_need_behind_a_figure_can_be_opened(fresh: Flask) -> None:
    need = make_need(need_id="NEED-1", title="热轧带钢表面裂纹检测")
    with opened(fresh) as db:
        save_need(db, need, actor="ACC-1", now=NOW)
        status = NeedStatus("NEED-1", "open", "named", updated_at=NOW, published_at=NOW)
        add_status(db, status, actor="ACC-1")
        enterprise = find_by_email(db, fresh.extensions["people"]["enterprise"].email)
        assert enterprise is not None
        own = enterprise.organisation_id
        set_owner(db, "need", "NEED-1", own, actor=COMMAND_LINE, now=NOW)
        whole = Selection(Period(date(2026, 11, 1), date(2026, 11, 22)))
        build_view(db, MODELS, whole, now=NOW)
    at = "/reports/selected{}?from=2026-11-01&last=2026-11-21"
    client = signed_in(fresh, "reviewer")
    figures = json_of(client, at.format(".json"))["blocks"]["data_quality"]["figures"]
    number = next(i for i, one in enumerate(figures) if one["needs"] == ["NEED-1"])
    soup = reader_of(client)(at.format(f"/data_quality/needs/{number}"))
    link = soup.select_one("li.card h3 a")
    assert (link.text, link["href"]) == ("热轧带钢表面裂纹检测", "/review/needs/NEED-1")
    assert client.get(link["href"]).status_code == 200


def test_a_report_on_what_really_happened_is_not_called_synthetic(fresh: Flask) -> None:
    with opened(fresh) as db:
        write_setting(db, DEMONSTRATION, "0")
        build_view(db, MODELS, Selection(OCTOBER), now=NOW)
    at = "/reports/selected{}?from=2026-10-01&last=2026-10-31"
    client = signed_in(fresh, "administrator")
    soup = reader_of(client)(at.format(""), lang="en")
    assert soup.select(".synthetic-banner, .report-synthetic, .tag-synthetic") == []
    assert soup.select_one(".verdict-answer").text == "Not enough data to say"
    states = {tag["class"][-1] for tag in soup.select(".report-contents .state")}
    assert "state-none" in states
    assert "state-weak" not in states
    assert {row["synthetic"] for row in csv_of(client, at.format("/all.csv"))} == {"False"}
    assert "synthetic" not in client.get(at.format(".json")).headers["Content-Disposition"]


def test_a_report_of_a_demonstration_without_an_invented_year_is_called_synthetic(
    fresh: Flask,
) -> None:
    with opened(fresh) as db:
        build_view(db, MODELS, Selection(OCTOBER), now=NOW)
    at = "/reports/selected{}?from=2026-10-01&last=2026-10-31"
    client = signed_in(fresh, "administrator")
    soup = reader_of(client)(at.format(""), lang="en")
    assert soup.select_one("main .report-synthetic .synthetic-banner") is not None
    assert {row["synthetic"] for row in csv_of(client, at.format("/all.csv"))} == {"True"}
    assert json_of(client, at.format(".json"))["synthetic"] is True


def test_kept_invented_reports_stay_marked_when_the_demonstration_has_ended(fresh: Flask) -> None:
    add_year(fresh, n_pairs=1_000)
    add_reports(fresh)
    client = signed_in(fresh, "administrator")
    with opened(fresh) as db:
        remove_synthetic_history(db)
        write_setting(db, DEMONSTRATION, "0")
    soup = reader_of(client)(f"/reports/{PLACE}", lang="en")
    assert soup.select_one(".synthetic-banner") is not None
    latest = reader_of(client)("/reports", lang="en")
    assert latest.select(".report-block") == []
    soup = reader_of(client)(f"/reports/{PLACE}/acceptance/needs/3", lang="en")
    assert "History does not know these any more" in soup.select_one(".notice-quiet").text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_whoever_has_invented_a_year_is_not_told_to_invent_one(fresh: Flask, lang: str) -> None:
    add_year(fresh)
    for address in ("/reports", "/reports/months"):
        soup = reader_of(signed_in(fresh, "administrator"))(address, lang=lang)
        assert soup.select("pre.command") == []
